from __future__ import annotations

import pytest

from niangjia.plans.reader import Target, read_plan


def targets(words: str, title: str = "某区妇联2018年工作计划") -> tuple[Target, ...]:
    return read_plan(f"{title}\n一、{words}").targets


@pytest.mark.parametrize(
    ("words", "value", "top", "unit", "qualifier", "bound"),
    [
        ("救助三百人。", 300, None, "人", None, "EXACT"),
        ("举办两场讲座。", 2, None, "场", None, "EXACT"),
        ("妇女健康讲座两场、宣传一次性发放。", 2, None, "场", None, "EXACT"),
        ("发放宣传单2000张。", 2000, None, "张", None, "EXACT"),
        ("培训1.2万人次。", 12000, None, "人次", None, "EXACT"),
        ("培训1，200人次。", 1200, None, "人次", None, "EXACT"),
        ("惠及1000余人。", 1000, None, "人", "余", "MIN"),
        ("覆盖率80%以上。", 80, None, "%", "以上", "MIN"),
        ("就业率达到百分之八十。", 80, None, "%", "达到", "EXACT"),
        ("慰问30户以上。", 30, None, "户", "以上", "MIN"),
        ("举办2-3场活动。", 2, 3, "场", None, "RANGE"),
        ("满意率85%～90%。", 85, 90, "%", None, "RANGE"),
        ("培训不少于500人。", 500, None, "人", "不少于", "MIN"),
        ("确保救助不少于30人。", 30, None, "人", "不少于", "MIN"),
        ("力争达到80%以上。", 80, None, "%", "力争", "MIN"),
        ("发放贷款3000多万元。", 3000, None, "万元", "余", "MIN"),
        ("发放贷款1.5亿元。", 15000, None, "万元", None, "EXACT"),
        ("资金控制在60万元以内。", 60, None, "万元", "控制在", "MAX"),
        ("死亡率控制在12/10万以内。", 12, None, "/10万", "控制在", "MAX"),
        ("慰问300户左右。", 300, None, "户", "左右", "ABOUT"),
        ("开展活动20场次。", 20, None, "场", None, "EXACT"),
        ("培训3500人(次)。", 3500, None, "人次", None, "EXACT"),
        ("比上年提高5个百分点。", 5, None, "个百分点", None, "EXACT"),
        ("八成以上妇女受益。", 80, None, "%", "以上", "MIN"),
        ("新增基地6个。", 6, None, "个", "新增", "EXACT"),
        ("评选100名先进。", 100, None, "名", None, "EXACT"),
        ("发放200个“母亲邮包”。", 200, None, "个", None, "EXACT"),
        ("表彰5位女性。", 5, None, "名", None, "EXACT"),
        ("举办培训≥5期。", 5, None, "期", "不少于", "MIN"),
    ],
)  # fmt: skip
def test_a_figure_is_read(
    words: str, value: float, top: float | None, unit: str, qualifier: str | None, bound: str
) -> None:
    (target,) = targets(words)
    assert (target.value, target.value_max, target.unit, target.qualifier, target.bound) == (
        value,
        top,
        unit,
        qualifier,
        bound,
    )


@pytest.mark.parametrize(
    ("words", "rhythm"),
    [
        ("每季度开展活动2次。", "每季度"),
        ("每个村（社区）不少于1场。", "每个村（社区）"),
        ("每镇街不少于5户。", "每镇街"),
        ("各举办2场。", None),
        ("乡镇、街道各2场。", "各"),
        ("每名执委联系不少于10户。", "每名执委"),
    ],
)
def test_the_rhythm_stands_apart_from_the_number(words: str, rhythm: str | None) -> None:
    assert [target.per for target in targets(words)] == [rhythm]


