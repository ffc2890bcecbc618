"""Wishes on their way, made by the actions everybody uses."""

from __future__ import annotations

import uuid
from typing import Any

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.wishes import actions
from niangjia.wishes.kinds import Category, WisherKind
from niangjia.wishes.models import Claim, Wish
from niangjia.wishes.rules import Entry
from tests.personas import District

DONOR, OTHER_DONOR, MOTHER = "13800138001", "13800138002", "13800138003"


def entry(**changes: Any) -> Entry:
    base: dict[str, Any] = {
        "kind": WisherKind.CHILD, "name": "陈小雨", "category": Category.LEARNING, "text": "想要一个结实的书包", "value": 120,
        "consented_on": clock.today(), "guardian": "陈建国", "phone": "13900139000",
    }  # fmt: skip
    return Entry(**{**base, **changes})


def wished(district: District, who: str = "dadongmen", *, verified: bool = True, **changes: Any) -> Wish:
    by = district.acting(who)
    with acting_as(by):
        return actions.raise_wish(entry=entry(**changes), place=by.place, token=uuid.uuid4(), by=by, verified=verified)


def opened(district: District, who: str = "dadongmen", **changes: Any) -> Wish:
    wish, town = wished(district, who, **changes), district.acting("officer")
    with acting_as(town):
        return actions.publish(wish_id=wish.pk, by=town)


def claimed(district: District, wish: Wish, phone: str = DONOR, **changes: Any) -> Claim:
    by = district.resident(phone)
    with acting_as(by):
        return actions.claim(wish_id=wish.pk, token=uuid.uuid4(), name="王热心", by=by, **changes)


def delivered(district: District, wish: Wish, who: str = "dadongmen") -> Wish:
    by = district.acting(who)
    with acting_as(by):
        actions.hand_in(wish_id=wish.pk, by=by)
        return actions.deliver(wish_id=wish.pk, on=clock.today(), by=by)
