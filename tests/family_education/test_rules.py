"""When a duty is done, which days are proposed, which entries may be one lecture, who could lecture."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest

from niangjia.core.clock import CHINA
from niangjia.family_education import rules
from niangjia.family_education.kinds import ItemState, OrderState, Per, Season
from niangjia.family_education.rules import Period, Said, Sight, Teacher, Wish
from tests.personas import CHONGYI, DADONGMEN, DUNREN

TERM = Period(2026, "AUTUMN", dt.date(2026, 9, 1), dt.date(2027, 1, 31))


@pytest.mark.parametrize(
    ("done", "exempt", "today", "state"),
    [
        (0, False, "2026-09-01", ItemState.DUE),
        (1, False, "2027-01-31", ItemState.DUE),
        (1, False, "2027-02-01", ItemState.OVERDUE),
        (2, False, "2027-02-01", ItemState.DONE),
        (2, True, "2026-10-01", ItemState.DONE),
        (1, True, "2027-02-01", ItemState.EXEMPT),
    ],
)
def test_a_duty_is_done_by_its_number_and_overdue_the_day_after_its_period(
    done: int, exempt: bool, today: str, state: ItemState
) -> None:
    found = rules.item_state(done=done, needed=2, exempt=exempt, period=TERM, today=dt.date.fromisoformat(today))
    assert found == state


def test_a_period_is_asked_once_it_has_begun() -> None:
    spring = Period(2026, "SPRING", dt.date(2026, 2, 23), dt.date(2026, 7, 8))
    known = [rules.year_of(2026), spring, TERM]
    assert rules.begun(Per.TERM, known, dt.date(2026, 8, 31)) == [spring]
    assert rules.begun(Per.TERM, known, dt.date(2026, 9, 1)) == [spring, TERM]
    assert rules.begun(Per.YEAR, known, dt.date(2026, 1, 1)) == [known[0]]


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2017, ["2017-05-15"]),  # 1 May is a Monday: both readings agree
        (2020, ["2020-05-18", "2020-05-11"]),
        (2026, ["2026-05-18", "2026-05-11"]),
    ],
)
def test_the_education_day_is_proposed_in_both_readings_where_they_differ(year: int, days: list[str]) -> None:
    assert [str(one.day) for one in rules.proposed_days(year)] == days


def test_the_national_week_is_that_of_15_may() -> None:
    assert rules.national_week(2026) == (dt.date(2026, 5, 11), dt.date(2026, 5, 17))


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        ("2026-02-23", "2026-07-08", None),
        ("2026-07-08", "2026-02-23", "ends_on"),
        ("2025-12-30", "2026-06-30", "starts_on"),
        ("2026-02-23", "2026-12-30", "ends_on"),
        ("2026-02-23", "2026-09-02", "starts_on"),  # runs into the autumn term
    ],
)
def test_the_days_of_a_term_are_checked(starts: str, ends: str, field: str | None) -> None:
    found = rules.term_fault(Season.SPRING, 2026, dt.date.fromisoformat(starts), dt.date.fromisoformat(ends), [TERM])
    assert list(found) == ([field] if field else [])


NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=CHINA)
HELD = Said(NOW.replace(day=20), NOW.replace(day=20, hour=11), 60, False, "学校礼堂")
TO_COME = Said(NOW.replace(day=28), NOW.replace(day=28, hour=11), None, False, "学校礼堂")


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (HELD, []),
        (TO_COME, []),
        (replace(HELD, ends_at=HELD.starts_at), ["ends"]),
        (replace(HELD, ends_at=HELD.ends_at + dt.timedelta(days=1)), ["ends"]),
        (replace(HELD, heads=0), ["heads"]),
        (replace(HELD, heads=50_000), ["heads"]),
        (replace(HELD, heads=None), ["heads"]),
        (replace(TO_COME, heads=60), ["day"]),
        (replace(HELD, venue=" "), ["venue"]),
        (replace(HELD, venue="", online=True), []),
        (replace(HELD, has_photos=True), ["minors_agreed"]),
        (replace(HELD, has_photos=True, minors_agreed=True), []),
    ],
)
def test_an_activity_says_what_it_must(said: Said, fields: list[str]) -> None:
    assert list(rules.faults(said, now=NOW)) == fields


def test_numbers_of_people_are_not_written_where_others_read() -> None:
    found = rules.numbers_in({"title": "好习惯", "note": "家长电话13800138000", "venue": "2号楼201室"})
    assert list(found) == ["note"]
    assert found["note"].startswith("有手机号（138****8000）")


ONE = Sight(1, HELD.starts_at, HELD.ends_at, DADONGMEN, "区实验小学礼堂", 7, 3, "王老师")
NEXT_HOUR = {"starts_at": HELD.ends_at, "ends_at": HELD.ends_at + dt.timedelta(hours=1)}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(ONE, pk=2), ("时间重叠", "同一讲师", "同一学校")),
        (
            replace(ONE, pk=2, lecturer=None, lecturer_name="王 老师", school_unit=None, venue="线上"),
            ("时间重叠", "讲师同名"),
        ),
        (
            replace(ONE, pk=2, lecturer=4, lecturer_name="李老师", school_unit=None, venue="实验小学礼堂"),
            ("时间重叠", "地点相近"),
        ),
        (replace(ONE, pk=2, lecturer=4, lecturer_name="李老师", school_unit=None, place=CHONGYI), ()),
        (replace(ONE, pk=2, lecturer=4, lecturer_name="", school_unit=8, venue="社区活动室"), ()),
        (replace(ONE, pk=2, **NEXT_HOUR), ()),  # type: ignore[arg-type]
        (ONE, ()),
    ],
)
def test_two_entries_may_be_one_lecture_when_the_hours_overlap_and_something_speaks_for_it(
    other: Sight, why: tuple[str, ...]
) -> None:
    assert rules.same_lecture(ONE, other) == why


def test_only_entries_of_one_day_are_compared_and_each_pair_is_named_once() -> None:
    day = dt.timedelta(days=1)
    later = replace(ONE, pk=4, starts_at=ONE.starts_at + day, ends_at=ONE.ends_at + day)
    pairs = [
        (first, second) for first, second, _ in rules.candidates([replace(ONE, pk=3), ONE, later, replace(ONE, pk=2)])
    ]
    assert pairs == [(1, 2), (1, 3), (2, 3)]


WISH = Wish("HABIT", DADONGMEN, TO_COME.starts_at, TO_COME.ends_at)
GOOD = Teacher(1, "甲", frozenset({"HABIT"}), frozenset(), frozenset(), dt.date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("teacher", "against"),
    [
        (GOOD, ()),
        (replace(GOOD, towns=frozenset({DUNREN})), ()),
        (replace(GOOD, fields=frozenset({"LAW"})), ("方向不同",)),
        (replace(GOOD, towns=frozenset({CHONGYI})), ("未登记到该镇街",)),
        (replace(GOOD, weekdays=frozenset({0})), ("这一天通常没空",)),
        (replace(GOOD, busy=((WISH.starts_at, WISH.ends_at),)), ("这个时间已有安排",)),
        (replace(GOOD, declined=True), ("已回复不能来",)),
    ],
)
def test_each_lecturer_is_proposed_with_what_speaks_against_her(teacher: Teacher, against: tuple[str, ...]) -> None:
    assert [one.against for one in rules.propose(WISH, [teacher])] == [against]


def test_who_fits_comes_first_then_who_lectured_less_and_nobody_without_a_contract() -> None:
    panel = [
        replace(GOOD, pk=1, lectures=9),
        replace(GOOD, pk=2, fields=frozenset({"LAW"})),
        replace(GOOD, pk=3, lectures=2),
        replace(GOOD, pk=4, contract_to=dt.date(2026, 6, 30)),
    ]
    assert [one.teacher.pk for one in rules.propose(WISH, panel)] == [3, 1, 2]


def test_an_order_moves_only_along_its_way() -> None:
    moves = {
        f"{now} {wanted}" for now, wanted in product(OrderState, OrderState) if rules.may_become(now.value, wanted)
    }
    assert moves == {
        "REQUESTED MATCHED", "REQUESTED CANCELLED", "MATCHED CONFIRMED", "MATCHED DECLINED", "MATCHED CANCELLED",
        "DECLINED MATCHED", "DECLINED CANCELLED", "CONFIRMED HELD", "CONFIRMED CANCELLED", "HELD RATED",
    }  # fmt: skip
