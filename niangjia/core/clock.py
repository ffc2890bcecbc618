"""Time as an officer counts it: the day in China, working days by an editable holiday table, months and quarters.

``frozen`` replaces the clock for one context (a thread, a task): tests and the demo year play at past dates while other
threads keep the real time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)

Unit = Literal["workday", "day"]

_frozen_at: ContextVar[datetime | None] = ContextVar("frozen_at", default=None)


def now() -> datetime:
    """This moment in China's time, aware."""
    return _frozen_at.get() or datetime.now(CHINA)


def today() -> date:
    """The calendar day in China."""
    return now().date()


def in_china(moment: datetime) -> datetime:
    """A moment in China's time; a naive one was written down in China."""
    return moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment.astimezone(CHINA)


@contextmanager
def frozen(at: datetime | date) -> Iterator[None]:
    """Let ``now`` stand still at an aware moment, or at nine in the morning of a day. Raises ValueError if naive."""
    moment = at if isinstance(at, datetime) else datetime.combine(at, time(9), CHINA)
    if moment.tzinfo is None:
        raise ValueError("frozen needs an aware datetime")
    token = _frozen_at.set(moment.astimezone(CHINA))
    try:
        yield
    finally:
        _frozen_at.reset(token)


@dataclass(frozen=True)
class Calendar:
    """The State Council's yearly notice: days off beyond the weekends, and weekend days worked instead (调休)."""

    holidays: frozenset[date] = field(default=frozenset(), repr=False)
    workdays: frozenset[date] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        both = sorted(self.holidays & self.workdays)
        if both:
            raise ValueError(f"{both[0]:%Y-%m-%d}既是放假日又是上班日。请在节假日表中删去其中一条。")

    def is_workday(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < 5 and day not in self.holidays)

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th working day after the day (before it if n is negative); the day itself for 0."""
        step = ONE_DAY if n > 0 else -ONE_DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, a: date, b: date) -> int:
        """Working days after ``a`` up to and with ``b``; where ``b`` is earlier, minus those after ``b`` to ``a``."""
        if b < a:
            return -self.workdays_between(b, a)
        return sum(self.is_workday(a + ONE_DAY * offset) for offset in range(1, (b - a).days + 1))


def period_after(day: date, n: int, unit: Unit, calendar: Calendar) -> tuple[date, date]:
    """First and last day, both included, of n days or working days that begin the day after (公示自张贴次日起算).

    The day something happens is not counted (民法典 Art. 201). Raises ValueError if n is less than 1.
    """
    if n < 1:
        raise ValueError(f"期限至少1天，现为{n}天。请改正天数。")
    if unit == "workday":
        return calendar.add_workdays(day, 1), calendar.add_workdays(day, n)
    return day + ONE_DAY, day + ONE_DAY * n


def share_of_year(day: date, year: int) -> float:
    """How much of the year has passed when the day ends: 0.0 before the year, 1.0 from its last day on."""
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    passed = (day + ONE_DAY - start).days
    return min(max(passed, 0), (end - start).days) / (end - start).days


def quarter_of(day: date) -> int:
    """1 to 4."""
    return (day.month + 2) // 3


def month_bounds(year: int, month: int) -> tuple[date, date]:
    """The first day of the month and the first day of the next one: a half-open range, as measures take it."""
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
