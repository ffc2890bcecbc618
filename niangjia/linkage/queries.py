"""A whole register compared with itself: every pair that may be one person, and the clusters they form.

Splink scores the pairs by the levels and weights of ``people.rules``, on DuckDB in memory: no file is written. Blocks keep
the comparison small: two entries are compared when they share enough of name, birthday, place, phone or home.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from niangjia.people import rules

if TYPE_CHECKING:  # a second of imports that only the job needs
    import duckdb
    import pyarrow as pa

# What of an entry must be equal for it to be compared at all; each line is one way. Splink drops pairs met before.
BLOCKS: tuple[tuple[str, ...], ...] = (
    ("name", "birth"),
    ("sound", "town", "year"),
    ("name", "town", "month_day"),
    ("surname", "birth", "town"),
    ("near", "birth"),
    ("letters", "birth"),
    ("shape", "birth"),
    ("name", "flipped_day"),
    ("phone", "surname"),
    ("household", "surname", "sex"),
    ("name", "year", "phone_or_home"),
    ("near", "place"),
)
MEMORY = "2GB"
COLUMNS = ("id", "name", "pinyin", "sex", "birth", "place", "kind", "phone", "household")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries that may be one person, the lower id first, and the level they met in each respect."""

    one: int
    other: int
    score: float
    levels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a comparison of a register gave. ``cluster_of`` names, for every entry in a pair, the cluster it is in."""

    people: int
    pairs: list[Pair]
    cluster_of: dict[int, int]


def read_register() -> pa.Table:
    """Every entry the reader may see, as columns. Of a number only its kind is read, of a phone the blind index."""
    import io

    from pyarrow import csv

    statement = (
        "COPY (SELECT id, name, name_pinyin, sex, to_char(birth, 'YYYYMMDD'), place, "
        "CASE WHEN id_index IS NOT NULL THEN id_kind END, left(encode(phone_index, 'hex'), 32), household_id "
        "FROM people_person WHERE merged_into_id IS NULL AND died_on IS NULL) TO STDOUT (FORMAT csv)"
    )
    buffer = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            buffer.write(block)
    import pyarrow as pa

    types = [pa.int64(), *([pa.string()] * 7), pa.int64()]
    if not buffer.tell():
        return pa.table({name: pa.array([], kind) for name, kind in zip(COLUMNS, types, strict=True)})
    buffer.seek(0)
    return csv.read_csv(
        buffer,
        read_options=csv.ReadOptions(column_names=list(COLUMNS)),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(COLUMNS, types, strict=True)), null_values=[""], strings_can_be_null=True
        ),
    )


@contextmanager
def _memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of this block in memory, which may not spill to a file."""
    import duckdb

    settings: dict[str, Any] = {"threads": os.cpu_count() or 1, "temp_directory": "", "memory_limit": MEMORY}
    database = duckdb.connect(":memory:", config=settings)
    try:
        yield database
    finally:
        database.close()


def prepare(database: duckdb.DuckDBPyConnection, register: pa.Table, successors: Mapping[str, str]) -> None:
    """Make the table ``entries`` of the traits ``people.rules`` compares; names are taken apart once each."""
    import pyarrow as pa

    database.register("register", register)
    names = database.execute("SELECT DISTINCT name, coalesce(pinyin, '') FROM register").fetchall()
    columns: dict[str, list[str | None]] = {
        key: [] for key in ("written", "pinyin", "name", "near", "shape", "letters", "surname", "mask2", "mask3", "short2", "short3")
    }  # fmt: skip
    plain_of: dict[str, str] = {}
    near_of: dict[str, str] = {}
    for written, pinyin in names:
        plain = plain_of.get(written) or plain_of.setdefault(written, rules.plain_name(written))
        near = near_of.get(pinyin) or near_of.setdefault(pinyin, rules.near_sound(pinyin))
        values = (
            written, pinyin, plain, near, rules.shape_of(plain), "".join(sorted(plain)), plain[:1],
            *rules.masked(plain), *rules.shortened(plain),
        )  # fmt: skip
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value or None)
    database.register("names", pa.table({key: pa.array(values, pa.string()) for key, values in columns.items()}))
    old = {code: rules.place_today(code, successors) for code in successors}
    database.register(
        "renamed", pa.table({"old": pa.array(list(old), pa.string()), "now": pa.array(list(old.values()), pa.string())})
    )
    database.execute("""
        CREATE TABLE entries AS
        SELECT r.id AS unique_id, n.name, n.pinyin AS sound, n.near, n.shape, n.letters, n.surname, n.mask2, n.mask3, n.short2, n.short3,
            r.sex, r.birth, left(r.birth, 4) AS year, substr(r.birth, 5) AS month_day,
            left(r.birth, 4) || substr(r.birth, 7, 2) || substr(r.birth, 5, 2) AS flipped,
            left(r.birth, 4) || least(substr(r.birth, 5, 2), substr(r.birth, 7, 2)) || greatest(substr(r.birth, 5, 2), substr(r.birth, 7, 2))
                AS flipped_day,
            date_diff('day', DATE '1900-01-01', try_strptime(r.birth, '%Y%m%d')::DATE) AS day,
            r.place AS known_as, coalesce(s.now, r.place) AS place, left(coalesce(s.now, r.place), 9) AS town,
            r.kind, r.phone, r.household, coalesce(r.phone, r.household::VARCHAR) AS phone_or_home
        FROM register r JOIN names n ON n.written = r.name AND n.pinyin = coalesce(r.pinyin, '')
        LEFT JOIN renamed s ON s.old = r.place
    """)


