"""What a parent writes."""

from __future__ import annotations

from django import forms


class AskForm(forms.Form):
    text = forms.CharField(
        label="您想问什么", max_length=1000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="不用写孩子的姓名、学校和班级。", error_messages={"required": "请写下问题。"},
    )  # fmt: skip
    may_publish = forms.BooleanField(
        label="同意不写姓名公开问答，让别的家长也看到",
        required=False,
        help_text="不勾选就只答复您一人。以后随时可以撤回。",
    )
