"""Named writes of projects, standards and classes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.attendance import actions as attendance
from niangjia.attendance import queries as attendances
from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Session
from niangjia.certificates import actions as certificates
from niangjia.core import clock, codes
from niangjia.core.refused import Refused, check
from niangjia.files.models import StoredFile
from niangjia.training import queries, rules
from niangjia.training.actions.common import become, locked_course, note, require_other, require_state
from niangjia.training.kinds import (
    LIVE,
    MONTHS,
    ClassKind,
    CourseState,
    EnrolmentState,
    PaperKind,
)
from niangjia.training.models import Course, Enrolment, FollowUp, Paper, Project, Standard

MOST_LESSONS = 60  # half-days of one class; more is a slip of the pen


@transaction.atomic
def save_standard(*, kind: ClassKind, valid_from: dt.date, by: Acting, **limits: Any) -> Standard:
    """Limits for classes that begin from a day on. Classes that began earlier keep theirs."""
    by.require(Verb.TRAINING_MANAGE)
    if by.level is not codes.Level.DISTRICT:
        raise Refused("培训标准由区妇联维护。")
    made = Standard.objects.filter(kind=kind, valid_from=valid_from).first() or Standard(
        kind=kind, valid_from=valid_from
    )
    for key, value in limits.items():
        setattr(made, key, value)
    check(made, validate_unique=False)
    made.save()
    record(
        by=by, stream="training:standards", verb="training.standard", subject=f"standard:{made.pk}", place=by.place,
        summary={"kind": kind, "from": str(valid_from)},
    )  # fmt: skip
    return made


@transaction.atomic
def save_project(*, by: Acting, project_id: int | None = None, **fields: Any) -> Project:
    """Make a project of one's own unit, or change one. Raises Refused naming the field."""
    by.require(Verb.TRAINING_MANAGE)
    if project_id is None:
        assert by.unit_id is not None
        project = Project(unit_id=by.unit_id, place=by.place)
    else:
        project = Project.objects.select_for_update(of=("self",)).get(pk=project_id)
        if not codes.contains(by.place, project.place):
            raise Refused("这个项目由上级妇联管理，您可以在它下面开班。")
    for key, value in fields.items():
        setattr(project, key, value)
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as error:
        raise Refused("这一年已有同名项目。", {"title": "请换个名称。"}) from error
    record(
        by=by, stream=f"project:{project.pk}", verb="training.project", subject=f"project:{project.pk}",
        place=project.place, summary={"title": project.title, "year": project.year},
    )  # fmt: skip
    return project


# ---------------------------------------------------------------- a class


@dataclass(frozen=True, slots=True)
class Lesson:
    """A half-day or a day of the timetable."""

    on: dt.date
    begins: dt.time
    ends: dt.time
    title: str
    teacher: str = ""
    twice: bool = False


def _faults(course: Course, standard: rules.Standard) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not standard.size_min <= course.capacity <= standard.size_max:
        wrong["capacity"] = f"每班{standard.size_min}至{standard.size_max}人，请改正名额。"
    if course.ends_on < course.starts_on:
        wrong["ends_on"] = "结束日期不能早于开班日期。"
    if course.enrol_until > course.ends_on:
        wrong["enrol_until"] = "报名截止不能晚于结束日期。"
    if course.hours < 1:
        wrong["hours"] = "请填写学时。"
    return wrong


@transaction.atomic
def plan_course(*, project_id: int, by: Acting, token: uuid.UUID | None = None, **fields: Any) -> Course:
    """Write a class down; it waits for approval. Sent twice (the same ``token``) it is one."""
    by.require(Verb.TRAINING_MANAGE)
    token = token or uuid.uuid4()
    if known := Course.objects.filter(token=token).first():
        return known
    project = Project.objects.get(pk=project_id)
    last: int | None = Course.objects.filter(project=project).aggregate(last=Max("number"))["last"]
    fields.setdefault("unit_id", by.unit_id)
    course = Course(
        project=project, kind=project.kind, number=(last or 0) + 1, planned_by_account=by.account_id, token=token,
        feedback_code=certificates.new_code(),
    )  # fmt: skip
    _fill(course, fields, by)
    course.save()
    note("plan", course, by=by)
    return course


def _fill(course: Course, fields: dict[str, Any], by: Acting) -> None:
    for key, value in fields.items():
        setattr(course, key, value)
    if not course.place or not codes.contains(by.place, course.place):
        raise Refused("上课地点应在您的管理范围内。", {"place": "请重新选择。"})
    if not course.title:
        course.title = f"{course.subject}班（第{course.number}期）"
    limits = queries.standard(course.kind, course.starts_on).limits
    if wrong := _faults(course, limits):
        raise Refused("班次没有保存，请改正标出的地方。", wrong)


