"""Study campaigns: what is watched, by which units, where they met, who watched alone, and what they thought of it.

A group session is a session of ``attendance`` whose subject is the unit's return (``study:7``); a person declares her own
viewing. No time is measured, nobody is ranked, and nobody has to check in (domain notes 4.6).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from niangjia.attendance.models import Participant, Session
from niangjia.campaigns.kinds import Audience, CampaignState, Demand, How, ReflectionState, ReturnState
from niangjia.core.fields import CodeField
from niangjia.files.models import StoredFile
from niangjia.org.models import Officer, Unit


class Campaign(models.Model):
    """An order to watch or study something, from a day to a deadline."""

    title = models.CharField("名称", max_length=80)
    document_number = models.CharField("文件依据", max_length=80, default="", blank=True)
    intro = models.TextField("说明", default="", blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns")
    place = CodeField()
    group = models.BooleanField("集中收看", default=True)
    alone = models.BooleanField("个人自行收看", default=True)
    audiences = ArrayField(models.CharField(max_length=10, choices=Audience), verbose_name="面向")
    starts_on = models.DateField("开始日期")
    deadline = models.DateField("截止日期")
    reflections = models.CharField("心得体会", max_length=8, choices=Demand, default=Demand.WELCOME)
    reflections_from = ArrayField(models.CharField(max_length=10, choices=Audience), default=list, blank=True)
    least_characters = models.PositiveSmallIntegerField("心得最少字数", default=0)
    most_photos = models.PositiveSmallIntegerField("每场照片最多", default=2)
    state = models.CharField(max_length=10, choices=CampaignState, default=CampaignState.DRAFT)
    issued_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["place", "state"], name="campaigns_campaign_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "title"], name="campaigns_title_once", violation_error_message="已有同名活动。"
            ),
            models.CheckConstraint(
                condition=Q(deadline__gte=F("starts_on")),
                name="campaigns_dates",
                violation_error_message="截止日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(group=True) | Q(alone=True),
                name="campaigns_some_way",
                violation_error_message="集中收看、个人自行收看至少选一种。",
            ),
            models.CheckConstraint(
                condition=Q(most_photos__lte=9), name="campaigns_photos", violation_error_message="每场照片最多9张。"
            ),
            models.CheckConstraint(
                condition=Q(reflections=Demand.REQUIRED) | Q(reflections_from=[]), name="campaigns_required_from"
            ),
            models.CheckConstraint(
                condition=Q(state=CampaignState.DRAFT) | Q(issued_at__isnull=False), name="campaigns_issued"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Episode(models.Model):
    """One part of what is watched."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="episodes")
    number = models.PositiveSmallIntegerField("集")
    title = models.CharField("标题", max_length=80)
    channel = models.CharField("频道", max_length=40, default="", blank=True)
    airs = models.CharField("播出时间", max_length=40, default="", blank=True)
    minutes = models.PositiveSmallIntegerField("分钟", null=True, blank=True)
    link = models.URLField("网址", max_length=300, default="", blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="campaigns_episode_once")]

    def __str__(self) -> str:
        return f"第{self.number}集 {self.title}"


class Return(models.Model):
    """What one unit did for a campaign; its numbers are counted from records, only the words are written."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="returns")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="study_returns")
    place = CodeField()
    state = models.CharField(max_length=10, choices=ReturnState, default=ReturnState.PENDING)
    note = models.TextField("小结", default="", blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.CharField(max_length=80, default="", blank=True)
    reason = models.CharField("退回原因", max_length=200, default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "id"]
        indexes = [models.Index(fields=["place", "campaign"], name="campaigns_return_place")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="campaigns_return_once"),
            models.CheckConstraint(
                condition=Q(state=ReturnState.PENDING) | Q(submitted_at__isnull=False), name="campaigns_return_sent"
            ),
            models.CheckConstraint(
                condition=~Q(state=ReturnState.RETURNED) | ~Q(reason=""),
                name="campaigns_return_reason",
                violation_error_message="请写明退回原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.get_state_display()}"

    @property
    def subject(self) -> str:
        """Whose sessions and roster ``attendance`` keeps."""
        return f"study:{self.pk}"


class Showing(models.Model):
    """A group session as the campaign sees it: which episodes, and what was said."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="showing")
    ret = models.ForeignKey(Return, models.PROTECT, related_name="showings")
    episodes = ArrayField(models.PositiveSmallIntegerField(), verbose_name="集")
    discussion = models.TextField("讨论记录", default="", blank=True)
    token = models.UUIDField(unique=True)
    place = CodeField()

    class Meta:
        ordering = ["-session__starts_at", "-id"]

    def __str__(self) -> str:
        return str(self.session_id)


