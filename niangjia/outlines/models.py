"""An outline, its indicators with targets and duties, the values of every year, and what is done about hard ones.

A value in force is never rewritten: a correction is a new row that restates the old one. Targets and duties have years of
validity, so what was judged or answered for in an earlier year stays what it was.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from niangjia.core.fields import CodeField
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit
from niangjia.outlines.kinds import (
    IN_FORCE,
    OPEN_STATES,
    WITH_TARGET,
    Chosen,
    Direction,
    Duty,
    Measured,
    OrderState,
    Subject,
    Tier,
    ValueState,
    YearState,
)
from niangjia.outlines.rules import Shape, after, tidy

NUMBER = {"max_digits": 16, "decimal_places": 4}


class Outline(models.Model):
    """One outline: whom it is for, its years, and the shares by which its lights are set. ``place`` keeps it."""

    key = models.CharField("代号", max_length=20)
    subject = models.CharField("对象", max_length=10, choices=Subject)
    title = models.CharField("名称", max_length=80)
    document = models.CharField("文号", max_length=80, default="", blank=True)
    source = models.CharField("来源说明", max_length=300, default="", blank=True)
    base_year = models.PositiveSmallIntegerField("基期年")
    start_year = models.PositiveSmallIntegerField("起始年")
    midterm_year = models.PositiveSmallIntegerField("中期评估年")
    end_year = models.PositiveSmallIntegerField("目标年")
    near = models.DecimalField("接近达标的幅度", max_digits=4, decimal_places=3, default=Decimal("0.05"))
    yellow = models.DecimalField("偏慢的下限", max_digits=4, decimal_places=3, default=Decimal("0.8"))
    plan_days = models.PositiveSmallIntegerField("报整改计划的工作日", default=15)
    place = CodeField()

    class Meta:
        ordering = ["-start_year", "subject", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "key"], name="outlines_outline_once", violation_error_message="已有同一代号的规划。"
            ),
            models.CheckConstraint(
                condition=Q(base_year__lte=F("start_year"), start_year__lt=F("end_year"))
                & Q(midterm_year__gte=F("start_year"), midterm_year__lte=F("end_year")),
                name="outlines_outline_years",
                violation_error_message="年份应依次为：基期年、起始年、中期评估年、目标年。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Indicator(models.Model):
    """One indicator: what it is, how it is computed, which way is good, and within what its values are plausible.

    ``formula`` is an expression over other indicators and measures (``formulas.py``); such an indicator is not filled in.
    ``counted_in`` is the unit of numerator and denominator. ``unconfirmed`` marks a fact shipped with the house that was
    not checked against the document. ``tier`` is the narrowest tier of place it means something at.
    """

    outline = models.ForeignKey(Outline, models.PROTECT, related_name="indicators")
    code = models.CharField("代码", max_length=16)
    domain = models.CharField("领域", max_length=20)
    name = models.CharField("指标", max_length=80)
    definition = models.CharField("含义", max_length=400, default="", blank=True)
    numerator_name = models.CharField("分子", max_length=80, default="", blank=True)
    denominator_name = models.CharField("分母", max_length=80, default="", blank=True)
    counted_in = models.CharField("分子分母的单位", max_length=8, default="人")
    unit = models.CharField("单位", max_length=8, choices=Measured)
    direction = models.CharField("方向", max_length=10, choices=Direction)
    exceeds = models.BooleanField("分子可以大于分母", default=False)
    breakdowns = models.JSONField("分组", default=list, blank=True)
    tier = models.CharField("最低评价层级", max_length=1, choices=Tier, default=Tier.DISTRICT)
    key = models.BooleanField("重点指标", default=False)
    source = models.CharField("数据来源", max_length=80, default="", blank=True)
    formula = models.CharField("公式", max_length=300, default="", blank=True)
    low = models.DecimalField("常见下限", **NUMBER, null=True, blank=True)  # type: ignore[arg-type]
    high = models.DecimalField("常见上限", **NUMBER, null=True, blank=True)  # type: ignore[arg-type]
    jump = models.DecimalField("年际变动须说明的幅度", max_digits=4, decimal_places=2, default=Decimal("0.30"))
    unconfirmed = models.BooleanField("未经核实", default=False)
    valid_from = models.PositiveSmallIntegerField("起用年")
    valid_to = models.PositiveSmallIntegerField("停用年", null=True, blank=True)
    order = models.PositiveIntegerField(default=0)
    place = CodeField()

    class Meta:
        ordering = ["outline", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["outline", "code"],
                name="outlines_indicator_once",
                violation_error_message="本规划已有这个代码。",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="outlines_indicator_years",
                violation_error_message="停用年不能早于起用年。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shape(self) -> Shape:
        """What an entry for it is checked against."""
        return Shape(
            self.name, self.unit, self.direction, self.exceeds,
            None if self.low is None else tidy(self.low), None if self.high is None else tidy(self.high),
            self.jump, tuple(self.breakdowns),
        )  # fmt: skip

    @property
    def unit_after(self) -> str:
        """The unit as it stands behind a number."""
        return after(self.unit)

    @property
    def needs_target(self) -> bool:
        return self.direction in WITH_TARGET

    @property
    def filled_in(self) -> bool:
        """Whether a department gives its value; the others are computed."""
        return not self.formula


def _years() -> Func:
    """The years of validity as a range the database compares: both ends included, an open end without bound."""
    return Func(F("valid_from"), F("valid_to"), Value("[]"), function="int4range", output_field=IntegerRangeField())


class Target(models.Model):
    """What an indicator is to reach in one place, from what, and for which years this holds."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets")
    value = models.DecimalField("目标值", **NUMBER, null=True, blank=True)  # type: ignore[arg-type]
    tolerance = models.DecimalField("允许偏差", **NUMBER, default=Decimal(0))  # type: ignore[arg-type]
    baseline = models.DecimalField("基期值", **NUMBER, null=True, blank=True)  # type: ignore[arg-type]
    baseline_year = models.PositiveSmallIntegerField("基期年", null=True, blank=True)
    valid_from = models.IntegerField("起")
    valid_to = models.IntegerField("止", null=True, blank=True)
    note = models.CharField("依据", max_length=200, default="", blank=True)
    unconfirmed = models.BooleanField("未经核实", default=False)
    place = CodeField()
    years = models.GeneratedField(expression=_years(), output_field=IntegerRangeField(), db_persist=True)

    class Meta:
        ordering = ["indicator", "place", "valid_from"]
        indexes = [models.Index(fields=["place", "indicator"], name="outlines_target_place")]
        constraints = [
            ExclusionConstraint(
                name="outlines_target_one_a_year",
                expressions=[
                    ("indicator", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("years", RangeOperators.OVERLAPS),
                ],
                violation_error_message="同一指标同一年只能有一个目标值。",
            ),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="outlines_target_tolerance"),
        ]


