"""The demonstration's vehicle of 母亲健康快车: two years with a hospital, driven about twice a week."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from random import Random

from django.utils.timezone import make_aware

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.express import actions
from niangjia.express.kinds import CostKind, Purpose
from niangjia.express.rules import Entry
from niangjia.ops.demo.district import DemoDistrict
from niangjia.org.kinds import UnitKind

HOSPITAL = "区妇幼保健院"
TRIPS = 46
_COUNTS: dict[Purpose, dict[str, tuple[int, int]]] = {
    Purpose.CLINIC: {"advised": (18, 45), "screened": (10, 40), "heard": (20, 60), "given": (40, 150)},
    Purpose.PUBLICITY: {"heard": (30, 90), "given": (60, 200)},
    Purpose.CARRY: {"carried": (1, 2)},
    Purpose.TRANSFER: {"rescued": (1, 1), "carried": (0, 1)},
    Purpose.TRAINING: {"trained": (8, 24)},
}
_USUAL = [Purpose.CLINIC] * 5 + [Purpose.PUBLICITY] * 3 + [Purpose.CARRY] * 4 + [Purpose.TRANSFER, Purpose.TRAINING]


def drive(district: DemoDistrict) -> None:
    """The vehicle comes, trips are written down on their day by the hospital, papers are paid for by the district."""
    draw = Random(f"{district.invent.draw.random()}")  # noqa: S311  invented work
    today = clock.today()
    officer, liaison = district.seat("qu.ganshi"), district.seat("fubao")
    received = dt.date(today.year - 2, 5, 10)
    with acting_as(officer):
        vehicle = actions.add_vehicle(
            by=officer, holder=district.units[HOSPITAL], plate="渝G·5M086", model="福特全顺救护型", received_on=received,
            donor="中国妇女发展基金会", insured_until=today + dt.timedelta(days=17),
            inspected_until=today + dt.timedelta(days=140),
        )  # fmt: skip
        for kind, amount in ((CostKind.INSURANCE, 4860), (CostKind.REPAIR, 2310)):
            day = dt.date(today.year, 1, 8)
            actions.add_cost(vehicle_id=vehicle.pk, day=day, kind=kind, amount=Decimal(amount), by=officer)
    places = [unit.place for unit in district.units.values() if unit.kind == UnitKind.FEDERATION]
    first = dt.date(today.year, 1, 5)
    gap = max(1, (today - first).days // TRIPS)
    for number in range(TRIPS):
        day = first + dt.timedelta(days=gap * number)
        if day > today:
            break
        purpose = draw.choice(_USUAL)
        counts = {column: draw.randint(*span) for column, span in _COUNTS[purpose].items()}
        place = draw.choice(places)
        entry = Entry(
            left_on=day, purpose=purpose, places=(place,), km=Decimal(draw.randint(120, 1900)) / 10,
            staff="驾驶员 1 人，医护 3 人", counts=counts,
            materials="叶酸片、宣传折页" if "given" in counts else "",
        )  # fmt: skip
        with clock.frozen(make_aware(dt.datetime.combine(day, dt.time(17, 20)))), acting_as(liaison):
            actions.record_trip(
                vehicle_id=vehicle.pk, entry=entry, by=liaison, token=uuid.UUID(int=draw.getrandbits(128)),
                costs={CostKind.FUEL: Decimal(round(entry.km * Decimal("0.95")))},
            )  # fmt: skip
