"""A department answers on a page of its own and sees no more than it needs."""

import pytest

from niangjia.access.acting import acting_as
from niangjia.programmes.actions import checks
from niangjia.programmes.models import Case, OutsideCheck
from tests import factories
from tests.personas import District
from tests.web.conftest import Browse


@pytest.fixture
def asked(district: District) -> Case:
    """A case about which every department was asked."""
    case = factories.at_district(district, factories.submitted(district, factories.open_round(district)))
    officer = district.acting("officer")
    with acting_as(officer):
        return checks.ask(case_id=case.pk, by=officer, revision=None)


def check_of(district: District, who: str) -> OutsideCheck:
    with acting_as(district.acting(who)):
        return OutsideCheck.objects.get()


def test_the_list_shows_the_number_and_the_question_but_no_name(
    asked: Case, as_persona: Browse, district: District
) -> None:
    page = as_persona("health").get("/partner/").content.decode()
    assert [asked.number in page, "张桂芳" in page, "医疗保障" in page] == [True, False, False]


def test_the_question_shows_what_it_needs(asked: Case, as_persona: Browse, district: District) -> None:
    page = as_persona("civil_affairs").get(f"/partner/{check_of(district, 'civil_affairs').pk}/").content.decode()
    assert [text in page for text in ("张桂芳", factories.id_number(1), "最低生活保障对象", "宫颈癌", "6222")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_opening_a_question_is_in_the_trail(asked: Case, as_persona: Browse, district: District) -> None:
    from niangjia.trail.queries import of_subject

    check = check_of(district, "health")
    as_persona("health").get(f"/partner/{check.pk}/")
    with acting_as(district.acting("chair")):
        assert [entry.verb for entry in of_subject(f"check:{check.pk}")] == ["check.open"]


def test_another_departments_question_is_not_there(asked: Case, as_persona: Browse, district: District) -> None:
    assert as_persona("insurance").get(f"/partner/{check_of(district, 'health').pk}/").status_code == 404


@pytest.mark.parametrize(
    ("answer", "remark", "saved"),
    [("YES", "", "YES"), ("NO", "无此人记录。", "NO"), ("NO", "", ""), ("REMARK", "", ""), ("", "", "")],
)
def test_no_and_remark_need_words(
    asked: Case, as_persona: Browse, district: District, answer: str, remark: str, saved: str
) -> None:
    check = check_of(district, "health")
    as_persona("health").post(f"/partner/{check.pk}/", {"answer": answer, "remark": remark})
    assert check_of(district, "health").answer == saved


def test_an_officer_is_refused_the_departments_page(asked: Case, as_persona: Browse) -> None:
    assert as_persona("dunren").get("/partner/").status_code == 403


@pytest.mark.parametrize("cases", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    district: District, as_persona: Browse, django_assert_max_num_queries: object, cases: int
) -> None:
    round_ = factories.open_round(district)
    officer = district.acting("officer")
    for serial in range(1, cases + 1):
        case = factories.at_district(district, factories.submitted(district, round_, serial))
        with acting_as(officer):
            checks.ask(case_id=case.pk, by=officer, revision=None)
    client = as_persona("health")
    client.get("/partner/")
    with django_assert_max_num_queries(12) as counted:  # type: ignore[operator]
        client.get("/partner/")
    assert len(counted) == 11
