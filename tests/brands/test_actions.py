"""Any record on the shelf of a brand, and nobody's name on the brand's page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from niangjia.access.acting import acting_as
from niangjia.brands import actions, queries
from niangjia.brands.models import Brand, Tag
from niangjia.core import clock
from niangjia.core.refused import Refused
from tests.personas import DADONGMEN, JIAOTONG, District

pytestmark = pytest.mark.django_db(databases=["default", "public"])


def brand(key: str = "fuzhoutongxin") -> Brand:
    return Brand.objects.get(key=key)


def tagged(district: District, about: str = "case:1", who: str = "dadongmen", **more: Any) -> Tag | None:
    by = district.acting(who)
    with acting_as(by):
        return actions.tag(about=about, place=by.place, title="一件事", by=by, **more)


def test_the_four_of_the_district_are_there(district: District) -> None:
    with acting_as(district.acting("officer")):
        assert [one.name for one in queries.brands()] == ["爱在娘家", "菜乡涪女", "涪州童心", "幸福涪陵"]


def test_a_record_carries_one_brand_and_the_last_one_said(district: District) -> None:
    with acting_as(district.acting("officer")):
        first, second = brand("caixiangfunv"), brand()
    tagged(district, brand=first)
    tagged(district, brand=second)
    with acting_as(district.acting("officer")):
        assert [(tag.subject, tag.brand) for tag in Tag.objects.select_related("brand")] == [("case:1", second)]
        assert queries.brand_of("case:1") == second


def test_a_record_without_a_brand_of_its_own_takes_its_programmes(district: District) -> None:
    made = tagged(district, programme="two_cancers_grant")
    assert made is not None
    assert made.brand.key == "aizainiangjia"
    assert tagged(district, "case:2", programme="mother_parcels") is None


def test_a_default_can_be_changed_and_taken_away(district: District) -> None:
    officer = district.acting("officer")
    with acting_as(officer):
        actions.set_default(programme="mother_parcels", brand=brand(), by=officer)
        before = queries.defaults()["mother_parcels"].key
        actions.set_default(programme="mother_parcels", brand=None, by=officer)
        assert (before, queries.default_brand("mother_parcels")) == ("fuzhoutongxin", None)


def test_a_tag_is_taken_off_once(district: District) -> None:
    by = district.acting("dadongmen")
    with acting_as(by):
        actions.tag(about="case:1", place=by.place, title="一件事", brand=brand(), by=by)
        assert [actions.untag(about="case:1", by=by), actions.untag(about="case:1", by=by)] == [True, False]


@pytest.mark.parametrize("about", ["case", "case:0", "case:x", "Case:1", "case:1;drop"])
def test_what_is_no_subject_is_a_mistake_of_the_program(district: District, about: str) -> None:
    with acting_as(district.acting("officer")):
        shelf = brand()
    with pytest.raises(ValueError, match="is no subject"):
        tagged(district, about, brand=shelf)


@pytest.mark.parametrize("about", ["case:1", "person:1", "household:1", "need:1"])
def test_records_of_people_are_never_public(district: District, about: str) -> None:
    with acting_as(district.acting("officer")):
        shelf = brand()
    with pytest.raises(Refused, match="个人和家庭的记录不在品牌页展示"):
        tagged(district, about, brand=shelf, public=True)
    tagged(district, about, brand=shelf)
    with acting_as(district.acting("officer")), pytest.raises(IntegrityError, match="brands_tag_no_names"):
        with transaction.atomic():
            Tag.objects.update(public=True)


def test_anybody_sees_what_is_public_of_brands_on_show(owner: Any) -> None:
    district = District()
    officer = district.acting("officer")
    with acting_as(officer):
        shelf = brand()
        actions.tag(about="round:4", place=officer.place, title="爱心妈妈招募", brand=shelf, public=True, by=officer)
        actions.tag(about="case:4", place=officer.place, title="某人的申请", brand=shelf, by=officer)
    assert [tag.title for tag in queries.public_tags(shelf.pk)] == ["爱心妈妈招募"]
    with acting_as(officer):
        actions.save_brand(brand_id=shelf.pk, active=False, by=officer)
    assert ([one.key for one in queries.public_brands()], queries.public_tags(shelf.pk)) == (
        ["aizainiangjia", "caixiangfunv", "xingfufuling"], [],
    )  # fmt: skip


def test_tags_are_of_a_period_and_a_place(district: District) -> None:
    with acting_as(district.acting("officer")):
        shelf = brand()
    for number, who, day in (
        (1, "dadongmen", dt.date(2026, 1, 1)),
        (2, "dadongmen", dt.date(2026, 2, 1)),
        (3, "jiaotong", dt.date(2026, 1, 31)),
    ):
        tagged(district, f"case:{number}", who, brand=shelf, on=day)
    with acting_as(district.acting("officer")):
        found = queries.tags(shelf, place="500102000000", since=dt.date(2026, 1, 1), until=dt.date(2026, 2, 1))
        assert [tag.subject for tag in found] == ["case:3", "case:1"]


@pytest.mark.parametrize("who", ["dadongmen", "dunren", "finance"])
def test_brands_are_the_districts(district: District, who: str) -> None:
    by = district.acting(who)
    with acting_as(by):
        with pytest.raises(PermissionDenied):
            actions.save_brand(brand_id=brand().pk, name="改名", by=by)
        if who != "finance":
            assert Brand.objects.update(name="改名") == 0


def test_a_key_is_used_once(district: District) -> None:
    officer = district.acting("officer")
    with acting_as(officer), pytest.raises(Refused, match="已有同样代号的品牌"):
        actions.save_brand(key="aizainiangjia", name="又一个", by=officer)


def test_raw_sql_shows_tags_of_ones_range_only(district: District) -> None:
    with acting_as(district.acting("officer")):
        shelf = brand()
    tagged(district, brand=shelf)
    tagged(district, "case:2", "jiaotong", brand=shelf)
    for who, place in (("dadongmen", DADONGMEN), ("jiaotong", JIAOTONG)):
        with acting_as(district.acting(who)), connection.cursor() as cursor:
            cursor.execute("SELECT place FROM brands_tag")
            assert cursor.fetchall() == [(place,)]


def test_a_record_tagged_out_of_sight_is_said(district: District) -> None:
    with acting_as(district.acting("officer")):
        shelf = brand()
    tagged(district, "case:2", "jiaotong", brand=shelf)
    with pytest.raises(Refused, match="在别处已标了品牌"):
        tagged(district, "case:2", brand=shelf)


@pytest.mark.parametrize("table", ["brands_brand", "brands_tag", "brands_programmebrand"])
def test_the_public_login_reads_views_only(table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")


def test_a_tag_without_a_day_is_of_today(district: District) -> None:
    made = tagged(district, programme="two_cancers_grant")
    assert made is not None
    assert made.on == clock.today()
