"""Indicators computed from others: a line such as ``业务("two_cancers_grant.paid") / 分母("W21-01")``.

simpleeval reads the line; only + - * / and the four functions are left of it. Numbers are Decimal, every quantity has a
unit, and one that is missing makes the result missing, never 0. A rate is a plain share within a formula; the result is
brought to the indicator's unit, so nobody multiplies by 100 or 1,000.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from simpleeval import InvalidExpression, SimpleEval

from niangjia.outlines.kinds import Measured
from niangjia.outlines.rules import PER

LONGEST = 300
INDICATOR, NUMERATOR, DENOMINATOR, MEASURE = "指标", "分子", "分母", "业务"
FUNCTIONS = (INDICATOR, NUMERATOR, DENOMINATOR, MEASURE)
UNITLESS = ""


class FormulaError(ValueError):
    """A formula that cannot stand; the message says what and the remedy."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: powers of the words it is made of, ``{"人": 1, "户": -1}``. ``amount`` None is missing."""

    amount: Decimal | None
    unit: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: object) -> Quantity:
        return self._joined(other, operator.add, "相加")

    def __sub__(self, other: object) -> Quantity:
        return self._joined(other, operator.sub, "相减")

    def _joined(self, other: object, act: Callable[[Decimal, Decimal], Decimal], word: str) -> Quantity:
        right = quantity(other)
        if self.unit != right.unit:
            raise FormulaError(f"单位“{unit_words(self.unit)}”和“{unit_words(right.unit)}”不能{word}。")
        if self.amount is None or right.amount is None:
            return Quantity(None, self.unit)
        return Quantity(act(self.amount, right.amount), self.unit)

    def __mul__(self, other: object) -> Quantity:
        right = quantity(other)
        amount = None if self.amount is None or right.amount is None else self.amount * right.amount
        return Quantity(amount, _powers(self.unit, right.unit, 1))

    def __truediv__(self, other: object) -> Quantity:
        right = quantity(other)
        missing = self.amount is None or not right.amount  # a share of nothing is not 0, it is not there
        amount = None if missing else self.amount / right.amount  # type: ignore[operator]
        return Quantity(amount, _powers(self.unit, right.unit, -1))

    def __neg__(self) -> Quantity:
        return Quantity(None if self.amount is None else -self.amount, self.unit)


def _powers(left: tuple[tuple[str, int], ...], right: tuple[tuple[str, int], ...], sign: int) -> tuple[Any, ...]:
    found = dict(left)
    for name, power in right:
        found[name] = found.get(name, 0) + sign * power
    return tuple(sorted((name, power) for name, power in found.items() if power))


def quantity(number: object) -> Quantity:
    """A plain number of a formula; a quantity as it is."""
    if isinstance(number, Quantity):
        return number
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise FormulaError(f"“{number}”不是数字。公式里只能用数字、+ - * / 和括号。")
    return Quantity(Decimal(str(number)))


def of_unit(amount: Decimal | None, unit: str) -> Quantity:
    """A value of an indicator or a measure. A rate is a plain number of hundredths, thousandths …; 场次 and the like
    stay what they are."""
    if unit in PER:
        return Quantity(None if amount is None else amount / PER[unit])
    if unit in (Measured.RATIO, Measured.YES, UNITLESS):
        return Quantity(amount)
    return Quantity(amount, ((unit, 1),))


def unit_words(unit: tuple[tuple[str, int], ...]) -> str:
    above = "·".join(name for name, power in unit if power > 0) or "无"
    below = "·".join(name for name, power in unit if power < 0)
    return f"{above}/{below}" if below else above


@dataclass(frozen=True, slots=True)
class Reference:
    """What a formula asks for: the function and the code or key in its brackets."""

    function: str
    key: str


class _Reader(SimpleEval):  # type: ignore[misc]
    """simpleeval with all but arithmetic taken away."""

    KEEP = (ast.Expr, ast.UnaryOp, ast.BinOp, ast.Call, ast.Constant)

    def __init__(self, functions: Mapping[str, Callable[[str], Quantity]]) -> None:
        operators = {
            ast.Add: lambda a, b: quantity(a) + b,
            ast.Sub: lambda a, b: quantity(a) - b,
            ast.Mult: lambda a, b: quantity(a) * b,
            ast.Div: lambda a, b: quantity(a) / b,
            ast.USub: lambda a: -quantity(a),
        }
        super().__init__(operators=operators, functions=dict(functions), names={})
        self.nodes: dict[type, Any] = {kind: act for kind, act in self.nodes.items() if kind in self.KEEP}


def _evaluate(text: str, functions: Mapping[str, Callable[[str], Quantity]]) -> Quantity:
    if not text.strip() or len(text) > LONGEST:
        raise FormulaError(f"公式应为1至{LONGEST}个字。")
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
        return quantity(_Reader(functions).eval(text, previously_parsed=parsed))
    except FormulaError:
        raise
    except (
        InvalidExpression,
        SyntaxError,
        TypeError,
        ValueError,
        ArithmeticError,
        RecursionError,
        MemoryError,
    ) as error:
        raise FormulaError(
            '公式读不懂。只能用数字、+ - * /、括号，以及 指标("代码")、分子("代码")、分母("代码")、业务("键")。'
        ) from error


def references(text: str) -> list[Reference]:
    """What a formula asks for, in order and each once. Raises FormulaError for one that cannot be read."""
    found: dict[Reference, None] = {}

    def note(function: str) -> Callable[[str], Quantity]:
        def ask(key: str) -> Quantity:
            if not isinstance(key, str) or not key:
                raise FormulaError(f"{function}( ) 的括号里应写引号括起的代码。")
            found[Reference(function, key)] = None
            return Quantity(None)

        return ask

    _evaluate(text, {name: note(name) for name in FUNCTIONS})
    if not found:
        raise FormulaError("公式里没有用到任何指标或业务数据。")
    return list(found)


def compute(text: str, known: Mapping[Reference, Quantity], unit: str) -> Decimal | None:
    """The value of a formula in ``unit``; None where anything it asks for is missing.

    Raises FormulaError where units do not meet, or where something asked for is unknown.
    """

    def look_up(function: str) -> Callable[[str], Quantity]:
        def ask(key: str) -> Quantity:
            try:
                return known[Reference(function, key)]
            except KeyError:
                raise FormulaError(f"没有{function}“{key}”，请核对代码。") from None

        return ask

    result = _evaluate(text, {name: look_up(name) for name in FUNCTIONS})
    wanted = of_unit(Decimal(1), unit)
    if unit in PER:
        if not result.unit:
            return None if result.amount is None else result.amount * PER[unit]
    elif result.unit == wanted.unit:
        return result.amount
    raise FormulaError(
        f"公式算出来的单位是“{unit_words(result.unit)}”，指标的单位是“{unit}”，不一致。请核对分子分母或改指标单位。"
    )
