"""Named writes about women and their places: signing up, proving, accepting, leaving, being told."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from django.db import IntegrityError, transaction

from niangjia.access.acting import Acting, ActorKind
from niangjia.access.verbs import Verb
from niangjia.attendance import actions as attendance
from niangjia.attendance.actions import Entrant
from niangjia.core import clock, codes, identity
from niangjia.core.identity import IdentityError, IdNumber
from niangjia.core.outcome import Answer, Outcome, counted
from niangjia.core.refused import Refused
from niangjia.flow.kinds import Outcome as Verdict
from niangjia.people import actions as people
from niangjia.people import queries as people_queries
from niangjia.people.actions import Identity
from niangjia.people.kinds import Channel, Purpose
from niangjia.training import queries, rules
from niangjia.training.actions.common import locked_course, locked_enrolment, note, note_woman, require_state
from niangjia.training.kinds import (
    HELD,
    LIVE,
    OPEN,
    SEATED,
    Category,
    CourseState,
    Education,
    EnrolmentState,
    Intention,
)
from niangjia.training.models import Course, Enrolment, FollowUp, Particulars
from niangjia.training.rules import Applicant

CONSENT_TEXT: Final = "培训2026-1"
AT_ONCE: Final = 100  # rows of a list that are put down together


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a woman states. ``number`` is empty for one without a paper; then ``sex`` and ``birth`` are her word."""

    name: str
    number: str
    place: str
    phone: str = ""
    category: Category = Category.OTHER
    education: Education | None = None
    intention: Intention | None = None
    rural: bool | None = None
    away_months: int | None = None
    sex: str = ""
    birth: dt.date | None = None
    consent: bool = True
    publish: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """Her statement, read and cleaned."""

    said: SignUp
    number: IdNumber | None
    index: bytes | None


def _read(said: SignUp) -> _Read:
    """Read a statement. Raises Refused naming every field at fault."""
    wrong: dict[str, str] = {}
    number: IdNumber | None = None
    try:
        said = replace(said, name=identity.parse_name(said.name))
    except IdentityError as error:
        wrong["name"] = str(error)
    try:
        said = replace(said, phone=identity.parse_phone(said.phone)) if said.phone.strip() else said
    except IdentityError as error:
        wrong["phone"] = str(error)
    if said.number.strip():
        try:
            number = identity.parse_id(said.number)
        except IdentityError as error:
            wrong["number"] = str(error)
    elif said.birth is None:
        wrong["birth"] = "没有身份证号的，请填写出生日期。"
    if said.birth is not None and said.birth > clock.today():
        wrong["birth"] = "出生日期不能晚于今天。"
    if not codes.is_code(said.place) or codes.level_of(said.place) is not codes.Level.VILLAGE:
        wrong["place"] = "请选择所在的村（社区）。"
    if not said.consent:
        wrong["consent"] = "须征得本人同意，才能登记和使用这些信息。"
    if wrong:
        raise Refused("还没有报上名，请改正标出的地方。", wrong)
    return _Read(said, number, people_queries.id_index(number.number) if number else None)


@transaction.atomic
def enrol(*, course_id: int, who: SignUp, by: Acting, token: uuid.UUID | None = None) -> Enrolment:
    """Sign a woman up: she herself on the portal, or her village for her. With no seat left she waits.

    Sent twice (the same ``token``) it is once. What the rules say is kept with her row and refuses nobody here: who does
    not fulfil them is told so and may be refused by the class. Raises Refused naming the fields at fault.
    """
    own = by.kind is ActorKind.RESIDENT
    by.require(Verb.APPLY if own else Verb.TRAINING_ENROL)
    token = token or uuid.uuid4()
    if known := Enrolment.objects.filter(token=token).first():
        return known
    desk = _Desk(Course.objects.select_related("unit").get(pk=course_id), by)
    found = desk.put_down({token: who})[token]
    if isinstance(found, Refused):
        raise found
    if found is None:
        if known := Enrolment.objects.filter(token=token).first():
            return known
        raise Refused("这个身份证号已经报了这个班，不用再报。", {"number": "已经报过。"})
    return found


