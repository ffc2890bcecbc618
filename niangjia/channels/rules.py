"""Pure rules of sending: how fast, when again, how long a text may be."""

from __future__ import annotations

import datetime as dt
from typing import Final

BURST: Final = 5
FIRST_WAIT: Final[float] = 30.0  # seconds
LONGEST_WAIT: Final = 6 * 3600.0
MAX_ATTEMPTS: Final = 9  # about a day of tries
STALE_AFTER: Final = dt.timedelta(minutes=5)  # a delivery claimed longer ago lost its process


def burst(per_minute: int) -> int:
    """How many messages an endpoint may take at once."""
    return max(1, min(BURST, per_minute // 4))


def spacing(per_minute: int) -> dt.timedelta:
    """The time an endpoint needs for one more message after a burst: so much longer than its limit says that no sixty
    seconds, wherever they begin, hold more than ``per_minute``."""
    return dt.timedelta(minutes=1) / max(per_minute - burst(per_minute), per_minute / 2)


def allowed(ready_at: dt.datetime, now: dt.datetime, *, per_minute: int) -> int:
    """How many messages may go out now. ``ready_at`` is when the next one may (the cell rate algorithm, one moment kept)."""
    if ready_at > now:
        return 0
    return min(burst(per_minute), 1 + int((now - ready_at) / spacing(per_minute)))


def ready_after(ready_at: dt.datetime, now: dt.datetime, sent: int, *, per_minute: int) -> dt.datetime:
    """When the next message may go out once ``sent`` went out now."""
    saved = spacing(per_minute) * (burst(per_minute) - 1)
    return max(ready_at, now - saved) + spacing(per_minute) * sent


def wait(attempts: int, asked: float | None = None) -> float:
    """Seconds until the next try after ``attempts`` failed ones: thirty, two minutes, eight …, at most six hours.

    ``asked`` is what the provider asked for, which is never undercut.
    """
    own = min(FIRST_WAIT * 4.0 ** max(attempts - 1, 0), LONGEST_WAIT)
    return max(own, asked or 0.0)


def gives_up(attempts: int) -> bool:
    return attempts >= MAX_ATTEMPTS


def out_of_quiet_hours(at: dt.datetime, begins: dt.time, ends: dt.time) -> dt.datetime:
    """The same moment, or the end of the quiet hours it falls into (begins > ends: over midnight). ``at`` is local.

    Messages to a person are not sent at night: domain practice 21:00 to 08:00, unconfirmed, a setting of the endpoint.
    """
    now = at.timetz().replace(tzinfo=None)
    quiet = begins <= now < ends if begins <= ends else now >= begins or now < ends
    if not quiet:
        return at
    day = at.date() if now < ends else at.date() + dt.timedelta(days=1)
    return at.replace(
        year=day.year, month=day.month, day=day.day, hour=ends.hour, minute=ends.minute, second=0, microsecond=0
    )


def size(text: str) -> int:
    """Bytes in UTF-8, which is what the providers count."""
    return len(text.encode())


def cut(text: str, limit: int, ending: str = "…") -> str:
    """The text within ``limit`` bytes, cut between characters and marked as cut."""
    if size(text) <= limit:
        return text
    room = limit - size(ending)
    if room <= 0:
        return ""
    return text.encode()[:room].decode(errors="ignore").rstrip() + ending
