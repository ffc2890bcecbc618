"""A superior's form is filled, and nothing of it but the cells filled has changed."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from niangjia.letters import laid_out
from niangjia.letters.laid_out import LayoutError

SHEET = "月报"


def form(change: object = None) -> bytes:
    """A form as offices make them: a title over merged cells, a formula, a chart, a hidden row, a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    sheet["A1"] = "民生实事进度月报"
    sheet["A1"].font = Font(name="方正小标宋", size=20)
    sheet.merge_cells("A1:C1")
    for row, (name, unit) in enumerate([("两癌救助", "人"), ("技能培训", "人")], start=3):
        sheet.cell(row, 1, name)
        sheet.cell(row, 2, unit)
    sheet["C2"] = "本月完成"
    sheet["A5"], sheet["C5"] = "合计", "=SUM(C3:C4)"
    sheet["C3"].number_format = "0.0"
    sheet.row_dimensions[7].hidden = True
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=3, max_row=4))
    sheet.add_chart(chart, "E2")  # type: ignore[call-arg]
    other = book.create_sheet("说明")
    other["A1"] = "逐项填写"
    if callable(change):
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_layout_is_seen_as_it_is() -> None:
    sheet = laid_out.see(form()).sheet(SHEET)
    assert (sheet.spans, sheet.covered, sheet.hidden_rows, sheet.cells["C5"].is_formula, sheet.cells["A3"].text) == (
        {"A1": (1, 3)}, {"B1": "A1", "C1": "A1"}, frozenset({7}), True, "两癌救助",
    )  # fmt: skip


def test_only_the_cells_filled_change_and_everything_else_stays_byte_for_byte() -> None:
    before = form()
    after = laid_out.fill(before, {(SHEET, "C3"): Decimal("12.5"), (SHEET, "C4"): 30, (SHEET, "D9"): "张主席"})
    old, new = members(before), members(after)
    changed = {name for name in old if old[name] != new[name]}
    sheet = openpyxl.load_workbook(io.BytesIO(after))[SHEET]
    assert (list(old), changed) == (list(new), {"xl/workbook.xml", "xl/worksheets/sheet1.xml"})
    assert [sheet[at].value for at in ("C3", "C4", "D9", "C5", "A1")] == [
        12.5, 30, "张主席", "=SUM(C3:C4)", "民生实事进度月报",
    ]  # fmt: skip
    assert (sheet["C3"].number_format, sheet["A1"].font.name) == ("0.0", "方正小标宋")


def test_the_program_that_opens_it_calculates_it_anew() -> None:
    filled = openpyxl.load_workbook(io.BytesIO(laid_out.fill(form(), {(SHEET, "C3"): 1})))
    assert filled.calculation.fullCalcOnLoad is True


def test_a_form_can_be_filled_again_with_other_figures() -> None:
    once = laid_out.fill(form(), {(SHEET, "C3"): 1, (SHEET, "C4"): "无"})
    twice = laid_out.fill(once, {(SHEET, "C3"): 2, (SHEET, "C4"): 0})
    sheet = openpyxl.load_workbook(io.BytesIO(twice))[SHEET]
    assert (sheet["C3"].value, sheet["C4"].value) == (2, 0)


@pytest.mark.parametrize("text", ["=1+1", "<b>&", " 前后空格 ", "😀", "0012"])
def test_a_text_arrives_as_the_text_it_is(text: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(laid_out.fill(form(), {(SHEET, "B9"): text})))[SHEET]
    assert (sheet["B9"].value, sheet["B9"].data_type) == (text, "s")


@pytest.mark.parametrize(
    ("sheet", "reference", "said"),
    [
        (SHEET, "B1", "“月报”B1 在合并单元格里，请改填左上角的 A1。"),
        (SHEET, "C5", "“月报”C5 是公式，会自动计算，不用填。"),
        (SHEET, "A7", "“月报”A7 所在的行或列是隐藏的，请先在 Excel 中取消隐藏，再上传模板。"),
        ("季报", "A1", "工作表“季报”不在文件里（现有：月报、说明），可能改了名。请核对后重新对应。"),
        (SHEET, "第三格", "“第三格”不是单元格的名称，应如 B5。"),
    ],
)
def test_what_cannot_be_filled_is_said_with_its_place(sheet: str, reference: str, said: str) -> None:
    with pytest.raises(LayoutError) as refused:
        laid_out.fill(form(), {(sheet, reference): 1})
    assert str(refused.value) == said


def test_a_protected_sheet_and_a_hidden_one_are_known_as_such() -> None:
    def change(book: openpyxl.Workbook) -> None:
        book[SHEET].protection.sheet = True
        book["说明"].sheet_state = "hidden"

    seen = laid_out.see(form(change))
    assert [(one.name, one.protected, one.hidden) for one in seen.sheets] == [
        (SHEET, True, False),
        ("说明", False, True),
    ]


def test_a_doctype_is_never_read() -> None:
    parts = members(form())
    parts["xl/workbook.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["xl/workbook.xml"].split(b"?>", 1)[-1]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(LayoutError, match="没有打开"):
        laid_out.see(out.getvalue())
