"""Her own matters."""

from __future__ import annotations

import pytest
from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.people.models import Consent
from niangjia.programmes.models import Case, Round
from niangjia.trail.models import Entry
from niangjia.web.portal.mine import matters
from tests import factories
from tests.personas import District
from tests.web.conftest import Browse
from tests.web.portal import own, walking

pytestmark = pytest.mark.django_db(databases=["default", "public"])

CARD = str(factories.answers()["card"])


@pytest.fixture
def round_(district: District) -> Round:
    return factories.open_round(district)


@pytest.fixture
def her(as_persona: Browse) -> Client:
    return as_persona("resident")


def words(answer: object) -> str:
    text: str = answer.content.decode()  # type: ignore[attr-defined]
    return text


def consents(district: District, case: Case) -> dict[str, Consent]:
    with acting_as(district.resident()):
        return {consent.purpose: consent for consent in Consent.objects.filter(subject=f"case:{case.pk}")}


def test_an_empty_list_says_what_to_do(her: Client) -> None:
    assert "还没有申请" in words(her.get("/my/"))


def test_what_waits_for_her_comes_first(her: Client, round_: Round, district: District) -> None:
    waiting = own.draft(district, round_, 1)
    sent = own.submitted(district, round_, 2)
    with acting_as(district.resident()):
        found = matters.summaries(district.resident())
    assert [(s.case.pk, s.matter is not None) for s in found] == [(waiting.pk, True), (sent.pk, False)]


def test_a_returned_case_says_why_until_when_and_where_to_go(her: Client, round_: Round, district: District) -> None:
    case = own.returned(district, round_)
    page = words(her.get(f"/my/{case.pk}/"))
    assert f"原因：材料看不清；病理报告第二页看不清。请在{case.due_on:%Y-%m-%d}前改好再提交。" in page
    assert f'href="/apply/{case.pk}/"' in page


def test_the_home_page_tells_her_what_waits(her: Client, round_: Round, district: District) -> None:
    own.returned(district, round_)
    page = words(her.get("/"))
    assert ("等您来办" in page, "2026年救助申请（张桂芳）：请补正" in page) == (True, True)


@pytest.mark.parametrize(
    ("made", "station"),
    [(own.draft, 1), (own.returned, 1), (own.submitted, 2), (own.sent_back_by_the_bank, 6)],
)
def test_the_picture_shows_where_the_case_stands(made: object, station: int, round_: Round, district: District) -> None:
    case = made(district, round_)  # type: ignore[operator]
    assert matters.station(own.as_of_now(district, case)) == station


def test_what_happened_names_bodies_and_no_person(her: Client, round_: Round, district: District) -> None:
    case = own.sent_back_by_the_bank(district, round_)
    page = words(her.get(f"/my/{case.pk}/"))
    found = matters.events(case, list(case.steps.all()))
    assert [(event.title, event.unit) for event in found[::-1]] == [
        ("填写中", "本人"),
        ("待村社区核实", "本人"),
        ("待镇街审核", "大东门社区妇联"),
        ("待区级审核", "敦仁街道妇联"),
        ("区级审核中", "涪陵区妇联"),
        ("审核通过，等待名额", "涪陵区妇联"),
        ("已获名额，准备公示", "涪陵区妇联"),
        ("公示中", "涪陵区妇联"),
        ("待发放", "系统"),
        ("银行发放中", "涪陵区妇联"),
        ("银行退回，请更正账户", "涪陵区妇联"),
    ]
    names = ("大东门主席", "敦仁主席", "区干事丙", "区主席甲", "区财务丁", "联络员")
    assert [name in page for name in names] == [False] * 6


def test_no_opinion_of_the_offices_is_shown(her: Client, round_: Round, district: District) -> None:
    case = own.sent_back_by_the_bank(district, round_)
    assert "情况属实，同意上报" not in words(her.get(f"/my/{case.pk}/"))


@pytest.mark.parametrize("path", ["", "data/", "withdraw/", "account/"])
def test_another_residents_case_does_not_exist(
    as_persona: Browse, round_: Round, district: District, path: str
) -> None:
    case = own.submitted(district, round_)
    other = as_persona("resident", "13900139000")
    assert [other.get(f"/my/{case.pk}/{path}").status_code, other.post(f"/my/{case.pk}/{path}").status_code] == [
        404
    ] * 2


