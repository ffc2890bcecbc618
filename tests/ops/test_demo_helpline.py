"""The demonstration's line in the small district: every station occupied, and a leader's quarter with something in it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.utils.timezone import make_aware

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock
from niangjia.helpline import queries
from niangjia.helpline.kinds import ReferralKind, State, Topic
from niangjia.helpline.models import Matter, Mediation, Referral, Tally
from niangjia.ops.demo.helpline import speak
from niangjia.ops.demo.invent import Inventor
from tests.personas import FULING, District

if TYPE_CHECKING:
    from niangjia.ops.demo.story import Year


class Small:
    """The small district and its year, under the names the demonstration uses."""

    place = FULING

    def __init__(self, district: District) -> None:
        self._district, self.invent, self.house, self.units = (
            district,
            Inventor(7),
            access.house(FULING),
            district.units,
        )
        self.district, self.today = self, clock.today()
        self.chair, self.vice, self.officer = (district.acting(key) for key in ("chair", "vice", "officer"))

    def chair_of(self, place: str) -> Acting:
        keys = ("dunren", "chongyi", "dadongmen", "qianlongjie", "jiaotong")
        return next(acting for key in keys if (acting := self._district.acting(key)).place == place)

    def at(self, days: int, hour: int = 10) -> dt.datetime:
        day = min(self.today + dt.timedelta(days=days), self.today)
        return make_aware(dt.datetime.combine(day, dt.time(hour, 12)))


def test_a_year_of_the_line_has_every_station_and_a_quarter_to_read(district: District) -> None:
    year = Small(district)
    speak(cast("Year", year))
    with acting_as(year.officer):
        assert set(Matter.objects.values_list("state", flat=True)) == set(State) - {State.ADVISED, State.FOLLOWED_UP}
        assert (Mediation.objects.count(), Referral.objects.filter(kind=ReferralKind.SUPERVISE).count()) == (4, 1)
        assert queries.open_matters()[0].risk == "EMERGENCY"
        figures = queries.figures(queries.quarters(year.today)[0])
        assert (figures["topic"][Topic.MARRIAGE], figures["topic"][Topic.VIOLENCE]) == (7, 5)
        assert (figures["topic"][Topic.LABOUR], figures["topic"][Topic.LAND]) == (None, None)
        assert Tally.objects.count() == 80
