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


class Ties(TextChoices):
    """What tells entries of the same total apart; who is equal in all of it shares a place."""

    FIRST = "FIRST", "先看第一项标准，仍相同的并列"
    FIRST_RECUSED = "RECUSED", "先看第一项标准，再看回避人数少，仍相同的并列"
    SHARED = "SHARED", "直接并列"


class Leavers(TextChoices):
    """What becomes of the points of a juror who left."""

    KEPT = "KEPT", "退出前评完的算数"
    SET_ASIDE = "ASIDE", "退出评委的分数都不计"
