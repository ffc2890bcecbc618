"""A plan goes in as text; its target turns when a grant is paid; the figure leads to that very case."""

from __future__ import annotations

import re

import pytest

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.plans import actions
from niangjia.plans.models import Target
from tests import factories
from tests.journeys.conftest import Stage, press

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True, databases=["default", "public", "owner"]),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def test_the_plan_in_the_light_changed_the_case_found(stage: Stage) -> None:
    district, year = stage.district, clock.today().year
    chair = stage.go(stage.officer("chair"), "/desk/plans/new/")
    chair.fill("textarea[name=text]", f"{year}年工作计划\n一、落实低收入妇女“两癌”救助。全年救助不少于1人。\n")
    press(chair, "读取并核对")
    assert "不少于" in chair.inner_text("main")
    chair.click("button:has-text('采纳其中')")
    chair.wait_for_selector("button[value=publish]:not([disabled])")
    press(chair, "发布第")
    by = district.acting("chair")
    with acting_as(by):
        target = Target.objects.get()
        actions.arrange(
            goal_id=target.goal_id, by=by, owner=target.owner, measure="two_cancers_grant.paid", quarters=None
        )

    assert "0 / 1 人" in board(stage)
    case = factories.paid(district, factories.open_round(district))
    assert "1 / 1 人" in board(stage)

    stage.go(chair, f"/board/targets/{target.goal_id}/records/")
    chair.click("table td.main a")
    chair.wait_for_url(re.compile(rf"/desk/cases/{case.pk}/"))
    assert case.number in chair.inner_text("main")


def board(stage: Stage) -> str:
    """What the board says, with its spaces made even."""
    page = stage.go(stage.officer("chair"), "/board/")
    return " ".join(page.inner_text("main").split())
