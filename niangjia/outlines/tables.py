"""Sheets of outlines: a department's own indicators out and in, local targets in, settled values in. One layout each way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from niangjia.letters.csv_in import workbook_of
from niangjia.letters.kinds import CellError, Column, Row, Table
from niangjia.letters.sheets import read_table, write_table
from niangjia.outlines import rules
from niangjia.outlines.actions import Filled, KnownRow, TargetRow
from niangjia.outlines.kinds import Direction
from niangjia.outlines.models import Indicator, Observation, Outline, Target, Year
from niangjia.outlines.queries import Line, indicators_of
from niangjia.outlines.rules import Entry, RuleError

YES, NO = "是", "否"

OWN = Table(
    "indicators",
    "指标填报表",
    (
        Column("code", "代码", required=True, width=10, note="表里自带，不要改动"),
        Column("name", "指标", width=34),
        Column("unit", "单位", width=8),
        Column("year", "年度", required=True, width=8, note="表里自带，不要改动"),
        Column("numerator_name", "分子是", width=24),
        Column("numerator", "分子", width=14, note="只填数字，不带单位和百分号", aliases=("分子数",)),
        Column("denominator_name", "分母是", width=24),
        Column("denominator", "分母", width=14, note="只填数字，不带单位和百分号", aliases=("分母数",)),
        Column("value", "数值", width=12, note="不由分子分母计算的指标填这里；定性指标填“是”或“否”"),
        Column("stated", "比率", width=12, note="由系统按单位计算，可以不填；填了就核对"),
        Column("last", "上年", width=12),
        Column("note", "说明", width=34, note="变动较大、没有数据的请写原因"),
        Column("measures", "主要措施", width=34),
        Column("revision", "版次", width=8, note="表里自带，不要改动"),
    ),
)

TARGETS = Table(
    "targets",
    "地方目标值",
    (
        Column("code", "代码", required=True, width=12, note="指标代码，如 W21-01"),
        Column("place", "地区代码", required=True, width=16, note="12位区划代码；全国000000000000，重庆市500000000000"),
        Column("value", "目标值", width=12),
        Column("tolerance", "允许偏差", width=12, note="“保持在左右”的指标填写"),
        Column("baseline", "基期值", width=12),
        Column("baseline_year", "基期年", width=10),
        Column("from_year", "起用年", required=True, width=10, note="从哪一年起按这个目标评价"),
        Column("note", "依据", width=30, aliases=("文号",)),
    ),
)

KNOWN = Table(
    "known",
    "历年数据",
    (
        Column("code", "代码", required=True, width=12, note="指标代码，如 W21-01"),
        Column("place", "地区代码", required=True, width=16, note="12位区划代码；全国000000000000，重庆市500000000000"),
        Column("year", "年度", required=True, width=8),
        Column("value", "值", width=12, note="按指标的单位填写，不带单位和百分号", aliases=("数值", "指标值")),
        Column("numerator", "分子", width=12),
        Column("denominator", "分母", width=12),
        Column("source", "出处", required=True, width=40, note="报告名称或文号", aliases=("来源",)),
    ),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read: rows with their answers, and what the file as a whole has to say. ``problems`` are by row number."""

    table: Table
    rows: list[Row]
    notices: list[str]
    problems: dict[int, str]

    def answered(self, out: BinaryIO, good: str) -> None:
        """The file as it came with an answer in every row."""
        rows = ([*row.texts, self.problems.get(row.number, good)] for row in self.rows)
        write_table(out, self.table, rows, errors_column=True)


# --- a department's own ------------------------------------------------------------------------------------------------


def write_own(out: BinaryIO, year: Year, lines: Iterable[Line], *, title: str) -> int:
    """The indicators of a department with what it filled in so far; the file that comes back is read by ``read_own``."""
    return write_table(out, OWN, (_own_row(year, line) for line in lines), title=title)


