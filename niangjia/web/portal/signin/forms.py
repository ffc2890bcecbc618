"""The two questions of signing in."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError

from niangjia.core import identity, text


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label="手机号",
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": "请填写手机号。"},
    )

    def clean_phone(self) -> str:
        try:
            return identity.parse_phone(self.cleaned_data["phone"])
        except identity.IdentityError as error:
            raise ValidationError(str(error)) from error


class CodeForm(forms.Form):
    code = forms.CharField(
        label="验证码",
        max_length=20,
        help_text="短信里的6位数字。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": "请填写验证码。"},
    )

    def clean_code(self) -> str:
        code = re.sub(r"\s", "", text.fold_width(self.cleaned_data["code"]))
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError("验证码是6位数字，请看短信。")
        return code
