"""The words of the engine."""

from django.db.models import TextChoices


class RoundState(TextChoices):
    """A batch (批次) is prepared, open, closed to new applications, or finished."""

    DRAFT = "DRAFT", "筹备"
    OPEN = "OPEN", "受理中"
    CLOSED = "CLOSED", "受理截止"
    FINISHED = "FINISHED", "已办结"


class Answer(TextChoices):
    """What a department says when asked (区县实际做法：是、否、备注)."""

    YES = "YES", "相符"
    NO = "NO", "不符"
    REMARK = "REMARK", "需说明"


class Ruling(TextChoices):
    APPROVED = "APPROVED", "同意"
    REFUSED = "REFUSED", "不同意"


class NoticeState(TextChoices):
    """A public notice (公示). BLOCKED: the scanner found what may not be published."""

    DRAFT = "DRAFT", "草稿"
    BLOCKED = "BLOCKED", "已拦截"
    PUBLISHED = "PUBLISHED", "公示中"
    ENDED = "ENDED", "公示结束"
    WITHDRAWN = "WITHDRAWN", "已撤下"


class ObjectionState(TextChoices):
    OPEN = "OPEN", "待处理"
    UPHELD = "UPHELD", "异议成立"
    REJECTED = "REJECTED", "异议不成立"


class PaymentState(TextChoices):
    LISTED = "LISTED", "已列入清单"
    PAID = "PAID", "已到账"
    FAILED = "FAILED", "发放失败"


class GrantState(TextChoices):
    APPROVED = "APPROVED", "待发放"
    PAID = "PAID", "已发放"
    REVOKED = "REVOKED", "已撤销"
    CANCELLED = "CANCELLED", "未发放终止"
