"""Pure rules of forms: periods and their days, what a cell is about, what changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from niangjia.blanks.kinds import Rhythm, Span
from niangjia.letters.laid_out import SheetSeen, place_of, reference_of

MONTHS: Final = {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.YEAR: 12}


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A month, quarter or year by its number in the year: 2026 and 3 are March or the third quarter."""

    year: int
    number: int
    rhythm: Rhythm

    @property
    def label(self) -> str:
        match self.rhythm:
            case Rhythm.MONTH:
                return f"{self.year}年{self.number}月"
            case Rhythm.QUARTER:
                return f"{self.year}年第{'一二三四'[self.number - 1]}季度"
        return f"{self.year}年"

    @property
    def key(self) -> str:
        return f"{self.year}-{self.number:02d}"

    def bounds(self) -> tuple[dt.date, dt.date]:
        """First day counted, first day no longer counted."""
        months = MONTHS[self.rhythm]
        first = self.year * 12 + (self.number - 1) * months
        return _first(first), _first(first + months)

    def before(self) -> Period:
        last = 12 // MONTHS[self.rhythm]
        return (
            Period(self.year, self.number - 1, self.rhythm)
            if self.number > 1
            else Period(self.year - 1, last, self.rhythm)
        )


def _first(months: int) -> dt.date:
    return dt.date(months // 12, months % 12 + 1, 1)


def period_of(key: str, rhythm: Rhythm) -> Period | None:
    """Read ``Period.key``; None for what is no period of this rhythm."""
    match = re.fullmatch(r"(20[0-9]{2})-([01][0-9])", key)
    if match is None or not 1 <= int(match[2]) <= 12 // MONTHS[rhythm]:
        return None
    return Period(int(match[1]), int(match[2]), rhythm)


def last_ended(today: dt.date, rhythm: Rhythm) -> Period:
    """The period that is to be reported now: the last one that is over."""
    return Period(today.year, (today.month - 1) // MONTHS[rhythm] + 1, rhythm).before()


def choices(today: dt.date, rhythm: Rhythm) -> list[Period]:
    """Periods that may be filled, what is due first, then the running one, then back for about a year."""
    due = last_ended(today, rhythm)
    since, until = due.bounds()
    running = last_ended(until + (until - since), rhythm)
    found = [due]
    while len(found) <= 12 // MONTHS[rhythm]:
        found.append(found[-1].before())
    return [due, running, *found[1:]]


def days(span: Span, period: Period) -> tuple[dt.date, dt.date]:
    """The days a cell counts, half-open."""
    since, until = period.bounds()
    match span:
        case Span.YEAR:
            return dt.date(since.year, 1, 1), until
        case Span.BEFORE:
            return period.before().bounds()
        case Span.LAST_YEAR:
            return Period(period.year - 1, period.number, period.rhythm).bounds()
    return since, until


# --- what a cell is about ------------------------------------------------------------------------------------------


def headings(sheet: SheetSeen, reference: str) -> tuple[str, str]:
    """The words a cell is about: all that stands left of it in its row, and the nearest text above it."""
    row, column = place_of(reference)
    left = " ".join(dict.fromkeys(text for at in range(1, column) if (text := _words(sheet, row, at))))
    above = next((text for at in range(row - 1, 0, -1) if (text := _words(sheet, at, column))), "")
    return left, above


def _words(sheet: SheetSeen, row: int, column: int) -> str:
    reference = reference_of(row, column)
    seen = sheet.cells.get(sheet.covered.get(reference, reference))
    if seen is None or seen.is_formula or not re.search(r"[^\W\d_]", seen.text):
        return ""
    return "".join(seen.text.split())


def likeness(words: str, label: str) -> float:
    """How much of a heading stands in a measure's label, 0 to 1: the share of its pairs of neighbouring characters."""
    pairs = _pairs(words)
    return len(pairs & _pairs(label)) / len(pairs) if pairs else 0.0


def _pairs(text: str) -> frozenset[str]:
    plain = re.sub(r"[\W_]", "", text)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def suggestions(heading: Sequence[str], labels: Mapping[str, str], *, most: int = 3) -> list[str]:
    """Keys of the measures whose labels are most like a cell's headings, the best first; none below a quarter."""
    words = [part for part in heading if part]
    scored = [
        (max((likeness(part, label) for part in words), default=0.0), -len(label), key) for key, label in labels.items()
    ]
    return [key for score, _, key in sorted(scored, reverse=True)[:most] if score >= 0.25]


def span_of(heading: Sequence[str]) -> Span:
    """What days a cell's headings speak of."""
    text = "".join(heading)
    for span, words in (
        (Span.LAST_YEAR, ("上年同期", "去年同期", "同期")),
        (Span.BEFORE, ("上月", "上季", "上期", "上年")),
        (Span.YEAR, ("累计", "本年", "全年", "年初以来")),
    ):
        if any(word in text for word in words):
            return span
    return Span.PERIOD


# --- what changed --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that is not what it was."""

    sheet: str
    reference: str
    before: str
    after: str


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Cells by "sheet!B5" whose content differs, in the order they are read."""
    found = [
        Change(*key.rpartition("!")[::2], before.get(key, ""), after.get(key, ""))
        for key in before.keys() | after.keys()
        if before.get(key, "") != after.get(key, "")
    ]
    return sorted(found, key=lambda one: (one.sheet, *place_of(one.reference)))


def moved(
    old: Mapping[tuple[str, str], str], new: Mapping[tuple[str, str], str], mapped: Iterable[tuple[str, str]]
) -> list[Change]:
    """Words printed on the form that changed between two versions of it, mapped cells left aside."""
    aside = set(mapped)
    return changes(
        {f"{sheet}!{at}": text for (sheet, at), text in old.items() if (sheet, at) not in aside},
        {f"{sheet}!{at}": text for (sheet, at), text in new.items() if (sheet, at) not in aside},
    )


def shown(value: Decimal) -> Decimal:
    """A figure as it goes into a cell: at most two decimals, no trailing zeros."""
    rounded = value.quantize(Decimal("0.01"))
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded.normalize()
