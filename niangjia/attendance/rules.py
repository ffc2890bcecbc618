"""When one may sign in, for which sitting, and what a phone's clock is worth. Pure functions.

The windows are parameters of the district (``SignInRule``). Signing twice a day is what the audit of paid training asks
for; nothing here watches where a phone is or how long somebody stayed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from niangjia.attendance.kinds import Half, How, Outcome, SessionState
from niangjia.core import clock, text

TRUSTED_SECONDS = 120  # a difference that sending alone may take
SLOT_SECONDS = 60
OWN = (How.QR, How.SELF)


@dataclass(frozen=True, slots=True)
class Window:
    """The parameters in force, see ``models.SignInRule``."""

    opens_minutes: int = 60
    closes_minutes: int = 30
    entry_hours: int = 24
    offline_days: int = 7
    noon: dt.time = dt.time(12, 30)


@dataclass(frozen=True, slots=True)
class Gathering:
    """What of a session decides whether one may sign in."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    twice: bool = False
    state: str = SessionState.PLANNED
    closed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a sign-in: SAVED, or why not; for which sitting; whether it was entered after the end."""

    outcome: Outcome
    half: Half
    late: bool = False


def true_time(
    said_at: dt.datetime | None, sent_at: dt.datetime | None, received_at: dt.datetime
) -> tuple[dt.datetime, int]:
    """When a tap really was, and by how many seconds the phone's clock lags behind (negative: is ahead).

    A phone tells when it was tapped and when it sent; it sends now, so what its clock is off is known, however wrong it is.
    Nothing was tapped after it was received.
    """
    if said_at is None:
        return received_at, 0
    off = round((received_at - sent_at).total_seconds()) if sent_at is not None else 0
    if abs(off) <= TRUSTED_SECONDS:
        off = 0
    return min(said_at + dt.timedelta(seconds=off), received_at), off


def half_at(moment: dt.datetime, twice: bool, noon: dt.time) -> Half:
    """The sitting a moment belongs to, by the clock in China."""
    if not twice:
        return Half.DAY
    return Half.AM if moment.astimezone(clock.CHINA).time() < noon else Half.PM


def halves_of(twice: bool) -> tuple[Half, ...]:
    return (Half.AM, Half.PM) if twice else (Half.DAY,)


def judge(
    gathering: Gathering,
    window: Window,
    *,
    how: How,
    said: dt.datetime,
    received: dt.datetime,
    half: Half | None = None,
    reason: str = "",
) -> Judgement:
    """Decide one sign-in. ``said`` is the true time of ``true_time``; without ``half`` the time decides the sitting.

    Who signs in herself may do so from ``opens_minutes`` before the start to ``closes_minutes`` after the end. Whoever
    keeps the roster may enter later: with a reason once the session is closed, ``entry_hours`` have passed, or a phone
    kept the tap for more than ``offline_days``.
    """
    sitting = half or half_at(said, gathering.twice, window.noon)
    late = said > gathering.ends_at
    if gathering.state == SessionState.CANCELLED:
        return Judgement(Outcome.CANCELLED, sitting)
    if sitting not in halves_of(gathering.twice):
        return Judgement(Outcome.WRONG_HALF, sitting)
    if said < gathering.starts_at - dt.timedelta(minutes=window.opens_minutes):
        return Judgement(Outcome.EARLY, sitting)
    closed = gathering.closed_at is not None and said > gathering.closed_at
    if how in OWN and (closed or said > gathering.ends_at + dt.timedelta(minutes=window.closes_minutes)):
        return Judgement(Outcome.CLOSED, sitting, late)
    overdue = said > gathering.ends_at + dt.timedelta(hours=window.entry_hours)
    stale = received - said > dt.timedelta(days=window.offline_days)
    if (closed or overdue or stale) and not reason.strip():
        return Judgement(Outcome.NEEDS_REASON, sitting, late)
    return Judgement(Outcome.SAVED, sitting, late)


def refusal(outcome: Outcome, gathering: Gathering, window: Window) -> str:
    """Why a sign-in is not taken and what to do, in the user's words."""
    opens = (gathering.starts_at - dt.timedelta(minutes=window.opens_minutes)).astimezone(clock.CHINA)
    match outcome:
        case Outcome.CANCELLED:
            return "这一场已取消，不用签到。请看新的通知。"
        case Outcome.MERGED:
            return "这一场已并入另一场，请到那一场签到。"
        case Outcome.WRONG_HALF:
            return "请选上午或下午。" if gathering.twice else "这一场只签一次，不分上午下午。"
        case Outcome.EARLY:
            return f"签到从{opens:%m月%d日%H:%M}开始，请到时再签。"
        case Outcome.CLOSED:
            return "签到已截止。到场了的，请让工作人员在名册上补签。"
        case Outcome.NEEDS_REASON:
            return "签到已过期或场次已结束，补签请写明原因。"
        case Outcome.NOT_ON_ROSTER:
            return "不在这个班的名册上。请核对是不是走错了班；要加入的，请工作人员先加到名册。"
        case Outcome.LEFT:
            return "已退出名册。要恢复的，请工作人员重新加到名册。"
        case Outcome.UNKNOWN:
            return "找不到要撤销的签到，可能没有送到。"
        case _:
            return ""


