"""Objecting to a notice, and asking what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from niangjia.core import text
from niangjia.programmes.public import PublicLine

WHOLE = "whole"


class ObjectionForm(forms.Form):
    line = forms.ChoiceField(
        label="对哪一位有异议",
        error_messages={"required": "请选择。", "invalid_choice": "请从名单中选择。"},
    )
    text = forms.CharField(
        label="请写明情况",
        max_length=2000,
        help_text="写清楚什么事、怎么知道的。不要写身份证号码等无关的私人信息。",
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        error_messages={"required": "请写明情况。", "max_length": "最多2000字。"},
    )
    contact = forms.CharField(
        label="您的姓名和电话",
        max_length=60,
        required=False,
        help_text="可以不留。留了便于核实，只有处理异议的人看得到。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # People leave it empty because they do not see it; programs fill in everything.
    website = forms.CharField(
        label="此项请留空",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, lines: Sequence[PublicLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        line = self.fields["line"]
        assert isinstance(line, forms.ChoiceField)
        named = [(str(entry.order), f"{entry.order}. {entry.masked_name}（{entry.town_name}）") for entry in lines]
        line.choices = [("", "请选择"), (WHOLE, "对整份公示"), *named]

    @property
    def line_order(self) -> int | None:
        chosen = self.cleaned_data["line"]
        return None if chosen == WHOLE else int(chosen)


class AnswerForm(forms.Form):
    number = forms.CharField(
        label="异议编号",
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写异议编号。"},
    )
    code = forms.CharField(
        label="查询码",
        max_length=20,
        help_text="提交时给您的8位查询码。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写查询码。"},
    )

    def clean_number(self) -> str:
        return _tidy(self.cleaned_data["number"])

    def clean_code(self) -> str:
        return _tidy(self.cleaned_data["code"]).replace("-", "")


def _tidy(value: str) -> str:
    return "".join(text.fold_width(value).split()).upper()
