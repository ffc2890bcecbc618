"""What the writes of training share."""

from __future__ import annotations

from niangjia.access import policy
from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core.refused import Refused
from niangjia.training import rules
from niangjia.training.kinds import CourseState
from niangjia.training.models import Course, Enrolment

CHANGED = "在您打开页面之后，其他人改过这条记录。页面已换成最新内容，请看过再决定。"


def note(verb: str, course: Course, *, by: Acting, **summary: object) -> None:
    """The trail of a class."""
    record(
        by=by, stream=course.about, verb=f"training.{verb}", place=course.place,
        summary={"title": course.title, **summary},
    )  # fmt: skip


def note_woman(verb: str, enrolment: Enrolment, *, by: Acting, **summary: object) -> None:
    """The trail of one woman's place in a class; her name is not in it."""
    record(
        by=by, stream=enrolment.about, verb=f"training.{verb}", place=enrolment.place,
        summary={"class": enrolment.course_id, **summary},
    )  # fmt: skip


def locked_course(course_id: int, revision: int | None = None) -> Course:
    """The class, held until the end of the act. Raises Course.DoesNotExist, and Refused when it was changed meanwhile."""
    course = (
        Course.objects.select_for_update(of=("self",)).select_related("project", "unit", "trainer").get(pk=course_id)
    )
    if revision is not None and revision != course.revision:
        raise Refused(CHANGED)
    return course


def locked_enrolment(enrolment_id: int) -> Enrolment:
    """Raises Enrolment.DoesNotExist."""
    return (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("course__project", "course__unit", "facts")
        .get(pk=enrolment_id)
    )


def require_state(course: Course, *states: CourseState) -> None:
    """Raise Refused unless the class is in one of these states."""
    if course.state not in states:
        wanted = "、".join(f"“{state.label}”" for state in states)
        raise Refused(f"这个班现在是“{course.get_state_display()}”，{wanted}时才能这样办。")


def become(course: Course, wanted: CourseState) -> None:
    """One step on the class's way, to be saved by the caller. Raises Refused when it does not lead there."""
    if not rules.may_become(course.state, wanted):
        raise Refused(f"这个班现在是“{course.get_state_display()}”，不能改为“{wanted.label}”。")
    course.state = wanted
    course.revision += 1


def require_other(done: frozenset[Verb], now: Verb) -> None:
    """Raise Refused when the roles table does not let who has ``done`` these do ``now`` on the same matter."""
    if why := policy.current().conflict(done, now):
        raise Refused(why)
