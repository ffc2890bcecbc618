"""Named reads of the organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.cache import caches
from django.db.models import Count, Q, QuerySet

from niangjia.core import codes, sealing, text
from niangjia.core.clock import Calendar
from niangjia.core.codes import Level
from niangjia.org import rules
from niangjia.org.kinds import DayKind, Domain, PostRole, UnitKind
from niangjia.org.models import Division, Officer, Post, SpecialDay, Term, Unit

CALENDAR_KEY = "org.calendar"


def calendar() -> Calendar:
    """The working calendar in force. Kept in this process for a minute; weekends apply where no row says otherwise."""
    found = caches["local"].get(CALENDAR_KEY)
    if found is None:
        days = list(SpecialDay.objects.values_list("day", "kind"))
        found = Calendar(
            holidays=frozenset(day for day, kind in days if kind == DayKind.HOLIDAY),
            workdays=frozenset(day for day, kind in days if kind == DayKind.WORKDAY),
        )
        caches["local"].set(CALENDAR_KEY, found, 60)
    return found  # type: ignore[no-any-return]


def divisions_within(code: str, level: Level) -> QuerySet[Division]:
    """Places of one level in a place, in code order, those in force."""
    lo, hi = codes.subtree(code)
    found = Division.objects.filter(code__gte=lo, code__lt=hi, valid_to__isnull=True)
    match level:
        case Level.DISTRICT:
            return found.filter(code__endswith="000000")
        case Level.TOWN:
            return found.filter(code__endswith="000").exclude(code__endswith="000000")
        case Level.VILLAGE:
            return found.exclude(code__endswith="000")


def place_name(code: str, names: Mapping[str, str] | None = None) -> str:
    """“敦仁街道 大东门社区” for a village, the own name for wider places; the code itself when unknown.

    Names are read once into this process; they change once in years. Who asks for many hands in ``place_names()``.
    """
    names = place_names() if names is None else names
    if code not in names:
        return code
    if len(code) == 12 and codes.level_of(code) is Level.VILLAGE:
        return f"{names.get(codes.town_of(code), '')} {names[code]}".strip()
    return names[code]


def place_names() -> dict[str, str]:
    """Short names of all places by code."""
    found: dict[str, str] | None = caches["local"].get("org.place_names")
    if found is None:
        found = dict(Division.objects.values_list("code", "short_name"))
        found |= {
            place: name
            for place, name in Unit.objects.filter(kind=UnitKind.SUBUNIT).values_list("place", "short_name")
            if place not in found
        }
        caches["local"].set("org.place_names", found, 300)
    return found


def names_within(code: str) -> dict[str, set[str]]:
    """The full and the short name of every place in force within a place, by code."""
    lo, hi = codes.subtree(code)
    found = Division.objects.filter(code__gte=lo, code__lt=hi, valid_to__isnull=True)
    return {place: {name, short} for place, name, short in found.values_list("code", "name", "short_name")}


def village_choices(district: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Villages in force grouped by town, for choosing where one is registered."""
    return town_and_village_choices(district)[1]


def town_and_village_choices(district: str) -> tuple[list[tuple[str, str]], list[tuple[str, list[tuple[str, str]]]]]:
    """Towns in force, and villages in force grouped by town; one statement."""
    lo, hi = codes.subtree(district)
    found = Division.objects.filter(code__gte=lo, code__lt=hi, valid_to__isnull=True).values_list("code", "short_name")
    names, towns = place_names(), list[tuple[str, str]]()
    grouped: dict[str, list[tuple[str, str]]] = {}
    for code, name in found:
        match codes.level_of(code):
            case Level.TOWN:
                towns.append((code, name))
            case Level.VILLAGE:
                grouped.setdefault(codes.town_of(code), []).append((code, name))
    return towns, [(names.get(town, town), villages) for town, villages in grouped.items()]


def federation_of(place: str) -> Unit:
    """The federation in force of a place. Raises Unit.DoesNotExist."""
    return Unit.objects.get(place=place, kind=UnitKind.FEDERATION, active_to__isnull=True)


def district_federation() -> Unit:
    """The federation this house belongs to: the one without a parent."""
    return Unit.objects.get(kind=UnitKind.FEDERATION, parent__isnull=True, active_to__isnull=True)


