"""Polls, what may be chosen, ballots that name nobody, and what two people decided about ballots.

A ballot and the credential it was cast with lie in two tables without a common column; see
``docs/decisions/0008-ballots.md`` for what can and cannot be learned from them.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from niangjia.core.fields import BlindIndexField, CodeField
from niangjia.voting.kinds import Cadence, Channel, DecisionKind, PollState, Rule


class Poll(models.Model):
    """A public vote. It advises and decides nothing: its weight in a result is at most 30 %."""

    title = models.CharField("名称", max_length=80)
    rules_text = models.TextField("投票规则")
    place = CodeField()
    subject = models.CharField(max_length=40, default="", blank=True)
    opens_at = models.DateTimeField("开始")
    closes_at = models.DateTimeField("截止")
    from_hour = models.PositiveSmallIntegerField("每天从几点", default=6)
    to_hour = models.PositiveSmallIntegerField("每天到几点", default=23)
    min_choices = models.PositiveSmallIntegerField("最少选", default=3)
    max_choices = models.PositiveSmallIntegerField("最多选", default=10)
    cadence = models.CharField("投票次数", max_length=4, choices=Cadence, default=Cadence.DAY)
    by_phone = models.BooleanField("手机验证码投票", default=True)
    by_token = models.BooleanField("纸质投票码投票", default=False)
    hide_totals = models.BooleanField("截止前不显示票数", default=True)
    weight = models.PositiveSmallIntegerField("占总成绩", default=30)
    grace_seconds = models.PositiveSmallIntegerField("截止宽限", default=10)
    state = models.CharField(max_length=9, choices=PollState, default=PollState.DRAFT)
    made_by = models.BigIntegerField()
    opened_by = models.BigIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ballots = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["place", "state"], name="voting_poll_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__lte=30),
                name="voting_poll_advisory",
                violation_error_message="网络投票只作参考，占总成绩不得超过百分之三十。",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="voting_poll_order",
                violation_error_message="截止时间应晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(from_hour__lt=F("to_hour")) & Q(to_hour__lte=24),
                name="voting_poll_hours",
                violation_error_message="每天的投票时段应在0点至24点之间，结束晚于开始。",
            ),
            models.CheckConstraint(
                condition=Q(min_choices__gte=1) & Q(max_choices__gte=F("min_choices")) & Q(max_choices__lte=50),
                name="voting_poll_choices",
                violation_error_message="最少选1项，最多选不少于最少，且不超过50项。",
            ),
            models.CheckConstraint(
                condition=Q(by_phone=True) | Q(by_token=True),
                name="voting_poll_way",
                violation_error_message="手机验证码和纸质投票码至少选一种。",
            ),
            models.CheckConstraint(
                condition=Q(grace_seconds__lte=120),
                name="voting_poll_grace",
                violation_error_message="截止宽限最多120秒。",
            ),
            models.CheckConstraint(
                condition=Q(state=PollState.DRAFT, opened_by__isnull=True)
                | (~Q(state=PollState.DRAFT) & Q(opened_by__isnull=False) & ~Q(opened_by=F("made_by"))),
                name="voting_poll_two_people",
                violation_error_message="投票须由另一人开启。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Choice(models.Model):
    """Something to vote for. ``subject`` and ``picture`` (a name in the store of files) mean nothing here."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="choices")
    number = models.PositiveSmallIntegerField("编号")
    label = models.CharField("名称", max_length=60)
    group = models.CharField("类别", max_length=40, default="", blank=True)
    text = models.TextField("简介", default="", blank=True)
    picture = models.CharField(max_length=80, default="", blank=True)
    picture_mime = models.CharField(max_length=40, default="", blank=True)
    subject = models.CharField(max_length=40, default="", blank=True)
    minor = models.BooleanField("涉及未成年人", default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, default="", blank=True)
    votes = models.PositiveIntegerField(default=0)
    counted = models.PositiveIntegerField(default=0)
    place = CodeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="voting_choice_number"),
            models.UniqueConstraint(fields=["poll", "subject"], condition=~Q(subject=""), name="voting_choice_subject"),
            models.CheckConstraint(
                condition=Q(minor=False),
                name="voting_choice_no_minor",
                violation_error_message="未成年人的作品和事迹不参加公众投票。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}号 {self.label}"


class TokenSheet(models.Model):
    """A printed sheet of one-time codes for those who vote on paper."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="sheets")
    number = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()
    note = models.CharField("发给", max_length=60, default="", blank=True)
    expires_at = models.DateTimeField("有效期至")
    made_at = models.DateTimeField()
    place = CodeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "number"], name="voting_sheet_number")]


class Token(models.Model):
    """A one-time code. Only its keyed hash is kept."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="+")
    sheet = models.ForeignKey(TokenSheet, models.PROTECT, related_name="tokens")
    code_index = BlindIndexField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "code_index"], name="voting_token_once")]


