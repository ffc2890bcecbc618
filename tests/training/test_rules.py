"""Who may take part, who completed, who counts: tables of cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from niangjia.flow.kinds import Outcome
from niangjia.training import rules
from niangjia.training.kinds import CourseState, EnrolmentState
from niangjia.training.rules import Applicant, Attended, Head, Placement, Standard, Suspicion

USUAL = Standard(age_min=18, age_max=60, rural_only=True, absence_months=6)
WIDENED = replace(USUAL, absence_months=None)
BACKBONE = Standard(women_only=False, once_a_year=False)
FIRST = dt.date(2026, 10, 12)
WOMAN = Applicant("F", dt.date(1985, 3, 8), True, 8)
PASS, FAIL, PROVE = Outcome.PASS, Outcome.FAIL, Outcome.NEEDS_PROOF


@pytest.mark.parametrize(
    ("standard", "changes", "verdict", "against"),
    [
        (USUAL, {}, PASS, ""),
        (USUAL, {"sex": "M"}, FAIL, "不符合：面向妇女"),
        (USUAL, {"birth": dt.date(2008, 10, 12)}, PASS, ""),  # 18 on the first day
        (USUAL, {"birth": dt.date(2008, 10, 13)}, FAIL, "不符合：开班当天18至60周岁，本人17周岁"),
        (USUAL, {"birth": dt.date(1965, 10, 13)}, PASS, ""),  # 60 until the day before she turns 61
        (USUAL, {"birth": dt.date(1965, 10, 12)}, FAIL, "不符合：开班当天18至60周岁，本人61周岁"),
        (USUAL, {"birth": None}, PROVE, "待证明：开班当天18至60周岁"),
        (USUAL, {"rural": None}, PROVE, "待证明：农村户籍或常住农村"),
        (USUAL, {"rural": False}, FAIL, "不符合：农村户籍或常住农村"),
        (USUAL, {"away_months": 6}, PASS, ""),  # “满”: the number itself is in
        (USUAL, {"away_months": 5}, FAIL, "不符合：丈夫外出务工6个月以上，现填5个月"),
        (USUAL, {"away_months": None}, PROVE, "待证明：丈夫外出务工6个月以上"),
        (WIDENED, {"away_months": None}, PASS, ""),
        (USUAL, {"taken": ("家政一班",)}, FAIL, "不符合：同一工种一年只参加一次，已参加：家政一班"),
        (USUAL, {"died_on": dt.date(2026, 5, 1)}, FAIL, "不符合：登记于2026-05-01去世"),
        (BACKBONE, {"sex": "M", "rural": None, "taken": ("骨干班",)}, PASS, ""),
    ],
)
def test_who_may_take_part(standard: Standard, changes: dict[str, Any], verdict: Outcome, against: str) -> None:
    findings = rules.eligible(replace(WOMAN, **changes), standard, FIRST)
    assert (rules.verdict(findings), rules.reasons(findings)) == (verdict, against)


@pytest.mark.parametrize(
    ("present", "held", "why"),
    [
        (8, 10, ""),
        (7, 10, "出勤7/10 个半天，不足80%（应到8个半天）"),
        (5, 6, ""),  # 4.8 half-days are five
        (4, 6, "出勤4/6 个半天，不足80%（应到5个半天）"),
        (0, 6, "一次也没有到课"),
        (0, 0, "没有开过课"),
    ],
)
def test_who_completed(present: int, held: int, why: str) -> None:
    assert rules.why_incomplete(Attended(present, held, 80)) == why


HEAD = Head(1, EnrolmentState.COMPLETED, True, PASS, Attended(6, 6, 80), last_day=FIRST)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"state": EnrolmentState.PLACED}, ""),
        ({"state": EnrolmentState.DROPPED, "drop_reason": "本人有事"}, "本人有事"),
        ({"state": EnrolmentState.ATTENDING}, "没有结业"),
        ({"has_number": False}, "没有登记身份证号，补登后可在下次申领中计入"),
        ({"died_on": dt.date(2026, 10, 1)}, "登记于2026-10-01去世，早于结业"),
        ({"died_on": dt.date(2026, 11, 1)}, ""),
        ({"verdict": FAIL}, "不符合参训条件"),
        ({"verdict": PROVE}, "参训条件还没有核实"),
        ({"paid_elsewhere": "家政一班"}, "同一工种本年已在家政一班计入"),
    ],
)
def test_which_head_counts_for_the_subsidy(changes: dict[str, Any], why: str) -> None:
    assert rules.why_not_counted(replace(HEAD, **changes)) == why


def test_the_placement_rate_is_of_all_who_completed() -> None:
    found = rules.placement(["EMPLOYED", "SELF", "HOME", "UNREACHED", None, None])
    assert (found, found.open, found.percent) == (Placement(6, 2, 1, 1), 2, Decimal("33.3"))
    assert rules.placement([]).percent is None


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (dt.date(2026, 8, 31), 1, dt.date(2026, 9, 30)),
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
        (dt.date(2026, 6, 15), 6, dt.date(2026, 12, 15)),
        (dt.date(2026, 12, 1), 1, dt.date(2027, 1, 1)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last(day: dt.date, months: int, due: dt.date) -> None:
    assert rules.months_after(day, months) == due


def test_one_telephone_may_be_of_three_women_of_a_household_and_not_of_four() -> None:
    phones = {"a": ["甲", "乙", "丙"], "b": ["丁", "戊", "己", "庚"]}
    assert rules.suspicions(phones=phones, dead=["辛"]) == [
        Suspicion("登记去世后仍有签到", ("辛",)),
        Suspicion("3人以上留同一个手机号", ("丁", "己", "庚", "戊")),
    ]


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("李桂方", ["李桂芳", "王桂芳"], ["李桂芳"]),  # the same sound
        ("张三", ["张四", "李四"], ["张四"]),  # one character off
        ("欧阳修", ["李桂芳"], []),
    ],
)
def test_names_that_may_have_been_meant(name: str, known: Sequence[str], near: Sequence[str]) -> None:
    assert rules.near_names(name, known) == near


def test_every_state_has_its_ways_and_an_ended_class_has_none() -> None:
    assert set(rules.NEXT) == set(CourseState)
    assert set(rules.STEPS) == set(EnrolmentState)
    assert [state for state, ways in rules.NEXT.items() if not ways] == [CourseState.AUDITED, CourseState.CANCELLED]
