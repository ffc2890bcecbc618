"""Bytes of an uploaded plan to text: plain text in the usual encodings, .docx, text PDF; the rest is refused kindly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

import pypdfium2
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from niangjia.core import pdfium
from niangjia.core.archives import ArchiveError, office_97_kind, open_archive, read_member
from niangjia.plans.reader.numbering import Numbering

MAX_BYTES = 20 << 20
MAX_PAGES = 300
MAX_CHARACTERS = 100_000
SCANNED_BELOW = 8  # characters a page on average: a scan with a stray page number, not a text
_COMMON = frozenset("的一是在和区妇女工作年组开展服务家庭儿村计划全大中人会民生为不有以區婦產業務開會個為學進動")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


class PlanFileError(ValueError):
    """The file cannot be read as a plan; `str()` says why in Chinese, `remedy` what helps."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}。{remedy}")
        self.message = message
        self.remedy = remedy


def text_of(name: str, data: bytes) -> str:
    """The text of a plan file; what it is is decided by its content, not its name. Raises PlanFileError."""
    if not data:
        raise PlanFileError(f"文件“{name}”是空的", "请检查后重新上传")
    if len(data) > MAX_BYTES:
        raise PlanFileError(f"文件“{name}”超过 20 MB", "请删去图片后另存，或只上传正文")
    text = _read(name, data)
    if len(text) > MAX_CHARACTERS:
        raise PlanFileError(f"文件“{name}”有 {len(text)} 字，超过 {MAX_CHARACTERS} 字", "请只上传计划正文")
    return text


def _read(name: str, data: bytes) -> str:
    if data.startswith(b"%PDF") or b"%PDF-" in data[:1024]:
        return _pdf(name, data)
    old = office_97_kind(data)
    if old == "encrypted":
        raise PlanFileError(f"文件“{name}”已加密", "请去掉密码后重新上传")
    if old:
        raise PlanFileError(f"文件“{name}”是旧版文档（.doc、.wps 等），无法读取", "请打开后另存为 .docx 再上传")
    if data.startswith(b"PK\x03\x04"):
        return _docx(name, data)
    if data.startswith(b"{\\rtf"):
        raise PlanFileError(f"文件“{name}”是 RTF 文档，无法读取", "请打开后另存为 .docx 再上传")
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")):
        raise PlanFileError(f"文件“{name}”是图片，没有可读的文字", "请先做文字识别（OCR），或把文字粘贴进来")
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise PlanFileError(f"文件“{name}”是压缩包", "请解压后上传其中的计划文件")
    return _plain(name, data)


# --- plain text ---


def _plain(name: str, data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(name, data, encoding)
    if 0 in data[:4000]:
        return _unmarked_utf16(name, data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = []
    for encoding in ("gb18030", "big5"):
        try:
            readings.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    if not readings:
        raise PlanFileError(f"文件“{name}”的文字编码无法识别", "请用记事本打开，另存为 UTF-8 编码后再上传")
    best = max(readings, key=_commonness)
    if sum(not c.isprintable() and c not in "\r\n\t\f" for c in best[:4000]) > len(best[:4000]) // 50:
        raise PlanFileError(f"文件“{name}”不是文本文件", "请上传 .txt、.docx 或文字版 PDF")
    return best


def _unmarked_utf16(name: str, data: bytes) -> str:
    """Of the two byte orders the one that gives Chinese words; a file with zero bytes is no other kind of text."""
    readings = []
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            readings.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    best = max(readings, key=_commonness, default="")
    if not best or _commonness(best) * 20 < len(best[:4000]):
        raise PlanFileError(f"文件“{name}”不是文本文件", "请上传 .txt、.docx 或文字版 PDF")
    return best


def _decoded(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise PlanFileError(f"文件“{name}”的文字编码有错误", "请用记事本打开，另存为 UTF-8 编码后再上传") from error


def _commonness(text: str) -> int:
    return sum(character in _COMMON for character in text[:4000])


# --- .docx ---


def _docx(name: str, data: bytes) -> str:
    try:
        with open_archive(data) as archive:
            members = {info.filename: info for info in archive.infolist()}
            if "word/document.xml" not in members:
                raise PlanFileError(
                    f"文件“{name}”不是 Word 文档", "请上传 .txt、.docx 或文字版 PDF；表格请另存为 .docx 或复制粘贴文字"
                )

            def part(path: str) -> Element | None:
                return fromstring(read_member(archive, members[path])) if path in members else None

            document, numbering, styles = (part(f"word/{one}.xml") for one in ("document", "numbering", "styles"))
    except ArchiveError as error:
        raise PlanFileError(f"文件“{name}”打不开：{error}", error.remedy) from error
    except (ParseError, DefusedXmlException, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, PlanFileError):
            raise
        raise PlanFileError(f"文件“{name}”已损坏，打不开", "请在电脑上打开原文件，另存一份后重新上传") from error
    body = document.find(f"{_W}body") if document is not None else None
    if body is None:
        raise PlanFileError(f"文件“{name}”已损坏，没有正文", "请在电脑上打开原文件，另存一份后重新上传")
    return "\n".join(_blocks(body, Numbering(numbering, styles)))


def _blocks(parent: Element, numbering: Numbering) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield numbering.label(child) + _words(child)
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                yield "\t".join(_cells(row, numbering))
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            yield from _blocks(child, numbering)


def _cells(row: Element, numbering: Numbering) -> Iterator[str]:
    for cell in row.iter(f"{_W}tc"):
        merged = cell.find(f"{_W}tcPr/{_W}vMerge")
        if merged is not None and merged.get(f"{_W}val") != "restart":
            yield ""
            continue
        yield " ".join(" ".join(_blocks(cell, numbering)).split())


def _words(paragraph: Element) -> str:
    """Text of a paragraph as it reads once tracked changes are accepted."""
    return "".join(_runs(paragraph))


def _runs(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield " "
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\f" if child.get(f"{_W}type") == "page" else "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag not in (f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}tabs", _FALLBACK):
            yield from _runs(child)


# --- PDF ---


def _pdf(name: str, data: bytes) -> str:
    with pdfium.LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "assword" in str(error):
                raise PlanFileError(f"文件“{name}”已加密", "请去掉打开密码后重新上传") from error
            raise PlanFileError(f"文件“{name}”已损坏，打不开", "请在电脑上打开原文件，另存一份后重新上传") from error
        try:
            if len(document) > MAX_PAGES:
                raise PlanFileError(f"文件“{name}”有 {len(document)} 页，超过 {MAX_PAGES} 页", "请只上传计划正文")
            pages = [_page(document, number) for number in range(len(document))]
        except pypdfium2.PdfiumError as error:
            raise PlanFileError(f"文件“{name}”有损坏的页", "请在电脑上打开原文件，另存一份后重新上传") from error
        finally:
            document.close()
    if not pages:
        raise PlanFileError(f"文件“{name}”没有页", "请检查后重新上传")
    if sum(len(re.sub(r"\s", "", page)) for page in pages) < SCANNED_BELOW * len(pages):
        raise PlanFileError(
            f"文件“{name}”是扫描件，没有可读的文字", "请先做文字识别（OCR），或上传 Word 原稿、粘贴文字"
        )
    return "\n\f".join(pages)


def _page(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    try:
        words = page.get_textpage()
        try:
            return str(words.get_text_range()).replace("\r\n", "\n")
        finally:
            words.close()
    finally:
        page.close()