class _Desk:
    """Where women sign up for one class, one or a whole list. Raises Refused when it is closed."""

    def __init__(self, course: Course, by: Acting) -> None:
        self.course, self.by, self.own = course, by, by.kind is ActorKind.RESIDENT
        require_state(course, *((CourseState.ENROLLING,) if self.own else OPEN))
        if course.enrol_until < clock.today():
            raise Refused(f"报名已于{course.enrol_until:%m月%d日}截止。")
        self.limits = queries.standard(course.kind, course.starts_on).limits

    def put_down(self, listed: Mapping[uuid.UUID, SignUp]) -> dict[uuid.UUID, Enrolment | Refused | None]:
        """By token her row, with what she stated and agreed to; why she cannot be put down; None when she is in the class.

        But for the consents and the trail, the number of statements does not depend on theirs.
        """
        found: dict[uuid.UUID, Enrolment | Refused | None] = dict.fromkeys(listed)
        read: dict[uuid.UUID, _Read] = {}
        for token, said in listed.items():
            try:
                read[token] = self._read(said)
            except Refused as refused:
                found[token] = refused
        rows = self._seat(read)
        self._state(rows, read)
        for row in rows:
            self._agree(row, read[row.token].said)
            found[row.token] = row
        return found

    def _read(self, said: SignUp) -> _Read:
        if not self.own and not codes.contains(self.by.place, said.place):
            raise Refused("只能代本辖区的妇女报名。", {"place": "请重新选择。"})
        return _read(said)

    def _seat(self, read: Mapping[uuid.UUID, _Read]) -> list[Enrolment]:
        """The rows of those who were not in the class, in the order given; who finds no seat waits."""
        by, course = self.by, self.course
        left = course.capacity - queries.seats(course.pk)[0]
        known = {
            token: Identity(one.said.name, one.number.number, one.said.place, one.said.phone)
            for token, one in read.items() if one.number
        }  # fmt: skip
        persons = dict(zip(known, people.ensure_each(list(known.values())), strict=True))
        rows = [
            Enrolment(
                course=course, person_id=persons.get(token), id_index=one.index, name=one.said.name, place=one.said.place,
                office_place=course.unit.place, filed_by_account=by.account_id, helper="" if self.own else by.person_name[:60],
                state=EnrolmentState.APPLIED if at < left else EnrolmentState.WAITING, filed_at=clock.now(), token=token,
            )
            for at, (token, one) in enumerate(read.items())
        ]  # fmt: skip
        Enrolment.objects.bulk_create(rows, ignore_conflicts=True)
        # Of those with these tokens, the ones just made have not stated anything yet.
        made = {row.token: row for row in Enrolment.objects.filter(token__in=read, facts__isnull=True)}
        rows = [made[token] for token in read if token in made]
        for row in rows[: max(left, 0)]:
            if row.state == EnrolmentState.WAITING:  # somebody before her was in the class already
                row.state = EnrolmentState.APPLIED
                row.save(update_fields=["state"])
        return rows

    def _state(self, rows: Sequence[Enrolment], read: Mapping[uuid.UUID, _Read]) -> None:
        """What they stated, and what the rules say of it."""
        course = self.course
        taken = queries.taken([bytes(row.id_index) for row in rows if row.id_index], course.pk)
        dead = {} if self.own else people_queries.dead_among([row.person_id for row in rows if row.person_id])
        for row in rows:
            row.course, one = course, read[row.token]
            said, number = one.said, one.number
            applicant = Applicant(
                sex=number.sex if number else said.sex or None, birth=number.birth if number else said.birth,
                rural=said.rural, away_months=said.away_months, taken=taken.get(one.index or b"", ()),
                died_on=dead.get(row.person_id or 0),
            )  # fmt: skip
            findings = rules.eligible(applicant, self.limits, course.starts_on)
            row.facts = Particulars(
                enrolment=row, sex=applicant.sex or "", birth=applicant.birth, phone=said.phone or None,
                phone_index=people_queries.phone_index(said.phone) if said.phone else None, category=said.category,
                education=said.education or "", intention=said.intention or "", rural=said.rural, away_months=said.away_months,
                findings=[asdict(one) for one in findings], verdict=rules.verdict(findings), place=row.place,
                office_place=row.office_place, filed_by_account=self.by.account_id,
            )  # fmt: skip
        Particulars.objects.bulk_create([row.facts for row in rows])

    def _agree(self, row: Enrolment, said: SignUp) -> None:
        people.give_consents(
            person_id=row.person_id, purposes=[Purpose.APPLY, *([Purpose.PUBLISH] if said.publish else [])],
            text_version=CONSENT_TEXT, channel=Channel.PORTAL if self.own else Channel.HELPER, helper=row.helper,
            subject=row.about, account_id=self.by.account_id, place=row.place,
        )  # fmt: skip
        note_woman("enrol", row, by=self.by, state=row.state, verdict=row.facts.verdict)


