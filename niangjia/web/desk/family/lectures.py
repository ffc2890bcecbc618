"""The panel of lecturers, their courses, and lectures the towns order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.certificates.queries import spoken
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.family_education import actions, queries, rules
from niangjia.family_education.kinds import Field, OrderState
from niangjia.family_education.models import Course, LectureOrder, Lecturer
from niangjia.org import queries as org
from niangjia.web.desk.ask import ask
from niangjia.web.desk.family import forms
from niangjia.web.desk.family.page import MANAGE, ORDER, PAGE, tabs, upload
from niangjia.web.guard import ActingRequest, may
from niangjia.web.refusals import show_refusal

TONES = {
    OrderState.REQUESTED: "due", OrderState.MATCHED: "due", OrderState.DECLINED: "warn", OrderState.CONFIRMED: "plum",
    OrderState.HELD: "ok", OrderState.RATED: "ok", OrderState.CANCELLED: "plain",
}  # fmt: skip


def _lecturer(pk: int) -> Lecturer:
    found = Lecturer.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _field_names(one: Lecturer) -> str:
    return "、".join(Field(field).label for field in one.fields)


@may(ORDER)
@require_GET
def lecturers(request: ActingRequest) -> HttpResponse:
    """The panel in the order it was entered, and the courses. No ranking."""
    found, year = list(queries.lecturers()), clock.today().year
    given = queries.given_by([one.pk for one in found], year)
    context = {
        "tabs": tabs(request.acting, "lecturers"), "may_manage": request.acting.may(MANAGE), "year": year,
        "today": clock.today(), "rows": [(one, _field_names(one), given[one.pk]) for one in found],
        "courses": list(Course.objects.all()),
    }  # fmt: skip
    return render(request, "desk/family/lecturers.html", context)


@may(ORDER)
@require_GET
def lecturer(request: ActingRequest, pk: int) -> HttpResponse:
    one, year = _lecturer(pk), clock.today().year
    manages = request.acting.may(MANAGE)
    code = request.session.pop(f"family.code.{pk}", "") if manages else ""
    context = {
        "tabs": tabs(request.acting, "lecturers"), "one": one, "fields": _field_names(one), "year": year,
        "given": queries.given_by([pk], year)[pk], "towns": "、".join(org.place_name(town) for town in one.towns),
        "days": "、".join(forms.DAYS[day][1] for day in one.weekdays), "may_manage": manages,
        "standing": queries.standing_code(one) if manages else None, "code": spoken(code) if code else "",
        "link": request.build_absolute_uri(reverse("lectures:mine")) + f"#{code}" if code else "",
        "lectures": list(queries.activities().filter(lecturer=pk)[:PAGE]),
        "has_phone": bool(one.phone),
    }  # fmt: skip
    return render(request, "desk/family/lecturer.html", context)


@may(MANAGE)
def keep_lecturer(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    one = _lecturer(pk) if pk else None
    initial = forms.known_lecturer(one) if one else {"contract_from": clock.today()}
    form = forms.LecturerForm(request.POST or None, acting=request.acting, initial=initial)
    kept: list[Lecturer] = []

    def do(data: dict[str, Any]) -> str:
        kept.append(actions.keep_lecturer(lecturer_id=pk, by=request.acting, **form.fields_given()))
        return f"{kept[0].name}的资料已保存。"

    back = reverse("family:lecturers")
    up = [("讲师和课程", back), *([(one.name, reverse("family:lecturer", args=[one.pk]))] if one else [])]
    return ask(
        request, form, do, title="修改讲师资料" if one else "登记讲师", button="保存", back=back, up=up,
        then=lambda: reverse("family:lecturer", args=[kept[0].pk]),
    )  # fmt: skip


@may(ORDER)
@require_POST
def phone(request: ActingRequest, pk: int) -> HttpResponse:
    """Show the phone once; the trail says so."""
    one = _lecturer(pk)
    number = actions.reveal_phone(lecturer_id=pk, by=request.acting)
    messages.info(request, f"{one.name}的手机号：{number}" if number else "没有登记手机号。")
    return redirect("family:lecturer", pk)


@may(MANAGE)
@require_POST
def code(request: ActingRequest, pk: int) -> HttpResponse:
    """A new code for her own page, or the end of the one she has."""
    _lecturer(pk)
    if request.POST.get("act") == "end":
        actions.end_code(lecturer_id=pk, by=request.acting)
        messages.success(request, "专用码已停用。")
    else:
        request.session[f"family.code.{pk}"] = actions.give_code(lecturer_id=pk, by=request.acting)
        messages.success(request, "专用码已生成，只显示这一次。旧的专用码同时停用。")
    return redirect("family:lecturer", pk)


@may(MANAGE)
def keep_course(request: ActingRequest, pk: int | None = None) -> HttpResponse:
    one = Course.objects.filter(pk=pk).first() if pk else None
    if pk and one is None:
        raise Http404
    names = forms.CourseForm.base_fields
    form = forms.CourseForm(request.POST or None, initial={key: getattr(one, key) for key in names} if one else None)
    if request.method == "POST" and form.is_valid():
        try:
            keep = upload(request, "material", "family_course", codes.district_of(request.acting.place))
            actions.keep_course(course_id=pk, by=request.acting, material=keep, **form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "课程已保存。")
            return redirect("family:lecturers")
    return render(
        request, "desk/family/course_form.html", {"form": form, "one": one}, status=422 if form.errors else 200
    )


# ---------------------------------------------------------------- orders


def _order(pk: int) -> LectureOrder:
    try:
        return queries.order(pk)
    except LectureOrder.DoesNotExist as error:
        raise Http404 from error


@may(ORDER)
@require_GET
def orders(request: ActingRequest) -> HttpResponse:
    """Orders under way, the next lecture first; the finished behind a tab."""
    show = "done" if request.GET.get("show") == "done" else "open"
    under_way = queries.under_way(request.acting.unit_id)
    found = (
        queries.orders().filter(under_way)
        if show == "open"
        else queries.orders().exclude(under_way).order_by("-starts_at", "-id")
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs(request.acting, "orders"), "page": page, "show": show,
        "rows": [(one, org.place_name(one.place), TONES[OrderState(one.state)]) for one in page],
    }  # fmt: skip
    return render(request, "desk/family/orders.html", context)


@may(ORDER)
def new_order(request: ActingRequest) -> HttpResponse:
    form = forms.OrderForm(request.POST or None, acting=request.acting, initial=forms.fresh_order(request.acting))
    if request.method == "POST" and form.is_valid():
        try:
            one = actions.order_lecture(wanted=form.wanted(), by=request.acting, token=form.cleaned_data["token"])
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, f"{one}已提交，区妇联安排讲师后在这里显示。")
            return redirect("family:order", one.pk)
    return render(request, "desk/family/order_form.html", {"form": form}, status=422 if form.errors else 200)


@may(ORDER)
@require_GET
def order(request: ActingRequest, pk: int) -> HttpResponse:
    one, acting = _order(pk), request.acting
    state = OrderState(one.state)
    manages, settles = acting.may(MANAGE), actions.may_settle(one, by=acting)
    matching = manages and rules.may_become(state, OrderState.MATCHED)
    context = {
        "tabs": tabs(acting, "orders"), "one": one, "place": org.place_name(one.place), "tone": TONES[state],
        "field": Field(one.field).label, "steps": queries.steps_of(one), "may_manage": manages,
        "proposals": queries.proposals(one) if matching else [], "matching": matching,
        "may_cancel": settles and rules.may_become(state, OrderState.CANCELLED),
        "may_hold": settles and rules.may_become(state, OrderState.HELD) and one.starts_at <= clock.now(),
        "may_rate": rules.may_become(state, OrderState.RATED) and acting.unit_id == one.unit_id,
        "asks": manages and state is OrderState.MATCHED,
        "may_phone": one.lecturer is not None and state in (OrderState.MATCHED, OrderState.CONFIRMED),
    }  # fmt: skip
    return render(request, "desk/family/order.html", context)


@may(MANAGE)
@require_POST
def match(request: ActingRequest, pk: int) -> HttpResponse:
    _order(pk)
    form = forms.MatchForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        one = actions.match(
            order_id=pk,
            lecturer_id=form.cleaned_data["lecturer"],
            by=request.acting,
            revision=form.cleaned_data["revision"],
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, f"已安排{_lecturer(one.lecturer_id or 0).name}，请讲师在手机上确认，或电话确认后登记。"
        )
    return redirect("family:order", pk)


@may(MANAGE)
@require_POST
def answered(request: ActingRequest, pk: int) -> HttpResponse:
    """What the lecturer said on the telephone."""
    _order(pk)
    try:
        actions.note_answer(order_id=pk, yes=request.POST.get("act") == "yes", by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "讲师的答复已登记。")
    return redirect("family:order", pk)


def _act(
    request: ActingRequest,
    pk: int,
    form: Any,
    do: Callable[[dict[str, Any]], object],
    title: str,
    button: str,
    said: str,
) -> HttpResponse:
    one, back = _order(pk), reverse("family:order", args=[pk])

    def done(data: dict[str, Any]) -> str:
        do(data)
        return said

    return ask(
        request, form, done, title=title, button=button, back=back,
        up=[("讲座点单", reverse("family:orders")), (str(one), back)],
    )  # fmt: skip


@may(ORDER)
def cancel(request: ActingRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, forms.ReasonForm(request.POST or None),
        lambda data: actions.cancel_order(order_id=pk, reason=data["reason"], by=request.acting), "取消点单", "取消这次点单", "已取消。",
    )  # fmt: skip


@may(ORDER)
def held(request: ActingRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, forms.HeldForm(request.POST or None),
        lambda data: actions.hold_order(order_id=pk, by=request.acting, **data), "登记授课", "登记",
        "已登记，计入本单位的活动；请接着评价。",
    )  # fmt: skip


@may(ORDER)
def rate(request: ActingRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, forms.RateForm(request.POST or None),
        lambda data: actions.rate_order(order_id=pk, by=request.acting, **data), "评价讲座", "提交评价", "谢谢，评价已收到。",
    )  # fmt: skip
