"""Forms of the organisation room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django import forms

from niangjia.core import identity
from niangjia.org.kinds import Domain, Political, PostRole, UnitKind
from niangjia.org.models import Officer, Term
from niangjia.reports.tables.roster import parse_month


class DayField(forms.DateField):
    """A day, entered with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class ParsedField(forms.CharField):
    """A text read by one of the house's parsers, whose messages are for the user."""

    def __init__(self, parse: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parse = parse

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None if self.parse is parse_month else ""
        try:
            return self.parse(text)
        except ValueError as error:
            raise forms.ValidationError(str(error).rstrip("。") + "。") from None


class OfficerFields(forms.Form):
    """What is known of an officer."""

    name = ParsedField(identity.parse_name, label="姓名", max_length=40)
    phone = ParsedField(identity.parse_phone, label="手机号", max_length=30, required=False)
    gender = forms.ChoiceField(label="性别", choices=[("F", "女"), ("M", "男")], initial="F")
    birth_month = ParsedField(parse_month, label="出生年月", required=False, help_text="例如 1980-05。")
    ethnicity = forms.CharField(label="民族", max_length=12, initial="汉族")
    political = forms.ChoiceField(label="政治面貌", choices=Political.choices, initial=Political.MASSES)
    education = forms.CharField(label="文化程度", max_length=12, required=False)
    employer = forms.CharField(label="工作单位及职务", max_length=80, required=False)
    domain = forms.ChoiceField(label="界别", choices=Domain.choices, initial=Domain.GRASSROOTS)


class OfficerForm(OfficerFields):
    """Corrects an officer; her number is shown nowhere, so an empty field keeps it."""

    no_phone = forms.BooleanField(label="删去现有手机号", required=False)

    def __init__(self, officer: Officer, data: Any = None) -> None:
        known = {key: getattr(officer, key) for key in self.base_fields if key not in ("phone", "no_phone")}
        if officer.birth_month:
            known["birth_month"] = f"{officer.birth_month:%Y-%m}"
        super().__init__(data, initial=known)
        self.fields["phone"].help_text = "要换号码才填，留空不改。"


class PostFields(forms.Form):
    """An office and its time."""

    role = forms.ChoiceField(label="职务", choices=PostRole.choices)
    term = forms.ChoiceField(label="届次", required=False)
    starts_on = DayField(label="任职日期")
    ends_on = DayField(label="届满日期", required=False, help_text="留空按所选届次或每届年数推算。")
    in_two_committees = forms.BooleanField(label="已进村（社区）“两委”", required=False)

    def leave_out(self, roles: Collection[str]) -> None:
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [choice for choice in PostRole.choices if choice[0] not in roles]

    def set_terms(self, terms: Iterable[Term]) -> None:
        field = self.fields["term"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "不属于某一届")] + [
            (str(term.pk), f"{term}（{term.starts_on} 至 {term.ends_on}）") for term in terms
        ]


class AppointNewForm(PostFields, OfficerFields):
    """Gives a post to somebody; the same name with the same phone is the officer already known."""

    field_order = ["name", "phone", "role", "term", "starts_on", "ends_on", "in_two_committees"]


class TermForm(forms.Form):
    number = forms.IntegerField(label="届次", min_value=1, max_value=99)
    starts_on = DayField(label="起始日期")
    years = forms.IntegerField(label="每届年数", min_value=1, max_value=10)


class UnitForm(forms.Form):
    name = forms.CharField(label="单位名称", max_length=80)
    short_name = forms.CharField(label="简称", max_length=40)
    executives_expected = forms.IntegerField(
        label="核定执委职数", min_value=0, max_value=500, help_text="含主席、副主席、常委；不清楚填 0，按各地做法提醒。"
    )


class AddUnitForm(forms.Form):
    kind = forms.ChoiceField(
        label="类型",
        choices=[c for c in UnitKind.choices if c[0] != UnitKind.FEDERATION],
        help_text="内设或功能区组织没有统计代码，系统给一个本地代码。",
    )
    name = forms.CharField(label="单位名称", max_length=80)
    short_name = forms.CharField(label="简称", max_length=40, required=False, help_text="留空与名称相同。")
    since = DayField(label="设立日期")


class OnForm(forms.Form):
    on = DayField(label="日期")


class EndForm(forms.Form):
    on = DayField(label="离任日期", help_text="这一天仍在任，第二天起权限终止。")
    reason = forms.CharField(label="离任原因", max_length=60, help_text="例如“换届”“工作调动”“退休”。")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="查看理由", min_length=2, max_length=60, help_text="例如“电话核实换届人选”。会记入操作留痕。"
    )


class MergeForm(forms.Form):
    old = forms.ChoiceField(label="撤并的区划")
    into = forms.ChoiceField(label="并入")
    on = DayField(label="撤并日期")


class ImportForm(forms.Form):
    file = forms.FileField(label="名册（.xlsx）", help_text="用下面的模板，或在导出的名册上修改。不超过 30 MB。")


class ExportForm(forms.Form):
    unit = forms.IntegerField(widget=forms.HiddenInput, required=False)
    ended = forms.BooleanField(label="包括已离任的", required=False)
    full = forms.BooleanField(label="导出完整手机号", required=False, help_text="须写明理由，会记入操作留痕。")
    reason = forms.CharField(label="理由", max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("full") and len(data.get("reason") or "") < 2:
            self.add_error("reason", "导出完整手机号请写明理由。")
        return data


def today_first(day: dt.date) -> dict[str, dt.date]:
    """The initial value of forms that ask for a day."""
    return {"on": day, "since": day}
