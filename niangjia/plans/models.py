"""A plan, its versions, and what hangs on a target from version to version.

A version is rewritten while it is a draft and never after. A ``Goal`` is what stays the same of a target when its
wording changes: splits, figures, statements and locked months belong to it, so a new version loses none of them.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from niangjia.core.fields import CodeField
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit
from niangjia.plans.kinds import NUMERIC, Bound, Standing, TargetKind, VersionState
from niangjia.plans.rules import tidy


class Plan(models.Model):
    """The annual plan of a body. One body may have several in a year (年度计划、民生实事任务)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plans")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=80)
    place = CodeField()

    class Meta:
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "title"],
                name="plans_plan_once",
                violation_error_message="本单位本年度已有同名计划。",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="plans_plan_year",
                violation_error_message="年度应在2000至2100之间。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanVersion(models.Model):
    """One version: the text as it came, what the reader made of it, and what the officer made of that.

    ``reading`` is the reader's answer as it was; ``fills`` maps the index of a masked year to the year she wrote;
    ``loose`` is the list of pieces the reader could not place, each with what became of it. ``revision`` grows with
    every change.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    source_name = models.CharField(max_length=120, default="", blank=True)
    source = models.TextField("原文")
    cleaned = models.TextField()
    reading = models.JSONField(default=dict)
    fills = models.JSONField(default=dict)
    loose = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=120, default="", blank=True)
    note = models.CharField("版本说明", max_length=200, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plans_version_once"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state=VersionState.DRAFT),
                name="plans_version_one_draft",
                violation_error_message="本计划已有一个草稿，请先发布或删除它。",
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state=VersionState.PUBLISHED),
                name="plans_version_one_in_force",
                violation_error_message="同一计划只能有一个现行版本。",
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT) | Q(published_at__isnull=False),
                name="plans_version_published_has_date",
                violation_error_message="已发布的版本必须有发布时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}版"

    @property
    def is_draft(self) -> bool:
        return self.state == VersionState.DRAFT


class Item(models.Model):
    """One item of a version. ``order`` is the order of reading; ``key`` names the same item in every version.

    ``quote`` is the original wording, at ``start``–``end`` of the version's source; an item she added has neither.
    A dropped item stays until the version is published, so that it can come back.
    """

    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="items")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    order = models.PositiveIntegerField()
    key = models.CharField(max_length=32)
    label = models.CharField("编号", max_length=20, default="", blank=True)
    title = models.CharField("标题", max_length=200, default="", blank=True)
    text = models.TextField("内容", max_length=5000)
    quote = models.TextField(default="", blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    programmes = models.JSONField(default=list)
    dropped = models.BooleanField(default=False)
    place = CodeField()

    class Meta:
        ordering = ["version", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="plans_item_key_once"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="plans_item_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}{self.title}"


class Goal(models.Model):
    """The same target through all versions of its plan."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="goals")
    place = CodeField()


