"""Plan targets joined to what was done: the figure, the light, the towns, the months, and the records behind them.

Nothing is stored and nothing rebuilt: every figure is computed from the records when it is asked for, by as many statements
whether a plan has three targets or three hundred. What the reader may not see is not in it: a town sees its own part.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from niangjia.access.acting import Acting
from niangjia.core import clock, codes, measures
from niangjia.core.codes import Level
from niangjia.core.measures import Kind, Measure, Records
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.plans import actions, queries, rules
from niangjia.plans.kinds import Bound, Light, TargetKind
from niangjia.plans.models import Figure, LockedValue, MonthLock, PlanVersion, Split, Statement, Target
from niangjia.plans.rules import Aim, Judgement

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Progress:
    """How a target stands in one place. ``aim`` is what is to be done there, ``value`` what was, in the target's unit.

    ``aim`` is None where no part was given to the place.
    """

    target: Target
    place: str
    aim: Decimal | None
    value: Decimal | None
    judgement: Judgement
    statement: Statement | None = None

    @property
    def concerns(self) -> bool:
        """Whether the place has a part in the target, or did something for it."""
        return self.aim is not None or bool(self.value) or self.statement is not None or self.target.place == self.place

    @property
    def light(self) -> Light:
        return self.judgement.light


@dataclass(frozen=True, slots=True)
class TownRow:
    """One place's part of a target. ``unit`` is None for what was recorded at the wider place itself (区本级)."""

    place: str
    name: str
    unit: Unit | None
    aim: Decimal | None
    value: Decimal | None
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a target: cumulative value at its end, what was expected by then, what was locked.

    ``restated`` says that the value now differs from the locked one.
    """

    year: int
    month: int
    value: Decimal | None
    expected: Decimal | None
    lock: MonthLock | None = None
    locked: Decimal | None = None

    @property
    def restated(self) -> bool:
        return self.lock is not None and self.value != self.locked


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a plan's year that are counted up to a day, as measures take them."""

    since: dt.date
    until: dt.date
    day: dt.date

    @classmethod
    def of(cls, year: int, day: dt.date) -> Period:
        last = min(day, dt.date(year, 12, 31))
        return cls(dt.date(year, 1, 1), max(last + clock.ONE_DAY, dt.date(year, 1, 1)), day)


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept about targets beside the records: parts, figures by hand, statements. Read once for all a page shows."""

    splits: list[Split]
    figures: list[Figure]
    statements: list[Statement]

    @classmethod
    def of(cls, targets: Sequence[Target]) -> Known:
        splits = queries.splits([target.goal_id for target in targets])
        said = [target.goal_id for target in targets if not target.is_numeric]
        return cls(list(splits), _by_hand(targets), list(queries.statements_of(said)) if said else [])

    @property
    def said(self) -> dict[tuple[int, str], Statement]:
        """The statements that stand, by goal and place."""
        return {(s.goal_id, s.place): s for s in self.statements if s.current}


def _by_hand(targets: Sequence[Target]) -> list[Figure]:
    by_hand = [target.goal_id for target in targets if target.is_numeric and not target.measure]
    return list(queries.current_figures(by_hand)) if by_hand else []


# --- the board -----------------------------------------------------------------------------------------------------


def progress_of(targets: Sequence[Target], *, place: str, day: dt.date, known: Known | None = None) -> list[Progress]:
    """How targets of one year stand in a place on a day; four statements at most."""
    if not targets:
        return []
    period = Period.of(targets[0].version.plan.year, day)
    known = known or Known.of(targets)
    values = _values(targets, known.figures, level=codes.level_of(place), within=place, period=period)
    parts = {split.goal_id: split for split in known.splits if split.place == place}
    said = known.said
    return [
        _progress(
            target,
            place,
            parts.get(target.goal_id),
            values[target.goal_id].get(place),
            said.get((target.goal_id, place)),
            day,
        )
        for target in targets
    ]


def _progress(
    target: Target, place: str, part: Split | None, value: Decimal | None, statement: Statement | None, day: dt.date
) -> Progress:
    aim = _aim_in(target, place, rules.tidy(part.value) if part else None)
    judgement = _judge(target, place, aim, value, statement, day)
    return Progress(target, place, aim, value, judgement, statement)


def _aim_in(target: Target, place: str, part: Decimal | None) -> Decimal | None:
    """The whole in the plan's own place, the part elsewhere; a level that was not divided holds everywhere."""
    if place == target.place:
        return target.number
    return target.number if part is None and target.kind == TargetKind.LEVEL else part


def _judge(
    target: Target, place: str, aim: Decimal | None, value: Decimal | None, statement: Statement | None, day: dt.date
) -> Judgement:
    if target.is_numeric and aim is None:
        return Judgement(Light.NO_DATA, "没有分解到本单位")
    if not target.is_numeric and place != target.place and statement is None:
        return Judgement(Light.NO_DATA, "由上级登记")
    return rules.judge(aim_of(target, aim), actual=value, day=day, done=None if statement is None else statement.done)


