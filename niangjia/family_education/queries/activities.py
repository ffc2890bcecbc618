"""Activities held and to come, by unit, period and venue; entries that may be one lecture; what is announced in public."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connections
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Mark
from niangjia.core import clock, codes
from niangjia.family_education import rules
from niangjia.family_education.kinds import Audience, Field, Mode
from niangjia.family_education.models import Activity, Apart, LectureOrder, VenueKind
from niangjia.family_education.rules import Period

_MARKS = (
    Mark.objects.filter(head=OuterRef("session_id"), counts=True)
    .order_by()
    .values("head")
    .annotate(n=Count("pk"))
    .values("n")
)
# 人次 of an activity: those counted at the door and those marked on a roster.
HEADS = Coalesce("session__headcount", 0) + Coalesce(Subquery(_MARKS, output_field=IntegerField()), 0)


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


def order_of(one: Activity) -> LectureOrder | None:
    """The order a lecture came from, for a reader who may see orders."""
    return LectureOrder.objects.filter(activity=one).first()


def same_entries(one: Activity) -> list[Activity]:
    """The other entries of the same lecture."""
    root = one.when.merged_into_id or one.when.pk
    return list(activities().filter(Q(session=root) | Q(session__merged_into=root)).exclude(pk=one.pk))


@dataclass(frozen=True, slots=True)
class ByVenue:
    """Lectures and 人次 in one kind of venue; ``pk`` is None for those without a kind."""

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
    """Two entries that may be one lecture, and what speaks for it."""

    first: Activity
    second: Activity
    why: tuple[str, ...]


def pairs(since: dt.date) -> list[Pair]:
    """Entries from a day on that may be one lecture and nobody has looked at. A proposal, never a decision."""
    found = _candidates(since)
    wanted = {pk for first, second, _ in found for pk in (first, second)}
    known = {one.pk: one for one in activities().filter(pk__in=wanted)}
    return [Pair(known[first], known[second], why) for first, second, why in found]


def pairs_open(since: dt.date) -> int:
    """How many ``pairs`` there are."""
    return len(_candidates(since))


def _candidates(since: dt.date) -> list[tuple[int, int, tuple[str, ...]]]:
    """Numbers of the entries of each pair, and why; two statements, which read no more than is compared."""
    open_ones = activities().filter(session__on__gte=since, session__merged_into__isnull=True)
    rows = open_ones.values_list(
        "pk", "session__starts_at", "session__ends_at", "place", "session__venue", "school__unit_id", "lecturer_id",
        "lecturer_name",
    )  # fmt: skip
    sights = [
        rules.Sight(pk, clock.in_china(start), clock.in_china(end), place, venue, school, lecturer, name)
        for pk, start, end, place, venue, school, lecturer, name in rows
    ]
    apart = set(Apart.objects.values_list("first_id", "second_id"))
    return [one for one in rules.candidates(sights) if one[:2] not in apart]


def merged_pairs(most: int) -> list[tuple[Activity, Activity | None]]:
    """Entries a person found to be the same as another, each with the one it is counted under; two statements."""
    found = list(activities().filter(session__merged_into__isnull=False)[:most])
    into = {one.when.pk: one for one in activities().filter(session__in=[one.when.merged_into_id for one in found])}
    return [(one, into.get(one.when.merged_into_id or 0)) for one in found]


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
