"""Forms of juries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from niangjia.jury.kinds import Leavers, Method, Ties
from niangjia.jury.rules import MOST_VOTE_WEIGHT


class PanelForm(forms.Form):
    title = forms.CharField(label="评审名称", max_length=80)
    round = forms.ChoiceField(label="对应批次", required=False)
    criteria = forms.CharField(
        label="评分标准", required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="每行一项：名称和最高分，如“故事 40”。留空用项目自己的标准。",
    )  # fmt: skip
    method = forms.ChoiceField(
        label="计分方法", choices=Method.choices, help_text="不足5个分数的不去最高最低分，结果里会写明。"
    )
    ties = forms.ChoiceField(label="同分时", choices=Ties.choices, initial=Ties.FIRST)
    leavers = forms.ChoiceField(label="评委中途退出时", choices=Leavers.choices, initial=Leavers.KEPT)
    vote_weight = forms.IntegerField(
        label="网络投票权重（%）", min_value=0, max_value=MOST_VOTE_WEIGHT, initial=0,
        help_text="只作参考，最高30。未成年人作品不投票。",
    )  # fmt: skip
    quota = forms.IntegerField(label="评定名额", min_value=1, required=False)

    def __init__(self, *args: Any, rounds: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["round"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "没有对应批次"), *((str(pk), label) for pk, label in rounds)]
        if not rounds:
            del self.fields["round"]

    def clean_criteria(self) -> list[tuple[str, int]]:
        found = []
        for number, row in enumerate(self.cleaned_data["criteria"].splitlines(), start=1):
            if not row.strip():
                continue
            label, _, most = row.strip().rpartition(" ")
            if not label.strip() or not most.isdecimal() or not 1 <= int(most) <= 100:
                raise ValidationError(f"第{number}行“{row.strip()[:20]}”写不对，请按“故事 40”填写，分值1到100。")
            found.append((label.strip(), int(most)))
        return found


class JurorForm(forms.Form):
    account = forms.ChoiceField(label="评委", error_messages={"required": "请选择评委。"})
    home = forms.ChoiceField(label="所在镇街", required=False, help_text="自动回避本镇街的申报。")

    def __init__(self, *args: Any, people: list[tuple[str, str]], towns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *people]
        home = self.fields["home"]
        assert isinstance(home, forms.ChoiceField)
        home.choices = [("", "按任职自动判断"), *towns]


class EntryForm(forms.Form):
    label = forms.CharField(label="名称", max_length=60, error_messages={"required": "请填写名称。"})
    group = forms.CharField(label="类别", max_length=40, required=False)
    text = forms.CharField(label="材料", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
