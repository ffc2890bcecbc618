"""最美家风家训: families put their motto and its story forward; the text is judged."""

from niangjia.intake.sheet import Field, Kind, Section, Sensitivity
from niangjia.programmes.definition import Subject
from niangjia.programmes.shapes import honours

PROGRAMME = honours.line(
    key="fair_motto",
    name="最美家风家训",
    summary="征集好家风、好家训和背后的故事。",
    prefix="JX",
    subject=Subject.TEXT,
    basis="四城同创—美丽涪陵系列活动方案",
    own=(
        Section(
            "motto",
            "家风家训",
            (
                Field("motto", "家训（100字以内）", Kind.LONGTEXT, Sensitivity.PLAIN, max_length=100),
                Field("origin", "家训的来历", Kind.LONGTEXT, Sensitivity.PLAIN, required=False, max_length=300),
            ),
        ),
    ),
    criteria=(("内容", 40), ("故事", 40), ("影响", 20)),
)