def aim_of(target: Target, value: Decimal | None) -> Aim:
    """What the judge must know of a target, or of a part of it: a part has the quarter plan in proportion."""
    quarters = target.quarter_values
    if quarters and value is not None and target.value:
        quarters = tuple(quarter * value / target.value for quarter in quarters)
    return Aim(TargetKind(target.kind), target.version.plan.year, value, Bound(target.bound), target.deadline, quarters)


def _values(
    targets: Sequence[Target], figures: Sequence[Figure], *, level: Level, within: str, period: Period
) -> dict[int, dict[str, Decimal | None]]:
    """The figure of every numeric target for every place of a level inside another, by goal and place."""
    found: dict[int, dict[str, Decimal | None]] = {target.goal_id: {} for target in targets}
    bound = {target.goal_id: measure for target in targets if (measure := queries.measure_of(target.measure))}
    distinct = list({measure.key: measure for measure in bound.values()}.values())
    counted = measures.by_place_of(distinct, level=level, within=within, since=period.since, until=period.until)
    for target in targets:
        if (measure := bound.get(target.goal_id)) is not None:
            found[target.goal_id] = _converted(target, measure, counted[measure.key], within, level)
    inside = [figure for figure in figures if _lies(figure.place, within)]
    for goal_id, places in _reported({t.goal_id: t for t in targets}, inside, level, period.until).items():
        found[goal_id] = dict(places)
    return found


def _converted(
    target: Target, measure: Measure, places: Mapping[str, Decimal], within: str, level: Level
) -> dict[str, Decimal | None]:
    """In the target's unit. No record is 0 for a count, and no figure for a share."""
    factor = rules.unit_factor(target.unit, measure.unit)
    values: dict[str, Decimal | None] = {place: _rounded(value * factor) for place, value in places.items()}
    if codes.level_of(within) is level and measure.kind is not Kind.SHARE:
        values.setdefault(within, Decimal(0))
    return values


def _lies(place: str, within: str) -> bool:
    lo, hi = codes.subtree(within)
    return lo <= place < hi


def _reported(
    targets: Mapping[int, Target], figures: Iterable[Figure], level: Level, until: dt.date
) -> dict[int, dict[str, Decimal]]:
    """Figures by hand, the last month of each body: counts add up over the bodies of a place, a level is the place's own."""
    last: dict[tuple[int, int], Figure] = {}
    for figure in figures:  # oldest month first
        if dt.date(figure.year, figure.month, 1) < until:
            last[figure.goal_id, figure.unit_id] = figure
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for figure in last.values():
        place = codes.pad(figure.place[: level.digits])
        if targets[figure.goal_id].kind == TargetKind.LEVEL and figure.place != place:
            continue
        found[figure.goal_id][place] = found[figure.goal_id].get(place, Decimal(0)) + rules.tidy(figure.value)
    return found


# --- one target, its places, its months -----------------------------------------------------------------------------


def towns_of(target: Target, *, unit: Unit, day: dt.date, known: Known | None = None) -> list[TownRow]:
    """The parts of a target in the places right below a body, in code order. No ranking: domain notes 4.6."""
    level = Level(min(codes.level_of(unit.place) + 1, Level.VILLAGE))
    period = Period.of(target.version.plan.year, day)
    known = known or Known.of([target])
    values = _values([target], known.figures, level=level, within=unit.place, period=period)[target.goal_id]
    parts = {split.unit_id: rules.tidy(split.value) for split in known.splits}
    said = known.said
    counts = target.is_numeric and (measure := queries.measure_of(target.measure)) is not None
    zero = Decimal(0) if counts and measure is not None and measure.kind is not Kind.SHARE else None
    rows = []
    for below in queries.units_below(unit.pk):
        value = values.pop(below.place, zero)
        aim = _aim_in(target, below.place, parts.get(below.pk))
        judgement = _judge(target, below.place, aim, value, said.get((target.goal_id, below.place)), day)
        rows.append(TownRow(below.place, below.short_name, below, aim, value, judgement))
    for place, value in sorted(values.items()):
        name = "本级" if place == unit.place else org.place_name(place)
        rows.append(TownRow(place, name, None, None, value, Judgement(Light.NO_DATA, "不分解")))
    return rows


