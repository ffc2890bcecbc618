"""From the first line on a phone to the last visit: what applicants, villages, towns and the district do to one case."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, identity, text
from niangjia.core.numbers import next_number
from niangjia.files.models import StoredFile
from niangjia.flow.kinds import StateKind
from niangjia.intake.sheet import Sensitivity
from niangjia.people import actions as people
from niangjia.people import queries as people_queries
from niangjia.people.kinds import Channel, Purpose
from niangjia.programmes import queries, registry
from niangjia.programmes.actions.acts import take
from niangjia.programmes.actions.checks import ask
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.steps import locked, touch
from niangjia.programmes.definition import Version
from niangjia.programmes.kinds import RoundState
from niangjia.programmes.models import Attachment, Case, Round, Step

DRAFTS_A_ROUND = 5
SUBMITTING = frozenset({"submit", "submit_for", "resubmit", "resubmit_for"})


@transaction.atomic
def start(*, round_: Round, place: str, by: Acting, helper: str = "", answers: Mapping[str, Any] | None = None) -> Case:
    """Begin an application. A village chair who fills in for a woman names herself as helper (代填)."""
    by.require(Verb.APPLY if by.kind is ActorKind.RESIDENT else Verb.CASE_ENTER)
    today = clock.today()
    if round_.state != RoundState.OPEN or not round_.opens_on <= today <= round_.closes_on:
        raise Refused(f"“{round_.title}”的受理期是{round_.opens_on}至{round_.closes_on}，现在不能申请。")
    begun = Case.objects.filter(round=round_, filed_by_account=by.account_id, kind=StateKind.DRAFT).count()
    if by.kind is ActorKind.RESIDENT and begun >= DRAFTS_A_ROUND:
        raise Refused(f"您在本批次已有{begun}份没有提交的申请，请先提交或撤回其中一份。")
    programme = registry.programme(round_.programme)
    version = programme.version(round_.version)
    if not (version.on_portal if by.kind is ActorKind.RESIDENT else version.at_desk):
        raise Refused(f"“{programme.name}”由{'、'.join(way.label for way in sorted(version.forward))}，不在这里提出。")
    _require_range(place, by)
    now = clock.now()
    case = Case(
        number=next_number("programmes", f"{programme.number_prefix}{round_.year}-{codes.town_of(place)[:9]}"),
        round=round_,
        programme=round_.programme,
        version=round_.version,
        place=place,
        state=version.workflow.initial,
        kind=version.workflow.state(version.workflow.initial).kind,
        filed_by_account=by.account_id,
        entered_by_post=by.post_id,
        helper=helper,
        created_at=now,
        arrived_at=now,
    )
    _fill(case, {version.bindings.place: place, **(answers or {})})
    case.save()
    touch(case, by=by, verb="case.start", label="开始填写", summary={"helper": helper})
    return case


def _require_range(place: str, by: Acting) -> None:
    if by.kind is ActorKind.DESK and not codes.contains(by.place, place):
        raise Refused(
            f"只能为“{by.unit_name}”范围内的户籍代填，请她向户籍所在村（社区）申请。",
            {"place": "不在您的范围内。"},
        )


def _fill(case: Case, answers: Mapping[str, Any]) -> None:
    """Put answers into the open part, the sealed part, and the columns they stand for."""
    version = queries.version_of(case)
    bound = version.bindings
    plain, secret = version.sheet.split(answers)
    case.answers = plain
    case.sealed_answers = json.dumps(secret, ensure_ascii=False)
    case.name = str(answers.get(bound.name, ""))[:40]
    case.name_pinyin = text.pinyin_key(case.name)
    case.name_initials = text.initials(case.name)
    case.category = str(answers.get(bound.category, ""))
    case.title = str(answers.get(bound.title, ""))[:80]
    case.household_key = queries.household_key(version, answers)
    case.place = str(answers.get(bound.place) or case.place)
    number = answers.get(bound.id_number)
    case.id_index = people_queries.id_index(identity.parse_id(str(number)).number) if number else None
    if bound.amount:
        case.amount = Decimal(str(answers[bound.amount])) if answers.get(bound.amount) else None
    elif case.amount is None:
        case.amount = case.round.amount


@transaction.atomic
def save_answers(*, case_id: int, answers: Mapping[str, Any], by: Acting, revision: int | None = None) -> Case:
    """Save part of the form; what is not in ``answers`` stays. Only drafts and returned cases may be changed."""
    case = locked(case_id, revision=revision)
    _require_editor(case, by)
    if case.state_kind not in (StateKind.DRAFT, StateKind.RETURNED):
        raise Refused("申请提交后不能再修改。如需更正，请村（社区）妇联主席退回补正。")
    known = queries.answers_of(case)
    changed = sorted(key for key, value in answers.items() if known.get(key) != value)
    if not changed:
        return case
    before = case.place, case.id_index
    _fill(case, {**known, **answers})
    _require_range(case.place, by)
    if case.person_id and case.id_index and before[1] != case.id_index:
        case.person_id = people.ensure_person(_identity(case, {**known, **answers}))
    _move_papers(case, before[0])
    case.save()
    labels = {field.key: field.label for field in queries.version_of(case).sheet}
    touch(
        case,
        by=by,
        verb="case.save",
        label="保存填写内容",
        note="、".join(labels[key] for key in changed if key in labels),
    )
    return case


def _move_papers(case: Case, before: str) -> None:
    """Her papers lie where she is registered: the village she names must be able to see them."""
    if case.place == before:
        return
    papers = Attachment.objects.filter(case=case)
    StoredFile.objects.filter(pk__in=papers.values("file")).update(place=case.place)
    papers.update(place=case.place)


def _require_editor(case: Case, by: Acting) -> None:
    if by.kind is ActorKind.RESIDENT:
        by.require(Verb.APPLY)
        if case.filed_by_account != by.account_id:
            raise Refused("这份申请不是由您的手机号填写的。")
    else:
        by.require(Verb.CASE_ENTER)


def _identity(case: Case, answers: Mapping[str, Any]) -> people.Identity:
    bound = queries.version_of(case).bindings
    number = identity.parse_id(str(answers[bound.id_number])).number
    try:
        phone = identity.parse_phone(str(answers.get(bound.phone) or ""))
    except identity.IdentityError:
        phone = ""
    return people.Identity(case.name, number, case.place, phone, case.household_key)


@transaction.atomic
def submit(*, case_id: int, by: Acting, revision: int | None = None) -> Case:
    """Hand the application in. Raises Refused naming every missing answer and paper; consents become records.

    Submitting twice changes nothing: the second call finds the case already submitted and returns it.
    """
    case = locked(case_id, revision=None)
    version = queries.version_of(case)
    if case.submitted_at and case.state in (*version.workflow.after("submit"), *version.workflow.after("submit_for")):
        return case
    if revision is not None and case.revision != revision:
        locked(case_id, revision=revision)
    answers = queries.answers_of(case)
    missing = {field.key: f"请填写“{field.label}”。" for field in version.sheet.missing(answers)}
    if missing:
        raise Refused(f"还有{len(missing)}处没有填写。", missing)
    own = by.kind is ActorKind.RESIDENT
    _require_papers(case, strict=own)
    first = case.submitted_at is None
    if case.id_index is not None:
        case.person_id = people.ensure_person(_identity(case, answers))
    _refuse_second_open(case)
    if first:
        people.give_consents(
            person_id=case.person_id,
            purposes=_consented(version, answers),
            text_version=version.consent_version,
            channel=Channel.PORTAL if own else Channel.HELPER,
            helper=case.helper,
            subject=f"case:{case.pk}",
            account_id=by.account_id,
            place=case.place,
        )
    key = ("submit" if own else "submit_for") if first else ("resubmit" if own else "resubmit_for")
    changes = {"submitted_at": clock.now()} if first else None
    try:
        with transaction.atomic():
            take(case, key, by=by, changes=changes)
            return case
    except IntegrityError as error:  # two hands at the same moment: the database lets one through
        raise _second_open() from error


def _consented(version: Version, answers: Mapping[str, Any]) -> list[Purpose]:
    """What was agreed to: a ticked box, or a “yes”."""
    return [Purpose(purpose) for key, purpose in version.consents.items() if answers.get(key) in (True, "yes")]


def _require_papers(case: Case, *, strict: bool) -> None:
    """A resident uploads what is required; a helper may instead show the originals at the village."""
    if not strict:
        return
    present = set(Attachment.objects.filter(case=case, removed_at__isnull=True).values_list("kind", flat=True))
    wanted = [kind for kind in queries.version_of(case).sheet.attachments if kind.required and kind.key not in present]
    if wanted:
        raise Refused(
            "还缺这些材料："
            + "、".join(kind.label for kind in wanted)
            + "。拍照上传，或请村（社区）妇联主席代为提交。",
            {kind.key: f"请上传“{kind.label}”。" for kind in wanted},
        )


def _refuse_second_open(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT programmes_open_elsewhere(%s, %s, %s)", [case.round_id, case.id_index, case.pk])
        row = cursor.fetchone()
        if row and row[0]:
            raise _second_open()
        if queries.version_of(case).per_household and case.household_key:
            cursor.execute(
                "SELECT programmes_household_in_hand(%s, %s, %s)", [case.round_id, case.household_key, case.pk]
            )
            row = cursor.fetchone()
            if row and row[0]:
                raise Refused("本批次中这一户已有一份在办理，不能重复提出。")


def _second_open() -> Refused:
    return Refused("本批次中这个身份证号码已有一份申请在办理，不能重复申请。", {"id_number": "该号码已有申请在办理。"})


@transaction.atomic
def attach(*, case_id: int, kind: str, file: StoredFile, by: Acting) -> Attachment:
    """Add a paper to a case, within the number its kind allows."""
    case = locked(case_id, revision=None)
    _require_editor(case, by)
    if by.kind is ActorKind.RESIDENT and case.state_kind not in (StateKind.DRAFT, StateKind.RETURNED):
        raise Refused("申请提交后不能再加材料。如需补充，请村（社区）妇联主席退回补正。")
    wanted = next((k for k in queries.version_of(case).sheet.attachments if k.key == kind), None)
    if wanted is None:
        raise Refused("没有这种材料。")
    if Attachment.objects.filter(case=case, kind=kind, removed_at__isnull=True).count() >= wanted.most:
        raise Refused(f"“{wanted.label}”最多上传{wanted.most}份，请先删去一份。")
    attachment = Attachment.objects.create(
        case=case, kind=kind, file=file, place=case.place, filed_by_account=by.account_id
    )
    touch(case, by=by, verb="case.attach", label=f"上传{wanted.label}", summary={"file": str(file.pk)})
    return attachment


@transaction.atomic
def detach(*, attachment_id: int, by: Acting) -> None:
    """Take a paper off; the file itself is kept with the record until retention ends it."""
    attachment = Attachment.objects.select_related("case").get(pk=attachment_id)
    case = locked(attachment.case_id, revision=None)
    _require_editor(case, by)
    if case.state_kind not in (StateKind.DRAFT, StateKind.RETURNED):
        raise Refused("申请提交后不能删除材料。")
    if attachment.removed_at is None:
        attachment.removed_at = clock.now()
        attachment.save(update_fields=["removed_at"])
        touch(case, by=by, verb="case.detach", label="删去一份材料", summary={"file": str(attachment.file_id)})


@transaction.atomic
def step(
    *,
    case_id: int,
    key: str,
    by: Acting,
    revision: int | None,
    reason: str = "",
    note: str = "",
    answers: Mapping[str, Any] | None = None,
    files: Iterable[tuple[str, StoredFile]] = (),
) -> Case:
    """A step taken by hand on one case, with the answers and files (kind and file) of the step's own sheet.

    Handing in and asking the departments are more than a change of state and go their own way from here. Steps with a
    form of the engine (``Transition.form``), and those taken for a whole round, have their own action.
    """
    if key in SUBMITTING:
        return submit(case_id=case_id, by=by, revision=revision)
    if key == "ask":
        return ask(case_id=case_id, by=by, revision=revision)
    case = locked(case_id, revision=revision)
    if by.kind is ActorKind.RESIDENT:
        _require_editor(case, by)
    transition = queries.version_of(case).workflow.transition(key)
    if transition.automatic or transition.form or transition.bulk:
        raise Refused(f"“{transition.label}”不能在这里办理。")
    taken = take(case, key, by=by, reason=reason, note=note, answers=answers)
    if key == "recall":
        case.checks.filter(answered_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=clock.now())
    for kind, file in files:
        _hang(case, taken, kind, file, by)
    return case


def _hang(case: Case, taken: Step, kind: str, file: StoredFile, by: Acting) -> None:
    """A file that came with a step: a signature, a reply card. Raises Refused for a kind the step does not ask for."""
    sheet = queries.version_of(case).act(taken.key).sheet
    if kind not in {wanted.key for wanted in (sheet.attachments if sheet else ())}:
        raise Refused("没有这种材料。")
    Attachment.objects.create(
        case=case, step=taken, kind=kind, file=file, place=case.place, filed_by_account=by.account_id
    )


@transaction.atomic
def verify(*, case_id: int, by: Acting, revision: int | None, seen: list[int], opinion: str) -> Case:
    """The village saw the originals (原件核对) and gives its opinion; each paper is marked with who saw it."""
    case = locked(case_id, revision=revision)
    sheet = queries.version_of(case).sheet
    papers = list(Attachment.objects.filter(case=case, removed_at__isnull=True))
    unseen = [p for p in papers if p.pk not in seen and not p.seen_original_by]
    if unseen:
        labels = {kind.key: kind.label for kind in sheet.attachments}
        raise Refused("请逐一核对原件：" + "、".join(sorted({labels[p.kind] for p in unseen})) + "还没有勾选。")
    if not opinion.strip():
        raise Refused("请填写村（社区）意见。", {"note": "请填写意见。"})
    Attachment.objects.filter(pk__in=seen, case=case).update(seen_original_by=by.signature)
    take(case, "verify", by=by, note=opinion)
    return case


@transaction.atomic
def record_death(*, case_id: int, by: Acting, revision: int | None, died_on: dt.date, note: str = "") -> Case:
    """The applicant died before payment: the case ends, the money is not paid, heirs do not step in [K-]."""
    if died_on > clock.today():
        raise Refused("去世日期不能晚于今天。", {"died_on": "请核对日期。"})
    case = locked(case_id, revision=revision)
    take(case, "record_death", by=by, note=note)
    if case.person_id:
        people.record_death(person_id=case.person_id, died_on=died_on)
    return case


@transaction.atomic
def correct_account(*, case_id: int, by: Acting, revision: int | None, holder: str, bank: str, card: str) -> Case:
    """After the bank sent the money back: a new account, which must be the woman's own."""
    case = locked(case_id, revision=revision)
    if by.kind is ActorKind.RESIDENT:
        _require_editor(case, by)
    if not bank.strip():
        raise Refused("请填写开户银行。", {"bank": "请填写开户银行。"})
    if holder != case.name:
        raise Refused("收款账户须是申请人本人的。", {"card_holder": f"户名应为“{case.name}”。"})
    bound = queries.version_of(case).bindings
    _fill(case, {**queries.answers_of(case), bound.card_holder: holder, bound.bank: bank, bound.card: card})
    key = "correct_own_account" if by.kind is ActorKind.RESIDENT else "correct_account"
    take(case, key, by=by, note="已更正收款账户")
    return case


def reveal(*, case_id: int, field: str, why: str, by: Acting) -> str:
    """Open one sealed answer for a stated reason; the trail keeps who, what, why, and not the value."""
    case = queries.case_for(case_id)
    declared = queries.version_of(case).sheet.field(field)
    needed = {
        Sensitivity.IDENTITY: Verb.REVEAL_IDENTITY,
        Sensitivity.BANK: Verb.REVEAL_BANK,
        Sensitivity.HEALTH: Verb.HEALTH_READ,
    }.get(declared.sensitivity)
    if needed:
        by.require(needed)
    if len(why.strip()) < 4:
        raise Refused("请写明查看原因（至少4个字）。", {"why": "请写明查看原因。"})
    record(
        by=by,
        stream=f"case:{case.pk}",
        verb="people.reveal",
        place=case.place,
        summary={"number": case.number, "field": field, "label": declared.label, "why": why.strip()},
    )
    return str(queries.answers_of(case).get(field, ""))
