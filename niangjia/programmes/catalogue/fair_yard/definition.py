"""最美庭院: yards, before and after, by the five beauties of practice."""

from niangjia.programmes.definition import Subject
from niangjia.programmes.shapes import honours

PROGRAMME = honours.line(
    key="fair_yard",
    name="最美庭院",
    summary="庭院整洁、绿化、和美的人家。",
    prefix="TY",
    subject=Subject.YARD,
    basis="四城同创—美丽涪陵系列活动方案",
    yard=True,
    criteria=(("家里家外整洁美", 20), ("房前屋后绿化美", 20), ("绿色发展产业美", 20), ("家风乡风文明美", 20), ("家人邻里和睦美", 20)),
)  # fmt: skip
