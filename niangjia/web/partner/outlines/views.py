"""A department's page: its own indicators of a year in one form, its sheet, its orders; and the statistics bureau's checks."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.files.kinds import FileError
from niangjia.letters.kinds import SheetError
from niangjia.outlines import actions, queries, tables
from niangjia.outlines.actions import Doubtful
from niangjia.outlines.kinds import OrderState, ValueState
from niangjia.outlines.models import Evidence, Observation, Order, Year
from niangjia.web.downloads import download, workbook
from niangjia.web.guard import ActingRequest, may
from niangjia.web.partner.outlines.forms import Fields, PlanForm, ProgressForm, ReturnForm, SheetForm
from niangjia.web.refusals import show_refusal

PAPERS_AT_ONCE = 10


def _unit(request: ActingRequest) -> int:
    if request.acting.unit_id is None:
        raise Http404
    return request.acting.unit_id


def _year(pk: int) -> Year:
    try:
        return Year.objects.select_related("outline", "checker").get(pk=pk)
    except Year.DoesNotExist as error:
        raise Http404 from error


@may(Verb.INDICATOR_FILL)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Years to fill in, orders to answer, values to check; with one thing to do she is there at once."""
    unit = _unit(request)
    today = clock.today()
    rows = []
    for year in queries.open_years(codes.district_of(request.acting.place)):
        lines = queries.lines_of(year, unit)
        to_check = (
            queries.open_values(year).filter(state=ValueState.DEPT_SUBMITTED).count() if year.checker_id == unit else 0
        )
        if lines or to_check:
            owed = sum(line.writable for line in lines)
            rows.append(
                {"year": year, "all": len(lines), "owed": owed, "to_check": to_check, "late": today > year.due_on}
            )
    context = {"rows": rows, "orders": list(queries.orders_of(unit)), "today": today}
    return render(request, "partner/outlines/index.html", context)


@may(Verb.INDICATOR_FILL)
def year(request: ActingRequest, pk: int) -> HttpResponse:
    """All indicators of the department for a year in one form: saved or handed in together."""
    found = _year(pk)
    if request.method != "POST":
        return _page(request, found, _fields(request, found))
    fields = _fields(request, found, {key: str(value) for key, value in request.POST.items()})
    writable = [one for one in fields if one.line.writable]
    filled = [one.read() for one in writable]
    if any(one is None for one in filled):
        return _page(request, found, fields, "有的数读不懂，一个也没有保存。请改正标红的地方。")
    try:
        with transaction.atomic():  # a paper that may not be kept leaves the numbers unsaved too
            saved = actions.save_values(
                year_id=pk, filled=[one for one in filled if one is not None], by=request.acting
            )
            papers = _keep_papers(request, found, fields)
    except Doubtful as refused:
        for one in fields:
            one.refuse(refused.doubts.get(one.indicator.pk, []))
        return _page(request, found, fields, str(refused))
    except (Refused, FileError) as refused:
        return _page(request, found, fields, str(refused))
    if request.POST.get("act") == "submit":
        return _hand_in(request, found)
    what = [f"{len(saved)}个指标"] if saved else []
    what += [f"{papers}份材料"] if papers else []
    messages.success(request, f"已保存{'、'.join(what)}。核对无误后请提交。" if what else "没有改动。")
    return redirect("indicators:year", pk=pk)


def _hand_in(request: ActingRequest, found: Year) -> HttpResponse:
    try:
        count = actions.submit(year_id=found.pk, by=request.acting)
    except Doubtful as refused:
        return _page(request, found, _fields(request, found), f"已保存。{refused}")
    except Refused as refused:
        return _page(request, found, _fields(request, found), f"已保存。{refused}")
    messages.success(request, f"已提交{count}个指标，由{found.checker.short_name}审核。审核有疑问的会退回到这里。")
    return redirect("indicators:year", pk=found.pk)


def _fields(request: ActingRequest, found: Year, typed: dict[str, str] | None = None) -> list[Fields]:
    return [Fields(line, typed) for line in queries.lines_of(found, _unit(request))]


