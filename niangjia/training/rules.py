"""Who may take part, who completed, who counts for the subsidy. Pure functions; every limit is data (a ``Standard``)."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from niangjia.core import identity, text
from niangjia.flow.kinds import Outcome
from niangjia.flow.machine import Finding
from niangjia.training.kinds import DONE, WORKING, CourseState, EnrolmentState
from niangjia.training.kinds import Outcome as Heard

C, E = CourseState, EnrolmentState
NEXT: Final[Mapping[CourseState, frozenset[CourseState]]] = {
    C.PLANNED: frozenset({C.APPROVED, C.CANCELLED}),
    C.APPROVED: frozenset({C.ENROLLING, C.CANCELLED}),
    C.ENROLLING: frozenset({C.RUNNING, C.CANCELLED}),
    C.RUNNING: frozenset({C.EXAM, C.CANCELLED}),
    C.EXAM: frozenset({C.CLOSED}),
    C.CLOSED: frozenset({C.SUBSIDY_CLAIMED}),
    C.SUBSIDY_CLAIMED: frozenset({C.AUDITED, C.CLOSED}),
    C.AUDITED: frozenset(),
    C.CANCELLED: frozenset(),
}
STEPS: Final[Mapping[EnrolmentState, frozenset[EnrolmentState]]] = {
    E.APPLIED: frozenset({E.ACCEPTED, E.WAITING, E.REFUSED, E.WITHDRAWN, E.DROPPED}),
    E.WAITING: frozenset({E.ACCEPTED, E.REFUSED, E.WITHDRAWN, E.DROPPED}),
    E.ACCEPTED: frozenset({E.ATTENDING, E.DROPPED, E.WITHDRAWN}),
    E.ATTENDING: frozenset({E.COMPLETED, E.DROPPED}),
    E.COMPLETED: frozenset({E.CERTIFIED, E.PLACED}),
    E.CERTIFIED: frozenset({E.PLACED, E.COMPLETED}),
    E.PLACED: frozenset({E.CERTIFIED, E.COMPLETED}),
    E.DROPPED: frozenset(),
    E.REFUSED: frozenset(),
    E.WITHDRAWN: frozenset(),
}


def may_become(state: str, wanted: CourseState) -> bool:
    return wanted in NEXT[CourseState(state)]


def may_step(state: str, wanted: EnrolmentState) -> bool:
    return wanted in STEPS[EnrolmentState(state)]


@dataclass(frozen=True, slots=True)
class Standard:
    """The limits in force for a kind of class. None is no limit; ``absence_months`` None is widened to all women."""

    women_only: bool = True
    age_min: int | None = None
    age_max: int | None = None
    rural_only: bool = False
    absence_months: int | None = None
    once_a_year: bool = True
    attendance_percent: int = 80
    pass_mark: int = 60
    size_min: int = 30
    size_max: int = 50
    source: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known of who signs up. ``taken`` are classes of the same subject and year she is in or completed."""

    sex: str | None
    birth: dt.date | None
    rural: bool | None
    away_months: int | None
    taken: tuple[str, ...] = ()
    died_on: dt.date | None = None


def eligible(who: Applicant, standard: Standard, on: dt.date) -> list[Finding]:
    """What each rule says of an applicant on the first day of class. Without a paper most of it is to be proved."""
    found = [_sex(who, standard), _age(who, standard, on), _rural(who, standard), _absence(who, standard)]
    found += [_once(who, standard), _alive(who, on)]
    return [one for one in found if one is not None]


def _finding(rule: str, ok: bool | None, text: str, standard: Standard, remedy: str = "") -> Finding:
    outcome = Outcome.NEEDS_PROOF if ok is None else Outcome.PASS if ok else Outcome.FAIL
    return Finding(rule, outcome, text, standard.source, "" if ok else remedy)


def _sex(who: Applicant, standard: Standard) -> Finding | None:
    if not standard.women_only:
        return None
    ok = None if who.sex is None else who.sex == "F"
    return _finding("sex", ok, "面向妇女", standard, "请核对证件；男性不能占用妇女培训名额。")


def _age(who: Applicant, standard: Standard, on: dt.date) -> Finding | None:
    low, high = standard.age_min, standard.age_max
    if low is None and high is None:
        return None
    text = f"开班当天{low if low is not None else 0}至{high}周岁" if high is not None else f"开班当天满{low}周岁"
    if who.birth is None:
        return _finding("age", None, text, standard, "请补身份证号，或由村（社区）核实出生日期。")
    age = identity.age_on(who.birth, on)
    ok = (low is None or age >= low) and (high is None or age <= high)
    return _finding("age", ok, f"{text}，本人{age}周岁", standard, "不在年龄范围内，可推荐其他培训。")


def _rural(who: Applicant, standard: Standard) -> Finding | None:
    if not standard.rural_only:
        return None
    return _finding("rural", who.rural, "农村户籍或常住农村", standard, "请村（社区）核实户籍或居住地。")


def _absence(who: Applicant, standard: Standard) -> Finding | None:
    wanted = standard.absence_months
    if wanted is None:
        return None
    ok = None if who.away_months is None else who.away_months >= wanted
    said = "" if who.away_months is None else f"，现填{who.away_months}个月"
    return _finding(
        "absence", ok, f"丈夫外出务工{wanted}个月以上{said}", standard, "请村（社区）核实；不是留守妇女的可报其他班。"
    )


def _once(who: Applicant, standard: Standard) -> Finding | None:
    if not standard.once_a_year:
        return None
    text = "同一工种一年只参加一次" + (f"，已参加：{'、'.join(who.taken)}" if who.taken else "")
    return _finding("once", not who.taken, text, standard, "请改报其他工种，或明年再报。")


