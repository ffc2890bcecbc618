"""Lessons as anybody may watch, hear or read them. Only asking needs an account.

All that is shown comes from public views. Nothing says who looked: a visit leaves a total of the day, and where she stopped
is kept by her own phone.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.lessons import actions, public, rules
from niangjia.lessons import queries as lessons
from niangjia.lessons.kinds import AgeGroup, Opened, Part, QuestionState
from niangjia.needs.rules import alarming
from niangjia.web.downloads import download
from niangjia.web.guard import ActingRequest, may
from niangjia.web.guard import public as open_to_all
from niangjia.web.portal.lessons.forms import AskForm
from niangjia.web.portal.page import page, too_often
from niangjia.web.refusals import show_refusal
from niangjia.web.streaming import Recording, stream

CACHED = "public, max-age=3600"
COUNTS_AN_HOUR = 120
AN_HOUR = 3600
DANGER = "从您写的情况看，可能有人身危险。有危险请马上拨打110；也可以拨打12338，有人听您说。"


@open_to_all
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All series, or what is for the parents of one age; sessions to come above."""
    age = request.GET.get("age", "")
    if age not in AgeGroup.values or age == AgeGroup.ALL:
        age = ""
    found = public.lessons(age)
    ways = public.media([one.id for _, _, own in found for one in own])
    context = {
        "series": [
            {"title": title, "intro": intro, "lessons": [{"lesson": one, "ways": ways[one.id]} for one in own]}
            for title, intro, own in found
        ],
        "ages": [("", "全部", not age)] + [(one.value, one.label, one.value == age) for one in AgeGroup if one != AgeGroup.ALL],
        "lives": public.lives(),
        "recorded": public.recorded(),
    }  # fmt: skip
    return page(request, "portal/lessons/index.html", context)


def _lesson(pk: int) -> public.PublicLesson:
    found = public.lesson(pk)
    if found is None:
        raise Http404
    return found


@open_to_all
@require_GET
def lesson(request: HttpRequest, pk: int) -> HttpResponse:
    """One lesson: ways to take it with what each loads, the text, questions. ``?as=`` puts a player there; it loads nothing
    before she presses play."""
    found = _lesson(pk)
    ways = public.media([pk])[pk]
    chosen = next((way for way in ways if way.part == request.GET.get("as", "").upper()), None)
    others = public.neighbours(found)
    context = {
        "lesson": found,
        "ways": ways,
        "chosen": chosen,
        "blocks": found.blocks,
        "questions": public.questions(pk),
        "next": next((one for one in others if one[1] > found.number), None),
    }
    return page(request, "portal/lessons/lesson.html", context)


@open_to_all
@require_safe
def media(request: HttpRequest, pk: int, part: str, ending: str) -> HttpResponseBase:
    """The recording itself, whole or in parts."""
    one = public.one_media(pk, part.upper()) if part.upper() in Part.values else None
    if one is None:
        raise Http404
    return stream(request, Recording(one.storage_name, one.size, one.mime, one.sha256), cache=CACHED)


@open_to_all
@require_GET
def captions(request: HttpRequest, pk: int) -> HttpResponse:
    found = _lesson(pk)
    if not found.captions:
        raise Http404
    return HttpResponse(found.captions, content_type="text/vtt; charset=utf-8", headers={"Cache-Control": CACHED})


@csrf_exempt
@open_to_all
@require_POST
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """One more of today's total. It says nothing of who sent it, so there is nothing to forge in another's name; from one
    address it counts no more than some dozens an hour."""
    way = request.POST.get("way", "")
    if way not in Opened.values:
        return HttpResponse(status=400)
    if not too_often(request, "lesson-opened", most=COUNTS_AN_HOUR, seconds=AN_HOUR):
        with acting_as(access.visitor()) as nobody:
            actions.count(lesson_id=pk, way=Opened(way), by=nobody)
    return HttpResponse(status=204)


@open_to_all
@require_GET
def reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """A live session for the phone's calendar; opened again after a change it replaces the entry."""
    live = public.live(pk)
    if live is None:
        raise Http404
    text = rules.reminder(
        uid=f"lesson-live-{live.id}@{request.get_host()}", title=live.title, starts_at=live.starts_at, ends_at=live.ends_at,
        link=live.link, made_at=clock.now(), revision=live.revision, cancelled=live.is_cancelled,
    )  # fmt: skip
    return download("直播提醒.ics", text.encode())


@may(Verb.LESSON_ASK)
def ask(request: ActingRequest, pk: int) -> HttpResponse:
    """A question to an expert, under a lesson."""
    found = _lesson(pk)
    form = AskForm(request.POST if request.method == "POST" else None)
    form.use_required_attribute = False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.ask(lesson_id=pk, text=data["text"], may_publish=data["may_publish"], by=request.acting)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            if alarming(data["text"]):
                messages.warning(request, DANGER)
            messages.success(request, "问题已提交，专家解答后在这里看。")
            return redirect("public_lessons:mine")
    status = 422 if form.errors else 200
    return page(request, "portal/lessons/ask.html", {"lesson": found, "form": form}, status=status)


@may(Verb.LESSON_ASK)
@require_GET
def mine(request: ActingRequest) -> HttpResponse:
    """What she asked, and the answers."""
    rows = [
        {"question": one, "text": one.text.reveal(), "answer": one.answer.reveal() if one.answer else ""}
        for one in lessons.my_questions().exclude(state=QuestionState.WITHDRAWN)
    ]
    return page(request, "portal/lessons/mine.html", {"rows": rows})


@may(Verb.LESSON_ASK)
@require_POST
def take_back(request: ActingRequest, pk: int) -> HttpResponse:
    """Her consent to publish, or the whole question."""
    if not lessons.my_questions().filter(pk=pk).exists():
        raise Http404
    whole = request.POST.get("what") == "question"
    actions.take_back(question_id=pk, whole=whole, by=request.acting)
    messages.success(request, "问题已撤回。" if whole else "已撤回公开的同意，网上不再显示。")
    return redirect("public_lessons:mine")
