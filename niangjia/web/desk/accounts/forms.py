"""Forms of the accounts room."""

from __future__ import annotations

from django import forms


class OpenForm(forms.Form):
    username = forms.CharField(
        label="登录名", max_length=64, help_text="小写字母、数字、点或短横线，至少3个字符。开设后不能更改。"
    )
