"""Study campaigns at the desk: issuing, what each unit did, own viewing, reflections, the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.attendance import queries as attendance
from niangjia.campaigns import actions, queries, rules
from niangjia.campaigns.kinds import OVER, TAKING, Audience, CampaignState, Demand, How, ReflectionState, ReturnState
from niangjia.campaigns.models import Campaign, Photo, Reflection, Return, Showing
from niangjia.core import codes
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.files import actions as files
from niangjia.files.kinds import FileError, FileKind
from niangjia.files.models import StoredFile
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.reports.documents import campaigns as documents
from niangjia.reports.tables import campaigns as tables
from niangjia.web.desk.ask import ask
from niangjia.web.desk.campaigns import forms
from niangjia.web.downloads import download, workbook
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

READ, DECLARE, REPORT = Verb.STUDY_READ, Verb.STUDY_DECLARE, Verb.STUDY_REPORT
MANAGE, SELECT = Verb.STUDY_MANAGE, Verb.STUDY_SELECT
NEXT = {
    CampaignState.ISSUED: (CampaignState.RUNNING, "现在开始"),
    CampaignState.RUNNING: (CampaignState.COLLECTING, "停止收看，开始汇总"),
    CampaignState.COLLECTING: (CampaignState.CLOSED, "结束活动"),
    CampaignState.CLOSED: (CampaignState.ARCHIVED, "归档"),
}


def _campaign(pk: int) -> Campaign:
    found = queries.campaign(pk)
    if found is None:
        raise Http404
    return found


def _return(pk: int) -> Return:
    found = queries.ret(pk)
    if found is None:
        raise Http404
    return found


def _reflection(pk: int) -> Reflection:
    found = queries.reflection(pk)
    if found is None:
        raise Http404
    return found


def _up(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("专题学习", reverse("campaigns:index")), *more]


def _of(one: Campaign) -> tuple[str, str]:
    return one.title, reverse("campaigns:campaign", args=[one.pk])


def _manages(one: Campaign, acting: Acting) -> bool:
    return acting.may(MANAGE) and codes.contains(acting.place, one.place)


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """All campaigns; what this unit still owes above."""
    context = {
        "campaigns": list(queries.campaigns()[:100]),
        "owed": list(queries.open_returns(request.acting.unit_id or 0)) if request.acting.may(REPORT) else [],
        "may_manage": request.acting.may(MANAGE),
    }
    return render(request, "desk/campaigns/index.html", context)


@may(READ)
@require_GET
def campaign(request: ActingRequest, pk: int) -> HttpResponse:
    """One campaign: episodes with the one tap of who reads it, and what the units in sight did."""
    one, acting = _campaign(pk), request.acting
    parts = queries.figures(one)
    seen = queries.declared(pk, acting.account_id)
    manages = _manages(one, acting)
    step = NEXT.get(CampaignState(one.state)) if manages else None
    episodes = queries.episodes(one)
    context = {
        "campaign": one,
        "episodes": [(episode, episode.pk in seen) for episode in episodes],
        "seen_all": bool(episodes) and len(seen) >= len(episodes),
        "audiences": "、".join(Audience(key).label for key in one.audiences),
        "rows": [(ret, parts[ret.pk]) for ret in queries.returns(one)],
        "total": queries.total(one, parts),
        "own": queries.ret_of(one, acting.unit_id),
        "taking": one.state in TAKING,
        "may_declare": acting.may(DECLARE) and one.alone and one.state in TAKING,
        "may_reflect": acting.may(DECLARE) and one.reflections != Demand.NONE and one.state in TAKING,
        "reflected": list(queries.my_reflections(pk, acting.account_id)[:5]),
        "may_manage": manages and one.state not in OVER,
        "may_read_reflections": acting.may(SELECT) or acting.may(REPORT),
        "step": step,
        "why_form": forms.WhyForm(),
        "public": Audience.PUBLIC in one.audiences and one.state in (*TAKING, CampaignState.CLOSED),
    }
    return render(request, "desk/campaigns/campaign.html", context)


@may(MANAGE)
def edit(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    one = _campaign(pk) if pk else None
    if one is not None and not _manages(one, request.acting):
        raise Http404
    form = forms.CampaignForm(request.POST or None, initial=forms.CampaignForm.of(one) if one else None)
    made: list[int] = []

    def do(data: dict[str, Any]) -> str:
        unit = one.unit if one else org.federation_of(request.acting.place)
        saved = actions.save_campaign(campaign_id=pk, unit=unit, by=request.acting, **data)
        made.append(saved.pk)
        return f"已保存“{saved.title}”。" + ("" if one else "请下发给单位。")

    back = reverse("campaigns:campaign", args=[pk]) if pk else reverse("campaigns:index")
    return ask(
        request, form, do, title=f"修改{one.title}" if one else "新建学习活动", button="保存", back=back,
        up=_up(_of(one)) if one else _up(), then=lambda: reverse("campaigns:campaign", args=made[-1:]),
    )  # fmt: skip


@may(MANAGE)
def issue(request: ActingRequest, pk: int) -> HttpResponse:
    """Choose the units a campaign is sent to."""
    one = _campaign(pk)
    if not _manages(one, request.acting):
        raise Http404
    known = set(queries.returns(one).values_list("unit_id", flat=True))
    lo, hi = codes.subtree(one.place)
    all_units = org.units().filter(kind=UnitKind.FEDERATION, place__gte=lo, place__lt=hi)
    below = [unit for unit in all_units if unit.level is Level.VILLAGE]
    towns = [unit.pk for unit in all_units if unit.level is not Level.VILLAGE]
    form = forms.IssueForm(request.POST or None, initial={"units": [pk for pk in towns if pk not in known]})
    form.fields["units"].queryset = all_units.filter(pk__in=towns)  # type: ignore[attr-defined]

    def do(data: dict[str, Any]) -> str:
        chosen = list(data["units"])
        if data["villages"]:
            places = {unit.place for unit in chosen}
            chosen += [unit for unit in below if codes.town_of(unit.place) in places]
        fresh = [unit.pk for unit in chosen if unit.pk not in known]
        actions.issue(campaign_id=pk, unit_ids=[unit.pk for unit in chosen], by=request.acting)
        return f"已下发给{len(fresh)}个单位。"

    subtitle = f"已下发给{len(known)}个单位，可以补选。" if known else "下发后集目可以更正，截止日期只能推后。"
    return ask(request, form, do, title="下发", button="下发", back=_of(one)[1], up=_up(_of(one)), subtitle=subtitle)


@may(MANAGE)
@require_POST
def move(request: ActingRequest, pk: int) -> HttpResponse:
    one = _campaign(pk)
    to = request.POST.get("to", "")
    if to not in CampaignState.values or not _manages(one, request.acting):
        raise Http404
    try:
        moved = actions.move(campaign_id=pk, to=CampaignState(to), by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"活动{moved.get_state_display()}。")
    return redirect("campaigns:campaign", pk)


@may(DECLARE)
@require_POST
def view(request: ActingRequest, pk: int) -> HttpResponse:
    """The one tap: all episodes, or one; and back."""
    one = _campaign(pk)
    wanted = request.POST.get("episode", "")
    episodes = [int(wanted)] if wanted.isdecimal() else [episode.pk for episode in queries.episodes(one)]
    try:
        if request.POST.get("do") == "back":
            actions.take_back_viewing(campaign_id=pk, episodes=episodes, by=request.acting)
            messages.success(request, "已撤回。")
        else:
            actions.declare_viewing(campaign_id=pk, episodes=episodes, by=request.acting)
            messages.success(request, "已登记。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:campaign", pk)


# ---------------------------------------------------------------- what a unit did


@may(READ)
def ret(request: ActingRequest, pk: int) -> HttpResponse:
    """What one unit did: its sessions with pictures, the numbers, and sending it up."""
    one, acting = _return(pk), request.acting
    may_report = acting.may(REPORT) and one.campaign.state in TAKING and one.state != ReturnState.ACCEPTED
    form = forms.SubmitForm(request.POST or None, initial={"note": one.note})
    if request.method == "POST" and form.is_valid():
        try:
            actions.submit(return_id=pk, note=form.cleaned_data["note"], by=acting)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已上报。数字以后有变化会自动更新，不用再报。")
            return redirect("campaigns:ret", pk)
    showings = list(queries.showings(one))
    photos = queries.photos([showing.pk for showing in showings])
    heads = attendance.attendances([showing.session_id for showing in showings])
    context = {
        "ret": one,
        "campaign": one.campaign,
        "figures": queries.figures(one.campaign)[one.pk],
        "showings": [
            {"one": showing, "heads": heads.get(showing.session_id, 0), "photos": photos[showing.pk],
             "room": may_report and len(photos[showing.pk]) < one.campaign.most_photos}
            for showing in showings
        ],
        "form": form,
        "may_report": may_report,
        "may_submit": may_report and one.state in (ReturnState.PENDING, ReturnState.RETURNED),
        "may_decide": _manages(one.campaign, acting) and one.state in (ReturnState.SUBMITTED, ReturnState.ACCEPTED),
    }  # fmt: skip
    return render(request, "desk/campaigns/ret.html", context, status=422 if form.errors else 200)


@may(REPORT)
def showing(request: ActingRequest, pk: int) -> HttpResponse:
    """Enter a group session that took place."""
    one = _return(pk)
    back = reverse("campaigns:ret", args=[pk])
    form = forms.ShowingForm(request.POST or None, ret=one)

    def do(data: dict[str, Any]) -> str:
        data["names"] = rules.names_in(data["names"])
        actions.record_showing(return_id=pk, by=request.acting, **data)
        return "已登记这一场。照片可以不传。"

    up = _up(_of(one.campaign), (one.unit.short_name, back))
    return ask(request, form, do, title="登记集中收看", button="登记", back=back, up=up, subtitle=one.campaign.title)


@may(MANAGE)
@require_POST
def decide(request: ActingRequest, pk: int) -> HttpResponse:
    one = _return(pk)
    try:
        actions.decide(
            return_id=one.pk, accept=request.POST.get("do") == "accept", reason=request.POST.get("reason", ""), by=request.acting
        )  # fmt: skip
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已办理。")
    return redirect("campaigns:ret", pk)


def _store(uploads: list[Any], *, place: str, by: Acting, kinds: set[FileKind]) -> list[StoredFile]:
    """Keep uploads; a recording goes to the disk piece by piece. Raises Refused naming the file."""
    kept = []
    for upload in uploads:
        try:
            if FileKind.AUDIO in kinds and (upload.content_type or "").startswith(("audio/", "video/")):
                stored, _ = files.store_media(
                    name=upload.name, file=upload.file, purpose="study", place=place, by=by, kinds={FileKind.AUDIO}
                )
            else:
                if upload.size > FileKind.IMAGE.most_bytes:
                    raise FileError(f"“{upload.name}”超过 20 MB", "请压缩后重新上传")
                stored = files.store(
                    name=upload.name, data=upload.read(), purpose="study", place=place, by=by, kinds={FileKind.IMAGE}
                )
        except FileError as error:
            raise Refused(str(error), {"file": str(error), "photos": str(error)}) from error
        kept.append(stored)
    return kept


@may(REPORT)
def photos(request: ActingRequest, pk: int) -> HttpResponse:
    """Pictures of a session, a few and none required."""
    one = Showing.objects.filter(pk=pk).select_related("ret__campaign", "ret__unit", "session").first()
    if one is None:
        raise Http404
    form = forms.PhotosForm(request.POST or None)
    error = ""
    if request.method == "POST" and form.is_valid():

        def kept() -> list[StoredFile]:
            return _store(request.FILES.getlist("photos"), place=one.place, by=request.acting, kinds={FileKind.IMAGE})

        try:
            count = actions.add_photos(showing_id=pk, files=kept, shown=form.cleaned_data["shown"], by=request.acting)
        except Refused as refused:
            error = refused.fields.get("photos", str(refused))
        else:
            messages.success(request, f"已保存{count}张。" if count else "没有选照片。")
            return redirect("campaigns:ret", one.ret_id)
    context = {"showing": one, "form": form, "error": error, "most": one.ret.campaign.most_photos}
    return render(request, "desk/campaigns/photos.html", context, status=422 if error else 200)


@may(REPORT)
@require_POST
def remove_photo(request: ActingRequest, pk: int) -> HttpResponse:
    photo = Photo.objects.select_related("showing").filter(pk=pk).first()
    if photo is None:
        raise Http404
    try:
        actions.remove_photo(photo_id=pk, by=request.acting)
        messages.success(request, "已删去。")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("campaigns:ret", photo.showing.ret_id)


# ---------------------------------------------------------------- reflections


@may(DECLARE)
def reflect(request: ActingRequest, pk: int) -> HttpResponse:
    """One's own reflection, or another's typed from her recording or her handwriting."""
    one, acting = _campaign(pk), request.acting
    audience = Audience.CADRES if acting.may(REPORT) else Audience.EXECUTIVES
    initial = {"author": acting.person_name, "audience": audience if audience in one.audiences else one.audiences[0]}
    form = forms.ReflectForm(request.POST or None, initial=initial)
    form.fields["audience"].choices = [(key, Audience(key).label) for key in one.audiences]  # type: ignore[attr-defined]
    form.use_required_attribute = False
    error = ""
    if request.method == "POST" and form.is_valid():
        uploads = request.FILES.getlist("file")[:1]
        data = form.cleaned_data

        def kept() -> StoredFile:
            return _store(uploads, place=acting.place, by=acting, kinds={FileKind.IMAGE, FileKind.AUDIO})[0]

        file: Callable[[], StoredFile] | None = kept if uploads else None
        try:
            actions.reflect(
                campaign_id=pk, file=file, by=acting,
                **{**data, "how": How(data["how"]), "audience": Audience(data["audience"])},
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
            error = refused.fields.get("file", "")
        else:
            messages.success(request, "心得已提交。")
            return redirect("campaigns:campaign", pk)
    context = {"campaign": one, "form": form, "error": error}
    return render(request, "desk/campaigns/reflect.html", context, status=422 if form.errors or error else 200)


@may(SELECT, REPORT)
@require_GET
def reflections(request: ActingRequest, pk: int) -> HttpResponse:
    """Reflections in sight, with a hint where two are nearly the same words."""
    one = _campaign(pk)
    state = request.GET.get("state", "")
    if state not in ("", *ReflectionState.values):
        raise Http404
    pairs = queries.near(one)
    hints: dict[int, int] = {}
    for near in pairs:
        for number in (near.one, near.other):
            hints[number] = max(hints.get(number, 0), near.percent)
    shown = list(queries.reflections(pk, state)[:300])
    context = {
        "campaign": one,
        "rows": [(reflection, hints.get(reflection.pk)) for reflection in shown],
        "states": [("", "全部", not state)] + [(s.value, s.label, s.value == state) for s in ReflectionState if s != ReflectionState.WITHDRAWN],
        "pairs": len(pairs),
    }  # fmt: skip
    return render(request, "desk/campaigns/reflections.html", context)


@may(SELECT, REPORT)
def reflection(request: ActingRequest, pk: int) -> HttpResponse:
    """One reflection: its words, what it came from, whether others are nearly the same, and publication."""
    one, acting = _reflection(pk), request.acting
    form = forms.ShownForm(
        request.POST if "shown_text" in request.POST else None, initial={"shown_text": one.shown_text or one.text}
    )
    if request.method == "POST":
        acting.require(SELECT)
        try:
            match request.POST.get("do"):
                case "select":
                    actions.sort(reflection_id=pk, select=True, by=acting)
                case "keep":
                    actions.sort(reflection_id=pk, select=False, by=acting)
                case "unpublish":
                    actions.unpublish(reflection_id=pk, by=acting)
                case _ if form.is_valid():
                    actions.publish(reflection_id=pk, shown_text=form.cleaned_data["shown_text"], by=acting)
        except Refused as refused:
            if form.is_bound:
                show_refusal(form, refused)
            else:
                messages.error(request, str(refused))
        if not form.errors:
            return redirect("campaigns:reflection", pk)
    others = {
        near.one if near.other == pk else near.other: near
        for near in queries.near(one.campaign)
        if pk in (near.one, near.other)
    }
    context = {
        "one": one,
        "campaign": one.campaign,
        "near": [(other, others[other.pk].percent) for other in queries.reflections(one.campaign_id).filter(pk__in=list(others))],
        "form": form,
        "may_select": acting.may(SELECT) and one.state != ReflectionState.WITHDRAWN,
        "may_take_back": one.account == acting.account_id or acting.may(REPORT),
    }  # fmt: skip
    return render(request, "desk/campaigns/reflection.html", context, status=422 if form.errors else 200)


@may(DECLARE)
@require_POST
def take_back(request: ActingRequest, pk: int) -> HttpResponse:
    """The author's consent or the whole reflection, by herself or who helped her."""
    one = _reflection(pk)
    whole = request.POST.get("what") == "whole"
    actions.take_back(reflection_id=pk, whole=whole, by=request.acting)
    messages.success(request, "心得已撤回。" if whole else "已撤回发布的同意，网上不再显示。")
    return redirect("campaigns:campaign", one.campaign_id)


# ---------------------------------------------------------------- the report


@may(READ)
@require_GET
def report(request: ActingRequest, pk: int) -> HttpResponse:
    """The short report, as it stands now."""
    drawn = documents.report(_campaign(pk))
    context = {
        "drawn": drawn,
        "campaign": drawn.campaign,
        "photos": [(one, documents.caption(one)) for one in drawn.photos],
    }
    return render(request, "desk/campaigns/report.html", context)


@may(READ)
@require_POST
def report_word(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The short report as Word."""
    drawn = documents.report(_campaign(pk))
    actions.note_export(campaign=drawn.campaign, what="简报", why="下载简报", by=request.acting)
    return download(f"简报{drawn.campaign.title}.docx", documents.word(drawn))


@may(READ)
@require_POST
def export(request: ActingRequest, pk: int) -> HttpResponseBase:
    """What the units did, as Excel, for a stated purpose."""
    one = _campaign(pk)
    form = forms.WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明导出的用途。")
        return redirect("campaigns:campaign", pk)
    why = form.cleaned_data["why"]
    return workbook(f"收看情况{one.title}", lambda out: tables.write_units(out, one, why=why, by=request.acting))
