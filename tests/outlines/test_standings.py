"""How a place stands, computed from values in force: targets that change, trends, other places, formulas, measures."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.outlines import actions, queries, rules
from niangjia.outlines.actions import Refused
from niangjia.outlines.kinds import Chosen
from niangjia.outlines.models import Observation, Order, Target
from niangjia.outlines.rules import Aim, Entry
from tests.outlines.stage import Stage
from tests.personas import DUNREN, FULING, District

D = Decimal
NATION = rules.NATION


def test_a_target_changed_in_the_middle_keeps_the_old_judgement(stage: Stage) -> None:
    stage.known("C21-02", {2023: "4.8", 2024: "4.8"})
    stage.target("C21-02", "4.5", 2024)
    assert (stage.standing("C21-02", 2023).status, stage.standing("C21-02", 2024).status) == ("MET", "UNMET")
    assert stage.standing("C21-02", 2024).judgement.fallen_back is True
    with acting_as(stage.office):
        kept = Target.objects.filter(indicator__code="C21-02", place=FULING).order_by("valid_from")
        assert [(t.value, t.valid_from, t.valid_to) for t in kept] == [(D(5), 2021, 2023), (D("4.5"), 2024, None)]


def test_a_local_target_may_be_harder_than_the_nations(stage: Stage) -> None:
    for place in (FULING, NATION):
        stage.known("C21-02", {2024: "4.9"}, place)
    stage.target("C21-02", "4.5", 2021)
    assert (stage.standing("C21-02", 2024).status, stage.standing("C21-02", 2024, NATION).status) == ("UNMET", "MET")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"from_year": 2020}, "起用年应在2021至2030之间，现为2020。"),
        ({"value": None}, "“婴儿死亡率”要有目标值。"),
    ],
)
def test_a_target_that_cannot_be(stage: Stage, values: dict[str, object], message: str) -> None:
    wanted = {"indicator_id": stage.indicator_id("C21-02"), "place": FULING, "from_year": 2024, "value": D(4), **values}
    with acting_as(stage.office), pytest.raises(Refused) as caught:
        actions.set_target(by=stage.office, **wanted)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_a_place_narrower_than_an_indicator_means_is_not_judged(stage: Stage) -> None:
    stage.known("C21-02", {2024: "20"}, DUNREN)
    stage.target("C21-02", "5", 2021, DUNREN)
    found = stage.standing("C21-02", 2024, DUNREN)
    assert (found.status, found.value) == ("NOT_APPLICABLE", 20)


def test_an_indicator_out_of_use_is_not_in_the_table(stage: Stage) -> None:
    stage.known("C21-02", {2022: "4.9"})
    with acting_as(stage.office):
        actions.save_indicator(
            outline_id=stage.outline.pk, indicator_id=stage.indicator_id("C21-02"), valid_to=2023, by=stage.office
        )
        assert "C21-02" in [s.code for s in queries.standings(stage.outline, FULING, 2023)]
        assert "C21-02" not in [s.code for s in queries.standings(stage.outline, FULING, 2024)]


def test_the_unit_of_an_indicator_with_values_stays(stage: Stage) -> None:
    stage.known("C21-02", {2022: "4.9"})
    with acting_as(stage.office), pytest.raises(Refused, match=r"^这个指标已有数据，单位和方向不能再改。"):
        actions.save_indicator(
            outline_id=stage.outline.pk, indicator_id=stage.indicator_id("C21-02"), unit="%", by=stage.office
        )


def test_standings_are_one_statement_however_many_values(stage: Stage) -> None:
    counts = []
    for last in (2021, 2024):
        for year in range(2020, last + 1):
            stage.known("C21-02", {year: "6"})
        with acting_as(stage.office), CaptureQueriesContext(connection) as sent:
            queries.standings(stage.outline, FULING, 2024)
        counts.append(len(sent))
    assert counts == [1, 1]


def test_domains_and_departments_share_out_the_same_standings(stage: Stage) -> None:
    stage.known("C21-02", {2024: "4.9"})
    with acting_as(stage.office):
        found = queries.standings(stage.outline, FULING, 2024)
        domains = queries.by_domain(found)
        departments = queries.by_department(found, queries.leads_in(FULING, 2024))
    assert sum(map(len, domains.values())) == 21
    assert list(domains)[:3] == ["健康", "安全", "教育"]
    assert [(unit.short_name, len(own)) for unit, own in departments] == [("区民政局", 1), ("区卫生健康委", 8)]


SERIES = Path(__file__).parents[3] / "shared" / "data" / "indicators_china_gapminder.csv"


def test_the_nations_own_series_is_judged_where_it_is_at_hand(stage: Stage) -> None:
    """Infant mortality of the whole country, read where the data lie; elsewhere the same years as published by NHC."""
    values = {2021: "5.1", 2022: "4.9"}
    if SERIES.exists():
        with SERIES.open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["indicator"] == "infant_mortality_rate_per_1000_births"]
        values = {int(r["year"]): r["value"] for r in rows if 2020 <= int(r["year"]) <= 2022} or values
    stage.known("C21-02", values, NATION)
    last = max(values)
    standing = stage.standing("C21-02", last, NATION)
    assert standing.value == rules.tidy(D(values[last]).quantize(D("0.0001")))
    assert (standing.status == "MET") == (D(values[last]) <= 5)


# --- formulas ---------------------------------------------------------------------------------------------------------


def formula(stage: Stage, text: str, unit: str = "‰", code: str = "C21-90") -> int:
    with acting_as(stage.office):
        indicator = actions.save_indicator(
            outline_id=stage.outline.pk, by=stage.office, code=code, domain="健康", name="每千例活产获救助人数",
            unit=unit, direction="INCREASE", formula=text,
        )  # fmt: skip
        return indicator.pk


def test_a_formula_follows_a_late_correction_at_once(stage: Stage) -> None:
    formula(stage, '分子("C21-02") / 分母("C21-03")')
    year = stage.open()
    stage.confirmed(year, "C21-03", 40, 5000)
    assert stage.standing("C21-90", 2025).value is None
    old = stage.confirmed(year, "C21-02", 30, 5000)
    assert stage.standing("C21-90", 2025).value == 6
    with acting_as(stage.office):
        new = actions.reopen(value_id=old.pk, why="漏报", by=stage.office)
    stage.fill(year, "C21-02", 35, 5000, revision=new.revision)
    stage.submit(year)
    stage.pass_on(new)
    stage.confirm(new)
    assert stage.standing("C21-90", 2025).value == 7
    with acting_as(stage.office):
        kept = Observation.objects.filter(indicator__code="C21-90").order_by("id")
        assert [(value.value, value.state) for value in kept] == [(D(6), "REVISED"), (D(7), "CONFIRMED")]
        assert kept[1].inputs == [["分子", "C21-02", "35"], ["分母", "C21-03", "5000"]]


def test_a_formula_over_the_houses_own_records(stage: Stage) -> None:
    formula(stage, '业务("two_cancers_grant.paid") / 分母("C21-02")')
    year = stage.open()
    stage.confirmed(year, "C21-02", 30, 5000)
    assert stage.standing("C21-90", 2025).value == 0  # nobody was paid in 2025: that is known, not missing


def test_a_share_of_nothing_is_missing_and_not_zero(stage: Stage) -> None:
    formula(stage, '业务("two_cancers_grant.on_time")', "%")
    year = stage.open()
    stage.confirmed(year, "C21-02", 30, 5000)
    assert stage.standing("C21-90", 2025).value is None


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ('业务("two_cancers_grant.nothing")', "%", "没有业务数据“two_cancers_grant.nothing”，请核对键。"),
        ('指标("C21-99")', "%", "没有指标“C21-99”，请核对代码。"),
        ('业务("two_cancers_grant.paid")', "%", "公式算出来的单位是“人”，指标的单位是“%”，不一致。"),
        (
            '业务("two_cancers_grant.follow_ups") / 分母("C21-02")',
            "‰",
            "公式算出来的单位是“人次/人”，指标的单位是“‰”，不一致。",
        ),
    ],
)
def test_a_formula_that_cannot_be_is_refused_when_it_is_written(
    stage: Stage, text: str, unit: str, message: str
) -> None:
    with pytest.raises(Refused) as caught:
        formula(stage, text, unit)
    assert str(caught.value).startswith(message)


# --- hard indicators and orders -----------------------------------------------------------------------------------------


def hard(stage: Stage) -> int:
    stage.known("C21-02", {2024: "8"})
    with acting_as(stage.office):
        return actions.list_hard(
            indicator_id=stage.indicator_id("C21-02"),
            place=FULING,
            year=2024,
            chosen=Chosen.RED,
            reason="红灯",
            by=stage.office,
        ).pk


def ordered(stage: Stage) -> Order:
    pk = hard(stage)
    with acting_as(stage.office):
        return actions.issue_order(hard_id=pk, demand="查明原因，提出整改措施。", by=stage.office)


def planned(stage: Stage) -> Order:
    order = ordered(stage)
    with acting_as(stage.health):
        return actions.plan_order(
            order_id=order.pk,
            plan="加强危重新生儿转诊。",
            owner="妇幼科科长",
            finish_on=dt.date(2026, 12, 31),
            by=stage.health,
        )


def test_the_rule_suggests_red_ones_that_are_not_listed(stage: Stage) -> None:
    stage.known("C21-02", {2024: "8"})
    stage.known("C21-03", {2024: "5.5"})
    with acting_as(stage.office):
        found = queries.standings(stage.outline, FULING, 2024)
        assert [(s.code, c) for s, c in queries.suggested(stage.outline, found, FULING, 2024)] == [("C21-02", "RED")]
    hard(stage)
    with acting_as(stage.office):
        assert queries.suggested(stage.outline, found, FULING, 2024) == []


def test_an_order_goes_to_the_lead_and_gives_fifteen_working_days(stage: Stage) -> None:
    order = ordered(stage)
    assert (order.number, order.unit.short_name, order.plan_due_on) == (
        "DB2026-001",
        "区卫生健康委",
        dt.date(2026, 3, 23),
    )


def test_only_the_department_addressed_sees_and_answers_an_order(stage: Stage) -> None:
    order = ordered(stage)
    with acting_as(stage.district.acting("civil_affairs")):
        assert Order.objects.count() == 0
    with acting_as(stage.health):
        assert list(Order.objects.values_list("pk", flat=True)) == [order.pk]


def test_an_order_is_closed_only_on_a_confirmed_value_that_meets_the_target(stage: Stage) -> None:
    order = planned(stage)
    year = stage.open()
    with acting_as(stage.office), pytest.raises(Refused, match=r"^只能凭本指标已确认的值销号，请选择。$"):
        actions.close_order(order_id=order.pk, value_id=0, conclusion="已达标", by=stage.office)
    old = stage.read(Observation(pk=only(stage, "C21-02")))
    with acting_as(stage.office), pytest.raises(Refused, match=r"^这个值是督办以前的，不能据以销号。$"):
        actions.close_order(order_id=order.pk, value_id=old.pk, conclusion="已达标", by=stage.office)
    with clock.frozen(dt.date(2026, 4, 1)):
        bad = stage.confirmed(year, "C21-02", 30, 5000)
    with acting_as(stage.office), pytest.raises(Refused, match=r"^2025年的值6‰未达标，达标后才能销号。$"):
        actions.close_order(order_id=order.pk, value_id=bad.pk, conclusion="已达标", by=stage.office)
    with clock.frozen(dt.date(2026, 4, 2)):
        with acting_as(stage.office):
            again = actions.reopen(value_id=bad.pk, why="重复登记6例", by=stage.office)
        stage.fill(year, "C21-02", 24, 5000, revision=again.revision, answers={"jump": "剔除重复登记。"})
        stage.submit(year)
        stage.pass_on(again)
        stage.confirm(again)
    with acting_as(stage.office):
        done = actions.close_order(order_id=order.pk, value_id=again.pk, conclusion="2025年降至4.8‰。", by=stage.office)
        assert (done.state, done.closed_on_id, done.hard.ended_why) == ("CLOSED", again.pk, "督办单DB2026-001销号")


def only(stage: Stage, code: str) -> int:
    with acting_as(stage.office):
        return Observation.objects.values_list("pk", flat=True).get(indicator__code=code)


def test_progress_is_reported_each_quarter_after_the_plan(stage: Stage) -> None:
    order = ordered(stage)
    with acting_as(stage.health):
        with pytest.raises(Refused, match=r"^请先报整改计划，再报季度进展。$"):
            actions.report_progress(order_id=order.pk, year=2026, quarter=1, text="已启动", by=stage.health)
        actions.plan_order(
            order_id=order.pk, plan="措施", owner="科长", finish_on=dt.date(2026, 12, 31), by=stage.health
        )
        with pytest.raises(Refused, match=r"^请选择督办以来已经开始的季度。$"):
            actions.report_progress(order_id=order.pk, year=2026, quarter=2, text="已启动", by=stage.health)
        actions.report_progress(order_id=order.pk, year=2026, quarter=1, text="已启动", by=stage.health)
        assert [(p.quarter, p.text) for p in queries.progress_on(order)] == [(1, "已启动")]


def test_an_indicator_leaves_the_list_by_hand_only_without_an_open_order(stage: Stage) -> None:
    order = ordered(stage)
    with acting_as(stage.office), pytest.raises(Refused, match=r"^这个指标有未销号的督办单，请先销号。$"):
        actions.drop_hard(hard_id=order.hard_id, why="不再列入", by=stage.office)


# --- measures for plans ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("C21-01", "3"),
        ("C21-01", "3.1"),
        ("C21-04", "90"),
        ("C21-04", "89.9"),
        ("C21-16", "41"),
        ("C21-16", "40"),
        ("C21-21", "1"),
        ("C21-21", "0"),
    ],
)
def test_the_measure_of_attainment_judges_as_the_rule_does(stage: Stage, code: str, value: str) -> None:
    stage.known(code, {2024: value})
    if code == "C21-16":
        with acting_as(stage.office):
            actions.set_target(
                indicator_id=stage.indicator_id(code), place=FULING, from_year=2021, baseline=D(40), by=stage.office
            )
    standing = stage.standing(code, 2024)
    with acting_as(stage.office):
        share = measures.value(measures.get("outlines.met"), place=FULING)
        assert len(measures.records(measures.get("outlines.met"), place=FULING)) == 1
    assert share == (100 if standing.status == "MET" else 0)


def test_a_band_is_met_inside_it() -> None:
    aim = Aim("AROUND", 2020, 2030, D(50), None, D(5))
    assert [rules.status_of(aim, D(v)) for v in (45, 55)] == ["MET", "MET"]


def test_reporting_on_time_is_counted_from_what_was_handed_in(stage: Stage, district: District) -> None:
    year = stage.open(due_on=dt.date(2026, 3, 2))
    stage.fill(year, "C21-02", 24, 5000)
    stage.submit(year)
    with clock.frozen(dt.date(2026, 3, 9)):
        stage.fill(year, "C21-03", 29, 5000)
        stage.submit(year)
        with acting_as(stage.office):
            assert measures.value(measures.get("outlines.on_time"), place=FULING) == 50


def test_a_sheet_of_known_values_is_kept_whole_or_not_at_all(stage: Stage) -> None:
    rows = [
        actions.KnownRow(2, "C21-02", NATION, 2022, Entry(value=D("4.9")), "国家卫健委"),
        actions.KnownRow(3, "C21-99", NATION, 2022, Entry(value=D(1)), "国家卫健委"),
        actions.KnownRow(4, "C21-02", NATION, 2019, Entry(value=D(5)), "国家卫健委"),
        actions.KnownRow(5, "C21-02", "500103000000", 2022, Entry(value=D(5)), "渝中区"),
    ]
    with acting_as(stage.office):
        problems = actions.import_known(outline_id=stage.outline.pk, rows=rows, by=stage.office)
        assert problems == {
            3: "本规划没有代码“C21-99”，请核对代码列。",
            4: "年度应在2020至2030之间，现为2019。",
            5: "地区500103000000不在您的管理范围内，请只填本地区及所辖地区。",
        }
        assert Observation.objects.count() == 0
        assert actions.import_known(outline_id=stage.outline.pk, rows=rows[:1], by=stage.office) == {}
        assert Observation.objects.count() == 1
