"""Finds ID numbers, mobile phones and bank cards in texts and files that are about to be published.

A false alarm costs two people a look; a miss is a leak. Files are read part by part, not as a reader would show them:
hidden sheets, rows and columns, comments, tracked deletions, properties, cached and orphaned values count as well. What
cannot be read is a hit too (``UNREADABLE``): then a person must look. Landlines and hotlines are allowed, a notice
names them for objections.
"""

import codecs
import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Literal
from xml.etree.ElementTree import Element, ParseError, iterparse

import pypdfium2 as pdfium

from niangjia.core import archives, clock, identity, masking
from niangjia.core.archives import ArchiveError
from niangjia.core.pdfium import LOCK

MOST_HITS = 500
LIMITS = archives.Limits(members=2_000, unpacked=200 << 20)
DEEPEST = 2  # a file in a file in the file
MOST_PAGES = 2_000


class HitKind(StrEnum):
    ID = "ID"
    PHONE = "PHONE"
    CARD = "CARD"
    UNREADABLE = "UNREADABLE"

    @property
    def label(self) -> str:
        return {"ID": "身份证号", "PHONE": "手机号", "CARD": "银行卡号", "UNREADABLE": "无法自动检查"}[self.value]


@dataclass(frozen=True)
class Hit:
    """One find. ``start`` and ``end`` are positions in the text given to ``scan_text`` (0 for what is unreadable);
    ``where`` says in Chinese where in the file, for UNREADABLE also why and what to do."""

    kind: HitKind
    start: int
    end: int
    masked: str
    where: str = ""


