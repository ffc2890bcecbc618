"""Forms of a resident: to take a wish up, and to make one."""

from __future__ import annotations

from typing import Any

from django import forms

from niangjia.core import clock
from niangjia.web.desk.wishes.forms import WordsForm, entry_of
from niangjia.wishes.kinds import Consented, WisherKind
from niangjia.wishes.rules import Entry


class ClaimForm(forms.Form):
    token = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label="您的姓名",
        max_length=30,
        help_text="交东西时核对用，不公开，许愿人也看不到。",
        error_messages={"required": "请填写您的姓名。"},
    )
    unit_name = forms.CharField(
        label="代表单位认领", max_length=60, required=False, help_text="个人认领不用填。单位的写单位名称。"
    )
    agreed = forms.BooleanField(
        label="我知道：东西交到村（社区）妇联转交，不给现金，不打听、不联系许愿人",
        error_messages={"required": "请先阅读并勾选。"},
    )


class OwnWishForm(WordsForm):
    """She wishes for herself, or for her child as guardian."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="为谁许愿",
        choices=[
            (WisherKind.CHILD, "孩子（我是监护人）"),
            (WisherKind.WOMAN, "我自己"),
            (WisherKind.ELDER, "家里老人"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择为谁许愿。"},
    )
    name = forms.CharField(label="许愿人姓名", max_length=30, help_text="加密保存，不公开。")
    guardian = forms.CharField(label="监护人姓名", max_length=30, required=False, help_text="孩子的心愿必填。")
    phone = forms.CharField(
        label="联系电话",
        max_length=20,
        required=False,
        help_text="村（社区）核实时用，可以不填。",
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    place = forms.ChoiceField(
        label="住在哪个村（社区）",
        error_messages={"required": "请选择村（社区）。", "invalid_choice": "请从列表中选择。"},
    )
    agreed = forms.BooleanField(
        label="本人（孩子由监护人）同意公开这个心愿，不写姓名，只写镇街；随时可以撤回",
        error_messages={"required": "同意后才能登记。也可以请村（社区）妇联主席代填。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False

    def entry(self) -> Entry:
        return entry_of(self.cleaned_data, clock.today(), Consented.PORTAL)
