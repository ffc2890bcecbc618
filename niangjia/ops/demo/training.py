"""The demonstration's year of skills training: four classes held, one that takes names, one that was called off."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.utils.timezone import make_aware

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.access.acting import record as trail_record
from niangjia.attendance import actions as attendance
from niangjia.attendance import queries as attendances
from niangjia.attendance.actions import Tap
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.letters.word import letter_document
from niangjia.ops.demo.district import DemoDistrict, Seat
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.org.models import Unit
from niangjia.people import actions as people
from niangjia.training import actions, queries
from niangjia.training.actions import Lesson, Score, SignUp
from niangjia.training.kinds import (
    QUESTIONS,
    WORKING,
    Category,
    Education,
    EnrolmentState,
    Intention,
    Outcome,
    PaperKind,
)
from niangjia.training.models import Course, Enrolment, FollowUp, Project

SCHOOL = "巾帼培训学校"
TRAINER = Seat("peixun", SCHOOL, PostRole.LIAISON)
CLASS_SIZE = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """A class: what, in which town, how many days ago it began, for how many days, how far it came."""

    subject: str
    town: str
    begins: int
    days: int
    women: int
    until: str


PLANS = (
    Plan("家政服务", "敦仁街道", -195, 3, CLASS_SIZE, "AUDITED"),
    Plan("榨菜加工", "珍溪镇", -130, 3, CLASS_SIZE, "AUDITED"),
    Plan("电商直播", "李渡街道", -75, 3, CLASS_SIZE, "SUBSIDY_CLAIMED"),
    Plan("手工编织", "龙潭镇", -33, 3, CLASS_SIZE, "CLOSED"),
    Plan("家政服务", "敦仁街道", 14, 3, 14, "ENROLLING"),
    Plan("乡村旅游", "武陵山乡", 9, 2, 3, "CANCELLED"),
)
WORDS = ("老师很耐心，多练几遍就会了。", "希望再办一期提高班。", "地方近，不耽误接孩子。", "时间再长一点更好。")
WORK = ("家政公司", "榨菜加工厂", "自家网店", "社区食堂", "编织合作社")


def train(district: DemoDistrict) -> None:
    """A project with its classes, each as far as its day has come."""
    Training(district).run()


class Training:
    """The people of the classes at work."""

    def __init__(self, district: DemoDistrict) -> None:
        self.district = district
        self.draw = Random(f"{district.invent.draw.random()}")  # noqa: S311  invented work
        self.today = clock.today()
        self.officer, self.chair = district.seat("qu.ganshi"), district.seat("qu.zhuxi")
        self.school = self._open_school()
        self.teacher = district.seat(TRAINER.username)

    def _open_school(self) -> Unit:
        """The training body and the account of its liaison."""
        house, since = self.district.house, dt.date(self.today.year - 3, 3, 1)
        with acting_as(house):
            school = org.add_unit(
                name="涪陵巾帼职业培训学校", short_name=SCHOOL, kind=UnitKind.SUPPLIER,
                parent=self.district.units["涪陵区妇联"], since=since,
            )  # fmt: skip
            post = org.appoint(
                unit=school, role=TRAINER.role, name=self.district.invent.name(), phone=self.district.invent.phone(),
                starts_on=since, ends_on=dt.date(self.today.year + 3, 2, 28),
            )  # fmt: skip
            account = people.make_account(
                officer=post.officer, username=TRAINER.username, password=settings.NIANGJIA_DEMO_PASSWORD
            )
            trail_record(
                by=house, stream=f"account:{account.pk}", verb="account.open", subject=f"account:{account.pk}",
                place=self.district.place, summary={"username": account.username},
            )  # fmt: skip
        TOTP.activate(account, generate_totp_secret())
        return school

    def at(self, day: dt.date, hour: int = 10, minute: int = 12) -> dt.datetime:
        """A moment of a day, never later than now."""
        return min(make_aware(dt.datetime.combine(day, dt.time(hour, minute))), clock.now())

    def run(self) -> None:
        with clock.frozen(self.at(dt.date(self.today.year, 2, 10))), acting_as(self.officer):
            project = actions.save_project(
                by=self.officer, title="农村留守妇女就业技能培训", year=self.today.year, fund_source="就业补助资金",
                unit_price=Decimal(600), target_heads=110, document_no=f"涪妇发〔{self.today.year}〕5号",
            )  # fmt: skip
        for plan in PLANS:
            course = self._open(project, plan)
            women = self._enrol(course, plan)
            if plan.until == "CANCELLED":
                self._cancel(course)
            elif plan.until != "ENROLLING":
                self._hold(course, women, plan)

    def _open(self, project: Project, plan: Plan) -> Course:
        starts_on = self.today + dt.timedelta(days=plan.begins)
        ends_on = starts_on + dt.timedelta(days=plan.days - 1)
        town = next(u for u in self.district.units.values() if u.short_name == f"{plan.town}妇联")
        planned = min(starts_on, self.today) - dt.timedelta(days=25)
        with clock.frozen(self.at(planned)), acting_as(self.officer):
            course = actions.plan_course(
                project_id=project.pk, by=self.officer, token=uuid.UUID(int=self.draw.getrandbits(128)), subject=plan.subject,
                title="", hours=8 * plan.days, capacity=CLASS_SIZE, place=town.place, venue=f"{plan.town}妇女之家",
                trainer=self.school, teachers="区培训师资库", contact="023-72220000", starts_on=starts_on, ends_on=ends_on,
                enrol_until=starts_on - dt.timedelta(days=2),
                plan=f"{plan.subject}基础知识和实操，每天上午、下午各一次签到；最后半天考核。",
            )  # fmt: skip
            lessons = [
                Lesson(starts_on + dt.timedelta(days=n), dt.time(9), dt.time(17), title, "外聘教师", twice=True)
                for n, title in zip(range(plan.days), ("入门和安全", "实操练习", "综合实训和考核"), strict=False)
            ]
            actions.set_timetable(course_id=course.pk, lessons=lessons, by=self.officer)
            self._paper(course, PaperKind.NOTICE, f"{course.title}开班通知")
        with clock.frozen(self.at(planned, 15)), acting_as(self.chair):
            actions.approve(course_id=course.pk, by=self.chair)
        with clock.frozen(self.at(planned + dt.timedelta(days=1))), acting_as(self.officer):
            return actions.open_enrolment(course_id=course.pk, by=self.officer)

    def _paper(self, course: Course, kind: PaperKind, title: str) -> None:
        text = letter_document(
            title, [f"{course.title}定于{course.starts_on:%Y年%m月%d日}在{course.venue}开班，请组织报名。"]
        )
        actions.add_paper(
            course_id=course.pk, kind=kind, title=title, by=self.officer,
            file=lambda: files.store(
                name=f"{title}.docx", data=text, purpose="training_paper", place=course.place, by=self.officer, kinds={FileKind.DOCX}
            ),
        )  # fmt: skip

    def _enrol(self, course: Course, plan: Plan) -> list[Enrolment]:
        """Villages of the town sign women up; the last but one is not proved yet, the last is of another trade's age."""
        villages = [
            unit.place for unit in self.district.units.values()
            if unit.kind == UnitKind.FEDERATION and codes.contains(course.place, unit.place) and codes.level_of(unit.place) is Level.VILLAGE
        ][:5]  # fmt: skip
        made = []
        for number in range(plan.women):
            chair = self.district.chair_of(villages[number % len(villages)])
            who = self.district.invent.woman(born_after=1972, born_before=2002)
            unproved = plan.until == "ENROLLING" and number % 5 == 4
            day = course.enrol_until - dt.timedelta(days=self.draw.randrange(1, 12))
            said = SignUp(
                name=who.name, number=who.id_number, place=chair.place, phone=who.phone, rural=True,
                category=self.draw.choice([Category.LEFT_BEHIND] * 5 + [Category.REGISTERED, Category.SUBSISTENCE, Category.DISABLED]),
                education=self.draw.choice(list(Education)), intention=self.draw.choice(list(Intention)),
                away_months=None if unproved else self.draw.randrange(6, 30), publish=self.draw.random() < 0.7,
            )  # fmt: skip
            with clock.frozen(self.at(day, 9 + number % 8)), acting_as(chair):
                token = uuid.UUID(int=self.draw.getrandbits(128))
                made.append(actions.enrol(course_id=course.pk, who=said, by=chair, token=token))
        return made

    def _cancel(self, course: Course) -> None:
        with clock.frozen(self.at(self.today - dt.timedelta(days=1))), acting_as(self.officer):
            actions.cancel(course_id=course.pk, reason="雨季道路中断，改到明年春季开班", by=self.officer)

    def _hold(self, course: Course, women: Sequence[Enrolment], plan: Plan) -> None:
        """Begin, teach, examine, close; then certificates, the claim and the calls as far as time has come."""
        with clock.frozen(self.at(course.enrol_until + dt.timedelta(days=1))), acting_as(self.officer):
            actions.accept_all(course_id=course.pk, by=self.officer)
            actions.start(
                course_id=course.pk, by=self.officer, small_why="" if len(women) >= CLASS_SIZE else "报名人数不足"
            )
        self._teach(course)
        done = course.ends_on + dt.timedelta(days=2)
        with clock.frozen(self.at(done)), acting_as(self.officer):
            actions.begin_exam(course_id=course.pk, by=self.officer)
        with clock.frozen(self.at(done, 14)), acting_as(self.teacher):
            names = (
                Enrolment.objects.filter(course=course, state=EnrolmentState.ATTENDING)
                .order_by("pk")
                .values_list("pk", "name")
            )
            scores = [Score(pk, name, Decimal(self.draw.randrange(58, 98)), pk) for pk, name in names]
            actions.save_scores(course_id=course.pk, scores=scores, by=self.teacher)
        self._rate(course)
        with clock.frozen(self.at(done, 17)), acting_as(self.officer):
            actions.close(course_id=course.pk, by=self.officer)
            actions.certify(course_id=course.pk, by=self.officer)
        if plan.until in ("SUBSIDY_CLAIMED", "AUDITED"):
            with clock.frozen(self.at(done + dt.timedelta(days=8))), acting_as(self.officer):
                claim = actions.claim(course_id=course.pk, by=self.officer)
        if plan.until == "AUDITED":
            with clock.frozen(self.at(done + dt.timedelta(days=25))), acting_as(self.chair):
                actions.audit(course_id=course.pk, heads=claim.heads, by=self.chair)
        self._call(course)

    def _teach(self, course: Course) -> None:
        """Signing in on one phone, morning and afternoon; one woman came once, a few missed an afternoon."""
        with acting_as(self.officer):
            sessions = list(attendances.sessions_of(course.about))
            roster = list(attendances.roster(course.about))
        for number, session in enumerate(sessions):
            for half, hour in zip(session.halves, (9, 14), strict=True):
                first = number == 0 and hour == 9
                here = [
                    one for place, one in enumerate(roster)
                    if (first if place == 0 else first or self.draw.random() > 0.02)
                ]  # fmt: skip
                with clock.frozen(self.at(session.on, hour, 6)), acting_as(self.teacher):
                    taps = [Tap(one.pk, uuid.UUID(int=self.draw.getrandbits(128)), half) for one in here]
                    attendance.mark_many(session_id=session.pk, taps=taps, by=self.teacher, device="演示手机")
            with clock.frozen(self.at(session.on, 17, 30)), acting_as(self.officer):
                attendance.hold_session(session_id=session.pk, by=self.officer)

    def _rate(self, course: Course) -> None:
        visitor: Acting = access.visitor()
        with clock.frozen(self.at(course.ends_on + dt.timedelta(days=1), 19)), acting_as(visitor):
            for number in range(18):
                marks = {key: self.draw.choice((5, 5, 5, 4, 4, 3)) for key, _ in QUESTIONS}
                actions.rate(
                    code=course.feedback_code, marks=marks, token=uuid.UUID(int=self.draw.getrandbits(128)), by=visitor,
                    words=WORDS[number % 4] if number % 5 == 0 else "",
                )  # fmt: skip

    def _call(self, course: Course) -> None:
        """Each village calls its women when the time has come, but for a few it forgot."""
        with acting_as(self.officer):
            calls = list(queries.due_follow_ups(self.today - dt.timedelta(days=1)).filter(enrolment__course=course))
        last: dict[int, Outcome] = {}
        for number, call in enumerate(calls):
            if number % 17 == 16:
                continue
            chair, before = self.district.chair_of(call.place), last.get(call.enrolment_id)
            outcome = before if before in WORKING else self._outcome()
            last[call.enrolment_id] = outcome
            self._said(call, outcome, chair)

    def _outcome(self) -> Outcome:
        return self.draw.choice([Outcome.EMPLOYED] * 4 + [Outcome.SELF] * 2 + [Outcome.HOME] * 3 + [Outcome.UNREACHED])

    def _said(self, call: FollowUp, outcome: Outcome, chair: Acting) -> None:
        works = outcome in WORKING
        with clock.frozen(self.at(call.due_on, 16)), acting_as(chair):
            actions.follow_up(
                follow_up_id=call.pk, outcome=outcome, by=chair, employer=self.draw.choice(WORK) if works else "",
                income=self.draw.randrange(18, 42) * 100 if works and self.draw.random() < 0.6 else None,
            )  # fmt: skip
