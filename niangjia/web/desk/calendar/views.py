"""The working calendar: the State Council's holidays and moved workdays, by which every deadline is counted."""

from __future__ import annotations

import calendar as months
import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.org import actions
from niangjia.org.kinds import DayKind
from niangjia.org.models import SpecialDay
from niangjia.web.desk.calendar.forms import DayForm
from niangjia.web.guard import ActingRequest, may


@may(Verb.CALENDAR_EDIT)
def index(request: ActingRequest) -> HttpResponse:
    """A year at a glance, and a form to set one day."""
    given = request.GET.get("year", "")
    year = int(given) if given.isdecimal() and 2000 <= int(given) <= 2100 else clock.today().year
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day: dt.date = form.cleaned_data["day"]
        kind = form.cleaned_data["kind"]
        actions.set_day(
            day=day, kind=DayKind(kind) if kind else None, name=form.cleaned_data["name"], place=request.acting.place
        )
        messages.success(request, f"{day:%Y年%m月%d日}已保存。办理期限随即按新日历计算。")
        return redirect(f"{request.path}?year={day.year}")
    special = {day.day: day for day in SpecialDay.objects.filter(day__year=year)}
    return render(
        request,
        "desk/calendar/index.html",
        {
            "form": form,
            "year": year,
            "years": [year - 1, year, year + 1],
            "months": [_month(year, month, special) for month in range(1, 13)],
            "seeded": bool(special),
        },
    )


def _month(year: int, month: int, special: dict[dt.date, SpecialDay]) -> dict[str, object]:
    weeks = [
        [_cell(day, month, special.get(day)) for day in week]
        for week in months.Calendar().monthdatescalendar(year, month)
    ]
    return {"name": f"{month}月", "weeks": weeks}


def _cell(day: dt.date, month: int, special: SpecialDay | None) -> dict[str, object]:
    if day.month != month:
        return {"number": "", "kind": "", "title": ""}
    if special is not None:
        return {"number": day.day, "kind": special.kind.lower(), "title": special.name}
    return {"number": day.day, "kind": "weekend" if day.weekday() >= 5 else "", "title": ""}
