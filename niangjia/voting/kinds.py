"""The words of a public vote, and why an act on one is refused."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices


class PollState(TextChoices):
    """A poll goes through these in order and never back."""

    DRAFT = "DRAFT", "筹备"
    OPEN = "OPEN", "投票中"
    CLOSED = "CLOSED", "已截止"
    COUNTED = "COUNTED", "已计票"
    PUBLISHED = "PUBLISHED", "已公布"


class Cadence(TextChoices):
    """How often one phone may vote. A paper code is good for one ballot whatever this says."""

    DAY = "DAY", "每天一票"
    ONCE = "ONCE", "整个活动一票"


class Channel(TextChoices):
    """By what a voter showed that she may vote."""

    PHONE = "PHONE", "手机验证码"
    TOKEN = "TOKEN", "纸质投票码"


class Outcome(StrEnum):
    """What the database answers to a ballot. ``ACCEPTED`` and ``SAME`` are good ones: the second is the same again."""

    ACCEPTED = "ACCEPTED"
    SAME = "SAME"
    NO_POLL = "NO_POLL"
    NOT_OPEN = "NOT_OPEN"
    EARLY = "EARLY"
    LATE = "LATE"
    HOURS = "HOURS"
    CHANNEL = "CHANNEL"
    NUMBER = "NUMBER"
    UNKNOWN_CHOICE = "UNKNOWN_CHOICE"
    WITHDRAWN = "WITHDRAWN"
    UNKNOWN_TOKEN = "UNKNOWN_TOKEN"  # noqa: S105
    EXPIRED_TOKEN = "EXPIRED_TOKEN"  # noqa: S105
    ALREADY = "ALREADY"


class Rule(TextChoices):
    """What the anomaly report looks for. The thresholds are rows of a table, edited on the desk."""

    BURST = "BURST", "短时间集中投票"
    NIGHT = "NIGHT", "夜间占比高"
    DEVICE = "DEVICE", "同一设备多票"
    NETWORK = "NETWORK", "同一网络多票"
    SEGMENT = "SEGMENT", "同一号段集中"
    OUTSIDE = "OUTSIDE", "外地号码占比高"


class DecisionKind(TextChoices):
    """What two people decide about ballots. Nothing is ever deleted."""

    SET_ASIDE = "SET_ASIDE", "隔离选票"
    RELEASE = "RELEASE", "解除隔离"
    VOID = "VOID", "贿票作废"


class BallotRefused(Exception):
    """A ballot that does not count: the database's reason, and the choices it is about. ``rules.refusal`` puts it in words."""

    def __init__(self, outcome: Outcome, numbers: tuple[int, ...] = ()) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.numbers = numbers
