"""The numbers of the yearly form as measures, so that a plan's target is fulfilled by trips."""

from __future__ import annotations

from typing import Any

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure
from niangjia.express.models import Cost, Trip
from niangjia.express.queries import FORM, Figure

NAME = "母亲健康快车"
YUAN_A_WAN = 10_000


def declare() -> None:
    """Declare them. Called once, when the application is loaded."""
    for figure in FORM:
        measures.register(_measure(figure))
    # A day with several trips to the country for examinations is several times, whatever the number of sessions.
    measures.register(
        Measure(
            key="express.clinic_trips", label=f"{NAME}：下乡义诊次数", unit="次", kind=Kind.COUNT,
            records=lambda: FORM[2].records().filter(clinics__gt=0), place="place", at="left_on",
            caption=_caption, detail=_page,
        )
    )  # fmt: skip
    measures.register(
        Measure(
            key="express.cost", label=f"{NAME}：车辆费用", unit="万元", kind=Kind.SUM, value="amount", per=YUAN_A_WAN,
            records=lambda: Cost.objects.select_related("vehicle"), place="place", at="day",
            caption=lambda cost: f"{cost.day:%Y-%m-%d} {cost.vehicle} {cost}",
            detail=lambda cost: ("express:vehicle", {"pk": cost.vehicle_id}),
        )
    )  # fmt: skip


def _measure(figure: Figure) -> Measure:
    return Measure(
        key=f"express.{figure.key}",
        label=f"{NAME}：{figure.label}",
        unit=figure.unit,
        kind=Kind.SUM if figure.column else Kind.COUNT,
        value=figure.column,
        records=figure.records,
        place="place",
        at="left_on",
        caption=_caption,
        detail=_page,
    )


def _caption(trip: Trip) -> str:
    return f"{trip} 服务 {trip.people} 人次，{trip.km:g} 公里"


def _page(trip: Any) -> tuple[str, dict[str, Any]]:
    return "express:trip", {"pk": trip.pk}
