"""Duplicates in a register of 1,000,000 people: pairs and clusters, how fast, in how much memory, how right.

The register is invented (``benchmarks/_people.py``) and it is known who stands in it twice. The weights in
``niangjia/people/weights.json`` were counted by ``python -m benchmarks.linkage SEED`` on registers of other seeds than the
one measured here. Precision: of the pairs found, how many are one person. Recall: of the pairs that are, how many were
found, by the clusters, in which all entries of a person should stand together.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._lib import Claim, at_least, at_most, peak_memory, shown
from benchmarks._people import Inventor, Register
from benchmarks._world import set_up_django, villages

if TYPE_CHECKING:
    import pyarrow as pa

PEOPLE = 1_000_000
SEED = 20261124
DUPLICATES = 0.05
SECONDS, MEGABYTES = 60.0, 4096.0
PRECISION, RECALL = 0.98, 0.90
DISTRICT = "500102"
# What no count of single levels tells. Two names at one address on one birthday are sisters more often than one girl written
# twice; and what follows from something already counted, the village from the home, the home from the telephone, adds nothing.
GIVEN = {("name", "TWIN"): (0.00002, 0.4), ("place", "HOME"): (0.5, 0.5), ("household", "BOTH"): (0.5, 0.5)}
LEAST = 1e-7


@dataclass(frozen=True, slots=True)
class Result:
    """What one run found and cost."""

    seconds: float
    people: int
    proposed: int
    true: int
    right: int
    together: int
    joined: int
    twice: int

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 0.0

    @property
    def cluster_precision(self) -> float:
        return self.together / self.joined if self.joined else 0.0

    @property
    def cluster_recall(self) -> float:
        return self.together / self.true if self.true else 0.0


def invent(people: int, seed: int) -> Register:
    """A register of the villages of one district."""
    places = [code for code in villages() if code.startswith(DISTRICT)]
    return Inventor(seed, places).register(people, duplicates=DUPLICATES)


def table(register: Register) -> pa.Table:
    """The register as the job reads it from the database."""
    import pyarrow as pa

    from niangjia.core import text

    spelt: dict[str, str] = {}
    entries = register.entries
    pinyin = [spelt.get(e.name) or spelt.setdefault(e.name, text.pinyin_key(e.name)) for e in entries]
    return pa.table(
        {
            "id": pa.array(range(len(entries)), pa.int64()),
            "name": pa.array([e.name for e in entries], pa.string()),
            "pinyin": pa.array(pinyin, pa.string()),
            "sex": pa.array([e.sex for e in entries], pa.string()),
            "birth": pa.array([e.birth for e in entries], pa.string()),
            "place": pa.array([e.place for e in entries], pa.string()),
            "kind": pa.array(["RESIDENT" if e.number else None for e in entries], pa.string()),
            "phone": pa.array([e.phone for e in entries], pa.string()),
            "household": pa.array([e.household and f"h{e.household}" for e in entries], pa.string()),
        }
    )


def run(people: int, seed: int) -> Result:
    """Invent a register, look for duplicates as the job does, and compare with the truth."""
    from niangjia.linkage import queries

    register = invent(people, seed)
    truth = register.true_pairs()
    columns, successors = table(register), register.successors
    del register
    start = time.perf_counter()
    found = queries.find(columns, successors)
    taken = time.perf_counter() - start
    pairs = {(pair.one, pair.other) for pair in found.pairs}
    clusters: dict[int, list[int]] = {}
    for entry, cluster in found.cluster_of.items():
        clusters.setdefault(cluster, []).append(entry)
    joined = {pair for ids in clusters.values() for pair in combinations(sorted(ids), 2)}
    return Result(
        taken, people, len(pairs), len(truth), len(pairs & truth), len(joined & truth), len(joined), len(clusters)
    )


def alone(people: int, seed: int) -> None:
    """The same in a process of its own, for its peak memory."""
    set_up_django()
    run(people, seed)


def measured(people: int, seed: int, memory: Callable[[], float]) -> list[Claim]:
    """The claims over one register."""
    r = run(people, seed)
    what = f"linkage: {r.people:,} people"
    return [
        at_most(f"{what}, pairs and clusters", r.seconds, SECONDS, "s", f"{r.proposed:,} pairs, {r.twice:,} clusters"),
        at_most(f"{what}, peak memory, the invention included", memory(), MEGABYTES, "MB"),
        at_least(f"{what}, precision of pairs", r.precision, PRECISION, "", f"{r.right:,} of {r.proposed:,} are right"),
        at_least(f"{what}, recall of pairs", r.recall, RECALL, "", f"{r.right:,} of {r.true:,} true pairs found"),
        at_least(f"{what}, precision of clusters", r.cluster_precision, PRECISION, "", f"of {r.joined:,} joined"),
        at_least(f"{what}, recall of clusters", r.cluster_recall, RECALL, ""),
        shown(f"{what}, true second entries", r.true, "pairs", f"seed {seed}"),
    ]


def claims() -> list[Claim]:
    """A million people of one district."""
    set_up_django()
    return measured(PEOPLE, SEED, lambda: peak_memory("benchmarks.linkage:alone", PEOPLE, SEED))


def count_weights(people: int, seed: int) -> dict[str, dict[str, tuple[float, float]]]:
    """m of every level over the true pairs of a register, u over pairs drawn blindly, as ``weights.json`` holds them."""
    import duckdb
    import pyarrow as pa

    from niangjia.linkage import queries
    from niangjia.people import rules

    register = invent(people, seed)
    with duckdb.connect(":memory:") as database:
        queries.prepare(database, table(register), register.successors)
        ones, others = zip(*sorted(register.true_pairs()), strict=True)
        database.register("truth", pa.table({"one": pa.array(ones, pa.int64()), "other": pa.array(others, pa.int64())}))
        both = queries.both_sides(database)
        sources = {
            "m": f"SELECT {both} FROM truth JOIN entries a ON a.unique_id = one JOIN entries b ON b.unique_id = other",
            "u": f"SELECT {both} FROM (FROM entries USING SAMPLE 5000) a, (FROM entries USING SAMPLE 5000) b "
            "WHERE a.unique_id <> b.unique_id",
        }
        shares: dict[str, dict[str, dict[str, float]]] = {"m": {}, "u": {}}
        for side, source in sources.items():
            met = ", ".join(f"{queries.level_sql(what)} AS {what}" for what in rules.COMPARISONS)
            database.execute(f"CREATE OR REPLACE TABLE met AS SELECT {met} FROM ({source})")
            for what in rules.COMPARISONS:
                counts = dict(database.execute(f"SELECT {what}, count(*) FROM met GROUP BY 1").fetchall())
                counts.pop("UNKNOWN", None)
                total = sum(counts.values()) or 1
                shares[side][what] = {key: n / total for key, n in counts.items()}
    return {
        what: {
            level.key: GIVEN.get((what, level.key))
            or (_rounded(shares["m"][what].get(level.key, 0)), _rounded(shares["u"][what].get(level.key, 0)))
            for level in levels
            if not level.unknown
        }
        for what, (_, levels) in rules.COMPARISONS.items()
    }


def _rounded(share: float) -> float:
    return float(f"{max(share, LEAST):.3g}")


def _mean(many: list[Mapping[str, Mapping[str, tuple[float, float]]]]) -> dict[str, dict[str, list[float]]]:
    return {
        what: {
            key: [_rounded(sum(one[what][key][side] for one in many) / len(many)) for side in (0, 1)] for key in levels
        }
        for what, levels in many[0].items()
    }


if __name__ == "__main__":  # count the weights anew: python -m benchmarks.linkage 1 2 3
    set_up_django()
    from niangjia.people import rules

    seeds = [int(seed) for seed in sys.argv[1:]]
    if SEED in seeds:
        raise SystemExit(f"seed {SEED} is the one the claims are measured on")
    counted = _mean([count_weights(100_000, seed) for seed in seeds])
    path = Path(rules.__file__).with_name("weights.json")
    note = (
        "m, u of each level of niangjia/people/rules.py; counted on invented registers by python -m benchmarks.linkage "
        + " ".join(sys.argv[1:])
    )
    lines = ",\n".join(f'  "{what}": {json.dumps(levels)}' for what, levels in counted.items())
    path.write_text(f'{{\n "source": {json.dumps(note)},\n "levels": {{\n{lines}\n }}\n}}\n', encoding="utf-8")
