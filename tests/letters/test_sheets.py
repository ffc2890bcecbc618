"""What is written can be read; what Excel and people do to a sheet is undone or named, by row, column and remedy."""

import datetime
import io
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from niangjia.core.archives import OLE_MAGIC
from niangjia.letters.sheets import (
    Column,
    ReadLimits,
    Row,
    SheetError,
    Table,
    read_table,
    write_table,
    write_template,
)


def age(text: str) -> int:
    """A parser as rooms write them."""
    if not text.isdigit():
        raise ValueError("应是整数。")
    return int(text)


TABLE = Table(
    "roster",
    "名册",
    (
        Column("name", "姓名", required=True, example="张某某"),
        Column("id", "身份证号", aliases=("身份证号码", "身份证"), width=22),
        Column("age", "年龄", parse=age, numeric=True, note="整数"),
        Column("state", "状态", choices=("在任", "离任")),
        Column("since", "任职日期"),
    ),
)
HEADERS = ["姓名", "身份证号", "年龄", "状态", "任职日期"]


def workbook(fill: Callable[[Worksheet], object], **others: Callable[[Worksheet], object]) -> bytes:
    book = openpyxl.Workbook()
    assert isinstance(book.active, Worksheet)
    fill(book.active)
    for name, fill_other in others.items():
        fill_other(book.create_sheet(name))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of(*rows: Sequence[object], headers: Sequence[str] = HEADERS) -> bytes:
    def fill(sheet: Worksheet) -> None:
        for row in [headers, *rows]:
            sheet.append([*row])

    return workbook(fill)


def rewritten(data: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(old.read(info)) if info.filename == member else old.read(info))
    return out.getvalue()


def written(*rows: list[object], **options: object) -> bytes:
    out = io.BytesIO()
    assert write_table(out, TABLE, rows, **options) == len(rows)  # type: ignore[arg-type]
    return out.getvalue()


def rows_of(data: bytes) -> list[Row]:
    return list(read_table(data, TABLE))


def sentences(row: Row) -> list[str]:
    return [str(error) for error in row.errors]


# ------------------------------------------------------------------ round trips


def test_what_is_written_is_read_again() -> None:
    day = datetime.date(2024, 3, 5)
    data = written(
        ["甲", "500102199001010018", 34, "在任", day],
        ["乙", None, Decimal("7"), None, None],
        ["丙", 12345678901234567, None, "离任", datetime.datetime(2024, 3, 5, 8, 30)],
        title="某区妇联名册",
    )
    assert [(row.number, row.values, row.errors) for row in read_table(data, TABLE)] == [
        (
            3,
            {"name": "甲", "id": "500102199001010018", "age": 34, "state": "在任", "since": "2024-03-05"},
            [],
        ),
        (4, {"name": "乙", "id": None, "age": 7, "state": None, "since": None}, []),
        (5, {"name": "丙", "id": "12345678901234567", "age": None, "state": "离任", "since": "2024-03-05 08:30"}, []),
    ]


def test_a_reading_may_be_iterated_again() -> None:
    reading = read_table(written(["甲", None, None, None, None]), TABLE)
    assert list(reading) == list(reading)
    assert (reading.sheet, reading.header_row, reading.notices) == ("名册", 1, [])


def test_a_file_is_read_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(written(["甲", None, None, None, None]))
    assert [row.values["name"] for row in read_table(path, TABLE)] == ["甲"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "<r><t>x</t></r>",
        "<r>",
        "http://例.cn",
        "a\nb",
        "<&>\"'",
        "𠮷·甲",
    ],
)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    data = written([text, None, None, None, None])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    assert (sheet["A2"].data_type, sheet["A2"].number_format) == ("s", "@")
    assert sheet["A2"].value == text
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"<f[ >]|<hyperlink", xml) == []


def test_text_that_looks_like_an_escape_of_excel_stays_text() -> None:
    assert rows_of(written(["甲", "_x0041_", None, None, None]))[0].texts[1] == "_x0041_"


def test_a_value_that_is_no_cell_is_refused_and_nothing_is_written() -> None:
    class Sealed:
        """Not to be written."""

    out = io.BytesIO()
    with pytest.raises(TypeError, match="row 2 column 1: Sealed"):
        write_table(out, TABLE, [[Sealed(), None, None, None, None]])
    assert out.getvalue() == b""