def partner(short_name: str) -> Unit:
    """A partner department by its short name. Raises Unit.DoesNotExist."""
    return Unit.objects.get(
        short_name=short_name,
        kind__in=[UnitKind.DEPARTMENT, UnitKind.SCHOOL, UnitKind.SUPPLIER, UnitKind.HOSPITAL],
        active_to__isnull=True,
    )


def units() -> QuerySet[Unit]:
    """All bodies in force, in the order of the tree."""
    return Unit.objects.filter(active_to__isnull=True).order_by("place", "order", "id")


def running_posts(on: dt.date) -> QuerySet[Post]:
    """Posts that run on a day and that the reader may see."""
    return (
        Post.objects.filter(starts_on__lte=on, ends_on__gte=on)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))
        .select_related("officer", "unit")
    )


def standing_posts(on: dt.date) -> QuerySet[Post]:
    """Posts that run on a day or begin later."""
    return Post.objects.filter(ends_on__gte=on).filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))


def officer_by_phone(name: str, phone: str) -> Officer | None:
    """The officer of this name with this phone, if the reader may see her."""
    index = sealing.blind(phone, context="org_officer.phone")
    return Officer.objects.filter(name=name, phone_index=index).first()


@dataclass(frozen=True, slots=True)
class Staffing:
    """A body as lists show it: who chairs it, how it is staffed, what is worth a look. ``facts`` is None where the
    rules for federations do not apply."""

    unit: Unit
    chairs: tuple[str, ...]
    people: int
    facts: rules.UnitFacts | None
    warnings: tuple[rules.Warning, ...]


def staffing(place: str, on: dt.date) -> dict[int, Staffing]:
    """Every body in force within a place, by id, in the order of the tree. Three queries, however many bodies."""
    lo, hi = codes.subtree(place)
    bodies = list(units().filter(place__gte=lo, place__lt=hi))
    running = running_posts(on).select_related(None).filter(place__gte=lo, place__lt=hi).order_by()
    chair = Q(role=PostRole.CHAIR)
    executive = Q(role__in=rules.EXECUTIVES)

    def people(which: Q) -> Count:
        return Count("officer_id", filter=which, distinct=True)

    counted: dict[int, Mapping[str, Any]] = {
        row["unit_id"]: row
        for row in running.values("unit_id").annotate(
            all=Count("officer_id", distinct=True),
            chairs=people(chair),
            in_committees=people(chair & Q(in_two_committees=True)),
            vice=people(Q(role__in=rules.VICE_CHAIRS)),
            executives=people(executive),
            grassroots=people(executive & Q(officer__domain=Domain.GRASSROOTS)),
            chair_names=ArrayAgg("officer__name", filter=chair, order_by=["starts_on", "id"], default=[]),
            seconded=ArrayAgg("starts_on", filter=Q(role=PostRole.VICE_CHAIR_SECOND), default=[]),
        )
    }
    terms = dict(
        Term.objects.filter(unit__place__gte=lo, unit__place__lt=hi)
        .order_by("unit_id", "-starts_on")
        .distinct("unit_id")
        .values_list("unit_id", "ends_on")
    )
    found: dict[int, Staffing] = {}
    for unit in bodies:
        row = counted.get(unit.pk, {})
        facts = None
        if unit.kind == UnitKind.FEDERATION:
            facts = rules.UnitFacts(
                level=unit.level,
                chairs=row.get("chairs", 0),
                chairs_in_committees=row.get("in_committees", 0),
                vice_chairs=row.get("vice", 0),
                executives=row.get("executives", 0),
                expected=unit.executives_expected,
                grassroots=row.get("grassroots", 0),
                term_ends=terms.get(unit.pk),
                seconded_since=tuple(row.get("seconded", ())),
            )
        remarks = tuple(rules.warnings(facts, on)) if facts else ()
        found[unit.pk] = Staffing(unit, tuple(row.get("chair_names", ())), row.get("all", 0), facts, remarks)
    return found


def search_people(wanted: str, on: dt.date) -> QuerySet[Post]:
    """Running posts of officers whose name contains, or whose initials begin with, what was typed."""
    return running_posts(on).filter(
        Q(officer__name__contains=wanted) | Q(officer__name_initials__startswith=wanted.lower())
    )


def matches(unit: Unit, wanted: str) -> bool:
    """Whether a body's name contains what was typed, or its initials begin with it."""
    return wanted in unit.name or wanted in unit.short_name or text.initials(unit.short_name).startswith(wanted.lower())
