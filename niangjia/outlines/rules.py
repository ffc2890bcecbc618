"""How an indicator is judged, and what may be typed for it. Pure functions.

No national scoring formula was found; status, progress and light follow domain notes 2g, and their shares (``near`` 5 %,
``yellow`` 0.8) are fields of the outline, not constants here. Why these: ``docs/decisions/0010-outlines.md``.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

from niangjia.outlines.kinds import WITH_TARGET, Direction, Light, Measured, Status, Tier

ZERO, ONE = Decimal(0), Decimal(1)
KEPT = Decimal("0.0001")  # places a value is kept with
MOST = Decimal("9999999999")

# How many of the denominator one unit of the rate is a part of.
PER: Mapping[str, int] = {Measured.PERCENT: 100, Measured.PERMILLE: 1_000, Measured.PER_100K: 100_000}
WHOLE: frozenset[str] = frozenset({Measured.PERSONS, Measured.PLACES, Measured.NUMBER})


class RuleError(ValueError):
    """An input that cannot stand; the message names what and the remedy."""


# --- places ------------------------------------------------------------------------------------------------------------

NATION = "000000000000"


def tier_of(place: str) -> Tier:
    """How wide a place is. Municipality and nation have codes of their own shape: 500000000000, 000000000000."""
    if place == NATION:
        return Tier.NATION
    if place[4:6] == "00":
        return Tier.CITY
    if place[6:9] == "000":
        return Tier.DISTRICT
    return Tier.TOWN if place[9:] == "000" else Tier.VILLAGE


def wider_places(place: str) -> list[str]:
    """The municipality (or province) and the nation a place belongs to, for comparison."""
    return [code for code in (place[:2] + "0" * 10, NATION) if code != place]


# --- numbers -----------------------------------------------------------------------------------------------------------


def tidy(value: Decimal) -> Decimal:
    """The same number without the zeros a database pads it with, never in powers of ten."""
    return value.quantize(ONE) if value == value.to_integral_value() else value.normalize()


def short(value: Decimal | None) -> str:
    """``tidy`` as text; a dash for None."""
    return "—" if value is None else f"{tidy(value):f}"


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Half up, as statistics are rounded by hand; without padding zeros."""
    return tidy(value.quantize(ONE.scaleb(-places), ROUND_HALF_UP))


def rate(numerator: Decimal, denominator: Decimal, unit: str) -> Decimal:
    """numerator / denominator in the unit: deaths / live births × 100,000 for 1/10万. Four places, half up.

    Raises RuleError for a denominator that is not above 0 and for a unit that is no rate.
    """
    if denominator <= 0:
        raise RuleError("分母应大于0。")
    if unit == Measured.RATIO:
        return (numerator / denominator).quantize(KEPT, ROUND_HALF_UP)
    if unit not in PER:
        raise RuleError(f"单位“{unit}”不由分子分母计算。")
    return (numerator * PER[unit] / denominator).quantize(KEPT, ROUND_HALF_UP)


def parse_number(text: str, what: str) -> Decimal | None:
    """A number not below 0, full-width digits and thousands separators allowed; None for an empty text.

    Raises RuleError naming ``what`` for anything else. A sign of a unit is refused, never guessed away: whoever typed
    it may have meant another unit than the column's.
    """
    compact = "".join(unicodedata.normalize("NFKC", text).split()).replace(",", "")
    if not compact:
        return None
    for sign, name in (("%", "百分号"), ("‰", "千分号"), ("/10万", "单位"), ("万", "单位"), ("亿", "单位")):
        if sign in compact:
            raise RuleError(f"“{what}”带有{name}（{text.strip()[:20]}），请只填数字，单位以表头为准。")
    try:
        value = Decimal(compact)
    except InvalidOperation:
        raise RuleError(f"“{what}”应填写数字，现为“{text.strip()[:20]}”。") from None
    if not value.is_finite() or value < 0 or value > MOST:
        raise RuleError(f"“{what}”应在0至{MOST:,}之间，现为“{text.strip()[:20]}”。")
    if value != value.quantize(KEPT):
        raise RuleError(f"“{what}”最多四位小数，现为“{text.strip()[:20]}”。")
    return value


