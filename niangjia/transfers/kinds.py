"""What a large file on its way in or out is, declared by the room whose rows it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from django.db.models import TextChoices

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core.refused import Refused
from niangjia.core.registry import Registry


class State(TextChoices):
    WAITING = "WAITING", "排队中"
    RUNNING = "RUNNING", "处理中"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "没有完成"


@dataclass(frozen=True, slots=True)
class Work:
    """What the work on one file gets: what came (None on the way out), where its result goes, under whose post, and how
    to tell the waiting page how many rows are done."""

    options: Mapping[str, Any]
    source: bytes | None = field(repr=False)
    out: BinaryIO = field(repr=False)
    by: Acting
    report: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: rows by outcome as people read it, the rows refused, and lines worth reading on the page."""

    counts: Mapping[str, int]
    refused: int = 0
    lines: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One sort of file. ``rows`` says how many rows a file that came has at most and raises one of ``tells`` for one
    that cannot be used at all; ``tells`` are the errors whose words are for the sender. Up to ``at_once`` rows are
    worked off while she waits. ``room`` is the address (a URL name) one comes from and goes back to."""

    key: str
    label: str
    result: str
    verb: Verb
    room: str
    at_once: int
    work: Callable[[Work], Done]
    rows: Callable[[bytes], int] | None = None
    tells: tuple[type[Exception], ...] = (Refused,)


KINDS: Final[Registry[Kind]] = Registry("大文件")
