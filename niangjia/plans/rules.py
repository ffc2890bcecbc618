"""How a target is judged, how units meet, how versions compare. Pure functions.

Lights follow domain notes 2g and 2l: green when the share done is at least the share expected, yellow from 0.8 of it on,
red below. No national formula exists; why these, is in ``docs/decisions/0006-targets-and-measures.md``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from niangjia.plans.kinds import Bound, Light, TargetKind

YELLOW_FROM = Fraction(4, 5)
NEAR = Fraction(1, 20)  # a level within 5 % of its target is “接近”
WARN_DAYS = 30  # before the deadline of a milestone
ALIKE = 0.5  # from this likeness on, two wordings are one item
SAME_ITEM = 0.2  # what it weighs that two targets stand under the same item
MAX_VALUE = Decimal("999999999999.99")

T = TypeVar("T", bound=Hashable)


class RuleError(ValueError):
    """An input that cannot stand; the message names what and the remedy."""


# --- units -----------------------------------------------------------------------------------------------------------

SAME_UNITS = {"名": "人", "位": "人", "场次": "场", "百分点": "个百分点"}
MONEY = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}


def unit_factor(target_unit: str, measure_unit: str) -> Decimal:
    """How many target units one measure unit is; only money converts. 人, 人次 and 户 are never the same.

    Raises RuleError for units that do not meet.
    """
    ours, theirs = SAME_UNITS.get(target_unit, target_unit), SAME_UNITS.get(measure_unit, measure_unit)
    if ours == theirs:
        return Decimal(1)
    if ours in MONEY and theirs in MONEY:
        return MONEY[theirs] / MONEY[ours]
    raise RuleError(
        f"目标的单位是“{target_unit or '无'}”，指标的单位是“{measure_unit}”，不能互相替代。"
        f"请选单位为“{target_unit or '无'}”的指标，或改为按月填报。"
    )


# --- lights ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aim:
    """What the judge must know of a target. ``value`` is in the target's unit; milestones have none."""

    kind: TargetKind
    year: int
    value: Decimal | None = None
    bound: Bound = Bound.MIN
    deadline: dt.date | None = None
    quarters: tuple[Decimal, ...] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The light, the percentage done (of a COUNT; may exceed 100), what was to be done by the day, and the reason in words."""

    light: Light
    reason: str
    percent: Decimal | None = None
    expected: Decimal | None = None


def expected_share(aim: Aim, day: dt.date) -> Fraction:
    """The part of a target that is to be done when ``day`` ends.

    With a quarter plan: its cumulative values, straight between the ends of quarters. Otherwise the share of time from
    the first of January to the deadline, or to the end of the year where the deadline lies outside it.
    """
    if day.year != aim.year:
        return Fraction(int(day.year > aim.year))
    if aim.quarters and aim.value:
        quarter = (day.month - 1) // 3
        first = dt.date(aim.year, 3 * quarter + 1, 1)
        last = dt.date(aim.year, 3 * quarter + 3, calendar.monthrange(aim.year, 3 * quarter + 3)[1])
        before = Fraction(aim.quarters[quarter - 1]) if quarter else Fraction(0)
        passed = Fraction((day - first).days + 1, (last - first).days + 1)
        return min((before + (Fraction(aim.quarters[quarter]) - before) * passed) / Fraction(aim.value), Fraction(1))
    start, end = dt.date(aim.year, 1, 1), dt.date(aim.year, 12, 31)
    if aim.deadline and start <= aim.deadline <= end:
        end = aim.deadline
    return min(Fraction((day - start).days + 1, (end - start).days + 1), Fraction(1))


def judge(aim: Aim, *, actual: Decimal | None, day: dt.date, done: bool | None = None) -> Judgement:
    """The light of a target on a day. ``done`` is what was said of a milestone or a qualitative target, if anything."""
    match aim.kind:
        case TargetKind.COUNT:
            return _judge_count(aim, actual, day)
        case TargetKind.LEVEL:
            return _judge_level(aim, actual)
        case TargetKind.MILESTONE:
            return _judge_milestone(aim, done, day)
        case TargetKind.QUAL:
            return _judge_quality(aim, done, day)


def _judge_count(aim: Aim, actual: Decimal | None, day: dt.date) -> Judgement:
    if actual is None or not aim.value:
        return Judgement(Light.NO_DATA, "还没有数据")
    done, percent = Fraction(actual) / Fraction(aim.value), _percent(actual, aim.value)
    if aim.bound == Bound.MAX:
        if done <= 1:
            return Judgement(Light.GREEN, "在限额之内", percent)
        return Judgement(Light.RED, "超出限额", percent)
    share = expected_share(aim, day)
    expected = _plain(share * Fraction(aim.value))
    if done >= 1:
        return Judgement(Light.GREEN, "已完成", percent, expected)
    if done >= share:
        return Judgement(Light.GREEN, "进度正常", percent, expected)
    if done >= YELLOW_FROM * share:
        return Judgement(Light.YELLOW, "进度偏慢", percent, expected)
    return Judgement(Light.RED, "进度落后", percent, expected)


def _judge_level(aim: Aim, actual: Decimal | None) -> Judgement:
    if actual is None or not aim.value:
        return Judgement(Light.NO_DATA, "还没有数据")
    ratio = Fraction(actual) / Fraction(aim.value)
    short = 1 - ratio if aim.bound == Bound.MIN else ratio - 1
    if short <= 0:
        return Judgement(Light.GREEN, "已达标")
    if short <= NEAR:
        return Judgement(Light.YELLOW, "接近达标")
    return Judgement(Light.RED, "未达标")


def _judge_milestone(aim: Aim, done: bool | None, day: dt.date) -> Judgement:
    if done:
        return Judgement(Light.GREEN, "已完成")
    end = aim.deadline or dt.date(aim.year, 12, 31)
    if day > end:
        return Judgement(Light.RED, "过期未完成")
    if (end - day).days <= WARN_DAYS:
        return Judgement(Light.YELLOW, f"还有{(end - day).days}天到期")
    return Judgement(Light.NO_DATA, "未到时间")


def _judge_quality(aim: Aim, done: bool | None, day: dt.date) -> Judgement:
    if done:
        return Judgement(Light.GREEN, "已落实")
    if done is False or day > (aim.deadline or dt.date(aim.year, 12, 31)):
        return Judgement(Light.RED, "未落实")
    return Judgement(Light.NO_DATA, "还没有情况说明")


def _percent(actual: Decimal, target: Decimal) -> Decimal:
    return tidy((actual * 100 / target).quantize(Decimal("0.1")))


def _plain(number: Fraction) -> Decimal:
    """A number for reading: whole where the target counts heads, one decimal where it is small."""
    found = Decimal(number.numerator) / Decimal(number.denominator)
    return tidy(found.quantize(Decimal("0.1"))) if found < 100 else found.quantize(Decimal(1))


def check_quarters(values: Sequence[Decimal], target: Decimal | None) -> tuple[Decimal, ...]:
    """Four cumulative values, none below the one before, the last being the target. Raises RuleError."""
    if len(values) != 4:
        raise RuleError("季度计划应填写四个季度末的累计数。")
    if any(later < earlier for earlier, later in pairwise(values)) or values[0] < 0:
        raise RuleError("季度计划是累计数，后一季度不能小于前一季度。")
    if target is not None and values[3] != target:
        raise RuleError(f"四季度末的累计数应等于目标值{short(target)}，现为{short(values[3])}。")
    return tuple(values)


# --- numbers as they are typed ------------------------------------------------------------------------------------------


def tidy(value: Decimal) -> Decimal:
    """The same number without the zeros a database pads it with, never in powers of ten."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def short(value: Decimal | None) -> str:
    """``tidy`` as text; nothing for None."""
    return "" if value is None else f"{tidy(value):f}"


