"""How a jury's points become an order. Pure; a table of cases stands beside each rule in the tests.

Sources: practice of selections (domain notes 2b): an odd number of at least five jurors, conflicts recused, a public vote of
at most 30 % (内乡 2019), which is advice and never for minors' entries (4.6).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from niangjia.jury.kinds import Method, Ties

FEWEST_JURORS = 5
FEWEST_TO_TRIM = 5
MOST_VOTE_WEIGHT = 30
OUTLYING = Decimal("2.5")  # robust deviations from the median of an entry's points
SPREAD = Decimal("1.4826")  # of a normal distribution: the median deviation times this is the standard deviation
CENT = Decimal("0.01")


def size_problem(jurors: int) -> str:
    """Why this number of jurors will not do, empty when it will."""
    if jurors < FEWEST_JURORS:
        return f"评委至少{FEWEST_JURORS}人，现有{jurors}人。"
    if jurors % 2 == 0:
        return f"评委应为单数，现有{jurors}人。请增加或减少一人。"
    return ""


def total(points: Sequence[Decimal], method: Method) -> Decimal:
    """The points of one entry as one figure, to two decimals. With fewer than five scores nothing is trimmed."""
    kept = sorted(points)
    if method == Method.TRIMMED and len(kept) >= FEWEST_TO_TRIM:
        kept = kept[1:-1]
    return (sum(kept, Decimal(0)) / len(kept)).quantize(CENT, ROUND_HALF_UP) if kept else Decimal(0)


def untrimmed(scores: int, method: Method) -> str:
    """What is said of a total that should have been trimmed and had too few scores for it."""
    if method == Method.TRIMMED and scores < FEWEST_TO_TRIM:
        return f"只有{scores}个分数，未去最高最低分"
    return ""


def outlying(points: Mapping[int, Decimal]) -> frozenset[int]:
    """Whose points lie far from what the others gave, by the median and the median deviation. Shown, never dropped."""
    if len(points) < FEWEST_JURORS:
        return frozenset()
    middle = statistics.median(points.values())
    deviation = statistics.median(abs(value - middle) for value in points.values())
    scale = max(Decimal(deviation) * SPREAD, Decimal(1))
    return frozenset(juror for juror, value in points.items() if abs(value - middle) / scale > OUTLYING)


def combined(points: Decimal, most: Decimal, vote_share: Decimal | None, weight: int) -> Decimal:
    """Jury and advisory vote out of 100, to two decimals. ``vote_share`` is 0 to 1; None counts the jury alone."""
    jury = points / most * 100 if most else Decimal(0)
    if vote_share is None or weight == 0:
        return jury.quantize(CENT, ROUND_HALF_UP)
    part = Decimal(weight) / 100
    return (jury * (1 - part) + vote_share * 100 * part).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry with its figures. ``first`` is the total of the first criterion, ``recused`` how many stood back."""

    subject: str
    final: Decimal
    first: Decimal
    recused: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry came out, and in words why where others have the same total."""

    subject: str
    rank: int
    why: str


def ranked(entries: Sequence[Judged], first_criterion: str, ties: Ties = Ties.FIRST) -> list[Place]:
    """The order: by total, then by what the panel says of ties; who is equal shares a place and the next is left out."""
    order = sorted(entries, key=lambda one: (-one.final, *_breaks(one, ties), one.subject))
    places: list[Place] = []
    for index, one in enumerate(order):
        before = order[index - 1] if index else None
        shared = before is not None and (before.final, _breaks(before, ties)) == (one.final, _breaks(one, ties))
        rank = places[-1].rank if shared else index + 1
        same = [other for other in order if other.final == one.final and other.subject != one.subject]
        places.append(Place(one.subject, rank, _why(one, same, first_criterion, ties)))
    return places


def _breaks(one: Judged, ties: Ties) -> tuple[Decimal, ...]:
    """What follows the total, smaller before larger."""
    match ties:
        case Ties.FIRST:
            return (-one.first,)
        case Ties.FIRST_RECUSED:
            return (-one.first, Decimal(one.recused))
        case Ties.SHARED:
            return ()


def _why(one: Judged, same: Sequence[Judged], first_criterion: str, ties: Ties) -> str:
    """In a sentence, why ``one`` stands where it stands among those with the same total; empty when there are none."""
    if not same:
        return ""
    if ties == Ties.SHARED:
        return f"总分同为{one.final}，并列"
    alike = [other for other in same if other.first == one.first]
    if not alike:
        return f"总分同为{one.final}，按“{first_criterion}”{one.first}分排序"
    if ties == Ties.FIRST:
        return f"总分{one.final}、“{first_criterion}”{one.first}都相同，并列"
    if any(other.recused == one.recused for other in alike):
        return f"总分{one.final}、“{first_criterion}”{one.first}、回避{one.recused}人都相同，并列"
    return f"总分{one.final}、“{first_criterion}”{one.first}都相同，按回避人数少（{one.recused}人）排序"


def within(places: Sequence[Place], quota: int) -> tuple[list[str], list[str]]:
    """Who is in within a quota, and who shares the last place so that a person must decide."""
    sure = [place.subject for place in places if sum(other.rank <= place.rank for other in places) <= quota]
    tied = [place.subject for place in places if place.rank <= quota and place.subject not in sure]
    return sure, tied
