"""The line as women meet it: whom to call now, how to write, how to read the answer. Titles tell nothing, no page is kept.

What she writes she writes as a visitor, even when she is signed in: no account, no session and no address stands with it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core.refused import Refused
from niangjia.helpline import actions, queries
from niangjia.helpline.kinds import ANSWERED, Topic
from niangjia.helpline.queries import Own
from niangjia.needs.rules import alarming, danger_words
from niangjia.org import queries as org
from niangjia.web.guard import public
from niangjia.web.portal.notices.views import unlisted
from niangjia.web.portal.page import page, sent, times, too_often
from niangjia.web.portal.speak.forms import CodeForm, SayForm, SpeakForm
from niangjia.web.refusals import show_refusal

AN_HOUR: Final = 3600
FROM_A_DEVICE: Final = 6
DOUBTFUL: Final = 12  # from one network in an hour: many women share one, so a person looks
FROM_A_NETWORK: Final = 60
LOOK_UPS: Final = 30
SAYINGS: Final = 20
POINTS: Final = ((5, "很满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "很不满意"))

View = Callable[..., HttpResponseBase]


def quiet(view: View) -> View:
    """Nothing of these pages is kept by a browser or a proxy, nor found by a search."""

    @unlisted
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        return response

    return wrapped


@public
@quiet
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Call, write, or read the answer."""
    return page(request, "portal/speak/index.html", {"open": _is_open()})


def _is_open() -> bool:
    with acting_as(access.visitor()):
        return queries.is_open(settings.NIANGJIA_DISTRICT)


def _device(request: HttpRequest) -> str:
    """What tells one browser from another without a name: the token against forged forms it has anyway."""
    return str(request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""))


def _slow_down(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/speak/slow.html", status=429)


@public
@quiet
@sensitive_post_parameters()
def write(request: HttpRequest) -> HttpResponse:
    """Write to the line. In danger she is told whom to call before; she may send it all the same."""
    home = settings.NIANGJIA_DISTRICT
    form = SpeakForm(sent(request), initial={"token": uuid.uuid4()}, places=list(org.village_choices(home)))
    ask: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["website"]:
            return redirect("speak:index")
        words = alarming(f"{data['facts']} {data['demand']}")
        danger = data["danger"]
        if (danger or words) and not data["sure"]:
            ask = {"words": words}
        else:
            device, many = _device(request), times(request, "speak", seconds=AN_HOUR)
            if not danger and (
                many > FROM_A_NETWORK
                or (device and too_often(request, "speak", most=FROM_A_DEVICE, seconds=AN_HOUR, who=device))
            ):
                return _slow_down(request)
            try:
                with acting_as(access.visitor()) as by:
                    received = actions.receive(entry=form.entry(home, doubtful=many > DOUBTFUL), by=by)
            except Refused as refused:
                show_refusal(form, refused)
            else:
                return page(request, "portal/speak/sent.html", {"received": received, "sealed": bool(data["sealed"])})
    context = {
        "form": form, "ask": ask, "open": _is_open(), "keys": queries.public_keys(), "words": list(danger_words()),
        "sure": bool(ask) or form.data.get("sure", "") == "1",
    }  # fmt: skip
    return page(request, "portal/speak/write.html", context, status=422 if form.errors or ask else 200)


def _own(code: str) -> Own | None:
    with acting_as(access.visitor()):
        return queries.own(code)


@public
@quiet
@sensitive_post_parameters()
def answer(request: HttpRequest) -> HttpResponse:
    """What became of it, for who has the code. A wrong code and an unknown one are answered alike."""
    form = CodeForm(sent(request))
    form.use_required_attribute = False
    if request.method == "POST" and form.is_valid():
        if too_often(request, "speak-answer", most=LOOK_UPS, seconds=AN_HOUR):
            return _slow_down(request)
        code = form.cleaned_data["code"]
        found = _own(code)
        if found is not None:
            return _matter(request, code, found)
        form.add_error("code", actions.NO_SUCH)
    return page(request, "portal/speak/answer.html", {"form": form}, status=422 if form.errors else 200)


def _matter(
    request: HttpRequest, code: str, found: Own, *, said: str = "", form: SayForm | None = None
) -> HttpResponse:
    context = {
        "own": found, "code": code, "said": said, "form": form or SayForm(initial={"token": uuid.uuid4()}),
        "may_rate": found.answered_at is not None and found.satisfaction is None,
        "may_take_back": found.is_open and found.state not in ANSWERED,
        "points": POINTS,
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return page(request, "portal/speak/matter.html", context, status=status)


def _by_code(
    request: HttpRequest, act: Callable[[str, Acting], None], *, said: str, form: SayForm | None = None
) -> HttpResponse:
    """Do something with the matter of the code that was sent along, and show it again."""
    asked = CodeForm(request.POST)
    if too_often(request, "speak-say", most=SAYINGS, seconds=AN_HOUR):
        return _slow_down(request)
    code = asked.cleaned_data["code"] if asked.is_valid() else "-"
    if _own(code) is None:
        asked.add_error("code", actions.NO_SUCH)
        return page(request, "portal/speak/answer.html", {"form": asked}, status=422)
    told = ""
    if form is None or form.is_valid():
        try:
            with acting_as(access.visitor()) as by:
                act(code, by)
        except Refused as refused:
            form = form or SayForm({})
            form.errors.clear()
            show_refusal(form, refused)
        else:
            told = said
    found = _own(code)
    assert found is not None
    return _matter(request, code, found, said=told, form=form if form is not None and form.errors else None)


@public
@quiet
@require_POST
@sensitive_post_parameters()
def say(request: HttpRequest) -> HttpResponse:
    """She adds something."""
    form = SayForm(request.POST)

    def act(code: str, by: Acting) -> None:
        actions.say(code=code, place=settings.NIANGJIA_DISTRICT, by=by, **form.cleaned_data)

    return _by_code(request, act, said="已补充，办理的人会看到。", form=form)


@public
@quiet
@require_POST
@sensitive_post_parameters()
def rate(request: HttpRequest) -> HttpResponse:
    """How content she is."""
    typed = request.POST.get("points", "")
    points = next((points for points, _ in POINTS if str(points) == typed), 0)

    def act(code: str, by: Acting) -> None:
        actions.rate(code=code, points=points, place=settings.NIANGJIA_DISTRICT, by=by)

    return _by_code(request, act, said="谢谢您的评价。")


@public
@quiet
@require_POST
@sensitive_post_parameters()
def take_back(request: HttpRequest) -> HttpResponse:
    """She wants nothing more done about it."""

    def act(code: str, by: Acting) -> None:
        actions.take_back(code=code, place=settings.NIANGJIA_DISTRICT, by=by)

    return _by_code(request, act, said="已撤回。以后需要，随时再来。")


@public
@quiet
@require_GET
def common(request: HttpRequest) -> HttpResponse:
    """Questions many ask."""
    topic = request.GET.get("topic", "")
    found = queries.public_answers()
    asked = {one.topic for one in found}
    context = {
        "answers": [one for one in found if one.topic == topic or topic not in Topic.values],
        "topics": [(value, label) for value, label in Topic.choices if value in asked], "topic": topic,
    }  # fmt: skip
    return page(request, "portal/speak/common.html", context)
