"""When a duty is done, which days are proposed, whether two entries are one lecture, who could lecture. Pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from niangjia.core import codes, scanner, text
from niangjia.family_education.kinds import MOVES, ItemState, OrderState, Party, Per, SchoolType, Season

MONDAY: Final = 0
MOST_HEADS: Final = 5_000  # one hall; more is a slip of the pen
REMIND_DAYS: Final = 30  # before a period ends; a courtesy, no rule of anybody's
ALIKE: Final = 0.6  # of the neighbouring pairs of letters of two names of a place


# ---------------------------------------------------------------- periods


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a term, both days included. ``season`` is empty for a year."""

    year: int
    season: str
    starts_on: dt.date
    ends_on: dt.date

    @property
    def key(self) -> str:
        return f"{self.year}-{self.season}" if self.season else str(self.year)

    @property
    def label(self) -> str:
        return f"{self.year}年{Season(self.season).label}" if self.season else f"{self.year}年"


def year_of(number: int) -> Period:
    return Period(number, "", dt.date(number, 1, 1), dt.date(number, 12, 31))


def proposed_term(year: int, season: Season) -> tuple[dt.date, dt.date]:
    """Days to start from where nobody has set the term yet: schools begin in the second half of February and on 1
    September. The education department publishes the real days each year."""
    if season is Season.SPRING:
        return dt.date(year, 2, 20), dt.date(year, 7, 10)
    return dt.date(year, 9, 1), dt.date(year + 1, 1, 31)


@dataclass(frozen=True, slots=True)
class DayProposal:
    """A day the education day may be, and the reading of the article that makes it so."""

    day: dt.date
    reading: str


def proposed_days(year: int) -> list[DayProposal]:
    """The readings of “每年5月第三周的星期一” (重庆市家庭教育促进条例 art. 9): one where they agree, else two.

    The third Monday of May, and the Monday of the third week in which a week is counted from 1 May's own (Monday to
    Sunday). Which is meant the article does not say; the operator decides.
    """
    first = dt.date(year, 5, 1)
    monday_of_first_week = first - dt.timedelta(days=first.weekday())
    third_monday = first + dt.timedelta(days=(MONDAY - first.weekday()) % 7 + 14)
    in_third_week = monday_of_first_week + dt.timedelta(days=14)
    if third_monday == in_third_week:
        return [DayProposal(third_monday, "5月第三个星期一，也是第三周的星期一")]
    return [DayProposal(third_monday, "5月第三个星期一"), DayProposal(in_third_week, "5月第三周的星期一")]


def national_week(year: int) -> tuple[dt.date, dt.date]:
    """全国家庭教育宣传周: the week of 15 May, Monday to Sunday (家庭教育促进法 art. 13)."""
    day = dt.date(year, 5, 15)
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


def term_fault(
    season: Season, year: int, starts_on: dt.date, ends_on: dt.date, others: Iterable[Period]
) -> dict[str, str]:
    """What is wrong with the days of a term, by field."""
    if ends_on <= starts_on:
        return {"ends_on": "结束日期应晚于开始日期。请核对。"}
    if starts_on.year != year:
        return {"starts_on": f"{year}年{season.label}应在{year}年内开学。请核对年份。"}
    if (ends_on - starts_on).days > 240:
        return {"ends_on": "一个学期不超过8个月。请核对日期。"}
    for other in others:
        if starts_on <= other.ends_on and other.starts_on <= ends_on:
            return {"starts_on": f"与{other.label}重叠。请先改{other.label}的日期。"}
    return {}


# ---------------------------------------------------------------- duties


def party_of(kind: SchoolType) -> Party:
    return Party.KINDERGARTEN if kind is SchoolType.KINDERGARTEN else Party.SCHOOL


def item_state(*, done: int, needed: int, exempt: bool, period: Period, today: dt.date) -> ItemState:
    """What became of a duty: done work counts even where an exemption stands; overdue is the day after the period."""
    if done >= needed:
        return ItemState.DONE
    if exempt:
        return ItemState.EXEMPT
    return ItemState.OVERDUE if today > period.ends_on else ItemState.DUE


def ends_soon(period: Period, today: dt.date) -> bool:
    """Whether a period is in its last days, in which the units that still owe something are reminded."""
    return 0 <= (period.ends_on - today).days <= REMIND_DAYS


def begun(per: Per, periods: Sequence[Period], today: dt.date) -> list[Period]:
    """The periods a duty is asked in: those of its kind that have begun."""
    return [one for one in periods if bool(one.season) == (per is Per.TERM) and one.starts_on <= today]


# ---------------------------------------------------------------- an activity


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of an activity that decides whether it can be true. ``heads`` None: it has not been held yet."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    heads: int | None
    online: bool
    venue: str
    has_photos: bool = False
    minors_agreed: bool = False


def faults(said: Said, *, now: dt.datetime) -> dict[str, str]:
    """What is wrong with an activity, by field, each with the remedy."""
    found: dict[str, str] = {}
    if said.ends_at <= said.starts_at:
        found["ends"] = "结束时间应晚于开始时间。"
    elif said.ends_at.date() != said.starts_at.date():
        found["ends"] = "一场不能跨天，跨天的请分场登记。"
    if said.heads is not None:
        if said.starts_at > now:
            found["day"] = "还没有到活动时间，不能登记人数。人数留空，作为预告登记。"
        if not 0 < said.heads <= MOST_HEADS:
            found["heads"] = f"参加人次应在1至{MOST_HEADS:,}之间。请核对。"
    elif said.starts_at <= now:
        found["heads"] = "活动已开始，请填写参加人次。"
    if not said.online and not said.venue.strip():
        found["venue"] = "请填写地点；线上活动请选“线上”。"
    if said.has_photos and not said.minors_agreed:
        found["minors_agreed"] = "照片里有孩子的，须先征得监护人同意；没有孩子的也请勾选确认。"
    return found


