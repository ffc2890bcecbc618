"""The trail as an auditor reads it: who did what, when, to which matter."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import make_aware
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.org import queries as org
from niangjia.trail import queries
from niangjia.trail.labels import LABELS, detail_of, label_of
from niangjia.trail.models import Anchor
from niangjia.web.guard import ActingRequest, may

PAGE = 50


@may(Verb.TRAIL_READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Entries in range, newest first, by verb, actor, matter or day. Pages go by id, so that depth costs nothing."""
    entries = queries.latest()
    chosen = {key: request.GET.get(key, "").strip() for key in ("verb", "actor", "subject", "day")}
    if chosen["verb"]:
        entries = entries.filter(verb=chosen["verb"])
    if chosen["actor"]:
        entries = entries.filter(actor__contains=chosen["actor"])
    if chosen["subject"]:
        entries = entries.filter(subject=chosen["subject"])
    try:
        day = dt.date.fromisoformat(chosen["day"]) if chosen["day"] else None
    except ValueError:
        day = None
    if day:
        start = make_aware(dt.datetime.combine(day, dt.time()))
        entries = entries.filter(at__gte=start, at__lt=start + dt.timedelta(days=1))
    before = request.GET.get("before", "")
    if before.isdecimal():
        entries = entries.filter(id__lt=int(before))
    rows = list(entries.order_by("-id")[: PAGE + 1])
    query = request.GET.copy()
    older = ""
    if len(rows) > PAGE:
        query["before"] = str(rows[PAGE - 1].id)
        older = f"?{query.urlencode()}"
    return render(
        request,
        "desk/trail/index.html",
        {
            "rows": [
                {
                    "entry": row,
                    "label": label_of(row.verb),
                    "place": org.place_name(row.place),
                    "details": _details(row.summary),
                }
                for row in rows[:PAGE]
            ],
            "chosen": chosen,
            "verbs": sorted(LABELS.items(), key=lambda item: item[1]),
            "older": older,
            "anchor": Anchor.objects.order_by("-day").first(),
        },
    )


def _details(summary: dict[str, object]) -> str:
    return "　".join(detail_of(key, value) for key, value in summary.items() if value not in ("", None, [], {}))
