"""Named reads of outlines. The database holds who may see what; nothing here filters by who asks.

Standings are computed from the values in force whenever they are asked for: one statement for all indicators of a place,
nothing stored, nothing to rebuild after a late correction.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet

from niangjia.core import codes, measures
from niangjia.core.measures import Measure
from niangjia.core.registry import RegistryError
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Division, Unit
from niangjia.outlines import rules
from niangjia.outlines.kinds import (
    IN_FORCE,
    OPEN_STATES,
    WITH_DEPARTMENT,
    Chosen,
    Direction,
    Duty,
    Light,
    OrderState,
    Status,
    Tier,
    ValueState,
    YearState,
)
from niangjia.outlines.models import (
    Assignment,
    Evidence,
    Hard,
    Indicator,
    Link,
    Observation,
    Order,
    Outline,
    Progress,
    Target,
    Year,
)
from niangjia.outlines.rules import Aim, Attainment, Doubt, Entry, Judgement, Part, Weight
from niangjia.outlines.sql import STANDING

# --- outlines, indicators, years ---------------------------------------------------------------------------------------


def outlines() -> QuerySet[Outline]:
    return Outline.objects.all()


def indicators_of(outline: Outline, year: int | None = None) -> QuerySet[Indicator]:
    """The indicators of an outline, those that run in a year where one is given."""
    found = outline.indicators.order_by("order", "id")
    if year is None:
        return found
    return found.filter(in_year(year))


def indicator_for(pk: int) -> Indicator:
    """Raises Indicator.DoesNotExist also for one the reader may not see."""
    return Indicator.objects.select_related("outline").get(pk=pk)


def open_years(place: str) -> QuerySet[Year]:
    """Years being collected in a place, the earliest deadline first."""
    found = Year.objects.filter(place=place).exclude(state=YearState.PUBLISHED).select_related("outline", "checker")
    return found.order_by("due_on", "id")


def departments(place: str) -> QuerySet[Unit]:
    """The departments in force that may answer for indicators of a district."""
    found = Unit.objects.filter(kind=UnitKind.DEPARTMENT, active_to__isnull=True, place__startswith=place[:6])
    return found.order_by("order", "id")


def latest_year(outline: Outline, place: str) -> int | None:
    """The last year that has a value in force in a place."""
    found = Observation.objects.filter(indicator__outline=outline, place=place, state__in=IN_FORCE)
    return found.order_by("-year").values_list("year", flat=True).first()


def years_with_values(outline: Outline, place: str) -> list[int]:
    found = Observation.objects.filter(indicator__outline=outline, place=place, state__in=IN_FORCE)
    return list(found.order_by("-year").values_list("year", flat=True).distinct())


def merged_into(place: str) -> Division | None:
    """Where a place went, if it is no more."""
    gone = Division.objects.filter(code=place, valid_to__isnull=False).exclude(successor_code="").first()
    return None if gone is None else Division.objects.filter(code=gone.successor_code).first()


def in_range_of(outer: str, place: str) -> bool:
    lo, hi = codes.subtree(outer)
    return lo <= place < hi


def not_written_by(own: str, place: str) -> str:
    """Why an office of the place ``own`` may not write figures of a place: empty where it may, as for wider places."""
    if merged := merged_into(place):
        return f"地区{place}已并入{merged.short_name}（{merged.code}），请填写现在的代码。"
    if rules.tier_of(place) > Tier.CITY and not in_range_of(own, place):
        return f"地区{place}不在您的管理范围内，请只填本地区及所辖地区。"
    return ""


def predecessors(place: str) -> QuerySet[Division]:
    """Places that were merged into this one; their values stay under their own code."""
    return Division.objects.filter(successor_code=place).exclude(code=place)


# --- standings -----------------------------------------------------------------------------------------------------------


class Standing(NamedTuple):
    """How one indicator stands in a place and a year, with what it was judged by. A tuple: pages make hundreds at once."""

    indicator_id: int
    code: str
    domain: str
    name: str
    unit: str
    is_key: bool
    unconfirmed: bool
    aim: Aim
    years: Sequence[int]
    values: Sequence[Decimal]
    observation_id: int | None
    judgement: Judgement

    @property
    def value(self) -> Decimal | None:
        """The value of the year asked for."""
        return None if self.observation_id is None else self.values[-1]

    @property
    def before(self) -> Decimal | None:
        """The last value of an earlier year."""
        earlier = self.values[:-1] if self.observation_id is not None else self.values
        return earlier[-1] if earlier else None

    @property
    def unit_after(self) -> str:
        return rules.after(self.unit)

    @property
    def status(self) -> Status:
        return self.judgement.status

    @property
    def light(self) -> Light:
        return self.judgement.light


def standings(outline: Outline, place: str, year: int) -> list[Standing]:
    """Every indicator of an outline that runs in a year, as it stands in a place."""
    return standings_in(outline, place, [year])[year]


def standings_in(outline: Outline, place: str, years: Sequence[int]) -> dict[int, list[Standing]]:
    """The standings of each of these years: one statement for all, two where targets changed."""
    if not years:
        return {}
    asked = " UNION ALL ".join(f"({STANDING.replace('%(year)s', f'{year:d}')})" for year in years)
    with connection.cursor() as cursor:
        cursor.execute(asked, {"outline": outline.pk, "place": place})
        rows = cursor.fetchall()
    changed = {row[1] for row in rows if row[16] is not None or (row[15] or 0) > outline.start_year}
    past = _past_aims(outline, place, changed) if changed else {}
    tier = rules.tier_of(place)
    aims: dict[tuple[Any, ...], Aim] = {}
    found: dict[int, list[Standing]] = {year: [] for year in years}
    for (
        year, pk, code, domain, name, unit, direction, lowest, is_key, unsure, target, tolerance, baseline, base_year, doubtful,
        _, _, years, values, last,
    ) in rows:  # fmt: skip
        key = (direction, base_year, target, baseline, tolerance, tier <= lowest)
        aim = aims.get(key)
        if aim is None:
            aim = aims[key] = Aim(
                direction, base_year or outline.base_year, outline.end_year, target, baseline, tolerance or rules.ZERO,
                outline.near, outline.yellow, tier <= lowest,
            )  # fmt: skip
        judged = rules.judge(
            {**past[pk], year: aim} if pk in past else aim, list(zip(years, values, strict=True)) if years else (), year
        )
        found[year].append(
            Standing(
                pk,
                code,
                domain,
                name,
                unit,
                is_key,
                bool(unsure or doubtful),
                aim,
                years or (),
                values or (),
                last,
                judged,
            )
        )
    return found


def _past_aims(outline: Outline, place: str, indicators: Collection[int]) -> dict[int, dict[int, Aim]]:
    """By indicator and year, the aims of a place whose target changed."""
    found: dict[int, dict[int, Aim]] = {pk: {} for pk in indicators}
    targets = Target.objects.filter(indicator__in=indicators, place=place).select_related("indicator")
    for target in targets:
        aim = aim_of(outline, target.indicator, target, place)
        for year in range(target.valid_from, (target.valid_to or outline.end_year) + 1):
            found[target.indicator_id][year] = aim
    return found


def aim_of(outline: Outline, indicator: Indicator, target: Target | None, place: str) -> Aim:
    """What the judge must know of an indicator under one target."""
    return Aim(
        indicator.direction,
        (target.baseline_year if target else None) or outline.base_year,
        outline.end_year,
        None if target is None or target.value is None else rules.tidy(target.value),
        None if target is None or target.baseline is None else rules.tidy(target.baseline),
        rules.ZERO if target is None else rules.tidy(target.tolerance),
        outline.near,
        outline.yellow,
        rules.tier_of(place) <= indicator.tier,
    )


def attainment_of(found: Iterable[Standing]) -> Attainment:
    return rules.attainment([standing.judgement.status for standing in found])


def by_domain(found: Iterable[Standing]) -> dict[str, list[Standing]]:
    """Standings under their domains, in the order of the outline."""
    grouped: dict[str, list[Standing]] = {}
    for standing in found:
        grouped.setdefault(standing.domain, []).append(standing)
    return grouped


def by_department(found: Sequence[Standing], leads: Mapping[int, Unit]) -> list[tuple[Unit, list[Standing]]]:
    """Standings under the department that leads each in the year, in the order of departments; no ranking."""
    grouped: dict[int, list[Standing]] = defaultdict(list)
    units: dict[int, Unit] = {}
    for standing in found:
        if (unit := leads.get(standing.indicator_id)) is not None:
            grouped[unit.pk].append(standing)
            units[unit.pk] = unit
    return [(unit, grouped[unit.pk]) for unit in sorted(units.values(), key=lambda unit: (unit.order, unit.pk))]


# --- who answers -------------------------------------------------------------------------------------------------------


def in_year(year: int | OuterRef) -> Q:
    """The condition that an indicator runs, or a target or a duty holds, in a year."""
    return Q(valid_from__lte=year) & (Q(valid_to__isnull=True) | Q(valid_to__gte=year))


def assignments(place: str, year: int) -> QuerySet[Assignment]:
    return Assignment.objects.filter(in_year(year), place=place).select_related("unit")


def leads_in(place: str, year: int) -> dict[int, Unit]:
    """The leading department of every indicator in a year."""
    return {one.indicator_id: one.unit for one in assignments(place, year).filter(duty=Duty.LEAD)}


def target_in(indicator_id: int, place: str, year: int) -> Target | None:
    return Target.objects.filter(in_year(year), indicator_id=indicator_id, place=place).first()


def targets_of(indicator: Indicator, place: str) -> QuerySet[Target]:
    return Target.objects.filter(indicator=indicator, place=place).order_by("-valid_from")


# --- values --------------------------------------------------------------------------------------------------------------


def values_of(indicator: Indicator, place: str) -> QuerySet[Observation]:
    """Every value of an indicator in a place, corrected ones too, the latest year first."""
    return Observation.objects.filter(indicator=indicator, place=place).order_by("-year", "-id")


def in_force(indicator_ids: Iterable[int], places: Iterable[str]) -> QuerySet[Observation]:
    found = Observation.objects.filter(indicator__in=list(indicator_ids), place__in=list(places), state__in=IN_FORCE)
    return found.order_by("indicator", "place", "year")


def value_for(pk: int) -> Observation:
    """Raises Observation.DoesNotExist also for one the reader may not see."""
    return Observation.objects.select_related("indicator__outline", "unit", "restates").get(pk=pk)


def open_values(year: Year) -> QuerySet[Observation]:
    """Values of a year on their way."""
    found = Observation.objects.filter(
        indicator__outline=year.outline_id, place=year.place, year=year.year, state__in=OPEN_STATES
    )
    return found.select_related("indicator", "unit").order_by("indicator__order", "indicator")


def values_up_to(indicator_ids: Iterable[int], place: str, year: int) -> list[Observation]:
    """Values in force or on their way: of these indicators up to a year, of all others in it; the earliest first."""
    found = Observation.objects.filter(Q(indicator__in=list(indicator_ids)) | Q(year=year), place=place, year__lte=year)
    found = found.exclude(state=ValueState.REVISED).select_related("indicator", "unit", "restates")
    return list(found.order_by("year", "id"))


def series_of(indicator: Indicator, places: Sequence[str]) -> dict[str, list[Observation]]:
    """The values in force of an indicator in several places, oldest first; places without any are left out."""
    grouped: dict[str, list[Observation]] = defaultdict(list)
    for value in in_force([indicator.pk], places):
        grouped[value.place].append(value)
    return {place: grouped[place] for place in places if place in grouped}


def evidence_of(indicator_ids: Iterable[int], place: str, year: int | None = None) -> QuerySet[Evidence]:
    found = Evidence.objects.filter(indicator__in=list(indicator_ids), place=place, withdrawn_at__isnull=True)
    return (
        (found if year is None else found.filter(year=year)).select_related("file", "indicator").order_by("year", "id")
    )


def entry_of(value: Observation) -> Entry:
    """A stored value as an entry that can be checked again."""
    parts = {
        key: Part(_number(numbers.get("numerator")), _number(numbers.get("denominator")))
        for key, numbers in value.parts.items()
    }
    return Entry(
        None if value.value is None else rules.tidy(value.value),
        None if value.numerator is None else rules.tidy(value.numerator),
        None if value.denominator is None else rules.tidy(value.denominator),
        parts=parts,
    )


def _number(text: str | None) -> Decimal | None:
    return None if text in (None, "") else Decimal(text)


def doubts_of(
    indicators: Iterable[Indicator],
    entries: Mapping[int, Entry],
    place: str,
    year: int,
    stored: Iterable[Observation] | None = None,
) -> dict[int, list[Doubt]]:
    """Everything wrong or strange about entries of a year: each of its own, against last year, and against each other.
    ``stored`` are the ``values_up_to`` the year, where the caller has them.

    Linked values and shared denominators are compared with what stands beside them as far as the reader sees it; the
    statistics bureau sees all, and its page asks again.
    """
    known = {indicator.pk: indicator for indicator in indicators if indicator.pk in entries}
    stored = values_up_to(known, place, year) if stored is None else stored
    last = {value.indicator_id: value for value in stored if value.year < year and value.state in IN_FORCE}
    found = {
        pk: rules.doubts(known[pk].shape, entry, None if pk not in last else rules.tidy(last[pk].value or rules.ZERO))
        for pk, entry in entries.items()
        if pk in known
    }
    around = {value.indicator_id: (value.indicator, entry_of(value)) for value in stored if value.year == year}
    around |= {pk: (one, entries[pk]) for pk, one in known.items()}
    links = list(Link.objects.filter(Q(lower__in=list(known)) | Q(upper__in=list(known))))
    for pk, doubts in found.items():
        if all(doubt.weight is not Weight.BLOCK for doubt in doubts) and not entries[pk].empty:
            doubts += _linked(known[pk], around, links) + _shared(known[pk], around)
    return found


def _linked(indicator: Indicator, around: Mapping[int, tuple[Indicator, Entry]], links: Sequence[Link]) -> list[Doubt]:
    found = []
    for link in links:
        if indicator.pk not in (link.lower_id, link.upper_id) or not {link.lower_id, link.upper_id} <= around.keys():
            continue
        (lower, low), (upper, up) = around[link.lower_id], around[link.upper_id]
        smaller, larger = rules.value_of(lower.shape, low), rules.value_of(upper.shape, up)
        if smaller is None or larger is None or not rules.contradicts(smaller, larger):
            continue
        weight = Weight.BLOCK if link.impossible else Weight.WARN
        message = (
            f"“{lower.name}”{rules.short(rules.rounded(smaller))}大于“{upper.name}”{rules.short(rules.rounded(larger))}，"
            f"两者互相矛盾，请核对{'两个指标' if link.impossible else '并写一句说明'}。"
        )
        found.append(Doubt(weight, f"link.{link.pk}", "numerator", message))
    return found


def _shared(indicator: Indicator, around: Mapping[int, tuple[Indicator, Entry]]) -> list[Doubt]:
    """The same denominator, by its name, is the same number everywhere in a place and a year."""
    own = around[indicator.pk][1].denominator
    if own is None or not indicator.denominator_name:
        return []
    for other, entry in around.values():
        same = other.denominator_name == indicator.denominator_name and other.counted_in == indicator.counted_in
        if other.pk != indicator.pk and same and entry.denominator is not None and entry.denominator != own:
            message = (
                f"分母“{indicator.denominator_name}”填{rules.short(own)}，“{other.name}”填{rules.short(entry.denominator)}，"
                "同一个分母应一致，请核对并写一句说明。"
            )
            return [Doubt(Weight.WARN, "denominator", "denominator", message)]
    return []


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator on a department's page: what it is, what was said last year, what stands now, what is doubtful.
    ``lead`` is the leading department, where the lines of all departments are read."""

    indicator: Indicator
    duty: str
    lead: Unit | None
    value: Observation | None
    final: Observation | None
    last: Observation | None
    target: Target | None
    papers: list[Evidence]
    doubts: list[Doubt]

    @property
    def writable(self) -> bool:
        """Whether it is with the department: not yet handed in, or sent back, and not settled already."""
        return self.value.state in WITH_DEPARTMENT if self.value is not None else self.final is None

    @property
    def stands(self) -> str | None:
        """The state of what was said; a value in force counts as said while it is corrected."""
        said = self.final or self.value
        return None if said is None else said.state

    @property
    def unanswered(self) -> list[Doubt]:
        """Doubts that keep it from being handed in."""
        said = self.value.answers if self.value is not None else {}
        return [doubt for doubt in self.doubts if doubt.weight is Weight.BLOCK or not said.get(doubt.key)]


