"""The few people everyone in the tests knows, in a small real corner of the district.

They are made by the actions the house itself uses, once a run; every test works in a copy.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.org import actions as org
from niangjia.org.actions import DivisionRow
from niangjia.org.kinds import DivisionKind, PostRole, UnitKind
from niangjia.org.models import Unit
from niangjia.people import actions as people
from niangjia.people import queries as people_queries
from niangjia.people.models import Account

FULING = "500102000000"
DUNREN = "500102006000"
CHONGYI = "500102007000"
DADONGMEN = "500102006001"
QIANLONGJIE = "500102006003"
JIAOTONG = "500102007001"

PLACES = (
    DivisionRow(FULING, "涪陵区", "涪陵区", DivisionKind.DISTRICT),
    DivisionRow(DUNREN, "敦仁街道", "敦仁街道", DivisionKind.SUBDISTRICT),
    DivisionRow(DADONGMEN, "大东门社区居民委员会", "大东门社区", DivisionKind.RESIDENTS),
    DivisionRow(QIANLONGJIE, "黔龙街社区居民委员会", "黔龙街社区", DivisionKind.RESIDENTS),
    DivisionRow(CHONGYI, "崇义街道", "崇义街道", DivisionKind.SUBDISTRICT),
    DivisionRow(JIAOTONG, "交通社区居民委员会", "交通社区", DivisionKind.RESIDENTS),
)

PASSWORD = "kai-men-jian-shan-9"
SINCE = dt.date(2011, 1, 1)
UNTIL = dt.date(2031, 12, 31)


@dataclass(frozen=True)
class Seat:
    """A persona: her name, where she sits, in which office."""

    name: str
    unit: str
    role: PostRole


SEATS = {
    "chair": Seat("区主席甲", "涪陵区妇联", PostRole.CHAIR),
    "vice": Seat("区副主席乙", "涪陵区妇联", PostRole.VICE_CHAIR_FULL),
    "officer": Seat("区干事丙", "涪陵区妇联", PostRole.STAFF),
    "finance": Seat("区财务丁", "涪陵区妇联", PostRole.FINANCE),
    "auditor": Seat("审计员戊", "涪陵区妇联", PostRole.AUDITOR),
    "admin": Seat("管理员己", "涪陵区妇联", PostRole.SYSTEM_ADMIN),
    "dunren": Seat("敦仁主席", "敦仁街道妇联", PostRole.CHAIR),
    "chongyi": Seat("崇义主席", "崇义街道妇联", PostRole.CHAIR),
    "dadongmen": Seat("大东门主席", "大东门社区妇联", PostRole.CHAIR),
    "qianlongjie": Seat("黔龙街主席", "黔龙街社区妇联", PostRole.CHAIR),
    "jiaotong": Seat("交通主席", "交通社区妇联", PostRole.CHAIR),
    "member": Seat("大东门执委", "大东门社区妇联", PostRole.EXEC_MEMBER),
    "civil_affairs": Seat("民政联络员", "区民政局", PostRole.LIAISON),
    "health": Seat("卫健联络员", "区卫生健康委", PostRole.LIAISON),
    "insurance": Seat("医保联络员", "区医疗保障局", PostRole.LIAISON),
    "labour": Seat("人社联络员", "区人力社保局", PostRole.LIAISON),
    "poverty_office": Seat("扶贫联络员", "区扶贫办", PostRole.LIAISON),
    "statistics": Seat("统计审核员", "区统计局", PostRole.STATISTICIAN),
}
DEPARTMENTS = ("区民政局", "区卫生健康委", "区医疗保障局", "区扶贫办", "区人力社保局", "区统计局")


def found() -> None:
    """Make the corner of the district. Done once a run, in the database every test gets a copy of."""
    house = access.house(FULING)
    with acting_as(house):
        org.import_divisions(PLACES, valid_from=SINCE, district=FULING)
        org.found_federations(district=FULING, since=SINCE)
        top = Unit.objects.get(place=FULING)
        for name in DEPARTMENTS:
            org.add_unit(name=name, short_name=name, kind=UnitKind.DEPARTMENT, parent=top, since=SINCE)
        units = {unit.short_name: unit for unit in Unit.objects.all()}
        for key, seat in SEATS.items():
            post = org.appoint(unit=units[seat.unit], role=seat.role, name=seat.name, starts_on=SINCE, ends_on=UNTIL)
            people.make_account(officer=post.officer, username=key, password=PASSWORD)


class District:
    """The corner of the district: ``district.accounts["dunren"]``, ``district.acting("dunren")``, ``district.unit(…)``."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {key: Account.objects.get(username=key) for key in SEATS}
        self._acting = {key: access.posts_of(account)[0] for key, account in self.accounts.items()}
        with acting_as(access.house(FULING)):
            self.units = {unit.short_name: unit for unit in Unit.objects.all()}

    def acting(self, key: str) -> Acting:
        """The persona under her (only) post, as it was when the district was made."""
        return self._acting[key]

    def unit(self, short_name: str) -> Unit:
        return self.units[short_name]

    def resident(self, phone: str = "13800138000") -> Acting:
        """A resident signed in with a phone."""
        account, _ = Account.objects.get_or_create(
            phone_index=people_queries.phone_index(phone),
            defaults={"username": f"phone-{phone}", "phone": phone},
        )
        return access.resident(account)