@transaction.atomic
def change_course(*, course_id: int, by: Acting, revision: int | None = None, **fields: Any) -> Course:
    """Correct a class before it begins. An approved one keeps subject, hours and capacity: those were approved."""
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(course_id, revision)
    require_state(course, CourseState.PLANNED, CourseState.APPROVED, CourseState.ENROLLING, CourseState.RUNNING)
    fixed = () if course.state == CourseState.PLANNED else ("subject", "hours", "level", "has_exam")
    for key in fixed:
        if key in fields and fields[key] != getattr(course, key):
            raise Refused(
                "已批准的班次不能改工种、等级、学时和考核方式；确需改动请取消后重新报批。", {key: "不能改动。"}
            )
    was = course.place
    _fill(course, fields, by)
    if course.place != was and Enrolment.objects.filter(course=course).exists():
        raise Refused("已有人报名，上课地点所属村（社区）不能再改；请改“地点”说明。", {"place": "不能改动。"})
    course.revision += 1
    course.save()
    note("change", course, by=by)
    return course


@transaction.atomic
def set_timetable(*, course_id: int, lessons: Sequence[Lesson], by: Acting) -> list[Session]:
    """Add lessons to the timetable; each is a session one signs in to, once or twice a day. Known ones are left alone.

    Raises Refused naming the row of the first lesson that cannot be.
    """
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(course_id)
    require_state(course, CourseState.PLANNED, CourseState.APPROVED, CourseState.ENROLLING, CourseState.RUNNING)
    known = {(s.on, s.starts_at) for s in attendances.sessions_of(course.about) if s.state != SessionState.CANCELLED}
    made = []
    for row, lesson in enumerate(lessons, start=1):
        if not course.starts_on <= lesson.on <= course.ends_on:
            raise Refused(
                f"第{row}行：{lesson.on:%Y-%m-%d}不在{course.starts_on:%Y-%m-%d}至{course.ends_on:%Y-%m-%d}之间。",
                {"on": "请改正日期。"},
            )
        if lesson.ends <= lesson.begins:
            raise Refused(f"第{row}行：下课时间应晚于上课时间。", {"ends": "请改正时间。"})
        starts_at = dt.datetime.combine(lesson.on, lesson.begins, clock.CHINA)
        if (lesson.on, starts_at) in known:
            continue
        if len(known) >= MOST_LESSONS:
            raise Refused(f"一个班最多{MOST_LESSONS}节课。")
        known.add((lesson.on, starts_at))
        made.append(
            attendance.plan_session(
                subject=course.about, unit=course.unit, title=f"{course.title} {lesson.title}"[:80], starts_at=starts_at,
                ends_at=dt.datetime.combine(lesson.on, lesson.ends, clock.CHINA), twice=lesson.twice, venue=course.venue,
                host=lesson.teacher[:40], host_unit=course.trainer, place=course.place, by=by,
            )
        )  # fmt: skip
    if made:
        note("timetable", course, by=by, lessons=len(made))
    return made


# ---------------------------------------------------------------- its way


@transaction.atomic
def approve(*, course_id: int, by: Acting, revision: int | None = None) -> Course:
    """Approve a class; who planned it may not. The plan and a timetable must be there."""
    by.require(Verb.TRAINING_APPROVE)
    course = locked_course(course_id, revision)
    if course.planned_by_account == by.account_id:
        require_other(frozenset({Verb.TRAINING_MANAGE}), Verb.TRAINING_APPROVE)
    if not course.plan.strip():
        raise Refused("还没有教学计划，补上后再批准。")
    if not attendances.sessions_of(course.about):
        raise Refused("还没有课程表，补上后再批准。")
    become(course, CourseState.APPROVED)
    course.approved_by, course.approved_on = by.signature, clock.today()
    course.save()
    note("approve", course, by=by)
    return course


@transaction.atomic
def open_enrolment(*, course_id: int, by: Acting, revision: int | None = None) -> Course:
    """From now on one may sign up, on the phone or with the village."""
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(course_id, revision)
    if course.enrol_until < clock.today():
        raise Refused("报名截止日期已过，请先修改班次。", {"enrol_until": "已过。"})
    become(course, CourseState.ENROLLING)
    course.save()
    note("open", course, by=by)
    return course


@transaction.atomic
def start(*, course_id: int, by: Acting, revision: int | None = None, small_why: str = "") -> Course:
    """The class begins with those accepted. Fewer than the standard asks for needs a reason."""
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(course_id, revision)
    women = list(Enrolment.objects.select_for_update().filter(course=course, state=EnrolmentState.ACCEPTED))
    least = queries.standard(course.kind, course.starts_on).size_min
    if not women:
        raise Refused("还没有录取一个人，不能开班。")
    if len(women) < least and not small_why.strip():
        raise Refused(f"录取{len(women)}人，不足{least}人。仍要开班请写明原因。", {"small_why": "请写明原因。"})
    become(course, CourseState.RUNNING)
    course.small_why = small_why.strip()[:80]
    course.save()
    for woman in women:
        woman.state = EnrolmentState.ATTENDING
    Enrolment.objects.bulk_update(women, ["state"])
    note("start", course, by=by, women=len(women))
    return course


