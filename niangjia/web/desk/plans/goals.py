"""One target in force as those see it who work on it: parts, measure, figures by hand, months closed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.codes import Level
from niangjia.files import actions as files
from niangjia.files.kinds import FileError, FileKind
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit
from niangjia.plans import actions, queries, rules
from niangjia.plans.actions import Refused
from niangjia.plans.models import PlanVersion, Split, Target
from niangjia.reports import progress
from niangjia.web.board.progress import views as board
from niangjia.web.desk.plans.forms import ArrangeForm, FigureForm, StateForm
from niangjia.web.guard import ActingRequest, may

WORK = (Verb.PLAN_EDIT, Verb.TARGET_SPLIT, Verb.TARGET_REPORT, Verb.TARGET_LOCK)
EVIDENCE = (FileKind.PDF, FileKind.IMAGE, FileKind.XLSX, FileKind.DOCX)


def _target(goal_id: int) -> Target:
    found = queries.target_in_force(goal_id)
    if found is None:
        raise Http404
    return found


@may(*WORK)
@require_GET
def goal(request: ActingRequest, goal_id: int) -> HttpResponse:
    return _page(request, _target(goal_id))


def _page(
    request: ActingRequest,
    found: Target,
    *,
    parts: dict[int, str] | None = None,
    pasted: str = "",
    status: int = 200,
    **given: forms.Form,
) -> HttpResponse:
    """The page with the forms the actor may use; ``parts`` are figures typed, shared or pasted but not yet saved."""
    acting, today = request.acting, clock.today()
    known = progress.Known.of([found])
    standing = progress.progress_of([found], place=acting.place, day=today, known=known)[0]
    context: dict[str, Any] = {
        "target": found, "progress": standing, "tone": board.TONES[standing.light], "today": today,
        "quote": found.item.quote or found.item.text, "spans": board.span_in_quote(found),
        "measure": queries.measure_of(found.measure), **board.months(found, standing, acting.place, known),
        "figures": [] if found.measure or not found.is_numeric else list(queries.figures_of(found.goal_id)),
        "statements": [] if found.is_numeric else known.statements,
        "arrange": None, "report": None, "state": None, "split_rows": [],
    }  # fmt: skip
    owners = list(queries.owners(acting.place))
    if acting.may(Verb.PLAN_EDIT) and found.place == acting.place:
        context["arrange"] = given.get("arrange") or ArrangeForm(found, owners=owners)
    if acting.may(Verb.TARGET_REPORT) and not found.measure:
        units = _reporting(owners)
        if found.is_numeric:
            initial: dict[str, Any] = {"month": today.month, "unit": acting.unit_id}
            context["report"] = given.get("report") or FigureForm(units=units, initial=initial)
        else:
            initial = {"on": today, "unit": acting.unit_id}
            context["state"] = given.get("state") or StateForm(units=units, initial=initial)
    if acting.may(Verb.TARGET_SPLIT) and found.is_numeric and acting.level is not Level.VILLAGE:
        context |= _splits(request, found, known.splits, parts) | {"pasted": pasted, "unsaved": parts is not None}
    return render(request, "desk/plans/goal.html", context, status=status)


def reporting_units(request: ActingRequest) -> list[Unit]:
    """Whom the actor may report for: herself, departments and towns in her range."""
    return _reporting(queries.owners(request.acting.place))


def _reporting(owners: Iterable[Unit]) -> list[Unit]:
    return [unit for unit in owners if unit.level is not Level.VILLAGE]


def _splits(
    request: ActingRequest, found: Target, saved: Iterable[Split], parts: dict[int, str] | None
) -> dict[str, Any]:
    assert request.acting.unit_id is not None
    kept = {split.unit_id: rules.short(split.value) for split in saved}
    shown = kept if parts is None else parts
    rows = [(unit, shown.get(unit.pk, "")) for unit in queries.units_below(request.acting.unit_id)]
    numbers = []
    for _, text in rows:
        try:
            numbers.append(rules.parse_number(text, "分解数") if text else Decimal(0))
        except rules.RuleError:
            numbers.append(Decimal(0))
    own = found.number if request.acting.place == found.place else None
    if own is None:
        own = next((rules.tidy(s.value) for s in saved if s.place == request.acting.place), None)
    return {"split_rows": rows, "split_sum": sum(numbers, Decimal(0)), "split_aim": own}


@may(Verb.PLAN_EDIT)
@require_POST
def arrange(request: ActingRequest, goal_id: int) -> HttpResponse:
    found = _target(goal_id)
    form = ArrangeForm(found, request.POST, owners=queries.owners(found.place))
    if form.is_valid():
        try:
            actions.arrange(goal_id=goal_id, by=request.acting, **form.values())
        except Refused as refused:
            _take(form, refused, {"quarters": "q4"})
        else:
            messages.success(request, "已保存。")
            return redirect("plans:goal", goal_id=goal_id)
    return _page(request, _target(goal_id), status=400, arrange=form)


def _take(form: forms.Form, refused: Refused, also: dict[str, str] | None = None) -> None:
    for key, message in refused.fields.items():
        name = (also or {}).get(key, key)
        form.add_error(name if name in form.fields else None, message)
    if not refused.fields:
        form.add_error(None, str(refused))


@may(Verb.TARGET_SPLIT)
@require_POST
def split(request: ActingRequest, goal_id: int) -> HttpResponse:
    """Save the parts, or fill them in evenly or from a pasted table for her to look at before saving."""
    found, acting = _target(goal_id), request.acting
    assert acting.unit_id is not None
    units = list(queries.units_below(acting.unit_id))
    typed = {unit.pk: request.POST.get(f"part-{unit.pk}", "").strip() for unit in units}
    act = request.POST.get("act")
    try:
        if act == "even":
            whole = _splits(request, found, queries.splits([goal_id]), None)["split_aim"]
            if whole is None:
                raise Refused("还没有给本单位的分解数，不能平均分解。")
            shares = rules.share_evenly(whole, len(units))
            parts = {unit.pk: rules.short(share) for unit, share in zip(units, shares, strict=True)}
            return _page(request, found, parts=parts)
        if act == "paste":
            names = {name: unit.pk for unit in units for name in _names(unit)}
            read = rules.parse_pasted(request.POST.get("pasted", ""), names)
            return _page(request, found, parts=typed | {pk: rules.short(value) for pk, value in read.items()})
        by_pk = {unit.pk: unit for unit in units}
        values = {pk: rules.parse_number(text, by_pk[pk].short_name) if text else None for pk, text in typed.items()}
        actions.split_target(goal_id=goal_id, values=values, by=acting)
    except (rules.RuleError, Refused) as error:
        messages.error(request, str(error))
        return _page(request, found, parts=typed, pasted=request.POST.get("pasted", ""), status=400)
    messages.success(request, "分解已保存。")
    return redirect("plans:goal", goal_id=goal_id)


def _names(unit: Unit) -> set[str]:
    """What a table may call a body: its name, its short name, its place."""
    return {unit.name, unit.short_name, unit.short_name.removesuffix("妇联"), unit.name.removesuffix("妇女联合会")}


def _keep_evidence(request: ActingRequest, form: forms.Form) -> StoredFile | None:
    """The uploaded evidence, stored. Raises FileError."""
    file = form.cleaned_data["evidence"]
    if not file:
        return None
    place = Unit.objects.get(pk=form.cleaned_data["unit"]).place
    return files.store(
        name=file.name, data=file.read(), purpose="plan_evidence", place=place, by=request.acting, kinds=EVIDENCE
    )


@may(Verb.TARGET_REPORT)
@require_POST
def report(request: ActingRequest, goal_id: int) -> HttpResponse:
    found = _target(goal_id)
    form = FigureForm(request.POST, request.FILES, units=reporting_units(request))
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.report_figure(
                goal_id=goal_id, year=found.version.plan.year, month=data["month"], value=data["value"],
                unit_id=int(data["unit"]), note=data["note"], evidence=_keep_evidence(request, form), by=request.acting,
            )  # fmt: skip
        except FileError as error:
            form.add_error("evidence", str(error))
        except Refused as refused:
            _take(form, refused)
        else:
            messages.success(request, f"{data['month']}月的数已填报。")
            return redirect("plans:goal", goal_id=goal_id)
    return _page(request, found, status=400, report=form)


@may(Verb.TARGET_REPORT)
@require_POST
def state(request: ActingRequest, goal_id: int) -> HttpResponse:
    found = _target(goal_id)
    form = StateForm(request.POST, request.FILES, units=reporting_units(request))
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.state(
                goal_id=goal_id, done=data["done"], on=data["on"], text=data["text"], unit_id=int(data["unit"]),
                evidence=_keep_evidence(request, form), by=request.acting,
            )  # fmt: skip
        except FileError as error:
            form.add_error("evidence", str(error))
        except Refused as refused:
            _take(form, refused)
        else:
            messages.success(request, "完成情况已登记。")
            return redirect("plans:goal", goal_id=goal_id)
    return _page(request, found, status=400, state=form)


@may(Verb.PLAN_READ)
def months(request: ActingRequest, plan_id: int) -> HttpResponse:
    """The months of a plan: which are closed, closing one, and what changed since."""
    version = PlanVersion.objects.filter(plan_id=plan_id, state="PUBLISHED").select_related("plan__unit").first()
    if version is None:
        raise Http404
    if request.method == "POST":
        request.acting.require(Verb.TARGET_LOCK)
        month = int(request.POST["month"]) if request.POST.get("month", "").isdigit() else 0
        try:
            lock = progress.lock_month(version=version, month=month, by=request.acting)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"{lock.month}月已锁定。以后的更正会显示为重述，锁定的数不变。")
        return redirect("plans:months", plan_id=plan_id)
    locks = {lock.month: lock for lock in queries.locks(version.plan)}
    year, today = version.plan.year, clock.today()
    rows = [(n, locks.get(n), clock.month_bounds(year, n)[1] <= today) for n in range(1, 13)]
    chosen = request.GET.get("month", "")
    looked_at = locks.get(int(chosen)) if chosen.isdigit() else None
    place = request.acting.place
    context: dict[str, Any] = {
        "version": version, "rows": rows, "chosen": looked_at, "may_lock": request.acting.may(Verb.TARGET_LOCK),
        "year_title": f"{year}年", "chosen_title": f"{looked_at.month}月：锁定时与现在" if looked_at else "",
        "lines": progress.since_lock(looked_at, version=version, place=place) if looked_at else [],
    }  # fmt: skip
    return render(request, "desk/plans/months.html", context)
