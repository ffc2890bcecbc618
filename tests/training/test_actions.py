"""A class from its plan to the calls half a year later, and what is refused on the way."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from niangjia.access import queries as access
from niangjia.access.acting import acting_as, record
from niangjia.core import clock, measures
from niangjia.core.counting import count_all
from niangjia.core.outcome import Outcome as Change
from niangjia.core.refused import Refused
from niangjia.trail.models import Entry
from niangjia.training import actions, queries, rules
from niangjia.training.actions import Row, Score
from niangjia.training.kinds import Outcome
from niangjia.training.models import Claim, ClaimLine, Course, Enrolment, FollowUp
from tests.factories import id_number
from tests.personas import DADONGMEN, DUNREN, FULING, JIAOTONG, QIANLONGJIE
from tests.training.stage import IN_TIME, School, sign_up


def test_a_class_goes_from_its_plan_to_the_last_call(school: School) -> None:
    course = school.closed()
    assert school.states(course) == ["COMPLETED", "COMPLETED", "DROPPED"]
    officer, chair = school.officer, school.chair
    with acting_as(officer):
        gone = Enrolment.objects.get(state="DROPPED")
        assert (gone.why, gone.present_halves, gone.held_halves) == ("出勤1/4 个半天，不足80%（应到4个半天）", 1, 4)
        given = actions.certify(course_id=course.pk, by=officer)
        assert [(one.number, one.holder) for one in given] == [("PX2026-0001", "李桂芳")]  # the other scored 55
        assert actions.certify(course_id=course.pk, by=officer) == []
        claim = actions.claim(course_id=course.pk, by=officer)
        assert (claim.heads, claim.amount) == (2, Decimal("1200.00"))
        lines = [(line.counts, line.reason) for line in queries.lines_of(claim)]
        assert lines == [(True, ""), (True, ""), (False, gone.why)]
    with acting_as(chair):
        with pytest.raises(Refused, match="请写明核减原因"):
            actions.audit(course_id=course.pk, heads=1, by=chair)
        actions.audit(course_id=course.pk, heads=1, by=chair, opinion="一人资料不全，暂不计入。")
    with acting_as(school.village):
        calls = list(FollowUp.objects.order_by("due_on", "pk"))
        assert [(one.month, one.due_on) for one in calls][::2] == [
            (1, dt.date(2026, 11, 13)), (3, dt.date(2027, 1, 13)), (6, dt.date(2027, 4, 13)),
        ]  # fmt: skip
        village = school.village
        actions.follow_up(
            follow_up_id=calls[0].pk, outcome=Outcome.EMPLOYED, by=village, employer="榨菜厂", income=3200
        )
        actions.follow_up(follow_up_id=calls[1].pk, outcome=Outcome.UNREACHED, by=village)
        actions.follow_up(follow_up_id=calls[1].pk, outcome=Outcome.HOME, by=village)
        with pytest.raises(Refused, match="已经回访过：居家"):
            actions.follow_up(follow_up_id=calls[1].pk, outcome=Outcome.SELF, by=village)
    with acting_as(officer):
        found = {
            key: measures.value(measures.get(f"training.{key}"), place=FULING, since=dt.date(2026, 1, 1), until=dt.date(2027, 1, 1))
            for key in ("heads", "entries", "classes", "certified", "placed", "placement_rate", "spent")
        }  # fmt: skip
        assert found == {
            "heads": 2, "entries": 2, "classes": 1, "certified": 1, "placed": 1, "placement_rate": 50, "spent": Decimal("0.06"),
        }  # fmt: skip
        (progress,) = queries.progress(queries.projects(2026))
        assert (progress.heads, progress.percent, progress.audited) == (2, 2, Decimal(600))
        assert progress.placement == rules.Placement(completed=2, placed=1, home=1, unreached=0)


def test_who_planned_a_class_may_not_approve_it_and_a_class_without_a_timetable_is_not_approved(school: School) -> None:
    course = school.plan()
    with acting_as(school.chair), pytest.raises(Refused, match="还没有课程表"):
        actions.approve(course_id=course.pk, by=school.chair)
    with acting_as(school.officer), pytest.raises(PermissionDenied):
        actions.approve(course_id=course.pk, by=school.officer)


def test_a_number_is_once_in_a_class_and_once_a_year_in_a_subject_also_where_the_village_may_not_look(
    school: School,
) -> None:
    there = school.district.acting("jiaotong")
    first, second = school.opened(place=JIAOTONG), school.opened(place=DUNREN, title="家政服务二班")
    school.enrol(first, 1, by=there, place=JIAOTONG)
    with pytest.raises(Refused, match="已经报了这个班"):
        school.enrol(first, 1)
    again = school.enrol(second, 1)
    with acting_as(school.village):
        against = rules.reasons(queries.findings_of(again))
    assert (again.facts.verdict, against) == ("FAIL", "不符合：同一工种一年只参加一次，已参加：家政服务班")
    with acting_as(school.officer), pytest.raises(Refused, match="不能录取。不符合：同一工种"):
        actions.accept(enrolment_id=again.pk, by=school.officer)
    with acting_as(school.village):
        assert list(Enrolment.objects.values_list("pk", flat=True)) == [
            again.pk
        ]  # the other village's woman is not shown


def test_a_full_class_has_a_waiting_list_and_who_waits_takes_the_seat_of_who_withdrew(school: School) -> None:
    course = school.opened(capacity=2)
    women = [school.enrol(course, serial) for serial in (1, 2, 3)]
    assert [one.state for one in women] == ["APPLIED", "APPLIED", "WAITING"]
    with acting_as(school.officer):
        assert actions.accept_all(course_id=course.pk, by=school.officer) == (2, 1)
        with pytest.raises(Refused, match="2个名额已满"):
            actions.accept(enrolment_id=women[2].pk, by=school.officer)
    with acting_as(school.village):
        actions.withdraw(enrolment_id=women[0].pk, by=school.village)
        actions.withdraw(enrolment_id=women[0].pk, by=school.village)
    with acting_as(school.officer):
        assert actions.accept(enrolment_id=women[2].pk, by=school.officer).state == "ACCEPTED"


def test_a_resident_signs_up_and_sees_her_own_place_and_no_other(school: School) -> None:
    course = school.opened(on=dt.date(2026, 9, 20))
    school.enrol(course, 2)
    woman, token = school.district.resident(), uuid.uuid4()
    with clock.frozen(dt.date(2026, 10, 1)), acting_as(woman):
        made = [actions.enrol(course_id=course.pk, who=sign_up(1), by=woman, token=token).pk for _ in range(2)]
        assert [(one.pk, one.name, one.state) for one in queries.own_enrolments(woman.account_id)] == [
            (made[0], "李桂芳", "APPLIED")
        ]
        assert made[0] == made[1]
        actions.withdraw(enrolment_id=made[0], by=woman)
        with pytest.raises(Refused, match="请改正标出的地方"):
            actions.enrol(course_id=course.pk, who=sign_up(3, consent=False), by=woman)


def test_a_woman_without_a_paper_takes_part_and_counts_once_she_has_one(school: School) -> None:
    course = school.opened()
    one = school.enrol(course, 1, number="", birth=dt.date(1985, 3, 8), sex="F", phone="", away_months=None)
    assert (one.person_id, one.facts.verdict) == (None, "NEEDS_PROOF")
    with acting_as(school.village):
        actions.prove(enrolment_id=one.pk, by=school.village, away_months=7, proof="外出务工合同")
    with acting_as(school.officer):
        assert actions.accept(enrolment_id=one.pk, by=school.officer).participant is not None
    with acting_as(school.village):
        proved = actions.prove(
            enrolment_id=one.pk, by=school.village, number=id_number(1, birth="19850308"), proof="新办身份证"
        )
        assert (proved.person is not None, proved.facts.verdict) == (True, "PASS")


def test_a_cancelled_class_is_told_once_to_everybody_who_signed_up(school: School) -> None:
    course = school.running()
    with clock.frozen(dt.date(2026, 10, 2)), acting_as(school.officer):
        actions.cancel(course_id=course.pk, reason="场地临时停用", by=school.officer)
        waiting = count_all(queries.waiting(FULING, clock.today()))
        assert ((waiting["to_tell"], waiting["to_prove"], waiting["calls"]), school.states(course)) == (
            (3, 0, 0),
            ["DROPPED"] * 3,
        )
    with acting_as(school.village):
        told = queries.to_tell()[0]
        first = actions.told(enrolment_id=told.pk, by=school.village).told_at
        assert actions.told(enrolment_id=told.pk, by=school.village).told_at == first
        assert queries.to_tell().count() == 2
    with acting_as(school.chair):
        assert Entry.objects.filter(verb="training.told").count() == 1


def test_scores_are_written_to_nobody_by_guessing(school: School) -> None:
    course = school.running()
    with acting_as(school.teacher):
        told = actions.save_scores(
            course_id=course.pk, by=school.teacher,
            scores=[Score(2, "李桂芳", Decimal(88)), Score(3, "李桂方", Decimal(70)), Score(4, "欧阳修", Decimal(70)),
                    Score(5, "王秀英", Decimal(60), 0)],
        )  # fmt: skip
    assert (told[2].outcome, told[3].text, told[4].text, told[5].text) == (
        Change.UPDATED,
        "本班没有“李桂方”。可能是“李桂芳”；请改成正确的姓名再导入。",
        "本班没有“欧阳修”。请核对姓名，或先代她报名。",
        "名单编号0不在这个班。请用本班导出的名单填写。",
    )


def test_a_list_is_signed_up_row_by_row(school: School) -> None:
    course = school.opened(capacity=2)
    rows = [
        Row(2, sign_up(1)), Row(3, sign_up(1)), Row(4, sign_up(2, number="123")), Row(5, sign_up(2)), Row(6, sign_up(3, away_months=2)),
    ]  # fmt: skip
    with clock.frozen(IN_TIME), acting_as(school.village):
        told = actions.enrol_list(course_id=course.pk, rows=rows, by=school.village, report=lambda done: None)
    assert [(told[n].outcome, told[n].field) for n in (2, 3, 4, 5, 6)] == [
        (Change.ADDED, ""), (Change.SAME, "number"), (Change.REFUSED, "number"), (Change.ADDED, ""), (Change.ADDED, ""),
    ]  # fmt: skip
    assert told[6].text == "名额已满，排在候补；不符合：丈夫外出务工6个月以上，现填2个月"


def test_a_claim_taken_back_frees_its_heads_and_the_old_one_stays(school: School) -> None:
    course = school.closed()
    with acting_as(school.officer):
        actions.claim(course_id=course.pk, by=school.officer)
        assert ClaimLine.objects.filter(once_key__isnull=False).count() == 2
        actions.take_claim_back(course_id=course.pk, reason="补一人证件", by=school.officer)
        actions.claim(course_id=course.pk, by=school.officer)
        assert list(Claim.objects.order_by("pk").values_list("state", flat=True)) == ["TAKEN_BACK", "SUBMITTED"]


def test_forms_of_satisfaction_name_nobody_and_say_nothing_below_five(school: School) -> None:
    course = school.closed(present=[(0, 1, 2, 3)] * 5, capacity=10)
    visitor = access.visitor()
    with acting_as(visitor), clock.frozen(dt.date(2026, 10, 20)):
        for n in range(5):
            if n == 4:
                with acting_as(school.officer):
                    assert (queries.satisfaction(course.pk).forms, queries.satisfaction(course.pk).means) == (4, ())
            marks = {"useful": 5, "teacher": 4, "venue": 3, "overall": 5 - n % 2 * 2}
            token = uuid.UUID(int=n + 1)
            taken = [actions.rate(code=course.feedback_code, marks=marks, token=token, by=visitor) for _ in range(2)]
            assert taken == [True, False]
        with pytest.raises(Refused, match="已收齐"):
            actions.rate(code=course.feedback_code, marks=marks, token=uuid.uuid4(), by=visitor)
        with pytest.raises(Refused, match="二维码已失效"):
            actions.rate(code="AAAA", marks=marks, token=uuid.uuid4(), by=visitor)
    with acting_as(school.officer):
        found = queries.satisfaction(course.pk)
        assert ([str(mean) for _, mean in found.means], found.content_percent) == (["5.0", "4.0", "3.0", "4.2"], 60)


def test_the_trainer_sees_its_own_classes_and_nothing_a_woman_stated(school: School) -> None:
    course = school.running()
    school.plan(trainer=None, title="别家的班", subject="电商")
    with acting_as(school.teacher):
        assert [one.title for one in Course.objects.all()] == ["家政服务班"]
        assert [one.name for one in queries.enrolments(course.pk)][:1] == ["李桂芳"]
        with pytest.raises(ProgrammingError, match="training_particulars"), transaction.atomic():
            list(queries.applicants(course.pk))


def test_a_revoked_certificate_counts_no_longer(school: School) -> None:
    course = school.closed()
    with acting_as(school.officer):
        actions.certify(course_id=course.pk, by=school.officer)
    with acting_as(school.chair):
        woman = Enrolment.objects.get(certified_on__isnull=False)
        actions.take_certificate_back(enrolment_id=woman.pk, reason="成绩登记有误", by=school.chair)
        assert school.states(course)[0] == "COMPLETED"
        assert measures.value(measures.get("training.certified"), place=FULING) == 0
    with acting_as(school.officer):
        assert list(queries.certificates_of(course)) == []


def test_open_work_of_a_merged_village_goes_on_in_its_heir(school: School) -> None:
    done, open_ = school.closed(), school.opened(title="下一班", subject="电商")
    school.enrol(open_, 5)
    with acting_as(school.officer):
        assert actions.move_open(DADONGMEN, QIANLONGJIE) == 1 + 6 + 1  # a woman, the calls not made, a class
        record(by=school.officer, stream="division:1", verb="org.division.merge", subject="division:1", place=FULING)
        assert set(Enrolment.objects.filter(course=open_).values_list("place", flat=True)) == {QIANLONGJIE}
        assert set(Enrolment.objects.filter(course=done).values_list("place", flat=True)) == {DADONGMEN}


def test_a_name_is_taken_back_from_the_page_of_a_certificate(school: School) -> None:
    course = school.opened()
    one = school.enrol(course, 1, publish=True)
    with acting_as(school.village):
        assert queries.named([one.about]) == {one.about}
        assert [actions.hide_name(enrolment_id=one.pk, by=school.village) for _ in range(2)] == [1, 0]
        assert queries.named([one.about]) == set()
