"""Rounds: setting them up, opening and closing, asking in bulk, reporting up, dividing the quota."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.codes import Level
from niangjia.flow.kinds import StateKind
from niangjia.org import queries as org
from niangjia.programmes import queries, registry
from niangjia.programmes.actions import checks, notices, rounds
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.definition import Gives, NoticePlan, Subject, Version
from niangjia.programmes.kinds import GrantState, RoundState
from niangjia.programmes.models import Case, Grant, Round
from niangjia.stock import queries as stock
from niangjia.web.desk.rounds.forms import BATCH, ChangeForm, QuotaForm, ReportForm, RoundForm, TownsForm, town_key
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

MANAGE, ALLOCATE = Verb.ROUND_MANAGE, Verb.CASE_ALLOCATE


def _round(pk: int) -> Round:
    try:
        return Round.objects.select_related("unit").get(pk=pk)
    except Round.DoesNotExist as error:
        raise Http404 from error


@may(MANAGE, ALLOCATE)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """All rounds, the newest first, each with how many applied and how many were paid."""
    found = (
        queries.rounds()
        .annotate(
            applied=Count("cases", filter=Q(cases__submitted_at__isnull=False), distinct=True),
            paid=Count("grants", filter=Q(grants__state=GrantState.PAID), distinct=True),
        )
        .order_by("-opens_on", "-id")
    )
    return render(request, "desk/rounds/index.html", {"rounds": list(found), "today": clock.today()})


@may(MANAGE)
def create(request: ActingRequest) -> HttpResponse:
    """A new round under the version in force on its first day."""
    form = RoundForm(request.POST or None, initial=_defaults(request.GET.get("programme", "")))
    if request.method == "POST" and form.is_valid():
        try:
            round_ = rounds.prepare(unit=org.district_federation(), year=form.cleaned_data["opens_on"].year,
                                    by=request.acting, **_values(form, {}))  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "批次已建好。核对无误后点“开始受理”，居民才能看到。")
            return redirect("rounds:detail", pk=round_.pk)
    return render(request, "desk/rounds/edit.html", {"form": form, "round": None})


def _defaults(wanted: str) -> dict[str, Any]:
    """What the programme's last round had, so that officers retype nothing."""
    today = clock.today()
    known = registry.programmes()
    programme = known.get(wanted) or next(iter(known.values()))
    plan = programme.version_on(today).notice or NoticePlan()
    last = Round.objects.filter(programme=programme.key).order_by("-id").first()
    return {
        "programme": programme.key,
        "amount": last.amount if last else programme.version_on(today).default_amount,
        "notice_days": (last.notice_days if last else plan.days) if wanted in known else None,
        "notice_unit": last.notice_unit if last else plan.unit,
        "objection_phone": last.objection_phone if last else "",
    }


FIELDS = (
    "title", "document_number", "opens_on", "closes_on", "cutoff_on", "amount", "quota", "notice_days", "notice_unit",
    "objection_phone",
)  # fmt: skip


