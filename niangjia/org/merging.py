"""What is under way in a place that merges goes on in its heir. The rooms above say how theirs moves.

Only what is open moves: statistics keep the code of their own year.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from niangjia.core.registry import Registry

Mover = Callable[[str, str], int]
"""Moves what is open from the first code to the second and returns how much; as the actor of the merger."""

_MOVERS: Final[Registry[tuple[str, Mover]]] = Registry("区划撤并移交")


def register(what: str, mover: Mover) -> None:
    """Declare how a room moves; ``what`` is what people call it. Once, when the application is loaded."""
    _MOVERS.register(what, (what, mover))


def move_open(old: str, into: str) -> dict[str, int]:
    """Move everything that is open; how much of each, by the name people read."""
    return {what: mover(old, into) for what, mover in _MOVERS}
