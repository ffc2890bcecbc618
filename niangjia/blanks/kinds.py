"""Words of the room: how often a form is asked for, and what stands in a cell."""

from __future__ import annotations

from django.db.models import TextChoices


class Rhythm(TextChoices):
    MONTH = "MONTH", "每月"
    QUARTER = "QUARTER", "每季"
    YEAR = "YEAR", "每年"


class Source(TextChoices):
    """Where a cell's content comes from."""

    MEASURE = "MEASURE", "统计指标"
    TEXT = "TEXT", "固定文字"
    UNIT = "UNIT", "填报单位"
    PERIOD = "PERIOD", "填报期"
    FILLER = "FILLER", "填报人"
    DAY = "DAY", "填报日期"


class Span(TextChoices):
    """The days a measure is counted over, for a form of one period."""

    PERIOD = "PERIOD", "本期"
    YEAR = "YEAR", "本年累计"
    BEFORE = "BEFORE", "上期"
    LAST_YEAR = "LAST_YEAR", "上年同期"
