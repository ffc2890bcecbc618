"""A poll with five choices, opened by a second person, and ballots cast the way pages cast them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from niangjia.access.acting import acting_as
from niangjia.core.clock import CHINA
from niangjia.voting import actions
from niangjia.voting.kinds import Channel
from niangjia.voting.models import Poll
from tests.personas import FULING, District

OPENS = dt.datetime(2026, 11, 20, 6, tzinfo=CHINA)
CLOSES = dt.datetime(2026, 11, 26, 22, tzinfo=CHINA)
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=CHINA)
LABELS = ("桂花院", "竹林院", "清溪院", "松柏院", "榕树院")


def make_poll(district: District, *, opened: bool = True, labels: tuple[str, ...] = LABELS, **changes: Any) -> Poll:
    """A poll of the district, as an officer makes it and the chair opens it."""
    officer, chair = district.acting("officer"), district.acting("chair")
    given = {"title": "最美庭院网络投票", "rules_text": "每天一票，选3至10个。", "opens_at": OPENS, "closes_at": CLOSES}
    with acting_as(officer):
        poll = actions.make_poll(place=FULING, by=officer, **{**given, **changes})
        for number, label in enumerate(labels, 1):
            actions.add_choice(poll_id=poll.pk, label=label, subject=f"case:{number}", by=officer)
    if opened:
        with acting_as(chair):
            return actions.open_poll(poll_id=poll.pk, by=chair)
    return poll


def vote(poll: Poll, phone: str, *choices: int, **changes: Any) -> str:
    """A ballot by a verified phone at noon; the receipt."""
    given: dict[str, Any] = {
        "channel": Channel.PHONE,
        "credential": phone,
        "nonce": f"page of {phone} {changes.get('at', NOON):%m-%d}",
        "device": f"device of {phone}",
        "address": "10.0.0.1",
        "at": NOON,
    }
    return actions.cast(poll_id=poll.pk, choices=choices or (1, 2, 3), **{**given, **changes})


@pytest.fixture
def act(district: District) -> Callable[..., Any]:
    """``act("officer", actions.close_poll, poll_id=…)`` does it in her own transaction."""

    def do(who: str, action: Callable[..., Any], **given: Any) -> Any:
        by = district.acting(who)
        with acting_as(by):
            return action(by=by, **given)

    return do
