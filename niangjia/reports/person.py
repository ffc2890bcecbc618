"""One person or household across every programme, as far as the reader's own verbs and range allow.

Every line comes from the table of its own room under the reader's post: what the database does not show her there is not
here, and nothing says that there is more elsewhere, for that a woman was helped is itself a secret. A further room is one
more line in ``SOURCES``. Votes are never here: who voted for what is known to nobody.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q
from django.utils.timezone import localdate

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate
from niangjia.core import clock, identity
from niangjia.flow.kinds import StateKind
from niangjia.linkage import queries as linkage
from niangjia.needs.models import Need
from niangjia.org import queries as org
from niangjia.people.models import Person
from niangjia.programmes import registry
from niangjia.programmes.definition import Often
from niangjia.programmes.kinds import GrantState
from niangjia.programmes.models import Case, Grant, Visit
from niangjia.training.models import Enrolment

NEUTRAL = "救助"


@dataclass(frozen=True, slots=True)
class Who:
    """Whose matters are looked for: all entries of one person, or of the members of a household."""

    ids: frozenset[int]
    numbers: frozenset[bytes]

    def condition(self) -> Q:
        """Rows of these entries, or filed under one of their numbers."""
        return Q(person_id__in=self.ids) | Q(id_index__in=self.numbers)


@dataclass(frozen=True, slots=True)
class Line:
    """One matter. ``case`` is the number of the case behind it, ``kind`` a kind of state for its colour, if it has one."""

    on: dt.date
    year: int
    what: str
    programme: str
    state: str
    kind: str
    unit: str
    detail: str = ""
    case: int | None = None
    person: int | None = None


Source = Callable[[Who, Acting], Iterable[Line]]


def programme_name(key: str, by: Acting) -> str:
    """The name of a programme; of one that tells an illness a neutral one, unless the reader may know of illness."""
    known = registry.programmes().get(key)
    if known is None:
        return "其他项目"
    return NEUTRAL if known.secret and not by.may(Verb.HEALTH_READ) else known.name


def applications(who: Who, by: Acting) -> Iterator[Line]:
    found = Case.objects.filter(who.condition()).exclude(kind=StateKind.DRAFT).select_related("round")
    for case in found.defer("answers", "sealed_answers"):
        state = registry.version(case.programme, case.version).workflow.state(case.state)
        on = localdate(case.submitted_at or case.created_at)
        yield Line(
            on,
            case.round.year,
            "申请",
            programme_name(case.programme, by),
            state.label,
            case.kind,
            org.place_name(case.place),
            case.number if programme_name(case.programme, by) != NEUTRAL else "",
            case.pk,
            case.person_id,
        )


_GRANT_KINDS = {GrantState.APPROVED: "granted", GrantState.PAID: "granted"}


def grants(who: Who, by: Acting) -> Iterator[Line]:
    for grant in Grant.objects.filter(who.condition()):
        state = GrantState(grant.state)
        yield Line(
            grant.paid_on or grant.granted_on,
            grant.year,
            "给予",
            programme_name(grant.programme, by),
            state.label,
            _GRANT_KINDS.get(state, "closed"),
            org.place_name(grant.place),
            f"{grant.amount:,.0f} 元" if grant.amount is not None else f"{grant.quantity} 份",
            grant.case_id,
            grant.person_id,
        )


def visits(who: Who, by: Acting) -> Iterator[Line]:
    for visit in Visit.objects.filter(person_id__in=who.ids):
        yield Line(
            visit.visited_on,
            visit.visited_on.year,
            "走访",
            programme_name(visit.programme, by),
            visit.get_way_display(),
            "",
            visit.unit_name or org.place_name(visit.place),
            case=visit.case_id,
            person=visit.person_id,
        )


def certificates(who: Who, by: Acting) -> Iterator[Line]:
    for paper in Certificate.objects.filter(person_id__in=who.ids).select_related("unit"):
        valid = paper.state == CertificateState.VALID
        yield Line(
            paper.issued_on,
            paper.issued_on.year,
            "证书",
            paper.title,
            paper.get_state_display(),
            "granted" if valid else "closed",
            paper.unit.short_name,
            paper.number,
            person=paper.person_id,
        )


def needs(who: Who, by: Acting) -> Iterator[Line]:
    """That something was asked for and how far it is; what it was stands on its own page."""
    for need in Need.objects.filter(person_id__in=who.ids).select_related("unit"):
        on = localdate(need.raised_at)
        kind = "closed" if need.ended_at else "review"
        state = need.get_state_display()
        yield Line(on, on.year, "需求", "群众需求", state, kind, need.unit.short_name, person=need.person_id)


def trainings(who: Who, by: Acting) -> Iterator[Line]:
    """Classes she signed up for and how far she came; what she stated stands on its own page."""
    for one in Enrolment.objects.filter(who.condition()).select_related("course__project", "course__unit"):
        kind = "granted" if one.completed_on else "closed" if one.ended_on else "review"
        course = one.course
        yield Line(
            course.starts_on, course.project.year, "培训", course.title, one.get_state_display(), kind, course.unit.short_name,
            course.subject, person=one.person_id,
        )  # fmt: skip


# What is asked for, and the verb without which it is not.
SOURCES: tuple[tuple[Verb, Source], ...] = (
    (Verb.CASE_READ, applications),
    (Verb.CASE_READ, grants),
    (Verb.CASE_READ, visits),
    (Verb.CERTIFICATE_READ, certificates),
    (Verb.NEED_HANDLE, needs),
    (Verb.TRAINING_READ, trainings),
)


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    lines: tuple[Line, ...]


def years(who: Who, by: Acting) -> list[Year]:
    """All matters the reader may see, by year, the latest first."""
    lines = [line for verb, source in SOURCES if by.may(verb) for line in source(who, by)]
    lines.sort(key=lambda line: (line.year, line.on), reverse=True)
    return [Year(year, tuple(found)) for year, found in groupby(lines, key=lambda line: line.year)]


def who_of(people: Collection[Person]) -> Who:
    return Who(
        frozenset(person.pk for person in people),
        frozenset(bytes(person.id_index) for person in people if person.id_index),
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of a person: her entries, the one kept first, her matters, and what does not fit together."""

    person: Person
    entries: tuple[Person, ...]
    years: tuple[Year, ...]
    findings: tuple[str, ...]


