"""Wishes anybody may read, as the public views give them, and what a resident does with one: take it up, or make her own."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.org import queries as org
from niangjia.web.desk.choices import choose
from niangjia.web.guard import ActingRequest, may, public
from niangjia.web.portal.notices.views import unlisted
from niangjia.web.portal.page import page, resident, sent
from niangjia.web.portal.wishes.forms import ClaimForm, OwnWishForm
from niangjia.web.refusals import show_refusal
from niangjia.wishes import actions, queries
from niangjia.wishes.kinds import Category, WishState
from niangjia.wishes.queries import PublicWish

PAGE = 20
SHOWS = {"open": (WishState.OPEN, "等人认领"), "claimed": (WishState.CLAIMED, "正在实现"), "done": (WishState.CONFIRMED, "已经实现")}  # fmt: skip


@public
@unlisted
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """Wishes by category and town, the one that waited longest first."""
    key = request.GET.get("show", "open")
    if key not in SHOWS:
        raise Http404
    category, town = request.GET.get("category", ""), request.GET.get("town", "")
    category = category if category in Category.values else ""
    towns = [(code, org.place_name(code)) for code in queries.public_towns()]
    town = town if town in dict(towns) else ""
    counts = queries.public_counts(category=category, town=town)
    state = SHOWS[key][0]
    pages = Paginator(range(counts[state]), PAGE).get_page(request.GET.get("page"))
    found = queries.public_wishes(
        show=state, category=category, town=town, limit=PAGE, offset=PAGE * (pages.number - 1)
    )
    asked = {name: value for name, value in (("category", category), ("town", town)) if value}
    context = {
        "wishes": [(one, org.place_name(one.town)) for one in found], "pages": pages, "show": key, "category": category,
        "tabs": [(f"?{urlencode({'show': name, **asked})}", label, name == key, counts[state_]) for name, (state_, label) in SHOWS.items()],
        "categories": [(_chip(key, value, town), label, value == category) for value, label in [("", "全部"), *Category.choices]],
        "town": town, "towns": towns, "terms": queries.public_terms(clock.today()), "query": request.GET,
    }  # fmt: skip
    return page(request, "portal/wishes/index.html", context)


def _chip(show: str, category: str, town: str) -> str:
    return f"?{urlencode({'show': show, 'category': category, 'town': town})}"


def _wish(pk: int) -> PublicWish:
    found = queries.public_wish(pk)
    if found is None:
        raise Http404
    return found


@public
@unlisted
@never_cache
def wish(request: HttpRequest, pk: int) -> HttpResponse:
    found = _wish(pk)
    acting = resident(request)
    mine = queries.own_claims(acting).filter(wish_id=pk).first() if acting else None
    context = {
        "wish": found, "town": org.place_name(found.town), "terms": queries.public_terms(clock.today()), "mine": mine,
    }  # fmt: skip
    return page(request, "portal/wishes/wish.html", context)


@may(Verb.WISH_OWN)
@sensitive_post_parameters()
def claim(request: ActingRequest, pk: int) -> HttpResponse:
    """Take a wish up. Who comes second is told so kindly and sees the others."""
    found = queries.public_wish(pk)
    if found is None:
        messages.info(request, "这个心愿已不再公开，请看看别的心愿。")
        return redirect("public_wishes:index")
    form = ClaimForm(sent(request), initial={"token": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.claim(
                wish_id=pk, token=data["token"], name=data["name"], unit_name=data["unit_name"], by=request.acting
            )
        except Refused as refused:
            if refused.fields:
                show_refusal(form, refused)
            else:
                messages.info(request, str(refused))
                return redirect("public_wishes:index")
        else:
            messages.success(request, f"认领成功，谢谢您。请在{made.due_on:%m月%d日}前把东西交到{made.bring_to}。")
            return redirect("own_wishes:index")
    context = {
        "wish": found,
        "town": org.place_name(found.town),
        "form": form,
        "terms": queries.public_terms(clock.today()),
    }
    return page(request, "portal/wishes/claim.html", context, status=422 if form.errors else 200)


@may(Verb.WISH_OWN)
@sensitive_post_parameters()
def new(request: ActingRequest) -> HttpResponse:
    """Make a wish, for oneself or as a guardian."""
    form = OwnWishForm(sent(request), initial={"token": uuid.uuid4()})
    places: list[tuple[str, Any]] = [("", "请选择"), *org.village_choices(settings.NIANGJIA_DISTRICT)]
    choose(form, "place", places)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.raise_wish(entry=form.entry(), place=data["place"], token=data["token"], by=request.acting)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "心愿已收到。村（社区）妇联核实后公开，不写姓名。")
            return redirect(reverse("own_wishes:index"))
    context = {"form": form, "terms": queries.public_terms(clock.today())}
    return page(request, "portal/wishes/new.html", context, status=422 if form.errors else 200)