@pytest.mark.parametrize("row", [["甲"], ["甲" * 32_768, None, None, None, None]])
def test_a_row_that_does_not_fit_is_refused(row: list[object]) -> None:
    with pytest.raises(ValueError, match=r"^row 2 "):
        write_table(io.BytesIO(), TABLE, [row])


def test_a_date_before_excel_a_boolean_and_a_wide_number_are_text() -> None:
    data = written([True, 2**60, 10**15, None, datetime.date(1899, 12, 31)])
    assert [row.texts for row in rows_of(data)] == [["是", str(2**60), str(10**15), None, "1899-12-31"]]


def test_a_moment_is_written_as_the_clock_in_china_showed_it() -> None:
    data = written(["甲", None, None, None, datetime.datetime(2024, 3, 5, 20, 0, tzinfo=datetime.UTC)])
    assert rows_of(data)[0].texts[4] == "2024-03-06 04:00"


def test_a_written_sheet_is_ready_for_the_printer_and_the_eye() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written(["甲", None, 1, "在任", None], title="题"))).active
    assert isinstance(sheet, Worksheet)
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A3", "$2:$2", "A2:E3")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert [(rule.formula1, str(rule.sqref)) for rule in sheet.data_validations.dataValidation] == [
        ('"在任,离任"', "D3")
    ]
    assert sheet["A2"].font.color.rgb == "FF6B2D5C"
    assert sheet.column_dimensions["B"].width == pytest.approx(22, abs=1)


def test_an_answer_sheet_gives_each_row_back_with_its_answer_and_can_be_read_again() -> None:
    sent = sheet_of(["甲", None, "三", None, None], ["乙", None, 3, None, None])
    out = io.BytesIO()
    write_table(out, TABLE, [row.answered("成功") for row in read_table(sent, TABLE)], errors_column=True)
    sheet = openpyxl.load_workbook(out).active
    assert isinstance(sheet, Worksheet)
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [*HEADERS, "处理结果"],
        ["甲", None, "三", None, None, "第 2 行「年龄」应是整数。请按要求填写：整数。"],
        ["乙", None, "3", None, None, "成功"],
    ]
    again = read_table(out.getvalue(), TABLE)
    assert (again.notices, [row.values["age"] for row in again]) == ([], [None, 3])


# ------------------------------------------------------------------ templates


def test_a_template_filled_in_is_read() -> None:
    out = io.BytesIO()
    write_template(out, TABLE)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["名册", "填写说明"]
    assert [cell.value for cell in book["名册"][1]] == ["*姓名", "身份证号", "年龄", "状态", "任职日期"]
    assert [cell.value for cell in book["填写说明"][4]] == ["年龄", "选填", "整数", None, None]
    book["名册"]["A2"] = "甲"
    filled = io.BytesIO()
    book.save(filled)
    reading = read_table(filled.getvalue(), TABLE)
    assert (reading.notices, [row.values["name"] for row in reading]) == ([], ["甲"])


def test_an_empty_template_sent_back_is_told_so() -> None:
    out = io.BytesIO()
    write_template(out, TABLE)
    with pytest.raises(SheetError, match="「名册」只有表头，没有数据。请填写数据后重新上传。"):
        read_table(out.getvalue(), TABLE)


def test_choices_too_long_for_a_cell_stand_on_a_sheet_of_their_own() -> None:
    villages = tuple(f"第{n}村" for n in range(1, 101))
    table = Table("t", "表", (Column("v", "村", choices=villages), Column("w", "组", choices=("一,二",))))
    out = io.BytesIO()
    write_table(out, table, [["第1村", "一,二"]])
    book = openpyxl.load_workbook(out)
    rules = book["表"].data_validations.dataValidation
    assert [rule.formula1 for rule in rules] == ["'可选值'!$A$2:$A$101", "'可选值'!$B$2:$B$2"]
    assert [book["可选值"][f"A{row}"].value for row in (1, 2, 101)] == ["村", "第1村", "第100村"]
    assert [row.errors for row in read_table(out.getvalue(), table)] == [[]]