def lines_of(year: Year, unit_id: int | None = None) -> list[Line]:
    """The indicators that are filled in for a year: of one department, or of all."""
    duties = assignments(year.place, year.year)
    if unit_id is not None:
        duties = duties.filter(unit_id=unit_id)
    duty: dict[int, str] = {}
    lead: dict[int, Unit] = {}
    for one in duties.order_by("-duty"):
        duty[one.indicator_id] = one.duty
        if one.duty == Duty.LEAD:
            lead[one.indicator_id] = one.unit
    indicators = [
        i for i in indicators_of(year.outline, year.year).filter(formula="") if unit_id is None or i.pk in duty
    ]
    keys = [indicator.pk for indicator in indicators]
    current: dict[int, Observation] = {}
    final: dict[int, Observation] = {}
    last: dict[int, Observation] = {}
    stored = values_up_to(keys, year.place, year.year)
    for value in stored:
        if value.year == year.year:
            (current if value.state in OPEN_STATES else final)[value.indicator_id] = value
        elif value.state in IN_FORCE:
            last[value.indicator_id] = value
    targets = {
        t.indicator_id: t for t in Target.objects.filter(in_year(year.year), indicator__in=keys, place=year.place)
    }
    papers: dict[int, list[Evidence]] = defaultdict(list)
    for paper in evidence_of(keys, year.place, year.year):
        papers[paper.indicator_id].append(paper)
    entries = {pk: entry_of(value) for pk, value in current.items()}
    doubts = doubts_of(indicators, entries, year.place, year.year, stored)
    return [
        Line(
            one, duty.get(one.pk, ""), lead.get(one.pk), current.get(one.pk), final.get(one.pk), last.get(one.pk), targets.get(one.pk),
            papers[one.pk], doubts.get(one.pk, []),
        )
        for one in indicators
    ]  # fmt: skip


