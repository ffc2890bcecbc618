"""Needs that were heard: written down, put into hands, handed over, answered. Danger is a call, not a ticket."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, subject
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.needs import actions, queries
from niangjia.needs.actions import Danger
from niangjia.needs.kinds import ENDED, OPEN, NeedKind, NeedState
from niangjia.needs.models import Need
from niangjia.org import queries as org
from niangjia.web.desk.ask import ask
from niangjia.web.desk.choices import choose, place_choices
from niangjia.web.desk.due import due_words
from niangjia.web.desk.needs import forms
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

RAISE, HANDLE = Verb.NEED_RAISE, Verb.NEED_HANDLE
PAGE = 40
TONES = {
    NeedState.RAISED: "due", NeedState.ASSIGNED: "tea", NeedState.HANDED_OVER: "plain", NeedState.DONE: "ok", NeedState.CLOSED: "plum",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A need as lists show it: nothing of what was said."""

    need: Need
    place: str
    tone: str
    due: str
    due_class: str


def _row(need: Need, today: dt.date) -> Row:
    due, shade = "", ""
    if need.state in OPEN:
        limit = need.assign_by if need.state == NeedState.RAISED else need.due_on
        due, shade = due_words(limit, today)
    elif need.on_time is not None:
        due = "按期" if need.on_time else "超期办结"
    return Row(need, org.place_name(need.place), TONES[NeedState(need.state)], due, shade)


