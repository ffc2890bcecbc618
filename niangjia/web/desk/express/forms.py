"""Forms of 母亲健康快车."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from niangjia.core import clock
from niangjia.express.kinds import COUNTS, CostKind, Purpose, VehicleState
from niangjia.express.models import Trip, Vehicle
from niangjia.express.queries import names_of
from niangjia.express.rules import Entry
from niangjia.org.models import Unit
from niangjia.web.desk.org.forms import DayField

ON_THE_WAY = (CostKind.FUEL, CostKind.TOLL)  # what a trip itself costs; the rest is entered with the vehicle


class CountField(forms.IntegerField):
    """A number typed on a phone; empty is none."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, min_value=0, max_value=999_999, required=False, **kwargs)


class MoneyField(forms.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, min_value=0, max_digits=9, decimal_places=2, **kwargs)


class TripForm(forms.Form):
    """A trip in under a minute: most of it is filled in already or may stay empty."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    vehicle = forms.ChoiceField(label="车辆")
    left_on = DayField(label="出车日期")
    purpose = forms.ChoiceField(label="用途", choices=Purpose.choices, widget=forms.RadioSelect)
    places = forms.CharField(
        label="到达地点",
        max_length=200,
        help_text="打几个字后选；多个地方用、隔开，先写主要的。",
        widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
    )
    km = forms.DecimalField(
        label="里程", max_digits=6, decimal_places=1, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    staff = forms.CharField(label="出车人员", max_length=80, required=False, help_text="例如：驾驶员 1 人，医护 3 人。")
    materials = forms.CharField(label="发放的药品物资", max_length=120, required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)
    turn = CountField(label="当天第几趟", help_text="留空自动排。")

    def __init__(
        self, data: Any = None, *, vehicles: Sequence[Vehicle], find: Callable[[str], tuple[str, ...]], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.find = find
        field = self.fields["vehicle"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), f"{one.plate} {one.model}") for one in vehicles]
        for service in COUNTS:
            self.fields[service.column] = CountField(label=service.label)
        for kind in ON_THE_WAY:
            self.fields[f"cost_{kind}"] = MoneyField(label=kind.label, required=False)

    def clean_places(self) -> tuple[str, ...]:
        try:
            return self.find(self.cleaned_data["places"])
        except ValueError as error:
            raise forms.ValidationError(f"{error}。") from error

    def counts(self) -> list[tuple[Any, str]]:
        """The fields of what was done, each with its unit."""
        return [(self[service.column], service.unit) for service in COUNTS]

    def costs(self) -> list[Any]:
        return [self[f"cost_{kind}"] for kind in ON_THE_WAY]

    def entry(self) -> Entry:
        data = self.cleaned_data
        return Entry(
            left_on=data["left_on"],
            purpose=Purpose(data["purpose"]),
            places=data["places"],
            km=data["km"],
            staff=data["staff"],
            counts={service.column: data[service.column] or 0 for service in COUNTS},
            materials=data["materials"],
            note=data["note"],
            turn=data["turn"] or None,
        )

    def money(self) -> dict[CostKind, Decimal]:
        return {kind: self.cleaned_data[f"cost_{kind}"] or Decimal(0) for kind in ON_THE_WAY}


def fresh(vehicle: str, last: Trip | None) -> dict[str, Any]:
    """A new trip: today, the crew of the last one."""
    return {
        "token": uuid.uuid4(),
        "vehicle": vehicle,
        "left_on": clock.today(),
        "staff": last.staff if last else "",
    }


def known(trip: Trip) -> dict[str, Any]:
    """A trip as its form shows it."""
    costs = {f"cost_{cost.kind}": cost.amount for cost in trip.costs.all()}
    counts = {service.column: getattr(trip, service.column) or None for service in COUNTS}
    plain = {key: getattr(trip, key) for key in ("left_on", "purpose", "km", "staff", "materials", "note", "turn")}
    more = {"token": trip.token, "revision": trip.revision, "vehicle": str(trip.vehicle_id), "places": names_of(trip)}
    return {**plain, **counts, **costs, **more}


class StrikeForm(forms.Form):
    reason = forms.CharField(label="作废原因", max_length=80)


class VehicleForm(forms.Form):
    plate = forms.CharField(label="车牌号", max_length=10)
    model = forms.CharField(label="车型", max_length=40)
    received_on = DayField(label="接收日期")
    donor = forms.CharField(label="捐赠方", max_length=80, required=False)
    holder = forms.ModelChoiceField(
        label="使用单位", queryset=Unit.objects.none(), help_text="名单里没有的，先在“组织与名册”中添加医疗机构。"
    )
    insured_until = DayField(label="保险有效期至", required=False)
    inspected_until = DayField(label="年检有效期至", required=False)
    state = forms.ChoiceField(label="状态", choices=VehicleState.choices)
    retired_on = DayField(label="停用日期", required=False, help_text="停用的才填。")

    def __init__(self, data: Any = None, *, hospitals: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["holder"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = hospitals


class CostForm(forms.Form):
    day = DayField(label="日期")
    kind = forms.ChoiceField(label="类别", choices=[one for one in CostKind.choices if one[0] not in ON_THE_WAY])
    amount = MoneyField(label="金额")
    note = forms.CharField(label="说明", max_length=80, required=False)


class LogForm(forms.Form):
    file = forms.FileField(label="出车记录（.xlsx）")
