"""Forms of wishes at the desk."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms

from niangjia.core import clock
from niangjia.web.desk.org.forms import DayField
from niangjia.wishes.kinds import Category, Consented, Said, WisherKind
from niangjia.wishes.rules import CLAIM_DAYS, LONGEST, Entry


class WordsForm(forms.Form):
    """What is wished; shown to everybody."""

    category = forms.ChoiceField(label="类别", choices=Category.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="心愿",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="100 字以内，会公开。不写姓名、学校、地址、电话，不要钱。",
    )
    value = forms.IntegerField(
        label="估价",
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class WishForm(WordsForm):
    """A new wish; most of it may stay as it is."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    place = forms.ChoiceField(label="村（社区）")
    kind = forms.ChoiceField(label="许愿人", choices=WisherKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="姓名", max_length=30, help_text="加密保存，不公开。")
    guardian = forms.CharField(label="监护人姓名", max_length=30, required=False, help_text="儿童必填。")
    phone = forms.CharField(
        label="联系电话", max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    consented = forms.ChoiceField(
        label="怎么同意公开的",
        choices=[choice for choice in Consented.choices if choice[0] != Consented.PORTAL],
        widget=forms.RadioSelect,
        initial=Consented.ORAL,
        help_text="儿童由监护人同意。公开时不写姓名，只写镇街。",
    )
    consented_on = DayField(label="同意日期", initial=clock.today)
    verified = forms.BooleanField(label="我见过本人，情况属实（登记即核实）", required=False, initial=True)

    def entry(self) -> Entry:
        data = self.cleaned_data
        return entry_of(data, data["consented_on"], Consented(data["consented"]))


def entry_of(data: dict[str, Any], consented_on: dt.date, consented: Consented) -> Entry:
    return Entry(
        kind=WisherKind(data["kind"]), name=data["name"], category=Category(data["category"]), text=data["text"],
        value=data["value"], guardian=data["guardian"], phone=data["phone"], consented_on=consented_on, consented=consented,
    )  # fmt: skip


def fresh(place: str) -> dict[str, Any]:
    return {"token": uuid.uuid4(), "place": place, "kind": WisherKind.CHILD, "consented": Consented.ORAL}


class ChangeForm(WordsForm):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class UnitForm(forms.Form):
    unit_name = forms.CharField(label="单位名称", max_length=60)
    contact = forms.CharField(label="经办人", max_length=30, help_text="加密保存，转交时联系用。")
    phone = forms.CharField(label="电话", max_length=20, required=False)


class DeliverForm(forms.Form):
    on = DayField(label="送到日期", initial=clock.today)
    batch = forms.TypedChoiceField(label="从物资库出", coerce=int, empty_value=None, required=False)
    note = forms.CharField(label="说明", max_length=100, required=False, help_text="不用拍照。孩子的照片不要传。")
    revision = forms.IntegerField(widget=forms.HiddenInput)


class ConfirmForm(forms.Form):
    said = forms.ChoiceField(label="许愿人", choices=Said.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="说明", max_length=100, required=False, help_text="本人不便确认的，写一句情况。")
    revision = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=80)


class TermsForm(forms.Form):
    value_cap = forms.IntegerField(label="每个心愿上限（元）")
    claim_days = forms.IntegerField(
        label="认领后几天内送到村（社区）", help_text=f"{CLAIM_DAYS[0]} 至 {CLAIM_DAYS[-1]} 天。"
    )
    open_days = forms.IntegerField(label="公开多少天没人认领就撤下")
    most_claims = forms.IntegerField(label="每人同时最多认领几个")
    valid_from = DayField(label="启用日期", initial=clock.today, help_text="这一天起登记、认领的按新参数；已有的不变。")
    confirmed = forms.BooleanField(label="以上参数已由区妇联研究确定", required=False)


class ListForm(forms.Form):
    file = forms.FileField(label="微心愿征集表（.xlsx）")
