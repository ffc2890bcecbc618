"""A message leaves once, at its endpoint's pace, and nobody wonders what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied

from niangjia.access.acting import acting_as
from niangjia.access.queries import house
from niangjia.channels import actions, carriers, queries
from niangjia.channels.actions import Copy
from niangjia.channels.carriers import Limits, Outgoing, Sent, Setting, TryLater
from niangjia.channels.kinds import Audience, DeliveryState, Form
from niangjia.channels.models import Attempt, Endpoint, Message
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.trail.models import Entry
from tests.personas import FULING, District

NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)


@dataclass
class Spy:
    """A carrier that does what the test says and remembers what it got."""

    does: Callable[[Outgoing], Sent] = lambda message: Sent("1")
    label: str = "试验渠道"
    forms: frozenset[Form] = frozenset({Form.TEXT})
    limits: Limits = field(default_factory=lambda: Limits(text_bytes=60, per_minute=20))
    wants: tuple[Setting, ...] = (Setting("key", "密钥", secret=True),)
    personal: bool = False
    by_hand: bool = False
    tells: bool = False
    got: list[Outgoing] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        with self.lock:
            self.got.append(message)
        return self.does(message)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    made = Spy()
    monkeypatch.setattr(carriers, "carrier", lambda key: made)
    monkeypatch.setattr(actions, "carrier", lambda key: made)
    return made


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


def endpoint(district: District, name: str = "区妇女群", who: str = "officer", **changes: Any) -> Endpoint:
    by = district.acting(who)
    with acting_as(by):
        unit = district.unit(by.unit_name)
        given = {"carrier_key": "spy", "entries": {"key": "k1"}} | changes
        return actions.save_endpoint(name=name, unit=unit, by=by, **given)


def told(district: District, *endpoints: Endpoint, text: str = "明天学习", to: str = "", **changes: Any) -> Message:
    by = district.acting("officer")
    with acting_as(by):
        given: dict[str, Any] = {"audience": Audience.PUBLIC, "form": Form.TEXT} | changes
        copies = [Copy(one, to) for one in endpoints]
        return actions.send(subject="article:3", place=FULING, copies=copies, text=text, by=by, **given)


def states(message: Message) -> list[tuple[str, int, str]]:
    with acting_as(house(FULING)):
        return [(d.state, d.attempts, d.note) for d in queries.deliveries(message)]


# --- within one transaction: endpoints and asking ------------------------------------------------------------------


def test_a_secret_left_empty_stays_and_is_never_in_the_trail(district: District, spy: Spy) -> None:
    made = endpoint(district)
    by = district.acting("officer")
    with acting_as(by):
        actions.save_endpoint(
            name="区妇女工作群", carrier_key="spy", unit=district.unit(by.unit_name), entries={"key": ""}, by=by,
            endpoint_id=made.pk,
        )  # fmt: skip
        made.refresh_from_db()
        trail = [entry.summary for entry in Entry.objects.filter(subject=f"endpoint:{made.pk}")]
    assert (made.entries.reveal(), made.name, "k1" in str(trail)) == ('{"key": "k1"}', "区妇女工作群", False)


@pytest.mark.parametrize(
    ("changes", "fields"),
    [({"entries": {}}, ["key"]), ({"name": " "}, ["name"]), ({"per_minute": 21}, ["per_minute"])],
)
def test_what_an_endpoint_lacks_is_named(
    district: District, spy: Spy, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Refused) as refused:
        endpoint(district, **changes)
    assert list(refused.value.fields) == fields


def test_who_may_not_manage_channels_sets_up_none(district: District, spy: Spy) -> None:
    with pytest.raises(PermissionDenied):
        endpoint(district, who="dadongmen")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "长" * 21}, "“区妇女群”的正文最多60字节，现有63字节。请缩短或换一个渠道。"),
        ({"form": Form.FILE}, "“区妇女群”不能发文件，可发：文字。"),
        ({"audience": Audience.PERSONAL, "to": "13800138000"}, "“区妇女群”是多人看到的渠道，不能发个人消息。"),
    ],
)
def test_what_a_channel_cannot_take_is_said_before_it_is_sent(
    district: District, spy: Spy, changes: dict[str, Any], said: str
) -> None:
    group = endpoint(district)
    with pytest.raises(Refused, match=said):
        told(district, group, **changes)


def test_a_town_sees_its_own_channels_only(district: District, spy: Spy) -> None:
    endpoint(district)
    with acting_as(district.acting("dunren")):
        assert list(queries.endpoints()) == []


def test_what_is_withdrawn_before_it_left_does_not_leave(district: District, spy: Spy) -> None:
    message = told(district, endpoint(district))
    with acting_as(district.acting("officer")) as by:
        out = actions.withdraw(message_id=message.pk, by=by)
    assert (out, states(message)) == (0, [("CANCELLED", 0, "已撤回")])


def test_a_person_carries_what_no_machine_may(district: District, spy: Spy) -> None:
    spy.by_hand = True
    message = told(district, endpoint(district))
    with acting_as(district.acting("officer")) as by:
        (waiting,) = queries.by_hand()
        actions.settle(delivery_id=waiting.pk, went_out=True, by=by)
        with pytest.raises(Refused, match="已是“已发出”"):
            actions.settle(delivery_id=waiting.pk, went_out=True, by=by)
    assert states(message) == [("SENT", 0, "人工确认已发出")]


# --- across transactions: the worker -------------------------------------------------------------------------------


@pytest.fixture
def founded(owner: psycopg.Connection) -> District:
    return District()


def carry() -> int:
    return actions.carry(by=house(FULING), threads=4)


def later(**by: float) -> Any:
    return clock.frozen(NOON + dt.timedelta(**by))


def test_a_message_goes_out_once_to_each(founded: District, spy: Spy) -> None:
    message = told(founded, endpoint(founded), endpoint(founded, "城区群"))
    with later(minutes=1):
        tried = carry()
        again = carry()
    keys = sorted(one.key for one in spy.got)
    assert (tried, again, states(message)) == (2, 0, [("SENT", 1, "")] * 2)
    assert keys == sorted(f"nj-{message.pk}-{pk}" for pk in endpoint_ids(message))


def endpoint_ids(message: Message) -> list[int]:
    with acting_as(house(FULING)):
        return [d.endpoint_id for d in queries.deliveries(message)]


def test_an_endpoint_is_never_asked_faster_than_it_allows(founded: District, spy: Spy) -> None:
    group = endpoint(founded, per_minute=2)
    for _ in range(5):
        told(founded, group)
    sent = []
    for minute in (1, 1, 2, 3):
        with later(minutes=minute):
            sent.append(carry())
    assert sent == [1, 0, 1, 1]


def test_what_fails_for_now_is_tried_again_later_and_keeps_its_key(founded: District, spy: Spy) -> None:
    def busy(message: Outgoing) -> Sent:
        raise TryLater("对方限流", code="429")

    spy.does = busy
    message = told(founded, endpoint(founded))
    with later(minutes=1):
        carry()
        first = states(message)
    spy.does = lambda message: Sent("77")
    with later(minutes=1, seconds=29):
        early = carry()
    with later(minutes=1, seconds=31):
        carry()
    assert (first, early, states(message)) == ([("WAITING", 1, "对方限流")], 0, [("SENT", 2, "")])
    assert len({one.key for one in spy.got}) == 1
    with acting_as(house(FULING)):
        assert list(Attempt.objects.order_by("id").values_list("state", "code")) == [("WAITING", "429"), ("SENT", "")]


def test_a_carrier_that_breaks_takes_nothing_down_with_it(founded: District, spy: Spy) -> None:
    def broken(message: Outgoing) -> Sent:
        raise ZeroDivisionError

    spy.does = broken
    message = told(founded, endpoint(founded))
    with later(minutes=1):
        carry()
    assert states(message) == [("WAITING", 1, "渠道程序出错（ZeroDivisionError），稍后重试。")]


def test_a_dead_endpoint_is_closed_with_the_reason_and_its_messages_wait(founded: District, spy: Spy) -> None:
    def gone(message: Outgoing) -> Sent:
        raise carriers.Rejected("机器人地址无效", code="93000", endpoint=True)

    spy.does = gone
    group = endpoint(founded)
    first, second = told(founded, group), told(founded, group)
    with later(minutes=1):
        tried = carry()
    with acting_as(house(FULING)):
        group.refresh_from_db()
    assert (tried, group.is_open, group.fault) == (2, False, "机器人地址无效")
    assert (states(first), states(second)) == (
        [("WAITING", 1, "机器人地址无效")],
        [("WAITING", 0, "端点暂时不通，未尝试")],
    )


@pytest.mark.parametrize(("tells", "state"), [(True, DeliveryState.SENT), (False, DeliveryState.UNSURE)])
def test_a_copy_whose_process_died_is_sent_again_only_where_doubles_are_dropped(
    founded: District, spy: Spy, tells: bool, state: DeliveryState
) -> None:
    spy.tells = tells
    message = told(founded, endpoint(founded))
    with later(minutes=1):
        claimed = actions.claim(by=house(FULING))  # and the process dies here
    with later(minutes=5):
        too_soon = carry()
    with later(minutes=7):
        carry()
    assert (len(claimed), too_soon, states(message)[0][0]) == (1, 0, state)
