"""A .csv file as the workbook it would be, so that one reader judges both."""

from __future__ import annotations

import csv
import io

import xlsxwriter

from niangjia.core.archives import ZIP_MAGIC
from niangjia.letters.kinds import SheetError

MOST_BYTES = 5 << 20


def workbook_of(data: bytes) -> bytes:
    """The bytes of an .xlsx with the cells of a .csv as text; anything that is no plain text is handed back as it is.

    UTF-8 and GB18030 are read. Raises SheetError for a .csv that is too large or cannot be read.
    """
    if not data or data.startswith((ZIP_MAGIC, b"\xd0\xcf\x11\xe0", b"<")) or b"\0" in data[:4096]:
        return data
    if len(data) > MOST_BYTES:
        raise SheetError(f"CSV 文件超过 {MOST_BYTES >> 20} MB", "请拆成几个文件分别上传")
    text = _decoded(data)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False})
    sheet = book.add_worksheet()
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""))):
            for place, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, place, cell)
    except csv.Error as error:
        raise SheetError("CSV 文件读不懂", "请用 Excel 打开后另存为 .xlsx 再上传") from error
    finally:
        book.close()
    return out.getvalue()


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError("CSV 文件的编码读不懂", "请用 Excel 打开后另存为 .xlsx 再上传")
