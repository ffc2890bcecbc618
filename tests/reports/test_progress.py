"""Targets joined to records: one figure, seen from the district, a town and a village."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.core.codes import Level
from niangjia.plans import actions, queries
from niangjia.plans.kinds import Light
from niangjia.plans.models import Goal, PlanVersion, Target
from niangjia.reports import progress
from tests import factories
from tests.personas import CHONGYI, DADONGMEN, DUNREN, FULING, District

TEXT = """2026年工作计划
一、救助困难患病妇女不少于4人。
二、培训妇女300人次。
三、家长满意率达到90%。
"""
TODAY = dt.date(2026, 11, 24)
Publish = Callable[..., PlanVersion]


@pytest.fixture
def plan(district: District, published: Publish) -> PlanVersion:
    with clock.frozen(TODAY):
        version = published(TEXT, title="年度计划")
        officer = district.acting("officer")
        with acting_as(officer):
            first = queries.targets_in_force(version.plan)[0]
            actions.arrange(
                goal_id=first.goal_id, owner=first.owner, measure="two_cancers_grant.paid", quarters=None, by=officer
            )
    return version


def targets(version: PlanVersion) -> list[Target]:
    return list(queries.targets_in_force(version.plan))


def seen(district: District, version: PlanVersion, persona: str, place: str) -> list[tuple[Any, Any, Light, str]]:
    with acting_as(district.acting(persona)):
        found = progress.progress_of(targets(version), place=place, day=TODAY)
    return [(p.aim, p.value, p.light, p.judgement.reason) for p in found]


def test_a_grant_that_is_paid_moves_the_light_at_once(district: District, plan: PlanVersion) -> None:
    with clock.frozen(TODAY):
        assert seen(district, plan, "chair", FULING)[0] == (Decimal(4), Decimal(0), Light.RED, "进度落后")
        round_ = factories.open_round(district)
        for serial in (1, 2, 3):
            factories.paid(district, round_, serial)
        assert seen(district, plan, "chair", FULING)[0] == (Decimal(4), Decimal(3), Light.YELLOW, "进度偏慢")
        factories.paid(district, round_, 4)
        assert seen(district, plan, "chair", FULING)[0] == (Decimal(4), Decimal(4), Light.GREEN, "已完成")


def test_the_records_are_those_the_value_counts(district: District, plan: PlanVersion) -> None:
    with clock.frozen(TODAY):
        round_ = factories.open_round(district)
        paid = factories.paid(district, round_, 1)
        factories.granted(district, round_, 2)
    with acting_as(district.acting("chair")):
        found = progress.records_of(targets(plan)[0], place=FULING, day=TODAY)
        assert found is not None
        assert [grant.case_id for grant in found] == [paid.pk]
    with acting_as(district.acting("chongyi")):
        found = progress.records_of(targets(plan)[0], place=CHONGYI, day=TODAY)
        assert found is not None
        assert list(found) == []


def test_a_target_reported_by_hand_has_no_records(district: District, plan: PlanVersion) -> None:
    with acting_as(district.acting("chair")):
        assert progress.records_of(targets(plan)[1], place=FULING, day=TODAY) is None


def test_a_town_sees_its_part_and_a_village_none(district: District, plan: PlanVersion) -> None:
    with clock.frozen(TODAY):
        officer = district.acting("officer")
        with acting_as(officer):
            goal = targets(plan)[0].goal_id
            actions.split_target(goal_id=goal, values={district.unit("敦仁街道妇联").pk: Decimal(1)}, by=officer)
        factories.paid(district, factories.open_round(district), 1)
        assert seen(district, plan, "dunren", DUNREN) == [
            (Decimal(1), Decimal(1), Light.GREEN, "已完成"),
            (None, None, Light.NO_DATA, "没有分解到本单位"),
            (Decimal(90), None, Light.NO_DATA, "还没有数据"),
        ]
        assert seen(district, plan, "chongyi", CHONGYI)[0] == (None, Decimal(0), Light.NO_DATA, "没有分解到本单位")
        assert seen(district, plan, "dadongmen", DADONGMEN)[0] == (None, Decimal(1), Light.NO_DATA, "没有分解到本单位")


def figure(district: District, goal: int, month: int, value: int, persona: str = "officer", **more: Any) -> None:
    by = district.acting(persona)
    with clock.frozen(TODAY), acting_as(by):
        actions.report_figure(goal_id=goal, year=2026, month=month, value=Decimal(value), by=by, **more)


def test_figures_by_hand_add_up_and_a_level_is_the_places_own(district: District, plan: PlanVersion) -> None:
    with acting_as(district.acting("officer")):
        _, count, level = targets(plan)
    for persona, value in (("officer", 100), ("dunren", 120), ("chongyi", 60)):
        figure(district, count.goal_id, 9, value, persona)
    figure(district, count.goal_id, 10, 130, "dunren")
    for persona, value in (("officer", 91), ("dunren", 70)):
        figure(district, level.goal_id, 9, value, persona)
    assert seen(district, plan, "chair", FULING)[1:] == [
        (Decimal(300), Decimal(290), Light.GREEN, "进度正常"),
        (Decimal(90), Decimal(91), Light.GREEN, "已达标"),
    ]
    assert seen(district, plan, "dunren", DUNREN)[2] == (Decimal(90), Decimal(70), Light.RED, "未达标")


def test_places_stand_in_code_order_with_what_is_the_districts_own(district: District, plan: PlanVersion) -> None:
    officer = district.acting("officer")
    with acting_as(officer):
        count = targets(plan)[1]
        parts = {district.unit("敦仁街道妇联").pk: Decimal(200), district.unit("崇义街道妇联").pk: Decimal(150)}
        actions.split_target(goal_id=count.goal_id, values=parts, by=officer)
    figure(district, count.goal_id, 10, 50)
    figure(district, count.goal_id, 10, 190, "dunren")
    with acting_as(officer):
        rows = progress.towns_of(count, unit=district.unit("涪陵区妇联"), day=TODAY)
    assert [(row.name, row.aim, row.value, row.judgement.light) for row in rows] == [
        ("敦仁街道妇联", Decimal(200), Decimal(190), Light.GREEN),
        ("崇义街道妇联", Decimal(150), None, Light.NO_DATA),
        ("本级", None, Decimal(50), Light.NO_DATA),
    ]


def test_money_is_converted_between_its_units(district: District, published: Publish) -> None:
    with clock.frozen(TODAY):
        version = published("2026年工作计划\n一、发放救助金40000元。\n", title="资金")
        by = district.acting("officer")
        with acting_as(by):
            target = targets(version)[0]
            actions.arrange(
                goal_id=target.goal_id, owner=None, measure="two_cancers_grant.paid_money", quarters=None, by=by
            )
        factories.paid(district, factories.open_round(district), 1)
        assert seen(district, version, "chair", FULING) == [(Decimal(40000), Decimal(10000), Light.RED, "进度落后")]


def test_a_correction_after_the_lock_shows_as_a_restatement(district: District, plan: PlanVersion) -> None:
    chair = district.acting("chair")
    with acting_as(chair):
        count = targets(plan)[1]
    figure(district, count.goal_id, 9, 200)
    with clock.frozen(TODAY), acting_as(chair):
        lock = progress.lock_month(version=plan, month=9, by=chair)
    figure(district, count.goal_id, 9, 180, note="重复登记")
    with acting_as(chair):
        september = progress.months_of(count, place=FULING, day=TODAY)[8]
        assert (september.locked, september.value, september.restated) == (Decimal(200), Decimal(180), True)
        assert [(s.locked, s.now, s.restated) for s in progress.since_lock(lock, version=plan, place=FULING)] == [
            (Decimal(0), Decimal(0), False),
            (Decimal(200), Decimal(180), True),
            (None, None, False),
        ]


def test_a_grant_entered_late_restates_a_locked_month(district: District, plan: PlanVersion) -> None:
    chair = district.acting("chair")
    with clock.frozen(TODAY), acting_as(chair):
        progress.lock_month(version=plan, month=10, by=chair)
    with clock.frozen(dt.date(2026, 10, 20)):
        factories.paid(district, factories.open_round(district), 1)
    with acting_as(chair):
        october = progress.months_of(targets(plan)[0], place=FULING, day=TODAY)[9]
    assert (october.locked, october.value, october.restated) == (Decimal(0), Decimal(1), True)


def test_the_months_of_a_computed_target_are_cumulative(district: District, plan: PlanVersion) -> None:
    with clock.frozen(dt.date(2026, 3, 10)):
        round_ = factories.open_round(district)
        factories.paid(district, round_, 1)
    with clock.frozen(dt.date(2026, 5, 10)):
        factories.paid(district, factories.open_round(district, title="第二批"), 2)
    with acting_as(district.acting("chair")):
        months = progress.months_of(targets(plan)[0], place=FULING, day=TODAY)
    assert [month.value for month in months] == [Decimal(n) for n in (0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2)] + [None]
    assert months[11].expected == Decimal(4)


def test_a_plan_of_a_past_year_counts_that_year_only(district: District, published: Publish) -> None:
    with clock.frozen(TODAY):
        version = published("2025年工作计划\n一、救助困难妇女2人。\n", title="去年")
        by = district.acting("officer")
        with acting_as(by):
            goal = targets(version)[0].goal_id
            actions.arrange(goal_id=goal, owner=None, measure="two_cancers_grant.paid", quarters=None, by=by)
        factories.paid(district, factories.open_round(district), 1)
        assert seen(district, version, "chair", FULING) == [(Decimal(2), Decimal(0), Light.RED, "进度落后")]


def test_a_milestone_is_seen_by_its_owner_and_left_to_it_by_towns(district: District, plan: PlanVersion) -> None:
    officer, chair = district.acting("officer"), district.acting("chair")
    with clock.frozen(TODAY):
        with acting_as(chair):
            draft = actions.revise(plan_id=plan.plan_id, by=chair)
            item = draft.items.all()[0]
            goal = actions.add_target(item_id=item.pk, by=chair, title="建立机制", kind="MILESTONE").goal_id
            actions.publish(version_id=draft.pk, by=chair)
        assert seen(district, plan, "chair", FULING)[-1] == (None, None, Light.NO_DATA, "未到时间")
        with acting_as(officer):
            actions.state(goal_id=goal, done=True, on=TODAY, text="已建立。", by=officer)
        assert seen(district, plan, "chair", FULING)[-1] == (None, None, Light.GREEN, "已完成")
        assert seen(district, plan, "dunren", DUNREN)[-1] == (None, None, Light.NO_DATA, "由上级登记")


def test_a_new_version_keeps_parts_and_figures(district: District, plan: PlanVersion) -> None:
    with acting_as(district.acting("officer")):
        goal = targets(plan)[1].goal_id
    figure(district, goal, 10, 290)
    chair = district.acting("chair")
    with clock.frozen(TODAY), acting_as(chair):
        draft = actions.revise(plan_id=plan.plan_id, by=chair)
        changed = draft.targets.get(goal=goal)
        actions.edit_target(target_id=changed.pk, by=chair, value=Decimal(290))
        actions.publish(version_id=draft.pk, by=chair)
    assert seen(district, plan, "chair", FULING)[1] == (Decimal(290), Decimal(290), Light.GREEN, "已完成")


@pytest.mark.parametrize("copies", [1, 4])
def test_the_board_asks_the_same_number_of_times_however_many_targets(
    district: District, published: Publish, copies: int
) -> None:
    lines = "".join(f"{n}. 第{n}片救助困难妇女{n}人，培训妇女{n}人次。\n" for n in range(1, copies + 1))
    with clock.frozen(TODAY):
        version = published(f"2026年工作计划\n{lines}", title="多")
        officer = district.acting("officer")
        with acting_as(officer):
            for target in targets(version):
                if target.unit == "人":
                    actions.arrange(
                        goal_id=target.goal_id, owner=None, measure="two_cancers_grant.paid", quarters=None, by=officer
                    )
            found = targets(version)
            with CaptureQueriesContext(connection) as asked:
                progress.progress_of(found, place=FULING, day=TODAY)
    assert (len(found), len(asked)) == (2 * copies, 3)


def test_measures_of_every_kind_come_in_one_statement(district: District) -> None:
    wanted = measures.all_measures()
    with clock.frozen(TODAY):
        factories.paid(district, factories.open_round(district), 1)
    with acting_as(district.acting("chair")):
        with CaptureQueriesContext(connection) as asked:
            together = measures.by_place_of(wanted, level=Level.TOWN, within=FULING, until=dt.date(2027, 1, 1))
        apart = {
            m.key: measures.by_place(m, level=Level.TOWN, within=FULING, until=dt.date(2027, 1, 1)) for m in wanted
        }
    assert (len(asked), together) == (1, apart)
    assert together["two_cancers_grant.paid"] == {DUNREN: Decimal(1)}


def test_a_goal_without_a_version_in_force_has_no_target(district: District, drafted: Publish) -> None:
    version = drafted(TEXT)
    with acting_as(district.acting("officer")):
        goal = Goal.objects.filter(plan=version.plan)[0]
        assert queries.target_in_force(goal.pk) is None
