"""A few generic tables carry every programme: someone applies, it is checked, made public, granted, counted.

What reports, uniqueness or eligibility need is a column. All else she answered is one JSON document in the open part and
one sealed document for what must not be read from a backup.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from niangjia.core.fields import BlindIndexField, CodeField, SealedTextField
from niangjia.files.models import StoredFile
from niangjia.flow.kinds import StateKind
from niangjia.org.models import Unit
from niangjia.people.models import Person
from niangjia.programmes.kinds import (
    Answer,
    GrantState,
    NoticeState,
    ObjectionState,
    PaymentState,
    RoundState,
    Ruling,
)

KIND_CHOICES = [(kind.value, kind.label) for kind in StateKind]


class OnceKey(models.Func):
    """What a grant may not share with another of its family: who it is for, within which time.

    Arguments: often, per_household, household_key, id_index, year, round.
    """

    template = (
        "CASE WHEN %(often)s = 'any' THEN NULL ELSE "
        "(CASE WHEN %(per_household)s THEN 'h' || nullif(%(household_key)s, '') ELSE encode(%(id_index)s, 'hex') END) || "
        "(CASE %(often)s WHEN 'year' THEN ':' || %(year)s::text WHEN 'round' THEN ':r' || coalesce(%(round)s, 0)::text "
        "ELSE '' END) END"
    )

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        names = ("often", "per_household", "household_key", "id_index", "year", "round")
        found = [compiler.compile(expression) for expression in self.source_expressions]
        # each argument is a column, which takes no parameters
        return self.template % {name: sql for name, (sql, _) in zip(names, found, strict=True)}, []


class Round(models.Model):
    """A batch (批次) of a programme: when one may apply, on which day the facts must hold, how many, how much."""

    programme = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    title = models.CharField("批次名称", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    place = CodeField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rounds")
    document_number = models.CharField("文件依据", max_length=80, default="", blank=True)
    opens_on = models.DateField("受理开始")
    closes_on = models.DateField("受理截止")
    cutoff_on = models.DateField("资格认定时点")
    quota = models.PositiveIntegerField("名额", null=True, blank=True)
    amount = models.DecimalField("每人金额（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField("公示天数", default=7)
    notice_unit = models.CharField(
        "公示天数单位", max_length=8, choices=[("workday", "工作日"), ("day", "自然日")], default="workday"
    )
    objection_phone = models.CharField("异议电话", max_length=30, default="", blank=True)
    parameters = models.JSONField("其他参数", default=dict, blank=True)
    upper_batch_number = models.CharField("上报批次号", max_length=40, default="", blank=True)
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.DRAFT)

    class Meta:
        ordering = ["-year", "-opens_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="programmes_round_window",
                violation_error_message="受理截止日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
                name="programmes_round_amount",
                violation_error_message="每人金额应大于0元。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Case(models.Model):
    """One application, nomination or recommendation on its way. ``revision`` grows with every change."""

    number = models.CharField("编号", max_length=32, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="cases")
    programme = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    place = CodeField()
    state = models.CharField(max_length=24)
    kind = models.CharField(max_length=16, choices=KIND_CHOICES)
    revision = models.PositiveIntegerField(default=1)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="cases")
    name = models.CharField("姓名", max_length=40, default="", blank=True)
    name_pinyin = models.CharField(max_length=120, default="", blank=True)
    name_initials = models.CharField(max_length=40, default="", blank=True)
    id_index = BlindIndexField(null=True, blank=True)
    household_key = models.CharField(max_length=40, default="", blank=True)
    category = models.CharField("类别", max_length=24, default="", blank=True)
    title = models.CharField("名称", max_length=80, default="", blank=True)
    amount = models.DecimalField("金额（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    answers = models.JSONField(default=dict)
    sealed_answers = SealedTextField(context="programmes_case.sealed_answers", null=True, blank=True)
    filed_by_account = models.BigIntegerField()
    entered_by_post = models.BigIntegerField(null=True, blank=True)
    helper = models.CharField("代填人", max_length=80, default="", blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField("到达当前环节")
    due_on = models.DateField("办理期限", null=True, blank=True)
    rank = models.PositiveIntegerField("排序", null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["place", "kind", "-id"], name="programmes_case_scope"),
            models.Index(fields=["place", "name_initials"], name="programmes_case_initials"),
            models.Index(fields=["round", "state"], name="programmes_case_round_state"),
            models.Index(fields=["id_index"], name="programmes_case_id_index"),
            models.Index(fields=["filed_by_account"], name="programmes_case_filed_by"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(person__isnull=False) | Q(id_index__isnull=True),
                name="programmes_case_submitted_has_person",
                violation_error_message="登记了证件号码的申请，提交后必须登记到人。",
            ),
            models.UniqueConstraint(
                fields=["round", "id_index"],
                condition=~Q(kind__in=["draft", "withdrawn", "refused", "closed"]) & Q(id_index__isnull=False),
                name="programmes_case_one_open_a_round",
                violation_error_message="同一批次中该证件号码已有一份申请在办理。",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_kind(self) -> StateKind:
        return StateKind(self.kind)


class Step(models.Model):
    """What was done to a case: the timeline, and the memory that keeps duties apart."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    key = models.CharField(max_length=32)
    label = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    source = models.CharField(max_length=24, default="", blank=True)
    target = models.CharField(max_length=24)
    reason = models.CharField(max_length=40, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    answers = models.JSONField(default=dict)
    sealed_answers = SealedTextField(context="programmes_step.sealed_answers", null=True, blank=True)
    actor = models.CharField(max_length=120)
    account_id = models.BigIntegerField()
    post_id = models.BigIntegerField(null=True, blank=True)
    on_time = models.BooleanField(null=True)
    place = CodeField()

    class Meta:
        ordering = ["case", "id"]
        indexes = [models.Index(fields=["place", "-at"], name="programmes_step_place_at")]

    def __str__(self) -> str:
        return self.label


class Attachment(models.Model):
    """A paper of a case: what kind it is, and where the file lies."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="attachments")
    kind = models.CharField(max_length=32)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    seen_original_by = models.CharField("原件核对人", max_length=120, default="", blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    place = CodeField()
    filed_by_account = models.BigIntegerField()

    class Meta:
        ordering = ["case", "kind", "id"]

    def __str__(self) -> str:
        return self.kind


class OutsideCheck(models.Model):
    """A question to a partner department about one case. The department sees this row and never the case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="checks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="checks")
    key = models.CharField(max_length=24)
    question = models.CharField("核验事项", max_length=200)
    shared = SealedTextField(context="programmes_outsidecheck.shared")
    case_number = models.CharField(max_length=32)
    asked_at = models.DateTimeField()
    due_on = models.DateField("答复期限")
    answer = models.CharField(max_length=8, choices=Answer, default="", blank=True)
    remark = models.CharField("说明", max_length=300, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=120, default="", blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    place = CodeField()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["unit", "answered_at", "due_on"], name="programmes_check_inbox")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"],
                condition=Q(cancelled_at__isnull=True),
                name="programmes_check_once",
                violation_error_message="该事项已经向部门发出核验。",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="programmes_check_answered",
                violation_error_message="核验答复与答复时间必须同时登记。",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class Decision(models.Model):
    """A ruling with the facts as they were that day, sealed, and what each rule said."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    ruling = models.CharField(max_length=10, choices=Ruling)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    account_id = models.BigIntegerField()
    rules_version = models.CharField(max_length=20)
    facts = SealedTextField(context="programmes_decision.facts")
    findings = models.JSONField(default=list)
    reason = models.CharField(max_length=40, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["case", "id"]

    def __str__(self) -> str:
        return f"{self.get_ruling_display()} {self.at:%Y-%m-%d}"


class Grant(models.Model):
    """What was granted: money, goods, an honour, a recommendation. ``family`` joins a programme's names over the years.

    ``often`` and ``per_household`` are copied from the version; out of them the database itself makes ``once_key``, and
    holds that no two running grants of a family share one. A grant that names nobody, or may be repeated, has none.
    ``paid_on`` is the day money came or goods were handed over.
    """

    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, related_name="grant")
    family = models.CharField(max_length=40)
    programme = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="grants")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="grants")
    id_index = BlindIndexField(null=True, blank=True)
    household_key = models.CharField(max_length=40, default="", blank=True)
    often = models.CharField(max_length=8, db_default="life")
    per_household = models.BooleanField(db_default=False)
    once_key = models.GeneratedField(
        expression=OnceKey("often", "per_household", "household_key", "id_index", "year", "round"),
        output_field=models.CharField(max_length=120, null=True),
        db_persist=True,
    )
    amount = models.DecimalField("金额（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    quantity = models.PositiveIntegerField("数量", db_default=1)
    category = models.CharField(max_length=24, default="", blank=True)
    place = CodeField()
    year = models.PositiveSmallIntegerField()
    granted_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    receipt = models.CharField("银行回单号", max_length=60, default="", blank=True)
    state = models.CharField(max_length=10, choices=GrantState, default=GrantState.APPROVED)
    source = models.CharField("资料来源", max_length=80, default="", blank=True)

    class Meta:
        ordering = ["-granted_on", "id"]
        indexes = [
            models.Index(fields=["place", "paid_on"], name="programmes_grant_place_paid"),
            models.Index(fields=["round", "state"], name="programmes_grant_round"),
            models.Index(fields=["household_key"], condition=~Q(household_key=""), name="programmes_grant_household"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="programmes_grant_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["family", "once_key"],
                condition=Q(state__in=["APPROVED", "PAID"]),
                name="programmes_grant_once",
                violation_error_message="已经获得过本项，不能重复。",
            ),
            models.CheckConstraint(
                condition=~Q(state="PAID") | Q(paid_on__isnull=False),
                name="programmes_grant_paid_has_date",
                violation_error_message="已发放的须登记到账或交付日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.granted_on}"


class Allotment(models.Model):
    """How many cases a town may put forward in a round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="allotments")
    place = CodeField()
    number = models.PositiveIntegerField("名额")

    class Meta:
        ordering = ["round", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "place"],
                name="programmes_allotment_once",
                violation_error_message="该镇街的名额已经分配。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.number}"


