"""What the public reads is masked when it is written; numbers of people stop it; an objection stops the money."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.org.queries import calendar
from niangjia.people.models import Consent
from niangjia.programmes import queries
from niangjia.programmes.actions import cases, notices, payments
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.kinds import NoticeState, ObjectionState
from niangjia.programmes.models import Case, Grant, Notice, Objection, Round
from tests import factories as make
from tests.personas import DADONGMEN, FULING, District


def drafted(district: District, round_: Round, **changes: Any) -> Notice:
    officer = district.acting("officer")
    text = {"title": "救助名单公示", "body": "现将名单予以公示。", "objection_phone": "023-72220000", **changes}
    with acting_as(officer):
        return notices.draft(round_id=round_.pk, by=officer, **text)


def published(district: District, notice: Notice) -> Notice:
    chair = district.acting("chair")
    with acting_as(chair):
        return notices.publish(notice_id=notice.pk, by=chair)


def state_of(district: District, case: Case) -> str:
    with acting_as(district.acting("officer")):
        return Case.objects.get(pk=case.pk).state


def objected(district: District, notice: Notice, line: int | None = 1) -> Objection:
    """A visitor objects, and the job that stops the case has run."""
    visitor, house = access.visitor(), access.house(FULING)
    with acting_as(visitor):
        number = notices.object_to(
            notice_id=notice.pk, line_order=line, text="她家在城里有两套住房，收入不低。", contact="", place=FULING, by=visitor
        )  # fmt: skip
    with acting_as(house):
        objection = Objection.objects.get(number=number)
        notices.stop_for_objection(objection_id=objection.pk, by=house)
    return objection


@pytest.fixture
def round_(district: District) -> Round:
    return make.open_round(district)


@pytest.fixture
def case(district: District, round_: Round) -> Case:
    """One allotted case."""
    made = make.approved(district, round_)
    make.allotted(district, round_, quota=1)
    return made


class TestWhatIsWritten:
    def test_a_name_is_masked_and_stands_only_with_consent_for_this_application(
        self, district: District, round_: Round
    ) -> None:
        for serial, consent in ((1, "yes"), (2, "no")):
            make.approved(district, round_, serial, consent_publish=consent)
        make.allotted(district, round_, quota=2)
        notice = drafted(district, round_)
        with acting_as(district.acting("officer")):
            lines = list(notice.lines.values_list("order", "masked_name", "town_name", "named"))
        assert lines == [(1, "张*芳", "敦仁街道", True), (2, "申请人2", "敦仁街道", False)]

    def test_consent_to_an_earlier_application_does_not_name_her_now(self, district: District, round_: Round) -> None:
        earlier = make.submitted(district, round_)
        village = district.acting("dadongmen")
        with acting_as(village):
            cases.step(case_id=earlier.pk, key="withdraw_for", by=village, revision=None, reason="HER_WISH")
        make.approved(district, round_, consent_publish="no")
        make.allotted(district, round_, quota=1)
        notice = drafted(district, round_)
        with acting_as(district.acting("officer")):
            assert [line.masked_name for line in notice.lines.all()] == ["申请人1"]

    def test_consent_withdrawn_before_publication_takes_the_name_off(
        self, district: District, round_: Round, case: Case
    ) -> None:
        notice = drafted(district, round_)
        officer = district.acting("officer")
        with acting_as(officer):
            assert [line.masked_name for line in notice.lines.all()] == ["张*芳"]
            Consent.objects.filter(subject=f"case:{case.pk}").update(withdrawn_at=clock.now())
        published(district, notice)
        with acting_as(officer):
            assert [line.masked_name for line in notice.lines.all()] == ["申请人1"]

    def test_without_allotted_cases_there_is_nothing_to_publish(self, district: District, round_: Round) -> None:
        with pytest.raises(Refused, match="没有待公示的申请"):
            drafted(district, round_)

    @pytest.mark.usefixtures("case")
    def test_a_case_stands_on_one_draft_at_a_time(self, district: District, round_: Round) -> None:
        drafted(district, round_)
        with pytest.raises(Refused, match="没有待公示的申请"):
            drafted(district, round_)


class TestTheRun:
    def test_it_begins_the_day_after_and_runs_for_the_days_of_the_round(
        self, district: District, round_: Round, case: Case
    ) -> None:
        notice = published(district, drafted(district, round_))
        assert notice.starts_on == calendar().add_workdays(clock.today(), 1)
        assert notice.ends_on == calendar().add_workdays(clock.today(), 7)
        with acting_as(district.acting("officer")):
            on = Case.objects.get(pk=case.pk)
            assert (on.state, on.due_on) == ("NOTICE", notice.ends_on)

    def test_it_ends_by_itself_the_day_after_its_last_day(self, district: District, round_: Round, case: Case) -> None:
        notice = published(district, drafted(district, round_))
        assert notice.ends_on is not None
        house = access.house(FULING)
        with clock.frozen(notice.ends_on), acting_as(house):
            assert notices.end_due(by=house) == 0
        with clock.frozen(notice.ends_on + dt.timedelta(days=1)), acting_as(house):
            assert notices.end_due(by=house) == 1
            assert notices.end_due(by=house) == 0
            ended = Notice.objects.get(pk=notice.pk)
            assert (ended.state, ended.result) == (NoticeState.ENDED, "公示期间无异议")
            assert Grant.objects.get(case=case).year == round_.year
        assert state_of(district, case) == "GRANTED"

    def test_a_withdrawn_notice_gives_its_cases_back(self, district: District, round_: Round, case: Case) -> None:
        notice = published(district, drafted(district, round_))
        chair = district.acting("chair")
        with acting_as(chair):
            with pytest.raises(Refused, match="请写明撤下原因"):
                notices.withdraw(notice_id=notice.pk, why=" ", by=chair)
            notices.withdraw(notice_id=notice.pk, why="名单有误", by=chair)
        assert state_of(district, case) == "ALLOCATED"
        again = published(district, drafted(district, round_))
        assert again.state == NoticeState.PUBLISHED

    def test_a_published_notice_is_not_changed(self, district: District, round_: Round, case: Case) -> None:
        notice = published(district, drafted(district, round_))
        officer = district.acting("officer")
        with acting_as(officer), pytest.raises(Refused, match="已发布的公示不能修改"):
            notices.change(
                notice_id=notice.pk, title="改", body="改", objection_phone="1", objection_address="", by=officer
            )

    def test_who_drafts_may_not_publish_by_her_post(self, district: District, round_: Round, case: Case) -> None:
        notice = drafted(district, round_)
        officer = district.acting("officer")
        with acting_as(officer), pytest.raises(PermissionDenied, match="发布公示"):
            notices.publish(notice_id=notice.pk, by=officer)

    def test_cases_that_left_meanwhile_do_not_stand_on_it(self, district: District, round_: Round) -> None:
        first, second = make.approved(district, round_, 1), make.approved(district, round_, 2)
        make.allotted(district, round_, quota=2)
        notice = drafted(district, round_)
        village = district.acting("dadongmen")
        with acting_as(village):
            cases.step(case_id=first.pk, key="withdraw_for", by=village, revision=None, reason="HER_WISH")
        published(district, notice)
        with acting_as(district.acting("officer")):
            assert [(line.order, line.case_id) for line in notice.lines.all()] == [(1, second.pk)]

    def test_when_all_have_left_it_is_not_published(self, district: District, round_: Round, case: Case) -> None:
        notice = drafted(district, round_)
        village = district.acting("dadongmen")
        with acting_as(village):
            cases.step(case_id=case.pk, key="withdraw_for", by=village, revision=None, reason="HER_WISH")
        with pytest.raises(Refused, match="没有可公示的"):
            published(district, notice)

    def test_a_grant_that_came_to_light_during_the_notice_sends_her_case_back(
        self, district: District, round_: Round, case: Case
    ) -> None:
        notice = published(district, drafted(district, round_))
        assert case.id_index is not None
        with acting_as(district.acting("officer")):
            Grant.objects.create(
                family="two_cancers", programme="two_cancers_grant", version="poor-mothers", id_index=case.id_index,
                amount=10_000, place=case.place, year=2015, granted_on=dt.date(2015, 10, 1),
                paid_on=dt.date(2015, 10, 1), state="PAID", source="历史台账",
            )  # fmt: skip
        make.notice_over(notice)
        assert state_of(district, case) == "ALLOCATED"
        chair = district.acting("chair")
        with acting_as(chair):
            refused = cases.step(case_id=case.pk, key="refuse", by=chair, revision=None, reason="GRANTED_BEFORE")
        assert refused.state == "REJECTED"


def workbook(hide: str) -> bytes:
    """A list whose ID number stands where one does not see it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        shown = book.add_worksheet("名单")
        shown.write_row(0, 0, ["序号", "镇街", "金额"])
        shown.write_row(1, 0, ["1", "敦仁街道", "10000"])
        number = make.id_number(1)
        match hide:
            case "column":
                shown.write_string(1, 5, number)
                shown.set_column(5, 5, None, None, {"hidden": True})
            case "row":
                shown.write_string(7, 0, number)
                shown.set_row(7, None, None, {"hidden": True})
            case "sheet":
                other = book.add_worksheet("底册")
                other.write_string(0, 0, number)
                other.hide()
            case "comment":
                shown.write_comment(1, 1, f"本人{number}")
    return out.getvalue()


