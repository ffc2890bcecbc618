"""Targets joined to records: one figure, seen from the district, a town and a village."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.core.codes import Level
from niangjia.plans import actions, queries
from niangjia.plans.kinds import Light
from niangjia.plans.models import Goal, PlanVersion, Target
from niangjia.reports import progress
from tests import factories
from tests.personas import CHONGYI, DADONGMEN, DUNREN, FULING, District

TEXT = """2026年工作计划
一、救助困难患病妇女不少于4人。
二、培训妇女300人次。
三、家长满意率达到90%。
"""
TODAY = dt.date(2026, 11, 24)
Publish = Callable[..., PlanVersion]


@pytest.fixture
def plan(district: District, published: Publish) -> PlanVersion:
    with clock.frozen(TODAY):
        version = published(TEXT, title="年度计划")
        officer = district.acting("officer")
        with acting_as(officer):
            first = queries.targets_in_force(version.plan)[0]
            actions.arrange(
                goal_id=first.goal_id, owner=first.owner, measure="two_cancers_grant.paid", quarters=None, by=officer
            )
    return version


def targets(version: PlanVersion) -> list[Target]:
    return list(queries.targets_in_force(version.plan))


def seen(district: District, version: PlanVersion, persona: str, place: str) -> list[tuple[Any, Any, Light, str]]:
    with acting_as(district.acting(persona)):
        found = progress.progress_of(targets(version), place=place, day=TODAY)
    return [(p.aim, p.value, p.light, p.judgement.reason) for p in found]


def test_a_grant_that_is_paid_moves_the_light_at_once(district: District, plan: PlanVersion) -> None:
    with clock.frozen(TODAY):
        assert seen(district, plan, "chair", FULING)[0] == (Decimal(4), Decimal(0), Light.RED, "进度落后")
        round_ = factories.open_round(district)
        for serial in (1, 2, 3):
            factories.paid(district, round_, serial)
        assert seen(district, plan, "chair", FULING)[0] == (Decimal(4), Decimal(3), Light.YELLOW, "进度偏慢")
        factories.paid(district, round_, 4)
        assert seen(district, plan, "chair", FULING)[0] == (Decimal(4), Decimal(4), Light.GREEN, "已完成")
