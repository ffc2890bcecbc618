"""The board: plan, item, target, town, the very records."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.plans import actions
from niangjia.plans.models import PlanVersion, Target
from tests import factories
from tests.personas import CHONGYI, DUNREN, District

Browse = Callable[..., Client]
TODAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.frozen(TODAY):
        yield


@pytest.fixture
def targets(
    district: District, published: Callable[..., PlanVersion], in_force: Callable[[PlanVersion], list[Target]]
) -> list[Target]:
    """Three targets; the first is fulfilled by paid grants, 4 in 敦仁 and 2 in 崇义."""
    version = published()
    found, by = in_force(version), district.acting("officer")
    goal = found[0].goal_id
    with acting_as(by):
        actions.arrange(goal_id=goal, owner=found[0].owner, measure="two_cancers_grant.paid", quarters=None, by=by)
        values = {district.unit("敦仁街道妇联").pk: Decimal(4), district.unit("崇义街道妇联").pk: Decimal(2)}
        actions.split_target(goal_id=goal, values=values, by=by)
    return in_force(version)


def lights(response: Any) -> list[tuple[str, str]]:
    page = response.content.decode()
    return re.findall(
        r'<div class="board-light">\s*<span class="light light-(\w+)"><svg.*?</svg>([^<]+)</span>', page, re.DOTALL
    )


def test_a_leader_sees_every_light(targets: list[Target], as_persona: Browse) -> None:
    response = as_persona("chair").get("/board/")
    assert lights(response) == [("red", "进度落后"), ("none", "还没有数据"), ("none", "还没有数据")]
    assert response.context["counts"] == {"GREEN": 0, "YELLOW": 0, "RED": 1, "NO_DATA": 2}
    assert response.context["time_share"] == 90


@pytest.mark.parametrize(
    ("query", "shown"),
    [("light=red", 1), ("light=green", 0), ("light=none", 2), ("owner=0", 0), ("year=2026", 3), ("year=1999", 0)],
)
def test_the_board_is_narrowed(targets: list[Target], as_persona: Browse, query: str, shown: int) -> None:
    assert len(lights(as_persona("chair").get(f"/board/?{query}"))) == shown


def test_the_board_is_narrowed_to_an_item(targets: list[Target], as_persona: Browse) -> None:
    client = as_persona("chair")
    sections = client.get("/board/").context["all_sections"]
    assert [section.title for section in sections] == ["抓实民生实事", "办好家庭教育"]
    assert len(lights(client.get(f"/board/?item={sections[1].key}"))) == 1


def test_a_town_sees_its_part_and_the_rest_on_demand(targets: list[Target], as_persona: Browse) -> None:
    client = as_persona("dunren")
    assert lights(client.get("/board/")) == [("red", "进度落后"), ("none", "还没有数据")]
    assert lights(client.get("/board/?all=1"))[1] == ("none", "没有分解到本单位")


def test_a_paid_grant_turns_the_light_and_leads_to_its_case(
    district: District, targets: list[Target], as_persona: Browse
) -> None:
    round_ = factories.open_round(district)
    cases = [factories.paid(district, round_, serial) for serial in (1, 2, 3, 4)]
    chair, goal = as_persona("chair"), targets[0].goal_id
    page = chair.get(f"/board/targets/{goal}/")
    assert [(row.name, row.aim, row.value, row.judgement.light) for row in page.context["rows"]] == [
        ("敦仁街道妇联", Decimal(4), Decimal(4), "green"),
        ("崇义街道妇联", Decimal(2), Decimal(0), "red"),
    ]
    records = chair.get(f"/board/targets/{goal}/records/?place={DUNREN}")
    assert [line["url"] for line in records.context["lines"]] == [f"/desk/cases/{case.pk}/" for case in reversed(cases)]
    assert chair.get(records.context["lines"][0]["url"]).status_code == 200
    assert lights(as_persona("dunren").get("/board/"))[0] == ("green", "已完成")


def test_a_drill_stays_in_the_readers_range(targets: list[Target], as_persona: Browse) -> None:
    goal = targets[0].goal_id
    client = as_persona("dunren")
    assert client.get(f"/board/targets/{goal}/").status_code == 200
    for url in ("/board/", f"/board/targets/{goal}/", f"/board/targets/{goal}/records/"):
        assert client.get(f"{url}?place={CHONGYI}").status_code == 404
        assert client.get(f"{url}?place=nowhere").status_code == 404


def test_figures_by_hand_are_listed_with_what_they_replace(
    district: District, targets: list[Target], as_persona: Browse
) -> None:
    by = district.acting("officer")
    with acting_as(by):
        goal = targets[1].goal_id
        actions.report_figure(goal_id=goal, year=2026, month=9, value=Decimal(200), by=by)
        actions.report_figure(goal_id=goal, year=2026, month=9, value=Decimal(180), note="重复登记", by=by)
    figures = as_persona("chair").get(f"/board/targets/{goal}/records/").context["figures"]
    assert [(figure.value, figure.current) for figure in figures] == [(180, True), (200, False)]


def test_a_house_without_plans_says_so(district: District, as_persona: Browse) -> None:
    response = as_persona("chair").get("/board/")
    assert response.status_code == 200
    assert response.context["version"] is None


def test_a_post_without_the_verb_stays_out(district: District, as_persona: Browse) -> None:
    assert as_persona("member").get("/board/").status_code == 403


# What a test's own outer transaction adds to a request.
OUTSIDE = ("SAVEPOINT", "RELEASE", "SELECT set_config('role', 'none'")


def asked(client: Client, url: str) -> int:
    client.get(url)  # names of places are read once into the process
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return sum(not query["sql"].startswith(OUTSIDE) for query in found)


def test_pages_ask_at_most_twelve_times(targets: list[Target], as_persona: Browse) -> None:
    client, goal = as_persona("chair"), targets[0].goal_id
    counts = [asked(client, url) for url in ("/board/", f"/board/targets/{goal}/", f"/board/targets/{goal}/records/")]
    assert [count <= 12 for count in counts] == [True, True, True], counts
