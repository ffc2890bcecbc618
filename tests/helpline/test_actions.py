"""A matter from the moment a woman speaks to the day it is closed, and what may happen on the way."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.core.counting import count_all
from niangjia.core.refused import Refused
from niangjia.helpline import actions, queries
from niangjia.helpline.kinds import (
    Agreed,
    AskedBy,
    ClosedWhy,
    Kind,
    MediationResult,
    ReferralKind,
    Risk,
    State,
    Topic,
    Way,
)
from niangjia.helpline.models import FollowUp, Matter, MatterStep, Terms
from niangjia.trail.models import Entry as Trail
from tests.helpline.stage import ASKED, BEATEN, days, entered, find, on_duty, person, sent, triaged
from tests.personas import FULING, JIAOTONG, District

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(DAY):
        yield


@pytest.fixture
def line(district: District) -> District:
    on_duty(district)
    return district


def own(code: str) -> queries.Own | None:
    with acting_as(access.visitor()):
        return queries.own(code)


def test_a_report_goes_from_a_phone_to_its_end_and_she_follows_it_by_her_code(line: District) -> None:
    received, officer = sent(kind=Kind.REPORT, topic=Topic.LAND), line.acting("officer")
    assert received.number == "L2026-00001"
    matter = find(line, received)
    assert (matter.state, matter.handler, matter.supervisor, matter.due_on, matter.secret) == (
        State.RECEIVED, "涪陵区妇联 区干事丙", "涪陵区妇联 区副主席乙", dt.date(2026, 12, 3), False,
    )  # fmt: skip
    triaged(line, received)
    with acting_as(officer):
        actions.accept(matter_id=matter.pk, by=officer)
        actions.begin(matter_id=matter.pk, by=officer)
        actions.extend(matter_id=matter.pk, reason="要到村里查当年的台账", by=officer)
        with pytest.raises(Refused, match="不能再延长"):
            actions.extend(matter_id=matter.pk, reason="再等等", by=officer)
        actions.reply(matter_id=matter.pk, text="村里已经补分给您，请到村委会签字。", by=officer)
        with pytest.raises(Refused, match="这件来件现在是“已答复”，不能改为“已受理”"):
            actions.accept(matter_id=matter.pk, by=officer)
    found = own(received.code)
    assert found is not None
    assert (found.state, found.told_on, [said.text for said in found.messages]) == (
        State.REPLIED, DAY,
        ["您反映的事项已受理，2027年01月23日前答复您。",
         "您反映的事项情况复杂，办理期限延长到2027年02月22日。理由：要到村里查当年的台账", "村里已经补分给您，请到村委会签字。"],
    )  # fmt: skip
    with acting_as(access.visitor()) as her:
        actions.rate(code=received.code, points=5, place=FULING, by=her)
        actions.say(code=received.code, text="谢谢，字签好了😊", place=FULING, by=her)
    assert (find(line, received).unread, find(line, received).satisfaction) == (True, 5)
    with acting_as(officer):
        actions.follow_up(matter_id=matter.pk, safe=True, note="", by=officer)
        actions.close(matter_id=matter.pk, why=ClosedWhy.SOLVED, by=officer)
        titles = list(MatterStep.objects.filter(matter=matter).order_by("id").values_list("title", flat=True))
    assert titles == [
        "研判：低风险", "受理", "办理", "延长办理期限", "答复", "来件人补充", "回访：安全", "办结：问题已解决"
    ]  # fmt: skip
    with acting_as(access.visitor()) as her:
        actions.say(code=received.code, text="村里又反悔了", place=FULING, by=her)
    again = find(line, received)
    assert (again.state, again.reopened, again.closed_at) == (State.IN_HAND, 1, None)


def test_sent_twice_it_is_one_with_one_code_and_a_closed_line_says_whom_to_call(district: District) -> None:
    token = uuid.uuid4()
    with pytest.raises(Refused, match="请拨打妇女维权公益服务热线12338；遇到人身危险请拨打110"):
        sent(token=token)
    on_duty(district)
    assert len({(one.number, one.code) for one in (sent(token=token), sent(token=token))}) == 1
    assert own("abcd-efgh-jkmn") is None


def test_danger_stands_on_top_the_moment_it_comes_and_those_on_duty_are_told(
    line: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "niangjia.helpline.actions.intake.later",
        lambda name, **given: told.append({"name": name, "place": given["place"]}),
    )
    sent()
    urgent = sent(facts="他现在拿着刀", topic=Topic.VIOLENCE, danger=True)
    with acting_as(line.acting("officer")):
        first = queries.open_matters()[0]
        waiting = count_all(queries.waiting(line.acting("officer"), DAY))
    assert (first.number, first.risk, first.due_on, first.secret) == (urgent.number, Risk.EMERGENCY, DAY, True)
    assert (told, waiting["emergencies"], waiting["fresh"]) == ([{"name": "helpline.alert", "place": FULING}], 1, 1)


def test_what_she_said_stands_nowhere_in_the_open(line: District) -> None:
    received = sent(facts=f"{ASKED}，他叫王大锤")
    matter, officer = find(line, received), line.acting("officer")
    triaged(line, received, note="王大锤在外地")
    with acting_as(officer):
        actions.advise(matter_id=matter.pk, text="陈小雨您好，可以向法院申请执行", by=officer)
        words = ""
        with connection.cursor() as cursor:
            for table in ("matter", "message", "matterstep"):
                cursor.execute(f"SELECT row_to_json(t)::text FROM helpline_{table} t")
                words += "".join(row for (row,) in cursor.fetchall())
        words += "".join(
            str((one.summary, one.subject, one.verb)) for one in Trail.objects.filter(verb__startswith="helpline")
        )
    assert [
        name for name in ("陈小雨", "王大锤", "抚养", "13900139000", "工作日", received.code) if name in words
    ] == []


def test_after_violence_she_is_looked_after_twice_and_not_safe_is_in_hand_at_once(line: District) -> None:
    received, officer = sent(facts=BEATEN, topic=Topic.VIOLENCE), line.acting("officer")
    matter = triaged(line, received, risk=Risk.HIGH)
    with acting_as(officer):
        with pytest.raises(Refused, match="不适用调解"):
            actions.mediate(
                matter_id=matter.pk, asked_by=AskedBy.OFFERED, parties="双方", mediators="甲", dispute="家庭", both_willing=True, by=officer
            )  # fmt: skip
        actions.accept(matter_id=matter.pk, by=officer)
        actions.reply(matter_id=matter.pk, text="可以申请人身安全保护令，我们陪您去。", by=officer)
        due = list(FollowUp.objects.filter(matter=matter).values_list("due_on", flat=True))
        assert due == [DAY + days(7), DAY + days(30)]
        with pytest.raises(Refused, match="还有回访没有做"):
            actions.close(matter_id=matter.pk, why=ClosedWhy.ANSWERED, by=officer)
        back = actions.follow_up(matter_id=matter.pk, safe=False, note="又动手了", by=officer)
    assert (back.state, back.risk, back.due_on) == (State.IN_HAND, Risk.HIGH, DAY)


def test_a_unit_that_does_nothing_gets_the_written_opinion_of_art_73(line: District) -> None:
    received, officer, vice = sent(topic=Topic.LABOUR, kind=Kind.REPORT), line.acting("officer"), line.acting("vice")
    matter, office = triaged(line, received), line.unit("区人力社保局")
    with acting_as(officer):
        with pytest.raises(Refused, match="请先发要求调查处理函"):
            actions.refer(
                matter_id=matter.pk, kind=ReferralKind.SUPERVISE, department=office, letter="请处理", by=officer
            )
        demand = actions.refer(
            matter_id=matter.pk, kind=ReferralKind.DEMAND, department=office, letter="请调查孕期辞退一事", online=True, by=officer,
            answer_by=DAY + days(10),
        )  # fmt: skip
    assert (demand.number, demand.object_by) == ("ZB2026-0001", dt.date(2026, 12, 1))
    with clock.frozen(DAY + days(11)):
        with acting_as(vice):
            made = actions.refer(
                matter_id=matter.pk, kind=ReferralKind.SUPERVISE, department=office, letter="逾期未复，请依法处理", online=True, by=vice
            )  # fmt: skip
        with acting_as(line.acting("labour")) as labour:
            actions.answer_referral(referral_id=made.pk, answer="已责令用人单位恢复岗位", by=labour)
    matter = find(line, received)
    assert (made.number, matter.state, matter.unread) == ("DC2026-0001", State.REFERRED, True)


def test_a_quarrel_is_mediated_with_a_record_and_the_court_has_thirty_days(line: District) -> None:
    received, officer = sent(topic=Topic.MARRIAGE), line.acting("officer")
    matter = triaged(line, received)
    given: dict[str, Any] = {
        "matter_id": matter.pk, "asked_by": AskedBy.APPLIED, "parties": "夫妻二人", "mediators": "李调解", "dispute": "赡养", "by": officer,
    }  # fmt: skip
    with acting_as(officer):
        with pytest.raises(Refused, match="不得调解（人民调解法第十七条）"):
            actions.mediate(both_willing=False, **given)
        one = actions.mediate(both_willing=True, **given)
        with pytest.raises(Refused) as caught:
            actions.end_mediation(
                mediation_id=one.pk, result=MediationResult.SETTLED, record_text="谈了两次", sessions=2, by=officer
            )
        assert sorted(caught.value.fields) == ["agreement", "effective_on", "form"]
        done = actions.end_mediation(
            mediation_id=one.pk, result=MediationResult.SETTLED, record_text="谈了两次", sessions=2, form=Agreed.WRITTEN,
            agreement="每月给老人六百元", effective_on=DAY, by=officer,
        )  # fmt: skip
        actions.complete_mediation(mediation_id=one.pk, confirmation="（2026）渝0102民特1号", by=officer)
    assert (done.confirm_by, find(line, received).state) == (dt.date(2026, 12, 24), State.IN_HAND)


def test_a_town_is_given_one_matter_and_a_secret_one_only_by_the_supervisor(line: District) -> None:
    received, officer, vice = sent(facts=BEATEN, topic=Topic.VIOLENCE), line.acting("officer"), line.acting("vice")
    matter, town = triaged(line, received), person(line, "dunren")
    given: dict[str, Any] = {"matter_id": matter.pk, "handler": town}
    with acting_as(officer), pytest.raises(Refused, match="保密来件由督办人（涪陵区妇联 区副主席乙）交办"):
        actions.assign(unit=line.unit("敦仁街道妇联"), by=officer, **given)
    with acting_as(vice):
        with pytest.raises(Refused, match="崇义街道妇联不管这个地方"):
            actions.assign(unit=line.unit("崇义街道妇联"), by=vice, **given)
        actions.assign(unit=line.unit("敦仁街道妇联"), by=vice, **given)
    assert find(line, received, "dunren").handler == "敦仁街道妇联 敦仁主席"
    with acting_as(officer), pytest.raises(Matter.DoesNotExist):
        queries.matter(matter.pk)


def test_what_looks_like_abuse_is_held_and_a_person_decides(line: District) -> None:
    held, other = sent(facts="低价办证 www.ban.top"), sent(facts="办事 http://x.cn/1")
    officer = line.acting("officer")
    assert (find(line, held).state, own(held.code)) == (State.HELD, own(held.code))
    with acting_as(officer):
        assert actions.set_aside(matter_id=find(line, held).pk, by=officer).closed_why == ClosedWhy.ABUSE
        assert actions.release(matter_id=find(line, other).pk, by=officer).state == State.RECEIVED
        assert int(measures.value(measures.get("helpline.matters"))) == 1


def test_a_message_belongs_to_the_matter_that_is_open_and_one_delivered_twice_is_one(line: District) -> None:
    with acting_as(access.visitor()) as her:
        heard = [
            actions.hear(text=text, sender="open-id", key=key, place=FULING, by=her)
            for text, key in (
                ("想问离婚的事", "1"),
                ("想问离婚的事", "1"),
                ("孩子三岁", "2"),
                ("孩子三岁", "2"),
                ("他打我", "3"),
            )
        ]
    assert [(one.code != "", one.danger) for one in heard] == [
        (True, False),
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ]
    assert heard[0] == heard[1]
    with acting_as(line.acting("officer")):
        matter = Matter.objects.get()
        assert (matter.way, [said.text.reveal() for said in matter.messages.all()]) == (
            Way.WECHAT,
            ["孩子三岁", "他打我"],
        )


def test_the_roster_needs_two_people_who_may_and_the_clocks_hold_from_a_day_on(line: District) -> None:
    chair, officer = line.acting("chair"), person(line, "officer")
    with acting_as(chair):
        with pytest.raises(Refused, match="须是两个人"):
            actions.set_duty(starts_on=DAY, handler=officer, supervisor=officer, by=chair)
        with pytest.raises(Refused, match="没有办理来件的权限"):
            actions.set_duty(starts_on=DAY, handler=officer, supervisor=queries.Person(1, "某人"), by=chair)
        actions.set_terms(valid_from=DAY + days(1), values={"reply_workdays": 3}, by=chair)
        assert [queries.limits(DAY + days(more)).reply_workdays for more in (0, 1)] == [7, 3]
        assert Terms.objects.get(valid_from=DAY + days(1)).confirmed
    with acting_as(line.acting("officer")) as by, pytest.raises(PermissionDenied):
        actions.set_terms(valid_from=DAY + days(1), values={}, by=by)


def test_a_common_answer_names_nobody_and_is_published_by_another(line: District) -> None:
    officer, vice = line.acting("officer"), line.acting("vice")
    given: dict[str, Any] = {"topic": Topic.CUSTODY, "question": "抚养费怎么算？", "by": officer, "place": FULING}
    with acting_as(officer):
        with pytest.raises(Refused, match="手机号"):
            actions.write_answer(answer="请打13900139000问问", **given)
        with pytest.raises(Refused, match="地名“大东门社区”"):
            actions.write_answer(answer="大东门社区有人这样办过", **given)
        made = actions.write_answer(answer="一般按月总收入的百分之二十至三十给付。", **given)
    with acting_as(vice):
        actions.publish_answer(answer_id=made.pk, by=vice)
        with pytest.raises(Refused, match="已经公开过"):
            actions.publish_answer(answer_id=made.pk, by=vice)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"facts": " \u200b\x00 "}, "facts"), ({"facts": "字" * 4001}, "facts"), ({"demand": "字" * 1001}, "demand")],
)
def test_what_cannot_be_kept_is_said_by_field(line: District, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as caught:
        sent(**changes)
    assert list(caught.value.fields) == [field]


def test_a_village_enters_what_it_heard_and_only_within_its_range(line: District) -> None:
    assert entered(line, "dadongmen", way=Way.RELAYED).number == "L2026-00001"
    with pytest.raises(Refused, match="不在您的管理范围内"):
        entered(line, "dadongmen", place=JIAOTONG)


def test_one_who_left_leaves_her_matters_to_another_on_the_roster(line: District) -> None:
    sent()
    chair, officer = line.acting("chair"), line.acting("officer")
    to = person(line, "chair")
    with acting_as(chair):
        with pytest.raises(Refused, match="接手的人不在值班表里"):
            actions.pass_on(from_account=officer.account_id, to=to, by=chair)
        actions.set_duty(starts_on=DAY, handler=to, supervisor=person(line, "vice"), by=chair)
        with pytest.raises(Refused, match="还在任"):
            actions.pass_on(from_account=officer.account_id, to=to, by=chair)
