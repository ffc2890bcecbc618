"""A register compared with itself: the same levels in SQL as in Python, and how right it is on one whose truth is known."""

from __future__ import annotations

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from benchmarks import linkage as bench
from benchmarks._people import Entry, Register
from niangjia.core import text
from niangjia.linkage import queries
from niangjia.people import rules

PEOPLE, SEED = 4_000, 12


@pytest.fixture(scope="module")
def register() -> Register:
    return bench.invent(PEOPLE, SEED)


def traits(entry: Entry, successors: dict[str, str]) -> rules.Traits:
    return rules.traits(
        name=entry.name,
        pinyin=text.pinyin_key(entry.name),
        sex=entry.sex,
        birth=dt.datetime.strptime(entry.birth, "%Y%m%d").date() if entry.birth else None,
        place=entry.place,
        successors=successors,
        kind="RESIDENT" if entry.number else "",
        number=str(id(entry)).encode() if entry.number else None,
        phone=entry.phone.encode() if entry.phone else None,
        household=f"h{entry.household}" if entry.household else "",
    )


def test_sql_meets_the_same_levels_as_python(register: Register) -> None:
    pairs = [*sorted(register.true_pairs())[:150], *((n, n + 1) for n in range(0, 300, 2))]
    with duckdb.connect(":memory:") as database:
        queries.prepare(database, bench.table(register), register.successors)
        ones, others = zip(*pairs, strict=True)
        database.register("wanted", pa.table({"n": range(len(pairs)), "one": ones, "other": others}))
        met = ", ".join(queries.level_sql(what) for what in rules.COMPARISONS)
        rows = database.execute(
            f"SELECT {met} FROM (SELECT n, {queries.both_sides(database)} FROM wanted "
            "JOIN entries a ON a.unique_id = one JOIN entries b ON b.unique_id = other) ORDER BY n"
        ).fetchall()
    by_hand = [
        tuple(
            level.key
            for level in rules.levels_of(*(traits(register.entries[at], register.successors) for at in pair)).values()
        )
        for pair in pairs
    ]
    assert rows == by_hand


def test_a_small_register_is_looked_through_rightly(register: Register) -> None:
    truth = register.true_pairs()
    found = queries.find(bench.table(register), register.successors)
    pairs = {(pair.one, pair.other) for pair in found.pairs}
    right = len(pairs & truth)
    assert (right / len(pairs) >= 0.95, right / len(truth) >= 0.90) == (True, True)
    assert all(found.cluster_of[pair.one] == found.cluster_of[pair.other] for pair in found.pairs)


def test_scores_of_the_whole_and_of_one_comparison_agree(register: Register) -> None:
    found = queries.find(bench.table(register), register.successors)
    for pair in found.pairs[:100]:
        one, other = (traits(register.entries[at], register.successors) for at in (pair.one, pair.other))
        assert rules.compare(one, other, people=PEOPLE).score == pytest.approx(pair.score, abs=1e-6)


def test_an_empty_register_has_no_pairs() -> None:
    assert queries.find(bench.table(Register([])), {}) == queries.Found(0, [], {})
