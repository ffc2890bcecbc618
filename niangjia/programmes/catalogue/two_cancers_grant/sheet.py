"""What the woman is asked, in the words of the application form (domain: notices of 铜梁 2022, 綦江 2025, 安岳 2019)."""

from niangjia.intake.sheet import AttachmentKind, Field, Kind, Section, Sensitivity, Sheet

PLAIN, IDENTITY, HEALTH, BANK = Sensitivity.PLAIN, Sensitivity.IDENTITY, Sensitivity.HEALTH, Sensitivity.BANK

CERVICAL_STAGES = (
    ("0", "原位癌（0期）"),
    ("IA", "ⅠA期"),
    ("IB", "ⅠB期"),
    ("IIA", "ⅡA期"),
    ("IIB", "ⅡB期"),
    ("IIIA", "ⅢA期"),
    ("IIIB", "ⅢB期"),
    ("IIIC", "ⅢC期"),
    ("IIIC1", "ⅢC1期"),
    ("IIIC2", "ⅢC2期"),
    ("IVA", "ⅣA期"),
    ("IVB", "ⅣB期"),
    ("UNKNOWN", "证明上没有写明"),
)
BREAST_TYPES = (("INVASIVE", "浸润性癌"), ("IN_SITU", "原位癌（导管内癌）"), ("UNKNOWN", "证明上没有写明"))
LOW_INCOME = (
    ("SUBSISTENCE", "最低生活保障对象"),
    ("DESTITUTE", "特困人员"),
    ("RISK", "易返贫致贫人口（含低保边缘家庭、脱贫不稳定户、边缘易致贫户）"),
    ("EXPENDITURE", "支出型困难人口"),
    ("NONE", "以上都不是"),
)
POOR_MOTHER = (("REGISTERED", "建档立卡贫困户"), ("UNDER_LINE", "家庭人均收入低于扶贫标准"), ("NONE", "以上都不是"))

_WHO = (
    Field("name", "姓名", Kind.NAME, PLAIN),
    Field("id_number", "身份证号码", Kind.ID_NUMBER, IDENTITY, help="18位号码，最后一位可能是X。"),
    Field("phone", "联系电话", Kind.PHONE, IDENTITY, help="用于通知办理进度，短信不会写明病情。"),
    Field("ethnicity", "民族", Kind.TEXT, PLAIN, required=False, max_length=12),
    Field(
        "marriage",
        "婚姻状况",
        Kind.CHOICE,
        PLAIN,
        required=False,
        choices=(("MARRIED", "已婚"), ("SINGLE", "未婚"), ("DIVORCED", "离异"), ("WIDOWED", "丧偶")),
    ),
    Field("place", "户籍所在村（社区）", Kind.PLACE, PLAIN, help="按户口簿上的户籍地选择。"),
    Field("address", "详细地址", Kind.TEXT, IDENTITY, help="组、门牌号。"),
    Field("in_district", "户籍是否在本区", Kind.YESNO, PLAIN),
)
_ILLNESS = (
    Field("disease", "所患疾病", Kind.CHOICES, HEALTH, choices=(("CERVICAL", "宫颈癌"), ("BREAST", "乳腺癌"))),
    Field(
        "cervical_stage",
        "宫颈癌分期",
        Kind.CHOICE,
        HEALTH,
        choices=CERVICAL_STAGES,
        shown_if=("disease", ("CERVICAL",)),
        help="看诊断证明或病理报告上的罗马数字。找不到就选“没有写明”，不影响提交。",
    ),
    Field("breast_type", "乳腺癌类型", Kind.CHOICE, HEALTH, choices=BREAST_TYPES, shown_if=("disease", ("BREAST",))),
    Field("diagnosed_on", "确诊日期", Kind.DATE, HEALTH),
    Field("hospital", "确诊医院", Kind.TEXT, HEALTH, max_length=60),
    Field(
        "hospital_grade",
        "医院等级",
        Kind.CHOICE,
        HEALTH,
        choices=(("THREE", "三级医院"), ("TWO", "二级医院"), ("ONE", "一级或未定级"), ("UNKNOWN", "不清楚")),
    ),
    Field(
        "treatment",
        "治疗情况",
        Kind.CHOICES,
        HEALTH,
        required=False,
        choices=(
            ("SURGERY", "手术"),
            ("CHEMO", "化疗"),
            ("RADIO", "放疗"),
            ("TARGETED", "靶向治疗"),
            ("OTHER", "其他"),
        ),
    ),
    Field("total_cost", "治疗总费用（元）", Kind.MONEY, HEALTH, required=False),
    Field("reimbursed", "已报销（元）", Kind.MONEY, HEALTH, required=False, help="医保、大病保险、医疗救助合计。"),
)
_PAYMENT = (
    Field("card_holder", "户名", Kind.NAME, BANK, help="须是申请人本人的银行账户。"),
    Field("bank", "开户银行", Kind.TEXT, BANK, max_length=40, help="写到支行，例如“某某银行涪陵支行”。"),
    Field("card", "银行卡号", Kind.BANK_CARD, BANK),
)
_DECLARE = (
    Field("true_statement", "以上情况属实，如有不实愿退回救助金", Kind.AGREE, PLAIN),
    Field("consent_apply", "同意妇联为办理本次申请使用以上资料", Kind.AGREE, PLAIN),
    Field(
        "consent_health",
        "同意使用病情资料核实资格",
        Kind.AGREE,
        PLAIN,
        help="病情属于敏感个人信息，只给经办人看，不公示。",
    ),
    Field("consent_bank", "同意使用银行账户发放救助金", Kind.AGREE, PLAIN),
    Field("consent_share", "同意向民政、农业农村、卫健、医保部门核实", Kind.AGREE, PLAIN),
    Field(
        "consent_publish",
        "同意公示时写出隐去部分文字的姓名（例如“张*芳”）",
        Kind.YESNO,
        PLAIN,
        help="不同意也可以申请，公示时只写编号。",
    ),
)

