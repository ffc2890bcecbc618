"""Places, bodies, and the people who hold posts in them.

A place is a 12-digit statistical code, or a local code with a letter for bodies without one; either way text in "C"
collation, so that a subtree is one range. Names change and places merge: rows end, they are not overwritten.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from niangjia.core import codes
from niangjia.core.fields import BlindIndexField, CodeField, SealedTextField
from niangjia.org.kinds import DayKind, DivisionKind, Domain, Political, PostRole, UnitKind


class Division(models.Model):
    """A place as the National Bureau of Statistics knows it, with the dates for which that is true."""

    code = CodeField(primary_key=True)
    name = models.CharField("名称", max_length=60)
    short_name = models.CharField("简称", max_length=60)
    kind = models.CharField(max_length=12, choices=DivisionKind)
    mca_code = models.CharField("民政部代码", max_length=9, default="", blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor_code = models.CharField(max_length=12, default="", blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="org_division_dates",
                violation_error_message="区划的失效日期应晚于生效日期。",
            )
        ]

    def __str__(self) -> str:
        return self.short_name


class Unit(models.Model):
    """A body that acts: a federation of a place, a part of it, a partner department, a school."""

    name = models.CharField("单位名称", max_length=80)
    short_name = models.CharField("简称", max_length=40)
    kind = models.CharField("类型", max_length=12, choices=UnitKind)
    place = CodeField(verbose_name="所在代码")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    order = models.PositiveIntegerField(default=0)
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)
    executives_expected = models.PositiveIntegerField("执委职数", default=0)

    class Meta:
        ordering = ["place", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place"],
                condition=Q(kind=UnitKind.FEDERATION, active_to__isnull=True),
                name="org_unit_one_federation_a_place",
                violation_error_message="同一地方只能有一个在任的妇联组织。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def level(self) -> codes.Level:
        return codes.level_of(self.place)


class Term(models.Model):
    """One term (届) of a body. District and town: 5 years; village: the village committee's term,
    5 years since 2018 (村民委员会组织法 art. 11), 3 before."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="terms")
    number = models.PositiveIntegerField("届次")
    years = models.PositiveSmallIntegerField("每届年数")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["unit", "number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="org_term_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="org_term_dates",
                violation_error_message="届满日期应晚于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}届"


class Officer(models.Model):
    """A person as a holder of posts. Her life as a resident is another record, in another room."""

    name = models.CharField("姓名", max_length=40)
    name_pinyin = models.CharField(max_length=120)
    name_initials = models.CharField(max_length=40)
    gender = models.CharField("性别", max_length=1, choices=[("F", "女"), ("M", "男")], default="F")
    birth_month = models.DateField("出生年月", null=True, blank=True)
    ethnicity = models.CharField("民族", max_length=12, default="汉族")
    political = models.CharField("政治面貌", max_length=12, choices=Political, default=Political.MASSES)
    education = models.CharField("文化程度", max_length=12, default="", blank=True)
    employer = models.CharField("工作单位及职务", max_length=80, default="", blank=True)
    domain = models.CharField("界别", max_length=12, choices=Domain, default=Domain.GRASSROOTS)
    phone = SealedTextField(context="org_officer.phone", null=True, blank=True)
    phone_index = BlindIndexField(null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["name_pinyin", "id"]
        indexes = [models.Index(fields=["place"], name="org_officer_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index", "name"],
                name="org_officer_phone_name",
                violation_error_message="同名同手机号的人员已在名册中。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """One office held from a day to a day. When it ends, what it allowed ends with it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="posts")
    role = models.CharField("职务", max_length=20, choices=PostRole)
    term = models.ForeignKey(Term, models.PROTECT, null=True, blank=True, related_name="posts")
    starts_on = models.DateField("任职日期")
    ends_on = models.DateField("届满或到期日期")
    ended_on = models.DateField("实际离任日期", null=True, blank=True)
    leave_reason = models.CharField("离任原因", max_length=60, default="", blank=True)
    in_two_committees = models.BooleanField("进村(社区)两委", default=False)
    place = CodeField()
    span = models.GeneratedField(
        expression=Func(
            F("starts_on"),
            # least() skips NULL: the earlier of leaving and the end of the term
            Func(F("ends_on"), F("ended_on"), function="least", output_field=models.DateField()),
            Value("[]"),
            function="daterange",
            output_field=DateRangeField(),
        ),
        output_field=DateRangeField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["unit", "role", "officer"]
        indexes = [models.Index(fields=["place"], name="org_post_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="org_post_dates",
                violation_error_message="任职到期日期不能早于任职日期。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on")),
                name="org_post_left_after_start",
                violation_error_message="离任日期不能早于任职日期。",
            ),
            ExclusionConstraint(
                name="org_post_once_at_a_time",
                expressions=[
                    ("officer", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
                violation_error_message="此人在该单位的同一职务任期重叠。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.short_name}{self.get_role_display()}"


class SpecialDay(models.Model):
    """A holiday or a moved workday, as the State Council announces them each year; operators edit it."""

    day = models.DateField(primary_key=True)
    kind = models.CharField(max_length=8, choices=DayKind)
    name = models.CharField("名称", max_length=20)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
