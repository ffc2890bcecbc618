"""Named writes of what an outline is: its indicators, targets, duties; and what ships with the house."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import F, Q

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import codes
from niangjia.core.refused import check
from niangjia.org.models import Unit
from niangjia.outlines import formulas, queries, rules
from niangjia.outlines.actions.errors import Refused, at
from niangjia.outlines.formulas import FormulaError
from niangjia.outlines.kinds import WITH_DEPARTMENT, Direction, Duty, Measured, OrderState, Tier
from niangjia.outlines.models import Assignment, Indicator, Link, Observation, Order, Outline, Target

SEED = Path(__file__).parent.parent / "seed"
FIXED = ("place", "years")  # what no form fills in


def _note(by: Acting, verb: str, outline_id: int, subject: str, place: str, **summary: Any) -> None:
    record(by=by, stream=f"outline:{outline_id}", verb=verb, subject=subject, place=place, summary=summary)


# --- what ships with the house --------------------------------------------------------------------------------------


def shipped() -> dict[str, dict[str, Any]]:
    """The outlines that ship with the house, by key: years, source, file of indicators."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((SEED / "outlines.yaml").read_text(encoding="utf-8"))
    return found


@transaction.atomic
def load_shipped(*, key: str, by: Acting) -> Outline:
    """Take over an outline that ships with the house: the nation's targets, which are also the district's first ones.

    Every fact that was not checked against the document stays marked. Departments are found by words of their names; an
    indicator whose department is not in the organisation stays without one.
    """
    by.require(Verb.OUTLINE_MANAGE)
    known = shipped()
    if key not in known:
        raise Refused("没有这个规划，请从列表中选择。")
    place = codes.district_of(by.place)
    if Outline.objects.filter(key=key, place=place).exists():
        raise Refused("这个规划已经载入。")
    facts = dict(known[key])
    links = facts.pop("links", [])
    outline = Outline.objects.create(key=key, place=place, **facts)
    departments = list(queries.departments(place))
    with (SEED / f"{key}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    made: dict[str, Indicator] = {}
    for order, row in enumerate(rows, start=1):
        made[row["code"]] = indicator = _indicator(outline, order, row)
        for where in (place, rules.NATION) if row["target"] else ():
            Target.objects.create(
                indicator=indicator, place=where, value=_number(row["target"]), tolerance=_number(row["tolerance"]) or rules.ZERO, valid_from=outline.start_year, note=row["note"][:200], unconfirmed=row["sure"] != "1",
            )  # fmt: skip
        for duty, words in ((Duty.LEAD, row["lead"]), (Duty.SUPPORT, row["support"])):
            for word in words.split():
                unit = _department(departments, word)
                if unit is not None:
                    Assignment.objects.create(
                        indicator=indicator, unit=unit, duty=duty, place=place, valid_from=outline.start_year
                    )
                    break
    Link.objects.bulk_create(
        Link(lower=made[low], upper=made[high], impossible=True, place=place) for low, high in links
    )
    _note(by, "outline.load", outline.pk, f"outline:{outline.pk}", place, title=outline.title, count=len(made))
    return outline


def _department(departments: Sequence[Unit], words: str) -> Unit | None:
    """The first department one of whose names contains one of the words, which are joined by ``|``."""
    for word in words.split("|"):
        for unit in departments:
            if word in unit.name or word in unit.short_name:
                return unit
    return None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _indicator(outline: Outline, order: int, row: dict[str, str]) -> Indicator:
    return Indicator.objects.create(
        outline=outline, code=row["code"], domain=row["domain"], name=row["name"], definition=row["definition"],
        numerator_name=row["numerator"], denominator_name=row["denominator"], counted_in=row["counted_in"] or "人",
        unit=row["unit"], direction=row["direction"], exceeds=row["exceeds"] == "1",
        breakdowns=row["breakdowns"].split(), tier=row["tier"] or Tier.DISTRICT, key=row["key"] == "1",
        source=row["source"], low=_number(row["low"]), high=_number(row["high"]), unconfirmed=row["sure"] != "1",
        valid_from=outline.start_year, order=order * 10, place=outline.place,
    )  # fmt: skip


# --- indicators, targets, duties --------------------------------------------------------------------------------------

FIELDS = (
    "code", "domain", "name", "definition", "numerator_name", "denominator_name", "counted_in", "unit", "direction", "exceeds",
    "breakdowns", "tier", "key", "source", "formula", "low", "high", "jump", "unconfirmed", "valid_from", "valid_to", "order",
)  # fmt: skip


def _check_indicator(indicator: Indicator) -> None:
    check(indicator, exclude=FIXED)
    shape = indicator.shape
    if shape.is_rate and not indicator.formula and not (indicator.numerator_name and indicator.denominator_name):
        missing = {key: "请填写。" for key in ("numerator_name", "denominator_name") if not getattr(indicator, key)}
        raise Refused(f"单位是“{indicator.unit}”的指标由分子分母计算，请写明分子和分母各是什么。", missing)
    if (indicator.direction == Direction.QUAL) != (indicator.unit == Measured.YES):
        raise at("unit", "定性指标的单位应为“是/否”，其他指标不能用“是/否”。")
    if indicator.low is not None and indicator.high is not None and indicator.low > indicator.high:
        raise at("low", "常见下限大于常见上限，请核对。")
    unknown = [kind for kind in indicator.breakdowns if kind not in rules.PARTS]
    if unknown:
        raise at("breakdowns", "分组只能是SEX（性别）和URBAN（城乡）。")
    if indicator.formula:
        _check_formula(indicator)


def _check_formula(indicator: Indicator) -> None:
    """Every reference exists, none leads back to the indicator, and the units meet."""
    try:
        found = formulas.references(indicator.formula)
        known = {ref: _unit_of(ref, indicator) for ref in found}
        formulas.compute(indicator.formula, known, indicator.unit)
    except FormulaError as error:
        raise Refused(str(error), {"formula": str(error)}) from error


def _unit_of(ref: formulas.Reference, indicator: Indicator) -> formulas.Quantity:
    """What a reference stands for, with the number 1: only units are asked here."""
    one = Decimal(1)
    if ref.function == formulas.MEASURE:
        measure = queries.measure_of(ref.key)
        if measure is None:
            raise FormulaError(f"没有业务数据“{ref.key}”，请核对键。")
        return formulas.of_unit(one, measure.unit)
    other = Indicator.objects.filter(code=ref.key, place=indicator.place).first()
    if other is None:
        raise FormulaError(f"没有指标“{ref.key}”，请核对代码。")
    if other.pk == indicator.pk or other.formula:
        raise FormulaError(f"“{ref.key}”本身由公式计算，公式只能用直接填报的指标。")
    return formulas.of_unit(one, other.unit if ref.function == formulas.INDICATOR else other.counted_in)


@transaction.atomic
def save_indicator(*, outline_id: int, by: Acting, indicator_id: int | None = None, **values: Any) -> Indicator:
    """Add or change an indicator. Raises Refused; unit and direction stay once it has values in force."""
    by.require(Verb.OUTLINE_MANAGE)
    outline = Outline.objects.get(pk=outline_id)
    if indicator_id is None:
        indicator = Indicator(outline=outline, place=outline.place, valid_from=outline.start_year)
    else:
        indicator = Indicator.objects.select_for_update(of=("self",)).get(pk=indicator_id, outline=outline)
    before = {key: getattr(indicator, key) for key in values}
    frozen = [key for key in ("unit", "direction") if key in values and values[key] != before[key]]
    if indicator.pk and frozen and Observation.objects.filter(indicator=indicator).exists():
        raise Refused(
            "这个指标已有数据，单位和方向不能再改。请停用它，另建一个新指标。",
            dict.fromkeys(frozen, "已有数据，不能改。"),
        )
    for key, value in values.items():
        if key not in FIELDS:
            raise Refused(f"没有“{key}”这一项。")
        setattr(indicator, key, value)
    _check_indicator(indicator)
    indicator.save()
    changed = [key for key in values if before[key] != values[key]]
    _note(
        by,
        "outline.indicator",
        outline.pk,
        f"indicator:{indicator.pk}",
        outline.place,
        name=indicator.name,
        fields=changed,
    )
    return indicator


@transaction.atomic
def set_target(
    *,
    indicator_id: int,
    place: str,
    from_year: int,
    by: Acting,
    value: Decimal | None = None,
    baseline: Decimal | None = None,
    baseline_year: int | None = None,
    tolerance: Decimal = rules.ZERO,
    note: str = "",
    unconfirmed: bool = False,
) -> Target:
    """Set what an indicator is to reach in a place from a year on. The target before ends the year before and stays.

    A target of the same first year is corrected in place while no later one follows; years already judged by another
    target keep it.
    """
    by.require(Verb.OUTLINE_MANAGE)
    indicator = queries.indicator_for(indicator_id)
    outline = indicator.outline
    if wrong := queries.not_written_by(by.place, place):
        raise at("place", wrong)
    if not outline.start_year <= from_year <= outline.end_year:
        raise at("from_year", f"起用年应在{outline.start_year}至{outline.end_year}之间，现为{from_year}。")
    if indicator.needs_target and value is None:
        raise at("value", f"“{indicator.name}”要有目标值。")
    if indicator.direction == Direction.AROUND and tolerance <= 0:
        raise at("tolerance", "“保持在左右”的指标要写明允许偏差。")
    current = Target.objects.select_for_update(of=("self",)).filter(indicator=indicator, place=place)
    later = current.filter(valid_from__gt=from_year).order_by("valid_from").first()
    before = current.filter(valid_from__lt=from_year).order_by("-valid_from").first()
    target = current.filter(valid_from=from_year).first() or Target(
        indicator=indicator, place=place, valid_from=from_year
    )
    old = rules.short(target.value if target.pk else before.value if before else None)
    if before is not None and (before.valid_to is None or before.valid_to >= from_year):
        before.valid_to = from_year - 1
        before.save(update_fields=["valid_to"])
    target.valid_to = later.valid_from - 1 if later else None
    target.value, target.baseline, target.baseline_year = value, baseline, baseline_year
    target.tolerance, target.note, target.unconfirmed = tolerance, note, unconfirmed
    check(target, exclude=FIXED)
    target.save()
    _note(
        by, "outline.target", outline.pk, f"indicator:{indicator.pk}", by.place, name=indicator.name,
        before=old, after=rules.short(value), year=from_year,
    )  # fmt: skip
    return target


@transaction.atomic
def assign(*, indicator_id: int, unit_id: int, duty: Duty, from_year: int, by: Acting) -> Assignment:
    """Give an indicator to a department from a year on. A new lead takes over from the old one, whose years stay."""
    by.require(Verb.OUTLINE_MANAGE)
    indicator = queries.indicator_for(indicator_id)
    place = indicator.place
    unit = Unit.objects.get(pk=unit_id)
    if unit.active_to is not None:
        raise at("unit", f"“{unit.short_name}”已撤并，请选择现有部门。")
    held = Assignment.objects.select_for_update(of=("self",)).filter(indicator=indicator, place=place)
    ending = held.filter(queries.in_year(from_year)).filter(
        Q(unit=unit) | Q(duty=Duty.LEAD) if duty == Duty.LEAD else Q(unit=unit)
    )
    for one in ending:
        _end(one, from_year)
    later = held.filter(unit=unit, valid_from__gte=from_year)
    later.delete()
    made = Assignment.objects.create(indicator=indicator, unit=unit, duty=duty, place=place, valid_from=from_year)
    _note(
        by, "outline.assign", indicator.outline_id, f"indicator:{indicator.pk}", place,
        name=indicator.name, unit=unit.short_name, kind=duty.label, year=from_year,
    )  # fmt: skip
    return made


def _end(one: Assignment, year: int) -> None:
    """End a duty before a year; one that would then never have run is taken back."""
    if one.valid_from >= year:
        one.delete()
    else:
        one.valid_to = year - 1
        one.save(update_fields=["valid_to"])


@transaction.atomic
def unassign(*, assignment_id: int, from_year: int, by: Acting) -> None:
    """End a duty from a year on; one that ended before it stays as it was."""
    by.require(Verb.OUTLINE_MANAGE)
    one = Assignment.objects.select_related("indicator", "unit").get(pk=assignment_id)
    if one.valid_to is not None and one.valid_to < from_year:
        return
    _end(one, from_year)
    _note(
        by, "outline.unassign", one.indicator.outline_id, f"indicator:{one.indicator_id}", one.place,
        name=one.indicator.name, unit=one.unit.short_name, year=from_year,
    )  # fmt: skip


@transaction.atomic
def hand_over(*, old_unit_id: int, new_unit_id: int, from_year: int, by: Acting) -> int:
    """A department was merged or replaced: what it answers for goes to another from a year on, open orders at once.

    Years before stay with the old one. Returns how many indicators went over.
    """
    by.require(Verb.OUTLINE_MANAGE)
    old, new = Unit.objects.get(pk=old_unit_id), Unit.objects.get(pk=new_unit_id)
    if old.pk == new.pk:
        raise at("new", "移交的两个部门不能相同。")
    if new.active_to is not None:
        raise at("new", f"“{new.short_name}”已撤并，请选择现有部门。")
    place = codes.district_of(by.place)
    held = list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(unit=old, place=place)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=from_year))
    )
    taken = set(
        Assignment.objects.filter(queries.in_year(from_year), unit=new, place=place).values_list("indicator", flat=True)
    )
    for one in held:
        duty = one.duty
        _end(one, from_year)
        if one.indicator_id in taken:
            if duty != Duty.LEAD:
                continue
            Assignment.objects.filter(queries.in_year(from_year), unit=new, indicator=one.indicator_id).delete()
        Assignment.objects.create(indicator_id=one.indicator_id, unit=new, duty=duty, place=place, valid_from=from_year)
    Order.objects.filter(unit=old).exclude(state=OrderState.CLOSED).update(unit=new)
    Observation.objects.filter(unit=old, place=place, year__gte=from_year, state__in=WITH_DEPARTMENT).update(
        unit=new, unit_name=new.short_name, revision=F("revision") + 1
    )
    record(
        by=by, stream=f"unit:{old.pk}", verb="outline.hand_over", place=place,
        summary={"unit": old.short_name, "into_name": new.short_name, "count": len(held), "year": from_year},
    )  # fmt: skip
    return len(held)


# --- many at once, from a sheet ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target as a sheet says it."""

    row: int
    code: str
    place: str
    value: Decimal | None
    tolerance: Decimal
    baseline: Decimal | None
    baseline_year: int | None
    from_year: int
    note: str


@transaction.atomic
def import_targets(*, outline_id: int, rows: Sequence[TargetRow], by: Acting) -> dict[int, str]:
    """Set many targets, or none: returns the problems by row number, empty when all were set."""
    by.require(Verb.OUTLINE_MANAGE)
    outline = Outline.objects.get(pk=outline_id)
    known = {indicator.code: indicator for indicator in queries.indicators_of(outline)}
    problems: dict[int, str] = {}
    with transaction.atomic():
        for row in rows:
            indicator = known.get(row.code)
            if indicator is None:
                problems[row.row] = f"本规划没有代码“{row.code}”，请核对代码列。"
                continue
            try:
                set_target(
                    indicator_id=indicator.pk, place=row.place, from_year=row.from_year, by=by, value=row.value,
                    baseline=row.baseline, baseline_year=row.baseline_year, tolerance=row.tolerance, note=row.note,
                )  # fmt: skip
            except Refused as refused:
                problems[row.row] = str(refused)
        if problems:
            transaction.set_rollback(True)
    return problems
