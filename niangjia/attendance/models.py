"""Sessions, rosters and marks. A roster belongs to an opaque subject (“class:12”) and serves all of its sessions.

A mark is never changed and never deleted; one that was wrong is struck. Several marks of one woman in one sitting are all
kept; the database decides which of them counts.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from niangjia.attendance import kinds, rules
from niangjia.attendance.kinds import Half, How, SessionState
from niangjia.core import subject
from niangjia.core.fields import CodeField
from niangjia.org.models import Unit
from niangjia.people.models import Person


class SignInRule(models.Model):
    """From when to when one signs in, from a day on. Editable by the district; earlier days keep their rule."""

    valid_from = models.DateField("启用日期", unique=True)
    opens_minutes = models.PositiveSmallIntegerField("开始前多少分钟可签到", default=60)
    closes_minutes = models.PositiveSmallIntegerField("结束后多少分钟停止扫码", default=30)
    entry_hours = models.PositiveSmallIntegerField("结束后多少小时内补签不用写原因", default=24)
    offline_days = models.PositiveSmallIntegerField("手机里的签到最晚几天送到", default=7)
    noon = models.TimeField("上下午以此分开", default="12:30")

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(offline_days__gte=1, offline_days__lte=60),
                name="attendance_rule_days",
                violation_error_message="离线签到送到的天数应在1至60天之间。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"


class Session(models.Model):
    """One gathering: whose it is, when and where, who leads it. ``host_unit`` and ``host_account`` may see and mark it.

    ``place`` is where it counts. ``headcount`` are people present who are on no roster, ``households`` theirs.
    ``merged_into`` is the session this one turned out to be; its marks then count there.
    """

    subject = models.CharField(max_length=subject.LENGTH)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sessions", verbose_name="组织单位")
    place = CodeField()
    title = models.CharField("名称", max_length=80)
    on = models.DateField("日期")
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    twice = models.BooleanField("上下午各签一次", default=False)
    venue = models.CharField("地点", max_length=80, default="", blank=True)
    host = models.CharField("主讲或主持", max_length=40, default="", blank=True)
    host_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="hosted_sessions")
    host_account = models.BigIntegerField(null=True, blank=True)
    walk_in = models.BooleanField("不在名册上的人可当场扫码加入", default=False)
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.PLANNED)
    headcount = models.PositiveIntegerField("名册以外到场人数", null=True, blank=True)
    households = models.PositiveIntegerField("名册以外到场户数", null=True, blank=True)
    note = models.CharField("说明", max_length=200, default="", blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    wall_code = models.CharField(max_length=32)
    rotating = models.BooleanField("签到码每分钟更换", default=False)
    made_by = models.CharField(max_length=120)
    made_by_account = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["place", "on"], name="attendance_session_place"),
            models.Index(fields=["subject", "starts_at"], name="attendance_session_subject"),
            models.Index(fields=["unit", "on"], name="attendance_session_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="attendance_session_times",
                violation_error_message="结束时间应晚于开始时间。",
            ),
            models.CheckConstraint(condition=Q(subject__regex=subject.PATTERN), name="attendance_session_subject_form"),
            models.CheckConstraint(
                condition=Q(state=SessionState.PLANNED, closed_at__isnull=True)
                | (~Q(state=SessionState.PLANNED) & Q(closed_at__isnull=False)),
                name="attendance_session_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state=SessionState.CANCELLED, note=""),
                name="attendance_session_reason",
                violation_error_message="请写明取消原因。",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="attendance_session_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.on}"

    @property
    def halves(self) -> tuple[Half, ...]:
        """The sittings it is signed for."""
        return rules.halves_of(self.twice)


class Participant(models.Model):
    """One woman on the roster of a subject. She may be known by name only: no phone, no number.

    ``place`` is where the roster belongs, ``home`` where she comes from.
    """

    subject = models.CharField(max_length=subject.LENGTH)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="participations")
    name = models.CharField("姓名", max_length=60)
    initials = models.CharField(max_length=40)
    remark = models.CharField("备注", max_length=40, default="", blank=True)
    place = CodeField()
    home = models.CharField(max_length=12, default="", blank=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField("退出原因", max_length=100, default="", blank=True)

    class Meta:
        ordering = ["initials", "name", "id"]
        indexes = [
            models.Index(fields=["subject", "initials"], name="attendance_part_subject"),
            models.Index(fields=["person"], name="attendance_part_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "person"],
                condition=Q(left_at__isnull=True, person__isnull=False),
                name="attendance_participant_once",
                violation_error_message="此人已在名册上。",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | ~Q(left_reason=""),
                name="attendance_participant_reason",
                violation_error_message="请写明退出原因。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """She was there. ``said_at`` is what the phone said, ``at`` when the house received it.

    The database fills in ``head`` (the session it counts for), ``on``, ``place``, ``who`` (the same number for the same
    woman wherever she is on a roster), ``household`` and ``counts`` (the one mark of a woman and sitting that is counted).
    """

    session = models.ForeignKey(Session, models.PROTECT, related_name="marks")
    half = models.CharField(max_length=3, choices=Half)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="marks")
    how = models.CharField(max_length=6, choices=How)
    at = models.DateTimeField()
    said_at = models.DateTimeField()
    off_seconds = models.IntegerField(default=0)
    late = models.BooleanField(default=False)
    reason = models.CharField("原因", max_length=100, default="", blank=True)
    client_id = models.UUIDField(unique=True)
    device = models.CharField(max_length=40, default="", blank=True)
    by = models.CharField(max_length=120)
    by_account = models.BigIntegerField()
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.CharField(max_length=120, default="", blank=True)
    struck_reason = models.CharField("撤销原因", max_length=100, default="", blank=True)
    head = models.ForeignKey(Session, models.PROTECT, related_name="counted", editable=False, db_index=False)
    on = models.DateField(editable=False)
    place = CodeField(editable=False)
    who = models.BigIntegerField(editable=False)
    household = models.CharField(max_length=40, null=True, editable=False)
    counts = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(
                fields=["place", "on"],
                include=["who", "household", "head"],
                condition=Q(counts=True),
                name="attendance_mark_counted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["head", "half", "who"], condition=Q(counts=True), name="attendance_mark_counts_once"
            ),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True) | (~Q(struck_reason="") & Q(counts=False)),
                name="attendance_mark_struck",
                violation_error_message="请写明撤销原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.half}"

    @property
    def clock_off(self) -> str:
        """How far the phone's clock was off, in words; nothing where it was right."""
        minutes = abs(self.off_seconds) // 60
        if minutes < 5:
            return ""
        off = (
            f"{minutes // 1440}天" if minutes >= 1440 else f"{minutes // 60}小时" if minutes >= 60 else f"{minutes}分钟"
        )
        return f"手机时间{'慢' if self.off_seconds > 0 else '快'}{off}"


class Telling(models.Model):
    """That a woman on the roster was told of a cancelled session: once."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="tellings")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="tellings")
    how = models.CharField(max_length=10, choices=kinds.Told)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "participant"], name="attendance_told_once")]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.get_how_display()}"


class Feed(models.Model):
    """An address from which a calendar program reads the sessions of a unit. Only the hash of its token is kept."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="calendar_feeds")
    place = CodeField()
    place_end = models.CharField(max_length=12, db_collation="C")
    token_hash = models.BinaryField(unique=True)
    made_by = models.CharField(max_length=120)
    made_by_account = models.BigIntegerField()
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.made_at}"
