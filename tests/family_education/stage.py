"""A school year in the small district: terms, two schools with their liaison, a lecturer, lectures written down."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core.clock import CHINA
from niangjia.family_education import actions
from niangjia.family_education.actions import Entry, Wanted
from niangjia.family_education.kinds import Field, Mode, SchoolType, Season
from niangjia.family_education.models import Activity, LectureOrder, Lecturer, School
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.org.models import Unit
from niangjia.people import actions as people
from niangjia.people.models import Account
from tests.personas import DADONGMEN, FULING, PASSWORD, SINCE, UNTIL, District

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=CHINA)


def at(day: str, hour: int = 14) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour), CHINA)


def entry(day: str = "2026-11-20", hour: int = 14, **changes: Any) -> Entry:
    base = Entry(
        "好习惯从小养成",
        Mode.SCHOOL,
        Field.HABIT,
        at(day, hour),
        at(day, hour + 2),
        "学校礼堂",
        heads=60,
        lecturer_name="王老师",
    )
    return replace(base, **changes)


def wanted(day: str = "2026-12-05", hour: int = 14, **changes: Any) -> Wanted:
    base = Wanted(Field.HABIT, at(day, hour), at(day, hour + 2), DADONGMEN, "社区活动室", 50)
    return replace(base, **changes)


@dataclass(frozen=True)
class Liaison:
    """A school and who speaks for it."""

    unit: Unit
    acting: Acting
    account: Account
    school: School


class Stage:
    """The district's office and what it has set; clocks stand still at 24 November 2026."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.office = district.acting("officer")
        with acting_as(self.office):
            spring, autumn = dt.date(2026, 2, 23), dt.date(2026, 9, 1)
            for season, first, last in (
                (Season.SPRING, spring, dt.date(2026, 7, 8)), (Season.AUTUMN, autumn, dt.date(2027, 1, 29)),
            ):  # fmt: skip
                actions.set_semester(year=2026, season=season, starts_on=first, ends_on=last, by=self.office)

    def school(self, name: str, kind: SchoolType = SchoolType.PRIMARY, place: str = DADONGMEN) -> Liaison:
        top = self.district.unit("涪陵区妇联")
        with acting_as(access.house(FULING)):
            unit = org.add_unit(name=f"涪陵区{name}", short_name=name, kind=UnitKind.SCHOOL, parent=top, since=SINCE)
            post = org.appoint(unit=unit, role=PostRole.LIAISON, name=f"{name}联络员", starts_on=SINCE, ends_on=UNTIL)
            account = people.make_account(officer=post.officer, username=f"s{unit.pk}", password=PASSWORD)
        with acting_as(self.office):
            school = actions.keep_school(
                unit_id=unit.pk, type=kind, place=place, opened_on=dt.date(2020, 9, 1), by=self.office
            )
        return Liaison(unit, access.posts_of(account)[0], account, school)

    def lecturer(self, name: str = "王老师", **fields: Any) -> Lecturer:
        given = {"fields": ["HABIT"], "contract_from": dt.date(2026, 1, 1), "phone": "13800138001", **fields}
        with acting_as(self.office):
            return actions.keep_lecturer(lecturer_id=None, by=self.office, name=name, **given)

    def held(self, by: Acting, unit: Unit, day: str = "2026-11-20", **changes: Any) -> Activity:
        with acting_as(by):
            return actions.record_activity(
                entry=entry(day, **changes), unit_id=unit.pk, by=by, token=changes.get("token") or uuid.uuid4()
            )

    def order(self, by: Acting, **changes: Any) -> LectureOrder:
        with acting_as(by):
            return actions.order_lecture(wanted=wanted(**changes), by=by, token=uuid.uuid4())
