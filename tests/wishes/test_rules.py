"""What may stand in a wish that everybody reads, and what may follow what."""

from __future__ import annotations

import datetime as dt

import pytest

from niangjia.wishes import rules
from niangjia.wishes.kinds import Category, WisherKind, WishState
from niangjia.wishes.rules import Entry

NAMES, PLACES = ("陈小雨", "欧阳建国"), ("大东门社区", "大东门")


@pytest.mark.parametrize(
    "text",
    [
        "想要一个结实的书包，上小学用。",
        "孩子读小学三年级，想要一套课外书",
        "想请人陪我去县城看一次大海的电影",
        "想要一双38号的棉鞋，冬天上学路上冷",
        "想要一台100元左右的小台灯",
        "老人想要一床厚被子，最好两米宽",
        "明年升中学，想要一本大一点的字典",
        "家里有两个小学生，想要两张书桌",
        "想有人陪孩子过生日，一起做一次手工",
    ],
)
def test_an_ordinary_wish_may_be_shown(text: str) -> None:
    assert rules.text_faults(text, names=NAMES, places=PLACES) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "请写下心愿，例如：想要一个结实的书包。"),
        ("书" * 101, "心愿最多100个字，现在101个字，请写短一些。"),
        ("想要书包，电话13800138000", "心愿里有手机号（138****8000），请删去。"),
        ("书包 138 0013 8000", "心愿里有手机号（138****8000），请删去。"),
        ("我的身份证500102197003080002想要书包", "心愿里有身份证号（5001**********0002），请删去。"),
        ("想要书包，加微信niangjia2026", "不要写联系方式（加微信niangjia2），东西由村（社区）转交。"),
        ("想要书包，家里电话72220000", "不要写联系方式（72220000），东西由村（社区）转交。"),
        ("我是陈小雨，想要书包", "心愿里有姓名“陈小雨”，请改成“我”“孩子”“老人”。"),
        ("我是陳小雨，想要書包", "心愿里有姓名“陈小雨”，请改成“我”“孩子”“老人”。"),
        ("小雨想要书包", "心愿里有姓名“小雨”，请改成“我”“孩子”“老人”。"),
        ("外公建国想要一副眼镜", "心愿里有姓名“建国”，请改成“我”“孩子”“老人”。"),
        ("我在珍溪中心小学读书，想要书包", "心愿里有学校名“珍溪中心小学”，请改成“学校”。"),
        ("想去涪陵区第七小学看书", "心愿里有学校名“涪陵区第七小学”，请改成“学校”。"),
        ("住大东门，想要棉被", "心愿里有地址“大东门”，请删去，东西由村（社区）转交。"),
        ("送到3组就行，想要棉被", "心愿里有地址“3组”，请删去，东西由村（社区）转交。"),
        ("家住人民路12号，想要棉被", "心愿里有地址“路12号”，请删去，东西由村（社区）转交。"),
        ("希望资助学费", "微心愿不收现金和转账（“学费”），请写需要的东西或陪伴。"),
        ("想要500元", "微心愿不收现金和转账（“想要500元”），请写需要的东西或陪伴。"),
        ("请转账到我的卡", "微心愿不收现金和转账（“转账”），请写需要的东西或陪伴。"),
    ],
)
def test_what_tells_who_or_where_and_money_is_refused_with_what_to_change(text: str, says: str) -> None:
    assert rules.text_faults(text, names=NAMES, places=PLACES) == [says]


def entry(**changes: object) -> Entry:
    base: dict[str, object] = {
        "kind": WisherKind.CHILD, "name": "陈小雨", "category": Category.LEARNING, "text": "想要一个书包", "value": 120,
        "consented_on": dt.date(2026, 11, 20), "guardian": "陈建国",
    }  # fmt: skip
    return Entry(**{**base, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, {}),
        ({"category": Category.COMPANY, "value": 0}, {}),
        ({"value": 301}, {"value": "每个心愿不超过300元。请换成小一点的心愿，或改走救助、走访渠道。"}),
        ({"value": 0}, {"value": "请估一个价（元），陪伴类可以填 0。"}),
        ({"guardian": " "}, {"guardian": "儿童的心愿须有监护人同意，请填写监护人姓名。"}),
        ({"kind": WisherKind.ELDER, "guardian": ""}, {}),
        ({"name": ""}, {"name": "请填写许愿人姓名。姓名加密保存，不公开。"}),
        ({"consented_on": dt.date(2026, 11, 25)}, {"consented_on": "同意日期不能晚于今天。"}),
        ({"phone": "12345"}, {"phone": "电话应为 11 位手机号或带区号的座机，也可以不填。"}),
    ],
)
def test_a_wish_is_whole_and_small(changes: dict[str, object], wrong: dict[str, str]) -> None:
    assert rules.faults(entry(**changes), cap=300, places=PLACES, today=dt.date(2026, 11, 24)) == wrong


def test_a_wish_ends_once_and_only_a_delivered_one_comes_true() -> None:
    to_confirmed = [state for state in WishState if rules.may_become(state, WishState.CONFIRMED)]
    final = [state for state in WishState if not rules.NEXT[state]]
    assert (to_confirmed, final) == (
        [WishState.DELIVERED], [WishState.CONFIRMED, WishState.EXPIRED, WishState.WITHDRAWN],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({}, []), ({"claim_days": 6}, ["claim_days"]), ({"claim_days": 16}, ["claim_days"]), ({"value_cap": 0}, ["value_cap"]), ({"open_days": 3, "most_claims": 0}, ["open_days", "most_claims"])],
)  # fmt: skip
def test_parameters_stay_within_reason(changes: dict[str, int], fields: list[str]) -> None:
    given = {"value_cap": 300, "claim_days": 10, "open_days": 180, "most_claims": 3} | changes
    assert list(rules.terms_faults(**given)) == fields
