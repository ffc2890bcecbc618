"""The arithmetic of goods."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from niangjia.stock import rules
from niangjia.stock.kinds import Act, BatchState, Once

DAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("deltas", "line"),
    [
        ({}, "收 0 = 发 0 + 余 0"),
        ({"RECEIVED": 100}, "收 100 = 发 0 + 余 100"),
        ({"RECEIVED": 1_500, "HANDED_OUT": -1_320, "TAKEN_BACK": 20}, "收 1,500 = 发 1,300 + 余 200"),
        ({"RECEIVED": 10, "HANDED_OUT": -3, "REFUSED": 1, "LOST": -1}, "收 10 = 发 2 + 损耗 1 + 余 7"),
        ({"ALLOCATED": 10, "RETURNED": -4, "HANDED_OUT": -6}, "收 6 = 发 6 + 余 0"),
        ({"RECEIVED": 10, "COUNTED": 2}, "收 10 = 发 0 − 盘盈 2 + 余 12"),
        ({"RECEIVED": 10, "HANDED_OUT": -2, "REPLACED": -1}, "收 10 = 发 2 + 损耗 1 + 余 7"),
    ],
)
def test_a_batch_is_read_by_one_line(deltas: dict[str, int], line: str) -> None:
    assert rules.flow(deltas).line == line


@given(st.lists(st.tuples(st.sampled_from(Act.values), st.integers(-999, 999))))
def test_what_is_left_is_the_sum_of_all_moves(moves: list[tuple[str, int]]) -> None:
    assert rules.flow(moves).left == sum(delta for _, delta in moves)


@pytest.mark.parametrize(("once", "key"), [(Once.BATCH, "batch:7"), (Once.YEAR, "year:2026"), (Once.EVER, "ever")])
def test_how_often_is_a_key_that_must_be_unique(once: Once, key: str) -> None:
    assert rules.once_key(once, batch_id=7, on=DAY) == key


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (BatchState.ALLOCATED, {BatchState.RECEIVED, BatchState.CLOSED}),
        (BatchState.RECEIVED, {BatchState.DISTRIBUTING, BatchState.CLOSED}),
        (BatchState.DISTRIBUTING, {BatchState.CLOSED}),
        (BatchState.CLOSED, {BatchState.DISTRIBUTING}),
    ],
)
def test_states_of_a_batch_follow_in_order(state: BatchState, may: set[BatchState]) -> None:
    assert {wanted for wanted in BatchState if rules.may_become(state, wanted)} == may


@pytest.mark.parametrize(
    ("planned", "came", "left", "note", "refusal"),
    [
        (10, 10, 0, "", None),
        (10, 9, 0, "运输损坏一件", None),
        (10, 10, 1, "说明", "各单位还有1件没有发出，不能结清。请先发放、退回或登记损耗。"),
        (10, 9, 0, " ", "下达10件，实到9件，请说明差额原因。"),
        (10, 0, 0, "", "下达10件，实到0件，请说明差额原因。"),
    ],
)
def test_a_batch_is_settled_when_nothing_is_left_and_nothing_unsaid(
    planned: int, came: int, left: int, note: str, refusal: str | None
) -> None:
    assert rules.closing_refusal(planned, came, left, note) == refusal


def test_worth_is_in_wan() -> None:
    assert rules.value_in_wan(50, Decimal(200)) == 1


NAMES = {"敦仁街道妇联": 1, "敦仁街道": 1, "崇义街道": 2}


@pytest.mark.parametrize(
    ("text", "key", "count", "problem"),
    [
        ("敦仁街道\t20", 1, 20, ""),
        ("敦仁街道妇联 1,200件", 1, 1_200, ""),
        ("崇义街道，２０", 2, 20, ""),
        ("崇义街道：0", 2, 0, ""),
        ("涪州街道 5", None, 5, "第1行“单位”：没有叫“涪州街道”的下级单位，请按组织名称填写。"),
        ("敦仁街道 -5", 1, None, "第1行“件数”：“-5”不是件数，请填0或正整数。"),
        ("敦仁街道 2.5", 1, None, "第1行“件数”：“2.5”不是件数，请填0或正整数。"),
        ("敦仁街道 99999999", 1, None, "第1行“件数”：“99999999”不是件数，请填0或正整数。"),
        ("敦仁街道", None, None, "第1行：应为“单位 件数”，如“敦仁街道 20”。"),
    ],
)
def test_a_pasted_line_is_a_unit_and_a_number(text: str, key: int | None, count: int | None, problem: str) -> None:
    (line,) = rules.read_pasted(text, NAMES)
    assert (line.key, line.count, line.problem) == (key, count, problem)


def test_a_unit_pasted_twice_is_said_and_empty_lines_are_passed_over() -> None:
    lines = rules.read_pasted("敦仁街道 1\n\n敦仁街道妇联 2", NAMES)
    assert [line.problem for line in lines] == ["", "第3行“单位”：“敦仁街道妇联”在第1行已填过，请只留一行。"]


@pytest.mark.parametrize(
    ("held", "count", "chosen"),
    [([], 1, None), ([(1, 2), (2, 5)], 2, 1), ([(1, 2), (2, 5)], 3, 2), ([(1, 2), (2, 5)], 6, None)],
)
def test_what_came_first_goes_first(held: list[tuple[int, int]], count: int, chosen: int | None) -> None:
    assert rules.oldest_with(held, count) == chosen
