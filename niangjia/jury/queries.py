"""Named reads of juries."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from niangjia.jury import rules
from niangjia.jury.kinds import Method
from niangjia.jury.models import Entry, Juror, Panel, Recusal, Score
from niangjia.jury.rules import Judged


def panels() -> QuerySet[Panel]:
    return Panel.objects.select_related("unit")


def most_points(panel: Panel) -> Decimal:
    return Decimal(sum(most for _, most in panel.criteria))


def sitting(panel: Panel) -> QuerySet[Juror]:
    """The jurors who have not left."""
    return Juror.objects.filter(panel=panel, left_at__isnull=True)


def standing(panel: Panel) -> QuerySet[Entry]:
    """The entries that were not withdrawn."""
    return Entry.objects.filter(panel=panel, withdrawn_at__isnull=True)


def juror_of(panel: Panel, account_id: int) -> Juror | None:
    return sitting(panel).filter(account_id=account_id).first()


def ballot_order(panel: Panel, juror: Juror) -> list[Entry]:
    """The entries in this juror's own order, so that nobody is always first; the same at every visit."""
    entries = list(standing(panel).order_by("id"))
    random.Random(f"{panel.pk}:{juror.pk}").shuffle(entries)  # noqa: S311  an order, no secret
    return entries


def recused_from(juror: Juror) -> dict[int, Recusal]:
    return {one.entry_id: one for one in Recusal.objects.filter(juror=juror)}


def scores_of(juror: Juror) -> dict[int, Score]:
    return {one.entry_id: one for one in Score.objects.filter(juror=juror)}


@dataclass(frozen=True, slots=True)
class Progress:
    juror: Juror
    done: int
    due: int

    @property
    def left(self) -> int:
        return max(self.due - self.done, 0)


def progress(panel: Panel) -> list[Progress]:
    """How far each sitting juror is, without a single point."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT juror, done FROM jury_progress(%s)", [panel.pk])
        done = dict(cursor.fetchall())
    number = standing(panel).count()
    recused: dict[int, int] = {}
    for juror_id in Recusal.objects.filter(panel=panel, entry__withdrawn_at__isnull=True).values_list(
        "juror_id", flat=True
    ):
        recused[juror_id] = recused.get(juror_id, 0) + 1
    return [Progress(one, done.get(one.pk, 0), number - recused.get(one.pk, 0)) for one in sitting(panel)]


@dataclass(slots=True)
class Result:
    """One line of the outcome."""

    entry: Entry
    rank: int
    final: Decimal
    jury: Decimal
    vote: Decimal | None
    why: str
    scores: dict[int, Decimal] = field(default_factory=dict)
    outlying: frozenset[int] = frozenset()
    recused: int = 0


def ranking(panel: Panel, votes: Mapping[str, Decimal] | None = None) -> list[Result]:
    """The outcome of a closed panel, the first first. ``votes`` are shares 0 to 1 by subject, advice of at most 30 %."""
    most, method = most_points(panel), Method(panel.method)
    entries = list(standing(panel))
    given: dict[int, dict[int, Score]] = {entry.pk: {} for entry in entries}
    for score in Score.objects.filter(panel=panel, entry__in=entries):
        given[score.entry_id][score.juror_id] = score
    recused: dict[int, int] = {}
    for entry_id in Recusal.objects.filter(panel=panel).values_list("entry_id", flat=True):
        recused[entry_id] = recused.get(entry_id, 0) + 1
    lines: dict[str, Result] = {}
    judged = []
    for entry in entries:
        points = {juror: score.total for juror, score in given[entry.pk].items()}
        jury = rules.total(list(points.values()), method)
        share = votes.get(entry.subject) if votes else None
        final = rules.combined(jury, most, share, panel.vote_weight)
        firsts = [Decimal(str(score.points[0])) for score in given[entry.pk].values() if score.points]
        judged.append(Judged(entry.subject, final, rules.total(firsts, method)))
        lines[entry.subject] = Result(
            entry, 0, final, jury, share, "", points, rules.outlying(points), recused.get(entry.pk, 0)
        )
    found = []
    for place in rules.ranked(judged, panel.criteria[0][0] if panel.criteria else ""):
        line = lines[place.subject]
        line.rank, line.why = place.rank, place.why
        found.append(line)
    return found
