"""Family education in Excel: the matrix of duties out, the register of parents' schools in and out in one layout."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.outcome import Answer, Outcome
from niangjia.express.queries import place_finder
from niangjia.family_education import actions, queries
from niangjia.family_education.actions import SchoolRow
from niangjia.family_education.kinds import SchoolType
from niangjia.letters.kinds import CellError, Column, Row, SheetError, Table
from niangjia.letters.sheets import read_table, write_table
from niangjia.org import queries as org
from niangjia.reports.tables.roster import parse_day, parse_short
from niangjia.transfers.kinds import KINDS, Done, Kind, Work

IMPORT: Final = "family.schools"
AT_ONCE: Final = 200
_TYPES: Final = {kind.label: kind for kind in SchoolType}

REGISTER: Final = Table(
    "family_schools",
    "家长学校名册",
    (
        Column("name", "学校全称", parse_short(80), required=True, width=30, example="涪陵区实验小学", aliases=("学校", "学校名称")),
        Column("short_name", "简称", parse_short(40), width=18, example="区实验小学", note="留空与全称相同"),
        Column("type", "类型", required=True, width=14, example="小学", choices=tuple(_TYPES)),
        Column("place", "所在地", required=True, width=24, example="敦仁街道", note="写乡镇街道，或乡镇街道加村社区"),
        Column("head", "家长学校负责人", parse_short(40), width=16),
        Column("opened_on", "开办日期", parse_day, width=12, example="2020-09-01", note="写成 2020-09-01"),
        Column("model_on", "示范命名日期", parse_day, width=14, note="命名为示范家长学校的才填，写成 2026-05-15"),
    ),
)  # fmt: skip
_HEADERS: Final = {column.key: column.header for column in REGISTER.columns}


def declare() -> None:
    """Declare the import as a file that is worked off in the background when it is long. Called once, at start."""
    KINDS.register(
        IMPORT,
        Kind(
            key=IMPORT,
            label="导入家长学校名册",
            result="家长学校名册处理结果",
            verb=Verb.FAMILY_MANAGE,
            room="family:schools",
            at_once=AT_ONCE,
            work=_take,
            rows=lambda data: read_table(data, REGISTER).rows_at_most,
            tells=(SheetError,),
        ),
    )


def _finder(district: str) -> Callable[[str], str]:
    """Reads the one place of a row. It raises ValueError for the user."""
    find = place_finder(district)

    def one(text: str) -> str:
        places = find(text)
        if len(places) != 1:
            raise ValueError("请只写一个地方")
        return places[0]

    return one


def _take(work: Work) -> Done:
    """Read the register and take in what is sound; a row that is wrong changes nothing and is told so."""
    assert work.source is not None
    reading = read_table(work.source, REGISTER)
    find = _finder(codes.district_of(work.by.place))
    rows: list[Row] = []
    sound: list[SchoolRow] = []
    for row in reading:
        rows.append(row)
        try:
            place = find(str(row.values["place"] or ""))
        except ValueError as error:
            if row.values["place"]:
                row.errors.append(
                    CellError(row.number, "所在地", str(error), "请照“敦仁街道”或“敦仁街道 大东门社区”的样子写")
                )
            continue
        if not row.errors:
            sound.append(_row(row, place))
    told = actions.take_schools(rows=sound, by=work.by, report=work.report)
    counts: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    answered = []
    for row in rows:
        answer = told.get(row.number, Answer(Outcome.REFUSED))
        if answer.outcome is Outcome.REFUSED and not row.errors:
            message, _, remedy = answer.text.rstrip("。").partition("。")
            header = _HEADERS.get(answer.field, "学校全称")
            row.errors.append(CellError(row.number, header, message, remedy or "请改正后再导入"))
        counts[answer.outcome] += 1
        answered.append(row.answered(answer.outcome.value))
    write_table(work.out, REGISTER, answered, errors_column=True)
    lines = [str(error) for row in rows for error in row.errors]
    return Done(dict(counts), counts[Outcome.REFUSED], tuple(lines + reading.notices))


def _row(row: Row, place: str) -> SchoolRow:
    value = row.values
    opened, model = value["opened_on"], value["model_on"]
    name = str(value["name"])
    return SchoolRow(
        number=row.number, name=name, short_name=str(value["short_name"] or name)[:40], type=_TYPES[str(value["type"])],
        place=place, head=str(value["head"] or ""), opened_on=opened if isinstance(opened, dt.date) else None,
        model_on=model if isinstance(model, dt.date) else None,
    )  # fmt: skip


def write_register(out: BinaryIO, *, within: str, by: Acting) -> int:
    """Write the register of a place in the layout it is imported in; the trail says so."""
    lo, hi = codes.subtree(within)
    found = queries.schools().filter(place__gte=lo, place__lt=hi)
    rows = (
        (one.unit.name, one.unit.short_name, one.get_type_display(), org.place_name(one.place), one.head, one.opened_on, one.model_on)
        for one in found
    )  # fmt: skip
    count = write_table(out, REGISTER, rows)
    actions.note_export(rows=count, what="家长学校名册", year=clock.today().year, by=by)
    return count


MATRIX: Final = Table(
    "family_matrix",
    "家庭教育职责清单",
    (
        Column("unit", "单位", width=24),
        Column("kind", "类型", width=12),
        Column("place", "所在地", width=24),
        Column("duty", "职责", width=40),
        Column("article", "条款", width=22),
        Column("period", "周期", width=16),
        Column("needed", "应完成", width=8, numeric=True),
        Column("done", "已完成", width=8, numeric=True),
        Column("state", "情况", width=12),
        Column("note", "说明", width=30),
    ),
)


def write_board(out: BinaryIO, board: queries.Board, *, by: Acting) -> int:
    """Write a matrix as one row for each unit and duty, in the order of the units; returns how many rows."""
    count = write_table(out, MATRIX, _lines(board), title=f"家庭教育职责清单（{board.party.label}，{board.year}年）")
    actions.note_export(rows=count, what="家庭教育职责清单", year=board.year, by=by)
    return count


def _lines(board: queries.Board) -> Iterator[tuple[object, ...]]:
    for line in board.lines:
        for item in line.owed:
            yield (
                line.bearer.unit.short_name, line.bearer.kind, org.place_name(line.bearer.place), item.duty.what,
                item.duty.article, item.period.label, item.needed, item.done, item.label, item.exempt,
            )  # fmt: skip
