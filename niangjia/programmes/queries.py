"""Named reads of the engine. The database holds the range; nothing here filters by who asks."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import itemgetter, or_
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Count, F, Func, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.timezone import localdate

from niangjia.access import policy
from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, sealing
from niangjia.core.codes import Level
from niangjia.flow import machine
from niangjia.flow.kinds import ENDED, StateKind
from niangjia.flow.machine import Actor, Finding, Transition
from niangjia.intake.sheet import Sensitivity
from niangjia.org.queries import calendar
from niangjia.people import queries as people
from niangjia.programmes import registry
from niangjia.programmes.definition import Context, Often, Version, Waiting
from niangjia.programmes.kinds import GrantState, NoticeState, ObjectionState, PaymentState, RoundState
from niangjia.programmes.models import (
    Allotment,
    Attachment,
    Case,
    Grant,
    Notice,
    NoticeLine,
    Objection,
    OutsideCheck,
    Payment,
    PaymentList,
    Round,
    Step,
)


def rounds() -> QuerySet[Round]:
    return Round.objects.all()


def open_rounds(on: dt.date) -> QuerySet[Round]:
    """Rounds one may apply in on a day."""
    return Round.objects.filter(state=RoundState.OPEN, opens_on__lte=on, closes_on__gte=on).order_by("closes_on")


def cases() -> QuerySet[Case]:
    return Case.objects.exclude(kind=StateKind.DRAFT).select_related("round")


def case_for(pk: int) -> Case:
    """One case with what its page needs. Raises Case.DoesNotExist also when it is out of the reader's range."""
    return (
        Case.objects.select_related("round", "person")
        .prefetch_related(
            "steps",
            Prefetch("checks", OutsideCheck.objects.select_related("unit")),
            Prefetch("attachments", Attachment.objects.filter(removed_at__isnull=True).select_related("file")),
        )
        .get(pk=pk)
    )


def own_cases(acting: Acting) -> QuerySet[Case]:
    """What a resident's account filed."""
    return Case.objects.filter(filed_by_account=acting.account_id).select_related("round")


def own_case(pk: int) -> Case:
    """A case for the page of who filed it, without what departments said. Raises Case.DoesNotExist."""
    papers = Attachment.objects.filter(removed_at__isnull=True).select_related("file")
    return (
        Case.objects.select_related("round")
        .prefetch_related("steps", Prefetch("checks", OutsideCheck.objects.none()), Prefetch("attachments", papers))
        .get(pk=pk)
    )


def version_of(case: Case) -> Version:
    return registry.version(case.programme, case.version)


def answers_of(case: Case) -> dict[str, Any]:
    """All answers, the sealed ones opened. For rules and forms; what a page shows goes through ``intake.show``."""
    secret = json.loads(case.sealed_answers.reveal()) if case.sealed_answers else {}
    return {**case.answers, **secret}


def step_answers(step: Step) -> dict[str, Any]:
    """All answers given with a step, the sealed ones opened."""
    secret = json.loads(step.sealed_answers.reveal()) if step.sealed_answers else {}
    return {**step.answers, **secret}


def household_key(version: Version, answers: Mapping[str, Any]) -> str:
    """What two people of one household share: the keyed hash of the answers that name it; empty when one is missing.

    The address is secret, so the key must not tell it; that two rows are one household is all it says. It is the same in
    every programme that names the household by the same answers.
    """
    parts = ["".join(str(answers.get(key, "")).split()) for key in version.bindings.household]
    if not parts or not all(parts):
        return ""
    return sealing.blind("|".join(parts), context="programmes_grant.household").hex()[:32]


def once_key(case: Case) -> str | None:
    """What the database will make of a grant of this case to tell it apart (``models.OnceKey``); None: no limit."""
    version = version_of(case)
    who = f"h{case.household_key}" if version.per_household else case.id_index.hex() if case.id_index else ""
    if version.often is Often.ANY or who in ("", "h"):
        return None
    within = {Often.YEAR: f":{case.round.year}", Often.ROUND: f":r{case.round_id}"}
    return who + within.get(version.often, "")


@dataclass(frozen=True, slots=True)
class Served:
    """This house came to a household or person before: when, with which programme, whose unit."""

    on: dt.date
    programme: str
    unit: str


SEASON_DAYS = 60