# --- what is due -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """What one department still owes for a year."""

    unit: Unit
    all: int
    handed_in: int
    missing: list[Indicator]
    returned: list[Indicator]
    days_late: int

    @property
    def owes(self) -> int:
        return len(self.missing) + len(self.returned)


def due_list(year: Year, today: dt.date, lines: Sequence[Line] | None = None) -> list[Due]:
    """Departments that lead indicators of a year, in their own order, with what is missing or was sent back; ``lines`` are
    those of all departments, where the caller has them."""
    mine: dict[int, list[Line]] = defaultdict(list)
    units: dict[int, Unit] = {}
    for line in lines_of(year) if lines is None else lines:
        if (unit := line.lead) is not None:
            mine[unit.pk].append(line)
            units[unit.pk] = unit
    late = max((today - year.due_on).days, 0)
    found = []
    for unit in sorted(units.values(), key=lambda unit: (unit.order, unit.pk)):
        missing = [line.indicator for line in mine[unit.pk] if line.stands in (None, ValueState.DRAFT)]
        returned = [line.indicator for line in mine[unit.pk] if line.stands == ValueState.RETURNED]
        handed_in = len(mine[unit.pk]) - len(missing) - len(returned)
        found.append(Due(unit, len(mine[unit.pk]), handed_in, missing, returned, late))
    return found


