"""Named reads of juries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from django.db import connection
from django.db.models import Count, Q, QuerySet

from niangjia.jury import rules
from niangjia.jury.kinds import Leavers, Method, PanelState, Ties
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


def judged_by_nobody(panel: Panel) -> list[Entry]:
    """The entries from which every sitting juror stood back."""
    away = Count("recusals", filter=Q(recusals__juror__left_at__isnull=True))
    return list(standing(panel).annotate(away=away).filter(away=sitting(panel).count()))


def juror_of(panel: Panel, account_id: int) -> Juror | None:
    return sitting(panel).filter(account_id=account_id).first()


def ballot_order(panel: Panel, juror: Juror) -> list[Entry]:
    """The entries in this juror's own order, so that nobody is always first; the same at every visit, and the same
    for the others when one is withdrawn or comes in."""
    return sorted(standing(panel), key=lambda one: sha256(f"{panel.pk}:{juror.pk}:{one.pk}".encode()).digest())


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


def progress(panel: Panel, jurors: Iterable[Juror], entries: int) -> list[Progress]:
    """How far each of the sitting ``jurors`` is with the entries that stand, without a single point."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT juror, done FROM jury_progress(%s)", [panel.pk])
        done = dict(cursor.fetchall())
    recused: dict[int, int] = {}
    for juror_id in Recusal.objects.filter(panel=panel, entry__withdrawn_at__isnull=True).values_list(
        "juror_id", flat=True
    ):
        recused[juror_id] = recused.get(juror_id, 0) + 1
    return [Progress(one, done.get(one.pk, 0), entries - recused.get(one.pk, 0)) for one in jurors]


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
    recused: tuple[Recusal, ...] = ()
    changed: tuple[Score, ...] = ()


def counted(panel: Panel) -> QuerySet[Score]:
    """The points that make the outcome."""
    found = Score.objects.filter(panel=panel, entry__withdrawn_at__isnull=True).select_related("juror")
    return found.filter(juror__left_at__isnull=True) if panel.leavers == Leavers.SET_ASIDE else found


def ranking(panel: Panel, votes: Mapping[str, Decimal] | None = None) -> list[Result]:
    """The outcome of a closed panel, the first first. ``votes`` are shares 0 to 1 by subject, advice of at most 30 %.

    Of a decided panel the votes it was decided on count, whatever is said now.
    """
    if panel.state == PanelState.DECIDED:
        votes = {subject: Decimal(share) for subject, share in panel.votes.items()}
    most, method = most_points(panel), Method(panel.method)
    entries = list(standing(panel))
    given: dict[int, dict[int, Score]] = {entry.pk: {} for entry in entries}
    for score in counted(panel):
        given[score.entry_id][score.juror_id] = score
    recused: dict[int, list[Recusal]] = {entry.pk: [] for entry in entries}
    for recusal in Recusal.objects.filter(panel=panel, entry__withdrawn_at__isnull=True).select_related("juror"):
        recused[recusal.entry_id].append(recusal)
    lines: dict[str, Result] = {}
    judged = []
    for entry in entries:
        points = {juror: score.total for juror, score in given[entry.pk].items()}
        jury = rules.total(list(points.values()), method)
        share = votes.get(entry.subject) if votes else None
        final = rules.combined(jury, most, share, panel.vote_weight)
        firsts = [Decimal(str(score.points[0])) for score in given[entry.pk].values() if score.points]
        judged.append(Judged(entry.subject, final, rules.total(firsts, method), len(recused[entry.pk])))
        changed = tuple(score for score in given[entry.pk].values() if score.earlier)
        lines[entry.subject] = Result(
            entry, 0, final, jury, share, "", points, rules.outlying(points), tuple(recused[entry.pk]), changed
        )
    found = []
    for place in rules.ranked(judged, panel.criteria[0][0] if panel.criteria else "", Ties(panel.ties)):
        line = lines[place.subject]
        line.rank = place.rank
        line.why = "；".join(filter(None, (place.why, rules.untrimmed(len(line.scores), method))))
        found.append(line)
    return found


def cut(panel: Panel, results: list[Result]) -> tuple[set[str], set[str]]:
    """The subjects that are in by the quota, and those among which a person chooses: who shares the last place, or,
    where there is no quota, everybody."""
    if panel.quota is None:
        return set(), {line.entry.subject for line in results}
    sure, tied = rules.within([rules.Place(line.entry.subject, line.rank, "") for line in results], panel.quota)
    return set(sure), set(tied)
