"""How sure a small number is. Pure functions, two-sided, 95 % unless told otherwise.

Wilson: E. B. Wilson, JASA 22 (1927). Exact Poisson: Garwood, Biometrika 28 (1936).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

LEVEL = 0.95


def wilson(events: int, total: int, level: float = LEVEL) -> tuple[float, float]:
    """Bounds of a share. Raises ValueError for a total below 1 or events outside it."""
    if total < 1 or not 0 <= events <= total:
        raise ValueError("events must lie within a total of at least 1")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, square = events / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = z / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def poisson(events: int, level: float = LEVEL) -> tuple[float, float]:
    """Garwood bounds of a count of rare events. Raises ValueError for a count below 0."""
    if events < 0:
        raise ValueError("events below 0")
    tail = (1 - level) / 2
    most = events + 10 * math.sqrt(events + 1) + 20
    low = 0.0 if events == 0 else _root(lambda mean: _at_least(events, mean) - tail, 0.0, most)
    return low, _root(lambda mean: 1 - _at_least(events + 1, mean) - tail, 0.0, most, falling=True)


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