def after(unit: str) -> str:
    """A unit as it stands behind a number: 18.83/10万, 6‰, nothing for a ratio."""
    return {Measured.PER_100K.value: "/10万", Measured.RATIO.value: "", Measured.YES.value: ""}.get(unit, unit)


# --- judging -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aim:
    """What the judge must know of an indicator in a place and a year. Numbers are in the indicator's unit.

    ``start`` and ``end`` are the base year and the year the target is due; ``tolerance`` is what AROUND allows on either
    side. ``applies`` is False where the place is narrower than the indicator means anything.
    """

    direction: str
    start: int
    end: int
    target: Decimal | None = None
    baseline: Decimal | None = None
    tolerance: Decimal = ZERO
    near: Decimal = Decimal("0.05")
    yellow: Decimal = Decimal("0.8")
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """How an indicator stands in a year.

    ``progress`` and ``expected`` are shares of the way from baseline to target (None where there is no such way),
    ``worsening`` the number of latest moves in a row the wrong way, ``fallen_back`` whether it was met in an earlier
    year and is not now, ``reason`` the words for a page.
    """

    status: Status
    light: Light
    reason: str
    progress: Decimal | None = None
    expected: Decimal | None = None
    worsening: int = 0
    fallen_back: bool = False

    @property
    def alert(self) -> bool:
        """预警: red, or two years worsening (domain notes 2g)."""
        return self.light is Light.RED or self.worsening >= 2

    @property
    def counts(self) -> bool:
        """Whether it is in the denominator of an attainment rate."""
        return self.status in COUNTED


COUNTED = frozenset({Status.MET, Status.NEAR, Status.UNMET})
NO_LIGHT = frozenset({Status.NO_DATA, Status.NOT_APPLICABLE})


def status_of(aim: Aim, value: Decimal | None, before: Decimal | None = None) -> Status:
    """Whether a value fulfils its aim. ``before`` is the last value of an earlier year, used where there is no baseline."""
    if not aim.applies:
        return Status.NOT_APPLICABLE
    if value is None:
        return Status.NO_DATA
    match aim.direction:
        case Direction.QUAL:
            return Status.MET if value > 0 else Status.UNMET
        case Direction.GE | Direction.LE | Direction.AROUND:
            if aim.target is None:
                return Status.NOT_APPLICABLE
            gap = _short_of(aim, value, aim.target)
            return _graded(gap, aim.near * abs(aim.target))
        case _:
            held = aim.baseline if aim.baseline is not None else before
            if held is None:
                return Status.NO_DATA
            gap = _short_of(aim, value, held)
            if gap == 0 and aim.direction != Direction.KEEP:
                return Status.NEAR  # “逐步提高” that stood still
            return _graded(gap, aim.near * abs(held))


def _graded(gap: Decimal, near: Decimal) -> Status:
    return Status.MET if gap <= 0 else Status.NEAR if gap <= near else Status.UNMET


def _short_of(aim: Aim, value: Decimal, mark: Decimal) -> Decimal:
    """By how much a value misses a mark on the wrong side; 0 or less where it does not."""
    if aim.direction == Direction.AROUND:
        return abs(value - mark) - aim.tolerance
    return value - mark if aim.direction in (Direction.LE, Direction.DECREASE) else mark - value


def progress_of(aim: Aim, value: Decimal | None) -> Decimal | None:
    """The share of the way from baseline to target; None where the baseline is missing or already fulfils the target."""
    if value is None or aim.baseline is None or aim.target is None or aim.direction == Direction.QUAL:
        return None
    way = _short_of(aim, aim.baseline, aim.target)
    if way <= 0:
        return None
    return (way - _short_of(aim, value, aim.target)) / way


def expected_of(aim: Aim, year: int) -> Decimal:
    """The share of the way time has passed: 0 in the base year, 1 from the end year on."""
    if aim.end <= aim.start:
        return ONE
    return min(max(Decimal(year - aim.start) / (aim.end - aim.start), ZERO), ONE)


