"""Everything the page of one case shows, gathered in few reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.flow.kinds import ENDED, Outcome, StateKind
from niangjia.flow.machine import Finding, Transition
from niangjia.intake import show
from niangjia.intake.sheet import Kind, Section, Sensitivity
from niangjia.intake.show import Shown
from niangjia.org import queries as org
from niangjia.programmes import queries
from niangjia.programmes.actions.papers import letters_of
from niangjia.programmes.definition import Effect, Version
from niangjia.programmes.models import Attachment, Case, Decision, OutsideCheck, Step
from niangjia.web.desk.cases.forms import StepForm, form_of, kind_labels
from niangjia.web.desk.cases.rows import Due, due_of

# After these the rules are not asked again: what they said that day is kept with the decision.
SETTLED = ENDED | {StateKind.GRANTED}
NEEDED = {
    Sensitivity.IDENTITY: Verb.REVEAL_IDENTITY,
    Sensitivity.BANK: Verb.REVEAL_BANK,
    Sensitivity.HEALTH: Verb.HEALTH_READ,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact; ``may_reveal`` when the reader may open it with a reason."""

    shown: Shown
    may_reveal: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline; saving and uploading in a row is one."""

    title: str
    state: str
    actor: str
    at: dt.datetime
    reason: str
    note: str
    late: bool
    answers: list[Shown]


@dataclass(frozen=True, slots=True)
class Paper:
    attachment: Attachment
    label: str
    may_open: bool


def facts(version: Version, answers: dict[str, Any], acting: Acting) -> list[tuple[Section, list[Line], bool]]:
    """The answers by section as this reader may see them, and whether the section is only ticks."""
    sections = show.show(version.sheet, answers, clear=queries.clear_sensitivities(acting), place_name=org.place_name)
    return [
        (
            section,
            [Line(shown, shown.masked and acting.may(NEEDED[shown.sensitivity])) for shown in lines],
            all(field.kind in (Kind.AGREE, Kind.YESNO) for field in section.fields),
        )
        for section, lines in sections
    ]


def papers(case: Case, acting: Acting) -> list[Paper]:
    """The papers that are there, by kind."""
    labels = dict(kind_labels(case))
    sensitivities = {kind.key: kind.sensitivity for kind in queries.version_of(case).sheet.attachments}
    clear = queries.clear_sensitivities(acting)
    for act in queries.version_of(case).acts.values():
        for kind in act.sheet.attachments if act.sheet else ():
            labels.setdefault(kind.key, kind.label)
            sensitivities.setdefault(kind.key, kind.sensitivity)
    return [
        Paper(
            paper,
            labels.get(paper.kind, paper.kind),
            acting.may(Verb.CASE_VERIFY)
            or paper.filed_by_account == acting.account_id
            or (acting.may(Verb.CASE_READ) and sensitivities.get(paper.kind, Sensitivity.HEALTH) in clear),
        )
        for paper in case.attachments.all()
    ]


def step_lines(version: Version, step: Step, acting: Acting) -> list[Shown]:
    """What was entered with a step, as this reader may see it."""
    sheet = version.act(step.key).sheet if version.workflow.has(step.key) else None
    if sheet is None:
        return []
    clear = queries.clear_sensitivities(acting)
    sections = show.show(sheet, queries.step_answers(step), clear=clear, place_name=org.place_name)
    return [line for _, lines in sections for line in lines]


def timeline(version: Version, steps: Iterable[Step], acting: Acting) -> list[Happening]:
    """What was done, the latest first."""
    entries = []
    for (key, _), run in groupby(steps, key=lambda step: (step.key, step.actor)):
        group = list(run)
        batches = [group] if not group[0].verb else [[step] for step in group]
        for batch in batches:
            last = batch[-1]
            entries.append(
                Happening(
                    title=last.label + (f"（{len(batch)}次）" if len(batch) > 1 else ""),
                    state=_tone(version, key),
                    actor=last.actor,
                    at=last.at,
                    reason=last.reason,
                    note=last.note if len(batch) == 1 else "",
                    late=last.on_time is False,
                    answers=step_lines(version, last, acting) if len(batch) == 1 else [],
                )
            )
    return entries[::-1]


def _tone(version: Version, key: str) -> str:
    if not version.workflow.has(key):
        return "done"
    transition = version.workflow.transition(key)
    if version.workflow.state(transition.target).kind is StateKind.REFUSED:
        return "bad"
    return "back" if transition.negative or key in ("object", "pay_failed", "take_down") else "done"


def health_hidden(findings: list[Finding], acting: Acting) -> list[Finding]:
    """Without the right to health facts the rules about the illness say their result and not the text's remedy."""
    if acting.may(Verb.HEALTH_READ):
        return findings
    return [Finding(f.rule, f.outcome, f.text, f.source) for f in findings]


