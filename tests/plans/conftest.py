"""Plans in their several states, made through the actions officers use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from niangjia.access.acting import acting_as
from niangjia.plans import actions, queries
from niangjia.plans.models import PlanVersion, Target
from niangjia.plans.reader import read_plan
from tests.personas import District

TEXT = """涪陵区妇联2026年工作计划
一、抓实民生实事。年内完成以下任务。
1. 救助困难患病妇女不少于40人，12月底前完成。
2. 举办就业技能培训班，培训妇女300人次。
二、办好家庭教育。家长满意率达到90%。
"""


@pytest.fixture
def drafted(district: District) -> Callable[..., PlanVersion]:
    """A draft read from a text, by the district's officer."""

    def make(text: str = TEXT, **values: object) -> PlanVersion:
        by = district.acting("officer")
        with acting_as(by):
            values.setdefault("unit", district.unit("涪陵区妇联"))
            return actions.import_reading(reading=read_plan(text), by=by, **values)  # type: ignore[arg-type]

    return make


@pytest.fixture
def published(district: District, drafted: Callable[..., PlanVersion]) -> Callable[..., PlanVersion]:
    """The same, with every target accepted and in force."""

    def make(text: str = TEXT, **values: object) -> PlanVersion:
        version = drafted(text, **values)
        by = district.acting("chair")
        with acting_as(by):
            actions.accept_all(version_id=version.pk, by=by)
            return actions.publish(version_id=version.pk, by=by)

    return make


@pytest.fixture
def in_force(district: District) -> Callable[[PlanVersion], list[Target]]:
    """The targets in force of a version's plan, as the district's officer sees them."""

    def read(version: PlanVersion) -> list[Target]:
        with acting_as(district.acting("officer")):
            return list(queries.targets_in_force(version.plan))

    return read
