"""Who is to be visited and why, with the day of the reason: a reference to a household, no second census (domain notes 2f)."""

from niangjia.intake.sheet import Field, Kind, Section, Sensitivity, Sheet

PLAIN, IDENTITY = Sensitivity.PLAIN, Sensitivity.IDENTITY

CATEGORIES = (
    ("LEFT_CHILD", "留守儿童"),
    ("LEFT_WOMAN", "留守妇女"),
    ("LEFT_ELDER", "留守老人"),
    ("SINGLE_MOTHER", "困难单亲母亲"),
    ("ILLNESS", "因病困难家庭"),
    ("DISABILITY", "因残困难家庭"),
    ("BEREAVED", "失独家庭"),
    ("DISASTER", "因灾困难家庭"),
    ("OTHER", "其他困难家庭"),
)

SHEET = Sheet(
    (
        Section(
            "who",
            "慰问对象",
            (
                Field("name", "姓名", Kind.NAME, PLAIN, help="儿童写本人姓名，名单不对外公开。"),
                Field("id_number", "身份证号码", Kind.ID_NUMBER, IDENTITY, required=False, help="没有或不便提供的可不填。"),
                Field("phone", "联系电话", Kind.PHONE, IDENTITY, required=False),
                Field("place", "所在村（社区）", Kind.PLACE, PLAIN),
                Field("address", "详细地址", Kind.TEXT, IDENTITY, help="组、门牌号。同一户请写成一样。"),
                Field("people", "家庭人口", Kind.INTEGER, PLAIN, minimum=1, maximum=30),
            ),
        ),
        Section(
            "why",
            "慰问理由",
            (
                Field("category", "类别", Kind.CHOICE, PLAIN, choices=CATEGORIES),
                Field("guardian", "监护人", Kind.NAME, IDENTITY, shown_if=("category", ("LEFT_CHILD",))),
                Field("reason", "主要困难", Kind.LONGTEXT, IDENTITY, max_length=200),
                Field("reason_on", "情况核实日期", Kind.DATE, PLAIN),
                Field("last_help", "本年已知的其他慰问", Kind.TEXT, PLAIN, required=False, help="哪个部门、哪个月，不清楚可不填。"),
            ),
        ),
        Section(
            "consent",
            "同意",
            (Field("consent_apply", "已告知本人或监护人并征得同意登记", Kind.AGREE, PLAIN),),
        ),
    )
)  # fmt: skip
