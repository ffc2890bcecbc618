"""Applying, page by page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.people.models import Consent
from niangjia.programmes import queries, registry
from niangjia.programmes.actions import cases
from niangjia.programmes.models import Attachment, Case, Round, Step
from niangjia.web.portal.apply.steps import pages_of
from tests import factories
from tests.personas import DADONGMEN, JIAOTONG, QIANLONGJIE, District
from tests.web.conftest import Browse
from tests.web.portal import own, walking

pytestmark = pytest.mark.django_db(databases=["default", "public"])


@pytest.fixture
def round_(district: District) -> Round:
    return factories.open_round(district)


@pytest.fixture
def her(as_persona: Browse) -> Client:
    return as_persona("resident")


@pytest.fixture
def chair(as_persona: Browse) -> Client:
    return as_persona("dadongmen")


def case_of(district: District, pk: int, phone: str = "13800138000") -> Case:
    with acting_as(district.resident(phone)):
        return queries.own_case(pk)


def answers_of(district: District, pk: int) -> dict[str, object]:
    with acting_as(district.resident()):
        return queries.answers_of(queries.own_case(pk))


def words(answer: object) -> str:
    text: str = answer.content.decode()  # type: ignore[attr-defined]
    return text


# --- beginning ---------------------------------------------------------------------------------------------------


def test_an_application_made_on_the_phone_arrives_at_the_village(
    her: Client, round_: Round, district: District
) -> None:
    pk = walking.complete(her, round_)
    answer = walking.send(her, round_, pk)
    case = case_of(district, pk)
    assert (answer["Location"], case.state, case.place, case.name, case.helper) == (
        f"/apply/{pk}/receipt/",
        "SUBMITTED",
        DADONGMEN,
        "张桂芳",
        "",
    )


def test_consents_become_one_record_for_each_purpose(her: Client, round_: Round, district: District) -> None:
    pk = walking.complete(her, round_, consent_publish="no")
    walking.send(her, round_, pk)
    with acting_as(district.resident()):
        given = sorted(Consent.objects.filter(subject=f"case:{pk}").values_list("purpose", "channel", "helper"))
    assert given == [(purpose, "PORTAL", "") for purpose in ("APPLY", "BANK", "HEALTH", "SHARE")]


def test_her_own_phone_is_filled_in_and_a_helpers_is_not(her: Client, round_: Round, district: District) -> None:
    own_pk = walking.begin(her, round_)
    helped = walking.begin(her, round_, who="other", helper="李小妹", relation="女儿")
    assert (answers_of(district, own_pk).get("phone"), answers_of(district, helped).get("phone")) == (
        "13800138000",
        None,
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"who": ""}, "请选择替谁申请。"),
        ({"place": ""}, "请选择户籍所在的村（社区）。"),
        ({"place": "110101001001"}, "请从列表中选择村（社区）。"),
        ({"who": "other", "relation": "女儿"}, "请填写您的姓名。"),
        ({"who": "other", "helper": "李小妹"}, "请填写您和申请人的关系。"),
    ],
)
def test_what_is_missing_at_the_start_is_said(her: Client, round_: Round, given: dict[str, str], message: str) -> None:
    answer = her.post(f"/apply/round/{round_.pk}/", {"who": "self", "place": DADONGMEN, **given})
    assert (answer.status_code, message in words(answer)) == (422, True)


def test_the_helper_of_another_woman_is_on_the_record(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_, who="other", helper="李小妹", relation="女儿")
    walking.fill(her, round_, pk)
    walking.upload_required(her, round_, pk)
    refused = walking.send(her, round_, pk)
    walking.send(her, round_, pk, read_aloud="on")
    with acting_as(district.resident()):
        helpers = set(Consent.objects.filter(subject=f"case:{pk}").values_list("helper", flat=True))
        said = Step.objects.filter(case_id=pk, key="case.read_aloud").count()
    assert (refused.status_code, case_of(district, pk).state, helpers, said) == (
        422,
        "SUBMITTED",
        {"李小妹（申请人的女儿）"},
        1,
    )


def test_a_round_that_is_over_takes_nothing(her: Client, district: District) -> None:
    today = clock.today()
    past = factories.open_round(
        district, opens_on=today - dt.timedelta(days=30), closes_on=today - dt.timedelta(days=1)
    )
    shown = her.get(f"/apply/round/{past.pk}/")
    sent = her.post(f"/apply/round/{past.pk}/", {"who": "self", "place": DADONGMEN})
    assert ("现在不能申请" in words(shown), sent.status_code, "现在不能申请" in words(sent)) == (True, 422, True)


def test_a_round_nobody_knows_is_not_found(her: Client) -> None:
    assert her.get("/apply/round/999999/").status_code == 404


def test_who_is_not_signed_in_comes_back_to_the_page_after_signing_in(client: Client, round_: Round) -> None:
    assert client.get(f"/apply/round/{round_.pk}/")["Location"] == f"/my/sign-in/?next=/apply/round/{round_.pk}/"


def test_an_officer_without_the_verb_may_not_fill_in(as_persona: Browse, round_: Round) -> None:
    assert as_persona("auditor").get(f"/apply/round/{round_.pk}/").status_code == 403


# --- pages -------------------------------------------------------------------------------------------------------


def test_what_is_agreed_to_comes_after_the_papers(round_: Round) -> None:
    assert [page.kind for page in walking.pages(round_)] == ["section"] * 4 + ["papers", "consent", "review"]


def test_the_right_answers_of_an_incomplete_page_are_kept(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    answer = her.post(f"/apply/{pk}/1/", {"name": "张桂芳", "id_number": "500102197003080011x", "place": DADONGMEN})
    known = answers_of(district, pk)
    assert (answer.status_code, known["name"], known.get("id_number")) == (422, "张桂芳", None)


def test_a_mistyped_answer_does_not_wipe_the_right_one(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    walking.fill(her, round_, pk)
    her.post(f"/apply/{pk}/1/", {**walking.section_of(walking.pages(round_)[0], factories.answers()), "id_number": "1"})
    assert answers_of(district, pk)["id_number"] == factories.id_number(1)


def test_an_answer_taken_away_is_gone(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    first = walking.pages(round_)[0]
    sent = walking.section_of(first, factories.answers(ethnicity="土家族"))
    her.post(f"/apply/{pk}/1/", sent)
    her.post(f"/apply/{pk}/1/", {**sent, "ethnicity": ""})
    assert answers_of(district, pk).get("ethnicity") == ""


def test_saving_for_later_asks_for_nothing_more(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    answer = her.post(f"/apply/{pk}/1/", {"name": "张桂芳", "place": DADONGMEN, "later": "1"})
    assert (answer["Location"], answers_of(district, pk)["name"]) == ("/my/", "张桂芳")


def test_a_draft_goes_on_at_the_first_page_that_lacks_something(her: Client, round_: Round) -> None:
    pk = walking.begin(her, round_)
    places = [her.get(f"/apply/{pk}/")["Location"]]
    walking.fill(her, round_, pk)
    places.append(her.get(f"/apply/{pk}/")["Location"])
    walking.upload_required(her, round_, pk)
    places.append(her.get(f"/apply/{pk}/")["Location"])
    assert places == [f"/apply/{pk}/{number}/" for number in (1, 5, 7)]


def test_a_question_asked_only_after_another_answer_says_so_without_script(her: Client, round_: Round) -> None:
    pk = walking.begin(her, round_)
    page = words(her.get(f"/apply/{pk}/3/"))
    assert "只有“所患疾病”选了“宫颈癌”才填这一项。" in page
    assert 'data-shown-if="disease" data-shown-values="CERVICAL"' in page


def test_an_answer_that_no_longer_applies_is_dropped(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    illness = walking.pages(round_)[2]
    her.post(f"/apply/{pk}/3/", walking.section_of(illness, factories.answers()))
    changed = factories.answers(disease=["BREAST"], breast_type="INVASIVE")
    her.post(f"/apply/{pk}/3/", walking.section_of(illness, changed))
    known = answers_of(district, pk)
    assert (known["disease"], known.get("cervical_stage"), known["breast_type"]) == (["BREAST"], None, "INVASIVE")


def test_a_page_sent_twice_leaves_one_step_on_the_record(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    sent = walking.section_of(walking.pages(round_)[0], factories.answers())
    for _ in range(2):
        her.post(f"/apply/{pk}/1/", sent)
    with acting_as(district.resident()):
        assert Step.objects.filter(case_id=pk, key="case.save").count() == 1


def test_a_change_made_from_the_last_look_leads_back_to_it(her: Client, round_: Round) -> None:
    pk = walking.complete(her, round_)
    sent = walking.section_of(walking.pages(round_)[1], factories.answers(people=5))
    assert her.post(f"/apply/{pk}/2/?from=review", sent)["Location"] == f"/apply/{pk}/7/"


@pytest.mark.parametrize("number", [0, 8, 99])
def test_there_is_no_page_beyond_the_last(her: Client, round_: Round, number: int) -> None:
    pk = walking.begin(her, round_)
    assert her.get(f"/apply/{pk}/{number}/").status_code == 404


def test_several_drafts_stand_side_by_side(her: Client, round_: Round) -> None:
    first, second = walking.begin(her, round_), walking.begin(her, round_)
    page = words(her.get("/apply/"))
    assert (f"/apply/{first}/" in page, f"/apply/{second}/" in page) == (True, True)


def test_too_many_drafts_are_refused_with_the_remedy(her: Client, round_: Round) -> None:
    for _ in range(cases.DRAFTS_A_ROUND):
        walking.begin(her, round_)
    answer = her.post(f"/apply/round/{round_.pk}/", {"who": "self", "place": DADONGMEN})
    assert (answer.status_code, "请先提交或撤回其中一份" in words(answer)) == (422, True)


# --- the last look -----------------------------------------------------------------------------------------------


def test_the_last_look_names_what_is_missing_and_offers_no_sending(her: Client, round_: Round) -> None:
    pk = walking.begin(her, round_)
    page = words(her.get(f"/apply/{pk}/7/"))
    assert ("还差这些才能提交" in page, "提交申请</span>" in page) == (True, False)


def test_sending_an_incomplete_application_is_refused(her: Client, round_: Round, district: District) -> None:
    pk = walking.begin(her, round_)
    answer = walking.send(her, round_, pk)
    assert (answer.status_code, case_of(district, pk).state) == (422, "DRAFT")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "写着“待证明”的，提交后由工作人员核实。"),
        ({"cervical_stage": "IA"}, "有的条件看起来不符合。您仍然可以提交"),
    ],
)
def test_the_last_look_shows_each_rule_with_its_source(
    her: Client, round_: Round, changes: dict[str, Any], verdict: str
) -> None:
    pk = walking.complete(her, round_, **changes)
    page = words(her.get(f"/apply/{pk}/7/"))
    assert (verdict in page, "财行〔2021〕384号" in page, page.count('class="finding ')) == (True, True, 10)


def test_sending_twice_sends_once(her: Client, round_: Round, district: District) -> None:
    pk = walking.complete(her, round_)
    first, second = walking.send(her, round_, pk), walking.send(her, round_, pk)
    with acting_as(district.resident()):
        sent = Step.objects.filter(case_id=pk, key="submit").count()
    assert (first["Location"], second["Location"], sent) == (f"/apply/{pk}/receipt/", f"/my/{pk}/", 1)


def test_one_number_has_one_open_application_in_a_round(her: Client, round_: Round) -> None:
    walking.send(her, round_, walking.complete(her, round_))
    answer = walking.send(her, round_, walking.complete(her, round_))
    assert (answer.status_code, "本批次中这个身份证号码已有一份申请在办理" in words(answer)) == (422, True)


def test_what_was_sent_cannot_be_changed(her: Client, round_: Round) -> None:
    pk = walking.complete(her, round_)
    walking.send(her, round_, pk)
    answers = [her.get(f"/apply/{pk}/1/"), her.post(f"/apply/{pk}/1/", {"name": "别人"}), her.get(f"/apply/{pk}/")]
    assert [answer["Location"] for answer in answers] == [f"/my/{pk}/"] * 3


def test_the_receipt_shows_the_number_and_no_illness(her: Client, round_: Round, district: District) -> None:
    pk = walking.complete(her, round_)
    walking.send(her, round_, pk)
    page = words(her.get(f"/apply/{pk}/receipt/"))
    assert (case_of(district, pk).number in page, "癌" in page, "5个工作日" in page) == (True, False, True)


def test_there_is_no_receipt_before_sending(her: Client, round_: Round) -> None:
    pk = walking.begin(her, round_)
    assert her.get(f"/apply/{pk}/receipt/")["Location"] == f"/apply/{pk}/"


def test_a_returned_application_is_changed_and_sent_again(her: Client, round_: Round, district: District) -> None:
    case = own.returned(district, round_)
    page = words(her.get(f"/apply/{case.pk}/7/"))
    walking.send(her, round_, case.pk)
    assert ("病理报告第二页看不清" in page, "再次提交</span>" in page, case_of(district, case.pk).state) == (
        True,
        True,
        "SUBMITTED",
    )


# --- other people's ----------------------------------------------------------------------------------------------


def test_another_residents_draft_does_not_exist(her: Client, as_persona: Browse, round_: Round) -> None:
    pk = walking.begin(her, round_)
    other = as_persona("resident", "13900139000")
    paths = [f"/apply/{pk}/", f"/apply/{pk}/1/", f"/apply/{pk}/5/", f"/apply/{pk}/7/", f"/apply/{pk}/receipt/"]
    assert [other.get(path).status_code for path in paths] == [404] * 5
    assert other.post(f"/apply/{pk}/1/", {"name": "别人"}).status_code == 404


def test_what_a_resident_has_not_sent_is_no_officers_to_open(her: Client, chair: Client, round_: Round) -> None:
    pk = walking.begin(her, round_)
    assert [chair.get(f"/apply/{pk}/{number}/").status_code for number in (1, 5, 7)] == [404] * 3


# --- a village chair fills in --------------------------------------------------------------------------------------


def test_a_chair_fills_in_for_a_woman_and_says_so(chair: Client, round_: Round, district: District) -> None:
    pk = walking.begin(chair, round_)
    walking.fill(chair, round_, pk)
    silent = walking.send(chair, round_, pk)
    aloud = walking.send(chair, round_, pk, read_aloud="on")
    with acting_as(district.acting("dadongmen")):
        case = Case.objects.get(pk=pk)
        channels = set(Consent.objects.filter(subject=f"case:{pk}").values_list("channel", "helper"))
        papers = Attachment.objects.filter(case=case).count()
    assert (silent.status_code, aloud["Location"], case.state, case.helper, channels, papers) == (
        422,
        f"/apply/{pk}/receipt/",
        "SUBMITTED",
        "大东门社区妇联 大东门主席",
        {("HELPER", "大东门社区妇联 大东门主席")},
        0,
    )


def test_the_chair_sees_the_look_of_the_desk_and_no_question_who_applies(chair: Client, round_: Round) -> None:
    page = words(chair.get(f"/apply/round/{round_.pk}/"))
    assert ('<body class="desk"' in page, 'name="who"' in page, "快速离开" in page) == (True, False, False)


@pytest.mark.parametrize("place", [QIANLONGJIE, JIAOTONG])
def test_a_chair_fills_in_for_her_own_village_only(chair: Client, round_: Round, place: str) -> None:
    answer = chair.post(f"/apply/round/{round_.pk}/", {"place": place})
    assert (answer.status_code, "请从列表中选择村（社区）。" in words(answer)) == (422, True)


def test_a_chair_may_put_right_what_came_back_to_a_woman_of_her_village(
    chair: Client, round_: Round, district: District
) -> None:
    case = own.returned(district, round_)
    walking.send(chair, round_, case.pk)
    assert case_of(district, case.pk).state == "SUBMITTED"


# --- cost --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 5, 6, 7])
def test_a_page_costs_at_most_twelve_queries(
    her: Client, round_: Round, number: int, django_assert_max_num_queries: object
) -> None:
    pk = walking.complete(her, round_)
    her.get(f"/apply/{pk}/{number}/")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        her.get(f"/apply/{pk}/{number}/")


def test_every_page_of_the_older_era_is_there_too() -> None:
    version = registry.version("two_cancers_grant", "poor-mothers")
    assert [page.number for page in pages_of(version)] == [1, 2, 3, 4, 5, 6, 7]
