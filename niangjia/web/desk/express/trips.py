"""Trips: the list, one trip, writing one down, the log in and out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.express import actions, queries
from niangjia.express.kinds import COUNTS
from niangjia.express.models import Photo, Trip
from niangjia.express.queries import FIGURES
from niangjia.files import actions as files
from niangjia.files.kinds import FileError, FileKind
from niangjia.files.models import StoredFile
from niangjia.letters.kinds import SheetError
from niangjia.letters.sheets import write_template
from niangjia.reports.tables import express as tables
from niangjia.transfers import actions as transfers
from niangjia.web.desk.express.forms import LogForm, StrikeForm, TripForm, fresh, known
from niangjia.web.desk.express.views import READ, RECORD, year_asked
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

MOST_PHOTOS = 6


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The trips of a year, of one vehicle, or behind one number of the yearly form."""
    number = year_asked(request)
    figure = FIGURES.get(request.GET.get("figure", ""))
    plate = request.GET.get("vehicle", "")
    found = (figure.records() if figure else queries.trips()).filter(queries.year(number)).select_related("vehicle")
    vehicles = list(queries.vehicles())
    chosen = next((one for one in vehicles if str(one.pk) == plate), None)
    if chosen:
        found = found.filter(vehicle=chosen)
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            (trip, queries.names_of(trip), getattr(trip, figure.column) if figure and figure.column else None)
            for trip in page
        ],
        "year": number,
        "years": sorted({number, *range(clock.today().year - 2, clock.today().year + 1)}),
        "figure": figure,
        "chosen": chosen,
        "vehicles": vehicles,
        "may_record": request.acting.may(RECORD),
    }
    return render(request, "desk/express/trips.html", context)


def _trip(pk: int) -> Trip:
    try:
        return Trip.objects.select_related("unit").get(pk=pk)
    except Trip.DoesNotExist as error:
        raise Http404 from error


@may(READ)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    trip = _trip(pk)
    context = {
        "trip": trip,
        "vehicle": queries.vehicles().filter(pk=trip.vehicle_id).first(),
        "places": queries.names_of(trip),
        "counts": [(service, count) for service in COUNTS if (count := getattr(trip, service.column))],
        "costs": list(trip.costs.all()),
        "photos": list(Photo.objects.filter(trip=trip)),
        "form": StrikeForm(),
        "may_record": request.acting.may(RECORD) and trip.struck_on is None,
    }
    return render(request, "desk/express/trip.html", context)


@may(RECORD)
def new(request: ActingRequest) -> HttpResponse:
    """Write a trip down; on a phone in under a minute."""
    vehicles = list(queries.on_the_road())
    if not vehicles:
        messages.info(request, "还没有可以登记出车的车辆。")
        return redirect("express:index")
    asked = request.GET.get("vehicle", "")
    vehicle = next((one for one in vehicles if str(one.pk) == asked), vehicles[0])
    last = queries.trips().filter(vehicle=vehicle).first()
    form = _form(request, vehicles, fresh(str(vehicle.pk), last))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                trip = actions.record_trip(
                    vehicle_id=int(form.cleaned_data["vehicle"]), entry=form.entry(), by=request.acting,
                    token=form.cleaned_data["token"], costs=form.money(),
                )  # fmt: skip
                actions.add_photos(trip_id=trip.pk, files=lambda: _photos(request), by=request.acting)
        except Refused as refused:
            show_refusal(form, refused)
        except FileError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{trip} 已登记，服务 {Trip.objects.get(pk=trip.pk).people} 人次。")
            return redirect(_back(request))
    return _form_page(request, form, None)


@may(RECORD)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    trip = _trip(pk)
    if trip.struck_on:
        raise Http404
    form = _form(request, list(queries.vehicles().filter(pk=trip.vehicle_id)), known(trip))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_trip(
                trip_id=pk, entry=form.entry(), by=request.acting, revision=form.cleaned_data["revision"] or 0,
                costs=form.money(),
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已改正。")
            return redirect("express:trip", pk)
    return _form_page(request, form, trip)


def _form(request: ActingRequest, vehicles: list[Any], initial: dict[str, Any]) -> TripForm:
    find = queries.place_finder(codes.district_of(request.acting.place))
    return TripForm(request.POST or None, vehicles=vehicles, find=find, initial=initial)


def _form_page(request: ActingRequest, form: TripForm, trip: Trip | None) -> HttpResponse:
    context = {
        "form": form,
        "trip": trip,
        "place_names": queries.place_names(codes.district_of(request.acting.place)),
        "back": _back(request) if trip is None else reverse("express:trip", args=[trip.pk]),
        "next": request.GET.get("next", "") or request.POST.get("next", ""),
    }
    return render(request, "desk/express/trip_form.html", context, status=422 if form.errors else 200)


def _back(request: ActingRequest) -> str:
    """Where she came from: the hospital's page or the desk's."""
    wanted = request.GET.get("next", "") or request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if safe else reverse("express:index")


def _photos(request: ActingRequest) -> list[StoredFile]:
    """The pictures that came along, stored. Raises FileError."""
    sent = request.FILES.getlist("photos")[:MOST_PHOTOS]
    return [
        files.store(
            name=file.name or "", data=file.read(), purpose="express_photo", place=codes.district_of(request.acting.place),
            by=request.acting, kinds={FileKind.IMAGE},
        )
        for file in sent
    ]  # fmt: skip


@may(RECORD)
@require_POST
def strike(request: ActingRequest, pk: int) -> HttpResponse:
    _trip(pk)
    form = StrikeForm(request.POST)
    if form.is_valid():
        actions.strike_trip(trip_id=pk, reason=form.cleaned_data["reason"], by=request.acting)
        messages.success(request, "这一趟已作废，不再计数；记录和原因都保留。")
    else:
        messages.error(request, "请写明作废原因。")
    return redirect("express:trip", pk)


@may(RECORD)
def take(request: ActingRequest) -> HttpResponse:
    """A log kept on paper or in Excel, each row answered."""
    form = LogForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            begun = transfers.ask(kind=tables.IMPORT, data=file.read(), title=str(file.name), by=request.acting)
        except SheetError as error:
            form.add_error("file", str(error))
        else:
            return redirect("transfers:show", begun.pk)
    context = {"form": form, "columns": tables.LOG.columns}
    return render(request, "desk/express/import.html", context, status=422 if form.errors else 200)


@may(RECORD)
@require_GET
def template(request: ActingRequest) -> HttpResponseBase:
    return workbook("出车记录模板", lambda out: write_template(out, tables.LOG))


@may(READ)
@require_POST
def log_file(request: ActingRequest) -> HttpResponseBase:
    number = year_asked(request)
    return workbook(f"出车记录{number}", lambda out: tables.write_log(out, year=number, by=request.acting))