def served_lately(case: Case) -> list[Served]:
    """Who of this house came to the same household or person within the season, by any programme. A warning, no more."""
    if not case.household_key and case.person_id is None:
        return []
    since = clock.today() - dt.timedelta(days=SEASON_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, programme, unit FROM programmes_served(%s, %s, %s, %s)",
            [case.household_key, case.person_id, case.pk, since],
        )
        rows = cursor.fetchall()
    known = registry.programmes()
    return [Served(on, known[key].name if key in known else "其他项目", unit) for on, key, unit in rows]


def clear_sensitivities(acting: Acting) -> frozenset[Sensitivity]:
    """Which kinds of answers the reader may see in clear, by her verbs. Numbers stay masked in any case."""
    clear = {Sensitivity.PLAIN}
    if acting.may(Verb.REVEAL_IDENTITY):
        clear.add(Sensitivity.IDENTITY)
    if acting.may(Verb.HEALTH_READ):
        clear.add(Sensitivity.HEALTH)
    if acting.may(Verb.REVEAL_BANK):
        clear.add(Sensitivity.BANK)
    return frozenset(clear)


def granted_before(family: str, key: str | None) -> bool:
    """Whether a grant of the family with this once-key stands, anywhere in the database."""
    if key is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT programmes_once_taken(%s, %s)", [family, key])
        row = cursor.fetchone()
    return bool(row and row[0])


def context_of(case: Case, answers: Mapping[str, Any]) -> Context:
    """What the rules may know about a case, as of now."""
    version = version_of(case)
    programme = registry.programme(case.programme)
    round_ = case.round
    checks = case.checks.all() if case.pk else ()
    return Context(
        cutoff_on=round_.cutoff_on,
        opens_on=round_.opens_on,
        closes_on=round_.closes_on,
        submitted_on=case.submitted_at and localdate(case.submitted_at),
        today=clock.today(),
        granted_before=granted_before(programme.family, once_key(case)) and not has_grant(case),
        died_on=_died_on(case),
        checks={check.key: check.answer for check in checks if check.answer and check.cancelled_at is None},
        parameters={**version.parameters, **round_.parameters},
    )


def has_grant(case: Case) -> bool:
    """Whether a grant of this very case runs or was paid."""
    return Grant.objects.filter(case_id=case.pk, state__in=[GrantState.APPROVED, GrantState.PAID]).exists()


def _died_on(case: Case) -> dt.date | None:
    if case.person_id is None:
        return None
    if Case.person.is_cached(case):
        return case.person.died_on if case.person else None
    return people.died_on(case.person_id)


def findings_of(case: Case, answers: Mapping[str, Any] | None = None) -> list[Finding]:
    """What every rule of the case's version says today."""
    known = answers if answers is not None else answers_of(case)
    return version_of(case).rules(known, context_of(case, known))


def actor_of(acting: Acting) -> Actor:
    return Actor(acting.verbs, acting.level if acting.place else None)


def next_steps(case: Case, acting: Acting, steps: Iterable[Step] | None = None) -> list[Transition]:
    """The steps this actor may take on this case now, the separation of duties included."""
    done = verbs_done(case, acting, steps)
    return [
        transition
        for transition in machine.next_steps(version_of(case).workflow, case.state, actor_of(acting))
        if policy.current().conflict(done, transition.verb) is None
    ]


def steps_since(case: Case, revision: int) -> list[Step]:
    """What was done to a case after a revision somebody saw, oldest first. Each revision is one step."""
    newer = max(case.revision - revision, 0)
    return list(reversed(Step.objects.filter(case_id=case.pk).order_by("-id")[:newer]))


def other_cases(case: Case) -> list[Case]:
    """Other applications under the same ID number that the reader may see, the latest first."""
    if case.id_index is None:
        return []
    same = Case.objects.filter(id_index=case.id_index).exclude(pk=case.pk).exclude(kind=StateKind.DRAFT)
    return list(same.select_related("round").order_by("-id")[:10])


def verbs_done(case: Case, acting: Acting, steps: Iterable[Step] | None = None) -> frozenset[Verb]:
    """What this account already did on this case, under whichever post."""
    past = steps if steps is not None else Step.objects.filter(case_id=case.pk, account_id=acting.account_id)
    done = {Verb(step.verb) for step in past if step.account_id == acting.account_id and step.verb}
    if case.entered_by_post is not None and case.filed_by_account == acting.account_id:
        done.add(Verb.CASE_ENTER)
    return frozenset(done)


