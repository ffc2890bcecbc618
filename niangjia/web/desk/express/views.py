"""母亲健康快车 at the desk: the vehicles with what runs out, one vehicle, the year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import ActorKind
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.express import actions, queries, rules
from niangjia.express.kinds import CostKind
from niangjia.express.models import Vehicle
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.reports.tables import express as tables
from niangjia.web.desk.express.forms import CostForm, VehicleForm
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

READ, RECORD, MANAGE = Verb.EXPRESS_READ, Verb.EXPRESS_RECORD, Verb.EXPRESS_MANAGE
SHOWN = 10


def year_asked(request: ActingRequest) -> int:
    given = request.GET.get("year", "") or request.POST.get("year", "")
    return int(given) if given.isdecimal() and 2003 <= int(given) <= 2100 else clock.today().year


def dues(vehicle: Vehicle) -> list[rules.Due]:
    """What runs out; nothing does for a vehicle out of use."""
    if vehicle.retired_on:
        return []
    return rules.due(vehicle.insured_until, vehicle.inspected_until, today=clock.today())


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """All vehicles, the year so far beside each. A hospital has a page of its own."""
    if request.acting.kind is ActorKind.PARTNER:
        return redirect("our_express:index")
    number = clock.today().year
    lines = {line.vehicle.pk: line for line in queries.year_form(number)}
    rows = [(vehicle, dues(vehicle), lines.get(vehicle.pk)) for vehicle in queries.vehicles()]
    context = {
        "rows": rows,
        "year": number,
        "totals": _totals(list(lines.values())),
        "may_manage": request.acting.may(MANAGE),
        "may_record": request.acting.may(RECORD) and bool(rows),
    }
    return render(request, "desk/express/index.html", context)


def _totals(lines: list[queries.Line]) -> dict[str, Any]:
    return {figure.key: sum(line.figures[figure.key] for line in lines) for figure in queries.FORM}


def found(pk: int) -> Vehicle:
    try:
        return queries.vehicles().get(pk=pk)
    except Vehicle.DoesNotExist as error:
        raise Http404 from error


@may(READ)
def vehicle(request: ActingRequest, pk: int) -> HttpResponse:
    """One vehicle: its papers, its last trips, what it cost this year; a cost between trips is entered here."""
    one = found(pk)
    may_record = request.acting.may(RECORD)
    form = CostForm(request.POST or None, initial={"day": clock.today()})
    if request.method == "POST":
        request.acting.require(RECORD)
        if form.is_valid():
            data = form.cleaned_data
            try:
                actions.add_cost(vehicle_id=pk, by=request.acting, **{**data, "kind": CostKind(data["kind"])})
            except Refused as refused:
                show_refusal(form, refused)
            else:
                messages.success(request, "费用已登记。")
                return redirect("express:vehicle", pk)
    number = clock.today().year
    costs = queries.costs_by_kind(one, number)
    context = {
        "vehicle": one,
        "dues": dues(one),
        "year": number,
        "trips": [(trip, queries.names_of(trip)) for trip in queries.trips().filter(vehicle=one)[:SHOWN]],
        "costs": costs,
        "cost": sum(amount for _, amount in costs),
        "form": form,
        "may_manage": request.acting.may(MANAGE),
        "may_record": may_record and one.retired_on is None,
    }
    return render(request, "desk/express/vehicle.html", context, status=422 if form.errors else 200)


@may(MANAGE)
def add(request: ActingRequest) -> HttpResponse:
    return _keep(request, None)


@may(MANAGE)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    return _keep(request, found(pk))


def _keep(request: ActingRequest, one: Vehicle | None) -> HttpResponse:
    names = VehicleForm.base_fields
    initial = {key: getattr(one, key) for key in names} if one else {"received_on": clock.today()}
    form = VehicleForm(request.POST or None, initial=initial, hospitals=org.units().filter(kind=UnitKind.HOSPITAL))
    if request.method == "POST" and form.is_valid():
        try:
            if one is None:
                kept = actions.add_vehicle(by=request.acting, **form.cleaned_data)
            else:
                kept = actions.change_vehicle(vehicle_id=one.pk, by=request.acting, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"{kept.plate} 已保存。")
            return redirect("express:vehicle", kept.pk)
    return render(request, "desk/express/edit.html", {"form": form, "vehicle": one}, status=422 if form.errors else 200)


@may(READ)
@require_GET
def year(request: ActingRequest) -> HttpResponse:
    """The yearly form as a page: each number leads to its trips."""
    number = year_asked(request)
    lines = queries.year_form(number)
    totals = _totals(lines)
    rows = [
        (figure, [(line, line.figures[figure.key]) for line in lines], totals[figure.key]) for figure in queries.FORM
    ]
    this = clock.today().year
    context = {
        "year": number,
        "years": [this - 2, this - 1, this],
        "lines": lines,
        "rows": rows,
        "cost": sum(line.cost for line in lines),
    }
    return render(request, "desk/express/year.html", context)


@may(READ)
@require_POST
def year_file(request: ActingRequest) -> HttpResponseBase:
    number = year_asked(request)
    name = f"母亲健康快车年度统计表{number}"
    return workbook(name, lambda out: tables.write_year(out, year=number, by=request.acting))
