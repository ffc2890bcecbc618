"""Calls one, three and six months later, and telling women that their class does not take place."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.org import queries as org
from niangjia.reports.tables import training as tables
from niangjia.training import actions, queries
from niangjia.training.kinds import Outcome
from niangjia.training.models import FollowUp
from niangjia.web.desk.ask import ask
from niangjia.web.desk.training.forms import CallForm
from niangjia.web.desk.training.views import ENROL, FOLLOW_UP, MANAGE, PAGE, READ
from niangjia.web.downloads import download
from niangjia.web.guard import ActingRequest, may


def _wanted(show: str) -> Any:
    today = clock.today()
    return {
        "due": queries.due_follow_ups(today + dt.timedelta(days=queries.SOON_DAYS)),
        "unreached": queries.follow_ups().filter(outcome=Outcome.UNREACHED),
        "done": queries.follow_ups().filter(done_on__isnull=False).order_by("-done_on", "-pk"),
    }.get(show)


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Calls that are due, whom nobody reached, and those made."""
    show = request.GET.get("show", "due")
    wanted = _wanted(show)
    if wanted is None:
        raise Http404
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    context = {
        "show": show, "page": page, "may_call": request.acting.may(FOLLOW_UP),
        "tabs": [("due", "待回访"), ("unreached", "未联系上"), ("done", "已回访")],
        "rows": [(one, org.place_name(one.place), (today - one.due_on).days) for one in page],
    }  # fmt: skip
    return render(request, "desk/training/calls.html", context)


@may(READ)
@require_POST
def file(request: ActingRequest) -> HttpResponseBase:
    """The calls of the list shown, as Excel."""
    wanted = _wanted(request.POST.get("show", "done"))
    if wanted is None:
        raise Http404
    out = io.BytesIO()
    rows = tables.write_calls(out, wanted)
    actions.note_calls_export(rows=rows, by=request.acting)
    return download("就业回访.xlsx", out.getvalue())


@may(FOLLOW_UP)
def call(request: ActingRequest, pk: int) -> HttpResponse:
    """What she says on the telephone."""
    try:
        found = queries.follow_ups().get(pk=pk)
    except FollowUp.DoesNotExist as error:
        raise Http404 from error
    form = CallForm(request.POST or None)

    def do(data: dict[str, Any]) -> str:
        actions.follow_up(
            follow_up_id=pk, outcome=Outcome(data["outcome"]), employer=data["employer"], income=data["income"],
            note_text=data["note"], on=data["on"], by=request.acting,
        )  # fmt: skip
        return f"{found.enrolment.name}第{found.month}个月的回访已登记。"

    back = reverse("training:calls")
    woman = reverse("training:enrolment", args=[found.enrolment_id])
    return ask(
        request, form, do, title=f"回访{found.enrolment.name}（第{found.month}个月）", button="保存", back=back,
        up=[("技能培训", reverse("training:index")), ("就业回访", back), (found.enrolment.name, woman)],
        subtitle=f"{found.enrolment.course.title}，{found.enrolment.course.ends_on:%Y年%m月%d日}结业；电话在她的页面查看",
    )  # fmt: skip


@may(ENROL, MANAGE)
@require_GET
def to_tell(request: ActingRequest) -> HttpResponse:
    """Women whose class was cancelled and whom nobody told."""
    rows = [(one, org.place_name(one.place)) for one in queries.to_tell()[:200]]
    return render(
        request, "desk/training/to_tell.html", {"rows": rows, "may_reveal": request.acting.may(Verb.REVEAL_IDENTITY)}
    )
