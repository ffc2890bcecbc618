"""Named reads of sessions, rosters and marks. Who may see which rows is the database's decision."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, connections
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from niangjia.attendance.kinds import Half, SessionState
from niangjia.attendance.models import Feed, Mark, Participant, Session, SignInRule
from niangjia.attendance.rules import Gathering, WallCode, Window
from niangjia.core import codes


def window(on: dt.date) -> Window:
    """The sign-in parameters in force on a day."""
    found = SignInRule.objects.filter(valid_from__lte=on).order_by("-valid_from").first()
    if found is None:
        return Window()
    return Window(found.opens_minutes, found.closes_minutes, found.entry_hours, found.offline_days, found.noon)


def gathering(session: Session) -> Gathering:
    return Gathering(session.starts_at, session.ends_at, session.twice, session.state, session.closed_at)


def sessions() -> QuerySet[Session]:
    """Sessions the reader may see, in the order of time."""
    return Session.objects.select_related("unit").order_by("starts_at", "id")


def session(pk: int) -> Session:
    """Raises Session.DoesNotExist out of range."""
    return Session.objects.select_related("unit", "host_unit", "merged_into").get(pk=pk)


def sessions_of(subject: str) -> QuerySet[Session]:
    """All sessions of a subject, cancelled ones too, in the order of time."""
    return sessions().filter(subject=subject)


def sessions_in(place: str, since: dt.date, until: dt.date) -> QuerySet[Session]:
    """Sessions within a place from a day up to, not with, another; none that was merged into another."""
    lo, hi = codes.subtree(place)
    return sessions().filter(place__gte=lo, place__lt=hi, on__gte=since, on__lt=until, merged_into__isnull=True)


def roster(subject: str) -> QuerySet[Participant]:
    """The women now on the roster of a subject, by the sound of their names."""
    return Participant.objects.filter(subject=subject, left_at__isnull=True).order_by("initials", "name", "id")


def participants(subject: str) -> QuerySet[Participant]:
    """Everyone who ever was on the roster."""
    return Participant.objects.filter(subject=subject).order_by("initials", "name", "id")


def present(session_id: int) -> dict[Half, list[Participant]]:
    """Who was there, by sitting, each woman once; sittings nobody signed are not in it."""
    found: dict[Half, dict[int, Participant]] = defaultdict(dict)
    rows = Mark.objects.filter(session_id=session_id, struck_at__isnull=True).select_related("participant")
    for mark in rows.order_by("participant__initials", "participant__name", "participant_id"):
        found[Half(mark.half)].setdefault(mark.participant_id, mark.participant)
    return {half: list(women.values()) for half, women in found.items()}


def signed(session_id: int, half: Half) -> int:
    """How many women signed for a sitting."""
    standing = Mark.objects.filter(session_id=session_id, half=half, struck_at__isnull=True)
    return standing.values("participant").distinct().count()


@dataclass(frozen=True, slots=True)
class Line:
    """One woman on the page of a session: her standing marks by sitting, the earliest first."""

    participant: Participant
    marks: dict[Half, list[Mark]]

    def has(self, half: str) -> bool:
        return bool(self.marks.get(Half(half)))


def lines(session: Session) -> list[Line]:
    """The roster of a session with who signed: two queries, however long it is. Who left stays if she has signed."""
    signed: dict[int, dict[Half, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in Mark.objects.filter(session=session, struck_at__isnull=True).order_by("at", "id"):
        signed[mark.participant_id][Half(mark.half)].append(mark)
    return [
        Line(one, {half: list(found) for half, found in signed[one.pk].items()})
        for one in participants(session.subject)
        if one.left_at is None or one.pk in signed
    ]


@dataclass(frozen=True, slots=True)
class Heads:
    """Three different numbers: signatures and heads (人次), different women (人), different homes (户)."""

    attendances: int
    people: int
    households: int


def heads(subjects: Iterable[str]) -> Heads:
    """The three numbers of several subjects together: two statements, however many. A woman on two rosters is one.

    People who were counted by head only are attendances, not people; the homes reported with them are homes.
    """
    wanted = list(subjects)
    mine = Session.objects.filter(subject__in=wanted, merged_into__isnull=True).exclude(state=SessionState.CANCELLED)
    named = Mark.objects.filter(head__in=mine, counts=True).aggregate(
        n=Count("id"), people=Count("who", distinct=True), homes=Count("household", distinct=True)
    )
    unnamed = mine.aggregate(n=Sum("headcount"), homes=Sum("households"))
    return Heads(named["n"] + (unnamed["n"] or 0), named["people"], named["homes"] + (unnamed["homes"] or 0))


def attendances(session_ids: Sequence[int]) -> dict[int, int]:
    """人次 by session: counted marks and heads on no roster; one query, however many sessions."""
    rows = Session.objects.filter(pk__in=session_ids).annotate(named=Count("counted", filter=Q(counted__counts=True)))
    return {one.pk: one.named + (one.headcount or 0) for one in rows}


def elsewhere(name: str, session: Session) -> QuerySet[Session]:
    """Other sessions of that day on whose roster a name stands, as far as the reader sees: she came to the wrong class."""
    there = Participant.objects.filter(subject=OuterRef("subject"), name=name, left_at__isnull=True)
    return sessions().filter(Exists(there), on=session.on).exclude(subject=session.subject)


def similar(session: Session) -> QuerySet[Session]:
    """Sessions of other subjects that may be this one: the same day, the same town, overlapping hours."""
    lo, hi = codes.subtree(
        session.place if session.unit.level is codes.Level.DISTRICT else codes.town_of(session.place)
    )
    return (
        sessions()
        .filter(
            on=session.on, place__gte=lo, place__lt=hi, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
        )
        .filter(merged_into__isnull=True)
        .exclude(pk=session.pk)
        .exclude(subject=session.subject)
        .exclude(state=SessionState.CANCELLED)
    )


def untold(session: Session) -> QuerySet[Participant]:
    """Women on the roster of a cancelled session who were not told of it yet."""
    return roster(session.subject).exclude(tellings__session=session)


def feeds(unit_id: int) -> QuerySet[Feed]:
    """The addresses of a unit's calendar that still answer."""
    return Feed.objects.filter(unit_id=unit_id, revoked_at__isnull=True)


