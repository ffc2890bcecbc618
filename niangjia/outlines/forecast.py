"""Where an indicator will be in the end year, by two methods that are named wherever a result is shown. Pure functions.

Actual to required growth: the ratio of the compound annual growth rate so far to the one the target requires, the method
of the progress assessments of the Sustainable Development Goals (United Nations Statistics Division, SDG Progress Chart,
Technical Note; ESCAP Working Paper SD/WP/05, 2017). Damped trend: exponential smoothing with an additive damped trend
(Gardner and McKenzie, Management Science 31, 1985), with the prediction interval of its state space form ETS(A,Ad,N)
(Hyndman and others, Forecasting with Exponential Smoothing, 2008, chapter 6).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from niangjia.core.labelled import Labelled

ON_TRACK, ACCELERATE = 0.95, 0.5  # shares of the required growth
FEWEST = 4  # values a trend is drawn from


class Pace(Labelled):
    """What the ratio says."""

    REACHED = "reached", "已达到目标"
    ON_TRACK = "on_track", "按现在的速度可以达到"
    FASTER = "faster", "有进展，需加快"
    LITTLE = "little", "进展有限"
    BACK = "back", "在倒退"


@dataclass(frozen=True, slots=True)
class Growth:
    """Compound annual growth so far and required, as shares (0.02 is 2 % a year), and their ratio."""

    actual: float
    required: float
    ratio: float
    pace: Pace


def growth(base: tuple[int, float], last: tuple[int, float], target: tuple[int, float]) -> Growth | None:
    """The growth from a base year to the last value, against the growth from base to target.

    None where it has no meaning: values not above 0, no time between, or a target that is the base.
    """
    (year0, v0), (year1, v1), (year2, v2) = base, last, target
    if min(v0, v1, v2) <= 0 or not year0 < year1 or not year0 < year2 or v0 == v2:
        return None
    actual = (v1 / v0) ** (1 / (year1 - year0)) - 1
    required = (v2 / v0) ** (1 / (year2 - year0)) - 1
    ratio = actual / required
    if (v1 >= v2) if v2 > v0 else (v1 <= v2):
        pace = Pace.REACHED
    elif ratio >= ON_TRACK:
        pace = Pace.ON_TRACK
    elif ratio >= ACCELERATE:
        pace = Pace.FASTER
    else:
        pace = Pace.LITTLE if ratio >= 0 else Pace.BACK
    return Growth(actual, required, ratio, pace)


@dataclass(frozen=True, slots=True)
class Ahead:
    """One future year: the middle and the interval it lies in with the level asked for."""

    year: int
    middle: float
    low: float
    high: float


def damped_trend(
    series: Sequence[tuple[int, float]],
    until: int,
    *,
    level: float = 0.8,
    floor: float = 0.0,
    ceiling: float = math.inf,
) -> list[Ahead]:
    """Every year after the last value, to ``until``. Empty with fewer than four values; gaps are filled straight.

    ``floor`` and ``ceiling`` are what the unit allows (a share ends at 100).
    """
    if len(series) < FEWEST or until <= series[-1][0]:
        return []
    values = _without_gaps(series)
    alpha, beta, phi, last_level, slope, errors = _fitted(values)
    deviation = math.sqrt(math.fsum(e * e for e in errors) / max(len(errors) - 2, 1))
    z = NormalDist().inv_cdf(0.5 + level / 2)
    ahead, spread, damped = [], 1.0, 0.0
    for step in range(1, until - series[-1][0] + 1):
        if step > 1:
            spread += (alpha + alpha * beta * damped) ** 2
        damped += phi**step
        middle, half = last_level + damped * slope, z * deviation * math.sqrt(spread)
        clipped = [min(max(number, floor), ceiling) for number in (middle, middle - half, middle + half)]
        ahead.append(Ahead(series[-1][0] + step, *clipped))
    return ahead


def _without_gaps(series: Sequence[tuple[int, float]]) -> list[float]:
    values = [series[0][1]]
    for (year0, v0), (year1, v1) in itertools.pairwise(series):
        values += [v0 + (v1 - v0) * step / (year1 - year0) for step in range(1, year1 - year0 + 1)]
    return values


def _run(values: Sequence[float], alpha: float, beta: float, phi: float) -> tuple[float, float, list[float]]:
    level, slope, errors = values[0], values[1] - values[0], []
    for value in values[1:]:
        before = level + phi * slope
        errors.append(value - before)
        level, was = before + alpha * errors[-1], level
        slope = beta * (level - was) + (1 - beta) * phi * slope
    return level, slope, errors


def _fitted(values: Sequence[float]) -> tuple[float, float, float, float, float, list[float]]:
    """The smoothing that would have erred least, from a grid; damping between 0.8 and 0.98 as is usual."""
    best: tuple[float, tuple[float, float, float]] = (math.inf, (0.5, 0.3, 0.9))
    for alpha in (0.2, 0.4, 0.6, 0.8, 0.95):
        for beta in (0.1, 0.3, 0.5, 0.7):
            for phi in (0.8, 0.85, 0.9, 0.95, 0.98):
                missed = math.fsum(e * e for e in _run(values, alpha, beta, phi)[2][1:])
                if missed < best[0]:
                    best = missed, (alpha, beta, phi)
    alpha, beta, phi = best[1]
    level, slope, errors = _run(values, alpha, beta, phi)
    return alpha, beta, phi, level, slope, errors[1:]
