"""Forms of the office for outlines."""

from __future__ import annotations

from typing import Any

from django import forms

from niangjia.outlines import actions, queries
from niangjia.outlines.kinds import Duty
from niangjia.outlines.models import Indicator, Observation, Outline

DATE = {"type": "date"}
BREAKDOWNS = [("SEX", "分性别"), ("URBAN", "分城乡")]


def _year(label: str, *, required: bool = True, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=required, min_value=1990, max_value=2100, help_text=help_text)


class LoadForm(forms.Form):
    key = forms.ChoiceField(label="规划")

    def __init__(self, *args: Any, taken: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = actions.shipped()
        self.fields["key"].choices = [(key, facts["title"]) for key, facts in known.items() if key not in taken]  # type: ignore[attr-defined]


class IndicatorForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an indicator is. A formula makes it computed instead of filled in."""

    breakdowns = forms.MultipleChoiceField(
        label="分组", choices=BREAKDOWNS, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Indicator
        fields = [
            "code", "domain", "name", "definition", "unit", "direction", "numerator_name", "denominator_name", "counted_in",
            "exceeds", "breakdowns", "tier", "key", "source", "low", "high", "jump", "formula", "unconfirmed", "valid_from",
            "valid_to", "order",
        ]  # fmt: skip
        widgets = {"definition": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "exceeds": "毛入学率等，分子不全在分母里。",
            "tier": "比它更小的地方不单独评价，例如乡镇不评价孕产妇死亡率。",
            "low": "超出常见范围时请部门写一句说明，不阻止填报。",
            "jump": "0.30 表示比上年变动超过30%要说明。",
            "formula": "留空由部门填报。例：业务(\"two_cancers_grant.paid\") / 分母(\"W21-01\")。比率不用乘100或1000。",
            "valid_to": "停用后不再评价，以前的数据保留。",
        }  # fmt: skip

    def _post_clean(self) -> None:
        """The action checks the whole; the model is not touched by the form."""

    def values(self) -> dict[str, Any]:
        return {key: self.cleaned_data[key] for key in self._meta.fields or ()}


class TargetForm(forms.Form):
    """A target from a year on; the one before keeps its years."""

    value = forms.DecimalField(label="目标值", required=False, max_digits=16, decimal_places=4)
    tolerance = forms.DecimalField(
        label="允许偏差",
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=4,
        help_text="“保持在左右”的指标填写。",
    )
    baseline = forms.DecimalField(label="基期值", required=False, max_digits=16, decimal_places=4)
    baseline_year = _year("基期年", required=False)
    from_year = forms.IntegerField(label="从哪一年起", help_text="以前年度仍按原来的目标评价。")
    note = forms.CharField(label="依据", max_length=200, required=False)
    unconfirmed = forms.BooleanField(label="未经核实", required=False)


class AssignForm(forms.Form):
    unit = forms.ChoiceField(label="部门")
    duty = forms.ChoiceField(label="职责", choices=Duty.choices)
    from_year = _year("从哪一年起")

    def __init__(self, *args: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(str(u.pk), u.short_name) for u in queries.departments(place)]  # type: ignore[attr-defined]


class HandOverForm(forms.Form):
    """A department was merged or replaced."""

    old = forms.ChoiceField(label="原部门")
    new = forms.ChoiceField(label="承接部门")
    from_year = _year("从哪一年起", help_text="这一年以前的数据和责任仍记在原部门名下。")

    def __init__(self, *args: Any, olds: list[tuple[str, str]], place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old"].choices = olds  # type: ignore[attr-defined]
        self.fields["new"].choices = [(str(u.pk), u.short_name) for u in queries.departments(place)]  # type: ignore[attr-defined]


class ImportForm(forms.Form):
    kind = forms.ChoiceField(
        label="导入",
        choices=[("targets", "地方目标值和基期"), ("known", "历年数据、市级和全国数据")],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label="文件（.xlsx 或 .csv）", error_messages={"required": "请选择文件。"})


class YearForm(forms.Form):
    year = forms.IntegerField(label="年度")
    due_on = forms.DateField(label="部门填报截止", widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE))
    checker = forms.ChoiceField(label="审核单位", help_text="一般是统计局。")

    def __init__(self, *args: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = sorted(queries.departments(place), key=lambda unit: "统计" not in unit.name)
        self.fields["checker"].choices = [(str(unit.pk), unit.short_name) for unit in units]  # type: ignore[attr-defined]


class DeadlineForm(forms.Form):
    due_on = forms.DateField(label="新的截止日期", widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE))


class WhyForm(forms.Form):
    why = forms.CharField(
        label="原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明原因。"},
    )


class HardForm(forms.Form):
    """An indicator put on the list by hand."""

    indicator = forms.ChoiceField(label="指标")
    reason = forms.CharField(label="列入原因", max_length=300, error_messages={"required": "请写明列入原因。"})

    def __init__(self, *args: Any, outline: Outline, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = queries.indicators_of(outline, year)
        self.fields["indicator"].choices = [(str(i.pk), f"{i.domain} · {i.name}") for i in rows]  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    """An order ends on a value in force."""

    value = forms.ChoiceField(label="凭哪一年的确认值")
    conclusion = forms.CharField(label="销号意见", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, values: list[Observation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = values[0].indicator.unit if values else ""
        self.fields["value"].choices = [(str(v.pk), f"{v.year}年 {v.number}{unit}") for v in values]  # type: ignore[attr-defined]
