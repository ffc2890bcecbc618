"""An officer makes a plan of a reading."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from niangjia.access.acting import acting_as
from niangjia.plans.kinds import Standing
from niangjia.plans.models import PlanVersion
from tests.personas import District

Draft = Callable[..., PlanVersion]


def test_a_reading_becomes_a_draft_with_its_items_and_suggested_targets(district: District, drafted: Draft) -> None:
    version = drafted()
    with acting_as(district.acting("officer")):
        assert [(item.label, item.title, item.parent and item.parent.label) for item in version.items.all()] == [
            ("一、", "抓实民生实事", None),
            ("1.", "救助困难患病妇女不少于40人，12月底前完成", "一、"),
            ("2.", "举办就业技能培训班，培训妇女300人次", "一、"),
            ("二、", "办好家庭教育", None),
        ]
        assert [(t.title, t.value, t.unit, t.kind, t.standing) for t in version.targets.all()] == [
            ("救助困难患病妇女", Decimal(40), "人", "COUNT", Standing.SUGGESTED),
            ("培训妇女", Decimal(300), "人次", "COUNT", Standing.SUGGESTED),
            ("家长满意率", Decimal(90), "%", "LEVEL", Standing.SUGGESTED),
        ]


def test_a_plan_in_force(published: Draft) -> None:
    assert published().state == "PUBLISHED"
