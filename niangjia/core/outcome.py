"""What became of the rows of a file that came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "新增"
    UPDATED = "更新"
    SAME = "无变化"
    REFUSED = "错误"


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one row; of a refused one also the field and what is wrong, with the remedy."""

    outcome: Outcome
    field: str = ""
    text: str = ""


def counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many rows of each outcome, by its name in small letters."""
    found = list(outcomes)
    return {outcome.name.lower(): found.count(outcome) for outcome in Outcome}
