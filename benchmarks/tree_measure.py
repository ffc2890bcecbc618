"""What a measure costs beside a GROUP BY written by hand: its value for every town of a district over 1,000,000 records.

Both sides run as the district's officer under row security, in one open transaction over a warm table, and give the same
numbers. The peer is the fastest of several statements one could write for the figure. What row security itself costs over
so wide a range is shown beside it, by the same statement sent as the owner.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

import psycopg

from benchmarks._lib import Claim, Ratio, at_most, seconds, shown
from benchmarks._world import set_up_django, villages, world

if TYPE_CHECKING:
    from niangjia.access.acting import Acting

RECORDS = 1_000_000
BOUND = 1.2
ROUNDS = 7
DISTRICT = "500102000000"
SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
OWNER = "owner"
Rows = list[tuple[str, float]]

_WHERE = (
    "programme = 'two_cancers_grant' AND state = 'PAID' AND place >= '500102000000' AND place < '500103' "
    "AND paid_on >= '2026-01-01' AND paid_on < '2027-01-01'"
)
# By the measure's name: the statements one could write for it.
BY_HAND: dict[str, tuple[str, ...]] = {
    "two_cancers_grant.paid": (
        f"SELECT left(place, 9), count(DISTINCT id_index) FROM programmes_grant WHERE {_WHERE} GROUP BY 1 ORDER BY 1",
        f"SELECT town, count(*) FROM (SELECT left(place, 9) AS town, id_index FROM programmes_grant WHERE {_WHERE} GROUP BY 1, 2) "
        "woman GROUP BY 1 ORDER BY 1",
    ),
    "two_cancers_grant.paid_money": (
        f"SELECT left(place, 9), sum(amount) / 10000 FROM programmes_grant WHERE {_WHERE} GROUP BY 1 ORDER BY 1",
        f"SELECT left(place, 9), sum(part) / 10000 FROM (SELECT place, sum(amount) AS part FROM programmes_grant WHERE {_WHERE} "
        "GROUP BY 1) village GROUP BY 1 ORDER BY 1",
    ),
}  # fmt: skip


def fill_grants(administrator: psycopg.Connection, count: int, places: Sequence[str]) -> None:
    """As many paid grants in random villages over one year, past triggers and foreign keys."""
    with administrator.transaction():
        administrator.execute("SET LOCAL session_replication_role = replica")
        administrator.execute("SELECT setseed(0.12338)")
        administrator.execute("CREATE TEMPORARY TABLE place (at int PRIMARY KEY, code text) ON COMMIT DROP")
        with administrator.cursor() as cursor, cursor.copy("COPY place FROM STDIN") as copy:
            for line in enumerate(places):
                copy.write_row(line)
        administrator.execute(_FILL, {"count": count, "places": len(places)})
    administrator.execute("VACUUM (ANALYZE) programmes_grant")


_FILL = """
INSERT INTO programmes_grant (family, programme, version, id_index, household_key, amount, category, place, year,
    granted_on, paid_on, receipt, state, source)
SELECT 'two_cancers', 'two_cancers_grant', 'low-income-women', sha256(drawn.n::text::bytea), (drawn.n / 3)::text, 10000,
    'BREAST', place.code, 2026, date '2026-01-01' + drawn.n %% 330, date '2026-01-01' + drawn.n %% 330, '', 'PAID', ''
FROM (SELECT n, floor(random() * %(places)s)::int AS at FROM generate_series(0, %(count)s - 1) n) drawn
JOIN place ON place.at = drawn.at
"""


def officer() -> Acting:
    """The district's officer, as the database is told of her."""
    from niangjia.access.acting import Acting, ActorKind
    from niangjia.access.verbs import Verb

    return Acting(
        kind=ActorKind.DESK,
        account_id=1,
        post_id=1,
        person_name="区干事",
        post_title="干事",
        unit_id=1,
        unit_name="区妇联",
        place=DISTRICT,
        verbs=frozenset({Verb.BOARD_READ}),
    )


def by_measure(key: str) -> Rows:
    """The figure of every town as the application asks for it."""
    from niangjia.core import measures
    from niangjia.core.codes import Level

    found = measures.by_place(measures.get(key), level=Level.TOWN, within=DISTRICT, since=SINCE, until=UNTIL)
    return [(place[:9], float(value)) for place, value in found.items()]


def by_hand(statement: str, alias: str = "default") -> Rows:
    """The same by a statement of one's own."""
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
        return [(str(place), float(value)) for place, value in cursor.fetchall()]


def compare(key: str, *, rounds: int = ROUNDS) -> tuple[Ratio, float]:
    """Ours against the fastest by hand, in turns, and the seconds of that statement without row security.

    Refuses to time two different answers.
    """
    from django.db import transaction

    from niangjia.access.acting import acting_as

    statements = BY_HAND[key]
    taken: dict[str, list[float]] = {name: [] for name in ("measure", "owner", *statements)}
    with transaction.atomic(using=OWNER), acting_as(officer()):
        for statement in statements:
            if by_hand(statement) != by_measure(key):
                raise AssertionError(f"the measure {key} and the statement by hand differ")
        for number in range(rounds):
            works = [("measure", lambda: by_measure(key)), *((s, lambda s=s: by_hand(s)) for s in statements)]
            for name, work in works if number % 2 else reversed(works):
                taken[name].append(seconds(work))
        best = min(statements, key=lambda statement: median(taken[statement]))
        for _ in range(rounds):
            taken["owner"].append(seconds(lambda: by_hand(best, OWNER)))
    mine, theirs = median(taken["measure"]), median(taken[best])
    return Ratio(mine / theirs, mine, theirs), median(taken["owner"])


def measured(*, rounds: int = ROUNDS) -> list[Claim]:
    """The claims over a filled table."""
    names = {"two_cancers_grant.paid": "different women", "two_cancers_grant.paid_money": "money"}
    found = []
    for key, name in names.items():
        ratio, free = compare(key, rounds=rounds)
        what = f"tree: {name} for every town, measure / best GROUP BY by hand"
        found.append(at_most(what, ratio.value, BOUND, note=f"{ratio.note}, both as the district's officer"))
        found.append(shown(f"tree: {name} for every town, that GROUP BY without row security", free, "s"))
    return found


def claims() -> list[Claim]:
    """A million grants in the villages of one district."""
    set_up_django()
    places = [code for code in villages() if code.startswith(DISTRICT[:6])]
    with world() as place:
        with psycopg.connect(place.conninfo(), autocommit=True) as administrator:
            fill_grants(administrator, RECORDS, places)
        return measured()
