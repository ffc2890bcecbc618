"""Votes at the desk: made by one person and opened by another, watched, and their ballots judged by two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.files import actions as files
from niangjia.files.kinds import FileError, FileKind
from niangjia.letters.sheets import SheetError, read_table, write_table, write_template
from niangjia.voting import actions, queries, rules
from niangjia.voting.kinds import DecisionKind, PollState, Rule
from niangjia.voting.models import Choice, NumberSegment, Poll, Threshold
from niangjia.web.desk.votes import bridge, forms, tables
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

MANAGE, OPEN, JUDGE = Verb.VOTE_MANAGE, Verb.VOTE_OPEN, Verb.VOTE_QUARANTINE
PROBLEMS_SHOWN = 20


def _poll(pk: int) -> Poll:
    try:
        return Poll.objects.get(pk=pk)
    except Poll.DoesNotExist as error:
        raise Http404 from error


@may(MANAGE, OPEN, JUDGE)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """All votes, the newest first."""
    return render(
        request, "desk/votes/index.html", {"polls": list(queries.polls()), "may_manage": request.acting.may(MANAGE)}
    )


@may(MANAGE)
def create(request: ActingRequest) -> HttpResponse:
    """A vote of its own, or with ``?round=`` one among the entries of a round of honours."""
    initial: dict[str, Any] = {"opens_at": forms.tomorrow(6), "closes_at": forms.tomorrow(22, days=7)}
    about: dict[str, Any] = {}
    if "round" in request.GET:
        try:
            round_ = bridge.votable(_number(request.GET["round"]))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("votes:index")
        about = {"subject": f"round:{round_.pk}"}
        initial["title"] = f"{round_.title}公众投票"
    form = forms.PollForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        added = 0
        try:
            with transaction.atomic():
                poll = actions.make_poll(place=request.acting.place, by=request.acting, **about, **form.cleaned_data)
                if about:
                    added = bridge.bring_in(poll, request.acting)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            came = f"已调入{added}个参选对象。" if about else "请添加参选对象，再请另一位负责人开启。"
            messages.success(request, f"投票已建好，外面还看不到。{came}")
            return redirect("votes:detail", pk=poll.pk)
    return render(request, "desk/votes/edit.html", {"form": form, "poll": None}, status=422 if form.errors else 200)


@may(MANAGE)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    poll = _poll(pk)
    form = forms.PollForm(
        request.POST or None, initial={name: getattr(poll, name) for name in forms.PollForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                actions.change_poll(poll_id=pk, by=request.acting, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("votes:detail", pk=pk)
    return render(request, "desk/votes/edit.html", {"form": form, "poll": poll}, status=422 if form.errors else 200)


@may(MANAGE, OPEN, JUDGE)
@require_GET
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """One vote: how it goes, what can be done with it now, what may be chosen."""
    return _detail(request, _poll(pk), forms.ChoiceForm())


def _detail(request: ActingRequest, poll: Poll, form: forms.ChoiceForm) -> HttpResponse:
    acting = request.acting
    health, choices = queries.health(poll), list(queries.choices(poll))
    try:
        counts = queries.counts(poll, choices)
    except Refused:
        counts = []
    decisions = list(queries.decisions(poll))
    context = {
        "poll": poll,
        "states": PollState,
        "health": health,
        "bars": _bars(health.hours),
        "choices": choices,
        "counts": counts,
        "seals": queries.seals(poll).count(),
        "sheets": list(poll.sheets.order_by("number")),
        "waiting": sum(one.confirmed is None for one in decisions),
        "form": form,
        "round": bridge.round_of(poll.subject),
        "may_manage": acting.may(MANAGE),
        "may_open": acting.may(OPEN) and poll.made_by != acting.account_id,
        "may_publish": acting.may(OPEN),
        "may_judge": acting.may(JUDGE),
        "may_print": poll.state in (PollState.DRAFT, PollState.OPEN),
        "is_over": clock.now() > poll.closes_at,
    }
    return render(request, "desk/votes/detail.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of the picture, ready for SVG attributes."""

    x: str
    y: str
    height: str
    label: str


def _bars(hours: Sequence[tuple[dt.datetime, int]]) -> list[Bar]:
    """Ballots of each hour from the first to the last, hours without any included; the highest fills the picture."""
    if not hours:
        return []
    found = dict(hours)
    first, most = hours[0][0], max(found.values())
    span = int((hours[-1][0] - first) / dt.timedelta(hours=1)) + 1
    bars = []
    for at in range(span):
        moment = first + dt.timedelta(hours=at)
        votes = found.get(moment, 0)
        height = 100 * votes / most
        bars.append(
            Bar(f"{at / span * 720:.2f}", f"{100 - height:.1f}", f"{height:.1f}", f"{moment:%m月%d日%H时} {votes}票")
        )
    return bars