@transaction.atomic
def prove(
    *,
    enrolment_id: int,
    proof: str,
    by: Acting,
    rural: bool | None = None,
    away_months: int | None = None,
    number: str = "",
) -> Enrolment:
    """Her village or town looked at papers: what it saw, and a number she did not have when she signed up."""
    by.require(Verb.TRAINING_ENROL)
    enrolment = locked_enrolment(enrolment_id)
    if not codes.contains(by.place, enrolment.place):
        raise Refused("由她所在的村（社区）或镇街核实。")
    if enrolment.state not in LIVE:
        raise Refused(f"她现在是“{enrolment.get_state_display()}”，不用再核实。")
    if len(proof.strip()) < 2:
        raise Refused("请写明看了什么材料。", {"proof": "请填写，例如：户口簿、外出务工合同。"})
    facts = enrolment.facts
    if number.strip():
        _give_number(enrolment, facts, number)
    facts.rural = rural if rural is not None else facts.rural
    facts.away_months = away_months if away_months is not None else facts.away_months
    _judge([enrolment])
    facts.proved_by, facts.proof = by.signature, proof.strip()[:120]
    facts.save()
    note_woman("prove", enrolment, by=by, verdict=facts.verdict, proof=facts.proof)
    return enrolment


def _give_number(enrolment: Enrolment, facts: Particulars, number: str) -> None:
    try:
        parsed = identity.parse_id(number)
    except IdentityError as error:
        raise Refused(str(error), {"number": str(error)}) from error
    if enrolment.id_index is not None:
        raise Refused("她的身份证号已登记，填错的请取消报名后重新报。", {"number": "已登记。"})
    facts.sex, facts.birth = parsed.sex, parsed.birth
    enrolment.id_index = people_queries.id_index(parsed.number)
    enrolment.person_id = people.ensure_person(Identity(enrolment.name, parsed.number, enrolment.place))
    try:
        with transaction.atomic():
            enrolment.save(update_fields=["id_index", "person"])
    except IntegrityError as error:
        raise Refused("这个身份证号已经在这个班里。", {"number": "与另一人重复，请核对。"}) from error


def _judge(women: Sequence[Enrolment]) -> set[int]:
    """Ask the rules again, of women of one class, with what is known now; the ids of those of whom they say something else.

    Nothing is saved.
    """
    if not women:
        return set()
    changed = set()
    course = women[0].course
    limits = queries.standard(course.kind, course.starts_on).limits
    taken = queries.taken([bytes(one.id_index) for one in women if one.id_index], course.pk)
    dead = people_queries.dead_among([one.person_id for one in women if one.person_id])
    for one in women:
        facts = one.facts
        applicant = Applicant(
            sex=facts.sex or None, birth=facts.birth, rural=facts.rural, away_months=facts.away_months,
            taken=taken.get(bytes(one.id_index or b""), ()), died_on=dead.get(one.person_id or 0),
        )  # fmt: skip
        findings = rules.eligible(applicant, limits, course.starts_on)
        said = [asdict(finding) for finding in findings]
        if said != facts.findings:
            facts.findings, facts.verdict = said, rules.verdict(findings)
            changed.add(one.pk)
    return changed


# ---------------------------------------------------------------- taking in and letting go


@transaction.atomic
def accept(*, enrolment_id: int, by: Acting) -> Enrolment:
    """Give her a seat; she stands on the roster from now on. Raises Refused when there is none or a rule stands against it."""
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(Enrolment.objects.values_list("course_id", flat=True).get(pk=enrolment_id))
    enrolment = locked_enrolment(enrolment_id)
    require_state(course, *OPEN)
    if not rules.may_step(enrolment.state, EnrolmentState.ACCEPTED):
        raise Refused(f"她现在是“{enrolment.get_state_display()}”，不能录取。")
    if _seats_left(course) < 1:
        raise Refused(f"{course.capacity}个名额已满，有人退出后再录取。")
    changed = _judge([enrolment])
    if enrolment.facts.verdict != Verdict.PASS:
        raise Refused(f"不能录取。{rules.reasons(queries.findings_of(enrolment))}。")
    _take_in(course, [enrolment], changed, by)
    return enrolment


