"""When the law wants an answer, who may see a matter, what may follow what, and what looks like abuse. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from niangjia.core.clock import Calendar
from niangjia.core.text import fold_width
from niangjia.helpline.kinds import VIOLENT, Kind, Risk, State, Topic
from niangjia.needs.rules import alarming

DAY: Final = dt.timedelta(days=1)
# 信访工作条例 art. 17: what is reported, suggested or demanded of an authority. Questions have the district's own clock.
PETITIONS: Final = (Kind.REPORT, Kind.SUGGEST)

NEXT: Final = {
    State.HELD: {State.RECEIVED, State.CLOSED},
    State.RECEIVED: {State.TRIAGED, State.WITHDRAWN},
    State.TRIAGED: {State.TRIAGED, State.ACCEPTED, State.REFERRED, State.ADVISED, State.WITHDRAWN},
    State.ACCEPTED: {State.TRIAGED, State.IN_HAND, State.REFERRED, State.REPLIED, State.WITHDRAWN},
    State.REFERRED: {State.TRIAGED, State.IN_HAND, State.REFERRED, State.REPLIED, State.WITHDRAWN},
    State.ADVISED: {State.IN_HAND, State.FOLLOWED_UP, State.CLOSED},
    State.IN_HAND: {State.TRIAGED, State.IN_HAND, State.REFERRED, State.REPLIED, State.WITHDRAWN},
    State.REPLIED: {State.IN_HAND, State.REPLIED, State.REFERRED, State.FOLLOWED_UP, State.CLOSED},
    State.FOLLOWED_UP: {State.IN_HAND, State.REPLIED, State.FOLLOWED_UP, State.CLOSED},
    State.CLOSED: {State.IN_HAND},
    State.WITHDRAWN: {State.IN_HAND},
}


def may_become(state: str, wanted: State) -> bool:
    return wanted in NEXT[State(state)]


def is_secret(topic: str, *, minor: bool, risk: str = "", words: str = "") -> bool:
    """Violence, minors and danger are for handler and supervisor alone (domain notes 2m, 4.2). Alarming words count until
    somebody has read them: what is not known to be harmless is kept close."""
    return topic in VIOLENT or minor or risk in (Risk.EMERGENCY, Risk.HIGH) or bool(alarming(words))


def is_petition(kind: str) -> bool:
    return kind in PETITIONS


@dataclass(frozen=True, slots=True)
class Limits:
    """The clocks in days, working days or hours as their names say. The last four are the district's own, the others law."""

    tell_days: int = 15  # 信访工作条例 art. 22: tell her within 15 days whether it is accepted
    object_workdays: int = 5  # art. 23: a unit that is not competent says so within 5 working days
    done_days: int = 60  # art. 34: finish within 60 days of accepting
    extension_days: int = 30  # art. 34: at most 30 more, and she is told why
    review_days: int = 30  # art. 35: she may ask for a review within 30 days of the answer
    review_done_days: int = 30  # art. 35, 36: review and re-review are finished within 30 days
    confirm_days: int = 30  # 人民调解法 art. 33: both ask the court together within 30 days
    emergency_hours: int = 2
    reply_workdays: int = 7
    first_follow_up_days: int = 7
    second_follow_up_days: int = 30


def tell_by(received_on: dt.date, limits: Limits) -> dt.date:
    """The last day to tell her whether it is accepted (信访工作条例 art. 22)."""
    return received_on + limits.tell_days * DAY


def object_by(got_on: dt.date, limits: Limits, calendar: Calendar) -> dt.date:
    """The last day on which a unit may say that a matter sent to it is not its own (art. 23)."""
    return calendar.add_workdays(got_on, limits.object_workdays)


def done_by(accepted_on: dt.date, limits: Limits) -> dt.date:
    """The last day to finish (art. 34)."""
    return accepted_on + limits.done_days * DAY


def extended(last: dt.date, limits: Limits) -> dt.date:
    """The last day to finish once it was extended (art. 34)."""
    return last + limits.extension_days * DAY


def review_by(answered_on: dt.date, limits: Limits) -> dt.date:
    """The last day she may ask for a review of the answer, and of the review for a re-review (art. 35, 36)."""
    return answered_on + limits.review_days * DAY


def review_done_by(asked_on: dt.date, limits: Limits) -> dt.date:
    return asked_on + limits.review_done_days * DAY


def confirm_by(effective_on: dt.date, limits: Limits) -> dt.date:
    """The last day to ask the court to confirm an agreement (人民调解法 art. 33)."""
    return effective_on + limits.confirm_days * DAY


def reply_by(received_on: dt.date, limits: Limits, calendar: Calendar) -> dt.date:
    """The district's own clock: she hears something of substance."""
    return calendar.add_workdays(received_on, limits.reply_workdays)


def follow_ups(answered_on: dt.date, limits: Limits) -> tuple[dt.date, dt.date]:
    """When she is looked after once she was answered: the district's own."""
    return answered_on + limits.first_follow_up_days * DAY, answered_on + limits.second_follow_up_days * DAY


def first_due(kind: str, received_on: dt.date, limits: Limits, calendar: Calendar) -> dt.date:
    """What a matter is due at on arrival: the shorter of its clocks."""
    own = reply_by(received_on, limits, calendar)
    return min(own, tell_by(received_on, limits)) if is_petition(kind) else own


def may_mediate(topic: str, *, risk: str) -> str:
    """Why a matter is not mediated, empty if it may be. 人民调解法 art. 17, 25; 反家庭暴力法: never while violence goes on."""
    if topic in VIOLENT:
        return "涉及暴力、侵害的事项不适用调解，应依法处理，注意可能激化的要及时报告公安（人民调解法第二十五条）。"
    if risk in (Risk.EMERGENCY, Risk.HIGH):
        return "风险为“紧急”或“高”的事项先保安全，不能调解。"
    return ""


LINK: Final = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|cn|net|top|xyz|vip|cc)\b", re.IGNORECASE)


def looks_like_abuse(text: str, *, seen: int) -> bool:
    """Whether a person should look first: an advertisement's link, one sign over and over, the same words again and again.

    ``seen`` is how often exactly these words came within a day. What sounds like danger is never held.
    """
    if alarming(text):
        return False
    signs = [sign for sign in text if not sign.isspace()]
    same = len(signs) >= 20 and len(set(signs)) <= len(signs) // 10
    wordless = not any(sign.isalnum() for sign in signs)
    return seen >= 3 or same or wordless or LINK.search(text) is not None


SMALL: Final = 5  # a cell with fewer people tells about one of them (domain notes 6.10)


def topic_of(text: str) -> Topic:
    """What a message in free words is filed under until somebody reads it."""
    return Topic.VIOLENCE if alarming(text) else Topic.OTHER


CODE_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misheard on the telephone
CODE_LENGTH: Final = 12  # about 59 bits


def code_of(secret: bytes) -> str:
    """An answer code out of 32 secret bytes, in groups one can write down: ``abcd-efgh-jkmn``."""
    number, signs = int.from_bytes(secret, "big"), ""
    for _ in range(CODE_LENGTH):
        number, sign = divmod(number, len(CODE_SIGNS))
        signs += CODE_SIGNS[sign]
    return "-".join(signs[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def tidy_code(typed: str) -> str:
    """A code as somebody typed it, in the form it was given out in; empty if it is none."""
    signs = "".join(sign for sign in fold_width(typed).lower() if sign.isalnum())
    if len(signs) != CODE_LENGTH or not set(signs) <= set(CODE_SIGNS):
        return ""
    return "-".join(signs[at : at + 4] for at in range(0, CODE_LENGTH, 4))
