"""Word out, on A4: a printable form (审批表) of labelled values with boxes for opinions and seals; a report of running text.

Paper and margins follow GB/T 9704-2012 (top 37 mm, bottom 35 mm, left 28 mm, right 26 mm); fonts are the ones every
office computer in China has: 黑体 for headings, 仿宋 for the text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from niangjia.core.clock import now

Section = tuple[str, Sequence[tuple[str, str]]]

HEI, FANGSONG, SONG = "黑体", "仿宋", "宋体"
PLUM, WARM = RGBColor(0x6B, 0x2D, 0x5C), "F7F1EC"
LABEL, VALUE = Mm(28), Mm(50)  # four columns across the 156 mm between the margins
SHORT = 14  # characters of a value that share a line with another
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def form_document(title: str, sections: Sequence[Section], signatures: Sequence[str] = ()) -> bytes:
    """A .docx with the title, a heading and labelled values per section, and a box with seal and date per signature.

    `signatures` are the labels of the boxes, such as 「乡镇（街道）妇联意见」. Values are printed as they are: mask
    before calling what the paper may not show.
    """
    document = Document()
    _page(document)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.paragraph_format.space_after = Pt(10)
    _write(heading.add_run(), title, SONG, 20, bold=True)
    table = document.add_table(rows=0, cols=4, style="Table Grid")
    table.autofit = False
    for name, pairs in sections:
        if name:
            _section_row(table, name)
        for line in _lines(pairs):
            _values_row(table, line)
    for label in signatures:
        _signature_row(table, label)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def letter_document(title: str, paragraphs: Sequence[str], closing: Sequence[str] = ()) -> bytes:
    """A .docx letter: the title, paragraphs indented by two characters, and closing lines (body, date) at the right.

    A paragraph that ends in a colon is a salutation and is not indented. Text is printed as it is: mask before calling.
    """
    document = Document()
    _page(document)
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.paragraph_format.space_after = Pt(14)
    _write(heading.add_run(), title, SONG, 20, bold=True)
    for text in paragraphs:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.line_spacing = Pt(28)
        if not text.endswith("："):
            paragraph.paragraph_format.first_line_indent = Pt(32)
        _write(paragraph.add_run(), text, FANGSONG, 16)
    for text in closing:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _write(paragraph.add_run(), text, FANGSONG, 16)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: DocumentObject) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FANGSONG, Pt(12)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANGSONG)
    properties = document.core_properties
    properties.author, properties.comments, properties.language = "", "", "zh-CN"
    properties.created = properties.modified = now().astimezone(UTC).replace(tzinfo=None)


def _lines(pairs: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Labelled values two to a line; one that is long has its line to itself."""
    waiting: list[tuple[str, str]] = []
    for pair in pairs:
        long = len(pair[1]) > SHORT or "\n" in pair[1]
        if waiting and (long or len(waiting) == 2):
            yield waiting
            waiting = []
        waiting.append(pair)
        if long or len(waiting) == 2:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _row(table: Table, height: float) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, width in zip(row.cells, (LABEL, VALUE, LABEL, VALUE), strict=True):
        cell.width = width
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    return row


def _section_row(table: Table, name: str) -> None:
    cells = _row(table, 8).cells
    cell = cells[0].merge(cells[3])
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), WARM)
    cell._tc.get_or_add_tcPr().append(shade)
    _write(cell.paragraphs[0].add_run(), name, HEI, 12).font.color.rgb = PLUM


def _values_row(table: Table, pairs: Sequence[tuple[str, str]]) -> None:
    cells = _row(table, 9).cells
    if len(pairs) == 1:
        cells[1].merge(cells[3])
    for at, (label, value) in enumerate(pairs):
        _label(cells[at * 2], label)
        _write(cells[at * 2 + 1].paragraphs[0].add_run(), value, FANGSONG, 12)


def _signature_row(table: Table, label: str) -> None:
    cells = _row(table, 32).cells
    _label(cells[0], label)
    box = cells[1].merge(cells[3])
    box.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    for text in ("负责人签字：　　　　　　（盖章）　　　　", "年　　月　　日　　"):
        paragraph = box.paragraphs[0] if not box.paragraphs[0].runs else box.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _write(paragraph.add_run(), text, FANGSONG, 12)


def _label(cell: _Cell, text: str) -> None:
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(cell.paragraphs[0].add_run(), text, HEI, 11)


def _write(run: Run, text: str, font: str, size: float, *, bold: bool = False) -> Run:
    run.text = _UNPRINTABLE.sub("", text)
    run.font.name, run.font.size, run.font.bold = font, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


# --- a report: headings, sentences with numbered sources, tables, pictures ----------------------------------------------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 or 2."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Sentences:
    """A paragraph of pieces: text, and the number of its source (0 for none), which stands raised after it."""

    pieces: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``caption`` stands above it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG over the width of the text with its caption below."""

    png: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The numbered list the raised numbers lead to, from 1 on."""

    lines: tuple[str, ...]


Block = Heading | Sentences | Grid | Picture | Sources
TEXT_WIDTH = Mm(156)


def report_document(title: str, subtitle: str, blocks: Sequence[Block]) -> bytes:
    """A .docx of running text. Every raised number is a link to its line among the sources."""
    document = Document()
    _page(document)
    for text, size, font, bold in ((title, 22, SONG, True), (subtitle, 14, FANGSONG, False)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(paragraph.add_run(), text, font, size, bold=bold)
    for block in blocks:
        match block:
            case Heading():
                paragraph = document.add_heading("", level=block.level)
                paragraph.paragraph_format.space_before = Pt(12)
                run = _write(paragraph.add_run(), block.text, HEI, 16 if block.level == 1 else 14)
                run.font.color.rgb = RGBColor(0, 0, 0)
            case Sentences():
                _sentences(document, block)
            case Grid():
                _grid(document, block)
            case Picture():
                document.add_picture(io.BytesIO(block.png), width=TEXT_WIDTH)
                paragraph = document.add_paragraph()
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                _write(paragraph.add_run(), block.caption, HEI, 11)
            case Sources():
                _sources(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _sentences(document: DocumentObject, block: Sentences) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Pt(28)
    paragraph.paragraph_format.line_spacing = Pt(26)
    for text, source in block.pieces:
        _write(paragraph.add_run(), text, FANGSONG, 14)
        if source:
            _link(paragraph, f"[{source}]", f"source{source}")


def _link(paragraph: Paragraph, text: str, bookmark: str) -> None:
    run = _write(paragraph.add_run(), text, FANGSONG, 10)
    run.font.superscript = True
    run.font.color.rgb = PLUM
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), bookmark)
    link.append(run._element)
    paragraph._p.append(link)


def _sources(document: DocumentObject, block: Sources) -> None:
    for number, line in enumerate(block.lines, start=1):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(qn("w:id"), str(number))
        start.set(qn("w:name"), f"source{number}")
        paragraph._p.append(start)
        _write(paragraph.add_run(), f"[{number}] {line}", FANGSONG, 10.5)
        paragraph._p.append(end)


def _grid(document: DocumentObject, block: Grid) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph.add_run(), block.caption, HEI, 12)
    table = document.add_table(rows=0, cols=len(block.head), style="Table Grid")
    for number, cells in enumerate((block.head, *block.rows)):
        row: _Row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        if not number:
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, text in zip(row.cells, cells, strict=True):
            _write(cell.paragraphs[0].add_run(), text, HEI if not number else FANGSONG, 10.5)
    document.add_paragraph()