def find(
    register: pa.Table,
    successors: Mapping[str, str],
    *,
    threshold: float = rules.PROPOSE_FROM,
    tell: Callable[[str], None] = lambda step: None,
) -> Found:
    """Every pair of the register from ``threshold`` on, and the clusters they form. ``tell`` hears what is done now."""
    with _memory() as database:
        tell("整理姓名和区划代码")
        prepare(database, register, successors)
        people = register.num_rows
        if people < 2:
            return Found(people, [], {})
        tell("逐组比对")
        return _linked(database, people, threshold, tell)


def _linked(database: duckdb.DuckDBPyConnection, people: int, threshold: float, tell: Callable[[str], None]) -> Found:
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection=database)
    linker = Linker(api.register("entries"), _settings(people), log_level="ERROR", validate_settings=False)
    scored = linker.inference.predict(threshold_match_probability=threshold)
    tell("归并成组")
    clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold_match_probability=threshold)
    met = ", ".join(level_sql(what) for what in rules.COMPARISONS)
    rows = database.execute(
        f"SELECT s.unique_id_l, s.unique_id_r, s.match_probability, {met} FROM (SELECT unique_id_l, unique_id_r, match_probability, "  # noqa: S608  names of ours
        f"{both_sides(database)} FROM {scored.physical_name} JOIN entries a ON a.unique_id = unique_id_l "
        "JOIN entries b ON b.unique_id = unique_id_r) s"
    ).fetchall()
    pairs = [
        Pair(min(one, other), max(one, other), score, dict(zip(rules.COMPARISONS, levels, strict=True)))
        for one, other, score, *levels in rows
    ]
    inside = database.execute(
        f"SELECT unique_id, cluster_id FROM {clustered.physical_name} WHERE unique_id IN "  # noqa: S608  names of ours
        f"(SELECT unique_id_l FROM {scored.physical_name} UNION SELECT unique_id_r FROM {scored.physical_name})"
    ).fetchall()
    return Found(people, pairs, dict(inside))


def level_sql(what: str) -> str:
    """The expression that names the level two entries, beside each other in one row, meet in one respect."""
    levels = rules.COMPARISONS[what][1]
    cases = " ".join(f"WHEN {level.sql} THEN '{level.key}'" for level in levels if level.sql != "ELSE")
    otherwise = next((f"ELSE '{level.key}'" for level in levels if level.sql == "ELSE"), "")
    return f"CASE {cases} {otherwise} END"


def both_sides(database: duckdb.DuckDBPyConnection) -> str:
    """The columns of two entries ``a`` and ``b`` under the names the levels use."""
    columns = [name for name, *_ in database.execute("DESCRIBE entries").fetchall() if name != "unique_id"]
    return ", ".join(f"a.{name} AS {name}_l, b.{name} AS {name}_r" for name in columns)


def _settings(people: int) -> Any:
    """The levels of ``people.rules`` in Splink's words. How common a name is counts in a register large enough to tell."""
    import splink.comparison_level_library as levels
    from splink import SettingsCreator, block_on
    from splink.comparison_library import CustomComparison

    comparisons = []
    for what, (_, ways) in rules.COMPARISONS.items():
        found = []
        for way in ways:
            if way.unknown:
                found.append(levels.CustomLevel(way.sql).configure(is_null_level=True))
                continue
            level = levels.ElseLevel() if way.sql == "ELSE" else levels.CustomLevel(way.sql)
            weight = rules.weights()[what][way.key]
            options: dict[str, Any] = {"m_probability": weight.m, "u_probability": weight.u}
            if (what, way.key) == ("name", "SAME") and people >= rules.SHARES_FROM:
                options |= {"tf_adjustment_column": "name", "tf_minimum_u_value": rules.LEAST_SHARE}
            found.append(level.configure(**options))
        comparisons.append(CustomComparison(output_column_name=what, comparison_levels=found))
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*block) for block in BLOCKS],
        probability_two_random_records_match=rules.prior(people),
        retain_matching_columns=False,
    )
