"""How an indicator is judged: every direction at, above, below its mark and without a baseline."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest

from niangjia.outlines import rules
from niangjia.outlines.kinds import Direction, Light, Status, Tier
from niangjia.outlines.rules import Aim, Entry, Judgement, Part, Shape, Weight

D = Decimal


def aim(direction: str, target: str | None = None, baseline: str | None = None, **more: Any) -> Aim:
    return Aim(
        direction, 2020, 2030, None if target is None else D(target), None if baseline is None else D(baseline), **more
    )


@pytest.mark.parametrize(
    ("direction", "target", "baseline", "value", "status"),
    [
        ("GE", "80", None, "80", "MET"),
        ("GE", "80", None, "80.01", "MET"),
        ("GE", "80", None, "76", "NEAR"),
        ("GE", "80", None, "75.99", "UNMET"),
        ("LE", "12", None, "12", "MET"),
        ("LE", "12", None, "11.9", "MET"),
        ("LE", "12", None, "12.6", "NEAR"),
        ("LE", "12", None, "12.61", "UNMET"),
        ("LE", "0", None, "0", "MET"),
        ("LE", "0", None, "0.1", "UNMET"),
        ("AROUND", "50", None, "52", "MET"),
        ("AROUND", "50", None, "48", "MET"),
        ("AROUND", "50", None, "54.5", "NEAR"),
        ("AROUND", "50", None, "45.5", "NEAR"),
        ("AROUND", "50", None, "54.6", "UNMET"),
        ("AROUND", "50", None, "45.4", "UNMET"),
        ("INCREASE", None, "40", "40.1", "MET"),
        ("INCREASE", None, "40", "40", "NEAR"),
        ("INCREASE", None, "40", "38", "NEAR"),
        ("INCREASE", None, "40", "37.9", "UNMET"),
        ("DECREASE", None, "40", "39.9", "MET"),
        ("DECREASE", None, "40", "40", "NEAR"),
        ("DECREASE", None, "40", "42", "NEAR"),
        ("DECREASE", None, "40", "42.1", "UNMET"),
        ("KEEP", None, "98", "98", "MET"),
        ("KEEP", None, "98", "99", "MET"),
        ("KEEP", None, "98", "97", "NEAR"),
        ("KEEP", None, "98", "90", "UNMET"),
        ("QUAL", None, None, "1", "MET"),
        ("QUAL", None, None, "0", "UNMET"),
    ],
)
def test_a_value_at_above_and_below_its_mark(
    direction: str, target: str | None, baseline: str | None, value: str, status: str
) -> None:
    tolerance = D("2") if direction == "AROUND" else D(0)
    assert rules.status_of(aim(direction, target, baseline, tolerance=tolerance), D(value)) == status


@pytest.mark.parametrize("direction", ["INCREASE", "DECREASE", "KEEP"])
def test_a_trend_without_baseline_is_held_against_the_year_before(direction: str) -> None:
    better = D("41") if direction != "DECREASE" else D("39")
    assert rules.status_of(aim(direction), better, D("40")) is Status.MET
    assert rules.status_of(aim(direction), better) is Status.NO_DATA


@pytest.mark.parametrize("direction", ["GE", "LE", "AROUND"])
def test_a_number_without_target_cannot_be_judged(direction: str) -> None:
    assert rules.status_of(aim(direction), D("50")) is Status.NOT_APPLICABLE


@pytest.mark.parametrize("direction", list(Direction))
def test_no_value_is_no_data_and_a_place_too_small_is_not_judged(direction: str) -> None:
    assert rules.status_of(aim(direction, "50", "40"), None) is Status.NO_DATA
    assert rules.status_of(aim(direction, "50", "40", applies=False), D("50")) is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("direction", "target", "baseline", "value", "progress"),
    [
        ("GE", "90", "80", "85", "0.5"),
        ("GE", "90", "80", "95", "1.5"),
        ("GE", "90", "80", "78", "-0.2"),
        ("LE", "12", "20", "16", "0.5"),
        ("LE", "12", "20", "22", "-0.25"),
        ("AROUND", "50", "30", "40", "0.5"),
        ("AROUND", "50", "70", "60", "0.5"),
        ("GE", "90", "92", "85", None),
        ("GE", "90", None, "85", None),
        ("INCREASE", None, "80", "85", None),
    ],
)
def test_progress_is_the_share_of_the_way_from_baseline_to_target(
    direction: str, target: str | None, baseline: str | None, value: str, progress: str | None
) -> None:
    found = rules.progress_of(aim(direction, target, baseline), D(value))
    assert found == (None if progress is None else D(progress))


@pytest.mark.parametrize(("year", "share"), [(2019, "0"), (2020, "0"), (2025, "0.5"), (2030, "1"), (2032, "1")])
def test_expected_is_the_share_of_time(year: int, share: str) -> None:
    assert rules.expected_of(aim("GE", "90"), year) == D(share)


@pytest.mark.parametrize(
    ("series", "light", "reason"),
    [
        ([(2020, "80"), (2025, "90")], Light.GREEN, "已达标"),
        ([(2020, "80"), (2025, "85")], Light.GREEN, "进度正常"),
        ([(2020, "80"), (2025, "84")], Light.YELLOW, "进度偏慢"),
        ([(2020, "80"), (2025, "83.9")], Light.RED, "进度落后"),
        ([(2020, "80"), (2025, "79")], Light.RED, "比基期退步"),
        ([(2020, "80"), (2024, "91"), (2025, "89")], Light.RED, "达标后反弹"),
        ([(2020, "80")], Light.NONE, "没有数据"),
    ],
)
def test_the_light_of_a_numeric_target_at_half_time(series: list[tuple[int, str]], light: Light, reason: str) -> None:
    found = rules.judge(aim("GE", "90", "80"), [(y, D(v)) for y, v in series], 2025)
    assert (found.light, found.reason) == (light, reason)


@pytest.mark.parametrize(("value", "light"), [("90", Light.GREEN), ("86", Light.YELLOW), ("80", Light.RED)])
def test_without_a_baseline_the_light_is_the_status(value: str, light: Light) -> None:
    assert rules.judge(aim("GE", "90"), [(2025, D(value))], 2025).light is light


def test_two_years_the_wrong_way_are_an_alert_also_under_a_green_light() -> None:
    found = rules.judge(aim("GE", "80", "70"), [(2023, D(90)), (2024, D(88)), (2025, D(86))], 2025)
    assert (found.light, found.worsening, found.alert) == (Light.GREEN, 2, True)
    one = rules.judge(aim("GE", "80", "70"), [(2023, D(87)), (2024, D(88)), (2025, D(86))], 2025)
    assert (one.worsening, one.alert) == (1, False)


def test_a_move_within_the_band_is_no_worsening() -> None:
    around = aim("AROUND", "50", tolerance=D(3))
    assert rules.judge(around, [(2023, D(50)), (2024, D(48)), (2025, D(53))], 2025).worsening == 0
    assert rules.judge(around, [(2023, D(50)), (2024, D(46)), (2025, D(44))], 2025).worsening == 2


def test_a_changed_target_leaves_the_earlier_judgement_as_it_was() -> None:
    aims = {2023: aim("GE", "80", "70"), 2024: aim("GE", "90", "70")}
    series = [(2023, D(82)), (2024, D(82))]
    assert rules.judge(aims, series, 2023).status is Status.MET
    assert rules.judge(aims, series, 2024) == Judgement(
        Status.UNMET, Light.RED, "达标后反弹", D("0.6"), D("0.4"), 0, fallen_back=True
    )


def test_the_published_national_midterm_attainment() -> None:
    """Women 54 monitorable indicators, 44 met or nearly; children 33, 31 (NBS mid-term 2015, domain notes S37)."""
    women = rules.attainment(["MET"] * 38 + ["NEAR"] * 6 + ["UNMET"] * 10 + ["NO_DATA"] * 7 + ["NOT_APPLICABLE"] * 3)
    assert (women.denominator, women.rate_with_near) == (54, D("81.5"))
    children = rules.attainment(["MET"] * 31 + ["UNMET"] * 2 + ["NO_DATA"] * 19)
    assert (children.denominator, children.rate, children.rate_with_near) == (33, D("93.9"), D("93.9"))


def test_the_midterm_attainment_from_values_judged_one_by_one() -> None:
    """The same 44 of 54 from the status rule: 38 at their target, 6 within 5 % of it, 10 below, 4 without a value."""
    values = [D(80)] * 38 + [D(77)] * 6 + [D(60)] * 10
    statuses = [rules.judge(aim("GE", "80", "50"), [(2025, value)], 2025).status for value in values]
    statuses += [rules.judge(aim("GE", "80", "50"), [], 2025).status] * 4
    found = rules.attainment(statuses)
    assert (found.no_data, found.denominator, found.rate_with_near) == (4, 54, D("81.5"))


def test_nothing_to_judge_has_no_rate() -> None:
    assert rules.attainment(["NO_DATA", "NOT_APPLICABLE"]).rate is None


@pytest.mark.parametrize("direction", ["GE", "LE", "AROUND", "INCREASE", "DECREASE", "KEEP"])
def test_whatever_is_met_is_green_and_whatever_is_counted_has_a_light(direction: str) -> None:
    numbers = [D(0), D("0.01"), D("47.99"), D(50), D("52.01"), D(100)]
    for target, baseline, value in itertools.product(numbers, repeat=3):
        found = rules.judge(Aim(direction, 2020, 2030, target, baseline, D(2)), [(2024, value)], 2024)
        assert (found.status is Status.MET) == (found.light is Light.GREEN and found.reason == "已达标")
        assert found.counts == (found.light is not Light.NONE)


@pytest.mark.parametrize(
    ("place", "tier"),
    [
        ("000000000000", Tier.NATION),
        ("500000000000", Tier.CITY),
        ("500102000000", Tier.DISTRICT),
        ("500102006000", Tier.TOWN),
        ("500102006001", Tier.VILLAGE),
    ],
)
def test_the_tier_of_a_place(place: str, tier: Tier) -> None:
    assert rules.tier_of(place) is tier


# --- what may be typed


MMR = Shape("孕产妇死亡率", "1/10万", "LE", low=D(0), high=D(200))
IMR = Shape("婴儿死亡率", "‰", "LE", low=D(0), high=D(60), breakdowns=("SEX", "URBAN"))
SHARE = Shape("筛查率", "%", "GE")
GROSS = Shape("高中阶段毛入学率", "%", "GE", exceeds=True, low=D(50), high=D(120))
YEARS = Shape("平均受教育年限", "年", "GE", low=D(5), high=D(20))
PLACES = Shape("儿童之家", "所", "GE")
QUAL = Shape("强制报告制度", "是/否", "QUAL")


@pytest.mark.parametrize(
    ("numerator", "denominator", "unit", "value"),
    [
        (1, 5312, "1/10万", "18.8253"),
        (31, 5312, "‰", "5.8358"),
        (2, 3, "%", "66.6667"),
        (0, 10, "%", "0"),
        (21, 20, "比值", "1.05"),
    ],
)
def test_a_rate_is_computed_in_its_unit(numerator: int, denominator: int, unit: str, value: str) -> None:
    assert rules.rate(D(numerator), D(denominator), unit) == D(value)


def found(shape: Shape, entry: Entry, last: str | None = None) -> list[tuple[str, str]]:
    return [(d.weight, d.key) for d in rules.doubts(shape, entry, None if last is None else D(last))]


@pytest.mark.parametrize(
    ("shape", "entry", "last", "doubts"),
    [
        (SHARE, Entry(), None, []),
        (SHARE, Entry(numerator=D(80), denominator=D(100)), "78", []),
        (SHARE, Entry(value=D(80)), None, [("block", "parts")]),
        (SHARE, Entry(numerator=D(80)), None, [("block", "denominator")]),
        (SHARE, Entry(denominator=D(80)), None, [("block", "numerator")]),
        (SHARE, Entry(numerator=D(0), denominator=D(0)), None, [("block", "denominator")]),
        (SHARE, Entry(numerator=D(101), denominator=D(100)), None, [("block", "exceeds")]),
        (GROSS, Entry(numerator=D(101), denominator=D(100)), "99", []),
        (GROSS, Entry(numerator=D(130), denominator=D(100)), "99", [("warn", "range"), ("warn", "jump")]),
        (SHARE, Entry(numerator=D(40), denominator=D(100)), "80", [("warn", "jump")]),
        (SHARE, Entry(numerator=D(80), denominator=D(1000)), "80", [("warn", "slip")]),
        (IMR, Entry(numerator=D(30), denominator=D(5000), stated=D("6.0")), "6.2", []),
        (IMR, Entry(numerator=D(30), denominator=D(5000), stated=D("0.6")), "6.2", [("block", "stated")]),
        (IMR, Entry(numerator=D(30), denominator=D(5000), stated=D("7")), "6.2", [("block", "stated")]),
        (MMR, Entry(numerator=D(1), denominator=D(5000)), "40", []),
        (YEARS, Entry(value=D("11.2")), "11", []),
        (YEARS, Entry(value=D(112)), "11", [("warn", "slip")]),
        (YEARS, Entry(value=D(4)), "11", [("warn", "range"), ("warn", "jump")]),
        (PLACES, Entry(value=D("3.5")), None, [("block", "whole")]),
        (QUAL, Entry(value=D(1)), None, []),
        (QUAL, Entry(value=D(2)), None, [("block", "yes")]),
    ],
)
def test_what_is_wrong_or_strange_about_an_entry(
    shape: Shape, entry: Entry, last: str | None, doubts: list[tuple[str, str]]
) -> None:
    assert found(shape, entry, last) == doubts


@pytest.mark.parametrize(
    ("parts", "doubts"),
    [
        ({"SEX:F": Part(D(10), D(2500)), "SEX:M": Part(D(20), D(2500))}, []),
        ({"SEX:F": Part(D(10), D(2500)), "SEX:M": Part(D(21), D(2500))}, [("block", "sum.SEX")]),
        ({"SEX:F": Part(D(10), D(2400)), "SEX:M": Part(D(20), D(2500))}, [("block", "sum.SEX")]),
        ({"SEX:F": Part(D(10), D(2500))}, []),
        ({"URBAN:U": Part(D(10), None), "URBAN:R": Part(D(10), None)}, [("block", "sum.URBAN")]),
    ],
)
def test_parts_add_up_to_the_whole(parts: dict[str, Part], doubts: list[tuple[str, str]]) -> None:
    assert found(IMR, Entry(numerator=D(30), denominator=D(5000), parts=parts)) == doubts


def test_a_slip_of_units_is_said_in_words() -> None:
    entry = Entry(numerator=D(30), denominator=D(5000), stated=D("0.6"))
    assert [d.message for d in rules.doubts(IMR, entry)] == [
        "所填比率0.6与分子÷分母算得的6‰不符，像是单位写错（差10倍，如把‰填成%）。"
    ]
    assert rules.doubts(IMR, entry)[0].weight is Weight.BLOCK


@pytest.mark.parametrize(
    ("text", "value"), [("", None), (" １，２３４．５ ", "1234.5"), ("0", "0"), ("12.3456", "12.3456")]
)
def test_numbers_as_people_type_them(text: str, value: str | None) -> None:
    assert rules.parse_number(text, "分子") == (None if value is None else D(value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("95%", "“分子”带有百分号（95%），请只填数字，单位以表头为准。"),
        ("4.9‰", "“分子”带有千分号（4.9‰），请只填数字，单位以表头为准。"),
        ("3万", "“分子”带有单位（3万），请只填数字，单位以表头为准。"),
        ("约30", "“分子”应填写数字，现为“约30”。"),
        ("-1", "“分子”应在0至9,999,999,999之间，现为“-1”。"),
        ("1.23456", "“分子”最多四位小数，现为“1.23456”。"),
        ("NaN", "“分子”应在0至9,999,999,999之间，现为“NaN”。"),
    ],
)
def test_what_is_no_number_is_refused_with_its_name(text: str, message: str) -> None:
    with pytest.raises(rules.RuleError) as caught:
        rules.parse_number(text, "分子")
    assert str(caught.value) == message
