"""妇字号基地: women's bases, recognised and reviewed each year."""

import datetime as dt

from niangjia.programmes.catalogue.womens_base.sheet import SHEET
from niangjia.programmes.catalogue.womens_base.workflow import ACTS, WORKFLOW
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
    Tally,
    Version,
)

PROGRAMME = Programme(
    key="womens_base",
    name="妇字号基地",
    family="womens_base",
    summary="妇女领办、带动妇女就业的种植、养殖、加工、家政、手工、旅游和电商基地。",
    secret=False,
    number_prefix="JD",
    ask="所在村（社区）妇联主席，或区妇联妇女发展部。",
    portal_steps=("填写申报", "村（社区）核实", "镇街审核", "区妇联认定", "年度复核"),
    brand="caixiang",
    versions=(
        Version(
            key="base-1",
            label="妇字号基地认定",
            effective_from=dt.date(2011, 1, 1),
            effective_to=None,
            basis="巾帼脱贫行动、乡村振兴巾帼行动关于基地建设的要求",
            sheet=SHEET,
            workflow=WORKFLOW,
            acts=ACTS,
            bindings=Bindings(
                name="name", phone="phone", place="place", category="type", publish_consent="consent_publish"
            ),
            consent_version="base-1",
            consents={"consent_publish": "PUBLISH"},
            subject=Subject.GROUP,
            gives=Gives.RECOMMENDATION,
            often=Often.ANY,
            forward=frozenset({Forward.SELF, Forward.OFFICER}),
            letters=(
                Letter(
                    key="plaque",
                    title="妇字号基地授牌推荐表",
                    sections=(
                        (
                            "基地",
                            (("基地名称", "name"), ("编号", "@number"), ("所在地", "@place"), ("类型", "@category"),
                             ("负责人", "head"), ("成立日期", "founded_on")),
                        ),
                        (
                            "带动情况",
                            (("从业妇女", "women"), ("带动困难妇女", "led"), ("年培训妇女", "trained"), ("年销售额（元）", "sales"),
                             ("主要做法", "story")),
                        ),
                    ),
                    signatures=("村（社区）意见", "镇街妇联推荐意见", "区妇联认定意见"),
                ),
                Letter(
                    key="notice",
                    title="妇字号基地授牌通知",
                    text=(
                        "{name}：",
                        "经村（社区）核实、镇街妇联推荐、区妇联审定，你单位于{@granted_on}被认定为妇字号基地（编号{@number}）。",
                        "请到镇街妇联领取牌匾，挂在醒目处。基地每年复核一次，用工、带动人数以台账为准；情况有变化的，"
                        "请及时告诉镇街妇联。认定不收任何费用，牌匾不得转让、出借。",
                    ),
                    after="approve",
                ),
            ),
            tallies=(
                Tally("reviewed", "复核次数", "次", "review_year"),
                Tally("led", "带动困难妇女（复核数合计）", "人次", "review_year", "led"),
            ),
            layouts=(
                Layout(
                    key="roll",
                    title="妇字号基地台账",
                    columns=(
                        Column("序号", "@row", 6),
                        Column("基地名称", "name", 24),
                        Column("镇街", "@town"),
                        Column("村（社区）", "@village", 16),
                        Column("类型", "@category"),
                        Column("负责人", "head", 12),
                        Column("从业妇女", "women", 10),
                        Column("带动困难妇女", "led", 12),
                        Column("年销售额（元）", "sales", 14),
                        Column("认定日期", "@granted_on", 12),
                        Column("最近复核", "review_year.reviewed_on", 12),
                        Column("状态", "@state", 18),
                    ),
                ),
            ),
        ),
    ),
)  # fmt: skip
