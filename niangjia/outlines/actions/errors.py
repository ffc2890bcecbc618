"""Why an act on an outline is refused. Every message is for the user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from niangjia.core.refused import Refused
from niangjia.outlines.rules import Doubt

__all__ = ["Changed", "Doubtful", "Refused", "at"]


def at(field: str, message: str) -> Refused:
    """A refusal that stands at one field."""
    return Refused(message, {field: message})


class Changed(Refused):
    """Somebody else wrote since the page was opened; the message says who, when and what."""


class Doubtful(Refused):
    """Values that cannot stand, or warnings without an answer, by indicator. Nothing was written."""

    def __init__(self, message: str, doubts: Mapping[int, Sequence[Doubt]]) -> None:
        super().__init__(message)
        self.doubts = {pk: list(found) for pk, found in doubts.items() if found}
