"""The women of a class: signing up for them, a list from Excel, taking in and letting go, each one's page."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core import codes, masking
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.letters.kinds import SheetError
from niangjia.letters.sheets import write_template
from niangjia.org import queries as org
from niangjia.reports.tables import training as tables
from niangjia.training import actions, queries
from niangjia.training.kinds import LIVE, EnrolmentState
from niangjia.training.models import Enrolment
from niangjia.transfers import actions as transfers
from niangjia.web.desk.ask import ask
from niangjia.web.desk.training.classes import course_of, frame, runs_it
from niangjia.web.desk.training.forms import FileForm, ProveForm, ReasonForm, SignUpForm
from niangjia.web.desk.training.views import ENROL, FOLLOW_UP, MANAGE, READ
from niangjia.web.downloads import download, workbook
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

TONES = {
    EnrolmentState.APPLIED: "due", EnrolmentState.WAITING: "tea", EnrolmentState.ACCEPTED: "ok", EnrolmentState.ATTENDING: "plum",
    EnrolmentState.COMPLETED: "ok", EnrolmentState.CERTIFIED: "ok", EnrolmentState.PLACED: "ok",
    EnrolmentState.DROPPED: "plain", EnrolmentState.REFUSED: "plain", EnrolmentState.WITHDRAWN: "plain",
}  # fmt: skip
VERDICT_TONES = {"PASS": "ok", "FAIL": "bad", "NEEDS_PROOF": "due"}


def villages(place: str) -> Any:
    """The villages a woman of one's range may live in."""
    match codes.level_of(place):
        case Level.VILLAGE:
            return [(place, org.place_name(place))]
        case Level.TOWN:
            return [("", "请选择"), *((one.code, one.short_name) for one in org.divisions_within(place, Level.VILLAGE))]
        case Level.DISTRICT:
            return [("", "请选择"), *org.village_choices(place)]


@may(READ)
@require_GET
def index(request: ActingRequest, pk: int) -> HttpResponse:
    """Who signed up, what the rules say, and where each stands."""
    course = course_of(pk)
    listed = list(queries.applicants(pk))
    show = request.GET.get("show", "")
    parts = {
        "apply": [one for one in listed if one.state in (EnrolmentState.APPLIED, EnrolmentState.WAITING)],
        "prove": [one for one in listed if one.state in LIVE and one.facts.verdict == "NEEDS_PROOF"],
    }
    counts = {key: len(part) for key, part in parts.items()}
    listed = parts.get(show, listed)
    limits = queries.standard(course.kind, course.starts_on).limits
    there = queries.attendance(course, listed, limits)
    seated, waiting = queries.seats(pk)
    names = org.place_names()
    context = {
        **frame(request, course, "women"), "show": show, "counts": counts, "seated": seated, "waiting": waiting,
        "left": max(0, course.capacity - seated),
        "rows": [
            {
                "one": one, "place": org.place_name(one.place, names), "tone": TONES[EnrolmentState(one.state)],
                "verdict": one.facts.get_verdict_display(), "verdict_tone": VERDICT_TONES[one.facts.verdict],
                "there": there[one.pk].text if one.participant_id and there[one.pk].held else "",
            }
            for one in listed
        ],
    }  # fmt: skip
    return render(request, "desk/training/women.html", context)


@may(ENROL)
@sensitive_post_parameters()
def enrol(request: ActingRequest, pk: int) -> HttpResponse:
    """Fill in for a woman, reading out what she agrees to."""
    course = course_of(pk)
    form = SignUpForm(request.POST or None, places=villages(request.acting.place))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.enrol(course_id=pk, who=form.said(), by=request.acting, token=form.cleaned_data["token"])
        except Refused as refused:
            show_refusal(form, refused)
        else:
            against = [f"{one.outcome.label}：{one.text}" for one in queries.findings_of(made) if one.remedy]
            waits = made.state == EnrolmentState.WAITING
            messages.success(request, f"{made.name}已报名{'，名额已满，排在候补' if waits else ''}。")
            for line in against:
                messages.warning(request, line)
            return redirect("training:enrol" if "again" in request.POST else "training:women", pk)
    context = {"form": form, "course": course}
    return render(request, "desk/training/enrol.html", context, status=422 if form.errors else 200)


@may(ENROL)
def take(request: ActingRequest, pk: int) -> HttpResponse:
    """A list kept in Excel, each row answered."""
    course = course_of(pk)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            begun = transfers.ask(
                kind=tables.IMPORT, data=file.read(), title=str(file.name), options={"course": pk}, by=request.acting
            )
        except (SheetError, Refused) as error:
            form.add_error("file", str(error))
        else:
            return redirect("transfers:show", begun.pk)
    context = {"form": form, "course": course, "columns": tables.SIGN_UP.columns}
    return render(request, "desk/training/import.html", context, status=422 if form.errors else 200)


@may(ENROL)
@require_GET
def template(request: ActingRequest) -> HttpResponseBase:
    return workbook("培训报名表模板", lambda out: write_template(out, tables.SIGN_UP))


