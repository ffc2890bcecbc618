"""Periods, headings, changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from niangjia.blanks import rules
from niangjia.blanks.kinds import Rhythm, Span
from niangjia.blanks.rules import Change, Period
from niangjia.letters import laid_out
from tests.letters.test_laid_out import SHEET, form

M, Q, Y = Rhythm.MONTH, Rhythm.QUARTER, Rhythm.YEAR


@pytest.mark.parametrize(
    ("today", "rhythm", "label", "since", "until"),
    [
        ("2026-11-24", M, "2026年10月", "2026-10-01", "2026-11-01"),
        ("2026-01-02", M, "2025年12月", "2025-12-01", "2026-01-01"),
        ("2026-11-24", Q, "2026年第三季度", "2026-07-01", "2026-10-01"),
        ("2026-02-01", Q, "2025年第四季度", "2025-10-01", "2026-01-01"),
        ("2026-11-24", Y, "2025年", "2025-01-01", "2026-01-01"),
    ],
)
def test_what_is_reported_is_the_last_period_that_is_over(
    today: str, rhythm: Rhythm, label: str, since: str, until: str
) -> None:
    period = rules.last_ended(dt.date.fromisoformat(today), rhythm)
    bounds = (dt.date.fromisoformat(since), dt.date.fromisoformat(until))
    assert (period.label, period.bounds(), rules.period_of(period.key, rhythm)) == (label, bounds, period)


@pytest.mark.parametrize(
    ("span", "since", "until"),
    [
        (Span.PERIOD, (2026, 7, 1), (2026, 10, 1)),
        (Span.YEAR, (2026, 1, 1), (2026, 10, 1)),
        (Span.BEFORE, (2026, 4, 1), (2026, 7, 1)),
        (Span.LAST_YEAR, (2025, 7, 1), (2025, 10, 1)),
    ],
)
def test_a_cell_counts_the_days_its_heading_speaks_of(
    span: Span, since: tuple[int, int, int], until: tuple[int, int, int]
) -> None:
    assert rules.days(span, Period(2026, 3, Q)) == (dt.date(*since), dt.date(*until))


@pytest.mark.parametrize(("key", "rhythm"), [("2026-13", M), ("2026-05", Q), ("26-01", M), ("2026-00", Y)])
def test_what_is_no_period_is_none(key: str, rhythm: Rhythm) -> None:
    assert rules.period_of(key, rhythm) is None


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("C3", ("两癌救助 人", "本月完成")),
        ("C4", ("技能培训 人", "本月完成")),
        ("B3", ("两癌救助", "民生实事进度月报")),
        ("C9", ("", "本月完成")),
    ],
)
def test_a_cell_is_about_the_words_left_of_it_and_above(reference: str, expected: tuple[str, str]) -> None:
    assert rules.headings(laid_out.see(form()).sheet(SHEET), reference) == expected


LABELS = {
    "grant.people": "两癌救助：发放人数（人）",
    "grant.money": "两癌救助：发放金额（万元）",
    "training.heads": "技能培训：培训人数（人）",
}


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (("两癌救助发放金额", "本月"), ["grant.money", "grant.people"]),
        (("培训人数", ""), ["training.heads", "grant.people"]),
        (("备注", "序号"), []),
        (("", ""), []),
    ],
)
def test_the_measures_most_like_a_heading_are_proposed(heading: tuple[str, str], expected: list[str]) -> None:
    assert rules.suggestions(heading, LABELS) == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (("救助人数", "本年累计"), Span.YEAR),
        (("救助人数", "上年同期"), Span.LAST_YEAR),
        (("上月数",), Span.BEFORE),
        (("救助人数",), Span.PERIOD),
    ],
)
def test_a_heading_tells_the_days(heading: tuple[str, ...], expected: Span) -> None:
    assert rules.span_of(heading) == expected


def test_every_cell_that_changed_is_named_in_the_order_of_the_form() -> None:
    assert rules.changes({"月报!C10": "1", "月报!C3": "2", "月报!C4": "3"}, {"月报!C10": "1", "月报!C3": "5", "月报!D3": "6"}) == [
        Change("月报", "C3", "2", "5"), Change("月报", "D3", "", "6"), Change("月报", "C4", "3", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"), [("12.50", "12.5"), ("100", "100"), ("0.333333", "0.33"), ("1E+2", "100"), ("0", "0")]
)
def test_a_figure_has_two_decimals_at_most(value: str, expected: str) -> None:
    assert format(rules.shown(Decimal(value)), "f") == expected
