"""The words of study campaigns (专题学习、收看活动)."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices

from niangjia.org.kinds import PostRole


class CampaignState(TextChoices):
    DRAFT = "DRAFT", "草稿"
    ISSUED = "ISSUED", "已下发"
    RUNNING = "RUNNING", "正在收看"
    COLLECTING = "COLLECTING", "汇总中"
    CLOSED = "CLOSED", "已结束"
    ARCHIVED = "ARCHIVED", "已归档"


TAKING = (CampaignState.ISSUED, CampaignState.RUNNING, CampaignState.COLLECTING)
"""States in which units enter and people declare."""
OVER = (CampaignState.CLOSED, CampaignState.ARCHIVED)


class ReturnState(TextChoices):
    PENDING = "PENDING", "待上报"
    SUBMITTED = "SUBMITTED", "已上报"
    RETURNED = "RETURNED", "退回补充"
    ACCEPTED = "ACCEPTED", "已接收"


class Audience(TextChoices):
    """Whom a campaign is for. Cadres alone have a denominator: their posts are known."""

    CADRES = "CADRES", "干部职工"
    EXECUTIVES = "EXECUTIVES", "执委"
    PUBLIC = "PUBLIC", "妇女群众"


_CADRES: Final = (
    PostRole.CHAIR, PostRole.VICE_CHAIR_FULL, PostRole.VICE_CHAIR_PART, PostRole.VICE_CHAIR_SECOND, PostRole.STAFF, PostRole.FINANCE,
)  # fmt: skip
_EXECUTIVES: Final = (PostRole.STANDING_MEMBER, PostRole.EXEC_MEMBER)


def roles_of(audiences: list[str]) -> tuple[PostRole, ...]:
    """The offices whose holders are counted as those a campaign is for."""
    cadres = _CADRES if Audience.CADRES in audiences else ()
    return (*cadres, *(_EXECUTIVES if Audience.EXECUTIVES in audiences else ()))


class Demand(TextChoices):
    """Whether reflections are written."""

    NONE = "NONE", "不要求"
    WELCOME = "WELCOME", "自愿"
    REQUIRED = "REQUIRED", "要求"


class How(TextChoices):
    """How a reflection came to be typed."""

    WRITTEN = "WRITTEN", "本人输入"
    DICTATED = "DICTATED", "本人口述，手机转成文字"
    RECORDED = "RECORDED", "本人口述录音，他人打字"
    PHOTO = "PHOTO", "手写拍照，他人打字"


class ReflectionState(TextChoices):
    SUBMITTED = "SUBMITTED", "已收到"
    KEPT = "KEPT", "留存"
    SELECTED = "SELECTED", "已选用"
    PUBLISHED = "PUBLISHED", "已发布"
    WITHDRAWN = "WITHDRAWN", "已撤回"
