"""Which programmes and brands the words of a plan point to, by the phrases in `lexicon.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

_GAP = r"[^。；！？\n]{0,14}?"


@dataclass(frozen=True, slots=True)
class Programme:
    """One entry of the lexicon. `brand` is set for the four service brands only."""

    key: str
    label: str
    brand: str | None
    phrases: tuple[tuple[str, re.Pattern[str] | None], ...]  # what must stand there, and the pattern if it has gaps
    unless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A programme named between `start` and `end` of the clean text."""

    programme: str
    brand: str | None
    start: int
    end: int


@cache
def lexicon() -> tuple[Programme, ...]:
    """The programmes of `lexicon.yaml` in its order."""
    entries = yaml.safe_load(Path(__file__).with_name("lexicon.yaml").read_text(encoding="utf-8"))["programmes"]
    return tuple(
        Programme(
            key,
            entry["label"],
            entry.get("brand"),
            tuple(_compiled(phrase) for phrase in entry["phrases"]),
            tuple(entry.get("unless", ())),
        )
        for key, entry in entries.items()
    )


def labels() -> dict[str, str]:
    """Chinese label of each programme key."""
    return {programme.key: programme.label for programme in lexicon()}


def _compiled(phrase: str) -> tuple[str, re.Pattern[str] | None]:
    parts = phrase.split()
    if len(parts) == 1:
        return phrase, None
    return parts[0], re.compile(_GAP.join(re.escape(part) for part in parts))


def named_in(text: str) -> tuple[Programme, ...]:
    """The lexicon cut down to what stands anywhere in the text, so that its many items are searched quickly."""
    return tuple(
        replace(programme, phrases=phrases)
        for programme in lexicon()
        if (phrases := tuple(phrase for phrase in programme.phrases if phrase[0] in text))
    )


def mentions(programmes: tuple[Programme, ...], text: str, start: int, end: int) -> list[Mention]:
    """Each programme at most once in text[start:end], at its first mention, in the order they are mentioned."""
    found = [
        Mention(programme.key, programme.brand, *span)
        for programme in programmes
        if (span := _first(programme, text, start, end)) is not None
    ]
    return sorted(found, key=lambda mention: (mention.start, mention.end))


def _first(programme: Programme, text: str, start: int, end: int) -> tuple[int, int] | None:
    best: tuple[int, int] | None = None
    for words, pattern in programme.phrases:
        at = text.find(words, start, end)
        while at >= 0:
            match = pattern.match(text, at, end) if pattern else None
            span = match.span() if match else None if pattern else (at, at + len(words))
            if span and not _taken_back(programme, text, span):
                if best is None or (span[0], -span[1]) < (best[0], -best[1]):
                    best = span
                break
            at = text.find(words, at + 1, end)
    return best


def _taken_back(programme: Programme, text: str, span: tuple[int, int]) -> bool:
    around = text[max(0, span[0] - 4) : span[1] + 4]
    return any(word in around for word in programme.unless)