class TestScanner:
    @pytest.mark.parametrize(
        ("changes", "kind", "where"),
        [
            ({"title": f"关于{make.id_number(1)}的公示"}, "ID", "标题"),
            ({"body": "联系人手机13800138000。"}, "PHONE", "正文"),
            ({"body": "账户6222020200112233446。"}, "CARD", "正文"),
            ({"basis": f"依据{make.id_number(1)}"}, "ID", "依据"),
            ({"objection_address": "某路1号，电话13800138000"}, "PHONE", "异议受理地址"),
            ({"title": "低收入妇女两癌救助公示"}, "ILLNESS", "标题"),
            ({"body": "患乳腺癌的妇女名单如下。"}, "ILLNESS", "正文"),
        ],
    )
    @pytest.mark.usefixtures("case")
    def test_numbers_and_illness_stop_it(
        self, district: District, round_: Round, changes: dict[str, str], kind: str, where: str
    ) -> None:
        notice = published(district, drafted(district, round_, **changes))
        assert notice.state == NoticeState.BLOCKED
        assert (kind, where) in {(hit["kind"], hit["where"]) for hit in notice.hits}
        assert make.id_number(1) not in str(notice.hits)
        assert "13800138000" not in str(notice.hits)

    @pytest.mark.parametrize("hide", ["column", "row", "sheet", "comment"])
    @pytest.mark.usefixtures("case")
    def test_what_an_attachment_hides_stops_it_too(self, district: District, round_: Round, hide: str) -> None:
        officer = district.acting("officer")
        with acting_as(officer):
            paper = files.store(
                name="名单.xlsx", data=workbook(hide), purpose="notice", place=FULING, by=officer, kinds=[FileKind.XLSX]
            )  # fmt: skip
        notice = published(district, drafted(district, round_, attachment=paper))
        assert notice.state == NoticeState.BLOCKED
        assert {hit["kind"] for hit in notice.hits} == {"ID"}

    @pytest.mark.usefixtures("case")
    def test_a_clean_attachment_passes(self, district: District, round_: Round) -> None:
        officer = district.acting("officer")
        with acting_as(officer):
            paper = files.store(
                name="名单.xlsx", data=workbook(""), purpose="notice", place=FULING, by=officer, kinds=[FileKind.XLSX]
            )  # fmt: skip
        assert published(district, drafted(district, round_, attachment=paper)).state == NoticeState.PUBLISHED

    def test_a_blocked_notice_is_not_public_and_its_cases_stay(
        self, district: District, round_: Round, case: Case
    ) -> None:
        published(district, drafted(district, round_, title="两癌救助公示"))
        assert state_of(district, case) == "ALLOCATED"
        with acting_as(district.acting("officer")):
            assert not queries.running_notices(clock.today() + dt.timedelta(days=3)).exists()


