"""A case as one line of a list: what an officer needs to choose, and nothing of the illness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from niangjia.core.clock import Calendar
from niangjia.flow.kinds import ENDED, StateKind
from niangjia.org import queries as org
from niangjia.programmes import queries
from niangjia.programmes.models import Case, Step


@dataclass(frozen=True, slots=True)
class Due:
    """How urgent a date is: the words, and the tone they are shown in (``plain`` when there is time)."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    pk: int
    number: str
    name: str
    place: str
    category: str
    state: str
    kind: str
    due: Due | None
    round_title: str
    arrived_on: dt.datetime
    note: str = ""


def due_of(day: dt.date | None, today: dt.date, calendar: Calendar) -> Due | None:
    """Words for a deadline. Late is counted in working days, as the deadline was."""
    if day is None:
        return None
    if day < today:
        return Due(f"逾期{max(calendar.workdays_between(day, today), 1)}个工作日", "bad")
    if day == today:
        return Due("今天到期", "due")
    if calendar.workdays_between(today, day) <= queries.SOON_WORKDAYS:
        return Due(f"{day.month}月{day.day}日到期", "due")
    return Due(f"{day.month}月{day.day}日" if day.year == today.year else f"{day}")


def short(label: str) -> str:
    """A choice's label without what stands in brackets."""
    return label.split("（")[0]


def rows_of(cases: Iterable[Case], today: dt.date, last_steps: Mapping[int, Step] | None = None) -> list[Row]:
    """Lines for cases whose round is joined. ``last_steps`` add why a case was sent back."""
    calendar, names = org.calendar(), org.place_names()
    return [_row(case, today, calendar, names, (last_steps or {}).get(case.pk)) for case in cases]


def _row(case: Case, today: dt.date, calendar: Calendar, names: Mapping[str, str], last: Step | None) -> Row:
    version = queries.version_of(case)
    town = names.get(f"{case.place[:9]}000", "")
    village = names.get(case.place, case.place)
    return Row(
        pk=case.pk,
        number=case.number,
        name=case.name or "（未填姓名）",
        place=village if village == town else f"{town} {village}".strip(),
        category=short(version.category_label(case.category)),
        state=version.workflow.state(case.state).label,
        kind=case.kind,
        due=None if StateKind(case.kind) in ENDED else due_of(case.due_on, today, calendar),
        round_title=case.round.title,
        arrived_on=case.arrived_at,
        note=f"{last.label}：{last.reason}" if last and last.reason else "",
    )
