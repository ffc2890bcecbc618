"""两癌救助: one catalogue entry, two eras as versions."""

import datetime as dt

from niangjia.programmes.catalogue.two_cancers_grant import rules
from niangjia.programmes.catalogue.two_cancers_grant.sheet import SHEET_LOW_INCOME, SHEET_POOR_MOTHER
from niangjia.programmes.catalogue.two_cancers_grant.workflow import ACTS, WORKFLOW
from niangjia.programmes.definition import Bindings, Check, Letter, NoticePlan, Programme, Show, Version

_BINDINGS = Bindings(
    name="name",
    id_number="id_number",
    phone="phone",
    place="place",
    category="category",
    card="card",
    card_holder="card_holder",
    bank="bank",
    publish_consent="consent_publish",
    household=("place", "address"),
)
# Words that would tell what a listed woman suffers from. The programme's own name is allowed in the title of the round,
# never beside a person; domain notes 4.3: illness, stage, disability and violence are never published.
ILLNESS_WORDS = ("宫颈癌", "乳腺癌", "癌", "肿瘤", "病理", "分期")
_NOTICE = NoticePlan(
    shows=(Show.NAME, Show.TOWN, Show.AMOUNT),
    forbidden=ILLNESS_WORDS,
    title="困难妇女救助拟救助人员公示",
    body="经本人申请、村（社区）核实、镇街审核、有关部门核验和区妇联审定，拟对下列人员给予救助，现予公示。"
    "公示期内如有异议，请通过下列方式反映，我们将逐件核查答复。",
)
# Illness is in no letter: a paper lies on tables and in post boxes.
_LETTERS = (
    Letter(
        key="approval",
        title="困难妇女救助审批表",
        sections=(
            (
                "申请人",
                (
                    ("编号", "@number"),
                    ("姓名", "@name"),
                    ("年龄", "@age"),
                    ("身份证号码", "id_number"),
                    ("联系电话", "phone"),
                    ("户籍地", "@place"),
                    ("困难类别", "@category"),
                ),
            ),
            ("救助", (("批次", "@round"), ("金额（元）", "@amount"), ("提交日期", "@submitted_on"))),
        ),
        signatures=("村（社区）妇联意见", "镇街妇联意见", "区妇联意见"),
    ),
    Letter(
        key="notification",
        title="救助告知书",
        text=(
            "{@name}：",
            "您于{@submitted_on}提出的救助申请（编号{@number}），经审核、公示无异议，已于{@granted_on}批准，救助金{@amount}元，由银行转账到您本人的账户。",
            "办理不收任何费用。向您索要手续费、银行密码、验证码的，都是诈骗，请拨打110。",
        ),
        after="grant",
    ),
)
_HEALTH = Check(
    "health",
    "区卫生健康委",
    "诊断与病理是否属实、是否仍符合病情条件",
    ("name", "id_number", "hospital", "diagnosed_on"),
)
_INSURANCE = Check("insurance", "区医疗保障局", "就医结算与报销情况是否属实", ("name", "id_number", "hospital"))

PROGRAMME = Programme(
    key="two_cancers_grant",
    name="两癌救助",
    family="two_cancers",
    summary="患宫颈癌或乳腺癌、生活困难的妇女，每人一次性救助1万元。",
    secret=True,
    number_prefix="LA",
    ask="所在村（社区）妇联主席，或拨打区妇联电话。",
    portal_steps=("填写申请", "村（社区）核对原件", "镇街审核", "区妇联审定", "公示", "银行转账"),
    versions=(
        Version(
            key="poor-mothers",
            label="农村贫困母亲两癌救助",
            effective_from=dt.date(2011, 1, 1),
            effective_to=dt.date(2020, 12, 31),
            basis="贫困母亲两癌救助专项基金（2011—2020年）",
            sheet=SHEET_POOR_MOTHER,
            workflow=WORKFLOW,
            acts=ACTS,
            notice=_NOTICE,
            letters=_LETTERS,
            rules=rules.poor_mothers,
            rank=rules.order_of_waiting,
            rank_text=rules.ORDER_TEXT,
            checks=(
                Check("income", "区扶贫办", "是否建档立卡贫困户", ("name", "id_number", "category", "confirmed_on")),
                _HEALTH,
            ),
            bindings=_BINDINGS,
            parameters={"poverty_line": "3600"},
            default_amount=10_000,
            consent_version="2016-1",
        ),
        Version(
            key="low-income-women",
            label="低收入妇女两癌救助",
            effective_from=dt.date(2021, 1, 1),
            effective_to=None,
            basis="财行〔2021〕384号",
            sheet=SHEET_LOW_INCOME,
            workflow=WORKFLOW,
            acts=ACTS,
            notice=_NOTICE,
            letters=_LETTERS,
            rules=rules.low_income_women,
            rank=rules.order_of_waiting,
            rank_text=rules.ORDER_TEXT,
            checks=(
                Check(
                    "income",
                    "区民政局",
                    "是否为所填困难类别，认定日期是否属实",
                    ("name", "id_number", "category", "certificate_number", "confirmed_on"),
                ),
                _HEALTH,
                _INSURANCE,
            ),
            bindings=_BINDINGS,
            parameters={"fresh_record_before": ""},
            default_amount=10_000,
            consent_version="2021-1",
        ),
    ),
)