@pytest.mark.usefixtures("case")
class TestOverride:
    def test_it_takes_two_people(self, district: District, round_: Round) -> None:
        notice = published(district, drafted(district, round_, title="两癌救助公示"))
        chair, vice = district.acting("chair"), district.acting("vice")
        with acting_as(chair):
            notices.override(notice_id=notice.pk, why="标题是项目名称", by=chair)
            with pytest.raises(Refused, match="须由另一位有权限的同事再次确认"):
                notices.override(notice_id=notice.pk, why="标题是项目名称", by=chair)
        assert published(district, notice).state == NoticeState.BLOCKED
        with acting_as(vice):
            notices.override(notice_id=notice.pk, why="标题是项目名称", by=vice)
        assert published(district, notice).state == NoticeState.PUBLISHED

    def test_the_one_who_drafted_it_is_neither(self, district: District, round_: Round) -> None:
        chair = district.acting("chair")
        with acting_as(chair):
            notice = notices.draft(
                round_id=round_.pk, title="两癌救助公示", body="名单", objection_phone="023-72220000", by=chair
            )
            notices.publish(notice_id=notice.pk, by=chair)
            with pytest.raises(Refused, match="起草公示的人不能放行"):
                notices.override(notice_id=notice.pk, why="标题是项目名称", by=chair)

    def test_a_reason_is_asked_for_and_the_verb(self, district: District, round_: Round) -> None:
        notice = published(district, drafted(district, round_, title="两癌救助公示"))
        chair, officer = district.acting("chair"), district.acting("officer")
        with acting_as(chair), pytest.raises(Refused) as caught:
            notices.override(notice_id=notice.pk, why="好", by=chair)
        assert caught.value.fields == {"why": "请写明理由。"}
        with acting_as(officer), pytest.raises(PermissionDenied):
            notices.override(notice_id=notice.pk, why="标题是项目名称", by=officer)

    def test_a_change_of_text_must_be_let_pass_again(self, district: District, round_: Round) -> None:
        notice = published(district, drafted(district, round_, title="两癌救助公示"))
        for who in ("chair", "vice"):
            by = district.acting(who)
            with acting_as(by):
                notices.override(notice_id=notice.pk, why="标题是项目名称", by=by)
        officer = district.acting("officer")
        with acting_as(officer):
            notices.change(
                notice_id=notice.pk, title="两癌救助公示", body=f"{make.id_number(1)}", objection_phone="023-72220000",
                objection_address="", by=officer,
            )  # fmt: skip
        assert published(district, notice).state == NoticeState.BLOCKED

    def test_the_database_knows_that_two_means_two(self, district: District, round_: Round) -> None:
        notice = published(district, drafted(district, round_, title="两癌救助公示"))
        with acting_as(district.acting("chair")):
            notice.override_first = notice.override_second = 1
            with pytest.raises(IntegrityError, match="programmes_notice_two_people"), transaction.atomic():
                notice.save()