def _values(form: RoundForm, before: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with the batch of goods among the round's parameters."""
    values = dict(form.cleaned_data)
    if values["notice_days"] is None:
        del values["notice_days"], values["notice_unit"]
    batch = values.pop(BATCH, None)
    if batch is not None:
        kept = {key: value for key, value in before.items() if key != BATCH}
        values["parameters"] = {**kept, BATCH: int(batch)} if batch else kept
    return values


@may(MANAGE)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    round_ = _round(pk)
    initial = {key: getattr(round_, key) for key in FIELDS}
    initial[BATCH] = round_.parameters.get(BATCH, "")
    form = ChangeForm(request.POST or None, of=round_.programme, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rounds.change(round_id=pk, by=request.acting, **_values(form, round_.parameters))
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("rounds:detail", pk=pk)
    return render(request, "desk/rounds/edit.html", {"form": form, "round": round_})


# What a round's funnel counts, from the first hand to the last; a way that lacks the step lacks the figure.
FUNNEL = (
    ("审定通过", "approve"),
    ("已获名额", "allocate"),
    ("公示无异议", "grant"),
    ("已到账", "paid"),
    ("已回访", "follow_up"),
)


def funnel(version: Version) -> list[tuple[str, Q]]:
    """The stations of a version's way, each with the cases that came so far."""
    way = version.workflow
    found = [("已提交", Q(submitted_at__isnull=False))]
    found += [(label, Q(state__in=way.beyond(step))) for label, step in FUNNEL if way.has(step)]
    return found


@may(MANAGE, ALLOCATE)
@require_GET
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    """One round: its parameters, its funnel, and what can be done with it now."""
    round_ = _round(pk)
    version = registry.version(round_.programme, round_.version)
    way, stations = version.workflow, funnel(version)
    numbers = Case.objects.filter(round=round_).aggregate(
        **{f"n{index}": Count("id", filter=condition) for index, (_, condition) in enumerate(stations)},
        reviewed=Count("id", filter=Q(state__in=way.before("ask"))),
        approved=Count("id", filter=Q(state__in=way.before("report_up"))),
        waiting=Count("id", filter=Q(state__in=way.before("allocate"))),
        allotted=Count("id", filter=Q(state__in=way.before("give_notice"))),
        refused=Count("id", filter=Q(kind=StateKind.REFUSED)),
    )
    grants = Grant.objects.filter(round=round_).aggregate(
        approved=Count("id", filter=Q(state=GrantState.APPROVED)), paid=Count("id", filter=Q(state=GrantState.PAID))
    )
    return render(
        request,
        "desk/rounds/detail.html",
        {
            "round": round_,
            "version": version,
            "numbers": numbers,
            "funnel": [(label, numbers[f"n{index}"]) for index, (label, _) in enumerate(stations)],
            "grants": grants,
            "counted": "人" if version.subject is Subject.PERSON else "件",
            "towns": _towns(round_) if version.has_town_quota else None,
            "batch": stock.batches().filter(pk=round_.parameters.get(BATCH)).first(),
            "gives_goods": version.gives is Gives.GOODS,
            "layouts": version.layouts if request.acting.may(Verb.CASE_EXPORT) else (),
            "payable": queries.payable_grants(round_).count(),
            "states": RoundState,
            "may_manage": request.acting.may(MANAGE),
            "may_vote": request.acting.may(Verb.VOTE_MANAGE) and version.parameters.get("may_vote") is True,
            "may_allocate": request.acting.may(ALLOCATE),
            "may_ask": request.acting.may(Verb.CASE_ASK),
            "notice_by": version.notice and notices.LEVELS[version.notice.scope],
            "may_notice": version.notice is not None
            and request.acting.may(Verb.NOTICE_DRAFT)
            and request.acting.level is version.notice.scope,
            "may_pay": request.acting.may(Verb.CASE_PAY),
            "report_form": ReportForm(initial={"batch_number": round_.upper_batch_number}),
        },
    )


def _towns(round_: Round) -> dict[str, int]:
    """What the towns were allotted together, and what of it is used."""
    return {"total": sum(queries.allotments(round_).values()), "used": sum(queries.used_by_towns(round_).values())}


@may(MANAGE)
@require_POST
def state(request: ActingRequest, pk: int) -> HttpResponse:
    """Open, close or finish."""
    wanted = request.POST.get("state", "")
    if wanted not in RoundState.values:
        raise Http404
    try:
        round_ = rounds.set_state(round_id=pk, state=RoundState(wanted), by=request.acting)
        messages.success(request, f"批次现在是“{round_.get_state_display()}”。")
    except Refused as refused:
        messages.error(request, str(refused))
    except Round.DoesNotExist as error:
        raise Http404 from error
    return redirect("rounds:detail", pk=pk)


@may(Verb.CASE_ASK)
@require_POST
def ask(request: ActingRequest, pk: int) -> HttpResponse:
    """Ask the departments about every case that waits for it."""
    _round(pk)
    asked, problems = checks.ask_round(round_id=pk, by=request.acting)
    if asked:
        messages.success(request, f"已向部门发出{asked}份申请的核验。")
    for problem in problems:
        messages.error(request, problem)
    if not asked and not problems:
        messages.info(request, "没有等待核验的申请。")
    return redirect("rounds:detail", pk=pk)


@may(ALLOCATE)
@require_POST
def report(request: ActingRequest, pk: int) -> HttpResponse:
    """Mark what was approved as reported to the municipality."""
    _round(pk)
    form = ReportForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请填写市级系统批次号。")
        return redirect("rounds:detail", pk=pk)
    moved = rounds.report_up(round_id=pk, batch_number=form.cleaned_data["batch_number"], by=request.acting)
    messages.success(request, f"{moved}份申请已标记为上报。")
    return redirect("rounds:detail", pk=pk)


@may(ALLOCATE)
def quota(request: ActingRequest, pk: int) -> HttpResponse:
    """The order of waiting as the rule gives it, and the line the quota draws; confirming it moves the cases."""
    round_ = _round(pk)
    version = registry.version(round_.programme, round_.version)
    if not version.workflow.has("allocate"):
        raise Http404
    taken = queries.places_taken(round_)
    line = queries.order_of_waiting(round_)
    form = QuotaForm(request.POST or None, initial={"quota": round_.quota or taken + len(line)})
    preview = round_.quota or taken + len(line)
    if request.method == "POST" and form.is_valid():
        preview = form.cleaned_data["quota"]
        if request.POST.get("confirm") == "yes":
            try:
                allotted, waiting = rounds.allocate(round_id=pk, quota=preview, by=request.acting)
            except Refused as refused:
                show_refusal(form, refused)
            else:
                messages.success(request, f"{allotted}人获得名额，{waiting}人候补。")
                return redirect("rounds:detail", pk=pk)
    return render(
        request,
        "desk/rounds/quota.html",
        {
            "round": round_,
            "version": version,
            "form": form,
            "line": [
                {
                    "case": one.case,
                    "place": org.place_name(one.case.place),
                    "category": version.category_label(one.case.category),
                    "waited_before": one.waited_before,
                }
                for one in line
            ],
            "taken": taken,
            "free": max(preview - taken, 0),
        },
    )


@may(ALLOCATE)
def towns(request: ActingRequest, pk: int) -> HttpResponse:
    """How many each town may put forward: set by hand or the same for all, with what is used and free."""
    round_ = _round(pk)
    version = registry.version(round_.programme, round_.version)
    if not version.has_town_quota:
        raise Http404
    places = [division.code for division in org.divisions_within(round_.place, Level.TOWN).order_by("code")]
    before = queries.allotments(round_)
    typed = _each(request.POST, places) if request.method == "POST" else None
    form = TownsForm(typed, places=places, names=org.place_names(), initial={town_key(k): n for k, n in before.items()})
    if request.method == "POST" and "fill" not in request.POST and form.is_valid():
        try:
            rounds.allot(round_id=pk, numbers=form.numbers, by=request.acting)
        except Refused as refused:
            form.add_error(None, str(refused))
            for place, text in refused.fields.items():
                form.add_error(town_key(place), text)
        else:
            messages.success(request, "各镇街名额已保存。")
            return redirect("rounds:detail", pk=pk)
    used = queries.used_by_towns(round_)
    lines = [
        {
            "field": form[town_key(place)],
            "used": used.get(place, 0),
            "free": max(before.get(place, 0) - used.get(place, 0), 0),
        }
        for place in places
    ]
    status = 422 if form.is_bound and "fill" not in request.POST else 200
    return render(request, "desk/rounds/towns.html", {"round": round_, "form": form, "lines": lines}, status=status)


def _each(sent: QueryDict, places: list[str]) -> QueryDict:
    """With “same for all” pressed, every town gets that number; nothing is saved by it."""
    if "fill" not in sent:
        return sent
    filled = sent.copy()
    for place in places:
        filled[town_key(place)] = sent.get("each", "")
    return filled
