"""Family education of the demonstration: a school year of twelve invented schools, all towns, a panel of lecturers, orders at
every station, one lecture that two entered.

Schools, lecturers and lectures are invented and say so.
"""

from __future__ import annotations

import datetime as dt
import uuid
from random import Random
from typing import Any

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.family_education import actions, queries, rules
from niangjia.family_education.actions import Entry, Wanted
from niangjia.family_education.kinds import Audience, Field, How, Mode, Party, SchoolType, Season
from niangjia.family_education.models import Course, Duty, Lecturer, School, VenueKind
from niangjia.ops.demo.district import DemoDistrict, open_account
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.org.models import Unit

SCHOOLS = (
    ("区实验小学", SchoolType.PRIMARY), ("演示城南小学", SchoolType.PRIMARY), ("演示江东小学", SchoolType.PRIMARY),
    ("演示李渡小学", SchoolType.PRIMARY), ("演示清溪小学", SchoolType.PRIMARY), ("演示第一中学", SchoolType.MIDDLE),
    ("演示第二中学", SchoolType.MIDDLE), ("演示珍溪学校", SchoolType.WHOLE), ("演示第一幼儿园", SchoolType.KINDERGARTEN),
    ("演示第二幼儿园", SchoolType.KINDERGARTEN), ("演示马鞍幼儿园", SchoolType.KINDERGARTEN), ("演示新妙幼儿园", SchoolType.KINDERGARTEN),
)  # fmt: skip
MODEL_SCHOOLS = 10
COURSES = (
    ("好好说话：亲子沟通", Field.TALK, "ALL", 90), ("好习惯从小养成", Field.HABIT, "PRIMARY", 90), ("陪孩子过好青春期", Field.PUBERTY, "JUNIOR", 120),
    ("手机不是保姆", Field.NET, "PRIMARY", 90), ("隔代教养的苦与乐", Field.GRAND, "PRESCHOOL", 60), ("依法带娃：家庭教育促进法", Field.LAW, "ALL", 90),
)  # fmt: skip
PANEL: tuple[tuple[list[Field], list[str], list[int]], ...] = (
    ([Field.TALK, Field.MIND], [], []), ([Field.HABIT, Field.START], [], [0, 2, 4, 5]), ([Field.PUBERTY, Field.SAFETY], [], []),
    ([Field.NET, Field.HABIT], [], [5, 6]), ([Field.GRAND, Field.LEFT], [], []), ([Field.LAW, Field.MOTTO], [], [1, 3, 5]),
)  # fmt: skip
DONE = (
    ("区教委", "与妇联共同", "与区妇联联合印发家庭教育工作要点"), ("区民政局", "婚姻登记", "婚姻登记处设家庭教育指导窗口"),
    ("涪陵区妇联", "年度家庭教育工作计划", "涪妇发〔演示〕3号"), ("区实验小学", "工作计划", "写入学校年度工作计划"),
    ("区实验小学", "家长委员会", "家长委员会换届"),
)  # fmt: skip


class Teaching:
    """The year while it is made."""

    def __init__(self, district: DemoDistrict) -> None:
        self.district, self.draw = district, Random(20160901)  # noqa: S311  invented work
        self.today = clock.today()
        self.office, self.year = district.seat("qu.ganshi"), clock.today().year
        bodies = [unit for unit in district.units.values() if unit.kind == UnitKind.FEDERATION]
        self.towns = [unit for unit in bodies if unit.level is Level.TOWN]
        self.villages = [unit for unit in bodies if unit.level is Level.VILLAGE]
        self.panel: list[Lecturer] = []
        self.courses: list[Course] = []
        self.schools: dict[str, School] = {}
        self.kinds: list[VenueKind] = []
        self._liaisons: dict[int, Acting] = {}

    def liaison(self, unit: Unit) -> Acting:
        """Who speaks for a school; she has a post and an account without a password, but for the one that signs in."""
        if unit.short_name == SCHOOLS[0][0]:
            return self.district.seat("xuexiao")
        if unit.pk not in self._liaisons:
            with acting_as(self.district.house) as house:
                post = org.appoint(
                    unit=unit, role=PostRole.LIAISON, starts_on=dt.date(self.year - 2, 9, 1), ends_on=dt.date(self.year + 3, 8, 31),
                    name=self.district.invent.name(), phone=self.district.invent.phone(),
                )  # fmt: skip
                account = open_account(post.officer, f"xuexiao{unit.pk}", by=house, place=self.district.place)
            self._liaisons[unit.pk] = access.posts_of(account)[0]
        return self._liaisons[unit.pk]

    def held(self, by: Acting, unit: Unit, day: dt.date, mode: Mode, hour: int = 14, **more: Any) -> int | None:
        """A lecture written down on its evening; one that is still to come is left out."""
        if day > self.today or (day == self.today and clock.now().hour < hour + 3):
            return None
        course = self.draw.choice(self.courses)
        start = dt.datetime.combine(day, dt.time(hour, 30), clock.CHINA)
        given: dict[str, Any] = {
            "title": course.title, "mode": mode, "field": Field(course.field), "starts_at": start,
            "ends_at": start + dt.timedelta(minutes=course.minutes), "venue": "会议室", "audience": Audience.PARENTS,
            "heads": self.draw.randint(36, 68), "course_id": course.pk, **more,
        }  # fmt: skip
        with clock.frozen(start + dt.timedelta(hours=3)), acting_as(by):
            entry = Entry(**given)
            token = uuid.UUID(int=self.draw.getrandbits(128))
            return actions.record_activity(entry=entry, unit_id=unit.pk, by=by, token=token).pk


