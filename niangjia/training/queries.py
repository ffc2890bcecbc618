"""Named reads of training. Which rows there are for the reader is the database's decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import connection, connections
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Mark, Participant, Session
from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate
from niangjia.core import codes, sealing
from niangjia.flow.kinds import Outcome as Verdict
from niangjia.flow.machine import Finding
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit
from niangjia.people.kinds import Purpose
from niangjia.people.models import Consent
from niangjia.training import rules
from niangjia.training.kinds import (
    DONE,
    HELD,
    LIVE,
    QUESTIONS,
    SEATED,
    ClaimState,
    ClassKind,
    CourseState,
    EnrolmentState,
    Outcome,
    PaperKind,
)
from niangjia.training.models import Claim, ClaimLine, Course, Enrolment, FollowUp, Paper, Project, Standard
from niangjia.training.rules import Placement

SOON_DAYS = 7


def standard(kind: str, on: dt.date) -> Standard:
    """The limits in force on a day for a kind of class. Raises Standard.DoesNotExist when none was ever set."""
    found = Standard.objects.filter(kind=kind, valid_from__lte=on).order_by("-valid_from").first()
    if found is None:
        raise Standard.DoesNotExist(f"没有“{ClassKind(kind).label}”的标准，请先在“培训标准”中设定。")
    return found


def standards() -> QuerySet[Standard]:
    """All limits ever set, by kind of class, the latest first."""
    return Standard.objects.order_by("kind", "-valid_from")


# ---------------------------------------------------------------- projects and classes


def projects(year: int | None = None) -> QuerySet[Project]:
    """Projects, of one year or all."""
    found = Project.objects.select_related("unit")
    return found.filter(year=year) if year else found


def courses() -> QuerySet[Course]:
    """Classes, the latest first."""
    return Course.objects.select_related("project", "unit", "trainer")


def subjects() -> list[str]:
    """What classes were about so far, each once."""
    return sorted(Course.objects.order_by().values_list("subject", flat=True).distinct())


def course(pk: int) -> Course:
    """Raises Course.DoesNotExist."""
    return courses().get(pk=pk)


def with_counts(found: QuerySet[Course]) -> QuerySet[Course]:
    """Classes with ``seated``, ``waiting`` and ``done``: of the women the reader may see."""
    return found.annotate(
        seated=Count("enrolments", filter=Q(enrolments__state__in=[*SEATED, EnrolmentState.APPLIED, *DONE])),
        waiting=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.WAITING)),
        done=Count("enrolments", filter=Q(enrolments__state__in=DONE)),
    ).order_by("-starts_on", "-pk")


@dataclass(frozen=True, slots=True)
class Progress:
    """What a project came to: every figure is counted, none is typed."""

    project: Project
    classes: int
    held: int
    entries: int
    heads: int
    certified: int
    placement: Placement
    claimed: Decimal
    audited: Decimal

    @property
    def percent(self) -> int | None:
        return self.heads * 100 // self.project.target_heads if self.project.target_heads else None


def progress(found: Iterable[Project]) -> list[Progress]:
    """The figures of several projects; the number of statements does not depend on theirs."""
    listed = list(found)
    ids = [project.pk for project in listed]
    classes = {
        row["project_id"]: row
        for row in Course.objects.filter(project_id__in=ids)
        .order_by()
        .values("project_id")
        .annotate(all=Count("pk"), held=Count("pk", filter=Q(state__in=HELD)))
    }
    money = {
        row["course__project_id"]: row
        for row in Claim.objects.filter(course__project_id__in=ids)
        .exclude(state=ClaimState.TAKEN_BACK)
        .order_by()
        .values("course__project_id")
        .annotate(claimed=Sum("amount"), audited=Sum("audited_amount"))
    }
    women: dict[int, list[tuple[int | None, bool, str | None]]] = {}
    for project_id, person_id, certified_on, outcome in _completed(Q(course__project_id__in=ids)):
        women.setdefault(project_id, []).append((person_id, certified_on is not None, outcome))
    none: dict[str, Any] = {}
    return [
        Progress(
            project=project,
            classes=classes.get(project.pk, none).get("all", 0),
            held=classes.get(project.pk, none).get("held", 0),
            entries=len(women.get(project.pk, ())),
            heads=len({person for person, _, _ in women.get(project.pk, ()) if person is not None}),
            certified=len({person for person, holds, _ in women.get(project.pk, ()) if holds and person is not None}),
            placement=rules.placement(outcome for _, _, outcome in women.get(project.pk, ())),
            claimed=money.get(project.pk, none).get("claimed") or Decimal(0),
            audited=money.get(project.pk, none).get("audited") or Decimal(0),
        )
        for project in listed
    ]


def _completed(which: Q) -> Iterable[tuple[int, int | None, dt.date | None, str | None]]:
    """Project, person, day of her certificate and what was last heard of each who completed; somebody reached counts
    before nobody reached."""
    heard = FollowUp.objects.filter(enrolment=OuterRef("pk"), done_on__isnull=False)
    latest = heard.order_by("-month").values("outcome")
    reached = latest.exclude(outcome=Outcome.UNREACHED)
    last = Coalesce(Subquery(reached[:1]), Subquery(latest[:1]))
    found = Enrolment.objects.filter(which, state__in=DONE)
    return found.values_list("course__project_id", "person_id", "certified_on", last)


def placement_of(course_id: int) -> Placement:
    """The placement of one class, with its denominator."""
    return rules.placement(outcome for *_, outcome in _completed(Q(course_id=course_id)))


def trainers() -> QuerySet[Unit]:
    """Organisations that may be named as the one that teaches."""
    kinds = [UnitKind.SUPPLIER, UnitKind.SCHOOL, UnitKind.DEPARTMENT, UnitKind.HOSPITAL]
    return org.units().filter(kind__in=kinds)


def attendance(course: Course, women: Sequence[Enrolment], limits: rules.Standard) -> dict[int, rules.Attended]:
    """Half-days each woman was present at, of those held, by enrolment. One statement, however many they are."""
    held = (
        Session.objects.filter(subject=course.about, state=SessionState.HELD, merged_into__isnull=True)
        .order_by()
        .values("subject")
        .annotate(sittings=Sum(Case(When(twice=True, then=2), default=1)))
    )
    there = Q(marks__counts=True, marks__head__state=SessionState.HELD)
    rows = Participant.objects.filter(subject=course.about).order_by()
    roster = {
        pk: (present, halves or 0)
        for pk, present, halves in rows.annotate(
            present=Count("marks", filter=there), held=Subquery(held.values("sittings"))
        ).values_list("pk", "present", "held")
    }
    asked = max((halves for _, halves in roster.values()), default=0)
    return {
        woman.pk: rules.Attended(roster.get(woman.participant_id or 0, (0, 0))[0], asked, limits.attendance_percent)
        for woman in women
    }


def double_present(course: Course) -> list[str]:
    """Names of those who were counted as present in another class in the same half-day."""
    here = Mark.objects.filter(head__subject=course.about, counts=True)
    there = Mark.objects.filter(
        who=OuterRef("who"), on=OuterRef("on"), half=OuterRef("half"), counts=True, head__subject__startswith="class:"
    ).exclude(head__subject=course.about)
    return sorted(set(here.filter(Exists(there)).values_list("participant__name", flat=True)))


def seats(course_id: int) -> tuple[int, int]:
    """How many have or ask for a seat, and how many wait, whoever they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seated, waiting FROM training_seats(%s)", [course_id])
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


