"""A year of 微心愿 in the demonstration: forty wishes of villages and mothers, taken up, brought, lapsed and given back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.brands import actions as brands
from niangjia.brands.models import Brand
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.org.kinds import UnitKind
from niangjia.people import queries as people
from niangjia.people.models import Account
from niangjia.wishes import actions
from niangjia.wishes.kinds import Category, Consented, Said, WisherKind
from niangjia.wishes.models import Claim, Wish
from niangjia.wishes.rules import Entry

if TYPE_CHECKING:
    from niangjia.ops.demo.story import Year

C, W, E = WisherKind.CHILD, WisherKind.WOMAN, WisherKind.ELDER
WISHES = (
    (C, Category.LEARNING, "想要一个结实的书包，新学期用", 120), (C, Category.LEARNING, "想要一盏护眼台灯，晚上写作业用", 150),
    (E, Category.LIVING, "想要一床厚一点的棉被过冬", 180), (C, Category.COMPANY, "想有人陪我过一次生日", 100),
    (W, Category.LIVING, "想要一个电饭煲，家里的坏了", 200), (C, Category.CLOTHES, "想要一双37码的棉鞋", 90),
    (C, Category.LEARNING, "想要一套讲星星和宇宙的书", 80), (E, Category.COMPANY, "想有人来帮我理一次发，说说话", 0),
    (C, Category.CLOTHES, "想要一件红色的羽绒服，身高一米三", 200), (C, Category.LEARNING, "想要一个篮球，和同学一起打", 90),
    (E, Category.LIVING, "想要一副老花镜，看得清药盒上的字", 60), (C, Category.COMPANY, "想去一次科技馆", 60),
    (W, Category.LEARNING, "想要一本月嫂培训的书", 50), (C, Category.LEARNING, "想要一盒水彩笔和画本", 45),
    (C, Category.LIVING, "想要一张能调高矮的书桌", 280), (E, Category.CLOTHES, "想要一件保暖内衣，大号", 110),
)  # fmt: skip
UNITS = ("涪陵区餐饮商会", "江东读书会", "巾帼志愿服务队")
RECENT = 24  # from this one on they are of the last weeks, each at another station


class Months:
    """Who does what to which wish on which day, told as distance from today."""

    def __init__(self, year: Year) -> None:
        self.year, self.district, self.draw = year, year.district, year.district.invent.draw
        places = {unit.place for unit in self.district.units.values() if unit.kind == UnitKind.FEDERATION}
        villages = sorted(place for place in places if codes.level_of(place) is Level.VILLAGE)
        self.villages = self.draw.sample(villages, 20)
        self.donors = [self._resident() for _ in range(12)]
        self._turn = 0

    @contextmanager
    def on(self, day: int, who: Acting, hour: int = 10) -> Iterator[Acting]:
        with clock.frozen(self.year.at(day, hour)), acting_as(who):
            yield who

    def _resident(self) -> Acting:
        phone = self.district.invent.phone()
        account, _ = Account.objects.get_or_create(
            phone_index=people.phone_index(phone), defaults={"username": f"phone-{phone}", "phone": phone}
        )
        return access.resident(account)

    def _token(self) -> uuid.UUID:
        return uuid.UUID(int=self.draw.getrandbits(128))

    def wish(self, number: int, day: int, *, own: bool = False, verified: bool = True) -> Wish:
        """The village chair writes it down at the door; a mother does it on her phone."""
        kind, category, text, value = WISHES[number % len(WISHES)]
        place = self.villages[number % len(self.villages)]
        chair, name = self.district.chair_of(place), self.district.invent.name()
        entry = Entry(
            kind=kind, name=name, category=category, text=text, value=value, consented_on=self.year.at(day).date(),
            consented=(Consented.ORAL, Consented.PAPER)[number % 2], phone=self.district.invent.phone(),
            guardian=name[0] + "桂兰" if kind is C else "",
        )  # fmt: skip
        with self.on(day, self._resident() if own else chair) as by:
            return actions.raise_wish(entry=entry, place=place, token=self._token(), by=by, verified=verified)

    def publish(self, wish: Wish, day: int) -> None:
        with self.on(day, self.district.chair_of(codes.town_of(wish.place)), 15) as by:
            actions.publish(wish_id=wish.pk, by=by)

    def claim(self, wish: Wish, day: int, *, unit: bool = False) -> Claim:
        """Another donor each time; some for the unit they belong to."""
        self._turn += 1
        with self.on(day, self.donors[self._turn % len(self.donors)], 19) as by:
            return actions.claim(
                wish_id=wish.pk, token=self._token(), name=self.district.invent.name(), by=by,
                unit_name=UNITS[self._turn % len(UNITS)] if unit else "",
            )  # fmt: skip

    def bring(self, wish: Wish, day: int) -> None:
        with self.on(day, self.district.chair_of(wish.place), 9) as by:
            actions.hand_in(wish_id=wish.pk, by=by)

    def deliver(self, wish: Wish, day: int) -> None:
        with self.on(day, self.district.chair_of(wish.place), 16) as by:
            actions.deliver(wish_id=wish.pk, on=clock.today(), by=by)

    def confirm(self, wish: Wish, day: int) -> None:
        said = {C: Said.GUARDIAN, W: Said.SELF, E: Said.SELF}[WisherKind(wish.kind)]
        with self.on(day, self.district.chair_of(wish.place)) as by:
            actions.confirm(wish_id=wish.pk, said=said, by=by)

    def release(self, day: int) -> None:
        with self.on(day, self.district.house, 6) as by:
            actions.release_due(by=by)

    def withdraw(self, wish: Wish, day: int, reason: str) -> None:
        with self.on(day, self.district.chair_of(wish.place)) as by:
            actions.withdraw(wish_id=wish.pk, reason=reason, by=by)

    def fulfil(self, wish: Wish, day: int, *, unit: bool = False) -> None:
        """Taken up, brought within the week, delivered and confirmed."""
        self.claim(wish, day, unit=unit)
        self.bring(wish, day + 5)
        self.deliver(wish, day + 6)
        self.confirm(wish, day + 9)


def wish(year: Year) -> None:
    """The whole year."""
    months = Months(year)
    with months.on(-340, year.officer) as by:
        brands.set_default(programme=actions.PROGRAMME, brand=Brand.objects.get(key="fuzhoutongxin"), by=by)
    for number in range(RECENT):
        _of_last_year(months, number, -335 + number * 12)
    for number in range(RECENT, 40):
        _of_these_weeks(months, number)
    months.release(0)


def _of_last_year(months: Months, number: int, day: int) -> None:
    wish = months.wish(number, day, own=number % 6 == 5, verified=number % 6 != 5)
    if number % 6 == 5:
        with months.on(day + 1, months.district.chair_of(wish.place)) as by:
            actions.verify(wish_id=wish.pk, by=by)
    months.publish(wish, day + 3)
    match number:
        case 2:  # nobody took it up in half a year
            months.release(day + 3 + 185)
        case 7 | 16:  # the first who claimed did not come; the second did
            months.claim(wish, day + 6)
            months.release(day + 22)
            months.fulfil(wish, day + 25)
        case 11:
            months.withdraw(wish, day + 10, "家里已经买了")
        case 13:  # given back on the next day
            claim = months.claim(wish, day + 5)
            donor = access.resident(Account.objects.get(pk=claim.account_id))
            with months.on(day + 6, donor) as by:
                actions.give_back(claim_id=claim.pk, by=by)
            months.fulfil(wish, day + 12)
        case _:
            months.fulfil(wish, day + 6 + number % 5, unit=number % 4 == 0)


def _of_these_weeks(months: Months, number: int) -> None:
    """What one finds today: three of each station, the open ones most."""
    station, start = number - RECENT, -24 + (number - RECENT)
    fresh = station in (0, 1, 2)
    wish = months.wish(number, start if not fresh else -2, own=fresh, verified=not fresh)
    if station < 5:  # to be verified, to be published
        return
    months.publish(wish, start + 2 if start + 2 < 0 else -1)
    if station < 11:
        return
    months.claim(wish, -8 + station % 3, unit=station == 12)
    if station >= 13:
        months.bring(wish, -3)
    if station >= 14:
        months.deliver(wish, -1)
