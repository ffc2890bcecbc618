"""A trip is one record: written once, corrected, struck; each hospital's own."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError

from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock, measures
from niangjia.core.refused import Refused
from niangjia.express import actions, queries
from niangjia.express.kinds import CostKind, Purpose
from niangjia.express.models import Cost, Trip, Vehicle
from niangjia.express.rules import Entry
from niangjia.trail.models import Entry as TrailEntry
from tests.hospitals import Hospital
from tests.personas import CHONGYI, DADONGMEN, DUNREN, FULING, District

DAY = dt.date(2026, 3, 5)


def entry(**changes: Any) -> Entry:
    counts = {"advised": 30, "given": 120, "heard": 45}
    base: dict[str, Any] = {
        "left_on": DAY, "purpose": Purpose.CLINIC, "places": (DADONGMEN, CHONGYI), "km": Decimal("86.5"), "counts": counts,
    }  # fmt: skip
    return Entry(**{**base, **changes})


def drive(who: Hospital, by: Acting | None = None, token: uuid.UUID | None = None, **changes: Any) -> Trip:
    by = by or who.acting
    costs = changes.pop("costs", None)
    with acting_as(by):
        return actions.record_trip(
            vehicle_id=who.vehicle.pk, entry=entry(**changes), by=by, token=token or uuid.uuid4(), costs=costs
        )


def test_a_trip_is_kept_with_its_costs_and_the_database_adds_its_people_up(ours: Hospital) -> None:
    trip = drive(ours, costs={CostKind.FUEL: Decimal(180), CostKind.TOLL: Decimal(0)})
    with acting_as(ours.acting):
        kept = Trip.objects.get()
        assert (kept.pk, kept.people, kept.talks, kept.clinics, kept.turn) == (trip.pk, 75, 1, 1, 1)
        assert (kept.place, queries.names_of(kept)) == (DADONGMEN, "敦仁街道 大东门社区、崇义街道")
        assert kept.unit_id == ours.unit.pk
        assert [(cost.kind, cost.amount, cost.day) for cost in Cost.objects.all()] == [("FUEL", Decimal(180), DAY)]


def test_a_trip_sent_twice_is_one_and_another_that_day_is_the_second(ours: Hospital) -> None:
    token = uuid.uuid4()
    assert drive(ours, token=token).pk == drive(ours, token=token).pk
    assert drive(ours).turn == 2
    with pytest.raises(Refused, match=r"^渝G12345 2026-03-05 第 2 趟已经登记过。"):
        drive(ours, turn=2)


def test_a_corrected_trip_says_so_and_one_that_changed_meanwhile_is_not_overwritten(
    ours: Hospital, district: District
) -> None:
    trip = drive(ours, costs={CostKind.FUEL: Decimal(180)})
    with acting_as(ours.acting):
        costs = {CostKind.FUEL: Decimal(0), CostKind.TOLL: Decimal(35)}
        actions.change_trip(trip_id=trip.pk, entry=entry(km=Decimal(90)), by=ours.acting, revision=1, costs=costs)
        assert (Trip.objects.get().km, Trip.objects.get().revision) == (Decimal(90), 2)
        assert [(cost.kind, cost.amount) for cost in Cost.objects.all()] == [("TOLL", Decimal(35))]
        with pytest.raises(Refused, match=r"其他人修改了这一趟"):
            actions.change_trip(trip_id=trip.pk, entry=entry(), by=ours.acting, revision=1)
    with acting_as(district.acting("chair")):
        verbs = TrailEntry.objects.filter(subject=f"trip:{trip.pk}").order_by("seq").values_list("verb", flat=True)
        assert list(verbs) == ["express.trip", "express.trip.change"]


def test_a_struck_trip_counts_no_longer_and_stays(ours: Hospital) -> None:
    trip = drive(ours, costs={CostKind.FUEL: Decimal(180)})
    with acting_as(ours.acting):
        for _ in range(2):
            actions.strike_trip(trip_id=trip.pk, reason="重复登记", by=ours.acting)
        assert (Trip.objects.count(), queries.trips().count(), Cost.objects.count()) == (1, 0, 0)
        assert Trip.objects.get().struck_why == "重复登记"
    assert drive(ours).turn == 1


def test_a_hospital_sees_and_writes_its_own_only(ours: Hospital, theirs: Hospital) -> None:
    drive(ours)
    drive(theirs)
    with acting_as(ours.acting):
        assert [str(vehicle) for vehicle in Vehicle.objects.all()] == ["渝G12345"]
        assert [trip.unit_id for trip in Trip.objects.all()] == [ours.unit.pk]
        with pytest.raises(Vehicle.DoesNotExist):
            actions.record_trip(vehicle_id=theirs.vehicle.pk, entry=entry(), by=ours.acting, token=uuid.uuid4())
    with acting_as(ours.acting), pytest.raises(ProgrammingError, match="row-level security"):
        Trip.objects.create(
            vehicle=ours.vehicle, unit=theirs.unit, left_on=DAY, purpose=Purpose.CLINIC, place=DUNREN, km=1,
            recorded_at=clock.now(), token=uuid.uuid4(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "trips", "vehicles"),
    [("chair", 2, 1), ("dunren", 1, 1), ("dadongmen", 1, 1), ("jiaotong", 0, 1), ("health", 0, 0)],
)
def test_a_town_sees_the_trips_that_came_to_it(
    ours: Hospital, district: District, who: str, trips: int, vehicles: int
) -> None:
    drive(ours)
    drive(ours, places=(CHONGYI,))
    with acting_as(district.acting(who)):
        assert (Trip.objects.count(), Vehicle.objects.count()) == (trips, vehicles)
        assert Cost.objects.count() == 0


def test_the_money_is_seen_by_the_hospital_and_the_district(
    ours: Hospital, theirs: Hospital, district: District
) -> None:
    drive(ours, costs={CostKind.FUEL: Decimal(180)})
    seen = {}
    for name, acting in (
        ("ours", ours.acting),
        ("theirs", theirs.acting),
        ("chair", district.acting("chair")),
        ("dunren", district.acting("dunren")),
    ):
        with acting_as(acting):
            seen[name] = Cost.objects.count()
    assert seen == {"ours": 1, "theirs": 0, "chair": 1, "dunren": 0}


@pytest.mark.parametrize("who", ["chair", "dunren", "health"])
def test_who_may_not_record_is_refused(ours: Hospital, district: District, who: str) -> None:
    with pytest.raises(PermissionDenied, match="您当前的职务没有“登记出车”权限。"):
        drive(ours, by=district.acting(who))


def test_every_number_of_the_year_is_its_trips(ours: Hospital, theirs: Hospital, district: District) -> None:
    drive(ours)
    drive(
        ours,
        purpose=Purpose.CARRY,
        counts={"carried": 2},
        places=(FULING,),
        km=Decimal(12),
        left_on=DAY + dt.timedelta(days=1),
    )
    drive(theirs, left_on=dt.date(2025, 12, 31))
    with acting_as(district.acting("officer")):
        actions.add_cost(
            vehicle_id=ours.vehicle.pk,
            day=DAY,
            kind=CostKind.INSURANCE,
            amount=Decimal(5000),
            by=district.acting("officer"),
        )
        first, second = queries.year_form(2026)
        assert {key: value for key, value in first.figures.items() if value} == {
            "trips": 2, "km": Decimal("98.5"), "country": 1, "talks": 1, "heard": 45, "clinics": 1, "advised": 30,
            "carried": 2, "given": 120, "people": 77,
        }  # fmt: skip
        assert (first.cost, sum(second.figures.values())) == (Decimal(5000), 0)
        for figure in queries.FORM:
            of_measure = measures.value(
                measures.get(f"express.{figure.key}"), since=dt.date(2026, 1, 1), until=dt.date(2027, 1, 1)
            )
            assert of_measure == first.figures[figure.key]
            behind = figure.records().filter(queries.year(2026), vehicle=ours.vehicle)
            counted = sum(getattr(trip, figure.column) for trip in behind) if figure.column else behind.count()
            assert counted == first.figures[figure.key]
        assert measures.value(measures.get("express.clinic_trips"), place=DUNREN, since=DAY) == 1
        assert measures.value(measures.get("express.cost"), place=FULING) == Decimal("0.5")
        assert queries.costs_by_kind(ours.vehicle, 2026) == [("保险", Decimal(5000))]


def test_a_vehicle_is_known_once_belongs_to_a_hospital_and_is_retired_on_a_day(
    ours: Hospital, district: District
) -> None:
    by = district.acting("officer")
    more = {"model": "救护型", "received_on": DAY}
    with acting_as(by):
        with pytest.raises(Refused, match=r"^渝G12345 已经登记过。$"):
            actions.add_vehicle(by=by, holder=ours.unit, plate="渝g·12345", **more)
        with pytest.raises(Refused, match=r"^区民政局不是在用的医疗机构。"):
            actions.add_vehicle(by=by, holder=district.unit("区民政局"), plate="渝G1", **more)
        with pytest.raises(Refused) as refused:
            actions.change_vehicle(vehicle_id=ours.vehicle.pk, by=by, state="RETIRED")
        assert refused.value.fields == {"retired_on": "请填写停用日期。"}
        actions.change_vehicle(vehicle_id=ours.vehicle.pk, by=by, state="RETIRED", retired_on=DAY)
        assert list(queries.on_the_road()) == []
        assert TrailEntry.objects.get(verb="express.vehicle.change").summary["changed"] == ["状态", "停用日期"]
    with pytest.raises(Refused) as late:
        drive(ours, left_on=DAY + dt.timedelta(days=1))
    assert late.value.fields == {"left_on": "车辆已于 2026-03-05 停用。请核对日期或车辆。"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("敦仁街道 大东门社区", (DADONGMEN,)),
        ("大东门社区居民委员会", (DADONGMEN,)),
        ("大东门社区、崇义街道；大东门社区", (DADONGMEN, CHONGYI)),
        ("涪陵区", (FULING,)),
        ("", ()),
    ],
)
def test_places_are_read_as_people_write_them(district: District, text: str, places: tuple[str, ...]) -> None:
    with acting_as(district.acting("officer")):
        assert queries.place_finder(FULING)(text) == places


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("龙潭", "没有找到“龙潭”"),
        ("龙潭镇 大东门社区", "没有“龙潭镇”这个乡镇街道"),
        ("崇义街道 大东门社区", "没有找到“崇义街道 大东门社区”"),
    ],
)
def test_a_place_nobody_knows_is_said(district: District, text: str, says: str) -> None:
    with acting_as(district.acting("officer")), pytest.raises(ValueError, match=f"^{says}$"):
        queries.place_finder(FULING)(text)
