"""Words of the room: what a message looks like, whom it is for, and how far its delivery is."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class Form(TextChoices):
    """What a message is made of. A carrier says which forms it takes."""

    TEXT = "TEXT", "文字"
    RICH = "RICH", "带格式文字"
    CARD = "CARD", "图文卡片"
    PICTURE = "PICTURE", "图片"
    FILE = "FILE", "文件"
    TEMPLATE = "TEMPLATE", "模板消息"
    ARTICLE = "ARTICLE", "文章"


class Audience(TextChoices):
    """PUBLIC goes where many read it and holds only approved public content; PERSONAL goes to one person and is neutral."""

    PUBLIC = "PUBLIC", "公开"
    PERSONAL = "PERSONAL", "个人"


class DeliveryState(TextChoices):
    """UNSURE: the process died while sending and the provider cannot tell; a person says whether it went out."""

    QUEUED = "QUEUED", "待发送"
    SENDING = "SENDING", "发送中"
    WAITING = "WAITING", "稍后重试"
    BY_HAND = "BY_HAND", "待人工转发"
    SENT = "SENT", "已发出"
    FAILED = "FAILED", "发不出去"
    UNSURE = "UNSURE", "可能已发出"
    CANCELLED = "CANCELLED", "已取消"


READY: Final = (DeliveryState.QUEUED, DeliveryState.WAITING)
