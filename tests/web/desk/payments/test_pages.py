"""The list goes to the bank and its answer comes back, by Excel or by hand."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.letters.sheets import read_table, write_table
from niangjia.programmes.models import Case, PaymentList
from niangjia.reports.tables.payments import TABLE
from niangjia.trail.queries import latest
from tests import factories
from tests.personas import District
from tests.web.conftest import Browse


@pytest.fixture
def a_list(district: District) -> PaymentList:
    round_ = factories.open_round(district)
    for serial in (1, 2):
        factories.approved(district, round_, serial)
    factories.allotted(district, round_, quota=2)
    factories.notice_over(factories.on_notice(district, round_))
    return factories.listed(district, round_)


def rows_of(response: Any) -> list[dict[str, object]]:
    data = response.content
    return [row.values for row in read_table(data, TABLE)]


def filled(a_list: PaymentList, district: District, *outcomes: tuple[object, ...]) -> SimpleUploadedFile:
    """The exported list with the bank's columns filled in."""
    with acting_as(district.acting("finance")):
        lines = list(a_list.payments.order_by("id"))
    rows = [
        (line.pk, line.holder, "", line.bank, line.amount, "", *outcome)
        for line, outcome in zip(lines, outcomes, strict=True)
    ]
    out = io.BytesIO()
    write_table(out, TABLE, rows)
    return SimpleUploadedFile("结果.xlsx", out.getvalue())


def states(district: District) -> list[str]:
    with acting_as(district.acting("chair")):
        return list(Case.objects.order_by("id").values_list("state", flat=True))


def test_the_export_needs_a_purpose(a_list: PaymentList, as_persona: Browse) -> None:
    response = as_persona("officer").post(f"/desk/payments/{a_list.pk}/export/", {"why": ""})
    assert response["Content-Type"].startswith("text/html")


def test_the_export_holds_full_accounts_and_is_in_the_trail(
    a_list: PaymentList, as_persona: Browse, district: District
) -> None:
    rows = rows_of(as_persona("officer").post(f"/desk/payments/{a_list.pk}/export/", {"why": "交银行代发"}))
    assert [(row["account"], row["purpose"]) for row in rows] == [("6222020200112233446", "困难救助")] * 2
    with acting_as(district.acting("chair")):
        entry = latest().filter(verb="payment.export").get()
    assert entry.summary == {"number": a_list.number, "lines": 2, "why": "交银行代发"}


def test_who_may_not_see_accounts_may_not_export(a_list: PaymentList, as_persona: Browse) -> None:
    assert as_persona("chair").post(f"/desk/payments/{a_list.pk}/export/", {"why": "交银行代发"}).status_code == 403


def test_the_banks_answer_is_taken(a_list: PaymentList, as_persona: Browse, district: District) -> None:
    file = filled(a_list, district, ("成功", clock.today(), "R1", ""), ("失败", "", "", "户名不符"))
    as_persona("finance").post(f"/desk/payments/{a_list.pk}/results/", {"file": file})
    assert states(district) == ["PAID", "PAY_FAILED"]


def test_taking_it_again_changes_nothing(a_list: PaymentList, as_persona: Browse, district: District) -> None:
    outcomes = ("成功", clock.today(), "R1", ""), ("失败", "", "", "户名不符")
    for _ in range(2):
        as_persona("finance").post(
            f"/desk/payments/{a_list.pk}/results/", {"file": filled(a_list, district, *outcomes)}
        )
    assert states(district) == ["PAID", "PAY_FAILED"]


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        (("成功", "", "", ""), "第3行“到账日期”"),
        (("成功", clock.today() + dt.timedelta(days=3), "", ""), "第3行“到账日期”"),
        (("失败", "", "", ""), "第3行“失败原因”"),
        (("不知道", "", "", ""), "结果"),
        (("成功", "昨天", "", ""), "到账日期"),
    ],
)
def test_one_wrong_row_keeps_all_rows_out_and_is_named(
    a_list: PaymentList, as_persona: Browse, district: District, outcome: tuple[object, ...], message: str
) -> None:
    file = filled(a_list, district, ("成功", clock.today(), "R1", ""), outcome)
    page = as_persona("finance").post(f"/desk/payments/{a_list.pk}/results/", {"file": file})
    assert (page.status_code, message in page.content.decode(), states(district)) == (422, True, ["PAYING", "PAYING"])


def test_a_file_that_is_no_workbook_is_refused_in_words(a_list: PaymentList, as_persona: Browse) -> None:
    file = SimpleUploadedFile("结果.xlsx", b"not a workbook")
    page = as_persona("finance").post(f"/desk/payments/{a_list.pk}/results/", {"file": file})
    assert (page.status_code, "没有登记任何一笔" in page.content.decode()) == (422, True)


def test_a_line_is_settled_by_hand(a_list: PaymentList, as_persona: Browse, district: District) -> None:
    with acting_as(district.acting("finance")):
        line = a_list.payments.order_by("id")[0]
    as_persona("finance").post(
        f"/desk/payments/lines/{line.pk}/", {"paid": "yes", "settled_on": str(clock.today()), "receipt": "R9"}
    )
    assert states(district) == ["PAID", "PAYING"]


@pytest.mark.parametrize("path", ["", "{list}/"])
def test_a_town_is_refused(a_list: PaymentList, as_persona: Browse, path: str) -> None:
    assert as_persona("dunren").get(f"/desk/payments/{path.format(list=a_list.pk)}").status_code == 403


def test_the_pages_show_no_full_account(a_list: PaymentList, as_persona: Browse) -> None:
    page = as_persona("officer").get(f"/desk/payments/{a_list.pk}/").content.decode()
    assert ["6222020200112233446" in page, "****3446" in page] == [False, True]
