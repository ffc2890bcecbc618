"""Matters women bring, what was said and done, and who answers for them. What they said is sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from niangjia.core.fields import BlindIndexField, CodeField, SealedTextField
from niangjia.helpline.kinds import (
    ENDED,
    VIOLENT,
    AgeBand,
    Agreed,
    AskedBy,
    ClosedWhy,
    Kind,
    MediationResult,
    ReferralKind,
    Relation,
    Risk,
    Role,
    State,
    Topic,
    Way,
)
from niangjia.org.models import Unit


class Terms(models.Model):
    """The clocks from a day on. Days of the law and days of the district stand beside each other; ``confirmed`` says that
    the federation decided its own, which do not come from a document as they ship."""

    valid_from = models.DateField("启用日期", unique=True)
    tell_days = models.PositiveSmallIntegerField("告知是否受理（天）")
    object_workdays = models.PositiveSmallIntegerField("转错提出异议（工作日）")
    done_days = models.PositiveSmallIntegerField("受理后办结（天）")
    extension_days = models.PositiveSmallIntegerField("可延长（天）")
    review_days = models.PositiveSmallIntegerField("申请复查（天）")
    review_done_days = models.PositiveSmallIntegerField("复查办结（天）")
    confirm_days = models.PositiveSmallIntegerField("申请司法确认（天）")
    emergency_hours = models.PositiveSmallIntegerField("紧急来件联系（小时）")
    reply_workdays = models.PositiveSmallIntegerField("首次答复（工作日）")
    first_follow_up_days = models.PositiveSmallIntegerField("第一次回访（天）")
    second_follow_up_days = models.PositiveSmallIntegerField("第二次回访（天）")
    confirmed = models.BooleanField("已由区妇联确定", default=False)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(second_follow_up_days__gt=F("first_follow_up_days"), reply_workdays__gte=1),
                name="helpline_terms_order",
                violation_error_message="第二次回访应晚于第一次；首次答复至少1个工作日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}起"


class Duty(models.Model):
    """Who takes what comes in from a day on, until the next line begins: two people, so that nobody is alone with it."""

    place = CodeField()
    starts_on = models.DateField("开始日期")
    handler_account = models.BigIntegerField("值班人")
    handler = models.CharField(max_length=80)
    supervisor_account = models.BigIntegerField("督办人")
    supervisor = models.CharField(max_length=80)
    set_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "starts_on"],
                name="helpline_duty_once",
                violation_error_message="这一天已经排了值班。",
            ),
            models.CheckConstraint(
                condition=~Q(handler_account=F("supervisor_account")),
                name="helpline_duty_two",
                violation_error_message="值班人和督办人须是两个人。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.handler}"


class Key(models.Model):
    """A handler's public key, and her private one as her browser wrapped it with her passphrase: nobody here opens it."""

    account_id = models.BigIntegerField()
    public = models.TextField()
    wrapped = models.TextField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], condition=Q(retired_at__isnull=True), name="helpline_key_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.made_at:%Y-%m-%d}"


