"""Named reads of family education. Which rows there are for the reader is the database's decision."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Mark
from niangjia.core import clock, codes, sealing
from niangjia.core.codes import Level
from niangjia.family_education import rules, sql
from niangjia.family_education.kinds import (
    Audience,
    Field,
    How,
    ItemState,
    Mode,
    OrderState,
    Party,
    Per,
    SchoolType,
    Season,
)
from niangjia.family_education.models import (
    Activity,
    Apart,
    Course,
    Duty,
    EducationDay,
    Exemption,
    LectureOrder,
    Lecturer,
    LecturerCode,
    Meeting,
    OrderStep,
    Paper,
    Reminder,
    School,
    Semester,
    VenueKind,
)
from niangjia.family_education.rules import Period
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit

CODE_CONTEXT = "family_lecturercode.code"
CODE_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"  # nobody mistakes one for another
CODE_LENGTH = 12

_MARKS = (
    Mark.objects.filter(head=OuterRef("session_id"), counts=True)
    .order_by()
    .values("head")
    .annotate(n=Count("pk"))
    .values("n")
)
# 人次 of an activity: those counted at the door and those marked on a roster.
HEADS = Coalesce("session__headcount", 0) + Coalesce(Subquery(_MARKS, output_field=IntegerField()), 0)


# ---------------------------------------------------------------- settings


def duties_of(party: Party, year: int) -> list[Duty]:
    """The duties of a party that hold in some part of a year, the standing ones too."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return list(
        Duty.objects.filter(party=party, valid_from__lte=last).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first))
    )


def semesters() -> QuerySet[Semester]:
    return Semester.objects.all()


def period_of(semester: Semester) -> Period:
    return Period(semester.year, semester.season, semester.starts_on, semester.ends_on)


def periods(year: int) -> list[Period]:
    """The year and its terms, as far as they were set."""
    return [rules.year_of(year), *(period_of(one) for one in Semester.objects.filter(year=year))]


def period(key: str) -> Period | None:
    """The period of a key such as 2026 or 2026-AUTUMN; None for a term nobody set."""
    number = key.partition("-")[0]
    if not (number.isdecimal() and 2016 <= int(number) <= 2100):
        return None
    return next((one for one in periods(int(number)) if one.key == key), None)


def education_day(year: int) -> dt.date | None:
    return EducationDay.objects.filter(year=year).values_list("day", flat=True).first()


def venue_kinds() -> QuerySet[VenueKind]:
    return VenueKind.objects.filter(active=True)


# ---------------------------------------------------------------- who owes what


@dataclass(frozen=True, slots=True)
class Bearer:
    """A unit with duties: the party it is, where it lies, for lists what it is."""

    unit: Unit
    party: Party
    place: str
    kind: str


def schools() -> QuerySet[School]:
    """Parents' schools that are open, by place."""
    return School.objects.filter(closed_on__isnull=True).select_related("unit").order_by("place", "id")


def bearers(party: Party, within: str) -> list[Bearer]:
    """The units of a party whose place lies within a place; partners of the district lie in the district."""
    match party:
        case Party.SCHOOL | Party.KINDERGARTEN:
            lo, hi = codes.subtree(within)
            return [
                Bearer(one.unit, party, one.place, one.get_type_display())
                for one in schools().filter(place__gte=lo, place__lt=hi)
                if rules.party_of(SchoolType(one.type)) is party
            ]
        case Party.DEPARTMENT:
            if codes.level_of(within) is not Level.DISTRICT:
                return []
            words = {word for duty in Duty.objects.filter(party=party) for word in words_of(duty)}
            found = org.units().filter(kind=UnitKind.DEPARTMENT)
            return [
                Bearer(one, party, one.place, party.label) for one in found if any(w in one.short_name for w in words)
            ]
        case Party.FEDERATION | Party.TOWN | Party.VILLAGE:
            level = {Party.FEDERATION: Level.DISTRICT, Party.TOWN: Level.TOWN, Party.VILLAGE: Level.VILLAGE}[party]
            lo, hi = codes.subtree(within)
            found = org.units().filter(kind=UnitKind.FEDERATION, place__gte=lo, place__lt=hi)
            return [Bearer(one, party, one.place, party.label) for one in found if one.level is level]


