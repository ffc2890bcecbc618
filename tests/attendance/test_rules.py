"""When one may sign in, what a phone's clock is worth, and who a name on paper may be."""

from __future__ import annotations

import datetime as dt

import pytest

from niangjia.attendance import rules
from niangjia.attendance.kinds import Half, How, SessionState
from niangjia.attendance.rules import Gathering, Known, Window
from niangjia.core import clock, text

DAY = dt.datetime(2026, 11, 24, tzinfo=clock.CHINA)
CLASS = Gathering(DAY.replace(hour=9), DAY.replace(hour=17), twice=True)
WINDOW = Window()
CLOSED = {"state": SessionState.HELD, "closed_at": DAY.replace(hour=17, minute=10)}
CANCELLED = {"state": SessionState.CANCELLED, "closed_at": DAY}


def on(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return DAY.replace(day=day, hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("how", "said", "received", "half", "reason", "state", "outcome", "sitting", "late"),
    [
        # in time
        ("ROSTER", on(24, 9), on(24, 9), None, "", {}, "SAVED", "AM", False),
        ("QR", on(24, 14), on(24, 14), "PM", "", {}, "SAVED", "PM", False),
        ("QR", on(24, 8), on(24, 8), "AM", "", {}, "SAVED", "AM", False),
        ("QR", on(24, 7, 59), on(24, 7, 59), "AM", "", {}, "EARLY", "AM", False),
        # after the end: herself for half an hour, the keeper of the roster for a day, then with a reason
        ("QR", on(24, 17, 30), on(24, 17, 30), "PM", "", {}, "SAVED", "PM", True),
        ("QR", on(24, 17, 31), on(24, 17, 31), "PM", "", {}, "CLOSED", "PM", True),
        ("ROSTER", on(25, 16), on(25, 16), "PM", "", {}, "SAVED", "PM", True),
        ("ROSTER", on(25, 18), on(25, 18), "PM", "", {}, "NEEDS_REASON", "PM", True),
        ("PAPER", on(25, 18), on(25, 18), "PM", "签到表漏录", {}, "SAVED", "PM", True),
        # once closed, a reason; what was tapped before it closed needs none, however late it arrives
        ("ROSTER", on(24, 17, 20), on(24, 17, 20), "PM", "", CLOSED, "NEEDS_REASON", "PM", True),
        ("ROSTER", on(24, 17, 20), on(24, 17, 20), "PM", "漏点", CLOSED, "SAVED", "PM", True),
        ("ROSTER", on(24, 9), on(26, 9), "AM", "", CLOSED, "SAVED", "AM", False),
        ("QR", on(24, 17, 20), on(24, 17, 20), "PM", "", CLOSED, "CLOSED", "PM", True),
        # kept on a phone for too long
        ("ROSTER", on(24, 9), DAY.replace(month=12, day=2), "AM", "", {}, "NEEDS_REASON", "AM", False),
        # a morning's tap says so itself, whenever it comes
        ("ROSTER", on(24, 15), on(24, 15), "AM", "", {}, "SAVED", "AM", False),
        ("ROSTER", on(24, 9), on(24, 9), "DAY", "", {}, "WRONG_HALF", "DAY", False),
        ("ROSTER", on(24, 9), on(24, 9), "AM", "漏点", CANCELLED, "CANCELLED", "AM", False),
    ],
)  # fmt: skip
def test_when_one_may_sign_in(
    how: str, said: dt.datetime, received: dt.datetime, half: str | None, reason: str, state: dict[str, object],
    outcome: str, sitting: str, late: bool,
) -> None:  # fmt: skip
    gathering = Gathering(CLASS.starts_at, CLASS.ends_at, CLASS.twice, **state)  # type: ignore[arg-type]
    judged = rules.judge(
        gathering, WINDOW, how=How(how), said=said, received=received, half=Half(half) if half else None, reason=reason
    )
    assert (judged.outcome, judged.half, judged.late) == (outcome, sitting, late)
    assert bool(rules.refusal(judged.outcome, gathering, WINDOW)) == (outcome != "SAVED")


@pytest.mark.parametrize(
    ("said", "sent", "true", "off"),
    [
        (None, None, on(24, 10), 0),
        (on(24, 9), on(24, 10), on(24, 9), 0),
        (on(24, 9), on(24, 9, 59), on(24, 9), 0),  # a minute is the way to us
        (on(23, 9), on(23, 10), on(24, 9), 86400),  # a day slow: she tapped an hour before she sent
        (on(25, 9), on(25, 10), on(24, 9), -86400),
        (on(25, 9), None, on(24, 10), 0),  # nothing is tapped after it arrives
    ],
)
def test_a_phone_that_is_a_day_wrong_still_tells_when_it_was_tapped(
    said: dt.datetime | None, sent: dt.datetime | None, true: dt.datetime, off: int
) -> None:
    assert rules.true_time(said, sent, on(24, 10)) == (true, off)


ROSTER = [
    Known(number, name, text.initials(name))
    for number, name in enumerate(["张桂芳", "李秀英", "王小红", "王小虹", "欧阳娜娜", "王小红"], 1)
]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("张桂芳", [1]),
        ("张 桂芳", [1]),
        ("張桂芳", [1]),
        ("王小红", [3, 6]),  # two of one name: both are proposed
        ("章桂芳", [1]),  # the same sounds
        ("李秀", [2]),
        ("李秀莲", [2]),
        ("欧阳娜", [5]),
        ("赵敏", []),
    ],
)
def test_a_name_on_paper_is_proposed_and_never_decided(written: str, found: list[int]) -> None:
    assert [one.participant_id for one in rules.candidates(written, ROSTER)] == found


@pytest.mark.parametrize("token", ["", "1-AM-0", "x-AM-0-abc", "1-XX-0-abc", "1-AM--abc", "１-AM-0-abc", "1-AM-0-a-b"])
def test_what_is_no_code_opens_nothing(token: str) -> None:
    assert rules.parse_token(token) is None


def test_a_code_on_a_screen_is_good_for_five_minutes() -> None:
    slot = rules.slot_at(on(24, 9))
    assert [rules.slot_is_fresh(slot, on(24, 9, minute)) for minute in (0, 5, 6)] == [True, True, False]
    assert not rules.slot_is_fresh(slot, on(24, 8, 59))