def inbox(acting: Acting) -> QuerySet[Case]:
    """Cases that wait for a step of this actor's level and verbs, the most urgent first; finished rounds are over."""
    wanted = Q()
    actor = actor_of(acting)
    for programme in registry.programmes().values():
        for version in programme.versions:
            states = [s.key for s in version.workflow.states if machine.awaits(version.workflow, s.key, actor)]
            if states:
                wanted |= Q(programme=programme.key, version=version.key, state__in=states)
    if not wanted:
        return Case.objects.none()
    waiting = Case.objects.filter(wanted).exclude(kind=StateKind.DRAFT).exclude(round__state=RoundState.FINISHED)
    return waiting.select_related("round").order_by(F("due_on").asc(nulls_last=True), "id")


def any_of(conditions: Iterable[Q]) -> Q:
    """One of them holds."""
    return reduce(or_, conditions, Q(pk__in=()))


def standing_before(step: str) -> Q:
    """The cases, of whatever programme, from which this step is taken next."""
    found = []
    for programme in registry.programmes().values():
        for version in programme.versions:
            if states := version.workflow.before(step):
                found.append(Q(programme=programme.key, version=version.key, state__in=states))
    return any_of(found)


def awaiting_notice(level: Level | None) -> Q:
    """The cases, of whatever programme, that wait for a notice posted at this level and stand on no draft."""
    plans = any_of(
        Q(programme=programme.key, version=version.key)
        for programme in registry.programmes().values()
        for version in programme.versions
        if version.notice is not None and version.notice.scope is level
    )
    drafted = NoticeLine.objects.filter(notice__state__in=[NoticeState.DRAFT, NoticeState.BLOCKED])
    return standing_before("give_notice") & plans & ~Q(pk__in=drafted.values("case_id"))


def rounds_awaiting_notice(acting: Acting) -> list[Round]:
    """Rounds of which somebody waits for a notice this post would draft; ``waiting`` is how many."""
    found = (
        Case.objects.filter(awaiting_notice(actor_of(acting).level))
        .exclude(round__state=RoundState.FINISHED)
        .order_by()
        .values_list("round")
        .annotate(waiting=Count("id"))
    )
    waiting = dict(found)
    rounds_ = list(Round.objects.filter(pk__in=waiting).order_by("opens_on", "id"))
    for round_ in rounds_:
        round_.waiting = waiting[round_.pk]  # type: ignore[attr-defined]
    return rounds_


def towns_taken(round_: Round, step: str) -> dict[str, int]:
    """How many cases of each town went through a step that counts against its quota, and were not sent back since."""
    states = registry.version(round_.programme, round_.version).workflow.beyond(step)
    rows = Case.objects.filter(round=round_, state__in=states).order_by().values_list("place")
    found: Counter[str] = Counter()
    for place, number in rows.annotate(n=Count("id")):
        found[codes.town_of(place)] += number
    return found


def used_by_towns(round_: Round) -> dict[str, int]:
    """What each town has used of its quota, by town code."""
    version = registry.version(round_.programme, round_.version)
    found: Counter[str] = Counter()
    for step, act in version.acts.items():
        if act.within_quota:
            found.update(towns_taken(round_, step))
    return found


def allotments(round_: Round) -> dict[str, int]:
    """What each town was allotted, by town code."""
    return dict(Allotment.objects.filter(round=round_).values_list("place", "number"))


def town_taken(round_: Round, step: str, town: str) -> int:
    """``towns_taken`` of one town."""
    states = registry.version(round_.programme, round_.version).workflow.beyond(step)
    return in_place(Case.objects.filter(round=round_, state__in=states), town).count()


@dataclass(frozen=True, slots=True)
class Urgency:
    """How many cases wait, how many are late, how many are due within days."""

    total: int
    overdue: int
    soon: int


def urgency(waiting: QuerySet[Case], *, today: dt.date, soon: dt.date) -> Urgency:
    """Count an inbox; ``soon`` is the last day that still counts as due soon."""
    return Urgency(
        **waiting.order_by().aggregate(
            total=Count("id"),
            overdue=Count("id", filter=Q(due_on__lt=today)),
            soon=Count("id", filter=Q(due_on__range=(today, soon))),
        )
    )


def last_steps(cases_: Iterable[Case]) -> dict[int, Step]:
    """The last thing done to each case, by the case's id."""
    found = Step.objects.filter(case_id__in=[case.pk for case in cases_]).order_by("case_id", "-id")
    return {step.case_id: step for step in found.distinct("case_id")}


