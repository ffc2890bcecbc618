"""Forms of the rounds room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from niangjia.programmes import registry
from niangjia.programmes.definition import Gives
from niangjia.stock import queries as stock

DATE = {"type": "date"}


BATCH = "batch"


def _batches() -> list[tuple[str, str]]:
    """Batches of goods something can still be given from."""
    return [(str(batch.pk), batch.title) for batch in stock.open_batches()]


def _gives_goods(programme: str) -> bool:
    return registry.programme(programme).versions[-1].gives is Gives.GOODS


class RoundForm(forms.Form):
    """A round as the district sets it up. Structure stays with the release; these are its parameters.

    ``of`` is the programme of a round that exists.
    """

    programme = forms.ChoiceField(
        label="项目", choices=lambda: [(p.key, p.name) for p in registry.programmes().values()]
    )
    title = forms.CharField(label="批次名称", max_length=80, help_text="例如“2026年第一批”。居民会看到，不写病种。")
    document_number = forms.CharField(label="文件依据", max_length=80, required=False)
    opens_on = forms.DateField(label="受理开始", widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE))
    closes_on = forms.DateField(label="受理截止", widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE))
    cutoff_on = forms.DateField(
        label="资格认定时点",
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE),
        help_text="困难身份以这一天的状态为准，不以提交日为准。",
    )
    amount = forms.DecimalField(
        label="每人金额", min_value=Decimal(1), max_digits=10, decimal_places=2, required=False,
        help_text="不发救助金的项目不填。",
    )  # fmt: skip
    quota = forms.IntegerField(label="名额", min_value=1, required=False, help_text="上级下达后再填也可以。")
    notice_days = forms.IntegerField(
        label="公示天数", min_value=1, max_value=60, required=False, help_text="不填的，按项目规定的天数和日子。"
    )
    notice_unit = forms.ChoiceField(label="公示按", choices=[("workday", "工作日"), ("day", "自然日")])
    objection_phone = forms.CharField(label="异议电话", max_length=30)
    batch = forms.ChoiceField(
        label="从哪一批物资发放", required=False, choices=lambda: [("", "不从物资库扣减"), *_batches()],
        help_text="登记发放时从经办单位的这批库存里扣减。只有发物资的项目填。",
    )  # fmt: skip

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
        if of and not _gives_goods(of):
            del self.fields[BATCH]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        key = data.get("programme") or self.of
        if key and not data.get("amount") and registry.programme(key).versions[-1].pays:
            self.add_error("amount", "请填写每人金额。")
        if key and data.get(BATCH) and not _gives_goods(key):
            self.add_error(BATCH, "这个项目不发物资，请选“不从物资库扣减”。")
        opens, closes = data.get("opens_on"), data.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", "受理截止日期不能早于开始日期。")
        return data


class ChangeForm(RoundForm):
    programme = None  # type: ignore[assignment]  # a round stays in its programme


class ReportForm(forms.Form):
    batch_number = forms.CharField(label="市级系统批次号", max_length=40)


class QuotaForm(forms.Form):
    quota = forms.IntegerField(label="本批次名额", min_value=0)


def town_key(place: str) -> str:
    return f"town-{place}"


class TownsForm(forms.Form):
    """A number for every town."""

    each = forms.IntegerField(label="每个镇街相同", min_value=0, max_value=9_999, required=False)

    def __init__(self, *args: Any, places: Sequence[str], names: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        for place in places:
            self.fields[town_key(place)] = forms.IntegerField(
                label=names.get(place, place), min_value=0, max_value=9_999, required=False
            )

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each town; left empty is none."""
        return {place: self.cleaned_data.get(town_key(place)) or 0 for place in self.places}
