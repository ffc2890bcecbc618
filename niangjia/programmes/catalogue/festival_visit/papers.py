"""The plan before, the sheet for one household, and 慰问名册 afterwards, in the columns towns hand in."""

from niangjia.programmes.definition import Column, Layout, Letter

LAYOUTS = (
    Layout(
        key="plan",
        title="走访慰问计划表",
        columns=(
            Column("序号", "@row", 6),
            Column("姓名", "name", 12),
            Column("镇街", "@town"),
            Column("村（社区）", "@village", 16),
            Column("类别", "@category", 16),
            Column("家庭人口", "people", 10),
            Column("主要困难", "reason", 30),
            Column("核实日期", "reason_on", 12),
            Column("计划慰问金（元）", "@nothing", 14),
            Column("计划物品", "@nothing", 20),
            Column("计划走访日期", "@nothing", 14),
            Column("走访人", "@nothing", 16),
        ),
        footers=("编制：　　　　　　审核：　　　　　　日期：",),
        after="review",
    ),
    Layout(
        key="roll",
        title="慰问名册",
        columns=(
            Column("序号", "@row", 6),
            Column("姓名", "name", 12),
            Column("性别", "@sex", 6),
            Column("年龄", "@age", 6),
            Column("镇街", "@town"),
            Column("村（社区）", "@village", 16),
            Column("类别", "@category", 16),
            Column("慰问金（元）", "visit.cash", 12),
            Column("慰问物品", "visit.goods", 24),
            Column("物品折价（元）", "visit.goods_value", 12),
            Column("签收人或见证人", "visit.witness"),
            Column("走访日期", "visit.visited_on", 12),
            Column("走访人", "visit.visitors", 20),
        ),
        footers=("经办：　　　　　　审核：　　　　　　日期：",),
    ),
)
VISIT_SHEET = Letter(
    key="sheet",
    title="走访慰问登记表",
    sections=(
        ("慰问对象", (("姓名", "@name"), ("编号", "@number"), ("所在地", "@place"), ("类别", "@category"), ("家庭人口", "people"))),
        (
            "走访",
            (("走访日期", "@nothing"), ("走访人", "@nothing"), ("慰问金（元）", "@nothing"), ("慰问物品", "@nothing"),
             ("物品折价（元）", "@nothing"), ("听到的需求", "@nothing")),
        ),
    ),
    signatures=("签收人（见证人）签名", "走访人签名"),
    after="approve",
)  # fmt: skip