# ------------------------------------------------------------------ what people and Excel do to cells


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'500102199001010018", "500102199001010018"),
        ("’ 500102", "500102"),
        ("５００１０２Ｘ", "500102X"),
        ("\u3000 甲 乙\xa0", "甲 乙"),
        ("\u202d13900000000\u202c", "13900000000"),
        ("甲\ufeff\u200b", "甲"),
        ("（甲），乙", "（甲），乙"),
        ("甲\n乙\n", "甲\n乙"),
        (12.0, "12"),
        (-3, "-3"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (999_999_999_999_999, "999999999999999"),
        (True, "是"),
        (False, "否"),
        (datetime.date(2024, 3, 5), "2024-03-05"),
        (datetime.datetime(2024, 3, 5, 8, 1), "2024-03-05 08:01"),
        (datetime.time(8, 5), "08:05"),
        (datetime.timedelta(hours=30, minutes=5), "30:05"),
        ("5.00E+5", "5.00E+5"),
        ("1E+", "1E+"),
    ],
)
def test_a_cell_becomes_the_text_a_person_meant(cell: object, text: str) -> None:
    [row] = rows_of(sheet_of(["甲", cell, None, None, None]))
    assert (row.texts[1], row.values["id"], row.errors) == (text, text, [])


@pytest.mark.parametrize(
    "cell", [500102199001011234.0, 6_222_000_000_000_000, "5.00102E+17", "5.00102e+17", "'5.00102E+17"]
)
def test_a_long_number_destroyed_by_excel_is_refused_without_repeating_it(cell: object) -> None:
    [row] = rows_of(sheet_of(["甲", cell, None, None, None]))
    shown = "6.22E+15" if cell == 6_222_000_000_000_000 else "5.00E+17"
    assert sentences(row) == [
        f"第 2 行「身份证号」的长号码被 Excel 当成数字，末几位已经丢失（现在显示为 {shown}）。"
        "请先把这一列的单元格格式设为“文本”，再重新填写完整号码。"
    ]
    assert row.values["id"] is None


@pytest.mark.parametrize("blank", [[], ["", " ", None, "\u3000", "'"]])
def test_blank_rows_are_passed_over_and_numbers_stay_those_of_excel(blank: list[object]) -> None:
    rows = rows_of(sheet_of(["甲", None, None, None, None], blank, ["乙", None, None, None, None]))
    assert [(row.number, row.values["name"]) for row in rows] == [(2, "甲"), (4, "乙")]


def test_every_error_of_a_row_names_row_column_and_remedy() -> None:
    [row] = rows_of(sheet_of([None, None, "三十", "退休", None]))
    assert sentences(row) == [
        "第 2 行「年龄」应是整数。请按要求填写：整数。",
        "第 2 行「状态」填的是“退休”，不在可选值之内。请改为其中之一：在任、离任。",
        "第 2 行「姓名」没有填写。请补填后重新上传。",
    ]
    assert row.values == dict.fromkeys(["name", "id", "age", "state", "since"])
    assert row.texts == [None, None, "三十", "退休", None]


@pytest.mark.parametrize(
    ("column", "remedy"),
    [
        (Column("k", "列", note="整数", example="3"), "请按要求填写：整数"),
        (Column("k", "列", example="3"), "请参照示例填写：3"),
        (Column("k", "列"), "请更正后重新上传"),
    ],
)
def test_the_remedy_is_the_note_or_else_the_example(column: Column, remedy: str) -> None:
    assert column.remedy == remedy


def test_an_error_value_and_an_uncalculated_formula_are_named_in_place() -> None:
    data = sheet_of(["#N/A", None, "=1/0", None, None], ["=A1", None, 3, None, None])
    first, second = rows_of(data)
    assert sentences(first) == [
        "第 2 行「姓名」是错误值 #N/A。请改正公式，或直接填写正确的值。",
        "第 2 行「年龄」是没有计算结果的公式。请用 Excel 或 WPS 打开并保存一次，或直接填写结果。",
    ]
    assert sentences(second) == [
        "第 3 行「姓名」是没有计算结果的公式。请用 Excel 或 WPS 打开并保存一次，或直接填写结果。"
    ]