@pytest.mark.parametrize("path", ["/my/", "/my/1/", "/my/1/data/", "/my/1/withdraw/", "/my/1/account/"])
def test_who_is_not_signed_in_is_asked_to(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == f"/my/sign-in/?next={path}"


def test_an_officer_has_no_matters_of_a_resident(as_persona: Browse) -> None:
    assert as_persona("officer").get("/my/").status_code == 403


# --- what was entered --------------------------------------------------------------------------------------------


def test_she_sees_what_was_entered_with_its_numbers_covered(her: Client, round_: Round, district: District) -> None:
    case = own.submitted(district, round_)
    page = words(her.get(f"/my/{case.pk}/data/"))
    shown = ("涪陵中心医院", "一组12号", "138****8000", factories.id_number(1), CARD)
    assert [text in page for text in shown] == [True, True, True, False, False]


def test_each_consent_stands_alone_and_can_be_taken_back(her: Client, round_: Round, district: District) -> None:
    case = own.submitted(district, round_)
    publish = consents(district, case)["PUBLISH"]
    asked = words(her.get(f"/my/{case.pk}/data/{publish.pk}/withdraw/"))
    her.post(f"/my/{case.pk}/data/{publish.pk}/withdraw/")
    after = consents(district, case)
    with acting_as(district.acting("auditor")):
        trail = list(Entry.objects.filter(verb="people.consent.withdraw").values_list("summary__purpose", flat=True))
    assert "将一并撤回" not in asked
    assert [purpose for purpose, consent in after.items() if consent.withdrawn_at] == ["PUBLISH"]
    assert (own.as_of_now(district, case).state, trail) == ("SUBMITTED", ["PUBLISH"])


def test_without_a_needed_consent_the_application_is_withdrawn_too(
    her: Client, round_: Round, district: District
) -> None:
    case = own.submitted(district, round_)
    health = consents(district, case)["HEALTH"]
    asked = words(her.get(f"/my/{case.pk}/data/{health.pk}/withdraw/"))
    her.post(f"/my/{case.pk}/data/{health.pk}/withdraw/")
    assert ("将一并撤回" in asked, own.as_of_now(district, case).state) == (True, "WITHDRAWN")


def test_a_consent_of_another_case_is_not_taken_back_here(her: Client, round_: Round, district: District) -> None:
    first, second = own.submitted(district, round_, 1), own.submitted(district, round_, 2)
    foreign = consents(district, second)["PUBLISH"]
    assert her.post(f"/my/{first.pk}/data/{foreign.pk}/withdraw/").status_code == 404


def test_a_consent_taken_back_stays_taken_back(her: Client, round_: Round, district: District) -> None:
    case = own.submitted(district, round_)
    publish = consents(district, case)["PUBLISH"]
    statuses = [her.post(f"/my/{case.pk}/data/{publish.pk}/withdraw/").status_code for _ in range(2)]
    assert statuses == [302, 404]


# --- withdrawing, correcting -------------------------------------------------------------------------------------


def test_withdrawing_asks_first(her: Client, round_: Round, district: District) -> None:
    case = own.submitted(district, round_)
    page = words(her.get(f"/my/{case.pk}/withdraw/"))
    assert ("撤回后本次申请终止，受理期内可以重新申请。" in page, own.as_of_now(district, case).state) == (
        True,
        "SUBMITTED",
    )


@pytest.mark.parametrize("made", [own.draft, own.submitted, own.returned, own.sent_back_by_the_bank])
def test_she_may_withdraw_at_any_time_before_the_money(
    made: object, her: Client, round_: Round, district: District
) -> None:
    case = made(district, round_)  # type: ignore[operator]
    her.post(f"/my/{case.pk}/withdraw/")
    assert own.as_of_now(district, case).state == "WITHDRAWN"


def test_withdrawing_twice_is_harmless(her: Client, round_: Round, district: District) -> None:
    case = own.submitted(district, round_)
    answers = [her.post(f"/my/{case.pk}/withdraw/", follow=True) for _ in range(2)]
    assert ["申请已撤回。" in words(answers[0]), "不能撤回" in words(answers[1])] == [True, True]


def test_after_withdrawing_she_may_apply_again(her: Client, round_: Round, district: District) -> None:
    case = own.submitted(district, round_)
    her.post(f"/my/{case.pk}/withdraw/")
    again = walking.complete(her, round_)
    assert walking.send(her, round_, again)["Location"] == f"/apply/{again}/receipt/"


def test_an_account_the_bank_did_not_find_is_put_right(her: Client, round_: Round, district: District) -> None:
    case = own.sent_back_by_the_bank(district, round_)
    asked = words(her.get(f"/my/{case.pk}/account/"))
    account = {"card_holder": "张桂芳", "bank": "某银行涪陵支行", "card": f"{CARD[:4]} {CARD[4:]}"}
    answer = her.post(f"/my/{case.pk}/account/", account)
    assert ("账号与户名不符" in asked, answer["Location"], own.as_of_now(district, case).state) == (
        True,
        f"/my/{case.pk}/",
        "GRANTED",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"card_holder": "李秀英"}, "户名应为“张桂芳”。"),
        ({"card": CARD[:-1] + str((int(CARD[-1]) + 1) % 10)}, "卡号"),
        ({"bank": ""}, "请填写“开户银行”。"),
    ],
)
def test_a_wrong_account_is_said_at_the_field(
    her: Client, round_: Round, district: District, changes: dict[str, str], message: str
) -> None:
    case = own.sent_back_by_the_bank(district, round_)
    account = {"card_holder": "张桂芳", "bank": "某银行涪陵支行", "card": CARD, **changes}
    answer = her.post(f"/my/{case.pk}/account/", account)
    assert (answer.status_code, message in words(answer), own.as_of_now(district, case).state) == (
        422,
        True,
        "PAY_FAILED",
    )


def test_the_account_is_asked_for_only_when_the_bank_sent_money_back(
    her: Client, round_: Round, district: District
) -> None:
    case = own.submitted(district, round_)
    assert her.get(f"/my/{case.pk}/account/")["Location"] == f"/my/{case.pk}/"


# --- cost --------------------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_with_one_case_and_with_three(
    her: Client, round_: Round, district: District, django_assert_num_queries: object
) -> None:
    own.submitted(district, round_, 1)
    her.get("/my/")
    with django_assert_num_queries(8):  # type: ignore[operator]
        her.get("/my/")
    own.returned(district, round_, 2)
    own.draft(district, round_, 3)
    with django_assert_num_queries(8):  # type: ignore[operator]
        her.get("/my/")


@pytest.mark.parametrize("path", ["", "data/", "withdraw/", "account/"])
def test_a_page_of_a_case_costs_at_most_twelve_queries(
    her: Client, round_: Round, district: District, path: str, django_assert_max_num_queries: object
) -> None:
    case = own.sent_back_by_the_bank(district, round_)
    her.get(f"/my/{case.pk}/{path}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        her.get(f"/my/{case.pk}/{path}")
