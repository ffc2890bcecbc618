"""Departments are asked what they need to know, answer on their own page, and the case moves when all have."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.core.clock import today
from niangjia.org.queries import calendar
from niangjia.programmes import queries
from niangjia.programmes.actions import cases, checks
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.kinds import Answer
from niangjia.programmes.models import Case, OutsideCheck, Step
from niangjia.trail.models import Entry
from tests import factories as make
from tests.personas import FULING, District


def asked(district: District) -> Case:
    case = make.at_district(district, make.submitted(district, make.open_round(district)))
    officer = district.acting("officer")
    with acting_as(officer):
        return checks.ask(case_id=case.pk, by=officer, revision=None)


def test_each_department_is_shown_what_its_question_needs_and_nothing_of_the_rest(district: District) -> None:
    case = asked(district)
    with acting_as(district.acting("officer")):
        shown = {
            check.unit.short_name: [label for label, _ in json.loads(check.shared.reveal())]
            for check in case.checks.select_related("unit")
        }
    assert shown == {
        "区民政局": ["姓名", "身份证号码", "困难类别", "认定日期"],
        "区卫生健康委": ["姓名", "身份证号码", "确诊医院", "确诊日期"],
        "区医疗保障局": ["姓名", "身份证号码", "确诊医院"],
    }


def test_a_department_sees_its_own_questions_and_no_case(district: District) -> None:
    asked(district)
    with acting_as(district.acting("civil_affairs")):
        assert [check.key for check in queries.checks_for_unit()] == ["income"]
    with acting_as(district.acting("poverty_office")):
        assert not queries.checks_for_unit().exists()


def test_every_transfer_and_every_look_is_in_the_trail(district: District) -> None:
    case = asked(district)
    partner = district.acting("civil_affairs")
    with acting_as(partner):
        (check,) = queries.checks_for_unit()
        assert dict(checks.shared_with(check, by=partner))["身份证号码"] == make.id_number(1)
    with acting_as(district.acting("auditor")):
        shared = Entry.objects.filter(verb="case.share", subject=f"case:{case.pk}")
        assert sorted(entry.summary["unit"] for entry in shared) == ["区医疗保障局", "区卫生健康委", "区民政局"]
        opened = Entry.objects.get(verb="check.open")
    assert make.id_number(1) not in json.dumps(opened.summary)
    assert opened.actor == partner.signature


def test_the_answer_is_due_in_ten_working_days(district: District) -> None:
    case = asked(district)
    with acting_as(district.acting("officer")):
        assert {check.due_on for check in case.checks.all()} == {calendar().add_workdays(today(), 10)}


def test_the_case_moves_when_the_last_department_has_answered(district: District) -> None:
    case = asked(district)
    with acting_as(district.acting("officer")):
        open_checks = list(case.checks.select_related("unit").order_by("id"))
    states = []
    for check in open_checks:
        make.answer(district, check)
        with acting_as(district.acting("officer")):
            states.append(Case.objects.get(pk=case.pk).state)
    assert states == ["CHECKING", "CHECKING", "REVIEWED"]
    with acting_as(district.acting("officer")):
        step = Step.objects.get(case=case, key="answered")
    assert step.actor == "系统"
    assert step.note == "区民政局：相符；区卫生健康委：相符；区医疗保障局：相符"


def test_collecting_twice_does_no_harm(district: District) -> None:
    case = make.checked(district, make.at_district(district, make.submitted(district, make.open_round(district))))
    house = access.house(FULING)
    with acting_as(house):
        checks.collect(case_id=case.pk, by=house)
        assert Case.objects.get(pk=case.pk).revision == case.revision


@pytest.mark.parametrize("says", [Answer.NO, Answer.REMARK])
def test_no_and_remark_need_words(district: District, says: Answer) -> None:
    asked(district)
    partner = district.acting("civil_affairs")
    with acting_as(partner):
        (check,) = queries.checks_for_unit()
        with pytest.raises(Refused) as caught:
            checks.answer(check_id=check.pk, answer=says, remark=" ", by=partner)
    assert caught.value.fields == {"remark": "请写明情况。"}


def test_an_answer_can_be_corrected_until_the_district_relies_on_it(district: District) -> None:
    case = asked(district)
    partner = district.acting("civil_affairs")
    with acting_as(partner):
        (check,) = queries.checks_for_unit()
        checks.answer(check_id=check.pk, answer=Answer.NO, remark="查无此人", by=partner)
        checks.answer(check_id=check.pk, answer=Answer.YES, remark="", by=partner)
    with acting_as(district.acting("officer")):
        rest = list(case.checks.filter(answer="").select_related("unit"))
    for other in rest:
        make.answer(district, other)
    with acting_as(partner), pytest.raises(Refused, match="答复不能再改"):
        checks.answer(check_id=check.pk, answer=Answer.NO, remark="查无此人", by=partner)


def test_a_department_cannot_answer_for_another(district: District) -> None:
    case = asked(district)
    with acting_as(district.acting("officer")):
        foreign = case.checks.get(key="health")
    partner = district.acting("civil_affairs")
    with acting_as(partner), pytest.raises(OutsideCheck.DoesNotExist):
        checks.answer(check_id=foreign.pk, answer=Answer.YES, remark="", by=partner)
    officer = district.acting("officer")
    with acting_as(officer), pytest.raises(PermissionDenied):
        checks.answer(check_id=foreign.pk, answer=Answer.YES, remark="", by=officer)


def test_recalled_questions_leave_the_departments_page_and_can_be_put_again(district: District) -> None:
    case = asked(district)
    officer = district.acting("officer")
    with acting_as(officer):
        assert cases.step(case_id=case.pk, key="recall", by=officer, revision=None).state == "REVIEWED"
    with acting_as(district.acting("civil_affairs")):
        assert not queries.checks_for_unit().exists()
    with acting_as(officer):
        checks.ask(case_id=case.pk, by=officer, revision=None)
        assert case.checks.filter(cancelled_at__isnull=True).count() == 3


def test_asking_when_all_is_answered_is_refused_and_one_question_can_be_put_anew(district: District) -> None:
    case = make.checked(district, make.at_district(district, make.submitted(district, make.open_round(district))))
    officer = district.acting("officer")
    with acting_as(officer):
        with pytest.raises(Refused, match="部门核验都已答复"):
            checks.ask(case_id=case.pk, by=officer, revision=None)
        checks.ask_again(check_id=case.checks.get(key="health").pk, by=officer)
        assert checks.ask(case_id=case.pk, by=officer, revision=None).state == "CHECKING"
        assert [c.key for c in case.checks.filter(cancelled_at__isnull=True, answer="")] == ["health"]
        with pytest.raises(Refused, match="核验进行中的请先收回"):
            checks.ask_again(check_id=case.checks.get(key="income").pk, by=officer)


def test_a_round_is_asked_at_once_and_a_second_time_asks_nobody(district: District) -> None:
    round_ = make.open_round(district)
    for serial in (1, 2):
        make.at_district(district, make.submitted(district, round_, serial))
    officer = district.acting("officer")
    with acting_as(officer):
        assert checks.ask_round(round_id=round_.pk, by=officer) == (2, [])
        assert checks.ask_round(round_id=round_.pk, by=officer) == (0, [])
        assert OutsideCheck.objects.count() == 6
