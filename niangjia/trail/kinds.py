"""Kinds of finding when a chain is verified."""

from enum import StrEnum


class Flaw(StrEnum):
    """What can be wrong with a chain."""

    ALTERED = "ALTERED"
    REMOVED = "REMOVED"
    REORDERED = "REORDERED"
    ADDED = "ADDED"
    HEAD = "HEAD"
