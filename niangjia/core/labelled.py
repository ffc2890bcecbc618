"""Words with a stable value and a Chinese label, free of Django: verbs, kinds of states, outcomes of rules."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """``NAME = "value", "label"``. The value is stable and stored; the label is what people read."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
