"""Excel in: the file is judged first, then the header row is found, then rows come one by one with their errors."""

from __future__ import annotations

import datetime
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

import python_calamine

from niangjia.core.archives import ZIP_MAGIC, ArchiveError, inflate, office_97_kind, open_archive
from niangjia.letters.kinds import ANSWER_HEADER, CHOICES_SHEET, GUIDE_SHEET, CellError, Column, Row, SheetError, Table
from niangjia.letters.look import Look, column_letters, look_at, parts_of

IGNORED_HEADERS = frozenset({ANSWER_HEADER, "序号"})
HEADER_WITHIN = 30  # the header row is looked for in so many first rows
GRID_CELLS = 6_000_000  # rows x columns the reader may hold: about 200 MB
MERGED_ROWS = 1_000_000  # rows of all merged ranges together
DESTROYED_FROM = 1e15  # Excel keeps 15 digits of a number: of a longer one the last digits are lost
SAVE_AS = "请用 Excel 或 WPS 打开原文件，另存为“Excel 工作簿（*.xlsx）”后重新上传"

Cell = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Bounds of one import: bytes of the file, rows under the header."""

    size: int = 30 << 20
    rows: int = 200_000


@dataclass(frozen=True, slots=True)
class _Header:
    """A header row: its number in Excel, the 0-based place of each known column, and the headers nobody knows."""

    row: int
    places: dict[str, int]
    unknown: list[str]
    twice: list[str]

    def misses(self, table: Table) -> list[str]:
        return [column.header for column in table.columns if column.required and column.key not in self.places]


class Reading:
    """A table found in a workbook; iterate it for its rows, as often as needed.

    `sheet` is the worksheet's name, `header_row` its number in Excel, `rows_at_most` how many rows stand below it,
    `notices` what the sender should know although it is no error: columns and sheets left out, hidden rows that were
    read, formulas read as their results.
    """

    def __init__(
        self,
        table: Table,
        grid: python_calamine.CalamineSheet,
        header: _Header,
        marked: dict[tuple[int, int], str],
        notices: list[str],
    ) -> None:
        self.table = table
        self.sheet = grid.name
        self.header_row = header.row
        self.notices = notices
        self.rows_at_most = _last_row(grid) - header.row
        self._grid = grid
        self._places = header.places
        by_place = {header.places[column.key] + 1: column for column in table.columns if column.key in header.places}
        self._after, self._known = _merged(grid, header.row, by_place)
        for (row, place), value in marked.items():
            if place in by_place:
                self._known.setdefault(row, []).append(_marked_error(row, by_place[place], value))

    def __iter__(self) -> Iterator[Row]:
        columns = self.table.columns
        keys = [column.key for column in columns]
        shift = self._grid.start[1] if self._grid.start else 0
        places = [self._places[key] - shift if key in self._places else -1 for key in keys]
        pick = itemgetter(*places) if len(places) > 1 else lambda cells: (cells[places[0]],)
        checked = [(at, column) for at, column in enumerate(columns) if column.parse or column.choices]
        required = [(at, column) for at, column in enumerate(columns) if column.required]
        for number, cells in enumerate(self._grid.iter_rows(), 1):
            if number <= self._after:
                continue
            cells.append("")  # what an absent column holds, at place -1
            found = [cell if type(cell) is str else text_of(cell) for cell in pick(cells)]
            lost: list[int] = []
            if _UNUSUAL("\0".join(found)):
                found = [clean(text) for text in found]
                lost = [at for at, text in enumerate(found) if is_destroyed(text)]
            known = self._known.get(number, ())
            gaps = "" in found
            if gaps and not known and not any(found):
                continue
            texts: list[str | None] = [text or None for text in found] if gaps else [*found]
            values: dict[str, object] = dict(zip(keys, texts, strict=True))
            errors = [*known]
            for at in lost:
                values[keys[at]] = None
                errors.append(_destroyed_error(number, columns[at], found[at]))
            for at, column in checked:
                if (text := found[at]) and at not in lost:
                    values[column.key] = _parsed(number, column, text, errors)
            if gaps:
                for at, column in required:
                    if not found[at] and all(error.column != column.header for error in known):
                        errors.append(CellError(number, column.header, "没有填写", "请补填后重新上传"))
            yield Row(number, values, texts, errors)


def read_table(source: bytes | Path, table: Table, limits: ReadLimits = ReadLimits()) -> Reading:
    """Find `table` in an .xlsx file.

    Raises SheetError, in Chinese with a remedy, for a file that is not an unlocked, sound .xlsx within `limits`, or
    whose headers do not fit the table. What is wrong in a row is told by the row.
    """
    _refuse_wrong_type(source, limits)
    try:
        looks, hidden = _look_through(source)
        book = python_calamine.load_workbook(io.BytesIO(source) if isinstance(source, bytes) else source)
        return _find(book, looks, hidden, table, limits)
    except ArchiveError as error:
        raise SheetError(str(error), error.remedy) from error
    except python_calamine.CalamineError as error:
        raise SheetError("文件已损坏，读不出表格", SAVE_AS) from error


# ---------------------------------------------------------------- the file


def _refuse_wrong_type(source: bytes | Path, limits: ReadLimits) -> None:
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if not size:
        raise SheetError("文件是空的", "请检查所选的文件后重新上传")
    if size > limits.size:
        raise SheetError(f"文件超过 {limits.size >> 20} MB", "请删除图片等多余内容，或拆成几个文件分别上传")
    data = source if isinstance(source, bytes) else source.read_bytes()
    if data.startswith(ZIP_MAGIC):
        return
    match office_97_kind(data):
        case "encrypted":
            raise SheetError("文件已加密", "请在 Excel 或 WPS 中去掉打开密码，保存后重新上传")
        case "xls":
            raise SheetError("这是旧版 Excel 文件（.xls）", SAVE_AS)
        case None:
            raise SheetError(_text_kind(data), SAVE_AS)
        case _:
            raise SheetError("这不是 Excel 文件", SAVE_AS)


def _text_kind(data: bytes) -> str:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head and head.startswith(b"<?xml"):
        return "这是 XML 格式的表格，不是 .xlsx"
    if head.startswith((b"<", b"mime-version")):
        return "这是网页格式的表格（从网页系统导出的文件，只是改了扩展名），不是 .xlsx"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "这是文本或 CSV 文件，不是 .xlsx"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            data.decode("gb18030")
        except UnicodeDecodeError:
            return "这不是 Excel 工作簿（.xlsx），或文件已损坏"
    return "这不是 Excel 工作簿（.xlsx），或文件已损坏" if b"\0" in data else "这是文本或 CSV 文件，不是 .xlsx"


def _look_through(source: bytes | Path) -> tuple[dict[str, Look], list[str]]:
    """What every visible worksheet looks like, and the names of the hidden ones."""
    with open_archive(source) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names:
            raise SheetError(_package_kind(names), SAVE_AS)
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise SheetError("文件里含有宏", SAVE_AS)
        parts = parts_of(archive)
        looks: dict[str, Look] = {}
        for part in parts:
            look = look_at(inflate(archive, archive.getinfo(part.member)))
            if part.hidden:
                continue
            if look.last_row > HEADER_WITHIN and look.last_row * look.last_column > GRID_CELLS:
                far = f"{column_letters(look.last_column)}{look.last_row}"
                raise SheetError(f"工作表「{part.name}」范围过大，一直到 {far}", "请删除表格以外多余的行和列后重新上传")
            looks[part.name] = look
        for info in archive.infolist():  # the rest of what the reader will unpack must tell the truth about its size
            if info.filename.endswith((".xml", ".rels")) and all(info.filename != part.member for part in parts):
                for _ in inflate(archive, info):
                    pass
        return looks, [part.name for part in parts if part.hidden]


def _package_kind(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "这是二进制工作簿（.xlsb）"
    if any(name.startswith("word/") for name in names):
        return "这是 Word 文件"
    if any(name.startswith("ppt/") for name in names):
        return "这是 PPT 文件"
    return "这是 .ods 表格" if "content.xml" in names else "这是压缩包，不是 Excel 工作簿"


# ---------------------------------------------------------------- the header


def _find(
    book: python_calamine.CalamineWorkbook, looks: dict[str, Look], hidden: list[str], table: Table, limits: ReadLimits
) -> Reading:
    found: list[tuple[python_calamine.CalamineSheet, _Header]] = []
    others: list[str] = []
    for name in looks:
        grid = book.get_sheet_by_name(name)
        header = None if name in (GUIDE_SHEET, CHOICES_SHEET) else find_header(grid.iter_rows(), grid.start, table)
        if header is None:
            others.append(name)
        else:
            found.append((grid, header))
    fitting = [(grid, header) for grid, header in found if not header.misses(table)]
    if len(fitting) > 1:
        names = "、".join(f"「{grid.name}」" for grid, _ in fitting)
        raise SheetError(
            f"有 {len(fitting)} 张工作表都有本表的表头：{names}", "请合并到一张工作表，或只保留要导入的一张"
        )
    if not found:
        raise SheetError(f"没有找到表头。应有的列：{_headers(table)}", "请使用下载的模板，表头一行不要改动或删除")
    grid, header = fitting[0] if fitting else max(found, key=lambda pair: len(pair[1].places))
    if header.twice:
        raise SheetError(f"表头重复：{_quoted(header.twice)}（第 {header.row} 行）", "请只保留一列，或改正表头")
    if missing := header.misses(table):
        unknown = f"；表里不认识的列：{_quoted(header.unknown)}" if header.unknown else ""
        raise SheetError(
            f"第 {header.row} 行表头缺少列：{_quoted(missing)}{unknown}。应有的列：{_headers(table)}",
            "请按模板补上或改正表头",
        )
    rows = _last_row(grid) - header.row
    if rows <= 0:
        raise SheetError(f"工作表「{grid.name}」只有表头，没有数据", "请填写数据后重新上传")
    if rows > limits.rows:
        raise SheetError(f"表里有 {rows} 行，超过一次 {limits.rows} 行的上限", "请拆成几个文件分别上传")
    others += [other.name for other, _ in found if other is not grid]
    notices = _notices(looks[grid.name], header, hidden, [name for name in others if name in looks])
    return Reading(table, grid, header, looks[grid.name].marked, notices)


def find_header(rows: Iterable[list[Cell]], start: tuple[int, int] | None, table: Table) -> _Header | None:
    """The row, among the first, in which most columns of the table are named; None if none names two (or the only)."""
    names = {
        header_key(name): column for column in table.columns for name in (column.header, *column.aliases)
    }  # fmt: skip
    best: _Header | None = None
    for number, cells in zip(range(1, HEADER_WITHIN + 1), rows, strict=False):
        header = _Header(number, {}, [], [])
        for place, cell in enumerate(cells, start[1] if start else 0):
            if cell == "":
                continue
            key = header_key(str(cell))
            column = names.get(key) or names.get(re.sub(r"\([^()]*\)$", "", key))
            if column is None:
                if key not in IGNORED_HEADERS:
                    header.unknown.append(str(cell).strip())
            elif column.key in header.places:
                header.twice.append(column.header)
            else:
                header.places[column.key] = place
        if best is None or len(header.places) > len(best.places):
            best = header
    return best if best and len(best.places) >= min(2, len(table.columns)) else None


def header_key(text: str) -> str:
    """A header without what people add to it: spaces, widths, a star, a colon, 「（必填）」."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"\((?:必填|选填|必填项)\)", "", text).strip("*:※")