def reminder(year: Year, due: Due) -> str:
    """The words to send to a department that owes values, ready to copy."""
    names = "、".join(indicator.name for indicator in [*due.missing, *due.returned])
    when = f"已超过{due.days_late}天" if due.days_late else f"截止{year.due_on.month}月{year.due_on.day}日"
    return (
        f"{due.unit.short_name}：{year.outline.title}{year.year}年度监测数据填报{when}，贵单位还有{due.owes}项未报（{names}）。"
        "请登录平台“指标填报”填写分子、分母并提交，退回的请按意见修改。"
    )


def reminder_to_all(year: Year, owing: Iterable[Due]) -> str:
    """One reminder to a group of liaisons: which departments owe how many."""
    names = "，".join(f"{due.unit.short_name}{due.owes}项" for due in owing)
    day = f"{year.due_on.month}月{year.due_on.day}日"
    return (
        f"{year.outline.title}{year.year}年度监测数据填报截止{day}，还没有报齐的有：{names}。"
        "请登录平台“指标填报”填写分子、分母并提交，退回的请按意见修改。"
    )


def waiting(place: str) -> dict[str, QuerySet[Any, Any]]:
    """What waits for the office, to be counted together with others."""
    values = Observation.objects.filter(place=place)
    return {
        "to_check": values.filter(state=ValueState.DEPT_SUBMITTED),
        "to_confirm": values.filter(state=ValueState.STATS_CHECKED, value__isnull=False),
        "unplanned": Order.objects.filter(place=place, state=OrderState.ISSUED),
    }


