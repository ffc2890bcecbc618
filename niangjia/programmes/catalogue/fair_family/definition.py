"""最美家庭: no threshold, put forward by the people; the categories of a year are the notice's."""

from niangjia.intake.sheet import Field, Kind, Section, Sensitivity
from niangjia.programmes.definition import Subject
from niangjia.programmes.shapes import honours

PROGRAMME = honours.line(
    key="fair_family",
    name="最美家庭",
    summary="夫妻和睦、孝老爱亲、科学教子、勤俭节约、邻里互助的好家庭。",
    prefix="JT",
    subject=Subject.FAMILY,
    basis="四城同创—美丽涪陵系列活动方案",
    categories=(
        ("COUNTRY", "家国情怀"),
        ("GREEN", "绿色低碳"),
        ("CUSTOMS", "移风易俗"),
        ("READING", "书香阅读"),
        ("CLEAN", "清正廉洁"),
        ("DILIGENT", "敬业诚信"),
        ("TRADITION", "家风优良"),
        ("FILIAL", "孝老爱亲"),
        ("NEIGHBOUR", "邻里互助"),
        ("CHARITY", "热心公益"),
    ),
    own=(
        Section(
            "family",
            "家庭成员",
            (
                Field("size", "家庭人口", Kind.INTEGER, Sensitivity.PLAIN, minimum=1, maximum=30),
                Field(
                    "members", "家庭成员（姓名、关系、工作）", Kind.LONGTEXT, Sensitivity.IDENTITY, max_length=300,
                    help="未成年子女只写关系和年级。",
                ),
            ),
        ),
    ),
    criteria=(("夫妻和睦", 20), ("孝老爱亲", 20), ("科学教子", 20), ("勤俭节约", 20), ("邻里互助", 20)),
)  # fmt: skip
