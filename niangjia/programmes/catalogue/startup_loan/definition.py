"""创业担保贷款推荐: recommend and follow; the credit decision is the bank's."""

import datetime as dt

from niangjia.programmes.catalogue.startup_loan.rules import recommendable
from niangjia.programmes.catalogue.startup_loan.sheet import SHEET
from niangjia.programmes.catalogue.startup_loan.workflow import ACTS, WORKFLOW
from niangjia.programmes.definition import (
    Bindings,
    Check,
    Column,
    Gives,
    Layout,
    Letter,
    Often,
    Programme,
    Tally,
    Version,
)

ROLL = Layout(
    key="roll",
    title="创业担保贷款推荐表",
    reads=True,
    columns=(
        Column("序号", "@row", 6),
        Column("姓名", "name", 12),
        Column("身份证号码", "id_number", 22),
        Column("联系电话", "phone", 16),
        Column("镇街", "@town"),
        Column("村（社区）", "@village", 16),
        Column("住址", "address", 20),
        Column("是否在本区", "in_district", 10),
        Column("行业", "trade", 12),
        Column("项目名称", "project", 20),
        Column("经营情况和资金用途", "plan", 30),
        Column("申请金额（元）", "wanted", 14),
        Column("期限（月）", "months", 10),
        Column("有无未还清贷款", "other_loan", 14),
        Column("推荐日期", "@granted_on", 12),
        Column("经办银行", "outcome.bank", 20),
        Column("批准金额（元）", "outcome.approved_amount", 14),
        Column("放款日期", "outcome.approved_on", 12),
    ),
    footers=("填报单位（盖章）：　　　　　　填报人：　　　　　　填报日期：",),
)
FORM = Letter(
    key="form",
    title="创业担保贷款推荐表",
    sections=(
        (
            "申请人",
            (("姓名", "@name"), ("性别", "@sex"), ("年龄", "@age"), ("联系电话", "phone"), ("所在地", "@place")),
        ),
        (
            "项目",
            (("行业", "trade"), ("项目名称", "project"), ("带动就业", "employees"), ("经营情况和资金用途", "plan")),
        ),
        ("贷款", (("申请金额（元）", "wanted"), ("期限（月）", "months"), ("担保人", "guarantor"))),
    ),
    signatures=("镇街妇联意见", "区妇联意见", "人社部门意见"),
)
NOTIFICATION = Letter(
    key="notification",
    title="推荐告知书",
    text=(
        "{@name}：",
        "您提出的创业担保贷款申请（编号{@number}），已于{@granted_on}列入推荐名单，由经办银行审查决定是否放款。",
        "妇联只作推荐，不收任何费用，也不决定贷款。向您索要手续费、密码、验证码的，都是诈骗。",
    ),
    after="approve",
)

PROGRAMME = Programme(
    key="startup_loan",
    name="创业担保贷款推荐",
    family="startup_loan",
    summary="想创业、缺资金的妇女，妇联初审后推荐给经办银行，政府按规定贴息。贷不贷由银行决定。",
    secret=False,
    number_prefix="DK",
    ask="所在镇街妇联，或拨打区妇联电话。",
    portal_steps=("填写申请", "镇街初审推荐", "区妇联和人社核验", "推荐给银行", "银行审查放款", "回访"),
    brand="caixiang",
    versions=(
        Version(
            key="loan-2023",
            label="创业担保贷款（2023年10月起）",
            effective_from=dt.date(2023, 10, 1),
            effective_to=None,
            basis="创业担保贷款财政贴息有关规定，以当年通知为准",
            sheet=SHEET,
            workflow=WORKFLOW,
            acts=ACTS,
            bindings=Bindings(
                name="name", id_number="id_number", phone="phone", place="place", category="trade",
                household=("place", "address"), title="project", amount="wanted",
            ),
            consent_version="loan-1",
            consents={"consent_apply": "APPLY", "consent_share": "SHARE"},
            gives=Gives.RECOMMENDATION,
            often=Often.YEAR,
            rules=recommendable,
            checks=(Check("labour", "区人力社保局", "是否符合创业担保贷款对象", ("name", "id_number", "trade", "project")),),
            parameters={"amount_limit": "300000", "months_limit": "36", "age_limit": "60"},
            layouts=(ROLL,),
            letters=(FORM, NOTIFICATION),
            tallies=(Tally("lent_money", "银行放款金额", "万元", "outcome", "approved_amount", 10_000),),
        ),
    ),
)  # fmt: skip