@transaction.atomic
def accept_all(*, course_id: int, by: Acting) -> tuple[int, int]:
    """Take in everybody the rules have nothing against, in the order they signed up, while there are seats.

    Returns how many were taken in and how many could not be.
    """
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(course_id)
    require_state(course, *OPEN)
    waiting = list(
        queries.applicants(course.pk)
        .filter(state__in=[EnrolmentState.APPLIED, EnrolmentState.WAITING])
        .select_related("course", "facts")
    )
    changed = _judge(waiting)
    fit = [one for one in waiting if one.facts.verdict == Verdict.PASS][: max(_seats_left(course), 0)]
    if fit:
        _take_in(course, fit, changed, by)
    return len(fit), len(waiting) - len(fit)


def _seats_left(course: Course) -> int:
    return course.capacity - Enrolment.objects.filter(course=course, state__in=SEATED).count()


def _take_in(course: Course, women: Sequence[Enrolment], changed: Collection[int], by: Acting) -> None:
    """Seat women who fit and put them on the roster, at once; keep what the rules say of those of whom it ``changed``."""
    entrants = attendance.join_many(
        subject=course.about, place=course.place, by=by,
        entrants=[Entrant(one.name, one.person_id, one.place) for one in women],
    )  # fmt: skip
    state = EnrolmentState.ATTENDING if course.state == CourseState.RUNNING else EnrolmentState.ACCEPTED
    now = clock.now()
    for woman, entrant in zip(women, entrants, strict=True):
        woman.participant, woman.state, woman.accepted_at = entrant, state, now
        note_woman("accept", woman, by=by)
    Enrolment.objects.filter(pk__in=[one.pk for one in women]).update(state=state, accepted_at=now)
    Enrolment.objects.bulk_update(women, ["participant"])
    Particulars.objects.bulk_update([one.facts for one in women if one.pk in changed], ["findings", "verdict"])


@transaction.atomic
def refuse(*, enrolment_id: int, reason: str, by: Acting) -> Enrolment:
    """She is not taken in, and reads why."""
    by.require(Verb.TRAINING_MANAGE)
    return _end(enrolment_id, EnrolmentState.REFUSED, reason, by)


@transaction.atomic
def drop(*, enrolment_id: int, reason: str, by: Acting) -> Enrolment:
    """She leaves the class after she was taken in; what she attended stays."""
    by.require(Verb.TRAINING_MANAGE)
    enrolment = _end(enrolment_id, EnrolmentState.DROPPED, reason, by)
    if enrolment.participant_id is not None:
        attendance.leave(participant_id=enrolment.participant_id, reason=reason, by=by)
    return enrolment


def _end(enrolment_id: int, wanted: EnrolmentState, reason: str, by: Acting) -> Enrolment:
    if len(reason.strip()) < 2:
        raise Refused("请写明原因，她会看到。", {"reason": "请写明原因。"})
    enrolment = locked_enrolment(enrolment_id)
    if not rules.may_step(enrolment.state, wanted):
        raise Refused(f"她现在是“{enrolment.get_state_display()}”，不能改为“{wanted.label}”。")
    enrolment.state, enrolment.why, enrolment.ended_on = wanted, reason.strip()[:120], clock.today()
    enrolment.save(update_fields=["state", "why", "ended_on"])
    note_woman(wanted.lower(), enrolment, by=by, reason=enrolment.why)
    return enrolment


@transaction.atomic
def withdraw(*, enrolment_id: int, by: Acting) -> Enrolment:
    """She, or the village for her, takes her name off before the class begins. Twice does no harm."""
    own = by.kind is ActorKind.RESIDENT
    by.require(Verb.APPLY if own else Verb.TRAINING_ENROL)
    enrolment = Enrolment.objects.select_related("course").get(pk=enrolment_id)
    if enrolment.state == EnrolmentState.WITHDRAWN:
        return enrolment
    if not rules.may_step(enrolment.state, EnrolmentState.WITHDRAWN):
        raise Refused(f"现在是“{enrolment.get_state_display()}”，不能取消报名；有变化请打班次的咨询电话。")
    enrolment.state, enrolment.why, enrolment.ended_on = EnrolmentState.WITHDRAWN, "本人取消报名", clock.today()
    enrolment.save(update_fields=["state", "why", "ended_on"])
    note_woman("withdraw", enrolment, by=by)
    return enrolment


