"""Named reads of vehicles and trips. Which rows there are for the reader is the database's decision."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from niangjia.core import codes
from niangjia.core.codes import Level
from niangjia.express.kinds import CostKind, VehicleState
from niangjia.express.models import Cost, Trip, Vehicle
from niangjia.org import queries as org


def vehicles() -> QuerySet[Vehicle]:
    """All vehicles, those in use first."""
    return Vehicle.objects.select_related("holder").order_by("retired_on", "plate")


def on_the_road() -> QuerySet[Vehicle]:
    """Vehicles a trip may be recorded for."""
    return vehicles().exclude(state=VehicleState.RETIRED)


def trips() -> QuerySet[Trip]:
    """Trips that count, the latest first."""
    return Trip.objects.filter(struck_on__isnull=True)


def year(number: int) -> Q:
    """The condition that a trip was in a year."""
    return Q(left_on__gte=dt.date(number, 1, 1), left_on__lte=dt.date(number, 12, 31))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the yearly form: trips counted (``column`` None) or a column added up, of the trips that fulfil ``where``."""

    key: str
    label: str
    unit: str
    column: str | None = None
    where: Q = field(default_factory=Q)

    @property
    def heading(self) -> str:
        return f"{self.label}（{self.unit}）"

    def records(self) -> QuerySet[Trip]:
        """The trips behind the number."""
        found = trips().filter(self.where)
        return found.filter(**{f"{self.column}__gt": 0}) if self.column else found

    def aggregate(self) -> Any:
        return Sum(self.column, filter=self.where, default=0) if self.column else Count("pk", filter=self.where)


TO_THE_COUNTRY = ~Q(place__endswith="000000")
# The numbers of the yearly form (domain notes 2e), in its order; after them what the seven services leave over.
FORM: tuple[Figure, ...] = (
    Figure("trips", "出车", "次"),
    Figure("km", "行驶里程", "公里", "km"),
    Figure("country", "下乡", "次", where=TO_THE_COUNTRY),
    Figure("talks", "健康宣教", "场", "talks"),
    Figure("heard", "宣教受众", "人次", "heard"),
    Figure("clinics", "义诊体检", "场", "clinics"),
    Figure("advised", "咨询义诊", "人次", "advised"),
    Figure("screened", "困难妇女筛查体检", "人次", "screened"),
    Figure("carried", "免费接送孕产妇", "人", "carried"),
    Figure("rescued", "救治危重病人", "人", "rescued"),
    Figure("given", "发放药品资料", "份", "given"),
    Figure("trained", "培训基层医务人员", "人次", "trained"),
    Figure("helped", "特殊个案帮扶", "人次", "helped"),
    Figure("people", "服务合计", "人次", "people"),
)
FIGURES = {figure.key: figure for figure in FORM}


@dataclass(frozen=True, slots=True)
class Line:
    """A vehicle in the yearly form."""

    vehicle: Vehicle
    figures: dict[str, Decimal | int]
    cost: Decimal


def year_form(number: int) -> list[Line]:
    """Each vehicle with its numbers of a year, in yuan what it cost; one that was not there that year is left out."""
    rows: dict[int, Mapping[str, Any]] = {
        row["vehicle_id"]: row
        for row in trips()
        .filter(year(number))
        .order_by()
        .values("vehicle_id")
        .annotate(**{f"f_{figure.key}": figure.aggregate() for figure in FORM})
    }
    costs = dict(
        Cost.objects.filter(day__year=number).order_by().values_list("vehicle_id").annotate(amount=Sum("amount"))
    )
    return [
        Line(
            vehicle,
            {figure.key: rows.get(vehicle.pk, {}).get(f"f_{figure.key}", 0) for figure in FORM},
            costs.get(vehicle.pk, Decimal(0)),
        )
        for vehicle in vehicles().filter(received_on__lte=dt.date(number, 12, 31))
        if vehicle.retired_on is None or vehicle.retired_on.year >= number
    ]


def costs_by_kind(vehicle: Vehicle, number: int) -> list[tuple[str, Decimal]]:
    """What a vehicle cost in a year, by the label of its kind, the dearest first."""
    found = Cost.objects.filter(vehicle=vehicle, day__year=number).order_by().values_list("kind")
    sums = found.annotate(amount=Sum("amount"))
    return sorted(((CostKind(kind).label, amount) for kind, amount in sums), key=lambda one: -one[1])


def names_of(trip: Trip) -> str:
    """Where a trip went, in words."""
    return "、".join(org.place_name(place) for place in trip.places)


def place_names(district: str) -> list[str]:
    """What may be typed as a place: the district, towns, and villages with their town."""
    names = org.place_names()
    found = {code: names[code] for code in org.names_within(district)}
    return [
        f"{found.get(codes.town_of(code), '')} {name}".strip() if codes.level_of(code) is Level.VILLAGE else name
        for code, name in sorted(found.items())
    ]


def place_finder(district: str) -> Callable[[str], tuple[str, ...]]:
    """A reader of places written by people: “敦仁街道 大东门社区、龙潭镇”. It raises ValueError for the user."""
    known = org.names_within(district)
    towns = {name: code for code, names in known.items() if codes.level_of(code) is not Level.VILLAGE for name in names}
    villages: dict[str, list[str]] = {}
    for code, names in known.items():
        if codes.level_of(code) is Level.VILLAGE:
            for name in names:
                villages.setdefault(name, []).append(code)

    def one(text: str) -> str:
        words = text.split()
        if len(words) == 1 and text in towns:
            return towns[text]
        town, name = (words[0], words[-1]) if len(words) > 1 else ("", text)
        if town and town not in towns:
            raise ValueError(f"没有“{town[:20]}”这个乡镇街道")
        found = [code for code in villages.get(name, []) if not town or codes.contains(towns[town], code)]
        if not found:
            raise ValueError(f"没有找到“{text[:30]}”")
        if len(found) > 1:
            raise ValueError(f"有 {len(found)} 个“{name[:20]}”，请在前面写上乡镇街道")
        return found[0]

    def find(text: str) -> tuple[str, ...]:
        parts = [" ".join(part.split()) for part in re.split(r"[、，,；;]", text)]
        return tuple(dict.fromkeys(one(part) for part in parts if part))

    return find
