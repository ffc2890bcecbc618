"""The demonstration's outlines in the small district: every value generated and marked so, all stations occupied."""

from __future__ import annotations

from typing import cast

from niangjia.access.acting import Acting, acting_as
from niangjia.ops.demo.district import DemoDistrict
from niangjia.ops.demo.outlines import make_outlines
from niangjia.outlines import queries
from niangjia.outlines.models import Observation, Order, Outline
from tests.personas import FULING, District

SEATS = {
    "qu.ganshi": "officer", "tongji": "statistics", "weijian": "health", "minzheng": "civil_affairs", "yibao": "insurance",
}  # fmt: skip


class Small:
    """The small district under the names the demonstration uses."""

    place = FULING

    def __init__(self, district: District) -> None:
        self.units = district.units
        self._district = district

    def seat(self, username: str) -> Acting:
        return self._district.acting(SEATS[username])


def test_every_value_is_marked_as_generated_and_one_outline_is_public(district: District) -> None:
    make_outlines(cast(DemoDistrict, Small(district)))
    with acting_as(district.acting("officer")):
        assert Observation.objects.filter(generated=False).count() == 0
        states = set(Observation.objects.values_list("state", flat=True))
        assert {"PUBLISHED", "CONFIRMED", "DEPT_SUBMITTED", "RETURNED"} <= states
        assert Order.objects.get().state == "PLANNED"
        for outline in Outline.objects.all():
            year = queries.latest_year(outline, FULING)
            assert year is not None
            found = queries.attainment_of(queries.standings(outline, FULING, year))
            assert found.met > 0
            assert found.unmet + found.near > 0
