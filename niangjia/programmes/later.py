"""What the house does on its own once a transaction is through. Actions ask here by name; ``tasks`` holds the work.

The jobs run as the house because those who cause them (a department, a resident) may not see the case.
"""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from niangjia.access.acting import Acting
from niangjia.core.codes import district_of

COLLECT = "programmes.collect_answers"
OBJECTED = "programmes.objected"
TRANSFER = "programmes.transfer"


def _defer(name: str, place: str, **kwargs: int) -> None:
    acting: dict[str, JSONValue] = {"account": 0, "post": None, "place": district_of(place)}
    app.configure_task(name).defer(acting=acting, **kwargs)


def collect_answers(*, case_id: int, place: str) -> None:
    """A department answered: see whether all have."""
    _defer(COLLECT, place, case_id=case_id)


def objected(*, objection_id: int, place: str) -> None:
    """Somebody objected: stop the case on its way to the money."""
    _defer(OBJECTED, place, objection_id=objection_id)


def transfer(*, transfer_id: int, by: Acting) -> None:
    """Somebody asked for a large file: work it off under her own post, which is why this one names it."""
    acting: dict[str, Any] = {"account": by.account_id, "post": by.post_id, "place": by.place}
    app.configure_task(TRANSFER).defer(acting=acting, transfer_id=transfer_id)
