"""What came of a class: scores, certificates, the claim."""

from __future__ import annotations

import io
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core.outcome import Outcome
from niangjia.core.refused import Refused
from niangjia.letters.kinds import SheetError
from niangjia.org import queries as org
from niangjia.reports.tables import training as tables
from niangjia.training import actions, queries, rules
from niangjia.training.actions import Score
from niangjia.training.kinds import HELD, TAUGHT, CourseState, EnrolmentState
from niangjia.training.models import Course, Enrolment
from niangjia.web.desk.ask import ask
from niangjia.web.desk.training.classes import course_of, frame, runs_it
from niangjia.web.desk.training.forms import AuditForm, FileForm, ReasonForm
from niangjia.web.desk.training.views import APPROVE, MANAGE, READ
from niangjia.web.downloads import download, workbook
from niangjia.web.guard import ActingRequest, may

TEACH = Verb.TRAINING_TEACH
SHOWN = (
    EnrolmentState.ATTENDING,
    EnrolmentState.COMPLETED,
    EnrolmentState.CERTIFIED,
    EnrolmentState.PLACED,
    EnrolmentState.DROPPED,
)


def may_score(request: ActingRequest, course: Course) -> bool:
    if request.acting.may(TEACH):
        return course.state in TAUGHT
    return runs_it(course, request.acting) and course.state in (*TAUGHT, CourseState.CLOSED)


@may(READ)
def exam(request: ActingRequest, pk: int) -> HttpResponse:
    """Scores typed in one go, from Excel, and the certificates that follow."""
    course = course_of(pk)
    wrong: dict[int, str] = {}
    if request.method == "POST":
        if not may_score(request, course):
            return redirect("training:exam", pk)
        wrong = typed(request, course)
        if not wrong:
            return redirect("training:exam", pk)
    return exam_page(request, course, wrong)


def exam_page(request: ActingRequest, course: Course, wrong: dict[int, str], answers: Any = ()) -> HttpResponse:
    limits = queries.standard(course.kind, course.starts_on).limits
    women = [one for one in queries.enrolments(course.pk) if one.state in SHOWN]
    there = queries.attendance(course, women, limits)
    certificates = (
        {one.subject: one for one in queries.certificates_of(course)}
        if request.acting.may(Verb.CERTIFICATE_READ)
        else {}
    )
    context = {
        **frame(request, course, "exam"), "limits": limits, "may_score": may_score(request, course), "answers": answers,
        "form": FileForm(), "certificates": len(certificates),
        "may_certify": request.acting.may(Verb.CERTIFICATE_ISSUE) and course.state in HELD and runs_it(course, request.acting),
        "rows": [
            {
                "one": one, "there": there[one.pk], "enough": there[one.pk].enough, "wrong": wrong.get(one.pk, ""),
                "typed": request.POST.get(f"score_{one.pk}", "") if wrong else ("" if one.score is None else f"{one.score:g}"),
                "passed": rules.passed(one.score, limits), "certificate": certificates.get(one.about),
            }
            for one in women
        ],
    }  # fmt: skip
    return render(request, "desk/training/exam.html", context, status=422 if wrong else 200)


