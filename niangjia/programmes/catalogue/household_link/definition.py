"""联系群众和结对帮扶: executive members and pairings with the households they stand by."""

import datetime as dt

from niangjia.programmes.catalogue.household_link.sheet import SHEET
from niangjia.programmes.catalogue.household_link.workflow import ACTS, WORKFLOW
from niangjia.programmes.definition import (
    Bindings,
    Column,
    Forward,
    Gives,
    Layout,
    Letter,
    Often,
    Programme,
    Subject,
    Version,
)

PROGRAMME = Programme(
    key="household_link",
    name="联系户和结对帮扶",
    family="household_link",
    summary="执委联系群众、结对帮扶困难家庭。",
    secret=False,
    number_prefix="LX",
    ask="所在村（社区）妇联主席。",
    brand="aizai",
    versions=(
        Version(
            key="link-1",
            label="联系户和结对帮扶",
            effective_from=dt.date(2011, 1, 1),
            effective_to=None,
            basis="妇联执委联系群众制度；巾帼助力脱贫攻坚结对帮扶",
            sheet=SHEET,
            workflow=WORKFLOW,
            acts=ACTS,
            bindings=Bindings(
                name="name", phone="phone", place="place", category="category", household=("place", "address")
            ),
            consent_version="link-1",
            consents={"consent_apply": "APPLY"},
            subject=Subject.FAMILY,
            gives=Gives.SERVICE,
            often=Often.ANY,
            forward=frozenset({Forward.OFFICER}),
            letters=(
                Letter(
                    key="link",
                    title="联系卡",
                    text=(
                        "{@name}家：",
                        "从{since}起，{linked_by}与您家结成联系（{@category}）。生活、就业、孩子、健康、维权方面有什么难处，可以直接找她，"
                        "也可以找村（社区）妇女之家。",
                        "她会不定期来看望，不要您签到、填表、拍照，也不收您任何东西。您不愿意继续的，随时告诉我们。",
                        "遇到危险请马上拨打110；妇女维权热线12338。",
                    ),
                ),
            ),
            layouts=(
                Layout(
                    key="roll",
                    title="联系户和结对帮扶台账",
                    columns=(
                        Column("序号", "@row", 6),
                        Column("户主", "name", 12),
                        Column("镇街", "@town"),
                        Column("村（社区）", "@village", 16),
                        Column("方式", "@category", 16),
                        Column("联系人", "linked_by", 12),
                        Column("开始日期", "since", 12),
                        Column("最近走访", "visit.visited_on", 12),
                        Column("状态", "@state", 12),
                    ),
                ),
            ),
        ),
    ),
)
