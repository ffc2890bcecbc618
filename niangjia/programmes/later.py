"""What the house does on its own once a transaction is through. Actions ask here by name; ``tasks`` holds the work.

The jobs run as the house because those who cause them (a department, a resident) may not see the case.
"""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from niangjia.core.codes import district_of

COLLECT = "programmes.collect_answers"
OBJECTED = "programmes.objected"


def _defer(name: str, place: str, **kwargs: int) -> None:
    acting: dict[str, JSONValue] = {"account": 0, "post": None, "place": district_of(place)}
    app.configure_task(name).defer(acting=acting, **kwargs)


def collect_answers(*, case_id: int, place: str) -> None:
    """A department answered: see whether all have."""
    _defer(COLLECT, place, case_id=case_id)


def objected(*, objection_id: int, place: str) -> None:
    """Somebody objected: stop the case on its way to the money."""
    _defer(OBJECTED, place, objection_id=objection_id)