_PAPERS = (
    AttachmentKind("ID_COPY", "身份证正反面", True, IDENTITY, "正面一张、反面一张，四个角都拍进去。", 2),
    AttachmentKind("HOUSEHOLD", "户口簿本人页", True, IDENTITY, most=2),
    AttachmentKind("DIAGNOSIS", "诊断证明和病理报告", True, HEALTH, "医院盖章的诊断证明，有病理报告的一并上传。", 4),
    AttachmentKind("INCOME_PROOF", "困难证明", True, IDENTITY, "低保证、特困证或监测对象证明。", 3),
    AttachmentKind("COST", "费用结算和报销单据", False, HEALTH, most=6),
    AttachmentKind("BANK_CARD", "银行卡有卡号的一面", True, BANK, most=1),
    AttachmentKind("VISIT_PHOTO", "入户核实照片", False, IDENTITY, "可不传。", 3),
)


def _sheet(household: tuple[Field, ...]) -> Sheet:
    return Sheet(
        sections=(
            Section("who", "申请人", _WHO),
            Section("household", "家庭情况", household),
            Section("illness", "病情", _ILLNESS, "照诊断证明填写。看不懂的地方可以请村（社区）妇联主席帮忙。"),
            Section("payment", "收款账户", _PAYMENT, "救助金由银行转账，不发现金。"),
            Section("declare", "声明与同意", _DECLARE),
        ),
        attachments=_PAPERS,
    )


_PEOPLE = Field("people", "家庭人口", Kind.INTEGER, PLAIN, minimum=1, maximum=30)
_DIFFICULTY = Field("difficulty", "主要困难", Kind.LONGTEXT, IDENTITY, required=False, max_length=300)

SHEET_LOW_INCOME = _sheet(
    (
        _PEOPLE,
        Field("category", "困难类别", Kind.CHOICE, PLAIN, choices=LOW_INCOME),
        Field("certificate_number", "证件或认定编号", Kind.TEXT, IDENTITY, required=False, max_length=40),
        Field("confirmed_on", "认定日期", Kind.DATE, PLAIN, required=False),
        _DIFFICULTY,
    )
)

SHEET_POOR_MOTHER = _sheet(
    (
        _PEOPLE,
        Field("registered_rural", "是否农村户籍", Kind.YESNO, PLAIN),
        Field("category", "贫困类别", Kind.CHOICE, PLAIN, choices=POOR_MOTHER),
        Field("income_per_head", "家庭人均年收入（元）", Kind.MONEY, IDENTITY, required=False),
        Field("confirmed_on", "认定日期", Kind.DATE, PLAIN, required=False),
        _DIFFICULTY,
    )
)
