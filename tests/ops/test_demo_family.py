"""The demonstration's school year in the small district: invented and marked so, every station of an order occupied."""

from __future__ import annotations

import datetime as dt
from typing import cast

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock, measures
from niangjia.family_education import queries
from niangjia.family_education.kinds import OrderState, Party
from niangjia.family_education.models import Lecturer, School
from niangjia.ops.demo.district import DemoDistrict
from niangjia.ops.demo.family import make_family
from niangjia.ops.demo.invent import Inventor
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.org.models import Unit
from niangjia.people import actions as people
from tests.personas import FULING, PASSWORD, SINCE, UNTIL, District

CHAIRS = {
    "敦仁街道": "dunren",
    "崇义街道": "chongyi",
    "大东门社区": "dadongmen",
    "黔龙街社区": "qianlongjie",
    "交通社区": "jiaotong",
}


class Small:
    """The small district under the names the demonstration uses, with the school that signs in."""

    place = FULING

    def __init__(self, district: District) -> None:
        self._district, self.invent, self.house = district, Inventor(7), access.house(FULING)
        top = district.unit("涪陵区妇联")
        with acting_as(self.house):
            school = org.add_unit(
                name="涪陵区实验小学", short_name="区实验小学", kind=UnitKind.SCHOOL, parent=top, since=SINCE
            )
            org.add_unit(name="区教委", short_name="区教委", kind=UnitKind.DEPARTMENT, parent=top, since=SINCE)
            post = org.appoint(unit=school, role=PostRole.LIAISON, name="联络员", starts_on=SINCE, ends_on=UNTIL)
            self._school = people.make_account(officer=post.officer, username="xuexiao", password=PASSWORD)
            self.units = {unit.short_name: unit for unit in Unit.objects.all()}

    def seat(self, username: str) -> Acting:
        return access.posts_of(self._school)[0] if username == "xuexiao" else self._district.acting("officer")

    def chair_of(self, place: str) -> Acting:
        return next(acting for key in CHAIRS.values() if (acting := self._district.acting(key)).place == place)


def test_a_school_year_is_told_with_every_station_occupied(district: District) -> None:
    with clock.frozen(dt.datetime(2026, 11, 24, 20, tzinfo=clock.CHINA)):
        make_family(cast(DemoDistrict, Small(district)))
        with acting_as(district.acting("officer")):
            assert set(queries.orders().values_list("state", flat=True)) == set(OrderState.values)
            assert len(queries.pairs(dt.date(2026, 1, 1))) == 1
            assert (Lecturer.objects.count(), Lecturer.objects.filter(employer__contains="虚构").count()) == (6, 6)
            assert (School.objects.count(), School.objects.filter(unit__name__contains="虚构").count()) == (12, 11)
            board = queries.board(party=Party.SCHOOL, year=2026, today=clock.today(), within=FULING)
            for key, party in (
                ("schools_met", Party.SCHOOL),
                ("kindergartens_met", Party.KINDERGARTEN),
                ("towns_met", Party.TOWN),
            ):
                # The figure of the plan and the matrix agree on who has done it.
                lines = queries.board(party=party, year=2026, today=clock.today(), within=FULING).lines
                done = sum(item.state == "DONE" for line in lines for item in line.owed if item.counted)
                since, until = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
                assert measures.value(measures.get(f"family.{key}"), place=FULING, since=since, until=until) == done
            states = {item.state for line in board.lines for item in line.owed}
            assert {"DONE", "DUE", "OVERDUE"} <= states
