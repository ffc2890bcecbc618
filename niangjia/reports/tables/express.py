"""母亲健康快车 in Excel: the log of trips in and out in one layout, and the yearly form of the upper level."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, Final

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import codes
from niangjia.core.outcome import Answer, Outcome
from niangjia.express import actions, queries
from niangjia.express.actions import Logged
from niangjia.express.kinds import RESCUED, SERVICES, SESSIONS, Purpose
from niangjia.express.models import Trip
from niangjia.express.rules import Entry
from niangjia.letters.kinds import CellError, Column, Row, SheetError, Table
from niangjia.letters.sheets import read_table, write_table
from niangjia.reports.tables.roster import parse_day, parse_short
from niangjia.transfers.kinds import KINDS, Done, Kind, Work

IMPORT: Final = "express.in"
AT_ONCE: Final = 200  # rows; each is an act of its own with its line in the trail
_PURPOSES: Final = {purpose.label: purpose for purpose in Purpose}


def parse_count(text: str) -> int:
    """A whole number, with or without its unit: 32, 32人次. Raises ValueError for the user."""
    found = re.fullmatch(r"(\d{1,6})(?:\.0+)?\s*(?:人次?|份|场|次|趟)?", text)
    if found is None:
        raise ValueError(f"“{text[:20]}”不是数量")
    return int(found[1])


def parse_km(text: str) -> Decimal:
    """Kilometres: 86, 86.5, 86公里. Raises ValueError for the user."""
    try:
        number = Decimal(re.sub(r"(?:公里|km|KM)$", "", text).strip())
    except InvalidOperation:
        raise ValueError(f"“{text[:20]}”不是公里数") from None
    return number.quantize(Decimal("0.1"))


_COUNTED: Final = (*SESSIONS, *SERVICES, RESCUED)
LOG: Final = Table(
    "express_log",
    "母亲健康快车出车记录",
    (
        Column("plate", "车牌号", required=True, width=12, example="渝G12345", aliases=("车牌", "车辆")),
        Column("left_on", "出车日期", parse_day, required=True, width=12, example="2026-03-05", note="写成 2026-03-05", aliases=("日期",)),
        Column("turn", "当天第几趟", parse_count, width=10, example="1", note="一天多趟的填 1、2、3；留空为 1"),
        Column("purpose", "用途", required=True, width=12, example="义诊体检", choices=tuple(_PURPOSES)),
        Column("places", "到达地点", required=True, width=28, example="龙潭镇", note="写乡镇街道，或乡镇街道加村社区，多个用、隔开", aliases=("地点",)),
        Column("km", "里程（公里）", parse_km, required=True, width=10, numeric=True, example="86", aliases=("里程", "公里数")),
        Column("staff", "出车人员", parse_short(80), width=18, example="驾驶员1人，医护3人"),
        *(Column(one.column, f"{one.label}（{one.unit}）", parse_count, width=14, numeric=True, aliases=(one.label,)) for one in _COUNTED),
        Column("materials", "药品物资", parse_short(120), width=24, aliases=("发放物资",)),
        Column("note", "备注", parse_short(200), width=24),
    ),
)  # fmt: skip
_HEADERS: Final = {column.key: column.header for column in LOG.columns} | {"counts": "备注"}


def declare() -> None:
    """Declare the import as a file that is worked off in the background when it is long. Called once, at start."""
    KINDS.register(
        IMPORT,
        Kind(
            key=IMPORT,
            label="导入出车记录",
            result="出车记录处理结果",
            verb=Verb.EXPRESS_RECORD,
            room="express:index",
            at_once=AT_ONCE,
            work=_take,
            rows=lambda data: read_table(data, LOG).rows_at_most,
            tells=(SheetError,),
        ),
    )


def _take(work: Work) -> Done:
    """Read a log and take in what is sound; a row that is wrong changes nothing and is told so."""
    assert work.source is not None
    reading = read_table(work.source, LOG)
    find = queries.place_finder(codes.district_of(work.by.place))
    rows: list[Row] = []
    logged: list[Logged] = []
    for row in reading:
        rows.append(row)
        try:
            places = find(str(row.values["places"] or ""))
        except ValueError as error:
            row.errors.append(
                CellError(row.number, "到达地点", str(error), "请照“龙潭镇”或“敦仁街道 大东门社区”的样子写")
            )
            continue
        if not row.errors:
            logged.append(Logged(row.number, str(row.values["plate"]), _entry(row, places)))
    told = actions.take_log(rows=logged, by=work.by, report=work.report)
    counts: Counter[str] = Counter({outcome.value: 0 for outcome in Outcome})
    answered = []
    for row in rows:
        answer = told.get(row.number, Answer(Outcome.REFUSED))
        if answer.outcome is Outcome.REFUSED and not row.errors:
            row.errors.append(_error(row.number, answer))
        counts[answer.outcome] += 1
        answered.append(row.answered(answer.outcome.value))
    write_table(work.out, LOG, answered, errors_column=True)
    lines = [str(error) for row in rows for error in row.errors]
    return Done(dict(counts), counts[Outcome.REFUSED], tuple(lines + reading.notices))


def _error(number: int, answer: Answer) -> CellError:
    """The action's sentence names what is wrong and, after the first stop, the remedy."""
    message, _, remedy = answer.text.rstrip("。").partition("。")
    return CellError(number, _HEADERS.get(answer.field, "出车日期"), message, remedy or "请改正后再导入")


