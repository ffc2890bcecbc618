"""The district of the demonstration: real places, invented officers, and the accounts one signs in with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.access.acting import record as trail_record
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.ops.demo.invent import DATA, Inventor
from niangjia.ops.divisions import read_divisions
from niangjia.org import actions as org
from niangjia.org import queries as org_queries
from niangjia.org.kinds import Domain, Political, PostRole, UnitKind
from niangjia.org.models import Officer, Post, Unit
from niangjia.people import actions as people
from niangjia.people.models import Account

DEPARTMENTS = (
    ("涪陵区民政局", "区民政局"), ("涪陵区卫生健康委员会", "区卫生健康委"), ("涪陵区医疗保障局", "区医疗保障局"),
    ("涪陵区教育委员会", "区教委"), ("涪陵区人力资源和社会保障局", "区人力社保局"), ("涪陵区农业农村委员会", "区农业农村委"),
    ("涪陵区统计局", "区统计局"),
)  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """An account of the demonstration and the post it holds."""

    username: str
    unit: str
    role: PostRole


SEATS = (
    Seat("qu.zhuxi", "涪陵区妇联", PostRole.CHAIR),
    Seat("qu.fuzhuxi", "涪陵区妇联", PostRole.VICE_CHAIR_FULL),
    Seat("qu.fuzhuxi2", "涪陵区妇联", PostRole.VICE_CHAIR_FULL),
    Seat("qu.ganshi", "涪陵区妇联", PostRole.STAFF),
    Seat("qu.ganshi2", "涪陵区妇联", PostRole.STAFF),
    Seat("qu.caiwu", "涪陵区妇联", PostRole.FINANCE),
    Seat("qu.guanli", "涪陵区妇联", PostRole.SYSTEM_ADMIN),
    Seat("qu.shenji", "涪陵区妇联", PostRole.AUDITOR),
    Seat("pingwei1", "涪陵区妇联", PostRole.STANDING_MEMBER),
    Seat("pingwei2", "涪陵区妇联", PostRole.STANDING_MEMBER),
    Seat("pingwei3", "涪陵区妇联", PostRole.VICE_CHAIR_PART),
    Seat("dunren.zhuxi", "敦仁街道妇联", PostRole.CHAIR),
    Seat("dunren.ganshi", "敦仁街道妇联", PostRole.STAFF),
    Seat("zhenxi.zhuxi", "珍溪镇妇联", PostRole.CHAIR),
    Seat("dadongmen.zhuxi", "大东门社区妇联", PostRole.CHAIR),
    Seat("minzheng", "区民政局", PostRole.LIAISON),
    Seat("weijian", "区卫生健康委", PostRole.LIAISON),
    Seat("yibao", "区医疗保障局", PostRole.LIAISON),
    Seat("jiaowei", "区教委", PostRole.LIAISON),
    Seat("xuexiao", "区实验小学", PostRole.LIAISON),
    Seat("tongji", "区统计局", PostRole.STATISTICIAN),
    Seat("fubao", "区妇幼保健院", PostRole.LIAISON),
    Seat("shi.kaohe", "市级考核组", PostRole.ASSESSOR),
)


def note_account(account: Account, *, by: Acting, place: str) -> None:
    """The trail of an account that was opened."""
    trail_record(
        by=by, stream=f"account:{account.pk}", verb="account.open", place=place, summary={"username": account.username}
    )


def open_account(officer: Officer, username: str, *, by: Acting, place: str) -> Account:
    """An account of an invented officer who acts and never signs in: it has no password."""
    account = Account(username=username, officer=officer, display_name=officer.name)
    account.set_unusable_password()
    account.save()
    note_account(account, by=by, place=place)
    return account


class DemoDistrict:
    """The district while the demonstration is made: units by name, and who acts for a place."""

    def __init__(self, inventor: Inventor) -> None:
        self.invent = inventor
        self.place: str = settings.NIANGJIA_DISTRICT
        self.house = access.house(self.place)
        self.units: dict[str, Unit] = {}
        self._acting: dict[int, Acting] = {}

    def found(self, advance: Callable[[], None]) -> None:
        """Places, federations, departments, officers, terms and accounts. ``advance`` is called for every unit."""
        today = clock.today()
        since = dt.date(today.year - 5, 1, 1)
        with acting_as(self.house):
            rows = read_divisions(DATA / "fuling_divisions.csv")[self.place]
            org.import_divisions(rows, valid_from=dt.date(2023, 6, 30), district=self.place)
            org.found_federations(district=self.place, since=since)
            org.seed_calendar(years=range(today.year - 2, today.year + 2), place=self.place)
            top = org_queries.district_federation()
            for name, short in DEPARTMENTS:
                org.add_unit(name=name, short_name=short, kind=UnitKind.DEPARTMENT, parent=top, since=since)
            org.add_unit(
                name="涪陵新区管理委员会妇女工作委员会",
                short_name="新区管委会妇工委",
                kind=UnitKind.SUBUNIT,
                parent=top,
                since=since,
            )
            org.add_unit(name="涪陵区实验小学", short_name="区实验小学", kind=UnitKind.SCHOOL, parent=top, since=since)
            org.add_unit(
                name="涪陵区妇幼保健院", short_name="区妇幼保健院", kind=UnitKind.HOSPITAL, parent=top, since=since
            )
            org.add_unit(
                name="重庆市民生实事考核组", short_name="市级考核组", kind=UnitKind.ASSESSOR, parent=top, since=since
            )
            self.units = {unit.short_name: unit for unit in Unit.objects.all()}
        self._elect(today, advance)
        self._open_accounts()

    def _elect(self, today: dt.date, advance: Callable[[], None]) -> None:
        draw = self.invent.draw
        for unit in self.units.values():
            with acting_as(self.house):
                if unit.kind == UnitKind.FEDERATION:
                    self._fill(unit, today, draw.randrange(3))
                elif unit.kind == UnitKind.ASSESSOR:
                    starts = today - dt.timedelta(days=20)
                    self._appoint(unit, PostRole.ASSESSOR, starts, starts + dt.timedelta(days=60))
                elif unit.kind in (UnitKind.DEPARTMENT, UnitKind.HOSPITAL, UnitKind.SCHOOL):
                    role = PostRole.STATISTICIAN if unit.short_name == "区统计局" else PostRole.LIAISON
                    self._appoint(unit, role, dt.date(today.year - 3, 3, 1), dt.date(today.year + 3, 2, 28))
            advance()

    def _fill(self, unit: Unit, today: dt.date, missing: int) -> None:
        """A term and its officers; here and there one is missing, as in life."""
        starts = {
            Level.DISTRICT: dt.date(today.year - 3, 6, 18),
            Level.TOWN: dt.date(today.year - 4, 2, 20),
            Level.VILLAGE: dt.date(today.year - 4, 1, 10),
        }[unit.level]
        term = org.open_term(unit=unit, number=8 if unit.level is Level.DISTRICT else 3, starts_on=starts, years=5)
        roles = {
            Level.DISTRICT: [*(seat.role for seat in SEATS if seat.unit == unit.short_name),
                             PostRole.VICE_CHAIR_PART, PostRole.VICE_CHAIR_SECOND, *[PostRole.STANDING_MEMBER] * 5],
            Level.TOWN: [PostRole.CHAIR, PostRole.VICE_CHAIR_FULL, PostRole.VICE_CHAIR_PART, PostRole.STAFF, *[PostRole.EXEC_MEMBER] * 12],
            Level.VILLAGE: [PostRole.CHAIR, PostRole.VICE_CHAIR_PART, *[PostRole.EXEC_MEMBER] * (3 - missing)],
        }[unit.level]  # fmt: skip
        for role in roles:
            ends = term.ends_on
            if role is PostRole.VICE_CHAIR_SECOND:
                starts, ends = dt.date(today.year, 1, 5), dt.date(today.year + 1, 1, 4)
            self._appoint(
                unit, role, term.starts_on if role is not PostRole.VICE_CHAIR_SECOND else starts, ends, term=term
            )

    def _appoint(self, unit: Unit, role: PostRole, starts: dt.date, ends: dt.date, **more: object) -> Post:
        draw = self.invent.draw
        return org.appoint(
            unit=unit, role=role, starts_on=starts, ends_on=ends, name=self.invent.name(), phone=self.invent.phone(),
            in_two_committees=role is PostRole.CHAIR and unit.level is Level.VILLAGE and draw.random() < 0.9,
            birth_month=dt.date(draw.randrange(1966, 1996), draw.randrange(1, 13), 1),
            political=draw.choice(list(Political)), education=draw.choice(["大专", "本科", "高中"]),
            domain=draw.choice(list(Domain)), **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def _open_accounts(self) -> None:
        """The accounts to sign in with; village and town chairs who work in the demonstration have one without a password."""
        used: set[int] = set()
        with acting_as(self.house):
            for seat in SEATS:
                post = (
                    Post.objects.filter(unit=self.units[seat.unit], role=seat.role)
                    .exclude(pk__in=used)
                    .order_by("id")
                    .select_related("officer")[0]
                )
                used.add(post.pk)
                account = people.make_account(
                    officer=post.officer, username=seat.username, password=settings.NIANGJIA_DEMO_PASSWORD
                )
                note_account(account, by=self.house, place=self.place)
        for seat in SEATS:
            TOTP.activate(Account.objects.get(username=seat.username), generate_totp_secret())

    def seat(self, username: str) -> Acting:
        """Who signs in with ``username``, under her post."""
        account = Account.objects.get(username=username)
        return access.posts_of(account)[0]

    def chair_of(self, place: str) -> Acting:
        """The chair of a town or village; given an account at her first act."""
        unit = next(u for u in self.units.values() if u.place == place and u.kind == UnitKind.FEDERATION)
        if unit.pk not in self._acting:
            with acting_as(self.house):
                post = Post.objects.filter(unit=unit, role=PostRole.CHAIR).select_related("officer")[0]
                account = Account.objects.filter(officer=post.officer).first()
                if account is None:
                    account = open_account(post.officer, f"c{codes.prefix_of(place)}", by=self.house, place=self.place)
            self._acting[unit.pk] = access.posts_of(account)[0]
        return self._acting[unit.pk]
