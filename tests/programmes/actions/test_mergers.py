"""A village merges: what is under way goes on in its heir, what is over keeps its code."""

from __future__ import annotations

import pytest

from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.org import actions as org
from niangjia.org import queries as org_queries
from niangjia.people.models import Person
from niangjia.programmes import queries
from niangjia.programmes.actions import cases
from niangjia.programmes.models import Case, Grant, Step
from niangjia.trail.models import Entry
from tests import factories
from tests.personas import DADONGMEN, FULING, JIAOTONG, QIANLONGJIE, District


def merge(district: District, into: str) -> None:
    with acting_as(district.acting("officer")):
        org.merge_division(old=DADONGMEN, into=into, on=clock.today())


def seen(district: District, who: str) -> list[str]:
    with acting_as(district.acting(who)):
        return sorted(Case.objects.values_list("number", flat=True))


@pytest.mark.parametrize(
    ("into", "chair", "town"), [(QIANLONGJIE, "qianlongjie", "dunren"), (JIAOTONG, "jiaotong", "chongyi")]
)
def test_an_open_case_goes_on_in_the_heir_village_and_its_town(
    district: District, into: str, chair: str, town: str
) -> None:
    round_ = factories.open_round(district)
    case = factories.submitted(district, round_)
    merge(district, into)
    assert [seen(district, who) for who in (chair, town)] == [[case.number], [case.number]]
    village = district.acting(chair)
    with acting_as(village):
        assert queries.answers_of(queries.case_for(case.pk))["place"] == into
        assert [str(person) for person in Person.objects.all()] == [case.name]
        moved = Step.objects.get(case=case)
        name = org_queries.place_name(into)
        assert moved.label == f"区划撤并，转{name}接着办"
        assert moved.note.startswith("原在敦仁街道 大东门社区。此前：2026-")
        assert moved.note.endswith(" 代填提交")
        cases.verify(case_id=case.pk, by=village, revision=None, seen=[], opinion="情况属实。")
    with acting_as(district.acting(town)):
        assert cases.step(case_id=case.pk, key="review", by=district.acting(town), revision=None).state == "REVIEWED"


def test_what_is_over_keeps_the_code_it_was_recorded_under(district: District) -> None:
    round_ = factories.open_round(district)
    factories.paid(district, round_)
    with acting_as(district.acting("chair")):
        before = measures.value(measures.get("two_cancers_grant.paid"), place=DADONGMEN)
    merge(district, JIAOTONG)
    with acting_as(district.acting("chair")):
        assert Grant.objects.get().place == DADONGMEN
        assert measures.value(measures.get("two_cancers_grant.paid"), place=DADONGMEN) == before == 1


def test_the_trail_says_how_much_moved_and_nobody_may_register_in_the_old_place(district: District) -> None:
    factories.submitted(district, factories.open_round(district))
    merge(district, QIANLONGJIE)
    with acting_as(district.acting("chair")):
        summary = Entry.objects.get(verb="org.division.merge").summary
    assert (summary["在办申请"], summary["居民档案"]) == (1, 1)
    offered = {code for _, villages in org_queries.village_choices(FULING) for code, _ in villages}
    assert offered == {QIANLONGJIE, JIAOTONG}