class Spent(models.Model):
    """That a phone or a code has voted on a day. Nobody may read it; when the poll closes its rows are gone."""

    pk = models.CompositePrimaryKey("poll_id", "day", "credential")
    # No foreign key in the database: its check would lock the one row of the poll for every ballot.
    poll = models.ForeignKey(Poll, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    day = models.DateField()
    credential = BlindIndexField()
    mixed = models.BooleanField(default=False)


class Ballot(models.Model):
    """What was chosen, and by what kind of device and network, each as a keyed hash of this poll. No column names anybody."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="+", db_constraint=False)  # as above
    choices = ArrayField(models.PositiveSmallIntegerField())
    channel = models.CharField(max_length=5, choices=Channel)
    minute = models.DateTimeField()
    device = models.BigIntegerField()
    network = models.BigIntegerField()
    segment = models.SmallIntegerField(null=True, blank=True)
    outside = models.BooleanField(null=True, blank=True)
    receipt_index = BlindIndexField(unique=True)
    digest = models.BinaryField()


class Seal(models.Model):
    """The chain over the ballots: each seal binds those that came since the one before. It stands in the trail too."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="seals")
    number = models.PositiveIntegerField()
    last_ballot = models.BigIntegerField()
    ballots = models.PositiveIntegerField()
    previous = models.BinaryField()
    head = models.BinaryField()
    made_at = models.DateTimeField()
    place = CodeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "number"], name="voting_seal_number")]


class Decision(models.Model):
    """Ballots set aside or let back, a choice's votes void: proposed by one person, confirmed or declined by another."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=9, choices=DecisionKind)
    rule = models.CharField(max_length=10, choices=Rule, default="", blank=True)
    about = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="releases")
    choice = models.ForeignKey(Choice, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("理由", max_length=500)
    finding = models.CharField(max_length=200, default="", blank=True)
    ballots = models.PositiveIntegerField(default=0)
    proposed_by = models.BigIntegerField()
    proposed_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True, blank=True)
    decided_name = models.CharField(max_length=80, default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(null=True, blank=True)
    place = CodeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(confirmed__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="voting_decision_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                name="voting_decision_two_people",
                violation_error_message="提出的人不能自己确认，请由另一人复核。",
            ),
            models.CheckConstraint(
                condition=Q(kind=DecisionKind.SET_ASIDE, about__isnull=True, choice__isnull=True)
                | Q(kind=DecisionKind.RELEASE, about__isnull=False, choice__isnull=True)
                | Q(kind=DecisionKind.VOID, about__isnull=True, choice__isnull=False),
                name="voting_decision_about",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="voting_decision_reason",
                violation_error_message="请写明理由。",
            ),
        ]


class SetAside(models.Model):
    """A ballot a decision to set aside is about."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+", db_index=False)
    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "ballot"], name="voting_set_aside_once")]


class Threshold(models.Model):
    """From where on the anomaly report speaks. ``least`` is how many ballots it takes for the rule to look at all."""

    rule = models.CharField(max_length=10, choices=Rule, primary_key=True)
    value = models.DecimalField("门槛", max_digits=8, decimal_places=2)
    least = models.PositiveIntegerField("至少多少票才看")
    from_hour = models.PositiveSmallIntegerField("从几点", null=True, blank=True)
    to_hour = models.PositiveSmallIntegerField("到几点", null=True, blank=True)


class NumberSegment(models.Model):
    """Where the first seven digits of a mobile number were issued. Loaded by the office; what is unknown counts as neither."""

    prefix = models.CharField("号段", max_length=7, primary_key=True)
    area = models.CharField("归属地", max_length=40)
    local = models.BooleanField("本地")


class Publication(models.Model):
    """A published ballot file. A correction is a new edition beside the old one."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="publications")
    edition = models.PositiveSmallIntegerField()
    ballots = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    packed = models.BinaryField()
    made_at = models.DateTimeField()
    place = CodeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "edition"], name="voting_publication_edition")]
