"""What a channel must do to carry messages. Each is a folder of ``adapters`` with ``adapter.py``, which defines CARRIER."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Protocol

from django.conf import settings

from niangjia.channels.kinds import Form


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way to one endpoint. ``key`` never changes between tries: a provider that can tell drops doubles.

    ``to`` is the phone, address or open id of one person, empty for a group. ``data`` fills a provider's template.
    """

    key: str
    form: Form
    title: str = ""
    text: str = ""
    url: str = ""
    to: str = ""
    picture: bytes = b""
    file: bytes = b""
    file_name: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it. ``reference`` is its own number for it, ``state`` where it stands with the provider."""

    reference: str = ""
    note: str = ""


class NotSent(Exception):
    """It did not go out. The message is for the officer, in Chinese, and names the remedy where there is one."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class TryLater(NotSent):
    """The same message may go out later; ``after`` are the seconds the provider asked for."""

    def __init__(self, message: str, *, code: str = "", after: float | None = None) -> None:
        super().__init__(message, code=code)
        self.after = after


class Rejected(NotSent):
    """The provider will never take this message, or the endpoint is dead (``endpoint`` says which)."""

    def __init__(self, message: str, *, code: str = "", endpoint: bool = False) -> None:
        super().__init__(message, code=code)
        self.endpoint = endpoint


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing an operator enters for an endpoint. Secret ones are shown as dots and never come back to a page."""

    name: str
    label: str
    secret: bool = False
    needed: bool = True
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What fits, as the provider's documents say; shown while writing. Bytes are UTF-8, 0 is no limit."""

    title_bytes: int = 0
    text_bytes: int = 0
    picture_bytes: int = 0
    file_bytes: int = 0
    per_minute: int = 60


class Carrier(Protocol):
    """A channel. ``send`` is called from several threads, once at a time for one endpoint; it opens no transaction.

    ``personal``: it reaches one person (``Outgoing.to``), not a group. ``by_hand``: a person carries it, ``send`` is
    never called. ``tells``: the provider drops a second message with the same key, so a send whose answer was lost
    may be repeated. ``send`` raises TryLater or Rejected; anything else it raises counts as TryLater.
    """

    label: str
    forms: frozenset[Form]
    limits: Limits
    wants: tuple[Setting, ...]
    personal: bool
    by_hand: bool
    tells: bool

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent: ...


@cache
def carrier(key: str) -> Carrier:
    """The channel of this name. Raises Rejected, for good, where the installation has none of it."""
    if key not in settings.NIANGJIA_CARRIERS:
        raise Rejected(f"本站没有“{key}”渠道。请管理员检查安装，或停用这个端点。", endpoint=True)
    made: Carrier = import_module(f"niangjia.channels.adapters.{key}.adapter").CARRIER
    return made


def carriers() -> dict[str, Carrier]:
    """All channels of this installation by their key."""
    return {key: carrier(key) for key in settings.NIANGJIA_CARRIERS}
