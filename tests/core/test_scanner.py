import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import docx
import openpyxl
import pytest
import xlsxwriter
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

from niangjia.core import archives, clock, identity, scanner
from niangjia.core.scanner import Hit, HitKind

BODY = "50010219900101102"
NUMBER = BODY + identity.check_digit(BODY)
BODY_X = next(body for n in range(1000) if identity.check_digit(body := f"50010219900101{n:03}") == "X")
NUMBER_X = BODY_X + "X"
WRONG = BODY + ("1" if NUMBER[17] != "1" else "2")
OLD = "500102900101102"
PHONE, CARD = "13812345678", "4111111111111111"


def found(text: str) -> list[tuple[str, str]]:
    return [(hit.kind.value, text[hit.start : hit.end]) for hit in scanner.scan_text(text)]


@pytest.mark.parametrize(
    "number",
    [
        NUMBER,
        NUMBER_X,
        NUMBER_X.lower(),
        WRONG,
        OLD,
        f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        f"{WRONG[:6]}-{WRONG[6:14]}-{WRONG[14:]}",
        f"{NUMBER[:10]} {NUMBER[10:]}",
        f"{NUMBER[:10]}\n{NUMBER[10:]}",
        f"{OLD[:6]} {OLD[6:12]} {OLD[12:]}",
        "-".join(NUMBER),
        "　".join(NUMBER_X),
        "\u200b".join(WRONG),
        NUMBER.translate({ord("0") + n: ord("０") + n for n in range(10)}),
    ],
)
def test_an_id_number_is_found_whole_spaced_dashed_or_full_width(number: str) -> None:
    assert found(f"张桂芳，{number}（本人）") == [("ID", number)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("电话13812345678。", "13812345678"),
        ("138 1234 5678", "138 1234 5678"),
        ("138-1234-5678", "138-1234-5678"),
        ("138.1234.5678", "138.1234.5678"),
        ("1381234 5678", "1381234 5678"),
        ("１３８１２３４５６７８", "１３８１２３４５６７８"),
        ("1 3 8 1 2 3 4 5 6 7 8", "1 3 8 1 2 3 4 5 6 7 8"),
        ("+86 138 1234 5678", "138 1234 5678"),
        ("+8613812345678", "8613812345678"),
        ("008613812345678", "008613812345678"),
        ("1.13812345678", "13812345678"),
        ("微信wx13812345678", "13812345678"),
        ("tel:13812345678", "13812345678"),
    ],
)
def test_a_mobile_number_is_found(text: str, number: str) -> None:
    assert found(text) == [("PHONE", number)]


@pytest.mark.parametrize("number", [CARD, "4111 1111 1111 1111", "6200000000000000000", "620000 0000000000000"])
def test_a_bank_card_is_found(number: str) -> None:
    assert found(f"卡号{number}，农行") == [("CARD", number)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"{PHONE} 13912345678", ["PHONE", "PHONE"]),
        (f"{NUMBER},{PHONE},{CARD}", ["ID", "PHONE", "CARD"]),
        (f"{NUMBER}{PHONE}", ["ID", "PHONE"]),
        (f"{PHONE}{NUMBER}", ["PHONE", "ID"]),
        (f"{NUMBER_X}{PHONE}", ["ID", "PHONE"]),
        (f"{NUMBER}\n{NUMBER_X}\n{PHONE}", ["ID", "ID", "PHONE"]),
    ],
)
def test_several_numbers_are_told_apart(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in found(text)] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "财行〔2021〕384号",
        "渝妇发〔2018〕12号 19900101",
        "2026年11月24日",
        "2026-11-24 06:21:17",
        "20260101-20261231",
        "1990-05-01 123",
        "19.12.30-20.1.15",
        "LA2026-500102006-0001",
        "500102006001",
        "500102006001 500102006003",
        "500102006001、500102006003",
        "举报电话：023-72222222、12338（工作日9:00-17:30）",
        "023-7222 2222",
        "02372222222",
        "400-123-4567",
        "1030 3128 8031 226 627 163",
        "1,115,016人",
        "2021 2022 2023 2024",
        "0.38461538461538464",
        "0.13812345678",
        "2026112406211712345",
        "11500102008680123X",
        "a13812345678f",
        "550e8400-e29b-41d4-a716-446655440000",
        "00012345678901234567",
        "4111111111111112",
        "138\n1234\n5678",
        "",
    ],
)
def test_document_numbers_dates_codes_statistics_and_landlines_are_no_hits(text: str) -> None:
    assert found(text) == []


