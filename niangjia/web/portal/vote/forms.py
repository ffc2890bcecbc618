"""A ballot as a page sends it, and the question for a receipt."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from niangjia.core import identity
from niangjia.voting import rules

OWN, PHONE, TOKEN = "own", "phone", "token"
_NONCE = re.compile(r"[0-9a-f]{32}")


def fresh_nonce() -> str:
    """What tells one page from another: the same page sent twice is one ballot."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a page sends: the boxes ticked, the way taken, and the number of the page."""

    chosen: tuple[int, ...]
    nonce: str
    way: str
    token: str

    @classmethod
    def of(cls, data: QueryDict) -> Ballot:
        """As it came; the database says whether it is a ballot. The number of no page of ours becomes a new one."""
        nonce = data.get("nonce", "")
        return cls(
            tuple(int(box) for box in data.getlist("choice") if box.isascii() and box.isdecimal() and len(box) < 5),
            nonce if _NONCE.fullmatch(nonce) else fresh_nonce(),
            data.get("way", ""),
            rules.tidy_code(data.get("token", "")),
        )


class BallotForm(forms.Form):
    """The fields of the ways to vote. Only that of the way taken is asked."""

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

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """Only the field of the way taken is read."""
        data = super().clean() or {}
        way = self.data.get("way", "")
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
