"""Forms of brands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from niangjia.brands.models import Brand
from niangjia.core import clock
from niangjia.org.models import Unit
from niangjia.programmes import registry
from niangjia.reports.brand import ROOMS
from niangjia.web.desk.org.forms import DayField

ICONS = [
    ("heart", "心"),
    ("flower", "花"),
    ("star", "星"),
    ("home", "家"),
    ("people", "人"),
    ("book", "书"),
    ("flag", "旗"),
]


class BrandForm(forms.Form):
    name = forms.CharField(label="名称", max_length=20)
    slogan = forms.CharField(label="口号", max_length=40, required=False)
    description = forms.CharField(
        label="简介", widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=1000
    )
    unit = forms.ModelChoiceField(label="负责单位", queryset=Unit.objects.none(), required=False, empty_label="区妇联")
    since = DayField(label="创立日期", required=False)
    icon = forms.ChoiceField(label="标志", choices=ICONS)
    order = forms.IntegerField(label="次序", min_value=0, max_value=99, initial=9)
    active = forms.BooleanField(label="对外展示", required=False, initial=True)
    programmes = forms.MultipleChoiceField(
        label="默认用这个品牌的项目", required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(p.key, p.name) for p in registry.programmes().values()] + [(key, name) for key, (name, _) in ROOMS.items()],
        help_text="这些项目的记录都算在这个品牌下；一个项目只能选一个品牌。",
    )  # fmt: skip


class NewBrandForm(BrandForm):
    key = forms.SlugField(label="代号", max_length=40, help_text="网址里用，小写字母，定了不再改。")

    field_order = ("key",)


class PeriodForm(forms.Form):
    """From a day to a day, both counted; this year when nobody says otherwise."""

    since = DayField(label="从")
    until = DayField(label="到")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期不能早于开始日期。")
        return data


def this_year() -> dict[str, dt.date]:
    today = clock.today()
    return {"since": dt.date(today.year, 1, 1), "until": today}


class TagForm(forms.Form):
    brand = forms.ModelChoiceField(label="品牌", queryset=Brand.objects.all(), required=False, empty_label="不标品牌")


class WhyForm(forms.Form):
    why = forms.CharField(label="用途", max_length=100)