@transaction.atomic
def hide_name(*, enrolment_id: int, by: Acting) -> int:
    """She takes back that her name is shown where her certificate is looked up (个人信息保护法 art. 15); her village may for
    her. Returns how many consents that were; again it is none."""
    by.require(Verb.APPLY if by.kind is ActorKind.RESIDENT else Verb.TRAINING_ENROL)
    enrolment = Enrolment.objects.select_related("course").get(pk=enrolment_id)
    standing = list(
        people_queries.consents_about(enrolment.about).filter(purpose=Purpose.PUBLISH, withdrawn_at__isnull=True)
    )
    for consent in standing:
        people.withdraw_consent(consent=consent)
    if standing:
        note_woman("hide_name", enrolment, by=by)
    return len(standing)


def move_open(old: str, into: str) -> int:
    """Women on their way, calls not made and classes not over go on in the heir of a merged place; what is done stays."""
    women = Enrolment.objects.filter(place=old, state__in=LIVE)
    Particulars.objects.filter(enrolment__in=women).update(place=into)
    moved = women.update(place=into)
    moved += FollowUp.objects.filter(place=old, done_on__isnull=True).update(place=into)
    open_ = Course.objects.filter(place=old).exclude(state__in=[*HELD, CourseState.CANCELLED])
    return moved + open_.update(place=into)


@transaction.atomic
def told(*, enrolment_id: int, by: Acting) -> Enrolment:
    """She was told that her class does not take place: once, by whom and when. Again changes nothing."""
    by.require(Verb.TRAINING_ENROL, Verb.TRAINING_MANAGE)
    enrolment = locked_enrolment(enrolment_id)
    if enrolment.course.state != CourseState.CANCELLED:
        raise Refused("这个班没有取消，不用通知。")
    if enrolment.told_at is None:
        enrolment.told_at, enrolment.told_by = clock.now(), by.signature
        enrolment.save(update_fields=["told_at", "told_by"])
        note_woman("told", enrolment, by=by)
    return enrolment


@transaction.atomic
def reveal_phone(*, enrolment_id: int, by: Acting) -> str:
    """Her telephone in full, to call her; the trail says who read it."""
    by.require(Verb.REVEAL_IDENTITY, Verb.TRAINING_FOLLOW_UP)
    enrolment = queries.enrolment(enrolment_id)
    phone = enrolment.facts.phone.reveal() if enrolment.facts.phone else ""
    note_woman("phone", enrolment, by=by)
    return phone


# ---------------------------------------------------------------- a list from Excel


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list of names: its number in the file, what it says."""

    number: int
    who: SignUp


@transaction.atomic
def enrol_list(*, course_id: int, rows: Sequence[Row], by: Acting, report: Callable[[int], None]) -> dict[int, Answer]:
    """Sign up a list; the answer of each row by its number. A wrong row changes nothing, the others stand."""
    by.require(Verb.TRAINING_ENROL)
    course = queries.course(course_id)
    desk = _Desk(course, by)
    answers: dict[int, Answer] = {}
    for done in range(0, len(rows), AT_ONCE):
        report(done)
        part = {uuid.uuid4(): row for row in rows[done : done + AT_ONCE]}
        for token, found in desk.put_down({token: row.who for token, row in part.items()}).items():
            answers[part[token].number] = _answer(found)
    note("enrol.list", course, by=by, rows=len(rows), **counted(answer.outcome for answer in answers.values()))
    return answers


def _answer(found: Enrolment | Refused | None) -> Answer:
    if found is None:
        return Answer(Outcome.SAME, "number")
    if isinstance(found, Refused):
        return Answer(Outcome.REFUSED, *next(iter(found.fields.items()), ("name", str(found))))
    waits = "名额已满，排在候补" if found.state == EnrolmentState.WAITING else ""
    return Answer(Outcome.ADDED, "", "；".join(filter(None, (waits, rules.reasons(queries.findings_of(found))))))
