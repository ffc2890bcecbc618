"""The words of spreadsheets: a declared table, a row read from one, and what may be wrong with it.

A table is declared once and serves both ways: what `sheets.write_table` writes, `sheets.read_table` reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

ANSWER_HEADER = "处理结果"
GUIDE_SHEET, CHOICES_SHEET = "填写说明", "可选值"  # sheets beside the table in what we write


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `parse` turns the cleaned text of a non-empty cell into a value; it raises ValueError with a Chinese message.
    `choices` are the only values allowed, offered as a drop-down list; `aliases` are other headers people use;
    `width` is in characters; `numeric` columns hold numbers, all others are text to Excel, so that it leaves ID and
    card numbers alone; `note` says what to enter and is repeated as the remedy of an error.
    """

    key: str
    header: str
    parse: Callable[[str], object] | None = None
    required: bool = False
    width: int = 14
    example: str = ""
    note: str = ""
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    numeric: bool = False

    @property
    def remedy(self) -> str:
        """What to do about a wrong cell of this column."""
        if self.note:
            return f"请按要求填写：{self.note}"
        return f"请参照示例填写：{self.example}" if self.example else "请更正后重新上传"


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table; ValueError if two columns share a key or a header."""

    key: str
    title: str
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        headers = [header for column in self.columns for header in (column.header, *column.aliases)]
        if not keys or len(set(keys)) != len(keys) or len(set(headers)) != len(headers):
            raise ValueError(f"table {self.key}: keys and headers must exist and differ")
        if ANSWER_HEADER in headers:
            raise ValueError(f"table {self.key}: {ANSWER_HEADER} is the header of the answers")


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong with one cell: the row as Excel numbers it, the header, the message, and what to do."""

    row: int
    column: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"第 {self.row} 行「{self.column}」{self.message}。{self.remedy}。"


@dataclass(slots=True)
class Row:
    """One row read: `number` as the user sees it in Excel, the parsed `values` by column key (None where empty or
    wrong), the `texts` as they stood in the file in the order of the table's columns, and what is wrong."""

    number: int
    values: dict[str, object]
    texts: list[str | None]
    errors: list[CellError] = field(default_factory=list)

    def answered(self, answer: str = "") -> list[str | None]:
        """The row as it came, with the answer as last cell: the errors if there are any, else `answer`."""
        return [*self.texts, " ".join(map(str, self.errors)) or answer]


class SheetError(ValueError):
    """The file as a whole cannot be used; `str()` says why in Chinese, `remedy` what the sender can do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}。{remedy}。")
        self.message = message
        self.remedy = remedy
