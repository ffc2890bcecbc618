"""When a need is due, what may follow, and which words raise the alarm."""

from __future__ import annotations

import datetime as dt

import pytest

from niangjia.core.clock import Calendar
from niangjia.needs import rules
from niangjia.needs.kinds import NeedState

NATIONAL = Calendar(
    holidays=frozenset(dt.date(2026, 10, day) for day in (1, 2, 5, 6, 7)), workdays=frozenset({dt.date(2026, 10, 10)})
)


@pytest.mark.parametrize(
    ("raised", "days", "due"),
    [
        (dt.date(2026, 11, 24), 3, dt.date(2026, 11, 27)),
        (dt.date(2026, 11, 27), 1, dt.date(2026, 11, 30)),
        (dt.date(2026, 9, 30), 3, dt.date(2026, 10, 10)),
    ],
)
def test_days_are_working_days_and_the_day_itself_is_not_counted(raised: dt.date, days: int, due: dt.date) -> None:
    assert rules.due_on(raised, days, NATIONAL) == due


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (NeedState.RAISED, {NeedState.ASSIGNED, NeedState.HANDED_OVER, NeedState.DONE, NeedState.CLOSED}),
        (NeedState.ASSIGNED, {NeedState.ASSIGNED, NeedState.HANDED_OVER, NeedState.DONE, NeedState.CLOSED}),
        (NeedState.HANDED_OVER, {NeedState.ASSIGNED, NeedState.DONE, NeedState.CLOSED}),
        (NeedState.DONE, set()),
        (NeedState.CLOSED, set()),
    ],
)
def test_states_of_a_need_follow_in_order(state: NeedState, may: set[NeedState]) -> None:
    assert {wanted for wanted in NeedState if rules.may_become(state, wanted)} == may


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("孩子上学差一个书包", ()),
        ("丈夫喝酒后打老婆", ("打老婆",)),
        ("她說不想活了", ("不想活",)),
        ("常被 打，还威胁她", ("被打", "威胁")),
        ("想打工，找不到活", ()),
    ],
)
def test_alarming_words_are_heard_in_either_script_and_through_gaps(text: str, words: tuple[str, ...]) -> None:
    assert rules.alarming(text) == words
