"""Forms of needs."""

from __future__ import annotations

from django import forms

from niangjia.core import clock
from niangjia.needs.kinds import NeedKind


class NeedForm(forms.Form):
    """The question about danger has no answer before somebody gave one."""

    danger = forms.ChoiceField(
        label="现在有没有人身危险，或者孩子受到伤害？",
        choices=[("yes", "有，或不确定"), ("no", "没有")],
        widget=forms.RadioSelect,
        help_text="家暴、虐待、性侵、走失、轻生等，请选“有”，马上报警，不要排队等办理。",
    )
    place = forms.ChoiceField(label="地点")
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *NeedKind.choices])
    text = forms.CharField(
        label="她说了什么、需要什么",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=1000,
        help_text="照原话写，不用写身份证号和电话。内容加密保存，打开会留痕。",
    )
    checked = forms.BooleanField(label="已当面或电话确认：现在没有人身危险", required=False)


class AssignForm(forms.Form):
    unit = forms.TypedChoiceField(label="交给", coerce=int)
    note = forms.CharField(label="交代", max_length=200, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class HandOverForm(forms.Form):
    department = forms.TypedChoiceField(
        label="转给部门", coerce=int, help_text="线下联系部门后在这里登记；有了答复再回来办结。"
    )
    note = forms.CharField(label="联系人和约定", max_length=200, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class FinishForm(forms.Form):
    solved = forms.ChoiceField(
        label="结果", choices=[("yes", "已解决"), ("no", "没有解决，已答复")], widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label="怎么解决的，或怎么答复的", widget=forms.Textarea(attrs={"rows": 4}), max_length=1000
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class DeadlineForm(forms.Form):
    assign_days = forms.IntegerField(label="分派（工作日）", min_value=1, max_value=250)
    done_days = forms.IntegerField(label="办结（工作日）", min_value=1, max_value=250)
    valid_from = forms.DateField(
        label="启用日期", initial=clock.today, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="这一天起登记的需求按新期限；已登记的不变。",
    )  # fmt: skip