def words_of(duty: Duty) -> list[str]:
    return [word for word in duty.words.replace("，", "、").replace(" ", "、").split("、") if word]


def bears(bearer: Bearer, duty: Duty) -> bool:
    if duty.party != bearer.party:
        return False
    return bearer.party is not Party.DEPARTMENT or any(word in bearer.unit.short_name for word in words_of(duty))


def bearer_of(unit: Unit) -> Bearer | None:
    """What a unit is in the regulation's words; None for one it does not name."""
    match unit.kind:
        case UnitKind.FEDERATION:
            level = {Level.DISTRICT: Party.FEDERATION, Level.TOWN: Party.TOWN, Level.VILLAGE: Party.VILLAGE}
            party = level[unit.level]
            return Bearer(unit, party, unit.place, party.label)
        case UnitKind.SCHOOL:
            school = schools().filter(unit=unit).first()
            if school is None:
                return None
            kind = SchoolType(school.type)
            return Bearer(unit, rules.party_of(kind), school.place, kind.label)
        case UnitKind.DEPARTMENT:
            return Bearer(unit, Party.DEPARTMENT, unit.place, Party.DEPARTMENT.label)
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
    terms_missing: bool

    def column(self, at: int) -> str:
        """A column's name short enough for a phone: 春季活动, 工作计划."""
        duty, period = self.columns[at]
        season = {Season.SPRING.value: "春季", Season.AUTUMN.value: "秋季"}.get(period.season, "")
        return season + (duty.short or duty.what[:8])

    def met(self, at: int) -> int:
        """How many units have done the duty of a column."""
        return sum(1 for line in self.lines if (item := line.items[at]) is not None and item.state == ItemState.DONE)

    @property
    def whole(self) -> int:
        """How many units have done or need not do all they owe so far."""
        return sum(1 for line in self.lines if line.owed and not line.open)


def board(*, party: Party, year: int, today: dt.date, within: str) -> Board:
    """The matrix of a party within a place. Five statements, however many units."""
    return _board(party, year, today, bearers(party, within))


def board_of(bearer: Bearer, *, year: int, today: dt.date) -> Board:
    """The same for one unit."""
    return _board(bearer.party, year, today, [bearer])


def _board(party: Party, year: int, today: dt.date, units: list[Bearer]) -> Board:
    found, known = duties_of(party, year), periods(year)
    asked = [one for one in found if one.how != How.STANDING]
    columns = tuple(
        (duty, period)
        for duty in asked
        for period in rules.begun(Per(duty.per), known, today)
        if duty.valid_from <= period.ends_on and (duty.valid_to is None or duty.valid_to >= period.starts_on)
    )
    ids = [one.unit.pk for one in units]
    held = fulfilled({period for duty, period in columns if duty.how == How.COUNT})
    where: dict[str, Any] = {"unit__in": ids, "year": year}
    papers = Counter(
        Paper.objects.filter(withdrawn_at__isnull=True, **where).order_by().values_list("unit_id", "duty_id", "season")
    )
    exempt = {
        (one.unit_id, one.duty_id, one.season): one.reason for one in Exemption.objects.filter(**where) if one.reason
    }

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
        terms_missing=len(known) < 3 and any(one.per == Per.TERM for one in asked),
    )


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


def reminders_of(unit: Unit, year: int) -> list[Reminder]:
    return list(Reminder.objects.filter(unit=unit, year=year).order_by("-told_at"))


# ---------------------------------------------------------------- activities


