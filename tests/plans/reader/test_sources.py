from __future__ import annotations

import io
import zipfile

import pypdfium2
import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from niangjia.plans.reader import PlanFileError, read_plan_file
from niangjia.plans.reader.numbering import written
from niangjia.plans.reader.sources import MAX_BYTES, text_of

PLAN = "某区妇联工作计划\n一、救助妇女三十人。\n二、走访慰问。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_plain_text_is_read_in_the_usual_encodings(encoding: str) -> None:
    assert text_of("计划.txt", PLAN.encode(encoding)) == PLAN


def test_big5_is_told_from_gb18030() -> None:
    plan = "某區婦聯工作計畫\n一、為農村婦女開展技能培訓。\n二、慰問家庭。"
    assert text_of("計畫.txt", plan.encode("big5")) == plan


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件“计划”是空的。请检查后重新上传"),
        (b"a" * (MAX_BYTES + 1), "文件“计划”超过 20 MB。请删去图片后另存，或只上传正文"),
        (b"a" * 100_001, "文件“计划”有 100001 字，超过 100000 字。请只上传计划正文"),
        (b"\x89PNG\r\n\x1a\n0000", "文件“计划”是图片，没有可读的文字。请先做文字识别（OCR），或把文字粘贴进来"),
        (b"{\\rtf1 x}", "文件“计划”是 RTF 文档，无法读取。请打开后另存为 .docx 再上传"),
        (b"Rar!\x1a\x07", "文件“计划”是压缩包。请解压后上传其中的计划文件"),
        (b"PK\x03\x04broken", "文件“计划”打不开：文件已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传"),
        (b"%PDF-1.7 broken", "文件“计划”已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传"),
        (b"\x00\x01\x02\x00\x00\x07\x00", "文件“计划”不是文本文件。请上传 .txt、.docx 或文字版 PDF"),
        (b"\xff\xfe\x00\xd8\x00", "文件“计划”的文字编码有错误。请用记事本打开，另存为 UTF-8 编码后再上传"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            "文件“计划”是旧版文档（.doc、.wps 等），无法读取。请打开后另存为 .docx 再上传",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "文件“计划”已加密。请去掉密码后重新上传",
        ),
    ],
    ids=["empty", "huge", "long", "image", "rtf", "rar", "zip", "pdf", "binary", "utf-16", "doc", "locked"],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(data: bytes, message: str) -> None:
    with pytest.raises(PlanFileError) as refusal:
        text_of("计划", data)
    assert str(refusal.value) == message


def archive(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        for name, words in members.items():
            out.writestr(name.replace("__", "/") + ".xml", words)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive(xl__workbook="<x/>"), "文件“计划”不是 Word 文档。请上传 .txt、.docx 或文字版 PDF；表格请另存为 .docx 或复制粘贴文字"),
        (archive(word__document="<x"), "文件“计划”已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传"),
        (archive(word__document="<x/>"), "文件“计划”已损坏，没有正文。请在电脑上打开原文件，另存一份后重新上传"),
        (archive(word__document='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "文件“计划”已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传"),
    ],
    ids=["workbook", "cut", "bodyless", "entities"],
)  # fmt: skip
def test_a_zip_that_is_no_document_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(PlanFileError) as refusal:
        text_of("计划", data)
    assert str(refusal.value) == message


# --- .docx ---


def number(paragraph: Paragraph, num: str, depth: int = 0) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # type: ignore[attr-defined]
    properties.get_or_add_ilvl().val = depth
    properties.get_or_add_numId().val = int(num)


def define_list(document: Document, key: str, levels: list[tuple[str, str]]) -> None:  # type: ignore[valid-type]
    numbering = document.part.numbering_part.element  # type: ignore[attr-defined]
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), key)
    for depth, (kind, shape) in enumerate(levels):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(depth))
        for name, value in (("start", "1"), ("numFmt", kind), ("lvlText", shape)):
            child = OxmlElement(f"w:{name}")
            child.set(qn("w:val"), value)
            level.append(child)
        abstract.append(level)
    numbering.insert(0, abstract)
    num = OxmlElement("w:num")
    num.set(qn("w:numId"), key)
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), key)
    num.append(reference)
    numbering.append(num)