@may(MANAGE)
@require_POST
def add_choice(request: ActingRequest, pk: int) -> HttpResponse:
    """One more choice, with a picture if there is one."""
    poll = _poll(pk)
    form = forms.ChoiceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _detail(request, poll, form)
    data = form.cleaned_data
    upload = data.pop("picture")
    try:
        with transaction.atomic():
            kept: dict[str, Any] = {}
            if upload and not data["minor"]:
                stored = files.store(
                    name=upload.name, data=upload.read(), purpose="vote.picture", place=poll.place, by=request.acting,
                    kinds={FileKind.IMAGE},
                )  # fmt: skip
                kept = {"picture": stored.storage_name, "picture_mime": stored.mime}
            choice = actions.add_choice(poll_id=pk, by=request.acting, **data, **kept)
    except FileError as error:
        form.add_error("picture", str(error))
    except Refused as refused:
        show_refusal(form, refused)
    if form.errors:
        return _detail(request, poll, form)
    messages.success(request, f"已添加{choice}。")
    return redirect("votes:detail", pk=pk)


@may(MANAGE)
@require_POST
def bring_in(request: ActingRequest, pk: int) -> HttpResponse:
    """The entries of the round that may stand and do not yet."""
    poll = _poll(pk)
    try:
        with transaction.atomic():
            added = bridge.bring_in(poll, request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"调入{added}个参选对象。不同意公开姓名和事迹的、有未成年人的不参加。")
    return redirect("votes:detail", pk=pk)


@may(MANAGE)
def withdraw(request: ActingRequest, pk: int, choice: int) -> HttpResponse:
    """A choice leaves the vote."""
    poll = _poll(pk)
    found = Choice.objects.filter(pk=choice, poll=poll).first()
    if found is None:
        raise Http404
    form = forms.WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw(choice_id=choice, by=request.acting, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"{found}已退出。此前投给其他参选对象的票照常计入。")
            return redirect("votes:detail", pk=pk)
    context = {"poll": poll, "choice": found, "form": form}
    return render(request, "desk/votes/withdraw.html", context, status=422 if form.errors else 200)