def _own_row(year: Year, line: Line) -> tuple[object, ...]:
    indicator, value = line.indicator, line.value or line.final
    return (
        indicator.code, indicator.name, indicator.unit, str(year.year), indicator.numerator_name, _cell(value and value.numerator),
        indicator.denominator_name, _cell(value and value.denominator), _typed(indicator, value),
        _cell(value and value.value) if indicator.shape.is_rate else None,
        _cell(line.last and line.last.value), value.note if value else None, value.measures_taken if value else None,
        str(line.value.revision if line.value else 0),
    )  # fmt: skip


def _cell(number: object) -> str | None:
    return rules.short(number) if isinstance(number, Decimal) else None


def _typed(indicator: Indicator, value: Observation | None) -> str | None:
    if value is None or value.value is None or indicator.shape.is_rate:
        return None
    if indicator.direction == Direction.QUAL:
        return YES if value.value > 0 else NO
    return rules.short(value.value)


class _Cells:
    """The cells of one row, read one by one; what is wrong is collected with its column and remedy."""

    def __init__(self, row: Row, table: Table) -> None:
        self.row = row
        self.columns = {column.key: column for column in table.columns}
        self.errors = [str(error) for error in row.errors]

    def text(self, key: str) -> str:
        return str(self.row.values.get(key) or "").strip()

    def wrong(self, key: str, message: str, remedy: str) -> None:
        self.errors.append(str(CellError(self.row.number, self.columns[key].header, message, remedy)))

    def number(self, key: str) -> Decimal | None:
        try:
            return rules.parse_number(self.text(key), self.columns[key].header)
        except RuleError as error:
            self.wrong(key, str(error).rstrip("。"), "请改正后重新上传")
            return None

    def year(self, key: str, first: int, last: int) -> int:
        text = self.text(key).removesuffix("年")
        year = int(text) if text.isdecimal() and len(text) == 4 else 0
        if not first <= year <= last:
            self.wrong(key, f"应为{first}至{last}，现为“{self.text(key)[:12]}”", "请填写规划期内的年份")
            return first
        return year

    def whole(self, key: str) -> int:
        return int(self.text(key)) if self.text(key).isdecimal() else 0


def read_own(data: bytes, year: Year, lines: Sequence[Line]) -> tuple[list[Filled], Sheet]:
    """What a department's sheet says, with every problem by row. Raises SheetError for a file that is no such sheet."""
    by_code = {line.indicator.code: line for line in lines}
    reading = read_table(workbook_of(data), OWN)
    rows, filled, problems = list(reading), [], {}
    seen: dict[str, int] = {}
    for row in rows:
        cells = _Cells(row, OWN)
        code = cells.text("code")
        line = by_code.get(code)
        if code and line is None:
            cells.wrong(
                "code", f"“{code[:16]}”不是本部门负责的指标", "请删去这一行；确由本部门负责的，请联系妇儿工委办"
            )
        elif code in seen:
            cells.wrong("code", f"与第 {seen[code]} 行重复", "请只保留一行")
        seen.setdefault(code, row.number)
        told = cells.year("year", year.outline.start_year, year.outline.end_year) if cells.text("year") else year.year
        if told != year.year and not any("年度" in error for error in cells.errors):
            cells.wrong("year", f"是{told}年，本次收集的是{year.year}年", "请下载本年度的表填写")
        if line is not None:
            entry = _own_entry(cells, line.indicator)
            _check_own(cells, line, entry)
            if not cells.errors:
                given = Filled(
                    line.indicator.pk, cells.whole("revision"), entry, cells.text("note"), cells.text("measures")
                )
                filled.append(given)
        if cells.errors:
            problems[row.number] = " ".join(cells.errors)
    return filled, Sheet(OWN, rows, list(reading.notices), problems)


