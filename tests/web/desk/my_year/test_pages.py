"""我这一年: one's own steps and visits with the records behind, and nobody else's."""

from __future__ import annotations

import datetime as dt

import pytest

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.reports.my_year import my_year
from tests.personas import District
from tests.programmes.catalogue import way
from tests.programmes.catalogue.test_goods_and_visits import scheduled, visit
from tests.web.conftest import Browse

pytestmark = pytest.mark.django_db


def told(district: District, who: str, year: int | None = None) -> tuple[list[tuple[str, str, int]], ...]:
    by = district.acting(who)
    with acting_as(by):
        mine = my_year(year or clock.today().year, by)
    return tuple([(one.programme, one.label, one.count) for one in sorts] for sorts in (mine.visits, mine.steps))


def test_each_sees_what_she_did_herself_and_a_visit_once(district: District) -> None:
    way.step(district, scheduled(district), "dadongmen", "visit", **visit())
    assert told(district, "dadongmen") == ([("走访慰问", "入户", 1)], [("走访慰问", "代填提交", 1)])
    assert told(district, "dunren") == ([], [("走访慰问", "列入本镇街慰问名单", 1)])
    assert told(district, "officer") == ([], [])


def test_a_visit_belongs_to_the_year_it_was_made_in(district: District) -> None:
    day = dt.date(clock.today().year - 1, 12, 31)
    way.step(district, scheduled(district), "dadongmen", "visit", **visit(visited_on=day.isoformat()))
    assert told(district, "dadongmen")[0] == []
    assert told(district, "dadongmen", day.year) == ([("走访慰问", "入户", 1)], [])


def test_the_page_names_the_records_and_ranks_nobody(district: District, as_persona: Browse) -> None:
    case = way.step(district, scheduled(district), "dadongmen", "visit", **visit())
    page = as_persona("dadongmen").get("/desk/my-year/").content.decode()
    assert f'href="/desk/cases/{case.pk}/">{case.number}</a>' in page
    assert "不计分，不排名" in page
    other = as_persona("officer").get("/desk/my-year/").content.decode()
    assert (case.number in other, "这一年还没有记录" in other) == (False, True)


def test_the_menu_of_an_officer_leads_there(district: District, as_persona: Browse) -> None:
    assert 'href="/desk/my-year/"' in as_persona("dunren").get("/desk/").content.decode()
