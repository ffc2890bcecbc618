"""Taking a step: the one place where a case changes state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.timezone import localdate

from niangjia.access import policy
from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.flow import machine
from niangjia.org.queries import calendar
from niangjia.programmes import queries
from niangjia.programmes.actions.errors import Changed, Refused
from niangjia.programmes.models import Case, Step


def locked(case_id: int, *, revision: int | None) -> Case:
    """The case, locked for this transaction. Raises Changed when it is not the one the caller saw."""
    case = Case.objects.select_for_update(of=("self",)).select_related("round").get(pk=case_id)
    if revision is not None and case.revision != revision:
        raise Changed(revision)
    return case


def move(
    case: Case,
    key: str,
    *,
    by: Acting,
    reason: str = "",
    note: str = "",
    summary: dict[str, Any] | None = None,
    changes: dict[str, Any] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Step:
    """Move a locked case by the step ``key``: write state, timeline and trail.

    Only ``acts.take`` calls it, after ``require_step``. ``answers`` are those of the step's own sheet.
    """
    workflow = queries.version_of(case).workflow
    transition = workflow.transition(key)
    now = clock.now()
    source, target = case.state, workflow.state(transition.target)
    timed = case.due_on is not None and workflow.state(source).deadline is not None
    on_time = localdate(now) <= case.due_on if timed and case.due_on else None
    for name, value in (changes or {}).items():
        setattr(case, name, value)
    case.state = target.key
    case.kind = target.kind
    case.arrived_at = now
    case.due_on = machine.due_on(target, localdate(now), calendar())
    case.revision += 1
    case.save()
    sheet = queries.version_of(case).act(key).sheet
    plain, secret = sheet.split(answers or {}) if sheet else ({}, {})
    step = Step.objects.create(
        case=case,
        at=now,
        answers=plain,
        sealed_answers=json.dumps(secret, ensure_ascii=False) if secret else None,
        key=key,
        label=transition.label,
        verb=transition.verb,
        source=source,
        target=target.key,
        reason=dict(transition.reasons).get(reason, reason),
        note=note,
        actor=by.signature,
        account_id=by.account_id,
        post_id=by.post_id,
        on_time=on_time,
        place=case.place,
    )
    record(
        by=by,
        stream=f"case:{case.pk}",
        verb=f"case.{key}",
        place=case.place,
        summary={"number": case.number, "from": source, "to": target.key, "reason": reason, **(summary or {})},
    )
    return step


def require_step(case: Case, key: str, *, by: Acting, reason: str = "", note: str = "") -> None:
    """Raise Refused unless this actor may take the step now, with the reason it needs.

    The house itself takes automatic steps and is bound by no duty of others.
    """
    workflow = queries.version_of(case).workflow
    transition = workflow.transition(key)
    if case.state not in transition.sources:
        raise Refused(f"这份申请现在是“{workflow.state(case.state).label}”，不能再“{transition.label}”。")
    if not by.is_house:
        if not machine.may(workflow, case.state, transition, queries.actor_of(by)):
            raise Refused(f"您当前的职务不能“{transition.label}”。")
        why = policy.current().conflict(queries.verbs_done(case, by), transition.verb)
        if why:
            raise Refused(f"{why}请由其他同事办理。")
    if transition.negative and not transition.automatic:
        if reason not in dict(transition.reasons):
            raise Refused("请选择原因。", {"reason": "请选择原因。"})
        if reason == "OTHER" and not note.strip():
            raise Refused("选择“其他”时请在说明中写明原因。", {"note": "请写明原因。"})


def touch(
    case: Case, *, by: Acting, verb: Verb | str, label: str, note: str = "", summary: dict[str, Any] | None = None
) -> None:
    """Something happened to a case without a change of state: timeline, revision and trail."""
    Case.objects.filter(pk=case.pk).update(revision=F("revision") + 1)
    case.revision += 1
    Step.objects.create(
        case=case,
        at=clock.now(),
        key=str(verb),
        label=label,
        verb=verb if isinstance(verb, Verb) else "",
        source=case.state,
        target=case.state,
        note=note,
        actor=by.signature,
        account_id=by.account_id,
        post_id=by.post_id,
        place=case.place,
    )
    record(
        by=by,
        stream=f"case:{case.pk}",
        verb=str(verb),
        place=case.place,
        summary={"number": case.number, **(summary or {})},
    )
