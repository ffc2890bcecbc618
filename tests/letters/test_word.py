"""The printable form holds every value, in Chinese fonts, on A4, with a box for each signature."""

import datetime
import io

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from docx.shared import Mm

from niangjia.core import clock
from niangjia.letters.word import form_document


def opened(data: bytes) -> DocumentObject:
    return Document(io.BytesIO(data))


def lines_of(document: DocumentObject) -> list[list[str]]:
    """The texts of each row, a merged cell once."""
    return [list({cell._tc: cell.text for cell in row.cells}.values()) for row in document.tables[0].rows]


def test_values_stand_two_to_a_line_and_a_long_one_alone() -> None:
    document = opened(
        form_document(
            "审批表",
            [
                (
                    "基本情况",
                    [("姓名", "甲"), ("年龄", "45"), ("住址", "某村" * 10), ("电话", "1"), ("说明", "一\n二")],
                ),
                ("", [("备注", "")]),
            ],
            ["村妇联意见", "区妇联意见"],
        )
    )
    box = "负责人签字：　　　　　　（盖章）　　　　\n年　　月　　日　　"
    assert document.paragraphs[0].text == "审批表"
    assert lines_of(document) == [
        ["基本情况"],
        ["姓名", "甲", "年龄", "45"],
        ["住址", "某村" * 10],
        ["电话", "1"],
        ["说明", "一\n二"],
        ["备注", ""],
        ["村妇联意见", box],
        ["区妇联意见", box],
    ]


def test_the_page_is_a4_with_the_margins_of_official_documents() -> None:
    section = opened(form_document("表", [])).sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size / Mm(1)) for size in sizes if size] == [210, 297, 37, 28]


def test_every_run_names_its_chinese_font() -> None:
    document = opened(form_document("表", [("节", [("名", "值")])], ["意见"]))
    runs = document.element.body.iter(qn("w:r"))
    fonts = [run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").get(qn("w:eastAsia")) for run in runs]
    assert fonts == ["宋体", "黑体", "黑体", "仿宋", "黑体", "仿宋", "仿宋"]


@pytest.mark.parametrize(("text", "printed"), [("甲\x00\x0b乙", "甲乙"), ("<&>", "<&>"), ("𠮷", "𠮷"), ("\ud800", "")])
def test_a_value_is_printed_as_it_is_without_what_a_file_cannot_hold(text: str, printed: str) -> None:
    assert lines_of(opened(form_document("表", [("", [("名", text)])])))[0] == ["名", printed]


def test_the_file_says_when_it_was_made_and_nothing_about_the_maker() -> None:
    with clock.frozen(datetime.date(2026, 3, 5)):
        properties = opened(form_document("表", [])).core_properties
    assert (properties.author, properties.comments, str(properties.created)[:16]) == ("", "", "2026-03-05 01:00")