class Assignment(models.Model):
    """Which department leads or supports an indicator in a place, for which years."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    duty = models.CharField("职责", max_length=8, choices=Duty, default=Duty.LEAD)
    valid_from = models.IntegerField("起")
    valid_to = models.IntegerField("止", null=True, blank=True)
    place = CodeField()
    years = models.GeneratedField(expression=_years(), output_field=IntegerRangeField(), db_persist=True)

    class Meta:
        ordering = ["indicator", "duty", "unit"]
        indexes = [models.Index(fields=["unit", "indicator"], name="outlines_assignment_unit")]
        constraints = [
            ExclusionConstraint(
                name="outlines_assignment_once",
                expressions=[
                    ("indicator", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("years", RangeOperators.OVERLAPS),
                ],
                violation_error_message="该部门已负责这个指标。",
            ),
            ExclusionConstraint(
                name="outlines_assignment_one_lead",
                expressions=[
                    ("indicator", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("years", RangeOperators.OVERLAPS),
                ],
                condition=Q(duty=Duty.LEAD),
                violation_error_message="同一指标同一年只能有一个牵头部门。",
            ),
        ]


class Link(models.Model):
    """Two indicators of which one is part of the other: ``lower`` can never exceed ``upper`` (婴儿 and 5岁以下 deaths)."""

    lower = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    upper = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    impossible = models.BooleanField(default=True)
    place = CodeField()

    class Meta:
        ordering = ["lower", "upper"]
        constraints = [models.UniqueConstraint(fields=["lower", "upper"], name="outlines_link_once")]


class Year(models.Model):
    """A monitoring year of an outline in a place: who checks, until when, and whether its values are public."""

    outline = models.ForeignKey(Outline, models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField("监测年度")
    state = models.CharField(max_length=10, choices=YearState, default=YearState.OPEN)
    checker = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="审核单位")
    due_on = models.DateField("部门填报截止")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=120, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-year", "outline"]
        constraints = [
            models.UniqueConstraint(
                fields=["outline", "place", "year"],
                name="outlines_year_once",
                violation_error_message="这个年度已经开启。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年"

    @property
    def subject(self) -> str:
        """How the outbox names the year."""
        return f"year:{self.pk}"


class Observation(models.Model):
    """The value of an indicator in a place and a year, on its way or in force.

    ``revision`` grows with every change, so that two liaisons cannot overwrite each other. ``answers`` are the sentences
    given to warnings, by the warning's key; ``parts`` the numbers of breakdowns; ``inputs`` what a formula was fed.
    ``unit_name`` is the department's name at the time. ``generated`` marks invented numbers of the demonstration.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="observations")
    year = models.PositiveSmallIntegerField()
    numerator = models.DecimalField("分子", **NUMBER, null=True, blank=True)  # type: ignore[arg-type]
    denominator = models.DecimalField("分母", **NUMBER, null=True, blank=True)  # type: ignore[arg-type]
    value = models.DecimalField("值", **NUMBER, null=True, blank=True)  # type: ignore[arg-type]
    parts = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    inputs = models.JSONField(default=list, blank=True)
    note = models.CharField("说明", max_length=500, default="", blank=True)
    measures_taken = models.CharField("主要措施", max_length=500, default="", blank=True)
    source = models.CharField("来源", max_length=300, default="", blank=True)
    state = models.CharField(max_length=14, choices=ValueState, default=ValueState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    restates = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="restated_by")
    why = models.CharField("更正原因", max_length=300, default="", blank=True)
    returned = models.CharField("退回原因", max_length=300, default="", blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    unit_name = models.CharField(max_length=80, default="", blank=True)
    generated = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=120)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.CharField(max_length=120, default="", blank=True)
    on_time = models.BooleanField(null=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=120, default="", blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=120, default="", blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["indicator", "place", "year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "indicator", "year"],
                condition=Q(state__in=IN_FORCE),
                include=["value"],
                name="outlines_value_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["place", "indicator", "year"],
                condition=Q(state__in=OPEN_STATES),
                name="outlines_value_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*IN_FORCE, ValueState.REVISED]) | Q(value__isnull=False),
                name="outlines_value_in_force_is_a_number",
                violation_error_message="已确认的指标必须有值。",
            ),
            models.CheckConstraint(
                condition=Q(restates__isnull=True) | ~Q(why=""),
                name="outlines_value_restated_with_reason",
                violation_error_message="更正已确认的值必须写明原因。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ValueState.RETURNED) | ~Q(returned=""),
                name="outlines_value_returned_with_reason",
                violation_error_message="退回必须写明原因。",
            ),
        ]

    @property
    def number(self) -> Decimal | None:
        return None if self.value is None else tidy(self.value)


