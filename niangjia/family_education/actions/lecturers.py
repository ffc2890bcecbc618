"""The panel of lecturers, their personal codes, and the courses that can be ordered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.certificates.actions import new_code
from niangjia.core import clock
from niangjia.core.codes import district_of
from niangjia.core.refused import Refused
from niangjia.family_education import queries
from niangjia.family_education.actions.common import note
from niangjia.family_education.models import Course, Lecturer, LecturerCode
from niangjia.files.models import StoredFile

CODE_DAYS = 400


@transaction.atomic
def keep_lecturer(*, lecturer_id: int | None, by: Acting, **fields: Any) -> Lecturer:
    """Enter or change one of the panel. An empty ``phone`` leaves the one that is known. Raises Refused naming the field."""
    by.require(Verb.FAMILY_MANAGE)
    lecturer = Lecturer(place=district_of(by.place)) if lecturer_id is None else _locked(lecturer_id)
    for key, value in fields.items():
        if value or key != "phone":
            setattr(lecturer, key, value)
    if not lecturer.fields:
        raise Refused("请至少选一个擅长方向。", {"fields": "至少选一个。"})
    if lecturer.contract_to is not None and lecturer.contract_to < lecturer.contract_from:
        raise Refused("聘期止不能早于聘期起。", {"contract_to": "请核对日期。"})
    lecturer.save()
    note("family.lecturer", f"lecturer:{lecturer.pk}", lecturer.place, name=lecturer.name, by=by)
    return lecturer


def _locked(lecturer_id: int) -> Lecturer:
    return Lecturer.objects.select_for_update().get(pk=lecturer_id)


@transaction.atomic
def reveal_phone(*, lecturer_id: int, by: Acting) -> str:
    """Her phone, empty if none is known, for who arranges lectures; the trail keeps that it was shown."""
    if not by.may(Verb.FAMILY_MANAGE):
        by.require(Verb.FAMILY_ORDER)
    lecturer = Lecturer.objects.get(pk=lecturer_id)
    note("family.lecturer.phone", f"lecturer:{lecturer.pk}", lecturer.place, name=lecturer.name, by=by)
    return lecturer.phone.reveal() if lecturer.phone else ""


@transaction.atomic
def give_code(*, lecturer_id: int, by: Acting) -> str:
    """A new personal code for her page, shown once; the one before ends. Only its keyed hash is kept."""
    by.require(Verb.FAMILY_MANAGE)
    lecturer = _locked(lecturer_id)
    _end_code(lecturer)
    code = new_code()
    LecturerCode.objects.create(
        lecturer=lecturer, code_index=queries.code_index(code), until=clock.today() + dt.timedelta(days=CODE_DAYS),
        made_by=by.signature, made_at=clock.now(), place=lecturer.place,
    )  # fmt: skip
    note("family.code", f"lecturer:{lecturer.pk}", lecturer.place, name=lecturer.name, by=by)
    return code


@transaction.atomic
def end_code(*, lecturer_id: int, by: Acting) -> None:
    """Her code opens nothing any more. Twice does no harm."""
    by.require(Verb.FAMILY_MANAGE)
    lecturer = _locked(lecturer_id)
    if _end_code(lecturer):
        note("family.code.end", f"lecturer:{lecturer.pk}", lecturer.place, name=lecturer.name, by=by)


def _end_code(lecturer: Lecturer) -> int:
    return LecturerCode.objects.filter(lecturer=lecturer, ended_at__isnull=True).update(ended_at=clock.now())


@transaction.atomic
def keep_course(
    *, course_id: int | None, by: Acting, material: Callable[[], StoredFile | None] = lambda: None, **fields: Any
) -> Course:
    """Enter or change a course. Without new material it keeps what it has. Raises Refused naming the field."""
    by.require(Verb.FAMILY_MANAGE)
    course = (
        Course(place=district_of(by.place))
        if course_id is None
        else Course.objects.select_for_update(of=("self",)).get(pk=course_id)
    )
    for key, value in fields.items():
        setattr(course, key, value)
    if not 10 <= course.minutes <= 600:
        raise Refused("时长应在10至600分钟之间。", {"minutes": "请核对。"})
    course.material = material() or course.material
    course.save()
    note("family.course", f"course:{course.pk}", course.place, title=course.title, by=by)
    return course
