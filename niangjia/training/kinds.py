"""The words of 农村留守妇女就业技能培训 and of backbone classes."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class ClassKind(TextChoices):
    """What a class is for: a livelihood project audited by head, or people who will teach others."""

    SKILLS = "SKILLS", "就业技能培训"
    BACKBONE = "BACKBONE", "骨干培训"


class CourseState(TextChoices):
    PLANNED = "PLANNED", "待批准"
    APPROVED = "APPROVED", "已批准"
    ENROLLING = "ENROLLING", "报名中"
    RUNNING = "RUNNING", "上课中"
    EXAM = "EXAM", "考核中"
    CLOSED = "CLOSED", "已结业"
    SUBSIDY_CLAIMED = "SUBSIDY_CLAIMED", "已申领补贴"
    AUDITED = "AUDITED", "已审定"
    CANCELLED = "CANCELLED", "已取消"


HELD: Final = (CourseState.CLOSED, CourseState.SUBSIDY_CLAIMED, CourseState.AUDITED)
"""The class took place to its end."""
OPEN: Final = (CourseState.ENROLLING, CourseState.RUNNING)
"""A woman may still be taken in."""
TAUGHT: Final = (CourseState.RUNNING, CourseState.EXAM)
"""Attendance and scores are written down."""


class EnrolmentState(TextChoices):
    APPLIED = "APPLIED", "待录取"
    WAITING = "WAITING", "候补"
    ACCEPTED = "ACCEPTED", "已录取"
    ATTENDING = "ATTENDING", "在学"
    COMPLETED = "COMPLETED", "结业"
    CERTIFIED = "CERTIFIED", "已发证"
    PLACED = "PLACED", "已就业"
    DROPPED = "DROPPED", "未完成"
    REFUSED = "REFUSED", "未录取"
    WITHDRAWN = "WITHDRAWN", "已取消报名"


LIVE: Final = (EnrolmentState.APPLIED, EnrolmentState.WAITING, EnrolmentState.ACCEPTED, EnrolmentState.ATTENDING)
"""She counts on coming."""
SEATED: Final = (EnrolmentState.ACCEPTED, EnrolmentState.ATTENDING)
"""She has a seat."""
DONE: Final = (EnrolmentState.COMPLETED, EnrolmentState.CERTIFIED, EnrolmentState.PLACED)
"""She completed the class, whatever came afterwards."""
GONE: Final = (EnrolmentState.DROPPED, EnrolmentState.REFUSED, EnrolmentState.WITHDRAWN)


class Level(TextChoices):
    """The level a skills class is announced with (职业技能等级, 专项职业能力)."""

    INTRODUCTION = "INTRODUCTION", "普及"
    SPECIAL = "SPECIAL", "专项能力"
    FIVE = "FIVE", "五级/初级"
    FOUR = "FOUR", "四级/中级"
    THREE = "THREE", "三级/高级"


class Category(TextChoices):
    """The categories the yearly report divides women by (domain notes 2d)."""

    LEFT_BEHIND = "LEFT_BEHIND", "留守妇女"
    REGISTERED = "REGISTERED", "脱贫或监测户"
    SUBSISTENCE = "SUBSISTENCE", "低保、特困"
    DISABLED = "DISABLED", "残疾"
    OTHER = "OTHER", "其他"


class Education(TextChoices):
    PRIMARY = "PRIMARY", "小学及以下"
    MIDDLE = "MIDDLE", "初中"
    HIGH = "HIGH", "高中、中专"
    COLLEGE = "COLLEGE", "大专及以上"


class Intention(TextChoices):
    JOB = "JOB", "找工作"
    BUSINESS = "BUSINESS", "自己创业"
    HOME_WORK = "HOME_WORK", "居家灵活就业"
    SKILL = "SKILL", "提升技能"


class PaperKind(TextChoices):
    """What an auditor asks to see of a class, in the order of the folder."""

    NOTICE = "NOTICE", "开班通知"
    PLAN = "PLAN", "批准的计划"
    TIMETABLE = "TIMETABLE", "课程表"
    SIGN_IN = "SIGN_IN", "签到册"
    PHOTO = "PHOTO", "照片"
    EXAM = "EXAM", "考核材料"
    CERTIFICATE = "CERTIFICATE", "证书发放表"
    SATISFACTION = "SATISFACTION", "满意度"
    INVOICE = "INVOICE", "发票"
    PAYMENT = "PAYMENT", "付款凭证"
    OTHER = "OTHER", "其他"


class Outcome(TextChoices):
    """What came of it, as heard on the telephone one, three and six months later."""

    EMPLOYED = "EMPLOYED", "就业"
    SELF = "SELF", "创业"
    HOME = "HOME", "居家"
    UNREACHED = "UNREACHED", "未联系上"


WORKING: Final = (Outcome.EMPLOYED, Outcome.SELF)
MONTHS: Final = (1, 3, 6)


class ClaimState(TextChoices):
    SUBMITTED = "SUBMITTED", "待审定"
    AUDITED = "AUDITED", "已审定"
    TAKEN_BACK = "TAKEN_BACK", "已撤回"


QUESTIONS: Final = (
    ("useful", "学到的东西有用"),
    ("teacher", "老师讲得清楚"),
    ("venue", "时间和地点方便"),
    ("overall", "总的来说满意"),
)
"""The four questions after a class, each answered 1 to 5."""
