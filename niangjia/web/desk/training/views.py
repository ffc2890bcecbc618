"""Skills training at the desk: the projects of a year and what they came to, and the standards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, counting
from niangjia.core.codes import Level
from niangjia.training import actions, queries
from niangjia.training.kinds import ClassKind, CourseState
from niangjia.training.models import Project, Standard
from niangjia.web.desk.ask import ask
from niangjia.web.desk.training.forms import ProjectForm, StandardForm
from niangjia.web.guard import ActingRequest, may

READ, MANAGE, ENROL = Verb.TRAINING_READ, Verb.TRAINING_MANAGE, Verb.TRAINING_ENROL
APPROVE, FOLLOW_UP = Verb.TRAINING_APPROVE, Verb.TRAINING_FOLLOW_UP
PAGE = 30
TONES = {
    CourseState.PLANNED: "due", CourseState.APPROVED: "tea", CourseState.ENROLLING: "ok", CourseState.RUNNING: "plum",
    CourseState.EXAM: "plum", CourseState.CLOSED: "plain", CourseState.SUBSIDY_CLAIMED: "due", CourseState.AUDITED: "ok",
    CourseState.CANCELLED: "bad",
}  # fmt: skip


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """A year's projects with their figures, and the classes that go on."""
    projects = list(queries.projects())
    years = sorted({one.year for one in projects}, reverse=True)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else (years[0] if years else clock.today().year)
    state = request.GET.get("state", "")
    classes = queries.with_counts(queries.courses().filter(project__year=year))
    if state in CourseState.values:
        classes = classes.filter(state=state)
    page = Paginator(classes, PAGE).get_page(request.GET.get("page"))
    context = {
        "year": year, "years": sorted({year, *years}, reverse=True), "state": state, "states": CourseState.choices,
        "lines": queries.progress([one for one in projects if one.year == year]), "page": page, "rows": [(one, TONES[CourseState(one.state)]) for one in page],
        "waiting": counting.count_all(queries.waiting(request.acting.place, clock.today())), "may_manage": request.acting.may(MANAGE),
        "may_call": request.acting.may(FOLLOW_UP), "may_set": _may_set(request),
    }  # fmt: skip
    return render(request, "desk/training/index.html", context)


def _may_set(request: ActingRequest) -> bool:
    return request.acting.may(MANAGE) and request.acting.level is Level.DISTRICT


def _project(pk: int) -> Project:
    try:
        return queries.projects().get(pk=pk)
    except Project.DoesNotExist as error:
        raise Http404 from error


@may(READ)
@require_GET
def project(request: ActingRequest, pk: int) -> HttpResponse:
    """What one project came to, each figure counted, and its classes."""
    found = _project(pk)
    (line,) = queries.progress([found])
    classes = queries.with_counts(queries.courses().filter(project=found))
    context = {
        "project": found, "line": line, "rows": [(one, TONES[CourseState(one.state)]) for one in classes],
        "may_manage": request.acting.may(MANAGE), "may_edit": request.acting.may(MANAGE) and codes.contains(request.acting.place, found.place),
    }  # fmt: skip
    return render(request, "desk/training/project.html", context)


@may(MANAGE)
def new_project(request: ActingRequest) -> HttpResponse:
    initial = {"year": clock.today().year, "kind": ClassKind.SKILLS, "unit_price": Decimal(0), "target_heads": 0}
    form = ProjectForm(request.POST or None, initial=initial)
    made: list[Project] = []

    def do(data: dict[str, Any]) -> str:
        made.append(actions.save_project(by=request.acting, **data))
        return "项目已建立，可以在它下面开班。"

    home = reverse("training:index")
    return ask(
        request, form, do, title="新建培训项目", button="保存", back=home, up=[("技能培训", home)],
        then=lambda: reverse("training:project", args=[made[0].pk]),
    )  # fmt: skip


@may(MANAGE)
def edit_project(request: ActingRequest, pk: int) -> HttpResponse:
    found = _project(pk)
    form = ProjectForm(request.POST or None, initial=ProjectForm.known(found))

    def do(data: dict[str, Any]) -> str:
        actions.save_project(by=request.acting, project_id=pk, **data)
        return "已保存。"

    back = reverse("training:project", args=[pk])
    up = [("技能培训", reverse("training:index")), (found.title, back)]
    return ask(request, form, do, title="修改培训项目", button="保存", back=back, up=up)


@may(READ)
@require_GET
def standards(request: ActingRequest) -> HttpResponse:
    """The limits in force and those before, by kind of class."""
    today = clock.today()
    found: dict[str, list[tuple[Standard, bool]]] = {}
    for one in queries.standards():
        listed = found.setdefault(one.get_kind_display(), [])
        listed.append((one, one.valid_from <= today and not any(current for _, current in listed)))
    return render(request, "desk/training/standards.html", {"groups": found.items(), "may_set": _may_set(request)})


@may(MANAGE)
def standard(request: ActingRequest, kind: str) -> HttpResponse:
    """New limits from a day on."""
    if kind not in ClassKind.values:
        raise Http404
    today = clock.today()
    form = StandardForm(request.POST or None, initial=StandardForm.known(queries.standard(kind, today)))

    def do(data: dict[str, Any]) -> str:
        actions.save_standard(kind=ClassKind(kind), by=request.acting, **data)
        return "标准已保存。"

    back = reverse("training:standards")
    return ask(
        request, form, do, title=f"{ClassKind(kind).label}的标准", button="保存", back=back,
        up=[("技能培训", reverse("training:index")), ("培训标准", back)],
    )  # fmt: skip
