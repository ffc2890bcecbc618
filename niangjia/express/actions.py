"""Named writes of vehicles and trips."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.outcome import Answer, Outcome, counted
from niangjia.core.refused import Refused
from niangjia.express import queries, rules
from niangjia.express.kinds import COUNTS, CostKind, VehicleState
from niangjia.express.models import Cost, Photo, Trip, Vehicle
from niangjia.express.rules import Entry
from niangjia.files.models import StoredFile
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit

LABELS = {field.name: str(field.verbose_name) for field in Vehicle._meta.concrete_fields}
Costs = Mapping[CostKind, Decimal]


def _note(by: Acting, verb: str, subject: str, place: str, **summary: Any) -> None:
    record(by=by, stream=subject, verb=verb, place=place, summary=summary)


# ---------------------------------------------------------------- vehicles


@transaction.atomic
def add_vehicle(*, by: Acting, holder: Unit, plate: str, **fields: Any) -> Vehicle:
    """A vehicle that was handed over to a hospital. Raises Refused for one that is known already."""
    by.require(Verb.EXPRESS_MANAGE)
    _require_hospital(holder)
    vehicle = Vehicle(holder=holder, plate=_plate(plate), place=codes.district_of(by.place), **fields)
    _save(vehicle)
    _note(by, "express.vehicle.add", f"vehicle:{vehicle.pk}", vehicle.place, plate=vehicle.plate, unit=str(holder))
    return vehicle


@transaction.atomic
def change_vehicle(*, vehicle_id: int, by: Acting, **fields: Any) -> Vehicle:
    """Correct what is known of a vehicle, hand it to another hospital, take it out of use. What is not named stays."""
    by.require(Verb.EXPRESS_MANAGE)
    vehicle = Vehicle.objects.select_for_update().get(pk=vehicle_id)
    if "plate" in fields:
        fields["plate"] = _plate(fields["plate"])
    if "holder" in fields:
        _require_hospital(fields["holder"])
    changed = [key for key, value in fields.items() if getattr(vehicle, key) != value]
    if not changed:
        return vehicle
    for key in changed:
        setattr(vehicle, key, fields[key])
    _save(vehicle)
    _note(by, "express.vehicle.change", f"vehicle:{vehicle.pk}", vehicle.place, plate=vehicle.plate,
          changed=[LABELS[key] for key in changed])  # fmt: skip
    return vehicle


def _save(vehicle: Vehicle) -> None:
    if vehicle.state == VehicleState.RETIRED and vehicle.retired_on is None:
        raise Refused("停用的车辆请填写停用日期。", {"retired_on": "请填写停用日期。"})
    if vehicle.state != VehicleState.RETIRED:
        vehicle.retired_on = None
    try:
        with transaction.atomic():
            vehicle.save()
    except IntegrityError as error:
        raise Refused(f"{vehicle.plate} 已经登记过。", {"plate": "这个车牌号已经登记过，请核对。"}) from error


def _plate(text: str) -> str:
    return "".join(text.split()).upper().replace("·", "")


def _require_hospital(unit: Unit) -> None:
    if unit.kind != UnitKind.HOSPITAL or unit.active_to is not None:
        raise Refused(f"{unit.short_name}不是在用的医疗机构。请先在“组织与名册”中添加医疗机构。")


@transaction.atomic
def add_cost(*, vehicle_id: int, day: dt.date, kind: CostKind, amount: Decimal, note: str = "", by: Acting) -> Cost:
    """What a vehicle cost between trips: insurance, inspection, repair."""
    by.require(Verb.EXPRESS_RECORD)
    vehicle = Vehicle.objects.get(pk=vehicle_id)
    if wrong := rules.cost_faults(amount, kind, day, today=clock.today()):
        raise Refused("费用没有登记。", wrong)
    cost = Cost.objects.create(
        vehicle=vehicle, unit_id=vehicle.holder_id, day=day, kind=kind, amount=amount, note=note, place=vehicle.place
    )
    _note(
        by,
        "express.cost",
        f"vehicle:{vehicle.pk}",
        vehicle.place,
        plate=vehicle.plate,
        kind=kind.label,
        amount=str(amount),
    )
    return cost


# ---------------------------------------------------------------- trips


@transaction.atomic
def record_trip(
    *,
    vehicle_id: int,
    entry: Entry,
    by: Acting,
    token: uuid.UUID,
    costs: Costs | None = None,
) -> Trip:
    """Write a trip down. Sent twice (the same ``token``) it is one trip. Raises Refused naming every field at fault."""
    by.require(Verb.EXPRESS_RECORD)
    if known := Trip.objects.filter(token=token).first():
        return known
    vehicle = Vehicle.objects.get(pk=vehicle_id)
    entry = _sound(entry, vehicle)
    trip = Trip(
        vehicle=vehicle,
        unit_id=vehicle.holder_id,
        turn=entry.turn or _next_turn(vehicle, entry.left_on),
        recorded_by=by.signature,
        recorded_at=clock.now(),
        token=token,
    )
    _fill(trip, entry)
    try:
        with transaction.atomic():
            trip.save()
    except IntegrityError as error:
        if known := Trip.objects.filter(token=token).first():
            return known
        raise _taken(trip) from error
    _put_costs(trip, costs or {})
    _tell(trip, "express.trip", by)
    return trip


@transaction.atomic
def add_photos(*, trip_id: int, files: Callable[[], Sequence[StoredFile]], by: Acting) -> None:
    """Pictures of a trip, never required. A trip that was sent twice keeps those it has; ``files`` is not asked then."""
    by.require(Verb.EXPRESS_RECORD)
    trip = _locked(trip_id)
    if Photo.objects.filter(trip=trip).exists():
        return
    for file in files():
        Photo.objects.create(trip=trip, file=file, unit_id=trip.unit_id, place=trip.vehicle.place)


@transaction.atomic
def change_trip(*, trip_id: int, entry: Entry, by: Acting, revision: int, costs: Costs | None = None) -> Trip:
    """Correct a trip. Raises Refused when somebody else did so meanwhile. ``costs`` None leaves them."""
    by.require(Verb.EXPRESS_RECORD)
    trip = _locked(trip_id)
    if trip.revision != revision:
        raise Refused("在您打开页面之后，其他人修改了这一趟。请刷新页面，核对后再改。")
    entry = _sound(entry, trip.vehicle)
    trip.turn = entry.turn or trip.turn
    if trip.left_on != entry.left_on and entry.turn is None:
        trip.turn = _next_turn(trip.vehicle, entry.left_on)
    _fill(trip, entry)
    trip.revision += 1
    try:
        with transaction.atomic():
            trip.save()
    except IntegrityError as error:
        raise _taken(trip) from error
    if costs is not None:
        _put_costs(trip, costs)
    _tell(trip, "express.trip.change", by)
    return trip


@transaction.atomic
def strike_trip(*, trip_id: int, reason: str, by: Acting) -> Trip:
    """A trip that was entered by mistake counts no longer; its record and the reason stay. Twice does no harm."""
    by.require(Verb.EXPRESS_RECORD)
    trip = _locked(trip_id)
    if trip.struck_on is None:
        trip.struck_on, trip.struck_why, trip.revision = clock.today(), reason, trip.revision + 1
        trip.save(update_fields=["struck_on", "struck_why", "revision"])
        Cost.objects.filter(trip=trip).delete()
        _tell(trip, "express.trip.strike", by, reason=reason)
    return trip


def _locked(trip_id: int) -> Trip:
    return Trip.objects.select_for_update(of=("self",)).select_related("vehicle").get(pk=trip_id)


def _sound(entry: Entry, vehicle: Vehicle) -> Entry:
    entry = rules.completed(entry)
    papers = rules.Papers(vehicle.received_on, VehicleState(vehicle.state), vehicle.retired_on)
    if wrong := rules.faults(entry, papers, district=vehicle.place, today=clock.today()):
        raise Refused("这一趟还没有登记，请改正标出的地方。", wrong)
    return entry


def _next_turn(vehicle: Vehicle, day: dt.date) -> int:
    last: int | None = queries.trips().filter(vehicle=vehicle, left_on=day).aggregate(last=Max("turn"))["last"]
    return (last or 0) + 1


def _taken(trip: Trip) -> Refused:
    return Refused(
        f"{trip.vehicle.plate} {trip.left_on} 第 {trip.turn} 趟已经登记过。请在出车记录里核对，另一趟请改“当天第几趟”。",
        {"turn": "这一趟已经登记过。"},
    )


def _fill(trip: Trip, entry: Entry) -> None:
    trip.left_on, trip.purpose, trip.km = entry.left_on, entry.purpose, entry.km
    trip.place, trip.places = entry.places[0], list(entry.places)
    trip.staff, trip.materials, trip.note = entry.staff, entry.materials, entry.note
    for service in COUNTS:
        setattr(trip, service.column, entry.counts[service.column])


def _put_costs(trip: Trip, costs: Costs) -> None:
    """The costs of a trip as they are now; an amount of 0 is none."""
    today = clock.today()
    for kind, amount in costs.items():
        if amount and (wrong := rules.cost_faults(amount, kind, trip.left_on, today=today)):
            raise Refused("费用没有登记。", wrong)
    kept = {kind: amount for kind, amount in costs.items() if amount}
    Cost.objects.filter(trip=trip).exclude(kind__in=kept).delete()
    for kind, amount in kept.items():
        Cost.objects.update_or_create(
            trip=trip,
            kind=kind,
            defaults={
                "vehicle_id": trip.vehicle_id,
                "unit_id": trip.unit_id,
                "day": trip.left_on,
                "amount": amount,
                "place": trip.vehicle.place,
            },
        )


def _tell(trip: Trip, verb: str, by: Acting, **more: Any) -> None:
    _note(by, verb, f"trip:{trip.pk}", trip.place, plate=trip.vehicle.plate, on=str(trip.left_on),
          kind=trip.get_purpose_display(), **more)  # fmt: skip


# ---------------------------------------------------------------- the log on paper


@dataclass(frozen=True, slots=True)
class Logged:
    """One row of a log: a trip of a vehicle, its turn of the day given."""

    number: int
    plate: str
    entry: Entry


@transaction.atomic
def take_log(*, rows: Sequence[Logged], by: Acting, report: Callable[[int], None]) -> dict[int, Answer]:
    """Take a log in; the answer of each row by its number. A trip is known by vehicle, day and turn, so a second import
    changes nothing."""
    by.require(Verb.EXPRESS_RECORD)
    vehicles = {vehicle.plate: vehicle for vehicle in queries.vehicles()}
    known = {
        (trip.vehicle_id, trip.left_on, trip.turn): trip
        for trip in queries.trips().filter(left_on__in={row.entry.left_on for row in rows})
    }
    seen: dict[tuple[int, dt.date, int], int] = {}
    answers: dict[int, Answer] = {}
    for done, row in enumerate(rows):
        if done % 200 == 0:
            report(done)
        vehicle = vehicles.get(_plate(row.plate))
        if vehicle is None:
            answers[row.number] = Answer(
                Outcome.REFUSED, "plate", f"没有登记过车牌号“{row.plate[:12]}”，或不是您单位的车。请核对。"
            )
            continue
        key = (vehicle.pk, row.entry.left_on, row.entry.turn or 1)
        if key in seen:
            answers[row.number] = Answer(
                Outcome.REFUSED, "turn", f"与第 {seen[key]} 行是同一趟。当天的另一趟请填 2、3……"
            )
            continue
        seen[key] = row.number
        answers[row.number] = _log(row.entry, vehicle, known.get(key), by)
    counts = counted(answer.outcome for answer in answers.values())
    _note(by, "express.import", f"division:{by.place}", by.place, **counts)
    return answers


def _log(entry: Entry, vehicle: Vehicle, trip: Trip | None, by: Acting) -> Answer:
    try:
        if trip is None:
            record_trip(vehicle_id=vehicle.pk, entry=entry, by=by, token=uuid.uuid4())
            return Answer(Outcome.ADDED)
        before = _words(trip)
        after = Trip(turn=trip.turn)
        _fill(after, _sound(entry, vehicle))
        if _words(after) == before:
            return Answer(Outcome.SAME)
        change_trip(trip_id=trip.pk, entry=entry, by=by, revision=trip.revision)
        return Answer(Outcome.UPDATED)
    except Refused as refused:
        field, text = next(iter(refused.fields.items()), ("left_on", str(refused)))
        return Answer(Outcome.REFUSED, field, text)


_SAID = ("left_on", "turn", "purpose", "places", "km", "staff", "materials", "note", *(one.column for one in COUNTS))


def _words(trip: Trip) -> list[object]:
    return [getattr(trip, name) for name in _SAID]


@transaction.atomic
def note_export(*, rows: int, year: int, what: str, by: Acting) -> None:
    """The trail of a list that went out."""
    by.require(Verb.EXPRESS_READ)
    _note(by, "express.export", f"division:{by.place}", by.place, rows=rows, year=year, title=what)
