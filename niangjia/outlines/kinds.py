"""The words of outlines: plans of ten years for women and children, their indicators, values and supervision (domain notes 2g)."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices


class Subject(TextChoices):
    """Whose outline: national 纲要, local 规划."""

    WOMEN = "WOMEN", "妇女"
    CHILDREN = "CHILDREN", "儿童"


class Measured(TextChoices):
    """The unit of an indicator. The value in the database is how a report prints it."""

    PERCENT = "%", "%"
    PERMILLE = "‰", "‰"
    PER_100K = "1/10万", "1/10万"
    YEARS = "年", "年"
    AGE = "岁", "岁"
    PERSONS = "人", "人"
    PLACES = "所", "所"
    NUMBER = "个", "个"
    RATIO = "比值", "比值"
    YES = "是/否", "是/否"


class Direction(TextChoices):
    """On which side of what an indicator is good. The last five need no number as target."""

    GE = "GE", "不低于"
    LE = "LE", "不高于"
    AROUND = "AROUND", "保持在左右"
    INCREASE = "INCREASE", "逐步提高"
    DECREASE = "DECREASE", "逐步降低"
    KEEP = "KEEP", "保持（不低于基期）"
    QUAL = "QUAL", "定性"


WITH_TARGET = frozenset({Direction.GE, Direction.LE, Direction.AROUND})


class Tier(TextChoices):
    """How wide a place is; an indicator names the narrowest tier at which it still means something."""

    NATION = "0", "全国"
    CITY = "1", "市级"
    DISTRICT = "2", "区县"
    TOWN = "3", "乡镇（街道）"
    VILLAGE = "4", "村（社区）"


class Duty(TextChoices):
    """What a department has to do with an indicator."""

    LEAD = "LEAD", "牵头"
    SUPPORT = "SUPPORT", "配合"


class ValueState(TextChoices):
    """Where a value of a year is on its way from the department to the public."""

    DRAFT = "DRAFT", "填写中"
    RETURNED = "RETURNED", "退回修改"
    DEPT_SUBMITTED = "DEPT_SUBMITTED", "部门已报"
    STATS_CHECKED = "STATS_CHECKED", "统计已审"
    CONFIRMED = "CONFIRMED", "已确认"
    PUBLISHED = "PUBLISHED", "已发布"
    REVISED = "REVISED", "已被更正"


OPEN_STATES = (ValueState.DRAFT, ValueState.RETURNED, ValueState.DEPT_SUBMITTED, ValueState.STATS_CHECKED)
IN_FORCE = (ValueState.CONFIRMED, ValueState.PUBLISHED)
WITH_DEPARTMENT = (ValueState.DRAFT, ValueState.RETURNED)


class YearState(TextChoices):
    """A monitoring year is being collected, or its values are public."""

    OPEN = "OPEN", "收集中"
    PUBLISHED = "PUBLISHED", "已发布"


class Status(TextChoices):
    """Whether an indicator fulfils its target in a year. What has no data, or no meaning there, is in no denominator."""

    MET = "MET", "已达标"
    NEAR = "NEAR", "接近达标"
    UNMET = "UNMET", "未达标"
    NO_DATA = "NO_DATA", "无数据"
    NOT_APPLICABLE = "NOT_APPLICABLE", "不适用"


class Light(StrEnum):
    """The value is the state the page's light component takes."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"


class Chosen(TextChoices):
    """Why an indicator is on the list of hard ones."""

    RED = "RED", "红灯"
    MIDTERM = "MIDTERM", "中期未达标"
    HAND = "HAND", "人工选定"


class OrderState(TextChoices):
    """A supervision order: sent, answered by a plan, closed on a confirmed value."""

    ISSUED = "ISSUED", "待报计划"
    PLANNED = "PLANNED", "整改中"
    CLOSED = "CLOSED", "已销号"


class ReportKind(TextChoices):
    """The reports that write themselves."""

    MONITOR = "MONITOR", "年度监测报告"
    MIDTERM = "MIDTERM", "中期评估报告"
    FINAL = "FINAL", "终期评估报告"
