"""Hospitals with a vehicle and an officer each; ``ours`` and ``theirs`` of conftest are two of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.express import actions
from niangjia.express.models import Vehicle
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.org.models import Unit
from niangjia.people import actions as people
from niangjia.people.models import Account
from tests.personas import FULING, PASSWORD, SINCE, UNTIL, District

RECEIVED = dt.date(2024, 5, 10)


@dataclass(frozen=True)
class Hospital:
    unit: Unit
    acting: Acting
    account: Account
    vehicle: Vehicle


def hospital(district: District, name: str, plate: str) -> Hospital:
    with acting_as(access.house(FULING)):
        unit = org.add_unit(
            name=f"涪陵{name}", short_name=name, kind=UnitKind.HOSPITAL, parent=district.unit("涪陵区妇联"), since=SINCE
        )
        post = org.appoint(unit=unit, role=PostRole.LIAISON, name=f"{name}联络员", starts_on=SINCE, ends_on=UNTIL)
        account = people.make_account(officer=post.officer, username=plate, password=PASSWORD)
    with acting_as(district.acting("officer")):
        vehicle = actions.add_vehicle(
            by=district.acting("officer"), holder=unit, plate=plate, model="救护型", received_on=RECEIVED
        )
    return Hospital(unit, access.posts_of(account)[0], account, vehicle)