@given(
    st.dates(date(1900, 1, 1), date(2026, 11, 24)), st.integers(0, 999), st.text(alphabet="张 ，,。\n(x", max_size=5)
)
def test_no_id_number_is_missed_whatever_stands_around_it(birth: date, order: int, around: str) -> None:
    body = f"500102{birth:%Y%m%d}{order:03}"
    number = body + identity.check_digit(body)
    assert [kind for kind, _ in found(f"{around}{number}{around}")] == ["ID"]


def test_a_birth_in_the_future_makes_no_id_number() -> None:
    text = "500102203001010018"
    with clock.frozen(date(2029, 12, 31)):
        before = found(text)
    with clock.frozen(date(2030, 1, 1)):
        after = found(text)
    assert (before, after) == ([], [("ID", text)])


def test_a_hit_shows_the_number_masked() -> None:
    masked = [hit.masked for hit in scanner.scan_text(f"{NUMBER},{OLD},+86{PHONE},{CARD}")]
    assert masked == [f"5001**********{NUMBER[14:]}", "*" * 15, "138****5678", "****1111"]


def test_every_kind_of_hit_has_a_name_for_the_desk() -> None:
    assert [kind.label for kind in HitKind] == ["身份证号", "手机号", "银行卡号", "无法自动检查"]


