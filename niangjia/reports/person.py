"""One person or household across every programme, as far as the reader's own verbs and range allow.

Every line comes from the table of its own room under the reader's post: what the database does not show her there is not
here, and nothing says that there is more elsewhere, for that a woman was helped is itself a secret. All rooms are read in
one statement; a further room is one more line in ``SOURCES``. Votes are never here: who voted for what is known to nobody.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db.models import BigIntegerField, BinaryField, CharField, DecimalField, F, Q, QuerySet, Value, When
from django.db.models import Case as Depending
from django.db.models.functions import Cast, Coalesce, TruncDate

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate
from niangjia.core import clock, identity
from niangjia.flow.kinds import StateKind
from niangjia.linkage import queries as linkage
from niangjia.needs.kinds import NeedState
from niangjia.needs.models import Need
from niangjia.org import queries as org
from niangjia.people.models import Person
from niangjia.programmes import registry
from niangjia.programmes.definition import Often
from niangjia.programmes.kinds import GrantState
from niangjia.programmes.models import Case, Grant, Visit
from niangjia.training.kinds import EnrolmentState
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

    def has(self, line: Line) -> bool:
        """Whether a matter is theirs."""
        return line.person in self.ids or line.filed in self.numbers


@dataclass(frozen=True, slots=True)
class Line:
    """One matter. ``case`` is the number of the case behind it, ``kind`` a kind of state for its colour, if it has one;
    ``filed`` is the number it was filed under, ``life`` the family of a standing grant of which there is one in a life."""

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
    filed: bytes = b""
    life: str = ""


class Found(NamedTuple):
    """One matter as its room keeps it: the columns every room is read by, so that one statement reads them all.

    ``key`` is the programme or title, ``unit`` the code or short name of who did it; ``amount`` is in yuan.
    """

    room: str
    on: dt.date
    year: int | None
    key: str
    version: str
    state: str
    kind: str
    unit: str
    detail: str
    amount: Decimal | None
    quantity: int | None
    case: int | None
    person: int | None
    filed: bytes | None
    life: str


_EMPTY: Final = Value("", output_field=CharField())
_NO_INTEGER: Final = Cast(Value(None), BigIntegerField())
_NOTHING: Final = {
    "year": _NO_INTEGER,
    "version": _EMPTY,
    "kind": _EMPTY,
    "unit": _EMPTY,
    "detail": _EMPTY,
    "amount": Cast(Value(None), DecimalField(max_digits=10, decimal_places=2)),
    "quantity": _NO_INTEGER,
    "case": _NO_INTEGER,
    "filed": Cast(Value(None), BinaryField()),
    "life": _EMPTY,
}


def _read(rows: QuerySet[Any], room: str, **columns: Any) -> QuerySet[Any]:
    """Rows of a room in the columns of ``Found``."""
    given = {"room": Value(room), **_NOTHING, **columns}
    return rows.order_by().values_list(*(given[name] for name in Found._fields))


def programme_name(key: str, by: Acting) -> str:
    """The name of a programme; of one that tells an illness a neutral one, unless the reader may know of illness."""
    known = registry.programmes().get(key)
    if known is None:
        return "其他项目"
    return NEUTRAL if known.secret and not by.may(Verb.HEALTH_READ) else known.name


def _applications(who: Who) -> QuerySet[Any]:
    return _read(
        Case.objects.filter(who.condition()).exclude(kind=StateKind.DRAFT), "application",
        on=TruncDate(Coalesce("submitted_at", "created_at")), year=F("round__year"), key=F("programme"), version=F("version"),
        state=F("state"), kind=F("kind"), unit=F("place"), detail=F("number"), case=F("pk"), person=F("person_id"),
        filed=F("id_index"),
    )  # fmt: skip


def _application(found: Found, by: Acting) -> Line:
    state = registry.version(found.key, found.version).workflow.state(found.state)
    name = programme_name(found.key, by)
    return _line(
        found,
        "申请",
        name,
        state.label,
        found.kind,
        unit=org.place_name(found.unit),
        detail=found.detail if name != NEUTRAL else "",
    )


_GRANT_KINDS: Final = {GrantState.APPROVED: "granted", GrantState.PAID: "granted"}


def _grants(who: Who) -> QuerySet[Any]:
    once = When(state__in=list(_GRANT_KINDS), often=Often.LIFE, per_household=False, then=F("family"))
    return _read(
        Grant.objects.filter(who.condition()), "grant", on=Coalesce("paid_on", "granted_on"), year=F("year"),
        key=F("programme"), state=F("state"), unit=F("place"), amount=F("amount"), quantity=F("quantity"), case=F("case_id"),
        person=F("person_id"), filed=F("id_index"), life=Depending(once, default=_EMPTY),
    )  # fmt: skip


def _grant(found: Found, by: Acting) -> Line:
    state = GrantState(found.state)
    given = f"{found.amount:,.0f} 元" if found.amount is not None else f"{found.quantity} 份"
    return _line(
        found,
        "给予",
        programme_name(found.key, by),
        state.label,
        _GRANT_KINDS.get(state, "closed"),
        unit=org.place_name(found.unit),
        detail=given,
    )


def _visits(who: Who) -> QuerySet[Any]:
    return _read(
        Visit.objects.filter(person_id__in=who.ids), "visit", on=F("visited_on"), key=F("programme"), state=F("way"),
        unit=F("place"), detail=F("unit_name"), case=F("case_id"), person=F("person_id"),
    )  # fmt: skip


def _visit(found: Found, by: Acting) -> Line:
    way = Visit(way=found.state).get_way_display()
    return _line(
        found,
        "走访",
        programme_name(found.key, by),
        way,
        "",
        unit=found.detail or org.place_name(found.unit),
        detail="",
    )


def _certificates(who: Who) -> QuerySet[Any]:
    return _read(
        Certificate.objects.filter(person_id__in=who.ids), "certificate", on=F("issued_on"), key=F("title"), state=F("state"),
        unit=F("unit__short_name"), detail=F("number"), person=F("person_id"),
    )  # fmt: skip


def _certificate(found: Found, by: Acting) -> Line:
    state = CertificateState(found.state)
    return _line(found, "证书", found.key, state.label, "granted" if state is CertificateState.VALID else "closed")


def _needs(who: Who) -> QuerySet[Any]:
    return _read(
        Need.objects.filter(person_id__in=who.ids), "need", on=TruncDate("raised_at"), key=_EMPTY, state=F("state"),
        kind=Depending(When(ended_at__isnull=True, then=Value("review")), default=Value("closed")),
        unit=F("unit__short_name"), person=F("person_id"),
    )  # fmt: skip


def _need(found: Found, by: Acting) -> Line:
    """That something was asked for and how far it is; what it was stands on its own page."""
    return _line(found, "需求", "群众需求", NeedState(found.state).label, found.kind)


def _trainings(who: Who) -> QuerySet[Any]:
    how_far = Depending(
        When(completed_on__isnull=False, then=Value("granted")),
        When(ended_on__isnull=False, then=Value("closed")),
        default=Value("review"),
    )
    return _read(
        Enrolment.objects.filter(who.condition()), "training", on=F("course__starts_on"), year=F("course__project__year"),
        key=F("course__title"), state=F("state"), kind=how_far, unit=F("course__unit__short_name"),
        detail=F("course__subject"), person=F("person_id"), filed=F("id_index"),
    )  # fmt: skip


def _training(found: Found, by: Acting) -> Line:
    """A class she signed up for and how far she came; what she stated stands on its own page."""
    return _line(found, "培训", found.key, EnrolmentState(found.state).label, found.kind)


def _line(
    found: Found,
    what: str,
    programme: str,
    state: str,
    kind: str,
    *,
    unit: str | None = None,
    detail: str | None = None,
) -> Line:
    return Line(
        found.on, found.year or found.on.year, what, programme, str(state), kind, found.unit if unit is None else unit,
        found.detail if detail is None else detail, found.case, found.person, bytes(found.filed or b""), found.life,
    )  # fmt: skip


# Room by room: the verb without which it is not asked for, its rows, and what one of them says.
SOURCES: Final[Mapping[str, tuple[Verb, Callable[[Who], QuerySet[Any]], Callable[[Found, Acting], Line]]]] = {
    "application": (Verb.CASE_READ, _applications, _application),
    "grant": (Verb.CASE_READ, _grants, _grant),
    "visit": (Verb.CASE_READ, _visits, _visit),
    "certificate": (Verb.CERTIFICATE_READ, _certificates, _certificate),
    "need": (Verb.NEED_HANDLE, _needs, _need),
    "training": (Verb.TRAINING_READ, _trainings, _training),
}


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    lines: tuple[Line, ...]


def lines(who: Who, by: Acting) -> list[Line]:
    """All matters the reader may see, in one statement, room after room."""
    parts = [rows(who) for verb, rows, _ in SOURCES.values() if by.may(verb)]
    if not parts:
        return []
    order = list(SOURCES)
    found = sorted((Found(*row) for row in parts[0].union(*parts[1:], all=True)), key=lambda one: order.index(one.room))
    return [SOURCES[one.room][2](one, by) for one in found]


def years(found: Iterable[Line]) -> list[Year]:
    """Matters by year, the latest first."""
    latest = sorted(found, key=lambda line: (line.year, line.on), reverse=True)
    return [Year(year, tuple(own)) for year, own in groupby(latest, key=lambda line: line.year)]


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
    record(by=by, stream=f"person:{head.pk}", verb="people.open", place=head.place)
    found = lines(who_of(entries), by)
    return Sheet(head, entries, tuple(years(found)), tuple(findings(found)))


def findings(found: Iterable[Line]) -> list[str]:
    """What was given more often than once in a life, now that the entries are one person; in words."""
    by_family: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(found, key=lambda line: line.on):
        if line.life:
            by_family[line.life].append(line)
    return [
        f"“{many[0].programme}”每人终身一次，此人名下有{len(many)}笔："
        + "、".join(f"{line.year}年{line.unit}" for line in many)
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
    keys = {entry.household_key for entry in entries}
    cases = Case.objects.order_by()
    if by.may(Verb.CASE_READ):
        filed = who_of(entries).condition()
        given = Grant.objects.order_by().filter(filed).values_list("household_key", flat=True)
        keys |= set(cases.filter(filed).values_list("household_key", flat=True).union(given))
    keys.discard("")
    same = Q(household_key__in=keys)
    if by.may(Verb.CASE_READ):
        same |= Q(pk__in=cases.filter(household_key__in=keys).exclude(kind=StateKind.DRAFT).values("person_id"))
    members = {entry.pk: entry for entry in entries}
    members |= {entry.pk: entry for entry in (linkage.groups_of(Person.objects.filter(same)) if keys else ())}
    record(
        by=by,
        stream=f"person:{entries[0].pk}",
        verb="people.household",
        place=entries[0].place,
        summary={"entries": len(members)},
    )
    kept = {entry.head_id: entry for entry in members.values()}
    heads = tuple(members.get(pk, entry) for pk, entry in sorted(kept.items()))
    found = lines(who_of(members.values()), by)
    return Home(heads, tuple(years(found)), {pk: entry.name for pk, entry in members.items()})


def age(person: Person) -> int | None:
    """Full years today, or on the day she died."""
    return identity.age_on(person.birth, person.died_on or clock.today()) if person.birth else None
