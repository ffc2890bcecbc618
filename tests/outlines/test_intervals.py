"""Small numbers: bounds against values known from the literature and from other programs."""

import pytest

from niangjia.outlines import intervals


def near(pair: tuple[float, float], low: float, high: float) -> bool:
    return pair == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


@pytest.mark.parametrize(
    ("events", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_wilson(events: int, total: int, low: float, high: float) -> None:
    assert near(intervals.wilson(events, total), low, high)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (10, 4.7954, 18.3904), (100, 81.3640, 121.6268)],
)
def test_exact_poisson(events: int, low: float, high: float) -> None:
    assert near(intervals.poisson(events), low, high)


@pytest.mark.parametrize(("events", "total"), [(1, 0), (11, 10), (-1, 10)])
def test_events_outside_their_total_are_refused(events: int, total: int) -> None:
    with pytest.raises(ValueError, match="within a total"):
        intervals.wilson(events, total)
