"""The charts of an outline: the way of one indicator, domains by year, departments by status, one's own place beside others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from niangjia.outlines import forecast, queries, rules
from niangjia.outlines.forecast import Ahead
from niangjia.outlines.kinds import Direction, Status
from niangjia.outlines.models import Indicator, Observation, Outline, Target
from niangjia.outlines.queries import Standing
from niangjia.outlines.rules import Attainment, short
from niangjia.reports.charts.scene import Area, Box, Chart, Dot, Label, Line, Scene

STATUS_TONES = {
    Status.MET: "ok",
    Status.NEAR: "warn",
    Status.UNMET: "bad",
    Status.NO_DATA: "none",
    Status.NOT_APPLICABLE: "none",
}
WIDTH = 480  # read on a phone without scrolling, and large on a slide
OTHERS = ("tea", "due", "plum-soft")


@dataclass(frozen=True, slots=True)
class Scale:
    """From numbers to places in a drawing; the axis ends on numbers people read easily."""

    low: float
    high: float
    top: float
    bottom: float

    def __call__(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    @property
    def ticks(self) -> list[float]:
        return [self.low + (self.high - self.low) * part / 4 for part in range(5)]


def scale_of(values: Sequence[float], top: float, bottom: float) -> Scale:
    """A scale that holds the values with a little room, on round numbers."""
    low, high = min(values), max(values)
    if high <= low:
        low, high = (low - 1, high + 1) if low >= 1 else (0.0, max(high, 1.0))
    step = _round_step((high - low) / 4)
    low, start = math.floor(low / step) * step, low
    while low + 4 * step < high:
        step = _round_step(step * 1.01)
        low = math.floor(start / step) * step
    return Scale(
        max(low, 0.0) if start >= 0 else low, max(low, 0.0) + 4 * step if start >= 0 else low + 4 * step, top, bottom
    )


def _round_step(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value)) if value > 0 else 1.0
    return next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 12.5) if value <= step * power * 1.0000001)


def _axes(scene: Scene, scale: Scale, left: float) -> None:
    for tick in scale.ticks:
        y = scale(tick)
        scene.add(Line([(left, y), (scene.width - 12, y)], "grid"), Label(left - 8, y + 4, f"{tick:,.6g}", "end"))


def _legend(scene: Scene, entries: Sequence[tuple[str, str, bool]], y: float, left: float) -> None:
    x = left
    for text, tone, dash in entries:
        width = 24 + 12 * len(text) + 12
        if x > left and x + width > scene.width:
            x, y = left, y + 20
        scene.add(Line([(x, y - 4), (x + 18, y - 4)], tone, 3, dash), Label(x + 24, y, text))
        x += width


# --- the way of one indicator ---------------------------------------------------------------------------------------


def trajectory(
    outline: Outline,
    indicator: Indicator,
    values: Sequence[Observation],
    targets: Sequence[Target],
    others: Mapping[str, Sequence[Observation]],
) -> Chart:
    """Values in force, target and band, the straight way to it, the damped trend with its interval, other places."""
    series = [(value.year, float(value.value)) for value in values if value.value is not None]
    ahead = ahead_of(outline, indicator, series)
    scene = Scene(WIDTH, 320, f"{indicator.name}（{indicator.unit}）", "")
    left, top, bottom = 62.0, 20.0, 250.0
    numbers = [v for _, v in series] + [n for a in ahead for n in (a.low, a.high)]
    numbers += [float(t.value) for t in targets if t.value is not None]
    numbers += [float(t.baseline) for t in targets if t.baseline is not None]
    numbers += [float(v.value) for line in others.values() for v in line if v.value is not None]
    scale = scale_of(numbers or [0.0, 1.0], top, bottom)
    first, last = outline.base_year, outline.end_year

    def x(year: float) -> float:
        return left + 14 + (year - first) / max(last - first, 1) * (WIDTH - left - 44)

    _axes(scene, scale, left)
    for year in range(first, last + 1):
        scene.add(Label(x(year), bottom + 20, str(year), "middle"))
    legend = [("实际", "plum", False)]
    if ahead:
        start = (series[-1][0], series[-1][1])
        band = [start, *((a.year, a.high) for a in ahead), *((a.year, a.low) for a in reversed(ahead))]
        scene.add(Area([(x(year), scale(value)) for year, value in band], "plum-pale"))
        scene.add(
            Line(
                [(x(start[0]), scale(start[1])), *((x(a.year), scale(a.middle)) for a in ahead)],
                "plum-soft",
                2,
                dash=True,
            )
        )
        legend.append(("预测（80%区间）", "plum-soft", True))
    for target in targets:
        legend += _target(scene, target, x, scale, outline)
    for tone, (name, line) in zip(OTHERS, others.items(), strict=False):
        points = [(x(v.year), scale(float(v.value))) for v in line if v.value is not None]
        scene.add(Line(points, tone, 1.5), *(Dot(px, py, tone, name) for px, py in points[-1:]))
        legend.append((name, tone, False))
    scene.add(Line([(x(year), scale(value)) for year, value in series], "plum", 2.5))
    for year, value in series:
        scene.add(Dot(x(year), scale(value), "plum", f"{year}年 {value:.4g}{indicator.unit_after}"))
    if series:
        scene.add(
            Label(x(series[-1][0]), scale(series[-1][1]) - 10, f"{series[-1][1]:.4g}", "middle", "ink", 13, bold=True)
        )
    unique = list(dict.fromkeys(legend))
    _legend(scene, unique, 296, 20)
    scene.words = _trajectory_words(indicator, series, targets, ahead)
    return Chart("trajectory", scene, *_trajectory_table(first, last, series, targets, ahead, others))


def ahead_of(outline: Outline, indicator: Indicator, series: Sequence[tuple[int, float]]) -> list[Ahead]:
    """The damped trend of an indicator to its end year, within what its unit allows."""
    if indicator.direction == Direction.QUAL:
        return []
    ceiling = float(rules.PER.get(indicator.unit, 0)) or math.inf
    return forecast.damped_trend(series, outline.end_year, ceiling=math.inf if indicator.exceeds else ceiling)


def _target(
    scene: Scene, target: Target, x: Callable[[float], float], scale: Scale, outline: Outline
) -> list[tuple[str, str, bool]]:
    if target.value is None:
        return []
    start, end = target.valid_from, target.valid_to or outline.end_year
    value, tolerance = float(target.value), float(target.tolerance)
    legend = [(f"目标 {short(target.value)}", "ok", False)]
    if tolerance:
        corners = [(x(start), scale(value + tolerance)), (x(end), scale(value + tolerance))]
        scene.add(Area([*corners, (x(end), scale(value - tolerance)), (x(start), scale(value - tolerance))], "ok-pale"))
    scene.add(Line([(x(start), scale(value)), (x(end), scale(value))], "ok", 2))
    if target.baseline is not None and target.valid_to is None:
        base = target.baseline_year or outline.base_year
        scene.add(Line([(x(base), scale(float(target.baseline))), (x(end), scale(value))], "ok", 1, dash=True))
        legend.append(("按时间应到", "ok", True))
    return legend


def _trajectory_words(
    indicator: Indicator, series: Sequence[tuple[int, float]], targets: Sequence[Target], ahead: Sequence[Ahead]
) -> str:
    if not series:
        return "还没有数据。"
    words = [f"{series[0][0]}年{series[0][1]:.4g}，{series[-1][0]}年{series[-1][1]:.6g}{indicator.unit_after}"]
    if targets and targets[-1].value is not None:
        words.append(f"目标{short(targets[-1].value)}")
    if ahead:
        end = ahead[-1]
        words.append(f"阻尼趋势预测{end.year}年{end.middle:.4g}，80%区间{end.low:.4g}至{end.high:.4g}")
    return "；".join(words) + "。"


def _trajectory_table(
    first: int, last: int, series: Sequence[tuple[int, float]], targets: Sequence[Target], ahead: Sequence[Ahead],
    others: Mapping[str, Sequence[Observation]],
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:  # fmt: skip
    own, future = dict(series), {a.year: a for a in ahead}
    beside = {name: {v.year: v for v in line} for name, line in others.items()}

    def row(year: int) -> tuple[str, ...]:
        target = next((t for t in targets if t.valid_from <= year <= (t.valid_to or last)), None)
        seen = future.get(year)
        return (
            str(year),
            f"{own[year]:.6g}" if year in own else "—",
            short(target.value) if target else "—",
            f"{seen.middle:.4g}（{seen.low:.4g}–{seen.high:.4g}）" if seen else "—",
            *(short(line[year].value) if year in line else "—" for line in beside.values()),
        )

    return ("年度", "实际", "目标", "预测（80%区间）", *beside), tuple(row(year) for year in range(first, last + 1))


# --- domains by year ------------------------------------------------------------------------------------------------


def domains(by_year: Mapping[int, Sequence[Standing]]) -> Chart:
    """The share of indicators met of each domain in each year; every cell says how many of how many."""
    years = sorted(by_year)
    grouped = {year: queries.by_domain(found) for year, found in by_year.items()}
    names = list(dict.fromkeys(name for groups in grouped.values() for name in groups))
    scene = Scene(WIDTH, 84 + 38 * max(len(names), 1), "各领域达标情况", "")
    left, cell = 92.0, min((WIDTH - 104) / max(len(years), 1), 96)
    counts = {
        (name, year): rules.attainment(s.status for s in grouped[year].get(name, []))
        for name in names
        for year in years
    }
    for at, year in enumerate(years):
        scene.add(Label(left + cell * (at + 0.5), 24, str(year), "middle", "ink"))
    for line, name in enumerate(names):
        y = 36 + 38.0 * line
        scene.add(Label(left - 10, y + 21, name, "end", "ink", 13))
        for at, year in enumerate(years):
            found = counts[name, year]
            tone, words = _cell(found)
            scene.add(Box(left + cell * at + 1, y, cell - 3, 33, tone, f"{year}年{name}：{words}"))
            scene.add(Label(left + cell * (at + 0.5), y + 21, words, "middle", "ink", 12))
    scene.add(
        Label(12, scene.height - 28, "绿：全部达标；黄：达标和接近过半；红：不到一半；灰：无数据。", size=11),
        Label(12, scene.height - 10, "数字是达标/可评价的项数。", size=11),
    )
    latest = years[-1] if years else 0
    scene.words = (
        f"{latest}年：" + "，".join(f"{name}{_cell(counts[name, latest])[1]}" for name in names) + "。"
        if years
        else "还没有数据。"
    )
    rows = tuple((name, *(_cell(counts[name, year])[1] for year in years)) for name in names)
    return Chart("domains", scene, ("领域", *(f"{year}年" for year in years)), rows)


def _cell(found: Attainment) -> tuple[str, str]:
    if not found.denominator:
        return "none-pale", "无数据"
    words = f"{found.met}/{found.denominator}"
    if found.met == found.denominator:
        return "ok-pale", words
    return ("warn-pale" if (found.met + found.near) * 2 >= found.denominator else "bad-pale"), words


# --- departments by status ----------------------------------------------------------------------------------------------


def departments(year: int, groups: Sequence[tuple[str, Sequence[Standing]]]) -> Chart:
    """How many indicators of each department are met, near, not met, without data; in the departments' own order."""
    kinds = (Status.MET, Status.NEAR, Status.UNMET, Status.NO_DATA)
    counted = [(name, [sum(s.status is kind for s in found) for kind in kinds]) for name, found in groups]
    scene = Scene(WIDTH, 60 + 30 * max(len(counted), 1), f"各部门牵头指标（{year}年）", "")
    left, most = 132.0, max([sum(numbers) for _, numbers in counted] or [1])
    unit = (WIDTH - left - 24) / max(most, 1)
    x = 20.0
    for kind in kinds:
        scene.add(Box(x, 10, 12, 12, STATUS_TONES[kind]), Label(x + 18, 21, kind.label))
        x += 40 + 13 * len(kind.label)
    for line, (name, numbers) in enumerate(counted):
        y, x = 36 + 30.0 * line, left
        scene.add(Label(left - 10, y + 17, name, "end", "ink"))
        for kind, number in zip(kinds, numbers, strict=True):
            if not number:
                continue
            scene.add(Box(x, y, unit * number - 2, 22, STATUS_TONES[kind], f"{name} {kind.label} {number}项"))
            light = kind in (Status.MET, Status.UNMET)
            scene.add(
                Label(
                    x + unit * number / 2 - 1, y + 16, str(number), "middle", "paper" if light else "ink", 12, bold=True
                )
            )
            x += unit * number
    scene.words = (
        "；".join(f"{name}达标{numbers[0]}项，未达标{numbers[2]}项" for name, numbers in counted) or "还没有数据"
    )
    rows = tuple((name, *map(str, numbers), str(sum(numbers))) for name, numbers in counted)
    return Chart("departments", scene, ("牵头部门", *(kind.label for kind in kinds), "合计"), rows)


