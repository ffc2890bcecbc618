"""Money: each grant on one list at a time, each result once, and nobody both lists and settles."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.programmes import queries
from niangjia.programmes.actions import cases, payments
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.payments import BankResult
from niangjia.programmes.kinds import GrantState, PaymentState
from niangjia.programmes.models import Case, Grant, Payment, Step
from niangjia.trail.actions import append
from tests import factories as make
from tests.personas import District


def test_the_list_carries_account_and_amount_and_a_second_list_is_empty(district: District) -> None:
    round_ = make.open_round(district)
    case = make.granted(district, round_)
    made = make.listed(district, round_)
    with acting_as(district.acting("officer")):
        (line,) = queries.payments_of(made)
        assert (line.holder, line.account_tail, line.amount, line.state) == (
            "张桂芳",
            "3446",
            Decimal(10_000),
            PaymentState.LISTED.value,
        )
        assert line.account.reveal() == "6222020200112233446"
        assert Case.objects.get(pk=case.pk).state == "PAYING"
    with pytest.raises(Refused, match="没有可以发放的救助"):
        make.listed(district, round_)


def test_the_database_holds_a_grant_to_one_running_line(district: District) -> None:
    round_ = make.open_round(district)
    make.granted(district, round_)
    make.listed(district, round_)
    with acting_as(district.acting("officer")):
        line = Payment.objects.get()
        line.pk = None
        with pytest.raises(IntegrityError, match="programmes_payment_once"), transaction.atomic():
            line.save(force_insert=True)


def test_paid_means_case_grant_and_line_say_so_with_day_and_receipt(district: District) -> None:
    round_ = make.open_round(district)
    case = make.paid(district, round_)
    with acting_as(district.acting("finance")):
        grant, line = Grant.objects.get(), Payment.objects.get()
    assert case.state == "PAID"
    assert (grant.state, grant.paid_on, grant.receipt) == (GrantState.PAID, clock.today(), f"HD{line.pk}")
    assert (line.state, line.settled_on) == (PaymentState.PAID, clock.today())


def test_taking_the_same_results_again_changes_nothing(district: District) -> None:
    round_ = make.open_round(district)
    case = make.granted(district, round_)
    made = make.listed(district, round_)
    assert make.bank_says(district, made) == (1, 0)
    assert make.bank_says(district, made) == (0, 0)
    with acting_as(district.acting("finance")):
        assert Step.objects.filter(case=case, key="paid").count() == 1


def test_a_failed_payment_is_corrected_and_goes_on_a_new_list(district: District) -> None:
    round_ = make.open_round(district)
    case = make.granted(district, round_)
    assert make.bank_says(district, make.listed(district, round_), failure="账号与户名不符") == (0, 1)
    village = district.acting("dadongmen")
    with acting_as(village):
        assert Case.objects.get(pk=case.pk).state == "PAY_FAILED"
        assert Case.objects.get(pk=case.pk) in queries.inbox(village)
        cases.correct_account(
            case_id=case.pk, by=village, revision=None, holder="张桂芳", bank="某银行", card="6222020200998877662"
        )
    second = make.listed(district, round_)
    assert make.bank_says(district, second) == (1, 0)
    with acting_as(district.acting("finance")):
        lines = list(Payment.objects.order_by("id").values_list("state", "account_tail", "failure"))
        assert Grant.objects.get().state == GrantState.PAID
    assert lines == [(PaymentState.FAILED, "3446", "账号与户名不符"), (PaymentState.PAID, "7662", "")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"payment_id": 0}, "第7行：清单.*中没有这一笔，请核对流水号"),
        ({"settled_on": None}, "第7行“到账日期”：应填写不晚于今天的日期"),
        ({"settled_on": dt.date(2099, 1, 1)}, "第7行“到账日期”：应填写不晚于今天的日期"),
        ({"paid": False, "settled_on": None}, "第7行“失败原因”：银行退回的请写明原因"),
    ],
)
def test_a_wrong_line_is_named_by_its_row_and_nothing_is_taken(
    district: District, changes: dict[str, object], message: str
) -> None:
    round_ = make.open_round(district)
    for serial in (1, 2):
        make.approved(district, round_, serial)
    make.allotted(district, round_, quota=2)
    make.notice_over(make.on_notice(district, round_))
    made = make.listed(district, round_)
    finance = district.acting("finance")
    with acting_as(finance):
        good, bad = made.payments.values_list("pk", flat=True)
        known = {"row": 7, "payment_id": bad, "paid": True, "settled_on": clock.today(), "receipt": "", "failure": ""}
        results = [BankResult(6, good, True, clock.today(), "", ""), BankResult(**{**known, **changes})]  # type: ignore[arg-type]
        with pytest.raises(Refused, match=message):
            payments.take_results(list_id=made.pk, results=results, by=finance)
        assert set(made.payments.values_list("state", flat=True)) == {PaymentState.LISTED}


def test_a_settled_line_does_not_turn_into_its_opposite(district: District) -> None:
    round_ = make.open_round(district)
    make.granted(district, round_)
    made = make.listed(district, round_)
    make.bank_says(district, made)
    with pytest.raises(Refused, match="第2行：此笔已登记为“已到账”，不能改成相反结果"):
        make.bank_says(district, made, failure="账号不存在")


def test_who_made_the_list_does_not_enter_what_the_bank_says(district: District) -> None:
    round_ = make.open_round(district)
    make.granted(district, round_)
    made = make.listed(district, round_)
    officer = district.acting("officer")
    with acting_as(officer), pytest.raises(PermissionDenied):
        payments.take_results(list_id=made.pk, results=[], by=officer)
    made.made_by_account = district.acting("finance").account_id
    with acting_as(officer):
        made.save()
        append(stream="test", verb="test", subject="test", place=made.place)
    with pytest.raises(Refused, match="编制发放清单的人不得登记银行结果"):
        make.bank_says(district, made)


@pytest.mark.parametrize("who", ["chair", "finance", "dunren", "dadongmen"])
def test_only_the_officer_for_it_makes_lists(district: District, who: str) -> None:
    round_ = make.open_round(district)
    make.granted(district, round_)
    by = district.acting(who)
    with acting_as(by), pytest.raises(PermissionDenied):
        payments.make_list(round_id=round_.pk, by=by)
