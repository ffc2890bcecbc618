"""The words of family education: who owes what, how an activity is held, how an ordered lecture moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices

REGULATION: Final = "重庆市家庭教育促进条例"


class Party(TextChoices):
    """Whom the regulation names; a party's units are found by ``queries.bearers``."""

    SCHOOL = "SCHOOL", "中小学"
    KINDERGARTEN = "KINDERGARTEN", "幼儿园"
    TOWN = "TOWN", "乡镇街道"
    VILLAGE = "VILLAGE", "村（社区）"
    DEPARTMENT = "DEPARTMENT", "部门单位"
    FEDERATION = "FEDERATION", "区妇联"


class How(TextChoices):
    """How it is seen that a duty is done."""

    COUNT = "COUNT", "按活动场次"
    PAPER = "PAPER", "有或没有，附材料"
    STANDING = "STANDING", "长期职责，只列出"


class Per(TextChoices):
    TERM = "TERM", "每学期"
    YEAR = "YEAR", "每年"


class Season(TextChoices):
    SPRING = "SPRING", "春季学期"
    AUTUMN = "AUTUMN", "秋季学期"


class ItemState(TextChoices):
    """What became of a duty in a period; computed, never typed."""

    DUE = "DUE", "待完成"
    DONE = "DONE", "已完成"
    OVERDUE = "OVERDUE", "逾期未完成"
    EXEMPT = "EXEMPT", "免除"


class SchoolType(TextChoices):
    PRIMARY = "PRIMARY", "小学"
    MIDDLE = "MIDDLE", "中学"
    WHOLE = "WHOLE", "九年一贯制"
    SPECIAL = "SPECIAL", "特殊教育学校"
    KINDERGARTEN = "KINDERGARTEN", "幼儿园"


class Mode(TextChoices):
    MOBILE = "MOBILE", "流动学校"
    SCHOOL = "SCHOOL", "家长学校"
    THEME = "THEME", "主题活动"
    ONLINE = "ONLINE", "线上"


class Audience(TextChoices):
    PARENTS = "PARENTS", "家长"
    GRANDPARENTS = "GRANDPARENTS", "祖辈照护人"
    EXPECTING = "EXPECTING", "孕期和婴幼儿家庭"
    FAMILIES = "FAMILIES", "家长和孩子"
    PRIORITY = "PRIORITY", "留守、困境等重点家庭"
    TEACHERS = "TEACHERS", "教师和家教骨干"


class Age(TextChoices):
    """Age groups of 全国家庭教育指导大纲."""

    EXPECTING = "EXPECTING", "新婚和孕期"
    BABY = "BABY", "0至3岁"
    PRESCHOOL = "PRESCHOOL", "3至6岁"
    PRIMARY = "PRIMARY", "6至12岁"
    JUNIOR = "JUNIOR", "12至15岁"
    SENIOR = "SENIOR", "15至18岁"
    ALL = "ALL", "不分年龄"


class Field(TextChoices):
    """What a lecture is about."""

    TALK = "TALK", "亲子沟通"
    HABIT = "HABIT", "习惯养成"
    PUBERTY = "PUBERTY", "青春期教育"
    NET = "NET", "网络素养"
    SAFETY = "SAFETY", "安全与自我保护"
    GRAND = "GRAND", "隔代教养"
    LEFT = "LEFT", "留守儿童关爱"
    MIND = "MIND", "心理健康"
    LAW = "LAW", "家庭教育法规"
    START = "START", "入园入学衔接"
    BABY = "BABY", "孕育和早教"
    MOTTO = "MOTTO", "家风家教"


class OrderState(TextChoices):
    REQUESTED = "REQUESTED", "待安排讲师"
    MATCHED = "MATCHED", "待讲师确认"
    DECLINED = "DECLINED", "讲师不能来"
    CONFIRMED = "CONFIRMED", "已确认"
    HELD = "HELD", "已授课"
    RATED = "RATED", "已评价"
    CANCELLED = "CANCELLED", "已取消"


MOVES: Final[Mapping[OrderState, frozenset[OrderState]]] = {
    OrderState.REQUESTED: frozenset({OrderState.MATCHED, OrderState.CANCELLED}),
    OrderState.MATCHED: frozenset({OrderState.CONFIRMED, OrderState.DECLINED, OrderState.CANCELLED}),
    OrderState.DECLINED: frozenset({OrderState.MATCHED, OrderState.CANCELLED}),
    OrderState.CONFIRMED: frozenset({OrderState.HELD, OrderState.CANCELLED}),
    OrderState.HELD: frozenset({OrderState.RATED}),
    OrderState.RATED: frozenset(),
    OrderState.CANCELLED: frozenset(),
}
OPEN: Final = tuple(state for state in OrderState if OrderState.CANCELLED in MOVES[state])
