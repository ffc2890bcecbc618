"""The outbox: where messages can go, what was to be said, and what became of each copy."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from niangjia.channels.kinds import Audience, DeliveryState, Form
from niangjia.core import subject
from niangjia.core.fields import BlindIndexField, CodeField, SealedTextField
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit


class Endpoint(models.Model):
    """One address a carrier can reach: a group's robot, an official account, an SMS signature. Its secrets are sealed."""

    name = models.CharField("名称", max_length=60)
    carrier = models.CharField("渠道", max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="endpoints", verbose_name="归属单位")
    place = CodeField()
    entries = SealedTextField(context="channels_endpoint.entries")
    per_minute = models.PositiveIntegerField("每分钟条数")
    quiet_from = models.TimeField("静默开始", null=True, blank=True)
    quiet_until = models.TimeField("静默结束", null=True, blank=True)
    is_open = models.BooleanField("启用", default=True)
    ready_at = models.DateTimeField()
    ok_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["place", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="channels_endpoint_name",
                violation_error_message="本单位已有同名的渠道端点，请换一个名称。",
            ),
            models.CheckConstraint(
                condition=Q(per_minute__gte=1),
                name="channels_endpoint_rate",
                violation_error_message="每分钟至少1条。",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="channels_endpoint_quiet",
                violation_error_message="静默时段要么都填，要么都不填。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """What is to be said, once; its copies are deliveries. ``subject`` is the record it speaks of."""

    subject = models.CharField(max_length=subject.LENGTH)
    place = CodeField()
    audience = models.CharField(max_length=8, choices=Audience)
    form = models.CharField(max_length=8, choices=Form)
    title = models.CharField("标题", max_length=120, default="", blank=True)
    text = models.TextField("正文", default="", blank=True)
    url = models.CharField("链接", max_length=400, default="", blank=True)
    data = models.JSONField(default=dict, blank=True)
    picture = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    made_by_account = models.BigIntegerField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["subject"], name="channels_message_subject"),
            models.Index(fields=["place", "-made_at"], name="channels_message_scope"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(subject__regex=subject.PATTERN), name="channels_message_subject_form")
        ]

    def __str__(self) -> str:
        return self.title or self.text[:30]


class Delivery(models.Model):
    """One copy of a message to one endpoint or person. ``key`` is what a provider tells doubles by."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    place = CodeField()
    key = models.CharField(max_length=40, unique=True)
    to = SealedTextField(context="channels_delivery.to", null=True, blank=True)
    to_index = BlindIndexField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=80, default="", blank=True)
    code = models.CharField(max_length=40, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at"],
                condition=Q(state__in=["QUEUED", "WAITING"]),
                name="channels_delivery_ready",
            ),
            models.Index(fields=["claimed_at"], condition=Q(state="SENDING"), name="channels_delivery_claimed"),
            models.Index(fields=["message"], name="channels_delivery_message"),
            models.Index(fields=["place", "state"], name="channels_delivery_scope"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "endpoint", "to_index"],
                name="channels_delivery_once",
                nulls_distinct=False,
                violation_error_message="这条消息已在发往同一处的队列里。",
            ),
        ]


class Attempt(models.Model):
    """One try at a delivery and how it ended. Append-only: this is the trail of sending."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="tries")
    place = CodeField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DeliveryState)
    code = models.CharField(max_length=40, default="", blank=True)
    note = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["delivery", "-at"], name="channels_attempt_delivery")]
