"""最美爱心妈妈: women who stand by left-behind children; the children are never shown and the line is never voted on."""

from niangjia.intake.sheet import Field, Kind, Section, Sensitivity
from niangjia.programmes.definition import Subject
from niangjia.programmes.shapes import honours

PROGRAMME = honours.line(
    key="fair_mother",
    name="最美爱心妈妈",
    summary="长期结对关爱留守儿童的爱心妈妈。",
    prefix="MM",
    subject=Subject.PERSON,
    basis="四城同创—美丽涪陵系列活动方案",
    brand="tongxin",
    voted=False,
    own=(
        Section(
            "pairing",
            "结对情况",
            (
                Field("children", "结对儿童人数", Kind.INTEGER, Sensitivity.PLAIN, minimum=1, maximum=50, help="不写儿童姓名、学校。"),
                Field("since", "开始结对日期", Kind.DATE, Sensitivity.PLAIN),
                Field("hours", "本年陪伴时长（小时）", Kind.INTEGER, Sensitivity.PLAIN, required=False, minimum=0, maximum=5000),
            ),
        ),
    ),
    criteria=(("时间", 30), ("效果", 40), ("坚持", 30)),
)  # fmt: skip
