"""Juries at the desk: setting one up, how far it is, scoring one entry a screen, the outcome and its protocol."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access import policy
from niangjia.access.acting import record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.files.kinds import FileKind
from niangjia.files.models import StoredFile
from niangjia.jury import actions, queries, rules
from niangjia.jury.kinds import Leavers, Method, PanelState, Ties
from niangjia.jury.models import Entry, Juror, Panel
from niangjia.org import queries as org
from niangjia.programmes import registry
from niangjia.programmes.models import Round
from niangjia.web.desk.jury import bridge
from niangjia.web.desk.jury import protocol as record_of
from niangjia.web.desk.jury.forms import EntryForm, JurorForm, PanelForm
from niangjia.web.desk.votes import bridge as votes
from niangjia.web.downloads import workbook
from niangjia.web.files import sent
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

ANY = (Verb.JURY_MANAGE, Verb.JURY_SCORE, Verb.JURY_DECIDE)


def _panel(pk: int) -> Panel:
    try:
        return queries.panels().get(pk=pk)
    except Panel.DoesNotExist as error:
        raise Http404 from error


@may(*ANY)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The juries; a juror sees at the top those that wait for her."""
    panels = list(queries.panels())
    mine = set(
        Juror.objects.filter(account_id=request.acting.account_id, left_at__isnull=True).values_list(
            "panel_id", flat=True
        )
    )
    if not request.acting.may(Verb.JURY_MANAGE) and not request.acting.may(Verb.JURY_DECIDE):
        panels = [panel for panel in panels if panel.pk in mine]
    context = {"panels": panels, "mine": mine, "may_manage": request.acting.may(Verb.JURY_MANAGE)}
    return render(request, "desk/jury/index.html", context)


