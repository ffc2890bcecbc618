"""The words of sessions and of signing in."""

from __future__ import annotations

from django.db.models import TextChoices

from niangjia.core.labelled import Labelled


class SessionState(TextChoices):
    """HELD also closes it: who is entered afterwards needs a reason."""

    PLANNED = "PLANNED", "已安排"
    HELD = "HELD", "已举办"
    CANCELLED = "CANCELLED", "已取消"


class Half(TextChoices):
    """Which sitting of a session was signed for; DAY where a session is signed once."""

    AM = "AM", "上午"
    PM = "PM", "下午"
    DAY = "DAY", "全场"


class How(TextChoices):
    """By which way she was entered; all are the same record."""

    ROSTER = "ROSTER", "名册点名"
    QR = "QR", "扫码签到"
    PAPER = "PAPER", "纸质补录"
    SELF = "SELF", "本人登记"


class Outcome(Labelled):
    """What becomes of one sign-in. The labels are for lists; ``rules.refusal`` says why and what to do."""

    SAVED = "SAVED", "已签到"
    SAME = "SAME", "已收到过"  # this very tap arrived before
    AGAIN = "AGAIN", "之前已签到"  # kept beside the first, and counted once
    UNDONE = "UNDONE", "已撤销"
    CANCELLED = "CANCELLED", "场次已取消"
    MERGED = "MERGED", "场次已并入另一场"
    EARLY = "EARLY", "签到没有开始"
    CLOSED = "CLOSED", "签到已截止"
    NEEDS_REASON = "NEEDS_REASON", "须写明原因"
    WRONG_HALF = "WRONG_HALF", "本场不分上下午"
    NOT_ON_ROSTER = "NOT_ON_ROSTER", "不在名册上"
    LEFT = "LEFT", "已退出名册"
    UNKNOWN = "UNKNOWN", "找不到这次签到"


KEPT = frozenset({Outcome.SAVED, Outcome.SAME, Outcome.AGAIN, Outcome.UNDONE})


class Told(TextChoices):
    """How a woman learned that a session is off."""

    PHONE = "PHONE", "电话"
    MESSAGE = "MESSAGE", "短信或群消息"
    IN_PERSON = "IN_PERSON", "当面"
