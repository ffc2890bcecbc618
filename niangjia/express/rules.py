"""What a trip must say, and when a vehicle's papers run out. Pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from niangjia.core import codes
from niangjia.express.kinds import COUNTS, CostKind, Purpose, VehicleState

WARN_DAYS: Final = 30  # a hint on the page, not a rule of anybody's
MOST_KM: Final = Decimal(2000)  # a day's driving; more is a slip of the pen
# What a trip of this purpose must at least have counted, one of them.
EXPECTED: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.PUBLICITY: ("heard", "given"),
    Purpose.CLINIC: ("advised", "screened"),
    Purpose.CARRY: ("carried",),
    Purpose.TRANSFER: ("rescued", "carried"),
    Purpose.TRAINING: ("trained",),
    Purpose.EMERGENCY: (),
}
_LABELS: Final = {service.column: service.label for service in COUNTS}


@dataclass(frozen=True, slots=True)
class Entry:
    """A trip as somebody wrote it down. ``places`` are division codes, the main one first; kilometres of the whole trip."""

    left_on: dt.date
    purpose: Purpose
    places: tuple[str, ...]
    km: Decimal
    staff: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    materials: str = ""
    note: str = ""
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Papers:
    """What is known of a vehicle that decides whether it may have been on the road."""

    received_on: dt.date
    state: VehicleState
    retired_on: dt.date | None = None


def completed(entry: Entry) -> Entry:
    """Who was taught or examined was so in one session at least: nobody has to type the 1."""
    counts = {column: entry.counts.get(column, 0) for column in _LABELS}
    counts["talks"] = max(counts["talks"], min(1, counts["heard"]))
    counts["clinics"] = max(counts["clinics"], min(1, counts["advised"] + counts["screened"]))
    return replace(entry, counts=counts)


def faults(entry: Entry, papers: Papers, *, district: str, today: dt.date) -> dict[str, str]:
    """What is wrong with a trip, by field, each with the remedy."""
    found: dict[str, str] = {}
    if entry.left_on > today:
        found["left_on"] = "出车日期不能晚于今天。请改成实际出车的日期。"
    elif entry.left_on < papers.received_on:
        found["left_on"] = f"早于车辆接收日期 {papers.received_on}。请核对日期或车辆。"
    elif papers.retired_on and entry.left_on > papers.retired_on:
        found["left_on"] = f"车辆已于 {papers.retired_on} 停用。请核对日期或车辆。"
    if not entry.places:
        found["places"] = "请选择到达的地方。"
    elif not all(codes.contains(district, place) for place in entry.places):
        found["places"] = "到达的地方应在本区县内；跨区转诊的写出发地，并在备注里说明。"
    if not 0 < entry.km <= MOST_KM:
        found["km"] = f"里程应在 0 至 {MOST_KM} 公里之间。请核对。"
    if any(count < 0 for count in entry.counts.values()):
        found["counts"] = "人数、份数和场次不能是负数。"
    wanted = EXPECTED[entry.purpose]
    if wanted and not any(entry.counts.get(column, 0) for column in wanted):
        names = "或".join(f"“{_LABELS[column]}”" for column in wanted)
        found[wanted[0]] = f"用途是{entry.purpose.label}，请填写{names}的数量。"
    return found


@dataclass(frozen=True, slots=True)
class Due:
    """A paper of a vehicle that runs out: when, in how many days, and how bad it is."""

    label: str
    until: dt.date
    days: int

    @property
    def tone(self) -> str:
        return "bad" if self.days < 0 else "due"

    @property
    def text(self) -> str:
        if self.days < 0:
            return f"{self.label}已过期 {-self.days} 天"
        return f"{self.label}今天到期" if self.days == 0 else f"{self.label}还有 {self.days} 天到期"


def due(insured_until: dt.date | None, inspected_until: dt.date | None, *, today: dt.date) -> list[Due]:
    """What has run out or will within the month, the most urgent first."""
    dates = (("保险", insured_until), ("年检", inspected_until))
    found = [Due(label, until, (until - today).days) for label, until in dates if until]
    return sorted((one for one in found if one.days <= WARN_DAYS), key=lambda one: one.days)


def cost_faults(amount: Decimal, kind: CostKind, day: dt.date, *, today: dt.date) -> dict[str, str]:
    found: dict[str, str] = {}
    if amount <= 0:
        found["amount"] = f"{kind.label}的金额应大于 0。"
    if day > today:
        found["day"] = "日期不能晚于今天。"
    return found