@may(Verb.JURY_MANAGE)
def create(request: ActingRequest) -> HttpResponse:
    form = PanelForm(request.POST or None, rounds=bridge.judged_rounds())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        round_ = Round.objects.filter(pk=data.get("round") or 0).first()
        try:
            panel = actions.make_panel(
                unit=org.district_federation(), subject=f"round:{round_.pk}" if round_ else "", by=request.acting,
                **_terms(form, data["criteria"] or _own_criteria(round_)),
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect("jury:detail", panel.pk)
    context = {"form": form, "title": "新建评审", "button": "建立"}
    return render(request, "desk/jury/edit.html", context, status=422 if form.errors else 200)


@may(Verb.JURY_MANAGE)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    """What a jury judges by, until scoring begins."""
    panel = _panel(pk)
    if panel.state != PanelState.DRAFT:
        messages.error(request, "评分已经开始，不能再改评分办法。")
        return redirect("jury:detail", pk)
    now = {
        "title": panel.title, "method": panel.method, "ties": panel.ties, "leavers": panel.leavers,
        "vote_weight": panel.vote_weight, "quota": panel.quota,
        "criteria": "\n".join(f"{label} {most}" for label, most in panel.criteria),
    }  # fmt: skip
    form = PanelForm(request.POST or None, rounds=[], initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_panel(panel_id=pk, by=request.acting, **_terms(form, form.cleaned_data["criteria"]))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect("jury:detail", pk)
    context = {"form": form, "title": "修改评审", "button": "保存", "panel": panel}
    return render(request, "desk/jury/edit.html", context, status=422 if form.errors else 200)


def _terms(form: PanelForm, criteria: list[tuple[str, int]]) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "title": data["title"],
        "criteria": criteria,
        "method": Method(data["method"]),
        "ties": Ties(data["ties"]),
        "leavers": Leavers(data["leavers"]),
        "vote_weight": data["vote_weight"],
        "quota": data["quota"],
    }


def _own_criteria(round_: Round | None) -> list[tuple[str, int]]:
    if round_ is None:
        return []
    parameters = {**registry.version(round_.programme, round_.version).parameters, **round_.parameters}
    return [(label, int(most)) for label, most in parameters.get("criteria", [])]


def _people(jurors: Iterable[Juror]) -> list[tuple[str, str]]:
    """Who may be asked: running posts whose verbs let them score, with an account, not yet on the panel."""
    taken = {juror.account_id for juror in jurors}
    posts = org.running_posts(clock.today()).filter(officer__accounts__is_active=True)
    return [
        (f"{post.account}:{post.pk}", f"{post.officer.name}（{post}）")
        for post in posts.annotate(account=F("officer__accounts__pk"))
        if Verb.JURY_SCORE in policy.current().verbs_of(codes.level_of(post.place).name, post.role)
        and post.account not in taken
    ]


def _towns() -> list[tuple[str, str]]:
    district = org.district_federation().place
    return list(org.divisions_within(district, Level.TOWN).values_list("code", "short_name"))


def _home_of(officer_id: int) -> str:
    """The town or village she has an office in; empty when she has none below the district."""
    places = org.running_posts(clock.today()).filter(officer_id=officer_id).values_list("place", flat=True)
    return next((place for place in sorted(places) if place and codes.level_of(place) is not Level.DISTRICT), "")


@may(*ANY)
@require_GET
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """One jury: who sits, what is judged, how far it is, and when it is over, the outcome."""
    return _detail(request, _panel(pk))


def _detail(request: ActingRequest, panel: Panel, status: int = 200, **bound: Any) -> HttpResponse:
    over = panel.state in (PanelState.CLOSED, PanelState.DECIDED)
    manages, decides = request.acting.may(Verb.JURY_MANAGE), request.acting.may(Verb.JURY_DECIDE)
    jurors = list(panel.jurors.all())
    sitting = [one for one in jurors if one.left_at is None]
    juror = next((one for one in sitting if one.account_id == request.acting.account_id), None)
    if not (manages or decides or juror):
        raise Http404
    results = queries.ranking(panel, bridge.votes_for(panel)) if over and (manages or decides) else []
    sure, tied = queries.cut(panel, results)
    entries = list(queries.standing(panel))
    context = {
        "panel": panel,
        "jurors": jurors,
        "entries": entries,
        "progress": queries.progress(panel, sitting, len(entries)) if panel.state == PanelState.SCORING and manages else [],
        "results": [
            {"line": line, "words": record_of.words(line, jurors), "in": line.entry.subject in sure,
             "tied": line.entry.subject in tied}
            for line in results
        ],
        "awaits_vote": over and bridge.awaits_vote(panel),
        "problem": rules.size_problem(len(sitting)),
        "me": juror,
        "round": votes.round_of(panel.subject),
        "juror_form": JurorForm(people=_people(jurors), towns=_towns()) if manages else None,
        "entry_form": EntryForm(),
        "may_manage": manages,
        "may_decide": decides,
        **bound,
    }  # fmt: skip
    return render(request, "desk/jury/detail.html", context, status=status)


@may(Verb.JURY_MANAGE, Verb.JURY_DECIDE)
@require_POST
def do(request: ActingRequest, pk: int, key: str) -> HttpResponse:
    """What an organiser and the chair do with a jury."""
    panel = _panel(pk)
    try:
        with transaction.atomic():  # what one part refuses, the other did not do either
            said = _do(request, panel, key)
    except Refused as refused:
        messages.error(request, "；".join([str(refused), *refused.fields.values()]))
    else:
        messages.success(request, said)
    return redirect("jury:detail", pk)


def _do(request: ActingRequest, panel: Panel, key: str) -> str:
    by = request.acting
    match key:
        case "entries":
            return f"调入{bridge.bring_in(panel, by)}件。"
        case "juror":
            account, _, post_id = request.POST.get("account", "").partition(":")
            post = org.running_posts(clock.today()).filter(pk=post_id if post_id.isdecimal() else 0).first()
            if post is None or f"{account}:{post_id}" not in dict(_people(panel.jurors.all())):
                raise Refused("请选择评委。")
            juror = actions.add_juror(
                panel_id=panel.pk, account_id=int(account), name=post.officer.name,
                unit_name=post.unit.short_name, unit_place=_chosen_home(request) or _home_of(post.officer_id), by=by,
            )  # fmt: skip
            return f"已请{juror.name}担任评委。"
        case "leave":
            wanted = request.POST.get("juror", "")
            juror = actions.leave(
                juror_id=int(wanted) if wanted.isdecimal() else 0, reason=request.POST.get("reason", ""), by=by
            )
            return f"{juror.name}已退出。"
        case "open":
            actions.open_panel(panel_id=panel.pk, by=by)
            return "开始评分。评委登录后在“评审”里逐件打分。"
        case "close":
            actions.close_panel(panel_id=panel.pk, by=by)
            return "评分结束，可以看结果了。"
        case "decide":
            by.require(Verb.JURY_DECIDE)
            if bridge.awaits_vote(panel):
                raise Refused("网络投票还没有计票。请先在“公众投票”里计票，再评定。")
            picked = set(request.POST.getlist("pick"))
            chosen = actions.decide(panel_id=panel.pk, picked=picked, votes=bridge.votes_for(panel), by=by)
            settled = bridge.settle([entry.subject for entry in chosen], by)
            return f"已评定，{len(chosen)}件入选" + (f"，{settled}件转入待公示。" if settled else "。")
        case "entry":
            form = EntryForm(request.POST)
            if not form.is_valid():
                raise Refused(
                    "评审对象没有添加", {key: "，".join(map(str, texts)) for key, texts in form.errors.items()}
                )
            actions.add_entry(panel_id=panel.pk, by=by, **form.cleaned_data)
            return f"已添加“{form.cleaned_data['label']}”。"
        case "withdraw":
            wanted = request.POST.get("entry", "")
            entry = actions.remove_entry(panel_id=panel.pk, entry_id=int(wanted) if wanted.isdecimal() else 0, by=by)
            return f"“{entry.label}”已退出评审。"
    raise Http404


def _chosen_home(request: ActingRequest) -> str:
    wanted = request.POST.get("home", "")
    return wanted if wanted in dict(_towns()) else ""


@may(Verb.JURY_SCORE)
@require_GET
def begin(request: ActingRequest, pk: int) -> HttpResponse:
    """On to the first entry she has not scored."""
    panel, juror = _mine(request, pk)
    scored, recused = queries.scores_of(juror), queries.recused_from(juror)
    order = queries.ballot_order(panel, juror)
    todo = next((one for one in order if one.pk not in scored and one.pk not in recused), None)
    if todo is None and panel.state == PanelState.SCORING:
        messages.success(request, "您的评审对象都评完了，结束评分前还可以修改。")
    first = todo or next(iter(order), None)
    return redirect("jury:score", pk, first.pk) if first else redirect("jury:detail", pk)


def _mine(request: ActingRequest, pk: int) -> tuple[Panel, Juror]:
    panel = _panel(pk)
    juror = queries.juror_of(panel, request.acting.account_id)
    if juror is None:
        raise Http404
    return panel, juror


@may(Verb.JURY_SCORE)
def score(request: ActingRequest, pk: int, entry_id: int) -> HttpResponse:
    """One entry: its text and a number for each criterion. What she typed stays when it cannot be taken.

    The address names the entry and not its place in the order: another may be withdrawn while she types.
    """
    panel, juror = _mine(request, pk)
    order = queries.ballot_order(panel, juror)
    entry = _entry(panel, entry_id)
    number = next((index for index, one in enumerate(order, start=1) if one.pk == entry.pk), 0)
    scored, recused = queries.scores_of(juror), queries.recused_from(juror)
    known = scored.get(entry.pk)
    typed = [f"{value:g}" for value in known.points] if known else [""] * len(panel.criteria)
    errors: dict[str, str] = {}
    remark, refused_text = (known.remark if known else ""), ""
    if request.method == "POST":
        typed = [request.POST.get(f"p{index}", "") for index in range(len(panel.criteria))]
        remark = request.POST.get("remark", "")
        try:
            if "recuse" in request.POST:
                typed, remark = [""] * len(panel.criteria), ""
                actions.recuse(panel_id=pk, entry_id=entry.pk, reason=request.POST.get("reason", ""), by=request.acting)
            else:
                actions.score(panel_id=pk, entry_id=entry.pk, typed=typed, remark=remark, by=request.acting)
        except Refused as refused:
            errors, refused_text = refused.fields, str(refused)
        else:
            return redirect("jury:score", pk, order[number].pk) if number < len(order) else redirect("jury:begin", pk)
    context = {
        "panel": panel,
        "entry": entry,
        "number": number,
        "order": [
            {"pk": one.pk, "number": index, "done": one.pk in scored, "out": one.pk in recused, "now": index == number}
            for index, one in enumerate(order, start=1)
        ],
        "rows": [
            {"key": f"p{index}", "label": label, "most": most, "value": typed[index], "error": errors.get(f"p{index}")}
            for index, (label, most) in enumerate(panel.criteria)
        ],
        "remark": remark,
        "refused": refused_text,
        "reason_error": errors.get("reason", ""),
        "recusal": recused.get(entry.pk),
        "pictures": _pictures(entry),
        "done": sum(one.pk in scored for one in order),
        "due": sum(one.pk not in recused for one in order),
        "out": entry.withdrawn_at is not None,
        "runs": panel.state == PanelState.SCORING and entry.withdrawn_at is None,
        "known": known,
    }
    return render(request, "desk/jury/score.html", context, status=422 if refused_text else 200)


def _entry(panel: Panel, entry_id: int) -> Entry:
    try:
        return Entry.objects.get(pk=entry_id, panel=panel)
    except Entry.DoesNotExist as error:
        raise Http404 from error


def _pictures(entry: Entry) -> list[dict[str, Any]]:
    """The pictures and papers of an entry in their order, those that are still there."""
    stored = {str(one.pk): one for one in StoredFile.objects.filter(pk__in=entry.files)}
    return [
        {"pk": one.pk, "name": f"材料{index}", "image": one.kind == FileKind.IMAGE}
        for index, one in enumerate((stored[key] for key in entry.files if key in stored), start=1)
        if not bridge.taken_away(one.pk)
    ]


@may(Verb.JURY_SCORE)
@require_GET
def picture(request: ActingRequest, pk: int, entry_id: int, file_id: UUID) -> HttpResponseBase:
    """A picture of an entry for who judges it. Like every paper an officer opens, that is noted."""
    panel, juror = _mine(request, pk)
    entry = _entry(panel, entry_id)
    stored = StoredFile.objects.filter(pk=file_id).first()
    gone = stored is None or str(file_id) not in entry.files or bridge.taken_away(file_id)
    if stored is None or gone or entry.pk in queries.recused_from(juror):
        raise Http404
    record(
        by=request.acting, stream=f"file:{stored.pk}", verb="file.open", subject=f"panel:{panel.pk}",
        place=panel.place, summary={"name": entry.label, "purpose": stored.purpose},
    )  # fmt: skip
    return sent(request, stored)


@may(Verb.JURY_MANAGE, Verb.JURY_DECIDE)
@require_POST
def protocol(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The protocol (评审记录) as Excel: each juror's points, the outcome, ties, outliers and recusals in words."""
    panel = _panel(pk)
    if panel.state not in (PanelState.CLOSED, PanelState.DECIDED):
        raise Http404
    actions.exported(panel=panel, by=request.acting)
    shares = bridge.votes_for(panel)
    return workbook(f"评审记录{clock.today():%Y%m%d}", lambda out: record_of.write(out, panel, shares))
