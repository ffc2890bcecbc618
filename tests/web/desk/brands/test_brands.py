"""Brands on the desk and on the portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.brands import actions, queries
from niangjia.brands.models import Brand
from niangjia.letters.sheets import read_table
from niangjia.programmes.actions import notices
from niangjia.reports import brand as reports
from tests import factories
from tests.personas import District

pytestmark = pytest.mark.django_db(databases=["default", "public"])

Browse = Callable[..., Client]


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def number(district: District, key: str = "aizainiangjia") -> int:
    with acting_as(district.acting("officer")):
        return Brand.objects.get(key=key).pk


EDIT = {"name": "爱在娘家", "slogan": "有困难，找娘家", "icon": "heart", "order": 1, "active": "on"}


def test_the_district_edits_a_brand_and_its_programmes(district: District, as_persona: Browse) -> None:
    client, pk = as_persona("officer"), number(district)
    assert client.post(f"/desk/brands/{pk}/edit/", {**EDIT, "slogan": "新的口号", "programmes": []}).status_code == 302
    with acting_as(district.acting("officer")):
        assert (Brand.objects.get(pk=pk).slogan, queries.defaults()) == ("新的口号", {})
    client.post(f"/desk/brands/{pk}/edit/", {**EDIT, "programmes": ["two_cancers_grant"]})
    with acting_as(district.acting("officer")):
        assert queries.default_brand("two_cancers_grant") == Brand.objects.get(pk=pk)
    assert as_persona("dunren").get(f"/desk/brands/{pk}/edit/").status_code == 403


def test_a_new_brand_has_a_key_of_its_own(district: District, as_persona: Browse) -> None:
    client = as_persona("officer")
    assert client.post("/desk/brands/new/", {**EDIT, "key": "new"}).status_code == 302
    assert "已有同样代号的品牌" in text(client.post("/desk/brands/new/", {**EDIT, "key": "new"}))


def test_a_case_is_put_on_another_shelf_and_back(district: District, as_persona: Browse) -> None:
    case = factories.submitted(district, factories.open_round(district), 1)
    client, pk = as_persona("officer"), number(district, "xingfufuling")
    address = f"/desk/brands/tag/?subject=case:{case.pk}&next=/desk/cases/"
    assert "项目默认是“爱在娘家”" in text(client.get(address))
    assert client.post(address, {"brand": pk}).headers["Location"] == "/desk/cases/"
    with acting_as(district.acting("officer")):
        assert queries.brand_of(f"case:{case.pk}") == Brand.objects.get(pk=pk)
    client.post(address, {"brand": ""})
    with acting_as(district.acting("officer")):
        assert queries.brand_of(f"case:{case.pk}") is None
    assert as_persona("chongyi").get(address).status_code == 404


@pytest.mark.parametrize("key", ["", "x", "case:999", "round:999", "unit:1"])
def test_what_cannot_be_tagged_here_is_not_found(district: District, as_persona: Browse, key: str) -> None:
    assert as_persona("officer").get(f"/desk/brands/tag/?subject={key}").status_code == 404


def test_the_report_shows_figures_and_goes_out_with_a_purpose(district: District, as_persona: Browse) -> None:
    factories.submitted(district, factories.open_round(district), 1)
    client, pk = as_persona("officer"), number(district)
    page = client.get(f"/desk/brands/{pk}/")
    assert page.context["report"].shelves[0].figures[0].value == 1
    assert "敦仁街道" in text(page)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/desk/brands/{pk}/?since=2026-05-01&until=2026-04-01").status_code == 200
    # What a test's own outer transaction adds to a request is left out.
    outside = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")
    assert sum(not query["sql"].startswith(outside) for query in asked) == 10
    assert client.post(f"/desk/brands/{pk}/export/", {"why": ""}).status_code == 302
    out = client.post(f"/desk/brands/{pk}/export/", {"why": "总结"})
    rows = list(read_table(out.content, reports.TABLE))
    assert next(row.values["value"] for row in rows if row.values["place"] == "敦仁街道") == "1"


@pytest.fixture
def shown(owner: Any) -> District:
    """An open round of the grant and an activity, seen by the public role."""
    district = District()
    factories.submitted(district, factories.open_round(district, title="2026年第一批"), 1, name="张桂芳")
    officer = district.acting("officer")
    with acting_as(officer):
        brand = Brand.objects.get(key="aizainiangjia")
        actions.tag(about="activity:1", place=officer.place, title="三八维权咨询", brand=brand, public=True, by=officer)
        actions.tag(about="case:1", place=officer.place, title="张桂芳", brand=brand, by=officer)
    return district


def test_residents_see_what_a_brand_offers_now_and_nobodys_name(shown: District) -> None:
    page = text(Client().get("/brands/aizainiangjia/"))
    assert [word for word in ("爱在娘家", "2026年第一批", "三八维权咨询", "开始申请") if word not in page] == []
    assert "张桂芳" not in page


def test_all_brands_on_show_have_a_tile(shown: District) -> None:
    page = text(Client().get("/brands/"))
    assert [name for name in ("爱在娘家", "菜乡涪女", "涪州童心", "幸福涪陵") if name not in page] == []


def test_a_brand_off_show_is_not_found(shown: District) -> None:
    officer = shown.acting("officer")
    with acting_as(officer):
        actions.save_brand(brand_id=Brand.objects.get(key="caixiangfunv").pk, active=False, by=officer)
    assert [Client().get(f"/brands/{key}/").status_code for key in ("caixiangfunv", "nobody", "xingfufuling")] == [
        404,
        404,
        200,
    ]


def test_a_running_notice_of_its_programmes_stands_on_the_brands_page_and_an_ended_one_does_not(owner: Any) -> None:
    district = District()
    round_ = factories.open_round(district)
    factories.approved(district, round_, 1)
    factories.allotted(district, round_, quota=1)
    notice = factories.on_notice(district, round_)
    running = text(Client().get("/brands/aizainiangjia/"))
    chair = district.acting("chair")
    with acting_as(chair):
        notices.withdraw(notice_id=notice.pk, why="名单有误", by=chair)
    ended = text(Client().get("/brands/aizainiangjia/"))
    assert (notice.title in running, notice.title in ended) == (True, False)
