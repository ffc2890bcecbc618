"""What one officer did in a year, out of her own steps and visits, for herself alone.

No points, no order among people, nothing stored: what is counted is what she can open (domain notes 4.6).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from niangjia.access.acting import Acting
from niangjia.core.clock import CHINA
from niangjia.programmes import registry
from niangjia.programmes.models import Step, Visit


@dataclass(frozen=True, slots=True)
class Record:
    """One thing she did: the case it stands in, and the day."""

    case_id: int
    number: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Sort:
    """Things of one kind, in the order they were done."""

    programme: str
    label: str
    records: tuple[Record, ...]

    @property
    def count(self) -> int:
        return len(self.records)


@dataclass(frozen=True, slots=True)
class MyYear:
    """Her year: visits by programme, then steps by programme and kind."""

    year: int
    visits: tuple[Sort, ...]
    steps: tuple[Sort, ...]


def my_year(year: int, by: Acting) -> MyYear:
    """What ``by`` herself did in a calendar year (China). A visit counts on the day it was made, and not as a step too."""
    start, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    visits = (
        Visit.objects.filter(step__account_id=by.account_id, visited_on__gte=start, visited_on__lt=end)
        .order_by("visited_on", "id")
        .values_list("programme", "way", "case_id", "case__number", "visited_on")
    )
    ways = dict(Visit._meta.get_field("way").flatchoices)
    visited = [(programme, ways[way], Record(pk, number, on)) for programme, way, pk, number, on in visits]
    done = [
        (step.case.programme, step.label, Record(step.case_id, step.case.number, step.at.astimezone(CHINA).date()))
        for step in _steps(by, start, end)
    ]
    return MyYear(year, _sorted(visited), _sorted(done))


def _steps(by: Acting, start: dt.date, end: dt.date) -> QuerySet[Step]:
    since, until = (dt.datetime.combine(day, dt.time(), CHINA) for day in (start, end))
    found = Step.objects.filter(account_id=by.account_id, visit=None, at__gte=since, at__lt=until)
    found = found.exclude(key__startswith="case.")  # filling in and papers are not what was done, but on the way to it
    return found.select_related("case").order_by("at", "id")


def _sorted(found: list[tuple[str, str, Record]]) -> tuple[Sort, ...]:
    kinds: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for programme, label, record in found:
        kinds[registry.programme(programme).name, label].append(record)
    return tuple(Sort(name, label, tuple(records)) for (name, label), records in sorted(kinds.items()))
