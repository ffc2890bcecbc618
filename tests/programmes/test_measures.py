"""The grant's figures: 人, 人次, 户, 万元, % and 笔, each from its own records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.programmes import registry
from niangjia.programmes.actions import cases
from niangjia.programmes.measures import measures_of
from niangjia.programmes.models import Grant
from tests import factories
from tests.personas import DADONGMEN, DUNREN, District

TODAY = dt.date(2026, 11, 24)


def figures(district: District, persona: str = "chair") -> dict[str, Decimal]:
    with acting_as(district.acting(persona)):
        return {
            measure.key.removeprefix("two_cancers_grant."): measures.value(measure)
            for measure in measures.all_measures()
            if measure.key.startswith("two_cancers_grant.")
        }


def test_every_figure_of_the_grant_has_its_unit() -> None:
    assert {m.key: m.unit for m in measures.all_measures() if m.key.startswith("two_cancers_grant.")} == {
        "two_cancers_grant.applied": "人",
        "two_cancers_grant.approved": "人",
        "two_cancers_grant.granted": "人",
        "two_cancers_grant.paid": "人",
        "two_cancers_grant.paid_money": "万元",
        "two_cancers_grant.households": "户",
        "two_cancers_grant.follow_ups": "人次",
        "two_cancers_grant.visited_households": "户",
        "two_cancers_grant.visited_people": "人",
        "two_cancers_grant.on_time": "%",
        "two_cancers_grant.returned_payments": "笔",
    }
    declared = [m.key for programme in registry.programmes().values() for m in measures_of(programme)]
    assert declared == [m.key for m in measures.all_measures() if m.key.partition(".")[0] in registry.programmes()]


def test_figures_grow_with_the_way_of_the_grant(district: District) -> None:
    with clock.frozen(TODAY):
        round_ = factories.open_round(district)
        factories.paid(district, round_, 1)
        factories.granted(district, round_, 2)
        factories.submitted(district, round_, 3)
        assert figures(district) == {
            "applied": 3, "approved": 2, "granted": 2, "paid": 1, "paid_money": 1, "households": 1, "follow_ups": 0, "visited_households": 0, "visited_people": 0,
            "on_time": 100, "returned_payments": 0,
        }  # fmt: skip


def test_two_visits_to_one_woman_are_two_visits_and_one_woman(district: District) -> None:
    with clock.frozen(TODAY):
        case = factories.paid(district, factories.open_round(district), 1)
        by = district.acting("dadongmen")
        with acting_as(by):
            said = {"visited_on": TODAY.isoformat(), "way": "VISIT", "use_of_money": "购药", "condition": "平稳"}
            cases.step(case_id=case.pk, key="follow_up", by=by, revision=None, answers=said)
        found = figures(district)
    assert (found["follow_ups"], found["visited_people"], found["visited_households"], found["paid"]) == (1, 1, 1, 1)


def test_a_payment_the_bank_sent_back_is_no_payment(district: District) -> None:
    with clock.frozen(TODAY):
        round_ = factories.open_round(district)
        factories.granted(district, round_, 1)
        factories.bank_says(district, factories.listed(district, round_), failure="账号不存在")
        found = figures(district)
    assert (found["returned_payments"], found["paid"], found["paid_money"]) == (1, 0, 0)


def test_two_women_of_one_household_are_two_women_and_one_household(district: District) -> None:
    with clock.frozen(TODAY):
        round_ = factories.open_round(district)
        for serial, address in ((1, "一组12号"), (2, "一组12号"), (3, "二组3号")):
            factories.granted(district, round_, serial, address=address)
        found = figures(district)
    assert (found["households"], found["granted"]) == (2, 3)


@pytest.mark.parametrize(
    ("persona", "expected"), [("chair", 1), ("dunren", 1), ("dadongmen", 1), ("chongyi", 0), ("jiaotong", 0)]
)
def test_a_figure_counts_what_its_reader_may_see(district: District, persona: str, expected: int) -> None:
    with clock.frozen(TODAY):
        factories.paid(district, factories.open_round(district), 1)
        assert figures(district, persona)["paid"] == expected


def test_a_record_leads_to_its_case_and_shows_no_full_name(district: District) -> None:
    with clock.frozen(TODAY):
        case = factories.paid(district, factories.open_round(district), 1)
    with acting_as(district.acting("chair")):
        for measure in measures.all_measures():
            for record in measures.records(measure, place=DADONGMEN):
                assert measure.detail is not None
                route = measure.detail(record)
                assert route is not None
                assert reverse(route[0], kwargs=route[1]) == f"/desk/cases/{case.pk}/"
                assert measure.caption(record).startswith(f"{case.number} 张*芳")


def test_a_grant_of_an_old_ledger_has_no_page(district: District) -> None:
    grant = Grant(granted_on=dt.date(2015, 6, 1), amount=Decimal(10000), source="2015年台账", place=DUNREN)
    measure = measures.get("two_cancers_grant.granted")
    assert measure.detail is not None
    assert measure.detail(grant) is None
    assert measure.caption(grant) == "2015-06-01 10,000元（2015年台账）"
