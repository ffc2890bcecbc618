"""Rounds: prepared under the version in force, opened and closed in order, and the quota divided by the rule."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.programmes import queries
from niangjia.programmes.actions import cases, rounds
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.kinds import RoundState
from niangjia.programmes.models import Case, Round
from tests import factories as make
from tests.personas import District


@pytest.mark.parametrize(
    ("opens_on", "version"),
    [(dt.date(2019, 5, 1), "poor-mothers"), (dt.date(2021, 1, 1), "low-income-women")],
)
def test_a_round_takes_the_version_in_force_on_its_first_day(
    district: District, opens_on: dt.date, version: str
) -> None:
    round_ = make.open_round(district, opens_on=opens_on, closes_on=opens_on + dt.timedelta(days=30))
    assert (round_.version, round_.amount) == (version, Decimal(10_000))


@pytest.mark.parametrize(
    ("opens_on", "closes_on", "message"),
    [
        (dt.date(2010, 5, 1), dt.date(2010, 6, 1), "没有有效版本"),
        (dt.date(2026, 5, 2), dt.date(2026, 5, 1), "不能早于开始日期"),
    ],
)
def test_impossible_rounds_are_refused(district: District, opens_on: dt.date, closes_on: dt.date, message: str) -> None:
    with pytest.raises(Refused, match=message):
        make.open_round(district, opens_on=opens_on, closes_on=closes_on)


def test_amount_and_cut_off_day_stay_once_somebody_has_applied(district: District) -> None:
    round_ = make.open_round(district)
    officer = district.acting("officer")
    with acting_as(officer):
        assert rounds.change(round_id=round_.pk, by=officer, amount=Decimal(5_000)).amount == 5_000
    make.submitted(district, round_)
    with acting_as(officer):
        with pytest.raises(Refused) as caught:
            rounds.change(round_id=round_.pk, by=officer, amount=Decimal(10_000), cutoff_on=dt.date(2026, 1, 1))
        assert caught.value.fields == {"amount": "不能修改。", "cutoff_on": "不能修改。"}
        later = round_.closes_on + dt.timedelta(days=7)
        assert rounds.change(round_id=round_.pk, by=officer, closes_on=later, amount=Decimal(5_000)).closes_on == later


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ([], RoundState.DRAFT),
        ([], RoundState.FINISHED),
        ([RoundState.CLOSED, RoundState.FINISHED], RoundState.OPEN),
    ],
)
def test_states_of_a_round_follow_in_order(district: District, path: list[RoundState], wrong: RoundState) -> None:
    round_ = make.open_round(district)
    officer = district.acting("officer")
    with acting_as(officer):
        for state in path:
            rounds.set_state(round_id=round_.pk, state=state, by=officer)
        with pytest.raises(Refused, match="不能改为"):
            rounds.set_state(round_id=round_.pk, state=wrong, by=officer)


def test_a_closed_round_can_be_opened_again(district: District) -> None:
    round_ = make.open_round(district)
    officer = district.acting("officer")
    with acting_as(officer):
        rounds.set_state(round_id=round_.pk, state=RoundState.CLOSED, by=officer)
        assert rounds.set_state(round_id=round_.pk, state=RoundState.OPEN, by=officer).state == RoundState.OPEN


def test_a_round_with_cases_in_hand_is_not_finished(district: District) -> None:
    round_ = make.open_round(district)
    make.submitted(district, round_)
    officer = district.acting("officer")
    with acting_as(officer):
        rounds.set_state(round_id=round_.pk, state=RoundState.CLOSED, by=officer)
        with pytest.raises(Refused, match="还有1件在办理"):
            rounds.set_state(round_id=round_.pk, state=RoundState.FINISHED, by=officer)


def test_a_failed_payment_keeps_a_round_from_being_finished(district: District) -> None:
    round_ = make.open_round(district)
    make.granted(district, round_)
    make.bank_says(district, make.listed(district, round_), failure="账号不存在")
    officer = district.acting("officer")
    with acting_as(officer):
        rounds.set_state(round_id=round_.pk, state=RoundState.CLOSED, by=officer)
        with pytest.raises(Refused, match="还有1件在办理"):
            rounds.set_state(round_id=round_.pk, state=RoundState.FINISHED, by=officer)


def test_the_quota_goes_by_the_order_of_waiting_and_the_preview_says_the_same(district: District) -> None:
    round_ = make.open_round(district)
    third = make.approved(district, round_, 1, category="EXPENDITURE")
    first = make.approved(district, round_, 2, category="DESTITUTE")
    second = make.approved(district, round_, 3)
    chair = district.acting("chair")
    with acting_as(chair):
        assert rounds.report_up(round_id=round_.pk, batch_number=" CQ-1 ", by=chair) == 3
        preview = [place.case.pk for place in queries.order_of_waiting(Round.objects.get(pk=round_.pk))]
        assert preview == [first.pk, second.pk, third.pk]
        assert rounds.allocate(round_id=round_.pk, quota=2, by=chair) == (2, 1)
        states = dict(Case.objects.values_list("pk", "state"))
        ranks = dict(Case.objects.values_list("pk", "rank"))
    assert states == {first.pk: "ALLOCATED", second.pk: "ALLOCATED", third.pk: "WAITING"}
    assert ranks == {first.pk: 1, second.pk: 2, third.pk: 3}


def test_a_larger_quota_takes_from_the_waiting_and_the_same_quota_again_changes_nothing(district: District) -> None:
    round_ = make.open_round(district)
    for serial in (1, 2, 3):
        make.approved(district, round_, serial)
    make.allotted(district, round_, quota=1)
    chair = district.acting("chair")
    with acting_as(chair):
        assert rounds.allocate(round_id=round_.pk, quota=1, by=chair) == (0, 2)
        assert rounds.allocate(round_id=round_.pk, quota=2, by=chair) == (1, 1)
        with pytest.raises(Refused, match="已占用2个名额"):
            rounds.allocate(round_id=round_.pk, quota=1, by=chair)


def test_a_place_given_up_goes_to_the_next_in_line(district: District) -> None:
    round_ = make.open_round(district)
    first, second = make.approved(district, round_, 1), make.approved(district, round_, 2)
    make.allotted(district, round_, quota=1)
    village, chair = district.acting("dadongmen"), district.acting("chair")
    with acting_as(village):
        cases.step(case_id=first.pk, key="withdraw_for", by=village, revision=None, reason="HER_WISH")
    with acting_as(chair):
        assert rounds.allocate(round_id=round_.pk, quota=1, by=chair) == (1, 0)
        assert Case.objects.get(pk=second.pk).state == "ALLOCATED"


def test_a_batch_number_is_asked_for(district: District) -> None:
    round_ = make.open_round(district)
    chair = district.acting("chair")
    with acting_as(chair), pytest.raises(Refused) as caught:
        rounds.report_up(round_id=round_.pk, batch_number="  ", by=chair)
    assert caught.value.fields == {"batch_number": "请填写。"}


def test_a_finished_round_divides_nothing(district: District) -> None:
    round_ = make.open_round(district)
    officer, chair = district.acting("officer"), district.acting("chair")
    with acting_as(officer):
        rounds.set_state(round_id=round_.pk, state=RoundState.CLOSED, by=officer)
        rounds.set_state(round_id=round_.pk, state=RoundState.FINISHED, by=officer)
    with acting_as(chair), pytest.raises(Refused, match="批次已办结"):
        rounds.allocate(round_id=round_.pk, quota=1, by=chair)


@pytest.mark.parametrize("who", ["dunren", "dadongmen", "finance", "auditor"])
def test_rounds_are_the_districts_matter(district: District, who: str) -> None:
    round_ = make.open_round(district)
    by = district.acting(who)
    with acting_as(by):
        with pytest.raises(PermissionDenied):
            rounds.change(round_id=round_.pk, by=by, quota=99)
        with pytest.raises(PermissionDenied):
            rounds.allocate(round_id=round_.pk, quota=99, by=by)


def test_open_rounds_are_those_of_the_day(district: District) -> None:
    round_ = make.open_round(district)
    with acting_as(district.resident()):
        assert list(queries.open_rounds(clock.today())) == [round_]
        assert not queries.open_rounds(round_.closes_on + dt.timedelta(days=1)).exists()
