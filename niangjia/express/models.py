"""Vehicles, their trips, what they cost. A trip is one record; every figure of the year is counted from trips."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from niangjia.core.fields import CodeField
from niangjia.express.kinds import SERVICES, CostKind, Purpose, VehicleState
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit

_PEOPLE = [service.column for service in SERVICES if service.is_people] + ["rescued"]


def _people() -> Any:
    first, *rest = (F(column) for column in _PEOPLE)
    for one in rest:
        first = first + one  # type: ignore[assignment]
    return first


class Vehicle(models.Model):
    """A vehicle and the hospital that holds it now."""

    plate = models.CharField("车牌号", max_length=10, unique=True)
    model = models.CharField("车型", max_length=40)
    received_on = models.DateField("接收日期")
    donor = models.CharField("捐赠方", max_length=80, default="", blank=True)
    holder = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="使用单位")
    insured_until = models.DateField("保险有效期至", null=True, blank=True)
    inspected_until = models.DateField("年检有效期至", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=VehicleState, default=VehicleState.IN_USE)
    retired_on = models.DateField("停用日期", null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["plate"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state=VehicleState.RETIRED) & Q(retired_on__isnull=False))
                | (~Q(state=VehicleState.RETIRED) & Q(retired_on__isnull=True)),
                name="express_vehicle_retired_on_a_day",
                violation_error_message="停用的车辆要有停用日期，在用的没有。",
            )
        ]

    def __str__(self) -> str:
        return self.plate


class Trip(models.Model):
    """One trip. ``place`` is the main place, by which it is counted; ``unit`` the hospital of that day.

    ``people`` (人次) is added up by the database: nobody types a total. A trip that was entered by mistake is struck and
    kept; it counts for nothing.
    """

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="trips")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    left_on = models.DateField("出车日期")
    turn = models.PositiveSmallIntegerField("当天第几趟", default=1)
    purpose = models.CharField("用途", max_length=10, choices=Purpose)
    place = CodeField()
    places = models.JSONField("到达地点", default=list)
    km = models.DecimalField("里程（公里）", max_digits=6, decimal_places=1)
    staff = models.CharField("出车人员", max_length=80, default="", blank=True)
    heard = models.PositiveIntegerField(default=0)
    advised = models.PositiveIntegerField(default=0)
    screened = models.PositiveIntegerField(default=0)
    given = models.PositiveIntegerField(default=0)
    carried = models.PositiveIntegerField(default=0)
    trained = models.PositiveIntegerField(default=0)
    helped = models.PositiveIntegerField(default=0)
    rescued = models.PositiveIntegerField(default=0)
    talks = models.PositiveSmallIntegerField(default=0)
    clinics = models.PositiveSmallIntegerField(default=0)
    people = models.GeneratedField(expression=_people(), output_field=models.IntegerField(), db_persist=True)
    materials = models.CharField("药品物资", max_length=120, default="", blank=True)
    note = models.CharField("备注", max_length=200, default="", blank=True)
    recorded_by = models.CharField("登记人", max_length=120)
    recorded_at = models.DateTimeField("登记时间")
    token = models.UUIDField(unique=True)
    revision = models.PositiveIntegerField(default=1)
    struck_on = models.DateField("作废日期", null=True, blank=True)
    struck_why = models.CharField("作废原因", max_length=80, default="", blank=True)

    class Meta:
        ordering = ["-left_on", "-turn", "-id"]
        indexes = [
            models.Index(fields=["place", "left_on"], name="express_trip_place_day"),
            models.Index(fields=["unit", "left_on"], name="express_trip_unit_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle", "left_on", "turn"],
                condition=Q(struck_on__isnull=True),
                name="express_trip_once_a_turn",
                violation_error_message="这辆车当天的这一趟已经登记过。",
            ),
            models.CheckConstraint(
                condition=Q(km__gt=0),
                name="express_trip_km",
                violation_error_message="里程应大于 0。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_on:%Y-%m-%d} {self.get_purpose_display()}"


class Cost(models.Model):
    """Money a vehicle cost, of a trip or between trips."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="costs")
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, blank=True, related_name="costs")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    kind = models.CharField("类别", max_length=10, choices=CostKind)
    amount = models.DecimalField("金额（元）", max_digits=9, decimal_places=2)
    note = models.CharField("说明", max_length=80, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["vehicle", "day"], name="express_cost_vehicle_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="express_cost_amount", violation_error_message="金额应大于 0。"
            ),
            models.UniqueConstraint(
                fields=["trip", "kind"],
                condition=Q(trip__isnull=False),
                name="express_cost_once_a_trip",
                violation_error_message="这一趟的同一类费用已经登记过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}元"


class Photo(models.Model):
    """A picture of a trip; never required."""

    trip = models.ForeignKey(Trip, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    place = CodeField()

    def __str__(self) -> str:
        return str(self.file_id)
