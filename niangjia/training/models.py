"""Projects, their classes, who signed up, what an auditor sees, and what became of the women.

A class is a ``Course`` here. Who was present is not kept here but in ``attendance``, under ``class:<id>``.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from niangjia.attendance.models import Participant
from niangjia.core.fields import BlindIndexField, CodeField, SealedTextField
from niangjia.files.models import StoredFile
from niangjia.flow.kinds import Outcome as Verdict
from niangjia.org.models import Unit
from niangjia.people.models import Person
from niangjia.training import rules
from niangjia.training.kinds import (
    DONE,
    GONE,
    HELD,
    Category,
    ClaimState,
    ClassKind,
    CourseState,
    Education,
    EnrolmentState,
    Intention,
    Level,
    Outcome,
    PaperKind,
)

VERDICTS = [(one.value, one.label) for one in Verdict]


class Standard(models.Model):
    """The limits for a kind of class from a day on. Editable; ``confirmed`` is False until the district checked them."""

    kind = models.CharField("班次类别", max_length=8, choices=ClassKind)
    valid_from = models.DateField("启用日期")
    women_only = models.BooleanField("只面向妇女", default=True)
    age_min = models.PositiveSmallIntegerField("最小年龄", null=True, blank=True)
    age_max = models.PositiveSmallIntegerField("最大年龄", null=True, blank=True)
    rural_only = models.BooleanField("只面向农村户籍或常住", default=False)
    absence_months = models.PositiveSmallIntegerField("丈夫外出务工满（月）", null=True, blank=True)
    once_a_year = models.BooleanField("同一工种一年一次", default=True)
    attendance_percent = models.PositiveSmallIntegerField("结业出勤率（%）", default=80)
    pass_mark = models.PositiveSmallIntegerField("考核合格分", default=60)
    size_min = models.PositiveSmallIntegerField("每班最少（人）", default=30)
    size_max = models.PositiveSmallIntegerField("每班最多（人）", default=50)
    feedback_days = models.PositiveSmallIntegerField("满意度填写期（天）", default=30)
    source = models.CharField("依据", max_length=120, default="", blank=True)
    confirmed = models.BooleanField("已核实", default=False)

    class Meta:
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "valid_from"],
                name="training_standard_once",
                violation_error_message="这一天已有同类标准。",
            ),
            models.CheckConstraint(
                condition=Q(size_min__lte=F("size_max"), attendance_percent__lte=100, pass_mark__lte=100)
                & (Q(age_min__isnull=True) | Q(age_max__isnull=True) | Q(age_min__lte=F("age_max"))),
                name="training_standard_limits",
                violation_error_message="下限不能大于上限，百分比不能超过100。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.valid_from}"

    @property
    def limits(self) -> rules.Standard:
        return rules.Standard(
            women_only=self.women_only, age_min=self.age_min, age_max=self.age_max, rural_only=self.rural_only,
            absence_months=self.absence_months, once_a_year=self.once_a_year, attendance_percent=self.attendance_percent,
            pass_mark=self.pass_mark, size_min=self.size_min, size_max=self.size_max,
            source=f"{self.source or '区妇联培训标准'}{'' if self.confirmed else '（标准未核实）'}",
        )  # fmt: skip


class Project(models.Model):
    """A year's task: who pays how much a head, for how many, under which document."""

    title = models.CharField("项目名称", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("类别", max_length=8, choices=ClassKind, default=ClassKind.SKILLS)
    fund_source = models.CharField("资金来源", max_length=80, default="", blank=True)
    unit_price = models.DecimalField("补贴标准（元/人）", max_digits=8, decimal_places=2, default=Decimal(0))
    target_heads = models.PositiveIntegerField("任务人数", default=0)
    document_no = models.CharField("文号", max_length=60, default="", blank=True)
    note = models.CharField("说明", max_length=200, default="", blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="主办单位")
    place = CodeField()

    class Meta:
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "year", "title"],
                name="training_project_once",
                violation_error_message="这一年已有同名项目。",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0),
                name="training_project_price",
                violation_error_message="标准不能是负数。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Course(models.Model):
    """A class (班次). ``place`` is where it is held, by which it is counted; ``trainer`` the organisation that teaches."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="courses", verbose_name="项目")
    number = models.PositiveSmallIntegerField("期次")
    kind = models.CharField("类别", max_length=8, choices=ClassKind)
    title = models.CharField("班次名称", max_length=80)
    subject = models.CharField("工种或主题", max_length=40)
    level = models.CharField("等级", max_length=12, choices=Level, default=Level.INTRODUCTION)
    hours = models.PositiveSmallIntegerField("学时")
    capacity = models.PositiveSmallIntegerField("名额")
    venue = models.CharField("地点", max_length=80)
    place = CodeField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="承办妇联")
    trainer = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="培训机构")
    teachers = models.CharField("授课老师", max_length=120, default="", blank=True)
    plan = models.TextField("教学计划", max_length=2000, default="", blank=True)
    starts_on = models.DateField("开班日期")
    ends_on = models.DateField("结束日期")
    enrol_until = models.DateField("报名截止")
    contact = models.CharField("咨询电话", max_length=20, default="", blank=True)
    state = models.CharField("状态", max_length=16, choices=CourseState, default=CourseState.PLANNED)
    has_exam = models.BooleanField("有结业考核", default=True)
    planned_by_account = models.BigIntegerField()
    approved_by = models.CharField("批准人", max_length=120, default="", blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    small_why = models.CharField("人数不足仍开班的原因", max_length=80, default="", blank=True)
    closed_on = models.DateField("结业日期", null=True, blank=True)
    cancel_why = models.CharField("取消原因", max_length=80, default="", blank=True)
    feedback_code = models.CharField(max_length=16, unique=True)
    token = models.UUIDField(unique=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-starts_on", "-id"]
        indexes = [
            models.Index(fields=["place", "state"], name="training_office_place"),
            models.Index(fields=["trainer"], name="training_course_trainer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="training_course_once", violation_error_message="这一期已经登记过。"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), enrol_until__lte=F("ends_on")),
                name="training_course_dates",
                violation_error_message="结束日期不能早于开班日期，报名截止不能晚于结束日期。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HELD, closed_on__isnull=False) | (~Q(state__in=HELD) & Q(closed_on__isnull=True)),
                name="training_course_closed",
                violation_error_message="结业的班次须有结业日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=CourseState.CANCELLED) | ~Q(cancel_why=""),
                name="training_course_cancelled",
                violation_error_message="取消须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def about(self) -> str:
        """How other rooms name it."""
        return f"class:{self.pk}"


class Enrolment(models.Model):
    """One woman and one class. What only her federation may know stands apart, in ``Particulars``.

    ``place`` is where she lives, ``office_place`` where the federation that holds the class sits: both see the row.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    participant = models.ForeignKey(Participant, models.PROTECT, null=True, blank=True, related_name="+")
    id_index = BlindIndexField(null=True, blank=True)
    name = models.CharField("姓名", max_length=40)
    place = CodeField()
    office_place = CodeField()
    state = models.CharField("状态", max_length=12, choices=EnrolmentState, default=EnrolmentState.APPLIED)
    filed_by_account = models.BigIntegerField()
    helper = models.CharField("代报人", max_length=60, default="", blank=True)
    filed_at = models.DateTimeField("报名时间")
    accepted_at = models.DateTimeField("录取时间", null=True, blank=True)
    ended_on = models.DateField("退出日期", null=True, blank=True)
    why = models.CharField("原因", max_length=120, default="", blank=True)
    score = models.DecimalField("成绩", max_digits=4, decimal_places=1, null=True, blank=True)
    present_halves = models.PositiveSmallIntegerField("到课半天数", null=True, blank=True)
    held_halves = models.PositiveSmallIntegerField("开课半天数", null=True, blank=True)
    completed_on = models.DateField("结业日期", null=True, blank=True)
    certified_on = models.DateField("发证日期", null=True, blank=True)
    placed_on = models.DateField("就业日期", null=True, blank=True)
    told_at = models.DateTimeField("告知时间", null=True, blank=True)
    told_by = models.CharField(max_length=120, default="", blank=True)
    token = models.UUIDField(unique=True)

    class Meta:
        ordering = ["filed_at", "id"]
        indexes = [
            models.Index(fields=["place", "state"], name="training_enrolment_home"),
            models.Index(fields=["office_place"], name="training_enrolment_there"),
            models.Index(fields=["id_index"], condition=Q(id_index__isnull=False), name="training_enrolment_number"),
            models.Index(
                fields=["completed_on"], condition=Q(completed_on__isnull=False), name="training_enrolment_done"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "id_index"],
                condition=~Q(state__in=GONE),
                name="training_enrolment_once",
                violation_error_message="她已经报了这个班。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DONE, completed_on__isnull=False)
                | (~Q(state__in=DONE) & Q(completed_on__isnull=True)),
                name="training_enrolment_completed",
                violation_error_message="结业须有结业日期。",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="training_enrolment_score",
                violation_error_message="成绩在0到100之间。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def about(self) -> str:
        return f"enrolment:{self.pk}"


class Particulars(models.Model):
    """What she stated when she signed up, and what the rules said of it on that day. No trainer sees it."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="facts")
    sex = models.CharField(max_length=1, default="", blank=True)
    birth = models.DateField("出生日期", null=True, blank=True)
    phone = SealedTextField(context="training_particulars.phone", null=True, blank=True)
    phone_index = BlindIndexField(null=True, blank=True)
    category = models.CharField("人员类别", max_length=12, choices=Category, default=Category.OTHER)
    education = models.CharField("文化程度", max_length=8, choices=Education, default="", blank=True)
    intention = models.CharField("参训意向", max_length=10, choices=Intention, default="", blank=True)
    rural = models.BooleanField("农村户籍或常住", null=True, blank=True)
    away_months = models.PositiveSmallIntegerField("丈夫外出务工（月）", null=True, blank=True)
    findings = models.JSONField("资格核对", default=list)
    verdict = models.CharField("资格", max_length=12, choices=VERDICTS)
    proved_by = models.CharField("核实人", max_length=120, default="", blank=True)
    proof = models.CharField("核实说明", max_length=120, default="", blank=True)
    filed_by_account = models.BigIntegerField()
    place = CodeField()
    office_place = CodeField()

    class Meta:
        indexes = [models.Index(fields=["place"], name="training_particulars_place")]

    def __str__(self) -> str:
        return str(self.verdict)


class Paper(models.Model):
    """A paper of a class's evidence folder."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="papers")
    kind = models.CharField("种类", max_length=12, choices=PaperKind)
    title = models.CharField("名称", max_length=80)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    added_at = models.DateTimeField("存入时间")
    added_by = models.CharField(max_length=120)
    removed_at = models.DateTimeField(null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["kind", "id"]

    def __str__(self) -> str:
        return self.title


class Rating(models.Model):
    """One form of satisfaction. Nobody is named, nobody reads single rows: the database gives sums, from five forms on."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="+")
    useful = models.PositiveSmallIntegerField()
    teacher = models.PositiveSmallIntegerField()
    venue = models.PositiveSmallIntegerField()
    overall = models.PositiveSmallIntegerField()
    words = SealedTextField(context="training_rating.words", null=True, blank=True)
    rated_on = models.DateField()
    token = models.UUIDField(unique=True)

    def __str__(self) -> str:
        return str(self.overall)


class Claim(models.Model):
    """What a class claims: the heads that count, times the price of one, and what was granted of it."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="claims")
    heads = models.PositiveIntegerField("申领人数")
    unit_price = models.DecimalField("标准（元/人）", max_digits=8, decimal_places=2)
    amount = models.DecimalField("申领金额（元）", max_digits=11, decimal_places=2)
    claimed_on = models.DateField("申领日期")
    claimed_by = models.CharField(max_length=120)
    claimed_by_account = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=ClaimState, default=ClaimState.SUBMITTED)
    audited_heads = models.PositiveIntegerField("审定人数", null=True, blank=True)
    audited_amount = models.DecimalField("审定金额（元）", max_digits=11, decimal_places=2, null=True, blank=True)
    audited_on = models.DateField("审定日期", null=True, blank=True)
    audited_by = models.CharField(max_length=120, default="", blank=True)
    opinion = models.CharField("审定意见", max_length=200, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"],
                condition=~Q(state=ClaimState.TAKEN_BACK),
                name="training_claim_once",
                violation_error_message="这个班已经申领过。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClaimState.AUDITED)
                | Q(audited_heads__lte=F("heads"), audited_amount__isnull=False, audited_on__isnull=False),
                name="training_claim_audited",
                violation_error_message="审定人数不能多于申领人数，并须写明金额和日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}元"


class ClaimLine(models.Model):
    """One woman in a claim: counted, or why not. ``once_key`` is her number, the subject and the year: paid once."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="+")
    counts = models.BooleanField()
    reason = models.CharField("不计入的原因", max_length=160, default="", blank=True)
    once_key = models.CharField(max_length=64, null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-counts", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["once_key"],
                name="training_claim_once_a_year",
                violation_error_message="同一人同一工种一年只补贴一次。",
            ),
            models.CheckConstraint(
                condition=Q(counts=True, reason="") | (Q(counts=False, once_key__isnull=True) & ~Q(reason="")),
                name="training_claim_reason",
                violation_error_message="不计入的须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.enrolment_id)


class FollowUp(models.Model):
    """The call one, three and six months later. Income only if she wants to tell."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="follow_ups")
    month = models.PositiveSmallIntegerField("第几个月")
    due_on = models.DateField("应回访日期")
    done_on = models.DateField("回访日期", null=True, blank=True)
    outcome = models.CharField("情况", max_length=10, choices=Outcome, default="", blank=True)
    employer = models.CharField("单位或项目", max_length=60, default="", blank=True)
    income = models.PositiveIntegerField("月收入（元）", null=True, blank=True)
    note = SealedTextField(context="training_followup.note", null=True, blank=True)
    done_by = models.CharField(max_length=120, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["place", "due_on"], condition=Q(done_on__isnull=True), name="training_followup_due")
        ]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "month"], name="training_followup_once"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, outcome="") | (Q(done_on__isnull=False) & ~Q(outcome="")),
                name="training_followup_heard",
                violation_error_message="回访须写明情况。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month}个月回访"
