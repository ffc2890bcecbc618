"""What a step does besides moving a case: its own sheet, quotas, decisions, grants, visits, and a function of the entry."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from niangjia.access.acting import Acting, record
from niangjia.core import clock, codes
from niangjia.flow import machine
from niangjia.flow.kinds import Outcome
from niangjia.intake.sheet import Kind
from niangjia.org import queries as org
from niangjia.programmes import queries, registry
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.steps import move, require_step
from niangjia.programmes.definition import VISIT_FIELDS, Act, Effect
from niangjia.programmes.kinds import GrantState, PaymentState, Ruling
from niangjia.programmes.models import Allotment, Case, Decision, Grant, Payment, Step, Visit


def take(
    case: Case,
    key: str,
    *,
    by: Acting,
    reason: str = "",
    note: str = "",
    answers: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Step:
    """Take a step on a locked case with all that belongs to it, in the transaction of the caller.

    Raises Refused naming each missing answer of the step's sheet, a quota that is used up, a rule that does not pass, or
    a grant that was made before.
    """
    require_step(case, key, by=by, reason=reason, note=note)
    act = queries.version_of(case).act(key)
    given = _given(act, answers)
    if act.within_quota:
        _require_quota(case, key)
    if Effect.APPROVE in act.effects:
        _require_pass(case)
    if Effect.GRANT in act.effects:
        _require_first(case)
    changed = dict(changes or {})
    if act.amount and given.get(act.amount):
        changed["amount"] = Decimal(str(given[act.amount]))
    step = move(case, key, by=by, reason=reason, note=note, changes=changed, answers=given)
    for effect in act.effects:
        _EFFECTS[effect](case, step, act, given, by)
    if act.run is not None:
        act.run(case=case, answers=given, by=by)
    return step


def _given(act: Act, answers: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answers of the step's sheet. Raises Refused when one is missing; days lie not after today."""
    if act.sheet is None:
        return {}
    given = {field.key: answers[field.key] for field in act.sheet if answers and field.key in answers}
    missing = {field.key: f"请填写“{field.label}”。" for field in act.sheet.missing(given)}
    if missing:
        raise Refused(f"还有{len(missing)}处没有填写。", missing)
    texts = (Kind.TEXT, Kind.LONGTEXT)
    long = {
        field.key: f"“{field.label}”最多{field.max_length}个字。"
        for field in act.sheet
        if field.kind in texts and len(str(given.get(field.key, ""))) > field.max_length
    }
    if long:
        raise Refused("有的内容太长。", long)
    return given


def _require_quota(case: Case, key: str) -> None:
    """Raise Refused when the town has put forward as many as it was allotted; one at a time, so that two cannot both."""
    town = codes.town_of(case.place)
    allotted = (
        Allotment.objects.select_for_update().filter(round_id=case.round_id, place=town).order_by("place").first()
    )
    if allotted is None:
        return
    taken = queries.town_taken(case.round, key, town)
    if taken >= allotted.number:
        raise Refused(
            f"{org.place_name(town)}在“{case.round.title}”的名额是{allotted.number}个，已用{taken}个，不能再报。"
            "请退回其中一份，或请区妇联调整名额。"
        )


def _require_pass(case: Case) -> None:
    findings = queries.findings_of(case)
    if machine.verdict(findings) is not Outcome.PASS:
        open_ = [finding for finding in findings if finding.outcome is not Outcome.PASS]
        raise Refused("还不能审定通过：" + "；".join(f"{f.text}（{f.outcome.label}）" for f in open_))


def _require_first(case: Case) -> None:
    if queries.granted_before(registry.programme(case.programme).family, queries.once_key(case)):
        version = queries.version_of(case)
        raise Refused(f"已有“{version.label}”的记录，{version.often.label}，不能重复。")


def _decide(case: Case, step: Step, ruling: Ruling, by: Acting) -> None:
    """Freeze the facts of the day with what each rule said."""
    answers = queries.answers_of(case)
    findings = queries.findings_of(case, answers)
    reasons = {label: key for key, label in queries.version_of(case).workflow.transition(step.key).reasons}
    decision = Decision.objects.create(
        case=case,
        ruling=ruling,
        at=step.at,
        actor=by.signature,
        account_id=by.account_id,
        rules_version=case.version,
        facts=json.dumps(
            {"answers": answers, "checks": dict(case.checks.exclude(answer="").values_list("key", "answer"))},
            ensure_ascii=False,
        ),
        findings=[{"rule": f.rule, "outcome": f.outcome.value, "text": f.text, "source": f.source} for f in findings],
        reason=reasons.get(step.reason, step.reason),
        note=step.note,
        place=case.place,
    )
    record(
        by=by,
        stream=f"case:{case.pk}",
        verb="case.decision",
        place=case.place,
        summary={"number": case.number, "decision": decision.pk, "ruling": decision.ruling},
    )