# --- attainment by year ---------------------------------------------------------------------------------------------------


def attainment(by_year: Mapping[int, Attainment]) -> Chart:
    """The rate of attainment of every year, with its denominator under it; no-data stands apart."""
    years = [year for year in sorted(by_year) if by_year[year].denominator]
    scene = Scene(WIDTH, 240, "达标率", "")
    scale = Scale(0, 100, 20, 180)
    _axes(scene, scale, 52)
    step = (WIDTH - 80) / max(len(years), 1)
    for at, year in enumerate(years):
        found = by_year[year]
        rate, x = float(found.rate or 0), 64 + step * at
        width = min(step * 0.6, 64)
        scene.add(
            Box(x + (step - width) / 2, scale(rate), width, scale(0) - scale(rate), "plum", f"{year}年 {found.rate}%")
        )
        size = 13 if len(years) < 8 else 10
        scene.add(Label(x + step / 2, scale(rate) - 6, f"{found.rate}%", "middle", "ink", size, bold=True))
        scene.add(
            Label(x + step / 2, 198, f"{year}年", "middle", "ink"),
            Label(x + step / 2, 216, f"{found.met}/{found.denominator}项", "middle"),
        )
    scene.add(Label(12, 234, "分母是当年可评价的指标，无数据和不适用的不在分母里。", size=11))
    scene.words = (
        "；".join(f"{year}年{by_year[year].rate}%（{by_year[year].met}/{by_year[year].denominator}）" for year in years)
        or "还没有数据"
    )
    rows = tuple(
        (
            f"{year}年", str(found.met), str(found.near), str(found.unmet), str(found.denominator), f"{found.rate}%",
            str(found.no_data), str(found.not_applicable),
        )
        for year, found in sorted(by_year.items())
        if found.denominator
    )  # fmt: skip
    return Chart("attainment", scene, ("年度", "达标", "接近", "未达标", "分母", "达标率", "无数据", "不适用"), rows)


