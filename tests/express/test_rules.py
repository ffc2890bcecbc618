"""What a trip must say, and when papers run out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from niangjia.express import rules
from niangjia.express.kinds import CostKind, Purpose, VehicleState
from niangjia.express.rules import Due, Entry, Papers
from tests.personas import DADONGMEN, FULING

TODAY = dt.date(2026, 11, 24)
PAPERS = Papers(dt.date(2024, 5, 10), VehicleState.IN_USE)


def entry(**changes: Any) -> Entry:
    base: dict[str, Any] = {
        "left_on": TODAY, "purpose": Purpose.CLINIC, "places": (DADONGMEN,), "km": Decimal("86.5"), "counts": {"advised": 30},
    }  # fmt: skip
    return Entry(**{**base, **changes})


@pytest.mark.parametrize(
    ("changes", "papers", "wrong"),
    [
        ({}, PAPERS, {}),
        ({"left_on": dt.date(2026, 11, 25)}, PAPERS, {"left_on": "出车日期不能晚于今天。请改成实际出车的日期。"}),
        ({"left_on": dt.date(2024, 5, 9)}, PAPERS, {"left_on": "早于车辆接收日期 2024-05-10。请核对日期或车辆。"}),
        ({"left_on": dt.date(2024, 5, 10)}, PAPERS, {}),
        ({}, Papers(PAPERS.received_on, VehicleState.RETIRED, dt.date(2026, 11, 23)),
         {"left_on": "车辆已于 2026-11-23 停用。请核对日期或车辆。"}),
        ({}, Papers(PAPERS.received_on, VehicleState.RETIRED, TODAY), {}),
        ({"places": ()}, PAPERS, {"places": "请选择到达的地方。"}),
        ({"places": (DADONGMEN, "500103001000")}, PAPERS,
         {"places": "到达的地方应在本区县内；跨区转诊的写出发地，并在备注里说明。"}),
        ({"km": Decimal(0)}, PAPERS, {"km": "里程应在 0 至 2000 公里之间。请核对。"}),
        ({"km": Decimal("2000.1")}, PAPERS, {"km": "里程应在 0 至 2000 公里之间。请核对。"}),
        ({"counts": {"advised": 3, "heard": -1}}, PAPERS, {"counts": "人数、份数和场次不能是负数。"}),
        ({"counts": {}}, PAPERS, {"advised": "用途是义诊体检，请填写“咨询义诊”或“困难妇女筛查体检”的数量。"}),
        ({"counts": {"screened": 1}}, PAPERS, {}),
        ({"purpose": Purpose.CARRY}, PAPERS, {"carried": "用途是接送孕产妇，请填写“免费接送孕产妇”的数量。"}),
        ({"purpose": Purpose.TRANSFER, "counts": {"rescued": 1}}, PAPERS, {}),
        ({"purpose": Purpose.TRAINING}, PAPERS, {"trained": "用途是培训，请填写“培训基层医务人员”的数量。"}),
        ({"purpose": Purpose.PUBLICITY, "counts": {"given": 200}}, PAPERS, {}),
        ({"purpose": Purpose.EMERGENCY, "counts": {}}, PAPERS, {}),
    ],
)  # fmt: skip
def test_a_trip_says_what_its_purpose_needs_and_nothing_impossible(
    changes: dict[str, Any], papers: Papers, wrong: dict[str, str]
) -> None:
    assert rules.faults(entry(**changes), papers, district=FULING, today=TODAY) == wrong


@pytest.mark.parametrize(
    ("counts", "talks", "clinics"),
    [
        ({}, 0, 0),
        ({"heard": 40}, 1, 0),
        ({"heard": 40, "talks": 3}, 3, 0),
        ({"screened": 5}, 0, 1),
        ({"advised": 5, "screened": 5, "clinics": 2}, 0, 2),
    ],
)
def test_who_was_reached_was_so_in_one_session_at_least(counts: dict[str, int], talks: int, clinics: int) -> None:
    found = rules.completed(entry(counts=counts)).counts
    assert (found["talks"], found["clinics"]) == (talks, clinics)


@pytest.mark.parametrize(
    ("insured", "inspected", "texts"),
    [
        (None, None, []),
        (TODAY + dt.timedelta(days=31), TODAY + dt.timedelta(days=400), []),
        (TODAY + dt.timedelta(days=30), None, ["保险还有 30 天到期"]),
        (TODAY, TODAY - dt.timedelta(days=2), ["年检已过期 2 天", "保险今天到期"]),
    ],
)
def test_papers_that_run_out_within_the_month_are_told_the_most_urgent_first(
    insured: dt.date | None, inspected: dt.date | None, texts: list[str]
) -> None:
    assert [due.text for due in rules.due(insured, inspected, today=TODAY)] == texts


@pytest.mark.parametrize(("days", "tone"), [(-1, "bad"), (0, "due"), (30, "due")])
def test_what_has_run_out_is_worse_than_what_will(days: int, tone: str) -> None:
    assert Due("保险", TODAY, days).tone == tone


@pytest.mark.parametrize(
    ("amount", "day", "wrong"),
    [
        (Decimal(1), TODAY, {}),
        (Decimal(0), TODAY, {"amount": "保险的金额应大于 0。"}),
        (Decimal(1), TODAY + dt.timedelta(days=1), {"day": "日期不能晚于今天。"}),
    ],
)
def test_a_cost_is_an_amount_that_was_paid(amount: Decimal, day: dt.date, wrong: dict[str, str]) -> None:
    assert rules.cost_faults(amount, CostKind.INSURANCE, day, today=TODAY) == wrong