def numbers_in(texts: Mapping[str, str]) -> dict[str, str]:
    """Numbers of people in what others will read, by field: no child and no parent is named here (未成年人保护法 art. 4, 103)."""
    return {
        field: f"有{told}，请删去；家长和孩子的个人信息不写在这里。"
        for field, words in texts.items()
        if (told := scanner.numbers_told(words))
    }


@dataclass(frozen=True, slots=True)
class Sight:
    """An activity as far as it tells whether another entry is the same lecture."""

    pk: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    venue: str
    school_unit: int | None = None
    lecturer: int | None = None
    lecturer_name: str = ""


def alike(one: str, other: str) -> float:
    """How alike two names of a place are: shared neighbouring pairs of letters, from 0 to 1 (Dice)."""
    first, second = _pairs(one), _pairs(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _pairs(name: str) -> set[str]:
    return {gram for gram in text.search_grams(name) if len(gram) == 2}


def same_lecture(one: Sight, other: Sight) -> tuple[str, ...]:
    """Why two entries may be one lecture; empty when nothing speaks for it. Never a decision: a person confirms.

    The same day and overlapping hours are the condition; the same lecturer, the same school or a venue of nearly the
    same name in the same town is the reason.
    """
    if one.pk == other.pk or not (one.starts_at < other.ends_at and other.starts_at < one.ends_at):
        return ()
    why = []
    if one.lecturer is not None and one.lecturer == other.lecturer:
        why.append("同一讲师")
    elif one.lecturer_name and _folded(one.lecturer_name) == _folded(other.lecturer_name):
        why.append("讲师同名")
    if one.school_unit is not None and one.school_unit == other.school_unit:
        why.append("同一学校")
    elif codes.town_of(one.place) == codes.town_of(other.place) and alike(one.venue, other.venue) >= ALIKE:
        why.append("地点相近")
    return ("时间重叠", *why) if why else ()


def _folded(name: str) -> str:
    return "".join(text.to_simplified(text.fold_width(name)).split())


def candidates(sights: Sequence[Sight]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Pairs that may be one lecture, the smaller number first. Entries of one day are compared with each other only."""
    by_day: dict[dt.date, list[Sight]] = {}
    for sight in sights:
        by_day.setdefault(sight.starts_at.date(), []).append(sight)
    found = []
    for day in by_day.values():
        day.sort(key=lambda sight: sight.pk)
        for at, one in enumerate(day):
            for other in day[at + 1 :]:
                if why := same_lecture(one, other):
                    found.append((one.pk, other.pk, why))
    return found


# ---------------------------------------------------------------- ordered lectures


def may_become(now: str, wanted: OrderState) -> bool:
    return wanted in MOVES[OrderState(now)]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a town asks for; times in China."""

    field: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Teacher:
    """A lecturer as far as it matters for a wish. Empty ``towns``: anywhere; empty ``weekdays`` (0 Monday): any day.
    ``busy`` are the spans she has promised; ``lectures`` how many she gave this year."""

    pk: int
    name: str
    fields: frozenset[str]
    towns: frozenset[str]
    weekdays: frozenset[int]
    contract_from: dt.date
    contract_to: dt.date | None
    busy: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    lectures: int = 0
    declined: bool = False


BUSY: Final = "这个时间已有安排"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A lecturer with what speaks for and against her. One who is ``busy`` cannot be matched; the rest a person weighs."""

    teacher: Teacher
    fits: tuple[str, ...]
    against: tuple[str, ...]

    @property
    def busy(self) -> bool:
        return BUSY in self.against


def propose(wish: Wish, teachers: Iterable[Teacher]) -> list[Proposal]:
    """Everyone under contract with what speaks for and against her; those nothing speaks against first, then those who
    lectured less this year, so that the work is spread. Nobody is left out: a person decides."""
    found = [_weigh(wish, one) for one in teachers if _under_contract(one, wish.starts_at.date())]
    return sorted(found, key=lambda one: (len(one.against), one.teacher.lectures, one.teacher.pk))


def _under_contract(teacher: Teacher, day: dt.date) -> bool:
    return teacher.contract_from <= day and (teacher.contract_to is None or day <= teacher.contract_to)


def _weigh(wish: Wish, one: Teacher) -> Proposal:
    fits, against = list[str](), list[str]()
    if wish.field in one.fields:
        fits.append("方向相符")
    else:
        against.append("方向不同")
    if not one.towns or codes.town_of(wish.place) in one.towns:
        fits.append("可到该镇街")
    else:
        against.append("未登记到该镇街")
    if one.weekdays and wish.starts_at.weekday() not in one.weekdays:
        against.append("这一天通常没空")
    if any(start < wish.ends_at and wish.starts_at < end for start, end in one.busy):
        against.append(BUSY)
    else:
        fits.append("时间有空")
    if one.declined:
        against.append("已回复不能来")
    return Proposal(one, tuple(fits), tuple(against))
