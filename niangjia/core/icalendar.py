"""Texts of calendars as calendar programs read them (iCalendar, RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

OCTETS = 75  # a content line is folded after so many (RFC 5545, 3.1)


def calendar(product: str, lines: Iterable[str]) -> str:
    """An iCalendar object around content lines, made by the part of the house called ``product``. Lines end in CRLF and
    are folded by octets (RFC 5545, 3.1 and 3.4)."""
    head = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Niangjia//{product}//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    )
    return "".join(f"{piece}\r\n" for line in (*head, *lines, "END:VCALENDAR") for piece in folded(line))


def utc(moment: dt.datetime) -> str:
    """A DATE-TIME value in UTC (RFC 5545, 3.3.5)."""
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line break escaped, other control characters left out (3.3.11)."""
    safe = "".join(sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if sign == "\n" or sign >= " ")
    return safe.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> Iterable[str]:
    """The line in pieces of at most 75 octets, each but the first begun with a space, no character cut in two."""
    piece, size = "", 0
    for sign in line:
        weight = len(sign.encode())
        if size + weight > OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + sign, size + weight
    yield piece
