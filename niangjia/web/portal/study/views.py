"""Study campaigns as residents meet them: everybody may read; who watched says so with one tap, if she likes."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.campaigns import actions, queries
from niangjia.campaigns.kinds import Audience, Demand, How
from niangjia.campaigns.models import Reflection
from niangjia.core.refused import Refused
from niangjia.web.guard import ActingRequest, may, public
from niangjia.web.portal.page import page
from niangjia.web.portal.study.forms import ReflectForm
from niangjia.web.refusals import show_refusal


@public
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    return page(request, "portal/study/index.html", {"studies": queries.public_studies()})


def _study(pk: int) -> queries.PublicStudy:
    found = queries.public_study(pk)
    if found is None:
        raise Http404
    return found


@public
@require_GET
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is to watch, and what others thought of it."""
    study = _study(pk)
    context = {
        "study": study,
        "episodes": queries.public_episodes(pk),
        "voices": queries.public_voices(pk),
        "reflects": study.reflections != Demand.NONE,
    }
    return page(request, "portal/study/campaign.html", context)


@may(Verb.STUDY_OWN)
def mine(request: ActingRequest, pk: int) -> HttpResponse:
    """What she watched and wrote, and writing."""
    study, acting = _study(pk), request.acting
    form = ReflectForm(request.POST or None)
    form.use_required_attribute = False
    if request.method == "POST" and form.is_valid():
        try:
            data = {**form.cleaned_data, "how": How(form.cleaned_data["how"])}
            actions.reflect(campaign_id=pk, audience=Audience.PUBLIC, by=acting, **data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "心得已提交，谢谢您。")
            return redirect("public_study:mine", pk)
    seen = queries.declared(pk, acting.account_id)
    episodes = queries.public_episodes(pk)
    context = {
        "study": study,
        "episodes": [(one, one.id in seen) for one in episodes],
        "seen_all": len(seen) == len(episodes),
        "reflections": list(queries.my_reflections(pk, acting.account_id)),
        "reflects": study.reflections != Demand.NONE and study.is_open,
        "form": form,
    }
    return page(request, "portal/study/mine.html", context, status=422 if form.errors else 200)


@may(Verb.STUDY_OWN)
@require_POST
def view(request: ActingRequest, pk: int) -> HttpResponse:
    """The one tap: all episodes or one; and back."""
    wanted = request.POST.get("episode", "")
    episodes = [int(wanted)] if wanted.isdecimal() else [one.id for one in queries.public_episodes(pk)]
    _study(pk)
    try:
        if request.POST.get("do") == "back":
            actions.take_back_viewing(campaign_id=pk, episodes=episodes, by=request.acting)
        else:
            actions.declare_viewing(campaign_id=pk, episodes=episodes, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("public_study:mine", pk)


@may(Verb.STUDY_OWN)
@require_POST
def take_back(request: ActingRequest, pk: int) -> HttpResponse:
    """Her consent to publish, or the whole reflection."""
    one = Reflection.objects.filter(pk=pk).first()
    if one is None:
        raise Http404
    whole = request.POST.get("what") == "whole"
    actions.take_back(reflection_id=pk, whole=whole, by=request.acting)
    messages.success(request, "心得已撤回。" if whole else "已撤回同意，网上不再显示。")
    return redirect("public_study:mine", one.campaign_id)
