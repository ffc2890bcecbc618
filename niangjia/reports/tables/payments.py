"""The list for the bank, and the bank's answer: one layout, so that the file that went out can come back filled in."""

from __future__ import annotations

import datetime as dt
from typing import BinaryIO

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.letters.kinds import Column, SheetError, Table
from niangjia.letters.sheets import read_table, write_table
from niangjia.programmes import queries
from niangjia.programmes.actions.payments import BankResult
from niangjia.programmes.kinds import PaymentState
from niangjia.programmes.models import Payment, PaymentList

PAID, FAILED = "成功", "失败"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text[:10].replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise ValueError("应为日期，如2026-09-30") from error


def _serial(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("流水号应为清单上的数字")
    return int(text)


# The purpose says nothing of the illness: bank clerks and whoever sees the statement read it.
TABLE = Table(
    "payments",
    "救助资金发放清单",
    (
        Column("serial", "流水号", _serial, required=True, width=10, note="清单自带，不要改动"),
        Column("holder", "户名", width=12),
        Column("account", "账号", width=24),
        Column("bank", "开户行", width=28),
        Column("amount", "金额（元）", width=12, numeric=True, aliases=("金额",)),
        Column("purpose", "用途", width=14),
        Column("result", "结果", choices=(PAID, FAILED), width=8, note="填“成功”或“失败”"),
        Column("settled_on", "到账日期", _day, width=12, example="2026-09-30"),
        Column("receipt", "回单号", width=20, aliases=("银行流水号",)),
        Column("failure", "失败原因", width=24),
    ),
)


def write_for_bank(out: BinaryIO, payment_list: PaymentList, *, why: str, by: Acting) -> int:
    """Write the list with full accounts. It is a reveal of every account on it, and the trail says so."""
    by.require(Verb.REVEAL_BANK)
    lines = list(queries.payments_of(payment_list))
    record(
        by=by,
        stream=f"round:{payment_list.round_id}",
        verb="payment.export",
        subject=f"payment_list:{payment_list.pk}",
        place=payment_list.place,
        summary={"number": payment_list.number, "lines": len(lines), "why": why},
    )
    rows = (
        (line.pk, line.holder, line.account.reveal(), line.bank, line.amount, "困难救助", *_outcome(line))
        for line in lines
    )
    return write_table(out, TABLE, rows, title=f"救助资金发放清单 {payment_list.number}")


def _outcome(line: Payment) -> tuple[object, ...]:
    """What the bank said already, in the columns it fills in."""
    match line.state:
        case PaymentState.PAID:
            return PAID, line.settled_on, line.receipt, None
        case PaymentState.FAILED:
            return FAILED, None, None, line.failure
        case _:
            return None, None, None, None


def read_from_bank(data: bytes) -> tuple[list[BankResult], list[str]]:
    """The bank's answers and every problem, each naming row, column and remedy. Lines without a result are left out.

    Raises SheetError for a file that is no such list.
    """
    results: list[BankResult] = []
    problems: list[str] = []
    for row in read_table(data, TABLE):
        problems += [str(error) for error in row.errors]
        said = row.values["result"]
        if row.errors or said is None:
            continue
        results.append(
            BankResult(
                row=row.number,
                payment_id=int(str(row.values["serial"])),
                paid=said == PAID,
                settled_on=row.values["settled_on"] if isinstance(row.values["settled_on"], dt.date) else None,
                receipt=str(row.values["receipt"] or ""),
                failure=str(row.values["failure"] or ""),
            )
        )
    if not results and not problems:
        raise SheetError("文件里没有一行填写了“结果”", "请在“结果”列填“成功”或“失败”后重新上传")
    return results, problems
