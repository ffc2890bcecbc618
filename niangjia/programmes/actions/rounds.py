"""Rounds: preparing, opening, closing, and dividing what the upper level allots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import codes
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import DefinitionError
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.programmes import queries, registry
from niangjia.programmes.actions.acts import take
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.steps import locked
from niangjia.programmes.definition import NoticePlan, Version
from niangjia.programmes.kinds import RoundState
from niangjia.programmes.models import Allotment, Case, Round


def _note(round_: Round, by: Acting, verb: str, **summary: Any) -> None:
    record(
        by=by, stream=f"round:{round_.pk}", verb=verb, place=round_.place, summary={"title": round_.title, **summary}
    )


def _in_hand(version: Version) -> tuple[str, ...]:
    """The states in which somebody still has to do something: a grant that only stands, without a deadline, is done."""
    workflow = version.workflow
    kinds = (StateKind.REVIEW, StateKind.OUTSIDE_CHECK, StateKind.NOTICE, StateKind.VOTE)
    waiting = [s.key for s in workflow.states if s.kind is StateKind.GRANTED and s.deadline is not None]
    return (*workflow.states_of(kinds), *waiting, *workflow.after("pay_failed"))


NEXT = {
    RoundState.DRAFT: frozenset({RoundState.OPEN}),
    RoundState.OPEN: frozenset({RoundState.CLOSED}),
    RoundState.CLOSED: frozenset({RoundState.OPEN, RoundState.FINISHED}),
    RoundState.FINISHED: frozenset[RoundState](),
}


@transaction.atomic
def prepare(
    *,
    programme: str,
    title: str,
    year: int,
    unit: Unit,
    opens_on: dt.date,
    closes_on: dt.date,
    cutoff_on: dt.date,
    by: Acting,
    amount: Decimal | None = None,
    quota: int | None = None,
    notice_days: int | None = None,
    notice_unit: str = "",
    objection_phone: str = "",
    document_number: str = "",
    parameters: dict[str, Any] | None = None,
) -> Round:
    """Make a round under the version in force on its first day. Raises Refused when no version is.

    Without ``notice_days`` the notice runs as long as the version's plan says, in its unit.
    """
    by.require(Verb.ROUND_MANAGE)
    try:
        version = registry.programme(programme).version_on(opens_on)
    except DefinitionError as error:
        raise Refused(str(error)) from error
    if closes_on < opens_on:
        raise Refused("受理截止日期不能早于开始日期。", {"closes_on": "请核对日期。"})
    plan = version.notice or NoticePlan()
    round_ = Round.objects.create(
        programme=programme,
        version=version.key,
        title=title,
        year=year,
        unit=unit,
        place=unit.place,
        opens_on=opens_on,
        closes_on=closes_on,
        cutoff_on=cutoff_on,
        amount=amount or (Decimal(version.default_amount) if version.default_amount else None),
        quota=quota,
        notice_days=notice_days or plan.days,
        notice_unit=(notice_unit if notice_days else "") or plan.unit,
        objection_phone=objection_phone,
        document_number=document_number,
        parameters=parameters or {},
    )
    _note(round_, by, "round.prepare", version=version.key)
    return round_


@transaction.atomic
def change(*, round_id: int, by: Acting, **values: Any) -> Round:
    """Change dates, quota, amount, notice days or texts. Amount and cut-off stay once cases were submitted."""
    by.require(Verb.ROUND_MANAGE)
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    fixed = [key for key in ("amount", "cutoff_on") if key in values and values[key] != getattr(round_, key)]
    if fixed and round_.cases.filter(submitted_at__isnull=False).exists():
        raise Refused("已有申请提交，金额和资格认定时点不能再改。", dict.fromkeys(fixed, "不能修改。"))
    before = {key: str(getattr(round_, key)) for key in values}
    for key, value in values.items():
        setattr(round_, key, value)
    if round_.closes_on < round_.opens_on:
        raise Refused("受理截止日期不能早于开始日期。", {"closes_on": "请核对日期。"})
    round_.save()
    _note(round_, by, "round.change", before=before, after={key: str(value) for key, value in values.items()})
    return round_


@transaction.atomic
def set_state(*, round_id: int, state: RoundState, by: Acting) -> Round:
    """Open, close, open again or finish a round. It is finished when nothing of it is in hand any more."""
    by.require(Verb.ROUND_MANAGE)
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    if state == round_.state:
        return round_
    if state not in NEXT[RoundState(round_.state)]:
        raise Refused(f"批次现在是“{round_.get_state_display()}”，不能改为“{state.label}”。")
    if state == RoundState.FINISHED:
        running = round_.cases.filter(state__in=_in_hand(registry.version(round_.programme, round_.version))).count()
        if running:
            raise Refused(f"本批次还有{running}件在办理，不能办结。")
    before, round_.state = round_.state, state
    round_.save(update_fields=["state"])
    _note(round_, by, "round.state", before=before, after=state)
    return round_


@transaction.atomic
def report_up(*, round_id: int, batch_number: str, by: Acting) -> int:
    """Mark every approved case as reported to the municipality under its batch number; returns how many."""
    by.require(Verb.CASE_ALLOCATE)
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    if not batch_number.strip():
        raise Refused("请填写市级系统的批次号。", {"batch_number": "请填写。"})
    round_.upper_batch_number = batch_number.strip()
    round_.save(update_fields=["upper_batch_number"])
    moved = 0
    for pk in (
        Case.objects.filter(queries.standing_before("report_up"), round=round_)
        .order_by("id")
        .values_list("pk", flat=True)
    ):
        take(locked(pk, revision=None), "report_up", by=by, note=f"市级批次号 {round_.upper_batch_number}")
        moved += 1
    _note(round_, by, "round.report_up", cases=moved, batch=round_.upper_batch_number)
    return moved


@transaction.atomic
def allocate(*, round_id: int, quota: int, by: Acting) -> tuple[int, int]:
    """Put the reported and waiting cases in the order of the rule; the first within the quota are allotted.

    ``quota`` is the number of people of the whole round. Returns how many were allotted and how many wait.
    """
    by.require(Verb.CASE_ALLOCATE)
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    if round_.state == RoundState.FINISHED:
        raise Refused("批次已办结，不能再分配名额。")
    taken = queries.places_taken(round_)
    if quota < taken:
        raise Refused(f"本批次已占用{taken}个名额，名额不能少于这个数。", {"quota": f"至少{taken}。"})
    round_.quota = quota
    round_.save(update_fields=["quota"])
    free, allotted, left = quota - taken, 0, 0
    for rank, place in enumerate(queries.order_of_waiting(round_), start=1):
        case = locked(place.case.pk, revision=None)
        if rank <= free:
            take(case, "allocate", by=by, note=f"按序第{rank}位", changes={"rank": rank})
            allotted += 1
        elif case.state in queries.version_of(case).workflow.before("wait"):
            take(case, "wait", by=by, note=f"候补第{rank - free}位", changes={"rank": rank})
            left += 1
        else:
            Case.objects.filter(pk=case.pk).update(rank=rank)
            left += 1
    _note(round_, by, "round.allocate", quota=quota, allotted=allotted, waiting=left)
    return allotted, left


@transaction.atomic
def allot(*, round_id: int, numbers: Mapping[str, int], by: Acting) -> None:
    """Set how many each town may put forward, by town code; a town not named gets none.

    Raises Refused where a town has already put forward more than it would be left.
    """
    by.require(Verb.CASE_ALLOCATE)
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    used = queries.used_by_towns(round_)
    wrong = {
        town: f"已报{used[town]}个，名额不能少于这个数。"
        for town, number in numbers.items()
        if number < used.get(town, 0)
    }
    if wrong:
        raise Refused("有镇街已报的超过名额，请核对标红的几处。", wrong)
    before = queries.allotments(round_)
    for division in org.divisions_within(round_.place, codes.Level.TOWN):
        number = numbers.get(division.code, 0)
        if before.get(division.code) != number:
            Allotment.objects.update_or_create(round=round_, place=division.code, defaults={"number": number})
    _note(round_, by, "round.allot", total=sum(numbers.values()), towns=len(numbers))