def parse_number(text: str, what: str) -> Decimal:
    """A number not below 0 with at most two decimals, full-width digits and thousands separators allowed.

    Raises RuleError naming ``what``.
    """
    compact = "".join(unicodedata.normalize("NFKC", text).split()).replace(",", "")
    try:
        value = Decimal(compact)
    except InvalidOperation:
        raise RuleError(f"“{what}”应填写数字，现为“{text.strip()}”。") from None
    if not value.is_finite() or value < 0 or value > MAX_VALUE:
        raise RuleError(f"“{what}”应在0至{MAX_VALUE:,}之间，现为“{text.strip()}”。")
    if value != value.quantize(Decimal("0.01")):
        raise RuleError(f"“{what}”最多两位小数，现为“{text.strip()}”。")
    return value


def share_evenly(total: Decimal, parts: int) -> list[Decimal]:
    """Equal parts that add up to the total; what does not divide goes to the first. Whole numbers stay whole."""
    if parts < 1:
        raise RuleError("没有可以分解的下级单位。")
    step = Decimal(1) if total == total.to_integral_value() else Decimal("0.01")
    base = (total / parts / step).to_integral_value(ROUND_FLOOR) * step
    over = int((total - base * parts) / step)
    return [base + step if number < over else base for number in range(parts)]


def parse_pasted(text: str, names: Mapping[str, int]) -> dict[int, Decimal]:
    """Lines of “单位 数” as copied from a table, by unit id. ``names`` are all names a unit may be written with.

    Raises RuleError with every wrong line.
    """
    values: dict[int, Decimal] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.split()
        if not cells:
            continue
        name, figure = "".join(cells[:-1]), cells[-1]
        if name in ("单位", "乡镇", "镇街", "乡镇街道", "合计", "总计", "小计"):
            continue
        if not name:
            problems.append(f"第{number}行：应为“单位名称 数”，现为“{line.strip()}”。")
        elif name not in names:
            problems.append(f"第{number}行：没有找到单位“{name}”，请写全称或简称，如“{next(iter(names), '')}”。")
        elif names[name] in values:
            problems.append(f"第{number}行：“{name}”出现了两次，请只留一行。")
        else:
            try:
                values[names[name]] = parse_number(figure, name)
            except RuleError as error:
                problems.append(f"第{number}行：{error}")
    if problems:
        raise RuleError("\n".join(problems))
    if not values:
        raise RuleError("没有读到数据。请每行粘贴一个单位和它的数，中间用空格或制表符隔开。")
    return values


