"""Formulas: arithmetic with units, missing that stays missing, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from niangjia.outlines import formulas
from niangjia.outlines.formulas import FormulaError, Quantity, Reference, of_unit

D = Decimal
KNOWN = {
    Reference("业务", "grant.paid"): of_unit(D(46), "人"),
    Reference("业务", "grant.visits"): of_unit(D(120), "人次"),
    Reference("业务", "grant.none"): of_unit(None, "人"),
    Reference("分母", "W1"): of_unit(D(23_000), "人"),
    Reference("分子", "W1"): of_unit(D(11_500), "人"),
    Reference("指标", "W1"): of_unit(D(50), "%"),
    Reference("指标", "W2"): of_unit(D("11.2"), "年"),
    Reference("指标", "W3"): of_unit(D("10.7"), "年"),
    Reference("分母", "W0"): of_unit(D(0), "人"),
}


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ('业务("grant.paid") / 分母("W1")', "‰", "2"),
        ('分子("W1") / 分母("W1")', "%", "50"),
        ('1 - 指标("W1")', "%", "50.0"),
        ('指标("W2") - 指标("W3")', "年", "0.5"),
        ('(指标("W2") + 指标("W3")) / 2', "年", "10.95"),
        ('指标("W2") / 指标("W3") * 0', "比值", "0"),
        ('-指标("W2") + 20 * 指标("W2") / 10', "年", "11.2"),
    ],
)
def test_a_formula_gives_its_value_in_the_unit_of_the_indicator(text: str, unit: str, value: str) -> None:
    assert formulas.compute(text, KNOWN, unit) == D(value)


@pytest.mark.parametrize("text", ['业务("grant.none") / 分母("W1")', '业务("grant.paid") / 分母("W0")'])
def test_what_is_missing_never_counts_as_zero(text: str) -> None:
    assert formulas.compute(text, KNOWN, "‰") is None


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ('业务("grant.paid") + 业务("grant.visits")', "人", "单位“人”和“人次”不能相加。"),
        ('指标("W2") - 指标("W1")', "年", "单位“年”和“无”不能相减。"),
        ('业务("grant.visits") / 分母("W1")', "%", "公式算出来的单位是“人次/人”，指标的单位是“%”，不一致。"),
        ('业务("grant.paid")', "%", "公式算出来的单位是“人”，指标的单位是“%”，不一致。"),
        ('指标("W9")', "年", "没有指标“W9”，请核对代码。"),
        ("指标(3)", "年", "没有指标“3”，请核对代码。"),
    ],
)
def test_units_that_do_not_meet_are_refused(text: str, unit: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        formulas.compute(text, KNOWN, unit)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "", "1 +", '__import__("os")', '指标.__class__', '指标("W1") ** 9', '指标("W1") if 1 else 2', "[1, 2]", "x = 1",
        '指标("W1"); 指标("W2")', 'f"{指标}"', '指标("W1") and 1', "lambda: 1", '"a" * 99', "True", "9" * 400, '指标(*"W1")',
        '指标(key="W1", other=1)', "max(1, 2)", "(" * 120 + "1" + ")" * 120,
    ],
)  # fmt: skip
def test_anything_but_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        formulas.compute(text, KNOWN, "年")


def test_the_references_of_a_formula_are_found_each_once() -> None:
    assert formulas.references('(指标("A") + 分子("B")) / 分母("C") + 指标("A")') == [
        Reference("指标", "A"),
        Reference("分子", "B"),
        Reference("分母", "C"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [("1 + 2", "公式里没有用到任何指标或业务数据。"), ("指标(1)", "指标( ) 的括号里应写引号括起的代码。")],
)
def test_a_formula_that_asks_for_nothing_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        formulas.references(text)
    assert str(caught.value) == message


def test_a_quantity_of_people_over_people_is_a_plain_number() -> None:
    assert Quantity(D(6), (("人", 1),)) / Quantity(D(3), (("人", 1),)) == Quantity(D(2))
