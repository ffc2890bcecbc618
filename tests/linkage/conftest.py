"""Entries of the register as lists bring them: with and without a number, telephone and home."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from niangjia.access import queries as access
from niangjia.access.acting import acting_as, record
from niangjia.core import clock, text
from niangjia.people.kinds import IdKind
from niangjia.people.models import Person
from tests.personas import DADONGMEN, FULING

Enter = Callable[..., Person]


@pytest.fixture
def enter() -> Enter:
    """``enter("王秀英", birth=…)``: an entry of 大东门社区, born 1958-03-12, without a number."""

    def make(name: str, **changes: Any) -> Person:
        values: dict[str, Any] = {
            "name": name,
            "name_pinyin": text.pinyin_key(name),
            "name_initials": text.initials(name),
            "sex": "F",
            "birth": dt.date(1958, 3, 12),
            "place": DADONGMEN,
            "id_kind": IdKind.NONE,
            "created_at": clock.now(),
        }
        house = access.house(FULING)
        with acting_as(house):
            person = Person.objects.create(**{**values, **changes})
            record(by=house, stream="test", verb="person", subject=f"person:{person.pk}", place=person.place)
        return person

    return make
