"""What a leader reads in ten seconds: attainment by year, domains, departments; each chart with its table and as SVG and PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.outlines import queries
from niangjia.outlines.models import Outline
from niangjia.outlines.queries import Standing
from niangjia.reports.charts import outlines as charts
from niangjia.reports.charts.scene import Chart, FontMissing, Scene, as_png, as_svg
from niangjia.web.desk.outlines.views import draw_indicator, indicator_of, outline_of, place_of, year_of
from niangjia.web.downloads import download
from niangjia.web.guard import ActingRequest, may

YEARS = 10


def _by_year(outline: Outline, place: str, year: int) -> dict[int, list[Standing]]:
    """The standings of the years that have values, the last ten of them."""
    years = [one for one in queries.years_with_values(outline, place) if outline.start_year <= one <= year][:YEARS]
    return queries.standings_in(outline, place, sorted(years))


def _charts(outline: Outline, place: str, year: int, by_year: Mapping[int, Sequence[Standing]]) -> list[Chart]:
    if not by_year:
        return []
    latest = by_year.get(year) or by_year[max(by_year)]
    last = year if year in by_year else max(by_year)
    groups = [
        (unit.short_name, found) for unit, found in queries.by_department(latest, queries.leads_in(outline.place, last))
    ]
    return [
        charts.attainment({one: queries.attainment_of(found) for one, found in by_year.items()}),
        charts.domains(dict(list(by_year.items())[-6:])),
        charts.departments(last, groups),
    ]


@may(Verb.OUTLINE_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """One outline at a time; the running one first."""
    outlines = list(queries.outlines())
    asked = request.GET.get("outline", "")
    outline = next((one for one in outlines if str(one.pk) == asked), outlines[0] if outlines else None)
    if outline is None:
        return render(request, "board/outlines/index.html", {"outline": None})
    place = place_of(request)
    year = year_of(request, outline, place)
    by_year = _by_year(outline, place, year)
    found = by_year.get(year, [])
    context = {
        "outline": outline, "outlines": outlines, "year": year, "place": place, "today": clock.today(),
        "charts": _charts(outline, place, year, by_year), "attainment": queries.attainment_of(found), "years": sorted(by_year, reverse=True),
        "alerts": [s for s in found if s.judgement.counts and s.judgement.alert],
    }  # fmt: skip
    return render(request, "board/outlines/index.html", context)


@may(Verb.OUTLINE_READ)
@require_GET
def chart(request: ActingRequest, pk: int, key: str, form: str) -> HttpResponse:
    """One chart of the page as a file."""
    outline, place = outline_of(pk), place_of(request)
    year = year_of(request, outline, place)
    drawn = {one.key: one for one in _charts(outline, place, year, _by_year(outline, place, year))}
    if key not in drawn:
        raise Http404
    return _file(drawn[key].scene, f"{outline.key}-{key}-{year}", form)


@may(Verb.OUTLINE_READ)
@require_GET
def trajectory(request: ActingRequest, pk: int, form: str) -> HttpResponse:
    """The way of one indicator as a file."""
    found, place = indicator_of(pk), place_of(request)
    drawn = draw_indicator(found, place, list(queries.targets_of(found, place)))["charts"]
    if not drawn:
        raise Http404
    return _file(drawn[0].scene, found.code, form)


def _file(scene: Scene, name: str, form: str) -> HttpResponse:
    match form:
        case "svg":
            data = as_svg(scene).encode()
        case "png":
            try:
                data = as_png(scene)
            except FontMissing as missing:
                raise Http404(str(missing)) from missing
        case _:
            raise Http404
    return download(f"{name}.{form}", data)
