"""How sure a small number is. Pure functions, two-sided, 95 % unless told otherwise.

Wilson: E. B. Wilson, JASA 22 (1927). Exact binomial: Clopper and Pearson, Biometrika 26 (1934). Exact Poisson: Garwood,
Biometrika 28 (1936).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

LEVEL = 0.95


def wilson(events: int, total: int, level: float = LEVEL) -> tuple[float, float]:
    """Bounds of a share. Raises ValueError for a total below 1 or events outside it."""
    _check(events, total)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, square = events / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = z / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def exact(events: int, total: int, level: float = LEVEL) -> tuple[float, float]:
    """Clopper-Pearson bounds of a share: never narrower than promised. Raises ValueError as ``wilson``."""
    _check(events, total)
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else _root(lambda p: _beta(p, events, total - events + 1) - tail, 0.0, 1.0)
    high = 1.0 if events == total else _root(lambda p: _beta(p, events + 1, total - events) - (1 - tail), 0.0, 1.0)
    return low, high


def poisson(events: int, level: float = LEVEL) -> tuple[float, float]:
    """Garwood bounds of a count of rare events. Raises ValueError for a count below 0."""
    if events < 0:
        raise ValueError("events below 0")
    tail = (1 - level) / 2
    most = events + 10 * math.sqrt(events + 1) + 20
    low = 0.0 if events == 0 else _root(lambda mean: _at_least(events, mean) - tail, 0.0, most)
    return low, _root(lambda mean: 1 - _at_least(events + 1, mean) - tail, 0.0, most, falling=True)


def _check(events: int, total: int) -> None:
    if total < 1 or not 0 <= events <= total:
        raise ValueError("events must lie within a total of at least 1")


def _root(curve: Callable[[float], float], low: float, high: float, *, falling: bool = False) -> float:
    for _ in range(80):
        middle = (low + high) / 2
        if (curve(middle) < 0) is not falling:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_least(events: int, mean: float) -> float:
    """P(X >= events) for a Poisson of this mean."""
    if mean <= 0:
        return 0.0 if events else 1.0
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(events))
    return 1 - math.fsum(math.exp(log) for log in logs)


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22, Lentz's method)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny = 1e-300
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    fraction = d
    for m in range(1, 1000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + term * d, tiny)
            c = _away_from_zero(1 + term / c, tiny)
            fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * fraction


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
