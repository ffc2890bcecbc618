"""The register of parents' schools, and what each means to do in a term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.outcome import Answer, Outcome, counted
from niangjia.core.refused import Refused
from niangjia.family_education.actions.common import note, require_own
from niangjia.family_education.kinds import SchoolType
from niangjia.family_education.models import School, Semester, TermPlan
from niangjia.org import actions as org
from niangjia.org import queries as org_queries
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit


@transaction.atomic
def keep_school(
    *,
    unit_id: int,
    type: SchoolType,  # noqa: A002
    place: str,
    by: Acting,
    head: str = "",
    opened_on: dt.date | None = None,
    closed_on: dt.date | None = None,
    model_on: dt.date | None = None,
) -> School:
    """Register the parents' school of a school, or change what is known of it. Raises Refused naming the field."""
    by.require(Verb.FAMILY_MANAGE)
    unit = Unit.objects.get(pk=unit_id)
    if unit.kind != UnitKind.SCHOOL:
        raise Refused(f"{unit.short_name}不是学校。请先在“组织与名册”中添加学校。", {"unit": "请选学校。"})
    school = School.objects.select_for_update().filter(unit=unit).first() or School(unit=unit)
    school.type, school.place, school.head = type, place, head.strip()
    school.opened_on = opened_on or school.opened_on or clock.today()
    school.closed_on, school.model_on = closed_on, model_on
    if closed_on is not None and closed_on < school.opened_on:
        raise Refused("停办日期不能早于开办日期。", {"closed_on": "请核对日期。"})
    if not codes.contains(by.place, place):
        raise Refused("所在地不在本区县。", {"place": "请重新选择。"})
    school.save()
    note("family.school", f"school:{school.pk}", place, title=unit.short_name, kind=type.label, by=by)
    return school


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One row of the register."""

    number: int
    name: str
    short_name: str
    type: SchoolType
    place: str
    head: str
    opened_on: dt.date | None
    model_on: dt.date | None


@transaction.atomic
def take_schools(*, rows: Sequence[SchoolRow], by: Acting, report: Callable[[int], None]) -> dict[int, Answer]:
    """Take the register in; the answer of each row by its number. A school is known by its name; one that is new to the
    organisation is added to it. A second import changes nothing."""
    by.require(Verb.FAMILY_MANAGE)
    by.require(Verb.ORG_WRITE)
    units = {unit.name: unit for unit in org_queries.units().filter(kind=UnitKind.SCHOOL)}
    known = {school.unit_id: school for school in School.objects.all()}
    top, seen, answers = org_queries.district_federation(), dict[str, int](), dict[int, Answer]()
    for done, row in enumerate(rows):
        if done % 100 == 0:
            report(done)
        if row.name in seen:
            answers[row.number] = Answer(Outcome.REFUSED, "name", f"与第 {seen[row.name]} 行是同一所学校。请删去一行。")
            continue
        seen[row.name] = row.number
        answers[row.number] = _take_school(row, units.get(row.name), known, top, by)
    counts = counted(answer.outcome for answer in answers.values())
    note("family.schools.import", f"division:{by.place}", by.place, **counts, by=by)
    return answers


def _take_school(row: SchoolRow, unit: Unit | None, known: dict[int, School], top: Unit, by: Acting) -> Answer:
    before = known.get(unit.pk) if unit is not None else None
    if before is not None and (before.type, before.place, before.head, before.model_on) == (
        row.type, row.place, row.head, row.model_on,
    ) and row.opened_on in (None, before.opened_on):  # fmt: skip
        return Answer(Outcome.SAME)
    try:
        with transaction.atomic():
            if unit is None:
                unit = org.add_unit(
                    name=row.name, short_name=row.short_name, kind=UnitKind.SCHOOL, parent=top, since=clock.today()
                )
            keep_school(
                unit_id=unit.pk, type=row.type, place=row.place, head=row.head, opened_on=row.opened_on,
                closed_on=before.closed_on if before else None, model_on=row.model_on, by=by,
            )  # fmt: skip
    except org.OrgRefused as refused:
        return Answer(Outcome.REFUSED, "short_name", str(refused))
    except Refused as refused:
        field, text = next(iter(refused.fields.items()), ("name", str(refused)))
        return Answer(Outcome.REFUSED, field, text)
    return Answer(Outcome.UPDATED if before is not None else Outcome.ADDED)


@transaction.atomic
def plan_term(*, school_id: int, semester_id: int, text: str, by: Acting) -> TermPlan:
    """What a parents' school means to do in a term, said by the school itself or by the district."""
    school, semester = School.objects.get(pk=school_id), Semester.objects.get(pk=semester_id)
    require_own(school.unit_id, by=by)
    if not text.strip():
        raise Refused("请写下学期计划。", {"text": "请填写。"})
    made, _ = TermPlan.objects.update_or_create(
        school=school, semester=semester,
        defaults={
            "unit_id": school.unit_id, "place": school.place, "text": text.strip()[:1000], "said_by": by.signature,
            "said_at": clock.now(),
        },
    )  # fmt: skip
    note("family.plan", f"school:{school.pk}", school.place, title=str(semester), by=by)
    return made