def got_worse(aim: Aim, before: Decimal, after: Decimal) -> bool:
    """Whether a year moved the wrong way. For AROUND that is away from the band; a move inside it is none."""
    if aim.direction == Direction.AROUND:
        if aim.target is None:
            return False
        return max(_short_of(aim, after, aim.target), ZERO) > max(_short_of(aim, before, aim.target), ZERO)
    if aim.direction in (Direction.LE, Direction.DECREASE):
        return after > before
    return after < before


def judge(aims: Mapping[int, Aim] | Aim, series: Sequence[tuple[int, Decimal]], year: int) -> Judgement:
    """How an indicator stands in ``year``, by its values of the years up to it, oldest first.

    ``aims`` may differ by year: a target changed in the middle leaves the judgement of earlier years as it was. A year
    that is missing from them is judged by the aim of ``year``.
    """
    now = aims if isinstance(aims, Aim) else aims[year]
    if not now.applies:
        return _TOO_SMALL
    if not series or series[-1][0] != year:
        series = [pair for pair in series if pair[0] <= year]
        if not series or series[-1][0] != year:
            return _NO_VALUE
    value, earlier = series[-1][1], series[:-1]
    status = status_of(now, value, earlier[-1][1] if earlier else None)
    if status in NO_LIGHT:
        return _NO_AIM if status is Status.NOT_APPLICABLE else _NO_BASE
    progress, expected = progress_of(now, value), expected_of(now, year)
    fallen = status is not Status.MET and _was_met(aims, now, earlier)
    light, reason = _light(now, status, progress, expected, fallen_back=fallen)
    return Judgement(status, light, reason, progress, expected, _worsening(now, series), fallen)


_TOO_SMALL = Judgement(Status.NOT_APPLICABLE, Light.NONE, "这一级不单独评价")
_NO_VALUE = Judgement(Status.NO_DATA, Light.NONE, "没有数据")
_NO_AIM = Judgement(Status.NOT_APPLICABLE, Light.NONE, "没有设目标值")
_NO_BASE = Judgement(Status.NO_DATA, Light.NONE, "没有基期，无法比较")


def _worsening(aim: Aim, series: Sequence[tuple[int, Decimal]]) -> int:
    moves = 0
    for at in range(len(series) - 1, 0, -1):
        if not got_worse(aim, series[at - 1][1], series[at][1]):
            break
        moves += 1
    return moves


def _was_met(aims: Mapping[int, Aim] | Aim, now: Aim, earlier: Sequence[tuple[int, Decimal]]) -> bool:
    if not earlier:
        return False
    if isinstance(aims, Aim) and (best := _best(now, earlier)) is not None:
        return status_of(now, best) is Status.MET
    before = None
    for year, value in earlier:
        aim = aims if isinstance(aims, Aim) else aims.get(year, now)
        if status_of(aim, value, before) is Status.MET:
            return True
        before = value
    return False


def _best(aim: Aim, earlier: Sequence[tuple[int, Decimal]]) -> Decimal | None:
    """Of several values under one aim the one that fulfils it if any does; None where each is judged by the one before."""
    values = [value for _, value in earlier]
    if aim.direction == Direction.AROUND:
        return min(values, key=lambda value: abs(value - (aim.target or ZERO)))
    if aim.direction not in WITH_TARGET and aim.direction != Direction.QUAL and aim.baseline is None:
        return None
    return min(values) if aim.direction in (Direction.LE, Direction.DECREASE) else max(values)


def _light(
    aim: Aim, status: Status, progress: Decimal | None, expected: Decimal, *, fallen_back: bool
) -> tuple[Light, str]:
    if status is Status.MET:
        return Light.GREEN, "已达标"
    if fallen_back:
        return Light.RED, "达标后反弹"
    if progress is None:
        return (Light.YELLOW, "接近达标") if status is Status.NEAR else (Light.RED, "未达标")
    if progress < 0:
        return Light.RED, "比基期退步"
    if progress >= expected:
        return Light.GREEN, "进度正常"
    if progress >= aim.yellow * expected:
        return Light.YELLOW, "进度偏慢"
    return Light.RED, "进度落后"


