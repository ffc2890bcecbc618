"""Service brands: what stands on each shelf, the figures behind it, and which record carries which."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.brands import actions, queries
from niangjia.brands.models import Brand
from niangjia.core import clock, subject
from niangjia.core.codes import Level
from niangjia.org import queries as org
from niangjia.programmes.models import Case, Round
from niangjia.reports import brand as reports
from niangjia.web.desk.ask import ask
from niangjia.web.desk.brands import forms
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may

READ, MANAGE = Verb.BRAND_READ, Verb.BRAND_MANAGE


def _brand(pk: int) -> Brand:
    found = queries.brands().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _may_edit(request: ActingRequest) -> bool:
    return request.acting.may(MANAGE) and request.acting.level is Level.DISTRICT


@may(READ, MANAGE)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The brands, their owners and their programmes."""
    defaults = queries.defaults()
    rows = [
        {
            "brand": one,
            "programmes": [reports.programme_name(key) for key, own in defaults.items() if own.pk == one.pk],
            "owner": one.unit.short_name if one.unit else "",
        }
        for one in queries.brands()
    ]
    return render(request, "desk/brands/index.html", {"rows": rows, "may_edit": _may_edit(request)})


def _period(request: ActingRequest) -> tuple[forms.PeriodForm, dt.date, dt.date]:
    """The form, the first day, and the day after the last."""
    form = forms.PeriodForm(request.GET if "since" in request.GET else None, initial=forms.this_year())
    chosen = form.cleaned_data if form.is_valid() else forms.this_year()
    return form, chosen["since"], chosen["until"] + clock.ONE_DAY


@may(READ)
@require_GET
def report(request: ActingRequest, pk: int) -> HttpResponse:
    """The figures of a brand by programme and place, as far as the reader sees."""
    brand = _brand(pk)
    form, since, until = _period(request)
    found = reports.report(brand, place=request.acting.place, since=since, until=until)
    shelves = [
        {
            "shelf": shelf,
            "places": [
                {"name": org.place_name(code), "tagged": shelf.tagged_by_place.get(code, 0),
                 "values": [figure.places.get(code) for figure in shelf.figures]}
                for code in found.places
            ],
        }
        for shelf in found.shelves
    ]  # fmt: skip
    tags = queries.tags(brand, place=request.acting.place, since=since, until=until)
    context = {
        "brand": brand, "form": form, "report": found, "shelves": shelves, "why_form": forms.WhyForm(),
        "public_url": reverse("public_brands:brand", args=[brand.key]) if brand.active else "", "may_edit": _may_edit(request),
        "tags": [{"tag": tag, "place": org.place_name(tag.place)} for tag in tags[:50]],
    }  # fmt: skip
    return render(request, "desk/brands/report.html", context)


@may(READ)
@require_POST
def export(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The report as Excel, for a stated purpose."""
    brand = _brand(pk)
    why = forms.WhyForm(request.POST)
    if not why.is_valid():
        messages.error(request, "请写明导出的用途。")
        return redirect("brands:report", pk=pk)
    _, since, until = _period(request)
    found = reports.report(brand, place=request.acting.place, since=since, until=until)
    reason = why.cleaned_data["why"]
    return workbook(f"品牌统计{brand.name}", lambda out: reports.write(out, found, why=reason, by=request.acting))


@may(MANAGE)
def create(request: ActingRequest) -> HttpResponse:
    return _edit(request, forms.NewBrandForm(request.POST or None), None, "新增品牌")


@may(MANAGE)
def edit(request: ActingRequest, pk: int) -> HttpResponse:
    brand = _brand(pk)
    names = [name for name in forms.BrandForm.base_fields if name != "programmes"]
    initial = {name: getattr(brand, name) for name in names} | {"programmes": queries.programmes_of(brand)}
    return _edit(request, forms.BrandForm(request.POST or None, initial=initial), brand, f"修改{brand.name}")


def _edit(request: ActingRequest, form: forms.BrandForm, brand: Brand | None, title: str) -> HttpResponse:
    if not _may_edit(request):
        raise Http404
    form.fields["unit"].queryset = org.units()  # type: ignore[attr-defined]

    def do(data: dict[str, Any]) -> str:
        chosen = set(data.pop("programmes"))
        saved = actions.save_brand(brand_id=brand.pk if brand else None, by=request.acting, **data)
        before = set(queries.programmes_of(saved))
        for key in sorted(before ^ chosen):
            actions.set_default(programme=key, brand=saved if key in chosen else None, by=request.acting)
        return f"已保存“{saved.name}”。"

    up = reverse("brands:index")
    return ask(request, form, do, title=title, button="保存", back=up, up=[("服务品牌", up)])


def _about(key: str) -> tuple[str, str, str]:
    """Place, title and programme of a record that can be tagged here, if the reader sees it."""
    if not subject.is_subject(key):
        raise Http404
    match subject.kind_of(key):
        case "case":
            case = Case.objects.select_related("round").filter(pk=subject.id_of(key)).first()
            if case:
                return case.place, case.number, case.programme
        case "round":
            round_ = Round.objects.filter(pk=subject.id_of(key)).first()
            if round_:
                return round_.place, round_.title, round_.programme
    raise Http404


@may(Verb.CASE_READ, MANAGE)
def tag(request: ActingRequest) -> HttpResponse:
    """Which brand a record carries: ``?subject=case:12``. Without one it carries its programme's."""
    key = request.GET.get("subject", "")
    place, title, programme = _about(key)
    own, default = queries.brand_of(key), queries.default_brand(programme)
    form = forms.TagForm(request.POST or None, initial={"brand": own.pk if own else None})
    wanted = request.GET.get("next", "")
    back = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("brands:index")

    def do(data: dict[str, Any]) -> str:
        brand = data["brand"]
        if brand is None:
            actions.untag(about=key, by=request.acting)
            return "已去掉单独标的品牌。"
        public = subject.kind_of(key) not in subject.PRIVATE
        actions.tag(
            about=key, place=place, title=title, programme=programme, brand=brand, public=public, by=request.acting
        )
        return f"已标“{brand.name}”。"

    subtitle = f"{title}：项目默认是“{default.name}”。" if default else f"{title}：项目没有默认品牌。"
    return ask(
        request,
        form,
        do,
        title="标品牌",
        subtitle=subtitle,
        button="保存",
        back=back,
        up=[("服务品牌", reverse("brands:index"))],
    )
