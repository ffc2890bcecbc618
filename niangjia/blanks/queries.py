"""Named reads of forms: what is mapped, what would stand in the cells now, what was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, QuerySet

from niangjia.blanks import rules
from niangjia.blanks.kinds import Rhythm, Source, Span
from niangjia.blanks.models import Blank, Filled, Handing, Mapped
from niangjia.blanks.rules import Change, Period
from niangjia.core import clock, measures
from niangjia.core.measures import Measure
from niangjia.core.registry import RegistryError
from niangjia.files import queries as files
from niangjia.letters import laid_out
from niangjia.letters.laid_out import BookSeen, Filling


def blanks() -> QuerySet[Blank]:
    """Forms the reader may see, with the last period each was filled for."""
    return Blank.objects.select_related("unit").annotate(last=Max("filled__period"))


def blank(pk: int) -> Blank:
    """Raises Blank.DoesNotExist out of range."""
    return Blank.objects.select_related("unit", "file").get(pk=pk)


def layout(blank: Blank) -> BookSeen:
    """The empty form as it is laid out. Raises FileLost."""
    return laid_out.see(files.read(blank.file))


def waits(blank: Blank, last: str | None, today: dt.date) -> bool:
    """Whether the form is to be filled now: the last period that is over is newer than ``last``, the last one filled."""
    due = rules.last_ended(today, Rhythm(blank.rhythm))
    return blank.is_open and (last is None or last < due.key)


def changed_since_sent(blank: Blank) -> tuple[Filled | None, list[Change]]:
    """The form that was sent last, and where the figures of its period are others now."""
    sent = last_sent(blank)
    if sent is None:
        return None, []
    figures = {f"{cell.sheet}!{cell.reference}" for cell in mapped(blank) if cell.source == Source.MEASURE}
    now = content(blank, sent.when, filler="").texts()
    old, new = ({key: cells[key] for key in cells.keys() & figures} for cells in (sent.cells, now))
    return sent, rules.changes(old, new)


def said(cell: Mapped, labels: Mapping[str, str]) -> str:
    """What stands in a cell, in words."""
    if cell.source == Source.MEASURE:
        return f"{labels.get(cell.measure, '已停用的指标')} {Span(cell.span).label}"
    return cell.text if cell.source == Source.TEXT else Source(cell.source).label


def mapped(blank: Blank) -> list[Mapped]:
    return list(blank.cells.order_by("sheet", "id"))


def labels() -> dict[str, str]:
    """Every measure by its key, with its unit."""
    return {one.key: f"{one.label}（{one.unit}）" for one in measures.all_measures()}


@dataclass(frozen=True, slots=True)
class Content:
    """What is to stand in a form for a period: by cell, and the measures that no longer exist."""

    cells: Mapping[tuple[str, str], Filling]
    retired: tuple[str, ...]

    def texts(self) -> dict[str, str]:
        return {
            f"{sheet}!{at}": format(v, "f") if isinstance(v, Decimal) else str(v)
            for (sheet, at), v in self.cells.items()
        }


def content(blank: Blank, period: Period, *, filler: str) -> Content:
    """Compute every mapped cell from the records, as the asker may see them."""
    cells: dict[tuple[str, str], Filling] = {}
    retired: list[str] = []
    figures: dict[tuple[str, str, str], Decimal] = {}
    fixed = {
        Source.UNIT: blank.unit.name, Source.PERIOD: period.label, Source.FILLER: filler,
        Source.DAY: f"{clock.today():%Y-%m-%d}",
    }  # fmt: skip
    for cell in mapped(blank):
        at = (cell.sheet, cell.reference)
        if cell.source == Source.MEASURE:
            measure = measure_of(cell.measure)
            if measure is None:
                retired.append(f"“{cell.sheet}”{cell.reference}：指标“{cell.measure}”已停用，没有填。请重新对应。")
                continue
            key = (cell.measure, cell.of_place or blank.place, cell.span)
            if key not in figures:
                since, until = rules.days(Span(cell.span), period)
                figures[key] = measures.value(measure, place=key[1], since=since, until=until)
            cells[at] = rules.shown(figures[key])
        else:
            cells[at] = cell.text if cell.source == Source.TEXT else fixed[Source(cell.source)]
    return Content(cells, tuple(retired))


def measure_of(key: str) -> Measure | None:
    """The measure, or None once it is retired."""
    try:
        return measures.get(key)
    except RegistryError:
        return None


def filled(blank: Blank) -> QuerySet[Filled]:
    return blank.filled.select_related("file", "blank").prefetch_related("handings")


def last_sent(blank: Blank, before: Filled | None = None) -> Filled | None:
    """The form that was handed over last, or last before a given one."""
    found = Filled.objects.filter(blank=blank, handings__isnull=False)
    if before is not None:
        found = found.filter(made_at__lt=before.made_at)
    return found.select_related("blank").order_by("-made_at").distinct().first()


def handings(blank: Blank) -> QuerySet[Handing]:
    """To whom what was sent, newest first."""
    return Handing.objects.filter(filled__blank=blank).select_related("filled")