# ---------------------------------------------------------------- women


def enrolments(course_id: int) -> QuerySet[Enrolment]:
    """The women of a class in the order they signed up."""
    return Enrolment.objects.filter(course_id=course_id).order_by("filed_at", "pk")


def applicants(course_id: int) -> QuerySet[Enrolment]:
    """The same with what they stated, which no trainer may read."""
    return enrolments(course_id).select_related("facts")


def enrolment(pk: int) -> Enrolment:
    """Raises Enrolment.DoesNotExist."""
    return Enrolment.objects.select_related("course__project", "course__unit", "facts").get(pk=pk)


def own_enrolments(account_id: int) -> QuerySet[Enrolment]:
    """What a resident filed, the latest first."""
    return Enrolment.objects.filter(filed_by_account=account_id).select_related("course").order_by("-filed_at", "-pk")


def taken(id_indexes: Iterable[bytes], course_id: int) -> dict[bytes, tuple[str, ...]]:
    """By number the classes of the same subject and year it is in or completed, also where the reader may not look."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one, ARRAY(SELECT training_taken(one, %s)) FROM unnest(%s::bytea[]) one",
            [course_id, list(id_indexes)],
        )
        return {bytes(index): tuple(titles) for index, titles in cursor.fetchall()}


def once_key(id_index: bytes, course: Course) -> str:
    """Under which a head is paid once: her number, the subject, the year. A keyed hash of nothing that can be guessed."""
    return sha256(id_index + f"|{course.subject}|{course.project.year}".encode()).hexdigest()


def counted_in(keys: Sequence[str]) -> dict[str, str]:
    """Those of the keys a claim counted already, with the title of its class: one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, title FROM training_counted(%s)", [list(keys)])
        return dict(cursor.fetchall())


