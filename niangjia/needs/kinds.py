"""The words of needs that were heard."""

from __future__ import annotations

from django.db.models import TextChoices


class NeedKind(TextChoices):
    STUDY = "STUDY", "学习"
    LIVING = "LIVING", "生活"
    WORK = "WORK", "就业"
    HEALTH = "HEALTH", "健康"
    LAW = "LAW", "法律"
    CARE = "CARE", "照护"
    OTHER = "OTHER", "其他"


class NeedState(TextChoices):
    """Heard, in somebody's hands, with a department, and how it ended."""

    RAISED = "RAISED", "待分派"
    ASSIGNED = "ASSIGNED", "办理中"
    HANDED_OVER = "HANDED_OVER", "已转部门"
    DONE = "DONE", "已解决"
    CLOSED = "CLOSED", "已答复"


OPEN = (NeedState.RAISED, NeedState.ASSIGNED, NeedState.HANDED_OVER)
ENDED = (NeedState.DONE, NeedState.CLOSED)
