"""A resident's own wishes and claims: where they stand, and taking them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.web.guard import ActingRequest, may
from niangjia.web.portal.mine.matters import Matter
from niangjia.web.portal.page import page
from niangjia.wishes import actions, queries
from niangjia.wishes.kinds import UNPUBLISHED, ClaimState, WishState
from niangjia.wishes.models import Claim, Wish

SOON_DAYS: Final = 3


@may(Verb.WISH_OWN)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """What she took up, the ones that wait for her first, and what she wished for."""
    claims = list(queries.own_claims(request.acting))
    texts = queries.public_wishes_of([claim.wish_id for claim in claims])
    today = clock.today()
    context = {
        "claims": [(claim, texts.get(claim.wish_id), (claim.due_on - today).days) for claim in claims],
        "news": list(queries.unseen(request.acting)),
        "wishes": [
            (wish, wish.state in UNPUBLISHED or wish.state == WishState.OPEN)
            for wish in queries.own_wishes(request.acting)
        ],
    }
    return page(request, "portal/wishes/own.html", context)


def waiting_for(acting: Acting) -> list[Matter]:
    """What a resident is told on the front page: claims that ended without her doing, and those due within days."""
    url, last = reverse("own_wishes:index"), clock.today() + dt.timedelta(days=SOON_DAYS)
    return [
        Matter("您认领的心愿快到期了", f"请在{claim.due_on:%m月%d日}前交到{claim.bring_to}。", url, "看我的认领", "due")
        if claim.state == ClaimState.HELD
        else Matter("有一个心愿认领已结束", "谢谢您的心意，请看一下。", url, "去看看", "info")
        for claim in queries.own_claims(acting).filter(queries.UNSEEN | queries.due_until(last))
    ]


def _do(request: ActingRequest, act: Callable[[], None], said: str) -> HttpResponse:
    """An act on something of hers; of anybody else's there is nothing."""
    try:
        act()
    except (Wish.DoesNotExist, Claim.DoesNotExist):
        raise Http404 from None
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        if said:
            messages.success(request, said)
    return redirect("own_wishes:index")


@may(Verb.WISH_OWN)
@require_POST
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    return _do(request, lambda: actions.withdraw(wish_id=pk, by=request.acting), "心愿已撤回，不再公开。")


@may(Verb.WISH_OWN)
@require_POST
def received(request: ActingRequest, pk: int) -> HttpResponse:
    return _do(request, lambda: actions.receive(wish_id=pk, by=request.acting), "谢谢，已告诉村（社区）妇联。")


@may(Verb.WISH_OWN)
@require_POST
def give_back(request: ActingRequest, pk: int) -> HttpResponse:
    return _do(
        request, lambda: actions.give_back(claim_id=pk, by=request.acting), "已退回，别人可以认领。谢谢您的心意。"
    )


@may(Verb.WISH_OWN)
@require_POST
def seen(request: ActingRequest, pk: int) -> HttpResponse:
    return _do(request, lambda: actions.see(claim_id=pk, by=request.acting), "")
