"""What a resident is told of her own cases: where each stands, in plain words, and what she must do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from niangjia.access.acting import Acting
from niangjia.core.codes import Level
from niangjia.flow.kinds import ENDED, StateKind
from niangjia.flow.machine import Transition
from niangjia.programmes import queries, registry
from niangjia.programmes.models import Case, Step

# The stations of a programme's way as the portal draws it, by what a case waits for.
APPLY, VILLAGE, TOWN, DISTRICT, NOTICE, MONEY = range(1, 7)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that waits for her: what, why, and the page where she does it."""

    title: str
    text: str
    url: str
    action: str
    tone: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of what happened, without names of persons."""

    title: str
    unit: str
    at: dt.datetime
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A case in a list of her own."""

    case: Case
    title: str
    status: str
    matter: Matter | None
    is_over: bool


def title_of(case: Case) -> str:
    """What the case is called where others may look over her shoulder: nothing that tells of an illness."""
    programme = registry.programme(case.programme)
    return f"{case.round.year}年{'救助申请' if programme.secret else programme.name}"


def status_of(case: Case) -> str:
    return queries.version_of(case).workflow.state(case.state).shown_to_applicant


def waiting_for(acting: Acting) -> list[Matter]:
    """What waits for her over all her cases, the newest first."""
    return [summary.matter for summary in summaries(acting) if summary.matter]


def summaries(acting: Acting) -> list[Summary]:
    """Her cases, what waits for her first. Two queries, however many they are."""
    cases = list(queries.own_cases(acting).prefetch_related("steps"))
    found = [
        Summary(case, title_of(case), status_of(case), matter_of(case, acting), case.state_kind in ENDED)
        for case in cases
    ]
    return sorted(found, key=lambda summary: (summary.matter is None, summary.is_over))


def may_do(case: Case, acting: Acting) -> dict[str, Transition]:
    """The steps she may take now, by what they are: submit, account, withdraw."""
    steps = queries.next_steps(case, acting, list(case.steps.all()))
    return {_purpose(step): step for step in steps}


def _purpose(transition: Transition) -> str:
    if transition.form:
        return transition.form
    return {"resubmit": "submit"}.get(transition.key, transition.key)


def matter_of(case: Case, acting: Acting) -> Matter | None:
    can = may_do(case, acting)
    who = f"（{case.name}）" if case.name else ""
    if "account" in can:
        return Matter(
            f"{title_of(case)}{who}：请更正账户",
            f"银行退回了款项。{why_returned(case)}",
            reverse("mine:account", args=[case.pk]),
            "更正收款账户",
            "due",
        )
    if "submit" in can and case.state_kind is StateKind.DRAFT:
        return Matter(
            f"{title_of(case)}{who}：还没有提交",
            f"已填的都保存着。受理到{case.round.closes_on:%Y-%m-%d}截止。",
            reverse("apply:resume", args=[case.pk]),
            "接着填",
            "info",
        )
    if "submit" in can:
        return Matter(
            f"{title_of(case)}{who}：请补正",
            why_returned(case) + (f"请在{case.due_on:%Y-%m-%d}前改好再提交。" if case.due_on else ""),
            reverse("apply:resume", args=[case.pk]),
            "去补正",
            "due",
        )
    return None


def why_returned(case: Case) -> str:
    """The reason and the note of the step that brought the case where it is."""
    arrived = [step for step in case.steps.all() if step.target == case.state and step.source != step.target]
    if not arrived:
        return ""
    said = [text.rstrip("。") for text in (arrived[-1].reason, arrived[-1].note) if text]
    return f"原因：{'；'.join(said)}。" if said else ""


def station(case: Case) -> int:
    """Where on the way the case stands, from 1; one past the last when it is through. 0 when it ended on the way."""
    workflow = queries.version_of(case).workflow
    if stop := workflow.state(case.state).stop:
        return stop
    been = {workflow.state(step.target).kind for step in case.steps.all()}
    match case.state_kind:
        case StateKind.DRAFT:
            return APPLY
        case StateKind.RETURNED:
            return MONEY if StateKind.GRANTED in been else APPLY
        case StateKind.NOTICE:
            return NOTICE
        case StateKind.GRANTED:
            return MONEY + 1 if any(t.key == "follow_up" for t in _from(case)) else MONEY
        case StateKind.CLOSED:
            return MONEY + 1 if StateKind.GRANTED in been else 0
        case StateKind.REFUSED | StateKind.WITHDRAWN:
            return 0
    if StateKind.NOTICE in been and case.state_kind is StateKind.REVIEW:
        return NOTICE
    return {Level.VILLAGE: VILLAGE, Level.TOWN: TOWN}.get(workflow.state(case.state).level or Level.DISTRICT, DISTRICT)


def _from(case: Case) -> Iterator[Transition]:
    return (t for t in queries.version_of(case).workflow.transitions if case.state in t.sources)


def events(case: Case, steps: Iterable[Step]) -> list[Event]:
    """What happened, the newest first: only changes she can understand, with the body that acted and no person's name."""
    workflow = queries.version_of(case).workflow
    found: list[Event] = []
    last = ""
    for step in steps:
        state = workflow.state(step.target)
        title = state.shown_to_applicant
        if (step.source == step.target and step.key != "case.start") or title == last:
            continue
        if step.source and workflow.state(step.source).kind is StateKind.OUTSIDE_CHECK:
            continue  # the departments answered: it lies where it lay before
        last = title
        look = {StateKind.RETURNED: "back", StateKind.REFUSED: "bad"}.get(state.kind, "done")
        note = "；".join(text for text in (step.reason, step.note) if text) if look != "done" else ""
        found.append(Event(title, unit_of(step, case), step.at, look, note))
    return found[::-1]


def unit_of(step: Step, case: Case) -> str:
    """The body behind a step: a signature is “body person”."""
    if step.post_id is None and step.account_id == case.filed_by_account:
        return "本人" if not case.helper else "代填人"
    body, _, person = step.actor.rpartition(" ")
    return body if person and body else "系统"
