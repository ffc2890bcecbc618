"""Asking partner departments, and what becomes of their answers."""

from __future__ import annotations

import json

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.intake.show import text_of
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.programmes import later, queries
from niangjia.programmes.actions.acts import take
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.steps import locked, touch
from niangjia.programmes.kinds import Answer
from niangjia.programmes.models import Case, OutsideCheck

CHECK_WORKDAYS = 10


@transaction.atomic
def ask(*, case_id: int, by: Acting, revision: int | None) -> Case:
    """Put every question of the programme that has no answer yet; each department is shown only what it needs.

    The consent to share was given with the application (个人信息保护法 art. 23); every transfer is in the trail.
    """
    case = locked(case_id, revision=revision)
    version = queries.version_of(case)
    answers = queries.answers_of(case)
    now = clock.now()
    due = org.calendar().add_workdays(clock.today(), CHECK_WORKDAYS)
    answered = set(case.checks.filter(cancelled_at__isnull=True).values_list("key", flat=True))
    open_questions = [check for check in version.checks if check.key not in answered]
    if not open_questions:
        raise Refused("部门核验都已答复。如需重新核验某一项，请先在该项上点“重新核验”。")
    for check in open_questions:
        try:
            unit = org.partner(check.unit_name)
        except Unit.DoesNotExist as error:
            raise Refused(f"组织架构中没有“{check.unit_name}”，请先由系统管理员添加该成员单位。") from error
        fields = [version.sheet.field(key) for key in check.shows]
        shared = [
            [field.label, text_of(field, answers[field.key], org.place_name)]
            for field in fields
            if answers.get(field.key) not in (None, "", [])
        ]
        OutsideCheck.objects.create(
            case=case,
            unit=unit,
            key=check.key,
            question=check.question,
            case_number=case.number,
            shared=json.dumps(shared, ensure_ascii=False),
            asked_at=now,
            due_on=due,
            place=case.place,
        )
        record(
            by=by,
            stream=f"case:{case.pk}",
            verb="case.share",
            place=case.place,
            summary={"number": case.number, "unit": unit.short_name, "fields": [field.label for field in fields]},
        )
    take(case, "ask", by=by)
    return case


def shared_with(check: OutsideCheck, *, by: Acting) -> list[tuple[str, str]]:
    """What the department is shown. Opening it is recorded: it holds an ID number."""
    record(
        by=by,
        stream=f"check:{check.pk}",
        verb="check.open",
        place=check.place,
        summary={"number": check.case_number, "question": check.question},
    )
    return [(label, text) for label, text in json.loads(check.shared.reveal())]


@transaction.atomic
def answer(*, check_id: int, answer: Answer, remark: str, by: Acting) -> OutsideCheck:
    """The department answers yes, no, or with a remark. An answer may be corrected until the case moves on."""
    by.require(Verb.CHECK_ANSWER)
    mine = OutsideCheck.objects.filter(cancelled_at__isnull=True)
    if mine.get(pk=check_id).settled_at is not None:  # a settled one cannot be locked: the database would hide it
        raise Refused("区妇联已据此继续办理，答复不能再改。如需更正请电话联系区妇联。")
    check = mine.select_for_update(of=("self",)).get(pk=check_id)
    if answer in (Answer.NO, Answer.REMARK) and not remark.strip():
        raise Refused("选择“不符”或“需说明”时请写明情况。", {"remark": "请写明情况。"})
    check.answer, check.remark = answer, remark.strip()
    check.answered_at, check.answered_by = clock.now(), by.signature
    check.save(update_fields=["answer", "remark", "answered_at", "answered_by"])
    record(
        by=by,
        stream=f"check:{check.pk}",
        verb="check.answer",
        place=check.place,
        summary={"number": check.case_number, "answer": answer},
    )
    later.collect_answers(case_id=check.case_id, place=check.place)
    return check


@transaction.atomic
def collect(*, case_id: int, by: Acting) -> None:
    """When no question is open any more, the case goes back to the district's desk. Running it twice does no harm."""
    case = locked(case_id, revision=None)
    if case.state not in queries.version_of(case).workflow.before("answered"):
        return
    running = case.checks.filter(cancelled_at__isnull=True)
    if running.filter(answered_at__isnull=True).exists():
        return
    summary = "；".join(
        f"{check.unit.short_name}：{check.get_answer_display()}" for check in running.select_related("unit")
    )
    running.update(settled_at=clock.now())
    take(case, "answered", by=by, note=summary)


@transaction.atomic
def ask_round(*, round_id: int, by: Acting) -> tuple[int, list[str]]:
    """Put the questions of every reviewed case of a round that has open ones; returns how many, and what hindered."""
    by.require(Verb.CASE_ASK)
    asked, hindered = 0, []
    waiting = Case.objects.filter(queries.standing_before("ask"), round_id=round_id)
    for case in waiting.select_related("round").order_by("id"):
        put = set(case.checks.filter(cancelled_at__isnull=True).values_list("key", flat=True))
        if all(check.key in put for check in queries.version_of(case).checks):
            continue
        try:
            ask(case_id=case.pk, by=by, revision=None)
            asked += 1
        except Refused as refused:
            hindered.append(f"{case.number}：{refused}")
    return asked, hindered


@transaction.atomic
def ask_again(*, check_id: int, by: Acting) -> None:
    """Cancel an answer that was mistaken, so that the question can be put anew with the next ``ask``."""
    by.require(Verb.CASE_ASK)
    check = OutsideCheck.objects.select_for_update(of=("self",)).get(pk=check_id, cancelled_at__isnull=True)
    case = locked(check.case_id, revision=None)
    if case.state not in queries.version_of(case).workflow.before("ask"):
        raise Refused("只有待区级审核的申请可以重新核验；核验进行中的请先收回。")
    check.cancelled_at = clock.now()
    check.save(update_fields=["cancelled_at"])
    touch(case, by=by, verb="case.ask_again", label="作废核验答复", note=check.question)
