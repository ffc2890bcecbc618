"""Money: the list for the bank, what the bank says, and the second try."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.numbers import next_number
from niangjia.programmes import queries
from niangjia.programmes.actions.acts import take
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.steps import locked
from niangjia.programmes.kinds import GrantState, PaymentState
from niangjia.programmes.models import Grant, Payment, PaymentList, Round


@dataclass(frozen=True, slots=True)
class BankResult:
    """One line of the bank's answer. ``row`` is the row the user sees in her file."""

    row: int
    payment_id: int
    paid: bool
    settled_on: dt.date | None
    receipt: str
    failure: str


@transaction.atomic
def make_list(*, round_id: int, by: Acting) -> PaymentList:
    """Put every payable grant of a round on a new list; open objections keep theirs off it."""
    by.require(Verb.CASE_PAY)
    round_ = Round.objects.select_for_update(of=("self",)).get(pk=round_id)
    grants = list(queries.payable_grants(round_))
    if not grants:
        raise Refused("本批次没有可以发放的救助。公示结束且无异议的才能列入清单。")
    payment_list = PaymentList.objects.create(
        number=next_number("programmes", f"FF{clock.today():%Y%m%d}"),
        round=round_,
        made_at=clock.now(),
        made_by=by.signature,
        made_by_account=by.account_id,
        place=round_.place,
    )
    for grant in grants:
        assert grant.case_id is not None
        assert grant.amount is not None
        case = locked(grant.case_id, revision=None)
        answers, bound = queries.answers_of(case), queries.version_of(case).bindings
        card = str(answers[bound.card])
        Payment.objects.create(
            list=payment_list,
            grant=grant,
            holder=str(answers[bound.card_holder]),
            bank=str(answers[bound.bank]),
            account=card,
            account_tail=card[-4:],
            amount=grant.amount,
            place=grant.place,
        )
        take(case, "list_payment", by=by, note=f"清单 {payment_list.number}")
    record(
        by=by,
        stream=f"round:{round_.pk}",
        verb="payment.list",
        subject=f"payment_list:{payment_list.pk}",
        place=round_.place,
        summary={
            "number": payment_list.number,
            "lines": len(grants),
            "amount": str(sum(g.amount or 0 for g in grants)),
        },
    )
    return payment_list


@transaction.atomic
def take_results(*, list_id: int, results: Sequence[BankResult], by: Acting) -> tuple[int, int]:
    """Enter what the bank answered; returns paid and failed. All lines are taken or none; taking them again changes nothing."""
    by.require(Verb.CASE_PAY_RESULT)
    payment_list = PaymentList.objects.select_for_update(of=("self",)).get(pk=list_id)
    if payment_list.made_by_account == by.account_id:
        raise Refused("编制发放清单的人不得登记银行结果。请由财务人员办理。")
    lines = {
        payment.pk: payment for payment in payment_list.payments.select_related("grant").select_for_update(of=("self",))
    }
    problems: list[str] = []
    paid = failed = 0
    for result in results:
        payment = lines.get(result.payment_id)
        if payment is None:
            problems.append(f"第{result.row}行：清单{payment_list.number}中没有这一笔，请核对流水号。")
        elif result.paid and (result.settled_on is None or result.settled_on > clock.today()):
            problems.append(f"第{result.row}行“到账日期”：应填写不晚于今天的日期。")
        elif not result.paid and not result.failure:
            problems.append(f"第{result.row}行“失败原因”：银行退回的请写明原因。")
        elif payment.state != PaymentState.LISTED and (payment.state == PaymentState.PAID) != result.paid:
            problems.append(
                f"第{result.row}行：此笔已登记为“{payment.get_state_display()}”，不能改成相反结果。"
                "请从表中删去这一行；如银行确已转账，请联系银行追回。"
            )
    if problems:
        raise Refused("银行结果没有登记。" + "\n".join(problems))
    for result in results:
        payment = lines[result.payment_id]
        if payment.state != PaymentState.LISTED:
            continue
        if result.paid:
            _settle_paid(payment, result, by)
            paid += 1
        else:
            _settle_failed(payment, result, by)
            failed += 1
    record(
        by=by,
        stream=f"round:{payment_list.round_id}",
        verb="payment.results",
        subject=f"payment_list:{payment_list.pk}",
        place=payment_list.place,
        summary={"number": payment_list.number, "paid": paid, "failed": failed},
    )
    return paid, failed


def _settle_paid(payment: Payment, result: BankResult, by: Acting) -> None:
    payment.state, payment.settled_on, payment.receipt = PaymentState.PAID, result.settled_on, result.receipt
    payment.save(update_fields=["state", "settled_on", "receipt"])
    Grant.objects.filter(pk=payment.grant_id).update(
        state=GrantState.PAID, paid_on=result.settled_on, receipt=result.receipt
    )
    assert payment.grant.case_id is not None
    take(locked(payment.grant.case_id, revision=None), "paid", by=by, note=f"到账 {result.settled_on}")


def _settle_failed(payment: Payment, result: BankResult, by: Acting) -> None:
    payment.state, payment.settled_on, payment.failure = PaymentState.FAILED, clock.today(), result.failure
    payment.save(update_fields=["state", "settled_on", "failure"])
    assert payment.grant.case_id is not None
    take(locked(payment.grant.case_id, revision=None), "pay_failed", by=by, note=result.failure)
