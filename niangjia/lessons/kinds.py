"""The words of the parents' micro-class (父母微课堂)."""

from __future__ import annotations

from django.db.models import TextChoices


class LessonState(TextChoices):
    DRAFT = "DRAFT", "草稿"
    CHECKED = "CHECKED", "已审核"
    PUBLISHED = "PUBLISHED", "已发布"
    WITHDRAWN = "WITHDRAWN", "已撤下"


class AgeGroup(TextChoices):
    """Whose parents a lesson is for."""

    ALL = "ALL", "各年龄"
    BABY = "BABY", "0—3岁"
    NURSERY = "NURSERY", "3—6岁"
    PRIMARY = "PRIMARY", "6—12岁"
    TEEN = "TEEN", "12—18岁"


class Part(TextChoices):
    """What a lesson can be watched or heard as. ``SMALL`` and ``VOICE`` are made from ``VIDEO`` where ffmpeg is present."""

    VIDEO = "VIDEO", "视频"
    SMALL = "SMALL", "省流量视频"
    AUDIO = "AUDIO", "录音"
    VOICE = "VOICE", "只听声音"


UPLOADED = (Part.VIDEO, Part.AUDIO)
PICTURES = (Part.VIDEO, Part.SMALL)


class MakingState(TextChoices):
    """How far the small streams of a video are."""

    WAITING = "WAITING", "排队中"
    WORKING = "WORKING", "正在转换"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "没有成功"
    ABSENT = "ABSENT", "本机没有转换程序"


class LiveState(TextChoices):
    PLANNED = "PLANNED", "预告"
    CANCELLED = "CANCELLED", "已取消"


class QuestionState(TextChoices):
    ASKED = "ASKED", "等待解答"
    ANSWERED = "ANSWERED", "已解答"
    PUBLISHED = "PUBLISHED", "已公开（不写姓名）"
    DECLINED = "DECLINED", "不予解答"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class Opened(TextChoices):
    """What is counted of a lesson, as a total of a day and no more."""

    TEXT = "TEXT", "打开文字"
    VIDEO = "VIDEO", "播放视频"
    AUDIO = "AUDIO", "播放声音"