def activities() -> QuerySet[Activity]:
    """Activities that were not cancelled, the latest first."""
    return (
        Activity.objects.exclude(session__state=SessionState.CANCELLED)
        .filter(session__isnull=False)
        .select_related("session", "unit", "with_unit", "venue_kind", "school__unit")
        .order_by("-session__starts_at", "-id")
    )


def held() -> QuerySet[Activity]:
    return activities().filter(session__state=SessionState.HELD)


def counted() -> QuerySet[Activity]:
    """Activities held, each lecture once however many entered it."""
    return held().filter(session__merged_into__isnull=True)


def of_unit(unit_id: int) -> Q:
    return Q(unit_id=unit_id) | Q(with_unit_id=unit_id)


def in_period(period: Period) -> Q:
    return Q(session__on__gte=period.starts_on, session__on__lte=period.ends_on)


def activity(pk: int) -> Activity:
    """Raises Activity.DoesNotExist out of range."""
    found = Activity.objects.select_related("session", "unit", "with_unit", "venue_kind", "school__unit", "course")
    return found.get(pk=pk, session__isnull=False)


def same_entries(one: Activity) -> list[Activity]:
    """The other entries of the same lecture."""
    root = one.when.merged_into_id or one.when.pk
    return list(activities().filter(Q(session=root) | Q(session__merged_into=root)).exclude(pk=one.pk))


@dataclass(frozen=True, slots=True)
class ByVenue:
    label: str
    entered: bool
    pk: int | None
    lectures: int
    heads: int


def by_venue(within: str, spans: Period) -> list[ByVenue]:
    """Lectures and 人次 of a period by kind of venue, the operator's order; what has no kind last."""
    lo, hi = codes.subtree(within)
    rows = (
        counted().filter(in_period(spans), place__gte=lo, place__lt=hi).order_by().values("venue_kind")
        .annotate(lectures=Count("pk"), heads=Sum(HEADS))
    )  # fmt: skip
    found: dict[int | None, tuple[int, int]] = {row["venue_kind"]: (row["lectures"], row["heads"] or 0) for row in rows}
    kinds = [ByVenue(one.label, one.entered, one.pk, *found.get(one.pk, (0, 0))) for one in VenueKind.objects.all()]
    rest = [ByVenue("未分类", False, None, *found[None])] if None in found else []
    return [one for one in kinds if one.lectures or one.entered] + rest


# ---------------------------------------------------------------- the same lecture entered twice


@dataclass(frozen=True, slots=True)
class Pair:
    first: Activity
    second: Activity
    why: tuple[str, ...]


def pairs(since: dt.date) -> list[Pair]:
    """Entries from a day on that may be one lecture and nobody has looked at. A proposal, never a decision."""
    found = activities().filter(session__on__gte=since, session__merged_into__isnull=True)
    open_ones = {one.pk: one for one in found}
    apart = set(Apart.objects.values_list("first_id", "second_id"))
    return [
        Pair(open_ones[first], open_ones[second], why)
        for first, second, why in rules.candidates([sight(one) for one in open_ones.values()])
        if (first, second) not in apart
    ]


def sight(one: Activity) -> rules.Sight:
    return rules.Sight(
        pk=one.pk,
        starts_at=one.when.starts_at.astimezone(clock.CHINA),
        ends_at=one.when.ends_at.astimezone(clock.CHINA),
        place=one.place,
        venue=one.when.venue,
        school_unit=one.school.unit_id if one.school else None,
        lecturer=one.lecturer_id,
        lecturer_name=one.lecturer_name,
    )


def merged_pairs(most: int) -> list[tuple[Activity, Activity | None]]:
    """Entries a person found to be the same as another, each with the one it is counted under; two statements."""
    found = list(activities().filter(session__merged_into__isnull=False)[:most])
    into = {one.when.pk: one for one in activities().filter(session__in=[one.when.merged_into_id for one in found])}
    return [(one, into.get(one.when.merged_into_id or 0)) for one in found]


