"""What came in and how it went, counted from a view that tells of nobody: records behind the figures are months."""

from __future__ import annotations

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure
from niangjia.helpline.models import Tally


def declare() -> None:
    """Declare the measures of the line. Called once, when the application is loaded."""
    for measure in (
        Measure(
            key="helpline.matters", label="妇女来件", unit="件", kind=Kind.COUNT, records=lambda: Tally.objects.all(),
            place="place", at="month",
        ),
        Measure(
            key="helpline.in_time", label="按期答复的妇女来件", unit="件", kind=Kind.COUNT,
            records=lambda: Tally.objects.filter(in_time=True), place="place", at="answered_in",
        ),
        Measure(
            key="helpline.closed", label="办结的妇女来件", unit="件", kind=Kind.COUNT, records=lambda: Tally.objects.all(),
            place="place", at="closed_in",
        ),
    ):  # fmt: skip
        measures.register(measure)
