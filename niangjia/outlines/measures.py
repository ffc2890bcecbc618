"""What a plan may aim at: the share of indicators met, reporting on time, orders closed.

``outlines.met`` judges each confirmed value by the target of its own year, in the database, as ``rules.status_of`` does.
A trend without a baseline, which the rule holds against the year before, is left out of it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure
from niangjia.outlines import queries
from niangjia.outlines.kinds import IN_FORCE, WITH_TARGET, Direction, OrderState
from niangjia.outlines.models import Observation, Order, Target

TRENDS = (Direction.INCREASE, Direction.DECREASE, Direction.KEEP)


def declare() -> None:
    """Declare the measures of outlines. Called once, when the application is loaded."""
    reported = Observation.objects.filter(restates__isnull=True, submitted_at__isnull=False)
    for measure in (
        Measure(
            key="outlines.met", label="妇儿规划：指标达标率", unit="%", kind=Kind.SHARE, numerator=MET,
            records=_judged, place="place", at="confirmed_at", caption=_caption, detail=_page,
        ),
        Measure(
            key="outlines.on_time", label="妇儿规划：指标按时填报率", unit="%", kind=Kind.SHARE, numerator=Q(on_time=True),
            records=lambda: reported.select_related("indicator"), place="place", at="submitted_at",
            caption=_caption, detail=_page,
        ),
        Measure(
            key="outlines.confirmed", label="妇儿规划：已确认的指标值", unit="项", kind=Kind.COUNT,
            records=lambda: Observation.objects.filter(state__in=IN_FORCE).select_related("indicator"),
            place="place", at="confirmed_at", caption=_caption, detail=_page,
        ),
        Measure(
            key="outlines.orders_issued", label="妇儿规划：发出的督办单", unit="件", kind=Kind.COUNT,
            records=lambda: Order.objects.select_related("hard__indicator"), place="place", at="issued_at",
            caption=_order, detail=_order_page,
        ),
        Measure(
            key="outlines.orders_closed", label="妇儿规划：重难点指标销号", unit="件", kind=Kind.COUNT,
            records=lambda: Order.objects.filter(state=OrderState.CLOSED).select_related("hard__indicator"),
            place="place", at="closed_at", caption=_order, detail=_order_page,
        ),
    ):  # fmt: skip
        measures.register(measure)


def _caption(value: Observation) -> str:
    return f"{value.year}年 {value.indicator.name} {value.unit_name}"


def _page(value: Observation) -> tuple[str, dict[str, Any]]:
    return "outlines:value", {"pk": value.pk}


def _order(order: Order) -> str:
    return f"{order.number} {order.hard.indicator.name}"


def _order_page(order: Order) -> tuple[str, dict[str, Any]]:
    return "outlines:order", {"pk": order.pk}


def _toward(direction: Direction, **condition: object) -> Q:
    return Q(indicator__direction=direction, **condition)


MET = (
    _toward(Direction.GE, value__gte=F("aim"))
    | _toward(Direction.LE, value__lte=F("aim"))
    | _toward(Direction.AROUND, value__gte=F("aim") - F("allowed"), value__lte=F("aim") + F("allowed"))
    | _toward(Direction.INCREASE, value__gt=F("from_value"))
    | _toward(Direction.DECREASE, value__lt=F("from_value"))
    | _toward(Direction.KEEP, value__gte=F("from_value"))
    | _toward(Direction.QUAL, value__gt=0)
)


def _judged() -> QuerySet[Observation]:
    """Values in force that can be judged, each with the target of its own year."""
    of_year = Target.objects.filter(
        queries.in_year(OuterRef("year")), indicator=OuterRef("indicator"), place=OuterRef("place")
    )
    judged = Observation.objects.filter(state__in=IN_FORCE).annotate(
        aim=Subquery(of_year.values("value")[:1]),
        allowed=Subquery(of_year.values("tolerance")[:1]),
        from_value=Subquery(of_year.values("baseline")[:1]),
    )
    return judged.filter(
        Q(indicator__direction__in=sorted(WITH_TARGET), aim__isnull=False)
        | Q(indicator__direction__in=TRENDS, from_value__isnull=False)
        | Q(indicator__direction=Direction.QUAL)
    ).select_related("indicator")
