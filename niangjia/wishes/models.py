"""Wishes, who took them up, and what was done. What tells who wishes is sealed and stands in nothing the public reads."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from niangjia.core.fields import BlindIndexField, CodeField, SealedTextField
from niangjia.wishes.kinds import (
    BROUGHT,
    ENDED,
    STANDING,
    UNPUBLISHED,
    Category,
    ClaimantKind,
    ClaimState,
    Consented,
    Said,
    WisherKind,
    WishState,
)
from niangjia.wishes.rules import CLAIM_DAYS, LONGEST


class Terms(models.Model):
    """The district's parameters from a day on. ``confirmed`` says that the federation decided them; those that ship did
    not come from a document."""

    valid_from = models.DateField("启用日期", unique=True)
    value_cap = models.PositiveIntegerField("心愿上限（元）")
    claim_days = models.PositiveSmallIntegerField("认领期限（天）")
    open_days = models.PositiveSmallIntegerField("公开天数")
    most_claims = models.PositiveSmallIntegerField("每人同时认领")
    confirmed = models.BooleanField("已由区妇联确定", default=False)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(claim_days__gte=CLAIM_DAYS[0], claim_days__lte=CLAIM_DAYS[-1]),
                name="wishes_terms_claim_days",
                violation_error_message="认领期限应为 7 至 15 天。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}起 {self.value_cap}元"


class Wish(models.Model):
    """A wish. ``text`` is shown to everybody once it is open; ``wisher_index`` is the keyed hash of name and village, by
    which people are counted; ``filed_by_account`` is 0 where an officer wrote it down."""

    token = models.UUIDField(unique=True)
    place = CodeField()
    kind = models.CharField("许愿人", max_length=5, choices=WisherKind)
    category = models.CharField("类别", max_length=8, choices=Category)
    text = models.CharField("心愿", max_length=LONGEST)
    value = models.PositiveIntegerField("估价（元）")
    wisher = SealedTextField(context="wishes_wish.wisher")
    guardian = SealedTextField(context="wishes_wish.guardian", null=True, blank=True)
    phone = SealedTextField(context="wishes_wish.phone", null=True, blank=True)
    wisher_index = BlindIndexField()
    shown_as = models.CharField("姓名（遮盖）", max_length=40)
    consented_on = models.DateField("同意日期")
    consented = models.CharField("同意方式", max_length=6, choices=Consented)
    filed_by_account = models.BigIntegerField(default=0)
    raised_by = models.CharField("登记人", max_length=80)
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=WishState, default=WishState.SUBMITTED)
    verified_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closes_on = models.DateField("公开到", null=True, blank=True)
    delivered_on = models.DateField("送到日期", null=True, blank=True)
    said = models.CharField("许愿人意见", max_length=8, choices=Said, default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField("原因", max_length=80, default="", blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-raised_at", "-id"]
        indexes = [
            models.Index(fields=["place", "state"], name="wishes_wish_scope"),
            models.Index(fields=["state", "category"], name="wishes_wish_public"),
            models.Index(fields=["filed_by_account"], condition=~Q(filed_by_account=0), name="wishes_wish_filed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["wisher_index", "text"],
                condition=~Q(state__in=ENDED),
                name="wishes_wish_once",
                violation_error_message="这个人的同一个心愿已经登记过。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=WisherKind.CHILD) | Q(guardian__isnull=False),
                name="wishes_wish_guardian",
                violation_error_message="儿童的心愿须有监护人。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*UNPUBLISHED, WishState.WITHDRAWN])
                | Q(opened_at__isnull=False, verified_at__isnull=False, closes_on__isnull=False),
                name="wishes_wish_opened",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | (~Q(state__in=ENDED) & Q(ended_at__isnull=True)),
                name="wishes_wish_ended",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BROUGHT, delivered_on__isnull=False)
                | (~Q(state__in=BROUGHT) & Q(delivered_on__isnull=True)),
                name="wishes_wish_delivered",
                violation_error_message="送到和实现的心愿须有送到日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=WishState.CONFIRMED) | ~Q(said=""),
                name="wishes_wish_confirmed",
                violation_error_message="确认实现须写明许愿人意见。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()}心愿 {self.pk}"


class Claim(models.Model):
    """Somebody took a wish up until ``due_on``. She brings what is wished to ``bring_to``, the village's federation, and
    never learns who the wisher is. ``handed_in_on`` is the day the village had it: from then on the claim does not
    lapse. ``seen_at`` is when she read that it had ended without her doing."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="claims")
    token = models.UUIDField(unique=True)
    place = CodeField()
    bring_to = models.CharField("送到", max_length=40)
    kind = models.CharField(max_length=6, choices=ClaimantKind)
    unit_name = models.CharField("单位", max_length=60, default="", blank=True)
    name = SealedTextField(context="wishes_claim.name")
    phone = SealedTextField(context="wishes_claim.phone", null=True, blank=True)
    account_id = models.BigIntegerField(default=0)
    claimed_at = models.DateTimeField()
    due_on = models.DateField("期限")
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.HELD)
    handed_in_on = models.DateField("交到村（社区）", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-claimed_at", "-id"]
        indexes = [
            models.Index(fields=["place", "claimed_at"], name="wishes_claim_place"),
            models.Index(fields=["account_id"], condition=~Q(account_id=0), name="wishes_claim_mine"),
            models.Index(fields=["due_on"], condition=Q(state="HELD"), name="wishes_claim_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["wish"],
                condition=Q(state__in=STANDING),
                name="wishes_claim_one",
                violation_error_message="这个心愿已经有人认领。",
            ),
            models.CheckConstraint(
                condition=Q(state=ClaimState.HELD, ended_at__isnull=True)
                | (~Q(state=ClaimState.HELD) & Q(ended_at__isnull=False)),
                name="wishes_claim_ended",
            ),
            models.CheckConstraint(
                condition=Q(kind=ClaimantKind.PERSON) | ~Q(unit_name=""),
                name="wishes_claim_unit",
                violation_error_message="单位认领须写单位名称。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.due_on}"


class WishStep(models.Model):
    """What was done about a wish, for the desk; nobody who claims is named."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    title = models.CharField(max_length=40)
    note = models.CharField(max_length=200, default="", blank=True)
    by = models.CharField(max_length=80)
    place = CodeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["wish", "-at"], name="wishes_step_wish")]

    def __str__(self) -> str:
        return self.title
