"""What the operator set: terms, the education day, duties of a year, kinds of venue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import OuterRef, Q, QuerySet, Subquery

from niangjia.family_education import rules
from niangjia.family_education.kinds import Party
from niangjia.family_education.models import Duty, EducationDay, School, Semester, TermPlan, VenueKind
from niangjia.family_education.rules import Period


def duties_of(party: Party, year: int) -> list[Duty]:
    """The duties of a party that hold in some part of a year, the standing ones too."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    return list(
        Duty.objects.filter(party=party, valid_from__lte=last).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first))
    )


def duties_by_party() -> list[tuple[Party, list[Duty]]]:
    """All duties, ended ones too, of the parties that have any; one statement."""
    found = list(Duty.objects.all())
    groups = [(party, [duty for duty in found if duty.party == party]) for party in Party]
    return [(party, duties) for party, duties in groups if duties]


def semesters() -> QuerySet[Semester]:
    return Semester.objects.all()


def period_of(semester: Semester) -> Period:
    return Period(semester.year, semester.season, semester.starts_on, semester.ends_on)


def terms(year: int, school: School | None = None) -> list[Semester]:
    """The terms of a year that were set; with a ``school`` each has as ``plan`` what that school means to do in it."""
    plan = TermPlan.objects.filter(school=school, semester=OuterRef("pk")).values("text")
    return list(semesters().filter(year=year).annotate(plan=Subquery(plan)))


def periods(year: int, terms: Iterable[Semester]) -> list[Period]:
    """The year and its terms."""
    return [rules.year_of(year), *(period_of(one) for one in terms)]


def period(key: str) -> Period | None:
    """The period of a key such as 2026 or 2026-AUTUMN; None for a term nobody set."""
    number = key.partition("-")[0]
    if not (number.isdecimal() and 2016 <= int(number) <= 2100):
        return None
    return next((one for one in periods(int(number), terms(int(number))) if one.key == key), None)


def term_plan(school: School, semester: Semester) -> str:
    """What a school means to do in a term; empty where it has not said."""
    return TermPlan.objects.filter(school=school, semester=semester).values_list("text", flat=True).first() or ""


def education_day(year: int) -> dt.date | None:
    return EducationDay.objects.filter(year=year).values_list("day", flat=True).first()


def venue_kinds() -> QuerySet[VenueKind]:
    return VenueKind.objects.filter(active=True)
