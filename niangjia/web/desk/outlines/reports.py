"""Reports that write themselves, on the page with links to every source and as Word; the evidence folder of an indicator."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import record
from niangjia.access.verbs import Verb
from niangjia.core.zips import stream_zip
from niangjia.letters.word import Grid, Heading, Picture, Sentences, Sources, report_document
from niangjia.outlines import queries
from niangjia.outlines.kinds import ReportKind
from niangjia.outlines.models import Order, Outline
from niangjia.reports.documents import outlines as documents
from niangjia.web.desk.outlines.views import indicator_of, outline_of, place_of, year_of
from niangjia.web.downloads import download, streamed
from niangjia.web.guard import ActingRequest, may


def _wanted(request: ActingRequest, outline: Outline) -> tuple[ReportKind, int]:
    asked = request.GET.get("kind") or request.POST.get("kind") or ReportKind.MONITOR
    if asked not in ReportKind.values:
        raise Http404
    kind = ReportKind(asked)
    if request.method == "POST":
        text = request.POST.get("year", "")
        if not text.isdecimal() or not outline.base_year < int(text[:4]) <= outline.end_year:
            raise Http404
        return kind, int(text[:4])
    if "year" not in request.GET and kind is not ReportKind.MONITOR:
        return kind, outline.midterm_year if kind is ReportKind.MIDTERM else outline.end_year
    return kind, year_of(request, outline, place_of(request))


@may(Verb.OUTLINE_READ)
@require_GET
def index(request: ActingRequest, pk: int) -> HttpResponse:
    """The report on the page: each raised number leads to the value it stands for."""
    outline = outline_of(pk)
    kind, year = _wanted(request, outline)
    report = documents.compose(outline, place=outline.place, year=year, kind=kind)
    names = {Heading: "heading", Sentences: "sentences", Grid: "grid", Picture: "picture", Sources: "sources"}
    context = {
        "outline": outline, "kind": kind, "kinds": ReportKind.choices, "year": year, "report": report,
        "blocks": [(names[type(block)], block) for block in report.blocks],
        "years": range(outline.base_year + 1, outline.end_year + 1), "empty": not report.sources,
    }  # fmt: skip
    return render(request, "desk/outlines/report.html", context)


@may(Verb.OUTLINE_READ)
@require_POST
def word(request: ActingRequest, pk: int) -> HttpResponse:
    """The same as Word, with charts."""
    outline = outline_of(pk)
    kind, year = _wanted(request, outline)
    report = documents.compose(outline, place=outline.place, year=year, kind=kind, pictures=True)
    record(
        by=request.acting, stream=f"outline:{pk}", verb="outline.report", place=request.acting.place,
        summary={"title": report.title, "year": year, "kind": kind.label},
    )  # fmt: skip
    return download(f"{report.title}.docx", report_document(report.title, report.subtitle, report.blocks))


@may(Verb.OUTLINE_READ)
@require_POST
def evidence(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Everything that proves an indicator as one zip, sent while it is made."""
    found = indicator_of(pk)
    place = found.outline.place
    record(
        by=request.acting, stream=f"outline:{found.outline_id}", verb="outline.evidence", subject=f"indicator:{pk}",
        place=request.acting.place, summary={"name": found.name},
    )  # fmt: skip
    members = list(documents.evidence_members(found, place))  # rows are read under the post that asks; bytes follow
    return streamed(f"{found.code}{found.name}.zip", stream_zip(members))


@may(Verb.OUTLINE_READ)
@require_POST
def order(request: ActingRequest, pk: int) -> HttpResponse:
    """A supervision order as Word."""
    try:
        found = queries.order_for(pk)
    except Order.DoesNotExist as error:
        raise Http404 from error
    record(
        by=request.acting, stream=f"outline:{found.hard.indicator.outline_id}", verb="outline.order.letter",
        subject=f"order:{pk}", place=request.acting.place, summary={"number": found.number},
    )  # fmt: skip
    return download(f"督办单{found.number}.docx", documents.order_letter(found))
