"""A jury: who judges, what, by which criteria; each juror's points, which the others do not see until it is closed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from niangjia.core.fields import CodeField
from niangjia.jury.kinds import Leavers, Method, PanelState, Ties
from niangjia.jury.rules import MOST_VOTE_WEIGHT
from niangjia.org.models import Unit


class Panel(models.Model):
    """``criteria`` are pairs of label and most points; ``subject`` is what it is about, such as ``round:5``.

    ``votes`` are the shares of the advisory vote by subject, as they stood when it was decided.
    """

    title = models.CharField("评审名称", max_length=80)
    subject = models.CharField(max_length=40, default="", blank=True, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="panels")
    criteria = models.JSONField("评分标准", default=list)
    method = models.CharField("计分方法", max_length=8, choices=Method, default=Method.MEAN)
    ties = models.CharField("同分时", max_length=8, choices=Ties, default=Ties.FIRST)
    leavers = models.CharField("评委中途退出时", max_length=8, choices=Leavers, default=Leavers.KEPT)
    vote_weight = models.PositiveSmallIntegerField("网络投票权重（%）", default=0)
    quota = models.PositiveIntegerField("评定名额", null=True, blank=True)
    votes = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=PanelState, default=PanelState.DRAFT)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=120, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(vote_weight__lte=MOST_VOTE_WEIGHT),
                name="jury_vote_weight",
                violation_error_message="网络投票只作参考，权重不超过30%。",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Juror(models.Model):
    """Somebody who judges. Who leaves stays on the list; whether what she had finished counts, the panel says."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="jurors")
    account_id = models.BigIntegerField()
    name = models.CharField("姓名", max_length=40)
    unit_name = models.CharField("单位", max_length=60, default="", blank=True)
    unit_place = CodeField(default="", blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField("退出原因", max_length=100, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["panel", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["panel", "account_id"], name="jury_juror_once", violation_error_message="此人已是评委。"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """What is judged. ``files`` are ids of stored files the jurors may look at; ``chosen`` is the outcome."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="entries")
    subject = models.CharField(max_length=40)
    label = models.CharField("名称", max_length=60)
    group = models.CharField("类别", max_length=40, default="", blank=True)
    text = models.TextField("材料", max_length=4000, default="", blank=True)
    files = models.JSONField(default=list, blank=True)
    entry_place = CodeField(default="", blank=True)
    chosen = models.BooleanField("入选", default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["panel", "id"]
        indexes = [models.Index(fields=["subject"], name="jury_entry_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["panel", "subject"], name="jury_entry_once", violation_error_message="已在评审名单中。"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Score(models.Model):
    """One juror's points for one entry, a figure for each criterion in its order.

    ``earlier`` are those she gave before and changed. They lie here and not in the trail, which auditors read while
    scoring runs.
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="scores")
    juror = models.ForeignKey(Juror, models.PROTECT, related_name="scores")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="scores")
    points = models.JSONField(default=list)
    total = models.DecimalField("合计", max_digits=6, decimal_places=2)
    remark = models.CharField("评语", max_length=200, default="", blank=True)
    earlier = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()
    place = CodeField()

    class Meta:
        ordering = ["entry", "juror"]
        constraints = [models.UniqueConstraint(fields=["juror", "entry"], name="jury_score_once")]


class Recusal(models.Model):
    """A juror who does not judge an entry (回避), and why."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="recusals")
    juror = models.ForeignKey(Juror, models.PROTECT, related_name="recusals")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="recusals")
    reason = models.CharField("回避原因", max_length=100)
    at = models.DateTimeField()
    place = CodeField()

    class Meta:
        ordering = ["entry", "juror"]
        constraints = [models.UniqueConstraint(fields=["juror", "entry"], name="jury_recusal_once")]