# ---------------------------------------------------------------- lecturers and orders


def lecturers() -> QuerySet[Lecturer]:
    return Lecturer.objects.all()


def under_contract(day: dt.date) -> QuerySet[Lecturer]:
    return Lecturer.objects.filter(contract_from__lte=day).filter(Q(contract_to__isnull=True) | Q(contract_to__gte=day))


def courses() -> QuerySet[Course]:
    return Course.objects.filter(active=True)


@dataclass(frozen=True, slots=True)
class Given:
    """What a lecturer gave in a year: lectures, hours, and how those she was ordered for were rated."""

    lectures: int = 0
    hours: float = 0.0
    stars: float | None = None
    ratings: int = 0


def given_by(lecturer_ids: Sequence[int], year: int) -> dict[int, Given]:
    """By lecturer; two statements."""
    seconds: defaultdict[int, list[float]] = defaultdict(list)
    held_ones = counted().filter(lecturer__in=lecturer_ids, session__on__year=year).order_by()
    for pk, start, end in held_ones.values_list("lecturer_id", "session__starts_at", "session__ends_at"):
        seconds[pk].append((end - start).total_seconds())
    stars: defaultdict[int, list[int]] = defaultdict(list)
    rated = LectureOrder.objects.filter(lecturer__in=lecturer_ids, stars__isnull=False, starts_at__year=year).order_by()
    for pk, number in rated.values_list("lecturer_id", "stars"):
        stars[pk].append(number or 0)
    return {
        pk: Given(
            len(seconds[pk]),
            round(sum(seconds[pk]) / 3600, 1),
            round(sum(stars[pk]) / len(stars[pk]), 1) if stars[pk] else None,
            len(stars[pk]),
        )
        for pk in lecturer_ids
    }


def orders() -> QuerySet[LectureOrder]:
    return LectureOrder.objects.select_related("unit", "lecturer", "course", "venue_kind")


def order(pk: int) -> LectureOrder:
    """Raises LectureOrder.DoesNotExist out of range."""
    return orders().select_related("activity__session").get(pk=pk)


def steps_of(one: LectureOrder) -> list[OrderStep]:
    return list(one.steps.select_related("lecturer").order_by("-at", "-id"))


def proposals(one: LectureOrder) -> list[rules.Proposal]:
    """Who could give an ordered lecture, with what speaks for and against."""
    wish = rules.Wish(one.field, one.place, one.starts_at.astimezone(clock.CHINA), one.ends_at.astimezone(clock.CHINA))
    panel = list(under_contract(wish.starts_at.date()))
    ids = [lecturer.pk for lecturer in panel]
    busy: defaultdict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    promised = LectureOrder.objects.filter(lecturer__in=ids, state__in=[OrderState.MATCHED, OrderState.CONFIRMED])
    for pk, start, end in promised.exclude(pk=one.pk).values_list("lecturer_id", "starts_at", "ends_at"):
        busy[pk].append((start, end))
    other = activities().filter(lecturer__in=ids, session__on=wish.starts_at.date()).exclude(order=one)
    for pk, start, end in other.order_by().values_list("lecturer_id", "session__starts_at", "session__ends_at"):
        busy[pk].append((start, end))
    declined = set(one.steps.filter(state=OrderState.DECLINED).values_list("lecturer_id", flat=True))
    given = given_by(ids, wish.starts_at.year)
    return rules.propose(
        wish,
        [
            rules.Teacher(
                pk=lecturer.pk, name=lecturer.name, fields=frozenset(lecturer.fields), towns=frozenset(lecturer.towns),
                weekdays=frozenset(lecturer.weekdays), contract_from=lecturer.contract_from,
                contract_to=lecturer.contract_to, busy=tuple(busy[lecturer.pk]), lectures=given[lecturer.pk].lectures,
                declined=lecturer.pk in declined,
            )
            for lecturer in panel
        ],
    )  # fmt: skip


