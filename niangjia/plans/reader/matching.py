"""Which item of a new version is which item of the old one, by their words."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Protocol

SAME_ITEM = 0.5  # least share of common characters


class HasWords(Protocol):
    """What matching needs of an item."""

    @property
    def label(self) -> str: ...
    @property
    def text(self) -> str: ...


def match_items(old: Sequence[HasWords], new: Sequence[HasWords]) -> list[tuple[int | None, int | None]]:
    """Pairs of positions (old, new) in the new order, removed ones last; None stands for an added or removed item.

    Equal words pair first, then the most alike, then a likeness of at least `SAME_ITEM`; ties go to the same label.
    """
    partner: dict[int, int] = {}
    taken: set[int] = set()
    by_words: dict[str, list[int]] = {}
    for position, item in enumerate(old):
        by_words.setdefault(item.text, []).append(position)
    for position, item in enumerate(new):
        if by_words.get(item.text):
            partner[position] = by_words[item.text].pop(0)
            taken.add(partner[position])
    scores: list[tuple[float, bool, int, int]] = []
    for there, new_item in enumerate(new):
        if there in partner:
            continue
        matcher = SequenceMatcher(None, "", new_item.text, autojunk=False)
        for here, old_item in enumerate(old):
            if here in taken:
                continue
            matcher.set_seq1(old_item.text)
            if matcher.real_quick_ratio() >= SAME_ITEM and matcher.quick_ratio() >= SAME_ITEM:
                ratio = matcher.ratio()
                if ratio >= SAME_ITEM:
                    scores.append((-ratio, old_item.label != new_item.label, here, there))
    for _, _, here, there in sorted(scores):
        if here not in taken and there not in partner:
            partner[there] = here
            taken.add(here)
    pairs: list[tuple[int | None, int | None]] = [(partner.get(position), position) for position in range(len(new))]
    return pairs + [(position, None) for position in range(len(old)) if position not in taken]
