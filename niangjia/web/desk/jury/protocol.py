"""The protocol of a jury (评审记录)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import BinaryIO

from niangjia.jury import queries
from niangjia.jury.kinds import PanelState
from niangjia.jury.models import Juror, Panel
from niangjia.letters.kinds import Column, Table
from niangjia.letters.sheets import write_table


def words(line: queries.Result, jurors: Sequence[Juror]) -> str:
    """What is to be said of an entry's outcome: ties, outliers, who stood back and why, who changed her points."""
    far = "、".join(f"{one.name}{line.scores[one.pk]:g}分" for one in jurors if one.pk in line.outlying)
    back = "、".join(f"{one.juror.name}（{one.reason}）" for one in line.recused)
    changed = "、".join(f"{one.juror.name}{len(one.earlier)}次" for one in line.changed)
    said = (
        line.why, f"偏离较大：{far}" if far else "", f"回避：{back}" if back else "", f"改过分：{changed}" if changed else "",
    )  # fmt: skip
    return "；".join(text for text in said if text)


def write(out: BinaryIO, panel: Panel, votes: Mapping[str, Decimal]) -> None:
    """Each juror's points, the totals and the order of a closed panel; who left is marked."""
    jurors = list(panel.jurors.all())
    decided = panel.state == PanelState.DECIDED
    table = Table(
        "jury",
        "评审记录",
        (
            Column("rank", "名次", width=8, numeric=True),
            Column("label", "评审对象", width=30),
            Column("group", "类别", width=14),
            *(
                Column(
                    f"j{one.pk}",
                    f"评委{index} {one.name}" + ("（退出）" if one.left_at else ""),
                    width=14,
                    numeric=True,
                )
                for index, one in enumerate(jurors, start=1)
            ),
            Column("count", "评分人数", width=10, numeric=True),
            Column("jury", "评委分", width=10, numeric=True),
            Column("vote", "网络投票得票比", width=12, numeric=True),
            Column("final", "总分（百分）", width=12, numeric=True),
            Column("why", "说明", width=50),
            Column("chosen", "评定", width=10),
        ),
    )
    write_table(
        out,
        table,
        (
            [
                line.rank, line.entry.label, line.entry.group, *(line.scores.get(one.pk) for one in jurors),
                len(line.scores), line.jury, line.vote, line.final, words(line, jurors),
                ("入选" if line.entry.chosen else "未入选") if decided else "待评定",
            ]
            for line in queries.ranking(panel, votes)
        ),
    )  # fmt: skip
