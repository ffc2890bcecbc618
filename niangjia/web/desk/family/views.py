"""The matrix of duties, one unit, the figures, papers and exemptions, what the partners agreed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import ActorKind
from niangjia.channels import queries as channels
from niangjia.channels.kinds import Form
from niangjia.core import clock, codes, measures
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.family_education import actions, queries, rules
from niangjia.family_education.kinds import How, Party
from niangjia.family_education.models import Duty, Paper
from niangjia.org import queries as org
from niangjia.reports.tables import family as tables
from niangjia.web.desk.ask import ask
from niangjia.web.desk.family import forms
from niangjia.web.desk.family.page import (
    MANAGE,
    PAGE,
    READ,
    RECORD,
    bearer,
    may_speak,
    number_of,
    tabs,
    upload,
    within,
    year_asked,
    years,
)
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

FIGURES = (
    "activities", "mobile", "school", "theme", "online", "entered", "heads", "mobile_heads", "schools_met",
    "kindergartens_met", "towns_met", "lecturers", "schools", "model_schools",
)  # fmt: skip


def _parties(request: ActingRequest) -> list[Party]:
    """Which parties lie in her range."""
    found = [Party.TOWN, Party.SCHOOL, Party.KINDERGARTEN]
    whole = request.acting.kind is ActorKind.PARTNER or request.acting.level is Level.DISTRICT
    return [*found, Party.DEPARTMENT, Party.FEDERATION] if whole else found


def _asked_board(request: ActingRequest, asked_for: QueryDict) -> queries.Board:
    asked, town = asked_for.get("kind", ""), asked_for.get("town", "")
    party = next((one for one in _parties(request) if one == asked), Party.TOWN)
    where = within(request.acting)
    if party in (Party.SCHOOL, Party.KINDERGARTEN) and codes.is_code(town) and codes.contains(where, town):
        where = town
    return queries.board(party=party, year=year_asked(request), today=clock.today(), within=where)


@may(READ, RECORD)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Units × duties. A school has a page of its own, a village its activities."""
    acting = request.acting
    if not acting.may(READ):
        return redirect("our_family:index")
    if acting.kind is ActorKind.DESK and acting.level is Level.VILLAGE:
        return redirect("family:activities")
    board = _asked_board(request, request.GET)
    only = request.GET.get("show") == "open"
    lines = [line for line in board.lines if line.open] if only else list(board.lines)
    page = Paginator(lines, 60).get_page(request.GET.get("page"))
    year, town = board.year, request.GET.get("town", "")
    context = {
        "tabs": tabs(acting, "matrix"), "board": board, "page": page, "year": year, "years": years(year), "town": town,
        "parties": [(one.value, one.label, one == board.party) for one in _parties(request)],
        "towns": list(org.divisions_within(within(acting), Level.TOWN).values_list("code", "short_name")),
        "columns": [(board.column(at), duty, period, board.met(at)) for at, (duty, period) in enumerate(board.columns)],
        "rows": [
            (line, org.place_name(line.bearer.place), [(item, board.column(at)) for at, item in enumerate(line.items)])
            for line in page
        ],
        "only": only, "listed": board.party in (Party.DEPARTMENT, Party.FEDERATION),
        "by_place": board.party in (Party.SCHOOL, Party.KINDERGARTEN), "may_manage": acting.may(MANAGE),
        "endpoints": list(channels.groups(Form.TEXT)) if acting.may(MANAGE) else [],
        "unset": board.terms_missing,
    }  # fmt: skip
    return render(request, "desk/family/index.html", context)


@may(READ)
@require_POST
def matrix_file(request: ActingRequest) -> HttpResponse:
    board = _asked_board(request, request.POST)
    name = f"家庭教育职责清单{board.party.label}{board.year}"
    return workbook(name, lambda out: tables.write_board(out, board, by=request.acting))


@may(MANAGE)
@require_POST
def remind(request: ActingRequest) -> HttpResponse:
    """Tell those whose period ends within a month; each once."""
    number, chosen = year_asked(request), request.POST.get("endpoint", "")
    endpoint = channels.groups(Form.TEXT).filter(pk=number_of(chosen)).first()
    try:
        told = actions.remind(year=number, by=request.acting, endpoint=endpoint)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        said = (
            f"已提醒{told}个单位，每个学期（年度）只提醒一次。"
            if told
            else "没有要提醒的：期末前30天内还没完成的，都提醒过了。"
        )
        messages.success(request, said)
    return redirect(f"{reverse('family:index')}?year={number}")