def waiting(acting: Acting, today: dt.date) -> dict[str, QuerySet[Any, Any]]:
    """What waits for an officer beyond single cases, by what her verbs let her do; to be counted together with others."""
    level = actor_of(acting).level
    if level is not Level.DISTRICT and not acting.may(Verb.NOTICE_DRAFT):
        return {}
    found: dict[str, QuerySet[Any, Any]] = {}
    running = Case.objects.exclude(round__state=RoundState.FINISHED)
    steps = {
        "approved": ("report_up", Verb.CASE_ALLOCATE),
        "reported": ("allocate", Verb.CASE_ALLOCATE),
        "granted": ("list_payment", Verb.CASE_PAY),
    }
    found |= {key: running.filter(standing_before(step)) for key, (step, verb) in steps.items() if acting.may(verb)}
    if acting.may(Verb.NOTICE_DRAFT):
        found["allotted"] = running.filter(awaiting_notice(level))
    if acting.may(Verb.CASE_ASK):
        late = OutsideCheck.objects.filter(cancelled_at__isnull=True, answered_at__isnull=True, due_on__lt=today)
        found["late_checks"] = running.filter(pk__in=late.values("case_id"))
    if acting.may(Verb.NOTICE_PUBLISH) or acting.may(Verb.NOTICE_OVERRIDE):
        mine = Q(override_first=acting.account_id) | Q(drafted_by_account=acting.account_id)
        found["drafts"] = Notice.objects.filter(state=NoticeState.DRAFT)
        found["blocked"] = Notice.objects.filter(state=NoticeState.BLOCKED, override_second__isnull=True).exclude(mine)
    if acting.may(Verb.OBJECTION_HANDLE):
        found["objections"] = Objection.objects.filter(state=ObjectionState.OPEN)
    if acting.may(Verb.CASE_PAY_RESULT):
        found["lists"] = Payment.objects.filter(state=PaymentState.LISTED).values("list_id").distinct()
    if acting.may(Verb.ROUND_MANAGE):
        week = today + dt.timedelta(days=7)
        found["closing"] = Round.objects.filter(state=RoundState.OPEN, closes_on__range=(today, week))
    return found


def drafts(acting: Acting) -> QuerySet[Case]:
    """Applications this account began to fill in and has not submitted."""
    return Case.objects.filter(filed_by_account=acting.account_id, kind=StateKind.DRAFT).select_related("round")


SOON_WORKDAYS = 2


