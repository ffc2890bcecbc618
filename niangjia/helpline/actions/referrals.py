"""Letters to departments and their answers."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.numbers import next_number
from niangjia.core.refused import Refused
from niangjia.helpline import queries, rules
from niangjia.helpline.actions.common import clean, locked, require_judged, save
from niangjia.helpline.kinds import ReferralKind, State
from niangjia.helpline.models import Referral
from niangjia.org import queries as org
from niangjia.org.models import Unit

ANSWER_IN: Final = dt.timedelta(days=30)  # asked for where the letter names no day: 妇女权益保障法 art. 73 sets none


@transaction.atomic
def refer(
    *, matter_id: int, kind: ReferralKind, department: Unit, letter: str, by: Acting, online: bool = False,
    answer_by: dt.date | None = None, revision: int | None = None,
) -> Referral:  # fmt: skip
    """Send it to a department by letter. What is secret goes on paper, never over the net.

    A 督促处理意见 (妇女权益保障法 art. 73) follows a demand that was refused or not answered in its time; the supervisor
    signs it.
    """
    by.require(Verb.HELPLINE_HANDLE)
    text = clean(letter, "letter", needed=True)
    matter = locked(matter_id, revision)
    require_judged(matter, "转办")
    today = clock.today()
    if online and matter.secret:
        raise Refused("保密来件只用纸质函件，不在网上转。", {"online": "请去掉勾选。"})
    if kind is ReferralKind.SUPERVISE:
        ignored = matter.referrals.filter(kind=ReferralKind.DEMAND, department=department)
        if not any(one.refused or (one.answered_on is None and one.answer_by < today) for one in ignored):
            raise Refused(
                "督促处理意见书要在该单位不调查处理、逾期不答复之后发出（妇女权益保障法第七十三条）。请先发要求调查处理函。"
            )
        if by.account_id != matter.supervisor_account:
            raise Refused(f"督促处理意见书由督办人（{matter.supervisor}）发出。")
    until = answer_by or today + ANSWER_IN
    if until < today:
        raise Refused("答复期限不能早于今天。", {"answer_by": "请改正。"})
    made = Referral.objects.create(
        matter=matter, kind=kind, number=next_number("helpline", f"{'DC' if kind is ReferralKind.SUPERVISE else 'ZB'}{today:%Y}"),
        department=department, online=online, letter=text, sent_on=today,
        object_by=rules.object_by(today, queries.limits(today), org.calendar()), answer_by=until,
    )  # fmt: skip
    state = State.REFERRED if rules.may_become(matter.state, State.REFERRED) else State(matter.state)
    save(matter, "helpline.refer", f"{kind.label}：{department.short_name}", state=state, by=by)
    return made


@transaction.atomic
def open_letter(*, referral_id: int, by: Acting) -> Referral:
    """A department reads a letter to it, which leaves a trail entry. Raises Referral.DoesNotExist for another's."""
    by.require(Verb.REFERRAL_ANSWER)
    referral = queries.letter_to(by.unit_id, referral_id)
    _note(referral, by, "helpline.referral.open")
    return referral


def _note(referral: Referral, by: Acting, verb: str, **summary: object) -> None:
    record(
        by=by, stream=f"referral:{referral.number}", verb=verb, place=codes.district_of(by.place),
        summary={"number": referral.number, **summary},
    )  # fmt: skip


@transaction.atomic
def answer_referral(
    *, referral_id: int, answer: str, by: Acting, refused: bool = False, on: dt.date | None = None
) -> Referral:
    """A department answers online, or the handler writes down what came on paper. ``refused``: it says it is not its own."""
    by.require(Verb.REFERRAL_ANSWER if by.kind is ActorKind.PARTNER else Verb.HELPLINE_HANDLE)
    text = clean(answer, "answer", needed=True)
    referral = Referral.objects.select_for_update(of=("self",)).defer("letter").get(pk=referral_id)
    if referral.answered_on is not None:
        raise Refused("已经答复过。")
    day = on or clock.today()
    if not referral.sent_on <= day <= clock.today():
        raise Refused("答复日期应在发函之后、今天以前。", {"on": "请改正。"})
    if refused and day > referral.object_by:
        raise Refused(
            f"对管辖有异议应在{referral.object_by:%m月%d日}前提出（信访工作条例第二十三条），已过期限。",
            {"refused": "已过期限。"},
        )
    referral.answer, referral.answered_on, referral.refused, referral.answered_by = text, day, refused, by.signature
    referral.save(update_fields=["answer", "answered_on", "refused", "answered_by"])
    _note(referral, by, "helpline.referral.answer", refused=refused)
    return referral