@pytest.mark.parametrize(
    "words",
    [
        "突出三个着力，抓好两项重点，打造四大品牌。",
        "实施“五个一”工程。",
        "贯彻十九届三中全会精神，落实《条例》第三条。",
        "第三次全会精神要落实到千家万户。",
        "建立一支队伍、一个中心、一批阵地。",
        "2018年3月8日召开。",
        "全区27个乡镇（街道）都要落实。",
        "去年救助120人。",
        "2017年，救助120人。",
        "现有妇女之家433个。",
        "24小时热线，3个工作日内答复。",
        "推行一户一策、一人一档。",
        "开展“百场讲座进社区”活动。",
        "十五岁以上，3个月内办结。",
        "某妇发〔2018〕12号。",
        "发放一次性救助。",
        "培训XX人。",
    ],
)
def test_a_number_that_sets_no_aim_is_left_alone(words: str) -> None:
    assert targets(words) == ()


@pytest.mark.parametrize(
    ("words", "day", "said"),
    [
        ("年底前救助30人。", "2018-12-31", "年底前"),
        ("6月底前救助30人。", "2018-06-30", "6月底前"),
        ("2月底前救助30人。", "2018-02-28", "2月底前"),
        ("上半年救助30人。", "2018-06-30", "上半年"),
        ("第三季度救助30人。", "2018-09-30", "第三季度"),
        ("于二季度末救助30人。", "2018-06-30", "二季度末"),
        ("6月15日前救助30人。", "2018-06-15", "6月15日前"),
        ("2019年6月底前救助30人。", "2019-06-30", "2019年6月底前"),
        ("到2020年救助30人。", "2020-12-31", "到2020年"),
        ("明年3月救助30人。", "2019-03-31", "明年3月"),
        ("5月至8月救助30人。", "2018-08-31", "5月至8月"),
        ("9月中旬救助30人。", "2018-09-20", "9月中旬"),
        ("6月前救助30人。", None, "6月前"),
        ("春节前救助30人。", None, "春节前"),
        ("2月30日前救助30人。", None, "2月30日前"),
        ("每月20日前救助30人。", None, None),
        ("三年内救助30人。", None, None),
        ("救助30人（10月底前）。", "2018-10-31", "10月底前"),
        ("救助30人。完成时限：10月底。", "2018-10-31", "10月底"),
        ("救助30人。", None, None),
    ],
)
def test_a_deadline_is_a_date_only_where_the_words_fix_one(words: str, day: str | None, said: str | None) -> None:
    assert [(target.deadline, target.deadline_words) for target in targets(words)] == [(day, said)]


def test_without_the_year_the_words_stand_alone() -> None:
    reading = read_plan("某区妇联201*年工作计划\n一、6月底前救助30人。")
    assert [(target.deadline, target.deadline_words) for target in reading.targets] == [(None, "6月底前")]
    assert reading.notices == ("没有找到计划年度，期限只保留原文。请填写年度后核对期限",)
    assert [masked.text for masked in reading.masked] == ["201*"]


def test_each_figure_takes_the_deadline_of_its_clause() -> None:
    found = targets("6月底前培训40人，年底前救助30户；慰问50户（9月底前）。")
    assert [(target.value, target.deadline) for target in found] == [
        (40, "2018-06-30"),
        (30, "2018-12-31"),
        (50, "2018-09-30"),
    ]


def test_a_heading_that_is_a_period_lends_it() -> None:
    reading = read_plan("某区妇联2018年工作计划\n第一季度：\n1.慰问60户。\n第二季度：\n1.培训50人。")
    assert [(target.value, target.deadline) for target in reading.targets] == [(60, "2018-03-31"), (50, "2018-06-30")]


def test_a_table_gives_bare_numbers_their_unit() -> None:
    reading = read_plan(
        "某区2018年任务清单\n序号\t任务\t单位\t目标值\t完成时限\n1\t“两癌”救助\t人\t45\t11月底\n2\t走访慰问\t户\t≥350\t年底"
    )
    assert [(t.value, t.unit, t.qualifier, t.deadline, t.item) for t in reading.targets] == [
        (45, "人", None, "2018-11-30", 0),
        (350, "户", "不少于", "2018-12-31", 1),
    ]


def test_a_look_back_sets_no_aims() -> None:
    reading = read_plan(
        "某区妇联2017年工作总结和2018年工作计划\n第一部分 2017年工作总结\n一、救助38名。\n第二部分 2018年工作计划\n一、救助40名。"
    )
    assert (reading.year, [target.value for target in reading.targets]) == (2018, [40])
