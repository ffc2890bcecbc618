"""A ballot as a page sends it, and the question for a receipt."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from niangjia.core import identity
from niangjia.voting import rules
from niangjia.voting.public import PublicChoice, PublicPoll

OWN, PHONE, TOKEN = "own", "phone", "token"
_NONCE = re.compile(r"[0-9a-f]{32}")


def fresh_nonce() -> str:
    """What tells one page from another: the same page sent twice is one ballot."""
    return secrets.token_hex(16)


class BallotForm(forms.Form):
    """What was chosen and by which way. Only the field of the way that was taken is asked."""

    choice = forms.TypedMultipleChoiceField(coerce=int, required=False)
    nonce = forms.CharField(required=False)
    way = forms.CharField(required=False)
    phone = forms.CharField(
        label="手机号",
        max_length=30,
        required=False,
        help_text="只用来收验证码，不保存。境外号码收不到，请到村（社区）领纸质投票码。",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    token = forms.CharField(
        label="纸质投票码",
        max_length=30,
        required=False,
        help_text="纸条上的12位字母和数字，大小写、横线都不要紧。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, poll: PublicPoll, choices: Sequence[PublicChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.poll = poll
        chosen = self.fields["choice"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField)
        chosen.choices = [(str(one.number), one.label) for one in choices]
        chosen.error_messages["invalid_choice"] = "选票里有不存在的编号。请刷新页面后重新选择。"

    def clean_choice(self) -> list[int]:
        numbers: list[int] = self.cleaned_data["choice"]
        if not self.poll.min_choices <= len(set(numbers)) <= self.poll.max_choices:
            raise ValidationError(f"每张选票须选{self.poll.how_many}，现在选了{len(set(numbers))}项。请增减后再投。")
        return numbers

    def clean_nonce(self) -> str:
        nonce: str = self.cleaned_data["nonce"]
        return nonce if _NONCE.fullmatch(nonce) else fresh_nonce()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        way = data.get("way")
        if way == PHONE:
            try:
                data["phone"] = identity.parse_phone(data.get("phone", ""))
            except identity.IdentityError as error:
                self.add_error("phone", str(error))
        elif way == TOKEN and not rules.tidy_code(data.get("token", "")):
            self.add_error("token", "请填写纸条上的投票码。")
        elif way not in (OWN, PHONE, TOKEN):
            self.add_error(None, "请选一种方式投票。")
        return data


class ReceiptForm(forms.Form):
    receipt = forms.CharField(
        label="回执码",
        max_length=30,
        help_text="投票后给您的12位回执码。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "请填写回执码。"},
    )
