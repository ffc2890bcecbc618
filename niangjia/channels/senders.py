"""Sending a sign-in code to a phone. Who carries it is an adapter: a folder of ``adapters`` named in the settings."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a code. ``shown`` is a code to show on the screen instead; only the demonstration has one."""

    reference: str = ""
    shown: str = ""


class SendFailed(Exception):
    """The code did not leave; the message is for the user. ``retry`` tells whether trying again may help."""

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry


class Sender(Protocol):
    """Carries one code to one phone (11 digits). Writes neither to a log. Raises SendFailed."""

    def send_code(self, phone: str, code: str) -> Receipt: ...


def sender() -> Sender:
    """The adapter the operator chose. Raises SendFailed, permanently, where the setting names none there is."""
    name: str = settings.NIANGJIA_SMS_SENDER
    try:
        if not name.isidentifier():
            raise ModuleNotFoundError(name)
        module = import_module(f"niangjia.channels.adapters.{name}.adapter")
    except ModuleNotFoundError:
        raise SendFailed(
            f"短信通道“{name}”不存在，验证码发不出去。请管理员改正 NIANGJIA_SMS_SENDER，"
            "或先到村（社区）请妇联主席代为办理。",
            retry=False,
        ) from None
    made: Sender = module.SENDER
    return made
