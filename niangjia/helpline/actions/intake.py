"""What comes in comes through one door of the database, which says who answers for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from niangjia.access import queries as access
from niangjia.access.acting import Acting, ActorKind
from niangjia.access.jobs import later
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, sealing
from niangjia.core.refused import Refused
from niangjia.helpline import queries, rules
from niangjia.helpline.actions.common import clean, note, reply_due, sound_envelope
from niangjia.helpline.kinds import Kind, Risk, Role, State, Topic, Way
from niangjia.needs.rules import alarming
from niangjia.org import queries as org

ALERT: Final = "helpline.alert"
CLOSED_DOOR: Final = "网上来件还没有开通。请拨打妇女维权公益服务热线12338；遇到人身危险请拨打110。"
NAMESPACE: Final = UUID("6f2c1f0e-8f0a-4e36-9a39-0f5b8d4c12a7")
# What of an entry is kept as it was given; the rest is sealed or worked out.
PLAIN: Final = (
    "place", "kind", "way", "role", "topic", "minor", "pregnant", "disabled", "elder", "age_band", "relation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody brings. ``token`` makes sending twice harmless; the answer code comes from it."""

    token: UUID
    way: Way
    facts: str
    place: str
    kind: Kind = Kind.CONSULT
    role: Role = Role.SELF
    topic: Topic = Topic.OTHER
    demand: str = ""
    name: str = ""
    phone: str = ""
    safe_time: str = ""
    danger: bool = False
    minor: bool = False
    pregnant: bool = False
    disabled: bool = False
    elder: bool = False
    age_band: str = ""
    relation: str = ""
    envelope: str = ""
    sender: str = ""
    doubtful: bool = False  # the network sends too much: a person looks first


@dataclass(frozen=True, slots=True)
class Received:
    """What she is given. ``code`` opens the answer; it is not kept anywhere and shown now."""

    number: str
    code: str
    emergency: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What to answer a message: a fresh code, or none where it was added to a matter that is open."""

    code: str
    danger: bool


@transaction.atomic
def receive(*, entry: Entry, by: Acting) -> Received:
    """Take a matter in, whatever its state of alarm; the caller says whom to call. Sent twice it is one.

    Raises Refused when nobody is on the roster or nothing was said.
    """
    from_desk = by.kind is ActorKind.DESK
    by.require(Verb.HELPLINE_RECEIVE if from_desk else Verb.SPEAK)
    if from_desk and entry.place != codes.district_of(by.place) and not codes.contains(by.place, entry.place):
        raise Refused("地点不在您的管理范围内。", {"place": "请重新选择。"})
    envelope = sound_envelope(entry.envelope) if entry.envelope else ""
    said = {
        "facts": clean(entry.facts, "facts", needed=not envelope), "demand": clean(entry.demand, "demand", longest=1000),
        "name": clean(entry.name, "name", longest=40), "phone": clean(entry.phone, "phone", longest=40),
        "safe_time": clean(entry.safe_time, "safe_time", longest=80),
    }  # fmt: skip
    facts, spoken = said["facts"], f"{said['facts']} {said['demand']}"
    words, code, now = alarming(spoken), code_for(entry.token), clock.now()
    text_index = sealing.blind(facts, context="helpline_matter.text") if facts else None
    held = (
        not (from_desk or entry.danger or words)
        and text_index is not None
        and (entry.doubtful or rules.looks_like_abuse(facts, seen=queries.repeats(text_index)))
    )
    today = now.date()
    risk = Risk.EMERGENCY if entry.danger else ""
    # What only her browser can read may be anything: it is kept close.
    secret = bool(envelope) or rules.is_secret(entry.topic, minor=entry.minor, risk=risk, words=spoken)
    due = today if entry.danger else rules.first_due(entry.kind, today, queries.limits(today), org.calendar())
    given: dict[str, object] = {
        **{name: getattr(entry, name) for name in PLAIN},
        **{name: _bytea(sealing.seal(text, context=f"helpline_matter.{name}") if text else None) for name, text in said.items()},
        "token": str(entry.token), "envelope": envelope, "risk": risk, "secret": secret, "due_on": str(due),
        "state": State.HELD if held else State.RECEIVED, "code_index": _bytea(queries.code_index(code)), "text_index": _bytea(text_index),
        "sender_index": _bytea(_sender_index(entry.sender) if entry.sender else None),
    }  # fmt: skip
    made, number, known = queries.call("helpline_receive", json.dumps(given), now)
    if made is None:
        raise Refused(CLOSED_DOOR)
    if not known:
        note(number, "helpline.receive", entry.place, way=entry.way, by=by)
        if entry.danger:
            home = codes.district_of(entry.place)
            later(ALERT, by=access.house(home), place=home)
    return Received(number, code, entry.danger, words)


@transaction.atomic
def hear(*, text: str, sender: str, key: str, place: str, by: Acting) -> Heard:
    """Take a message in from an account that writes as on a telephone: a second one belongs to the matter that is open.

    ``key`` is the same when the message is delivered again; then nothing more is done and it is answered the same.
    """
    by.require(Verb.SPEAK)
    said = clean(text, "facts", needed=True)
    danger, token = bool(alarming(said)), uuid5(NAMESPACE, key)
    code = code_for(token)
    if queries.own(code) is None:
        index, sealed = _sender_index(sender), queries.sealed_message(said)
        number, added = queries.call("helpline_say_again", index, token, sealed, clock.now(), reply_due())
        if added:
            note(number, "helpline.add", place, by=by)
        if number is not None:
            return Heard("", danger)
        receive(
            entry=Entry(token=token, way=Way.WECHAT, facts=said, place=place, topic=rules.topic_of(said), sender=sender), by=by
        )  # fmt: skip
    return Heard(code, danger)


def code_for(token: UUID) -> str:
    """The answer code of a form's token: the same each time it is sent, and to be guessed by nobody without the keys."""
    return rules.code_of(sealing.blind(str(token), context="helpline_matter.token"))


def _sender_index(sender: str) -> bytes:
    return sealing.blind(sender, context="helpline_matter.sender")


def _bytea(value: bytes | None) -> str | None:
    """Bytes as PostgreSQL reads them out of JSON."""
    return None if value is None else f"\\x{value.hex()}"