class Matter(models.Model):
    """A matter (来件). ``secret`` ones are seen by ``handler_account`` and ``supervisor_account`` alone, by policy.

    ``envelope`` is what her browser sealed for their keys; then ``facts`` and the other words are empty. ``code_index`` finds
    it for who holds the answer code, ``sender_index`` for who writes from the same WeChat account. ``due_on`` is the
    nearest of its clocks.
    """

    number = models.CharField("编号", max_length=20, unique=True)
    place = CodeField()
    kind = models.CharField("类型", max_length=8, choices=Kind)
    way = models.CharField("来自", max_length=8, choices=Way)
    role = models.CharField("来件人", max_length=10, choices=Role)
    topic = models.CharField("事由", max_length=12, choices=Topic)
    risk = models.CharField("风险", max_length=10, choices=Risk, default="", blank=True)
    secret = models.BooleanField("保密", default=False)
    minor = models.BooleanField("涉及未成年人", default=False)
    pregnant = models.BooleanField("孕产妇", default=False)
    disabled = models.BooleanField("残疾人", default=False)
    elder = models.BooleanField("老年人", default=False)
    age_band = models.CharField("年龄段", max_length=8, choices=AgeBand, default="", blank=True)
    relation = models.CharField("对方是谁", max_length=10, choices=Relation, default="", blank=True)
    facts = SealedTextField(context="helpline_matter.facts", null=True, blank=True)
    demand = SealedTextField(context="helpline_matter.demand", null=True, blank=True)
    name = SealedTextField(context="helpline_matter.name", null=True, blank=True)
    phone = SealedTextField(context="helpline_matter.phone", null=True, blank=True)
    safe_time = SealedTextField(context="helpline_matter.safe_time", null=True, blank=True)
    envelope = models.TextField(default="", blank=True)
    code_index = BlindIndexField(unique=True)
    sender_index = BlindIndexField(null=True, blank=True)
    text_index = BlindIndexField(null=True, blank=True)
    token = models.UUIDField(unique=True)
    received_at = models.DateTimeField()
    received_by = models.CharField("登记人", max_length=80, default="", blank=True)
    received_by_account = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="matters")
    handler_account = models.BigIntegerField()
    handler = models.CharField("办理人", max_length=80)
    supervisor_account = models.BigIntegerField()
    supervisor = models.CharField("督办人", max_length=80)
    due_on = models.DateField("期限")
    told_on = models.DateField("告知受理", null=True, blank=True)
    done_by = models.DateField("办结期限", null=True, blank=True)
    extended_why = models.CharField("延长理由", max_length=200, default="", blank=True)
    answered_at = models.DateTimeField("首次答复", null=True, blank=True)
    in_time = models.BooleanField("按期答复", null=True, blank=True)
    unread = models.BooleanField("有新补充", default=False)
    satisfaction = models.PositiveSmallIntegerField("满意度", null=True, blank=True)
    reopened = models.PositiveSmallIntegerField("重新办理", default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField("办结原因", max_length=12, choices=ClosedWhy, default="", blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["place", "state", "due_on"], name="helpline_matter_scope"),
            models.Index(fields=["handler_account", "state"], name="helpline_matter_handler"),
            models.Index(fields=["supervisor_account", "state"], name="helpline_matter_supervisor"),
            models.Index(fields=["received_at"], name="helpline_matter_received"),
            models.Index(
                fields=["sender_index"], condition=Q(sender_index__isnull=False), name="helpline_matter_sender"
            ),
            models.Index(
                fields=["text_index", "received_at"], condition=Q(text_index__isnull=False), name="helpline_matter_text"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~(Q(topic__in=VIOLENT) | Q(minor=True) | Q(risk__in=[Risk.EMERGENCY, Risk.HIGH]))
                | Q(secret=True),
                name="helpline_matter_secret",
                violation_error_message="暴力、未成年人和高风险的来件必须保密。",
            ),
            models.CheckConstraint(
                condition=Q(handler_account__gt=0, supervisor_account__gt=0)
                & ~Q(handler_account=F("supervisor_account")),
                name="helpline_matter_two",
                violation_error_message="办理人和督办人须是两个人。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, closed_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(closed_at__isnull=True)),
                name="helpline_matter_closed",
            ),
            models.CheckConstraint(
                condition=Q(facts__isnull=False) | ~Q(envelope=""),
                name="helpline_matter_said",
                violation_error_message="请写明情况。",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="helpline_matter_satisfaction",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Message(models.Model):
    """What she and the line wrote to each other; she reads it with her code. Her own, sent twice (``token``), stand once."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="messages")
    at = models.DateTimeField()
    from_her = models.BooleanField()
    text = SealedTextField(context="helpline_message.text")
    by = models.CharField(max_length=80, default="", blank=True)
    token = models.UUIDField(unique=True, null=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class MatterStep(models.Model):
    """What was done about a matter, for those who see it."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    title = models.CharField(max_length=80)
    note = SealedTextField(context="helpline_matterstep.note", null=True, blank=True)
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.title


class Referral(models.Model):
    """A letter to a department and its answer. A department reads online only what is ``online``."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="referrals")
    kind = models.CharField(max_length=10, choices=ReferralKind)
    number = models.CharField("文号", max_length=24, unique=True)
    department = models.ForeignKey(Unit, models.PROTECT, related_name="matters_referred")
    online = models.BooleanField("部门可在网上查看")
    letter = SealedTextField(context="helpline_referral.letter")
    sent_on = models.DateField("发出日期")
    object_by = models.DateField("提出异议期限")
    answer_by = models.DateField("答复期限")
    refused = models.BooleanField("对方认为不属其职责", default=False)
    answer = SealedTextField(context="helpline_referral.answer", null=True, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        ordering = ["-sent_on", "-id"]
        indexes = [models.Index(fields=["department", "answered_on"], name="helpline_referral_asked")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True, answer__isnull=True)
                | Q(answered_on__isnull=False, answer__isnull=False),
                name="helpline_referral_answered",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Mediation(models.Model):
    """A mediation of a family's quarrel (人民调解法): free of charge, and over the moment either party refuses (art. 4, 17)."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="mediations")
    asked_by = models.CharField("提起", max_length=8, choices=AskedBy)
    parties = SealedTextField(context="helpline_mediation.parties")
    mediators = models.CharField("调解员", max_length=80)
    dispute = models.CharField("纠纷类型", max_length=40)
    sessions = models.PositiveSmallIntegerField("调解次数", default=0)
    began_on = models.DateField("开始日期")
    result = models.CharField("结果", max_length=10, choices=MediationResult, default="", blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    record = SealedTextField(context="helpline_mediation.record", null=True, blank=True)
    form = models.CharField("协议形式", max_length=8, choices=Agreed, default="", blank=True)
    agreement = SealedTextField(context="helpline_mediation.agreement", null=True, blank=True)
    effective_on = models.DateField("协议生效", null=True, blank=True)
    perform_by = models.DateField("约定履行日期", null=True, blank=True)
    performed_on = models.DateField("实际履行日期", null=True, blank=True)
    confirm_by = models.DateField("司法确认期限", null=True, blank=True)
    confirmation = models.CharField("司法确认文号", max_length=40, default="", blank=True)

    class Meta:
        ordering = ["-began_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(result=""),
                name="helpline_mediation_one",
                violation_error_message="这件来件正在调解。",
            ),
            models.CheckConstraint(
                condition=Q(result="", ended_on__isnull=True)
                | (~Q(result="") & Q(ended_on__isnull=False, record__isnull=False)),
                name="helpline_mediation_recorded",
                violation_error_message="调解结束须有记录（人民调解法第二十七条）。",
            ),
            models.CheckConstraint(
                condition=~Q(result=MediationResult.SETTLED)
                | (Q(agreement__isnull=False, effective_on__isnull=False) & ~Q(form="")),
                name="helpline_mediation_agreed",
                violation_error_message="调解成功须写明协议内容、形式和生效日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.began_on}"


class FollowUp(models.Model):
    """A look after her some days after the answer."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="follow_ups")
    due_on = models.DateField("回访日期")
    done_at = models.DateTimeField(null=True, blank=True)
    safe = models.BooleanField("目前安全", null=True, blank=True)
    note = SealedTextField(context="helpline_followup.note", null=True, blank=True)
    by = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "due_on"], name="helpline_followup_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(safe__isnull=False), name="helpline_followup_done"
            ),
        ]

    def __str__(self) -> str:
        return str(self.due_on)


class CommonAnswer(models.Model):
    """A question many ask and its answer, without names. One writes it, another publishes it."""

    place = CodeField()
    topic = models.CharField("事由", max_length=12, choices=Topic)
    question = models.CharField("问题", max_length=80)
    answer = models.TextField("解答", max_length=2000)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=80)
    written_by_account = models.BigIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=80, default="", blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-written_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(topic="") & (Q(withdrawn_at__isnull=True) | Q(published_at__isnull=False)),
                name="helpline_commonanswer_published",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None


class Tally(models.Model):
    """That a matter of the district came in in a month, and how it went: a view without topic, town or day."""

    id = models.BigIntegerField(primary_key=True)
    place = CodeField()
    month = models.DateField()
    answered_in = models.DateField(null=True)
    in_time = models.BooleanField(null=True)
    closed_in = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "helpline_tally"

    def __str__(self) -> str:
        return f"{self.month:%Y年%m月}来件"
