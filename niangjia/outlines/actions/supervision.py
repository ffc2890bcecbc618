"""Named writes about hard indicators: listed, ordered, planned, reported each quarter, closed on a confirmed value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.org import queries as org
from niangjia.outlines import queries, rules
from niangjia.outlines.actions.errors import Refused, at
from niangjia.outlines.kinds import IN_FORCE, Chosen, OrderState, Status
from niangjia.outlines.models import Hard, Observation, Order, Progress


def _note(by: Acting, verb: str, hard: Hard, subject: str, **summary: object) -> None:
    record(
        by=by, stream=f"outline:{hard.indicator.outline_id}", verb=verb, subject=subject, place=hard.place,
        summary={"name": hard.indicator.name, **summary},
    )  # fmt: skip


@transaction.atomic
def list_hard(*, indicator_id: int, place: str, year: int, chosen: Chosen, reason: str, by: Acting) -> Hard:
    """Put an indicator on the list of hard ones. By hand it needs a reason. Raises Refused for one that is on it."""
    by.require(Verb.OUTLINE_MANAGE)
    if not reason.strip():
        raise at("reason", "请写明列入原因。")
    indicator = queries.indicator_for(indicator_id)
    if Hard.objects.filter(indicator=indicator, place=place, ended_at__isnull=True).exists():
        raise Refused(f"“{indicator.name}”已在重难点清单中。")
    hard = Hard.objects.create(
        indicator=indicator, place=place, year=year, chosen=chosen, reason=reason.strip()[:300], listed_at=clock.now(),
        listed_by=by.signature,
    )  # fmt: skip
    _note(by, "outline.hard", hard, f"indicator:{indicator.pk}", kind=chosen.label, reason=hard.reason)
    return hard


@transaction.atomic
def drop_hard(*, hard_id: int, why: str, by: Acting) -> Hard:
    """Take an indicator off the list with a reason. Raises Refused while an order is open."""
    by.require(Verb.OUTLINE_MANAGE)
    hard = Hard.objects.select_for_update(of=("self",)).select_related("indicator").get(pk=hard_id)
    if hard.ended_at is not None:
        return hard
    if not why.strip():
        raise at("why", "请写明移出原因。")
    if hard.orders.exclude(state=OrderState.CLOSED).exists():
        raise Refused("这个指标有未销号的督办单，请先销号。")
    hard.ended_at, hard.ended_why = clock.now(), why.strip()[:300]
    hard.save(update_fields=["ended_at", "ended_why"])
    _note(by, "outline.hard.end", hard, f"indicator:{hard.indicator_id}", reason=hard.ended_why)
    return hard


@transaction.atomic
def issue_order(*, hard_id: int, demand: str, by: Acting) -> Order:
    """Send a supervision order to the department that leads the indicator now; its plan is due in the outline's working days."""
    by.require(Verb.OUTLINE_MANAGE)
    hard = Hard.objects.select_for_update(of=("self",)).select_related("indicator__outline").get(pk=hard_id)
    today = clock.today()
    if hard.ended_at is not None:
        raise Refused("这个指标已移出重难点清单。")
    if not demand.strip():
        raise at("demand", "请写明督办要求。")
    if hard.orders.exclude(state=OrderState.CLOSED).exists():
        raise Refused("这个指标已有未销号的督办单。")
    lead = queries.leads_in(hard.place, today.year).get(hard.indicator_id)
    if lead is None:
        raise Refused(f"“{hard.indicator.name}”没有牵头部门，请先在指标页指定。")
    number = f"DB{today.year}-{Order.objects.filter(place=hard.place, issued_at__year=today.year).count() + 1:03d}"
    try:
        with transaction.atomic():
            order = Order.objects.create(
                hard=hard, number=number, unit=lead, demand=demand.strip()[:500], issued_at=clock.now(), issued_by=by.signature,
                plan_due_on=org.calendar().add_workdays(today, hard.indicator.outline.plan_days), place=hard.place,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused("编号刚被占用或已有督办单，请重试。") from error
    _note(
        by, "order.issue", hard, f"order:{order.pk}", number=number, unit=lead.short_name, ends=str(order.plan_due_on)
    )
    return order


def _order(pk: int) -> Order:
    """Raises Order.DoesNotExist. A closed one is not locked: nobody writes it any more."""
    found = Order.objects.select_related("hard__indicator__outline", "unit")
    order = found.get(pk=pk)
    return order if order.state == OrderState.CLOSED else found.select_for_update(of=("self",)).get(pk=pk)


def _require_own(order: Order, by: Acting) -> None:
    by.require(Verb.OUTLINE_MANAGE if by.kind is ActorKind.DESK else Verb.INDICATOR_FILL)
    if order.state == OrderState.CLOSED:
        raise Refused("这张督办单已销号。")


@transaction.atomic
def plan_order(*, order_id: int, plan: str, owner: str, finish_on: dt.date, by: Acting) -> Order:
    """The department's answer: what it will do, who, until when. A later plan replaces it; the trail keeps both."""
    order = _order(order_id)
    _require_own(order, by)
    missing = {key: "请填写。" for key, text in (("plan", plan), ("owner", owner)) if not text.strip()}
    if missing:
        raise Refused("请填写整改措施和责任人。", missing)
    if finish_on < clock.today():
        raise at("finish_on", "完成时限不能早于今天。")
    order.plan, order.owner, order.finish_on = plan.strip()[:1000], owner.strip()[:60], finish_on
    order.state, order.planned_at, order.planned_by = OrderState.PLANNED, clock.now(), by.signature
    order.save(update_fields=["plan", "owner", "finish_on", "state", "planned_at", "planned_by"])
    _note(
        by,
        "order.plan",
        order.hard,
        f"order:{order.pk}",
        number=order.number,
        ends=str(finish_on),
        text=order.plan[:100],
    )
    return order


@transaction.atomic
def report_progress(
    *, order_id: int, year: int, quarter: int, text: str, by: Acting, value: Decimal | None = None
) -> Progress:
    """What was done in a quarter. Raises Refused before there is a plan, and for a quarter that has not begun."""
    order = _order(order_id)
    _require_own(order, by)
    if order.state != OrderState.PLANNED:
        raise Refused("请先报整改计划，再报季度进展。")
    today = clock.today()
    if not 1 <= quarter <= 4 or (year, quarter) > (today.year, clock.quarter_of(today)) or year < order.issued_at.year:
        raise at("quarter", "请选择督办以来已经开始的季度。")
    if not text.strip():
        raise at("text", "请写明进展。")
    made = Progress.objects.create(
        order=order, year=year, quarter=quarter, text=text.strip()[:1000], value=value, at=clock.now(), by=by.signature,
        place=order.place,
    )  # fmt: skip
    _note(by, "order.progress", order.hard, f"order:{order.pk}", number=order.number, text=text.strip()[:100])
    return made


@transaction.atomic
def close_order(*, order_id: int, value_id: int, conclusion: str, by: Acting) -> Order:
    """End an order on a confirmed value of the indicator that fulfils its target. The indicator leaves the list.

    Raises Refused for a value that is not in force, older than the order's reason, or does not fulfil the target.
    """
    by.require(Verb.INDICATOR_CONFIRM)
    order = _order(order_id)
    if order.state == OrderState.CLOSED:
        return order
    hard = order.hard
    value = Observation.objects.filter(
        pk=value_id, indicator=hard.indicator, place=hard.place, state__in=IN_FORCE
    ).first()
    if value is None:
        raise at("value", "只能凭本指标已确认的值销号，请选择。")
    if order.state != OrderState.PLANNED:
        raise Refused("部门还没有报整改计划，不能销号。")
    if value.year < hard.year or (value.confirmed_at is not None and value.confirmed_at <= order.issued_at):
        raise at("value", "这个值是督办以前的，不能据以销号。")
    standing = next(
        (
            s
            for s in queries.standings(hard.indicator.outline, hard.place, value.year)
            if s.indicator_id == hard.indicator_id
        ),
        None,
    )
    if standing is None or standing.status is not Status.MET:
        status = standing.status.label if standing else Status.NOT_APPLICABLE.label
        raise Refused(
            f"{value.year}年的值{rules.short(value.value)}{hard.indicator.unit_after}{status}，达标后才能销号。"
        )
    if not conclusion.strip():
        raise at("conclusion", "请写明销号意见。")
    now = clock.now()
    order.state, order.closed_at, order.closed_by = OrderState.CLOSED, now, by.signature
    order.closed_on, order.conclusion = value, conclusion.strip()[:300]
    order.save()
    hard.ended_at, hard.ended_why = now, f"督办单{order.number}销号"
    hard.save(update_fields=["ended_at", "ended_why"])
    _note(by, "order.close", hard, f"order:{order.pk}", number=order.number, value=rules.short(value.value))
    return order
