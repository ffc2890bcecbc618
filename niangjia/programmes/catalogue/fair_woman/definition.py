"""最美女性: women who did well at their post, in business, in service, in science."""

from niangjia.intake.sheet import Field, Kind, Section, Sensitivity
from niangjia.programmes.definition import Subject
from niangjia.programmes.shapes import honours

PROGRAMME = honours.line(
    key="fair_woman",
    name="最美女性",
    summary="岗位建功、创业创新、热心公益的优秀女性。",
    prefix="NX",
    subject=Subject.PERSON,
    basis="四城同创—美丽涪陵系列活动方案",
    categories=(("POST", "岗位建功"), ("BUSINESS", "创业创新"), ("CHARITY", "热心公益"), ("SCIENCE", "科技教育"), ("VILLAGE", "乡村振兴")),
    own=(
        Section(
            "work",
            "工作情况",
            (
                Field("employer", "工作单位及职务", Kind.TEXT, Sensitivity.PLAIN, max_length=60),
                Field("political", "政治面貌", Kind.TEXT, Sensitivity.PLAIN, required=False, max_length=12),
            ),
        ),
    ),
    criteria=(("事迹", 50), ("影响", 30), ("品德", 20)),
)  # fmt: skip