def partner_counts(unit_id: int, place: str) -> dict[str, int]:
    """What waits for a department: indicators to fill in or correct, orders to answer, values to check."""
    owed = 0
    to_check = 0
    for year in open_years(place):
        owed += sum(line.writable for line in lines_of(year, unit_id))
        if year.checker_id == unit_id:
            to_check += open_values(year).filter(state=ValueState.DEPT_SUBMITTED).count()
    orders = Order.objects.filter(unit_id=unit_id).exclude(state=OrderState.CLOSED).count()
    return {"owed": owed, "orders": orders, "to_check": to_check}


# --- hard indicators, orders --------------------------------------------------------------------------------------------


def hard_list(outline: Outline, place: str) -> QuerySet[Hard]:
    """Hard indicators of a place, those still open first."""
    found = Hard.objects.filter(indicator__outline=outline, place=place).select_related("indicator")
    return found.order_by(F("ended_at").desc(nulls_first=True), "-listed_at", "id")


def suggested(outline: Outline, found: Iterable[Standing], place: str, year: int) -> list[tuple[Standing, Chosen]]:
    """What the rule would put on the list and is not on it: red ones first, then those not met at the middle (domain notes 2g)."""
    listed = set(Hard.objects.filter(place=place, ended_at__isnull=True).values_list("indicator", flat=True))
    chosen = []
    for standing in found:
        if standing.indicator_id in listed or not standing.judgement.counts:
            continue
        if standing.light is Light.RED:
            chosen.append((standing, Chosen.RED))
        elif standing.status is Status.UNMET and year == outline.midterm_year:
            chosen.append((standing, Chosen.MIDTERM))
    return sorted(chosen, key=lambda pair: pair[1] is not Chosen.RED)


