"""Excel out: tables, templates and answer sheets, row by row in constant memory, ready to print on A4.

Text is written as text and never as a formula, whatever it begins with; cells of text columns are formatted as text,
so that Excel leaves ID and card numbers alone when the sheet is filled in and comes back.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import zip_longest
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from niangjia.core.clock import CHINA, now
from niangjia.letters.kinds import ANSWER_HEADER, CHOICES_SHEET, GUIDE_SHEET, Table
from niangjia.letters.look import column_letters

PLUM, WARM = "#6B2D5C", "#F7F1EC"
FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
TEXT = {**FONT, "num_format": "@"}
HEADER = {**FONT, "bold": True, "font_color": PLUM, "bg_color": WARM, "bottom": 2, "bottom_color": PLUM}
TEMPLATE_ROWS = 1_000  # rows of a template that carry the drop-down lists
LIST_TEXT = 255  # characters Excel allows in a list or message given with the cell
NUMBER_BELOW = 10**15  # Excel keeps 15 digits


def write_table(
    out: BinaryIO,
    table: Table,
    rows: Iterable[Sequence[object]],
    *,
    title: str | None = None,
    errors_column: bool = False,
) -> int:
    """Write the rows, each with a value per column of the table, as .xlsx and return how many there were.

    With `errors_column` each row has one value more, shown under 「处理结果」 (see `Row.answered`). Values are text,
    numbers, dates, datetimes, booleans (是/否) or None; anything else raises TypeError, so that a sealed value cannot
    slip out. ValueError for a row of the wrong length, or one Excel cannot hold (32,767 characters in a cell,
    1,048,576 rows). Nothing is written to `out` when an error is raised.
    """
    with _book(out, title or table.title) as book:
        sheet = book.add_worksheet(_sheet_name(table.title))
        top = _head(book, sheet, table, title, answers=errors_column)
        count = _body(book, sheet, table, rows, top + 1, answers=errors_column)
        if count:
            sheet.autofilter(top, 0, top + count, len(table.columns) - 1 + errors_column)
            _drop_downs(book, sheet, table, top + 1, top + count)
    return count


def write_template(out: BinaryIO, table: Table) -> None:
    """Write an empty table to fill in: required columns carry a star, a second sheet explains each column."""
    with _book(out, table.title) as book:
        sheet = book.add_worksheet(_sheet_name(table.title))
        top = _head(book, sheet, table, None, stars=True)
        _guide(book, table)
        _drop_downs(book, sheet, table, top + 1, top + TEMPLATE_ROWS)


@contextmanager
def _book(out: BinaryIO, title: str) -> Iterator[xlsxwriter.Workbook]:
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "default_format_properties": FONT})
    book.set_properties({"title": title, "created": now().astimezone(datetime.UTC).replace(tzinfo=None)})
    try:
        yield book
    except BaseException:
        book.filename = io.BytesIO()  # closing is what removes the temporary files, but it also writes
        raise
    finally:
        book.close()


def _sheet_name(title: str) -> str:
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31].strip() or "表"


def _head(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    table: Table,
    title: str | None,
    *,
    answers: bool = False,
    stars: bool = False,
) -> int:
    """Set the page up and write title and header; the header's row, from 0."""
    text, plain, header = book.add_format(TEXT), book.add_format(FONT), book.add_format({**HEADER, "text_wrap": True})
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, column.width, plain if column.numeric else text)
    headers = [("*" if stars and column.required else "") + column.header for column in table.columns]
    if answers:
        sheet.set_column(len(headers), len(headers), 60, text)
        headers.append(ANSWER_HEADER)
    top = 0 if title is None else 1
    if title is not None:
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, title, book.add_format({**FONT, "font_size": 14, "bold": True, "font_color": PLUM}))
    sheet.set_row(top, 24)
    for at, name in enumerate(headers):
        sheet.write_string(top, at, name, header)
    sheet.freeze_panes(top + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(top)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(0)  # print them: cells carry no borders of their own
    sheet.set_footer("&C第 &P 页，共 &N 页")
    return top


def _body(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    table: Table,
    rows: Iterable[Sequence[object]],
    first: int,
    *,
    answers: bool,
) -> int:
    text, plain = book.add_format(TEXT), book.add_format(FONT)
    formats = [plain if column.numeric else text for column in table.columns]
    if answers:
        formats.append(book.add_format({**TEXT, "text_wrap": True}))
    write_string, writers, other = sheet.write_string, *_writers(book, sheet, table)
    width, number = len(formats), first - 1
    for number, cells in enumerate(rows, first):
        if len(cells) != width:
            raise ValueError(f"row {number + 1} has {len(cells)} values, the table {width} columns")
        for at, value in enumerate(cells):
            if type(value) is str:
                if value[:3] == "<r>":
                    failed = other(number, at, value, formats[at])
                else:
                    failed = write_string(number, at, value, formats[at]) if value else 0
            elif value is None:
                continue
            else:
                failed = writers.get(type(value), other)(number, at, value, formats[at])
            if failed:
                raise ValueError(f"row {number + 1} column {at + 1} does not fit into a sheet")
    return number - first + 1


Writer = Callable[[int, int, Any, object], int]


def _writers(book: xlsxwriter.Workbook, sheet: Worksheet, table: Table) -> tuple[dict[type, Writer], Writer]:
    """A writer for each type that is not plain text, and one for the rest; a writer returns 0 if the cell fitted."""
    day_format, moment_format = (book.add_format({**FONT, "num_format": f}) for f in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
    plain = book.add_format(FONT)
    numeric = [column.numeric for column in table.columns] + [False]
    write_string, write_number, write_datetime = sheet.write_string, sheet.write_number, sheet.write_datetime

    def number(row: int, at: int, value: int | float | Decimal, style: object) -> int:
        if numeric[at] and -NUMBER_BELOW < value < NUMBER_BELOW:
            return int(write_number(row, at, value, style))
        return int(write_string(row, at, str(value), style))

    def yes_no(row: int, at: int, value: bool, style: object) -> int:
        return int(write_string(row, at, "是" if value else "否", style))

    def day(row: int, at: int, value: datetime.date, style: object) -> int:
        if value.year < 1900:  # before Excel's time
            return int(write_string(row, at, value.isoformat(), style))
        return int(write_datetime(row, at, value, day_format))

    def moment(row: int, at: int, value: datetime.datetime, _style: object) -> int:
        local = value.astimezone(CHINA).replace(tzinfo=None) if value.tzinfo else value
        return int(write_datetime(row, at, local, moment_format))

    def other(row: int, at: int, value: object, style: object) -> int:
        if not isinstance(value, str):
            raise TypeError(f"row {row + 1} column {at + 1}: {type(value).__name__} is nothing to write in a sheet")
        if value.startswith("<r>"):
            # In constant memory a text of this form would be taken for ready-made markup and written unescaped.
            return int(sheet.write_rich_string(row, at, "<", plain, str(value[1:]), style))
        return int(write_string(row, at, str(value), style)) if value else 0

    by_type: dict[type, Writer] = dict.fromkeys((int, float, Decimal), number)
    return by_type | {bool: yes_no, datetime.date: day, datetime.datetime: moment}, other


def _drop_downs(book: xlsxwriter.Workbook, sheet: Worksheet, table: Table, first: int, last: int) -> None:
    """Offer the choices of each column; a list too long for the cell itself stands on a sheet of its own."""
    long = [column for column in table.columns if not _fits_a_cell(column.choices)]
    for at, column in enumerate(table.columns):
        if not column.choices:
            continue
        source: object = list(column.choices)
        if column in long:
            letter = column_letters(long.index(column) + 1)
            source = f"='{CHOICES_SHEET}'!${letter}$2:${letter}${len(column.choices) + 1}"
        rule = {"validate": "list", "source": source}
        rule |= {"error_title": "不在可选值之内", "error_message": f"请从下拉列表中选择「{column.header}」"}
        sheet.data_validation(first, at, last, at, rule)
    if long:
        _rows(book, CHOICES_SHEET, [c.header for c in long], zip_longest(*(c.choices for c in long), fillvalue=""), 24)


def _fits_a_cell(choices: Sequence[str]) -> bool:
    return len(",".join(choices)) <= LIST_TEXT and not any("," in choice for choice in choices)


def _guide(book: xlsxwriter.Workbook, table: Table) -> None:
    lines = [
        (c.header, "必填" if c.required else "选填", c.note, c.example, "、".join(c.choices[:30]))
        for c in table.columns
    ]
    _rows(book, GUIDE_SHEET, ["列名", "是否必填", "填写说明", "示例", "可选值"], lines, 28)


def _rows(
    book: xlsxwriter.Workbook, name: str, headers: Sequence[str], rows: Iterable[Sequence[str]], width: int
) -> None:
    sheet = book.add_worksheet(name)
    text, header = book.add_format({**TEXT, "text_wrap": True}), book.add_format(HEADER)
    sheet.set_column(0, len(headers) - 1, width, text)
    for at, value in enumerate(headers):
        sheet.write_string(0, at, value, header)
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            if value:
                sheet.write_string(number, at, value, text)