def test_a_calculated_formula_is_read_as_its_result_and_noticed() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        sheet.write_formula("A2", '="甲"&""', None, "甲")
        sheet.write_formula("C2", "=1+2", None, 3)
        sheet.write_formula("A3", "=1/0", None, "#DIV/0!")
    reading = read_table(out.getvalue(), TABLE)
    first, second = reading
    assert (first.values["name"], first.values["age"], first.errors) == ("甲", 3, [])
    assert sentences(second) == ["第 3 行「姓名」是错误值 #DIV/0!。请改正公式，或直接填写正确的值。"]
    assert reading.notices == ["有 3 个公式，读取的是上次保存时的计算结果"]


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell() -> None:
    data = rewritten(
        sheet_of(["甲", "=1", None, None, None]),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'<c r="B2"[^>]*>', b'<c r="B2" t="str">', xml),
    )
    [row] = rows_of(data)
    assert (row.values["id"], row.errors) == (None, [])


def test_rows_in_a_merged_range_are_named_with_the_range() -> None:
    def fill(sheet: Worksheet) -> None:
        rows: list[list[object]] = [[*HEADERS], ["甲"], [None, None, 3], ["丙"]]
        for row in rows:
            sheet.append(row)
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("H4:J4")

    first, second, third = rows_of(workbook(fill))
    remedy = "请取消合并并在每一行分别填写；若是表尾的说明文字，请删除这一行。"
    assert sentences(first) == [f"第 2 行「姓名」是合并单元格（A2:A3）。{remedy}"]
    assert sentences(second) == [f"第 3 行「姓名」是合并单元格（A2:A3）。{remedy}"]
    assert (third.number, third.errors) == (4, [])


# ------------------------------------------------------------------ headers


@pytest.mark.parametrize(
    "header",
    ["身份证号码", " 身 份 证 号 ", "*身份证号", "身份证号（必填）", "身份证号（18位）", "身份证号：", "身份证\n号"],
)
def test_a_header_is_known_by_its_aliases_and_whatever_people_add_to_it(header: str) -> None:
    [row] = rows_of(sheet_of(["甲", "500102"], headers=["姓名", header]))
    assert row.values["id"] == "500102"


def test_the_header_is_found_under_titles_and_away_from_the_corner() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["C2"] = "某区妇联 2026 年名册"
        sheet.merge_cells("C2:F2")
        sheet["C3"] = "填报单位：某镇　　姓名按身份证填写"
        for at, header in enumerate(["年龄", "序号", "姓名", "民族"], 3):
            sheet.cell(5, at, header)
            sheet.merge_cells(start_row=5, end_row=6, start_column=at, end_column=at)
        sheet["C7"], sheet["D7"], sheet["E7"], sheet["F7"] = 34, 1, "甲", "汉"

    reading = read_table(workbook(fill), TABLE)
    assert [(row.number, row.values["name"], row.values["age"], row.errors) for row in reading] == [(7, "甲", 34, [])]
    assert reading.header_row == 5
    assert reading.notices == ["这些列不在本表中，没有读取：「民族」"]


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (
            ["名字", "身份证号", "年龄"],
            "第 1 行表头缺少列：「姓名」；表里不认识的列：「名字」。应有的列：姓名*、身份证号、年龄、状态、任职日期。请按模板补上或改正表头。",
        ),
        (["姓名", "身份证号", "身份证"], "表头重复：「身份证号」（第 1 行）。请只保留一列，或改正表头。"),
        (
            ["甲", "乙", "丙"],
            "没有找到表头。应有的列：姓名*、身份证号、年龄、状态、任职日期。请使用下载的模板，表头一行不要改动或删除。",
        ),
    ],
)
def test_headers_that_do_not_fit_are_answered_with_what_was_expected_and_found(
    headers: list[str], message: str
) -> None:
    with pytest.raises(SheetError) as caught:
        read_table(sheet_of(["1", "2", "3"], headers=headers), TABLE)
    assert str(caught.value) == message


def test_a_table_of_one_column_is_found_by_that_column() -> None:
    table = Table("t", "表", (Column("name", "姓名"),))
    assert [row.values for row in read_table(sheet_of(["甲"], headers=["姓名"]), table)] == [{"name": "甲"}]


