"""What a refusal says, what a result is worth, and what looks wrong: tables of cases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest

from niangjia.core.clock import CHINA
from niangjia.voting import rules
from niangjia.voting.kinds import Cadence, Outcome, Rule
from niangjia.voting.rules import Limit

NAMES = {1: "1号 桂花院", 2: "2号 竹林院"}
TEN = dt.datetime(2026, 11, 24, 10, tzinfo=CHINA)


@dataclass(frozen=True)
class Facts:
    opens_at: dt.datetime = dt.datetime(2026, 11, 20, 6, tzinfo=CHINA)
    closes_at: dt.datetime = dt.datetime(2026, 11, 26, 22, tzinfo=CHINA)
    from_hour: int = 6
    to_hour: int = 23
    min_choices: int = 3
    max_choices: int = 10
    grace_seconds: int = 10
    cadence: str = Cadence.DAY


@pytest.mark.parametrize(
    ("outcome", "facts", "text"),
    [
        (Outcome.EARLY, Facts(), "投票11月20日06:00开始，请到时再来。"),
        (
            Outcome.LATE,
            Facts(),
            "投票已于11月26日22:00截止（以服务器收到的时间为准，宽限10秒）。您的选票于11月24日10:00:00到达，没有计入。",
        ),
        (
            Outcome.HOURS,
            Facts(from_hour=12),
            "现在不是投票时段（每天12:00至23:00，以服务器时间为准，现在10:00）。请在时段内再投。",
        ),
        (Outcome.NUMBER, Facts(), "每张选票须选3至10项。请增减后再投。"),
        (Outcome.NUMBER, Facts(max_choices=3), "每张选票须选3项。请增减后再投。"),
        (
            Outcome.WITHDRAWN,
            Facts(),
            "2号竹林院、3号清溪院已退出评选，不能再选。请取消后重新选择；此前投给其他参选对象的票照常计入。",
        ),
        (
            Outcome.ALREADY,
            Facts(),
            "这个手机号或投票码已经投过票。手机投票请明天再来；纸质投票码只能用一次。",
        ),
        (
            Outcome.ALREADY,
            Facts(cadence=Cadence.ONCE),
            "这个手机号或投票码已经投过票。手机投票整个活动每人只能投一次；纸质投票码只能用一次。",
        ),
        (Outcome.EXPIRED_TOKEN, Facts(), "这张投票码已过有效期。请到村（社区）妇女之家换一张。"),
        (Outcome.UNKNOWN_CHOICE, Facts(), "选票里有不存在的编号。请刷新页面后重新选择。"),
        (Outcome.NO_POLL, Facts(), "没有这项投票，或者还没有开始。请从投票列表进入。"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(outcome: Outcome, facts: Facts, text: str) -> None:
    assert rules.refusal(outcome, facts, TEN, ["2号竹林院", "3号清溪院"]) == text


@pytest.mark.parametrize(
    ("typed", "code"),
    [("acde-fghj", "ACDEFGHJ"), (" ACDE FGHJ ", "ACDEFGHJ"), ("ＡＣＤＥ３４", "ACDE34"), ("", "")],
)
def test_a_code_is_read_however_it_is_typed(typed: str, code: str) -> None:
    assert rules.tidy_code(typed) == code


def test_a_code_has_only_letters_nobody_mistakes() -> None:
    code = rules.code_from(bytes(range(32)), 12)
    assert (len(code), set(code) - set(rules.LETTERS), rules.grouped(code).count("-")) == (12, set(), 2)


@pytest.mark.parametrize(
    ("rows", "weight", "worth"),
    [
        ([("", 50), ("", 100), ("", 0)], 30, [("0.5000", "15.00"), ("1.0000", "30.00"), ("0.0000", "0.00")]),
        ([("甲", 10), ("乙", 40), ("甲", 20)], 30, [("0.5000", "15.00"), ("1.0000", "30.00"), ("1.0000", "30.00")]),
        ([("", 0), ("", 0)], 30, [("0.0000", "0.00"), ("0.0000", "0.00")]),
        ([("", 1), ("", 3)], 20, [("0.3333", "6.67"), ("1.0000", "20.00")]),
    ],
)
def test_a_share_is_measured_by_the_best_of_the_group(
    rows: list[tuple[str, int]], weight: int, worth: list[tuple[str, str]]
) -> None:
    assert rules.shares(rows, weight) == [(Decimal(share), Decimal(points)) for share, points in worth]


def slots(*counts: int, choice: int = 1) -> list[tuple[int, dt.datetime, int]]:
    return [(choice, TEN + rules.SLOT * n, votes) for n, votes in enumerate(counts)]


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ((3, 3, 3, 29), []),  # fewer than the rule looks at
        ((3, 3, 3, 30), [30]),
        ((4, 4, 4, 39), []),  # less than ten times the usual
        ((4, 4, 4, 40), [40]),
        ((50,), []),  # all there is, is usual
        ((0, 0, 30), [30]),  # usual is never less than one
    ],
)
def test_a_burst_is_measured_by_what_is_usual_for_the_choice(counts: tuple[int, ...], found: list[int]) -> None:
    rows = slots(*counts)
    assert [one.ballots for one in rules.bursts(rows, Limit(Decimal(10), 30), NAMES)] == found


def test_each_choice_has_its_own_usual() -> None:
    rows = slots(100, 100, 100) + slots(1, 1, 100, choice=2)
    (one,) = rules.bursts(rows, Limit(Decimal(10), 30), NAMES)
    assert (one.key, one.where, one.value, one.threshold) == (
        "2@2026-11-24T10:20:00+08:00",
        "2号 竹林院，11月24日10:20起10分钟",
        "100.0倍于平时（1票）",
        "10倍，至少30票",
    )


@pytest.mark.parametrize(
    ("whole", "part", "found"),
    [(49, 49, []), (50, 10, []), (50, 11, [11]), (1000, 200, []), (1000, 201, [201])],
)
def test_a_share_at_night_or_from_elsewhere_stands_out_above_the_threshold(
    whole: int, part: int, found: list[int]
) -> None:
    limit = Limit(Decimal(20), 50, (23, 6))
    result = rules.part_of_choice(Rule.NIGHT, [(1, whole, part)], limit, NAMES)
    assert [one.ballots for one in result] == found


@pytest.mark.parametrize(("votes", "found"), [(5, []), (6, [6])])
def test_a_device_may_be_shared_by_a_family(votes: int, found: list[int]) -> None:
    assert [one.ballots for one in rules.shared_devices([(-1, votes)], Limit(Decimal(5), 1))] == found


@pytest.mark.parametrize(("votes", "found"), [(60, []), (61, [61])])
def test_a_network_may_be_shared_by_a_village(votes: int, found: list[int]) -> None:
    assert [one.ballots for one in rules.shared_networks([(7, TEN, votes)], Limit(Decimal(60), 1))] == found


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], []),
        ([(1, 10), (2, 10), (3, 80)], []),
        ([(1, 10), (2, 10), (3, 81)], [81]),
        ([(1, 1), (2, 1), (3, 49)], []),
    ],
)
def test_a_group_of_segments_is_measured_by_the_median(rows: list[tuple[int, int]], found: list[int]) -> None:
    assert [one.ballots for one in rules.dense_segments(rows, Limit(Decimal(8), 50))] == found
