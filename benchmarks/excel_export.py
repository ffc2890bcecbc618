"""100,000 rows to .xlsx cost little more than the bare library, and the memory does not grow with the rows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from tempfile import TemporaryFile

import xlsxwriter

from benchmarks._lib import Claim, at_most, lockstep, peak_memory, shown
from niangjia.letters.kinds import Column, Table
from niangjia.letters.sheets_out import FONT, TEXT, write_table

ROWS = 100_000
TABLE = Table(
    "cases",
    "申请名单",
    (
        Column("number", "编号", width=18),
        Column("name", "姓名", width=10),
        Column("id", "身份证号", width=22),
        Column("phone", "电话", width=16),
        Column("town", "乡镇街道", width=14),
        Column("village", "村（社区）", width=18),
        Column("address", "住址", width=30),
        Column("state", "状态", width=10, choices=("草稿", "村核实", "镇审核", "区决定", "已发放")),
        Column("applied", "申请日期", width=12),
        Column("amount", "金额（元）", width=12, numeric=True),
        Column("days", "办理天数", width=10, numeric=True),
        Column("remark", "备注", width=30),
    ),
)
START = datetime.date(2020, 1, 1)


def cases(count: int, pause: Callable[[], None]) -> Iterator[tuple[object, ...]]:
    """Made-up rows: the same twelve cells for both writers, with a pause every 500 rows."""
    for n in range(count):
        if n % 500 == 0:
            pause()
        yield (
            f"LA{2020 + n % 7}{n:08}",
            f"甲{n % 977}",
            f"{n:018}",
            f"139{n % 10**8:08}",
            f"第{n % 27}镇",
            f"第{n % 433}村",
            f"第{n % 433}村{n % 12}组{n % 200}号",
            ("草稿", "村核实", "镇审核", "区决定", "已发放")[n % 5],
            START + datetime.timedelta(days=n % 2500),
            10_000,
            n % 60,
            "=以等号开头的备注" if n % 10 == 0 else None,
        )


def ours(pause: Callable[[], None], count: int = ROWS) -> None:
    """What the desk does."""
    with TemporaryFile() as out:
        write_table(out, TABLE, cases(count, pause))


def bare(pause: Callable[[], None], count: int = ROWS) -> None:
    """The least a person would write by hand against the library for the same cells and formats."""
    with TemporaryFile() as out, xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        text, plain = book.add_format(TEXT), book.add_format(FONT)
        day = book.add_format({**FONT, "num_format": "yyyy-mm-dd"})
        for at, column in enumerate(TABLE.columns):
            sheet.write_string(0, at, column.header, text)
        for row, cells in enumerate(cases(count, pause), 1):
            for at in range(8):
                sheet.write_string(row, at, cells[at], text)
            sheet.write_datetime(row, 8, cells[8], day)
            sheet.write_number(row, 9, cells[9], plain)
            sheet.write_number(row, 10, cells[10], plain)
            if cells[11] is not None:
                sheet.write_string(row, 11, cells[11], text)


def export(count: int) -> None:
    """The same without a peer, for the measure of memory."""
    ours(lambda: None, count)


def claims() -> list[Claim]:
    """Time against the bare writer; peak memory at full size and at a tenth of it."""
    found = lockstep(ours, bare)
    full, tenth = (peak_memory("benchmarks.excel_export:export", count) for count in (ROWS, ROWS // 10))
    return [
        at_most(
            "Excel export of 100,000 rows x 12 columns / bare xlsxwriter in constant memory",
            found.value,
            1.3,
            note=found.note,
        ),
        shown("Excel export: peak memory of the process", full, "MB"),
        at_most(
            "Excel export: peak memory at 100,000 rows / at 10,000 rows", full / tenth, 1.3, note=f"{tenth:.0f} MB"
        ),
    ]
