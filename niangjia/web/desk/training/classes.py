"""One class: what it is, its timetable, its way from plan to audit, its folder."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.attendance import queries as attendances
from niangjia.core import codes
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.core.zips import stream_zip
from niangjia.files import actions as files
from niangjia.files.kinds import FileError, FileKind
from niangjia.files.models import StoredFile
from niangjia.letters import pdf
from niangjia.org import queries as org
from niangjia.reports.documents import training as documents
from niangjia.training import actions, queries, rules
from niangjia.training.kinds import OPEN, CourseState, PaperKind
from niangjia.training.models import Course, Paper
from niangjia.web.desk.ask import ask
from niangjia.web.desk.training.forms import CourseForm, LessonForm, PaperForm, ReasonForm, StartForm
from niangjia.web.desk.training.views import APPROVE, MANAGE, READ, TONES
from niangjia.web.downloads import streamed
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

KINDS = {FileKind.IMAGE, FileKind.PDF, FileKind.DOCX, FileKind.XLSX}
MOST_FILES = 12


def course_of(pk: int) -> Course:
    try:
        return queries.course(pk)
    except Course.DoesNotExist as error:
        raise Http404 from error


def runs_it(course: Course, by: Acting) -> bool:
    """Whether she may change this class."""
    return by.may(MANAGE) and codes.contains(by.place, course.place)


def frame(request: ActingRequest, course: Course, tab: str) -> dict[str, Any]:
    """What every page of a class shows."""
    return {
        "course": course, "tone": TONES[CourseState(course.state)], "tab": tab, "may_manage": runs_it(course, request.acting),
        "place_name": org.place_name(course.place), "may_enrol": request.acting.may(Verb.TRAINING_ENROL) and course.state in OPEN,
        "may_approve": request.acting.may(APPROVE),
    }  # fmt: skip


@may(READ, Verb.TRAINING_TEACH)
@require_GET
def show(request: ActingRequest, pk: int) -> HttpResponse:
    """What the class is, how many there are, what comes next; a training body has a page of its own."""
    course = course_of(pk)
    if not request.acting.may(READ):
        return redirect("our_training:course", pk)
    limits = queries.standard(course.kind, course.starts_on)
    seated, waiting = queries.seats(course.pk)
    heads = attendances.heads([course.about])
    context = {
        **frame(request, course, "show"), "standard": limits, "seated": seated, "waiting": waiting,
        "left": max(0, course.capacity - seated), "heads": heads, "satisfaction": queries.satisfaction(course.pk),
        "placement": queries.placement_of(course.pk), "least": rules.LEAST_SHOWN, "start": StartForm(),
        "suspicions": queries.suspicions(course),
    }  # fmt: skip
    return render(request, "desk/training/course.html", context)


def places_of(place: str) -> Any:
    """Where a class may be held: in one's own range, villages by town."""
    match codes.level_of(place):
        case Level.VILLAGE:
            return [(place, org.place_name(place))]
        case Level.TOWN:
            villages = [(one.code, one.short_name) for one in org.divisions_within(place, Level.VILLAGE)]
            return [(place, org.place_name(place)), *villages]
        case Level.DISTRICT:
            return [("", "请选择"), (place, org.place_name(place)), *org.village_choices(place)]


def _form(request: ActingRequest, initial: dict[str, Any]) -> CourseForm:
    return CourseForm(
        request.POST or None, places=places_of(request.acting.place), trainers=queries.trainers(), initial=initial
    )


def _form_page(request: ActingRequest, form: CourseForm, title: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "subjects": queries.subjects()}
    return render(request, "desk/training/course_form.html", context, status=422 if form.errors else 200)


@may(MANAGE)
def new(request: ActingRequest, pk: int) -> HttpResponse:
    """A class of a project; like the last one unless said otherwise."""
    last = queries.courses().filter(project_id=pk).first()
    back = reverse("training:project", args=[pk])
    if not queries.projects().filter(pk=pk).exists():
        raise Http404
    usual = (
        {key: getattr(last, key) for key in ("level", "hours", "capacity", "trainer", "contact", "has_exam")}
        if last
        else {}
    )
    form = _form(request, {"capacity": 40, **usual})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan_course(
                project_id=pk, by=request.acting, token=form.cleaned_data["token"], **form.given()
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "班次已登记。排好课程表、写好教学计划后，请区妇联领导批准。")
            return redirect("training:timetable", made.pk)
    return _form_page(request, form, "开新班", back)


@may(MANAGE)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    course = course_of(pk)
    form = _form(request, CourseForm.known(course))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_course(
                course_id=pk, by=request.acting, revision=form.cleaned_data["revision"], **form.given()
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已保存。")
            return redirect("training:course", pk)
    return _form_page(request, form, "修改班次", reverse("training:course", args=[pk]))


@may(READ)
def timetable(request: ActingRequest, pk: int) -> HttpResponse:
    """The lessons, each leading to where one signs in; and adding days to them."""
    course = course_of(pk)
    initial = {"first": course.starts_on, "last": course.ends_on, "teacher": course.teachers[:40]}
    form = LessonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.set_timetable(course_id=pk, lessons=form.lessons(), by=request.acting)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"排了{len(made)}天课。" if made else "这些时间已经排过，没有重复。")
            return redirect("training:timetable", pk)
    sessions = list(attendances.sessions_of(course.about))
    heads = attendances.attendances([one.pk for one in sessions])
    context = {
        **frame(request, course, "timetable"), "form": form, "lessons": [(one, heads.get(one.pk, 0)) for one in sessions],
        "may_plan": runs_it(course, request.acting) and course.state in (CourseState.PLANNED, CourseState.APPROVED, *OPEN),
    }  # fmt: skip
    return render(request, "desk/training/timetable.html", context, status=422 if form.errors else 200)


