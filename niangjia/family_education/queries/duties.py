"""Who owes what, what became of it, and what waits for a post."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value

from niangjia.core import codes
from niangjia.core.codes import Level
from niangjia.family_education import rules, sql
from niangjia.family_education.kinds import How, ItemState, Party, Per, SchoolType, Season
from niangjia.family_education.models import Duty, Exemption, Meeting, Paper, Reminder, School, Semester
from niangjia.family_education.queries.settings import duties_of, periods, terms
from niangjia.family_education.rules import Period
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit

_LEVELS = {Level.DISTRICT: Party.FEDERATION, Level.TOWN: Party.TOWN, Level.VILLAGE: Party.VILLAGE}
Key = tuple[int, int, str]  # a unit, a duty, a season (empty for the whole year)
_SEASONS = {Season.SPRING.value: "春季", Season.AUTUMN.value: "秋季"}


@dataclass(frozen=True, slots=True)
class Bearer:
    """A unit with duties: the party it is, where it lies, for lists what it is; of a school its entry in the register."""

    unit: Unit
    party: Party
    place: str
    kind: str
    school: School | None = None


def schools() -> QuerySet[School]:
    """Parents' schools that are open, by place."""
    return School.objects.filter(closed_on__isnull=True).select_related("unit").order_by("place", "id")


def _school(one: School) -> Bearer:
    kind = SchoolType(one.type)
    return Bearer(one.unit, rules.party_of(kind), one.place, kind.label, one)


def _body(unit: Unit, party: Party) -> Bearer:
    return Bearer(unit, party, unit.place, party.label)


def bearers(party: Party, within: str) -> list[Bearer]:
    """The units of a party whose place lies within a place; partners of the district lie in the district."""
    lo, hi = codes.subtree(within)
    match party:
        case Party.SCHOOL | Party.KINDERGARTEN:
            found = [_school(one) for one in schools().filter(place__gte=lo, place__lt=hi)]
            return [one for one in found if one.party is party]
        case Party.DEPARTMENT:
            if codes.level_of(within) is not Level.DISTRICT:
                return []
            words = {word for duty in Duty.objects.filter(party=party) for word in words_of(duty)}
            units = org.units().filter(kind=UnitKind.DEPARTMENT)
            return [_body(one, party) for one in units if any(word in one.short_name for word in words)]
        case Party.FEDERATION | Party.TOWN | Party.VILLAGE:
            units = org.units().filter(kind=UnitKind.FEDERATION, place__gte=lo, place__lt=hi)
            return [_body(one, party) for one in units if _LEVELS[one.level] is party]


def words_of(duty: Duty) -> list[str]:
    """The words of short names by which the partners who bear a DEPARTMENT duty are found."""
    return [word for word in duty.words.replace("，", "、").replace(" ", "、").split("、") if word]


def bears(bearer: Bearer, duty: Duty) -> bool:
    if duty.party != bearer.party:
        return False
    return bearer.party is not Party.DEPARTMENT or any(word in bearer.unit.short_name for word in words_of(duty))


def bearer_of(unit: Unit) -> Bearer | None:
    """What a unit is in the regulation's words; None for one it does not name."""
    match unit.kind:
        case UnitKind.FEDERATION:
            return _body(unit, _LEVELS[unit.level])
        case UnitKind.SCHOOL:
            school = schools().filter(unit=unit).first()
            return _school(school) if school is not None else None
        case UnitKind.DEPARTMENT:
            return _body(unit, Party.DEPARTMENT)
    return None


@dataclass(frozen=True, slots=True)
class Item:
    """A duty of a unit in a period, and what became of it."""

    duty: Duty
    period: Period
    done: int
    state: ItemState
    exempt: str = ""

    @property
    def needed(self) -> int:
        return self.duty.number if self.duty.how == How.COUNT else 1

    @property
    def label(self) -> str:
        return self.state.label

    @property
    def counted(self) -> bool:
        return self.duty.how == How.COUNT


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with its items, in the order of the columns; None where a duty is not the unit's."""

    bearer: Bearer
    items: tuple[Item | None, ...]

    @property
    def owed(self) -> list[Item]:
        return [item for item in self.items if item is not None]

    @property
    def open(self) -> list[Item]:
        return [item for item in self.owed if item.state in (ItemState.DUE, ItemState.OVERDUE)]


@dataclass(frozen=True, slots=True)
class Board:
    """Units × duties of one party in one year. ``columns`` are duties with their period, ``standing`` the duties nobody counts."""

    party: Party
    year: int
    columns: tuple[tuple[Duty, Period], ...]
    standing: tuple[Duty, ...]
    lines: tuple[Line, ...]
    terms: tuple[Semester, ...]
    terms_missing: bool

    def column(self, at: int) -> str:
        """A column's name short enough for a phone: 春季活动, 工作计划."""
        duty, period = self.columns[at]
        return _SEASONS.get(period.season, "") + (duty.short or duty.what[:8])

    def met(self, at: int) -> int:
        """How many units have done the duty of a column."""
        return sum(1 for line in self.lines if (item := line.items[at]) is not None and item.state == ItemState.DONE)

    @property
    def whole(self) -> int:
        """How many units have done or need not do all they owe so far."""
        return sum(1 for line in self.lines if line.owed and not line.open)


