"""Lights, units, numbers, versions and masked places, as tables of cases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from niangjia.plans import rules
from niangjia.plans.kinds import Bound, Light, TargetKind
from niangjia.plans.rules import Aim, Change, RuleError

MID = dt.date(2026, 7, 2)  # the 183rd of 365 days
QUARTERS = tuple(map(Decimal, (10, 40, 80, 100)))


def count(**changes: object) -> Aim:
    return Aim(**{"kind": TargetKind.COUNT, "year": 2026, "value": Decimal(100), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("aim", "day", "share"),
    [
        (count(), dt.date(2025, 12, 31), Fraction(0)),
        (count(), dt.date(2026, 1, 1), Fraction(1, 365)),
        (count(), MID, Fraction(183, 365)),
        (count(), dt.date(2026, 12, 31), Fraction(1)),
        (count(), dt.date(2027, 1, 1), Fraction(1)),
        (count(deadline=dt.date(2026, 6, 30)), dt.date(2026, 6, 30), Fraction(1)),
        (count(deadline=dt.date(2026, 6, 30)), dt.date(2026, 3, 31), Fraction(90, 181)),
        (count(deadline=dt.date(2026, 6, 30)), dt.date(2026, 11, 24), Fraction(1)),
        (count(deadline=dt.date(2030, 12, 31)), MID, Fraction(183, 365)),
        (count(quarters=QUARTERS), dt.date(2026, 3, 31), Fraction(1, 10)),
        (count(quarters=QUARTERS), dt.date(2026, 6, 30), Fraction(2, 5)),
        (count(quarters=QUARTERS), dt.date(2026, 8, 15), Fraction(6, 10)),
        (count(quarters=QUARTERS), dt.date(2026, 12, 31), Fraction(1)),
    ],
)
def test_what_is_to_be_done_by_a_day(aim: Aim, day: dt.date, share: Fraction) -> None:
    assert rules.expected_share(aim, day) == share


YEAR_END, LAST_DAY = dt.date(2026, 12, 31), dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("actual", "light", "reason", "percent"),
    [
        (None, Light.NO_DATA, "还没有数据", None),
        ("0", Light.RED, "进度落后", "0"),
        ("79.99", Light.RED, "进度落后", "80"),
        ("80", Light.YELLOW, "进度偏慢", "80"),
        ("99.99", Light.YELLOW, "进度偏慢", "100"),
        ("100", Light.GREEN, "已完成", "100"),
        ("450", Light.GREEN, "已完成", "450"),
    ],
)
def test_the_light_of_a_count_on_the_last_day(
    actual: str | None, light: Light, reason: str, percent: str | None
) -> None:
    found = rules.judge(count(), actual=actual and Decimal(actual), day=LAST_DAY)  # type: ignore[arg-type]
    assert (found.light, found.reason, found.percent) == (light, reason, percent and Decimal(percent))


@pytest.mark.parametrize(
    ("actual", "light"),
    [("51", Light.GREEN), ("50", Light.YELLOW), ("41", Light.YELLOW), ("40", Light.RED)],
)
def test_the_light_of_a_count_in_the_middle_of_the_year(actual: str, light: Light) -> None:
    found = rules.judge(count(), actual=Decimal(actual), day=MID)
    assert (found.light, found.expected) == (light, Decimal("50.1"))


@pytest.mark.parametrize(
    ("aim", "actual", "done", "day", "light", "reason"),
    [
        (count(bound=Bound.MAX), "100", None, MID, Light.GREEN, "在限额之内"),
        (count(bound=Bound.MAX), "100.01", None, MID, Light.RED, "超出限额"),
        (count(kind=TargetKind.LEVEL), "100", None, MID, Light.GREEN, "已达标"),
        (count(kind=TargetKind.LEVEL), "95", None, MID, Light.YELLOW, "接近达标"),
        (count(kind=TargetKind.LEVEL), "94.99", None, MID, Light.RED, "未达标"),
        (count(kind=TargetKind.LEVEL), None, None, MID, Light.NO_DATA, "还没有数据"),
        (count(kind=TargetKind.LEVEL, bound=Bound.MAX), "100", None, MID, Light.GREEN, "已达标"),
        (count(kind=TargetKind.LEVEL, bound=Bound.MAX), "105", None, MID, Light.YELLOW, "接近达标"),
        (count(kind=TargetKind.LEVEL, bound=Bound.MAX), "106", None, MID, Light.RED, "未达标"),
        (count(kind=TargetKind.MILESTONE, value=None), None, None, MID, Light.NO_DATA, "未到时间"),
        (count(kind=TargetKind.MILESTONE, deadline=MID), None, None, dt.date(2026, 6, 2), Light.YELLOW, "还有30天到期"),
        (count(kind=TargetKind.MILESTONE, deadline=MID), None, None, MID, Light.YELLOW, "还有0天到期"),
        (count(kind=TargetKind.MILESTONE, deadline=MID), None, None, dt.date(2026, 7, 3), Light.RED, "过期未完成"),
        (count(kind=TargetKind.MILESTONE, deadline=MID), None, True, dt.date(2026, 7, 3), Light.GREEN, "已完成"),
        (count(kind=TargetKind.QUAL, value=None), None, None, MID, Light.NO_DATA, "还没有情况说明"),
        (count(kind=TargetKind.QUAL, value=None), None, False, MID, Light.RED, "未落实"),
        (count(kind=TargetKind.QUAL, value=None), None, True, MID, Light.GREEN, "已落实"),
        (count(kind=TargetKind.QUAL, value=None), None, None, dt.date(2027, 1, 1), Light.RED, "未落实"),
    ],
)
def test_the_light_of_the_other_kinds(
    aim: Aim, actual: str | None, done: bool | None, day: dt.date, light: Light, reason: str
) -> None:
    found = rules.judge(aim, actual=actual and Decimal(actual), day=day, done=done)  # type: ignore[arg-type]
    assert (found.light, found.reason) == (light, reason)


@given(
    value=st.integers(1, 10**6), actual=st.integers(0, 10**6), day=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 30))
)
def test_more_done_never_makes_a_light_worse(value: int, actual: int, day: dt.date) -> None:
    order = [Light.RED, Light.YELLOW, Light.GREEN]
    aim = count(value=Decimal(value))
    less = rules.judge(aim, actual=Decimal(actual), day=day).light
    more = rules.judge(aim, actual=Decimal(actual + 1), day=day).light
    assert order.index(less) <= order.index(more)


@pytest.mark.parametrize(
    ("target", "measure", "factor"),
    [("人", "人", "1"), ("名", "人", "1"), ("万元", "元", "0.0001"), ("元", "万元", "10000"), ("万元", "万元", "1")],
)
def test_units_that_meet(target: str, measure: str, factor: str) -> None:
    assert rules.unit_factor(target, measure) == Decimal(factor)


@pytest.mark.parametrize(
    ("target", "measure"),
    [("户", "人"), ("人次", "人"), ("人", "人次"), ("人", "户"), ("%", "‰"), ("", "人"), ("万元", "人")],
)
def test_units_that_never_meet(target: str, measure: str) -> None:
    with pytest.raises(RuleError, match=f"目标的单位是“{target or '无'}”，指标的单位是“{measure}”，不能互相替代。"):
        rules.unit_factor(target, measure)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((1, 2, 3), "季度计划应填写四个季度末的累计数。"),
        ((10, 5, 50, 100), "季度计划是累计数，后一季度不能小于前一季度。"),
        ((10, 20, 50, 90), "四季度末的累计数应等于目标值100，现为90。"),
    ],
)
def test_a_quarter_plan_that_does_not_stand(values: tuple[int, ...], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        rules.check_quarters([Decimal(value) for value in values], Decimal(100))


@pytest.mark.parametrize(
    ("text", "number"), [("12", "12"), ("１，２００", "1200"), (" 1,234.5 ", "1234.5"), ("0", "0"), ("0.25", "0.25")]
)
def test_numbers_as_people_type_them(text: str, number: str) -> None:
    assert rules.parse_number(text, "目标值") == Decimal(number)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("十二", "“目标值”应填写数字，现为“十二”。"),
        ("", "“目标值”应填写数字，现为“”。"),
        ("-1", "“目标值”应在0至999,999,999,999.99之间，现为“-1”。"),
        ("NaN", "“目标值”应在0至999,999,999,999.99之间，现为“NaN”。"),
        ("1E+99", r"“目标值”应在0至999,999,999,999.99之间，现为“1E\+99”。"),
        ("1.234", "“目标值”最多两位小数，现为“1.234”。"),
    ],
)
def test_what_is_no_number_is_named(text: str, message: str) -> None:
    with pytest.raises(RuleError, match=rf"^{message}$"):
        rules.parse_number(text, "目标值")


@pytest.mark.parametrize(
    ("total", "parts", "shares"),
    [
        ("10", 4, ["3", "3", "2", "2"]),
        ("2", 3, ["1", "1", "0"]),
        ("4.5", 2, ["2.25", "2.25"]),
        ("0.05", 2, ["0.03", "0.02"]),
    ],
)
def test_a_total_is_shared_evenly(total: str, parts: int, shares: list[str]) -> None:
    assert rules.share_evenly(Decimal(total), parts) == [Decimal(share) for share in shares]


@given(total=st.decimals(0, 10**6, places=2), parts=st.integers(1, 60))
def test_shares_add_up_to_the_total(total: Decimal, parts: int) -> None:
    assert sum(rules.share_evenly(total, parts)) == total


def test_a_pasted_table_is_read_by_the_names_of_units() -> None:
    text = "单位\t任务数\n敦仁街道\t12\n崇义街道 ８\n\n合计\t20"
    assert rules.parse_pasted(text, {"敦仁街道": 1, "崇义街道": 2}) == {1: Decimal(12), 2: Decimal(8)}


def test_every_wrong_line_of_a_pasted_table_is_named() -> None:
    with pytest.raises(RuleError) as caught:
        rules.parse_pasted("敦仁街道 十\n李渡 3\n敦仁街道 1\n敦仁街道 2\n7", {"敦仁街道": 1})
    assert str(caught.value).splitlines() == [
        "第1行：“敦仁街道”应填写数字，现为“十”。",
        "第2行：没有找到单位“李渡”，请写全称或简称，如“敦仁街道”。",
        "第4行：“敦仁街道”出现了两次，请只留一行。",
        "第5行：应为“单位名称 数”，现为“7”。",
    ]


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(RuleError, match="没有读到数据。"):
        rules.parse_pasted(" \n", {"敦仁街道": 1})


@pytest.mark.parametrize(
    ("value", "text"), [("40.00", "40"), ("0.50", "0.5"), ("1200", "1200"), ("1E+3", "1000"), ("0.00", "0")]
)
def test_a_number_is_shown_without_padding(value: str, text: str) -> None:
    assert rules.short(Decimal(value)) == text


def test_wordings_continue_the_old_ones_most_like_them() -> None:
    old = {"a": "救助患病妇女不少于40人", "b": "培训妇女300人次", "c": "评选最美家庭"}
    new = ["培训农村妇女350人次", "救助患病妇女不少于50人", "走访慰问"]
    assert rules.match_alike(old, new) == ["b", "a", None]


def test_a_bonus_can_forbid_a_match() -> None:
    assert rules.match_alike({"a": "培训妇女"}, ["培训妇女"], lambda key, number: -1.0) == [None]


def test_two_versions_differ_by_what_was_added_changed_and_removed() -> None:
    old = {1: ("甲", {"内容": "旧", "编号": "一"}), 2: ("乙", {"内容": "乙", "编号": "二"})}
    new = {1: ("甲改", {"内容": "新", "编号": "一"}), 3: ("丙", {"内容": "丙", "编号": "二"})}
    assert rules.difference("条目", old, new) == [
        Change("条目", "修改", "甲改", (("内容", "旧", "新"),)),
        Change("条目", "新增", "丙"),
        Change("条目", "删除", "乙"),
    ]


@pytest.mark.parametrize(
    ("mask", "words", "filled"), [("201*", "2011", "2011"), ("20**", "２０１１", "2011"), ("XX", "三", "三")]
)
def test_a_masked_place_takes_what_fits(mask: str, words: str, filled: str) -> None:
    assert rules.check_fill(mask, words) == filled


@pytest.mark.parametrize(
    ("mask", "words", "message"),
    [
        ("201*", "2021", r"“201\*”处应填写与它相符的4位年份，现为“2021”。请对照原件填写。"),
        ("201*", "201", r"“201\*”处应填写与它相符的4位年份，现为“201”。请对照原件填写。"),
        ("201*", "201*", r"“201\*”处应填写与它相符的4位年份，现为“201\*”。请对照原件填写。"),
        ("XX", "", "“XX”处应填写1至20个字，请对照原件填写。"),
        ("**", "某*村", r"“\*\*”处仍有遮盖符号，现为“某\*村”。请对照原件填写。"),
    ],
)
def test_a_masked_place_refuses_what_does_not_fit(mask: str, words: str, message: str) -> None:
    with pytest.raises(RuleError, match=rf"^{message}$"):
        rules.check_fill(mask, words)


def test_masks_are_filled_in_their_order_and_empty_ones_stay() -> None:
    assert (
        rules.fill_masks("201*年至201*年，XX个", [("201*", "2011"), ("201*", ""), ("XX", "九")])
        == "2011年至201*年，九个"
    )


@pytest.mark.parametrize(
    ("text", "quote", "about"),
    [
        ("全年救助困难妇女不少于40人，年底前完成。", "40人", "救助困难妇女"),
        ("一是举办培训班。力争培训妇女300人次。", "300人次", "培训妇女"),
        ("评选60户最美家庭", "60户", "评选最美家庭"),
        ("家长知晓率达到85%以上。", "85%以上", "家长知晓率"),
        ("没有数", "40人", ""),
    ],
)
def test_what_a_figure_is_about_is_the_clause_around_it(text: str, quote: str, about: str) -> None:
    assert rules.clause_around(text, quote)[0] == about
