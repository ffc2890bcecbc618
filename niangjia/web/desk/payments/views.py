"""Money: lists for the bank, what the bank says, and what came back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.verbs import Verb
from niangjia.letters.kinds import SheetError
from niangjia.org import queries as org
from niangjia.programmes import queries
from niangjia.programmes.actions import payments
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.payments import BankResult
from niangjia.programmes.kinds import PaymentState
from niangjia.programmes.models import Payment, PaymentList, Round
from niangjia.reports.tables import payments as table
from niangjia.web.desk.payments.forms import LineForm, ResultForm, WhyForm
from niangjia.web.downloads import workbook
from niangjia.web.guard import ActingRequest, may


@may(Verb.CASE_PAY, Verb.CASE_PAY_RESULT)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """Rounds with something to pay, and all lists with how far they are."""
    ready = [
        {"round": round_, "grants": grants}
        for round_ in Round.objects.filter(grants__state="APPROVED").distinct().order_by("-id")
        if (grants := queries.payable_grants(round_).count())
    ]
    lists = queries.payment_lists().annotate(
        total=Sum("payments__amount"),
        paid=Count("payments", filter=Q(payments__state=PaymentState.PAID)),
        failed=Count("payments", filter=Q(payments__state=PaymentState.FAILED)),
    )
    context = {"ready": ready, "lists": list(lists.order_by("-id")[:50]), "may_list": request.acting.may(Verb.CASE_PAY)}
    return render(request, "desk/payments/index.html", context)


@may(Verb.CASE_PAY)
@require_POST
def create(request: ActingRequest, pk: int) -> HttpResponse:
    """Put what can be paid of a round on a new list."""
    try:
        made = payments.make_list(round_id=pk, by=request.acting)
    except Round.DoesNotExist as error:
        raise Http404 from error
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("payments:index")
    messages.success(request, f"发放清单 {made.number} 已编好。导出后交银行，结果由财务登记。")
    return redirect("payments:detail", pk=made.pk)


def _list(pk: int) -> PaymentList:
    try:
        return PaymentList.objects.select_related("round").get(pk=pk)
    except PaymentList.DoesNotExist as error:
        raise Http404 from error


@may(Verb.CASE_PAY, Verb.CASE_PAY_RESULT)
@require_GET
def detail(request: ActingRequest, pk: int) -> HttpResponse:
    return _page(request, _list(pk))


def _page(
    request: ActingRequest, payment_list: PaymentList, *, problems: list[str] | None = None, **forms: Any
) -> HttpResponse:
    lines = list(queries.payments_of(payment_list))
    counts = {state: sum(line.state == state for line in lines) for state in PaymentState}
    return render(
        request,
        "desk/payments/detail.html",
        {
            "list": payment_list,
            "lines": [{"line": line, "place": org.place_name(line.place)} for line in lines],
            "total": sum(line.amount for line in lines),
            "listed": counts[PaymentState.LISTED],
            "paid": counts[PaymentState.PAID],
            "failed": counts[PaymentState.FAILED],
            "problems": problems or [],
            "why_form": forms.get("why_form") or WhyForm(),
            "result_form": forms.get("result_form") or ResultForm(),
            "may_export": request.acting.may(Verb.REVEAL_BANK),
            "may_settle": request.acting.may(Verb.CASE_PAY_RESULT)
            and payment_list.made_by_account != request.acting.account_id,
        },
        status=422 if problems else 200,
    )


@may(Verb.REVEAL_BANK)
@require_POST
def export(request: ActingRequest, pk: int) -> HttpResponseBase:
    """The list with full accounts as Excel, for a stated purpose."""
    payment_list = _list(pk)
    form = WhyForm(request.POST)
    if not form.is_valid():
        return _page(request, payment_list, why_form=form)
    why = form.cleaned_data["why"]
    return workbook(
        f"发放清单{payment_list.number}",
        lambda out: table.write_for_bank(out, payment_list, why=why, by=request.acting),
    )


@may(Verb.CASE_PAY_RESULT)
@require_POST
def upload(request: ActingRequest, pk: int) -> HttpResponse:
    """Read the bank's answer: all its lines, or none and why."""
    payment_list = _list(pk)
    form = ResultForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, payment_list, result_form=form)
    try:
        results, problems = table.read_from_bank(form.cleaned_data["file"].read())
    except SheetError as error:
        return _page(request, payment_list, problems=[str(error)])
    if problems:
        return _page(request, payment_list, problems=problems)
    return _settle(request, payment_list, results)


def _settle(request: ActingRequest, payment_list: PaymentList, results: list[BankResult]) -> HttpResponse:
    try:
        paid, failed = payments.take_results(list_id=payment_list.pk, results=results, by=request.acting)
    except Refused as refused:
        return _page(request, payment_list, problems=str(refused).split("\n"))
    if paid or failed:
        messages.success(request, f"已登记：到账{paid}笔，退回{failed}笔。退回的已转村（社区）更正账户。")
    else:
        messages.info(request, "这些结果都已登记过，没有变化。")
    return redirect("payments:detail", pk=payment_list.pk)


@may(Verb.CASE_PAY_RESULT)
def line(request: ActingRequest, pk: int) -> HttpResponse:
    """One line's result by hand."""
    try:
        payment = Payment.objects.select_related("list__round").get(pk=pk)
    except Payment.DoesNotExist as error:
        raise Http404 from error
    form = LineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        result = BankResult(1, payment.pk, data["paid"] == "yes", data["settled_on"], data["receipt"], data["failure"])
        try:
            payments.take_results(list_id=payment.list_id, results=[result], by=request.acting)
        except Refused as refused:
            form.add_error(None, str(refused).replace("第1行：", "").replace("第1行", ""))
        else:
            messages.success(request, "已登记。")
            return redirect("payments:detail", pk=payment.list_id)
    return render(request, "desk/payments/line.html", {"payment": payment, "form": form})