def _alive(who: Applicant, on: dt.date) -> Finding | None:
    if who.died_on is None or who.died_on > on:
        return None
    return Finding("alive", Outcome.FAIL, f"登记于{who.died_on:%Y-%m-%d}去世", "", "请核对证件号。")


def verdict(findings: Iterable[Finding]) -> Outcome:
    """The worst of them."""
    outcomes = {finding.outcome for finding in findings}
    for worst in (Outcome.FAIL, Outcome.NEEDS_PROOF):
        if worst in outcomes:
            return worst
    return Outcome.PASS


def reasons(findings: Iterable[Finding]) -> str:
    """What stands against her, in one line."""
    return "；".join(f"{f.outcome.label}：{f.text}" for f in findings if f.outcome is not Outcome.PASS)


def signed_twice(begins: dt.time, ends: dt.time) -> bool:
    """Whether a lesson is signed for in the morning and in the afternoon: one that goes on after the noon break."""
    return begins < dt.time(12) and ends > dt.time(13)


# ---------------------------------------------------------------- completing


@dataclass(frozen=True, slots=True)
class Attended:
    """Half-days a woman was present at, of those held. ``needed`` is how many the share asks for, rounded up."""

    present: int
    held: int
    percent: int

    @property
    def needed(self) -> int:
        return -(-self.held * self.percent // 100)

    @property
    def enough(self) -> bool:
        return self.held > 0 and self.present >= self.needed

    @property
    def text(self) -> str:
        return f"{self.present}/{self.held} 个半天"


def why_incomplete(attended: Attended) -> str:
    """Why she did not complete; nothing when she did."""
    if attended.held == 0:
        return "没有开过课"
    if attended.present == 0:
        return "一次也没有到课"
    if not attended.enough:
        return f"出勤{attended.text}，不足{attended.percent}%（应到{attended.needed}个半天）"
    return ""


def passed(score: Decimal | None, standard: Standard) -> bool | None:
    """Whether she passed; None while there is no score."""
    return None if score is None else score >= standard.pass_mark


# ---------------------------------------------------------------- the subsidy


@dataclass(frozen=True, slots=True)
class Head:
    """One woman of a class as the claim looks at her."""

    enrolment_id: int
    state: str
    has_number: bool
    verdict: Outcome
    attended: Attended
    died_on: dt.date | None = None
    last_day: dt.date | None = None
    paid_elsewhere: str = ""
    drop_reason: str = ""


def why_not_counted(head: Head) -> str:
    """Why a head does not count for the subsidy; nothing when it does. One reason, the plainest first."""
    if EnrolmentState(head.state) not in DONE:
        return head.drop_reason or "没有结业"
    if not head.has_number:
        return "没有登记身份证号，补登后可在下次申领中计入"
    if head.died_on is not None and head.last_day is not None and head.died_on < head.last_day:
        return f"登记于{head.died_on:%Y-%m-%d}去世，早于结业"
    if head.verdict is Outcome.FAIL:
        return "不符合参训条件"
    if head.verdict is Outcome.NEEDS_PROOF:
        return "参训条件还没有核实"
    if head.paid_elsewhere:
        return f"同一工种本年已在{head.paid_elsewhere}计入"
    return why_incomplete(head.attended)


def amount(heads: int, unit_price: Decimal) -> Decimal:
    """Heads times the price of one, in yuan with two decimals."""
    return (heads * unit_price).quantize(Decimal("0.01"), ROUND_HALF_UP)


# ---------------------------------------------------------------- ghosts and repeats


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something an auditor would ask about: what, of whom. It is shown and explained, it punishes nobody."""

    what: str
    names: tuple[str, ...]


def suspicions(
    *,
    phones: Mapping[str, Collection[str]],
    double_present: Sequence[str] = (),
    never_present: Sequence[str] = (),
    dead: Sequence[str] = (),
    most_a_phone: int = 3,
) -> list[Suspicion]:
    """What looks like ghosts and repeats in a class, in the order an auditor asks. ``phones`` are names by phone index."""
    crowded = sorted({name for names in phones.values() if len(names) > most_a_phone for name in names})
    lines = (
        ("同一个半天在两个班签到", double_present),
        ("登记去世后仍有签到", dead),
        ("录取后一次也没有签到", never_present),
        (f"{most_a_phone}人以上留同一个手机号", crowded),
    )
    return [Suspicion(what, tuple(names)) for what, names in lines if names]


# ---------------------------------------------------------------- afterwards


def months_after(day: dt.date, count: int) -> dt.date:
    """The same day some months later; the last day of a month that is too short (民法典 art. 202)."""
    year, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, months.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Placement:
    """What follow-up calls say of those who completed. The rate is of all who completed, reached or not."""

    completed: int
    placed: int
    home: int
    unreached: int

    @property
    def open(self) -> int:
        return self.completed - self.placed - self.home - self.unreached

    @property
    def percent(self) -> Decimal | None:
        if not self.completed:
            return None
        return (Decimal(self.placed) * 100 / self.completed).quantize(Decimal("0.1"), ROUND_HALF_UP)


def placement(latest: Iterable[str | None]) -> Placement:
    """``latest`` is the last thing heard of each who completed; None where nobody has called yet."""
    heard = Counter(latest)
    return Placement(
        completed=sum(heard.values()),
        placed=sum(heard[one] for one in WORKING),
        home=heard[Heard.HOME],
        unreached=heard[Heard.UNREACHED],
    )


LEAST_SHOWN: Final = 5
"""Fewer answers than this are not shown, for they could be told apart (domain notes 6, rule 10)."""


def near_names(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Names that may have been meant: the same sound, or one character off; in the order of the list."""
    sound = text.pinyin_key(name)
    return [one for one in known if text.pinyin_key(one) == sound or text.one_sign_off(one, name)][:most]
