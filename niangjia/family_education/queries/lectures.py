"""Lecturers and what they gave, ordered lectures and who could give them, what a lecturer's code opens."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from niangjia.certificates.queries import clean_code
from niangjia.core import clock, sealing
from niangjia.family_education import rules
from niangjia.family_education.kinds import OPEN, Audience, Field, OrderState
from niangjia.family_education.models import Course, LectureOrder, Lecturer, LecturerCode, OrderStep
from niangjia.family_education.queries.activities import activities, counted

CODE_CONTEXT = "family_lecturercode.code"


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


def under_way(unit_id: int | None) -> Q:
    """Orders somebody still has to do something about; to rate is for the ``unit_id`` that ordered alone."""
    return Q(state__in=OPEN) | Q(state=OrderState.HELD, unit_id=unit_id)


def waiting(unit_id: int, now: dt.datetime) -> dict[str, QuerySet[LectureOrder]]:
    """Ordered lectures that wait at a station, to be counted together with others. Duties are ``reminded``."""
    own = LectureOrder.objects.filter(unit=unit_id)
    return {
        "to_match": LectureOrder.objects.filter(state__in=(OrderState.REQUESTED, OrderState.DECLINED)),
        "to_hold": own.filter(state=OrderState.CONFIRMED, ends_at__lt=now),
        "to_rate": own.filter(state=OrderState.HELD),
    }


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


# ---------------------------------------------------------------- with a lecturer's code


def code_index(typed: str) -> bytes:
    """The index of a code as people type it: small letters, dashes and spaces are all the same."""
    return sealing.blind(clean_code(typed), context=CODE_CONTEXT)


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
        Ordered(pk, OrderState(state), Field(field), course, start, end, venue, unit, Audience(audience), *more)
        for pk, state, field, course, start, end, venue, unit, audience, *more in rows
    ]


def lecturer_named(name: str) -> int | None:
    """The one of the panel with this name, where there is exactly one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT family_lecturer_named(%s)", [name])
        row = cursor.fetchone()
    return row[0] if row else None