@may(MANAGE, OPEN)
@require_POST
def step(request: ActingRequest, pk: int) -> HttpResponse:
    """Open, close, count or publish."""
    _poll(pk)
    steps: dict[str, tuple[Any, str]] = {
        "open": (actions.open_poll, "投票已开启，居民可以看到了。"),
        "close": (actions.close_poll, "投票已截止，选票已封存。"),
        "count": (actions.count_poll, "计票完成，各次封存的选票都没有被改动。"),
        "publish": (actions.publish, "结果和选票文件已公布。"),
    }
    if request.POST.get("step") not in steps:
        raise Http404
    action, done = steps[request.POST["step"]]
    try:
        with transaction.atomic():
            action(poll_id=pk, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("votes:detail", pk=pk)


@may(MANAGE)
def tokens(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Print a sheet of paper codes; they are shown this once."""
    poll = _poll(pk)
    form = forms.TokenForm(request.POST or None, initial={"expires_at": poll.closes_at})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                sheet, codes = actions.print_tokens(poll_id=pk, by=request.acting, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            printed = [rules.grouped(code) for code in codes]
            if request.POST.get("as") != "xlsx":
                return render(request, "desk/votes/token_sheet.html", {"poll": poll, "sheet": sheet, "codes": printed})
            until = f"{sheet.expires_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"
            rows = ((code, poll.title, until) for code in printed)
            return workbook(f"投票码第{sheet.number}批", lambda out: write_table(out, tables.TOKENS, rows))
    context = {"poll": poll, "form": form, "sheets": list(poll.sheets.order_by("-number"))}
    return render(request, "desk/votes/tokens.html", context, status=422 if form.errors else 200)


@may(JUDGE, OPEN, MANAGE)
@require_GET
def report(request: ActingRequest, pk: int) -> HttpResponse:
    """What looks wrong in the ballots, and what two people decided about it."""
    return _report(request, _poll(pk))


def _report(request: ActingRequest, poll: Poll, form: django_forms.Form | None = None) -> HttpResponse:
    choices = list(queries.choices(poll))
    findings = queries.report(poll, choices)
    decisions = list(queries.decisions(poll))
    released = {one.about_id for one in decisions if one.kind == DecisionKind.RELEASE and one.confirmed is not False}
    health = queries.health(poll)
    context = {
        "poll": poll,
        "findings": findings[: queries.FINDINGS_SHOWN],
        "more": max(len(findings) - queries.FINDINGS_SHOWN, 0),
        "decisions": decisions,
        "releasable": [
            one for one in decisions if one.kind == DecisionKind.SET_ASIDE and one.confirmed and one.pk not in released
        ],
        "health": health,
        "bars": _bars(health.hours),
        "void_form": forms.VoidForm(choices=choices),
        "why": forms.WhyForm(),
        "failed": form,
        "may_judge": request.acting.may(JUDGE) and poll.state != PollState.DRAFT,
        "account": request.acting.account_id,
        "broken": queries.first_broken_seal(poll),
    }
    return render(request, "desk/votes/report.html", context, status=422 if form else 200)


@may(JUDGE)
@require_POST
def propose(request: ActingRequest, pk: int) -> HttpResponse:
    """Propose to set ballots aside, to release them, or to void a choice's votes."""
    poll = _poll(pk)
    form: django_forms.Form
    act: Any
    match request.POST.get("what"):
        case "aside":
            form, act = forms.SetAsideForm(request.POST), actions.propose_set_aside
        case "void":
            form, act = forms.VoidForm(request.POST, choices=queries.choices(poll)), actions.propose_void
        case "release":
            form, act = forms.WhyForm(request.POST), actions.propose_release
        case _:
            raise Http404
    if not form.is_valid():
        return _report(request, poll, form)
    data = dict(form.cleaned_data)
    if act is actions.propose_set_aside:
        data |= {"poll_id": pk, "rule": Rule(data["rule"])}
    elif act is actions.propose_void:
        data["choice_id"] = data.pop("choice")
    else:
        data["decision_id"] = _number(request.POST.get("decision", ""))
    try:
        with transaction.atomic():
            decision = act(by=request.acting, **data)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已提出{decision.get_kind_display()}（{decision.ballots}票）。另一人确认后生效。")
    return redirect("votes:report", pk=pk)


@may(JUDGE)
@require_POST
def decide(request: ActingRequest, pk: int) -> HttpResponse:
    """Confirm or decline what another person proposed."""
    _poll(pk)
    confirm = request.POST.get("answer") == "confirm"
    try:
        with transaction.atomic():
            actions.decide(decision_id=_number(request.POST.get("decision", "")), confirm=confirm, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已确认，票数按此重算。" if confirm else "已否决，票数不变。")
    return redirect("votes:report", pk=pk)


@may(MANAGE, OPEN)
@require_POST
def export(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The totals as Excel."""
    poll = _poll(pk)
    try:
        counts = queries.counts(poll)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("votes:detail", pk=pk)
    record(
        by=request.acting, stream=f"poll:{pk}", verb="vote.export", place=poll.place,
        summary={"choices": len(counts)},
    )  # fmt: skip
    void = queries.void_numbers(poll)
    rows = (
        (
            one.number, one.label, one.group, one.votes, one.counted, float(one.share), float(one.points),
            "贿票作废" if one.number in void else "已退出" if one.withdrawn else "",
        )
        for one in counts
    )  # fmt: skip
    return workbook(f"{poll.title}票数", lambda out: write_table(out, tables.TOTALS, rows))


@may(MANAGE, JUDGE)
def thresholds(request: ActingRequest) -> HttpResponse:
    """From where on the anomaly report speaks."""
    rows = {one.rule: one for one in Threshold.objects.order_by("rule")}
    failed = None
    if request.method == "POST":
        rule = request.POST.get("rule", "")
        if rule not in rows:
            raise Http404
        form = forms.ThresholdForm(request.POST)
        if form.is_valid():
            actions.set_threshold(rule=Rule(rule), by=request.acting, **form.cleaned_data)
            messages.success(request, f"“{Rule(rule).label}”的门槛已保存。")
            return redirect("votes:thresholds")
        failed = form
    context = {
        "rows": [
            (
                Rule(rule),
                failed
                if failed and request.POST["rule"] == rule
                else forms.ThresholdForm(initial={**one.__dict__, "value": f"{float(one.value):g}"}),
            )
            for rule, one in rows.items()
        ],
        "may_manage": request.acting.may(MANAGE),
        "segments": NumberSegment.objects.count(),
        "form": forms.SegmentsForm(),
    }
    return render(request, "desk/votes/thresholds.html", context, status=422 if failed else 200)


@may(MANAGE)
@require_POST
def segments(request: ActingRequest) -> HttpResponse:
    """The table of number segments from Excel: all of it, or nothing when a row is wrong."""
    form = forms.SegmentsForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "请选择号段表文件。")
        return redirect("votes:thresholds")
    try:
        rows = list(read_table(form.cleaned_data["file"].read(), tables.SEGMENTS))
    except SheetError as error:
        messages.error(request, str(error))
        return redirect("votes:thresholds")
    problems = [str(error) for row in rows for error in row.errors]
    for problem in problems[:PROBLEMS_SHOWN]:
        messages.error(request, problem)
    if not problems:
        taken = {str(row.values["prefix"]): (str(row.values["area"]), bool(row.values["local"])) for row in rows}
        actions.take_segments(rows=[(prefix, *rest) for prefix, rest in taken.items()], by=request.acting)
        messages.success(request, f"已载入{len(taken)}个号段。")
    return redirect("votes:thresholds")


@may(MANAGE)
@require_GET
def segments_template(request: ActingRequest) -> HttpResponseBase:
    """An empty table of segments to fill in."""
    return workbook("号段表模板", lambda out: write_template(out, tables.SEGMENTS))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
