"""Reading outlines: what there is, how all indicators stand in a year, one indicator with its whole story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, counting
from niangjia.core.codes import CodeError
from niangjia.org import queries as org
from niangjia.outlines import actions, forecast, intervals, queries, rules
from niangjia.outlines.kinds import IN_FORCE, Measured
from niangjia.outlines.models import Indicator, Observation, Outline, Target
from niangjia.outlines.queries import Standing
from niangjia.reports.charts import outlines as charts
from niangjia.web.desk.outlines.forms import AssignForm, LoadForm, TargetForm
from niangjia.web.guard import ActingRequest, may

NAMES = {rules.NATION: "全国", "500000000000": "重庆市"}
FEW = 20  # events below which one more or less shows in the rate


def outline_of(pk: int) -> Outline:
    try:
        return Outline.objects.get(pk=pk)
    except Outline.DoesNotExist as error:
        raise Http404 from error


def place_of(request: ActingRequest) -> str:
    """The place looked at: the district's, or one asked for that is in the reader's range or wider than the district."""
    own = codes.district_of(request.acting.place)
    asked = request.GET.get("place") or own
    if asked in rules.wider_places(own):
        return asked
    try:
        asked = codes.parse_code(asked)
    except CodeError as error:
        raise Http404 from error
    if asked != own and not queries.in_range_of(request.acting.place, asked):
        raise Http404
    return asked


def name_of(place: str) -> str:
    return NAMES.get(place) or org.place_name(place)


def year_of(request: ActingRequest, outline: Outline, place: str) -> int:
    """The year looked at: the one asked for within the outline, else the latest with a value."""
    text = request.GET.get("year", "")
    if text.isdecimal() and outline.base_year <= int(text[:4]) <= outline.end_year:
        return int(text[:4])
    return queries.latest_year(outline, place) or min(max(clock.today().year - 1, outline.start_year), outline.end_year)


@may(Verb.OUTLINE_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """All outlines with their last attainment; what waits for the office."""
    place = codes.district_of(request.acting.place)
    manages = request.acting.may(Verb.OUTLINE_MANAGE)
    rows = []
    for outline in queries.outlines():
        year = queries.latest_year(outline, place)
        found = queries.attainment_of(queries.standings(outline, place, year)) if year else None
        rows.append({"outline": outline, "year": year, "attainment": found})
    taken = {row["outline"].key for row in rows}  # type: ignore[union-attr]
    context = {
        "rows": rows, "manages": manages, "years": list(queries.open_years(place)) if manages else [],
        "counts": counting.count_all(queries.waiting(place)) if manages else {},
        "load_form": LoadForm(taken=taken) if manages and len(taken) < len(actions.shipped()) else None,
    }  # fmt: skip
    return render(request, "desk/outlines/index.html", context)


@dataclass(frozen=True, slots=True)
class Row:
    """A standing as a line of the table."""

    standing: Standing
    lead: str
    percent: int | None
    expected: int | None


@may(Verb.OUTLINE_READ)
@require_GET
def status(request: ActingRequest, pk: int) -> HttpResponse:
    """Every indicator of a year in a place: status, light, value, target, who leads."""
    outline, place = outline_of(pk), place_of(request)
    year = year_of(request, outline, place)
    found = queries.standings(outline, place, year)
    leads = queries.leads_in(codes.district_of(request.acting.place), year)
    wanted = request.GET.get("status", "")
    shown = [s for s in found if not wanted or s.status == wanted or (wanted == "ALERT" and s.judgement.alert)]
    sections = [
        (name, [_row(s, leads[s.indicator_id].short_name if s.indicator_id in leads else "") for s in group])
        for name, group in queries.by_domain(shown).items()
    ]
    context = {
        "outline": outline, "place": place, "place_name": name_of(place), "year": year, "sections": sections,
        "attainment": queries.attainment_of(found), "total": len(found), "wanted": wanted,
        "alerts": sum(s.judgement.alert and s.judgement.counts for s in found),
        "years": [y for y in range(outline.end_year, outline.base_year - 1, -1) if y <= clock.today().year],
        "places": _places(request), "manages": request.acting.may(Verb.OUTLINE_MANAGE), "own": place == outline.place,
    }  # fmt: skip
    return render(request, "desk/outlines/status.html", context)


def _row(s: Standing, lead: str) -> Row:
    progress, expected = s.judgement.progress, s.judgement.expected
    return Row(
        s,
        lead,
        None if progress is None else round(min(max(progress, rules.ZERO), rules.ONE) * 100),
        None if expected is None or progress is None else round(expected * 100),
    )


def _places(request: ActingRequest) -> list[tuple[str, str]]:
    """Places one may look at: wider ones, the district, and those below that have a value."""
    own = codes.district_of(request.acting.place)
    lo, hi = codes.subtree(request.acting.place)
    below = Observation.objects.filter(place__gte=lo, place__lt=hi).exclude(place=own)
    codes_below = list(below.order_by("place").values_list("place", flat=True).distinct()[:60])
    return [(code, name_of(code)) for code in (own, *rules.wider_places(own), *codes_below)]


# --- one indicator ---------------------------------------------------------------------------------------------------------


def indicator_of(pk: int) -> Indicator:
    try:
        return queries.indicator_for(pk)
    except Indicator.DoesNotExist as error:
        raise Http404 from error


@may(Verb.OUTLINE_READ)
@require_GET
def indicator(request: ActingRequest, pk: int) -> HttpResponse:
    """What it is, where it stands and goes, every value ever said, who answers."""
    found, place = indicator_of(pk), place_of(request)
    outline = found.outline
    year = year_of(request, outline, place)
    values = list(queries.values_of(found, place).select_related("unit"))
    targets = list(queries.targets_of(found, place))
    drawn = draw_indicator(found, place, targets)
    standing = next((s for s in queries.standings(outline, place, year) if s.indicator_id == pk), None)
    duties = list(found.assignments.filter(place=outline.place).select_related("unit").order_by("duty", "-valid_from"))
    now = clock.today().year
    context: dict[str, Any] = {
        "indicator": found, "outline": outline, "place": place, "place_name": name_of(place), "year": year, "values": values,
        "targets": targets, "duties": duties, "standing": standing, **drawn, **honesty(found, values, year),
        "papers": queries.evidence_of([pk], place).count(), "manages": request.acting.may(Verb.OUTLINE_MANAGE),
        "predecessors": list(queries.predecessors(place)), "hard": list(found.hard.filter(place=place).prefetch_related("orders")),
        "target_form": TargetForm(initial=_target_now(targets, now, outline)),
        "assign_form": AssignForm(place=outline.place, initial={"from_year": max(min(now, outline.end_year), outline.start_year)}),
        "pace": pace_of(found, targets, values),
    }  # fmt: skip
    return render(request, "desk/outlines/indicator.html", context)


def _target_now(targets: list[Target], now: int, outline: Outline) -> dict[str, Any]:
    first = targets[0] if targets else None
    start = max(min(now, outline.end_year), outline.start_year)
    if first is None:
        return {"from_year": start, "baseline_year": outline.base_year}
    return {
        "value": None if first.value is None else rules.tidy(first.value), "tolerance": rules.tidy(first.tolerance) or None,
        "baseline": None if first.baseline is None else rules.tidy(first.baseline),
        "baseline_year": first.baseline_year or outline.base_year, "from_year": start,
    }  # fmt: skip


def draw_indicator(found: Indicator, place: str, targets: list[Target]) -> dict[str, Any]:
    """The way of an indicator and the comparison with wider places, where values exist."""
    series = queries.series_of(found, [place, *rules.wider_places(place)])
    own = series.get(place, [])
    others = {name_of(code): line for code, line in series.items() if code != place}
    latest = {name_of(code): line[-1] for code, line in series.items()}
    forward = sorted(targets, key=lambda target: target.valid_from)
    trajectory = charts.trajectory(found.outline, found, own, forward, others)
    comparison = charts.comparison(found, latest, forward[-1] if forward else None) if own else None
    return {"charts": [chart for chart in (trajectory if own else None, comparison) if chart is not None]}


def pace_of(found: Indicator, targets: list[Target], values: list[Observation]) -> dict[str, Any] | None:
    """The United Nations ratio of actual to required growth, in words."""
    target = targets[0] if targets else None
    last = next((v for v in values if v.state in IN_FORCE), None)
    if target is None or last is None or target.value is None or target.baseline is None or last.value is None:
        return None
    base = (target.baseline_year or found.outline.base_year, float(target.baseline))
    growth = forecast.growth(base, (last.year, float(last.value)), (found.outline.end_year, float(target.value)))
    if growth is None:
        return None
    return {
        "label": growth.pace.label, "ratio": f"{growth.ratio:.2f}", "actual": f"{growth.actual * 100:+.1f}%",
        "required": f"{growth.required * 100:+.1f}%",
    }  # fmt: skip


def honesty(found: Indicator, values: list[Observation], year: int) -> dict[str, Any]:
    """What a small number means: how many cases it is, and within what the rate may lie."""
    value = next((v for v in values if v.year == year and v.state in IN_FORCE), None)
    per = rules.PER.get(found.unit)
    if value is None or value.numerator is None or not value.denominator or per is None:
        return {"few": None}
    events, total = int(value.numerator), int(value.denominator)
    if events >= FEW or found.exceeds or events > total:
        return {"few": None}
    rare = found.unit != Measured.PERCENT
    low, high = tuple(bound / total for bound in intervals.poisson(events)) if rare else intervals.wilson(events, total)
    one = per / total
    return {
        "few": {
            "events": events, "total": total, "low": f"{low * per:.2f}", "high": f"{high * per:.2f}",
            "method": "精确泊松区间" if rare else "威尔逊区间", "one": f"{one:.2f}",
        }
    }  # fmt: skip