def _entry(row: Row, places: tuple[str, ...]) -> Entry:
    value = row.values
    day, km, turn = value["left_on"], value["km"], value["turn"]
    assert isinstance(day, dt.date)
    assert isinstance(km, Decimal)
    counts = {one.column: count for one in _COUNTED if isinstance(count := value[one.column], int)}
    return Entry(
        left_on=day,
        purpose=_PURPOSES[str(value["purpose"])],
        places=places,
        km=km,
        staff=str(value["staff"] or ""),
        counts=counts,
        materials=str(value["materials"] or ""),
        note=str(value["note"] or ""),
        turn=turn if isinstance(turn, int) and turn else 1,
    )


def write_log(out: BinaryIO, *, year: int, by: Acting) -> int:
    """Write the log of a year in the layout it is imported in; returns how many trips. The trail says so."""
    count = write_table(out, LOG, _lines(year), title=f"母亲健康快车出车记录（{year} 年）")
    actions.note_export(rows=count, year=year, what="出车记录", by=by)
    return count


def _lines(year: int) -> Iterator[list[object]]:
    found = (
        queries.trips()
        .filter(queries.year(year))
        .select_related("vehicle")
        .order_by("vehicle__plate", "left_on", "turn")
    )
    for trip in found:
        yield [_cell(trip, column.key) for column in LOG.columns]


def _cell(trip: Trip, key: str) -> object:
    match key:
        case "plate":
            return trip.vehicle.plate
        case "left_on":
            return trip.left_on.isoformat()
        case "purpose":
            return trip.get_purpose_display()
        case "places":
            return queries.names_of(trip)
        case "turn":
            return str(trip.turn)
        case _:
            return getattr(trip, key)


# The form counties return each year (as 吉林's of 2019: domain notes 2e): a line a vehicle, the sum below.
YEAR: Final = Table(
    "express_year",
    "母亲健康快车年度运行情况统计表",
    (
        Column("unit", "使用单位", width=20),
        Column("plate", "车牌号", width=12),
        *(Column(figure.key, figure.heading, width=12, numeric=True) for figure in queries.FORM),
        Column("cost", "运行费用（元）", width=14, numeric=True),
    ),
)


def write_year(out: BinaryIO, *, year: int, by: Acting) -> int:
    """Write the yearly form of the vehicles the reader sees; returns how many."""
    lines = queries.year_form(year)
    rows: list[list[object]] = [
        [
            line.vehicle.holder.name,
            line.vehicle.plate,
            *(line.figures[figure.key] for figure in queries.FORM),
            line.cost,
        ]
        for line in lines
    ]
    whole = [sum(line.figures[figure.key] for line in lines) for figure in queries.FORM]
    rows.append(["合计", f"{len(lines)} 辆", *whole, sum((line.cost for line in lines), Decimal(0))])
    write_table(out, YEAR, rows, title=f"“母亲健康快车”项目年度运行情况统计表（{year} 年度）")
    actions.note_export(rows=len(lines), year=year, what="年度统计表", by=by)
    return len(lines)
