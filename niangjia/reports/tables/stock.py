"""The ledger of goods out, and the list of what each unit gets in and out in one layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.letters.kinds import Column, Row, Table
from niangjia.letters.sheets import read_table, write_table
from niangjia.org.models import Unit
from niangjia.stock import queries
from niangjia.stock.models import Batch, Move
from niangjia.stock.queries import MoveFilter
from niangjia.stock.rules import Flow

LEDGER = Table(
    "stock_ledger",
    "物资出入库台账",
    (
        Column("on", "日期", width=12),
        Column("batch", "批次", width=26),
        Column("kind", "物资", width=22),
        Column("unit", "单位", width=22),
        Column("act", "类型", width=10),
        Column("delta", "增减", width=8, numeric=True),
        Column("value", "价值（元）", width=12, numeric=True),
        Column("other", "对方单位", width=22),
        Column("about", "发放对象", width=16),
        Column("receiver", "签收人", width=12),
        Column("note", "说明", width=30),
        Column("by", "经办", width=24),
        Column("corrects", "冲正", width=6),
    ),
)


def _line(move: Move) -> tuple[object, ...]:
    given = move.hand_out
    return (
        move.on, move.batch.title, move.batch.kind.name, move.unit.short_name, move.get_act_display(), move.delta,
        move.delta * move.batch.unit_value, move.other.short_name if move.other else None,
        given.subject if given else None, given.receiver if given else None, move.note, move.by,
        "是" if move.corrects_id else None,
    )  # fmt: skip


def write_ledger(out: BinaryIO, wanted: MoveFilter, *, why: str, by: Acting) -> int:
    """The lines of the ledger within the reader's range, the newest first; the trail keeps that and why."""
    by.require(Verb.STOCK_READ)
    count = write_table(out, LEDGER, map(_line, wanted.select(by.place).iterator(2_000)))
    record(
        by=by, stream="export:stock", verb="stock.export", subject="stock", place=by.place,
        summary={"count": count, "why": why},
    )  # fmt: skip
    return count


def _count(text: str) -> int:
    written = text.replace(",", "").removesuffix(".0")
    if not (written.isascii() and written.isdecimal() and len(written) <= 7):
        raise ValueError("应为0或正整数")
    return int(written)


ALLOCATION = Table(
    "stock_allocation",
    "物资下拨表",
    (
        Column("unit", "单位", required=True, width=26, note="表中自带的下级单位名称，不要改动"),
        Column("got", "已下拨", width=10, numeric=True, note="只供参考，导入时不读"),
        Column("left", "现存", width=10, numeric=True, note="只供参考，导入时不读"),
        Column(
            "count",
            "本次下拨",
            _count,
            width=12,
            numeric=True,
            aliases=("件数", "数量"),
            note="填0或正整数，空着不下拨",
        ),
        Column("note", "备注", width=24),
    ),
)


def write_allocation(
    out: BinaryIO, batch: Batch, units: Sequence[Unit], got: Mapping[int, int], flows: Mapping[int, Flow]
) -> int:
    """The list to fill in: every unit below with what it got so far and has left. Figures only, no person."""
    rows: Iterator[tuple[object, ...]] = (
        (unit.name, got.get(unit.pk, 0), flows[unit.pk].left if unit.pk in flows else 0, None, None) for unit in units
    )
    return write_table(out, ALLOCATION, rows, title=f"物资下拨表 {batch.title}")


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """A row of the list that came in: the unit and number it says, or what is wrong; ``row`` writes it back out."""

    row: Row
    unit: Unit | None
    count: int
    problem: str


def read_allocation(data: bytes, units: Sequence[Unit]) -> list[AllocationLine]:
    """Every row with its answer. Raises SheetError for a file that is no such list."""
    names = {name: unit for unit in units for name in (unit.name, unit.short_name)}
    seen: dict[int, int] = {}
    lines: list[AllocationLine] = []
    for row in read_table(data, ALLOCATION):
        unit = names.get(str(row.values["unit"] or ""))
        problem = " ".join(map(str, row.errors))
        if not problem and unit is None:
            problem = f"第{row.number}行“单位”：没有叫“{row.values['unit']}”的下级单位，请按表中自带的名称填写。"
        elif unit is not None and unit.pk in seen:
            problem = f"第{row.number}行“单位”：“{unit.short_name}”在第{seen[unit.pk]}行已填过，请只留一行。"
        if unit is not None:
            seen.setdefault(unit.pk, row.number)
        count = row.values["count"]
        lines.append(AllocationLine(row, unit, count if isinstance(count, int) else 0, problem))
    return lines


def write_answers(out: BinaryIO, lines: Sequence[AllocationLine], *, done: bool) -> int:
    """The list as it came, with an answer at every row."""

    def answer(line: AllocationLine) -> str:
        if line.problem:
            return line.problem
        if not line.count:
            return "未填件数，没有下拨"
        return f"已下拨{line.count}" if done else f"可下拨{line.count}，等整张表改好后一起下拨"

    rows = ([*line.row.texts, answer(line)] for line in lines)
    return write_table(out, ALLOCATION, rows, title="物资下拨表 处理结果", errors_column=True)


def allocation_of(batch: Batch) -> tuple[dict[int, int], dict[int, Flow]]:
    """What each unit got of a batch, and how it stands there."""
    return queries.allocated_to(batch), queries.flows_by_unit(batch)
