"""A million ballots: the published file counted again on one core, and the anomaly report of the database.

The recount is the program outsiders download, in a process of its own. The ballots name 3 to 10 of 70 choices, hardly two
alike, and a part of them looks as bought ballots do, so that the report has something to say.
"""

from __future__ import annotations

import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from benchmarks._lib import Claim, at_most, seconds, shown
from benchmarks._world import set_up_django, world
from benchmarks.ballots import CHOICES, DISTRICT, open_poll

if TYPE_CHECKING:
    from niangjia.voting.models import Poll

BALLOTS = 1_000_000
RECOUNT_BOUND, REPORT_BOUND = 5.0, 60.0

# Of a hundred ballots two come from 400 shared devices, one in a burst of ten minutes for one choice, one at night.
_FILL = """
INSERT INTO voting_ballot (poll_id, choices, channel, minute, device, network, segment, outside, receipt_index, digest)
SELECT %(poll)s, (
        SELECT array_agg(number ORDER BY number) FROM (
            SELECT DISTINCT ((('x' || substr(bits, 1 + 3 * step, 3))::bit(12)::int) %% %(choices)s + 1)::smallint AS number
            FROM generate_series(0, (3 + n %% 8)::int) step LIMIT 10
        ) picked
    ), CASE WHEN n %% 10 = 0 THEN 'TOKEN' ELSE 'PHONE' END,
    date_trunc('minute', now() - interval '7 days' + CASE WHEN n %% 100 = 7 THEN interval '2 hours' + n %% 10 * interval '1 minute'
        ELSE (n %% 7) * interval '1 day' + (n * 7 %% 1020) * interval '1 minute' END),
    CASE WHEN n %% 50 = 3 THEN n %% 400 ELSE n * 7919 END, n / 40, n %% 1024, n %% 9 = 0, sha256(n::text::bytea), ''::bytea
FROM (SELECT n, encode(sha256(('b' || n)::bytea), 'hex') AS bits FROM generate_series(1::bigint, %(count)s) n) drawn
"""


def fill(administrator: psycopg.Connection, poll: int, count: int) -> None:
    """As many ballots of a poll, past the function that casts them; those with fewer than three choices get more."""
    with administrator.transaction():
        administrator.execute("SET LOCAL session_replication_role = replica")
        administrator.execute(_FILL, {"poll": poll, "count": count, "choices": CHOICES})
        administrator.execute("UPDATE voting_ballot SET choices = '{1,2,3}' WHERE cardinality(choices) < 3")
        administrator.execute("UPDATE voting_poll SET ballots = %s WHERE id = %s", [count, poll])
    administrator.execute("VACUUM (ANALYZE) voting_ballot")


def published(poll: Poll) -> Iterator[bytes]:
    """The file as `niangjia.voting.actions.publish` writes it, unpacked."""
    from niangjia.voting import queries, recount

    head = {
        "poll": poll.pk, "title": poll.title, "min": poll.min_choices, "max": poll.max_choices, "marks": {}, "void": [],
        "choices": {str(one.number): one.label for one in queries.choices(poll)}, "ballots": poll.ballots,
    }  # fmt: skip
    return recount.write(head, queries.ballot_lines(poll))


def recount_alone(path: Path) -> tuple[float, float, str]:
    """Seconds of one core and seconds by the clock of the program by itself, start of Python included; what it says."""
    from niangjia.voting import recount

    one_core = {min(os.sched_getaffinity(0))}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", recount.__file__, str(path)],
        check=True, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, one_core),
    )  # fmt: skip
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall, done.stdout


def claims() -> list[Claim]:
    """Time both; refuse to time a recount that differs from the database's own count."""
    set_up_django()
    from niangjia.access.acting import acting_as
    from niangjia.access.queries import house
    from niangjia.voting import queries
    from niangjia.voting.models import Poll

    with world() as place, closing(psycopg.connect(place.conninfo(), autocommit=True)) as administrator:
        number = open_poll()
        fill(administrator, number, BALLOTS)
        with acting_as(house(DISTRICT)), tempfile.TemporaryDirectory() as folder:
            poll = Poll.objects.get(pk=number)
            path = Path(folder) / "ballots.csv.gz"
            writing = seconds(lambda: path.write_bytes(gzip.compress(b"".join(published(poll)), 6)))
            taken, wall, said = min(recount_alone(path) for _ in range(3))
            told = {int(row[0]): int(row[2]) for line in said.splitlines()[2:-1] if (row := line.split("\t"))}
            if told != {choice: votes for choice, (votes, _) in queries.tally(poll).items()}:
                raise AssertionError("the recount differs from the count of the database")
            found: list[int] = []
            report = seconds(lambda: found.append(len(queries.report(poll))))
            size = path.stat().st_size / (1 << 20)
    note = f"{wall:.3g} s by the clock; file of {size:.1f} MB, packed"
    return [
        at_most(f"recount of {BALLOTS:,} ballots: seconds of one core", taken, RECOUNT_BOUND, "s", note),
        at_most(f"anomaly report on {BALLOTS:,} ballots", report, REPORT_BOUND, "s", f"{found[0]:,} findings"),
        shown("ballot file: writing it", writing, "s"),
    ]
