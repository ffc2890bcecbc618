"""Forms of superiors: the empty form, what stands in its cells, what was filled in, what was handed to whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from niangjia.blanks import rules
from niangjia.blanks.kinds import Rhythm, Source, Span
from niangjia.blanks.rules import Period
from niangjia.core.fields import CodeField
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit


class Blank(models.Model):
    """A form somebody above asks for. ``file`` is the empty one in use; ``words`` what is printed on it."""

    title = models.CharField("表名", max_length=80)
    asked_by = models.CharField("要表单位", max_length=80)
    basis = models.CharField("依据（文号）", max_length=120, default="", blank=True)
    rhythm = models.CharField("多久一次", max_length=8, choices=Rhythm)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="blanks", verbose_name="填报单位")
    place = CodeField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    is_open = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-is_open", "title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "title"],
                name="blanks_blank_once",
                violation_error_message="本单位已有同名的表。换了新版式，请在那张表里“更换表样”。",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Mapped(models.Model):
    """One cell of a form and what is to stand in it."""

    blank = models.ForeignKey(Blank, models.CASCADE, related_name="cells")
    place = CodeField()
    sheet = models.CharField(max_length=40)
    reference = models.CharField(max_length=10)
    source = models.CharField(max_length=8, choices=Source)
    measure = models.CharField(max_length=80, default="", blank=True)
    of_place = CodeField(null=True, blank=True)
    span = models.CharField(max_length=10, choices=Span, default=Span.PERIOD)
    text = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        ordering = ["sheet", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["blank", "sheet", "reference"],
                name="blanks_mapped_once",
                violation_error_message="这个格子已对应，请先取消。",
            ),
            models.CheckConstraint(
                condition=~Q(source=Source.MEASURE) | ~Q(measure=""),
                name="blanks_mapped_measure",
                violation_error_message="请选择指标。",
            ),
        ]


class Filled(models.Model):
    """A form filled for a period, as it was at that moment. ``cells`` are its contents by "sheet!B5"."""

    blank = models.ForeignKey(Blank, models.PROTECT, related_name="filled")
    place = CodeField()
    period = models.CharField(max_length=7)
    version = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    cells = models.JSONField()
    notes = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-period", "-made_at", "-id"]
        indexes = [models.Index(fields=["blank", "-period", "-made_at"], name="blanks_filled_last")]

    @property
    def when(self) -> Period:
        """The period it was filled for."""
        found = rules.period_of(self.period, Rhythm(self.blank.rhythm))
        assert found is not None, self.period
        return found


class Handing(models.Model):
    """A filled form that was sent: to whom, how, by whom."""

    filled = models.ForeignKey(Filled, models.PROTECT, related_name="handings")
    place = CodeField()
    to = models.CharField("交给", max_length=80)
    how = models.CharField("方式", max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-at", "-id"]