def findings_of(enrolment: Enrolment) -> list[Finding]:
    """What the rules said of her, as it was kept."""
    return [
        Finding(one["rule"], Verdict(one["outcome"]), one["text"], one["source"], one["remedy"])
        for one in enrolment.facts.findings
    ]


def named(subjects: Sequence[str]) -> set[str]:
    """Those of the enrolments whose woman agrees, at this moment, to be named where her certificate is looked up."""
    found = Consent.objects.filter(subject__in=subjects, purpose=Purpose.PUBLISH, withdrawn_at__isnull=True)
    return set(found.values_list("subject", flat=True))


def to_tell() -> QuerySet[Enrolment]:
    """Women whose class was cancelled and whom nobody told yet."""
    return (
        Enrolment.objects.filter(
            course__state=CourseState.CANCELLED, state=EnrolmentState.DROPPED, told_at__isnull=True
        )
        .select_related("course", "facts")
        .order_by("course_id", "place", "pk")
    )


# ---------------------------------------------------------------- afterwards


def follow_ups() -> QuerySet[FollowUp]:
    """Calls, by the day they are due."""
    return FollowUp.objects.select_related("enrolment__course").order_by("due_on", "pk")


def due_follow_ups(until: dt.date) -> QuerySet[FollowUp]:
    """Calls that are due by a day and not made."""
    return follow_ups().filter(done_on__isnull=True, due_on__lte=until)


def claim_of(course_id: int) -> Claim | None:
    """The claim of a class that stands."""
    return Claim.objects.filter(course_id=course_id).exclude(state=ClaimState.TAKEN_BACK).first()


@dataclass(frozen=True, slots=True)
class Counted:
    """One woman in a claim that is being drawn up: whether she counts, and if not why."""

    enrolment: Enrolment
    reason: str
    key: str | None


def draw_up(course: Course) -> list[Counted]:
    """Who of a class counts for the subsidy and who does not, each with the reason."""
    women = list(
        applicants(course.pk)
        .exclude(state__in=[EnrolmentState.WITHDRAWN, EnrolmentState.REFUSED])
        .select_related("facts", "person")
    )
    limits = standard(course.kind, course.starts_on).limits
    attended = attendance(course, women, limits)
    keys = {one.pk: once_key(bytes(one.id_index), course) for one in women if one.id_index}
    elsewhere = counted_in(list(keys.values()))
    found = []
    for woman in women:
        key = keys.get(woman.pk)
        head = rules.Head(
            enrolment_id=woman.pk, state=woman.state, has_number=woman.id_index is not None,
            verdict=Verdict(woman.facts.verdict), attended=attended[woman.pk],
            died_on=woman.person.died_on if woman.person else None, last_day=course.ends_on,
            paid_elsewhere=elsewhere.get(key or "", ""), drop_reason=woman.why,
        )  # fmt: skip
        reason = rules.why_not_counted(head)
        found.append(Counted(woman, reason, None if reason else key))
    return found


def lines_of(claim: Claim) -> QuerySet[ClaimLine]:
    """The women of a claim, those who count first."""
    return (
        ClaimLine.objects.filter(claim=claim)
        .select_related("enrolment")
        .order_by("-counts", "enrolment__filed_at", "pk")
    )


def papers_of(course_id: int) -> QuerySet[Paper]:
    """The papers in the folder of a class."""
    return Paper.objects.filter(course_id=course_id, removed_at__isnull=True).select_related("file")


def certificates_of(course: Course) -> QuerySet[Certificate]:
    """The valid certificates of a class in the order of their numbers."""
    found = Certificate.objects.filter(round_subject=course.about, state=CertificateState.VALID)
    return found.select_related("unit").order_by("number")


def holds_certificate() -> Exists:
    """The condition that an enrolment's certificate stands."""
    about = Concat(Value("enrolment:"), Cast(OuterRef("pk"), CharField()))
    return Exists(Certificate.objects.filter(subject=about, state=CertificateState.VALID))


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What the forms of a class say together; ``means`` is empty under the least number shown."""

    forms: int
    means: tuple[tuple[str, Decimal], ...]
    content_percent: int | None
    words: tuple[str, ...]


def satisfaction(course_id: int) -> Satisfaction:
    """Sums of anonymous forms; fewer than five say nothing but how many they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM training_ratings(%s, %s)", [course_id, rules.LEAST_SHOWN])
        row = cursor.fetchone()
    assert row is not None
    forms, *means, content, words = row
    shown = means[0] is not None
    return Satisfaction(
        forms=forms,
        means=tuple((label, round(Decimal(mean), 1)) for (_, label), mean in zip(QUESTIONS, means, strict=True))
        if shown
        else (),
        content_percent=content * 100 // forms if shown else None,
        words=tuple(sealing.unseal(bytes(one), context="training_rating.words") for one in words or ()),
    )


