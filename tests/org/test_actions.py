"""Writes of the organisation, and what they refuse."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.org import actions, queries
from niangjia.org.actions import OrgRefused
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.org.models import Division, Post, Unit
from tests.personas import DADONGMEN, DUNREN, FULING, JIAOTONG, QIANLONGJIE, SINCE, UNTIL, District


@pytest.fixture
def at_district(district: District) -> Iterator[District]:
    with acting_as(district.acting("officer")):
        yield district


def test_a_merged_place_ends_and_names_its_heir(at_district: District) -> None:
    today = clock.today()
    actions.merge_division(old=DADONGMEN, into=QIANLONGJIE, on=today)
    gone = Division.objects.get(code=DADONGMEN)
    assert (gone.valid_to, gone.successor_code) == (today, QIANLONGJIE)
    assert Unit.objects.get(place=DADONGMEN).active_to == today
    posts = Post.objects.filter(place=DADONGMEN)
    assert {(post.ended_on, post.leave_reason) for post in posts} == {(today, "单位撤并")}
    assert queries.place_name(DADONGMEN) == "敦仁街道 大东门社区"


def test_who_chaired_a_merged_place_has_no_post_the_day_after(district: District) -> None:
    today = clock.today()
    account = district.accounts["dadongmen"]
    with acting_as(district.acting("officer")):
        actions.merge_division(old=DADONGMEN, into=QIANLONGJIE, on=today)
    assert len(access.posts_of(account, on=today)) == 1
    assert access.posts_of(account, on=today + dt.timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("old", "into", "days", "says"),
    [
        (DADONGMEN, DADONGMEN, 0, "撤并的区划和并入的区划不能是同一个。"),
        (DADONGMEN, DUNREN, 0, "只能并入本区县内同一级的区划。"),
        (DADONGMEN, "500102006099", 0, "所选区划不存在或已经撤并，请重新选择。"),
        (DADONGMEN, JIAOTONG, 1, "撤并日期不能晚于今天。请在撤并之日办理。"),
        (DUNREN, "500102007000", 0, "敦仁街道下面还有 2 个村（社区），请先逐个并入别处。"),
        (FULING, FULING, 0, "撤并的区划和并入的区划不能是同一个。"),
    ],
)
def test_a_merger_that_cannot_be_is_refused_in_words(
    at_district: District, old: str, into: str, days: int, says: str
) -> None:
    with pytest.raises(OrgRefused, match=f"^{says}$"):
        actions.merge_division(old=old, into=into, on=clock.today() + dt.timedelta(days=days))
    assert Division.objects.get(code=old).valid_to is None


def test_a_body_with_bodies_below_does_not_close(at_district: District) -> None:
    with pytest.raises(OrgRefused, match="还有下级单位在任"):
        actions.close_unit(unit=at_district.unit("敦仁街道妇联"), on=clock.today())


def test_a_part_without_a_statistical_code_gets_a_local_one(at_district: District) -> None:
    top = at_district.unit("涪陵区妇联")
    made = actions.add_unit(name="高新区妇联", short_name="", kind=UnitKind.SUBUNIT, parent=top, since=SINCE)
    assert made.place == "500102A01000"
    with pytest.raises(OrgRefused, match=r"^涪陵区妇联下已有“高新区妇联”。$"):
        actions.add_unit(name="高新区妇联", short_name="", kind=UnitKind.SUBUNIT, parent=top, since=SINCE)


def test_terms_follow_each_other(at_district: District) -> None:
    unit = at_district.unit("敦仁街道妇联")
    term = actions.open_term(unit=unit, number=3, starts_on=dt.date(2022, 2, 20), years=5)
    assert term.ends_on == dt.date(2027, 2, 19)
    with pytest.raises(OrgRefused, match=r"^第 3 届已登记"):
        actions.open_term(unit=unit, number=3, starts_on=dt.date(2027, 2, 20), years=5)
    with pytest.raises(OrgRefused, match=r"^第 4 届应晚于第 3 届的起始日期 2022-02-20。$"):
        actions.open_term(unit=unit, number=4, starts_on=dt.date(2022, 2, 20), years=5)


def test_an_edited_officer_is_trailed_by_what_changed(at_district: District) -> None:
    person = Post.objects.select_related("officer").get(unit=at_district.unit("敦仁街道妇联")).officer
    assert actions.edit_officer(person=person, name="敦仁新名", phone="13900001111") == ["name", "phone"]
    assert actions.edit_officer(person=person, name="敦仁新名", phone="13900001111") == []
    person.refresh_from_db()
    assert (person.name_initials, person.phone and person.phone.reveal()) == ("drxm", "13900001111")


def test_the_same_name_with_the_same_phone_is_not_entered_twice(at_district: District) -> None:
    unit = at_district.unit("敦仁街道妇联")
    one = {"unit": unit, "name": "张某某", "phone": "13900001111", "starts_on": SINCE, "ends_on": UNTIL}
    actions.appoint(role=PostRole.EXEC_MEMBER, **one)  # type: ignore[arg-type]
    with pytest.raises(OrgRefused, match=r"^同名同手机号的张某某已在名册中"):
        actions.appoint(role=PostRole.STAFF, **one)  # type: ignore[arg-type]


def test_a_post_ends_once(at_district: District) -> None:
    post = Post.objects.select_related("unit").get(unit=at_district.unit("敦仁街道妇联"))
    actions.end_post(post=post, on=clock.today(), reason="换届")
    with pytest.raises(OrgRefused, match=r"^已于 .* 离任。$"):
        actions.end_post(post=post, on=clock.today(), reason="换届")