class TestObjections:
    def test_an_objection_stops_the_case_and_the_money(self, district: District, round_: Round, case: Case) -> None:
        notice = published(district, drafted(district, round_))
        objected(district, notice)
        assert state_of(district, case) == "OBJECTION"
        make.notice_over(notice)
        assert state_of(district, case) == "OBJECTION"
        officer = district.acting("officer")
        with acting_as(officer):
            assert not queries.payable_grants(round_).exists()
            with pytest.raises(Refused, match="没有可以发放的救助"):
                payments.make_list(round_id=round_.pk, by=officer)

    def test_an_objection_whose_job_has_not_run_still_holds_the_grant_back(
        self, district: District, round_: Round, case: Case
    ) -> None:
        notice = published(district, drafted(district, round_))
        visitor = access.visitor()
        with acting_as(visitor):
            notices.object_to(
                notice_id=notice.pk, line_order=1, text="她家在城里有两套住房。", contact="", place=FULING, by=visitor
            )
        make.notice_over(notice)
        assert state_of(district, case) == "NOTICE"

    def test_dismissed_during_the_notice_it_goes_on(self, district: District, round_: Round, case: Case) -> None:
        notice = published(district, drafted(district, round_))
        objection = objected(district, notice)
        officer = district.acting("officer")
        with acting_as(officer):
            notices.answer_objection(
                objection_id=objection.pk, upheld=False, answer="经入户核查，住房系亲属所有。", by=officer
            )
        assert state_of(district, case) == "NOTICE"
        make.notice_over(notice)
        assert state_of(district, case) == "GRANTED"

    def test_dismissed_after_the_notice_it_is_granted_by_the_house(
        self, district: District, round_: Round, case: Case
    ) -> None:
        notice = published(district, drafted(district, round_))
        objection = objected(district, notice)
        make.notice_over(notice)
        officer = district.acting("officer")
        with acting_as(officer):
            notices.answer_objection(
                objection_id=objection.pk, upheld=False, answer="经入户核查，住房系亲属所有。", by=officer
            )
            grant = case.steps.get(key="grant")
        assert state_of(district, case) == "GRANTED"
        assert grant.actor == "系统"

    def test_dismissed_after_the_notice_was_withdrawn_it_goes_back_to_before_the_notice(
        self, district: District, round_: Round, case: Case
    ) -> None:
        notice = published(district, drafted(district, round_))
        objection = objected(district, notice)
        chair, officer = district.acting("chair"), district.acting("officer")
        with acting_as(chair):
            notices.withdraw(notice_id=notice.pk, why="名单有误", by=chair)
        with acting_as(officer):
            notices.answer_objection(
                objection_id=objection.pk, upheld=False, answer="经入户核查，住房系亲属所有。", by=officer
            )
        assert state_of(district, case) == "ALLOCATED"

    @pytest.mark.parametrize("stopped", [True, False])
    def test_upheld_the_case_ends(self, district: District, round_: Round, case: Case, stopped: bool) -> None:
        notice = published(district, drafted(district, round_))
        visitor, officer = access.visitor(), district.acting("officer")
        if stopped:
            objection = objected(district, notice)
        else:
            with acting_as(visitor):
                number = notices.object_to(
                    notice_id=notice.pk, line_order=1, text="她家在城里有两套住房。", contact="", place=FULING, by=visitor
                )  # fmt: skip
            with acting_as(officer):
                objection = Objection.objects.get(number=number)
        with acting_as(officer):
            answered = notices.answer_objection(
                objection_id=objection.pk, upheld=True, answer="经查实收入超过标准，取消资格。", by=officer
            )
            with pytest.raises(Refused, match="已经处理"):
                notices.answer_objection(
                    objection_id=objection.pk, upheld=False, answer="经查实收入超过标准，取消资格。", by=officer
                )
        assert answered.state == ObjectionState.UPHELD
        assert state_of(district, case) == "REJECTED"

    @pytest.mark.parametrize(("upheld", "state"), [(False, "GRANTED"), (True, "ALLOCATED")])
    def test_an_objection_to_the_whole_notice_holds_every_line_back_until_it_is_answered(
        self, district: District, round_: Round, case: Case, upheld: bool, state: str
    ) -> None:
        notice = published(district, drafted(district, round_))
        objection = objected(district, notice, line=None)
        make.notice_over(notice)
        assert state_of(district, case) == "NOTICE"
        officer = district.acting("officer")
        with acting_as(officer):
            notices.answer_objection(
                objection_id=objection.pk, upheld=upheld, answer="经核查公示栏照片和张贴时间。", by=officer
            )
        assert state_of(district, case) == state

    def test_an_objection_to_the_whole_upheld_while_it_runs_takes_it_down(
        self, district: District, round_: Round, case: Case
    ) -> None:
        notice = published(district, drafted(district, round_))
        objection = objected(district, notice, line=None)
        officer = district.acting("officer")
        with acting_as(officer):
            notices.answer_objection(
                objection_id=objection.pk, upheld=True, answer="公示天数不足，应重新公示。", by=officer
            )
            notice.refresh_from_db()
        assert (state_of(district, case), notice.state) == ("ALLOCATED", NoticeState.WITHDRAWN)

    def test_two_objections_both_have_to_be_dismissed(self, district: District, round_: Round, case: Case) -> None:
        notice = published(district, drafted(district, round_))
        first, second = objected(district, notice), objected(district, notice)
        officer = district.acting("officer")
        with acting_as(officer):
            for objection, expected in ((first, "OBJECTION"), (second, "NOTICE")):
                notices.answer_objection(
                    objection_id=objection.pk, upheld=False, answer="经入户核查，住房系亲属所有。", by=officer
                )
                assert Case.objects.get(pk=case.pk).state == expected

    @pytest.mark.parametrize(("text", "answer"), [("不对", None), (None, "不对")])
    def test_both_sides_have_to_say_something(
        self, district: District, round_: Round, case: Case, text: str | None, answer: str | None
    ) -> None:
        notice = published(district, drafted(district, round_))
        visitor, officer = access.visitor(), district.acting("officer")
        if text:
            with acting_as(visitor), pytest.raises(Refused, match="至少10个字"):
                notices.object_to(notice_id=notice.pk, line_order=1, text=text, contact="", place=FULING, by=visitor)
        if answer:
            objection = objected(district, notice)
            with acting_as(officer), pytest.raises(Refused, match="至少10个字"):
                notices.answer_objection(objection_id=objection.pk, upheld=True, answer=answer, by=officer)

    @pytest.mark.parametrize("line", [2, 99])
    def test_a_line_that_is_not_there_cannot_be_objected_to(
        self, district: District, round_: Round, case: Case, line: int
    ) -> None:
        notice = published(district, drafted(district, round_))
        with pytest.raises(Refused, match="已经结束或不存在"):
            objected(district, notice, line)

    def test_after_the_end_nobody_objects_through_the_page(self, district: District, round_: Round, case: Case) -> None:
        notice = published(district, drafted(district, round_))
        make.notice_over(notice)
        with pytest.raises(Refused, match="已经结束或不存在"):
            objected(district, notice)

    def test_who_filled_the_application_in_does_not_rule_on_it(
        self, district: District, round_: Round, case: Case
    ) -> None:
        notice = published(district, drafted(district, round_))
        objection = objected(district, notice)
        officer = district.acting("officer")
        with acting_as(officer):
            entered = case.steps.get(key="submit_for")
            case.steps.create(
                at=entered.at, key="submit_for", label=entered.label, verb=entered.verb, target=entered.target,
                actor=officer.signature, account_id=officer.account_id, place=DADONGMEN,
            )  # fmt: skip
            with pytest.raises(Refused, match="录入申请的人不得处理对该申请的异议"):
                notices.answer_objection(
                    objection_id=objection.pk, upheld=False, answer="经入户核查，住房系亲属所有。", by=officer
                )

    def test_what_was_said_is_sealed(self, district: District, round_: Round, case: Case) -> None:
        notice = published(district, drafted(district, round_))
        objection = objected(district, notice)
        assert "住房" not in str(objection.text)
        assert objection.text.reveal() == "她家在城里有两套住房，收入不低。"
