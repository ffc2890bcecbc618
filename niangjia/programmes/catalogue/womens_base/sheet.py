"""What a women's base (妇字号基地) tells of itself, at first and in each year's review (domain notes 2k)."""

from niangjia.intake.sheet import AttachmentKind, Field, Kind, Section, Sensitivity, Sheet

PLAIN, IDENTITY = Sensitivity.PLAIN, Sensitivity.IDENTITY

TYPES = (
    ("PLANTING", "种植"),
    ("BREEDING", "养殖"),
    ("PROCESSING", "农产品加工"),
    ("DOMESTIC", "家政"),
    ("CRAFT", "手工编织"),
    ("TOURISM", "乡村旅游"),
    ("ECOMMERCE", "电子商务"),
    ("OTHER", "其他"),
)
FIGURES = (
    Field("women", "从业妇女人数", Kind.INTEGER, PLAIN, minimum=0, maximum=10_000),
    Field("led", "带动困难妇女人数", Kind.INTEGER, PLAIN, minimum=0, maximum=10_000),
    Field("sales", "年销售额（元）", Kind.MONEY, PLAIN, required=False),
    Field("trained", "年培训妇女人次", Kind.INTEGER, PLAIN, required=False, minimum=0, maximum=100_000),
)

SHEET = Sheet(
    (
        Section(
            "base",
            "基地",
            (
                Field("name", "基地名称", Kind.TEXT, PLAIN, max_length=40),
                Field("place", "所在村（社区）", Kind.PLACE, PLAIN),
                Field("type", "类型", Kind.CHOICE, PLAIN, choices=TYPES),
                Field("head", "负责人", Kind.NAME, PLAIN),
                Field("phone", "负责人电话", Kind.PHONE, IDENTITY),
                Field("founded_on", "成立日期", Kind.DATE, PLAIN, required=False),
                *FIGURES,
                Field("story", "主要做法", Kind.LONGTEXT, PLAIN, max_length=800),
            ),
        ),
        Section(
            "consent",
            "声明与同意",
            (
                Field("true_statement", "以上情况属实", Kind.AGREE, PLAIN),
                Field("consent_publish", "认定后同意公布基地名称", Kind.YESNO, PLAIN),
            ),
        ),
    ),
    attachments=(AttachmentKind("PHOTO", "基地照片", False, PLAIN, most=4),),
)
REVIEW = Sheet(
    (
        Section(
            "review",
            "年度复核",
            (
                Field("reviewed_on", "复核日期", Kind.DATE, PLAIN),
                *FIGURES,
                Field("remark", "复核意见", Kind.LONGTEXT, PLAIN, max_length=300),
            ),
        ),
    )
)
