"""The board: plan, item, target, town, record. Every figure is under the permission of whoever looks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.codes import CodeError, Level
from niangjia.core.measures import Measure
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.plans import queries, rules
from niangjia.plans.kinds import Light
from niangjia.plans.models import Target
from niangjia.reports import progress
from niangjia.reports.progress import Known, Progress
from niangjia.web.board.progress import chart
from niangjia.web.guard import ActingRequest, may

RECORDS_A_PAGE = 50
TONES = {Light.GREEN: "ok", Light.YELLOW: "warn", Light.RED: "bad", Light.NO_DATA: "plum"}


@dataclass(frozen=True, slots=True)
class Row:
    """A target as a line of the board; ``under`` names the sub-item it stands in."""

    progress: Progress
    under: str
    tone: str


@dataclass(frozen=True, slots=True)
class Section:
    """A top item with the targets of its whole family."""

    key: str
    label: str
    title: str
    rows: list[Row]


@may(Verb.BOARD_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """A plan in force with every target's light, as it stands in the chosen place."""
    today = clock.today()
    place, unit = _place(request)
    plans = list(queries.published_plans())
    years = sorted({version.plan.year for version in plans}, reverse=True)
    year = _number(request.GET.get("year")) or (today.year if today.year in years else (years or [today.year])[0])
    of_year = [version for version in plans if version.plan.year == year]
    chosen = _number(request.GET.get("plan"))
    version = next((v for v in of_year if v.plan_id == chosen), of_year[0] if of_year else None)
    context: dict[str, Any] = {
        "years": years, "year": year, "plans": of_year, "version": version, "place": place, "unit": unit,
        "towns": _places_below(request), "today": today, "own": place == request.acting.place,
        "filters": {key: request.GET.get(key, "") for key in ("light", "owner", "item", "all")},
    }  # fmt: skip
    base = {"year": year, "plan": version.plan_id if version else "", "place": "" if context["own"] else place}
    base |= {key: value for key, value in context["filters"].items() if key != "light"}
    context["base_query"] = urlencode({key: value for key, value in base.items() if value})
    if version is not None:
        context["version_url"] = reverse("plans:version", args=[version.pk])
        context |= _board(version.plan_id, list(queries.targets_in_force(version.plan)), request, place, today)
        context["time_share"] = round(clock.share_of_year(today, year) * 100)
    return render(request, "board/progress/index.html", context)


def _board(plan_id: int, targets: list[Target], request: ActingRequest, place: str, day: dt.date) -> dict[str, Any]:
    found = {p.target.pk: p for p in progress.progress_of(targets, place=place, day=day)}
    items = list(targets[0].version.items.all()) if targets else []
    sections = [
        Section(
            node.item.key,
            node.item.label,
            node.item.title or node.item.text[:40],
            [
                Row(found[target.pk], below.item.title if below is not node else "", TONES[found[target.pk].light])
                for below in queries.walk([node])
                for target in below.targets
            ],
        )
        for node in queries.tree(items, targets)
    ]
    owners = {t.owner_id: t.owner.short_name for t in targets if t.owner}
    everything = [row for section in sections for row in section.rows]
    concerning = [row for row in everything if row.progress.concerns or request.GET.get("all")]
    chosen = {id(row) for row in concerning if _wanted(row, request)}
    wanted = [s for s in sections if not (key := request.GET.get("item")) or s.key == key]
    shown = [Section(s.key, s.label, s.title, [row for row in s.rows if id(row) in chosen]) for s in wanted]
    return {
        "sections": [section for section in shown if section.rows],
        "all_sections": [section for section in sections if section.rows],
        "counts": {light.name: sum(row.progress.light == light for row in concerning) for light in Light},
        "total": len(concerning),
        "others": len(everything) - len(concerning),
        "owners": sorted(owners.items(), key=lambda pair: pair[1]),
    }