# ---------------------------------------------------------------- one unit


def unit_context(request: ActingRequest, found: queries.Bearer) -> dict[str, Any]:
    """What a unit owes, has shown and has held in a year: for its page at the desk and its own."""
    number, today = year_asked(request), clock.today()
    board = queries.board_of(found, year=number, today=today)
    speaks, school = may_speak(request.acting, found.unit.pk), found.school
    held = queries.activities().filter(queries.of_unit(found.unit.pk), queries.in_period(rules.year_of(number)))
    return {
        "bearer": found, "unit": found.unit, "place": org.place_name(found.place), "year": number, "years": years(number),
        "items": board.lines[0].owed, "standing": [one for one in board.standing if queries.bears(found, one)],
        "unset": board.terms_missing, "papers": queries.papers_of(found.unit, number),
        "reminders": queries.reminders_of(found.unit, number), "activities": list(held[:PAGE]), "today": today,
        "school": school, "speaks": speaks, "may_manage": request.acting.may(MANAGE),
        "may_record": request.acting.may(RECORD) and request.acting.unit_id == found.unit.pk,
        "terms": board.terms if school else (),
    }  # fmt: skip


@may(READ, RECORD)
@require_GET
def unit(request: ActingRequest, pk: int) -> HttpResponse:
    context = unit_context(request, bearer(request, pk))
    return render(request, "desk/family/unit.html", {**context, "tabs": tabs(request.acting, "matrix")})


def _unit_page(request: ActingRequest, pk: int) -> str:
    """Back to the unit, as she knows it."""
    own = request.acting.kind is ActorKind.PARTNER and request.acting.unit_id == pk
    return reverse("our_family:index") if own else reverse("family:unit", args=[pk])


def _asked_duty(request: ActingRequest, found: queries.Bearer) -> tuple[Duty, str]:
    """The duty and the period of an address such as ?duty=3&period=2026."""
    duty = Duty.objects.filter(pk=number_of(request.GET.get("duty", ""))).first()
    period = queries.period(request.GET.get("period", ""))
    if duty is None or period is None or not queries.bears(found, duty):
        raise Http404
    return duty, period.key


@may(READ, RECORD)
def paper(request: ActingRequest, pk: int) -> HttpResponse:
    """What shows that a duty is done, with a file if there is one."""
    found = bearer(request, pk)
    duty, period = _asked_duty(request, found)
    if not may_speak(request.acting, pk) or duty.how != How.PAPER:
        raise Http404
    form = forms.PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.show_paper(
                duty_id=duty.pk, unit_id=pk, period=period, text=form.cleaned_data["text"], by=request.acting,
                file=upload(request, "file", "family_paper", found.place),
            )  # fmt: skip
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"“{duty.what}”已登记完成。")
            return redirect(_unit_page(request, pk))
    context = {"form": form, "unit": found.unit, "duty": duty, "period": period, "back": _unit_page(request, pk)}
    return render(request, "desk/family/paper.html", context, status=422 if form.errors else 200)


@may(READ, RECORD)
@require_POST
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    one = Paper.objects.filter(pk=pk).first()
    if one is None:
        raise Http404
    actions.withdraw_paper(paper_id=pk, by=request.acting)
    messages.success(request, "材料已撤下，记录保留。")
    return redirect(_unit_page(request, one.unit_id))


@may(MANAGE)
def exempt(request: ActingRequest, pk: int) -> HttpResponse:
    found = bearer(request, pk)
    duty, period = _asked_duty(request, found)

    def do(data: dict[str, Any]) -> str:
        actions.exempt(duty_id=duty.pk, unit_id=pk, period=period, reason=data["reason"], by=request.acting)
        return "已免除，原因一并显示。"

    back = reverse("family:unit", args=[pk])
    return ask(
        request, forms.ReasonForm(request.POST or None), do, title="免除一项职责", button="免除",
        subtitle=f"{found.unit.short_name}：{duty.what}", back=back, up=[("家庭教育", reverse("family:index")), (found.unit.short_name, back)],
    )  # fmt: skip


