"""五好家庭: the older honour of the federation, from definition only."""

from niangjia.programmes.definition import Subject
from niangjia.programmes.shapes import honours

PROGRAMME = honours.line(
    key="five_good_family",
    name="五好家庭",
    summary="爱国守法、夫妻和睦、学习进取、邻里友爱、热心公益的五好家庭。",
    prefix="WH",
    subject=Subject.FAMILY,
    basis="五好家庭评选标准",
    criteria=(("爱国守法明礼诚信", 20), ("夫妻和睦孝老爱亲", 20), ("学习进取科学教子", 20), ("邻里融洽友爱互助", 20), ("低碳环保热心公益", 20)),
)  # fmt: skip
