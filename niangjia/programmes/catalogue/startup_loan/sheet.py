"""What the woman is asked, and what is entered with the steps after her (domain notes 2k; fields of 麦积)."""

from niangjia.intake.sheet import AttachmentKind, Field, Kind, Section, Sensitivity, Sheet

PLAIN, IDENTITY, BANK = Sensitivity.PLAIN, Sensitivity.IDENTITY, Sensitivity.BANK

TRADES = (
    ("PLANTING", "种植"),
    ("BREEDING", "养殖"),
    ("PROCESSING", "加工"),
    ("TRADE", "商贸零售"),
    ("SERVICE", "居民服务、家政"),
    ("CRAFT", "手工编织"),
    ("TOURISM", "乡村旅游、餐饮"),
    ("ONLINE", "电子商务"),
    ("OTHER", "其他"),
)

SHEET = Sheet(
    sections=(
        Section(
            "who",
            "申请人",
            (
                Field("name", "姓名", Kind.NAME, PLAIN),
                Field("id_number", "身份证号码", Kind.ID_NUMBER, IDENTITY, help="18位号码，最后一位可能是X。"),
                Field("phone", "联系电话", Kind.PHONE, IDENTITY),
                Field("place", "创业所在村（社区）", Kind.PLACE, PLAIN),
                Field("address", "住址", Kind.TEXT, IDENTITY, help="组、门牌号。"),
                Field("in_district", "户籍或常住在本区", Kind.YESNO, PLAIN),
            ),
        ),
        Section(
            "project",
            "创业项目",
            (
                Field("trade", "行业", Kind.CHOICE, PLAIN, choices=TRADES),
                Field("project", "项目名称", Kind.TEXT, PLAIN, max_length=60),
                Field(
                    "licence", "营业执照号", Kind.TEXT, PLAIN, required=False, max_length=30, help="没有办照的可不填。"
                ),
                Field("started_on", "开业日期", Kind.DATE, PLAIN, required=False),
                Field("employees", "带动就业人数", Kind.INTEGER, PLAIN, required=False, minimum=0, maximum=9_999),
                Field("plan", "经营情况和资金用途", Kind.LONGTEXT, PLAIN, max_length=500),
            ),
        ),
        Section(
            "loan",
            "申请贷款",
            (
                Field("wanted", "申请金额（元）", Kind.MONEY, PLAIN, minimum=1),
                Field("months", "期限（月）", Kind.INTEGER, PLAIN, minimum=1, maximum=120),
                Field("other_loan", "是否有未还清的创业担保贷款", Kind.YESNO, PLAIN),
                Field("guarantor", "担保人", Kind.NAME, IDENTITY, required=False, help="还没有找好的可不填。"),
            ),
        ),
        Section(
            "declare",
            "声明与同意",
            (
                Field("true_statement", "以上情况属实", Kind.AGREE, PLAIN),
                Field("consent_apply", "同意妇联为推荐贷款使用以上资料", Kind.AGREE, PLAIN),
                Field("consent_share", "同意向人社部门和经办银行提供以上资料", Kind.AGREE, PLAIN),
            ),
        ),
    ),
    attachments=(
        AttachmentKind("ID_COPY", "身份证正反面", True, IDENTITY, most=2),
        AttachmentKind("LICENCE", "营业执照", False, PLAIN, "没有办照的可不传。"),
    ),
)

OUTCOME = Sheet(
    (
        Section(
            "outcome",
            "银行结果",
            (
                Field("bank", "经办银行", Kind.TEXT, PLAIN, max_length=40),
                Field("approved_amount", "批准金额（元）", Kind.MONEY, PLAIN, minimum=1),
                Field("approved_on", "放款日期", Kind.DATE, PLAIN),
                Field("term", "期限（月）", Kind.INTEGER, PLAIN, minimum=1, maximum=120),
                Field("tail", "贷款账号末四位", Kind.TEXT, BANK, required=False, max_length=4, help="最多四位。"),
            ),
        ),
    )
)