def typed(request: ActingRequest, course: Course) -> dict[int, str]:
    """Write down what was typed; what is wrong by woman. Nothing is written when anything is."""
    scores, wrong = [], {}
    for one in queries.enrolments(course.pk).filter(state__in=[EnrolmentState.ATTENDING, EnrolmentState.COMPLETED]):
        text = request.POST.get(f"score_{one.pk}")
        if text is None:
            continue
        try:
            score = tables.parse_score(text.strip()) if text.strip() else None
        except (ValueError, InvalidOperation) as error:
            wrong[one.pk] = f"{error}。请填0到100的数，缺考留空。"
        else:
            scores.append(Score(one.pk, one.name, score, one.pk))
    if wrong:
        return wrong
    try:
        told = actions.save_scores(course_id=course.pk, scores=scores, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
        return {}
    saved = sum(answer.outcome is Outcome.UPDATED for answer in told.values())
    messages.success(request, f"登记了{saved}人的成绩。" if saved else "成绩没有变化。")
    return {}


@may(READ, TEACH)
@require_POST
def scores(request: ActingRequest, pk: int) -> HttpResponse:
    """Scores from Excel, each row answered; an unknown name is never guessed."""
    course = course_of(pk)
    form = FileForm(request.POST, request.FILES)
    answers: Any = ()
    if not form.is_valid():
        messages.error(request, "请选择文件。")
    else:
        try:
            answers = tables.take_scores(form.cleaned_data["file"].read(), course, request.acting)
        except (SheetError, Refused) as error:
            messages.error(request, str(error))
    if request.acting.may(TEACH):
        for row, said in answers:
            if not said.startswith((Outcome.UPDATED, Outcome.SAME)):
                messages.error(request, f"第{row.number}行：{said}")
        return redirect("our_training:course", pk)
    return exam_page(request, course, {}, answers)


@may(READ, TEACH)
@require_GET
def scores_file(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The list to fill in."""
    course = course_of(pk)
    return workbook(f"{course.title}成绩表", lambda out: tables.write_scores(out, course))


@may(Verb.CERTIFICATE_ISSUE)
@require_POST
def certify(request: ActingRequest, pk: int) -> HttpResponse:
    course_of(pk)
    try:
        given = actions.certify(course_id=pk, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request,
            f"发了{len(given)}张证书，可以整班打印。" if given else "没有新的可发：结业且考核合格的都有证书了。",
        )
    return redirect("training:exam", pk)


@may(READ)
def claim(request: ActingRequest, pk: int) -> HttpResponse:
    """Who counts and who does not, with the reason; claiming and what was granted."""
    course = course_of(pk)
    if request.method == "POST":
        try:
            made = actions.claim(course_id=pk, by=request.acting)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"已申领：{made.heads}人，{made.amount}元。")
        return redirect("training:claim", pk)
    standing = queries.claim_of(pk) if course.state in (CourseState.SUBSIDY_CLAIMED, CourseState.AUDITED) else None
    women: list[tuple[Enrolment, str]] = []
    if standing is not None:
        women = [(line.enrolment, line.reason) for line in queries.lines_of(standing)]
    elif course.state == CourseState.CLOSED:
        drawn = sorted(queries.draw_up(course), key=lambda one: bool(one.reason))
        women = [(one.enrolment, one.reason) for one in drawn]
    heads = standing.heads if standing is not None else sum(not reason for _, reason in women)
    rows = [
        {"name": one.name, "place": org.place_name(one.place), "reason": reason, "pk": one.pk} for one, reason in women
    ]
    context = {
        **frame(request, course, "claim"), "claim": standing, "rows": rows, "heads": heads,
        "amount": rules.amount(heads, course.project.unit_price), "form": AuditForm(initial={"heads": heads}),
        "may_claim": runs_it(course, request.acting) and course.state == CourseState.CLOSED and course.project.unit_price > Decimal(0),
        "may_take_back": runs_it(course, request.acting) and course.state == CourseState.SUBSIDY_CLAIMED,
        "may_audit": request.acting.may(APPROVE) and course.state == CourseState.SUBSIDY_CLAIMED,
    }  # fmt: skip
    return render(request, "desk/training/claim.html", context)


def _up(course: Course) -> list[tuple[str, str]]:
    return [
        ("技能培训", reverse("training:index")), (course.title, reverse("training:course", args=[course.pk])),
        ("补贴申领", reverse("training:claim", args=[course.pk])),
    ]  # fmt: skip


@may(MANAGE)
def claim_back(request: ActingRequest, pk: int) -> HttpResponse:
    course = course_of(pk)

    def do(data: dict[str, Any]) -> str:
        actions.take_claim_back(course_id=pk, reason=data["reason"], by=request.acting)
        return "已撤回，可以改好后重新申领；原来的申领留着备查。"

    return ask(
        request, ReasonForm(request.POST or None), do, title="撤回申领", button="撤回", back=reverse("training:claim", args=[pk]),
        up=_up(course), danger="确定撤回这次申领吗？",
    )  # fmt: skip


@may(APPROVE)
def audit(request: ActingRequest, pk: int) -> HttpResponse:
    """What was granted of a claim."""
    course = course_of(pk)
    standing = queries.claim_of(pk)
    form = AuditForm(request.POST or None, initial={"heads": standing.heads if standing else 0})

    def do(data: dict[str, Any]) -> str:
        done = actions.audit(
            course_id=pk,
            heads=data["heads"],
            amount=data["amount"],
            opinion=data["opinion"],
            on=data["on"],
            by=request.acting,
        )
        return f"已审定：{done.audited_heads}人，{done.audited_amount}元。"

    return ask(
        request, form, do, title="登记审定结果", button="保存", back=reverse("training:claim", args=[pk]), up=_up(course),
        subtitle=f"申领{standing.heads}人，{standing.amount}元" if standing else "",
    )  # fmt: skip


@may(READ)
@require_POST
def claim_file(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The list of heads as Excel."""
    course, out = course_of(pk), io.BytesIO()
    full = request.acting.may(Verb.REVEAL_IDENTITY)
    rows = tables.write_claim(out, course, full=full)
    actions.note_export(
        course_id=pk, what="补贴申领名单" + ("（含完整证件号）" if full else ""), rows=rows, by=request.acting
    )
    return download(f"{course.title}补贴申领名单.xlsx", out.getvalue())