def make_family(district: DemoDistrict) -> None:
    """Everything from the terms to the last order, by the actions everybody uses."""
    year = Teaching(district)
    _set_up(year)
    _schools(year)
    _towns(year)
    _orders(year)
    _twice(year)
    with acting_as(year.office):
        actions.remind(year=year.year, by=year.office)


def _set_up(year: Teaching) -> None:
    """Terms, the day, schools, lecturers, courses, minutes."""
    office, top = year.office, year.district.units["涪陵区妇联"]
    with clock.frozen(dt.datetime(year.year, 1, 6, 10, tzinfo=clock.CHINA)):
        with acting_as(year.district.house):
            for name, _ in SCHOOLS:
                if name not in year.district.units:
                    year.district.units[name] = org.add_unit(
                        name=f"涪陵区{name}（虚构）",
                        short_name=name,
                        kind=UnitKind.SCHOOL,
                        parent=top,
                        since=dt.date(year.year - 5, 9, 1),
                    )
        with acting_as(office):
            # The plan's 三进 are villages, communities and companies.
            for venue in VenueKind.objects.filter(label__in=("进学校", "进企业")):
                entered = venue.label == "进企业"
                actions.keep_venue_kind(kind_id=venue.pk, label=venue.label, entered=entered, active=True, by=office)
            for season in Season:
                first, last = rules.proposed_term(year.year, season)
                actions.set_semester(year=year.year, season=season, starts_on=first, ends_on=last, by=office)
            actions.set_education_day(year=year.year, day=rules.proposed_days(year.year)[0].day, by=office)
            for number, (name, kind) in enumerate(SCHOOLS):
                year.schools[name] = actions.keep_school(
                    unit_id=year.district.units[name].pk, type=kind, place=year.towns[number * 2 % len(year.towns)].place,
                    head=f"{year.district.invent.name()}（虚构）", opened_on=dt.date(year.year - 5, 9, 1),
                    model_on=dt.date(year.year, 1, 5) if number < MODEL_SCHOOLS else None, by=office,
                )  # fmt: skip
            year.courses = [
                actions.keep_course(
                    course_id=None, title=title, field=field, age=age, minutes=minutes, active=True, by=office
                )
                for title, field, age, minutes in COURSES
            ]
            year.panel = [
                actions.keep_lecturer(
                    lecturer_id=None, name=year.district.invent.name(), employer="演示单位（虚构）", title="家庭教育指导师", fields=fields,
                    towns=towns, weekdays=days, phone=year.district.invent.phone(), contract_from=dt.date(year.year, 1, 1),
                    contract_to=dt.date(year.year + 1, 12, 31), by=office,
                )
                for fields, towns, days in PANEL
            ]  # fmt: skip
            actions.keep_meeting(
                held_on=dt.date(year.year, 1, 6), title="家庭教育工作联席会议", by=office,
                text="一、教育部门把学校活动登记到同一张清单。\n二、镇街讲座统一点单。\n三、同一场活动只登一次。",
            )  # fmt: skip
            year.kinds = [kind for kind in queries.venue_kinds() if kind.label in ("进社区", "进农村", "进企业")]


def _schools(year: Teaching) -> None:
    """Each school's own lectures: the spring is done by all but one, the autumn is under way."""
    for number, (name, kind) in enumerate(SCHOOLS):
        needed = 3 if kind is SchoolType.KINDERGARTEN else 2
        days = [dt.date(year.year, 3, 10) + dt.timedelta(days=31 * turn + number) for turn in range(needed)]
        autumn = [dt.date(year.year, 9, 15) + dt.timedelta(days=24 * turn + number) for turn in range(needed)]
        unit = year.district.units[name]
        by = year.liaison(unit)
        for turn, day in enumerate(
            [*(days[:1] if number == 6 else days), *(autumn[:1] if number % 3 == 2 else autumn)]
        ):
            year.held(by, unit, day, Mode.SCHOOL, venue=f"{name}礼堂", lecturer_name="" if turn else "校内教师")
    for short, words, text in DONE:
        unit = year.district.units[short]
        with (
            clock.frozen(min(dt.datetime(year.year, 3, 3, 10, tzinfo=clock.CHINA), clock.now())),
            acting_as(year.office),
        ):
            bearer = queries.bearer_of(unit)
            assert bearer is not None
            duty = Duty.objects.get(party=bearer.party, how=How.PAPER, what__contains=words)
            actions.show_paper(duty_id=duty.pk, unit_id=unit.pk, period=str(year.year), text=text, by=year.office)
    with acting_as(year.office):
        duty = Duty.objects.get(party=Party.KINDERGARTEN, how=How.COUNT)
        actions.exempt(
            duty_id=duty.pk, unit_id=year.district.units["演示新妙幼儿园"].pk, period=f"{year.year}-{Season.AUTUMN}",
            reason="园舍改建，秋季学期停园", by=year.office,
        )  # fmt: skip


