"""Goods that always balance: kinds, gifts, batches, and the moves from which every figure is added up.

Moves are never changed and never deleted; what was wrong is undone by a counter-move. The database refuses a move that
would leave a unit with less than nothing.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from niangjia.core import subject
from niangjia.core.fields import CodeField
from niangjia.org.models import Unit
from niangjia.stock.kinds import CORRECTABLE, GIVEN_BACK, Act, BatchState, Once, Source

OF_A_HAND_OUT = (Act.HANDED_OUT, *GIVEN_BACK, Act.REPLACED)


class GoodsKind(models.Model):
    """A kind of goods with its worth, its contents, and how often one may have it. Editable by the district."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField("名称", max_length=40)
    value = models.DecimalField("单价（元）", max_digits=10, decimal_places=2)
    measure_word = models.CharField("单位", max_length=4, default="件")
    contents = models.TextField("内容", default="", blank=True)
    once = models.CharField("同一对象", max_length=8, choices=Once, default=Once.YEAR)
    basis = models.CharField("依据", max_length=120, default="", blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        ordering = ["valid_from", "value", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=0), name="stock_kind_value", violation_error_message="单价不能小于0元。"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="stock_kind_dates",
                violation_error_message="停用日期应晚于启用日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Gift(models.Model):
    """A gift as it was received: who gave it through whom, its amount, day and receipt (慈善法 art. 22, 26, 27).

    The house takes no donations; it writes down those that were made, and may link to the foundation's own page.
    """

    donor = models.CharField("捐赠方", max_length=80)
    through = models.CharField("接收的慈善组织", max_length=80, default="", blank=True)
    source = models.CharField("来源", max_length=12, choices=Source, default=Source.FOUNDATION)
    amount = models.DecimalField("金额或折价（元）", max_digits=12, decimal_places=2)
    in_kind = models.CharField("实物说明", max_length=120, default="", blank=True)
    given_on = models.DateField("捐赠日期")
    receipt = models.CharField("票据号", max_length=40)
    link = models.URLField("慈善组织公示网址", default="", blank=True)
    note = models.CharField("备注", max_length=200, default="", blank=True)
    place = CodeField()
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-given_on", "-id"]
        indexes = [models.Index(fields=["place", "-given_on"], name="stock_gift_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="stock_gift_amount", violation_error_message="金额应大于0元。"
            ),
            models.UniqueConstraint(
                fields=["through", "receipt"],
                name="stock_gift_receipt_once",
                violation_error_message="这张票据已登记过。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donor} {self.given_on}"


class Batch(models.Model):
    """A consignment (批次) of one kind: how many were announced, from whom, where it stands."""

    title = models.CharField("批次名称", max_length=80)
    kind = models.ForeignKey(GoodsKind, models.PROTECT, related_name="batches")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="stock_batches")
    place = CodeField()
    planned = models.PositiveIntegerField("下达数量")
    unit_value = models.DecimalField("单价（元）", max_digits=10, decimal_places=2)
    source = models.CharField("来源", max_length=12, choices=Source)
    gift = models.ForeignKey(Gift, models.PROTECT, null=True, blank=True, related_name="batches")
    document_number = models.CharField("文件依据", max_length=80, default="", blank=True)
    expires_on = models.DateField("保质期至", null=True, blank=True)
    subject = models.CharField(max_length=subject.LENGTH, default="", blank=True)
    note = models.CharField("备注", max_length=200, default="", blank=True)
    state = models.CharField(max_length=12, choices=BatchState, default=BatchState.ALLOCATED)
    opened_on = models.DateField("下达日期")
    closed_on = models.DateField("结清日期", null=True, blank=True)

    class Meta:
        ordering = ["opened_on", "id"]
        indexes = [models.Index(fields=["place", "state"], name="stock_batch_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "title"], name="stock_batch_title", violation_error_message="已有同名批次。"
            ),
            models.CheckConstraint(
                condition=Q(planned__gt=0), name="stock_batch_planned", violation_error_message="下达数量应大于0。"
            ),
            models.CheckConstraint(
                condition=Q(unit_value__gte=0), name="stock_batch_value", violation_error_message="单价不能小于0元。"
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.CLOSED, closed_on__isnull=False)
                | (~Q(state=BatchState.CLOSED) & Q(closed_on__isnull=True)),
                name="stock_batch_closed",
            ),
            models.CheckConstraint(
                condition=Q(subject="") | Q(subject__regex=subject.PATTERN), name="stock_batch_subject"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class HandOut(models.Model):
    """Goods in the hands of a subject: when, by whom, who signed. Ended when they came back."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="hand_outs")
    kind = models.ForeignKey(GoodsKind, models.PROTECT, related_name="hand_outs")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="stock_hand_outs")
    place = CodeField()
    subject = models.CharField(max_length=subject.LENGTH)
    once_key = models.CharField(max_length=24)
    count = models.PositiveIntegerField("数量", default=1)
    on = models.DateField("发放日期")
    receiver = models.CharField("签收人", max_length=40, default="", blank=True)
    by = models.CharField("发放人", max_length=80)
    by_account = models.BigIntegerField()
    at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_as = models.CharField(max_length=12, choices=Act, default="", blank=True)

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["subject"], name="stock_handout_subject"),
            models.Index(fields=["place", "-on"], name="stock_handout_place"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "once_key"],
                condition=Q(ended_on__isnull=True),
                name="stock_handout_once",
                violation_error_message="此对象已领过，不能重复发放。",
            ),
            models.CheckConstraint(condition=Q(count__gt=0), name="stock_handout_count"),
            models.CheckConstraint(condition=Q(subject__regex=subject.PATTERN), name="stock_handout_subject_form"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_as="") | Q(ended_on__isnull=False, ended_as__in=GIVEN_BACK),
                name="stock_handout_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.on}"


class Move(models.Model):
    """One line of the ledger: by how much an act changed what one unit has of one batch.

    ``slip`` ties the lines of one act together and makes a form that is sent twice count once. What a unit has is the sum
    of its deltas; nothing else says it.
    """

    slip = models.UUIDField(default=uuid.uuid4)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="moves")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="stock_moves")
    place = CodeField()
    act = models.CharField(max_length=12, choices=Act)
    delta = models.IntegerField("数量")
    other = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    hand_out = models.ForeignKey(HandOut, models.PROTECT, null=True, blank=True, related_name="moves")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=200, default="", blank=True)
    by = models.CharField("经办", max_length=80)
    by_account = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["batch", "unit"], name="stock_move_balance"),
            models.Index(fields=["place", "-at"], name="stock_move_place"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slip", "batch", "unit"], name="stock_move_once"),
            models.UniqueConstraint(
                fields=["hand_out"], condition=Q(act=Act.HANDED_OUT), name="stock_move_handed_out_once"
            ),
            models.UniqueConstraint(
                fields=["hand_out"], condition=Q(act__in=GIVEN_BACK), name="stock_move_given_back_once"
            ),
            models.CheckConstraint(condition=~Q(delta=0), name="stock_move_some"),
            models.CheckConstraint(
                condition=Q(hand_out__isnull=False, act__in=OF_A_HAND_OUT)
                | (Q(hand_out__isnull=True) & ~Q(act__in=OF_A_HAND_OUT)),
                name="stock_move_of_hand_out",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | Q(act__in=CORRECTABLE), name="stock_move_correctable"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=False)
                | Q(act__in=(Act.RECEIVED, *GIVEN_BACK), delta__gt=0)
                | Q(act__in=(Act.HANDED_OUT, Act.REPLACED, Act.LOST), delta__lt=0)
                | Q(act__in=(Act.ALLOCATED, Act.RETURNED, Act.COUNTED)),
                name="stock_move_sign",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=(Act.LOST, Act.REPLACED, Act.COUNTED, *GIVEN_BACK), note=""),
                name="stock_move_reason",
                violation_error_message="请写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.delta:+}"


class StockCount(models.Model):
    """A stock-taking (盘点) of one batch at one unit: what the books said, what was there, and why they differ."""

    slip = models.UUIDField()
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="counts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="stock_counts")
    place = CodeField()
    on = models.DateField("盘点日期")
    book = models.PositiveIntegerField("账面")
    found = models.PositiveIntegerField("实有")
    explanation = models.CharField("差异说明", max_length=200, default="", blank=True)
    by = models.CharField("盘点人", max_length=80)
    by_account = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["place", "-at"], name="stock_count_place")]
        constraints = [
            models.UniqueConstraint(fields=["slip", "batch", "unit"], name="stock_count_once"),
            models.CheckConstraint(
                condition=Q(found=F("book")) | ~Q(explanation=""),
                name="stock_count_explained",
                violation_error_message="账面与实有不符的，请说明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} 账面{self.book} 实有{self.found}"
