from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from niangjia.core import clock
from niangjia.core.clock import CHINA, Calendar

# 国务院办公厅关于2026年部分节假日安排的通知: the days around the National Day.
NATIONAL_DAY = Calendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
days = st.dates(date(2026, 8, 1), date(2026, 11, 30))


def test_the_real_clock_runs_in_china_time() -> None:
    before = datetime.now(UTC)
    moment = clock.now()
    assert before <= moment <= datetime.now(UTC)
    assert moment.utcoffset() == timedelta(hours=8)


def test_a_frozen_clock_stands_still_and_runs_again_afterwards() -> None:
    at = datetime(2026, 3, 8, 9, 30, tzinfo=CHINA)
    with clock.frozen(at):
        assert (clock.now(), clock.today()) == (at, date(2026, 3, 8))
        with clock.frozen(date(2025, 1, 2)):
            assert clock.now() == datetime(2025, 1, 2, 9, 0, tzinfo=CHINA)
        assert clock.now() == at
    assert clock.now() > at


def test_the_day_is_the_day_in_china() -> None:
    with clock.frozen(datetime(2026, 3, 7, 16, 0, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 8)


def test_another_thread_keeps_the_real_time() -> None:
    with clock.frozen(date(2020, 1, 1)), ThreadPoolExecutor(1) as pool:
        seen = pool.submit(clock.today).result()
    assert seen == clock.today()


def test_the_clock_cannot_be_frozen_at_a_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2026, 3, 8)):
        pass


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 9, 18), True),  # Friday
        (date(2026, 9, 19), False),  # Saturday
        (date(2026, 9, 20), True),  # Sunday worked instead
        (date(2026, 10, 1), False),  # Thursday, holiday
        (date(2026, 10, 10), True),  # Saturday worked instead
        (date(2026, 10, 11), False),  # Sunday
    ],
)
def test_holidays_and_days_worked_instead_move_the_week(day: date, worked: bool) -> None:
    assert NATIONAL_DAY.is_workday(day) is worked


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
    ],
)
def test_working_days_are_added_over_a_holiday(start: date, n: int, end: date) -> None:
    assert NATIONAL_DAY.add_workdays(start, n) == end


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        (date(2026, 9, 30), date(2026, 9, 30), 0),
        (date(2026, 9, 30), date(2026, 10, 7), 0),
        (date(2026, 9, 30), date(2026, 10, 12), 4),
        (date(2026, 10, 12), date(2026, 9, 30), -4),
    ],
)
def test_working_days_between_count_the_last_day_and_not_the_first(a: date, b: date, count: int) -> None:
    assert NATIONAL_DAY.workdays_between(a, b) == count


@given(days, st.integers(1, 40))
def test_adding_working_days_and_counting_them_agree(day: date, n: int) -> None:
    end = NATIONAL_DAY.add_workdays(day, n)
    assert (NATIONAL_DAY.is_workday(end), NATIONAL_DAY.workdays_between(day, end)) == (True, n)


@given(days, days, days)
def test_working_days_of_two_stretches_add_up(a: date, b: date, c: date) -> None:
    between = NATIONAL_DAY.workdays_between
    assert between(a, b) + between(b, c) == between(a, c)


def test_a_day_cannot_be_both_off_and_worked() -> None:
    with pytest.raises(ValueError, match="2026-10-01既是放假日又是上班日。请在节假日表中删去其中一条。"):
        Calendar(frozenset({date(2026, 10, 1)}), frozenset({date(2026, 10, 1)}))


@pytest.mark.parametrize(
    ("posted", "n", "unit", "period"),
    [
        (date(2026, 9, 14), 7, "day", (date(2026, 9, 15), date(2026, 9, 21))),
        (date(2026, 9, 14), 1, "day", (date(2026, 9, 15), date(2026, 9, 15))),
        (date(2026, 9, 14), 3, "workday", (date(2026, 9, 15), date(2026, 9, 17))),
        (date(2026, 9, 29), 3, "workday", (date(2026, 9, 30), date(2026, 10, 9))),
        (date(2026, 9, 30), 3, "workday", (date(2026, 10, 8), date(2026, 10, 10))),
    ],
)
def test_a_notice_period_starts_the_day_after_posting(
    posted: date, n: int, unit: clock.Unit, period: tuple[date, date]
) -> None:
    assert clock.period_after(posted, n, unit, NATIONAL_DAY) == period


def test_a_period_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="期限至少1天，现为0天。请改正天数。"):
        clock.period_after(date(2026, 9, 14), 0, "day", NATIONAL_DAY)


@pytest.mark.parametrize(
    ("day", "year", "share"),
    [
        (date(2025, 12, 31), 2026, 0.0),
        (date(2026, 1, 1), 2026, 1 / 365),
        (date(2026, 7, 2), 2026, 183 / 365),
        (date(2024, 12, 30), 2024, 365 / 366),
        (date(2026, 12, 31), 2026, 1.0),
        (date(2027, 5, 1), 2026, 1.0),
    ],
)
def test_the_share_of_the_year_counts_the_day_itself(day: date, year: int, share: float) -> None:
    assert clock.share_of_year(day, year) == share


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)])
def test_a_quarter_has_three_months(month: int, quarter: int) -> None:
    assert clock.quarter_of(date(2026, month, 15)) == quarter


@pytest.mark.parametrize(
    ("year", "month", "bounds"),
    [
        (2026, 2, (date(2026, 2, 1), date(2026, 3, 1))),
        (2026, 11, (date(2026, 11, 1), date(2026, 12, 1))),
        (2026, 12, (date(2026, 12, 1), date(2027, 1, 1))),
    ],
)
def test_a_month_ends_before_the_next_one_begins(year: int, month: int, bounds: tuple[date, date]) -> None:
    assert clock.month_bounds(year, month) == bounds
