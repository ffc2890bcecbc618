"""Roll call on a phone: one press a name, with and without network, with and without script.

What the page's script (``static/taps.js``) keeps on the phone are numbers and times, no names. The worker keeps this one
page, so that it opens without network; signing out elsewhere removes it at the next visit.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from niangjia.attendance import actions, queries, rules
from niangjia.attendance.actions import Answer, Tap
from niangjia.attendance.kinds import Half, Outcome, SessionState
from niangjia.attendance.models import Mark, Session
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.web.desk.attendance.views import MARK, above, found
from niangjia.web.guard import ActingRequest, may, signed_in

MOST = 500  # taps of one sending


def half_asked(request: ActingRequest, one: Session) -> Half:
    """The sitting asked for (?half=AM), else the one of this moment."""
    asked = request.POST.get("half") or request.GET.get("half", "")
    if asked in one.halves:
        return Half(asked)
    return rules.half_at(clock.now(), one.twice, queries.window(one.on).noon)


@may(MARK)
def tap(request: ActingRequest, pk: int) -> HttpResponse:
    """The roster to press. Without script each press is a form that comes back to the same place."""
    one = found(pk)
    half = half_asked(request, one)
    if request.method == "POST":
        return _pressed(request, one, half)
    search = request.GET.get("q", "").strip().lower()
    rows = [
        (line.participant, next(iter(line.marks.get(half, [])), None))
        for line in queries.lines(one)
        if line.participant.left_at is None
        and (not search or search in line.participant.name or line.participant.initials.startswith(search))
    ]
    context = {
        "at": _milliseconds(), "one": one, "half": half, "rows": rows, "up": above(one), "q": search, "signed": sum(mark is not None for _, mark in rows),
        "closed": one.state == SessionState.HELD, "cancelled": one.state == SessionState.CANCELLED,
    }  # fmt: skip
    return render(request, "desk/attendance/tap.html", context)


def _pressed(request: ActingRequest, one: Session, half: Half) -> HttpResponse:
    pressed, undo = request.POST.get("tap", ""), request.POST.get("undo", "")
    reason = request.POST.get("reason", "")
    at = ""
    try:
        if pressed.isdigit():
            at = pressed
            mark = actions.mark(
                session_id=one.pk, participant_id=int(pressed), half=half, by=request.acting, client_id=uuid4(), reason=reason
            )  # fmt: skip
            messages.success(request, f"{mark.participant.name}已签到。")
        elif undo.isdigit():
            taken = actions.unmark(mark_id=int(undo), reason=reason, by=request.acting)
            at = str(taken.participant_id)
            messages.success(request, "已撤销。")
    except Refused as refused:
        messages.error(request, str(refused))
    except Mark.DoesNotExist:
        messages.error(request, "找不到这次签到，请刷新后再看。")
    return redirect(f"{reverse('attendance:tap', args=[one.pk])}?half={half}#w{at}")


@may(MARK)
def taps(request: ActingRequest, pk: int) -> HttpResponse:
    """What the phone sends: first it asks who is signed in (GET), then it sends what it kept (POST). JSON both ways.

    An answer comes back for every tap. A sending that arrives twice changes nothing.
    """
    one = found(pk)
    if request.method != "POST":
        return JsonResponse({"token": get_token(request), "account": request.acting.account_id})
    try:
        sending = _read(request.body)
    except (ValueError, TypeError, KeyError, AttributeError):
        return JsonResponse({"message": "手机送来的内容读不懂。请刷新页面；已点的名还在手机上。"}, status=400)
    kept, sent_at, device = sending
    if len(kept) > MOST:
        return JsonResponse({"message": f"一次最多送{MOST}条，请分几次送。"}, status=400)
    answers = actions.mark_many(session_id=one.pk, taps=kept, by=request.acting, sent_at=sent_at, device=device)
    return JsonResponse({"at": _milliseconds(), "answers": [_words(answer) for answer in answers]})


def _milliseconds() -> int:
    return int(clock.now().timestamp() * 1000)


def _read(body: bytes) -> tuple[list[Tap], dt.datetime | None, str]:
    """The taps of a sending. Raises ValueError, TypeError or KeyError for what is none."""
    raw = json.loads(body)
    taps = [
        Tap(
            participant_id=int(one["participant"]),
            client_id=UUID(one["id"]),
            half=Half(one["half"]) if one.get("half") else None,
            said_at=_moment(one.get("at")),
            undo=UUID(one["undo"]) if one.get("undo") else None,
            reason=str(one.get("reason", "")),
        )
        for one in raw["taps"]
    ]
    return taps, _moment(raw.get("sent_at")), str(raw.get("device", ""))


def _moment(text: Any) -> dt.datetime | None:
    if not text:
        return None
    moment = parse_datetime(str(text))
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"{text!r} is no moment")
    return moment


def _words(answer: Answer) -> dict[str, Any]:
    return {
        "id": str(answer.client_id), "kept": answer.kept, "outcome": answer.outcome, "half": answer.half,
        "message": answer.message if not answer.kept else Outcome(answer.outcome).label,
    }  # fmt: skip


@signed_in
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the roll call on the phone. It is served from here because it may only serve what lies below."""
    path = finders.find("taps-worker.js")
    response = HttpResponse(Path(str(path)).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