def _last_row(grid: python_calamine.CalamineSheet) -> int:
    """The number, in Excel, of the last row with anything in it."""
    return grid.end[0] + 1 if grid.end else 0


def _headers(table: Table) -> str:
    return "、".join(column.header + ("*" if column.required else "") for column in table.columns)


def _quoted(names: list[str]) -> str:
    return "、".join(f"「{name}」" for name in names)


def _notices(look: Look, header: _Header, hidden: list[str], others: list[str]) -> list[str]:
    notices = []
    if header.unknown:
        notices.append(f"这些列不在本表中，没有读取：{_quoted(header.unknown)}")
    if look.hidden_rows:
        notices.append(f"有 {look.hidden_rows} 个隐藏或被筛选掉的行，也已读取")
    places = {place + 1 for place in header.places.values()}
    columns = [f for a, b in look.hidden_columns for f in sorted(places) if a <= f <= b]
    if columns:
        notices.append(f"隐藏的列也已读取：{'、'.join(column_letters(number) + ' 列' for number in columns)}")
    if look.formulas:
        notices.append(f"有 {look.formulas} 个公式，读取的是上次保存时的计算结果")
    if hidden:
        notices.append(f"隐藏的工作表没有读取：{_quoted(hidden)}")
    if spare := [name for name in others if name not in (GUIDE_SHEET, CHOICES_SHEET)]:
        notices.append(f"其他工作表没有读取：{_quoted(spare)}")
    return notices


