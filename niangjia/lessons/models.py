"""Series, lessons, what they are watched or heard as, live sessions, and questions with their answers.

Who looked at a lesson is kept nowhere: not by account, not by address, not by cookie. Where she stopped is known to her phone.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from niangjia.core.fields import CodeField, SealedTextField
from niangjia.files.models import StoredFile
from niangjia.lessons.kinds import AgeGroup, LessonState, LiveState, MakingState, Opened, Part, QuestionState


class Series(models.Model):
    """Lessons that belong together."""

    title = models.CharField("系列名称", max_length=60)
    intro = models.TextField("简介", default="", blank=True)
    order = models.PositiveSmallIntegerField("次序", default=9)
    place = CodeField()

    class Meta:
        ordering = ["order", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "title"], name="lessons_series_title", violation_error_message="已有同名系列。"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """A few minutes to watch, hear or read. Who checked it is not who wrote it; what changed is checked anew."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="lessons")
    number = models.PositiveSmallIntegerField("第几节")
    title = models.CharField("标题", max_length=60)
    intro = models.CharField("一句话介绍", max_length=120, default="", blank=True)
    lecturer = models.CharField("主讲", max_length=60, default="", blank=True)
    age_group = models.CharField("适合", max_length=8, choices=AgeGroup, default=AgeGroup.ALL)
    minutes = models.PositiveSmallIntegerField("时长（分钟）")
    text = models.TextField("正文", default="", blank=True)
    captions = models.TextField("字幕", default="", blank=True)
    state = models.CharField(max_length=10, choices=LessonState, default=LessonState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    written_by = models.CharField(max_length=80)
    written_by_account = models.BigIntegerField()
    checked_by = models.CharField(max_length=80, default="", blank=True)
    checked_by_account = models.BigIntegerField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField("撤下原因", max_length=120, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["series", "number"]
        indexes = [models.Index(fields=["place", "state"], name="lessons_lesson_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number"],
                name="lessons_lesson_number",
                violation_error_message="这个系列已有这一节。",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=60),
                name="lessons_lesson_minutes",
                violation_error_message="时长应在1至60分钟之间；更长的请分成几节。",
            ),
            models.CheckConstraint(
                condition=Q(state=LessonState.DRAFT) | Q(checked_by_account__isnull=False),
                name="lessons_lesson_checked",
            ),
            models.CheckConstraint(
                condition=Q(checked_by_account__isnull=True) | ~Q(checked_by_account=F("written_by_account")),
                name="lessons_lesson_two_people",
                violation_error_message="审核人不能是编写人。",
            ),
            models.CheckConstraint(
                condition=~Q(state=LessonState.PUBLISHED) | Q(published_at__isnull=False),
                name="lessons_lesson_published",
            ),
            models.CheckConstraint(
                condition=~Q(state=LessonState.WITHDRAWN) | ~Q(withdrawn_why=""), name="lessons_lesson_why"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Media(models.Model):
    """A lesson as video or sound: an upload, or a small stream made from one."""

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="media")
    part = models.CharField(max_length=6, choices=Part)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    seconds = models.PositiveIntegerField("秒")
    coding = models.CharField(max_length=8, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["lesson", "part"], name="lessons_media_part")]

    def __str__(self) -> str:
        return self.get_part_display()


class Making(models.Model):
    """The small streams of a lesson's video, on their way. ``done`` is a per cent of the running time."""

    lesson = models.OneToOneField(Lesson, models.PROTECT, related_name="making")
    source = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=MakingState, default=MakingState.WAITING)
    done = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=200, default="", blank=True)
    moved_at = models.DateTimeField()
    place = CodeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(done__lte=100), name="lessons_making_percent")]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def is_moving(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in (MakingState.WAITING, MakingState.WORKING)


class Live(models.Model):
    """A session to be watched elsewhere at an hour: a link, a reminder, and its recording afterwards."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="lives")
    title = models.CharField("标题", max_length=60)
    lecturer = models.CharField("主讲", max_length=60, default="", blank=True)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    link = models.URLField("观看网址", max_length=300)
    state = models.CharField(max_length=10, choices=LiveState, default=LiveState.PLANNED)
    reason = models.CharField("取消原因", max_length=120, default="", blank=True)
    recording = models.ForeignKey(Lesson, models.PROTECT, null=True, blank=True, related_name="recording_of")
    revision = models.PositiveIntegerField(default=1)
    place = CodeField()

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="lessons_live_hours",
                violation_error_message="结束时间应晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=~Q(state=LiveState.CANCELLED) | ~Q(reason=""),
                name="lessons_live_why",
                violation_error_message="请写明取消原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """What a parent asked, in her words (sealed), and the answer. What is published is a text of its own, without names."""

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="questions")
    about = models.CharField(max_length=60)
    text = SealedTextField(context="lessons_question.text")
    asked_by_account = models.BigIntegerField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=QuestionState, default=QuestionState.ASKED)
    may_publish = models.BooleanField(default=False)
    answer = SealedTextField(context="lessons_question.answer", null=True, blank=True)
    answered_by = models.CharField(max_length=80, default="", blank=True)
    answered_by_account = models.BigIntegerField(null=True, blank=True)
    answered_as = models.CharField("解答人身份", max_length=40, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    public_question = models.TextField("公开的问题", default="", blank=True)
    public_answer = models.TextField("公开的解答", default="", blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [
            models.Index(fields=["place", "state", "asked_at"], name="lessons_question_place"),
            models.Index(fields=["asked_by_account", "-asked_at"], name="lessons_question_mine"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=(QuestionState.ANSWERED, QuestionState.PUBLISHED, QuestionState.DECLINED))
                | Q(answer__isnull=False, answered_at__isnull=False),
                name="lessons_question_answered",
            ),
            # Without her consent, and after she took it back, nothing of it is published (个人信息保护法 art. 25).
            models.CheckConstraint(
                condition=Q(state=QuestionState.PUBLISHED, may_publish=True, published_at__isnull=False)
                | (~Q(state=QuestionState.PUBLISHED) & Q(published_at__isnull=True)),
                name="lessons_question_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.pk}"


class DayCount(models.Model):
    """How often a lesson was opened on a day, by way. Nothing else is known."""

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="days")
    on = models.DateField()
    way = models.CharField(max_length=6, choices=Opened)
    count = models.PositiveIntegerField()
    place = CodeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "on", "way"], name="lessons_daycount_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.count}"
