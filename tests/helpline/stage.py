"""A line with two people on duty: the officer takes what comes in, the vice chair supervises."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.helpline import actions, queries
from niangjia.helpline.actions import Entry, Received
from niangjia.helpline.kinds import Kind, Risk, Topic, Way
from niangjia.helpline.models import Matter
from niangjia.org import queries as org
from tests.personas import DADONGMEN, FULING, District

ASKED = "离婚以后孩子的抚养费怎么算，对方一直不给"
BEATEN = "丈夫喝酒以后打我，昨晚又动手了"


def person(district: District, who: str) -> queries.Person:
    acting = district.acting(who)
    with acting_as(access.house(FULING)):
        found = queries.handlers(org.federation_of(acting.place))
    return next(one for one in found if one.account == acting.account_id)


def on_duty(district: District, handler: str = "officer", supervisor: str = "vice") -> None:
    handler_, supervisor_, by = person(district, handler), person(district, supervisor), district.acting("chair")
    with acting_as(by):
        actions.set_duty(starts_on=clock.today(), handler=handler_, supervisor=supervisor_, by=by)


def entry(**changes: Any) -> Entry:
    given: dict[str, Any] = {
        "token": uuid.uuid4(), "way": Way.PORTAL, "facts": ASKED, "place": DADONGMEN, "topic": Topic.CUSTODY, "name": "陈小雨",
        "phone": "13900139000", "safe_time": "工作日白天",
    }  # fmt: skip
    return Entry(**{**given, **changes})


def sent(**changes: Any) -> Received:
    """Somebody at home sends it, without signing in."""
    with acting_as(access.visitor()) as by:
        return actions.receive(entry=entry(**changes), by=by)


def entered(district: District, who: str, **changes: Any) -> Received:
    by = district.acting(who)
    with acting_as(by):
        return actions.receive(entry=entry(**{"way": Way.HOTLINE, **changes}), by=by)


def find(district: District, received: Received, who: str = "officer") -> Matter:
    """The matter of a number, as somebody sees it."""
    with acting_as(district.acting(who)):
        return Matter.objects.get(number=received.number)


def seen(district: District, who: str) -> list[str]:
    """The numbers a persona sees in the table itself."""
    with acting_as(district.acting(who)):
        return list(Matter.objects.order_by("number").values_list("number", flat=True))


def triaged(district: District, received: Received, **changes: Any) -> Matter:
    matter, by = find(district, received), district.acting("officer")
    given: dict[str, Any] = {
        "risk": Risk.LOW, "topic": Topic(matter.topic), "kind": Kind(matter.kind), "place": matter.place,
    } | changes  # fmt: skip
    with acting_as(by):
        return actions.triage(matter_id=matter.pk, by=by, **given)


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)
