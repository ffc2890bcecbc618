"""Numbers as plans write them: 300, 1,200, 1.2, 三百, 一千二百, 两, 十五, 二〇一八."""

from __future__ import annotations

DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}
MULTIPLIERS = _SCALES | _GROUPS | {"": 1}


def chinese_number(text: str) -> int | None:
    """Value of a numeral in Chinese characters (三百二十, 两万五千, 二〇一八); None if it is not one."""
    if not text or any(c not in DIGITS and c not in _SCALES and c not in _GROUPS for c in text):
        return None
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in _SCALES:
            section += (digit or 1) * _SCALES[character]
            digit = 0
        else:
            total = (total + section + digit or 1) * _GROUPS[character]
            section = digit = 0
    return total + section + digit


def number(text: str) -> float | None:
    """Value of digits, with or without thousands separators and decimals, or of a Chinese numeral."""
    if text[:1].isascii() and text[:1].isdigit():
        return float(text.replace(",", ""))
    return chinese_number(text)


def plain(value: float) -> int | float:
    """The number as an int where it is whole, rounded to what a plan can mean otherwise."""
    return int(value) if value == int(value) else round(value, 6)
