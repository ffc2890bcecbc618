"""A class of the district in one community: four women on the roster, one morning and one afternoon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from niangjia.access.acting import Acting, acting_as
from niangjia.attendance import actions
from niangjia.attendance.actions import Answer, Entrant, Tap
from niangjia.attendance.kinds import Half
from niangjia.attendance.models import Participant, Session
from niangjia.core import clock
from niangjia.people import actions as people
from niangjia.people.actions import Identity
from tests.factories import id_number
from tests.personas import DADONGMEN, District

DAY = dt.date(2026, 11, 24)
SUBJECT = "class:7"


def at(hour: int, minute: int = 0, *, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.CHINA)


@dataclass
class Room:
    """The class, who keeps its roster, and the women by name."""

    district: District
    session: Session
    women: dict[str, Participant] = field(default_factory=dict)

    @property
    def chair(self) -> Acting:
        return self.district.acting("dadongmen")

    def taps(self, *names: str, half: Half | None = Half.AM, said: dt.datetime | None = None) -> list[Tap]:
        return [Tap(self.women[name].pk, uuid4(), half, said) for name in names]

    def send(self, taps: list[Tap], *, by: Acting | None = None, **more: Any) -> list[Answer]:
        who = by or self.chair
        with acting_as(who):
            return actions.mark_many(session_id=self.session.pk, taps=taps, by=who, **more)

    def mark(self, name: str, half: Half = Half.AM, client: UUID | None = None, **more: Any) -> Any:
        with acting_as(self.chair):
            return actions.mark(
                session_id=self.session.pk, participant_id=self.women[name].pk, half=half, by=self.chair,
                client_id=client, **more,
            )  # fmt: skip


def planned(district: District, **changes: Any) -> Session:
    """A session of the community's class, on 24 November from nine to five, signed twice."""
    chair = district.acting("dadongmen")
    given: dict[str, Any] = {
        "subject": SUBJECT, "unit": district.unit("大东门社区妇联"), "title": "家政服务培训班", "starts_at": at(9),
        "ends_at": at(17), "venue": "社区活动室", "twice": True, **changes,
    }  # fmt: skip
    with acting_as(chair):
        return actions.plan_session(by=chair, **given)


@pytest.fixture
def room(district: District) -> Iterator[Room]:
    with clock.frozen(at(8, 50)):
        made = Room(district, planned(district))
        chair = made.chair
        with acting_as(chair):
            known = people.ensure_person(Identity("张桂芳", id_number(1), DADONGMEN, household_key="h-1"))
            entrants = [
                Entrant("张桂芳", known),
                Entrant("李秀英"),
                Entrant("王小红"),
                Entrant("王小虹", remark="二组"),
            ]
            joined = actions.join_many(subject=SUBJECT, entrants=entrants, place=DADONGMEN, by=chair)
        made.women = {one.name: one for one in joined}
        yield made
