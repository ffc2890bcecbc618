"""The line's health for those who lead it: counts of quarters that are over, withheld where they would tell of someone."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.codes import Level
from niangjia.helpline import queries, rules
from niangjia.helpline.kinds import Kind, Topic, Way
from niangjia.org import queries as org
from niangjia.web.guard import ActingRequest, may

HEALTH: Final = (
    ("received", "收到", "件"), ("hours", "首次答复等了（中位数）", "小时"), ("answered", "已答复", "件"), ("in_time", "按期答复", "件"),
    ("handed_over", "转过部门", "件"), ("reopened", "重新办理", "件"), ("emergencies", "紧急", "件"), ("rated", "评价过", "件"),
    ("content", "满意", "件"),
)  # fmt: skip


def _named(split: str, cell: str) -> str:
    match split:
        case "topic":
            return str(Topic(cell).label)
        case "kind":
            return str(Kind(cell).label)
        case "way":
            return str(Way(cell).label)
        case "month":
            return f"{int(cell[5:])}月"
        case _:
            return "没有说明" if cell.endswith("000000") else org.place_name(cell)


def _quarter(day: dt.date) -> str:
    return f"{day.year}年第{clock.quarter_of(day)}季度"


@may(Verb.HELPLINE_SUPERVISE)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """One quarter, split by what women ask about, place, month, kind and way, each on its own."""
    if request.acting.level is not Level.DISTRICT:
        raise Http404
    quarters = queries.quarters(clock.today())
    asked = request.GET.get("quarter", "")
    chosen = next((one for one in quarters if str(one) == asked), quarters[0])
    found = queries.figures(chosen)
    health = found.get("health", {})
    splits = [
        (title, [(_named(split, cell), n) for cell, n in found.get(split, {}).items()])
        for split, title in (
            ("topic", "问什么"),
            ("town", "哪里"),
            ("month", "哪个月"),
            ("kind", "要什么"),
            ("way", "怎么来的"),
        )
    ]
    context = {
        "quarters": [(str(one), _quarter(one), one == chosen) for one in quarters],
        "health": [(label, n, "" if n is None else unit) for key, label, unit in HEALTH for n in (health.get(key),)],
        "splits": [(title, rows) for title, rows in splits if rows], "small": rules.SMALL,
    }  # fmt: skip
    return render(request, "board/helpline/index.html", context)