@dataclass(frozen=True, slots=True)
class Month:
    """What was done in one month within a place."""

    month: dt.date
    sessions: int
    attendances: int
    people: int
    households: int


def months(place: str, since: dt.date, until: dt.date) -> list[Month]:
    """Sessions, 人次, people and households of every month of a period within a place, those without any left out.

    ``until`` is the first day no longer counted. Three statements, however many records.
    """
    lo, hi = codes.subtree(place)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT month, sum(n)::bigint, count(*), count(DISTINCT household) FROM (
                SELECT date_trunc('month', "on"::timestamp)::date AS month, who, max(household) AS household, count(*) AS n
                FROM attendance_mark WHERE counts AND place >= %s AND place < %s AND "on" >= %s AND "on" < %s GROUP BY 1, 2
            ) woman GROUP BY month
            """,
            [lo, hi, since, until],
        )
        named = {row[0]: row[1:] for row in cursor.fetchall()}
    found: dict[dt.date, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    rows = (
        sessions_in(place, since, until)
        .exclude(state=SessionState.CANCELLED)
        .order_by()
        .values(year=F("on__year"), month=F("on__month"))
        .annotate(n=Count("id"), heads=Sum("headcount"), homes=Sum("households"))
    )
    for row in rows:
        month = dt.date(row["year"], row["month"], 1)
        found[month] = [row["n"], row["heads"] or 0, 0, row["homes"] or 0]
    for month, (count, people, homes) in named.items():
        line = found[month]
        line[1], line[2], line[3] = line[1] + int(count), int(people), line[3] + int(homes)
    return [Month(month, *line) for month, line in sorted(found.items())]


# ---------------------------------------------------------------- at the door


@dataclass(frozen=True, slots=True)
class Door:
    """What the code on the wall opens."""

    title: str
    unit: str
    venue: str
    gathering: Gathering
    rotating: bool
    walk_in: bool


def door(code: WallCode) -> Door | None:
    """The session behind a code, None when the code is not its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM attendance_wall(%s, %s, %s, %s)", code.arguments)
        row = cursor.fetchone()
    if row is None:
        return None
    title, unit, venue, starts_at, ends_at, twice, state, closed_at, rotating, walk_in = row
    return Door(title, unit, venue, Gathering(starts_at, ends_at, twice, state, closed_at), rotating, walk_in)


@dataclass(frozen=True, slots=True)
class AtDoor:
    """A woman who may be the one at the door."""

    participant_id: int
    name: str
    remark: str
    home: str


def at_door(code: WallCode, *, name: str = "", account_id: int = 0) -> list[AtDoor]:
    """Women on the roster with just this name, or known by the phone of this account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM attendance_at_door(%s, %s, %s, %s, %s, %s)", [*code.arguments, name, account_id or None]
        )
        return [AtDoor(*row) for row in cursor.fetchall()]


# ---------------------------------------------------------------- the calendar


@dataclass(frozen=True, slots=True)
class Event:
    """A session as a calendar program sees it."""

    session_id: int
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    venue: str
    unit: str
    state: SessionState
    changed_at: dt.datetime


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def feed(token: str) -> tuple[str, list[Event]] | None:
    """The unit's name and its sessions of the last 400 days and all to come, as the public; None for no valid token."""
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT * FROM attendance_feed(%s)", [token_hash(token)])
        rows = cursor.fetchall()
    if not rows:
        return None
    events = [
        Event(pk, title, starts_at, ends_at, venue, unit, SessionState(state), changed_at)
        for pk, title, starts_at, ends_at, venue, unit, state, changed_at, _ in rows
        if pk is not None
    ]
    return rows[0][8], events