class Photo(models.Model):
    """A picture of a group session; never required. ``shown``: the report may print it, who is on it agreed."""

    showing = models.ForeignKey(Showing, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    shown = models.BooleanField("可用于简报", default=False)
    place = CodeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.file_id)


class Cadre(models.Model):
    """An officer on the roster of her unit's return."""

    ret = models.ForeignKey(Return, models.PROTECT, related_name="cadres")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    participant = models.OneToOneField(Participant, models.PROTECT, related_name="+")
    place = CodeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ret", "officer"], name="campaigns_cadre_once")]

    def __str__(self) -> str:
        return str(self.officer_id)


class Viewing(models.Model):
    """Somebody says that she watched an episode alone: one tap, taken back by another. How long is asked of nobody."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="viewings")
    episode = models.ForeignKey(Episode, models.PROTECT, related_name="viewings")
    account = models.BigIntegerField()
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField("日期")
    place = CodeField()

    class Meta:
        indexes = [models.Index(fields=["place", "on"], name="campaigns_viewing_place")]
        constraints = [models.UniqueConstraint(fields=["episode", "account"], name="campaigns_viewing_once")]

    def __str__(self) -> str:
        return f"{self.on} 第{self.episode.number}集"


class Reflection(models.Model):
    """What somebody thought of it, in her own words. Published only while she agrees; her name only if she agreed to that."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reflection_set")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    place = CodeField()
    audience = models.CharField("身份", max_length=10, choices=Audience)
    author = models.CharField("姓名", max_length=40)
    account = models.BigIntegerField()
    text = models.TextField("心得")
    how = models.CharField("怎么写的", max_length=8, choices=How, default=How.WRITTEN)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    typed_by = models.CharField("打字人", max_length=80, default="", blank=True)
    may_publish = models.BooleanField("同意发布", default=False)
    may_name = models.BooleanField("同意署名", default=False)
    state = models.CharField(max_length=10, choices=ReflectionState, default=ReflectionState.SUBMITTED)
    shown_text = models.TextField("发布的文字", default="", blank=True)
    sent_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        indexes = [
            models.Index(fields=["place", "state", "-sent_at"], name="campaigns_reflection_place"),
            models.Index(fields=["account"], name="campaigns_reflection_mine"),
        ]
        constraints = [
            # Nothing is published against or after her word (个人信息保护法 art. 15, 25).
            models.CheckConstraint(
                condition=Q(may_publish=True, published_at__isnull=False, state=ReflectionState.PUBLISHED)
                | (~Q(state=ReflectionState.PUBLISHED) & Q(published_at__isnull=True)),
                name="campaigns_reflection_consent",
            ),
            models.CheckConstraint(condition=Q(may_publish=True) | Q(may_name=False), name="campaigns_reflection_name"),
            models.CheckConstraint(
                condition=~Q(how__in=(How.RECORDED, How.PHOTO)) | (Q(file__isnull=False) & ~Q(typed_by="")),
                name="campaigns_reflection_source",
                violation_error_message="他人打字的，请附录音或照片。",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:20]

    @property
    def credit(self) -> str:
        """How it is signed where others read it."""
        return self.author if self.may_name else f"一位{self.get_audience_display()}"
