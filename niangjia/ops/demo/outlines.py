"""Outlines of the demonstration: six years of generated values, last year collected from departments, one hard indicator under order.

Every value is marked as generated: none is a statistic of the district.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from django.utils.timezone import make_aware

from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock
from niangjia.ops.demo.district import DemoDistrict
from niangjia.outlines import actions, queries, rules
from niangjia.outlines.actions import Filled
from niangjia.outlines.kinds import Chosen, Direction
from niangjia.outlines.models import Indicator, Outline, Year
from niangjia.outlines.rules import Entry

SOURCE = "演示用生成数据，不是真实统计"
KEYS = ("women-2021", "children-2021")
BIRTHS, PEOPLE = 5_200, 12_000
HARD = "C21-07"  # near-sighted pupils
LIAISONS = {"区卫生健康委": "weijian", "区民政局": "minzheng", "区医疗保障局": "yibao"}


def make_outlines(district: DemoDistrict) -> None:
    """Load both running outlines, fill the years before last, collect last year, publish one and leave the other open."""
    today, chance = clock.today(), random.Random(1995)  # noqa: S311  a repeatable story
    office, bureau = district.seat("qu.ganshi"), district.seat("tongji")
    last = today.year - 1
    for key in KEYS:
        with clock.frozen(_at(last, 1, 10)), acting_as(office):
            outline = actions.load_shipped(key=key, by=office)
            indicators = [i for i in queries.indicators_of(outline) if i.direction != Direction.QUAL]
            for indicator in indicators:
                _history(outline, indicator, last, office, chance, district.place)
        with clock.frozen(_at(today.year, 2, 10)), acting_as(office):
            checker = district.units["区统计局"].pk
            year = actions.open_year(
                outline_id=outline.pk, year=last, due_on=dt.date(today.year, 4, 15), checker_id=checker, by=office
            )
        _collect(district, year, chance, office, bureau, whole=key == KEYS[1])
    _supervise(district, outline, office, last)


def _at(year: int, month: int, day: int) -> dt.datetime:
    return min(make_aware(dt.datetime(year, month, day, 10, 0)), clock.now())


def _aim(outline: Outline, indicator: Indicator, place: str) -> Decimal:
    target = queries.target_in(indicator.pk, place, outline.start_year)
    if target is not None and target.value is not None:
        return rules.tidy(target.value)
    return {"%": Decimal(60), "‰": Decimal(8), "1/10万": Decimal(15), "人": Decimal(3)}.get(indicator.unit, Decimal(10))


def _value(outline: Outline, indicator: Indicator, year: int, chance: random.Random, place: str) -> Decimal:
    """A number on its way to the target, some faster than time and some behind it; the hard one stays behind."""
    aim = _aim(outline, indicator, place)
    share = Decimal(year - outline.base_year) / (outline.end_year - outline.base_year)
    pace = Decimal("0.3") if indicator.code == HARD else Decimal(7 + indicator.pk % 9) / 10
    gap = aim * Decimal("0.28") * (1 - share * pace) * Decimal(str(chance.uniform(0.96, 1.02)))
    falling = indicator.direction in (Direction.LE, Direction.DECREASE)
    value = aim + gap if falling else aim - gap
    ceiling = Decimal(99) if indicator.unit == "%" and not indicator.exceeds else Decimal(10_000)
    return rules.rounded(min(max(value, Decimal("0.1")), ceiling))


def _history(
    outline: Outline, indicator: Indicator, last: int, by: Acting, chance: random.Random, place: str
) -> None:  # fmt: skip
    """Settled values of the base year and after, and the base as the target's baseline."""
    base = None
    for year in range(outline.base_year, last):
        value = _value(outline, indicator, year, chance, place)
        if indicator.unit == "人":
            value = value.quantize(Decimal(1))
        base = value if base is None else base
        actions.record_known(
            indicator_id=indicator.pk,
            place=place,
            year=year,
            entry=Entry(value=value),
            source=SOURCE,
            by=by,
            generated=True,
        )
    target = queries.target_in(indicator.pk, place, outline.start_year)
    actions.set_target(
        indicator_id=indicator.pk, place=place, from_year=outline.start_year, by=by, baseline=base, baseline_year=outline.base_year,
        value=target.value if target else None, tolerance=target.tolerance if target else rules.ZERO,
        note=target.note if target else "逐年改善", unconfirmed=target.unconfirmed if target else False,
    )  # fmt: skip


