"""When two entries may be one woman: the levels as tables, and what they come to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from niangjia.core import text
from niangjia.people import rules
from niangjia.people.rules import Traits

SUCCESSORS = {"500102006901": "500102006001"}


def entry(name: str = "王秀英", birth: str = "19580312", **changes: Any) -> Traits:
    known: dict[str, Any] = {
        "name": name,
        "pinyin": text.pinyin_key(name),
        "sex": "F",
        "birth": dt.datetime.strptime(birth, "%Y%m%d").date() if birth else None,
        "place": "500102006001",
        "successors": SUCCESSORS,
    }
    return rules.traits(**{**known, **changes})


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("王秀英", "王秀英", "SAME"),
        ("劉麗華", "刘丽华", "SAME"),
        ("阿依古丽·买买提", "阿依古丽买买提", "SAME"),
        ("王秀英", "王秀瑛", "SOUND"),
        ("王秀珍", "王秀诊", "SOUND"),
        ("王秀菊", "王秀掬", "SOUND"),
        ("王媛", "王援", "SOUND"),
        ("李未芳", "李末芳", "SHAPE"),
        ("陈英", "程英", "NEAR"),
        ("王秀兰", "王秀南", "NEAR"),
        ("周素芬", "邹素芬", "NEAR"),
        ("王秀英", "王英秀", "SWAPPED"),
        ("王秀英", "王英", "SHORT"),
        ("王秀英", "王秀", "SHORT"),
        ("王秀英", "王秀兰", "ONE"),
        ("王秀英", "王桂英", "ONE"),
        ("王秀英", "李秀英", "OTHER"),
        ("王英", "王芳", "OTHER"),
        ("王秀英", "张桂芳", "OTHER"),
    ],
)
def test_how_two_names_agree(one: str, other: str, level: str) -> None:
    met = rules.levels_of(entry(one, "19500101", place="500102007001"), entry(other, "19800202"))
    assert met["name"].key == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("19580312", "19580312", "SAME"),
        ("19580312", "19581203", "FLIPPED"),
        ("19580312", "19580311", "SLIP"),
        ("19580312", "19580321", "SLIP"),
        ("19580312", "19850312", "SLIP"),
        ("19580312", "19680312", "SLIP"),
        ("19580312", "19580206", "LUNAR"),
        ("19580102", "19571125", "LUNAR"),
        ("19580312", "19580908", "YEAR"),
        ("19580312", "19710908", "OTHER"),
        ("19580312", "", "UNKNOWN"),
    ],
)
def test_how_two_birthdays_agree(one: str, other: str, level: str) -> None:
    assert rules.levels_of(entry(birth=one), entry(birth=other))["birth"].key == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("500102006001", "500102006001", "VILLAGE"),
        ("500102006001", "500102006901", "SUCCEEDED"),
        ("500102006001", "500102006003", "TOWN"),
        ("500102006001", "500102007001", "OTHER"),
    ],
)
def test_how_two_places_agree(one: str, other: str, level: str) -> None:
    assert rules.levels_of(entry(place=one), entry(place=other))["place"].key == level


def test_a_code_that_was_followed_twice_is_the_last_one_and_a_circle_ends() -> None:
    assert rules.place_today("a", {"a": "b", "b": "c"}) == "c"
    assert rules.place_today("a", {"a": "b", "b": "a"}) == "b"


def test_one_number_is_one_person_whatever_else_was_written() -> None:
    one, other = entry(number=b"n", kind="RESIDENT"), entry("张桂芳", "19800101", number=b"n", kind="RESIDENT")
    found = rules.compare(one, other, people=1_000)
    assert (found.score, [reason.label for reason in found.reasons]) == (1.0, ["证件号码相同"])


PHONE: dict[str, Any] = {"phone": b"p"}
HOME: dict[str, Any] = {"household": "h"}
NUMBERS: tuple[dict[str, Any], ...] = ({"number": b"1", "kind": "RESIDENT"}, {"number": b"2", "kind": "RESIDENT"})


@pytest.mark.parametrize(
    ("one", "other", "proposed"),
    [
        (entry(), entry(), True),
        (entry(), entry("王秀瑛"), True),
        (entry(**PHONE), entry(birth="19581203", **PHONE), True),
        (entry(**PHONE), entry("王英秀", birth="19580321", **PHONE), True),
        (entry(), entry(place="500102006901"), True),
        (entry(), entry(birth=""), False),
        (entry(), entry("李秀英"), False),
        (entry(**HOME), entry("王秀兰", **HOME), False),  # sisters born on one day
        (entry(**HOME), entry("王桂兰", birth="19831105", **HOME), False),  # mother and daughter
        (entry(**PHONE, **HOME), entry("王秀兰", birth="19600907", **PHONE, **HOME), False),
        (entry(**NUMBERS[0]), entry(place="500102007001", **NUMBERS[1]), False),
    ],
    ids=range(11),
)
def test_what_is_shown_to_a_person(one: Traits, other: Traits, proposed: bool) -> None:
    assert (rules.compare(one, other, people=500_000).score >= rules.PROPOSE_FROM) is proposed


def test_comparing_does_not_depend_on_which_comes_first() -> None:
    one, other = entry("王秀英", **PHONE), entry("王英", "19581203", place="500102006003", **PHONE)
    assert rules.compare(one, other, people=9_000).score == rules.compare(other, one, people=9_000).score


def test_a_rare_name_says_more_than_a_common_one() -> None:
    away = entry(place="500102007001")
    rare, common = (rules.compare(entry(), away, people=1_000_000, share=share).score for share in (1e-6, 1e-3))
    assert rare > 0.99 > 0.5 > common


def test_reasons_are_sentences_with_both_names_and_what_speaks_against_comes_last() -> None:
    found = rules.compare(entry(**PHONE), entry("王秀瑛", sex="M", **PHONE), people=1_000)
    assert [(reason.label, reason.differs) for reason in found.reasons] == [
        ("姓名同音：王秀英／王秀瑛", False),
        ("出生日期相同", False),
        ("同一村（社区）", False),
        ("手机号相同", False),
        ("性别不同", True),
    ]


def test_every_look_alike_stands_in_one_family() -> None:
    characters = "".join(rules.LOOK_ALIKE)
    assert len(characters) == len(set(characters))


def test_every_level_has_a_weight() -> None:
    wanted = {
        what: {level.key for level in levels if not level.unknown} for what, (_, levels) in rules.COMPARISONS.items()
    }
    assert {what: set(levels) for what, levels in rules.weights().items()} == wanted


@pytest.mark.parametrize(
    ("day", "turned"),
    [((1958, 3, 12), (1958, 12, 3)), ((1958, 3, 13), None), ((1958, 3, 3), None)],
)
def test_a_day_turned_about(day: tuple[int, int, int], turned: tuple[int, int, int] | None) -> None:
    assert rules.turned(dt.date(*day)) == (turned and dt.date(*turned))