@may(READ)
@require_POST
def roster(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The roster as Excel; numbers in full for who may see them, which the trail says."""
    course, out = course_of(pk), io.BytesIO()
    full = request.acting.may(Verb.REVEAL_IDENTITY)
    rows = tables.write_roster(out, course, full=full)
    actions.note_export(
        course_id=pk, what="学员名册" + ("（含完整证件号）" if full else ""), rows=rows, by=request.acting
    )
    return download(f"{course.title}学员名册.xlsx", out.getvalue())


@may(MANAGE)
@require_POST
def accept_all(request: ActingRequest, pk: int) -> HttpResponse:
    course_of(pk)
    try:
        done, left = actions.accept_all(course_id=pk, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, f"录取{done}人。" + (f"还有{left}人没有录取：名额已满，或资格待核实、不符合。" if left else "")
        )
    return redirect("training:women", pk)


# ---------------------------------------------------------------- one of them


def _woman(pk: int) -> Enrolment:
    try:
        return queries.enrolment(pk)
    except Enrolment.DoesNotExist as error:
        raise Http404 from error


def _up(one: Enrolment) -> list[tuple[str, str]]:
    return [
        ("技能培训", reverse("training:index")),
        (one.course.title, reverse("training:women", args=[one.course_id])),
        (one.name, reverse("training:enrolment", args=[one.pk])),
    ]


@may(READ)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """One woman and one class: what she stated, what the rules say, what came of it."""
    return _page(request, _woman(pk))


def _page(request: ActingRequest, one: Enrolment, phone: str = "") -> HttpResponse:
    by, runs = request.acting, runs_it(one.course, request.acting)
    state = EnrolmentState(one.state)
    masked = masking.mask_phone(one.facts.phone.reveal()) if one.facts.phone else ""
    context = {
        "one": one, "course": one.course, "tone": TONES[state], "findings": queries.findings_of(one), "phone": phone,
        "masked": masked, "place": org.place_name(one.place), "calls": list(one.follow_ups.all()),
        "may_accept": runs and state in (EnrolmentState.APPLIED, EnrolmentState.WAITING),
        "may_drop": runs and state in (EnrolmentState.ACCEPTED, EnrolmentState.ATTENDING),
        "may_prove": by.may(ENROL) and state in LIVE and codes.contains(by.place, one.place),
        "may_withdraw": by.may(ENROL) and state in (EnrolmentState.APPLIED, EnrolmentState.WAITING, EnrolmentState.ACCEPTED),
        "may_call": by.may(FOLLOW_UP) or by.may(Verb.REVEAL_IDENTITY), "may_uncertify": by.may(Verb.CERTIFICATE_REVOKE) and one.certified_on,
    }  # fmt: skip
    return render(request, "desk/training/woman.html", context)


@may(ENROL)
@sensitive_post_parameters()
def prove(request: ActingRequest, pk: int) -> HttpResponse:
    one = _woman(pk)
    form = ProveForm(request.POST or None, enrolment=one)

    def do(data: dict[str, Any]) -> str:
        proved = actions.prove(
            enrolment_id=pk, proof=data["proof"], by=request.acting, number=data.get("number", ""),
            rural={"yes": True, "no": False}.get(data["rural"]), away_months=data["away_months"],
        )  # fmt: skip
        return f"已核实：{proved.facts.get_verdict_display()}。"

    back = reverse("training:enrolment", args=[pk])
    return ask(
        request,
        form,
        do,
        title="核实参训资格",
        button="保存",
        back=back,
        up=_up(one),
        subtitle="看原件，写明看了什么。",
    )


ENDS = {
    "refuse": (actions.refuse, "不予录取", "已告知不予录取，她在手机上看得到原因。"),
    "drop": (actions.drop, "退出培训", "已退出，到过的课仍留着。"),
}


@may(MANAGE, Verb.CERTIFICATE_REVOKE)
def end(request: ActingRequest, pk: int, step: str) -> HttpResponse:
    """Refuse, let go, or take a certificate back, with a reason."""
    one = _woman(pk)
    acts = {**ENDS, "uncertify": (actions.take_certificate_back, "收回结业证书", "证书已撤销，查验页即时显示。")}
    if step not in acts:
        raise Http404
    act, title, said = acts[step]

    def do(data: dict[str, Any]) -> str:
        act(enrolment_id=pk, reason=data["reason"], by=request.acting)
        return said

    back = reverse("training:enrolment", args=[pk])
    return ask(
        request,
        ReasonForm(request.POST or None),
        do,
        title=title,
        button=title,
        back=back,
        up=_up(one),
        danger=f"确定{title}吗？",
    )


@may(MANAGE, ENROL, FOLLOW_UP, Verb.REVEAL_IDENTITY)
@require_POST
def do(request: ActingRequest, pk: int, step: str) -> HttpResponse:
    """Accept her, take her name off, say that she was told, or read her telephone to call her."""
    one = _woman(pk)
    try:
        match step:
            case "accept":
                actions.accept(enrolment_id=pk, by=request.acting)
                messages.success(request, f"已录取{one.name}，名字在签到名册上了。")
            case "withdraw":
                actions.withdraw(enrolment_id=pk, by=request.acting)
                messages.success(request, "已取消报名。")
            case "told":
                actions.told(enrolment_id=pk, by=request.acting)
                messages.success(request, f"已登记告知{one.name}。")
                return redirect("training:to_tell")
            case "phone":
                return _page(request, one, actions.reveal_phone(enrolment_id=pk, by=request.acting) or "没有留手机号")
            case _:
                raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("training:enrolment", pk)
