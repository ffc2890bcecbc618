"""Forms of goods. Each that moves something carries a slip number, so that sending it twice counts once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from niangjia.core import clock
from niangjia.stock.kinds import Act, Once, Source
from niangjia.stock.models import Gift, GoodsKind
from niangjia.web.desk.choices import choose
from niangjia.web.desk.org.forms import DayField


class SlipForm(forms.Form):
    """The number of the slip goes along with the page."""

    slip = forms.UUIDField(
        widget=forms.HiddenInput, initial=uuid.uuid4, error_messages={"invalid": "页面已过期，请刷新后重填。"}
    )


class OnForm(SlipForm):
    on = DayField(label="日期", initial=clock.today)


class KindForm(forms.Form):
    """A kind of goods; what is in it and how often one may have it are the district's to say."""

    name = forms.CharField(label="名称", max_length=40)
    value = forms.DecimalField(
        label="单价（元）",
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        help_text="改单价不影响已下达的批次。",
    )
    measure_word = forms.CharField(label="单位", max_length=4, initial="件")
    contents = forms.CharField(label="内容", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    once = forms.ChoiceField(label="同一对象", choices=Once.choices, initial=Once.YEAR)
    basis = forms.CharField(label="依据", max_length=120, required=False)
    valid_from = DayField(label="启用日期", initial=clock.today)
    valid_to = DayField(label="停用日期", required=False)


class NewKindForm(KindForm):
    key = forms.SlugField(
        label="代号",
        max_length=40,
        help_text="小写字母、数字和下划线，定了不再改。母亲邮包以 mother_parcel 开头，才计入母亲邮包件数。",
    )

    field_order = ("key",)


class GiftForm(forms.Form):
    donor = forms.CharField(label="捐赠方", max_length=80)
    source = forms.ChoiceField(label="来源", choices=[c for c in Source.choices if c[0] != Source.PURCHASE])
    through = forms.CharField(
        label="接收捐赠的慈善组织",
        max_length=80,
        required=False,
        help_text="来源是慈善组织的必填，例如中国妇女发展基金会。",
    )
    amount = forms.DecimalField(label="金额或折价（元）", min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    in_kind = forms.CharField(label="实物说明", max_length=120, required=False)
    given_on = DayField(label="捐赠日期", initial=clock.today)
    receipt = forms.CharField(label="票据号", max_length=40, help_text="公益事业捐赠票据或收据的号码。")
    link = forms.URLField(label="慈善组织公示网址", required=False, assume_scheme="https")
    note = forms.CharField(label="备注", max_length=200, required=False)


class BatchForm(forms.Form):
    title = forms.CharField(label="批次名称", max_length=80, help_text="例如“2026年母亲邮包第一批”。")
    kind = forms.ModelChoiceField(label="物资", queryset=GoodsKind.objects.none(), empty_label="请选择")
    planned = forms.IntegerField(label="下达数量", min_value=1, max_value=1_000_000)
    unit_value = forms.DecimalField(
        label="单价（元）",
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=2,
        required=False,
        help_text="空着用物资种类的单价。",
    )
    source = forms.ChoiceField(label="来源", choices=Source.choices)
    gift = forms.ModelChoiceField(
        label="对应的捐赠", queryset=Gift.objects.none(), required=False, empty_label="没有或尚未登记"
    )
    document_number = forms.CharField(label="文件依据", max_length=80, required=False)
    opened_on = DayField(label="下达日期", initial=clock.today)
    expires_on = DayField(label="保质期至", required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)


class ReceiveForm(OnForm):
    count = forms.IntegerField(label="到货数量", min_value=1, max_value=1_000_000)
    note = forms.CharField(label="说明", max_length=200, required=False)


class LoseForm(OnForm):
    count = forms.IntegerField(label="数量", min_value=1, max_value=1_000_000)
    reason = forms.CharField(label="原因", max_length=200)


class ReturnForm(OnForm):
    unit = forms.TypedChoiceField(label="退回单位", coerce=int)
    count = forms.IntegerField(label="数量", min_value=1, max_value=1_000_000)
    note = forms.CharField(label="说明", max_length=200, required=False)


class HandOutForm(forms.Form):
    batch = forms.TypedChoiceField(label="物资", coerce=int)
    on = DayField(label="发放日期", initial=clock.today)
    receiver = forms.CharField(label="签收人", max_length=40, help_text="本人，或“代领：女儿”。")


class BackForm(forms.Form):
    on = DayField(label="日期", initial=clock.today)
    reason = forms.CharField(label="原因", max_length=200)


class ReplaceForm(OnForm):
    reason = forms.CharField(label="原因", max_length=200)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=180)


class CloseForm(forms.Form):
    note = forms.CharField(label="差额说明", max_length=200, required=False, help_text="下达与实到不一致时必填。")


class WhyForm(forms.Form):
    why = forms.CharField(label="用途", max_length=100)


class LedgerForm(forms.Form):
    """Filters of the ledger, sent by GET."""

    batch = forms.TypedChoiceField(label="批次", coerce=int, required=False, empty_value=None)
    unit = forms.TypedChoiceField(label="单位", coerce=int, required=False, empty_value=None)
    act = forms.ChoiceField(label="类型", choices=[("", "全部类型"), *Act.choices], required=False)
    since = DayField(label="从", required=False)
    until = DayField(label="到", required=False)

    def __init__(
        self, *args: Any, batches: Sequence[tuple[int, str]], units: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "batch", [("", "全部批次"), *batches])
        choose(self, "unit", [("", "全部单位"), *units])
