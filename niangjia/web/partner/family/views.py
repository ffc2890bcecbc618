"""A school's or a department's own page: what it owes, what it has held, and the one button that matters."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from niangjia.access.acting import ActorKind
from niangjia.family_education import queries
from niangjia.org.models import Unit
from niangjia.web.desk.family.page import READ, RECORD, tabs
from niangjia.web.desk.family.views import unit_context
from niangjia.web.guard import ActingRequest, may


@may(READ, RECORD)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The database shows a school its own activities and no other's."""
    if request.acting.kind is ActorKind.DESK:
        return redirect("family:index")
    found = queries.bearer_of(Unit.objects.get(pk=request.acting.unit_id or 0))
    context = {"tabs": tabs(request.acting, "own"), **(unit_context(request, found) if found else {"bearer": None})}
    return render(request, "partner/family/index.html", context)