@may(MANAGE)
@require_POST
def end_exemption(request: ActingRequest, pk: int) -> HttpResponse:
    found = bearer(request, pk)
    period, duty = request.POST.get("period", ""), number_of(request.POST.get("duty", ""))
    actions.end_exemption(duty_id=duty, unit_id=found.unit.pk, period=period, by=request.acting)
    messages.success(request, "已取消免除。")
    return redirect("family:unit", pk)


@may(READ, RECORD)
def plan(request: ActingRequest, pk: int, semester: int) -> HttpResponse:
    """What a parents' school means to do in a term."""
    found = bearer(request, pk)
    school, term = found.school, queries.semesters().filter(pk=semester).first()
    if school is None or term is None or not may_speak(request.acting, pk):
        raise Http404

    def do(data: dict[str, Any]) -> str:
        actions.plan_term(school_id=school.pk, semester_id=term.pk, text=data["text"], by=request.acting)
        return "学期计划已保存。"

    form = forms.PlanForm(request.POST or None, initial={"text": queries.term_plan(school, term)})
    back = _unit_page(request, pk)
    return ask(
        request, form, do, title=f"{term}计划", button="保存", subtitle=found.unit.short_name, back=back,
        up=[(found.unit.short_name, back)],
    )  # fmt: skip


# ---------------------------------------------------------------- figures


@may(READ)
@require_GET
def figures(request: ActingRequest) -> HttpResponse:
    """The numbers of a year; each is a measure and leads to the records it counts."""
    number, where = year_asked(request), within(request.acting)
    span = rules.year_of(number)
    found = [(key, measures.get(f"family.{key}")) for key in FIGURES]
    # All of her range lies in one district: its figure is that of the range, and all come in one statement.
    figures = measures.by_place_of(
        [one for _, one in found], level=Level.DISTRICT, within=where, since=span.starts_on, until=span.ends_on + clock.ONE_DAY
    )  # fmt: skip
    rows = [(key, one, sum(figures[one.key].values())) for key, one in found]
    context = {
        "tabs": tabs(request.acting, "figures"), "year": number, "years": years(number), "rows": rows,
        "venues": queries.by_venue(where, span),
    }  # fmt: skip
    return render(request, "desk/family/figures.html", context)


@may(READ)
@require_GET
def behind(request: ActingRequest, key: str) -> HttpResponse:
    """The records behind a figure: the same query."""
    if key not in FIGURES:
        raise Http404
    measure, number = measures.get(f"family.{key}"), year_asked(request)
    span = rules.year_of(number)
    found = measures.records(
        measure, place=within(request.acting), since=span.starts_on, until=span.ends_on + clock.ONE_DAY
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = []
    for one in page:
        target = measure.detail(one) if measure.detail else None
        rows.append(
            (measure.caption(one), reverse(target[0], kwargs=target[1]) if target else "", org.place_name(one.place))
        )
    context = {"tabs": tabs(request.acting, "figures"), "measure": measure, "year": number, "page": page, "rows": rows}
    return render(request, "desk/family/behind.html", context)


# ---------------------------------------------------------------- together


@may(READ)
@require_GET
def meetings(request: ActingRequest) -> HttpResponse:
    """Minutes and joint notices, and what each department bears."""
    number = clock.today().year
    departments = queries.bearers(Party.DEPARTMENT, codes.district_of(request.acting.place))
    context = {
        "tabs": tabs(request.acting, "meetings"), "meetings": list(queries.meetings()[:PAGE]),
        "may_manage": request.acting.may(MANAGE),
        "duties": [
            (duty, [one.unit.short_name for one in departments if queries.bears(one, duty)])
            for duty in queries.duties_of(Party.DEPARTMENT, number)
        ],
    }  # fmt: skip
    return render(request, "desk/family/meetings.html", context)


@may(MANAGE)
def new_meeting(request: ActingRequest) -> HttpResponse:
    form = forms.MeetingForm(request.POST or None, initial={"held_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            keep = upload(request, "file", "family_meeting", codes.district_of(request.acting.place))
            actions.keep_meeting(by=request.acting, file=keep, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "已登记，各成员单位都能看到。")
            return redirect("family:meetings")
    return render(request, "desk/family/meeting.html", {"form": form}, status=422 if form.errors else 200)