def board(*, party: Party, year: int, today: dt.date, within: str) -> Board:
    """The matrix of a party within a place. Five statements, six for departments, however many units."""
    return _board(party, year, today, bearers(party, within), terms(year))


def board_of(bearer: Bearer, *, year: int, today: dt.date) -> Board:
    """The same for one unit; of a school the ``terms`` have its plans."""
    return _board(bearer.party, year, today, [bearer], terms(year, bearer.school))


def _board(party: Party, year: int, today: dt.date, units: list[Bearer], terms: list[Semester]) -> Board:
    found, known = duties_of(party, year), periods(year, terms)
    asked = [one for one in found if one.how != How.STANDING]
    columns = tuple(
        (duty, period)
        for duty in asked
        for period in rules.begun(Per(duty.per), known, today)
        if duty.valid_from <= period.ends_on and (duty.valid_to is None or duty.valid_to >= period.starts_on)
    )
    held = fulfilled({period for duty, period in columns if duty.how == How.COUNT})
    papers, exempt = _written([one.unit.pk for one in units], year)

    def item(bearer: Bearer, duty: Duty, period: Period) -> Item | None:
        if not bears(bearer, duty):
            return None
        key = (bearer.unit.pk, duty.pk, period.season)
        counted = duty.how == How.COUNT
        done = held.get((bearer.unit.pk, period.key), 0) if counted else papers.get(key, 0)
        reason = exempt.get(key, "")
        state = rules.item_state(
            done=done, needed=duty.number if counted else 1, exempt=bool(reason), period=period, today=today
        )
        return Item(duty, period, done, state, reason)

    lines = tuple(Line(one, tuple(item(one, duty, period) for duty, period in columns)) for one in units)
    return Board(
        party=party,
        year=year,
        columns=columns,
        standing=tuple(one for one in found if one.how == How.STANDING),
        lines=lines,
        terms=tuple(terms),
        terms_missing=len(terms) < len(Season) and any(one.per == Per.TERM for one in asked),
    )


def _written(unit_ids: list[int], year: int) -> tuple[Counter[Key], dict[Key, str]]:
    """How many papers units showed for their duties in a year, and why they were exempted; one statement."""
    where: dict[str, Any] = {"unit__in": unit_ids, "year": year}
    papers = Paper.objects.filter(withdrawn_at__isnull=True, **where).order_by()
    exemptions = Exemption.objects.filter(**where)
    names, shown, exempt = ("unit_id", "duty_id", "season"), Counter[Key](), dict[Key, str]()
    rows = papers.values_list(*names, Value("")).union(exemptions.values_list(*names, "reason"), all=True)
    for unit, duty, season, reason in rows:
        if reason:
            exempt[unit, duty, season] = reason
        else:
            shown[unit, duty, season] += 1
    return shown, exempt


def fulfilled(spans: Iterable[Period]) -> dict[tuple[int, str], int]:
    """How many lectures each unit held in each period, as far as the reader sees them."""
    wanted = list(spans)
    if not wanted:
        return {}
    given: list[Any] = [[one.key for one in wanted], [one.starts_on for one in wanted], [one.ends_on for one in wanted]]
    with connection.cursor() as cursor:
        cursor.execute(sql.FULFILLED, given)
        return {(unit, key): number for unit, key, number in cursor.fetchall()}


def papers_of(unit: Unit, year: int) -> list[Paper]:
    """What a unit showed for its duties of a year, those taken back too."""
    return list(Paper.objects.filter(unit=unit, year=year).select_related("duty", "file"))


def meetings() -> QuerySet[Meeting]:
    """Joint meetings and notices, the latest first."""
    return Meeting.objects.all()


def reminders_of(unit: Unit, year: int) -> list[Reminder]:
    return list(Reminder.objects.filter(unit=unit, year=year).order_by("-told_at"))


def reminded(unit_id: int, *, today: dt.date) -> list[Item]:
    """What a unit was reminded of, this year or last, and still owes. One read for a unit nobody had to remind."""
    told = set(Reminder.objects.filter(unit=unit_id, year__gte=today.year - 1).values_list("year", "season"))
    bearer = bearer_of(Unit.objects.get(pk=unit_id)) if told else None
    if bearer is None:
        return []
    boards = [board_of(bearer, year=year, today=today) for year in sorted({year for year, _ in told})]
    return [item for one in boards for item in one.lines[0].open if (one.year, item.period.season) in told]
