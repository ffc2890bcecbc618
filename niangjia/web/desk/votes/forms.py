"""Forms of the votes room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from niangjia.core import clock
from niangjia.voting.actions import TOKENS_A_SHEET
from niangjia.voting.kinds import Cadence, Rule
from niangjia.voting.models import Choice

MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and a time in China, entered with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})
        super().__init__(widget=widget, input_formats=[MOMENT, "%Y-%m-%d %H:%M"], **kwargs)


class PollForm(forms.Form):
    """The parameters of a vote. Once it is open they stand."""

    title = forms.CharField(label="名称", max_length=80)
    rules_text = forms.CharField(
        label="投票规则",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="公布在投票页上：谁能投、怎么投、什么情况作废。",
    )
    opens_at = MomentField(label="开始")
    closes_at = MomentField(label="截止")
    from_hour = forms.IntegerField(label="每天从几点", min_value=0, max_value=23, initial=6)
    to_hour = forms.IntegerField(label="每天到几点", min_value=1, max_value=24, initial=23)
    min_choices = forms.IntegerField(label="每张选票最少选", min_value=1, max_value=50, initial=3)
    max_choices = forms.IntegerField(label="每张选票最多选", min_value=1, max_value=50, initial=10)
    cadence = forms.ChoiceField(label="每个手机号", choices=Cadence.choices, initial=Cadence.DAY)
    by_phone = forms.BooleanField(label="手机验证码投票", required=False, initial=True)
    by_token = forms.BooleanField(label="纸质投票码投票", required=False)
    hide_totals = forms.BooleanField(label="截止前不显示票数", required=False, initial=True)
    weight = forms.IntegerField(
        label="占总成绩", min_value=0, max_value=30, initial=30, help_text="最多30%，只作参考；票数不用来评价任何单位。"
    )
    grace_seconds = forms.IntegerField(
        label="截止宽限",
        min_value=0,
        max_value=120,
        initial=10,
        help_text="截止前已发出、路上耽搁的选票在宽限内到达仍计入。",
    )


class ChoiceForm(forms.Form):
    label = forms.CharField(label="名称", max_length=60)
    group = forms.CharField(
        label="类别", max_length=40, required=False, help_text="同一类别的在一起比较；不分类就不填。"
    )
    text = forms.CharField(label="简介", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5}))
    picture = forms.FileField(label="照片", required=False, help_text="JPG、PNG 或 WebP，会去掉拍摄地点。")
    minor = forms.BooleanField(label="作品或事迹属于未成年人", required=False)


class WhyForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="随结果公布，不写人名和电话。",
        error_messages={"required": "请写明理由。"},
    )


class SetAsideForm(WhyForm):
    rule = forms.ChoiceField(choices=Rule.choices, widget=forms.HiddenInput)
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    finding = forms.CharField(max_length=200, widget=forms.HiddenInput)


class VoidForm(WhyForm):
    choice = forms.TypedChoiceField(label="参选对象", coerce=int)

    def __init__(self, *args: Any, choices: Iterable[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.pk, str(one)) for one in choices]


class TokenForm(forms.Form):
    count = forms.IntegerField(label="个数", min_value=1, max_value=TOKENS_A_SHEET, initial=100)
    note = forms.CharField(label="发给", max_length=60, required=False, help_text="例如哪个村（社区）。")
    expires_at = MomentField(label="有效期至")


class ThresholdForm(forms.Form):
    value = forms.DecimalField(label="门槛", min_value=0, max_digits=8, decimal_places=2)
    least = forms.IntegerField(label="至少多少票才看", min_value=1)
    from_hour = forms.IntegerField(label="从几点", min_value=0, max_value=23, required=False)
    to_hour = forms.IntegerField(label="到几点", min_value=0, max_value=23, required=False)


class SegmentsForm(forms.Form):
    file = forms.FileField(label="号段表", help_text="按模板填写的 .xlsx。已有的号段按表更正。")


def tomorrow(hour: int, days: int = 1) -> dt.datetime:
    """A full hour some days on, to begin with."""
    day = clock.today() + dt.timedelta(days=days)
    return dt.datetime.combine(day, dt.time(hour), clock.CHINA)
