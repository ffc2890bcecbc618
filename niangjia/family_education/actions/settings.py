"""What the operator sets for all: terms, the education day, the duties themselves, kinds of venue."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core.codes import district_of
from niangjia.core.refused import Refused, check, in_words
from niangjia.family_education import queries, rules
from niangjia.family_education.actions.common import note
from niangjia.family_education.kinds import How, Party, Season
from niangjia.family_education.models import Duty, EducationDay, Semester, VenueKind


@transaction.atomic
def set_semester(*, year: int, season: Season, starts_on: dt.date, ends_on: dt.date, by: Acting) -> Semester:
    """The days of a term. Setting it again corrects it. Raises Refused naming the field."""
    by.require(Verb.FAMILY_MANAGE)
    others = [queries.period_of(one) for one in Semester.objects.exclude(year=year, season=season)]
    if wrong := rules.term_fault(season, year, starts_on, ends_on, others):
        raise Refused("学期没有保存。", wrong)
    made, _ = Semester.objects.update_or_create(
        year=year, season=season, defaults={"starts_on": starts_on, "ends_on": ends_on}
    )
    place = district_of(by.place)
    note("family.semester", f"semester:{made.pk}", place, title=str(made), on=f"{starts_on}至{ends_on}", by=by)
    return made


@transaction.atomic
def set_education_day(*, year: int, day: dt.date, by: Acting) -> EducationDay:
    """The family-education day of a year, as the operator decides (条例 art. 9). Raises Refused unless it lies in its May."""
    by.require(Verb.FAMILY_MANAGE)
    if (day.year, day.month) != (year, 5):
        raise Refused(f"家庭教育日应在{year}年5月。", {"day": f"请选{year}年5月的日期。"})
    made, _ = EducationDay.objects.update_or_create(year=year, defaults={"day": day})
    note("family.day", f"education_day:{year}", district_of(by.place), on=str(day), by=by)
    return made


@transaction.atomic
def keep_duty(*, duty_id: int | None, by: Acting, **fields: Any) -> Duty:
    """Enter or change a duty. A number that changes with a new text should be a new duty, the old one ended.

    Raises Refused naming the field.
    """
    by.require(Verb.FAMILY_MANAGE)
    duty = Duty() if duty_id is None else Duty.objects.select_for_update().get(pk=duty_id)
    for key, value in fields.items():
        setattr(duty, key, value)
    if duty.valid_to is not None and duty.valid_to < duty.valid_from:
        raise Refused("失效日期不能早于生效日期。", {"valid_to": "请核对日期。"})
    if duty.party == Party.DEPARTMENT and not queries.words_of(duty):
        raise Refused("部门职责请写明由哪些单位承担。", {"words": "请写单位简称里的字，如：教委、教育。"})
    if duty.how == How.COUNT and duty.party not in (Party.SCHOOL, Party.KINDERGARTEN, Party.TOWN):
        raise Refused("只有学校、幼儿园和镇街按场次计。", {"how": "请选“有或没有，附材料”。"})
    if duty.number < 1:
        raise Refused("次数至少为1。", {"number": "至少1次。"})
    check(duty)
    duty.save()
    note("family.duty", f"duty:{duty.pk}", district_of(by.place), title=duty.what, article=duty.article, by=by)
    return duty


@transaction.atomic
def keep_venue_kind(*, kind_id: int | None, label: str, entered: bool, active: bool, by: Acting) -> VenueKind:
    """Enter or change a kind of venue. Raises Refused for a label that is taken."""
    by.require(Verb.FAMILY_MANAGE)
    kind = VenueKind() if kind_id is None else VenueKind.objects.select_for_update().get(pk=kind_id)
    kind.label, kind.entered, kind.active = label.strip(), entered, active
    if not kind.label:
        raise Refused("请填写场所类别。", {"label": "请填写。"})
    taken = f"已有“{kind.label}”。"
    with in_words({"family_venuekind_label_key": Refused(taken, {"label": taken})}):
        kind.save()
    note("family.venue", f"venue_kind:{kind.pk}", district_of(by.place), title=kind.label, by=by)
    return kind
