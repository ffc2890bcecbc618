"""Needs count up to: heard, solved, answered in time."""

from __future__ import annotations

from django.db.models import Q

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure
from niangjia.needs.kinds import NeedState
from niangjia.needs.models import Need


def _caption(need: Need) -> str:
    return f"{need.get_kind_display()}需求 {need.raised_at:%Y-%m-%d} {need.get_state_display()}"


def _page(need: Need) -> tuple[str, dict[str, object]]:
    return "needs:show", {"pk": need.pk}


def declare() -> None:
    """Declare the measures of needs. Called once, when the application is loaded."""
    for measure in (
        Measure(
            key="needs.raised", label="听到的群众需求", unit="件", kind=Kind.COUNT, records=lambda: Need.objects.all(),
            place="place", at="raised_at", caption=_caption, detail=_page,
        ),
        Measure(
            key="needs.solved", label="解决的群众需求", unit="件", kind=Kind.COUNT,
            records=lambda: Need.objects.filter(state=NeedState.DONE), place="place", at="ended_at", caption=_caption,
            detail=_page,
        ),
        Measure(
            key="needs.on_time", label="群众需求按期答复率", unit="%", kind=Kind.SHARE, numerator=Q(on_time=True),
            records=lambda: Need.objects.filter(ended_at__isnull=False), place="place", at="ended_at",
            caption=_caption, detail=_page,
        ),
    ):  # fmt: skip
        measures.register(measure)
