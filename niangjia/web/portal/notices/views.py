"""Public notices as anybody may read them, objections to them, and the answers.

All that is shown comes from the public views, read as the role that can read nothing else. What a visitor writes she
writes as a visitor, even when she is signed in: an objection does not tell whose phone it came from.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.programmes import public as public_views
from niangjia.programmes.actions import notices
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.public import PublicNotice
from niangjia.web.files import public_file
from niangjia.web.guard import public
from niangjia.web.portal.notices.forms import AnswerForm, ObjectionForm
from niangjia.web.portal.page import page, sent, too_often

FILED = "objection"
OBJECTIONS_AN_HOUR = 5
LOOK_UPS_AN_HOUR = 30
AN_HOUR = 3600

View = Callable[..., HttpResponseBase]


def unlisted(view: View) -> View:
    """Names on a notice are for these days and this place, not for search engines."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return wrapped


@public
@unlisted
def index(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/notices/index.html", {"notices": public_views.running_notices()})


@public
@unlisted
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    found = public_views.notice(pk)
    if found is None:
        return _gone(request, pk)
    lines = [
        {"order": line.order, "pairs": list(zip(found.shows, line.cells(found.shows), strict=True))}
        for line in public_views.notice_lines(pk)
    ]
    context = {"notice": found, "lines": lines, **_texts(found)}
    return page(request, "portal/notices/notice.html", context)


@public
@unlisted
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The paper of a notice, as a download under a neutral name."""
    if public_views.notice(pk) is None:
        return _gone(request, pk)
    found = public_views.notice_file(pk)
    if found is None:
        raise Http404
    ending = found.name.rpartition(".")[2].lower()
    return public_file(found.storage_name, found.mime, f"公示附件.{ending}")


@public
@unlisted
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay an objection before the notice, named or not."""
    found = public_views.notice(pk)
    if found is None:
        return _gone(request, pk)
    form = ObjectionForm(
        sent(request), lines=public_views.notice_lines(pk), initial={"line": request.GET.get("line", "")}
    )
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:
            return redirect("public_notices:notice", pk)
        if too_often(request, "objection", most=OBJECTIONS_AN_HOUR, seconds=AN_HOUR):
            message = f"当前网络一小时内提交的异议太多，请稍后再试，或拨打{found.objection_phone}。"
            return render(request, "ui/429.html", {"message": message}, status=429)
        try:
            with acting_as(access.visitor()) as by:
                number = notices.object_to(
                    notice_id=pk,
                    line_order=form.line_order,
                    text=form.cleaned_data["text"],
                    contact=form.cleaned_data["contact"],
                    place=settings.NIANGJIA_DISTRICT,
                    by=by,
                )
        except Refused as refused:
            form.add_error("text" if "text" in refused.fields else None, str(refused))
        else:
            request.session[FILED] = number
            return redirect("public_notices:filed", pk)
    context = {"notice": found, "form": form, **_texts(found)}
    return page(request, "portal/notices/objection.html", context, status=422 if form.errors else 200)


@public
@unlisted
def filed(request: HttpRequest, pk: int) -> HttpResponse:
    """The number and the code, shown to who has just objected and to nobody else."""
    number = request.session.get(FILED)
    if number is None:
        return redirect("public_notices:notice", pk)
    context = {"number": number, "code": public_views.objection_code(number), "days": notices.OBJECTION_WORKDAYS}
    return page(request, "portal/notices/filed.html", context)


@public
@unlisted
def answer(request: HttpRequest) -> HttpResponse:
    """What became of an objection, for who has its number and its code."""
    form = AnswerForm(sent(request))
    form.use_required_attribute = False
    found = None
    if request.method == "POST" and form.is_valid():
        if too_often(request, "objection-answer", most=LOOK_UPS_AN_HOUR, seconds=AN_HOUR):
            return render(request, "ui/429.html", {"message": "查询太频繁了，请一小时后再试。"}, status=429)
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        if hmac.compare_digest(code.encode(), public_views.objection_code(number).encode()):
            with acting_as(access.visitor()):
                found = public_views.objection_answer(number)
        if found is None:
            form.add_error(None, "编号或查询码不对，请核对提交时给您的编号和查询码。")
    context = {"form": form, "found": found, "number": form.data.get("number", "")}
    return page(request, "portal/notices/answer.html", context, status=422 if form.errors else 200)


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    """A notice that is over says so and shows nothing; what never was is not found."""
    if not public_views.notice_is_over(pk):
        raise Http404
    return page(request, "portal/notices/ended.html", status=410)


def _texts(found: PublicNotice) -> dict[str, str]:
    unit = "个工作日" if found.notice_unit == "workday" else "天"
    return {"period": f"{found.notice_days}{unit}"}
