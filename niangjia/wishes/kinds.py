"""The words of 微心愿: who wishes, for what, and where a wish and a claim stand.

Why a room and not a catalogue entry of the engine: nobody grants a wish, a stranger takes it up. It is shown to
everybody, raced for by people who may not see its row, lapses, and goes back to where it was; the engine's cases only go
forward, and never in the hands of somebody out of their range.
"""

from __future__ import annotations

from django.db.models import TextChoices


class WisherKind(TextChoices):
    CHILD = "CHILD", "儿童"
    WOMAN = "WOMAN", "妇女"
    ELDER = "ELDER", "老人"


class Category(TextChoices):
    LEARNING = "LEARNING", "学习"
    LIVING = "LIVING", "生活"
    CLOTHES = "CLOTHES", "衣物"
    COMPANY = "COMPANY", "陪伴"


class WishState(TextChoices):
    """A wish whose claim was released or given back is OPEN again; what became of the claim stands with the claim."""

    SUBMITTED = "SUBMITTED", "待核实"
    VERIFIED = "VERIFIED", "待公开"
    OPEN = "OPEN", "待认领"
    CLAIMED = "CLAIMED", "已认领"
    DELIVERED = "DELIVERED", "待确认"
    CONFIRMED = "CONFIRMED", "已实现"
    EXPIRED = "EXPIRED", "已到期"
    WITHDRAWN = "WITHDRAWN", "已撤回"


ENDED = (WishState.CONFIRMED, WishState.EXPIRED, WishState.WITHDRAWN)
BROUGHT = (WishState.DELIVERED, WishState.CONFIRMED)
UNPUBLISHED = (WishState.SUBMITTED, WishState.VERIFIED)


class ClaimState(TextChoices):
    HELD = "HELD", "等您准备"
    FULFILLED = "FULFILLED", "已送到"
    GIVEN_BACK = "GIVEN_BACK", "您已退回"
    RELEASED = "RELEASED", "已放回"
    ENDED = "ENDED", "心愿已撤回"


STANDING = (ClaimState.HELD, ClaimState.FULFILLED)
"""Claims that keep others away: a wish has one of them at most."""


class ClaimantKind(TextChoices):
    PERSON = "PERSON", "个人"
    UNIT = "UNIT", "单位"


class Consented(TextChoices):
    """How the wisher, or a child's guardian, agreed that the wish is shown without a name."""

    PORTAL = "PORTAL", "本人手机"
    ORAL = "ORAL", "当面说明并同意"
    PAPER = "PAPER", "纸质签名"


class Said(TextChoices):
    """Who says that the wish was fulfilled, beside the village."""

    SELF = "SELF", "本人确认收到"
    GUARDIAN = "GUARDIAN", "监护人确认收到"
    UNABLE = "UNABLE", "本人不便确认，由村（社区）说明"