@pytest.mark.parametrize(
    "columns", [(), (Column("a", "甲"), Column("a", "乙")), (Column("a", "甲"), Column("b", "乙", aliases=("甲",)))]
)
def test_a_table_declared_with_doubles_does_not_start(columns: tuple[Column, ...]) -> None:
    with pytest.raises(ValueError, match="keys and headers must exist and differ"):
        Table("t", "表", columns)


def test_a_table_may_not_declare_the_answers_column() -> None:
    with pytest.raises(ValueError, match="is the header of the answers"):
        Table("t", "表", (Column("a", "处理结果"),))


# ------------------------------------------------------------------ sheets and what is hidden


def test_hidden_rows_and_columns_are_read_and_noticed() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(HEADERS)
        sheet.append(["甲", "1"])
        sheet.append(["乙", "2"])
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.column_dimensions["H"].hidden = True

    reading = read_table(workbook(fill), TABLE)
    assert [row.values["id"] for row in reading] == ["1", "2"]
    assert reading.notices == ["有 1 个隐藏或被筛选掉的行，也已读取", "隐藏的列也已读取：B 列"]


def test_hidden_and_other_sheets_are_left_out_and_noticed() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(HEADERS)
        sheet.append(["甲"])

    def hide(sheet: Worksheet) -> None:
        fill(sheet)
        sheet.sheet_state = "hidden"

    def deeper(sheet: Worksheet) -> None:
        fill(sheet)
        sheet.sheet_state = "veryHidden"

    reading = read_table(workbook(fill, 旧表=hide, 底稿=deeper, 说明=lambda s: s.append(["请看"])), TABLE)
    assert [row.values["name"] for row in reading] == ["甲"]
    assert reading.notices == ["隐藏的工作表没有读取：「旧表」、「底稿」", "其他工作表没有读取：「说明」"]


def test_the_table_is_found_on_whatever_visible_sheet_it_is() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(HEADERS)
        sheet.append(["甲"])

    assert read_table(workbook(lambda s: s.append(["目录"]), 名册=fill), TABLE).sheet == "名册"


def test_two_sheets_with_the_table_are_refused_rather_than_one_lost() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(HEADERS)
        sheet.append(["甲"])

    with pytest.raises(SheetError, match=r"^有 2 张工作表都有本表的表头：「Sheet」、「二」。请合并到一张工作表"):
        read_table(workbook(fill, 二=fill), TABLE)


# ------------------------------------------------------------------ files that are not what they should be

PLAIN = sheet_of(["甲", None, None, None, None])


def with_member(data: bytes, name: str, body: bytes = b"x") -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, body)
    return out.getvalue()


