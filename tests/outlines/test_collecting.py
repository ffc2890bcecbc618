"""From an opened year to a confirmed, published and corrected value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from niangjia.access.acting import acting_as
from niangjia.channels import actions as channels
from niangjia.channels import queries as outbox
from niangjia.core import clock
from niangjia.outlines import actions, queries
from niangjia.outlines.actions import Changed, Doubtful, Filled, Refused
from niangjia.outlines.kinds import Duty, ValueState
from niangjia.outlines.models import Evidence, Indicator, Observation, Year
from niangjia.outlines.rules import Entry, Part
from tests.outlines.stage import TODAY, Stage
from tests.personas import FULING, District

D = Decimal
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def test_a_shipped_outline_has_its_indicators_targets_duties_and_marks(stage: Stage) -> None:
    with acting_as(stage.office):
        found = {one.code: one for one in Indicator.objects.filter(outline=stage.outline)}
        lead = queries.leads_in(FULING, 2025)
        target = queries.target_in(found["C21-02"].pk, FULING, 2025)
    assert len(found) == 21
    assert (found["C21-02"].unconfirmed, found["C21-07"].unconfirmed) == (True, False)
    assert lead[found["C21-02"].pk].short_name == "区卫生健康委"
    assert target is not None
    assert target.value == D(5)


def test_an_outline_is_loaded_once(stage: Stage) -> None:
    with acting_as(stage.office), pytest.raises(Refused, match=r"^这个规划已经载入。$"):
        actions.load_shipped(key="children-2021", by=stage.office)


@pytest.mark.parametrize("key", ["women-2011", "children-2011", "women-2021"])
def test_every_shipped_outline_loads(stage: Stage, key: str) -> None:
    with acting_as(stage.office):
        outline = actions.load_shipped(key=key, by=stage.office)
        for indicator in queries.indicators_of(outline):
            indicator.full_clean(exclude=["place"])
            assert indicator.shape.is_rate is bool(indicator.numerator_name)


@pytest.mark.parametrize(
    ("year", "due", "message"),
    [
        (2020, dt.date(2026, 4, 30), "儿童发展规划（2021—2030年）的年度是2021至2030，没有2020年。"),
        (2027, dt.date(2026, 4, 30), "2027年还没有到。"),
        (2025, dt.date(2026, 3, 1), "部门填报截止日期不能早于今天。"),
    ],
)
def test_a_year_that_cannot_be_opened(stage: Stage, year: int, due: dt.date, message: str) -> None:
    with pytest.raises(Refused) as caught:
        stage.open(year, due_on=due)
    assert str(caught.value) == message


def test_a_year_is_opened_once(stage: Stage) -> None:
    stage.open()
    with pytest.raises(Refused, match=r"^2025年度已经开启。$"):
        stage.open()


def test_a_value_goes_from_the_department_to_the_public(stage: Stage) -> None:
    year = stage.open()
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    assert (value.value, value.state, value.unit_name) == (D(6), ValueState.DRAFT, "区卫生健康委")
    assert stage.submit(year) == 1
    assert stage.pass_on(value) == 1
    assert stage.confirm(value) == 1
    assert stage.publish(year) == 1
    done = stage.read(value)
    assert (done.state, done.on_time, done.submitted_by) == (ValueState.PUBLISHED, True, "区卫生健康委 卫健联络员")


def test_what_is_handed_in_after_the_day_is_late(stage: Stage) -> None:
    year = stage.open(due_on=dt.date(2026, 3, 2))
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    with clock.frozen(dt.date(2026, 3, 3)):
        stage.submit(year)
    assert stage.read(value).on_time is False


def test_steps_pressed_twice_do_nothing_more(stage: Stage) -> None:
    year = stage.open()
    value = stage.confirmed(year, "C21-02", 30, 5000)
    assert (stage.pass_on(value), stage.confirm(value)) == (0, 0)
    stage.publish(year)
    assert stage.publish(year) == 0


def test_saving_the_same_again_writes_nothing(stage: Stage) -> None:
    year = stage.open()
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    assert stage.fill(year, "C21-02", 30, 5000, revision=value.revision) == []


def test_one_impossible_number_keeps_all_from_being_saved(stage: Stage) -> None:
    year = stage.open()
    good, bad = stage.indicator_id("C21-02"), stage.indicator_id("C21-04")
    entries = [
        Filled(good, 0, Entry(numerator=D(30), denominator=D(5000))),
        Filled(bad, 0, Entry(numerator=D(101), denominator=D(100))),
    ]
    with acting_as(stage.health), pytest.raises(Doubtful) as caught:
        actions.save_values(year_id=year.pk, filled=entries, by=stage.health)
    assert {pk: [d.key for d in found] for pk, found in caught.value.doubts.items()} == {bad: ["exceeds"]}
    with acting_as(stage.office):
        assert Observation.objects.count() == 0


def test_a_warning_asks_for_a_sentence_before_it_goes_on(stage: Stage) -> None:
    year = stage.open()
    stage.known("C21-02", {2024: "6"})
    value = stage.fill(year, "C21-02", 60, 5000)[0]
    with pytest.raises(Doubtful) as caught:
        stage.submit(year)
    assert [d.key for found in caught.value.doubts.values() for d in found] == ["jump"]
    stage.fill(year, "C21-02", 60, 5000, revision=value.revision, answers={"jump": "统计口径调整，含流动人口。"})
    assert stage.submit(year) == 1
    assert stage.read(value).answers == {"jump": "统计口径调整，含流动人口。"}


def test_linked_values_may_not_contradict_each_other(stage: Stage) -> None:
    year = stage.open()
    stage.fill(year, "C21-03", 20, 5000)
    with pytest.raises(Doubtful) as caught:
        stage.fill(year, "C21-02", 30, 5000)
    assert [d.message for found in caught.value.doubts.values() for d in found] == [
        "“婴儿死亡率”6大于“5岁以下儿童死亡率”4，两者互相矛盾，请核对两个指标。"
    ]


def test_a_denominator_of_one_name_is_one_number(stage: Stage) -> None:
    year = stage.open()
    stage.fill(year, "C21-03", 40, 5000)
    stage.fill(year, "C21-02", 30, 5100)
    with pytest.raises(Doubtful) as caught:
        stage.submit(year, "C21-02")
    assert [d.key for found in caught.value.doubts.values() for d in found] == ["denominator"]


def test_parts_are_kept_and_must_add_up(stage: Stage) -> None:
    year = stage.open()
    parts = {"SEX:F": Part(D(14), D(2400)), "SEX:M": Part(D(16), D(2600))}
    value = stage.fill(year, "C21-02", 30, 5000, parts=parts)[0]
    assert stage.read(value).parts["SEX:F"] == {"numerator": "14", "denominator": "2400"}
    with pytest.raises(Doubtful):
        stage.fill(year, "C21-02", 31, 5000, parts=parts, revision=value.revision)


def test_the_second_of_two_liaisons_is_shown_what_changed(stage: Stage) -> None:
    year = stage.open()
    stage.fill(year, "C21-02", 30, 5000)
    with pytest.raises(Changed) as caught:
        stage.fill(year, "C21-02", 31, 5000)
    assert str(caught.value) == (
        "“婴儿死亡率”在您打开页面之后由区卫生健康委 卫健联络员于03月02日09:00保存为：分子30、分母5000。"
        "您填的没有覆盖它，请刷新页面核对后再填。"
    )
    with acting_as(stage.office):
        assert Observation.objects.get().numerator == 30


def test_no_data_needs_a_word_and_a_qualitative_yes_needs_a_paper(stage: Stage) -> None:
    year = stage.open()
    stage.assign("区卫生健康委", ["C21-20"])
    value = stage.fill(year, "C21-20", 1)[0]
    with pytest.raises(Refused, match=r"^“落实侵害未成年人案件强制报告制度”填了“是”，请上传证明材料后提交。$"):
        stage.submit(year)
    with acting_as(stage.health):
        paper = actions.add_paper(
            year_id=year.pk, indicator_id=value.indicator_id, name="通知.png", data=PNG, by=stage.health
        )
    assert stage.submit(year) == 1
    with acting_as(stage.bureau):
        assert list(Evidence.objects.values_list("pk", flat=True)) == [paper.pk]
    with acting_as(stage.health), pytest.raises(Refused, match=r"^这个指标已提交，材料不能再撤。"):
        actions.withdraw_paper(paper_id=paper.pk, by=stage.health)


def test_a_department_without_data_says_why(stage: Stage) -> None:
    year = stage.open()
    with acting_as(stage.health):
        entry = Filled(stage.indicator_id("C21-05"), 0, Entry(), note="当年未开展抽样调查。")
        value = actions.save_values(year_id=year.pk, filled=[entry], by=stage.health)[0]
    assert stage.submit(year) == 1
    assert stage.pass_on(value) == 1
    assert stage.confirm(value) == 0
    assert stage.standing("C21-05", 2025).status == "NO_DATA"


def test_a_value_sent_back_comes_again_with_its_reason(stage: Stage) -> None:
    year = stage.open()
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    stage.submit(year)
    with acting_as(stage.bureau):
        with pytest.raises(Refused, match=r"^请写明退回原因，部门据此修改。$"):
            actions.send_back(value_id=value.pk, why=" ", by=stage.bureau)
        actions.send_back(value_id=value.pk, why="活产数与公安数据不符", by=stage.bureau)
    back = stage.read(value)
    assert (back.state, back.returned) == (ValueState.RETURNED, "活产数与公安数据不符")
    stage.fill(year, "C21-02", 30, 5100, revision=back.revision)
    assert stage.submit(year) == 1
    assert stage.pass_on(value) == 1


def test_what_was_handed_in_is_no_longer_the_departments(stage: Stage) -> None:
    year = stage.open()
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    stage.submit(year)
    with pytest.raises(Refused, match=r"^“婴儿死亡率”已提交（部门已报），不能再改。"):
        stage.fill(year, "C21-02", 31, 5000, revision=stage.read(value).revision)


def test_a_year_with_values_on_their_way_is_published_only_when_said_so(stage: Stage) -> None:
    year = stage.open()
    stage.confirmed(year, "C21-02", 30, 5000)
    stage.fill(year, "C21-03", 40, 5000)
    with pytest.raises(Refused, match=r"^还有1个指标没有确认。"):
        stage.publish(year)
    assert stage.publish(year, leave_open=True) == 1


def test_a_correction_keeps_the_old_value_in_force_until_it_is_confirmed(stage: Stage) -> None:
    year = stage.open()
    old = stage.confirmed(year, "C21-02", 30, 5000)
    stage.publish(year)
    with acting_as(stage.office):
        new = actions.reopen(value_id=old.pk, why="漏报2例", by=stage.office)
        with pytest.raises(Refused, match=r"^这个指标本年已有一个更正在办。$"):
            actions.reopen(value_id=old.pk, why="再来", by=stage.office)
    stage.fill(year, "C21-02", 32, 5000, revision=new.revision)
    assert stage.standing("C21-02", 2025).value == 6
    stage.submit(year)
    stage.pass_on(new)
    stage.confirm(new)
    assert stage.standing("C21-02", 2025).value == D("6.4")
    assert (stage.read(old).state, stage.read(old).value) == (ValueState.REVISED, 6)
    assert (stage.read(new).state, stage.read(new).restates_id, stage.read(new).why) == ("PUBLISHED", old.pk, "漏报2例")


# --- who sees and writes what: the database decides


def test_a_department_sees_its_own_indicators_and_values_only(stage: Stage) -> None:
    year = stage.open()
    stage.fill(year, "C21-02", 30, 5000)
    stage.assign("区民政局", ["C21-16"])
    stage.fill(year, "C21-16", 400, 433, who="civil_affairs")
    with acting_as(stage.health):
        assert set(Observation.objects.values_list("indicator__code", flat=True)) == {"C21-02"}
        assert "C21-16" not in set(Indicator.objects.values_list("code", flat=True))
    with acting_as(stage.bureau):
        assert set(Observation.objects.values_list("indicator__code", flat=True)) == {"C21-02", "C21-16"}


def test_another_departments_indicator_is_refused(stage: Stage) -> None:
    year = stage.open()
    with pytest.raises(Refused, match=r"^有的指标不由本部门负责，没有保存。"):
        stage.fill(year, "C21-02", 30, 5000, who="civil_affairs")


@pytest.mark.parametrize(
    "change",
    [
        {"state": "CONFIRMED"}, {"state": "STATS_CHECKED"}, {"year": 2019}, {"place": "500103000000"},
    ],
)  # fmt: skip
def test_the_database_lets_a_department_do_no_more_than_fill_in(stage: Stage, change: dict[str, Any]) -> None:
    year = stage.open()
    stage.fill(year, "C21-02", 30, 5000)
    with acting_as(stage.health), pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.update(**change)


def test_the_database_lets_the_bureau_pass_on_and_not_rewrite_what_is_with_a_department(stage: Stage) -> None:
    year = stage.open()
    stage.fill(year, "C21-02", 30, 5000)
    with acting_as(stage.bureau):
        assert Observation.objects.update(numerator=1) == 0


def test_the_database_refuses_to_rewrite_what_is_in_force(stage: Stage) -> None:
    year = stage.open()
    stage.confirmed(year, "C21-02", 30, 5000)
    with acting_as(stage.office), pytest.raises(DatabaseError, match="已确认的值不能改写"), transaction.atomic():
        Observation.objects.update(value=1)


def test_a_town_sees_what_was_published(stage: Stage) -> None:
    year = stage.open()
    stage.confirmed(year, "C21-02", 30, 5000)
    town = stage.district.acting("dunren")
    with acting_as(town):
        assert Observation.objects.count() == 0
    stage.publish(year)
    with acting_as(town):
        assert list(Observation.objects.values_list("value", flat=True)) == [D(6)]


@pytest.mark.parametrize("who", ["health", "dunren", "auditor"])
def test_only_the_office_opens_a_year(stage: Stage, who: str) -> None:
    by = stage.district.acting(who)
    with acting_as(by), pytest.raises(PermissionDenied):
        actions.open_year(
            outline_id=stage.outline.pk, year=2025, due_on=dt.date(2026, 4, 30),
            checker_id=stage.district.unit("区统计局").pk, by=by,
        )  # fmt: skip


def test_a_supporting_department_sees_and_writes_too(stage: Stage) -> None:
    year = stage.open()
    stage.assign("区民政局", ["C21-02"], Duty.SUPPORT)
    assert len(stage.fill(year, "C21-02", 30, 5000, who="civil_affairs")) == 1


# --- departments and places that change


def test_a_merged_departments_indicators_go_to_its_heir_and_the_past_stays(stage: Stage, district: District) -> None:
    first = stage.open(2024)
    value = stage.fill(first, "C21-02", 30, 5000)[0]
    old, new = district.unit("区卫生健康委"), district.unit("区医疗保障局")
    with acting_as(stage.office):
        count = actions.hand_over(old_unit_id=old.pk, new_unit_id=new.pk, from_year=2025, by=stage.office)
        assert count == 11
        assert queries.leads_in(FULING, 2024)[value.indicator_id] == old
        assert queries.leads_in(FULING, 2025)[value.indicator_id] == new
    second = stage.open(2025)
    assert len(stage.fill(second, "C21-02", 29, 5000, who="insurance")) == 1
    with pytest.raises(Refused):
        stage.fill(second, "C21-03", 35, 5000, who="health")


def test_a_renamed_department_keeps_its_old_name_on_what_it_said(stage: Stage, district: District) -> None:
    from niangjia.org import actions as org

    year = stage.open()
    value = stage.fill(year, "C21-02", 30, 5000)[0]
    chair = district.acting("officer")
    with acting_as(chair):
        unit = district.unit("区卫生健康委")
        org.edit_unit(unit=unit, name="区疾病预防控制和卫生健康局", short_name="区疾控卫健局", executives_expected=0)
    done = stage.read(value)
    assert (done.unit_name, done.unit.short_name if done.unit else "") == ("区卫生健康委", "区疾控卫健局")


def test_a_place_that_was_merged_takes_no_new_year(stage: Stage) -> None:
    from niangjia.org import actions as org
    from tests.personas import DADONGMEN, QIANLONGJIE

    with acting_as(stage.office):
        org.merge_division(old=DADONGMEN, into=QIANLONGJIE, on=dt.date(2026, 1, 1))
        with pytest.raises(Refused, match=r"^该区划已并入黔龙街社区，请在黔龙街社区名下开启年度。$"):
            actions.open_year(
                outline_id=stage.outline.pk, year=2025, due_on=dt.date(2026, 4, 30), place=DADONGMEN,
                checker_id=district_unit(stage).pk, by=stage.office,
            )  # fmt: skip


def district_unit(stage: Stage) -> Any:
    return stage.district.unit("区统计局")


# --- known values, due list


def test_a_known_value_of_a_year_in_collection_is_refused(stage: Stage) -> None:
    stage.open(2025)
    with pytest.raises(Refused, match=r"^2025年度正在本系统收集，请由牵头部门填报。$"):
        stage.known("C21-02", {2025: "6"})


def test_a_corrected_known_value_keeps_the_old_one(stage: Stage) -> None:
    stage.known("C21-02", {2023: "6"}, "000000000000")
    stage.known("C21-02", {2023: "6.1"}, "000000000000")
    with acting_as(stage.office):
        found = list(Observation.objects.order_by("id").values_list("value", "state"))
    assert found == [(D(6), "REVISED"), (D("6.1"), "PUBLISHED")]


def test_a_rate_beyond_its_whole_is_taken_for_another_unit(stage: Stage) -> None:
    with pytest.raises(Refused, match=r"^380%超过了100，像是单位写错，请核对。$"):
        stage.known("C21-07", {2023: "380"})


def test_the_due_list_names_what_each_department_owes(stage: Stage) -> None:
    year = stage.open(due_on=dt.date(2026, 3, 10))
    stage.fill(year, "C21-02", 30, 5000)
    stage.submit(year)
    with acting_as(stage.office):
        dues = {due.unit.short_name: due for due in queries.due_list(Year.objects.get(), dt.date(2026, 3, 12))}
        health = dues["区卫生健康委"]
        words = queries.reminder(Year.objects.select_related("outline").get(), health)
    assert (health.handed_in, health.owes, health.days_late) == (1, health.all - 1, 2)
    assert words.startswith("区卫生健康委：儿童发展规划（2021—2030年）2025年度监测数据填报已超过2天，贵单位还有")


def test_one_reminder_a_day_names_all_who_owe_and_waits_in_the_outbox(stage: Stage, district: District) -> None:
    year = stage.open(due_on=dt.date(2026, 3, 10))
    with acting_as(stage.office):
        group = channels.save_endpoint(
            name="妇儿联络员群", carrier_key="handoff", unit=district.unit("涪陵区妇联"), entries={}, by=stage.office
        )
        with pytest.raises(Refused, match="请选择发到哪个工作群"):
            actions.remind(year_id=year.pk, endpoint_ids=[], by=stage.office)
        actions.remind(year_id=year.pk, endpoint_ids=[group.pk], by=stage.office)
        with pytest.raises(Refused, match="今天已经发过催报"):
            actions.remind(year_id=year.pk, endpoint_ids=[group.pk], by=stage.office)
        message = outbox.messages(year.subject).get()
        owed = {due.unit.short_name: due.owes for due in queries.due_list(year, TODAY)}
        waiting = [delivery.state for delivery in outbox.deliveries(message)]
    assert waiting == ["BY_HAND"]
    assert message.text == (
        "儿童发展规划（2021—2030年）2025年度监测数据填报截止3月10日，还没有报齐的有："
        + "，".join(f"{name}{number}项" for name, number in owed.items() if number)
        + "。请登录平台“指标填报”填写分子、分母并提交，退回的请按意见修改。"
    )
    with acting_as(stage.health), pytest.raises(PermissionDenied):
        actions.remind(year_id=year.pk, endpoint_ids=[group.pk], by=stage.health)
