"""Hard indicators: what the rule suggests, what is listed, and the supervision orders with their whole story."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from niangjia.access.verbs import Verb
from niangjia.core.refused import Refused
from niangjia.outlines import actions, queries
from niangjia.outlines.kinds import IN_FORCE, Chosen, OrderState
from niangjia.outlines.models import Hard, Order, Outline
from niangjia.outlines.queries import Standing
from niangjia.web.desk.outlines.forms import CloseForm, HardForm, WhyForm
from niangjia.web.desk.outlines.views import draw_indicator, outline_of, year_of
from niangjia.web.guard import ActingRequest, may
from niangjia.web.partner.outlines.forms import PlanForm, ProgressForm
from niangjia.web.partner.outlines.views import act_on_order
from niangjia.web.refusals import show_refusal


@may(Verb.OUTLINE_READ)
def index(request: ActingRequest, pk: int) -> HttpResponse:
    """Suggestions of the rule, the list, the orders."""
    outline = outline_of(pk)
    year = year_of(request, outline, outline.place)
    manages = request.acting.may(Verb.OUTLINE_MANAGE)
    form = HardForm(request.POST if "indicator" in request.POST else None, outline=outline, year=year)
    if request.method == "POST":
        request.acting.require(Verb.OUTLINE_MANAGE)
        if _act(request, outline, year, form):
            return redirect("outlines:hard", pk=pk)
    found = queries.standings(outline, outline.place, year)
    by_indicator = {standing.indicator_id: standing for standing in found}
    listed = [
        {"hard": hard, "orders": list(hard.orders.all()), "standing": by_indicator.get(hard.indicator_id)}
        for hard in queries.hard_list(outline, outline.place).prefetch_related("orders__unit")
    ]
    context = {
        "outline": outline, "year": year, "suggested": queries.suggested(outline, found, outline.place, year),
        "listed": listed, "manages": manages, "form": form,
    }  # fmt: skip
    return render(request, "desk/outlines/hard.html", context, status=422 if form.errors else 200)


def _act(request: ActingRequest, outline: Outline, year: int, form: HardForm) -> bool:
    """List by rule or by hand, send an order, take off the list. False where the form says what is wrong."""
    post, place = request.POST, outline.place
    try:
        if "take" in post:
            standing, chosen = _suggestion(outline, year, post["take"])
            actions.list_hard(
                indicator_id=standing.indicator_id, place=place, year=year, chosen=chosen,
                reason=f"{year}年{standing.judgement.reason}", by=request.acting,
            )  # fmt: skip
            messages.success(request, f"“{standing.name}”已列入重难点。")
        elif "order" in post:
            order = actions.issue_order(hard_id=_hard(post["order"]), demand=post.get("demand", ""), by=request.acting)
            messages.success(
                request, f"督办单{order.number}已发{order.unit.short_name}，{order.plan_due_on:%m月%d日}前报整改计划。"
            )
        elif "drop" in post:
            why = WhyForm(post)
            reason = why.cleaned_data["why"] if why.is_valid() else ""
            actions.drop_hard(hard_id=_hard(post["drop"]), why=reason, by=request.acting)
            messages.success(request, "已移出重难点清单。")
        elif form.is_valid():
            actions.list_hard(
                indicator_id=int(form.cleaned_data["indicator"]), place=place, year=year, chosen=Chosen.HAND,
                reason=form.cleaned_data["reason"], by=request.acting,
            )  # fmt: skip
            messages.success(request, "已列入重难点。")
        else:
            return False
    except Refused as refused:
        if form.is_bound:
            show_refusal(form, refused)
            return False
        messages.error(request, str(refused))
    return True


def _suggestion(outline: Outline, year: int, indicator: str) -> tuple[Standing, Chosen]:
    """What the rule suggests of an indicator. Raises Refused where it no longer does, as after a second click."""
    found = queries.suggested(outline, queries.standings(outline, outline.place, year), outline.place, year)
    for standing, chosen in found:
        if str(standing.indicator_id) == indicator:
            return standing, chosen
    raise Refused("这个指标已不在建议里，可能刚刚已列入，请核对清单。")


def _hard(text: str) -> int:
    if not text.isdecimal() or not Hard.objects.filter(pk=text).exists():
        raise Http404
    return int(text)


@may(Verb.OUTLINE_READ)
def order(request: ActingRequest, pk: int) -> HttpResponse:
    """The whole story of a hard indicator on one page; the office may report for a department and closes the order."""
    try:
        found = queries.order_for(pk)
    except Order.DoesNotExist as error:
        raise Http404 from error
    indicator = found.hard.indicator
    values = [v for v in queries.values_of(indicator, found.place).select_related("indicator") if v.state in IN_FORCE]
    plan_form = PlanForm(initial={"plan": found.plan, "owner": found.owner, "finish_on": found.finish_on})
    progress_form = ProgressForm(since=found.issued_at.year)
    close_form = CloseForm(request.POST if "conclusion" in request.POST else None, values=values)
    if request.method == "POST":
        request.acting.require(Verb.OUTLINE_MANAGE)
        if close_form.is_bound:
            acted = _close(request, found, close_form)
        else:
            acted, plan_form, progress_form = act_on_order(request, found, plan_form, progress_form)
        if acted:
            return redirect("outlines:order", pk=pk)
    context = {
        "order": found, "indicator": indicator, "outline": indicator.outline, "steps": list(queries.progress_on(found)),
        "values": values, "plan_form": plan_form, "progress_form": progress_form, "close_form": close_form,
        "closed": found.state == OrderState.CLOSED, "planned": found.state == OrderState.PLANNED,
        "manages": request.acting.may(Verb.OUTLINE_MANAGE),
        **draw_indicator(indicator, found.place, list(queries.targets_of(indicator, found.place))),
    }  # fmt: skip
    failed = any(form.errors for form in (plan_form, progress_form, close_form))
    return render(request, "desk/outlines/order.html", context, status=422 if failed else 200)


def _close(request: ActingRequest, found: Order, form: CloseForm) -> bool:
    if not form.is_valid():
        return False
    try:
        actions.close_order(
            order_id=found.pk, value_id=int(form.cleaned_data["value"]), conclusion=form.cleaned_data["conclusion"],
            by=request.acting,
        )  # fmt: skip
    except Refused as refused:
        show_refusal(form, refused)
        return False
    messages.success(request, f"督办单{found.number}已销号。")
    return True
