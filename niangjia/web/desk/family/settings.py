"""What the operator sets: terms and the education day, duties, kinds of venue, the register of parents' schools."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.core import clock
from niangjia.family_education import actions, queries, rules
from niangjia.family_education.kinds import REGULATION, SchoolType, Season
from niangjia.family_education.models import Duty, School, VenueKind
from niangjia.letters.kinds import SheetError
from niangjia.letters.sheets import write_template
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.reports.tables import family as tables
from niangjia.transfers import actions as transfers
from niangjia.web.desk.ask import ask
from niangjia.web.desk.family import forms
from niangjia.web.desk.family.page import MANAGE, PAGE, READ, tabs, within, year_asked, years
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may

UP = "学期和职责"


def _up() -> list[tuple[str, str]]:
    return [(UP, reverse("family:settings"))]


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Terms, the day in its readings, the duties with their articles, the kinds of venue."""
    number = year_asked(request)
    known = {one.season: one for one in queries.semesters().filter(year=number)}
    context = {
        "tabs": tabs(request.acting, "settings"), "year": number, "years": [*years(number), clock.today().year + 1],
        "terms": [(season, known.get(season), rules.proposed_term(number, season)) for season in Season],
        "day": queries.education_day(number), "proposed": rules.proposed_days(number), "week": rules.national_week(number),
        "groups": queries.duties_by_party(), "venues": list(VenueKind.objects.all()),
        "may_manage": request.acting.may(MANAGE),
    }  # fmt: skip
    return render(request, "desk/family/settings.html", context)


@may(MANAGE)
def term(request: ActingRequest) -> HttpResponse:
    number = year_asked(request)
    season = Season.AUTUMN if request.GET.get("season") == Season.AUTUMN else Season.SPRING
    known = queries.semesters().filter(year=number, season=season).first()
    starts, ends = (known.starts_on, known.ends_on) if known else rules.proposed_term(number, season)
    initial = {"year": number, "season": season, "starts_on": starts, "ends_on": ends}

    def do(data: dict[str, Any]) -> str:
        actions.set_semester(by=request.acting, **{**data, "season": Season(data["season"])})
        return "学期已保存。"

    return ask(
        request, forms.TermForm(request.POST or None, initial=initial), do, title="设定学期", button="保存", up=_up(),
        subtitle="按区教委公布的校历填写；学期职责从开学日起列入清单。", back=f"{reverse('family:settings')}?year={number}",
    )  # fmt: skip


@may(MANAGE)
def day(request: ActingRequest) -> HttpResponse:
    number = year_asked(request)
    proposed = rules.proposed_days(number)
    initial = {"year": number, "day": queries.education_day(number) or proposed[0].day}

    def do(data: dict[str, Any]) -> str:
        actions.set_education_day(by=request.acting, **data)
        return "家庭教育日已保存。"

    return ask(
        request, forms.EducationDayForm(request.POST or None, initial=initial), do, title="设定家庭教育日", button="保存", up=_up(),
        subtitle="条例第九条“每年5月第三周的星期一”：" + "；".join(f"{one.reading}是{one.day:%Y-%m-%d}" for one in proposed) + "。",
        back=f"{reverse('family:settings')}?year={number}",
    )  # fmt: skip


@may(MANAGE)
def duty(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    one = Duty.objects.filter(pk=pk).first() if pk else None
    if pk and one is None:
        raise Http404
    names = forms.DutyForm.base_fields
    initial = (
        {key: getattr(one, key) for key in names}
        if one
        else {"regulation": REGULATION, "valid_from": clock.today(), "number": 1}
    )

    def do(data: dict[str, Any]) -> str:
        actions.keep_duty(duty_id=pk, by=request.acting, **data)
        return "职责已保存。"

    return ask(
        request, forms.DutyForm(request.POST or None, initial=initial), do, title="修改职责" if one else "添加职责", button="保存",
        up=_up(), back=reverse("family:settings"),
    )  # fmt: skip


@may(MANAGE)
def venue(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    one = VenueKind.objects.filter(pk=pk).first() if pk else None
    if pk and one is None:
        raise Http404
    initial = {key: getattr(one, key) for key in forms.VenueForm.base_fields} if one else None

    def do(data: dict[str, Any]) -> str:
        actions.keep_venue_kind(kind_id=pk, by=request.acting, **data)
        return "场所类别已保存。"

    return ask(
        request, forms.VenueForm(request.POST or None, initial=initial), do, title="场所类别", button="保存", up=_up(),
        back=reverse("family:settings"),
    )  # fmt: skip


# ---------------------------------------------------------------- parents' schools


@may(READ)
@require_GET
def schools(request: ActingRequest) -> HttpResponse:
    """The register, by place."""
    kind = request.GET.get("type", "")
    found = queries.schools()
    if kind in SchoolType.values:
        found = found.filter(type=kind)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs(request.acting, "schools"), "page": page, "kind": kind, "kinds": SchoolType.choices,
        "rows": [(one, org.place_name(one.place)) for one in page], "may_manage": request.acting.may(MANAGE),
    }  # fmt: skip
    return render(request, "desk/family/schools.html", context)


@may(MANAGE)
def school(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    one = School.objects.filter(pk=pk).select_related("unit").first() if pk else None
    if pk and one is None:
        raise Http404
    registered = set(School.objects.exclude(pk=pk or 0).values_list("unit_id", flat=True))
    units = [unit for unit in org.units().filter(kind=UnitKind.SCHOOL) if unit.pk not in registered]
    names = ("type", "place", "head", "opened_on", "closed_on", "model_on")
    initial = (
        {"unit": one.unit_id, **{key: getattr(one, key) for key in names}} if one else {"opened_on": clock.today()}
    )
    form = forms.SchoolForm(request.POST or None, acting=request.acting, units=units, initial=initial)

    def do(data: dict[str, Any]) -> str:
        kept = actions.keep_school(
            by=request.acting, unit_id=data.pop("unit"), **{**data, "type": SchoolType(data["type"])}
        )
        return f"{kept}已列入家长学校名册。"

    return ask(
        request, form, do, title="修改家长学校" if one else "登记家长学校", button="保存",
        up=[("家长学校", reverse("family:schools"))], back=reverse("family:schools"),
    )  # fmt: skip


@may(MANAGE)
def take(request: ActingRequest) -> HttpResponse:
    """The register from Excel, each row answered."""
    form = forms.RegisterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            begun = transfers.ask(kind=tables.IMPORT, data=file.read(), title=str(file.name), by=request.acting)
        except SheetError as error:
            form.add_error("file", str(error))
        else:
            return redirect("transfers:show", begun.pk)
    context = {"form": form, "columns": tables.REGISTER.columns}
    return render(request, "desk/family/import.html", context, status=422 if form.errors else 200)


@may(MANAGE)
@require_GET
def template(request: ActingRequest) -> HttpResponse:
    return workbook("家长学校名册模板", lambda out: write_template(out, tables.REGISTER))


@may(READ)
@require_POST
def schools_file(request: ActingRequest) -> HttpResponse:
    return workbook(
        "家长学校名册", lambda out: tables.write_register(out, within=within(request.acting), by=request.acting)
    )