# What may stand between two digits of one number. A line break may only part an ID number, whose check digit tells.
_BETWEEN = "[ \u00a0\u00ad\u2000-\u2015\u202f\u205f\u2060\u2212\u3000\ufeff_.．·•/|－-]"
_GAP = rf"(?:{_BETWEEN}|\r?\n){{0,3}}"
_CHAIN = re.compile(rf"\d(?:{_GAP}\d){{10,}}")
_CHECK_X = re.compile(rf"{_BETWEEN}{{0,3}}[XxＸｘ]")
_APART = "\t\t\t\t"  # longer than what may stand within one number
_DIGITS = re.compile(r"\d+")
_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9]\d{9})")
_PHONE_GROUPS = {(3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (5, 6), (6, 5)}
_SHORTEST, _LONGEST = 11, 19


@dataclass(frozen=True)
class _Group:
    """A run of digits, where it stands, where the X after it ends, and whether a line break comes before it."""

    start: int
    end: int
    digits: str
    x_end: int
    after_break: bool


def scan_text(text: str) -> list[Hit]:
    """Every number of a person in the text, in order; digits may be full-width, spaced or dashed."""
    if len(text) < _SHORTEST:
        return []
    return [hit for chain in _chains(text) for hit in _scan_chain(text, chain)]


def numbers_told(*texts: str) -> str:
    """What ``scan_text`` finds, as a writer is told of it: 手机号（138****8000）、身份证号（…）; empty when there is nothing."""
    hits = (hit for text in texts for hit in scan_text(text))
    return "、".join(dict.fromkeys(f"{hit.kind.label}（{hit.masked}）" for hit in hits))


def _chains(text: str) -> Iterator[list[_Group]]:
    """Runs of digits that may belong together, eleven digits at least."""
    for span in _CHAIN.finditer(text):
        chain: list[_Group] = []
        end = span.start()
        for run in _DIGITS.finditer(text, span.start(), span.end()):
            after_break = "\n" in text[end : run.start()]
            x = _CHECK_X.match(text, run.end())
            digits = run[0] if run[0].isascii() else "".join(str(unicodedata.decimal(digit)) for digit in run[0])
            pieces = _cut(digits) if len(digits) > _LONGEST else [digits]
            end = run.start()
            for number, piece in enumerate(pieces, 1):
                start, end = end, end + len(piece)
                chain.append(_Group(start, end, piece, x.end() if x and number == len(pieces) else 0, after_break))
        yield chain


def _cut(digits: str) -> list[str]:
    """Cut numbers written without a gap apart: wherever 18 digits are an ID number by their check digit."""
    pieces, rest, position = [], 0, 0
    while position + 18 <= len(digits):
        window = digits[position : position + 18]
        if _is_id(window) and identity.check_digit(window[:17]) == window[17]:
            pieces += [digits[rest:position], window]
            rest = position = position + 18
        else:
            position += 1
    return [piece for piece in [*pieces, digits[rest:]] if piece]


def _scan_chain(text: str, chain: Sequence[_Group]) -> Iterator[Hit]:
    first = 0
    while first < len(chain):
        found, length = None, 0
        for last in range(first, len(chain)):
            length += len(chain[last].digits)
            if length > _LONGEST and last > first:
                break
            found = _judge(text, chain[first : last + 1]) or found
        if found is None:
            first += 1
            continue
        yield found
        while first < len(chain) and chain[first].start < found.end:
            first += 1


def _judge(text: str, groups: Sequence[_Group]) -> Hit | None:
    digits = "".join(group.digits for group in groups)
    if not _SHORTEST <= len(digits) <= _LONGEST:
        return None
    start, end = groups[0].start, groups[-1].end
    doubtful = len(groups) == 1 and (_inside_word(text, start, end) or _is_fraction(text, start))
    sizes = tuple(len(group.digits) for group in groups)
    spelled = len(sizes) == len(digits)
    broken = any(group.after_break for group in groups[1:])
    if len(digits) == 17 and groups[-1].x_end:
        number, end_of_id = digits + "X", groups[-1].x_end
    else:
        number, end_of_id = digits, end
    if _is_id(number):
        checked = identity.check_digit(number[:17]) == number[17]
        typed = not broken and (len(groups) == 1 or spelled or sizes in {(6, 8, 4), (6, 8, 3)})
        if checked or (typed and not doubtful):
            return Hit(HitKind.ID, start, end_of_id, masking.mask_id(number))
    if broken or doubtful:
        return None
    if (len(groups) == 1 or sizes == (6, 6, 3)) and _is_old_id(digits):
        return Hit(HitKind.ID, start, end, masking.STAR * 15)
    mobile = _MOBILE.fullmatch(digits)
    if mobile and (len(groups) == 1 or spelled or sizes in _PHONE_GROUPS):
        return Hit(HitKind.PHONE, start, end, masking.mask_phone(mobile[1]))
    if len(digits) >= 16 and identity.luhn(digits) and _is_card_shape(digits, sizes, spelled=spelled):
        return Hit(HitKind.CARD, start, end, masking.mask_card(digits))
    return None


def _inside_word(text: str, start: int, end: int) -> bool:
    """Digits between two letters belong to a fingerprint or an address, not to a person."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return before.isascii() and before.isalpha() and after.isascii() and after.isalpha() and after not in "Xx"


def _is_fraction(text: str, start: int) -> bool:
    """What follows 0. is a share computed to many places."""
    return text[max(start - 2, 0) : start] == "0." and not text[max(start - 3, 0) : start - 2].isdigit()


def _is_card_shape(digits: str, sizes: tuple[int, ...], *, spelled: bool) -> bool:
    """Cards start with 3 to 9; in groups they are printed by fours, or as issuer and account, and start with 3 to 6."""
    if len(sizes) == 1:
        return digits[0] in "3456789"
    fours = set(sizes[:-1]) == {4} and sizes[-1] <= 4
    return digits[0] in "3456" and (fours or spelled or sizes in {(6, 13), (6, 10)})


def _is_id(number: str) -> bool:
    return len(number) == 18 and number[:2] in identity.PROVINCES and _is_birth(number[6:14])


def _is_old_id(digits: str) -> bool:
    return len(digits) == 15 and digits[:2] in identity.PROVINCES and _is_birth("19" + digits[6:12])


def _is_birth(digits: str) -> bool:
    try:
        return int(digits[:4]) >= 1900 and date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= clock.today()
    except ValueError:
        return False


def scan_file(name: str, data: bytes) -> list[Hit]:
    """Every number of a person in a file, its name included, and every part of it that cannot be read.

    Reads .xlsx, .docx, .pdf with text, .csv and plain text. At most 500 hits are given: more says nothing new.
    """
    hits = itertools.chain(_at("文件名", scan_text(name)), _scan_data(data, "", depth=0))
    return list(itertools.islice(_without_repeats(hits), MOST_HITS))


def _without_repeats(hits: Iterable[Hit]) -> Iterator[Hit]:
    seen = set()
    for hit in hits:
        if (hit.kind, hit.masked, hit.where) not in seen:
            seen.add((hit.kind, hit.masked, hit.where))
            yield hit


def _at(where: str, hits: Iterable[Hit]) -> Iterator[Hit]:
    return (replace(hit, where=where) for hit in hits)


def _unreadable(inside: str, why: str) -> Hit:
    return Hit(HitKind.UNREADABLE, 0, 0, "", f"{inside}{why}")


def _scan_data(data: bytes, inside: str, *, depth: int) -> Iterator[Hit]:
    """``inside`` names the file this one is embedded in, for ``where``."""
    try:
        if depth > DEEPEST:
            yield _unreadable(inside, "文件层层嵌套过深，无法自动检查。请把内层文件单独上传。")
        elif data.startswith(archives.ZIP_MAGIC):
            yield from _scan_archive(data, inside, depth=depth)
        elif data[:1024].lstrip().startswith(b"%PDF"):
            yield from _scan_pdf(data, inside, depth=depth)
        elif (kind := archives.office_97_kind(data)) is not None:
            yield _unreadable(inside, _OFFICE_97[kind])
        else:
            yield from _scan_plain(data, inside)
    except ArchiveError as error:
        yield _unreadable(inside, f"{error}。{error.remedy}。")
    except (ParseError, UnicodeDecodeError, KeyError):
        yield _unreadable(
            inside, "文件已损坏或含有不安全的内容，无法自动检查。请在电脑上打开原文件，另存一份后重新上传。"
        )


_OFFICE_97 = {
    "encrypted": "文件已加密，无法自动检查。请去掉密码后重新上传。",
    "xls": "旧版Excel格式(.xls)，无法自动检查。请另存为.xlsx后重新上传。",
    "doc": "旧版Word格式(.doc)，无法自动检查。请另存为.docx后重新上传。",
    "ole": "旧版Office格式，无法自动检查。请另存为.xlsx或.docx后重新上传。",
}


def _scan_plain(data: bytes, inside: str) -> Iterator[Hit]:
    text = _decode(data)
    if text is None:
        yield _unreadable(inside, "不是文字、表格、Word或PDF文件(可能是图片)，无法自动检查。请人工查看。")
        return
    for hit in scan_text(text):
        yield replace(hit, where=f"{inside}第{text.count(chr(10), 0, hit.start) + 1}行")


def _decode(data: bytes) -> str | None:
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if text.startswith("{\\rtf") or re.search("[\x00-\x08\x0e-\x1a\x1c-\x1f]", text) else text
    return None


def _scan_pdf(data: bytes, inside: str, *, depth: int) -> Iterator[Hit]:
    with LOCK:
        yield from list(_pdf_hits(data, inside, depth=depth))


def _pdf_hits(data: bytes, inside: str, *, depth: int) -> Iterator[Hit]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        yield _unreadable(inside, "PDF已加密或损坏，无法自动检查。请去掉密码后重新上传。")
        return
    try:
        yield from _at(f"{inside}文档属性", scan_text(_APART.join(document.get_metadata_dict().values())))
        if len(document) > MOST_PAGES:
            yield _unreadable(inside, f"PDF超过{MOST_PAGES}页，无法自动检查。请拆分后重新上传。")
            return
        pictures = []
        for number in range(1, len(document) + 1):
            page = document[number - 1]
            where = f"{inside}第{number}页"
            text = page.get_textpage().get_text_bounded()
            yield from _at(where, scan_text(text))
            yield from _at(f"{where}批注或表单", scan_text(_APART.join(_pdf_annotations(page))))
            if not text.strip() or any(True for _ in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE])):
                pictures.append(str(number))
            page.close()
        if pictures:
            yield _unreadable(inside, f"PDF第{'、'.join(pictures)}页含图片或没有文字，无法自动检查。请人工查看。")
        for number in range(document.count_attachments()):
            attached = document.get_attachment(number)
            name = f"{inside}附带文件“{attached.get_name()}”"
            yield from _at(name, scan_text(attached.get_name()))
            yield from _scan_data(bytes(attached.get_data()), name + " ", depth=depth + 1)
    finally:
        document.close()


def _pdf_annotations(page: Any) -> Iterator[str]:
    """Notes, links and the values of form fields, which the page's text leaves out."""
    raw = pdfium.raw
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        for key in (b"Contents", b"V", b"DV", b"T", b"TU", b"Subj"):
            size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
            buffer = bytearray(size)
            words = (raw.FPDF_WCHAR * (size // 2)).from_buffer(buffer)
            raw.FPDFAnnot_GetStringValue(annotation, key, words, size)
            yield bytes(buffer).decode("utf-16-le").rstrip("\0")
        raw.FPDFPage_CloseAnnot(annotation)


def _scan_archive(data: bytes, inside: str, *, depth: int) -> Iterator[Hit]:
    with archives.open_archive(data, LIMITS) as archive:
        parts = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        if "xl/workbook.xml" in parts:
            yield from _Workbook(archive, parts, inside).scan()
        elif "word/document.xml" in parts:
            for part, place in _WORD_PLACES.items():
                for name in sorted(parts):
                    if re.fullmatch(part, name):
                        yield from _scan_word(_events(archive, parts.pop(name)), f"{inside}{place}")
        elif "[Content_Types].xml" not in parts:
            yield _unreadable(inside, "压缩包，无法自动检查。请解压后把里面的文件单独上传。")
            return
        yield from _scan_other_parts(archive, parts, inside, depth=depth)


def _scan_other_parts(
    archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], inside: str, *, depth: int
) -> Iterator[Hit]:
    """Everything nobody reads on screen: properties, caches, links, drawings, embedded files."""
    pictures = 0
    for name, info in sorted(parts.items()):
        where = f"{inside}{_place_of(name)}"
        if re.search(r"/media/|thumbnail", name):
            pictures += 1
        elif _LOOKS_ONLY.search(name):
            continue
        elif name.endswith((".xml", ".rels", ".vml")):
            yield from _scan_any_xml(_events(archive, info), where)
        else:
            yield from _scan_data(archives.read_member(archive, info), f"{where} ", depth=depth + 1)
    if pictures:
        yield _unreadable(inside, f"文件里有{pictures}张图片，无法自动检查。请人工查看。")


# Parts that say how things look and hold no word of the writer.
_LOOKS_ONLY = re.compile(r"/(?:theme/|printerSettings|(?:styles|stylesWithEffects|fontTable|webSettings)\.xml$)")


def _place_of(name: str) -> str:
    places = (("docProps/", "文档属性"), ("/comments", "批注"), ("/drawings/", "图形或文本框"), ("/charts/", "图表"))
    return next((place for part, place in places if part in name), f"内部部件{name}")


_Events = Iterator[tuple[str, Element]]


# Office programs write UTF-8 without a document type; anything else could smuggle entities past the look for one.
_DECLARED_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")


def _events(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, events: Sequence[Literal["start", "end"]] = ("start", "end")
) -> _Events:
    """The elements of a part as they start and end. Raises ParseError if it is no plain XML in UTF-8."""
    data = archives.read_member(archive, info).removeprefix(codecs.BOM_UTF8)
    declared = _DECLARED_ENCODING.match(data)
    if b"<!DOCTYPE" in data or b"\0" in data[:64] or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise ParseError("document type or encoding")
    # The parser of the standard library is five times as fast as defusedxml's, which is written in Python.
    for event, element in iterparse(io.BytesIO(data), events=events):  # noqa: S314
        element.tag = element.tag[element.tag.rfind("}") + 1 :]
        yield event, element


_GUID = re.compile(r"\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?")


def _scan_any_xml(events: _Events, where: str) -> Iterator[Hit]:
    """Text and attributes of any part; the pieces of a paragraph or a string are put together."""
    told: list[str] = []
    depth = 0
    for event, element in events:
        whole = element.tag in ("p", "si", "is", "text")
        if event == "start":
            depth += whole
            told += (v for v in element.attrib.values() if len(v) >= _SHORTEST and not _GUID.fullmatch(v))
            continue
        depth -= whole
        if depth == 0:
            told.append("".join(element.itertext()) if whole else _whole(element.text or ""))
            element.clear()
    yield from _at(where, scan_text(_APART.join(told)))


_WORD_PLACES = {
    r"word/document\.xml": "正文",
    r"word/header\d*\.xml": "页眉",
    r"word/footer\d*\.xml": "页脚",
    r"word/footnotes\.xml": "脚注",
    r"word/endnotes\.xml": "尾注",
    r"word/comments\.xml": "批注",
}
_WORD_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def _scan_word(events: _Events, place: str) -> Iterator[Hit]:
    """Paragraph by paragraph, with and without what tracked changes have deleted, and tables of one sign a box."""
    paragraphs: list[tuple[list[str], list[str]]] = []
    rows: list[list[str]] = []
    count = 0
    for event, element in events:
        match event, element.tag:
            case "start", "p":
                paragraphs.append(([], []))
                count += 1
            case "start", "tr":
                rows.append([])
            case "end", ("t" | "instrText" | "delText" | "delInstrText") as tag if paragraphs:
                kept, everything = paragraphs[-1]
                everything.append(element.text or "")
                if not tag.startswith("del"):
                    kept.append(element.text or "")
            case "end", ("tab" | "br" | "cr" | "noBreakHyphen") as tag if paragraphs:
                for text in paragraphs[-1]:
                    text.append(_WORD_SIGNS[tag])
            case "end", "p":
                kept, everything = paragraphs.pop()
                where = f"{place}第{count}段"
                shown = scan_text("".join(kept))
                yield from _at(where, shown)
                known = {(hit.kind, hit.masked) for hit in shown}
                if len(kept) < len(everything):
                    deleted = (hit for hit in scan_text("".join(everything)) if (hit.kind, hit.masked) not in known)
                    yield from _at(f"{where}(修订中删除的文字)", deleted)
                if rows:
                    rows[-1].append("".join(kept))
            case "end", "tr":
                yield from _at(f"{place}第{count}段前的表格行", _scan_boxes(rows.pop()))
            case "end", ("docPr" | "cNvPr" | "sdtPr" | "alias" | "tag"):
                yield from _at(f"{place}替代文字", scan_text("\t".join(element.attrib.values())))
        if event == "end" and not paragraphs and not rows:
            element.clear()


def _scan_boxes(cells: Iterable[str]) -> Iterator[Hit]:
    """Numbers written one sign a box, as printed forms have them."""
    for single, run in itertools.groupby((cell.strip() for cell in cells), key=lambda cell: len(cell) == 1):
        if single:
            yield from scan_text("".join(run))


class _Workbook:
    """The parts of an .xlsx that a spreadsheet shows or hides; ``scan`` takes them out of ``parts``."""

    def __init__(self, archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], inside: str) -> None:
        self.archive, self.parts, self.inside = archive, parts, inside
        self.strings = self._shared_strings()
        self.used: set[int] = set()

    def scan(self) -> Iterator[Hit]:
        sheets = self._sheets()
        for element in self._take("xl/workbook.xml"):
            if element.tag == "definedName":
                where = f"{self.inside}名称“{element.get('name', '')}”"
                yield from _at(where, scan_text(f"{element.get('name', '')}\t{element.text or ''}"))
        for name, part in sheets:
            yield from _at(f"{self.inside}工作表名称", scan_text(name))
            if part in self.parts:
                yield from self._scan_sheet(part, name)
        for number, text in enumerate(self.strings):
            if number not in self.used:
                yield from _at(f"{self.inside}不再显示的文字(共享字符串)", scan_text(text))

    def _take(self, part: str) -> Iterator[Element]:
        """The elements of a part as they end; none if there is no such part."""
        return self._elements(self.parts.pop(part, None))

    def _elements(self, info: zipfile.ZipInfo | None) -> Iterator[Element]:
        return (element for _, element in _events(self.archive, info, ["end"])) if info else iter(())

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and target of the part's relations, by id."""
        folder, _, name = part.rpartition("/")
        return {
            element.get("Id", ""): (element.get("Type", ""), _joined(folder, element.get("Target", "")))
            for element in self._elements(self.parts.get(f"{folder}/_rels/{name}.rels"))
            if element.tag == "Relationship"
        }

    def _sheets(self) -> list[tuple[str, str]]:
        """Name as shown in ``where`` and part of every sheet."""
        relations = self._relations("xl/workbook.xml")
        sheets = []
        for element in self._elements(self.parts["xl/workbook.xml"]):
            if element.tag == "sheet":
                key = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
                hidden = "(隐藏)" if element.get("state", "visible") != "visible" else ""
                sheets.append((f"工作表“{element.get('name', '')}”{hidden}", relations.get(key, ("", ""))[1]))
        return sheets

    def _shared_strings(self) -> list[str]:
        strings = []
        for element in self._take("xl/sharedStrings.xml"):
            if element.tag == "si":
                strings.append("".join(element.itertext()))
                element.clear()
        return strings

    def _scan_sheet(self, part: str, name: str) -> Iterator[Hit]:
        sheet = f"{self.inside}{name}"
        for kind, target in self._relations(part).values():
            if kind.rpartition("/")[2] in ("comments", "threadedComment"):
                yield from self._scan_comments(target, sheet)
        hidden_columns: list[range] = []
        cells: list[tuple[int, str]] = []
        column = row = 0
        for element in self._take(part):
            match element.tag:
                case "c":
                    column = _column(element.get("r", "")) or column + 1
                    cells.append((column, self._cell(element)))
                case "row":
                    row = int(element.get("r") or row + 1)
                    hidden = "(隐藏行)" if element.get("hidden") in ("1", "true") else ""
                    yield from self._scan_row(sheet, row, hidden, cells, hidden_columns)
                    cells, column = [], 0
                    element.clear()
                case "col" if element.get("hidden") in ("1", "true"):
                    hidden_columns.append(range(int(element.get("min", "0")), int(element.get("max", "0")) + 1))
                case "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader" | "firstFooter":
                    yield from _at(f"{sheet} 页眉页脚", scan_text(element.text or ""))
                case "dataValidation" | "hyperlink" | "conditionalFormatting" | "protectedRange":
                    told = _APART.join([*element.attrib.values(), *element.itertext()])
                    yield from _at(f"{sheet} 数据有效性、链接或条件格式", scan_text(told))

    def _scan_row(
        self, sheet: str, row: int, hidden: str, cells: list[tuple[int, str]], hidden_columns: list[range]
    ) -> Iterator[Hit]:
        texts = [text for _, text in cells]
        yield from _at(f"{sheet} 第{row}行", _scan_boxes(texts))
        if not scan_text(_APART.join(texts)):
            return
        for column, text in cells:
            why = hidden + ("(隐藏列)" if any(column in columns for columns in hidden_columns) else "")
            yield from _at(f"{sheet} {_letters(column)}{row}{why}", scan_text(text))

    def _cell(self, element: Element) -> str:
        """What the cell holds, its formula and its cached value; fractions hold no number of a person."""
        kind, told = element.get("t", "n"), []
        for child in element:
            text = "".join(child.itertext())
            if child.tag == "v" and kind == "s" and text.isdigit() and int(text) < len(self.strings):
                self.used.add(int(text))
                told.append(self.strings[int(text)])
            elif child.tag == "v" and kind == "n":
                told.append(_whole(text))
            else:
                told.append(text)
        return "\t".join(told)

    def _scan_comments(self, part: str, sheet: str) -> Iterator[Hit]:
        for element in self._take(part):
            if element.tag in ("comment", "threadedComment"):
                yield from _at(f"{sheet} {element.get('ref', '')}批注", scan_text("".join(element.itertext())))
            elif element.tag == "author":
                yield from _at(f"{sheet} 批注作者", scan_text(element.text or ""))


def _whole(text: str) -> str:
    """A stored number as people read it: 1.3812345678E10 is 13812345678; a fraction is nothing."""
    try:
        number = float(text)
        return text if text.strip().isdigit() else str(int(number)) if number.is_integer() else ""
    except (ValueError, OverflowError):
        return text


def _joined(folder: str, target: str) -> str:
    """The part a relation points to."""
    steps = [] if target.startswith("/") else folder.split("/")
    for step in target.strip("/").split("/"):
        steps = steps[:-1] if step == ".." else [*steps, step]
    return "/".join(steps)


def _column(reference: str) -> int:
    """27 for AA5; 0 for a cell without reference."""
    number = 0
    for letter in itertools.takewhile(str.isalpha, reference):
        number = number * 26 + ord(letter.upper()) - 64
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
