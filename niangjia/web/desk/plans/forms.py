"""Forms of the plans room."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from niangjia.org.models import Unit
from niangjia.plans import queries, rules
from niangjia.plans.kinds import NUMERIC, Bound, TargetKind
from niangjia.plans.models import Target

UNITS = ("人", "人次", "户", "场", "期", "个", "件", "次", "篇", "所", "万元", "元", "%")
MAX_TEXT = 100_000  # as much as the reader takes from a file


class NumberField(forms.CharField):
    """A number as people type it: full-width digits, thousands separators; None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=24, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return rules.parse_number(text, str(self.label))
        except rules.RuleError as error:
            raise forms.ValidationError(str(error)) from error


class UploadForm(forms.Form):
    """Text pasted, or a file; a new plan also needs its year where the text does not tell it."""

    file = forms.FileField(
        label="计划文件", required=False, help_text=".txt、.docx 或文字版 PDF，不超过20 MB。扫描件请先转成文字。",
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.docx,.pdf"}),
    )  # fmt: skip
    text = forms.CharField(
        label="或粘贴正文", required=False, max_length=MAX_TEXT, strip=False, widget=forms.Textarea(attrs={"rows": 12})
    )
    year = forms.IntegerField(
        label="计划年度", required=False, min_value=2000, max_value=2100, help_text="文中写明年度的可以不填。"
    )
    title = forms.CharField(label="计划名称", required=False, max_length=80, help_text="不填时用文中的标题。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("file") and not (data.get("text") or "").strip() and not self.errors:
            self.add_error("text", "请上传文件或粘贴计划正文。")
        return data


class ItemForm(forms.Form):
    label = forms.CharField(label="编号", max_length=20, required=False)
    text = forms.CharField(
        label="内容", max_length=5000, strip=False, widget=forms.Textarea(attrs={"rows": 4, "autofocus": True})
    )


class TargetForm(forms.Form):
    """What a target says. ``values`` are ready for the action."""

    title = forms.CharField(label="名称", max_length=120, widget=forms.TextInput(attrs={"autofocus": True}))
    kind = forms.ChoiceField(label="类型", choices=TargetKind.choices)
    value = NumberField(label="目标值", required=False)
    unit = forms.CharField(
        label="单位",
        max_length=8,
        required=False,
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )
    qualifier = forms.CharField(label="要求", max_length=12, required=False)
    bound = forms.ChoiceField(label="方向", choices=Bound.choices)
    deadline = forms.DateField(
        label="完成时限", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    owner = forms.ChoiceField(label="责任单位", required=False)

    def __init__(self, *args: Any, owners: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {str(unit.pk): unit for unit in owners}
        self.fields["owner"].choices = [("", "未指定"), *((pk, u.short_name) for pk, u in self.owners.items())]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, target: Target, owners: Iterable[Unit]) -> TargetForm:
        names = ("title", "kind", "unit", "qualifier", "bound", "deadline")
        initial = {name: getattr(target, name) for name in names}
        return cls(
            owners=owners, initial={**initial, "value": rules.short(target.value), "owner": str(target.owner_id or "")}
        )

    def values(self) -> dict[str, Any]:
        data = {**self.cleaned_data}
        data["owner"] = self.owners.get(data["owner"])
        data["unit"] = rules.SAME_UNITS.get(data["unit"].strip(), data["unit"].strip())
        return data | {"per": ""}


class ArrangeForm(forms.Form):
    """Who answers for a target in force, which measure fulfils it, what is due by each quarter's end."""

    owner = forms.ChoiceField(label="责任单位", required=False)
    measure = forms.ChoiceField(
        label="数从哪里来",
        required=False,
        help_text="选业务指标后由记录自动计算；没有业务记录的按月填报。单位不同的不能选。",
    )
    q1 = NumberField(label="一季度末", required=False)
    q2 = NumberField(label="二季度末", required=False)
    q3 = NumberField(label="三季度末", required=False)
    q4 = NumberField(label="四季度末", required=False)

    def __init__(self, target: Target, *args: Any, owners: Iterable[Unit], **kwargs: Any) -> None:
        quarters = [rules.short(value) for value in target.quarter_values or ()] or [""] * 4
        initial = {"owner": str(target.owner_id or ""), "measure": target.measure}
        initial |= {f"q{n}": value for n, value in enumerate(quarters, start=1)}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.owners = {str(unit.pk): unit for unit in owners}
        self.fields["owner"].choices = [("", "未指定"), *((pk, u.short_name) for pk, u in self.owners.items())]  # type: ignore[attr-defined]
        self.fields["measure"].choices = self._measures(target)  # type: ignore[attr-defined]
        if target.kind not in NUMERIC:
            del self.fields["measure"]
        if target.kind != TargetKind.COUNT:
            for name in ("q1", "q2", "q3", "q4"):
                del self.fields[name]

    @staticmethod
    def _measures(target: Target) -> list[tuple[str, Any]]:
        choices = queries.measure_choices(target)
        fit = [
            (c.measure.key, f"{c.measure.label}（{c.measure.unit}）") for c in choices if not c.problem and c.suggested
        ]
        other = [
            (c.measure.key, f"{c.measure.label}（{c.measure.unit}）")
            for c in choices
            if not c.problem and not c.suggested
        ]
        wrong = [(c.measure.key, f"{c.measure.label}（{c.measure.unit}，单位不符）") for c in choices if c.problem]
        groups = (("本条工作的指标", fit), ("其他同单位指标", other), ("单位不符，不能选", wrong))
        return [("", "按月填报"), *((name, group) for name, group in groups if group)]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        quarters = [data.get(f"q{n}") for n in range(1, 5)]
        return {
            "owner": self.owners.get(data["owner"]),
            "measure": data.get("measure", ""),
            "quarters": [value or Decimal(0) for value in quarters]
            if any(value is not None for value in quarters)
            else None,
        }


class _Reported(forms.Form):
    unit = forms.ChoiceField(label="填报单位")
    evidence = forms.FileField(label="佐证", required=False, help_text="图片、PDF、Excel 或 Word，可不传。")

    def __init__(self, *args: Any, units: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(str(unit.pk), unit.short_name) for unit in units]  # type: ignore[attr-defined]


class FigureForm(_Reported):
    month = forms.TypedChoiceField(label="月份", coerce=int, choices=[(n, f"{n}月") for n in range(1, 13)])
    value = NumberField(label="1月至本月累计完成")
    note = forms.CharField(
        label="说明", max_length=300, required=False, help_text="更正已报的数或累计数减少时必须写明原因。"
    )
    field_order = ("month", "value", "unit", "note", "evidence")


class StateForm(_Reported):
    done = forms.TypedChoiceField(
        label="是否完成", coerce=lambda text: text == "yes", choices=[("yes", "已完成"), ("no", "未完成")],
        widget=forms.RadioSelect,
    )  # fmt: skip
    on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    text = forms.CharField(label="情况说明", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("done", "on", "text", "unit", "evidence")