@dataclass(slots=True)
class Frozen:
    """A decision for the page: the ruling, who and when, and what each rule said that day."""

    decision: Decision
    findings: list[Finding]
    reason: str


def decisions(case: Case, version: Version, steps: Iterable[Step]) -> list[Frozen]:
    """The rulings on a case, the latest first; none is read where none can be."""
    ruling = {Effect.APPROVE, Effect.REFUSE}
    if not any(ruling & set(version.act(step.key).effects) for step in steps):
        return []
    reasons = {key: label for t in version.workflow.transitions for key, label in t.reasons}
    return [
        Frozen(
            decision,
            [Finding(f["rule"], f["outcome"], f["text"], f["source"]) for f in decision.findings],
            reasons.get(decision.reason, decision.reason),
        )
        for decision in case.decisions.order_by("-id")
    ]


@dataclass(slots=True)
class Ways:
    """The steps on offer: the way on, what sends it back, and the ways out; those handled elsewhere as links."""

    forward: list[StepForm]
    back: list[StepForm]
    out: list[StepForm]
    edit: bool
    in_round: bool
    blocked: bool

    @property
    def any(self) -> bool:
        return bool(self.forward or self.back or self.out or self.edit or self.in_round or self.blocked)


def ways(case: Case, transitions: list[Transition], bound: StepForm | None, *, passes: bool) -> Ways:
    """Forms for the steps. ``bound`` is the one just tried, with what she typed.

    What cannot succeed is not offered: approval while a rule does not pass, asking when every question is answered.
    """
    found = Ways([], [], [], edit=False, in_round=False, blocked=False)
    put = {check.key for check in case.checks.all() if check.cancelled_at is None}
    for transition in transitions:
        if transition.key == "ask" and all(check.key in put for check in queries.version_of(case).checks):
            continue
        if Effect.APPROVE in queries.version_of(case).act(transition.key).effects and not passes:
            found.blocked = True
            continue
        if transition.key in ("submit_for", "resubmit_for"):
            found.edit = True
            continue
        if transition.key == "report_up":  # done for the whole round
            found.in_round = True
            continue
        form = bound if bound is not None and bound.transition.key == transition.key else form_of(transition, case)
        group = found.out if transition.aside else found.back if transition.negative else found.forward
        group.append(form)
    return found


def page(case: Case, acting: Acting, bound: StepForm | None = None) -> dict[str, Any]:
    """The context of the page."""
    version = queries.version_of(case)
    answers = queries.answers_of(case)
    steps = list(case.steps.all())
    today = clock.today()
    ended = StateKind(case.kind) in ENDED
    rulings = decisions(case, version, steps)
    if StateKind(case.kind) in SETTLED and rulings:
        findings, judged_on = rulings[0].findings, rulings[0].decision.at
    else:
        findings, judged_on = health_hidden(queries.findings_of(case, answers), acting), None
    state = version.workflow.state(case.state)
    return {
        "case": case,
        "version": version,
        "state": state,
        "due": None if ended else due_of(case.due_on, today, org.calendar()),
        "place": org.place_name(case.place),
        "town": org.place_name(codes.town_of(case.place)),
        "category": version.category_label(case.category),
        "sections": facts(version, answers, acting),
        "open_findings": [finding for finding in findings if finding.outcome != Outcome.PASS],
        "passed": [finding for finding in findings if finding.outcome == Outcome.PASS],
        "judged_on": judged_on,
        "checks": _checks(case, today),
        "dropped_checks": [check for check in case.checks.all() if check.cancelled_at is not None],
        "may_ask_again": acting.may(Verb.CASE_ASK) and case.state in version.workflow.before("ask"),
        "papers": papers(case, acting),
        "happenings": timeline(version, steps, acting),
        "served": queries.served_lately(case) if not ended and _comes_to_her(version) else [],
        "rulings": rulings,
        "others": _others(case),
        "letters": letters_of(case),
        "ways": ways(
            case,
            queries.next_steps(case, acting, steps),
            bound,
            passes=all(finding.outcome == Outcome.PASS for finding in findings),
        ),
        "today": today,
    }


def _comes_to_her(version: Version) -> bool:
    """Whether the house visits or hands things over, so that it matters who did lately."""
    return version.does(Effect.VISIT) or version.does(Effect.DELIVER)


def _others(case: Case) -> list[dict[str, Any]]:
    """Her other applications in range, with the state each is in."""
    return [
        {"case": other, "state": queries.version_of(other).workflow.state(other.state).label}
        for other in queries.other_cases(case)
    ]


def _checks(case: Case, today: dt.date) -> list[tuple[OutsideCheck, Due | None]]:
    """The questions that count, with how urgent an open one is."""
    calendar = org.calendar()
    return [
        (check, None if check.answered_at else due_of(check.due_on, today, calendar))
        for check in case.checks.all()
        if check.cancelled_at is None
    ]
