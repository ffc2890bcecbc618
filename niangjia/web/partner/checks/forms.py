"""The answer of a department."""

from __future__ import annotations

from typing import Any

from django import forms

from niangjia.programmes.kinds import Answer


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label="核验结果",
        choices=Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择核验结果。"},
    )
    remark = forms.CharField(
        label="说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="选择“不符”或“需说明”时必填。只写核验结论，不写与核验无关的个人信息。",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") in (Answer.NO, Answer.REMARK) and not data.get("remark", "").strip():
            self.add_error("remark", "选择“不符”或“需说明”时请写明情况。")
        return data
