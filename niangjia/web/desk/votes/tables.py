"""The tables of the votes room: number segments in, paper codes and totals out."""

from __future__ import annotations

from niangjia.letters.kinds import Column, Table


def _prefix(text: str) -> str:
    if len(text) != 7 or not text.isascii() or not text.isdecimal() or text[0] != "1":
        raise ValueError("不是手机号的前7位")
    return text


SEGMENTS = Table(
    "number_segments",
    "号段表",
    (
        Column("prefix", "号段", _prefix, required=True, example="1380013", note="手机号的前7位"),
        Column("area", "归属地", required=True, example="重庆"),
        Column("local", "是否本地", lambda text: text == "是", required=True, choices=("是", "否")),
    ),
)
TOKENS = Table(
    "tokens",
    "投票码",
    (Column("code", "投票码", width=20), Column("poll", "投票", width=40), Column("until", "有效期至", width=20)),
)
TOTALS = Table(
    "totals",
    "票数",
    (
        Column("number", "编号", numeric=True),
        Column("label", "参选对象", width=30),
        Column("group", "类别"),
        Column("votes", "全部票数", numeric=True),
        Column("counted", "计入票数", numeric=True),
        Column("share", "占本类最高票", numeric=True),
        Column("points", "折算得分", numeric=True),
        Column("note", "备注"),
    ),
)
