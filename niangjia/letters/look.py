"""A first look at the raw XML of a workbook, for what a fast reader does not tell or cannot survive.

The reader keeps a dense grid, so one stray cell at XFD1048576 would cost gigabytes; it returns an error value and a
formula that was never calculated as an empty cell; it does not mention hidden rows and columns. The look is one pass
over the unpacked pieces and costs about a fifth of reading.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from niangjia.core.archives import ArchiveError, read_member

ROW_BYTES = 16 << 20  # a row of Excel is smaller; a longer piece without a row is not a worksheet
MARKED_CELLS = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """A worksheet by its name and its member in the zip."""

    name: str
    member: str
    hidden: bool


@dataclass(slots=True)
class Look:
    """What was seen in one worksheet. Rows and columns count from 1; `marked` are the cells without a usable value:
    the error value such as '#N/A', or '' for a formula that was saved without its result."""

    last_row: int = 0
    last_column: int = 0
    hidden_rows: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    formulas: int = 0
    marked: dict[tuple[int, int], str] = field(default_factory=dict)


def column_number(letters: str) -> int:
    """'A' -> 1, 'AA' -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 -> 'A', 27 -> 'AA'."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parts_of(archive: zipfile.ZipFile) -> list[Part]:
    """The worksheets of a workbook in their order; ArchiveError if the workbook cannot be understood."""
    broken = ArchiveError("文件已损坏：读不出工作簿的目录", "请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传")
    try:
        book = _xml(archive, "xl/workbook.xml")
        targets = {
            link.get("Id", ""): posixpath.normpath(posixpath.join("xl", link.get("Target", "")).lstrip("/"))
            for link in _xml(archive, "xl/_rels/workbook.xml.rels")
            if link.get("Type", "").endswith("/worksheet")
        }
    except (KeyError, ParseError, DefusedXmlException, ValueError) as error:
        raise error if isinstance(error, ArchiveError) else broken from error
    parts = []
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        link = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        if link in targets:
            parts.append(Part(sheet.get("name", ""), targets[link], sheet.get("state", "visible") != "visible"))
    if not parts or any(part.member not in archive.namelist() for part in parts):
        raise broken
    return parts


def _xml(archive: zipfile.ZipFile, name: str) -> Element:
    root: Element = ElementTree.fromstring(read_member(archive, archive.getinfo(name)))
    return root


@dataclass(frozen=True, slots=True)
class _Patterns:
    row: re.Pattern[bytes]
    hidden_row: re.Pattern[bytes]
    hidden_column: re.Pattern[bytes]
    wide: re.Pattern[bytes]
    error: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    uncalculated: re.Pattern[bytes]


@lru_cache(maxsize=8)
def _patterns(prefix: bytes) -> _Patterns:
    p = re.escape(prefix)
    return _Patterns(
        row=re.compile(rb'<%brow [^>]*?\br="(\d+)"' % p),
        hidden_row=re.compile(rb'<%brow [^>]*?\bhidden="(?:1|true)"' % p),
        hidden_column=re.compile(rb'<%bcol (?=[^>]*\bhidden="(?:1|true)")(?=[^>]*\bmin="(\d+)")[^>]*\bmax="(\d+)"' % p),
        wide=re.compile(rb'r="([A-Za-z]{2,3})[0-9]'),
        error=re.compile(rb'<%bc ([^>/]*\bt="e"[^>/]*)>(?:(?!</%bc>).)*?<%bv[^>]*>([^<]*)' % (p, p, p), re.DOTALL),
        formula=re.compile(rb"<%bf[ />]" % p),
        uncalculated=re.compile(
            rb"<%bc ([^>]*)>\s*<%bf(?: [^>]*)?(?:/>|>[^<]*</%bf>)\s*(?:<%bv/>|<%bv [^>]*/>|<%bv></|</%bc>)"
            % (p, p, p, p, p, p, p)
        ),
    )


_PLACE = re.compile(rb'\br="([A-Za-z]{1,3})(\d+)"')
_PREFIX = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)worksheet[\s>]")


def look_at(pieces: Iterable[bytes]) -> Look:
    """Look through the unpacked XML of one worksheet; ArchiveError if it is none."""
    look, rest, prefix = Look(), b"", b""
    opened = False
    for piece in pieces:
        text = rest + piece
        if not opened:
            found = _PREFIX.search(text)
            if found is None:
                rest = _short(text)
                continue
            opened, prefix = True, found.group(1)
        cut = text.rfind(b"<" + prefix + b"row")
        if cut <= 0:
            rest = _short(text)
            continue
        _note(look, text[:cut], prefix)
        rest = _short(text[cut:])
    if not opened:
        raise ArchiveError("文件已损坏：工作表没有内容", "请用 Excel 或 WPS 打开原文件，另存为 .xlsx 后重新上传")
    _note(look, rest, prefix)
    return look


def _short(text: bytes) -> bytes:
    if len(text) > ROW_BYTES:
        raise ArchiveError("工作表里有一行内容过大", "请检查是否误粘贴了大段文字或图片，清理后重新上传")
    return text


def _note(look: Look, text: bytes, prefix: bytes) -> None:
    cell = b"<" + prefix + b"c"
    if text.count(cell) != text.count(cell + b' r="'):  # unusual writers; also the head and foot of every sheet
        text = re.sub(rb"\s+", b" ", text)
        text = re.sub(rb" ?= ?([\"'])", rb"=\1", text)
        text = re.sub(rb"='([^'\"<>]*)'", rb'="\1"', text)
    pattern = _patterns(prefix)
    rows = pattern.row.findall(text)
    look.last_row = max([look.last_row, *map(int, rows)])
    wide = set(pattern.wide.findall(text))
    look.last_column = max([look.last_column, 26, *(column_number(letters.decode()) for letters in wide)])
    if b"hidden=" in text:
        look.hidden_rows += len(pattern.hidden_row.findall(text))
        look.hidden_columns += [(int(first), int(last)) for first, last in pattern.hidden_column.findall(text)]
    if b't="e"' in text:
        for attributes, value in pattern.error.findall(text):
            _mark(look, attributes, value.decode("ascii", "replace") or "#VALUE!")
    if b"<" + prefix + b"f" in text:
        look.formulas += len(pattern.formula.findall(text))
        for attributes in pattern.uncalculated.findall(text):
            if b't="str"' not in attributes and b't="e"' not in attributes:
                _mark(look, attributes, "")


def _mark(look: Look, attributes: bytes, value: str) -> None:
    place = _PLACE.search(attributes)
    if place is None or len(look.marked) >= MARKED_CELLS:
        raise ArchiveError("表中有大量错误值或没有计算结果的公式", "请复制整张表，选择性粘贴为“数值”，改正后重新上传")
    look.marked[int(place.group(2)), column_number(place.group(1).decode())] = value
