"""Duties of the family-education regulation, terms, schools, lecturers, ordered lectures, activities.

An activity is a session of ``attendance`` with what family education knows of it beside. What a unit owes and has done is
never stored: it is computed from held sessions (``queries.board``).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from niangjia.attendance.models import Session
from niangjia.core.fields import BlindIndexField, CodeField, SealedTextField
from niangjia.family_education.kinds import (
    REGULATION,
    Age,
    Audience,
    Field,
    How,
    Mode,
    OrderState,
    Party,
    Per,
    SchoolType,
    Season,
)
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit


class Duty(models.Model):
    """One duty of a regulation: who owes what, how many in a term or a year, and the years it holds. Editable data.

    ``words`` finds the partners who bear a DEPARTMENT duty: any whose short name holds one of them, separated by 、.
    """

    regulation = models.CharField("法规", max_length=40, default=REGULATION)
    article = models.CharField("条款", max_length=30)
    party = models.CharField("责任主体", max_length=12, choices=Party)
    words = models.CharField("成员单位简称含", max_length=60, default="", blank=True)
    what = models.CharField("职责", max_length=120)
    short = models.CharField("简称", max_length=8, default="", blank=True)
    how = models.CharField("怎么看完成", max_length=8, choices=How)
    number = models.PositiveSmallIntegerField("次数", default=1)
    per = models.CharField("周期", max_length=4, choices=Per, default=Per.YEAR)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    unconfirmed = models.BooleanField("待核对", default=False)
    note = models.CharField("说明", max_length=120, default="", blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=100)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gt=0), name="family_duty_number", violation_error_message="次数至少为1。"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="family_duty_dates",
                violation_error_message="失效日期不能早于生效日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Semester(models.Model):
    """A school term as the operator set it."""

    year = models.PositiveSmallIntegerField("年份")
    season = models.CharField("学期", max_length=6, choices=Season)
    starts_on = models.DateField("开学")
    ends_on = models.DateField("结束")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["year", "season"], name="family_semester_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="family_semester_dates",
                violation_error_message="结束日期应晚于开学日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_season_display()}"


class EducationDay(models.Model):
    """重庆家庭教育日 of a year, as the operator decided (the article reads two ways in some years)."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    day = models.DateField("家庭教育日")


class VenueKind(models.Model):
    """A kind of place the mobile school goes to; ``entered`` ones are the 三进 of the plan. The operator's list."""

    label = models.CharField("场所类别", max_length=12, unique=True)
    entered = models.BooleanField("计入三进", default=True)
    active = models.BooleanField("在用", default=True)
    order = models.PositiveSmallIntegerField("顺序", default=100)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.label


class School(models.Model):
    """The parents' school of a school or kindergarten. ``place`` is where it lies; ``model_on`` since when it is 示范."""

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="+", verbose_name="学校")
    type = models.CharField("类型", max_length=12, choices=SchoolType)
    place = CodeField(verbose_name="所在地")
    head = models.CharField("家长学校负责人", max_length=40, default="", blank=True)
    opened_on = models.DateField("家长学校开办日期")
    closed_on = models.DateField("停办日期", null=True, blank=True)
    model_on = models.DateField("命名为示范家长学校", null=True, blank=True)

    class Meta:
        ordering = ["place", "id"]
        indexes = [models.Index(fields=["place"], name="family_school_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="family_school_dates",
                violation_error_message="停办日期不能早于开办日期。",
            )
        ]

    def __str__(self) -> str:
        return self.unit.short_name


class TermPlan(models.Model):
    """What a parents' school means to do in a term, in its own words."""

    school = models.ForeignKey(School, models.PROTECT, related_name="plans")
    semester = models.ForeignKey(Semester, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    place = CodeField()
    text = models.TextField("学期计划", max_length=1000)
    said_by = models.CharField("登记人", max_length=120)
    said_at = models.DateTimeField("登记时间")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "semester"], name="family_termplan_once")]


class Owed(models.Model):
    """What is written about a unit's duty in a period: the period is a year, or a term of it."""

    duty = models.ForeignKey(Duty, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    season = models.CharField(max_length=6, choices=Season, default="", blank=True)
    place = CodeField()
    said_by = models.CharField("登记人", max_length=120)
    said_at = models.DateTimeField("登记时间")

    class Meta:
        abstract = True


class Exemption(Owed):
    """A unit need not do this in this period, and why."""

    reason = models.CharField("原因", max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "unit", "year", "season"], name="family_exemption_once")]


class Paper(Owed):
    """What shows that a duty which is not counted in activities is done. A withdrawn one is kept and shows nothing."""

    text = models.CharField("内容", max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-said_at"]
        indexes = [models.Index(fields=["unit", "year"], name="family_paper_unit_year")]


class Reminder(models.Model):
    """That a unit was told what it still owes in a period: once, however often somebody asks."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    season = models.CharField(max_length=6, choices=Season, default="", blank=True)
    place = CodeField()
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "year", "season"], name="family_reminder_once")]


class Lecturer(models.Model):
    """One of the 讲师团. Empty ``towns``: comes anywhere; empty ``weekdays`` (0 is Monday): any day."""

    name = models.CharField("姓名", max_length=40)
    employer = models.CharField("工作单位", max_length=60, default="", blank=True)
    title = models.CharField("职称或资格", max_length=60, default="", blank=True)
    fields = ArrayField(models.CharField(max_length=8, choices=Field), verbose_name="擅长方向")
    towns = ArrayField(CodeField(), verbose_name="可到镇街", default=list, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="通常有空的日子", default=list, blank=True)
    phone = SealedTextField(context="family_lecturer.phone", null=True, blank=True)
    contract_from = models.DateField("聘期起")
    contract_to = models.DateField("聘期止", null=True, blank=True)
    note = models.CharField("备注", max_length=200, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contract_to__isnull=True) | Q(contract_to__gte=F("contract_from")),
                name="family_lecturer_contract",
                violation_error_message="聘期止不能早于聘期起。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class LecturerCode(models.Model):
    """A lecturer's personal code for her own page. Only its keyed hash is kept; a new one ends the old."""

    lecturer = models.ForeignKey(Lecturer, models.PROTECT, related_name="codes")
    code_index = BlindIndexField(unique=True)
    until = models.DateField("有效期至")
    ended_at = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    place = CodeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lecturer"], condition=Q(ended_at__isnull=True), name="family_lecturercode_one"
            )
        ]


