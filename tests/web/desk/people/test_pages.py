"""The pages about people: looking, opening, judging pairs."""

from __future__ import annotations

import html

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.linkage import actions
from niangjia.people.kinds import Verdict
from niangjia.people.models import Duplicate, Person
from tests import factories
from tests.personas import FULING, District
from tests.web.conftest import Browse

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(district: District) -> tuple[Person, Person]:
    """The same name twice in one village, under two numbers."""
    round_ = factories.open_round(district)
    factories.submitted(district, round_, 1)
    factories.submitted(district, round_, 2)
    with acting_as(access.house(FULING)):
        one, other = Person.objects.order_by("pk")
    return one, other


@pytest.fixture
def pair(district: District, two: tuple[Person, Person]) -> Duplicate:
    town = district.acting("dunren")
    with acting_as(town):
        return actions.put_together(ids=(two[0].pk, two[1].pk), by=town)


def look(client: Client, text: str) -> str:
    return client.post("/desk/people/search/", {"q": text}, follow=True).content.decode()


@pytest.mark.parametrize("text", ["张桂芳", "桂芳", "zgf", "zhangguifang", "zhang guifang"])
def test_names_are_found_in_every_way_they_are_typed(as_persona: Browse, two: tuple[Person, Person], text: str) -> None:
    page = look(as_persona("dunren"), text)
    assert [page.count(f"/desk/people/{person.pk}/") for person in two] == [1, 1]


@pytest.mark.parametrize("who", ["dunren", "dadongmen"])
def test_a_number_opens_her_page_and_stands_in_no_address(
    as_persona: Browse, two: tuple[Person, Person], who: str
) -> None:
    number = factories.id_number(1)
    answer = as_persona(who).post("/desk/people/search/", {"q": number})
    assert answer["Location"] == f"/desk/people/{two[0].pk}/"
    listed = as_persona(who).post("/desk/people/search/", {"q": "张桂芳"})
    assert listed["Location"].isascii()
    assert "%E5" not in listed["Location"]


def test_a_wrong_number_is_told_where_it_is_wrong(as_persona: Browse, two: tuple[Person, Person]) -> None:
    number = factories.id_number(1)
    wrong = number[:-1] + ("1" if number[-1] == "0" else "0")
    assert "校验位不符" in look(as_persona("dunren"), wrong)


def test_a_phone_is_looked_up_by_who_may_see_phones(as_persona: Browse, two: tuple[Person, Person]) -> None:
    page = look(as_persona("dunren"), "13800138000")
    assert [page.count(f"/desk/people/{person.pk}/") for person in two] == [1, 1]
    assert "需要“查看完整证件号和电话”权限" in look(as_persona("finance"), "13800138000")


def test_another_town_finds_nobody_and_opens_nothing(as_persona: Browse, two: tuple[Person, Person]) -> None:
    client = as_persona("chongyi")
    assert "没有找到" in look(client, "张桂芳")
    assert [client.get(f"/desk/people/{two[0].pk}/{page}").status_code for page in ("", "household/")] == [404, 404]


def test_her_page_has_her_matters_with_masked_number(as_persona: Browse, two: tuple[Person, Person]) -> None:
    page = as_persona("dunren").get(f"/desk/people/{two[0].pk}/").content.decode()
    assert ("两癌救助" in page, factories.id_number(1) in page) == (True, False)


def test_a_pair_is_merged_with_a_reason_and_undone(as_persona: Browse, pair: Duplicate) -> None:
    client, url = as_persona("dunren"), f"/desk/people/duplicates/{pair.pk}/"
    assert "为什么提示" in client.get(url).content.decode()
    assert client.post(f"{url}merge/", {"keep": pair.one_id, "reason": ""}).status_code == 422
    assert client.post(f"{url}merge/", {"keep": 0, "reason": "同一人"}).status_code == 422
    done = client.post(f"{url}merge/", {"keep": pair.one_id, "reason": "已核对证件"}, follow=True).content.decode()
    assert "已合并" in done
    assert client.get(f"/desk/people/{pair.other_id}/")["Location"] == f"/desk/people/{pair.one_id}/"
    assert "撤销合并" in client.get(url).content.decode()
    back = client.post(f"{url}undo/", {"reason": "判定有误"}, follow=True).content.decode()
    assert "已撤回，两条登记恢复到判定以前。" in back
    assert client.get(f"/desk/people/{pair.other_id}/").status_code == 200