@transaction.atomic
def begin_exam(*, course_id: int, by: Acting, revision: int | None = None) -> Course:
    """Teaching is over. Every lesson must have been held or cancelled."""
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(course_id, revision)
    open_ = [s for s in attendances.sessions_of(course.about) if s.state == SessionState.PLANNED]
    if open_:
        raise Refused(f"还有{len(open_)}节课没有确认上过或取消，最早的是{open_[0].on:%m月%d日}。请先在“签到”里确认。")
    become(course, CourseState.EXAM)
    course.save()
    note("exam", course, by=by)
    return course


@transaction.atomic
def close(*, course_id: int, by: Acting, revision: int | None = None) -> Course:
    """The class is over: who was there often enough completed it, the others did not and are told why.

    The calls one, three and six months later are put on the list of where each woman lives.
    """
    by.require(Verb.TRAINING_MANAGE)
    course = locked_course(course_id, revision)
    become(course, CourseState.CLOSED)
    course.closed_on = clock.today()
    course.save()
    limits = queries.standard(course.kind, course.starts_on).limits
    women = list(Enrolment.objects.select_for_update().filter(course=course, state__in=LIVE))
    attended = queries.attendance(course, women, limits)
    calls = []
    for woman in women:
        if woman.state != EnrolmentState.ATTENDING:
            woman.state, woman.why, woman.ended_on = EnrolmentState.REFUSED, "已结班，未录取", course.closed_on
            continue
        there = attended[woman.pk]
        woman.present_halves, woman.held_halves = there.present, there.held
        if why := rules.why_incomplete(there):
            woman.state, woman.why, woman.ended_on = EnrolmentState.DROPPED, why, course.closed_on
            continue
        woman.state, woman.completed_on = EnrolmentState.COMPLETED, course.ends_on
        if course.kind == ClassKind.SKILLS:
            calls += [
                FollowUp(
                    enrolment=woman, month=month, due_on=rules.months_after(course.ends_on, month), place=woman.place
                )
                for month in MONTHS
            ]
    Enrolment.objects.bulk_update(women, ["state", "why", "ended_on", "present_halves", "held_halves", "completed_on"])
    FollowUp.objects.bulk_create(calls)
    completed = sum(woman.state == EnrolmentState.COMPLETED for woman in women)
    note("close", course, by=by, completed=completed, dropped=len(women) - completed)
    return course


@transaction.atomic
def cancel(*, course_id: int, reason: str, by: Acting, revision: int | None = None) -> Course:
    """The class does not take place. Whoever signed up leaves it and stands on a list of those to be told, once."""
    by.require(Verb.TRAINING_MANAGE)
    if len(reason.strip()) < 4:
        raise Refused("请写明取消原因（至少4个字），已报名的人会看到。", {"reason": "请写明原因。"})
    course = locked_course(course_id, revision)
    become(course, CourseState.CANCELLED)
    course.cancel_why = reason.strip()[:80]
    course.save()
    women = list(Enrolment.objects.select_for_update().filter(course=course, state__in=LIVE))
    for woman in women:
        woman.state, woman.why, woman.ended_on = EnrolmentState.DROPPED, f"班次取消：{course.cancel_why}", clock.today()
    Enrolment.objects.bulk_update(women, ["state", "why", "ended_on"])
    for session in attendances.sessions_of(course.about):
        if session.state == SessionState.PLANNED:
            attendance.cancel_session(session_id=session.pk, reason=course.cancel_why, by=by)
    note("cancel", course, by=by, reason=course.cancel_why, women=len(women))
    return course


# ---------------------------------------------------------------- papers


@transaction.atomic
def add_paper(*, course_id: int, kind: PaperKind, title: str, file: Callable[[], StoredFile], by: Acting) -> Paper:
    """Put a paper into the folder of a class; ``file`` is asked for once it may be."""
    by.require(Verb.TRAINING_MANAGE, Verb.TRAINING_TEACH)
    course = queries.course(course_id)
    if course.state == CourseState.CANCELLED:
        raise Refused("这个班已取消，不再存入材料。")
    stored = file()
    paper = Paper.objects.create(
        course=course, kind=kind, title=(title.strip() or stored.name)[:80], file=stored, added_at=clock.now(),
        added_by=by.signature, place=course.place,
    )  # fmt: skip
    note("paper", course, by=by, kind=kind.label, name=paper.title)
    return paper


@transaction.atomic
def remove_paper(*, paper_id: int, by: Acting) -> Paper:
    """Take a paper out of the folder; that it was there stays. Twice does no harm."""
    by.require(Verb.TRAINING_MANAGE)
    paper = Paper.objects.select_for_update(of=("self",)).select_related("course").get(pk=paper_id)
    if paper.removed_at is None:
        paper.removed_at = clock.now()
        paper.save(update_fields=["removed_at"])
        note("paper.remove", paper.course, by=by, kind=paper.get_kind_display(), name=paper.title)
    return paper