def _wanted(row: Row, request: ActingRequest) -> bool:
    light, owner = request.GET.get("light"), request.GET.get("owner")
    return (not light or row.progress.light == light) and (
        not owner or str(row.progress.target.owner_id or "") == owner
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 10 else None


def _place(request: ActingRequest) -> tuple[str, Unit]:
    """The place looked at: the one asked for where it lies in the reader's range, her own otherwise."""
    place = request.GET.get("place") or request.acting.place
    try:
        place = codes.parse_code(place)
    except CodeError as error:
        raise Http404 from error
    if not queries.in_range_of(request.acting.place, place):
        raise Http404
    try:
        return place, org.federation_of(place)
    except Unit.DoesNotExist:
        unit = Unit.objects.filter(place=place, active_to__isnull=True).first()
        if unit is None:
            raise Http404 from None
        return place, unit


def _places_below(request: ActingRequest) -> list[tuple[str, str]]:
    """The towns (of a town: its villages) one may look at apart, in code order."""
    lo, hi = codes.subtree(request.acting.place)
    level = min(request.acting.level + 1, Level.VILLAGE)
    names = org.place_names()
    return [(c, names[c]) for c in sorted(names) if lo < c < hi and codes.level_of(c) == level]


def _target(goal_id: int) -> Target:
    target = queries.target_in_force(goal_id)
    if target is None:
        raise Http404
    return target


@may(Verb.BOARD_READ)
@require_GET
def target(request: ActingRequest, goal_id: int) -> HttpResponse:
    """One target: its light, its months, its places."""
    found, today = _target(goal_id), clock.today()
    place, unit = _place(request)
    known = progress.Known.of([found])
    standing = progress.progress_of([found], place=place, day=today, known=known)[0]
    below = codes.level_of(place) != Level.VILLAGE
    rows = progress.towns_of(found, unit=unit, day=today, known=known) if below else []
    parts = [row.aim for row in rows if row.unit is not None and row.aim is not None]
    context: dict[str, Any] = {
        "target": found, "progress": standing, "tone": TONES[standing.light], "place": place, "unit": unit,
        "own": place == request.acting.place, "today": today, "rows": rows, "parts": sum(parts) if parts else None,
        **_links(found, request, place), "quote": found.item.quote or found.item.text, "spans": span_in_quote(found),
        "requirement": " ".join(filter(None, [found.per, found.qualifier, f"{rules.short(found.number)}{found.unit}"])),
        "measure": queries.measure_of(found.measure), "edit": request.acting.verbs & WORK, **months(found, standing, place, known),
        "statements": [s for s in known.statements if s.current and queries.in_range_of(place, s.place)],
    }  # fmt: skip
    return render(request, "board/progress/target.html", context)


def _links(found: Target, request: ActingRequest, place: str) -> dict[str, str]:
    """The ways up and down from a target, in the place looked at."""
    where = "" if place == request.acting.place else f"?place={place}"
    board = f"{reverse('board:index')}?year={found.version.plan.year}&plan={found.version.plan_id}"
    return {
        "plan_board": board,
        "place_board": f"{board}&place={place}",
        "target_url": f"{reverse('board:target', args=[found.goal_id])}{where}",
        "records_url": f"{reverse('board:records', args=[found.goal_id])}{where}",
    }


def span_in_quote(found: Target) -> list[tuple[int, int]]:
    """Where the figure stands in the original wording of its item."""
    item = found.item
    if found.start is None or found.end is None or item.start is None or not item.quote:
        return []
    start, end = found.start - item.start, found.end - item.start
    return [(start, end)] if 0 <= start < end <= len(item.quote) else []


WORK = frozenset({Verb.TARGET_SPLIT, Verb.TARGET_REPORT, Verb.TARGET_LOCK, Verb.PLAN_EDIT})


def months(found: Target, standing: Progress, place: str, known: Known) -> dict[str, Any]:
    """What a page needs to show the months of a target, as a drawing and as a table."""
    if not found.is_numeric:
        return {"months": [], "chart": None}
    today = clock.today()
    series = progress.months_of(found, place=place, day=today, known=known)
    running = today.month if today.year == found.version.plan.year else None
    return {"months": series, "chart": chart.draw(series, standing.aim, running=running)}


@may(Verb.BOARD_READ)
@require_GET
def records(request: ActingRequest, goal_id: int) -> HttpResponse:
    """The very records a figure counts, or the reports it adds up; both under the reader's permission."""
    found, today = _target(goal_id), clock.today()
    place, unit = _place(request)
    counted = progress.records_of(found, place=place, day=today)
    measure = queries.measure_of(found.measure)
    context: dict[str, Any] = {
        "target": found, "place": place, "unit": unit, "measure": measure, "own": place == request.acting.place,
        "progress": progress.progress_of([found], place=place, day=today)[0], **_links(found, request, place),
    }  # fmt: skip
    if counted is not None and measure is not None:
        page = Paginator(counted, RECORDS_A_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "lines": [_line(measure, record) for record in page]}
    else:
        figures = [f for f in queries.figures_of(goal_id) if queries.in_range_of(place, f.place)]
        said = [s for s in queries.statements_of([goal_id]) if queries.in_range_of(place, s.place)]
        context |= {"figures": figures, "statements": said}
    return render(request, "board/progress/records.html", context)


def _line(measure: Measure, record: Any) -> dict[str, Any]:
    detail = measure.detail(record) if measure.detail else None
    at = _follow(record, measure.at)
    return {
        "caption": measure.caption(record),
        "url": reverse(detail[0], kwargs=detail[1]) if detail else "",
        "on": localtime(at).date() if isinstance(at, dt.datetime) else at,
        "place": org.place_name(_follow(record, measure.place)),
    }


def _follow(record: Any, path: str) -> Any:
    for name in path.split("__"):
        record = getattr(record, name)
    return record
