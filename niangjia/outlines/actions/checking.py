"""Named writes of values after they were handed in: checked, sent back, confirmed, published, corrected; formulas computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.outlines import formulas, queries, rules
from niangjia.outlines.actions.collecting import note
from niangjia.outlines.actions.errors import Refused, at
from niangjia.outlines.formulas import FormulaError, Quantity, Reference
from niangjia.outlines.kinds import IN_FORCE, OPEN_STATES, ValueState, YearState
from niangjia.outlines.models import Indicator, Observation, Outline, Year


def _values_to_write() -> QuerySet[Observation]:
    return Observation.objects.select_for_update(of=("self",)).select_related("indicator__outline")


def _locked(pks: Iterable[int]) -> list[Observation]:
    return list(_values_to_write().filter(pk__in=list(pks)).order_by("indicator__order", "id"))


@transaction.atomic
def pass_on(*, value_ids: Sequence[int], by: Acting) -> int:
    """The statistics bureau found values in order. The office may, for a bureau without an account. Returns how many."""
    by.require(Verb.INDICATOR_CHECK if by.kind is ActorKind.PARTNER else Verb.INDICATOR_CONFIRM)
    done = 0
    for value in _locked(value_ids):
        if value.state != ValueState.DEPT_SUBMITTED:
            continue  # pressed twice, or meanwhile sent back: nothing to do
        value.state, value.revision = ValueState.STATS_CHECKED, value.revision + 1
        value.checked_at, value.checked_by = clock.now(), by.signature
        value.save(update_fields=["state", "revision", "checked_at", "checked_by"])
        note(by, "indicator.check", value, value=rules.short(value.value))
        done += 1
    return done


@transaction.atomic
def send_back(*, value_id: int, why: str, by: Acting) -> Observation:
    """Return a value to its department with the reason. Raises Refused for one that is not on its way."""
    by.require(Verb.INDICATOR_CHECK if by.kind is ActorKind.PARTNER else Verb.INDICATOR_CONFIRM)
    if not why.strip():
        raise at("why", "请写明退回原因，部门据此修改。")
    allowed = (
        [ValueState.DEPT_SUBMITTED]
        if by.kind is ActorKind.PARTNER
        else [ValueState.DEPT_SUBMITTED, ValueState.STATS_CHECKED]
    )
    value = _values_to_write().filter(pk=value_id, state__in=allowed).first()
    if value is None:
        now = Observation.objects.get(pk=value_id)
        raise Refused(f"这个值现在是“{now.get_state_display()}”，不能退回。")
    value.state, value.returned, value.revision = ValueState.RETURNED, why.strip()[:300], value.revision + 1
    value.checked_at, value.checked_by = clock.now(), by.signature
    value.save(update_fields=["state", "returned", "revision", "checked_at", "checked_by"])
    note(by, "indicator.return", value, reason=why.strip()[:100])
    return value


@transaction.atomic
def confirm(*, value_ids: Sequence[int], by: Acting) -> int:
    """The office confirms what was checked; a correction takes the place of the value it restates, which stays.

    Formulas that use a confirmed value are computed again at once. Returns how many were confirmed.
    """
    by.require(Verb.INDICATOR_CONFIRM)
    done = 0
    touched: set[tuple[int, str, int]] = set()
    for value in _locked(value_ids):
        if value.state != ValueState.STATS_CHECKED or value.value is None:
            continue
        _put_in_force(value, by)
        note(by, "indicator.confirm", value, value=rules.short(value.value), reason=value.why)
        touched.add((value.indicator.outline_id, value.place, value.year))
        done += 1
    for outline_id, place, year in sorted(touched):
        compute_formulas(outline_id=outline_id, place=place, year=year, by=by)
    return done


def _put_in_force(value: Observation, by: Acting) -> None:
    old = value.restates
    value.state, value.revision = ValueState.CONFIRMED, value.revision + 1
    value.confirmed_at, value.confirmed_by = clock.now(), by.signature
    if old is not None:
        if old.state == ValueState.PUBLISHED:
            value.state, value.published_at = ValueState.PUBLISHED, clock.now()
        Observation.objects.filter(pk=old.pk).update(state=ValueState.REVISED)
    value.save()


@transaction.atomic
def publish(*, year_id: int, by: Acting, leave_open: bool = False) -> int:
    """Make the confirmed values of a year public. Raises Refused while some are on their way, unless they may follow later."""
    by.require(Verb.INDICATOR_CONFIRM)
    year = Year.objects.select_for_update(of=("self",)).select_related("outline").get(pk=year_id)
    waiting = queries.open_values(year).filter(value__isnull=False).count()
    if waiting and not leave_open:
        raise Refused(f"还有{waiting}个指标没有确认。请先确认，或选择“其余以后补充发布”。")
    confirmed = Observation.objects.filter(
        indicator__outline=year.outline_id, place=year.place, year=year.year, state=ValueState.CONFIRMED
    )
    now = clock.now()
    count = confirmed.update(state=ValueState.PUBLISHED, published_at=now)
    if not count and year.state != YearState.PUBLISHED:
        raise Refused("还没有已确认的指标，不能发布。")
    year.state = YearState.PUBLISHED
    year.published_at, year.published_by = year.published_at or now, year.published_by or by.signature
    year.save(update_fields=["state", "published_at", "published_by"])
    record(
        by=by, stream=f"outline:{year.outline_id}", verb="indicator.publish", subject=f"year:{year.pk}", place=year.place,
        summary={"title": year.outline.title, "year": year.year, "count": count},
    )  # fmt: skip
    return count


@transaction.atomic
def reopen(*, value_id: int, why: str, by: Acting) -> Observation:
    """Begin to correct a value in force: a copy goes back to its department, the old one stays in force until the copy is confirmed."""
    by.require(Verb.INDICATOR_CONFIRM)
    if not why.strip():
        raise at("why", "请写明更正原因。")
    old = _values_to_write().get(pk=value_id)
    if old.state not in IN_FORCE:
        raise Refused(f"这个值现在是“{old.get_state_display()}”，只有已确认或已发布的可以更正。")
    if not old.indicator.filled_in or old.unit_id is None:
        raise Refused("这个值不是部门填报的：公式指标请重算，全国和市级的数请重新登记。")
    if Observation.objects.filter(
        indicator=old.indicator, place=old.place, year=old.year, state__in=OPEN_STATES
    ).exists():
        raise Refused("这个指标本年已有一个更正在办。")
    unit = queries.leads_in(old.place, old.year).get(old.indicator_id) or old.unit
    made = Observation.objects.create(
        indicator=old.indicator, place=old.place, year=old.year, numerator=old.numerator, denominator=old.denominator,
        value=old.value, parts=old.parts, answers=old.answers, note=old.note, measures_taken=old.measures_taken,
        state=ValueState.RETURNED, returned=f"更正：{why.strip()}"[:300], restates=old, why=why.strip()[:300],
        unit=unit, unit_name=unit.short_name if unit else "", on_time=old.on_time, generated=old.generated,
        saved_at=clock.now(), saved_by=by.signature,
    )  # fmt: skip
    note(by, "indicator.reopen", made, reason=why.strip()[:100], before=rules.short(old.value))
    return made


# --- formulas ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Computed:
    """What became of one formula: a value, nothing for want of something, or a problem in words."""

    indicator: Indicator
    value: Decimal | None
    problem: str = ""


@transaction.atomic
def compute_formulas(*, outline_id: int, place: str, year: int, by: Acting) -> list[Computed]:
    """Compute every formula of an outline for a place and a year from values in force and the house's measures.

    The result is kept with what it was made of; one that changed restates the one before. It is stored and not computed
    for each reader, because measures count only what the reader may see.
    """
    by.require(Verb.INDICATOR_CONFIRM)
    outline = Outline.objects.get(pk=outline_id)
    found = []
    for indicator in queries.indicators_of(outline, year).exclude(formula=""):
        try:
            known = {ref: _known(ref, indicator, place, year) for ref in formulas.references(indicator.formula)}
            value = formulas.compute(indicator.formula, known, indicator.unit)
        except FormulaError as error:
            found.append(Computed(indicator, None, str(error)))
            continue
        if value is not None:
            value = value.quantize(rules.KEPT)
            _keep(indicator, place, year, value, known, by)
        found.append(Computed(indicator, value))
    return found


def _known(ref: Reference, indicator: Indicator, place: str, year: int) -> Quantity:
    if ref.function == formulas.MEASURE:
        measure = queries.measure_of(ref.key)
        if measure is None:
            raise FormulaError(f"没有业务数据“{ref.key}”，请核对键。")
        return formulas.of_unit(queries.measure_in(measure, place, year), measure.unit)
    value = Observation.objects.filter(
        indicator__code=ref.key, indicator__place=indicator.place, place=place, year=year, state__in=IN_FORCE
    ).select_related("indicator").first()  # fmt: skip
    other = value.indicator if value else Indicator.objects.filter(code=ref.key, place=indicator.place).first()
    if other is None:
        raise FormulaError(f"没有指标“{ref.key}”，请核对代码。")
    if ref.function == formulas.INDICATOR:
        return formulas.of_unit(value.number if value else None, other.unit)
    numbers = {
        formulas.NUMERATOR: value.numerator if value else None,
        formulas.DENOMINATOR: value.denominator if value else None,
    }
    return formulas.of_unit(numbers[ref.function], other.counted_in)


def _keep(
    indicator: Indicator, place: str, year: int, value: Decimal, known: dict[Reference, Quantity], by: Acting
) -> None:
    old = Observation.objects.select_for_update(of=("self",)).filter(
        indicator=indicator, place=place, year=year, state__in=IN_FORCE
    ).first()  # fmt: skip
    inputs = [[ref.function, ref.key, rules.short(quantity.amount)] for ref, quantity in known.items()]
    if old is not None and old.value == value and old.inputs == inputs:
        return
    now = clock.now()
    published = old is not None and old.state == ValueState.PUBLISHED
    if old is not None:
        Observation.objects.filter(pk=old.pk).update(state=ValueState.REVISED)
    made = Observation.objects.create(
        indicator=indicator, place=place, year=year, value=value, inputs=inputs,
        state=ValueState.PUBLISHED if published else ValueState.CONFIRMED, restates=old, why="公式重算" if old else "",
        source=f"公式：{indicator.formula}"[:300], saved_at=now, saved_by=by.signature, confirmed_at=now,
        confirmed_by=by.signature, published_at=now if published else None,
    )  # fmt: skip
    note(by, "indicator.compute", made, value=rules.short(value))
