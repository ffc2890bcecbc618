"""Activities: the list, one, writing one down, and entries that may be the same lecture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import ActorKind
from niangjia.access.verbs import Verb
from niangjia.attendance.kinds import SessionState
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.family_education import actions, queries, rules
from niangjia.family_education.kinds import Mode
from niangjia.family_education.models import Activity
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.files.models import StoredFile
from niangjia.org import queries as org
from niangjia.web.desk.family import forms
from niangjia.web.desk.family.page import MANAGE, PAGE, READ, RECORD, number_of, tabs, within, year_asked, years
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

MOST_PHOTOS = 6
BACK_DAYS = 400  # how long two entries may still be found to be one


def _activity(pk: int) -> Activity:
    try:
        return queries.activity(pk)
    except Activity.DoesNotExist as error:
        raise Http404 from error


@may(READ, RECORD)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Activities of a year, of one way or kind of venue, announced ones too."""
    acting, number = request.acting, year_asked(request)
    mode, venue, town = (request.GET.get(key, "") for key in ("mode", "venue", "town"))
    found = queries.activities().filter(queries.in_period(rules.year_of(number)))
    if mode in Mode.values:
        found = found.filter(mode=mode)
    if number_of(venue):
        found = found.filter(venue_kind=number_of(venue))
    if codes.is_code(town):
        lo, hi = codes.subtree(town)
        found = found.filter(place__gte=lo, place__lt=hi)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs(acting, "activities"), "page": page, "rows": [(one, org.place_name(one.place)) for one in page],
        "year": number, "years": years(number), "mode": mode, "modes": Mode.choices, "venue": venue, "town": town,
        "venues": list(queries.venue_kinds()), "may_record": acting.may(RECORD), "hears": acting.may(Verb.NEED_RAISE),
        "towns": list(org.divisions_within(within(acting), Level.TOWN).values_list("code", "short_name"))
        if acting.kind is ActorKind.PARTNER or acting.level is Level.DISTRICT else [],
        "pairs": queries.pairs_open(_since()) if acting.may(MANAGE) else 0, "may_manage": acting.may(MANAGE),
    }  # fmt: skip
    return render(request, "desk/family/activities.html", context)


def _since() -> dt.date:
    return clock.today() - BACK_DAYS * clock.ONE_DAY


@may(READ, RECORD)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    one, acting = _activity(pk), request.acting
    writes = acting.may(RECORD) and actions.may_change(one, by=acting)
    order = queries.order_of(one) if acting.kind is ActorKind.DESK else None
    free = writes and one.when.state != SessionState.CANCELLED and one.when.merged_into_id is None and order is None
    context = {
        "tabs": tabs(acting, "activities"), "one": one, "place": org.place_name(one.place), "order": order,
        "same": queries.same_entries(one), "merged": one.when.merged_into_id is not None,
        "photos": list(one.photos.all()) if acting.kind is ActorKind.DESK or acting.unit_id == one.unit_id else [],
        "form": forms.ReasonForm(), "may_change": free, "sees_session": acting.may(Verb.SESSION_READ), "may_manage": acting.may(MANAGE),
    }  # fmt: skip
    return render(request, "desk/family/activity.html", context)


@may(RECORD)
def new(request: ActingRequest) -> HttpResponse:
    """Write an activity down; on a phone in under a minute."""
    acting = request.acting
    form = forms.ActivityForm(request.POST or None, acting=acting, initial=forms.fresh(acting))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            one = actions.record_activity(
                entry=form.entry(), unit_id=int(data["unit"] or acting.unit_id or 0), by=acting, token=data["token"],
                photos=_photos(request), minors_agreed=data["minors_agreed"],
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"“{one.when.title}”已登记。")
            return redirect(_back(request, reverse("family:activity", args=[one.pk])))
    return _form_page(request, form, None)


@may(RECORD)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    """Correct it, or say that an announced one was held."""
    one = _activity(pk)
    if one.when.state == SessionState.CANCELLED or not actions.may_change(one, by=request.acting):
        raise Http404
    form = forms.ActivityForm(
        request.POST or None, acting=request.acting, one=one, initial=forms.known(one, request.acting)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_activity(
                activity_id=pk, entry=form.entry(), by=request.acting, revision=form.cleaned_data["revision"] or 0
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("family:activity", pk)
    return _form_page(request, form, one)


def _form_page(request: ActingRequest, form: forms.ActivityForm, one: Activity | None) -> HttpResponse:
    back = reverse("family:activity", args=[one.pk]) if one else _back(request, reverse("family:activities"))
    context = {
        "form": form, "one": one, "back": back, "next": request.GET.get("next", "") or request.POST.get("next", ""),
        "partner": request.acting.kind is ActorKind.PARTNER,
    }  # fmt: skip
    return render(request, "desk/family/activity_form.html", context, status=422 if form.errors else 200)


def _back(request: ActingRequest, default: str) -> str:
    wanted = request.GET.get("next", "") or request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else default


def _photos(request: ActingRequest) -> list[Callable[[str], StoredFile]]:
    """The pictures that came along, each stored under a place once it is asked for. That raises FileError."""

    def keep(file: UploadedFile[bytes], place: str) -> StoredFile:
        return files.store(
            name=file.name or "", data=file.read(), purpose="family_photo", place=place, by=request.acting,
            kinds={FileKind.IMAGE},
        )  # fmt: skip

    return [partial(keep, file) for file in request.FILES.getlist("photos")[:MOST_PHOTOS]]


@may(RECORD)
@require_POST
def strike(request: ActingRequest, pk: int) -> HttpResponse:
    _activity(pk)
    form = forms.ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明原因。")
        return redirect("family:activity", pk)
    try:
        actions.strike_activity(activity_id=pk, reason=form.cleaned_data["reason"], by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已作废，不再计数；记录和原因都保留。")
    return redirect("family:activity", pk)


# ---------------------------------------------------------------- the same lecture entered twice


@may(MANAGE)
@require_GET
def pairs(request: ActingRequest) -> HttpResponse:
    """Entries that may be one lecture, side by side; below them what was found to be one."""
    context = {
        "tabs": tabs(request.acting, "activities"), "pairs": queries.pairs(_since()),
        "merged": queries.merged_pairs(PAGE),
    }  # fmt: skip
    return render(request, "desk/family/pairs.html", context)


@may(MANAGE)
@require_POST
def settle(request: ActingRequest) -> HttpResponse:
    """One lecture, or two."""
    first, second = (_activity(number_of(request.POST.get(key, ""))) for key in ("first", "second"))
    try:
        if request.POST.get("act") == "same":
            actions.join_entries(activity_id=second.pk, into_id=first.pk, by=request.acting)
            messages.success(request, "已合并为一场：只计一次，两个单位的职责都算。可在下面撤销。")
        else:
            actions.keep_apart(first_id=first.pk, second_id=second.pk, by=request.acting)
            messages.success(request, "已记为两场，不再提示。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("family:pairs")


@may(MANAGE)
@require_POST
def part(request: ActingRequest, pk: int) -> HttpResponse:
    _activity(pk)
    actions.part_entries(activity_id=pk, by=request.acting)
    messages.success(request, "已撤销合并，两条各计一场。")
    return redirect("family:pairs")