# ---------------------------------------------------------------- the code on the wall


def wall_digest(wall_code: str, session_id: int, half: str, slot: int) -> str:
    """Ten characters that only who knows the session's secret can make. The database makes the same, see ``sql.py``."""
    return hashlib.sha256(f"{wall_code}|{session_id}|{half}|{slot}".encode()).hexdigest()[:10]


def wall_token(wall_code: str, session_id: int, half: str, slot: int = 0) -> str:
    """What the QR code holds: session, sitting, minute (0: for the whole sitting) and digest."""
    return f"{session_id}-{half}-{slot}-{wall_digest(wall_code, session_id, half, slot)}"


def slot_at(moment: dt.datetime) -> int:
    return int(moment.timestamp()) // SLOT_SECONDS


def slot_is_fresh(slot: int, moment: dt.datetime) -> bool:
    """Whether a rotating code was on the screen within the last five minutes: time to write a name."""
    return 0 <= slot_at(moment) - slot <= 5


@dataclass(frozen=True, slots=True)
class WallCode:
    """What stands on the wall; only the database can say whether the digest is right."""

    session_id: int
    half: Half
    slot: int
    digest: str

    @property
    def arguments(self) -> tuple[int, str, int, str]:
        """As every function of the database takes it, see ``sql.py``."""
        return self.session_id, self.half.value, self.slot, self.digest


def parse_token(token: str) -> WallCode | None:
    """The parts of a token, None for what is none."""
    parts = token.split("-")
    if len(parts) != 4 or parts[1] not in Half.values:
        return None
    number, half, slot, digest = parts
    if not (number.isascii() and number.isdigit() and slot.isascii() and slot.isdigit() and len(number + slot) < 30):
        return None
    return WallCode(int(number), Half(half), int(slot), digest)


# ---------------------------------------------------------------- names from paper


@dataclass(frozen=True, slots=True)
class Known:
    """A name on the roster, as far as a list of paper can be compared with it."""

    participant_id: int
    name: str
    initials: str


def candidates(written: str, roster: Sequence[Known], *, most: int = 5) -> list[Known]:
    """Who a name on paper may be: the very same; else the same sounds, one character off, or one more or less.

    One that is the same is given alone only when it is the only one: two of one name are both proposed.
    """
    name = "".join(text.to_simplified(text.fold_width(written)).split())
    same = [one for one in roster if one.name == name]
    if same:
        return same[:most]
    sounds = text.pinyin_of(name)
    scored = [(score, one.name, one) for one in roster if (score := _nearness(name, sounds, one.name)) > 0]
    return [one for _, _, one in sorted(scored, key=lambda item: (-item[0], item[1], item[2].participant_id))[:most]]


def _nearness(name: str, sounds: tuple[str, ...], other: str) -> int:
    if text.pinyin_of(other) == sounds:
        return 3
    if text.one_sign_off(name, other):
        return 2
    longer, shorter = (name, other) if len(name) > len(other) else (other, name)
    if len(longer) - len(shorter) == 1 and len(shorter) > 1:
        return int(any(longer[:cut] + longer[cut + 1 :] == shorter for cut in range(len(longer))))
    return 0