def soon_until(today: dt.date) -> dt.date:
    """The last day that still counts as due soon."""
    return calendar().add_workdays(today, SOON_WORKDAYS)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows; JSON-ready, so that a job may make the same list later under the same post.

    ``due`` is overdue, soon or ontime; ``index`` is the blind index of an ID number as hex.
    """

    mine: bool = False
    kind: str = ""
    due: str = ""
    category: str = ""
    round_id: int | None = None
    place: str = ""
    text: str = ""
    index: str = ""

    def without_kind(self, acting: Acting, today: dt.date) -> QuerySet[Case]:
        """All conditions but the kind, for counting the kinds."""
        found = inbox(acting) if self.mine else cases()
        if self.index:
            found = found.filter(id_index=bytes.fromhex(self.index))
        if self.text:
            found = found.filter(pk__in=search(self.text).values("pk")) if self.mine else search(self.text)
        if self.round_id is not None:
            found = found.filter(round_id=self.round_id)
        if self.place:
            found = in_place(found, self.place)
        if self.category:
            found = found.filter(category=self.category)
        if self.due:
            found = found.exclude(kind__in=ENDED)
        match self.due:
            case "overdue":
                return found.filter(due_on__lt=today)
            case "soon":
                return found.filter(due_on__range=(today, soon_until(today)))
            case "ontime":
                return found.filter(due_on__gte=today)
        return found

    def select(self, acting: Acting, today: dt.date) -> QuerySet[Case]:
        found = self.without_kind(acting, today)
        return found.filter(kind=self.kind) if self.kind else found


def counts_by_kind(cases_: QuerySet[Case]) -> dict[str, int]:
    return {row["kind"]: row["n"] for row in cases_.order_by().values("kind").annotate(n=Count("id"))}


def search(text: str) -> QuerySet[Case]:
    """By name, pinyin, initials or case number. An ID number is looked up by its blind index, see ``CaseFilter``."""
    wanted = text.strip()
    by_pinyin = wanted.lower().replace(" ", "")
    if not by_pinyin:
        return cases()
    if not by_pinyin.isascii():
        return cases().filter(name__contains=wanted)
    spelt = Q(name_initials__startswith=by_pinyin) | Q(name_pinyin__startswith=wanted.lower())
    squeezed = Replace("name_pinyin", Value(" "), Value(""))
    return (
        cases()
        .alias(squeezed=squeezed)
        .filter(spelt | Q(squeezed__startswith=by_pinyin) | Q(number=wanted.upper()) | Q(number__endswith=f"-{wanted}"))
    )


def checks_for_unit() -> QuerySet[OutsideCheck]:
    """The questions put to the acting department; the database shows no others."""
    return OutsideCheck.objects.filter(cancelled_at__isnull=True).order_by("answered_at", "due_on", "id")


def notices() -> QuerySet[Notice]:
    return Notice.objects.select_related("round").annotate(
        open_objections=Count("objections", filter=Q(objections__state=ObjectionState.OPEN))
    )


def running_notices(on: dt.date) -> QuerySet[Notice]:
    return Notice.objects.filter(state=NoticeState.PUBLISHED, starts_on__lte=on, ends_on__gte=on)


def open_objections() -> QuerySet[Objection]:
    return Objection.objects.filter(state=ObjectionState.OPEN).select_related("notice", "line__case").order_by("due_on")


def payment_lists() -> QuerySet[PaymentList]:
    return PaymentList.objects.select_related("round").annotate(lines=Count("payments"))


def payments_of(payment_list: PaymentList) -> QuerySet[Payment]:
    return Payment.objects.filter(list=payment_list).select_related("grant__case").order_by("id")


def payable_grants(round_: Round) -> QuerySet[Grant]:
    """Grants of a round that may go on a payment list: approved, on no running list, no open objection."""
    return (
        Grant.objects.filter(
            round=round_,
            state=GrantState.APPROVED,
            amount__isnull=False,
            case__state__in=registry.version(round_.programme, round_.version).workflow.before("list_payment"),
        )
        .exclude(payments__state__in=["LISTED", "PAID"])
        .exclude(case__notice_lines__objections__state=ObjectionState.OPEN)
        .select_related("case")
        .order_by("place", "id")
    )


@dataclass(frozen=True, slots=True)
class InLine:
    """A case in the order of waiting, and whether she waited in vain in an earlier round."""

    case: Case
    waited_before: bool


def order_of_waiting(round_: Round) -> list[InLine]:
    """The reported and waiting cases of a round, the first in line first, by the rule of the version."""
    line = []
    waiting = list(Case.objects.filter(standing_before("allocate"), round=round_).select_related("round"))
    again = waited_before([case.pk for case in waiting])
    for case in waiting:
        assert case.submitted_at is not None
        before = case.pk in again
        line.append(
            (version_of(case).rank(answers_of(case), Waiting(case.submitted_at, before, case.number)), case, before)
        )
    return [InLine(case, before) for _, case, before in sorted(line, key=itemgetter(0))]


def places_taken(round_: Round) -> int:
    """How many places of the quota are given away: allotted, on notice, objected to, granted."""
    workflow = registry.version(round_.programme, round_.version).workflow
    given = {*workflow.after("allocate"), *workflow.after("give_notice"), *workflow.after("object")}
    return (
        Case.objects.filter(round=round_, state__in=given).count()
        + Grant.objects.filter(round=round_, state__in=[GrantState.APPROVED, GrantState.PAID]).count()
    )


def file_objection(
    *,
    number: str,
    notice_id: int,
    line_order: int | None,
    text: str,
    contact: str,
    account_id: int,
    filed_at: dt.datetime,
    due_on: dt.date,
    today: dt.date,
) -> int | None:
    """Lay an objection before a running notice; None when it does not run. The objector may not read the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT programmes_file_objection(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                number,
                notice_id,
                line_order,
                sealing.seal(text, context="programmes_objection.text"),
                sealing.seal(contact, context="programmes_objection.contact") if contact else None,
                account_id,
                filed_at,
                due_on,
                today,
            ],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def waited_before(case_ids: Collection[int]) -> frozenset[int]:
    """Of these cases those whose woman was approved in an earlier round that ended without a grant for want of quota."""
    asked = Func("programme", "id_index", "pk", function="programmes_waited_before", output_field=BooleanField())
    return frozenset(
        Case.objects.filter(pk__in=case_ids).alias(before=asked).filter(before=True).values_list("pk", flat=True)
    )


def in_place(queryset: QuerySet[Case], code: str) -> QuerySet[Case]:
    """Narrow a list to a town or village chosen on screen; the reader's own range is the database's business."""
    lo, hi = codes.subtree(code)
    return queryset.filter(place__gte=lo, place__lt=hi)
