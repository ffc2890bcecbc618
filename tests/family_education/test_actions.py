"""A school year told at the level of actions: what is owed follows from what was held, and nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.attendance.models import Session
from niangjia.channels import actions as channels
from niangjia.channels.models import Message
from niangjia.core import clock, measures
from niangjia.core.refused import Refused
from niangjia.family_education import actions, queries
from niangjia.family_education.kinds import Mode, OrderState, Party, SchoolType
from niangjia.family_education.models import Activity, Duty, LectureOrder, Lecturer, OrderStep, Reminder
from niangjia.trail.models import Entry as TrailEntry
from tests.family_education.stage import NOW, Liaison, Stage, at, entry
from tests.personas import CHONGYI, DADONGMEN, DUNREN, FULING, JIAOTONG, District

TODAY = NOW.date()
YEAR: dict[str, Any] = {"since": dt.date(2026, 1, 1), "until": dt.date(2027, 1, 1)}


def states(by: Acting, party: Party, within: str = FULING, today: dt.date = TODAY) -> dict[str, list[str]]:
    """What each unit of a party owes, shortest form: the duties that are counted."""
    with acting_as(by):
        board = queries.board(party=party, year=2026, today=today, within=within)
        return {
            line.bearer.unit.short_name: [
                f"{item.period.key} {item.done}/{item.needed} {item.state}" for item in line.owed if item.counted
            ]
            for line in board.lines
        }


def figure(by: Acting, key: str, place: str = FULING) -> int:
    with acting_as(by):
        return int(measures.value(measures.get(f"family.{key}"), place=place, **YEAR))


def test_what_a_school_owes_follows_from_what_it_held(year: Stage, primary: Liaison) -> None:
    nursery = year.school("幼儿园", SchoolType.KINDERGARTEN)
    for day in ("2026-03-10", "2026-05-10", "2026-09-20"):
        year.held(primary.acting, primary.unit, day)
    year.held(nursery.acting, nursery.unit, "2026-07-20")  # in the holidays: of no term
    assert states(year.office, Party.SCHOOL) == {"实验小学": ["2026-SPRING 2/2 DONE", "2026-AUTUMN 1/2 DUE"]}
    assert states(year.office, Party.KINDERGARTEN) == {"幼儿园": ["2026-SPRING 0/3 OVERDUE", "2026-AUTUMN 0/3 DUE"]}
    assert (figure(year.office, "schools_met"), figure(year.office, "kindergartens_met")) == (1, 0)
    with acting_as(year.office):
        behind = measures.records(measures.get("family.schools_met"), **YEAR)
        assert [str(one.when.on) for one in behind] == ["2026-05-10"]


def test_one_record_with_a_partner_fulfils_the_duties_of_both_and_is_counted_once(
    year: Stage, primary: Liaison, district: District
) -> None:
    town = district.acting("dunren")
    year.held(
        town, district.unit("敦仁街道妇联"), with_unit_id=primary.unit.pk, school_id=primary.school.pk, mode=Mode.MOBILE,
        place=DADONGMEN,
    )  # fmt: skip
    assert states(year.office, Party.TOWN) == {"敦仁街道妇联": ["2026 1/4 DUE"], "崇义街道妇联": ["2026 0/4 DUE"]}
    assert states(year.office, Party.SCHOOL)["实验小学"][1] == "2026-AUTUMN 1/2 DUE"
    assert (figure(year.office, "activities"), figure(year.office, "heads")) == (1, 60)


def test_a_lecture_entered_by_school_and_town_is_proposed_as_one_confirmed_undone_and_kept_apart(
    year: Stage, primary: Liaison, district: District
) -> None:
    town = district.acting("dunren")
    year.held(primary.acting, primary.unit)
    year.held(
        town, district.unit("敦仁街道妇联"), hour=15, mode=Mode.MOBILE, venue="实验小学", place=DUNREN,
        school_id=primary.school.pk, lecturer_name="王老师",
    )  # fmt: skip
    year.held(
        town, district.unit("敦仁街道妇联"), hour=19, venue="实验小学", school_id=primary.school.pk
    )  # another hour
    with acting_as(year.office):
        (pair,) = queries.pairs(dt.date(2026, 1, 1))
        assert pair.why == ("时间重叠", "讲师同名", "同一学校")
        actions.join_entries(activity_id=pair.second.pk, into_id=pair.first.pk, by=year.office)
        assert queries.pairs(dt.date(2026, 1, 1)) == []
        assert [one.pk for one in queries.same_entries(queries.activity(pair.first.pk))] == [pair.second.pk]
    assert (figure(year.office, "activities"), figure(year.office, "heads")) == (2, 120)
    assert states(year.office, Party.TOWN)["敦仁街道妇联"] == ["2026 2/4 DUE"]
    assert states(year.office, Party.SCHOOL)["实验小学"][1] == "2026-AUTUMN 1/2 DUE"
    with acting_as(year.office):
        for _ in range(2):
            actions.part_entries(activity_id=pair.second.pk, by=year.office)
        assert len(queries.pairs(dt.date(2026, 1, 1))) == 1
        actions.keep_apart(first_id=pair.second.pk, second_id=pair.first.pk, by=year.office)
        assert queries.pairs(dt.date(2026, 1, 1)) == []
    assert figure(year.office, "activities") == 3


def test_an_activity_sent_twice_is_one_corrected_once_and_struck_for_good(year: Stage, primary: Liaison) -> None:
    token = uuid.uuid4()
    with acting_as(primary.acting):
        made = [
            actions.record_activity(entry=entry(), unit_id=primary.unit.pk, by=primary.acting, token=token)
            for _ in "12"
        ]
        assert made[0].pk == made[1].pk
        assert (made[0].place, made[0].school_id) == (DADONGMEN, primary.school.pk)
        changed = replace(entry(), heads=75, title="正面管教", venue="二楼会议室")
        actions.change_activity(activity_id=made[0].pk, entry=changed, by=primary.acting, revision=1)
        kept = queries.activity(made[0].pk)
        assert (kept.when.title, kept.when.headcount, kept.when.venue, kept.revision) == (
            "正面管教",
            75,
            "二楼会议室",
            2,
        )
        with pytest.raises(Refused, match="其他人修改了"):
            actions.change_activity(activity_id=made[0].pk, entry=changed, by=primary.acting, revision=1)
        with pytest.raises(Refused) as refused:
            actions.change_activity(
                activity_id=made[0].pk, entry=replace(changed, heads=None), by=primary.acting, revision=2
            )
        assert list(refused.value.fields) == ["heads"]
        for _ in range(2):
            actions.strike_activity(activity_id=made[0].pk, reason="重复登记", by=primary.acting)
        assert (queries.held().count(), Activity.objects.count()) == (0, 1)
    with acting_as(year.district.acting("chair")):
        verbs = (
            TrailEntry.objects.filter(subject=f"activity:{made[0].pk}").order_by("seq").values_list("verb", flat=True)
        )
        assert list(verbs) == ["family.activity", "family.activity.change", "family.activity.strike"]


def test_who_sees_and_who_writes(year: Stage, primary: Liaison, district: District) -> None:
    other = year.school("城西小学", place=JIAOTONG)
    for who, unit in ((primary.acting, primary.unit), (other.acting, other.unit)):
        year.held(who, unit)
    town = district.acting("dunren")
    year.held(town, district.unit("敦仁街道妇联"), venue="实验小学", school_id=primary.school.pk, hour=9)
    seen: dict[str, tuple[int, int]] = {}
    actors = {"primary": primary.acting, "other": other.acting, **{key: district.acting(key) for key in
              ("officer", "dunren", "chongyi", "dadongmen", "health")}}  # fmt: skip
    for name, acting in actors.items():
        with acting_as(acting):
            seen[name] = (queries.activities().count(), Session.objects.count())
    assert seen == {
        "primary": (2, 2), "other": (1, 1), "officer": (3, 3), "dunren": (2, 2), "chongyi": (1, 1), "dadongmen": (1, 1),
        "health": (3, 3),
    }  # fmt: skip
    with pytest.raises(Refused, match="只能登记本单位的活动"):
        year.held(primary.acting, other.unit)
    with pytest.raises(Refused) as refused:
        year.held(town, district.unit("崇义街道妇联"))
    assert list(refused.value.fields) == ["unit"]
    with acting_as(primary.acting), pytest.raises(ProgrammingError, match="row-level security"):
        Activity.objects.create(
            unit=other.unit, mode=Mode.SCHOOL, field="HABIT", place=JIAOTONG, token=uuid.uuid4(), recorded_at=NOW
        )
    with acting_as(primary.acting), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        list(Lecturer.objects.all())
    with pytest.raises(PermissionDenied, match="没有“登记家庭教育活动”权限"):
        year.held(district.acting("member"), district.unit("大东门社区妇联"))


def test_papers_exemptions_and_reminders(year: Stage, primary: Liaison, district: District) -> None:
    with acting_as(year.office):
        plan = Duty.objects.get(party=Party.SCHOOL, what__contains="工作计划")
        term = Duty.objects.get(party=Party.SCHOOL, how="COUNT")
        marriage = Duty.objects.get(words="民政", how="PAPER")

    def state(duty: Duty, unit: Any, season: str = "") -> str:
        with acting_as(year.office):
            bearer = queries.bearer_of(unit)
            assert bearer is not None
            board = queries.board_of(bearer, year=2026, today=TODAY)
            (item,) = [one for one in board.lines[0].owed if one.duty == duty and one.period.season == season]
            return str(item.state)

    with acting_as(primary.acting):
        paper = actions.show_paper(
            duty_id=plan.pk, unit_id=primary.unit.pk, period="2026", text="已写入学校工作计划", by=primary.acting
        )
        with pytest.raises(Refused, match="这不是实验小学的职责"):
            actions.show_paper(
                duty_id=marriage.pk, unit_id=primary.unit.pk, period="2026", text="材料", by=primary.acting
            )
        with pytest.raises(Refused, match="按活动场次计"):
            actions.show_paper(
                duty_id=term.pk, unit_id=primary.unit.pk, period="2026-SPRING", text="材料", by=primary.acting
            )
        with pytest.raises(PermissionDenied):
            actions.show_paper(
                duty_id=plan.pk, unit_id=district.unit("区民政局").pk, period="2026", text="材料", by=primary.acting
            )
    assert state(plan, primary.unit) == "DONE"
    with acting_as(primary.acting):
        actions.withdraw_paper(paper_id=paper.pk, by=primary.acting)
    assert state(plan, primary.unit) == "DUE"
    with acting_as(year.office):
        key: dict[str, Any] = {
            "duty_id": term.pk,
            "unit_id": primary.unit.pk,
            "period": "2026-SPRING",
            "by": year.office,
        }
        actions.exempt(reason="校舍改建停课", **key)
    assert state(term, primary.unit, "SPRING") == "EXEMPT"
    with acting_as(year.office):
        actions.end_exemption(**key)
    assert state(term, primary.unit, "SPRING") == "OVERDUE"
    with acting_as(year.office):
        assert actions.remind(year=2026, by=year.office) == 0  # nothing ends within a month
        with clock.frozen(dt.date(2026, 12, 10)):
            first = actions.remind(year=2026, by=year.office)
            assert (first, actions.remind(year=2026, by=year.office)) == (Reminder.objects.count(), 0)
        assert first > 0
    town = district.unit("敦仁街道妇联")
    with acting_as(district.acting("dunren")):
        assert [item.state for item in queries.reminded(town.pk, today=TODAY)] == ["DUE"]
        assert [item.state for item in queries.reminded(town.pk, today=dt.date(2027, 1, 2))] == ["OVERDUE"]
    civil = district.acting("civil_affairs")
    with acting_as(civil):
        assert [one.season for one in queries.reminders_of(district.unit("区民政局"), 2026)] == [""]
        actions.show_paper(
            duty_id=marriage.pk, unit_id=district.unit("区民政局").pk, period="2026", text="登记处设指导窗口", by=civil
        )
    assert state(marriage, district.unit("区民政局")) == "DONE"


def test_a_working_group_is_told_once_and_no_unit_is_named(year: Stage) -> None:
    with acting_as(year.office):
        group = channels.save_endpoint(
            name="工作群", carrier_key="handoff", unit=year.district.unit("涪陵区妇联"), entries={}, by=year.office
        )
        with clock.frozen(dt.date(2026, 12, 10)):
            for _ in range(2):
                told = actions.remind(year=2026, by=year.office, endpoint=group)
        message = Message.objects.get()
        assert (told, message.audience) == (0, "PUBLIC")
        assert [
            one.unit.short_name
            for one in Reminder.objects.select_related("unit")
            if one.unit.short_name in message.text
        ] == []


def test_an_ordered_lecture_goes_its_way(year: Stage, district: District) -> None:
    town = district.acting("dunren")
    ours, busy = year.lecturer(), year.lecturer("李老师")
    order = year.order(town)
    year.order(town, hour=15)  # at the same time
    with acting_as(year.office):
        assert [one.teacher.name for one in queries.proposals(order)] == ["王老师", "李老师"]
        order = actions.match(order_id=order.pk, lecturer_id=busy.pk, by=year.office, revision=1)
        second = LectureOrder.objects.exclude(pk=order.pk).get()
        with pytest.raises(Refused, match="李老师这个时间已有安排"):
            actions.match(order_id=second.pk, lecturer_id=busy.pk, by=year.office)
        code = actions.give_code(lecturer_id=busy.pk, by=year.office)
    index = queries.code_index(code.lower())
    visitor = access.visitor()
    with acting_as(visitor):
        assert [one.id for one in queries.orders_by_code(index, TODAY)] == [order.pk]
        actions.answer_with_code(index=index, order_id=order.pk, yes=False, note="出差", by=visitor)
        with pytest.raises(Refused, match="已经变化"):
            actions.answer_with_code(index=index, order_id=order.pk, yes=True, by=visitor)
    with acting_as(year.office):
        assert [one.against for one in queries.proposals(order)] == [(), ("已回复不能来",)]
        actions.match(order_id=order.pk, lecturer_id=ours.pk, by=year.office)
        assert order.pk == queries.activity(order.activity_id or 0).order.pk
    with acting_as(visitor):
        assert queries.orders_by_code(index, TODAY) == []
    with acting_as(year.office):
        actions.note_answer(order_id=order.pk, yes=True, by=year.office)
        actions.end_code(lecturer_id=busy.pk, by=year.office)
    with acting_as(visitor):
        assert queries.lecturer_by_code(index, TODAY) is None
    with acting_as(town):
        with pytest.raises(Refused, match="还没有开始"), transaction.atomic():
            actions.hold_order(order_id=order.pk, heads=48, by=town)
    with clock.frozen(at("2026-12-05", 17)), acting_as(town):
        actions.hold_order(order_id=order.pk, heads=48, by=town)
        actions.rate_order(order_id=order.pk, stars=5, remark="讲得实在", by=town)
        with pytest.raises(Refused, match="这单已是“已评价”"):
            actions.cancel_order(order_id=order.pk, reason="不办了", by=town)
        assert list(OrderStep.objects.filter(order=order).order_by("pk").values_list("state", flat=True)) == [
            "REQUESTED", "MATCHED", "DECLINED", "MATCHED", "CONFIRMED", "HELD", "RATED",
        ]  # fmt: skip
    assert (figure(town, "entered"), figure(town, "mobile"), figure(town, "lecturers")) == (0, 1, 1)
    with acting_as(year.office):
        assert queries.given_by([ours.pk], 2026)[ours.pk] == queries.Given(1, 2.0, 5.0, 1)
        assert states(year.office, Party.TOWN)["敦仁街道妇联"] == ["2026 1/4 DUE"]


def test_an_order_is_settled_by_who_ordered_or_by_who_arranges_and_its_lecture_with_it(
    year: Stage, district: District
) -> None:
    town, lecturer = district.acting("dunren"), year.lecturer()
    order = year.order(year.office)  # the district asks for a lecture in the town
    with acting_as(year.office):
        order = actions.match(order_id=order.pk, lecturer_id=lecturer.pk, by=year.office)
        assert TrailEntry.objects.filter(verb="session.move").count() == 0  # it was planned at its hours
        lecture = queries.activity(order.activity_id or 0)
        assert (lecture.lecturer_name, lecture.when.host, lecture.place) == ("王老师", "王老师", DADONGMEN)
        with pytest.raises(Refused, match="请到点单里办理"):
            actions.change_activity(
                activity_id=lecture.pk, entry=entry("2026-12-05", heads=None), by=year.office, revision=1
            )
    with acting_as(town), pytest.raises(Refused, match="由点单单位或区妇联办理"):
        actions.cancel_order(order_id=order.pk, reason="场地停电", by=town)


def test_a_cancelled_order_leaves_the_calendar(year: Stage, district: District) -> None:
    town, lecturer = district.acting("dunren"), year.lecturer()
    order = year.order(town)
    with acting_as(year.office):
        actions.match(order_id=order.pk, lecturer_id=lecturer.pk, by=year.office)
    with acting_as(town):
        actions.cancel_order(order_id=order.pk, reason="场地停电", by=town)
        kept = LectureOrder.objects.get()
        assert (kept.state, queries.activities().count()) == (OrderState.CANCELLED, 0)
    with acting_as(district.acting("chongyi")):
        assert (LectureOrder.objects.count(), OrderStep.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"day": "2026-11-20"}, ["day"]),
        ({"place": CHONGYI}, ["place"]),
        ({"venue": "", "expected": 0}, ["venue", "expected"]),
    ],
)
def test_an_order_says_what_is_wrong_by_field(
    year: Stage, district: District, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        year.order(district.acting("dunren"), **changes)
    assert list(refused.value.fields) == fields


def test_a_phone_is_shown_with_a_line_in_the_trail(year: Stage, district: District) -> None:
    lecturer, town = year.lecturer(), district.acting("dunren")
    with acting_as(town):
        assert actions.reveal_phone(lecturer_id=lecturer.pk, by=town) == "13800138001"
    with acting_as(district.acting("chair")):
        assert TrailEntry.objects.filter(verb="family.lecturer.phone").count() == 1
