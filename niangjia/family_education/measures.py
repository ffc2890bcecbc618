"""The numbers of family education as measures, so that a plan's target is fulfilled by what was held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure
from niangjia.family_education import sql
from niangjia.family_education.kinds import Mode, Party
from niangjia.family_education.models import Activity, School
from niangjia.family_education.queries import HEADS, counted, held

NAME = "家庭教育"


def declare() -> None:
    """Declare them. Called once, when the application is loaded."""
    _lectures("activities", "活动", counted)
    for mode in Mode:
        _lectures(mode.lower(), mode.label, lambda mode=mode: counted().filter(mode=mode))  # type: ignore[misc]
    _lectures("entered", "流动学校三进授课", lambda: counted().filter(mode=Mode.MOBILE, venue_kind__entered=True))
    _heads("heads", "参加人次", Q())
    _heads("mobile_heads", "流动学校参加人次", Q(mode=Mode.MOBILE))
    _done("schools_met", "中小学学期活动达标", "校·学期", [Party.SCHOOL])
    _done("kindergartens_met", "幼儿园学期活动达标", "园·学期", [Party.KINDERGARTEN])
    _done("towns_met", "镇街完成年度指导活动", "个", [Party.TOWN])
    _register("lecturers", "授课讲师", "人", Kind.DISTINCT, counted, value="lecturer_id")
    _schools("schools", "家长学校", "opened_on")
    _schools("model_schools", "示范家长学校", "model_on")


def _lectures(key: str, label: str, records: Callable[[], QuerySet[Activity]]) -> None:
    _register(key, label, "场", Kind.COUNT, records)


def _heads(key: str, label: str, where: Q) -> None:
    _register(key, label, "人次", Kind.SUM, lambda: counted().filter(where), value=HEADS)


def _done(key: str, label: str, unit: str, parties: list[Party]) -> None:
    """The records are the activities by which a unit reached its number: one for each unit and period."""
    names = [party.value for party in parties]
    _register(key, label, unit, Kind.COUNT, lambda: held().filter(pk__in=RawSQL(sql.COMPLETING, (names,))))  # noqa: S611


def _register(
    key: str, label: str, unit: str, kind: Kind, records: Callable[[], QuerySet[Activity]], value: Any = None
) -> None:
    measures.register(
        Measure(
            key=f"family.{key}", label=f"{NAME}：{label}", unit=unit, kind=kind, records=records, place="place",
            at="session__on", value=value, caption=_caption, detail=_page,
        )
    )  # fmt: skip


def _schools(key: str, label: str, at: str) -> None:
    measures.register(
        Measure(
            key=f"family.{key}", label=f"{NAME}：{label}", unit="所", kind=Kind.LEVEL, place="place", at=at,
            records=lambda: School.objects.select_related("unit"), ended="closed_on",
            caption=lambda school: f"{school.unit.name}（{school.get_type_display()}）",
            detail=lambda school: ("family:unit", {"pk": school.unit_id}),
        )
    )  # fmt: skip


def _caption(one: Activity) -> str:
    when = one.when
    heads = "" if when.headcount is None else f" {when.headcount} 人次"
    return f"{when.on:%Y-%m-%d} {one.unit.short_name} {when.title}{heads}"


def _page(one: Any) -> tuple[str, dict[str, Any]]:
    return "family:activity", {"pk": one.pk}
