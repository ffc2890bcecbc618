"""Workbooks somebody else laid out: seen as they are, and filled cell by cell with everything else left untouched.

A library that loads a workbook and saves it loses what it does not know: charts, pictures, conditional formats. Here only
the cells that are filled change in the worksheet's XML; every other member of the file is copied byte for byte, but for the
order to calculate the formulas anew when it is opened.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final

from lxml import etree

from niangjia.core.archives import open_archive, read_member
from niangjia.letters.look import column_letters, column_number

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
MOST_CELLS: Final = 20_000  # shown and mapped by hand; a form has some hundreds
REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

Filling = Decimal | int | str


class LayoutError(ValueError):
    """The workbook cannot be filled so; ``str()`` says where, why and what to do."""


@dataclass(frozen=True, slots=True)
class CellSeen:
    """One cell: what it shows, whether it calculates."""

    reference: str
    text: str
    is_formula: bool = False


@dataclass(frozen=True)
class SheetSeen:
    """One worksheet as it is laid out. ``spans`` are merged ranges by their upper left cell: (rows, columns)."""

    name: str
    hidden: bool
    protected: bool
    cells: Mapping[str, CellSeen]
    spans: Mapping[str, tuple[int, int]]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    rows: int
    columns: int

    @cached_property
    def covered(self) -> Mapping[str, str]:
        """Cells under a merged range, by the upper left cell they belong to."""
        found: dict[str, str] = {}
        for corner, (rows, columns) in self.spans.items():
            row, column = place_of(corner)
            for down in range(rows):
                for right in range(columns):
                    if down or right:
                        found[reference_of(row + down, column + right)] = corner
        return found

    def refuses(self, reference: str) -> str:
        """Why this cell cannot be filled, in Chinese with the remedy; empty if it can."""
        if corner := self.covered.get(reference):
            return f"“{self.name}”{reference} 在合并单元格里，请改填左上角的 {corner}。"
        seen = self.cells.get(reference)
        if seen is not None and seen.is_formula:
            return f"“{self.name}”{reference} 是公式，会自动计算，不用填。"
        row, column = place_of(reference)
        if row in self.hidden_rows or column in self.hidden_columns:
            return f"“{self.name}”{reference} 所在的行或列是隐藏的，请先在 Excel 中取消隐藏，再上传模板。"
        return ""


@dataclass(frozen=True, slots=True)
class BookSeen:
    """A workbook as it is laid out; ``constants`` are the words printed on it, by sheet and cell."""

    sheets: tuple[SheetSeen, ...]
    members: Mapping[str, str] = field(repr=False)

    def sheet(self, name: str) -> SheetSeen:
        """Raises LayoutError naming the sheets there are."""
        for one in self.sheets:
            if one.name == name:
                return one
        there = "、".join(one.name for one in self.sheets)
        raise LayoutError(f"工作表“{name}”不在文件里（现有：{there}），可能改了名。请核对后重新对应。")

    def words(self) -> dict[tuple[str, str], str]:
        return {(s.name, ref): c.text for s in self.sheets for ref, c in s.cells.items() if c.text and not c.is_formula}


def place_of(reference: str) -> tuple[int, int]:
    """ "B5" -> (5, 2). Raises LayoutError."""
    match = REFERENCE.fullmatch(reference)
    if match is None:
        raise LayoutError(f"“{reference}”不是单元格的名称，应如 B5。")
    return int(match[2]), column_number(match[1])


def reference_of(row: int, column: int) -> str:
    return f"{column_letters(column)}{row}"


def see(data: bytes) -> BookSeen:
    """Read the layout of an .xlsx that ``files.rules.examine`` let through. Raises LayoutError, ArchiveError."""
    with open_archive(data) as archive:
        members = _sheet_members(archive)
        shared = _shared(archive)
        sheets = tuple(
            _sheet(name, hidden, _parse(_member(archive, member)), shared) for name, (member, hidden) in members.items()
        )
    return BookSeen(sheets, {name: member for name, (member, _) in members.items()})


def fill(data: bytes, values: Mapping[tuple[str, str], Filling]) -> bytes:
    """The same workbook with these cells filled, by (sheet, reference). Raises LayoutError for cells that cannot be."""
    book = see(data)
    by_member: dict[str, dict[str, Filling]] = {}
    for (name, reference), value in values.items():
        if reason := book.sheet(name).refuses(reference):
            raise LayoutError(reason)
        by_member.setdefault(book.members[name], {})[reference] = value
    out = io.BytesIO()
    with open_archive(data) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for info in archive.infolist():
            content = read_member(archive, info)
            if info.filename in by_member:
                content = _filled(content, by_member[info.filename])
            elif info.filename == "xl/workbook.xml":
                content = _calculating(content)
            made.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- reading -------------------------------------------------------------------------------------------------------


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return read_member(archive, archive.getinfo(name))
    except KeyError:
        raise LayoutError("文件不完整，打不开。请在电脑上打开原文件，另存一份后重新上传。") from None


def _parse(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise LayoutError("文件已损坏，打不开。请在电脑上打开原文件，另存一份后重新上传。") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise LayoutError("文件里有不该有的声明，没有打开。请另存一份后重新上传。")
    return root


def _sheet_members(archive: zipfile.ZipFile) -> dict[str, tuple[str, bool]]:
    relations = {
        one.get("Id"): str(one.get("Target"))
        for one in _parse(_member(archive, "xl/_rels/workbook.xml.rels")).iter(f"{RELATIONS}Relationship")
        if str(one.get("Type")).endswith("/worksheet")
    }
    found: dict[str, tuple[str, bool]] = {}
    for one in _parse(_member(archive, "xl/workbook.xml")).iter(f"{MAIN}sheet"):
        target = relations.get(one.get(RELATION))
        if target is not None:
            member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            found[str(one.get("name"))] = (member, one.get("state") in ("hidden", "veryHidden"))
    if not found:
        raise LayoutError("文件里没有工作表。请检查后重新上传。")
    return found


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = _parse(_member(archive, "xl/sharedStrings.xml"))
    return [
        "".join(t.text or "" for t in item.iter(f"{MAIN}t") if not _is_reading(t)) for item in root.iter(f"{MAIN}si")
    ]


def _is_reading(text: etree._Element) -> bool:
    """Whether a text is a phonetic hint beside the characters."""
    parent = text.getparent()
    return parent is not None and parent.tag == f"{MAIN}rPh"


def _sheet(name: str, hidden: bool, root: etree._Element, shared: list[str]) -> SheetSeen:
    cells: dict[str, CellSeen] = {}
    last_row = last_column = 0
    for cell in root.iter(f"{MAIN}c"):
        reference = str(cell.get("r"))
        row, column = place_of(reference)
        text, formula = _text(cell, shared), cell.find(f"{MAIN}f") is not None
        if text or formula:
            cells[reference] = CellSeen(reference, text, formula)
        if len(cells) > MOST_CELLS:
            raise LayoutError(f"工作表“{name}”超过{MOST_CELLS}个有内容的单元格，不像一张表样。请只留表头和空格后上传。")
        last_row, last_column = max(last_row, row), max(last_column, column)
    spans: dict[str, tuple[int, int]] = {}
    for merged in root.iter(f"{MAIN}mergeCell"):
        first, _, last = str(merged.get("ref")).partition(":")
        (top, left), (bottom, right) = place_of(first), place_of(last or first)
        spans[first] = (bottom - top + 1, right - left + 1)
        last_row, last_column = max(last_row, bottom), max(last_column, right)
    hidden_rows = frozenset(int(str(r.get("r"))) for r in root.iter(f"{MAIN}row") if r.get("hidden") in ("1", "true"))
    hidden_columns = frozenset(
        number
        for column in root.iter(f"{MAIN}col")
        if column.get("hidden") in ("1", "true")
        for number in range(int(str(column.get("min"))), min(int(str(column.get("max"))), 16_384) + 1)
    )
    protected = root.find(f"{MAIN}sheetProtection") is not None
    return SheetSeen(name, hidden, protected, cells, spans, hidden_rows, hidden_columns, last_row, last_column)


def _text(cell: etree._Element, shared: list[str]) -> str:
    kind, value = cell.get("t"), cell.findtext(f"{MAIN}v") or ""
    if kind == "s":
        return shared[int(value)].strip() if value.isdigit() and int(value) < len(shared) else ""
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{MAIN}t")).strip()
    return value.strip()


# --- writing -------------------------------------------------------------------------------------------------------


def _filled(content: bytes, values: Mapping[str, Filling]) -> bytes:
    root = _parse(content)
    table = root.find(f"{MAIN}sheetData")
    if table is None:
        raise LayoutError("工作表里没有表格。请检查后重新上传。")
    rows = {int(str(row.get("r"))): row for row in table.iter(f"{MAIN}row")}
    for reference in sorted(values, key=place_of):
        number, _ = place_of(reference)
        if number not in rows:
            rows[number] = _insert(table, etree.Element(f"{MAIN}row", r=str(number)), _row_number)
        cell = next((one for one in rows[number].iter(f"{MAIN}c") if one.get("r") == reference), None)
        if cell is None:
            cell = _insert(rows[number], etree.Element(f"{MAIN}c", r=reference), _column)
        _put(cell, values[reference])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _row_number(row: etree._Element) -> int:
    return int(str(row.get("r")))


def _column(cell: etree._Element) -> int:
    return place_of(str(cell.get("r")))[1]


def _insert(parent: etree._Element, new: etree._Element, order: object) -> etree._Element:
    assert callable(order)
    before = sum(1 for one in parent if order(one) < order(new))
    parent.insert(before, new)
    return new


def _put(cell: etree._Element, value: Filling) -> None:
    """The value in the cell's own format. A number stays a number, so that formulas can use it."""
    for child in list(cell):
        cell.remove(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    else:
        etree.SubElement(cell, f"{MAIN}v").text = format(value, "f") if isinstance(value, Decimal) else str(value)


def _calculating(content: bytes) -> bytes:
    """Ask the program that opens the workbook to calculate it: what it kept of old results is not ours to guess."""
    root = _parse(content)
    order = root.find(f"{MAIN}calcPr")
    if order is None:
        order = etree.Element(f"{MAIN}calcPr")
        after = [
            root.find(f"{MAIN}{name}") for name in ("definedNames", "externalReferences", "functionGroups", "sheets")
        ]
        last = next(one for one in after if one is not None)
        last.addnext(order)
    order.set("fullCalcOnLoad", "1")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
