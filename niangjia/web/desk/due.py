"""How near a day is, as lists say it."""

from __future__ import annotations

import datetime as dt


def due_words(day: dt.date, today: dt.date, *, urgent: bool = False) -> tuple[str, str]:
    """The words, in days of the calendar, and the class they are shown in: none while there is time."""
    left = (day - today).days
    words = f"逾期{-left}天" if left < 0 else "今天到期" if left == 0 else f"{day:%m-%d}前"
    return words, "text-bad" if left < 0 or urgent else "text-due" if left <= 2 else ""
