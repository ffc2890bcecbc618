"""The hospital's page: its own vehicle, what runs out, and the one button that matters."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.express import queries, rules
from niangjia.web.guard import ActingRequest, may

SHOWN = 10


@may(Verb.EXPRESS_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The database shows a hospital its own vehicles and trips and no other."""
    today = clock.today()
    vehicles = list(queries.on_the_road())
    context = {
        "vehicles": [(one, rules.due(one.insured_until, one.inspected_until, today=today)) for one in vehicles],
        "year": today.year,
        "lines": queries.year_form(today.year),
        "trips": [(trip, queries.names_of(trip)) for trip in queries.trips()[:SHOWN]],
        "may_record": request.acting.may(Verb.EXPRESS_RECORD) and bool(vehicles),
    }
    return render(request, "partner/express/index.html", context)