def saved(document: Document) -> bytes:  # type: ignore[valid-type]
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def test_automatic_numbers_of_a_document_become_labels() -> None:
    document = Document()
    define_list(
        document, "91", [("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    )
    define_list(document, "92", [("bullet", "•")])
    document.add_paragraph("某区妇联2020年工作计划")
    for words, num, depth in (
        ("思想引领", "91", 0),
        ("宣讲12场", "91", 1),
        ("培训3期", "91", 1),
        ("第一期40人", "91", 2),
        ("关爱帮扶", "91", 0),
        ("慰问60户", "91", 1),
        ("春节前完成", "92", 0),
    ):
        number(document.add_paragraph(words), num, depth)
    reading = read_plan_file("计划.docx", saved(document))
    assert [(item.level, item.label, item.text) for item in reading.items] == [
        (1, "一、", "思想引领"),
        (2, "（一）", "宣讲12场"),
        (2, "（二）", "培训3期"),
        (3, "1.", "第一期40人"),
        (1, "二、", "关爱帮扶"),
        (2, "（一）", "慰问60户"),
        (3, "•", "春节前完成"),
    ]


def test_a_table_of_a_document_is_lines_with_tabs() -> None:
    document = Document()
    document.add_paragraph("一、任务")
    table = document.add_table(rows=2, cols=3)
    for cell, words in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ["序号", "任务", "目标", "1", "“两癌”\n救助", "30人"], strict=True
    ):
        cell.text = words
    assert text_of("计划.docx", saved(document)) == "一、任务\n序号\t任务\t目标\n1\t“两癌” 救助\t30人"


def test_tracked_changes_are_read_as_accepted() -> None:
    document = Document()
    paragraph = document.add_paragraph("救助")
    for tag, inner, words in (("w:del", "w:delText", "20人"), ("w:ins", "w:t", "30人")):
        change, run, text = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
        text.text = words
        run.append(text)
        change.append(run)
        paragraph._p.append(change)
    assert text_of("计划.docx", saved(document)) == "救助30人"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (3, "chineseCounting", "三"),
        (10, "chineseCountingThousand", "十"),
        (21, "japaneseCounting", "二十一"),
        (5, "decimalEnclosedCircleChinese", "⑤"),
        (4, "upperRoman", "IV"),
        (9, "lowerRoman", "ix"),
        (2, "upperLetter", "B"),
        (7, "decimalZero", "07"),
        (12, "decimal", "12"),
    ],
)
def test_word_formats_are_written_as_word_writes_them(value: int, kind: str, shown: str) -> None:
    assert written(value, kind) == shown


# --- PDF ---


def pdf(pages: list[list[str]]) -> bytes:
    """A PDF whose text is in a standard font with a Unicode map, one text line an entry."""
    characters = sorted({c for page in pages for line in page for c in line})
    code = {c: index + 1 for index, c in enumerate(characters)}
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap /CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange "
        + "".join(
            f"{len(part)} beginbfchar " + " ".join(f"<{code[c]:04x}> <{ord(c):04x}>" for c in part) + " endbfchar "
            for part in (characters[at : at + 100] for at in range(0, len(characters), 100))
        )
        + "endcmap end"
    )
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{7 + 2 * n} 0 R' for n in range(len(pages)))}]>>",
        "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 5 0 R/DW 1000>>",
        "<</Type/FontDescriptor/FontName/Song/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>",
        f"<</Length {len(cmap)}>>stream\n{cmap}\nendstream",
    ]
    for number_, page in enumerate(pages):
        drawn = (
            "BT /F 12 Tf 60 760 Td "
            + " ".join(f"<{''.join(f'{code[c]:04x}' for c in line)}> Tj 0 -24 Td" for line in page)
            + " ET"
        )
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {8 + 2 * number_} 0 R>>"
        )
        objects.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    out, places = "%PDF-1.7\n", []
    for index, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{index} 0 obj{body}endobj\n"
    xref = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(
        f"{place:010d} 00000 n \n" for place in places
    )
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF"
    return out.encode("ascii")


def test_a_text_pdf_loses_its_page_numbers_and_headers() -> None:
    data = pdf(
        [
            ["某区妇联文件汇编", "一、救助“两癌”妇女30人。", "- 1 -"],
            ["某区妇联文件汇编", "二、走访慰问困难家庭60户。", "- 2 -"],
            ["某区妇联文件汇编", "三、培训500人次。", "- 3 -"],
        ]
    )
    reading = read_plan_file("计划.pdf", data)
    assert reading.cleaned.split("\n") == [
        "一、救助“两癌”妇女30人。",
        "二、走访慰问困难家庭60户。",
        "三、培训500人次。",
    ]
    assert [(target.value, target.unit) for target in reading.targets] == [(30, "人"), (60, "户"), (500, "人次")]


def test_a_scan_without_text_is_refused() -> None:
    blank = pypdfium2.PdfDocument.new()
    blank.new_page(595, 842)
    buffer = io.BytesIO()
    blank.save(buffer)
    blank.close()
    with pytest.raises(PlanFileError) as refusal:
        text_of("计划.pdf", buffer.getvalue())
    assert (
        str(refusal.value)
        == "文件“计划.pdf”是扫描件，没有可读的文字。请先做文字识别（OCR），或上传 Word 原稿、粘贴文字"
    )
