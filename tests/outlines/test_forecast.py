"""Two named ways to the end year."""

from __future__ import annotations

import itertools

import pytest

from niangjia.outlines import forecast
from niangjia.outlines.forecast import Pace


@pytest.mark.parametrize(
    ("base", "last", "target", "pace"),
    [
        ((2020, 20.0), (2025, 15.0), (2030, 12.0), Pace.ON_TRACK),
        ((2020, 20.0), (2025, 16.5), (2030, 12.0), Pace.FASTER),
        ((2020, 20.0), (2025, 19.5), (2030, 12.0), Pace.LITTLE),
        ((2020, 20.0), (2025, 21.0), (2030, 12.0), Pace.BACK),
        ((2020, 20.0), (2025, 11.0), (2030, 12.0), Pace.REACHED),
        ((2020, 60.0), (2025, 71.0), (2030, 70.0), Pace.REACHED),
        ((2020, 60.0), (2025, 65.0), (2030, 70.0), Pace.ON_TRACK),
    ],
)
def test_the_pace_against_the_growth_required(
    base: tuple[int, float], last: tuple[int, float], target: tuple[int, float], pace: Pace
) -> None:
    found = forecast.growth(base, last, target)
    assert found is not None
    assert found.pace is pace


def test_the_ratio_is_of_compound_annual_rates() -> None:
    found = forecast.growth((2020, 100.0), (2022, 121.0), (2030, 100 * 1.2**10))
    assert found is not None
    assert (found.actual, found.required, found.ratio) == (pytest.approx(0.1), pytest.approx(0.2), pytest.approx(0.5))


@pytest.mark.parametrize(
    ("base", "last", "target"),
    [
        ((2020, 0.0), (2025, 1.0), (2030, 2.0)),
        ((2025, 10.0), (2025, 10.0), (2030, 20.0)),
        ((2020, 10.0), (2025, 12.0), (2030, 10.0)),
    ],
)
def test_growth_without_a_meaning_is_none(
    base: tuple[int, float], last: tuple[int, float], target: tuple[int, float]
) -> None:
    assert forecast.growth(base, last, target) is None


def test_a_trend_of_three_years_is_not_drawn() -> None:
    assert forecast.damped_trend([(2021, 1.0), (2022, 2.0), (2023, 3.0)], 2030) == []


def test_the_trend_slows_down_and_its_interval_widens() -> None:
    series = [(2015, 60.0), (2016, 62.1), (2017, 63.8), (2018, 66.2), (2019, 67.9), (2020, 70.1)]
    ahead = forecast.damped_trend(series, 2025)
    middles, widths = [a.middle for a in ahead], [a.high - a.low for a in ahead]
    steps = [after - before for before, after in itertools.pairwise(middles)]
    assert [a.year for a in ahead] == [2021, 2022, 2023, 2024, 2025]
    assert all(0 < later < earlier for earlier, later in itertools.pairwise(steps))
    assert all(later > earlier for earlier, later in itertools.pairwise(widths))


def test_a_share_ends_at_a_hundred_and_a_flat_series_stays() -> None:
    steep = [(2019, 90.0), (2020, 94.0), (2021, 97.0), (2022, 99.5)]
    assert max(a.high for a in forecast.damped_trend(steep, 2030, ceiling=100.0)) == 100.0
    flat = forecast.damped_trend([(year, 5.0) for year in range(2015, 2021)], 2022)
    assert [(a.middle, a.low, a.high) for a in flat] == [(5.0, 5.0, 5.0)] * 2


def test_a_missing_year_is_filled_straight() -> None:
    whole = [(2015, 10.0), (2016, 11.0), (2017, 12.0), (2018, 13.0), (2019, 14.0)]
    gap = [pair for pair in whole if pair[0] != 2017]
    assert forecast.damped_trend(gap, 2022) == forecast.damped_trend(whole, 2022)