def _keep_papers(request: ActingRequest, found: Year, fields: list[Fields]) -> int:
    count = 0
    for one in fields:
        for upload in request.FILES.getlist(f"{one.prefix}.paper")[:PAPERS_AT_ONCE]:
            actions.add_paper(
                year_id=found.pk,
                indicator_id=one.indicator.pk,
                name=upload.name or "",
                data=upload.read(),
                by=request.acting,
            )
            count += 1
    return count


def _page(request: ActingRequest, found: Year, fields: list[Fields], problem: str = "") -> HttpResponse:
    if not fields:
        raise Http404
    waiting = [one for one in fields if one.line.writable]
    context: dict[str, Any] = {
        "year": found, "fields": fields, "problem": problem, "today": clock.today(), "waiting": len(waiting),
        "sheet_form": SheetForm(), "returned": [one for one in waiting if one.line.value and one.line.value.returned],
    }  # fmt: skip
    return render(request, "partner/outlines/year.html", context, status=422 if problem else 200)


@may(Verb.INDICATOR_FILL)
@require_POST
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    """Take a paper out again."""
    paper = Evidence.objects.filter(pk=pk, withdrawn_at__isnull=True).first()
    if paper is None:
        raise Http404
    try:
        actions.withdraw_paper(paper_id=pk, by=request.acting)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已撤下“{paper.title}”。")
    found = Year.objects.filter(outline__indicators=paper.indicator_id, place=paper.place, year=paper.year).first()
    return redirect("indicators:year", pk=found.pk) if found else redirect("indicators:index")


@may(Verb.INDICATOR_FILL)
@require_POST
def sheet(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The department's indicators as Excel."""
    found = _year(pk)
    lines = queries.lines_of(found, _unit(request))
    out = io.BytesIO()
    count = tables.write_own(out, found, lines, title=f"{request.acting.unit_name}{found.year}年指标填报表")
    record(
        by=request.acting, stream=f"outline:{found.outline_id}", verb="outline.export", subject=f"year:{pk}", place=found.place,
        summary={"unit": request.acting.unit_name, "year": found.year, "rows": count},
    )  # fmt: skip
    return download(f"{request.acting.unit_name}指标填报表{found.year}.xlsx", out.getvalue())


@may(Verb.INDICATOR_FILL)
@require_POST
def upload(request: ActingRequest, pk: int) -> HttpResponseBase:
    """Take a filled sheet in: all of it, or none and the sheet back with an answer in each row."""
    found = _year(pk)
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, _fields(request, found), "请选择填好的表（.xlsx）。")
    lines = queries.lines_of(found, _unit(request))
    try:
        filled, read = tables.read_own(form.cleaned_data["file"].read(), found, lines)
        if read.problems:
            return _answered(request, found, read)
        saved = actions.save_values(year_id=pk, filled=filled, by=request.acting, answer_all=True)
    except SheetError as error:
        return _page(request, found, _fields(request, found), str(error))
    except Doubtful as refused:
        said = " ".join(doubt.message for doubts in refused.doubts.values() for doubt in doubts)
        return _page(request, found, _fields(request, found), f"{refused}{said}")
    except Refused as refused:
        return _page(request, found, _fields(request, found), str(refused))
    messages.success(request, f"表里的{len(filled)}行都已读入，改动了{len(saved)}个指标。核对无误后请提交。")
    return redirect("indicators:year", pk=pk)


def _answered(request: ActingRequest, found: Year, read: tables.Sheet) -> HttpResponseBase:
    if request.POST.get("answer"):
        return workbook(f"处理结果{found.year}", lambda out: read.answered(out, "没有问题，全部改好后重新上传即可保存"))
    context = {"year": found, "sheet": read, "problems": sorted(read.problems.items())}
    return render(request, "partner/outlines/answers.html", context, status=422)


# --- the bureau -------------------------------------------------------------------------------------------------------