# --- beside other places -------------------------------------------------------------------------------------------------


def comparison(indicator: Indicator, latest: Mapping[str, Observation], target: Target | None) -> Chart | None:
    """The latest value of several places that have one, beside the target; None where there is nothing to compare."""
    if len(latest) < 2 or indicator.direction == Direction.QUAL:
        return None
    scene = Scene(WIDTH, 56 + 40 * len(latest), f"{indicator.name}：与市、全国比较", "")
    numbers = [float(v.value or 0) for v in latest.values()] + (
        [float(target.value)] if target and target.value is not None else []
    )
    left, unit = 132.0, (WIDTH - 260) / max(*numbers, 0.0001)
    for line, (name, value) in enumerate(latest.items()):
        y, number = 16 + 40.0 * line, float(value.value or 0)
        scene.add(Label(left - 10, y + 19, name, "end", "ink", 13))
        scene.add(Box(left, y, max(unit * number, 1), 28, "plum" if line == 0 else "plum-soft", f"{name} {number:.6g}"))
        scene.add(
            Label(
                left + unit * number + 8,
                y + 19,
                f"{number:.4g}{indicator.unit_after}（{value.year}年）",
                "start",
                "ink",
            )
        )
    if target and target.value is not None:
        x = left + unit * float(target.value)
        scene.add(
            Line([(x, 8), (x, scene.height - 32)], "ok", 2),
            Label(x, scene.height - 14, f"目标 {short(target.value)}", "middle", "ok"),
        )
    scene.words = "；".join(f"{name}{short(v.value)}{indicator.unit_after}（{v.year}年）" for name, v in latest.items())
    rows = tuple((name, f"{v.year}年", short(v.value), v.source or v.unit_name) for name, v in latest.items())
    return Chart("comparison", scene, ("地区", "年度", indicator.unit, "来源"), rows)