@pytest.mark.parametrize(
    ("verdict", "said", "state"),
    [("differ", {"reason": "双胞胎"}, Verdict.DIFFERENT), ("later", {}, Verdict.LATER)],
)
def test_other_verdicts(
    as_persona: Browse, district: District, pair: Duplicate, verdict: str, said: dict[str, str], state: Verdict
) -> None:
    assert as_persona("dunren").post(f"/desk/people/duplicates/{pair.pk}/{verdict}/", said).status_code == 302
    with acting_as(district.acting("dunren")):
        assert Duplicate.objects.get().state == state


def test_a_verdict_nobody_knows_is_not_there(as_persona: Browse, pair: Duplicate) -> None:
    assert as_persona("dunren").post(f"/desk/people/duplicates/{pair.pk}/forget/").status_code == 404


def test_differences_stand_out(as_persona: Browse, pair: Duplicate) -> None:
    page = html.unescape(as_persona("dunren").get(f"/desk/people/duplicates/{pair.pk}/").content.decode())
    assert (page.count("，不同</span>"), page.count('data-label="登记一" class="text-due"')) == (1, 1)


@pytest.mark.parametrize(
    ("ticked", "says"),
    [([], "请勾选两条登记再比对"), (["one"], "请勾选两条登记再比对"), (["one", "one"], "请选择两条不同")],
)
def test_two_are_ticked_to_be_compared(
    as_persona: Browse, two: tuple[Person, Person], ticked: list[str], says: str
) -> None:
    chosen = [str(two[0].pk) for _ in ticked]
    assert says in as_persona("dunren").post("/desk/people/compare/", {"entry": chosen}, follow=True).content.decode()


def test_ticking_two_opens_them_side_by_side(as_persona: Browse, two: tuple[Person, Person]) -> None:
    answer = as_persona("dunren").post("/desk/people/compare/", {"entry": [one.pk for one in two]})
    assert answer["Location"].startswith("/desk/people/duplicates/")


def test_the_whole_register_is_looked_through_on_demand_and_the_page_says_so(
    as_persona: Browse, two: tuple[Person, Person]
) -> None:
    client = as_persona("dunren")
    assert "正在查重：等待开始" in client.post("/desk/people/duplicates/run/", follow=True).content.decode()
    assert "正在查重" in client.get("/desk/people/duplicates/", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("tab", ["", "waiting", "later", "judged", "nonsense"])
def test_every_tab_opens(as_persona: Browse, pair: Duplicate, tab: str) -> None:
    assert as_persona("dunren").get(f"/desk/people/duplicates/?tab={tab}").status_code == 200


def test_a_village_looks_but_does_not_judge(as_persona: Browse, pair: Duplicate) -> None:
    client = as_persona("dadongmen")
    assert client.get("/desk/people/").status_code == 200
    assert client.get("/desk/people/duplicates/").status_code == 403
    assert client.post(f"/desk/people/{pair.one_id}/check/").status_code == 403


# What a test's own outer transaction adds to a request.
OUTSIDE = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")


def test_a_page_about_a_person_asks_the_database_a_dozen_times_at_most(as_persona: Browse, pair: Duplicate) -> None:
    client, her = as_persona("officer"), f"/desk/people/{pair.one_id}/"
    counts = {}
    for url in (her, f"{her}household/", f"/desk/people/duplicates/{pair.pk}/"):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts[url] = sum(not query["sql"].startswith(OUTSIDE) for query in asked)
    assert counts == {her: 9, f"{her}household/": 11, f"/desk/people/duplicates/{pair.pk}/": 8}