# ---------------------------------------------------------------- the inbox and the public


def waiting(place: str, today: dt.date) -> dict[str, QuerySet[Any, Any]]:
    """What of training waits for an officer of a place, to be counted together with others."""
    lo, hi = codes.subtree(place)
    seated = Enrolment.objects.filter(state__in=LIVE)
    classes = Course.objects.filter(place__gte=lo, place__lt=hi)
    calls = FollowUp.objects.filter(done_on__isnull=True)
    return {
        "to_accept": seated.filter(
            state=EnrolmentState.APPLIED, facts__verdict="PASS", office_place__gte=lo, office_place__lt=hi
        ),
        "to_prove": seated.filter(facts__verdict="NEEDS_PROOF"),
        "to_tell": Enrolment.objects.filter(
            state=EnrolmentState.DROPPED, told_at__isnull=True, course__state=CourseState.CANCELLED, facts__isnull=False
        ),
        "to_approve": classes.filter(state=CourseState.PLANNED),
        "to_claim": classes.filter(state=CourseState.CLOSED, project__unit_price__gt=0),
        "to_audit": classes.filter(state=CourseState.SUBSIDY_CLAIMED),
        "calls_late": calls.filter(due_on__lt=today),
        "calls": calls.filter(due_on__range=(today, today + dt.timedelta(days=SOON_DAYS))),
    }


@dataclass(frozen=True, slots=True)
class PublicClass:
    """A class one can sign up for, as anybody may read it."""

    id: int
    title: str
    subject: str
    kind: str
    level: str
    hours: int
    capacity: int
    venue: str
    place: str
    starts_on: dt.date
    ends_on: dt.date
    enrol_until: dt.date
    contact: str
    teachers: str
    plan: str
    unit_name: str
    trainer_name: str
    seated: int
    waiting: int

    @property
    def left(self) -> int:
        return max(0, self.capacity - self.seated)


def public_classes(near: str = "") -> list[PublicClass]:
    """Classes one can sign up for; those of the town of ``near`` first, then by their first day."""
    found = _public("ORDER BY starts_on, id")
    town = codes.town_of(near) if near and codes.level_of(near) is not codes.Level.DISTRICT else ""
    return sorted(found, key=lambda one: not (town and codes.contains(town, one.place))) if town else found


def public_class(pk: int) -> PublicClass | None:
    """A class one can sign up for; None when one cannot."""
    found = _public("WHERE id = %s", [pk])
    return found[0] if found else None


def _public(tail: str, parameters: Sequence[int] = ()) -> list[PublicClass]:
    columns = ", ".join(PublicClass.__dataclass_fields__)
    with connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM public_training_class {tail}", list(parameters))  # noqa: S608 own names
        return [PublicClass(*row) for row in cursor.fetchall()]


def missing_papers(kinds: Iterable[str], course: Course) -> list[PaperKind]:
    """Kinds of paper an auditor asks for that nobody put in. Sign-in sheets, satisfaction and the list of certificates
    are made from records and are never missing once there are any."""
    made = {PaperKind.SIGN_IN, PaperKind.SATISFACTION, PaperKind.CERTIFICATE, PaperKind.TIMETABLE, PaperKind.OTHER}
    wanted = [kind for kind in PaperKind if kind not in made and (kind is not PaperKind.EXAM or course.has_exam)]
    have = set(kinds)
    return [kind for kind in wanted if kind not in have]


def suspicions(course: Course) -> list[rules.Suspicion]:
    """What an auditor would ask about a class: repeats, the dead, telephones that many left."""
    phones: dict[str, list[str]] = {}
    dead = []
    rows = Enrolment.objects.filter(course=course).exclude(state=EnrolmentState.WITHDRAWN)
    for name, state, index, died_on in rows.values_list("name", "state", "facts__phone_index", "person__died_on"):
        if index is not None and state in (*LIVE, *DONE):
            phones.setdefault(bytes(index).hex(), []).append(name)
        if died_on is not None and died_on < course.ends_on:
            dead.append(name)
    return rules.suspicions(phones=phones, dead=dead, double_present=double_present(course))
