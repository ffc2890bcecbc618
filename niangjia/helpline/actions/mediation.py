"""Mediation of a family's quarrel (人民调解法)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused, check
from niangjia.helpline import queries, rules
from niangjia.helpline.actions.common import clean, locked, require_judged, save
from niangjia.helpline.kinds import Agreed, AskedBy, MediationResult, State
from niangjia.helpline.models import Mediation


@transaction.atomic
def mediate(
    *, matter_id: int, asked_by: AskedBy, parties: str, mediators: str, dispute: str, both_willing: bool, by: Acting
) -> Mediation:
    """Begin to mediate a quarrel. Either party may refuse (人民调解法 art. 17); violence is not mediated."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked(matter_id)
    require_judged(matter, "调解")
    if why := rules.may_mediate(matter.topic, risk=matter.risk):
        raise Refused(why)
    if not both_willing:
        raise Refused(
            "一方明确拒绝的，不得调解（人民调解法第十七条）。请告知其他途径。", {"both_willing": "须双方自愿。"}
        )
    made = Mediation(
        matter=matter, asked_by=asked_by, parties=clean(parties, "parties", needed=True, longest=400), mediators=mediators.strip(),
        dispute=dispute.strip(), began_on=clock.today(),
    )  # fmt: skip
    check(made, exclude=["matter", "parties"])
    made.save()
    state = State.IN_HAND if matter.state in (State.TRIAGED, State.ACCEPTED, State.REFERRED) else State(matter.state)
    save(matter, "helpline.mediate", "开始调解", state=state, by=by)
    return made


@transaction.atomic
def end_mediation(
    *, mediation_id: int, result: MediationResult, record_text: str, sessions: int, by: Acting, form: Agreed | str = "",
    agreement: str = "", effective_on: dt.date | None = None, perform_by: dt.date | None = None,
) -> Mediation:  # fmt: skip
    """End it with its record (art. 27), settled with what was agreed (art. 28-30); the court's confirmation has 30 days."""
    by.require(Verb.HELPLINE_HANDLE)
    mediation = Mediation.objects.select_for_update(of=("self",)).get(pk=mediation_id)
    if mediation.result:
        raise Refused("这次调解已经结束。")
    mediation.result, mediation.ended_on, mediation.sessions = result, clock.today(), sessions
    mediation.record = clean(record_text, "record", needed=True)
    if result is MediationResult.SETTLED:
        if not agreement.strip() or not form or effective_on is None:
            raise Refused(
                "调解成功须写明协议内容、形式和生效日期（人民调解法第二十八至三十条）。",
                {key: "请填写。" for key, value in (("agreement", agreement.strip()), ("form", form), ("effective_on", effective_on)) if not value},
            )  # fmt: skip
        mediation.agreement, mediation.form = clean(agreement, "agreement"), form
        mediation.effective_on, mediation.perform_by = effective_on, perform_by
        mediation.confirm_by = rules.confirm_by(effective_on, queries.limits(clock.today()))
    mediation.save()
    save(locked(mediation.matter_id), "helpline.mediation.end", f"调解结束：{result.label}", by=by)
    return mediation


@transaction.atomic
def complete_mediation(
    *, mediation_id: int, by: Acting, performed_on: dt.date | None = None, confirmation: str = ""
) -> Mediation:
    """Write down that it was performed, or the number of the court's confirmation."""
    by.require(Verb.HELPLINE_HANDLE)
    mediation = Mediation.objects.select_for_update(of=("self",)).get(pk=mediation_id)
    if mediation.result != MediationResult.SETTLED:
        raise Refused("只有调解成功的才登记履行和司法确认。")
    mediation.performed_on = performed_on or mediation.performed_on
    mediation.confirmation = confirmation.strip() or mediation.confirmation
    check(mediation, exclude=["matter", "parties", "record", "agreement"])
    mediation.save(update_fields=["performed_on", "confirmation"])
    save(locked(mediation.matter_id), "helpline.mediation.complete", "登记履行或司法确认", by=by)
    return mediation
