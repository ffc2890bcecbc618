"""A year of collecting: opened, followed department by department, confirmed, published; one value with its whole way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from niangjia.access.verbs import Verb
from niangjia.channels import queries as outbox
from niangjia.channels.kinds import Form
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.outlines import actions, queries
from niangjia.outlines.kinds import IN_FORCE, ValueState, YearState
from niangjia.outlines.models import Observation, Year
from niangjia.trail import labels
from niangjia.trail import queries as trail
from niangjia.web.desk.outlines.forms import DeadlineForm, WhyForm, YearForm
from niangjia.web.desk.outlines.views import outline_of
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal


@may(Verb.OUTLINE_MANAGE)
def open_year(request: ActingRequest, pk: int) -> HttpResponse:
    """Begin to collect a year."""
    outline, today = outline_of(pk), clock.today()
    place = codes.district_of(request.acting.place)
    initial = {"year": max(today.year - 1, outline.start_year), "due_on": today + dt.timedelta(days=45)}
    form = YearForm(request.POST or None, place=place, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.open_year(
                outline_id=pk,
                year=data["year"],
                due_on=data["due_on"],
                checker_id=int(data["checker"]),
                by=request.acting,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"{made.year}年度已开启，各部门登录后就能看到本部门的指标。")
            return redirect("outlines:year", pk=made.pk)
    context = {"outline": outline, "form": form}
    return render(request, "desk/outlines/open_year.html", context, status=422 if form.errors else 200)


def _year(pk: int) -> Year:
    try:
        return Year.objects.select_related("outline", "checker").get(pk=pk)
    except Year.DoesNotExist as error:
        raise Http404 from error


@may(Verb.OUTLINE_MANAGE)
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """Who owes what, what waits to be confirmed, what formulas come to; publish."""
    year = _year(pk)
    if request.method == "POST":
        return _act(request, year)
    today = clock.today()
    lines = queries.lines_of(year)
    dues = queries.due_list(year, today, lines)
    counts = dict.fromkeys(ValueState, 0)
    for line in lines:
        value = line.value or line.final
        if value is not None:
            counts[ValueState(value.state)] += 1
    context = {
        "year": year, "outline": year.outline, "today": today, "dues": [(due, queries.reminder(year, due) if due.owes else "") for due in dues],
        "to_confirm": [line for line in lines if line.value and line.value.state == ValueState.STATS_CHECKED],
        "to_check": [line for line in lines if line.value and line.value.state == ValueState.DEPT_SUBMITTED],
        "corrections": [line for line in lines if line.value and line.value.restates_id and line.value.state != ValueState.STATS_CHECKED],
        "done": [line for line in lines if line.final], "counts": counts, "total": len(lines),
        "formulas": queries.indicators_of(year.outline, year.year).exclude(formula="").count(),
        "owing": any(due.owes for due in dues), "endpoints": list(outbox.groups(Form.TEXT)), "reminded": outbox.messages(year.subject).first(),
        "nobody": [line.indicator for line in lines if line.lead is None and not line.value and not line.final],
        "published": year.state == YearState.PUBLISHED, "deadline_form": DeadlineForm(initial={"due_on": year.due_on}),
    }  # fmt: skip
    return render(request, "desk/outlines/year.html", context)


def _act(request: ActingRequest, year: Year) -> HttpResponse:
    """What the buttons of the page do."""
    wanted = [int(text) for text in request.POST.getlist("value") if text.isdecimal()]
    try:
        match request.POST.get("act"):
            case "confirm":
                count = actions.confirm(value_ids=wanted, by=request.acting)
                messages.success(request, f"已确认{count}个指标。" if count else "没有选择指标。")
            case "pass":
                count = actions.pass_on(value_ids=wanted, by=request.acting)
                messages.success(request, f"已代为审核{count}个指标。" if count else "没有选择指标。")
            case "publish":
                count = actions.publish(
                    year_id=year.pk, leave_open=bool(request.POST.get("leave_open")), by=request.acting
                )
                messages.success(request, f"已发布{count}个指标，{year.year}年度的达标情况已向全区开放。")
            case "remind":
                chosen = [int(text) for text in request.POST.getlist("endpoint") if text.isdecimal()]
                actions.remind(year_id=year.pk, endpoint_ids=chosen, by=request.acting)
                messages.success(request, "催报已进入发件箱。")
            case "formulas":
                _tell_formulas(request, year)
            case "deadline":
                form = DeadlineForm(request.POST)
                if form.is_valid():
                    actions.move_deadline(year_id=year.pk, due_on=form.cleaned_data["due_on"], by=request.acting)
                    messages.success(request, "截止日期已调整。")
            case _:
                raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("outlines:year", pk=year.pk)


def _tell_formulas(request: ActingRequest, year: Year) -> None:
    computed = actions.compute_formulas(outline_id=year.outline_id, place=year.place, year=year.year, by=request.acting)
    done = [one for one in computed if one.value is not None]
    messages.success(request, f"公式指标已算{len(done)}个。")
    for one in computed:
        if one.problem:
            messages.error(request, f"“{one.indicator.name}”：{one.problem}")
        elif one.value is None:
            messages.info(request, f"“{one.indicator.name}”缺数据，没有算（缺的不当作0）。")


@may(Verb.OUTLINE_READ)
def value(request: ActingRequest, pk: int) -> HttpResponse:
    """One value: the numbers, what is doubtful, papers, every step; sent back, confirmed, corrected."""
    try:
        found = queries.value_for(pk)
    except Observation.DoesNotExist as error:
        raise Http404 from error
    form = WhyForm(request.POST or None)
    if request.method == "POST":
        request.acting.require(Verb.INDICATOR_CONFIRM)
        done = _act_on_value(request, found, form)
        if done is not None:
            return done
    indicator = found.indicator
    entry = queries.entry_of(found)
    doubts = queries.doubts_of([indicator], {indicator.pk: entry}, found.place, found.year).get(indicator.pk, [])
    steps = [
        (labels.label_of(entry.verb), entry)
        for entry in trail.of_subject(f"indicator:{indicator.pk}")[:60]
        if entry.summary.get("year") == found.year and entry.place == found.place
    ]
    confirms = request.acting.may(Verb.INDICATOR_CONFIRM)
    context: dict[str, Any] = {
        "value": found, "indicator": indicator, "outline": indicator.outline, "doubts": doubts, "steps": steps, "form": form,
        "papers": list(queries.evidence_of([indicator.pk], found.place, found.year)),
        "may_confirm": confirms and found.state == ValueState.STATS_CHECKED and found.value is not None,
        "may_return": confirms and found.state in (ValueState.DEPT_SUBMITTED, ValueState.STATS_CHECKED),
        "may_reopen": confirms and found.state in IN_FORCE and found.unit_id and indicator.filled_in,
        "later": Observation.objects.filter(restates=found).first(),
    }  # fmt: skip
    return render(request, "desk/outlines/value.html", context, status=422 if form.errors else 200)


def _act_on_value(request: ActingRequest, found: Observation, form: WhyForm) -> HttpResponse | None:
    """The answer to a button, or None where the reason is missing or the act was refused."""
    act = request.POST.get("act")
    if act == "confirm":
        actions.confirm(value_ids=[found.pk], by=request.acting)
        messages.success(request, f"“{found.indicator.name}”已确认。")
        return redirect("outlines:value", pk=found.pk)
    if not form.is_valid():
        return None
    try:
        if act == "return":
            actions.send_back(value_id=found.pk, why=form.cleaned_data["why"], by=request.acting)
            messages.success(request, f"已退回{found.unit_name}。")
            return redirect("outlines:value", pk=found.pk)
        made = actions.reopen(value_id=found.pk, why=form.cleaned_data["why"], by=request.acting)
    except Refused as refused:
        show_refusal(form, refused)
        return None
    messages.success(request, f"已请{made.unit_name}更正；确认以前，原来的值继续有效。")
    return redirect("outlines:value", pk=made.pk)