class Target(models.Model):
    """A target as one version words it. ``value`` is in ``unit``; ``quarters`` are four cumulative values or nothing."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="targets")
    version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="targets")
    item = models.ForeignKey(Item, models.PROTECT, related_name="targets")
    order = models.PositiveIntegerField()
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.SUGGESTED)
    kind = models.CharField("类型", max_length=10, choices=TargetKind, default=TargetKind.COUNT)
    title = models.CharField("名称", max_length=120)
    value = models.DecimalField("目标值", max_digits=14, decimal_places=2, null=True, blank=True)
    unit = models.CharField("单位", max_length=8, default="", blank=True)
    qualifier = models.CharField("要求", max_length=12, default="", blank=True)
    bound = models.CharField("方向", max_length=6, choices=Bound, default=Bound.MIN)
    per = models.CharField("频次或对象", max_length=20, default="", blank=True)
    deadline = models.DateField("完成时限", null=True, blank=True)
    quote = models.TextField(default="", blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    owner = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位")
    measure = models.CharField("计算指标", max_length=40, default="", blank=True)
    quarters = models.JSONField("季度计划", null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["version", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "goal"], name="plans_target_once_a_version"),
            models.CheckConstraint(
                condition=~Q(standing=Standing.ACCEPTED) | ~Q(kind__in=sorted(NUMERIC)) | Q(value__gt=0, unit__gt=""),
                name="plans_target_has_number",
                violation_error_message="累计数和水平值目标必须有大于0的目标值和单位。",
            ),
            models.CheckConstraint(
                condition=Q(measure="") | Q(kind__in=sorted(NUMERIC)),
                name="plans_target_measure_is_numeric",
                violation_error_message="节点和定性目标不能用指标自动计算。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def number(self) -> Decimal | None:
        """The value without the zeros the database pads it with."""
        return None if self.value is None else tidy(self.value)

    @property
    def quarter_values(self) -> tuple[Decimal, ...] | None:
        """The four cumulative values, or None."""
        return tuple(Decimal(str(value)) for value in self.quarters) if self.quarters else None


class Split(models.Model):
    """The part of a target one body below is to do (任务分解). The parts may add up to more than the whole."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="splits")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=14, decimal_places=2)
    place = CodeField()

    class Meta:
        ordering = ["goal", "place", "unit"]
        indexes = [models.Index(fields=["place", "goal"], name="plans_split_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "unit"], name="plans_split_once", violation_error_message="该单位已有分解数。"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="plans_split_not_negative",
                violation_error_message="分解数不能小于0。",
            ),
        ]


class Figure(models.Model):
    """What one body did by the end of a month, cumulative from January, reported by hand where no record exists.

    A corrected figure is a new row that restates the old one; the old one stays and is no longer ``current``.
    """

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="figures")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=14, decimal_places=2)
    note = models.CharField("说明", max_length=300, default="", blank=True)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    restates = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="restated_by")
    current = models.BooleanField(default=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    account_id = models.BigIntegerField()
    place = CodeField()

    class Meta:
        ordering = ["goal", "year", "month", "place", "id"]
        indexes = [models.Index(fields=["place", "goal"], name="plans_figure_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "unit", "year", "month"], condition=Q(current=True), name="plans_figure_one_current"
            ),
            models.CheckConstraint(
                condition=Q(month__gte=1, month__lte=12),
                name="plans_figure_month",
                violation_error_message="月份应为1至12。",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0), name="plans_figure_value", violation_error_message="完成数不能小于0。"
            ),
            models.CheckConstraint(
                condition=Q(restates__isnull=True) | ~Q(note=""),
                name="plans_figure_restated_with_reason",
                violation_error_message="更正已报的数必须写明原因。",
            ),
        ]

    @property
    def number(self) -> Decimal:
        return tidy(self.value)


class Statement(models.Model):
    """What one body says of a milestone or a qualitative target: done or not, when, with what evidence."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="statements")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    done = models.BooleanField("已完成")
    on = models.DateField("日期")
    text = models.CharField("情况说明", max_length=500)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    restates = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="restated_by")
    current = models.BooleanField(default=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    account_id = models.BigIntegerField()
    place = CodeField()

    class Meta:
        ordering = ["goal", "place", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "unit"], condition=Q(current=True), name="plans_statement_one_current"
            )
        ]


class MonthLock(models.Model):
    """A month closed for a plan: what every target stood at that day is kept."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="locks")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    locked_at = models.DateTimeField()
    locked_by = models.CharField(max_length=120)
    place = CodeField()

    class Meta:
        ordering = ["plan", "year", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "year", "month"],
                name="plans_lock_once",
                violation_error_message="本月已经锁定。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.month}月"


class LockedValue(models.Model):
    """The value of one target in one place when the month was locked; None where there was no figure."""

    lock = models.ForeignKey(MonthLock, models.PROTECT, related_name="values")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="locked")
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["lock", "goal", "place"]
        constraints = [models.UniqueConstraint(fields=["lock", "goal", "place"], name="plans_locked_value_once")]
