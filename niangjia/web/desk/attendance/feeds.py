"""Addresses from which a calendar program reads the sessions of a unit, and the calendar itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import ActorKind
from niangjia.attendance import actions, queries
from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Feed
from niangjia.attendance.queries import Event
from niangjia.core.icalendar import calendar as calendar_text
from niangjia.core.icalendar import escaped, utc
from niangjia.org.models import Unit
from niangjia.web.desk.attendance.views import READ
from niangjia.web.downloads import shown
from niangjia.web.guard import ActingRequest, may, public


def _unit(request: ActingRequest) -> Unit:
    if request.acting.kind is not ActorKind.DESK or request.acting.unit_id is None:
        raise Http404
    return Unit.objects.get(pk=request.acting.unit_id)


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The addresses of the acting unit's calendar; the addresses themselves are shown once, when they are made."""
    unit = _unit(request)
    return render(request, "desk/attendance/feeds.html", {"feeds": queries.feeds(unit.pk), "unit": unit})


@may(READ)
@require_POST
def open_one(request: ActingRequest) -> HttpResponse:
    unit = _unit(request)
    token = actions.open_feed(unit=unit, by=request.acting)
    url = request.build_absolute_uri(reverse("sign_in:calendar", args=[token]))
    return render(
        request, "desk/attendance/feeds.html", {"feeds": queries.feeds(unit.pk), "unit": unit, "address": url}
    )


@may(READ)
@require_POST
def revoke(request: ActingRequest, pk: int) -> HttpResponse:
    try:
        actions.revoke_feed(feed_id=pk, by=request.acting)
    except Feed.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "已停用，这个地址不再给出日历。")
    return redirect("attendance:feeds")


@public
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a token: titles, times and venues, no names of people. 404 for a token that is not in use."""
    found = queries.feed(token)
    if found is None:
        raise Http404
    name, events = found
    text = icalendar(name, events, request.get_host())
    response = shown("niangjia.ics", text.encode())
    response["X-Robots-Tag"] = "noindex"
    return response


def icalendar(name: str, events: Sequence[Event], host: str) -> str:
    """The calendar of a unit's sessions."""
    lines = [f"X-WR-CALNAME:{escaped(name)}场次", "REFRESH-INTERVAL;VALUE=DURATION:PT6H"]
    for one in events:
        off = one.state is SessionState.CANCELLED
        lines += [
            "BEGIN:VEVENT", f"UID:session-{one.session_id}@{host}", f"DTSTAMP:{utc(one.changed_at)}",
            f"DTSTART:{utc(one.starts_at)}", f"DTEND:{utc(one.ends_at)}", f"SUMMARY:{escaped(one.title)}",
            *([f"LOCATION:{escaped(one.venue)}"] if one.venue else []),
            f"DESCRIPTION:{escaped(one.unit)}", f"STATUS:{'CANCELLED' if off else 'CONFIRMED'}", "END:VEVENT",
        ]  # fmt: skip
    return calendar_text("Sessions", lines)
