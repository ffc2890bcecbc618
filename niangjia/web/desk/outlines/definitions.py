"""What an outline is: loaded, changed, its targets and duties set, sheets taken in, departments replaced."""

from __future__ import annotations

import io

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.letters.kinds import SheetError
from niangjia.letters.sheets import write_table
from niangjia.outlines import actions, queries, rules, tables
from niangjia.outlines.kinds import Duty
from niangjia.outlines.models import Indicator, Outline, Target
from niangjia.web.desk.outlines.forms import AssignForm, HandOverForm, ImportForm, IndicatorForm, LoadForm, TargetForm
from niangjia.web.desk.outlines.views import indicator_of, outline_of
from niangjia.web.downloads import download
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal


@may(Verb.OUTLINE_MANAGE)
@require_POST
def load(request: ActingRequest) -> HttpResponse:
    """Take over an outline that ships with the house."""
    form = LoadForm(request.POST, taken=set())
    if not form.is_valid():
        raise Http404
    try:
        outline = actions.load_shipped(key=form.cleaned_data["key"], by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("outlines:index")
    messages.success(request, f"已载入{outline.title}。标“未经核实”的请对照原文核对，地方目标值可用表格导入。")
    return redirect("outlines:definitions", pk=outline.pk)


@may(Verb.OUTLINE_READ)
@require_GET
def index(request: ActingRequest, pk: int) -> HttpResponse:
    """The indicators of an outline with their target, department and what is not confirmed."""
    outline = outline_of(pk)
    now = max(min(clock.today().year, outline.end_year), outline.start_year)
    leads = queries.leads_in(outline.place, now)
    targets = {t.indicator_id: t for t in _targets(outline, now)}
    found = list(queries.indicators_of(outline))
    rows = [{"indicator": one, "lead": leads.get(one.pk), "target": targets.get(one.pk)} for one in found]
    context = {
        "outline": outline, "rows": rows, "manages": request.acting.may(Verb.OUTLINE_MANAGE),
        "unconfirmed": sum(one.unconfirmed for one in found), "without": sum(one.pk not in leads for one in found),
    }  # fmt: skip
    return render(request, "desk/outlines/definitions.html", context)


def _targets(outline: Outline, year: int) -> QuerySet[Target]:
    return Target.objects.filter(queries.in_year(year), indicator__outline=outline, place=outline.place)


@may(Verb.OUTLINE_MANAGE)
def new(request: ActingRequest, pk: int) -> HttpResponse:
    """A new indicator of one's own."""
    outline = outline_of(pk)
    last = queries.indicators_of(outline).last()
    initial = {
        "valid_from": outline.start_year,
        "order": (last.order if last else 0) + 10,
        "domain": last.domain if last else "",
    }
    return _edit(request, outline, None, IndicatorForm(request.POST or None, initial=initial))


@may(Verb.OUTLINE_MANAGE)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    """Change an indicator."""
    found = indicator_of(pk)
    return _edit(request, found.outline, found, IndicatorForm(request.POST or None, instance=found))


def _edit(request: ActingRequest, outline: Outline, found: Indicator | None, form: IndicatorForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_indicator(
                outline_id=outline.pk, indicator_id=found.pk if found else None, by=request.acting, **form.values()
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"“{saved.name}”已保存。")
            return redirect("outlines:indicator", pk=saved.pk)
    context = {"outline": outline, "indicator": found, "form": form}
    return render(request, "desk/outlines/edit.html", context, status=422 if form.errors else 200)


@may(Verb.OUTLINE_MANAGE)
@require_POST
def target(request: ActingRequest, pk: int) -> HttpResponse:
    """Set a target, give a department the duty or end it; all on the indicator's page."""
    found = indicator_of(pk)
    try:
        if "unit" in request.POST:
            form: TargetForm | AssignForm = AssignForm(request.POST, place=found.outline.place)
            if form.is_valid():
                data = form.cleaned_data
                actions.assign(
                    indicator_id=pk, unit_id=int(data["unit"]), duty=Duty(data["duty"]), from_year=data["from_year"],
                    by=request.acting,
                )  # fmt: skip
                messages.success(request, "责任部门已更新。以前年度不变。")
        elif "end" in request.POST:
            one = found.assignments.filter(pk=request.POST["end"] if request.POST["end"].isdecimal() else 0).first()
            if one is None:
                raise Http404
            actions.unassign(assignment_id=one.pk, from_year=clock.today().year, by=request.acting)
            messages.success(request, "已解除，本年度起不再负责。")
            return redirect("outlines:indicator", pk=pk)
        else:
            form = TargetForm(request.POST)
            if form.is_valid():
                data = {**form.cleaned_data, "tolerance": form.cleaned_data["tolerance"] or rules.ZERO}
                actions.set_target(indicator_id=pk, place=found.outline.place, by=request.acting, **data)
                messages.success(request, "目标值已更新。以前年度仍按原来的目标评价。")
        if form.errors:
            messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("outlines:indicator", pk=pk)


@may(Verb.OUTLINE_MANAGE)
@require_POST
def sheet(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The targets that stand, in the layout that is taken in."""
    outline = outline_of(pk)
    out = io.BytesIO()
    rows = write_table(out, tables.TARGETS, tables.target_rows(outline, outline.place), title=f"{outline.title}目标值")
    record(
        by=request.acting, stream=f"outline:{pk}", verb="outline.export", place=outline.place,
        summary={"title": outline.title, "rows": rows},
    )  # fmt: skip
    return download(f"{outline.key}目标值.xlsx", out.getvalue())


@may(Verb.OUTLINE_MANAGE)
def take_in(request: ActingRequest, pk: int) -> HttpResponse:
    """Local targets, or settled values of earlier years and wider places: all rows, or none and why."""
    outline = outline_of(pk)
    form = ImportForm(request.POST or None, request.FILES or None, initial={"kind": "targets"})
    problems: dict[int, str] = {}
    notices: list[str] = []
    if request.method == "POST" and form.is_valid():
        data, kind = form.cleaned_data["file"].read(), form.cleaned_data["kind"]
        try:
            count, problems, notices = _take(outline, data, kind, request)
        except SheetError as error:
            form.add_error("file", str(error))
        else:
            if not problems:
                messages.success(request, f"已导入{count}行。")
                return redirect("outlines:definitions", pk=pk)
    context = {
        "outline": outline, "form": form, "problems": sorted(problems.items()), "notices": notices,
        "layouts": [("地方目标值和基期", tables.TARGETS), ("历年数据、市级和全国数据", tables.KNOWN)],
    }  # fmt: skip
    return render(request, "desk/outlines/import.html", context, status=422 if problems or form.errors else 200)


def _take(outline: Outline, data: bytes, kind: str, request: ActingRequest) -> tuple[int, dict[int, str], list[str]]:
    if kind == "targets":
        targets, sheet_read = tables.read_targets(data, outline)
        problems = sheet_read.problems or actions.import_targets(outline_id=outline.pk, rows=targets, by=request.acting)
        return len(targets), problems, sheet_read.notices
    known, sheet_read = tables.read_known(data, outline)
    problems = sheet_read.problems or actions.import_known(outline_id=outline.pk, rows=known, by=request.acting)
    return len(known), problems, sheet_read.notices


@may(Verb.OUTLINE_MANAGE)
def hand_over(request: ActingRequest, pk: int) -> HttpResponse:
    """A department was merged or replaced: its indicators go to another."""
    outline = outline_of(pk)
    place = codes.district_of(request.acting.place)
    holding = {one.unit.pk: one.unit.short_name for one in queries.assignments(place, clock.today().year)}
    form = HandOverForm(
        request.POST or None, olds=[(str(pk), name) for pk, name in holding.items()], place=place,
        initial={"from_year": clock.today().year},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            count = actions.hand_over(
                old_unit_id=int(data["old"]),
                new_unit_id=int(data["new"]),
                from_year=data["from_year"],
                by=request.acting,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"已移交{count}个指标。以前年度的责任和数据不变。")
            return redirect("outlines:definitions", pk=pk)
    context = {"outline": outline, "form": form}
    return render(request, "desk/outlines/hand_over.html", context, status=422 if form.errors else 200)