# ---------------------------------------------------------------- the cells


def _merged(
    grid: python_calamine.CalamineSheet, header_row: int, columns: dict[int, Column]
) -> tuple[int, dict[int, list[CellError]]]:
    """The last row of the header (it may be merged downwards), and an error for each row in a merged range."""
    ranges = grid.merged_cell_ranges or []
    after = max([header_row, *(last for (first, _), (last, _) in _from_one(ranges) if first <= header_row)])
    errors: dict[int, list[CellError]] = {}
    rows = 0
    for (first, left), (last, right) in _from_one(ranges):
        named = [column for place, column in columns.items() if left <= place <= right]
        if first <= after or not named:
            continue
        last = min(last, _last_row(grid))
        rows += last - first + 1
        if rows > MERGED_ROWS:
            raise SheetError("表里的合并单元格过多", "请全选表格，取消合并单元格后逐行填写")
        area = f"{column_letters(left)}{first}:{column_letters(right)}{last}"
        for row in range(first, last + 1):
            errors.setdefault(row, []).append(
                CellError(
                    row,
                    named[0].header,
                    f"是合并单元格（{area}）",
                    "请取消合并并在每一行分别填写；若是表尾的说明文字，请删除这一行",
                )
            )
    return after, errors


def _from_one(
    ranges: list[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for (top, left), (bottom, right) in ranges:
        yield (top + 1, left + 1), (bottom + 1, right + 1)


def _marked_error(row: int, column: Column, value: str) -> CellError:
    if value:
        return CellError(row, column.header, f"是错误值 {value}", "请改正公式，或直接填写正确的值")
    return CellError(row, column.header, "是没有计算结果的公式", "请用 Excel 或 WPS 打开并保存一次，或直接填写结果")


def _destroyed_error(row: int, column: Column, text: str) -> CellError:
    return CellError(
        row,
        column.header,
        f"的长号码被 Excel 当成数字，末几位已经丢失（现在显示为 {float(text):.2E}）",
        "请先把这一列的单元格格式设为“文本”，再重新填写完整号码",
    )


def _parsed(row: int, column: Column, text: str, errors: list[CellError]) -> object:
    """The value of a cell; None, with an error appended, if it has none."""
    if column.choices and text not in column.choices:
        shown = "、".join(column.choices[:12]) + ("等" if len(column.choices) > 12 else "")
        errors.append(CellError(row, column.header, f"填的是“{text[:20]}”，不在可选值之内", f"请改为其中之一：{shown}"))
        return None
    if column.parse is None:
        return text
    try:
        return column.parse(text)
    except ValueError as error:
        errors.append(CellError(row, column.header, str(error).strip().rstrip("。.") or "填写有误", column.remedy))
        return None


_INVISIBLE = r"\x01-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
_DROP = re.compile(f"[\\x00{_INVISIBLE}]")
_FOLD = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_FOLD |= {0x3000: " ", 0xA0: " ", 0x202F: " "}
_APOSTROPHES = "'’‘`"
# A row without any of these characters has nothing to clean: one search a row instead of one a cell.
_UNUSUAL = re.compile(f"[{_INVISIBLE} \\t\n+{_APOSTROPHES}\\u3000\\xa0\\u202f０-９Ａ-Ｚａ-ｚ]").search
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+(\d{1,4})").fullmatch


def clean(text: str) -> str:
    """The text without what Excel users cannot see: edge spaces, a leading apostrophe, invisible and direction marks;
    full-width digits and letters become plain ones. Full-width punctuation stays, it is Chinese."""
    return _DROP.sub("", text.translate(_FOLD)).strip().lstrip(_APOSTROPHES).strip()


def is_destroyed(text: str) -> bool:
    """Is this what is left of a long number (18-digit ID, bank card) that Excel took for a quantity?"""
    return (found := _SCIENTIFIC(text)) is not None and int(found.group(1)) >= 10


def text_of(cell: Cell) -> str:
    """A cell as a person would have typed it: 12 not 12.0, 2024-03-05, 是 or 否; from 16 digits on 5.001E+17."""
    if isinstance(cell, float):
        return _number_text(cell)
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int):
        return _number_text(cell)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, datetime.time):
        return cell.isoformat("minutes")
    minutes = round(cell.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def _number_text(number: float) -> str:
    if abs(number) >= DESTROYED_FROM:
        return f"{number:.14E}"
    whole = int(number)
    if whole == number:
        return str(whole)
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if "e-" in text else text