def months_of(target: Target, *, place: str, day: dt.date, known: Known | None = None) -> list[Month]:
    """The twelve months of a target's year in a place: the value at each month's end, or up to now in the running one."""
    year = target.version.plan.year
    bounds = [clock.month_bounds(year, month) for month in range(1, 13)]
    begun = [(start, min(end, day + clock.ONE_DAY)) for start, end in bounds if start <= day]
    known = known or Known.of([target])
    values = _month_values(target, known.figures, place, [end for _, end in begun])
    aim = _own_aim(target, known.splits, place)
    locked = {
        value.lock.month: value
        for value in queries.locked_values([target.goal_id])
        if value.place == place and value.lock.year == year
    }
    months = []
    for number, (start, end) in enumerate(bounds, start=1):
        expected = None
        if aim is not None and target.kind == TargetKind.COUNT and target.bound == Bound.MIN:
            share = rules.expected_share(aim_of(target, aim), end - clock.ONE_DAY)
            expected = rules.tidy((aim * share.numerator / share.denominator).quantize(TENTH))
        value = values.get(begun[number - 1][1]) if start <= day else None
        kept = locked.get(number)
        months.append(Month(year, number, value, expected, kept.lock if kept else None, _read(kept)))
    return months


def _read(kept: LockedValue | None) -> Decimal | None:
    return None if kept is None or kept.value is None else rules.tidy(kept.value)


def _own_aim(target: Target, splits: Sequence[Split], place: str) -> Decimal | None:
    if place == target.place:
        return target.number
    part = next((rules.tidy(split.value) for split in splits if split.place == place), None)
    return _aim_in(target, place, part)


def _month_values(
    target: Target, figures: Sequence[Figure], place: str, ends: list[dt.date]
) -> dict[dt.date, Decimal | None]:
    if not target.is_numeric:
        return {}
    year = target.version.plan.year
    if target.measure:
        measure = queries.measure_of(target.measure)
        if measure is None:
            return {}
        factor = rules.unit_factor(target.unit, measure.unit)
        found = measures.until_each(measure, ends, place=place, since=dt.date(year, 1, 1))
        return {end: _rounded(value * factor) for end, value in found.items()}
    inside = [figure for figure in figures if _lies(figure.place, place)]
    level = codes.level_of(place)
    return {
        end: _reported({target.goal_id: target}, inside, level, end).get(target.goal_id, {}).get(place) for end in ends
    }


def _rounded(value: Decimal) -> Decimal:
    """To the four places a locked value keeps, so that the two compare."""
    return rules.tidy(value.quantize(Decimal("0.0001")))


def records_of(target: Target, *, place: str, day: dt.date) -> Records | None:
    """The very records a target's value counts in a place, newest first; None where figures are reported by hand."""
    measure = queries.measure_of(target.measure)
    if measure is None:
        return None
    period = Period.of(target.version.plan.year, day)
    return measures.records(measure, place=place, since=period.since, until=period.until)


# --- closing a month --------------------------------------------------------------------------------------------------


def lock_month(*, version: PlanVersion, month: int, by: Acting) -> MonthLock:
    """Close a month of a plan in force with what every target stands at now, in the plan's place and in every town."""
    year = version.plan.year
    targets = [target for target in queries.targets_in_force(version.plan) if target.is_numeric]
    end = clock.month_bounds(year, month)[1] if 1 <= month <= 12 else dt.date(year, 12, 31)
    period = Period.of(year, end - clock.ONE_DAY)
    rows: list[tuple[int, str, Decimal | None]] = []
    own, figures = codes.level_of(version.place), _by_hand(targets)
    for level in (own, Level(min(own + 1, Level.VILLAGE))):
        for goal_id, places in _values(targets, figures, level=level, within=version.place, period=period).items():
            if level is own:
                rows.append((goal_id, version.place, _kept(places.get(version.place))))
            else:
                rows += [(goal_id, place, _kept(value)) for place, value in places.items() if place != version.place]
    return actions.lock_month(plan_id=version.plan_id, year=year, month=month, values=rows, by=by)


def _kept(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class SinceLock:
    """A target's value when a month was locked, and the value of that month as it is now."""

    target: Target
    locked: Decimal | None
    now: Decimal | None

    @property
    def restated(self) -> bool:
        return self.locked != self.now


def since_lock(lock: MonthLock, *, version: PlanVersion, place: str) -> list[SinceLock]:
    """Every numeric target in force beside what it stood at in a place when the month was locked."""
    targets = [target for target in queries.targets_in_force(version.plan) if target.is_numeric]
    period = Period.of(lock.year, clock.month_bounds(lock.year, lock.month)[1] - clock.ONE_DAY)
    values = _values(targets, _by_hand(targets), level=codes.level_of(place), within=place, period=period)
    kept = {
        value.goal_id: _read(value)
        for value in queries.locked_values([target.goal_id for target in targets])
        if value.lock_id == lock.pk and value.place == place
    }
    return [
        SinceLock(target, kept[target.goal_id], values[target.goal_id].get(place))
        for target in targets
        if target.goal_id in kept
    ]
