"""Division codes: the 12-character statistical code (统计用区划代码) and the ranges it spans.

Digits 1-6 name the district (区县), 7-9 the township (乡镇、街道), 10-12 the village (村、社区); unused places are 0.
A unit that has no statistical code (功能区管委会, 新城区…) gets a local code: the first character of its own three is
a letter, as in ``500102A01000``, so it still lies in its district's range. Codes are compared as text by code point,
which is what PostgreSQL's "C" collation does.
"""

import re
import unicodedata
from enum import IntEnum


class CodeError(ValueError):
    """A text that is no division code; the message is Chinese and says what to do."""


class Level(IntEnum):
    """The three tiers of a district; a smaller number is a wider place."""

    DISTRICT = 1
    TOWN = 2
    VILLAGE = 3

    @property
    def digits(self) -> int:
        """How many leading characters of a code name a place of this tier: 6, 9 or 12."""
        return 3 + 3 * self.value

    @property
    def label(self) -> str:
        return LEVEL_LABELS[self]


LEVEL_LABELS = {Level.DISTRICT: "区县", Level.TOWN: "乡镇(街道)", Level.VILLAGE: "村(社区)"}

_SHAPE = re.compile(r"[1-9][0-9]{5}(?:[0-9]{3}|[A-Z][0-9]{2}){2}")


def is_code(text: str) -> bool:
    """Whether the text is a 12-character code of a district, a township or a village."""
    if not _SHAPE.fullmatch(text) or text[4:6] == "00":
        return False
    return text[6:9] != "000" or text[9:] == "000"


def parse_code(text: str) -> str:
    """Read a code typed by hand or found in a table: 6, 9 or 12 characters, full-width digits and spaces allowed.

    Raises CodeError with a message for the user.
    """
    compact = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(compact) not in (6, 9, 12):
        raise CodeError(
            f"区划代码应为6位、9位或12位，现为{len(compact)}位。请对照统计用区划代码表填写，单元格设为文本格式。"
        )
    code = pad(compact)
    if not is_code(code):
        raise CodeError(
            f"“{compact}”不是区县、乡镇(街道)或村(社区)的区划代码。请对照统计用区划代码表填写；"
            "没有统计代码的单位用本地代码，如500102A01000。"
        )
    return code


def pad(prefix: str) -> str:
    """The 12-character code of a 6, 9 or 12-character prefix."""
    return prefix.ljust(12, "0")


def level_of(code: str) -> Level:
    _require(code)
    if code[9:] != "000":
        return Level.VILLAGE
    return Level.DISTRICT if code[6:9] == "000" else Level.TOWN


def prefix_of(code: str) -> str:
    """The leading 6, 9 or 12 characters that every place inside this one shares."""
    return code[: level_of(code).digits]


def subtree(code: str) -> tuple[str, str]:
    """The range of the place and everything inside it: low end included, high end not, compared as "C" text."""
    prefix = prefix_of(code)
    return code, prefix[:-1] + chr(ord(prefix[-1]) + 1)


def contains(outer: str, inner: str) -> bool:
    """Whether the inner place is the outer place or lies inside it."""
    _require(inner)
    return inner.startswith(prefix_of(outer))


def parent_of(code: str) -> str | None:
    """The place one tier up; a district has none."""
    level = level_of(code)
    return None if level is Level.DISTRICT else pad(code[: Level(level - 1).digits])


def town_of(code: str) -> str:
    """The township a village lies in, or the township itself. Raises CodeError for a district."""
    if level_of(code) is Level.DISTRICT:
        raise CodeError(f"“{code}”是区县，不属于任何乡镇(街道)。请选择乡镇(街道)或村(社区)。")
    return pad(code[: Level.TOWN.digits])


def district_of(code: str) -> str:
    _require(code)
    return pad(code[: Level.DISTRICT.digits])


def is_local(code: str) -> bool:
    """Whether the code, or the township it lies in, was given here and not by the statistical bureau."""
    _require(code)
    return not code.isdigit()


def _require(code: str) -> None:
    if not is_code(code):
        raise CodeError(f"“{code}”不是12位区划代码。请对照统计用区划代码表核对。")