STEPS = {
    "approve": (actions.approve, "已批准，可以开始报名。"),
    "open": (actions.open_enrolment, "已开始报名。手机门户和村（社区）都能报了。"),
    "exam": (actions.begin_exam, "进入考核，请登记成绩。"),
    "close": (actions.close, "已结业：出勤够的结业，不够的写明了原因；回访名单已排好。"),
}


@may(MANAGE, APPROVE)
@require_POST
def move(request: ActingRequest, pk: int, step: str) -> HttpResponse:
    """One step on the class's way."""
    course_of(pk)
    sent = request.POST.get("revision", "")
    revision = int(sent) if sent.isdecimal() and len(sent) < 9 else None
    try:
        if step == "start":
            form = StartForm(request.POST)
            why = form.cleaned_data["small_why"] if form.is_valid() else ""
            actions.start(course_id=pk, by=request.acting, revision=revision, small_why=why)
            messages.success(request, "已开班，录取的人都在签到名册上。")
        elif step in STEPS:
            act, said = STEPS[step]
            act(course_id=pk, by=request.acting, revision=revision)
            messages.success(request, said)
        else:
            raise Http404
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("training:course", pk)


@may(MANAGE)
def cancel(request: ActingRequest, pk: int) -> HttpResponse:
    course = course_of(pk)

    def do(data: dict[str, Any]) -> str:
        actions.cancel(course_id=pk, reason=data["reason"], by=request.acting)
        return "已取消。报了名的人列在“待告知”里，告知一次就不再重复。"

    back = reverse("training:course", args=[pk])
    return ask(
        request, ReasonForm(request.POST or None), do, title=f"取消{course.title}", button="取消这个班", back=back,
        up=[("技能培训", reverse("training:index")), (course.title, back)], danger="确定取消这个班吗？取消后不能恢复。",
        subtitle="报了名的人在手机上看得到原因，村（社区）会收到待告知名单。",
    )  # fmt: skip


def feedback_address(request: HttpRequest, course: Course) -> str:
    return request.build_absolute_uri(reverse("public_training:feedback", args=[course.feedback_code]))


@may(READ)
@require_GET
def poster(request: ActingRequest, pk: int) -> HttpResponse:
    """A page for the wall: signing up before the class, the form of satisfaction after it."""
    course = course_of(pk)
    sign_up = request.build_absolute_uri(reverse("public_training:show", args=[pk]))
    open_ = course.state == CourseState.ENROLLING
    where = sign_up if open_ else feedback_address(request, course)
    context = {
        "course": course,
        "open": open_,
        "picture": pdf.qr_address(where),
        "address": where,
        "place_name": org.place_name(course.place),
    }
    return render(request, "desk/training/poster.html", context)


# ---------------------------------------------------------------- the folder


@may(READ)
def papers(request: ActingRequest, pk: int) -> HttpResponse:
    """What is in the folder, what an auditor would miss, and putting papers in."""
    course = course_of(pk)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        problem = put_in(request, course, form)
        if problem is None:
            return redirect("training:papers", pk)
        form.add_error(None, problem)
    found = list(queries.papers_of(pk))
    groups = [(kind, [one for one in found if one.kind == kind]) for kind in PaperKind]
    context = {
        **frame(request, course, "papers"), "form": form, "groups": [(kind, listed) for kind, listed in groups if listed],
        "missing": queries.missing_papers({one.kind for one in found}, course),
        "may_add": runs_it(course, request.acting) and course.state != CourseState.CANCELLED,
    }  # fmt: skip
    return render(request, "desk/training/papers.html", context, status=422 if form.errors else 200)


def put_in(request: ActingRequest, course: Course, form: PaperForm) -> str | None:
    """Store what was sent with the form; why not, if it cannot be."""
    sent = request.FILES.getlist("files")[:MOST_FILES]
    if not sent:
        return "请选择文件。"
    kind = PaperKind(form.cleaned_data["kind"])
    try:
        with transaction.atomic():
            for file in sent:
                actions.add_paper(
                    course_id=course.pk, kind=kind, title=form.cleaned_data["title"] if len(sent) == 1 else "",
                    by=request.acting, file=partial(_stored, request, course, file),
                )  # fmt: skip
    except (Refused, FileError) as error:
        return str(error)
    messages.success(request, f"存入{len(sent)}份。")
    return None


def _stored(request: ActingRequest, course: Course, file: UploadedFile[Any]) -> StoredFile:
    return files.store(
        name=file.name or "",
        data=file.read(),
        purpose="training_paper",
        place=course.place,
        by=request.acting,
        kinds=KINDS,
    )


@may(MANAGE)
@require_POST
def remove_paper(request: ActingRequest, pk: int) -> HttpResponse:
    paper = Paper.objects.filter(pk=pk).first()
    if paper is None:
        raise Http404
    actions.remove_paper(paper_id=pk, by=request.acting)
    messages.success(request, "已撤下。")
    return redirect("training:papers", paper.course_id)


@may(READ)
@require_POST
def evidence(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Everything that proves a class as one zip, sent while it is made."""
    course = course_of(pk)
    full = request.acting.may(Verb.REVEAL_IDENTITY)
    members = documents.evidence(course, full=full)  # rows are read under the post that asks; bytes follow
    actions.note_export(
        course_id=pk, what="结业资料" + ("（含完整证件号）" if full else ""), rows=len(members), by=request.acting
    )
    return streamed(f"{course.title}.zip", stream_zip(members))
