"""慰问名册, in the columns towns hand in."""

from niangjia.programmes.definition import Column, Layout

LAYOUTS = (
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