@may(RAISE, HANDLE)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Mine, due, all open, ended."""
    today = clock.today()
    shows = {
        "mine": ("在本单位", queries.needs().filter(queries.in_hand_of(request.acting))),
        "due": ("逾期和今天到期", queries.open_needs().filter(due_on__lte=today)),
        "open": ("全部在办", queries.open_needs()),
        "ended": ("已办结", queries.needs().filter(state__in=ENDED).order_by("-ended_at")),
    }
    show = request.GET.get("show", "mine")
    if show not in shows:
        raise Http404
    kind = request.GET.get("kind", "")
    wanted = shows[show][1]
    if kind in NeedKind.values:
        wanted = wanted.filter(kind=kind)
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": [(key, label, key == show, None if key == "ended" else found.count()) for key, (label, found) in shows.items()],
        "show": show, "kind": kind, "kinds": NeedKind.choices, "page": page, "rows": [_row(need, today) for need in page],
        "may_raise": request.acting.may(RAISE), "is_district": request.acting.level is Level.DISTRICT and request.acting.may(HANDLE),
    }  # fmt: skip
    return render(request, "desk/needs/index.html", context)


def _back(request: ActingRequest) -> str:
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("needs:index")


@may(RAISE)
def create(request: ActingRequest) -> HttpResponse:
    """Write a need down. ``?subject=`` says with which record it was heard, ``?place=`` where, ``?next=`` where to go then."""
    about = request.GET.get("subject", "")
    if about and not subject.is_subject(about):
        raise Http404
    form = forms.NeedForm(request.POST or None, initial={"place": request.GET.get("place", request.acting.place)})
    choose(form, "place", place_choices(request.acting.place))
    words: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            need = actions.raise_need(
                place=data["place"], kind=NeedKind(data["kind"]), text=data["text"], danger=data["danger"] == "yes",
                checked=data["checked"], raised_from=about, by=request.acting,
            )  # fmt: skip
        except Danger as found:
            if data["danger"] == "yes":
                actions.alarm(place=data["place"], by=request.acting, raised_from=about)
                return redirect("needs:danger")
            words = found.words
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"已登记，{need.due_on:%m月%d日}前答复。")
            return redirect(_back(request) if request.GET.get("next") else reverse("needs:show", args=[need.pk]))
    context = {"form": form, "words": words, "back": _back(request)}
    return render(request, "desk/needs/create.html", context, status=422 if request.method == "POST" else 200)


@may(RAISE, HANDLE)
@require_GET
def danger(request: ActingRequest) -> HttpResponse:
    """Whom to call now."""
    return render(request, "desk/needs/danger.html")


def _need(pk: int) -> Need:
    try:
        return queries.need(pk)
    except Need.DoesNotExist as error:
        raise Http404 from error


@may(RAISE, HANDLE)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """What was said and what was done. Opening it leaves a trail entry, as opening a paper does."""
    try:
        need = actions.open_need(need_id=pk, by=request.acting)
    except Need.DoesNotExist as error:
        raise Http404 from error
    steps = [{"step": step, "note": step.note.reveal() if step.note else ""} for step in need.steps.all()]
    may_handle = request.acting.may(HANDLE) and need.state in OPEN
    context = {
        "need": need, "row": _row(need, clock.today()), "text": need.text.reveal(),
        "answer": need.answer.reveal() if need.answer else "", "steps": steps, "may_handle": may_handle,
        "case_url": reverse("cases:show", args=[subject.id_of(need.raised_from)]) if need.raised_from.startswith("case:") else "",
    }  # fmt: skip
    return render(request, "desk/needs/show.html", context)


def _page_of(need: Need) -> dict[str, Any]:
    url = reverse("needs:show", args=[need.pk])
    return {"up": [("群众需求", reverse("needs:index")), (str(need.get_kind_display()), url)], "back": url}


@may(HANDLE)
def assign(request: ActingRequest, pk: int) -> HttpResponse:
    need = _need(pk)
    units = {unit.pk: unit for unit in queries.assignable(need.place, request.acting.place)}
    if need.unit_id not in units and codes.contains(need.unit.place, need.place):
        units[need.unit_id] = need.unit
    form = forms.AssignForm(request.POST or None, initial={"revision": need.revision, "unit": request.acting.unit_id})
    choose(form, "unit", [(key, unit.short_name) for key, unit in units.items()])

    def do(data: dict[str, Any]) -> str:
        unit = units[data["unit"]]
        actions.assign(need_id=pk, unit=unit, by=request.acting, revision=data["revision"], note=data["note"])
        return f"已交{unit.short_name}办理。"

    return ask(request, form, do, title="分派", button="分派", **_page_of(need))


@may(HANDLE)
def hand_over(request: ActingRequest, pk: int) -> HttpResponse:
    need = _need(pk)
    departments = {unit.pk: unit for unit in queries.departments()}
    form = forms.HandOverForm(request.POST or None, initial={"revision": need.revision})
    choose(form, "department", [(key, unit.short_name) for key, unit in departments.items()])

    def do(data: dict[str, Any]) -> str:
        unit = departments[data["department"]]
        actions.hand_over(need_id=pk, department=unit, by=request.acting, revision=data["revision"], note=data["note"])
        return f"已登记转{unit.short_name}。"

    return ask(request, form, do, title="转部门", button="登记", **_page_of(need))


@may(HANDLE)
def finish(request: ActingRequest, pk: int) -> HttpResponse:
    need = _need(pk)
    form = forms.FinishForm(request.POST or None, initial={"revision": need.revision})

    def do(data: dict[str, Any]) -> str:
        ended = actions.finish(
            need_id=pk, solved=data["solved"] == "yes", answer=data["answer"], by=request.acting, revision=data["revision"]
        )  # fmt: skip
        return f"{ended.get_state_display()}。"

    return ask(request, form, do, title="办结", button="办结", subtitle="告诉她了，才算办结。", **_page_of(need))


def _district(request: ActingRequest) -> None:
    if request.acting.level is not Level.DISTRICT:
        raise Http404


@may(HANDLE)
@require_GET
def deadlines(request: ActingRequest) -> HttpResponse:
    """In how many working days needs are assigned and answered."""
    _district(request)
    return render(request, "desk/needs/deadlines.html", {"deadlines": queries.deadlines(clock.today())})


@may(HANDLE)
def deadline(request: ActingRequest, kind: str) -> HttpResponse:
    _district(request)
    if kind not in NeedKind.values:
        raise Http404
    now = queries.deadline(kind, clock.today())
    form = forms.DeadlineForm(
        request.POST or None, initial={"assign_days": now.assign_days, "done_days": now.done_days}
    )

    def do(data: dict[str, Any]) -> str:
        actions.set_deadline(kind=NeedKind(kind), by=request.acting, **data)
        return "已保存。"

    url = reverse("needs:deadlines")
    return ask(
        request, form, do, title=f"{NeedKind(kind).label}需求的期限", button="保存", back=url,
        up=[("群众需求", reverse("needs:index")), ("办理期限", url)],
    )  # fmt: skip
