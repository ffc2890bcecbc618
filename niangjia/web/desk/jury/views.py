"""Juries at the desk: setting one up, how far it is, scoring one entry a screen, the outcome and its protocol."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access import policy
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.jury import actions, queries, rules
from niangjia.jury.kinds import Method, PanelState
from niangjia.jury.models import Juror, Panel
from niangjia.letters.kinds import Column, Table
from niangjia.letters.sheets import write_table
from niangjia.org import queries as org
from niangjia.people.models import Account
from niangjia.programmes import registry
from niangjia.programmes.models import Round
from niangjia.web.desk.jury import bridge
from niangjia.web.desk.jury.forms import JurorForm, PanelForm, ReasonForm
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        round_ = Round.objects.filter(pk=data["round"] or 0).first()
        criteria = data["criteria"] or _own_criteria(round_)
        try:
            panel = actions.make_panel(
                title=data["title"],
                unit=org.district_federation(),
                criteria=criteria,
                subject=f"round:{round_.pk}" if round_ else "",
                method=Method(data["method"]),
                vote_weight=data["vote_weight"],
                quota=data["quota"],
                by=request.acting,
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            return redirect("jury:detail", panel.pk)
    return render(request, "desk/jury/new.html", {"form": form}, status=422 if form.errors else 200)


def _own_criteria(round_: Round | None) -> list[tuple[str, int]]:
    if round_ is None:
        return []
    parameters = {**registry.version(round_.programme, round_.version).parameters, **round_.parameters}
    return [(label, int(most)) for label, most in parameters.get("criteria", [])]


def _people(panel: Panel) -> list[tuple[str, str]]:
    """Who may be asked: running posts whose verbs let them score, with an account, not yet on the panel."""
    taken = set(Juror.objects.filter(panel=panel).values_list("account_id", flat=True))
    posts = [
        post
        for post in org.running_posts(clock.today())
        if Verb.JURY_SCORE in policy.current().verbs_of(codes.level_of(post.place).name, post.role)
    ]
    accounts = dict(
        Account.objects.filter(officer__in=[post.officer_id for post in posts], is_active=True).values_list(
            "officer_id", "pk"
        )
    )
    return [
        (f"{accounts[post.officer_id]}:{post.pk}", f"{post.officer.name}（{post}）")
        for post in posts
        if accounts.get(post.officer_id) and accounts[post.officer_id] not in taken
    ]


@may(*ANY)
@require_GET
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """One jury: who sits, what is judged, how far it is, and when it is over, the outcome."""
    return _detail(request, _panel(pk))


def _detail(request: ActingRequest, panel: Panel, status: int = 200, **bound: Any) -> HttpResponse:
    over = panel.state in (PanelState.CLOSED, PanelState.DECIDED)
    manages, decides = request.acting.may(Verb.JURY_MANAGE), request.acting.may(Verb.JURY_DECIDE)
    juror = queries.juror_of(panel, request.acting.account_id)
    if not (manages or decides or juror):
        raise Http404
    results = queries.ranking(panel) if over and (manages or decides) else []
    sure, tied = _cut(panel, results)
    jurors = list(panel.jurors.all())
    context = {
        "panel": panel,
        "jurors": jurors,
        "entries": list(queries.standing(panel)),
        "progress": queries.progress(panel) if panel.state == PanelState.SCORING and manages else [],
        "results": [
            {"line": line, "in": line.entry.subject in sure, "tied": line.entry.subject in tied,
             "far": [one.name for one in jurors if one.pk in line.outlying]}
            for line in results
        ],
        "tied": tied,
        "problem": rules.size_problem(sum(one.left_at is None for one in jurors)),
        "me": juror,
        "round": bridge.round_of(panel),
        "juror_form": JurorForm(people=_people(panel)) if manages else None,
        "leave_form": ReasonForm(),
        "may_manage": manages,
        "may_decide": decides,
        **bound,
    }  # fmt: skip
    return render(request, "desk/jury/detail.html", context, status=status)


def _cut(panel: Panel, results: list[queries.Result]) -> tuple[set[str], set[str]]:
    if not panel.quota or not results:
        return set(), set()
    places = [rules.Place(line.entry.subject, line.rank, line.why) for line in results]
    sure, tied = rules.within(places, panel.quota)
    return set(sure), set(tied)


@may(Verb.JURY_MANAGE, Verb.JURY_DECIDE)
@require_POST
def do(request: ActingRequest, pk: int, key: str) -> HttpResponse:
    """What an organiser and the chair do with a jury."""
    panel = _panel(pk)
    try:
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
            if post is None or f"{account}:{post_id}" not in dict(_people(panel)):
                raise Refused("请选择评委。")
            juror = actions.add_juror(
                panel_id=panel.pk, account_id=int(account), name=post.officer.name,
                unit_name=post.unit.short_name, unit_place=post.place, by=by,
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
            results = queries.ranking(panel)
            sure, _ = _cut(panel, results)
            chosen = [line.entry.subject for line in results if line.entry.subject in sure | _picked(request)]
            actions.decide(panel_id=panel.pk, by=by)
            return f"已评定，{bridge.settle(chosen, by)}件入选待公示。"
    raise Http404


def _picked(request: ActingRequest) -> set[str]:
    """Among those who share the last place a person chooses."""
    return set(request.POST.getlist("pick"))


@may(Verb.JURY_SCORE)
@require_GET
def begin(request: ActingRequest, pk: int) -> HttpResponse:
    """On to the first entry she has not scored."""
    panel, juror = _mine(request, pk)
    scored, recused = queries.scores_of(juror), queries.recused_from(juror)
    order = queries.ballot_order(panel, juror)
    todo = (number for number, one in enumerate(order, start=1) if one.pk not in scored and one.pk not in recused)
    return redirect("jury:score", pk, next(todo, 1))


def _mine(request: ActingRequest, pk: int) -> tuple[Panel, Juror]:
    panel = _panel(pk)
    juror = queries.juror_of(panel, request.acting.account_id)
    if juror is None:
        raise Http404
    return panel, juror


@may(Verb.JURY_SCORE)
def score(request: ActingRequest, pk: int, number: int) -> HttpResponse:
    """One entry: its text and a number for each criterion. What she typed stays when it cannot be taken."""
    panel, juror = _mine(request, pk)
    order = queries.ballot_order(panel, juror)
    if not 1 <= number <= len(order):
        raise Http404
    entry = order[number - 1]
    scored, recused = queries.scores_of(juror), queries.recused_from(juror)
    known = scored.get(entry.pk)
    typed = [f"{value:g}" for value in known.points] if known else [""] * len(panel.criteria)
    remark, errors, refused_text = (known.remark if known else ""), {}, ""
    if request.method == "POST":
        typed = [request.POST.get(f"p{index}", "") for index in range(len(panel.criteria))]
        remark = request.POST.get("remark", "")
        try:
            if "recuse" in request.POST:
                actions.recuse(panel_id=pk, entry_id=entry.pk, reason=request.POST.get("reason", ""), by=request.acting)
            else:
                actions.score(panel_id=pk, entry_id=entry.pk, typed=typed, remark=remark, by=request.acting)
        except Refused as refused:
            errors, refused_text = refused.fields, str(refused)
        else:
            return (
                redirect("jury:score", pk, min(number + 1, len(order)))
                if number < len(order)
                else redirect("jury:begin", pk)
            )
    context = {
        "panel": panel,
        "entry": entry,
        "number": number,
        "order": [
            {"number": index, "done": one.pk in scored, "out": one.pk in recused, "now": index == number}
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
        "done": len(scored),
        "due": len(order) - len(recused),
        "runs": panel.state == PanelState.SCORING,
        "known": known,
    }
    return render(request, "desk/jury/score.html", context, status=422 if refused_text else 200)


@may(Verb.JURY_MANAGE, Verb.JURY_DECIDE)
@require_GET
def protocol(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The protocol (评审记录) as Excel: each juror's points, the outcome, ties and outliers in words."""
    panel = _panel(pk)
    if panel.state not in (PanelState.CLOSED, PanelState.DECIDED):
        raise Http404
    jurors = list(panel.jurors.all())
    table = Table(
        "jury",
        "评审记录",
        (
            Column("rank", "名次", width=8, numeric=True),
            Column("label", "评审对象", width=30),
            Column("group", "类别", width=14),
            *(Column(f"j{one.pk}", one.name, width=10, numeric=True) for one in jurors),
            Column("jury", "评委分", width=10, numeric=True),
            Column("final", "总分（百分）", width=12, numeric=True),
            Column("recused", "回避人数", width=10, numeric=True),
            Column("why", "说明", width=40),
        ),
    )
    out = io.BytesIO()
    write_table(
        out,
        table,
        (
            [
                line.rank, line.entry.label, line.entry.group, *(line.scores.get(one.pk) for one in jurors),
                line.jury, line.final, line.recused, _words(line, jurors),
            ]
            for line in queries.ranking(panel)
        ),
    )  # fmt: skip
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"评审记录{clock.today():%Y%m%d}.xlsx", content_type=XLSX)


def _words(line: queries.Result, jurors: list[Juror]) -> str:
    far = "、".join(one.name for one in jurors if one.pk in line.outlying)
    return "；".join(text for text in (line.why, f"偏离较大：{far}" if far else "") if text)
