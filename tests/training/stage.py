"""A class and the women in it, made through the actions people use."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.attendance import actions as attendance
from niangjia.attendance import queries as attendances
from niangjia.attendance.actions import Tap
from niangjia.core import clock
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.people import actions as people
from niangjia.people.models import Account
from niangjia.training import actions
from niangjia.training.actions import Lesson, SignUp
from niangjia.training.kinds import ClassKind, CourseState
from niangjia.training.models import Course, Enrolment, Project
from tests.factories import id_number
from tests.personas import DADONGMEN, FULING, PASSWORD, SINCE, UNTIL, District

FIRST = dt.date(2026, 10, 12)
IN_TIME = dt.date(2026, 10, 1)  # before signing up ends
DAYS = 2
NAMES = ("张桂芳", "李桂芳", "王秀英", "赵玉兰", "钱淑珍", "孙素华", "周红梅", "吴春燕")


def sign_up(serial: int = 1, **changes: Any) -> SignUp:
    base: dict[str, Any] = {
        "name": NAMES[serial % len(NAMES)], "number": id_number(serial, birth="19850308"), "place": DADONGMEN,
        "phone": f"138001380{serial:02d}", "rural": True, "away_months": 8,
    }  # fmt: skip
    return SignUp(**{**base, **changes})


class School:
    """The district's training: a project, a trainer, and classes on their way."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.officer, self.chair = district.acting("officer"), district.acting("chair")
        self.village, self.town = district.acting("dadongmen"), district.acting("dunren")
        with acting_as(access.house(FULING)):
            self.trainer = org.add_unit(
                name="涪陵巾帼职业培训学校", short_name="巾帼培训学校", kind=UnitKind.SUPPLIER,
                parent=district.unit("涪陵区妇联"), since=SINCE,
            )  # fmt: skip
            post = org.appoint(
                unit=self.trainer, role=PostRole.LIAISON, name="培训联络员", starts_on=SINCE, ends_on=UNTIL
            )
            self.account: Account = people.make_account(officer=post.officer, username="trainer", password=PASSWORD)
        self.teacher: Acting = access.posts_of(self.account)[0]
        with acting_as(self.officer):
            standard = {
                "size_min": 2,
                "size_max": 50,
                "age_min": 18,
                "age_max": 60,
                "rural_only": True,
                "absence_months": 6,
            }
            actions.save_standard(kind=ClassKind.SKILLS, valid_from=dt.date(2026, 1, 1), by=self.officer, **standard)
            self.project: Project = actions.save_project(
                by=self.officer, title="农村留守妇女就业技能培训", year=2026, unit_price=Decimal(600), target_heads=100,
                fund_source="就业补助资金", document_no="涪妇发〔2026〕9号",
            )  # fmt: skip

    def plan(self, by: Acting | None = None, **changes: Any) -> Course:
        by = by or self.officer
        fields: dict[str, Any] = {
            "title": "家政服务班", "subject": "家政服务", "hours": 16, "capacity": 4, "venue": "社区妇女之家", "place": DADONGMEN,
            "trainer": self.trainer, "teachers": "甲老师", "plan": "收纳、照护、烹饪。", "starts_on": FIRST,
            "ends_on": FIRST + dt.timedelta(days=DAYS - 1), "enrol_until": FIRST, "contact": "023-72220000",
        }  # fmt: skip
        with acting_as(by):
            return actions.plan_course(project_id=self.project.pk, by=by, **{**fields, **changes})

    def lessons(self, course: Course) -> list[Lesson]:
        return [
            Lesson(
                course.starts_on + dt.timedelta(days=n), dt.time(9), dt.time(17), f"第{n + 1}天", "甲老师", twice=True
            )
            for n in range(DAYS)
        ]

    def opened(self, on: dt.date = dt.date(2026, 9, 20), **changes: Any) -> Course:
        """A class one can sign up for."""
        with clock.frozen(on):
            course = self.plan(**changes)
            with acting_as(self.officer):
                actions.set_timetable(course_id=course.pk, lessons=self.lessons(course), by=self.officer)
            with acting_as(self.chair):
                actions.approve(course_id=course.pk, by=self.chair)
            with acting_as(self.officer):
                return actions.open_enrolment(course_id=course.pk, by=self.officer)

    def enrol(self, course: Course, serial: int = 1, by: Acting | None = None, **changes: Any) -> Enrolment:
        by = by or self.village
        with clock.frozen(IN_TIME), acting_as(by):
            return actions.enrol(course_id=course.pk, who=sign_up(serial, **changes), by=by)

    def running(self, women: int = 3, **changes: Any) -> Course:
        """A class that began with some women."""
        course = self.opened(**changes)
        with clock.frozen(IN_TIME):
            for serial in range(1, women + 1):
                self.enrol(course, serial)
            with acting_as(self.officer):
                actions.accept_all(course_id=course.pk, by=self.officer)
                return actions.start(course_id=course.pk, by=self.officer)

    def taught(self, course: Course, present: Sequence[Sequence[int]]) -> None:
        """All lessons are held; ``present`` says for each woman in how many of the half-days she was there."""
        with acting_as(self.officer):
            women = list(Enrolment.objects.filter(course=course, participant__isnull=False).order_by("pk"))
            sessions = list(attendances.sessions_of(course.about))
        sittings = [(session, half) for session in sessions for half in session.halves]
        for n, (session, half) in enumerate(sittings):
            here = [woman for woman, there in zip(women, present, strict=True) if n in there]
            hour = 9 if half == "AM" else 14
            at = dt.datetime.combine(session.on, dt.time(hour, 10), clock.CHINA)
            with clock.frozen(at), acting_as(self.teacher):
                taps = [Tap(woman.participant_id or 0, uuid.uuid4(), half) for woman in here]
                attendance.mark_many(session_id=session.pk, taps=taps, by=self.teacher)
        for session in sessions:
            with clock.frozen(session.ends_at), acting_as(self.officer):
                attendance.hold_session(session_id=session.pk, by=self.officer)

    def closed(self, present: Sequence[Sequence[int]] = ((0, 1, 2, 3), (0, 1, 2, 3), (0,)), **changes: Any) -> Course:
        """A class that is over: by default two completed, the third was there once."""
        course = self.running(len(present), **changes)
        self.taught(course, present)
        with clock.frozen(course.ends_on + dt.timedelta(days=1)), acting_as(self.officer):
            actions.begin_exam(course_id=course.pk, by=self.officer)
            women = list(Enrolment.objects.filter(course=course, state="ATTENDING").order_by("pk"))
            scores = [actions.Score(n, one.name, Decimal(90 - 35 * n), one.pk) for n, one in enumerate(women)]
            actions.save_scores(course_id=course.pk, scores=scores, by=self.officer)
            return actions.close(course_id=course.pk, by=self.officer)

    def states(self, course: Course) -> list[str]:
        with acting_as(self.officer):
            assert CourseState(Course.objects.get(pk=course.pk).state)
            return list(Enrolment.objects.filter(course=course).order_by("pk").values_list("state", flat=True))
