"""The clocks of the line, what is kept close, and what looks like abuse."""

import datetime as dt

import pytest

from niangjia.core.clock import Calendar
from niangjia.helpline import rules
from niangjia.helpline.kinds import Kind, Risk, Topic
from niangjia.helpline.rules import Limits

DAY = dt.date(2026, 9, 28)
LAW = Limits()
# 国庆: seven days off, and the Saturday after worked.
CALENDAR = Calendar(
    holidays=frozenset(dt.date(2026, 10, day) for day in range(1, 8)), workdays=frozenset({dt.date(2026, 10, 10)})
)


@pytest.mark.parametrize(
    ("what", "last"),
    [
        (rules.tell_by(DAY, LAW), dt.date(2026, 10, 13)),
        (rules.object_by(DAY, LAW, CALENDAR), dt.date(2026, 10, 10)),
        (rules.done_by(DAY, LAW), dt.date(2026, 11, 27)),
        (rules.extended(rules.done_by(DAY, LAW), LAW), dt.date(2026, 12, 27)),
        (rules.review_by(DAY, LAW), dt.date(2026, 10, 28)),
        (rules.review_done_by(DAY, LAW), dt.date(2026, 10, 28)),
        (rules.confirm_by(DAY, LAW), dt.date(2026, 10, 28)),
        (rules.reply_by(DAY, LAW, CALENDAR), dt.date(2026, 10, 13)),
        (rules.first_due(Kind.CONSULT, DAY, Limits(reply_workdays=20), CALENDAR), dt.date(2026, 10, 30)),
        (rules.first_due(Kind.REPORT, DAY, Limits(reply_workdays=20), CALENDAR), dt.date(2026, 10, 13)),
    ],
    ids=["told", "not ours", "done", "extended", "review", "review done", "confirm", "own", "a question", "a report"],
)
def test_a_clock_ends_on_its_day(what: dt.date, last: dt.date) -> None:
    assert what == last


@pytest.mark.parametrize(
    ("topic", "minor", "risk", "words", "secret"),
    [
        (Topic.LAND, False, Risk.LOW, "承包地没有分给我", False),
        (Topic.VIOLENCE, False, "", "", True),
        (Topic.ASSAULT, False, Risk.LOW, "", True),
        (Topic.FAMILY, True, Risk.LOW, "", True),
        (Topic.LAND, False, Risk.HIGH, "", True),
        (Topic.OTHER, False, "", "他威脅我要殺人", True),
    ],
)
def test_violence_minors_and_danger_are_kept_close(
    topic: Topic, minor: bool, risk: str, words: str, secret: bool
) -> None:
    assert rules.is_secret(topic, minor=minor, risk=risk, words=words) is secret


@pytest.mark.parametrize(
    ("text", "seen", "held"),
    [
        ("孩子上学怎么办😢😢", 0, False),
        ("加微信领补贴 http://a.b/c", 0, True),
        ("办证 www.banzheng.top", 0, True),
        ("哈" * 40, 0, True),
        ("😀😀😀!!!", 0, True),
        ("想问抚养费", 3, True),
        ("他打我，证据在 http://a.b/c", 9, False),
    ],
)
def test_what_looks_like_abuse_waits_for_a_person_and_danger_never_does(text: str, seen: int, held: bool) -> None:
    assert rules.looks_like_abuse(text, seen=seen) is held


@pytest.mark.parametrize(
    ("topic", "risk", "allowed"),
    [(Topic.MARRIAGE, Risk.LOW, True), (Topic.VIOLENCE, Risk.LOW, False), (Topic.MARRIAGE, Risk.HIGH, False)],
)
def test_violence_is_not_mediated(topic: Topic, risk: Risk, allowed: bool) -> None:
    assert (rules.may_mediate(topic, risk=risk) == "") is allowed


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ABCD-efgh-jkmn", "abcd-efgh-jkmn"),
        (" ａｂｃｄ efghjkmn", "abcd-efgh-jkmn"),
        ("abcd", ""),
        ("0000-1111-llll", ""),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, code: str) -> None:
    assert rules.tidy_code(typed) == code


def test_a_code_is_twelve_signs_that_are_not_misheard() -> None:
    code = rules.code_of(bytes(range(32)))
    assert (rules.tidy_code(code), len(code)) == (code, 14)
