"""Needs heard on a visit, at a door, on the phone: tickets with a deadline and an answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from niangjia.core import subject
from niangjia.core.fields import CodeField, SealedTextField
from niangjia.needs.kinds import ENDED, NeedKind, NeedState
from niangjia.org.models import Unit
from niangjia.people.models import Household, Person


class Deadline(models.Model):
    """In how many working days a kind of need is to be assigned and answered, from a day on. Editable."""

    kind = models.CharField("类别", max_length=8, choices=NeedKind)
    assign_days = models.PositiveSmallIntegerField("分派（工作日）")
    done_days = models.PositiveSmallIntegerField("办结（工作日）")
    valid_from = models.DateField("启用日期")

    class Meta:
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "valid_from"],
                name="needs_deadline_once",
                violation_error_message="这一天已有同类期限。",
            ),
            models.CheckConstraint(
                condition=Q(assign_days__gte=1, done_days__gte=models.F("assign_days")),
                name="needs_deadline_order",
                violation_error_message="期限至少1个工作日，办结期限不短于分派期限。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.valid_from}"


class Need(models.Model):
    """What somebody needs, in her words (sealed), who heard it where, in whose hands it is, and how it ended."""

    place = CodeField()
    kind = models.CharField("类别", max_length=8, choices=NeedKind)
    text = SealedTextField(context="needs_need.text")
    raised_from = models.CharField(max_length=subject.LENGTH, default="", blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="needs")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="needs")
    raised_by = models.CharField("登记人", max_length=80)
    raised_by_account = models.BigIntegerField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=NeedState, default=NeedState.RAISED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="needs")
    department = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="needs_handed_over")
    assign_by = models.DateField("分派期限")
    due_on = models.DateField("办结期限")
    answer = SealedTextField(context="needs_need.answer", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    on_time = models.BooleanField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["place", "state", "due_on"], name="needs_need_scope"),
            models.Index(fields=["raised_from"], name="needs_need_from"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False, on_time__isnull=False, answer__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at__isnull=True)),
                name="needs_need_answered",
                violation_error_message="办结须有答复。",
            ),
            models.CheckConstraint(
                condition=~Q(state=NeedState.HANDED_OVER) | Q(department__isnull=False),
                name="needs_need_department",
                violation_error_message="转部门的须写明部门。",
            ),
            models.CheckConstraint(
                condition=Q(raised_from="") | Q(raised_from__regex=subject.PATTERN), name="needs_need_from_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class NeedStep(models.Model):
    """What was done about a need."""

    need = models.ForeignKey(Need, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    title = models.CharField(max_length=80)
    note = SealedTextField(context="needs_needstep.note", null=True, blank=True)
    by = models.CharField(max_length=80)
    by_account = models.BigIntegerField()
    place = CodeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["need", "-at"], name="needs_step_need")]

    def __str__(self) -> str:
        return self.title
