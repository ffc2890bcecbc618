"""Access tokens of providers, kept in the process until shortly before they end."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final

from niangjia.core import clock

SPARE: Final = 300.0  # seconds before its end a token is no longer used
_kept: dict[str, tuple[str, float]] = {}
_locks: dict[str, Lock] = {}
_guard = Lock()


def token(name: str, fetch: Callable[[], tuple[str, float]]) -> str:
    """The token of this name; ``fetch`` gives a new one and its life in seconds. One thread fetches, others wait."""
    with _guard:
        lock = _locks.setdefault(name, Lock())
    with lock:
        now = clock.now().timestamp()
        value, until = _kept.get(name, ("", 0.0))
        if until <= now:
            value, life = fetch()
            _kept[name] = (value, now + max(life - SPARE, 30.0))
        return value


def forget(name: str) -> None:
    """The provider says it is no longer good."""
    _kept.pop(name, None)
