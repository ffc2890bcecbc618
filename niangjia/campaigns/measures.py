"""Figures of study campaigns. None of them measures time, and none ranks anybody (domain notes 4.6)."""

from __future__ import annotations

from niangjia.attendance.measures import measure
from niangjia.campaigns.kinds import ReflectionState, ReturnState
from niangjia.campaigns.models import Reflection, Return, Viewing
from niangjia.core import measures
from niangjia.core.measures import Kind, Measure


def declare() -> None:
    """Declare the measures of campaigns. Called once, when the application is loaded."""
    for key, label, kind in (
        ("study.sessions", "专题学习：集中收看场次", "sessions"),
        ("study.attendances", "专题学习：集中收看人次", "attendances"),
    ):
        measures.register(measure(key, label, kind, about="study"))
    measures.register(
        Measure(
            key="study.units", label="专题学习：完成上报的单位", unit="个", kind=Kind.DISTINCT, value="unit",
            records=lambda: Return.objects.filter(state__in=(ReturnState.SUBMITTED, ReturnState.ACCEPTED)).select_related("unit", "campaign"),
            place="place", at="submitted_at", caption=lambda one: f"{one.unit.short_name} {one.campaign.title}",
            detail=lambda one: ("campaigns:ret", {"pk": one.pk}),
        )
    )  # fmt: skip
    measures.register(
        Measure(
            key="study.viewers", label="专题学习：个人自行收看人数", unit="人", kind=Kind.DISTINCT, value="account",
            records=lambda: Viewing.objects.select_related("episode", "officer", "campaign"), place="place", at="on",
            caption=lambda one: f"{one.on} 《{one.campaign.title}》第{one.episode.number}集 {'干部' if one.officer_id else '群众'}",
            detail=lambda one: ("campaigns:campaign", {"pk": one.campaign_id}),
        )
    )  # fmt: skip
    measures.register(
        Measure(
            key="study.reflections", label="专题学习：收到心得体会", unit="篇", kind=Kind.COUNT,
            records=lambda: Reflection.objects.exclude(state=ReflectionState.WITHDRAWN), place="place", at="sent_at",
            caption=lambda one: f"{one.get_audience_display()}：{one.text[:20]}",
            detail=lambda one: ("campaigns:reflection", {"pk": one.pk}),
        )
    )  # fmt: skip
    measures.register(
        Measure(
            key="study.published", label="专题学习：发布的心得体会", unit="篇", kind=Kind.COUNT,
            records=lambda: Reflection.objects.filter(state=ReflectionState.PUBLISHED), place="place", at="published_at",
            caption=lambda one: f"{one.credit}：{one.shown_text[:20]}",
            detail=lambda one: ("campaigns:reflection", {"pk": one.pk}),
        )
    )  # fmt: skip