def zip_of(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def lying_about(data: bytes, member: bytes) -> bytes:
    """The central directory states one byte less than the member unpacks to."""
    at = data.rindex(member) - 46
    [size] = struct.unpack("<I", data[at + 24 : at + 28])
    return data[: at + 24] + struct.pack("<I", size - 1) + data[at + 28 :]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的"),
        (OLE_MAGIC + "EncryptedPackage".encode("utf-16-le"), "文件已加密"),
        (OLE_MAGIC + "Workbook".encode("utf-16-le"), "这是旧版 Excel 文件（.xls）"),
        (OLE_MAGIC + "WordDocument".encode("utf-16-le"), "这不是 Excel 文件"),
        ("姓名,年龄\n甲,3".encode(), "这是文本或 CSV 文件"),
        ("姓名,年龄\n甲,3".encode("gb18030"), "这是文本或 CSV 文件"),
        ("姓名\t年龄".encode("utf-16"), "这是文本或 CSV 文件"),
        ("\ufeff <HTML><table><tr><td>姓名".encode(), "这是网页格式的表格"),
        (b"MIME-Version: 1.0\nX-Document-Type: Workbook", "这是网页格式的表格"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "这是 XML 格式的表格",
        ),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "这不是 Excel 工作簿"),
        (b"%PDF-1.7\n\x00", "这不是 Excel 工作簿"),
        (PLAIN[: len(PLAIN) // 2], "文件已损坏，打不开"),
        (zip_of("xl/workbook.bin"), "这是二进制工作簿（.xlsb）"),
        (zip_of("word/document.xml"), "这是 Word 文件"),
        (zip_of("ppt/presentation.xml"), "这是 PPT 文件"),
        (zip_of("content.xml"), "这是 .ods 表格"),
        (zip_of("名册.xls"), "这是压缩包，不是 Excel 工作簿"),
        (zip_of("xl/workbook.xml", "xl/_rels/workbook.xml.rels"), "文件已损坏：读不出工作簿的目录"),
        (zip_of("xl/workbook.xml"), "文件已损坏：读不出工作簿的目录"),
        (with_member(PLAIN, "xl/vbaProject.bin"), "文件里含有宏"),
        (lying_about(PLAIN, b"xl/worksheets/sheet1.xml"), "文件已损坏：内容与声明的大小不符"),
        (lying_about(PLAIN, b"xl/styles.xml"), "文件已损坏：内容与声明的大小不符"),
        (rewritten(PLAIN, "xl/worksheets/sheet1.xml", lambda xml: b"nothing"), "文件已损坏：工作表没有内容"),
        (rewritten(PLAIN, "xl/worksheets/sheet1.xml", lambda xml: xml[:-40]), "文件已损坏，读不出表格"),
        (
            rewritten(PLAIN, "xl/workbook.xml", lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + b"<a>&b;</a>"),
            "文件已损坏：读不出工作簿的目录",
        ),
        (
            rewritten(PLAIN, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 3_000_000),
            "文件解压后过大，疑似压缩炸弹",
        ),
    ],
)
def test_a_file_that_is_no_sound_workbook_is_refused_with_a_remedy(data: bytes, message: str) -> None:
    with pytest.raises(SheetError) as caught:
        read_table(data, TABLE)
    assert caught.value.message.startswith(message)
    assert caught.value.remedy.startswith("请")


def test_a_file_or_table_beyond_the_limits_is_refused() -> None:
    data = sheet_of(*([f"甲{n}"] for n in range(5)))
    assert len(list(read_table(data, TABLE, ReadLimits(rows=5)))) == 5
    with pytest.raises(SheetError, match=r"^表里有 5 行，超过一次 4 行的上限。请拆成几个文件分别上传。$"):
        read_table(data, TABLE, ReadLimits(rows=4))
    with pytest.raises(SheetError, match=r"^文件超过 1 MB。"):
        read_table(b"x" * ((1 << 20) + 1), TABLE, ReadLimits(size=1 << 20))


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="XFD1048576"><v>1</v></c>',
        b"<c t='n'\n r = 'XFD1048576'><v>1</v></c>",
        b'<c s="0" r="xfd1048576"><v>1</v></c>',
    ],
)
def test_a_stray_cell_at_the_end_of_the_sheet_costs_no_memory(cell: bytes) -> None:
    data = rewritten(
        PLAIN,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576">' + cell + b"</row></sheetData>"),
    )
    with pytest.raises(SheetError, match=r"^工作表「Sheet」范围过大，一直到 XFD1048576。请删除表格以外多余的行和列"):
        read_table(data, TABLE)


def test_a_sheet_full_of_error_values_is_refused_as_a_whole() -> None:
    data = sheet_of(*(["#N/A"] for _ in range(10_001)))
    with pytest.raises(SheetError, match=r"^表中有大量错误值或没有计算结果的公式。"):
        read_table(data, TABLE)


def test_a_workbook_written_with_a_namespace_prefix_is_looked_through_too() -> None:
    def prefixed(xml: bytes) -> bytes:
        xml = re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", xml)
        return xml.replace(b'<x:worksheet xmlns="', b'<x:worksheet xmlns:x="')

    data = rewritten(sheet_of(["#N/A", None, 3, None, None]), "xl/worksheets/sheet1.xml", prefixed)
    [row] = rows_of(data)
    assert (row.values["age"], [error.message for error in row.errors]) == (3, ["是错误值 #N/A"])


def test_an_error_cell_is_found_wherever_the_pieces_of_the_stream_are_cut() -> None:
    rows: list[list[object]] = [[f"甲{n}", "x" * 200, n, None, None] for n in range(12_000)]
    for n in range(0, 12_000, 100):
        rows[n][1] = "#N/A"
    found = [row.number for row in read_table(sheet_of(*rows), TABLE) if row.errors]
    assert found == list(range(2, 12_002, 100))