class Notice(models.Model):
    """A public notice (公示): which cases, between which days, where to object. The public reads it through a view."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="notices")
    place = CodeField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    shows = models.JSONField(default=list)
    title = models.CharField("标题", max_length=80)
    body = models.TextField("正文", max_length=2000)
    basis = models.CharField("依据", max_length=120, default="", blank=True)
    starts_on = models.DateField("公示开始", null=True, blank=True)
    ends_on = models.DateField("公示结束", null=True, blank=True)
    objection_phone = models.CharField("异议电话", max_length=30)
    objection_address = models.CharField("异议受理地址", max_length=80, default="", blank=True)
    attachment = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.DRAFT)
    hits = models.JSONField(default=list)
    drafted_by_account = models.BigIntegerField()
    override_first = models.BigIntegerField(null=True, blank=True)
    override_first_reason = models.CharField(max_length=200, default="", blank=True)
    override_second = models.BigIntegerField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField("公示结果", max_length=200, default="", blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(override_second__isnull=True) | ~Q(override_second=F("override_first")),
                name="programmes_notice_two_people",
                violation_error_message="放行被拦截的公示须由两人分别确认。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["PUBLISHED", "ENDED"]) | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="programmes_notice_has_dates",
                violation_error_message="已发布的公示必须有起止日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeLine(models.Model):
    """One line of a notice, already masked when it is written: what is not here cannot leak."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, models.PROTECT, related_name="notice_lines")
    order = models.PositiveIntegerField()
    masked_name = models.CharField(max_length=40)
    nameless = models.CharField(max_length=40, default="申请人")
    title = models.CharField(max_length=80, default="", blank=True)
    town_name = models.CharField(max_length=60)
    village_name = models.CharField(max_length=60, default="", blank=True)
    category = models.CharField(max_length=60, default="", blank=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    named = models.BooleanField("本人单独同意公示姓名", default=False)
    place = CodeField()

    class Meta:
        ordering = ["notice", "order"]
        constraints = [models.UniqueConstraint(fields=["notice", "case"], name="programmes_notice_line_once")]

    def __str__(self) -> str:
        return self.masked_name


class Objection(models.Model):
    """Someone says a line should not stand. While it is open, nothing is paid."""

    number = models.CharField(max_length=32, unique=True)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections")
    line = models.ForeignKey(NoticeLine, models.PROTECT, null=True, blank=True, related_name="objections")
    text = SealedTextField(context="programmes_objection.text")
    contact = SealedTextField(context="programmes_objection.contact", null=True, blank=True)
    filed_at = models.DateTimeField()
    filed_by_account = models.BigIntegerField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    answer = models.CharField("处理意见", max_length=500, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=120, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.number


class PaymentList(models.Model):
    """The list the bank is given (发放清单)."""

    number = models.CharField(max_length=32, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="payment_lists")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120)
    made_by_account = models.BigIntegerField()
    place = CodeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """One line of a payment list. A failed one stays as it was; the corrected account is a new line on a new list."""

    list = models.ForeignKey(PaymentList, models.PROTECT, related_name="payments")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="payments")
    holder = models.CharField("户名", max_length=40)
    bank = models.CharField("开户行", max_length=60)
    account = SealedTextField(context="programmes_payment.account")
    account_tail = models.CharField(max_length=4)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=8, choices=PaymentState, default=PaymentState.LISTED)
    failure = models.CharField("失败原因", max_length=100, default="", blank=True)
    settled_on = models.DateField(null=True, blank=True)
    receipt = models.CharField(max_length=60, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["list", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"],
                condition=Q(state__in=["LISTED", "PAID"]),
                name="programmes_payment_once",
                violation_error_message="该笔救助已在发放清单中，不能重复发放。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.amount}"


class Visit(models.Model):
    """Somebody went to see her or her household, or called: when, what was brought, what was heard. Photos are not needed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits")
    step = models.OneToOneField(Step, models.PROTECT, null=True, blank=True, related_name="visit")
    programme = models.CharField(max_length=40)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="visits")
    household_key = models.CharField(max_length=40, default="", blank=True)
    visited_on = models.DateField("日期")
    way = models.CharField("方式", max_length=8, choices=[("VISIT", "入户"), ("PHONE", "电话")], default="VISIT")
    use_of_money = models.CharField("资金用途", max_length=200, default="", blank=True)
    cash = models.DecimalField("慰问金（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    goods = models.CharField("慰问物品", max_length=200, default="", blank=True)
    goods_value = models.DecimalField("物品折价（元）", max_digits=10, decimal_places=2, null=True, blank=True)
    condition = SealedTextField(context="programmes_followup.condition", null=True, blank=True)
    heard = models.CharField("听到的需求和意见", max_length=200, default="", blank=True)
    witness = models.CharField("签收人或见证人", max_length=40, default="", blank=True)
    visitor = models.CharField(max_length=120)
    unit_name = models.CharField(max_length=80, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["case", "visited_on"]
        indexes = [
            models.Index(fields=["household_key"], condition=~Q(household_key=""), name="programmes_visit_household"),
            models.Index(fields=["programme", "visited_on"], name="programmes_visit_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.visited_on}"