@dataclass(frozen=True, slots=True)
class Attainment:
    """Indicators by status. Rates are in percent and None without a denominator; no-data is never in one."""

    met: int = 0
    near: int = 0
    unmet: int = 0
    no_data: int = 0
    not_applicable: int = 0

    @property
    def denominator(self) -> int:
        return self.met + self.near + self.unmet

    @property
    def rate(self) -> Decimal | None:
        """达标率 = met / (met + near + unmet)."""
        return self._share(self.met)

    @property
    def rate_with_near(self) -> Decimal | None:
        """“提前或基本达标” as the national mid-term reports count it: met or near (domain notes 2g, S37)."""
        return self._share(self.met + self.near)

    def _share(self, part: int) -> Decimal | None:
        if not self.denominator:
            return None
        return (Decimal(part) * 100 / self.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)


def attainment(statuses: Iterable[str]) -> Attainment:
    """Count statuses."""
    counts = Counter(statuses)
    return Attainment(*(counts[status] for status in Status))


# --- what may be typed ----------------------------------------------------------------------------------------------


class Weight(StrEnum):
    """A warning asks for a sentence, an impossibility blocks."""

    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about a value. ``key`` is stable: the sentence that answers a warning is kept under it."""

    weight: Weight
    key: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What an entry is checked against. ``exceeds`` says that the numerator is no part of the denominator (毛入学率).

    ``low`` and ``high`` bound what is plausible, ``jump`` is the share of last year's value a change may reach without
    a word. All are data of the indicator.
    """

    name: str
    unit: str
    direction: str
    exceeds: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    jump: Decimal = Decimal("0.3")
    breakdowns: tuple[str, ...] = ()

    @property
    def is_rate(self) -> bool:
        """Whether the value is computed from a numerator and a denominator, never typed."""
        return self.unit in PER or self.unit == Measured.RATIO


@dataclass(frozen=True, slots=True)
class Part:
    """The numbers of one part of a breakdown, such as women or the countryside."""

    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed: a rate has numerator and denominator, anything else a value. ``stated`` is a rate somebody wrote
    beside its numerator and denominator, as in a sheet; it is compared and never kept."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    stated: Decimal | None = None
    parts: Mapping[str, Part] | None = None

    @property
    def empty(self) -> bool:
        return self.value is None and self.numerator is None and self.denominator is None


# The parts of a breakdown; two that belong together make the whole.
PARTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "SEX": (("SEX:F", "女"), ("SEX:M", "男")),
    "URBAN": (("URBAN:U", "城镇"), ("URBAN:R", "农村")),
}


def value_of(shape: Shape, entry: Entry) -> Decimal | None:
    """The value an entry says: computed for a rate, typed otherwise; None where it cannot be told."""
    if not shape.is_rate:
        return entry.value
    if entry.numerator is None or not entry.denominator:
        return None
    return rate(entry.numerator, entry.denominator, shape.unit)


def doubts(shape: Shape, entry: Entry, last: Decimal | None = None) -> list[Doubt]:
    """Everything wrong or strange about an entry of its own, given the value of the year before."""
    found = _impossible(shape, entry)
    if found or entry.empty:
        return found
    value = value_of(shape, entry)
    assert value is not None
    found += _slips(shape, entry, value, last)
    if not any(doubt.key == "slip" for doubt in found):
        found += _strange(shape, value, last, entry)
    return found + _sums(shape, entry)


def _impossible(shape: Shape, entry: Entry) -> list[Doubt]:
    def block(key: str, field: str, message: str) -> Doubt:
        return Doubt(Weight.BLOCK, key, field, message)

    if shape.is_rate:
        if entry.numerator is None and entry.denominator is None:
            if entry.value is None and entry.stated is None:
                return []
            return [block("parts", "numerator", "只填了比率，没有分子和分母。请填分子和分母，比率由系统计算。")]
        if entry.denominator is None:
            return [
                block("denominator", "denominator", "缺少分母。请补填分母；确实没有数据的，把分子也清空并写明说明。")
            ]
        if entry.numerator is None:
            return [block("numerator", "numerator", "缺少分子。请补填分子；没有发生的填0。")]
        if entry.denominator <= 0:
            return [block("denominator", "denominator", "分母应大于0，请核对。")]
        if entry.numerator > entry.denominator and not shape.exceeds and shape.unit != Measured.RATIO:
            return [
                block(
                    "exceeds",
                    "numerator",
                    f"分子{short(entry.numerator)}大于分母{short(entry.denominator)}，请核对是否填反。",
                )
            ]
        return []
    if entry.value is None:
        return []
    if shape.direction == Direction.QUAL and entry.value not in (ZERO, ONE):
        return [block("yes", "value", "定性指标请填“是”或“否”。")]
    if shape.unit in WHOLE and entry.value != entry.value.to_integral_value():
        return [block("whole", "value", f"单位是“{shape.unit}”，应填整数，现为{short(entry.value)}。")]
    return []


