"""What is printed for handing over: the list to sign on, a receipt for one parcel, and the reply card that comes back."""

from niangjia.programmes.definition import Column, Layout, Letter

HAND_OVER = Layout(
    key="hand_over",
    title="母亲邮包发放签收表",
    columns=(
        Column("序号", "@row", 6),
        Column("姓名", "name", 12),
        Column("镇街", "@town"),
        Column("村（社区）", "@village", 16),
        Column("受助理由", "@category", 22),
        Column("邮单号", "@nothing", 18),
        Column("领取日期", "@nothing", 12),
        Column("领取人签名", "@nothing", 16),
        Column("发放人签名", "@nothing", 16),
    ),
    footers=("代领的，代领人签名并注明与本人的关系。未发成的写明原因，邮包留存改发。",),
    after="grant",
)
RECEIPT = Letter(
    key="receipt",
    title="母亲邮包签收单",
    sections=(
        ("受助母亲", (("姓名", "@name"), ("编号", "@number"), ("所在地", "@place"), ("受助理由", "@category"))),
        (
            "邮包",
            (("批次", "@round"), ("邮单号", "@nothing"), ("领取日期", "@nothing"), ("外包装是否完好", "@nothing")),
        ),
    ),
    signatures=("受助母亲（代领人）签名", "发放人签名"),
    after="grant",
)
REPLY_CARD = Letter(
    key="reply_card",
    title="母亲邮包回音卡",
    sections=(
        (
            "收到邮包的母亲",
            (("姓名", "@name"), ("编号", "@number"), ("所在地", "@place"), ("签收日期", "deliver.delivered_on")),
        ),
        ("请您填写", (("包内物品是否齐全", "@nothing"), ("用得上的物品", "@nothing"), ("想说的话", "@nothing"))),
    ),
    signatures=("本人签名（不会写字的按手印，由代写人签名）",),
    after="deliver",
)
