"""What is done to targets in force: parts, figures by hand, statements, locked months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.plans import actions, queries
from niangjia.plans.actions import Refused
from niangjia.plans.models import Figure, LockedValue, PlanVersion, Split, Statement, Target
from tests.personas import DUNREN, FULING, District

TODAY = dt.date(2026, 11, 24)
Publish = Callable[..., PlanVersion]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def targets(published: Publish, in_force: Callable[[PlanVersion], list[Target]]) -> list[Target]:
    return in_force(published())


def milestone(district: District, targets: list[Target]) -> int:
    """A milestone in force, put there through a second version."""
    by, chair = district.acting("officer"), district.acting("chair")
    with acting_as(by):
        draft = actions.revise(plan_id=targets[0].version.plan_id, by=by)
        item = draft.items.all()[0]
        added = actions.add_target(item_id=item.pk, by=by, title="建立联席会议", kind="MILESTONE")
    with acting_as(chair):
        actions.publish(version_id=draft.pk, by=chair)
    return added.goal_id


# --- parts


def test_parts_are_set_changed_and_taken_back(district: District, targets: list[Target]) -> None:
    by, goal = district.acting("officer"), targets[0].goal_id
    dunren, chongyi = district.unit("敦仁街道妇联").pk, district.unit("崇义街道妇联").pk
    with acting_as(by):
        assert actions.split_target(goal_id=goal, values={dunren: Decimal(30), chongyi: Decimal(25)}, by=by) == 2
        assert actions.split_target(goal_id=goal, values={dunren: Decimal(20), chongyi: None}, by=by) == 1
        assert list(Split.objects.values_list("unit", "value", "place")) == [(dunren, Decimal(20), DUNREN)]


def test_a_town_divides_among_its_villages_only(district: District, targets: list[Target]) -> None:
    by, goal = district.acting("dunren"), targets[0].goal_id
    with acting_as(by):
        actions.split_target(goal_id=goal, values={district.unit("大东门社区妇联").pk: Decimal(5)}, by=by)
        with pytest.raises(Refused, match=r"^只能分解到本单位的直接下级单位。$"):
            actions.split_target(goal_id=goal, values={district.unit("交通社区妇联").pk: Decimal(5)}, by=by)


def test_a_negative_part_and_a_part_of_a_milestone_are_refused(district: District, targets: list[Target]) -> None:
    by, dunren = district.acting("officer"), district.unit("敦仁街道妇联").pk
    goal = milestone(district, targets)
    with acting_as(by):
        with pytest.raises(Refused, match=r"^分解数不能小于0。$"):
            actions.split_target(goal_id=targets[0].goal_id, values={dunren: Decimal(-1)}, by=by)
        with pytest.raises(Refused, match=r"^节点和定性目标不分解数量。$"):
            actions.split_target(goal_id=goal, values={dunren: Decimal(1)}, by=by)


# --- measure, owner, quarters


def test_a_target_in_force_gets_its_measure_owner_and_quarters(district: District, targets: list[Target]) -> None:
    by = district.acting("officer")
    with acting_as(by):
        target = actions.arrange(
            goal_id=targets[0].goal_id, by=by, owner=district.unit("区民政局"), measure="two_cancers_grant.paid",
            quarters=[Decimal(5), Decimal(15), Decimal(30), Decimal(40)],
        )  # fmt: skip
        kept = queries.target_in_force(target.goal_id)
        assert kept is not None
        assert (kept.measure, kept.owner, kept.quarters) == (
            "two_cancers_grant.paid", district.unit("区民政局"), ["5", "15", "30", "40"],
        )  # fmt: skip


def test_a_measure_of_another_unit_is_refused(district: District, targets: list[Target]) -> None:
    by = district.acting("officer")
    with acting_as(by), pytest.raises(Refused) as caught:
        actions.arrange(
            goal_id=targets[0].goal_id, by=by, owner=None, measure="two_cancers_grant.households", quarters=None
        )
    assert caught.value.fields["measure"].startswith("目标的单位是“人”，指标的单位是“户”，不能互相替代。")


def test_measures_of_the_same_unit_and_programme_are_offered_first(district: District, targets: list[Target]) -> None:
    target = targets[0]
    target.item.programmes = ["two_cancers_grant"]
    with acting_as(district.acting("officer")):
        choices = queries.measure_choices(target)
    fitting = [(c.measure.key, c.suggested) for c in choices if not c.problem]
    first = [key for key, suggested in fitting if suggested]
    assert first == [f"two_cancers_grant.{key}" for key in ("applied", "approved", "granted", "paid", "visited_people")]
    assert [suggested for _, suggested in fitting] == [True] * len(first) + [False] * (len(fitting) - len(first))


def test_what_is_reported_by_hand_is_not_turned_into_a_computed_target(
    district: District, targets: list[Target]
) -> None:
    by = district.acting("officer")
    with acting_as(by):
        actions.report_figure(goal_id=targets[0].goal_id, year=2026, month=1, value=Decimal(3), by=by)
        with pytest.raises(Refused, match=r"^本目标已有按月填报的数，不能改为自动计算。"):
            actions.arrange(
                goal_id=targets[0].goal_id, by=by, owner=None, measure="two_cancers_grant.paid", quarters=None
            )


# --- figures by hand


def report(district: District, goal: int, month: int, value: int, persona: str = "officer", **more: Any) -> Figure:
    by = district.acting(persona)
    with acting_as(by):
        return actions.report_figure(goal_id=goal, year=2026, month=month, value=Decimal(value), by=by, **more)


def test_a_corrected_figure_keeps_the_old_one(district: District, targets: list[Target]) -> None:
    goal = targets[1].goal_id
    old = report(district, goal, 3, 50)
    new = report(district, goal, 3, 48, note="重复登记2人次")
    with acting_as(district.acting("officer")):
        found = [(f.value, f.current, f.note, f.restates_id) for f in Figure.objects.order_by("id")]
    assert found == [(Decimal(50), False, "", None), (Decimal(48), True, "重复登记2人次", old.pk)]
    assert new.restates == old


@pytest.mark.parametrize(
    ("month", "value", "more", "message"),
    [
        (3, 60, {}, "3月已报过50人次，更正须写明原因。"),
        (4, 49, {}, "累计数比3月的50人次少，请核对；确实减少的请写明原因。"),
        (12, 60, {}, "12月还没有到，不能填报。"),
        (13, 60, {}, "请填报2026年1至12月的数。"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(
    district: District, targets: list[Target], month: int, value: int, more: dict[str, Any], message: str
) -> None:
    report(district, targets[1].goal_id, 3, 50)
    with pytest.raises(Refused, match=f"^{message}$"):
        report(district, targets[1].goal_id, month, value, **more)


def test_a_lower_cumulative_figure_stands_with_its_reason(district: District, targets: list[Target]) -> None:
    report(district, targets[1].goal_id, 3, 50)
    assert report(district, targets[1].goal_id, 4, 49, note="核减1人次").value == 49


def test_a_level_may_fall_without_a_reason(district: District, targets: list[Target]) -> None:
    report(district, targets[2].goal_id, 3, 92)
    assert report(district, targets[2].goal_id, 4, 88).value == 88


def test_a_computed_target_takes_no_figure(district: District, targets: list[Target]) -> None:
    by = district.acting("officer")
    with acting_as(by):
        actions.arrange(goal_id=targets[0].goal_id, by=by, owner=None, measure="two_cancers_grant.paid", quarters=None)
    with pytest.raises(Refused, match=r"^本目标由业务记录自动计算，不需要也不能填报。$"):
        report(district, targets[0].goal_id, 3, 5)


def test_a_town_reports_for_itself_and_nobody_for_a_village(district: District, targets: list[Target]) -> None:
    goal = targets[1].goal_id
    assert report(district, goal, 3, 5, "dunren").place == DUNREN
    with pytest.raises(Refused, match=r"^只能填报本单位或辖区内单位的数。$"):
        report(district, goal, 3, 5, "dunren", unit_id=district.unit("崇义街道妇联").pk)
    with pytest.raises(Refused, match=r"^村（社区）的数由镇街汇总填报。$"):
        report(district, goal, 3, 5, "dunren", unit_id=district.unit("大东门社区妇联").pk)
    with pytest.raises(PermissionDenied):
        report(district, goal, 3, 5, "dadongmen")


# --- milestones


def test_a_milestone_is_marked_done_and_the_word_before_stays(district: District, targets: list[Target]) -> None:
    by, goal = district.acting("officer"), milestone(district, targets)
    with acting_as(by):
        actions.state(goal_id=goal, done=False, on=dt.date(2026, 6, 1), text="正在协调成员单位。", by=by)
        actions.state(goal_id=goal, done=True, on=TODAY, text="已印发通知。", by=by)
        said = [(s.done, s.current, s.text) for s in Statement.objects.order_by("id")]
    assert said == [(False, False, "正在协调成员单位。"), (True, True, "已印发通知。")]


@pytest.mark.parametrize(
    ("values", "message"),
    [({"on": dt.date(2026, 11, 25)}, "日期不能晚于今天。"), ({"text": " "}, "请写明完成情况。")],
)
def test_a_statement_that_cannot_be_is_refused(
    district: District, targets: list[Target], values: dict[str, Any], message: str
) -> None:
    by, goal = district.acting("officer"), milestone(district, targets)
    with acting_as(by), pytest.raises(Refused, match=f"^{message}$"):
        actions.state(**{"goal_id": goal, "done": True, "on": TODAY, "text": "已完成", "by": by, **values})


def test_numbers_and_statements_are_not_mixed(district: District, targets: list[Target]) -> None:
    by, goal = district.acting("officer"), milestone(district, targets)
    with acting_as(by):
        with pytest.raises(Refused, match=r"^累计数和水平值目标请填数，不登记完成情况。$"):
            actions.state(goal_id=targets[0].goal_id, done=True, on=TODAY, text="已完成", by=by)
        with pytest.raises(Refused, match=r"^节点和定性目标请登记完成情况，不填数。$"):
            actions.report_figure(goal_id=goal, year=2026, month=3, value=Decimal(1), by=by)


# --- locked months


def test_a_month_is_locked_once_and_only_when_it_is_over(district: District, targets: list[Target]) -> None:
    by, plan_id = district.acting("chair"), targets[0].version.plan_id
    rows = [(targets[0].goal_id, FULING, Decimal(12)), (targets[0].goal_id, DUNREN, None)]
    with acting_as(by):
        lock = actions.lock_month(plan_id=plan_id, year=2026, month=10, values=rows, by=by)
        assert [(v.place, v.value) for v in LockedValue.objects.filter(lock=lock)] == [
            (FULING, Decimal(12)),
            (DUNREN, None),
        ]
        for month, message in (
            (10, "10月已经锁定。"),
            (11, "11月还没有结束，不能锁定。"),
            (13, "请选择2026年1至12月。"),
        ):
            with pytest.raises(Refused, match=f"^{message}$"):
                actions.lock_month(plan_id=plan_id, year=2026, month=month, values=[], by=by)


def test_an_officer_does_not_lock(district: District, targets: list[Target]) -> None:
    by = district.acting("officer")
    with acting_as(by), pytest.raises(PermissionDenied):
        actions.lock_month(plan_id=targets[0].version.plan_id, year=2026, month=10, values=[], by=by)


# --- the database keeps it


def test_the_database_shows_a_town_the_plan_in_force_and_its_own_part(
    district: District, targets: list[Target]
) -> None:
    officer, goal = district.acting("officer"), targets[1].goal_id
    with acting_as(officer):
        parts = {district.unit(name).pk: Decimal(9) for name in ("敦仁街道妇联", "崇义街道妇联")}
        actions.split_target(goal_id=goal, values=parts, by=officer)
        actions.revise(plan_id=targets[0].version.plan_id, by=officer)
    report(district, goal, 3, 4, "dunren")
    report(district, goal, 3, 5, "chongyi")
    with acting_as(district.acting("dunren")):
        assert list(PlanVersion.objects.values_list("number", flat=True)) == [1]
        assert Target.objects.count() == 3
        assert [(s.place, s.value) for s in Split.objects.all()] == [(DUNREN, Decimal(9))]
        assert [(f.place, f.value) for f in Figure.objects.all()] == [(DUNREN, Decimal(4))]
    with acting_as(district.acting("dadongmen")):
        assert (PlanVersion.objects.count(), Split.objects.count(), Figure.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda: Figure.objects.update(value=1),
        lambda: Target.objects.update(value=1),
        lambda: Target.objects.all().delete(),
        lambda: LockedValue.objects.update(value=1),
    ],
)
def test_the_database_refuses_to_rewrite_what_was_said(
    district: District, targets: list[Target], change: Callable[[], object]
) -> None:
    report(district, targets[1].goal_id, 3, 5)
    with acting_as(district.acting("officer")), pytest.raises(DatabaseError), transaction.atomic():
        change()
