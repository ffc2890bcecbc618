"""母亲邮包: parcels of the foundation for mothers in hardship, one a family and year."""

import datetime as dt

from niangjia.core.codes import Level
from niangjia.programmes.catalogue.mothers_parcel.papers import HAND_OVER, RECEIPT, REPLY_CARD
from niangjia.programmes.catalogue.mothers_parcel.sheet import SHEET
from niangjia.programmes.catalogue.mothers_parcel.workflow import ACTS, WORKFLOW
from niangjia.programmes.definition import (
    Bindings,
    Column,
    Forward,
    Gives,
    Layout,
    NoticePlan,
    Often,
    Programme,
    Show,
    Tally,
    Version,
)

PROGRAMME = Programme(
    key="mothers_parcel",
    name="母亲邮包",
    family="mothers_parcel",
    summary="中国妇女发展基金会的母亲邮包，送给困难母亲，一户一年一份。",
    secret=False,
    number_prefix="YB",
    ask="所在村（社区）妇联主席。",
    brand="aizai",
    versions=(
        Version(
            key="parcel-1",
            label="母亲邮包",
            effective_from=dt.date(2012, 5, 22),
            effective_to=None,
            basis="中国妇女发展基金会母亲邮包项目（2012年5月22日启动）",
            sheet=SHEET,
            workflow=WORKFLOW,
            acts=ACTS,
            bindings=Bindings(
                name="name", id_number="id_number", phone="phone", place="place", category="category",
                publish_consent="consent_publish", household=("place", "address"),
            ),
            consent_version="parcel-1",
            consents={"consent_apply": "APPLY", "consent_publish": "PUBLISH"},
            gives=Gives.GOODS,
            often=Often.YEAR,  # unconfirmed: one a family and year
            per_household=True,
            forward=frozenset({Forward.OFFICER}),
            notice=NoticePlan(
                shows=(Show.NAME, Show.CATEGORY), scope=Level.VILLAGE, days=5, title="母亲邮包受助名单公示",
                body="经本村（社区）推荐、镇街审核、区妇联审定，下列母亲拟领取母亲邮包，现予公示。如有异议，请在公示期内反映。",
            ),
            letters=(RECEIPT, REPLY_CARD),
            tallies=(Tally("replies", "回音卡", "张", "reply"),),
            layouts=(
                Layout(
                    key="roll",
                    title="母亲邮包发放名册",
                    columns=(
                        Column("序号", "@row", 6),
                        Column("姓名", "name", 12),
                        Column("镇街", "@town"),
                        Column("村（社区）", "@village", 16),
                        Column("受助理由", "@category", 22),
                        Column("推荐人", "proposed_by", 12),
                        Column("发放日期", "deliver.delivered_on", 12),
                        Column("发放人", "deliver.handed_by", 12),
                        Column("签收人", "deliver.receiver", 12),
                        Column("邮单号", "deliver.postal", 18),
                        Column("回音卡", "reply.replied_on", 12),
                    ),
                    footers=("经办：　　　　　　审核：　　　　　　日期：",),
                ),
                HAND_OVER,
            ),
        ),
    ),
)  # fmt: skip
