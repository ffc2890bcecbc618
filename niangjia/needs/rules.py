"""When a need is due, what may follow what, and when to call instead of writing."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import yaml

from niangjia.core.clock import Calendar
from niangjia.core.text import fold_width, to_simplified
from niangjia.needs.kinds import NeedState

NEXT = {
    NeedState.RAISED: frozenset({NeedState.ASSIGNED, NeedState.HANDED_OVER, NeedState.DONE, NeedState.CLOSED}),
    NeedState.ASSIGNED: frozenset({NeedState.ASSIGNED, NeedState.HANDED_OVER, NeedState.DONE, NeedState.CLOSED}),
    NeedState.HANDED_OVER: frozenset({NeedState.ASSIGNED, NeedState.DONE, NeedState.CLOSED}),
    NeedState.DONE: frozenset[NeedState](),
    NeedState.CLOSED: frozenset[NeedState](),
}


def may_become(state: str, wanted: NeedState) -> bool:
    return wanted in NEXT[NeedState(state)]


def due_on(raised_on: dt.date, workdays: int, calendar: Calendar) -> dt.date:
    """The last working day. The day it was raised is not counted (民法典 art. 201)."""
    return calendar.add_workdays(raised_on, workdays)


@cache
def danger_words() -> tuple[str, ...]:
    """Words after which one asks whether somebody is in danger: ``danger.yaml``, which the district edits."""
    raw = yaml.safe_load((Path(__file__).parent / "danger.yaml").read_text(encoding="utf-8"))
    return tuple(raw["words"])


def alarming(text: str) -> tuple[str, ...]:
    """The words in a text after which one asks, in the order of the list. Traditional and full-width forms count."""
    plain = "".join(to_simplified(fold_width(text)).split())
    return tuple(word for word in danger_words() if word in plain)
