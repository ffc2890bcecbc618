"""Forms about forms."""

from __future__ import annotations

from django import forms

from niangjia.blanks.kinds import Rhythm, Source, Span


class BlankForm(forms.Form):
    title = forms.CharField(label="表名", max_length=80)
    asked_by = forms.CharField(label="哪个单位要", max_length=80)
    basis = forms.CharField(label="依据（文号）", max_length=120, required=False)
    rhythm = forms.ChoiceField(label="多久填一次", choices=Rhythm.choices)
    file = forms.FileField(
        label="空表（.xlsx）", help_text="上级发来的原表，不要改动。带宏的表请先另存为 .xlsx。",
        error_messages={"required": "请选择文件。"},
    )  # fmt: skip


class RenewForm(forms.Form):
    file = forms.FileField(label="新的空表（.xlsx）", error_messages={"required": "请选择文件。"})


class CellForm(forms.Form):
    sheet = forms.CharField(widget=forms.HiddenInput)
    reference = forms.CharField(widget=forms.HiddenInput)
    source = forms.ChoiceField(label="填什么", choices=Source.choices)
    measure = forms.ChoiceField(label="指标", required=False)
    span = forms.ChoiceField(label="统计哪段时间", choices=Span.choices, required=False)
    of_place = forms.ChoiceField(label="统计哪里", required=False)
    text = forms.CharField(label="固定文字", max_length=200, required=False)


class FillForm(forms.Form):
    period = forms.ChoiceField(label="填报期")


class HandOverForm(forms.Form):
    to = forms.CharField(label="交给谁", max_length=80)
    how = forms.CharField(label="怎么交的", max_length=40, help_text="如：政务邮箱、公文系统、纸质盖章件。")