def _entry(outline: Outline, indicator: Indicator, year: int, chance: random.Random, place: str) -> Entry:
    if indicator.direction == Direction.QUAL:
        return Entry(value=Decimal(0))
    value = _value(outline, indicator, year, chance, place)
    if not indicator.shape.is_rate:
        return Entry(value=value.quantize(Decimal(1)) if indicator.unit in rules.WHOLE else value)
    total = Decimal(BIRTHS if indicator.denominator_name == "活产数" else PEOPLE)
    per = rules.PER.get(indicator.unit, 1)
    return Entry(numerator=(value * total / per).quantize(Decimal(1)), denominator=total)


def _collect(
    district: DemoDistrict, year: Year, chance: random.Random, office: Acting, bureau: Acting, *, whole: bool
) -> None:  # fmt: skip
    """Departments fill in and hand in; of the first outline all is published, of the other some is still on its way."""
    today = clock.today()
    filled = _at(today.year, 3, 20)
    for name, seat in LIAISONS.items():
        liaison = district.seat(seat)
        with clock.frozen(filled), acting_as(liaison):
            lines = queries.lines_of(year, district.units[name].pk)
            entries = [
                Filled(
                    line.indicator.pk, 0, _entry(year.outline, line.indicator, year.year, chance, year.place),
                    note="按年报数填报，变动属正常波动。", measures_taken="纳入年度重点工作，按季度调度。",
                )
                for line in lines
                if line.indicator.direction != Direction.QUAL and line.value is None
            ]  # fmt: skip
            if entries:
                actions.save_values(year_id=year.pk, filled=entries, by=liaison, generated=True, answer_all=True)
                actions.submit(year_id=year.pk, by=liaison)
    with clock.frozen(_at(today.year, 4, 25)), acting_as(office):
        _fill_for_the_rest(year, office, chance)
    with clock.frozen(_at(today.year, 5, 8)), acting_as(bureau):
        waiting = list(queries.open_values(year).filter(state="DEPT_SUBMITTED"))
        passed = waiting if whole else waiting[: len(waiting) * 3 // 4]
        actions.pass_on(value_ids=[value.pk for value in passed], by=bureau)
        if not whole and len(waiting) > 3:
            actions.send_back(value_id=waiting[-1].pk, why="分母与统计年鉴不一致，请核对后重报。", by=bureau)
    with clock.frozen(_at(today.year, 5, 20)), acting_as(office):
        checked = list(queries.open_values(year).filter(state="STATS_CHECKED", value__isnull=False))
        confirmed = checked if whole else checked[:-2]
        actions.confirm(value_ids=[value.pk for value in confirmed], by=office)
        if whole:
            actions.publish(year_id=year.pk, by=office, leave_open=True)


def _fill_for_the_rest(year: Year, office: Acting, chance: random.Random) -> None:
    """The office enters what departments without an account sent on paper."""
    entries = [
        Filled(
            line.indicator.pk, 0, _entry(year.outline, line.indicator, year.year, chance, year.place),
            note="部门书面报送，妇儿工委办代为录入。",
        )
        for line in queries.lines_of(year)
        if line.value is None and line.final is None and line.indicator.direction != Direction.QUAL
    ]  # fmt: skip
    if entries:
        actions.save_values(year_id=year.pk, filled=entries, by=office, generated=True, answer_all=True)
        actions.submit(year_id=year.pk, by=office)


def _supervise(district: DemoDistrict, outline: Outline, office: Acting, last: int) -> None:
    """The hard indicator is listed and ordered; its department answered with a plan and a quarter's progress."""
    today = clock.today()
    with acting_as(office):
        leads = queries.leads_in(district.place, today.year)
        found = queries.standings(outline, district.place, last)
        red = [s for s, _ in queries.suggested(outline, found, district.place, last) if s.indicator_id in leads]
    if not red:
        return
    chosen = next((s for s in red if s.code == HARD), red[0])
    with clock.frozen(_at(today.year, 6, 3)), acting_as(office):
        hard = actions.list_hard(
            indicator_id=chosen.indicator_id, place=district.place, year=last, chosen=Chosen.RED,
            reason=f"{last}年{chosen.judgement.reason}", by=office,
        )  # fmt: skip
        order = actions.issue_order(
            hard_id=hard.pk, demand="请查明进展缓慢的原因，提出措施，明确责任人和完成时限。", by=office
        )
    with clock.frozen(_at(today.year, 6, 16)), acting_as(office):
        actions.plan_order(
            order_id=order.pk, plan="逐校（逐镇街）摸底，按季度监测，落后的约谈提醒。", owner="业务科科长",
            finish_on=max(dt.date(today.year, 12, 31), today), by=office,
        )  # fmt: skip
    moment = _at(today.year, 9, 28)
    with clock.frozen(moment), acting_as(office):
        actions.report_progress(
            order_id=order.pk, year=moment.year, quarter=clock.quarter_of(moment.date()),
            text="已完成摸底和首轮监测，落后的单位逐一制定了改进办法。", by=office,
        )  # fmt: skip