def _approve(case: Case, step: Step, act: Act, given: Mapping[str, Any], by: Acting) -> None:
    _decide(case, step, Ruling.APPROVED, by)


def _refuse(case: Case, step: Step, act: Act, given: Mapping[str, Any], by: Acting) -> None:
    _decide(case, step, Ruling.REFUSED, by)


def _grant(case: Case, step: Step, act: Act, given: Mapping[str, Any], by: Acting) -> None:
    version = queries.version_of(case)
    Grant.objects.update_or_create(
        case=case,
        defaults={
            "family": registry.programme(case.programme).family,
            "programme": case.programme,
            "version": case.version,
            "round": case.round,
            "person_id": case.person_id,
            "id_index": case.id_index,
            "household_key": case.household_key,
            "often": version.often.value,
            "per_household": version.per_household,
            "amount": case.amount,
            "quantity": int(given[act.quantity]) if act.quantity and given.get(act.quantity) else 1,
            "category": case.category,
            "place": case.place,
            "year": case.round.year,
            "granted_on": clock.today(),
            "state": GrantState.APPROVED,
        },
    )


def _deliver(case: Case, step: Step, act: Act, given: Mapping[str, Any], by: Acting) -> None:
    day = given.get(act.day) if act.day else None
    values: dict[str, Any] = {
        "state": GrantState.PAID,
        "paid_on": dt.date.fromisoformat(str(day)) if day else clock.today(),
    }
    if act.amount and given.get(act.amount):
        values["amount"] = Decimal(str(given[act.amount]))
    if act.quantity and given.get(act.quantity):
        values["quantity"] = int(given[act.quantity])
    Grant.objects.filter(case=case, state__in=[GrantState.APPROVED, GrantState.PAID]).update(**values)


def _visit(case: Case, step: Step, act: Act, given: Mapping[str, Any], by: Acting) -> None:
    day = dt.date.fromisoformat(str(given["visited_on"]))
    paid_on = Grant.objects.filter(case=case).values_list("paid_on", flat=True).first()
    if day > clock.today() or (paid_on and day < paid_on and Effect.DELIVER not in act.effects):
        raise Refused(
            "回访日期应在到账之后、今天之前。" if paid_on else "日期不能晚于今天。", {"visited_on": "请核对日期。"}
        )
    values = {key: given[key] for key in (*VISIT_FIELDS, "use_of_money") if given.get(key) not in (None, "")}
    values.pop("visited_on")
    Visit.objects.create(
        case=case,
        step=step,
        programme=case.programme,
        person_id=case.person_id,
        household_key=case.household_key,
        visited_on=day,
        visitor=str(values.pop("visitors", "")) or by.signature,
        unit_name=by.unit_name,
        place=case.place,
        **values,
    )


def close_grant(case: Case, state: GrantState) -> None:
    """End a grant: its place in the quota and the right to apply again come free, a listed payment is struck."""
    Payment.objects.filter(grant__case=case, state=PaymentState.LISTED).update(
        state=PaymentState.FAILED, failure="救助已终止", settled_on=clock.today()
    )
    Grant.objects.filter(case=case, state__in=[GrantState.APPROVED, GrantState.PAID]).update(state=state)


def _revoke(case: Case, step: Step, act: Act, given: Mapping[str, Any], by: Acting) -> None:
    close_grant(case, GrantState.REVOKED)


def _cancel(case: Case, step: Step, act: Act, given: Mapping[str, Any], by: Acting) -> None:
    close_grant(case, GrantState.CANCELLED)


_EFFECTS = {
    Effect.APPROVE: _approve,
    Effect.REFUSE: _refuse,
    Effect.GRANT: _grant,
    Effect.DELIVER: _deliver,
    Effect.VISIT: _visit,
    Effect.REVOKE: _revoke,
    Effect.CANCEL: _cancel,
}