def sheet(person: Person, by: Acting) -> Sheet:
    """Everything about a person the reader may see. That she looked is in the trail."""
    by.require(Verb.PERSON_SEARCH)
    entries = tuple(linkage.group_of(person))
    head = entries[0]
    who = who_of(entries)
    record(by=by, stream=f"person:{head.pk}", verb="people.open", place=head.place)
    return Sheet(head, entries, tuple(years(who, by)), tuple(findings(who, by)))


def findings(who: Who, by: Acting) -> list[str]:
    """What was given more often than once in a life, now that the entries are one person; in words."""
    if not by.may(Verb.CASE_READ):
        return []
    by_family: dict[str, list[Grant]] = defaultdict(list)
    standing = Grant.objects.filter(who.condition(), state__in=[GrantState.APPROVED, GrantState.PAID])
    for grant in standing.filter(often=Often.LIFE, per_household=False).order_by("granted_on", "pk"):
        by_family[grant.family].append(grant)
    return [
        f"“{programme_name(many[0].programme, by)}”每人终身一次，此人名下有{len(many)}笔："
        + "、".join(f"{grant.year}年{org.place_name(grant.place)}" for grant in many)
        + "。请区妇联核实。"
        for many in by_family.values()
        if len(many) > 1
    ]


@dataclass(frozen=True, slots=True)
class Home:
    """The page of a household: who lives there, each under the entry kept, and what was done for them."""

    members: tuple[Person, ...]
    years: tuple[Year, ...]
    names: dict[int, str]


def home(person: Person, by: Acting) -> Home:
    """All who gave the same address, as far as the reader may see them. That she looked is in the trail."""
    by.require(Verb.PERSON_SEARCH)
    entries = list(linkage.group_of(person))
    who = who_of(entries)
    keys = {entry.household_key for entry in entries}
    members = {entry.pk: entry for entry in entries}
    if by.may(Verb.CASE_READ):
        keys |= set(Case.objects.filter(who.condition()).values_list("household_key", flat=True))
        keys |= set(Grant.objects.filter(who.condition()).values_list("household_key", flat=True))
    keys.discard("")
    same = Q(household_key__in=keys)
    if by.may(Verb.CASE_READ):
        same |= Q(pk__in=Case.objects.filter(household_key__in=keys).exclude(kind=StateKind.DRAFT).values("person_id"))
    for other in Person.objects.filter(same) if keys else ():
        members.update({entry.pk: entry for entry in linkage.group_of(other)})
    record(
        by=by,
        stream=f"person:{entries[0].pk}",
        verb="people.household",
        place=entries[0].place,
        summary={"entries": len(members)},
    )
    kept = {entry.merged_into_id or entry.pk: entry for entry in members.values()}
    heads = tuple(members.get(pk, entry) for pk, entry in sorted(kept.items()))
    return Home(heads, tuple(years(who_of(members.values()), by)), {pk: entry.name for pk, entry in members.items()})


def age(person: Person) -> int | None:
    """Full years today, or on the day she died."""
    return identity.age_on(person.birth, person.died_on or clock.today()) if person.birth else None
