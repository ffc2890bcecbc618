"""Named reads of goods. Every figure is a sum of moves the reader may see."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from niangjia.core import codes
from niangjia.core.codes import Level
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit
from niangjia.stock import rules
from niangjia.stock.kinds import CORRECTABLE, Act, BatchState
from niangjia.stock.models import Batch, Gift, GoodsKind, HandOut, Move, StockCount
from niangjia.stock.rules import Flow


def kinds(on: dt.date) -> QuerySet[GoodsKind]:
    """Kinds of goods in use on a day."""
    return GoodsKind.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def batches() -> QuerySet[Batch]:
    """Batches, those in work first, then the newest."""
    return Batch.objects.select_related("kind", "unit").order_by("closed_on", "-opened_on", "-id")


def open_batches() -> QuerySet[Batch]:
    """Batches goods can still move in; what came first is first, and what spoils sooner before it."""
    return (
        Batch.objects.exclude(state=BatchState.CLOSED)
        .select_related("kind", "unit")
        .order_by("expires_on", "opened_on", "id")
    )


def gifts(place: str) -> QuerySet[Gift]:
    """The register of gifts of a place."""
    lo, hi = codes.subtree(place)
    return (
        Gift.objects.filter(place__gte=lo, place__lt=hi)
        .annotate(batch_count=Count("batches"))
        .order_by("-given_on", "-id")
    )


def flows(batch_ids: Sequence[int]) -> dict[int, Flow]:
    """In, out and left of batches, as far as the reader sees: one query, however many batches."""
    found: dict[int, list[tuple[str, int]]] = {pk: [] for pk in batch_ids}
    rows = Move.objects.filter(batch_id__in=batch_ids).order_by().values("batch_id", "act").annotate(n=Sum("delta"))
    for row in rows:
        found[row["batch_id"]].append((row["act"], row["n"]))
    return {pk: rules.flow(deltas) for pk, deltas in found.items()}


def flow_of(batch: Batch) -> Flow:
    return flows([batch.pk])[batch.pk]


def flows_by_unit(batch: Batch) -> dict[int, Flow]:
    """In, out and left of one batch at every unit that ever had some of it."""
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in batch.moves.order_by().values("unit_id", "act").annotate(n=Sum("delta")):
        found[row["unit_id"]].append((row["act"], row["n"]))
    return {unit: rules.flow(deltas) for unit, deltas in found.items()}


def balance(batch_id: int, unit_id: int) -> int:
    """What a unit has of a batch."""
    found = Move.objects.filter(batch_id=batch_id, unit_id=unit_id).aggregate(n=Sum("delta"))
    return found["n"] or 0


def balances(place: str) -> dict[tuple[int, int], int]:
    """What units in a place have, by (batch, unit); only what is more than nothing."""
    lo, hi = codes.subtree(place)
    rows = (
        Move.objects.filter(place__gte=lo, place__lt=hi)
        .order_by()
        .values("batch_id", "unit_id")
        .annotate(n=Sum("delta"))
        .filter(n__gt=0)
    )
    return {(row["batch_id"], row["unit_id"]): row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class Holding:
    """What one unit has of one batch."""

    batch: Batch
    unit: Unit
    left: int


def holdings(unit: Unit) -> list[Holding]:
    """What a unit has, the batch that goes first at the top."""
    has = {batch: left for (batch, at), left in balances(unit.place).items() if at == unit.pk}
    return [Holding(batch, unit, has[batch.pk]) for batch in open_batches().filter(pk__in=has)]


def holdings_of_kind(unit: Unit, kind: GoodsKind) -> list[Holding]:
    return [one for one in holdings(unit) if one.batch.kind_id == kind.pk]


def units_below(unit: Unit) -> QuerySet[Unit]:
    """Federations one tier below a unit, in the order of the tree: towns of a district, villages of a town."""
    lo, hi = codes.subtree(unit.place)
    below = Unit.objects.filter(kind=UnitKind.FEDERATION, active_to__isnull=True, place__gte=lo, place__lt=hi).exclude(
        pk=unit.pk
    )
    if unit.level is Level.DISTRICT:
        below = below.filter(place__endswith="000")
    return below.order_by("place", "order", "id")


def hand_outs(subject: str) -> QuerySet[HandOut]:
    """Everything a subject ever had, the newest first."""
    return HandOut.objects.filter(subject=subject).select_related("batch", "kind", "unit")


def standing_hand_outs(subject: str) -> QuerySet[HandOut]:
    """What a subject has and did not give back."""
    return hand_outs(subject).filter(ended_on__isnull=True)


def hand_outs_in(place: str) -> QuerySet[HandOut]:
    lo, hi = codes.subtree(place)
    return HandOut.objects.filter(place__gte=lo, place__lt=hi).select_related("batch", "kind", "unit")


@dataclass(frozen=True, kw_only=True)
class MoveFilter:
    """Which lines of the ledger are asked for."""

    batch_id: int | None = None
    unit_id: int | None = None
    act: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def select(self, place: str) -> QuerySet[Move]:
        """The lines within a place, the newest first. ``until`` is the last day wanted."""
        lo, hi = codes.subtree(place)
        found = Move.objects.filter(place__gte=lo, place__lt=hi).select_related(
            "batch__kind", "unit", "other", "hand_out"
        )
        wanted = {
            "batch_id": self.batch_id,
            "unit_id": self.unit_id,
            "act": self.act,
            "on__gte": self.since,
            "on__lte": self.until,
        }
        return found.filter(**{key: value for key, value in wanted.items() if value}).order_by("-at", "-id")


def slip(slip: UUID) -> QuerySet[Move]:
    """The lines of one act the reader may see."""
    return Move.objects.filter(slip=slip).select_related("batch", "unit").order_by("id")


def correctable(place: str) -> Q:
    """Lines whose act can be undone by whoever sees the whole of it: no counter-move, not yet undone, no hand-out."""
    lo, hi = codes.subtree(place)
    return Q(act__in=CORRECTABLE, corrects__isnull=True, corrected_by__isnull=True, place__gte=lo, place__lt=hi)


def counts(place: str) -> QuerySet[StockCount]:
    lo, hi = codes.subtree(place)
    return StockCount.objects.filter(place__gte=lo, place__lt=hi).select_related("batch", "unit")


def allocated_to(batch: Batch) -> dict[int, int]:
    """What each unit was passed of a batch, less what it passed on or gave back."""
    rows = (
        batch.moves.filter(act__in=(Act.ALLOCATED, Act.RETURNED)).order_by().values("unit_id").annotate(n=Sum("delta"))
    )
    return {row["unit_id"]: row["n"] for row in rows}
