"""The words of plans and targets."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices

from niangjia.core.labelled import Labelled


class VersionState(TextChoices):
    """A version is worked on, in force, or replaced by a later one."""

    DRAFT = "DRAFT", "草稿"
    PUBLISHED = "PUBLISHED", "现行"
    SUPERSEDED = "SUPERSEDED", "已被替代"


class TargetKind(TextChoices):
    """How a target is judged (domain notes 2l)."""

    COUNT = "COUNT", "累计数"
    LEVEL = "LEVEL", "水平值"
    MILESTONE = "MILESTONE", "节点"
    QUAL = "QUAL", "定性"


NUMERIC = frozenset({TargetKind.COUNT, TargetKind.LEVEL})


class Bound(TextChoices):
    """Which side of the number is good; an estimate or an exact number counts as reached from the number on."""

    MIN = "MIN", "不少于"
    MAX = "MAX", "不超过"


class Standing(TextChoices):
    """What the officer said of a target the reader suggested; her own are accepted from the start."""

    SUGGESTED = "SUGGESTED", "待确认"
    ACCEPTED = "ACCEPTED", "已采纳"
    REJECTED = "REJECTED", "不采纳"


class Placing(StrEnum):
    """What became of a piece of text the reader could not place."""

    OPEN = "open"
    PLACED = "placed"
    IGNORED = "ignored"


class Light(Labelled):
    """The light of a target; the value is the state the page's light component takes."""

    GREEN = "green", "正常"
    YELLOW = "yellow", "偏慢"
    RED = "red", "落后"
    NO_DATA = "none", "无数据"