def places(name: str, data: bytes) -> list[tuple[str, str]]:
    return [(hit.kind.value, hit.where) for hit in scanner.scan_file(name, data)]


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "名单"
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rewritten(data: bytes, change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """The archive with its parts changed, and parts added (their names with / for __ and a dot for the last _)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
        for name, part in added.items():
            new.writestr(".".join(name.replace("__", "/").rsplit("_", 1)), part)
    return stream.getvalue()


def unchanged(name: str, part: bytes) -> bytes:
    return part


def hide_sheet(book: openpyxl.Workbook) -> None:
    sheet = book.create_sheet("底稿")
    sheet["B3"] = NUMBER
    sheet.sheet_state = "hidden"


def hide_sheet_well(book: openpyxl.Workbook) -> None:
    sheet = book.create_sheet("底稿")
    sheet["B3"] = NUMBER
    sheet.sheet_state = "veryHidden"


def hide_row(book: openpyxl.Workbook) -> None:
    book["名单"]["B3"] = NUMBER
    book["名单"].row_dimensions[3].hidden = True


def hide_column(book: openpyxl.Workbook) -> None:
    book["名单"]["AB3"] = NUMBER
    book["名单"].column_dimensions["AB"].hidden = True


def comment(book: openpyxl.Workbook) -> None:
    book["名单"]["B3"].comment = Comment(NUMBER, "王")


def define_name(book: openpyxl.Workbook) -> None:
    book.defined_names["联系人"] = DefinedName("联系人", attr_text=f'"{NUMBER}"')


def boxes(book: openpyxl.Workbook) -> None:
    book["名单"].append(["身份证号", *NUMBER_X])


@pytest.mark.parametrize(
    ("fill", "where"),
    [
        (lambda book: book["名单"].append([None, NUMBER]), "工作表“名单” B1"),
        (lambda book: book["名单"].append([f"身份证：{NUMBER}"]), "工作表“名单” A1"),
        (lambda book: book["名单"].append([int(WRONG)]), "工作表“名单” A1"),
        (lambda book: book["名单"].append([f'="{NUMBER}"&A2']), "工作表“名单” A1"),
        (hide_sheet, "工作表“底稿”(隐藏) B3"),
        (hide_sheet_well, "工作表“底稿”(隐藏) B3"),
        (hide_row, "工作表“名单” B3(隐藏行)"),
        (hide_column, "工作表“名单” AB3(隐藏列)"),
        (comment, "工作表“名单” B3批注"),
        (define_name, "名称“联系人”"),
        (boxes, "工作表“名单” 第1行"),
        (lambda book: setattr(book.properties, "creator", NUMBER), "文档属性"),
        (lambda book: setattr(book["名单"].oddFooter.center, "text", NUMBER), "工作表“名单” 页眉页脚"),
        (lambda book: book.create_sheet(NUMBER), "工作表名称"),
    ],
)
def test_a_workbook_is_searched_where_nobody_looks(fill: Callable[[openpyxl.Workbook], None], where: str) -> None:
    assert places("名单.xlsx", workbook(fill)) == [("ID", where)]


def test_phones_stored_as_numbers_are_found_and_shares_are_not() -> None:
    data = workbook(
        lambda book: book["名单"].append([13812345678, 13812345678.0, 3.8461538461538464, 0.38461538461538464])
    )
    assert places("a.xlsx", data) == [("PHONE", "工作表“名单” A1"), ("PHONE", "工作表“名单” B1")]


def test_a_list_without_numbers_of_persons_is_clean() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book["名单"].append(["序号", "姓名", "乡镇", "金额(元)", "监督电话"])
        book["名单"].append([1, "张*芳", "敦仁街道", 10000, "023-72222222"])
        book["名单"].column_dimensions["C"].hidden = True

    assert scanner.scan_file("公示名单2026-11-24.xlsx", workbook(fill)) == []


@pytest.fixture
def shared_strings() -> bytes:
    """A workbook whose texts lie in the table of shared strings, as office programs write it."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet("名单").write_row("A1", ["姓名", f"证件{NUMBER}"])
    return stream.getvalue()


def test_a_shared_string_is_found_in_the_cell_that_shows_it(shared_strings: bytes) -> None:
    assert places("a.xlsx", shared_strings) == [("ID", "工作表“名单” B1")]


def test_a_text_no_cell_shows_any_more_is_found_among_the_shared_strings(shared_strings: bytes) -> None:
    def orphan(name: str, part: bytes) -> bytes:
        return re.sub(b'<c r="B1".*?</c>', b"", part) if name == "xl/worksheets/sheet1.xml" else part

    assert places("a.xlsx", rewritten(shared_strings, orphan)) == [("ID", "不再显示的文字(共享字符串)")]


def test_the_cached_value_of_a_formula_is_found() -> None:
    def cache(name: str, part: bytes) -> bytes:
        cached = f'<c r="A1" t="str"><f>B9</f><v>{NUMBER}</v></c>'.encode()
        return part.replace(b"<sheetData>", b"<sheetData><row>" + cached + b"</row>")

    data = rewritten(workbook(lambda book: None), cache)
    assert places("a.xlsx", data) == [("ID", "工作表“名单” A1")]


def test_a_sheet_that_left_the_workbook_and_a_cache_are_found_in_their_parts() -> None:
    sheet = f"<worksheet><sheetData><row><c><is><t>{NUMBER[:9]}</t><t>{NUMBER[9:]}</t></is></c></row></sheetData></worksheet>"
    records = f'<pivotCacheRecords><r><s v="{PHONE}"/></r></pivotCacheRecords>'
    data = rewritten(
        workbook(lambda book: None),
        unchanged,
        xl__worksheets__old_xml=sheet.encode(),
        xl__pivotCache__records1_xml=records.encode(),
    )
    assert places("a.xlsx", data) == [
        ("PHONE", "内部部件xl/pivotCache/records1.xml"),
        ("ID", "内部部件xl/worksheets/old.xml"),
    ]


def document(fill: Callable[[docx.document.Document], None]) -> bytes:
    paper = docx.Document()
    fill(paper)
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def split_runs(paper: docx.document.Document) -> None:
    paper.add_paragraph("名单")
    paragraph = paper.add_paragraph("")
    for piece in (NUMBER[:6], NUMBER[6:14], NUMBER[14:]):
        paragraph.add_run(piece).font.hidden = True


def table(paper: docx.document.Document) -> None:
    paper.add_table(1, 2).cell(0, 1).text = NUMBER


def table_of_boxes(paper: docx.document.Document) -> None:
    cells = paper.add_table(1, 19).rows[0].cells
    for cell, sign in zip(cells, f"号{NUMBER_X}", strict=True):
        cell.text = sign


def delete(paper: docx.document.Document) -> None:
    paragraph = paper.add_paragraph(NUMBER[:9])
    paragraph._p.append(
        parse_xml(f"<w:del {nsdecls('w')} w:id='1'><w:r><w:delText>{NUMBER[9:]}</w:delText></w:r></w:del>")
    )


def footnote_comment(paper: docx.document.Document) -> None:
    paper.add_comment(paper.add_paragraph("名单").runs, text=NUMBER)


@pytest.mark.parametrize(
    ("fill", "where"),
    [
        (lambda paper: paper.add_paragraph(f"身份证{NUMBER}"), "正文第1段"),
        (split_runs, "正文第2段"),
        (table, "正文第2段"),
        (table_of_boxes, "正文第19段前的表格行"),
        (delete, "正文第1段(修订中删除的文字)"),
        (footnote_comment, "批注第1段"),
        (lambda paper: setattr(paper.sections[0].header.paragraphs[0], "text", NUMBER), "页眉第1段"),
        (lambda paper: setattr(paper.sections[0].footer.paragraphs[0], "text", NUMBER), "页脚第1段"),
        (lambda paper: setattr(paper.core_properties, "keywords", NUMBER), "文档属性"),
    ],
)
def test_a_document_is_searched_where_nobody_looks(fill: Callable[[docx.document.Document], None], where: str) -> None:
    hits = [hit for hit in places("公示.docx", document(fill)) if hit[0] != "UNREADABLE"]
    assert hits == [("ID", where)]


def test_a_text_box_and_footnotes_of_a_document_are_searched() -> None:
    space = nsdecls("w")
    note = f"<w:footnotes {space}><w:footnote><w:p><w:r><w:t>{PHONE}</w:t></w:r></w:p></w:footnote></w:footnotes>"

    def fill(paper: docx.document.Document) -> None:
        inner = f"<w:txbxContent><w:p><w:r><w:t>{NUMBER}</w:t></w:r></w:p></w:txbxContent>"
        paper.add_paragraph("名单")._p.append(parse_xml(f"<w:r {space}><w:pict>{inner}</w:pict></w:r>"))

    data = rewritten(document(fill), unchanged, word__footnotes_xml=note.encode())
    assert [hit for hit in places("公示.docx", data) if hit[0] != "UNREADABLE"] == [
        ("ID", "正文第2段"),
        ("PHONE", "脚注第1段"),
    ]


def test_a_clean_document_is_clean_but_for_the_picture_a_person_must_see() -> None:
    def fill(paper: docx.document.Document) -> None:
        paper.add_paragraph("关于2026年救助名单的公示（财行〔2021〕384号）")

    data = document(fill)
    assert places("公示.docx", data) == [("UNREADABLE", "文件里有1张图片，无法自动检查。请人工查看。")]


def test_a_workbook_inside_a_document_is_searched() -> None:
    data = rewritten(document(lambda paper: None), unchanged, word__embeddings__book1_xlsx=workbook(hide_sheet))
    assert places("公示.docx", data)[0] == ("ID", "内部部件word/embeddings/book1.xlsx 工作表“底稿”(隐藏) B3")


def test_files_in_files_are_opened_only_so_far() -> None:
    data = workbook(hide_sheet)
    for _ in range(3):
        data = rewritten(workbook(lambda book: None), unchanged, xl__embeddings__book1_xlsx=data)
    inner = "内部部件xl/embeddings/book1.xlsx "
    assert places("a.xlsx", data) == [
        ("UNREADABLE", f"{inner * 3}文件层层嵌套过深，无法自动检查。请把内层文件单独上传。")
    ]


def pdf(text: str, note: str = "") -> bytes:
    """A one-page PDF with a line of text and, if wanted, a note upon it."""
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET" if text else ""
    notes = f"/Annots [<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents ({note}) >>]" if note else ""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R "
        f"/Resources << /Font << /F1 5 0 R >> >> {notes} >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF"
    return f"{body}xref\n0 6\n0000000000 65535 f \n{table}{trailer}".encode()


@pytest.mark.parametrize(
    ("data", "hits"),
    [
        (pdf(f"No. {NUMBER}"), [("ID", "第1页")]),
        (pdf("list", note=f"call {PHONE}"), [("PHONE", "第1页批注或表单")]),
        (pdf("2026-11-24 023-72222222"), []),
        (pdf(""), [("UNREADABLE", "PDF第1页含图片或没有文字，无法自动检查。请人工查看。")]),
        (b"%PDF-1.4 broken", [("UNREADABLE", "PDF已加密或损坏，无法自动检查。请去掉密码后重新上传。")]),
    ],
)
def test_a_pdf_is_searched_page_by_page(data: bytes, hits: list[tuple[str, str]]) -> None:
    assert places("公示.pdf", data) == hits


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_as_text_is_searched_in_the_encodings_offices_use(encoding: str) -> None:
    text = f"序号,姓名,证件号\r\n1,张桂芳,{NUMBER}\r\n2,李秀英,{PHONE}\r\n"
    assert places("名单.csv", text.encode(encoding)) == [("ID", "第2行"), ("PHONE", "第3行")]


def test_the_name_of_the_file_is_searched() -> None:
    assert places(f"张桂芳{NUMBER}.txt", b"") == [("ID", "文件名")]


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def ole(stream: str) -> bytes:
    return archives.OLE_MAGIC + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "不是文字、表格、Word或PDF文件(可能是图片)，无法自动检查。请人工查看。"),
        (b"{\\rtf1 }", "不是文字、表格、Word或PDF文件(可能是图片)，无法自动检查。请人工查看。"),
        (ole("EncryptedPackage"), "文件已加密，无法自动检查。请去掉密码后重新上传。"),
        (ole("Workbook"), "旧版Excel格式(.xls)，无法自动检查。请另存为.xlsx后重新上传。"),
        (ole("WordDocument"), "旧版Word格式(.doc)，无法自动检查。请另存为.docx后重新上传。"),
        (ole("Other"), "旧版Office格式，无法自动检查。请另存为.xlsx或.docx后重新上传。"),
        (zipped(a=b""), "压缩包，无法自动检查。请解压后把里面的文件单独上传。"),
        (b"PK\x03\x04", "文件已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传。"),
        (
            zipped(**{"xl/workbook.xml": b"0" * (8 << 20)}),
            "文件解压后过大，疑似压缩炸弹。请删除多余内容（大图片、空白行列）后另存再上传。",
        ),
        (
            zipped(**{"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "文件已损坏或含有不安全的内容，无法自动检查。请在电脑上打开原文件，另存一份后重新上传。",
        ),
        (
            zipped(**{"xl/workbook.xml": '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")}),
            "文件已损坏或含有不安全的内容，无法自动检查。请在电脑上打开原文件，另存一份后重新上传。",
        ),
        (
            zipped(**{"xl/workbook.xml": b"<?xml version='1.0' encoding='cp037'?><a/>"}),
            "文件已损坏或含有不安全的内容，无法自动检查。请在电脑上打开原文件，另存一份后重新上传。",
        ),
        (
            zipped(**{"word/document.xml": b"<p>"}),
            "文件已损坏或含有不安全的内容，无法自动检查。请在电脑上打开原文件，另存一份后重新上传。",
        ),
    ],
)
def test_what_cannot_be_read_is_a_hit_that_says_what_to_do(data: bytes, why: str) -> None:
    assert scanner.scan_file("附件", data) == [Hit(HitKind.UNREADABLE, 0, 0, "", why)]


def test_a_number_is_given_once_a_place_and_not_without_end() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book["名单"].append([f"{PHONE} {PHONE}"])
        for number in range(600):
            book["名单"].append([f"138{number:08}"])

    hits = scanner.scan_file("a.xlsx", workbook(fill))
    assert (len(hits), hits[0].where, hits[1].where) == (500, "工作表“名单” A1", "工作表“名单” A2")
