"""Whom a pairing (结对帮扶) or an executive member's link (执委联系户) concerns, and what it means to do."""

from niangjia.intake.sheet import Field, Kind, Section, Sensitivity, Sheet
from niangjia.programmes import stations
from niangjia.programmes.shapes import visits

PLAIN, IDENTITY = Sensitivity.PLAIN, Sensitivity.IDENTITY

KINDS = (("EXECUTIVE", "执委联系户"), ("PAIRING", "结对帮扶户"), ("CHILD", "爱心妈妈结对儿童家庭"))

SHEET = Sheet(
    (
        Section(
            "who",
            "联系的家庭",
            (
                Field("name", "户主姓名", Kind.NAME, PLAIN),
                Field("place", "所在村（社区）", Kind.PLACE, PLAIN),
                Field("address", "详细地址", Kind.TEXT, IDENTITY, help="组、门牌号。同一户请写成一样。"),
                Field("phone", "联系电话", Kind.PHONE, IDENTITY, required=False),
                Field("category", "联系方式", Kind.CHOICE, PLAIN, choices=KINDS),
                Field("linked_by", "联系人（执委、结对人）", Kind.NAME, PLAIN),
                Field("since", "开始日期", Kind.DATE, PLAIN),
                Field("measures", "打算帮什么", Kind.LONGTEXT, PLAIN, required=False, max_length=300),
                Field("income_before", "结对前家庭人均年收入（元）", Kind.MONEY, IDENTITY, required=False),
            ),
        ),
        Section("consent", "同意", (Field("consent_apply", "已告知对方并征得同意", Kind.AGREE, PLAIN),)),
    )
)
VISIT = stations.visit_sheet(
    visits.DANGER,
    Field("done", "这次办了什么", Kind.LONGTEXT, PLAIN, required=False, max_length=200),
    money=True,
    goods=True,
)
ENDED = Sheet(
    (
        Section(
            "end",
            "结束",
            (
                Field("ended_on", "结束日期", Kind.DATE, PLAIN),
                Field("income_after", "结束时家庭人均年收入（元）", Kind.MONEY, IDENTITY, required=False),
                Field("result", "结果", Kind.LONGTEXT, PLAIN, max_length=200),
            ),
        ),
    )
)
