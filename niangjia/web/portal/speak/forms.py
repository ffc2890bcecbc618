"""What a woman is asked when she speaks up: as little as can be, and nothing she must tell but what it is about."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from niangjia.helpline import rules
from niangjia.helpline.actions import LONGEST, LONGEST_ENVELOPE, Entry
from niangjia.helpline.kinds import Kind, Role, Topic, Way
from niangjia.helpline.queries import WORDS
from niangjia.web.desk.helpline.forms import PLEASE, area, danger_field, of

OWN: Final = ("sure", "sealed", "website")  # of the form itself, no part of what she says


class SpeakForm(forms.Form):
    """``sure`` says that she has seen whom to call; ``sealed`` is what her browser made of the words below it."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    sure = forms.CharField(widget=forms.HiddenInput, required=False)
    sealed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_ENVELOPE)
    danger = danger_field()
    kind = of(Kind, "您想", initial=Kind.CONSULT, widget=forms.RadioSelect, error_messages={"required": "请选择。"})
    topic = of(Topic, "关于什么", blank=PLEASE, error_messages={"required": "请选择，不清楚就选“其他”。"})
    role = of(Role, "您是", initial=Role.SELF, widget=forms.RadioSelect)
    facts = forms.CharField(
        label="什么情况", max_length=LONGEST, widget=area(7),
        help_text="想到什么写什么。不用写身份证号。", error_messages={"required": "请写一两句情况。", "max_length": f"最多{LONGEST}字，可以分两次发。"},
    )  # fmt: skip
    demand = forms.CharField(
        label="希望怎么帮您", max_length=1000, required=False, widget=area(2)
    )  # fmt: skip
    minor = forms.BooleanField(label="事情里有不满18岁的孩子", required=False)
    place = forms.ChoiceField(label="住在哪个村（社区）", required=False, help_text="不想说可以不选。")
    name = forms.CharField(
        label="怎么称呼您", max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="可以不写，也可以写化名。",
    )  # fmt: skip
    phone = forms.CharField(
        label="联系电话", max_length=40, required=False, help_text="不写也有答复：凭答复码在网上看。",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    safe_time = forms.CharField(
        label="什么时候打给您是安全的", max_length=80, required=False, help_text="写了电话的请填，例如：工作日上午；不要打，只发短信。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    website = forms.CharField(
        label="此项请留空", required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(self, *args: Any, places: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        if self.data.get("sealed"):
            self.fields["facts"].required = False
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [("", "不想说"), *places]

    def entry(self, home: str, *, doubtful: bool) -> Entry:
        """What she says. Of what her browser sealed no word is taken in the open."""
        sealed = self.cleaned_data["sealed"]
        data = {key: value for key, value in self.cleaned_data.items() if key not in OWN}
        if sealed:
            data |= dict.fromkeys(WORDS, "")
        return Entry(
            **{**data, "way": Way.PORTAL, "place": data["place"] or home, "envelope": sealed, "doubtful": doubtful}
        )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="答复码", max_length=40, help_text="发送时给您的12位字母和数字。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "请填写答复码。"},
    )  # fmt: skip

    def clean_code(self) -> str:
        """A code that is none is looked for all the same, so that its answer tells nothing."""
        return rules.tidy_code(self.cleaned_data["code"]) or "-"


class SayForm(forms.Form):
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label="补充", max_length=LONGEST, widget=area(4),
        error_messages={"required": "请填写。"},
    )  # fmt: skip
