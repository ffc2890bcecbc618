"""我这一年: what she did this year, seen by herself only, to print or to write her own summary from."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.reports.my_year import my_year
from niangjia.web.guard import ActingRequest, may


@may(Verb.ORG_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """This year, or with ``?year=`` an earlier one."""
    today = clock.today()
    given = request.GET.get("year", "")
    asked = int(given) if given.isascii() and given.isdecimal() else today.year
    year = asked if 2000 <= asked <= today.year else today.year
    context = {
        "mine": my_year(year, request.acting),
        "years": [one for one in (year - 1, year, year + 1) if one <= today.year],
        "may_read": request.acting.may(Verb.CASE_READ),
    }
    return render(request, "desk/my_year/index.html", context)
