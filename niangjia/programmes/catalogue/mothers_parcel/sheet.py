"""A mother and why she is to have a parcel (domain notes 2e; conditions seen in 开州 2016)."""

from niangjia.intake.sheet import Field, Kind, Section, Sensitivity, Sheet

PLAIN, IDENTITY = Sensitivity.PLAIN, Sensitivity.IDENTITY

REASONS = (
    ("LOW_INCOME", "家庭收入低于当地低保标准"),
    ("REMOTE", "边远困难地区的母亲"),
    ("SINGLE", "困难单亲母亲"),
    ("MARTYR", "烈士的母亲或妻子"),
    ("OTHER", "其他困难母亲"),
)

SHEET = Sheet(
    (
        Section(
            "who",
            "受助母亲",
            (
                Field("name", "姓名", Kind.NAME, PLAIN),
                Field("id_number", "身份证号码", Kind.ID_NUMBER, IDENTITY),
                Field("phone", "联系电话", Kind.PHONE, IDENTITY, required=False),
                Field("place", "所在村（社区）", Kind.PLACE, PLAIN),
                Field("address", "详细地址", Kind.TEXT, IDENTITY, help="组、门牌号。同一户请写成一样。"),
                Field("category", "受助理由", Kind.CHOICE, PLAIN, choices=REASONS),
                Field("reason", "情况说明", Kind.LONGTEXT, IDENTITY, max_length=200),
                Field("proposed_by", "推荐人", Kind.TEXT, PLAIN, required=False, max_length=40),
            ),
        ),
        Section(
            "consent",
            "同意",
            (
                Field("consent_apply", "已告知本人并征得同意登记", Kind.AGREE, PLAIN),
                Field("consent_publish", "同意在村（社区）公示写出姓名", Kind.YESNO, PLAIN, help="不同意的，公示只写编号。"),
            ),
        ),
    )
)  # fmt: skip

DELIVERY = Sheet(
    (
        Section(
            "delivery",
            "发放",
            (
                Field("delivered_on", "发放日期", Kind.DATE, PLAIN),
                Field("handed_by", "发放人", Kind.TEXT, PLAIN, required=False, max_length=40, help="不填就是您本人。"),
                Field("receiver", "签收人", Kind.NAME, PLAIN),
                Field("postal", "邮单号", Kind.TEXT, PLAIN, required=False, max_length=30),
            ),
        ),
    )
)
REPLY = Sheet(
    (
        Section(
            "reply",
            "回音卡",
            (
                Field("replied_on", "收到回音卡日期", Kind.DATE, PLAIN),
                Field("complete", "包内物品齐全", Kind.YESNO, PLAIN),
                Field("words", "想说的话", Kind.LONGTEXT, PLAIN, required=False, max_length=200),
            ),
        ),
    )
)