def _towns(year: Teaching) -> None:
    """A theme activity of a village in each town in May, and four lectures of the mobile school; two towns are behind."""
    for number, town in enumerate(year.towns):
        village = next(unit for unit in year.villages if codes.contains(town.place, unit.place))
        month = min(max(year.today.month, 1), 5)
        year.held(
            year.district.chair_of(village.place), village, dt.date(year.year, month, 11 + number % 14), Mode.THEME,
            title="家庭教育日主题活动", venue="社区广场", hour=9,
        )  # fmt: skip
        by = year.district.chair_of(town.place)
        for turn in range(2 if number in (8, 20) else 4):
            day = dt.date(year.year, 1, 12) + dt.timedelta(days=turn * 68 + number * 3)
            year.held(
                by, town, day, Mode.MOBILE, venue=f"{town.short_name.removesuffix('妇联')}党群服务中心",
                venue_kind_id=year.kinds[(number + turn) % len(year.kinds)].pk, place=village.place,
                lecturer_id=year.panel[(number + turn) % len(year.panel)].pk, hour=9 if turn % 2 else 14,
            )  # fmt: skip


def _orders(year: Teaching) -> None:
    """Orders of eight towns, one at every station and the rest rated."""
    for number, story in enumerate(
        ("rated", "rated", "rated", "held", "cancelled", "confirmed", "confirmed", "declined", "matched", "requested")
    ):
        town = year.towns[number % len(year.towns)]
        by, ahead = year.district.chair_of(town.place), story in ("confirmed", "declined", "matched", "requested")
        day = year.today + dt.timedelta(days=(6 + number) if ahead else (number * 4 - 40))
        start = dt.datetime.combine(day, dt.time(14, 30), clock.CHINA)
        asked = start - dt.timedelta(days=16)
        course = year.courses[number % len(year.courses)]
        wanted = Wanted(
            Field(course.field), start, start + dt.timedelta(minutes=course.minutes), town.place, "便民服务中心会议室", 60,
            course_id=course.pk, venue_kind_id=year.kinds[0].pk,
        )  # fmt: skip
        with clock.frozen(asked), acting_as(by):
            order = actions.order_lecture(wanted=wanted, by=by, token=uuid.UUID(int=year.draw.getrandbits(128)))
        if story != "requested":
            _follow(year, order.pk, story, by, asked, start)


def _follow(year: Teaching, order_id: int, story: str, by: Acting, asked: dt.datetime, start: dt.datetime) -> None:
    office = year.office
    with clock.frozen(asked + dt.timedelta(days=1)), acting_as(office):
        if story == "cancelled":
            actions.cancel_order(order_id=order_id, reason="会议室维修，改到下半年", by=office)
            return
        chosen = next(one for one in queries.proposals(queries.order(order_id)) if not one.busy)
        actions.match(order_id=order_id, lecturer_id=chosen.teacher.pk, by=office)
    if story == "matched":
        return
    with clock.frozen(asked + dt.timedelta(days=2)), acting_as(office):
        note = "当天有课" if story == "declined" else "电话确认"
        actions.note_answer(order_id=order_id, yes=story != "declined", note=note, by=office)
    if story in ("held", "rated"):
        with clock.frozen(start + dt.timedelta(hours=3)), acting_as(by):
            actions.hold_order(order_id=order_id, heads=year.draw.randint(40, 70), by=by)
            if story == "rated":
                stars = year.draw.choice((4, 5))
                actions.rate_order(order_id=order_id, stars=stars, remark="讲得实在，家长听得懂。", by=by)


def _twice(year: Teaching) -> None:
    """The school and its town entered the same lecture: it waits for somebody to look."""
    school = year.schools["区实验小学"]
    town = next(unit for unit in year.towns if codes.contains(unit.place, school.place))
    day, lecturer = year.today - dt.timedelta(days=5), year.panel[1]
    title = "好习惯从小养成"
    more: dict[str, Any] = {"title": title, "lecturer_name": lecturer.name, "heads": 120}
    year.held(year.liaison(school.unit), school.unit, day, Mode.SCHOOL, venue="区实验小学礼堂", **more)
    year.held(
        year.district.chair_of(town.place), town, day, Mode.MOBILE, venue="实验小学礼堂", school_id=school.pk, place=town.place,
        venue_kind_id=next(kind.pk for kind in year.kinds), **more,
    )  # fmt: skip
