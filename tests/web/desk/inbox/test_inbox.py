"""The first page of an officer's day."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.programmes.actions import cases, checks, notices
from tests import factories as make
from tests.personas import District
from tests.programmes.actions.test_notices import objected
from tests.web.conftest import Browse
from tests.web.desk.cases.test_cases import MOST_QUERIES, names, queries_of, words


def test_nothing_to_do_says_so(as_persona: Browse) -> None:
    for who in ("dadongmen", "dunren", "officer", "chair", "finance", "auditor", "member", "admin"):
        assert "今天没有待办" in words(as_persona(who).get("/desk/"))


def test_the_most_urgent_comes_first_under_its_heading(as_persona: Browse, district: District) -> None:
    round_ = make.open_round(district)
    long_ago = clock.today() - dt.timedelta(days=8)
    with clock.frozen(long_ago):
        make.submitted(district, round_, 1, name="王逾期")
    with clock.frozen(clock.today() - dt.timedelta(days=5)):
        make.submitted(district, round_, 2, name="李将到")
    back = make.submitted(district, round_, 3, name="赵退回")
    make.submitted(district, round_, 4, name="陈新来")
    village, town = district.acting("dadongmen"), district.acting("dunren")
    with acting_as(village):
        cases.verify(case_id=back.pk, by=village, revision=None, seen=[], opinion="属实")
    with acting_as(town):
        cases.step(case_id=back.pk, key="return_to_village", by=town, revision=None, reason="PAPERS_UNCLEAR")
    page = as_persona("dadongmen").get("/desk/")
    assert names(page) == ["王逾期", "李将到", "赵退回", "陈新来"]
    told = words(page)
    order = [told.index(title) for title in ("已逾期 姓名", "即将到期 姓名", "退回的 姓名", "其他待办 姓名")]
    assert order == sorted(order)
    assert "退回村社区：材料看不清" in told
    assert "待我办理 4 件 两日内到期 1 件 已逾期 1 件" in told


def test_a_case_stands_on_one_desk_at_a_time(as_persona: Browse, district: District) -> None:
    case = make.submitted(district, make.open_round(district))
    desks = ("dadongmen", "dunren", "officer", "qianlongjie", "chongyi")
    assert [bool(names(as_persona(who).get("/desk/"))) for who in desks] == [True, False, False, False, False]
    make.at_district(district, case)
    assert [bool(names(as_persona(who).get("/desk/"))) for who in desks] == [False, False, True, False, False]


def test_what_she_is_filling_in_for_others_stands_there_until_it_is_handed_in(
    as_persona: Browse, district: District
) -> None:
    village = district.acting("dadongmen")
    round_ = make.open_round(district)
    with acting_as(village):
        draft = cases.start(round_=round_, place=village.place, by=village, answers=make.answers(1))
    assert f"/apply/{draft.pk}/" in as_persona("dadongmen").get("/desk/").content.decode()
    assert "今天没有待办" in words(as_persona("dunren").get("/desk/"))
    with acting_as(village):
        cases.submit(case_id=draft.pk, by=village)
    assert f"/apply/{draft.pk}/" not in as_persona("dadongmen").get("/desk/").content.decode()


def test_the_district_sees_rounds_notices_objections_and_lists_by_what_each_may_do(
    as_persona: Browse, district: District
) -> None:
    round_ = make.open_round(district, closes_on=clock.today() + dt.timedelta(days=3))
    make.approved(district, round_, 1)
    assert "已审定待上报 1 件" in words(as_persona("chair").get("/desk/"))
    make.allotted(district, round_, quota=1)
    officer = words(as_persona("officer").get("/desk/"))
    assert "已审定待公示 1 件" in officer
    assert "批次一周内截止受理 1 件" in officer
    notice = make.on_notice(district, round_, title="两癌救助公示")
    assert notice.state == "BLOCKED"
    blocked = "被拦截的公示待放行 须两人分别确认 1 件"
    assert blocked in words(as_persona("chair").get("/desk/"))
    chair = district.acting("chair")
    with acting_as(chair):
        notices.override(notice_id=notice.pk, why="标题是项目名称", by=chair)
    assert blocked not in words(as_persona("chair").get("/desk/"))
    assert blocked in words(as_persona("vice").get("/desk/"))
    vice = district.acting("vice")
    with acting_as(vice):
        notices.override(notice_id=notice.pk, why="标题是项目名称", by=vice)
        notice = notices.publish(notice_id=notice.pk, by=vice)
    objection = objected(district, notice)
    officer_by = district.acting("officer")
    home = as_persona("officer").get("/desk/")
    assert "异议待处理 处理前不发放 1 件" in words(home)
    led = re.findall(r'<li class="cluster spread"><a href="([^"]+)"', home.content.decode())
    assert {as_persona("officer").get(address).status_code for address in led} == {200}
    with acting_as(officer_by):
        notices.answer_objection(
            objection_id=objection.pk, upheld=False, answer="经入户核查，住房系亲属所有。", by=officer_by
        )
    make.notice_over(notice)
    assert "待列入发放清单 1 件" in words(as_persona("officer").get("/desk/"))
    make.listed(district, round_)
    assert "发放清单待登记结果 1 件" in words(as_persona("finance").get("/desk/"))


def test_departments_that_are_late_are_pointed_out(as_persona: Browse, district: District) -> None:
    case = make.at_district(district, make.submitted(district, make.open_round(district)))
    officer = district.acting("officer")
    with clock.frozen(clock.today() - dt.timedelta(days=30)), acting_as(officer):
        checks.ask(case_id=case.pk, by=officer, revision=None)
    assert "部门逾期未答复 1 件" in words(as_persona("officer").get("/desk/"))


def test_a_department_is_led_to_its_questions(as_persona: Browse) -> None:
    assert as_persona("civil_affairs").get("/desk/").headers["Location"] == "/partner/"


@pytest.mark.parametrize("who", ["dadongmen", "dunren", "officer", "chair"])
def test_the_inbox_takes_as_many_reads_with_one_as_with_three(as_persona: Browse, district: District, who: str) -> None:
    round_ = make.open_round(district)

    def arrive(serial: int) -> None:
        case = make.submitted(district, round_, serial)
        if who in ("officer", "chair"):
            make.at_district(district, case)
        elif who == "dunren":
            village = district.acting("dadongmen")
            with acting_as(village):
                cases.verify(case_id=case.pk, by=village, revision=None, seen=[], opinion="属实")

    arrive(1)
    browser = as_persona(who)
    browser.get("/desk/")
    one = queries_of(lambda: browser.get("/desk/"))
    arrive(2)
    arrive(3)
    assert queries_of(lambda: browser.get("/desk/")) == one
    assert one <= MOST_QUERIES