SLIPS = (10, 100, 1_000, 10_000, 100_000)


def _times(value: Decimal, other: Decimal) -> int | None:
    """The power of ten by which one is the other, give or take a fifth; None where it is none."""
    if value <= 0 or other <= 0:
        return None
    many = max(value, other) / min(value, other)
    return next((slip for slip in SLIPS if Decimal("0.8") * slip <= many <= Decimal("1.25") * slip), None)


def _slips(shape: Shape, entry: Entry, value: Decimal, last: Decimal | None) -> list[Doubt]:
    """A rate in another unit than the column's: told against what was computed, and against last year."""
    if entry.stated is not None and abs(entry.stated - value) > max(Decimal("0.05"), value * Decimal("0.005")):
        times = _times(entry.stated, value)
        what = f"像是单位写错（差{times}倍，如把‰填成%）" if times else "请核对分子、分母和比率，或把比率清空由系统计算"
        message = (
            f"所填比率{short(entry.stated)}与分子÷分母算得的{short(rounded(value))}{after(shape.unit)}不符，{what}。"
        )
        return [Doubt(Weight.BLOCK, "stated", "stated", message)]
    if last is not None and (times := _times(value, last)):
        message = f"与上年的{short(rounded(last))}{after(shape.unit)}相差约{times}倍，像是单位或位数写错。请核对；无误的请写一句说明。"
        return [Doubt(Weight.WARN, "slip", "numerator" if shape.is_rate else "value", message)]
    return []


def _strange(shape: Shape, value: Decimal, last: Decimal | None, entry: Entry) -> list[Doubt]:
    field, unit, found = "numerator" if shape.is_rate else "value", after(shape.unit), []
    if shape.direction == Direction.QUAL:
        return []
    if (shape.low is not None and value < shape.low) or (shape.high is not None and value > shape.high):
        bounds = f"{short(shape.low)}至{short(shape.high)}{unit}"
        found.append(
            Doubt(
                Weight.WARN,
                "range",
                field,
                f"{short(rounded(value))}{unit}不在常见范围{bounds}内，请核对并写一句说明。",
            )
        )
    few = shape.is_rate and (entry.numerator or ZERO) < 10  # one case more or less is no jump of the matter
    if last and not few and abs(value - last) > shape.jump * last:
        message = f"比上年的{short(rounded(last))}{unit}变动{abs(value - last) * 100 / last:.0f}%，请核对并写一句说明。"
        found.append(Doubt(Weight.WARN, "jump", field, message))
    return found


def _sums(shape: Shape, entry: Entry) -> list[Doubt]:
    """Parts that are all there must add up to the whole; a part may not exceed it."""
    found: list[Doubt] = []
    given = entry.parts or {}
    for kind in shape.breakdowns:
        parts = [given.get(key) for key, _ in PARTS[kind]]
        names = "、".join(name for _, name in PARTS[kind])
        for at, (label, whole) in enumerate((("分子", entry.numerator), ("分母", entry.denominator))):
            numbers = [None if part is None else (part.numerator, part.denominator)[at] for part in parts]
            if whole is None or any(number is None for number in numbers):
                continue
            total = sum((number for number in numbers if number is not None), ZERO)
            if total != whole:
                message = f"{names}的{label}合计{short(total)}，与总数{short(whole)}不等，请核对。"
                found.append(Doubt(Weight.BLOCK, f"sum.{kind}", "parts", message))
    return found


def contradicts(lower: Decimal, upper: Decimal) -> bool:
    """Whether two linked values cannot both be: the one that is part of the other is larger."""
    return lower > upper
