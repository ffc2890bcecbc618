"""Automatic numbering of .docx paragraphs as the labels a reader sees: 一、 （一） 1. ① •"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CHINESE = "〇一二三四五六七八九"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
MAX_STYLES = 12  # a style based on itself ends here


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str
    text: str
    start: int


def _chinese(value: int) -> str:
    if value >= 100:
        return str(value)
    tens, ones = divmod(value, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_CHINESE[tens]}十") + (_CHINESE[ones] if ones else "")


def _roman(value: int) -> str:
    result = ""
    for worth, sign in _ROMAN:
        while value >= worth and len(result) < 12:
            result, value = result + sign, value - worth
    return result


def written(value: int, kind: str) -> str:
    """A number in one of Word's formats (w:numFmt); formats not used in Chinese documents fall back to digits."""
    if value < 1:
        return str(value)
    if "EnclosedCircle" in kind and value <= len(_CIRCLED):
        return _CIRCLED[value - 1]
    if ("hinese" in kind and "Legal" not in kind) or kind in (
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCounting",
    ):
        return _chinese(value)
    if kind.endswith("Roman"):
        return _roman(value) if kind.startswith("upper") else _roman(value).lower()
    if kind.endswith("Letter"):
        letter = chr(ord("A") + (value - 1) % 26)
        return letter if kind.startswith("upper") else letter.lower()
    return f"{value:02d}" if kind == "decimalZero" else str(value)


class Numbering:
    """Counts the numbered paragraphs of one document in order and gives each its label."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._used: dict[str, str] = {}  # numId -> abstractNumId
        self._restarts: dict[tuple[str, int], int] = {}
        self._style_numbers: dict[str, Element] = {}
        self._style_parents: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._seen: set[str] = set()
        if numbering is not None:
            self._read_numbering(numbering)
        if styles is not None:
            self._read_styles(styles)

    def _read_numbering(self, root: Element) -> None:
        for abstract in root.findall(f"{_W}abstractNum"):
            levels: dict[int, _Level] = {}
            for level in abstract.findall(f"{_W}lvl"):
                levels[_number(level.get(f"{_W}ilvl"))] = _Level(
                    _value(level, "numFmt") or "decimal", _value(level, "lvlText"), _number(_value(level, "start"), 1)
                )
            self._abstract[abstract.get(f"{_W}abstractNumId", "")] = levels
        for num in root.findall(f"{_W}num"):
            number = num.get(f"{_W}numId", "")
            self._used[number] = _value(num, "abstractNumId")
            for override in num.findall(f"{_W}lvlOverride"):
                start = _value(override, "startOverride")
                if start:
                    self._restarts[number, _number(override.get(f"{_W}ilvl"))] = _number(start, 1)

    def _read_styles(self, root: Element) -> None:
        for style in root.findall(f"{_W}style"):
            key = style.get(f"{_W}styleId", "")
            found = style.find(f"{_W}pPr/{_W}numPr")
            if found is not None:
                self._style_numbers[key] = found
            self._style_parents[key] = _value(style, "basedOn")

    def _properties(self, paragraph: Element) -> Element | None:
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        if own is not None:
            return own
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        key = style.get(f"{_W}val", "") if style is not None else ""
        for _ in range(MAX_STYLES):
            if key in self._style_numbers:
                return self._style_numbers[key]
            key = self._style_parents.get(key, "")
        return None

    def label(self, paragraph: Element) -> str:
        """The label of the paragraph, counted up; empty where it has none or carries no words."""
        properties = self._properties(paragraph)
        if properties is None or not any((t.text or "").strip() for t in paragraph.iter(f"{_W}t")):
            return ""
        number, depth = _value(properties, "numId"), _number(_value(properties, "ilvl"))
        abstract = self._used.get(number, "")
        levels = self._abstract.get(abstract, {})
        level = levels.get(depth)
        if level is None:
            return ""
        if level.kind == "bullet":
            return "• "
        if level.kind == "none":
            return ""
        counts = self._counts.setdefault(abstract, {})
        if number not in self._seen:
            self._seen.add(number)
            for (restarted, at), start in self._restarts.items():
                if restarted == number:
                    counts[at] = start - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            del counts[deeper]

        def place(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            shown = levels.get(at)
            if shown is None:
                return ""
            return written(counts.get(at, shown.start), shown.kind)

        label = re.sub(r"%([1-9])", place, level.text)
        return label if label.endswith(("、", "）", ")")) else f"{label} " if label else ""


def _value(parent: Element, name: str) -> str:
    found = parent.find(f"{_W}{name}")
    return found.get(f"{_W}val", "") if found is not None else ""


def _number(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isdigit() and len(text) < 6 else otherwise