def standing_code(lecturer: Lecturer) -> LecturerCode | None:
    return LecturerCode.objects.filter(lecturer=lecturer, ended_at__isnull=True).first()


def meetings() -> QuerySet[Meeting]:
    return Meeting.objects.select_related("file")


# ---------------------------------------------------------------- with a lecturer's code


def code_index(typed: str) -> bytes:
    """The index of a code as people type it: small letters, dashes and spaces are all the same."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())[:CODE_LENGTH]
    return sealing.blind(code, context=CODE_CONTEXT)


@dataclass(frozen=True, slots=True)
class Ordered:
    """An ordered lecture as its lecturer sees it."""

    id: int
    state: OrderState
    field: Field
    course: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    venue: str
    unit: str
    audience: Audience
    expected: int
    note: str
    stars: int | None


def lecturer_by_code(index: bytes, today: dt.date) -> str | None:
    """The name of the lecturer whose standing code this is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM family_lecturer_by_code(%s, %s)", [index, today])
        row = cursor.fetchone()
    return str(row[0]) if row else None


def orders_by_code(index: bytes, today: dt.date) -> list[Ordered]:
    """Her orders, the latest first; none for a code that does not stand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM family_lecturer_orders(%s, %s)", [index, today])
        rows = cursor.fetchall()
    return [
        Ordered(
            row[0],
            OrderState(row[1]),
            Field(row[2]),
            row[3],
            row[4],
            row[5],
            row[6],
            row[7],
            Audience(row[8]),
            *row[9:],
        )
        for row in rows
    ]


def lecturer_named(name: str) -> int | None:
    """The one of the panel with this name, where there is exactly one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT family_lecturer_named(%s)", [name])
        row = cursor.fetchone()
    return row[0] if row else None


# ---------------------------------------------------------------- in public


@dataclass(frozen=True, slots=True)
class PublicLecture:
    """A lecture to come, as anybody may read it."""

    id: int
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    venue: str
    mode: Mode
    field: Field
    audience: Audience
    place: str
    unit: str


def coming(now: dt.datetime) -> list[PublicLecture]:
    """What is announced from now on, the next first, as the public role."""
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT id, title, starts_at, ends_at, venue, mode, field, audience, place, unit FROM public_family_lecture "
            "WHERE ends_at > %s ORDER BY starts_at, id LIMIT 60",
            [now],
        )
        return [
            PublicLecture(pk, title, start, end, venue, Mode(mode), Field(field), Audience(audience), place, unit)
            for pk, title, start, end, venue, mode, field, audience, place, unit in cursor.fetchall()
        ]


# ---------------------------------------------------------------- what waits


def waiting(unit_id: int, now: dt.datetime) -> dict[str, QuerySet[LectureOrder]]:
    """Ordered lectures that wait at a station, to be counted together with others. Duties are ``reminded``."""
    orders = LectureOrder.objects.filter(unit=unit_id)
    return {
        "to_match": LectureOrder.objects.filter(state__in=(OrderState.REQUESTED, OrderState.DECLINED)),
        "to_hold": orders.filter(state=OrderState.CONFIRMED, ends_at__lt=now),
        "to_rate": orders.filter(state=OrderState.HELD),
    }


def reminded(unit_id: int, *, today: dt.date) -> list[Item]:
    """What a unit was reminded of, this year or last, and still owes. One read for a unit nobody had to remind."""
    told = set(Reminder.objects.filter(unit=unit_id, year__gte=today.year - 1).values_list("year", "season"))
    bearer = bearer_of(Unit.objects.get(pk=unit_id)) if told else None
    if bearer is None:
        return []
    boards = [board_of(bearer, year=year, today=today) for year in sorted({year for year, _ in told})]
    return [item for one in boards for item in one.lines[0].open if (one.year, item.period.season) in told]