class Evidence(models.Model):
    """A paper that proves an indicator in a year."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="evidence")
    year = models.PositiveSmallIntegerField()
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=120)
    unit_name = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["indicator", "year", "id"]
        indexes = [models.Index(fields=["place", "indicator", "year"], name="outlines_evidence_place")]


class Hard(models.Model):
    """An indicator on the list of hard ones (重难点) of a place, by rule or by hand, until it is met."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="hard")
    year = models.PositiveSmallIntegerField()
    chosen = models.CharField("列入原因", max_length=8, choices=Chosen)
    reason = models.CharField("说明", max_length=300)
    listed_at = models.DateTimeField()
    listed_by = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-listed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "indicator"],
                condition=Q(ended_at__isnull=True),
                name="outlines_hard_once",
                violation_error_message="这个指标已在重难点清单中。",
            )
        ]


class Order(models.Model):
    """A supervision order (督办单) to the lead department of a hard indicator, with its plan and its end."""

    hard = models.ForeignKey(Hard, models.PROTECT, related_name="orders")
    number = models.CharField("编号", max_length=24)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    demand = models.CharField("督办要求", max_length=500)
    state = models.CharField(max_length=8, choices=OrderState, default=OrderState.ISSUED)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=120)
    plan_due_on = models.DateField("报计划截止")
    plan = models.CharField("整改措施", max_length=1000, default="", blank=True)
    owner = models.CharField("责任人", max_length=60, default="", blank=True)
    finish_on = models.DateField("完成时限", null=True, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    planned_by = models.CharField(max_length=120, default="", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=120, default="", blank=True)
    closed_on = models.ForeignKey(Observation, models.PROTECT, null=True, blank=True, related_name="+")
    conclusion = models.CharField("销号意见", max_length=300, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-issued_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["place", "number"], name="outlines_order_number"),
            models.UniqueConstraint(
                fields=["hard"],
                condition=~Q(state=OrderState.CLOSED),
                name="outlines_order_one_open",
                violation_error_message="这个指标已有未销号的督办单。",
            ),
            models.CheckConstraint(
                condition=~Q(state=OrderState.CLOSED) | Q(closed_on__isnull=False),
                name="outlines_order_closed_on_a_value",
                violation_error_message="督办单只能凭已确认的值销号。",
            ),
            models.CheckConstraint(
                condition=Q(state=OrderState.ISSUED) | Q(planned_at__isnull=False),
                name="outlines_order_planned",
                violation_error_message="还没有整改计划。",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Progress(models.Model):
    """What a department says of an order for one quarter; what is said later does not replace it."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="progress")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    text = models.CharField("进展", max_length=1000)
    value = models.DecimalField("当前值", **NUMBER, null=True, blank=True)  # type: ignore[arg-type]
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    place = CodeField()

    class Meta:
        ordering = ["order", "year", "quarter", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4),
                name="outlines_progress_quarter",
                violation_error_message="季度应为1至4。",
            )
        ]
