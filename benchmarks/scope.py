"""What row security costs a town officer among 1,000,000 cases: her list and its counts against the range written by hand.

Both sides are the statements the application itself sends, sent again to a warm database in an open transaction, so that
only row security differs. Ours runs as the desk role, told the officer's range; the peer as the owner, whom row security
does not bind, with the range as literals in WHERE.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from itertools import groupby
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks._lib import Claim, Ratio, at_most, shown
from benchmarks._world import fill_cases, set_up_django, villages, world

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from niangjia.access.acting import Acting
    from niangjia.programmes.models import Case

CASES = 1_000_000
BOUND = 1.15
KIND = "review"
PAGE = 50
PAIRS = 200  # of calls, one with row security and one without
OWNER = "owner"
Question = Callable[["QuerySet[Case]"], object]


def questions() -> Mapping[str, Question]:
    """What the case list asks of the cases in range."""
    from niangjia.programmes import queries

    def page(cases: QuerySet[Case]) -> list[Case]:
        hidden = ("answers", "sealed_answers", "name_initials")  # what no list shows
        return list(cases.filter(kind=KIND).order_by("-id").defer(*hidden)[:PAGE])

    return {
        f"first page of {PAGE} filtered by kind, sorted by -id": page,
        "count of the filtered list": lambda cases: cases.filter(kind=KIND).count(),
        "counts by kind for the tabs": queries.counts_by_kind,
    }


def officer(town: str) -> Acting:
    """Who chairs a town, as the database is told of her."""
    from niangjia.access.acting import Acting, ActorKind
    from niangjia.access.verbs import Verb

    return Acting(
        kind=ActorKind.DESK,
        account_id=1,
        post_id=1,
        person_name="镇主席",
        post_title="主席",
        unit_id=1,
        unit_name="镇妇联",
        place=town,
        verbs=frozenset({Verb.CASE_READ}),
    )


def in_range_by_hand(town: str) -> QuerySet[Case]:
    """The same rows for the owner, with the range in WHERE."""
    from niangjia.programmes import queries

    return queries.in_place(queries.cases().using(OWNER), town)


def alternate(ours: Callable[[], object], peer: Callable[[], object], *, pairs: int) -> Ratio:
    """Single calls in turns, and of each side the lower quartile: what a call takes when nothing else gets in its way."""
    taken: dict[Callable[[], object], list[float]] = {ours: [], peer: []}
    gc.collect()
    gc.disable()
    try:
        for number in range(pairs):
            for work in (ours, peer) if number % 2 else (peer, ours):
                start = time.perf_counter()
                work()
                taken[work].append(time.perf_counter() - start)
    finally:
        gc.enable()
    mine, theirs = (quantiles(taken[work], n=4, method="inclusive")[0] for work in (ours, peer))
    return Ratio(mine / theirs, mine, theirs)


def statement(question: Question, cases: QuerySet[Case]) -> tuple[str, Any]:
    """The one statement the application sends to ask this, with its parameters."""
    from django.db import connections

    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        sent.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connections[cases.db].execute_wrapper(note):
        question(cases)
    (one,) = sent
    return one


def compare(question: Question, town: str, *, pairs: int = PAIRS) -> Ratio:
    """One question for one town, with row security and without. Refuses to time two different answers."""
    from django.db import connection, connections, transaction

    from niangjia.access.acting import acting_as
    from niangjia.programmes import queries

    with (
        transaction.atomic(using=OWNER),
        acting_as(officer(town)),
        connection.cursor() as desk,
        connections[OWNER].cursor() as owner,
    ):
        scoped, by_hand = statement(question, queries.cases()), statement(question, in_range_by_hand(town))

        def ours() -> list[Any]:
            desk.execute(*scoped)
            return list(desk.fetchall())

        def peer() -> list[Any]:
            owner.execute(*by_hand)
            return list(owner.fetchall())

        if sorted(map(repr, ours())) != sorted(map(repr, peer())):  # groups come in any order
            raise AssertionError(f"row security and the range by hand differ in {town}")
        return alternate(ours, peer, pairs=pairs)


def set_up(town: str, *, pairs: int = PAIRS) -> Ratio:
    """A transaction in which the database is told who acts, against one in which it is told nothing."""
    from django.db import transaction

    from niangjia.access.acting import acting_as

    def told() -> None:
        with acting_as(officer(town)):
            _ask()

    def untold() -> None:
        with transaction.atomic():
            _ask()

    return alternate(told, untold, pairs=pairs)


def _ask() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def towns(places: list[str]) -> list[str]:
    """The towns of five sizes, from the smallest tenth to the largest by number of villages."""
    by_size = sorted((len(list(group)), town) for town, group in groupby(places, key=lambda code: code[:9]))
    return [by_size[len(by_size) * tenth // 10][1] + "000" for tenth in (1, 3, 5, 7, 9)]


def measured(chosen: list[str], *, pairs: int = PAIRS) -> list[Claim]:
    """The claims over the towns, each by its median town."""
    found = []
    for name, question in questions().items():
        each = [compare(question, town, pairs=pairs) for town in chosen]
        middle = Ratio(median(r.value for r in each), median(r.ours for r in each), median(r.peer for r in each))
        spread = f"; {len(each)} towns from {min(r.value for r in each):.2f} to {max(r.value for r in each):.2f}"
        found.append(
            at_most(f"scope: {name}, row security / range by hand", middle.value, BOUND, note=_ms(middle) + spread)
        )
    told = set_up(chosen[0], pairs=pairs)
    cost = (told.ours - told.peer) * 1000
    found.append(shown("scope: telling the database who acts, once a request", cost, "ms", _ms(told)))
    return found


def _ms(r: Ratio) -> str:
    return f"{r.ours * 1000:.2f} ms against {r.peer * 1000:.2f} ms"


def claims() -> list[Claim]:
    """A million cases in the tree of 11,270 villages."""
    set_up_django()
    places = villages()
    with world() as place:
        with psycopg.connect(place.conninfo(), autocommit=True) as administrator:
            fill_cases(administrator, CASES, places)
        return measured(towns(places))