class Course(models.Model):
    """A lecture that can be ordered."""

    title = models.CharField("课程", max_length=60)
    field = models.CharField("方向", max_length=8, choices=Field)
    age = models.CharField("孩子年龄段", max_length=10, choices=Age)
    minutes = models.PositiveSmallIntegerField("时长（分钟）", default=90)
    summary = models.CharField("简介", max_length=200, default="", blank=True)
    material = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    active = models.BooleanField("可点", default=True)
    place = CodeField()

    class Meta:
        ordering = ["field", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=10, minutes__lte=600),
                name="family_course_minutes",
                violation_error_message="时长应在10至600分钟之间。",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Activity(models.Model):
    """What family education knows of a session: how, where, by whom, for whom.

    ``with_unit`` held it too: one record fulfils the duties of both. Where two units entered one lecture, the session of
    one is merged into the other's: it is counted once and still fulfils both units' duties. One whose session is cancelled
    counts for nothing, be it called off or entered by mistake.
    """

    session = models.OneToOneField(Session, models.PROTECT, null=True, related_name="+")
    mode = models.CharField("方式", max_length=8, choices=Mode)
    venue_kind = models.ForeignKey(VenueKind, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主办单位")
    with_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="+")
    audience = models.CharField("对象", max_length=12, choices=Audience, default=Audience.PARENTS)
    field = models.CharField("内容", max_length=8, choices=Field)
    lecturer = models.ForeignKey(Lecturer, models.PROTECT, null=True, blank=True, related_name="activities")
    lecturer_name = models.CharField("主讲人", max_length=40, default="", blank=True)
    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="+")
    public = models.BooleanField("在门户预告", default=False)
    place = CodeField()
    token = models.UUIDField(unique=True)
    recorded_by = models.CharField("登记人", max_length=120)
    recorded_at = models.DateTimeField("登记时间")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["place"], name="family_activity_place"),
            models.Index(fields=["unit"], name="family_activity_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(with_unit__isnull=True) | ~Q(with_unit=F("unit")),
                name="family_activity_with_another",
                violation_error_message="共同举办单位不能是主办单位自己。",
            ),
        ]

    def __str__(self) -> str:
        return self.when.title

    @property
    def when(self) -> Session:
        """The session: its title, hours, venue, heads and state."""
        assert self.session is not None
        return self.session


class Photo(models.Model):
    """A picture of an activity; never required, never public."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    place = CodeField()


class Apart(models.Model):
    """Two entries a person looked at and found to be two lectures; ``first`` is the smaller number."""

    first = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    second = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    place = CodeField()
    said_by = models.CharField(max_length=120)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="family_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="family_apart_ordered"),
        ]


class LectureOrder(models.Model):
    """A lecture a town asks for (点单): which, when, where, for whom, and who gives it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="点单单位")
    place = CodeField(verbose_name="授课地")
    field = models.CharField("内容", max_length=8, choices=Field)
    course = models.ForeignKey(Course, models.PROTECT, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    venue = models.CharField("地点", max_length=60)
    venue_kind = models.ForeignKey(VenueKind, models.PROTECT, null=True, blank=True, related_name="+")
    audience = models.CharField("对象", max_length=12, choices=Audience, default=Audience.PARENTS)
    expected = models.PositiveIntegerField("预计人数")
    note = models.CharField("要求", max_length=200, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=OrderState, default=OrderState.REQUESTED)
    lecturer = models.ForeignKey(Lecturer, models.PROTECT, null=True, blank=True, related_name="orders")
    activity = models.OneToOneField(Activity, models.PROTECT, null=True, blank=True, related_name="order")
    stars = models.PositiveSmallIntegerField("评分", null=True, blank=True)
    remark = models.CharField("评价", max_length=200, default="", blank=True)
    token = models.UUIDField(unique=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["place"], name="family_order_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="family_order_hours",
                violation_error_message="结束时间应晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__gte=1, stars__lte=5),
                name="family_order_stars",
                violation_error_message="评分为1至5分。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[OrderState.REQUESTED, OrderState.CANCELLED]) | Q(lecturer__isnull=False),
                name="family_order_lecturer",
                violation_error_message="请先安排讲师。",
            ),
        ]

    def __str__(self) -> str:
        return f"点单{self.pk:04d}"


class OrderStep(models.Model):
    """What happened to an order, when, by whom."""

    order = models.ForeignKey(LectureOrder, models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=OrderState)
    lecturer = models.ForeignKey(Lecturer, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    note = models.CharField(max_length=200, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["at", "id"]


class Meeting(models.Model):
    """A joint meeting of the partners or a joint notice: what was agreed, with its minutes as a file."""

    held_on = models.DateField("日期")
    title = models.CharField("会议或发文", max_length=80)
    text = models.TextField("议定事项", max_length=2000, blank=True, default="")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    place = CodeField()
    said_by = models.CharField("登记人", max_length=120)

    class Meta:
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return self.title