# --- one item, several versions -------------------------------------------------------------------------------------


def likeness(one: str, other: str) -> float:
    """0 to 1: how much of two wordings is the same (Dice over pairs of characters, figures left out)."""
    a, b = _pairs(one), _pairs(other)
    whole = a.total() + b.total()
    return 2 * (a & b).total() / whole if whole else float(one == other)


def _pairs(text: str) -> Counter[str]:
    compact = re.sub(r"[\W\d_]+", "", text)
    return Counter(compact[at : at + 2] for at in range(max(len(compact) - 1, 1))) if compact else Counter()


def match_alike(
    old: Mapping[T, str], new: Sequence[str], bonus: Callable[[T, int], float] | None = None
) -> list[T | None]:
    """For each new wording the key of the old one it continues, best pairs first, each old key used once."""
    pairs = []
    for number, text in enumerate(new):
        for key, before in old.items():
            like = likeness(before, text) + (bonus(key, number) if bonus else 0.0)
            if like >= ALIKE:
                pairs.append((like, -number, key))
    found: list[T | None] = [None] * len(new)
    used: set[T] = set()
    for _, minus, key in sorted(pairs, key=lambda pair: (-pair[0], -pair[1])):
        if key not in used and found[-minus] is None:
            found[-minus] = key
            used.add(key)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference between two versions. ``fields`` are (name, before, after) where something changed."""

    what: str
    how: str
    name: str
    fields: tuple[tuple[str, str, str], ...] = ()


def difference(
    what: str,
    old: Mapping[T, tuple[str, Mapping[str, str]]],
    new: Mapping[T, tuple[str, Mapping[str, str]]],
) -> list[Change]:
    """Added, changed and removed, in the order of the new version and then of the old; values are name and fields."""
    changes = []
    for key, (name, fields) in new.items():
        if key not in old:
            changes.append(Change(what, "新增", name))
            continue
        before = old[key][1]
        changed = tuple((label, before[label], value) for label, value in fields.items() if before[label] != value)
        if changed:
            changes.append(Change(what, "修改", name, changed))
    changes += [Change(what, "删除", name) for key, (name, _) in old.items() if key not in new]
    return changes


# --- what the source has masked -----------------------------------------------------------------------------------------

MASKS = "*×xXｘＸ＊○?？_〇"


def fold_mask(quote: str) -> str:
    """A masked place as it stands in the cleaned text."""
    return unicodedata.normalize("NFKC", quote)


def check_fill(mask: str, words: str) -> str:
    """What she wrote for a masked place. A year such as ``201*`` keeps its legible digits. Raises RuleError."""
    mask, words = fold_mask(mask), " ".join(unicodedata.normalize("NFKC", words).split())
    if re.match(r"(?:19|20)", mask):
        legible = all(m in MASKS or m == y for m, y in zip(mask, words, strict=False))
        if len(words) == len(mask) and words.isdigit() and legible:
            return words
        raise RuleError(f"“{mask}”处应填写与它相符的{len(mask)}位年份，现为“{words}”。请对照原件填写。")
    if not words or len(words) > 20:
        raise RuleError(f"“{mask}”处应填写1至20个字，请对照原件填写。")
    if any(sign in "*×＊○_" for sign in words):
        raise RuleError(f"“{mask}”处仍有遮盖符号，现为“{words}”。请对照原件填写。")
    return words


def fill_masks(text: str, fills: Iterable[tuple[str, str]]) -> str:
    """The text with each masked place in turn replaced by what was written for it; an empty one stays masked."""
    at = 0
    for mask, words in fills:
        found = text.find(mask, at)
        if found < 0:
            continue
        text = text[:found] + (words or mask) + text[found + len(mask) :]
        at = found + len(words or mask)
    return text


_BEFORE = (
    "不得少于|不少于|不得低于|不低于|不小于|至少|最少|不超过|不高于|不多于|不大于|控制在|最多|超过|突破|高于|低于|达到|达|"
    "提高到|提升到|力争|确保|争取|约|近|共|各"
)


def clause_around(text: str, quote: str, after: int = 0) -> tuple[str, int]:
    """What a figure is about: the clause it stands in without the figure itself, and where the search may go on."""
    at = text.find(quote, after)
    at = at if at >= 0 else text.find(quote)
    if at < 0:
        return "", after
    ends = "，。；：！？,;\n"
    start = max((text.rfind(sign, 0, at) for sign in ends), default=-1) + 1
    stops = [found for sign in ends if (found := text.find(sign, at + len(quote))) >= 0]
    before = re.sub(rf"(?:{_BEFORE})+$", "", text[start:at])
    clause = before + re.sub(
        r"^(?:以上|以下|以内|左右|及以上)", "", text[at + len(quote) : min(stops, default=len(text))]
    )
    clause = re.sub(
        r"^(?:[一二三四五六七八九十]是|其中|并|要|年内|全年|今年|本年度?|共|计划|力争|确保)+", "", clause.strip()
    )
    return clause.strip(" 、，（）()"), at + len(quote)
