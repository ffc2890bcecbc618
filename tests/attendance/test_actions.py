"""A class from its plan to its three numbers, with everything that goes wrong on the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.attendance import actions, queries, rules
from niangjia.attendance.actions import DoorRefused, Entrant, Tap
from niangjia.attendance.kinds import Half, How, Outcome, SessionState, Told
from niangjia.attendance.models import Mark, Participant, Session
from niangjia.attendance.rules import WallCode
from niangjia.core import clock, measures
from niangjia.core.refused import Refused
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.people import actions as people
from niangjia.trail.models import Entry
from tests.attendance.conftest import DAY, SUBJECT, Room, at, planned
from tests.factories import id_number
from tests.personas import CHONGYI, DADONGMEN, DUNREN, SINCE, UNTIL, District


def outcomes(answers: list[actions.Answer]) -> list[str]:
    return [answer.outcome.value for answer in answers]


def counted(room: Room) -> list[tuple[str, str]]:
    with acting_as(room.chair):
        found = (
            Mark.objects.filter(counts=True).order_by("half", "participant_id").values_list("half", "participant__name")
        )
        return list(found)


def test_a_batch_is_taken_once_and_leaves_one_entry(room: Room) -> None:
    taps = room.taps("张桂芳", "李秀英", "王小红")
    assert outcomes(room.send(taps)) == ["SAVED"] * 3
    assert outcomes(room.send(taps)) == ["SAME"] * 3
    assert len(counted(room)) == 3
    with acting_as(room.chair):
        assert list(Entry.objects.filter(verb="session.mark").values_list("summary__count", flat=True)) == [3]


def test_two_phones_without_network_are_both_kept_and_counted_once(room: Room) -> None:
    first, second = room.taps("张桂芳", "李秀英"), room.taps("李秀英", "王小红")
    assert outcomes(room.send(first, device="甲")) == ["SAVED", "SAVED"]
    assert outcomes(room.send(second, device="乙")) == ["AGAIN", "SAVED"]
    assert [name for _, name in counted(room)] == ["张桂芳", "李秀英", "王小红"]
    with acting_as(room.chair):
        line = next(one for one in queries.lines(room.session) if one.participant.name == "李秀英")
        assert [mark.device for mark in line.marks[Half.AM]] == ["甲", "乙"]
        # Striking one phone's word leaves the other's.
        actions.unmark(mark_id=line.marks[Half.AM][0].pk, reason="点错了", by=room.chair)
    assert [name for _, name in counted(room)] == ["张桂芳", "李秀英", "王小红"]
    with acting_as(room.chair):
        struck = actions.absent(
            session_id=room.session.pk, participant_id=room.women["李秀英"].pk, half=Half.AM, reason="", by=room.chair
        )
    assert struck == 1
    assert [name for _, name in counted(room)] == ["张桂芳", "王小红"]


def test_a_list_from_paper_is_entered_whole_or_not_at_all(room: Room) -> None:
    first = room.women["张桂芳"].pk
    paper: list[int | Entrant] = [first, Entrant("赵敏", number=id_number(5))]
    for refused in ([*paper, 10**9], [*paper, Entrant(" ")]):
        with acting_as(room.chair), pytest.raises(Refused):
            actions.back_fill(session_id=room.session.pk, half=Half.AM, women=refused, by=room.chair)
    assert counted(room) == []
    with acting_as(room.chair):
        assert queries.roster(SUBJECT).count() == 4
        for expected in (["SAVED", "SAVED"], ["SAME", "SAME"]):
            answers = actions.back_fill(session_id=room.session.pk, half=Half.AM, women=paper, by=room.chair)
            assert outcomes(answers) == expected
        assert queries.roster(SUBJECT).filter(name="赵敏", person__isnull=False).count() == 1


def test_a_tap_that_was_taken_back_on_the_phone_does_not_count(room: Room) -> None:
    (tap,) = room.taps("张桂芳")
    back = Tap(tap.participant_id, uuid4(), undo=tap.client_id)
    assert outcomes(room.send([tap, back])) == ["SAVED", "UNDONE"]
    assert outcomes(room.send([back])) == ["UNDONE"]
    assert outcomes(room.send([replace(back, undo=uuid4())])) == ["UNKNOWN"]
    assert counted(room) == []


def test_a_phone_a_day_wrong_is_put_into_its_half_day_and_shown(room: Room) -> None:
    wrong = at(14, 5, day=DAY - dt.timedelta(days=1))
    with clock.frozen(at(15)):
        room.send(room.taps("张桂芳", half=None, said=wrong), sent_at=at(15, day=DAY - dt.timedelta(days=1)))
    with acting_as(room.chair):
        mark = Mark.objects.get()
    assert (mark.half, mark.said_at, mark.late, mark.clock_off) == ("PM", wrong, False, "手机时间慢1天")


def test_the_wrong_class_is_named_and_nothing_else_of_the_batch_is_lost(room: Room) -> None:
    other = planned(room.district, subject="class:8", title="月嫂培训班")
    with acting_as(room.chair):
        stranger = actions.join(subject="class:8", name="赵敏", place=DADONGMEN, by=room.chair)
    answers = room.send([Tap(stranger.pk, uuid4(), Half.AM), *room.taps("张桂芳")])
    assert outcomes(answers) == ["NOT_ON_ROSTER", "SAVED"]
    assert answers[0].message.startswith("赵敏不在这个班的名册上")
    assert answers[0].message.endswith(f"她在“{other.title}”的名册上。")


def test_a_closed_session_asks_for_a_reason_but_takes_what_was_tapped_before(room: Room) -> None:
    with clock.frozen(at(17, 5)), acting_as(room.chair):
        actions.hold_session(session_id=room.session.pk, headcount=6, households=5, by=room.chair)
    with clock.frozen(at(18)):
        before = room.taps("张桂芳", said=at(9, 2))
        answers = room.send([*before, *room.taps("李秀英", half=Half.PM)], sent_at=at(18))
        assert outcomes(answers) == ["SAVED", "NEEDS_REASON"]
        assert "原因" in answers[1].message
        assert room.mark("李秀英", Half.PM, reason="当时没点到").late
        with acting_as(room.chair), pytest.raises(Refused, match="请写明原因"):
            actions.unmark(mark_id=Mark.objects.latest("id").pk, reason=" ", by=room.chair)


def test_the_three_numbers_differ_and_open_to_the_same_records(room: Room) -> None:
    for half in (Half.AM, Half.PM):
        room.send(room.taps("张桂芳", "李秀英", half=half), how=How.PAPER, sent_at=None)
    with clock.frozen(at(17, 5)), acting_as(room.chair):
        actions.hold_session(session_id=room.session.pk, headcount=6, households=5, by=room.chair)
        assert queries.heads([SUBJECT]) == queries.Heads(attendances=10, people=2, households=6)
        assert queries.attendances([room.session.pk]) == {room.session.pk: 10}
        assert [
            measures.value(measures.get(f"attendance.{key}"))
            for key in ("sessions", "attendances", "people", "households")
        ] == [1, 10, 2, 1]
        assert [one.place for one in measures.records(measures.get("attendance.people"))] == [DADONGMEN] * 4
        assert queries.months(DADONGMEN, dt.date(2026, 1, 1), dt.date(2027, 1, 1)) == [
            queries.Month(dt.date(2026, 11, 1), sessions=1, attendances=10, people=2, households=6)
        ]


def test_a_woman_known_by_name_becomes_a_person_and_is_still_one(room: Room) -> None:
    other = planned(room.district, subject="lecture:3", title="讲座", twice=False)
    with acting_as(room.chair):
        first = room.women["张桂芳"].person_id
        guest = actions.join(subject="lecture:3", name="张桂芳", place=DADONGMEN, by=room.chair)
        actions.mark(session_id=other.pk, participant_id=guest.pk, by=room.chair)
    room.send(room.taps("张桂芳"))
    with acting_as(room.chair):
        assert first is not None
        assert queries.heads([SUBJECT, "lecture:3"]).people == 2
        actions.identify(participant_id=guest.pk, person_id=first, by=room.chair)
        assert queries.heads([SUBJECT, "lecture:3"]) == queries.Heads(attendances=2, people=1, households=1)


def test_one_lecture_entered_by_two_counts_once_and_can_be_parted(room: Room) -> None:
    other = planned(room.district, subject="lecture:3", title="家政课", twice=True)
    room.send(room.taps("张桂芳"))
    with acting_as(room.chair):
        first = room.women["张桂芳"].person_id
        guest = actions.join(subject="lecture:3", name="张桂芳", person_id=first, place=DADONGMEN, by=room.chair)
        actions.mark(session_id=other.pk, participant_id=guest.pk, half=Half.AM, by=room.chair)
        assert list(queries.similar(other)) == [room.session]
        actions.merge_session(session_id=other.pk, into_id=room.session.pk, by=room.chair)
        assert queries.heads([SUBJECT, "lecture:3"]).attendances == 1
        with pytest.raises(Refused, match="并入同一场"):
            actions.merge_session(
                session_id=room.session.pk, into_id=planned(room.district, subject="lecture:4").pk, by=room.chair
            )
        actions.part_session(session_id=other.pk, by=room.chair)
        assert queries.heads([SUBJECT, "lecture:3"]).attendances == 2


def test_a_cancelled_session_takes_nobody_and_tells_each_woman_once(room: Room) -> None:
    with acting_as(room.chair):
        actions.cancel_session(session_id=room.session.pk, reason="停电", by=room.chair)
        actions.cancel_session(session_id=room.session.pk, reason="停电", by=room.chair)
        everyone = [one.pk for one in queries.untold(room.session)]
        assert len(everyone) == 4
        assert (
            actions.tell(session_id=room.session.pk, participant_ids=everyone[:3], how=Told.PHONE, by=room.chair) == 3
        )
        assert actions.tell(session_id=room.session.pk, participant_ids=everyone, how=Told.MESSAGE, by=room.chair) == 1
        assert Entry.objects.filter(verb="session.cancel").count() == 1
    assert outcomes(room.send(room.taps("张桂芳"))) == ["CANCELLED"]


def test_what_somebody_signed_for_keeps_its_day(room: Room) -> None:
    room.send(room.taps("张桂芳"))
    with acting_as(room.chair):
        with pytest.raises(Refused, match="不能取消"):
            actions.cancel_session(session_id=room.session.pk, reason="停电", by=room.chair)
        tomorrow = DAY + dt.timedelta(days=1)
        with pytest.raises(Refused, match="不能改日期"):
            actions.move_session(
                session_id=room.session.pk, starts_at=at(9, day=tomorrow), ends_at=at(17, day=tomorrow), by=room.chair
            )
        assert actions.move_session(
            session_id=room.session.pk, starts_at=at(10), ends_at=at(17), by=room.chair
        ).on == DAY  # fmt: skip


def test_a_session_takes_another_title_and_place_and_keeps_what_is_not_given(room: Room, district: District) -> None:
    before, town = room.session, district.acting("dunren")
    hours: dict[str, Any] = {"starts_at": at(10), "ends_at": at(17)}
    with acting_as(town):
        actions.move_session(session_id=before.pk, title=" 急救课 ", place=DUNREN, by=town, **hours)
        moved = queries.session(before.pk)
        assert (moved.title, moved.place, moved.venue, moved.host) == ("急救课", DUNREN, before.venue, before.host)
        for field, wrong in (("title", " "), ("place", CHONGYI)):
            with pytest.raises(Refused) as refused:
                actions.move_session(session_id=before.pk, by=town, **{**hours, field: wrong})
            assert list(refused.value.fields) == [field]


def test_the_door_opens_to_the_code_of_the_wall_alone(room: Room, district: District) -> None:
    code = rules.parse_token(rules.wall_token(room.session.wall_code, room.session.pk, "AM"))
    assert code is not None
    visitor, resident = access.visitor(), district.resident("13900139000")
    with acting_as(visitor):
        assert [one.name for one in queries.at_door(code, name="王小红")] == ["王小红"]
        assert queries.at_door(code, name="王小") == []
        assert queries.at_door(replace(code, digest="0000000000"), name="王小红") == []
        client, woman = uuid4(), room.women["王小红"].pk
        signed = [
            actions.sign_in(door=actions.open_door(code=code), participant_id=woman, client_id=one, by=visitor)
            for one in (client, client, uuid4())
        ]
        assert signed == [Outcome.SAVED, Outcome.SAME, Outcome.AGAIN]
        with pytest.raises(DoorRefused, match="名册"):
            actions.walk_in(door=actions.open_door(code=code), name="赵敏", by=visitor)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Participant.objects.count()
        found = actions.open_door(code=code)
        for wrong in (replace(code, digest="0000000000"), WallCode(room.session.pk, Half.PM, 0, code.digest)):
            with pytest.raises(DoorRefused, match="签到码已失效"):
                actions.open_door(code=wrong)
            with pytest.raises(DoorRefused, match="名册"):  # the database asks for the code again
                actions.sign_in(door=replace(found, code=wrong), participant_id=woman, client_id=uuid4(), by=visitor)
    with clock.frozen(at(18)), acting_as(resident), pytest.raises(DoorRefused, match="已截止"):
        actions.open_door(code=code)
    with acting_as(room.chair):
        actions.new_wall_code(session_id=room.session.pk, rotating=False, by=room.chair)
    with acting_as(visitor), pytest.raises(DoorRefused, match="签到码已失效"):
        actions.open_door(code=code)


def test_a_lecturer_and_a_school_see_their_own_sessions_only(room: Room, district: District) -> None:
    house = access.house("500102000000")
    with acting_as(house):
        top = district.unit("涪陵区妇联")
        school = org.add_unit(name="某小学", short_name="某小学", kind=UnitKind.SCHOOL, parent=top, since=SINCE)
        panel = org.add_unit(
            name="家庭教育讲师团", short_name="讲师团", kind=UnitKind.SUPPLIER, parent=top, since=SINCE
        )
        posts = [
            org.appoint(unit=unit, role=role, name=name, starts_on=SINCE, ends_on=UNTIL)
            for unit, role, name in (
                (school, PostRole.LIAISON, "学校联络员"), (panel, PostRole.LECTURER, "讲师一"), (panel, PostRole.LECTURER, "讲师二"),
            )
        ]  # fmt: skip
        accounts = [
            people.make_account(officer=post.officer, username=f"p{number}", password="kai-men-jian-shan-9")
            for number, post in enumerate(posts)
        ]
    teacher, first, second = (access.posts_of(account)[0] for account in accounts)
    hers = planned(
        district, subject="lecture:5", title="家长课", twice=False, host_unit=school, host_account=first.account_id
    )
    with acting_as(room.chair):
        mother = actions.join(subject="lecture:5", name="刘梅", place=DADONGMEN, by=room.chair)
    for who, sees in ((teacher, 1), (first, 1), (second, 0)):
        with acting_as(who):
            assert (Session.objects.count(), Participant.objects.count()) == (sees, sees)
    with acting_as(first):
        mark = actions.mark(session_id=hers.pk, participant_id=mother.pk, by=first)
        assert (mark.place, mark.counts) == (DADONGMEN, True)
        actions.unmark(mark_id=mark.pk, reason="点错了", by=first)
    with acting_as(second), pytest.raises(Session.DoesNotExist):
        actions.mark_many(session_id=hers.pk, taps=[Tap(mother.pk, uuid4())], by=second)
    with acting_as(teacher):
        own = actions.plan_session(
            subject="school:2", unit=school, title="家长会", starts_at=at(15), ends_at=at(16), by=teacher
        )
        assert own.state == SessionState.PLANNED
        with pytest.raises(Refused, match="本单位"):
            actions.plan_session(
                subject="school:2", unit=panel, title="家长会", starts_at=at(15), ends_at=at(16), by=teacher
            )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attendance_mark SET counts = true",
        "UPDATE attendance_mark SET participant_id = participant_id",
        "DELETE FROM attendance_mark",
    ],
)
def test_a_mark_is_not_rewritten_even_by_hand(room: Room, statement: str) -> None:
    room.send(room.taps("张桂芳"))
    with acting_as(room.chair), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)


def test_a_neighbour_sees_nothing_and_the_town_sees_all(room: Room) -> None:
    room.send(room.taps("张桂芳"))
    for who, sees in (("qianlongjie", 0), ("chongyi", 0), ("dunren", 1), ("chair", 1)):
        with acting_as(room.district.acting(who)):
            assert (Session.objects.count(), Mark.objects.count()) == (sees, sees)


def test_a_feed_tells_when_and_where_and_ends_when_it_is_revoked(room: Room) -> None:
    with acting_as(room.chair):
        token = actions.open_feed(unit=room.session.unit, by=room.chair)
        feed = queries.feeds(room.session.unit_id).get()
    assert bytes(feed.token_hash) == queries.token_hash(token)
    with acting_as(room.chair):
        actions.revoke_feed(feed_id=feed.pk, by=room.chair)
        assert not queries.feeds(room.session.unit_id).exists()
