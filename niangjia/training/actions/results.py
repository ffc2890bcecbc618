"""Named writes of what came of a class: scores, certificates, the claim, the forms of satisfaction, the calls."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, connection, transaction

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.certificates import actions as certificates
from niangjia.certificates.models import Certificate
from niangjia.core import clock, sealing
from niangjia.core.outcome import Answer
from niangjia.core.outcome import Outcome as Change
from niangjia.core.refused import Refused
from niangjia.training import queries, rules
from niangjia.training.actions.common import (
    become,
    locked_course,
    locked_enrolment,
    note,
    note_woman,
    require_other,
    require_state,
)
from niangjia.training.kinds import (
    DONE,
    HELD,
    QUESTIONS,
    TAUGHT,
    WORKING,
    ClaimState,
    ClassKind,
    CourseState,
    EnrolmentState,
    Outcome,
)
from niangjia.training.models import Claim, ClaimLine, Enrolment, FollowUp

TITLES: Final = {ClassKind.SKILLS: "培训结业证书", ClassKind.BACKBONE: "骨干培训结业证书"}
PREFIXES: Final = {ClassKind.SKILLS: "PX", ClassKind.BACKBONE: "GG"}


# ---------------------------------------------------------------- scores


@dataclass(frozen=True, slots=True)
class Score:
    """A score as it was written down; None is not taken. ``key`` names the row it is answered under."""

    key: int
    name: str
    score: Decimal | None
    enrolment_id: int | None = None


@transaction.atomic
def save_scores(*, course_id: int, scores: Sequence[Score], by: Acting) -> dict[int, Answer]:
    """Write scores down, each row answered by its key. A name the class does not know is never guessed: names that are
    near are proposed, and two of one name must be told apart by their number in the list."""
    by.require(Verb.TRAINING_MANAGE, Verb.TRAINING_TEACH)
    course = queries.course(course_id)
    require_state(course, *TAUGHT, CourseState.CLOSED)
    if course.state == CourseState.CLOSED:
        by.require(Verb.TRAINING_MANAGE)
    women = {
        one.pk: one
        for one in Enrolment.objects.filter(
            course=course, state__in=[EnrolmentState.ATTENDING, EnrolmentState.COMPLETED]
        )
    }
    by_name: dict[str, list[Enrolment]] = {}
    for one in women.values():
        by_name.setdefault(one.name, []).append(one)
    answers: dict[int, Answer] = {}
    changed: dict[int, Enrolment] = {}
    for row in scores:
        found = _woman(row, women, by_name)
        if isinstance(found, str):
            answers[row.key] = Answer(Change.REFUSED, "name", found)
        elif row.score is not None and not 0 <= row.score <= 100:
            answers[row.key] = Answer(Change.REFUSED, "score", "成绩应在0到100之间。请核对。")
        elif found.score == row.score:
            answers[row.key] = Answer(Change.SAME)
        else:
            found.score = row.score
            changed[found.pk] = found
            answers[row.key] = Answer(Change.UPDATED)
    if changed:
        Enrolment.objects.bulk_update(changed.values(), ["score"])
        note("scores", course, by=by, count=len(changed))
    return answers


def _woman(row: Score, women: Mapping[int, Enrolment], by_name: Mapping[str, Sequence[Enrolment]]) -> Enrolment | str:
    """Whom a row means, or why it is not clear and what to do."""
    if row.enrolment_id is not None:
        found = women.get(row.enrolment_id)
        if found is None:
            return f"名单编号{row.enrolment_id}不在这个班。请用本班导出的名单填写。"
        if row.name and row.name != found.name:
            return f"名单编号{row.enrolment_id}是“{found.name}”，表里写的是“{row.name}”。请核对这一行。"
        return found
    same = by_name.get(row.name, ())
    if len(same) == 1:
        return same[0]
    if same:
        numbers = "、".join(str(one.pk) for one in same)
        return f"本班有{len(same)}位“{row.name}”。请在“名单编号”列写明是哪一位：{numbers}。"
    near = rules.near_names(row.name, by_name)
    hint = (
        f"可能是{'、'.join(f'“{one}”' for one in near)}；请改成正确的姓名再导入。"
        if near
        else "请核对姓名，或先代她报名。"
    )
    return f"本班没有“{row.name}”。{hint}"


# ---------------------------------------------------------------- certificates


@transaction.atomic
def certify(*, course_id: int, by: Acting) -> list[Certificate]:
    """Give a certificate to everybody who completed the class and passed its exam and has none. Again gives none twice."""
    by.require(Verb.CERTIFICATE_ISSUE)
    course = locked_course(course_id)
    require_state(course, *HELD)
    limits = queries.standard(course.kind, course.starts_on).limits
    women = [
        one
        for one in Enrolment.objects.select_for_update().filter(course=course, state__in=DONE, certified_on__isnull=True).order_by("filed_at", "pk")
        if not course.has_exam or rules.passed(one.score, limits)
    ]  # fmt: skip
    named = queries.named([one.about for one in women])
    kind = ClassKind(course.kind)
    given = []
    for woman in women:
        given.append(
            certificates.issue(
                prefix=f"{PREFIXES[kind]}{course.ends_on.year}", title=TITLES[kind], holder=woman.name,
                text=f"参加“{course.title}”（{course.get_level_display()}，{course.hours}学时），"
                f"{course.starts_on:%Y年%m月%d日}至{course.ends_on:%Y年%m月%d日}，"
                f"{'经考核成绩合格，' if course.has_exam else ''}准予结业。",
                unit=course.unit, subject=woman.about, round_subject=course.about, place=course.place,
                person_id=woman.person_id, named=woman.about in named, by=by,
            )
        )  # fmt: skip
        if woman.state == EnrolmentState.COMPLETED:
            woman.state = EnrolmentState.CERTIFIED
        woman.certified_on = clock.today()
    Enrolment.objects.bulk_update(women, ["state", "certified_on"])
    if given:
        note("certify", course, by=by, count=len(given))
    return given


@transaction.atomic
def take_certificate_back(*, enrolment_id: int, reason: str, by: Acting) -> Enrolment:
    """Revoke her certificate; its page says so from now on, and she may be given another."""
    by.require(Verb.CERTIFICATE_REVOKE)
    enrolment = locked_enrolment(enrolment_id)
    certificates.revoke_of(subject=enrolment.about, reason=reason, by=by)
    enrolment.certified_on = None
    if enrolment.state == EnrolmentState.CERTIFIED:
        enrolment.state = EnrolmentState.COMPLETED
    enrolment.save(update_fields=["certified_on", "state"])
    note_woman("uncertify", enrolment, by=by, reason=reason.strip()[:100])
    return enrolment


# ---------------------------------------------------------------- the claim


@transaction.atomic
def claim(*, course_id: int, by: Acting) -> Claim:
    """Claim the subsidy: heads that count times the price of the project. Who counts and who does not is kept with it."""
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(course_id)
    require_state(course, CourseState.CLOSED)
    price = course.project.unit_price
    if not price:
        raise Refused("这个项目没有补贴标准，不用申领。")
    drawn = queries.draw_up(course)
    heads = sum(not one.reason for one in drawn)
    if not heads:
        raise Refused("没有一个人可以计入补贴，请看每人的原因。")
    made = Claim.objects.create(
        course=course, heads=heads, unit_price=price, amount=rules.amount(heads, price), claimed_on=clock.today(),
        claimed_by=by.signature, claimed_by_account=by.account_id, place=course.place,
    )  # fmt: skip
    try:
        with transaction.atomic():
            ClaimLine.objects.bulk_create(
                ClaimLine(
                    claim=made, enrolment=one.enrolment, counts=not one.reason, reason=one.reason[:160],
                    once_key=one.key, place=course.place,
                )
                for one in drawn
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("名单里有人刚刚在另一个班计入了补贴，请刷新后再申领。") from error
    become(course, CourseState.SUBSIDY_CLAIMED)
    course.save(update_fields=["state", "revision"])
    note("claim", course, by=by, heads=heads, amount=str(made.amount))
    return made


@transaction.atomic
def take_claim_back(*, course_id: int, reason: str, by: Acting) -> Claim:
    """Take a claim back before it was audited, to draw it up anew; the old one stays to be read."""
    by.require(Verb.TRAINING_MANAGE)
    if len(reason.strip()) < 2:
        raise Refused("请写明撤回原因。", {"reason": "请写明原因。"})
    course = locked_course(course_id)
    require_state(course, CourseState.SUBSIDY_CLAIMED)
    standing = Claim.objects.select_for_update().get(course=course, state=ClaimState.SUBMITTED)
    standing.state, standing.opinion = ClaimState.TAKEN_BACK, reason.strip()[:200]
    standing.save(update_fields=["state", "opinion"])
    ClaimLine.objects.filter(claim=standing).update(once_key=None)
    become(course, CourseState.CLOSED)
    course.save(update_fields=["state", "revision"])
    note("claim.back", course, by=by, reason=standing.opinion)
    return standing


@transaction.atomic
def audit(
    *,
    course_id: int,
    heads: int,
    by: Acting,
    amount: Decimal | None = None,
    opinion: str = "",
    on: dt.date | None = None,
) -> Claim:
    """Write down what was granted of a claim; who claimed it may not. Fewer heads need a word why."""
    by.require(Verb.TRAINING_APPROVE)
    course = locked_course(course_id)
    require_state(course, CourseState.SUBSIDY_CLAIMED)
    standing = Claim.objects.select_for_update().get(course=course, state=ClaimState.SUBMITTED)
    if standing.claimed_by_account == by.account_id:
        require_other(frozenset({Verb.TRAINING_MANAGE}), Verb.TRAINING_APPROVE)
    if not 0 <= heads <= standing.heads:
        raise Refused(f"审定人数应在0到{standing.heads}之间。", {"heads": "请核对。"})
    granted = rules.amount(heads, standing.unit_price) if amount is None else amount
    if granted < 0 or granted > standing.amount:
        raise Refused(f"审定金额不能多于申领的{standing.amount}元。", {"amount": "请核对。"})
    if granted != standing.amount and len(opinion.strip()) < 4:
        raise Refused("与申领不一致的，请写明核减原因。", {"opinion": "请写明原因。"})
    day = on or clock.today()
    if not standing.claimed_on <= day <= clock.today():
        raise Refused("审定日期应在申领之后、今天以前。", {"on": "请核对。"})
    standing.state, standing.audited_heads, standing.audited_amount = ClaimState.AUDITED, heads, granted
    standing.audited_on, standing.audited_by, standing.opinion = day, by.signature, opinion.strip()[:200]
    standing.save()
    become(course, CourseState.AUDITED)
    course.save(update_fields=["state", "revision"])
    note("audit", course, by=by, heads=heads, amount=str(granted))
    return standing


# ---------------------------------------------------------------- the forms nobody is named on

ANSWERS: Final = {
    "UNKNOWN": "这个二维码已失效，请向培训班索取新的。",
    "EARLY": "培训还没有开始，上课后再填。",
    "LATE": "填写期已过，谢谢您。有意见请拨打12338。",
    "FULL": "本班的满意度表已收齐。如果不是您本人填的，请告诉班主任。",
}


@transaction.atomic
def rate(*, code: str, marks: Mapping[str, int], token: uuid.UUID, by: Acting, words: str = "") -> bool:
    """Take a form of satisfaction from whoever holds the code of a class. Who she is nobody asks or keeps.

    False when this very form came before. Raises Refused when none is taken now.
    """
    if by.kind is not ActorKind.RESIDENT:
        raise Refused("满意度表由学员填写，请先退出工作人员登录。")
    values = [marks.get(key, 0) for key, _ in QUESTIONS]
    if not all(1 <= value <= 5 for value in values):
        raise Refused(
            "请每一项都选一个。", {key: "请选一个。" for key, _ in QUESTIONS if not 1 <= marks.get(key, 0) <= 5}
        )
    text = words.strip()[:200]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT training_rate(%s, %s::smallint[], %s, %s, %s)",
            [code, values, sealing.seal(text, context="training_rating.words") if text else b"", clock.today(), token],
        )
        row = cursor.fetchone()
    assert row is not None
    answer = str(row[0])
    if answer == "KNOWN":
        return False
    if answer in ANSWERS:
        raise Refused(ANSWERS[answer])
    _, course, place = answer.split(":")
    record(by=by, stream=f"class:{course}", verb="training.rate", place=place)
    return True


# ---------------------------------------------------------------- the calls afterwards


@transaction.atomic
def follow_up(
    *,
    follow_up_id: int,
    outcome: Outcome,
    by: Acting,
    employer: str = "",
    income: int | None = None,
    note_text: str = "",
    on: dt.date | None = None,
) -> FollowUp:
    """What she said on the telephone. Nobody reached may be called again; what she said is not written over."""
    by.require(Verb.TRAINING_FOLLOW_UP)
    call = FollowUp.objects.select_for_update(of=("self",)).select_related("enrolment__course").get(pk=follow_up_id)
    if call.done_on is not None and call.outcome != Outcome.UNREACHED:
        raise Refused(f"{call.done_on:%m月%d日}已经回访过：{call.get_outcome_display()}。")
    day = on or clock.today()
    woman = call.enrolment
    if not woman.course.ends_on <= day <= clock.today():
        raise Refused("回访日期应在结业之后、今天以前。", {"on": "请核对。"})
    if income is not None and outcome not in WORKING:
        raise Refused("没有就业或创业的，不填月收入。", {"income": "请留空。"})
    call.outcome, call.done_on, call.done_by = outcome, day, by.signature
    call.employer, call.income, call.note = employer.strip()[:60], income, note_text.strip()[:200] or None
    call.save()
    _place(woman, outcome, day)
    note_woman("follow_up", woman, by=by, month=call.month, outcome=outcome.label)
    return call


def _place(woman: Enrolment, outcome: Outcome, day: dt.date) -> None:
    """She counts as placed by what was last heard; nobody reached says nothing about it."""
    if outcome == Outcome.UNREACHED or woman.state not in DONE:
        return
    if outcome in WORKING:
        woman.state, woman.placed_on = EnrolmentState.PLACED, woman.placed_on or day
    else:
        woman.placed_on = None
        woman.state = EnrolmentState.CERTIFIED if woman.certified_on else EnrolmentState.COMPLETED
    woman.save(update_fields=["state", "placed_on"])


@transaction.atomic
def note_export(*, course_id: int, what: str, rows: int, by: Acting) -> None:
    """The trail of a list or folder that went out."""
    by.require(Verb.TRAINING_READ, Verb.TRAINING_TEACH)
    note("export", queries.course(course_id), by=by, what=what, rows=rows)


@transaction.atomic
def note_calls_export(*, rows: int, by: Acting) -> None:
    """The trail of a list of calls that went out."""
    by.require(Verb.TRAINING_READ)
    record(
        by=by, stream="training:calls", verb="training.export", subject=f"division:{by.place}", place=by.place,
        summary={"what": "就业回访", "rows": rows},
    )  # fmt: skip
