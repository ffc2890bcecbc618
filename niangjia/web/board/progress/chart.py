"""The months of a target as a drawing: bars for what was done, a line for what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from niangjia.reports.progress import Month

WIDTH, HEIGHT = 720, 220
LEFT, TOP, BOTTOM = 56, 12, 28
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Bar:
    """One month; texts are ready for SVG attributes. ``y`` and ``height`` are empty where there is no value."""

    month: int
    x: str
    middle: str
    width: str
    y: str
    height: str
    label_y: str
    value: Decimal | None
    running: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """All a template needs to draw: the box, the bars, grid lines as (y, label), points of the expected line."""

    width: int
    height: int
    left: int
    right: int
    base: str
    bars: tuple[Bar, ...]
    grid: tuple[tuple[str, str], ...]
    expected: str
    aim_y: str


def draw(months: Sequence[Month], aim: Decimal | None, *, running: int | None) -> Chart:
    """``running`` is the month not yet over, whose bar is drawn lighter."""
    numbers = [float(v) for m in months for v in (m.value, m.expected) if v is not None]
    top = _round_up(max([*numbers, float(aim or 0), 1.0]))
    inner, step = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT) / 12

    def y(value: float) -> float:
        return TOP + inner * (1 - value / top)

    bars, line = [], []
    for index, month in enumerate(months):
        x = LEFT + index * step + step * 0.18
        at = None if month.value is None else y(float(month.value))
        bars.append(
            Bar(
                month=month.month, x=f"{x:.1f}", middle=f"{x + step * 0.32:.1f}", width=f"{step * 0.64:.1f}",
                y="" if at is None else f"{at:.1f}", height="" if at is None else f"{TOP + inner - at:.1f}",
                label_y="" if at is None else f"{at - 4:.1f}", value=month.value, running=month.month == running,
            )
        )  # fmt: skip
        if month.expected is not None:
            line.append(f"{LEFT + (index + 1) * step:.1f},{y(float(month.expected)):.1f}")
    if line:
        line.insert(0, f"{LEFT},{y(0):.1f}")
    grid = tuple((f"{y(top * part / 4):.1f}", f"{top * part / 4:,.10g}") for part in range(5))
    return Chart(
        WIDTH, HEIGHT, LEFT, WIDTH, f"{TOP + inner}", tuple(bars), grid, " ".join(line),
        f"{y(float(aim)):.1f}" if aim else "",
    )  # fmt: skip


def _round_up(value: float) -> float:
    """The next number of a scale people read easily."""
    power = 1.0
    while value > 10 * power:
        power *= 10
    return next(step * power for step in STEPS if value <= step * power)
