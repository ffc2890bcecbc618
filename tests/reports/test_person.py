"""One page for a person: what each post may see of her, and no more."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.linkage import actions
from niangjia.needs import actions as needs
from niangjia.needs.kinds import NeedKind
from niangjia.people.models import Person
from niangjia.programmes.models import Case, Grant
from niangjia.reports import person as report
from niangjia.trail.models import Entry
from tests import factories
from tests.personas import FULING, District

pytestmark = pytest.mark.django_db


def entries() -> list[Person]:
    with acting_as(access.house(FULING)):
        return list(Person.objects.order_by("pk"))


def shown(by: Acting, person: Person) -> list[tuple[int, list[tuple[str, str, str]]]]:
    with acting_as(by):
        sheet = report.sheet(person, by)
    return [(year.year, [(line.what, line.programme, line.state) for line in year.lines]) for year in sheet.years]


def test_a_page_tells_applications_and_grants_by_year(district: District) -> None:
    factories.paid(district, factories.open_round(district))
    (person,) = entries()
    year = clock.today().year
    assert shown(district.acting("officer"), person) == [
        (year, [("申请", "两癌救助", "已发放待回访"), ("给予", "两癌救助", "已发放")])
    ]


def test_without_the_verb_for_illness_a_programme_that_tells_it_has_a_neutral_name_and_no_number(
    district: District,
) -> None:
    factories.paid(district, factories.open_round(district))
    (person,) = entries()
    finance = district.acting("finance")
    with acting_as(finance):
        lines = [line for year in report.sheet(person, finance).years for line in year.lines]
    assert {line.programme for line in lines} == {"救助"}
    assert [line.detail for line in lines if line.what == "申请"] == [""]


def test_a_post_that_may_not_read_cases_sees_none(district: District) -> None:
    factories.submitted(district, factories.open_round(district))
    (person,) = entries()
    officer = district.acting("officer")
    blind = dataclasses.replace(officer, verbs=officer.verbs - {Verb.CASE_READ})
    assert shown(blind, person) == []


def two_towns(district: District) -> tuple[Person, Person]:
    """One woman who applied in two towns under two numbers, merged by the district."""
    round_ = factories.open_round(district)
    factories.submitted(district, round_, 1)
    factories.submitted(district, round_, 2, helper="jiaotong")
    here, there = entries()
    officer = district.acting("officer")
    with acting_as(officer):
        pair = actions.put_together(ids=(here.pk, there.pk), by=officer)
        actions.merge(pair_id=pair.pk, keep_id=there.pk, reason="已核对证件", by=officer)
    return here, there


@pytest.mark.parametrize(("who", "cases"), [("officer", 2), ("dunren", 1), ("dadongmen", 1)])
def test_what_was_done_in_another_town_is_not_there_and_nothing_says_it_is(
    district: District, who: str, cases: int
) -> None:
    here, there = two_towns(district)
    by = district.acting(who)
    with acting_as(by):
        sheet = report.sheet(Person.objects.get(pk=here.pk), by)
    assert sheet.person.pk == (there.pk if who == "officer" else here.pk)
    assert [len(year.lines) for year in sheet.years] == [cases]
    assert sheet.findings == ()


def test_opening_a_page_is_in_the_trail(district: District) -> None:
    factories.submitted(district, factories.open_round(district))
    (person,) = entries()
    shown(district.acting("dunren"), person)
    with acting_as(access.house(FULING)):
        entry = Entry.objects.get(verb="people.open")
    assert (entry.subject, entry.account_id) == (f"person:{person.pk}", district.acting("dunren").account_id)


def test_two_grants_of_one_life_found_by_a_merge_are_told(district: District) -> None:
    round_ = factories.open_round(district)
    factories.paid(district, round_, 1)
    second = factories.submitted(district, factories.open_round(district, title="2026年第二批"), 2)
    house = access.house(FULING)
    with acting_as(house):
        one, other = Person.objects.order_by("pk")
        grant = Grant.objects.get()
        grant.pk, grant.case_id, grant.person_id, grant.id_index = None, second.pk, other.pk, other.id_index
        grant.year, grant.granted_on, grant.paid_on = 2025, dt.date(2025, 6, 1), dt.date(2025, 6, 9)
        grant.save(force_insert=True)
        record(by=house, stream="test", verb="grant", subject="test", place=FULING)
    officer = district.acting("officer")
    with acting_as(officer):
        assert report.sheet(one, officer).findings == ()
        pair = actions.put_together(ids=(one.pk, other.pk), by=officer)
        actions.merge(pair_id=pair.pk, keep_id=one.pk, reason="已核对证件", by=officer)
        year = clock.today().year
        assert report.sheet(one, officer).findings == (
            f"“两癌救助”每人终身一次，此人名下有2笔：2025年敦仁街道 大东门社区、{year}年敦仁街道 大东门社区。请区妇联核实。",
        )


def test_a_household_is_who_gave_the_same_address(district: District) -> None:
    round_ = factories.open_round(district)
    factories.submitted(district, round_, 1)
    factories.submitted(district, round_, 2, name="李小梅", card_holder="李小梅")
    factories.submitted(district, round_, 3, name="王玉兰", card_holder="王玉兰", address="三组7号")
    first = entries()[0]
    town = district.acting("dunren")
    with acting_as(town):
        home = report.home(first, town)
    assert [member.name for member in home.members] == ["张桂芳", "李小梅"]
    assert sorted(home.names[line.person or 0] for year in home.years for line in year.lines) == ["张桂芳", "李小梅"]


def test_the_page_costs_the_same_with_one_matter_and_with_three(district: District) -> None:
    factories.paid(district, factories.open_round(district))
    (person,) = entries()
    officer = district.acting("officer")
    counts = []
    for title in ("", "2026年第二批"):
        if title:
            other = factories.open_round(district, title=title)
            with acting_as(access.house(FULING)) as house:
                for number in range(2):
                    case = Case.objects.filter(person=person).order_by("pk")[0]
                    case.pk, case.number, case.round, case.kind = None, f"X-{number}", other, "withdrawn"
                    case.save(force_insert=True)
                record(by=house, stream="test", verb="case", subject="test", place=FULING)
        with acting_as(officer), CaptureQueriesContext(connection) as captured:
            report.sheet(person, officer)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_need_is_there_for_who_handles_needs_without_its_words(district: District) -> None:
    factories.submitted(district, factories.open_round(district))
    (person,) = entries()
    village = district.acting("dadongmen")
    with acting_as(village):
        needs.raise_need(
            place=village.place, kind=NeedKind.LAW, text="想问离婚后孩子归谁", danger=False, person=person, by=village
        )
    town = district.acting("dunren")
    blind = dataclasses.replace(town, verbs=town.verbs - {Verb.NEED_HANDLE})
    assert [[line[0] for year in shown(by, person) for line in year[1]] for by in (town, blind)] == [
        ["申请", "需求"],
        ["申请"],
    ]
