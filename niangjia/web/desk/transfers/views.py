"""How far a large file is, and what came of it. Only who asked for it finds it: the database shows her no other."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from niangjia.core import clock
from niangjia.transfers import queries
from niangjia.transfers.actions import KEPT_DAYS
from niangjia.transfers.models import Transfer
from niangjia.web.downloads import streamed
from niangjia.web.guard import ActingRequest, signed_in


@signed_in
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """Asks itself again until the work is over."""
    found = _found(request, pk)
    template = "desk/transfers/show.html" + ("#progress" if request.htmx else "")  # type: ignore[attr-defined]
    context = {
        "transfer": found,
        "quiet": queries.is_quiet(found),
        "kept": queries.has_result(found),
        "until": found.asked_at.astimezone(clock.CHINA) + dt.timedelta(days=KEPT_DAYS),
    }
    return render(request, template, context)


@signed_in
@require_GET
def file(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The file that came of it, while it is kept."""
    found = _found(request, pk)
    if not queries.has_result(found):
        raise Http404
    name = f"{found.declared.result}{found.asked_at.astimezone(clock.CHINA):%Y%m%d}.xlsx"
    return streamed(name, queries.read(found.result))


def _found(request: ActingRequest, pk: int) -> Transfer:
    """What she asked for, as long as her post still allows what it is."""
    try:
        found = queries.transfer(pk)
    except Transfer.DoesNotExist as error:
        raise Http404 from error
    request.acting.require(found.declared.verb)
    return found
