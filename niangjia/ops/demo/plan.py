"""The annual plan of the demonstration: read from its text, published, split to the towns, reported month by month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from django.utils.timezone import make_aware

from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock
from niangjia.ops.demo.district import DemoDistrict
from niangjia.plans import actions
from niangjia.plans.kinds import Standing, TargetKind
from niangjia.plans.models import PlanVersion, Target
from niangjia.plans.queries import units_below
from niangjia.plans.reader import read_plan
from niangjia.reports import progress

TEXT = Path(__file__).with_name("plan-2026.txt")
WRITTEN_FOR = "2026"

# Which measure fulfils which target: by the words of its item and its unit.
FULFILLED = (
    ("救助不少于45人", "人", "two_cancers_grant.paid"),
    ("救助金45万元", "万元", "two_cancers_grant.paid_money"),
    ("按期办理率", "%", "two_cancers_grant.on_time"),
    ("回访", "人次", "two_cancers_grant.follow_ups"),
    ("最美家庭”27户", "户", "fair_family.granted"),
    ("最美庭院”27户", "户", "fair_yard.granted"),
    ("母亲邮包”40件", "件", "mothers_parcel.pieces"),
    ("困难家庭60户", "户", "festival_visit.visited_households"),
    ("培训班4期", "期", "training.classes"),
    ("培训班4期", "人次", "training.entries"),
    ("下乡义诊不少于24次", "次", "express.clinic_trips"),
    ("集中收看不少于60场", "场", "study.sessions"),
    ("微课程不少于6节", "节", "lessons.published"),
    ("解答家长提问不少于3件", "件", "lessons.answered"),
    ("主题活动27场", "场", "family.theme"),
    ("授课108场", "场", "family.mobile"),
    ("参加家长5000人次", "人次", "family.mobile_heads"),
    ("示范家长学校10所", "所", "family.model_schools"),
)
# What no record counts yet is reported by hand; by December this share is done.
BY_HAND = (("种养大户30户", 30),)


def make_plan(district: DemoDistrict) -> None:
    """Everything an officer would do with her plan in a year, up to today."""
    today = clock.today()
    officer, chair = district.seat("qu.ganshi"), district.seat("qu.zhuxi")
    text = TEXT.read_text(encoding="utf-8").replace(WRITTEN_FOR, str(today.year))
    first = make_aware(dt.datetime(today.year, 1, 15, 10, 0))
    with clock.frozen(min(first, clock.now())):
        with acting_as(officer):
            version = actions.import_reading(
                reading=read_plan(text), by=officer, unit=district.units["涪陵区妇联"], year=today.year, accept_all=True
            )
            _settle(list(Target.objects.filter(version=version).select_related("item")), officer)
        with acting_as(chair):
            actions.publish(version_id=version.pk, by=chair, remark="经党组会议审议通过")
    with acting_as(officer):
        targets = list(Target.objects.filter(version=version).select_related("item"))
        _bind(targets, officer)
        _split(targets, officer)
    _report(targets, district, today)
    _lock(version, chair, today)


def _settle(targets: list[Target], by: Acting) -> None:
    """What the reader only suggested is decided: a number that is no target is refused, the rest is completed."""
    for target in targets:
        if target.standing != Standing.SUGGESTED:
            continue
        if target.value and target.unit and "七项" not in target.quote:
            kind = TargetKind.LEVEL if target.unit == "%" else TargetKind.COUNT
            actions.edit_target(target_id=target.pk, by=by, kind=kind, per="")
            actions.decide_target(target_id=target.pk, standing=Standing.ACCEPTED, by=by)
        else:
            actions.decide_target(target_id=target.pk, standing=Standing.REJECTED, by=by)


def _bind(targets: list[Target], by: Acting) -> None:
    for words, unit, measure in FULFILLED:
        for target in targets:
            if words in target.item.text and target.unit == unit and not target.measure:
                actions.arrange(goal_id=target.goal_id, by=by, owner=target.owner, measure=measure, quarters=None)
                target.measure = measure


def _split(targets: list[Target], by: Acting) -> None:
    """The grant's people go to the towns, a little more in all than the district owes."""
    assert by.unit_id is not None
    towns = [unit for unit in units_below(by.unit_id) if unit.place.endswith("000")]
    for target in targets:
        if target.measure == "two_cancers_grant.paid":
            values = {unit.pk: Decimal(2 if number % 3 else 1) for number, unit in enumerate(towns)}
            actions.split_target(goal_id=target.goal_id, values=values, by=by)


def _report(targets: list[Target], district: DemoDistrict, today: dt.date) -> None:
    """Once a quarter, by the officer, cumulative; one figure is corrected later and keeps the old one."""
    officer = district.seat("qu.ganshi")
    for words, in_all in BY_HAND:
        target = next((t for t in targets if words in t.item.text and t.unit != "%" and not t.measure), None)
        if target is None:
            continue
        for month in range(3, today.month + 1, 3):
            moment = make_aware(dt.datetime(today.year, month, 28, 16, 0))
            if moment > clock.now():
                break
            with clock.frozen(moment), acting_as(officer):
                value = Decimal(in_all * month // 12)
                actions.report_figure(goal_id=target.goal_id, year=today.year, month=month, value=value, by=officer)


def _lock(version: PlanVersion, chair: Acting, today: dt.date) -> None:
    """Months that are over are locked two weeks later."""
    for month in range(1, today.month):
        moment = make_aware(dt.datetime(today.year, month + 1, 15, 9, 0)) if month < 12 else clock.now()
        if moment > clock.now():
            break
        with clock.frozen(moment), acting_as(chair):
            progress.lock_month(version=PlanVersion.objects.get(pk=version.pk), month=month, by=chair)
