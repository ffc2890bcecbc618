"""Forms of the calendar room."""

from __future__ import annotations

from typing import Any

from django import forms

from niangjia.org.kinds import DayKind


class DayForm(forms.Form):
    day = forms.DateField(label="日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    kind = forms.ChoiceField(label="安排", choices=[("", "按星期（取消特殊安排）"), *DayKind.choices], required=False)
    name = forms.CharField(label="名称", max_length=20, required=False, help_text="例如“国庆节”“调休上班”。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") and not data.get("name"):
            self.add_error("name", "请写明是什么节假日或调休。")
        return data