def _own_entry(cells: _Cells, indicator: Indicator) -> Entry:
    text = cells.text("value")
    if indicator.direction == Direction.QUAL:
        if text not in ("", YES, NO):
            cells.wrong("value", f"应填“是”或“否”，现为“{text[:12]}”", "请改正后重新上传")
        return Entry(value=None if text not in (YES, NO) else Decimal(int(text == YES)))
    if not indicator.shape.is_rate:
        for key in ("numerator", "denominator"):
            if cells.text(key):
                cells.wrong(key, "这个指标不由分子分母计算", "请清空这一格，把数填在“数值”列")
        return Entry(value=cells.number("value"))
    if text:
        cells.wrong("value", "这个指标由分子分母计算", "请清空这一格，填写分子和分母")
    return Entry(
        numerator=cells.number("numerator"), denominator=cells.number("denominator"), stated=cells.number("stated")
    )


def _check_own(cells: _Cells, line: Line, entry: Entry) -> None:
    if cells.errors:
        return
    last = None if line.last is None or line.last.value is None else rules.tidy(line.last.value)
    for doubt in rules.doubts(line.indicator.shape, entry, last):
        message, _, remedy = doubt.message.rstrip("。").partition("。")
        blocks = doubt.weight is rules.Weight.BLOCK
        if blocks or not cells.text("note"):
            usual = "请改正后重新上传" if blocks else "请核对，并在“说明”列写一句原因"
            cells.wrong(doubt.field if doubt.field in cells.columns else "note", message, remedy or usual)


# --- targets and settled values -----------------------------------------------------------------------------------------


def _place(cells: _Cells) -> str:
    text = cells.text("place").ljust(12, "0")
    if len(text) != 12 or not text[:6].isdecimal():
        cells.wrong(
            "place", f"“{cells.text('place')[:16]}”不是12位区划代码", "请对照区划代码表填写，单元格设为文本格式"
        )
    return text


def _read(data: bytes, table: Table, take: Callable[[_Cells], object]) -> tuple[list[object], Sheet]:
    reading = read_table(workbook_of(data), table)
    rows, taken, problems = list(reading), [], {}
    for row in rows:
        cells = _Cells(row, table)
        found = take(cells)
        if cells.errors:
            problems[row.number] = " ".join(cells.errors)
        else:
            taken.append(found)
    return taken, Sheet(table, rows, list(reading.notices), problems)


def read_targets(data: bytes, outline: Outline) -> tuple[list[TargetRow], Sheet]:
    """Local targets of a sheet. Raises SheetError for a file that is no such sheet."""

    def take(cells: _Cells) -> TargetRow:
        base = cells.text("baseline_year")
        return TargetRow(
            cells.row.number, cells.text("code"), _place(cells), cells.number("value"), cells.number("tolerance") or rules.ZERO,
            cells.number("baseline"), cells.year("baseline_year", 1990, outline.end_year) if base else None,
            cells.year("from_year", outline.start_year, outline.end_year), cells.text("note"),
        )  # fmt: skip

    return _read(data, TARGETS, take)  # type: ignore[return-value]


def read_known(data: bytes, outline: Outline) -> tuple[list[KnownRow], Sheet]:
    """Settled values of a sheet. Raises SheetError for a file that is no such sheet."""

    def take(cells: _Cells) -> KnownRow:
        entry = Entry(cells.number("value"), cells.number("numerator"), cells.number("denominator"))
        if entry.numerator is not None or entry.denominator is not None:
            entry = Entry(numerator=entry.numerator, denominator=entry.denominator, stated=entry.value)
        return KnownRow(
            cells.row.number, cells.text("code"), _place(cells), cells.year("year", outline.base_year, outline.end_year), entry,
            cells.text("source"),
        )  # fmt: skip

    return _read(data, KNOWN, take)  # type: ignore[return-value]


def target_rows(outline: Outline, place: str) -> Iterator[tuple[object, ...]]:
    """What stands, in the layout that is read: a start for one's own targets."""
    for indicator in indicators_of(outline).prefetch_related("targets"):
        own: list[Target | None] = [one for one in indicator.targets.all() if one.place == place]
        for target in own or [None]:
            yield (
                indicator.code, place, _cell(target and target.value), _cell((target and target.tolerance) or None),
                _cell(target and target.baseline), str(target.baseline_year) if target and target.baseline_year else None,
                str(target.valid_from if target else outline.start_year), target.note if target else indicator.name,
            )  # fmt: skip