@may(Verb.INDICATOR_CHECK)
def checks(request: ActingRequest, pk: int) -> HttpResponse:
    """What departments handed in, with everything doubtful; passed on in one go, sent back one by one."""
    found = _year(pk)
    if found.checker_id != request.acting.unit_id:
        raise Http404
    if request.method == "POST" and "why" in request.POST:
        form = ReturnForm(request.POST)
        if not form.is_valid():
            messages.error(request, "请写明退回原因，部门据此修改。")
            return redirect("indicators:checks", pk=pk)
        try:
            value = actions.send_back(
                value_id=form.cleaned_data["value"], why=form.cleaned_data["why"], by=request.acting
            )
        except Observation.DoesNotExist as error:
            raise Http404 from error
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, f"“{value.indicator.name}”已退回{value.unit_name}。")
        return redirect("indicators:checks", pk=pk)
    if request.method == "POST":
        wanted = [int(text) for text in request.POST.getlist("value") if text.isdecimal()]
        count = actions.pass_on(value_ids=wanted, by=request.acting)
        messages.success(request, f"已审核通过{count}个指标，转妇儿工委办确认。" if count else "没有选择指标。")
        return redirect("indicators:checks", pk=pk)
    lines = [line for line in queries.lines_of(found) if line.value and line.value.state == ValueState.DEPT_SUBMITTED]
    counts = {
        state: queries.open_values(found).filter(state=state).count()
        for state in ("DRAFT", "RETURNED", "STATS_CHECKED")
    }
    return render(request, "partner/outlines/checks.html", {"year": found, "lines": lines, "counts": counts})


# --- orders ---------------------------------------------------------------------------------------------------------------


@may(Verb.INDICATOR_FILL)
def order(request: ActingRequest, pk: int) -> HttpResponse:
    """One supervision order: what is asked, the department's plan, its progress each quarter."""
    try:
        found = queries.order_for(pk)
    except Order.DoesNotExist as error:
        raise Http404 from error
    plan_form = PlanForm(initial={"plan": found.plan, "owner": found.owner, "finish_on": found.finish_on})
    progress_form = ProgressForm(since=found.issued_at.year)
    status = 200
    if request.method == "POST":
        acted, plan_form, progress_form = act_on_order(request, found, plan_form, progress_form)
        if acted:
            return redirect("indicators:order", pk=pk)
        status = 422
    context = {
        "order": found, "plan_form": plan_form, "progress_form": progress_form, "steps": list(queries.progress_on(found)),
        "closed": found.state == OrderState.CLOSED, "planned": found.state != OrderState.ISSUED,
    }  # fmt: skip
    return render(request, "partner/outlines/order.html", context, status=status)


def act_on_order(
    request: ActingRequest, found: Order, plan_form: PlanForm, progress_form: ProgressForm
) -> tuple[bool, PlanForm, ProgressForm]:
    """Take a plan or a quarter's progress; what was refused stands in its form."""
    if "plan" in request.POST:
        plan_form = PlanForm(request.POST)
        if plan_form.is_valid():
            try:
                actions.plan_order(order_id=found.pk, by=request.acting, **plan_form.cleaned_data)
            except Refused as refused:
                show_refusal(plan_form, refused)
            else:
                messages.success(request, "整改计划已报妇儿工委办。")
                return True, plan_form, progress_form
        return False, plan_form, progress_form
    progress_form = ProgressForm(request.POST, since=found.issued_at.year)
    if progress_form.is_valid():
        year, _, quarter = progress_form.cleaned_data["quarter"].partition("-")
        try:
            actions.report_progress(
                order_id=found.pk, year=int(year), quarter=int(quarter), text=progress_form.cleaned_data["text"],
                value=progress_form.cleaned_data["value"], by=request.acting,
            )  # fmt: skip
        except Refused as refused:
            show_refusal(progress_form, refused)
        else:
            messages.success(request, "进展已报。")
            return True, plan_form, progress_form
    return False, plan_form, progress_form
