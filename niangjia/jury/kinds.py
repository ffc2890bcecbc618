"""The words of juries."""

from django.db.models import TextChoices


class PanelState(TextChoices):
    DRAFT = "DRAFT", "筹备"
    SCORING = "SCORING", "评分中"
    CLOSED = "CLOSED", "评分结束"
    DECIDED = "DECIDED", "已评定"


class Method(TextChoices):
    MEAN = "MEAN", "平均分"
    TRIMMED = "TRIMMED", "去掉一个最高分和一个最低分后平均"