def order_for(pk: int) -> Order:
    """Raises Order.DoesNotExist also for one the reader may not see."""
    return Order.objects.select_related("hard__indicator__outline", "unit", "closed_on").get(pk=pk)


def progress_on(order: Order) -> QuerySet[Progress]:
    return order.progress.order_by("year", "quarter", "id")


def orders_of(unit_id: int) -> QuerySet[Order]:
    """Orders addressed to a department, open ones first."""
    found = Order.objects.filter(unit_id=unit_id).select_related("hard__indicator__outline")
    return found.order_by(F("closed_at").desc(nulls_first=True), "plan_due_on", "id")


# --- measures ---------------------------------------------------------------------------------------------------------


def measure_of(key: str) -> Measure | None:
    try:
        return measures.get(key)
    except RegistryError:
        return None


def measure_in(measure: Measure, place: str, year: int) -> Decimal | None:
    """A measure over a calendar year; None where a share has nothing to take a part of."""
    since, until = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    counted = measures.records(measure, place=place, since=since, until=until)
    if measure.kind is measures.Kind.SHARE and not counted.exists():
        return None
    return measures.value(measure, place=place, since=since, until=until)


def words_of(value: Decimal | None, indicator: Indicator) -> str:
    """A value as a sentence says it."""
    if value is None:
        return "无数据"
    if indicator.direction == Direction.QUAL:
        return "是" if value > 0 else "否"
    return f"{rules.short(rules.rounded(value))}{indicator.unit_after}"
