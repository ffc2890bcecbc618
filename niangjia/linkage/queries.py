"""A whole register compared with itself: every pair that may be one person, and the clusters they form.

Splink scores the pairs by the levels and weights of ``people.rules``, on DuckDB in memory: no file is written. Blocks keep
the comparison small: two entries are compared when they share enough of name, birthday, place, phone or home.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from niangjia.core import text
from niangjia.org.models import Division
from niangjia.people import rules
from niangjia.people.kinds import Verdict
from niangjia.people.models import Duplicate, DuplicateRun, Person

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
        "CASE WHEN id_index IS NOT NULL THEN id_kind END, left(encode(phone_index, 'hex'), 32), household_key "
        "FROM people_person WHERE died_on IS NULL) TO STDOUT (FORMAT csv)"
    )
    buffer = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy:
            buffer.write(block)
    import pyarrow as pa

    types = [pa.int64(), *([pa.string()] * 8)]
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


def successors() -> dict[str, str]:
    """For every code that is no more, the one that followed."""
    return dict(Division.objects.exclude(successor_code="").values_list("code", "successor_code"))


def heads(ids: Iterable[int]) -> dict[int, int]:
    """Under which entry each of these is kept: itself when it is not merged."""
    found = Person.objects.filter(pk__in=list(ids)).values_list("pk", "merged_into_id")
    return {pk: merged or pk for pk, merged in found}


def group_of(person: Person) -> QuerySet[Person]:
    """All entries merged with this one that the reader may see, itself among them; the one kept comes first."""
    return groups_of([person])


def groups_of(people: Iterable[Person]) -> QuerySet[Person]:
    """These entries and all merged with them, as far as the reader may see them; those kept come first."""
    heads = {person.head_id for person in people}
    kept_first = F("merged_into").asc(nulls_first=True)
    return Person.objects.filter(Q(pk__in=heads) | Q(merged_into__in=heads)).order_by(kept_first, "pk")


def pairs(states: Iterable[str]) -> QuerySet[Duplicate]:
    """Pairs in these states, the likeliest first. An open pair whose entries are merged by now waits for nobody."""
    wanted = list(states)
    found = Duplicate.objects.filter(state__in=wanted).select_related("one", "other")
    if Verdict.MERGED in wanted or Verdict.DIFFERENT in wanted:
        return found.order_by(F("decided_at").desc(), "id")
    return found.exclude(
        Exact(Coalesce("one__merged_into_id", "one_id"), Coalesce("other__merged_into_id", "other_id"))
    )


def pair_for(pk: int) -> Duplicate:
    """Raises Duplicate.DoesNotExist also when one of the two is out of the reader's range."""
    return Duplicate.objects.select_related("one", "other").get(pk=pk)


def pairs_of(ids: Iterable[int]) -> QuerySet[Duplicate]:
    """Pairs with one of these entries that wait to be judged."""
    wanted = list(ids)
    return pairs([Verdict.PROPOSED, Verdict.LATER]).filter(Q(one__in=wanted) | Q(other__in=wanted))


def last_run(place: str) -> DuplicateRun | None:
    return DuplicateRun.objects.filter(place=place).first()


def traits_of(person: Person, following: Mapping[str, str]) -> rules.Traits:
    """What is compared of an entry."""
    return rules.traits(
        name=person.name,
        pinyin=person.name_pinyin,
        sex=person.sex,
        birth=person.birth,
        place=person.place,
        successors=following,
        kind=person.id_kind,
        number=bytes(person.id_index) if person.id_index else None,
        phone=bytes(person.phone_index) if person.phone_index else None,
        household=person.household_key,
    )


def likeness(one: Person, other: Person, following: Mapping[str, str], people: int) -> rules.Likeness:
    """How alike two entries are, the rarity of the name in the register counted where it is large enough to tell."""
    a, b = traits_of(one, following), traits_of(other, following)
    share = None
    if people >= rules.SHARES_FROM and a.name == b.name:
        share = Person.objects.filter(name_pinyin=one.name_pinyin, name__in=[one.name, other.name]).count() / people
    return rules.compare(a, b, people=people, share=share)


def pair_of(one: int, other: int) -> Pair:
    """Two entries compared now, whatever comes of it."""
    found = {person.pk: person for person in Person.objects.filter(pk__in=[one, other])}
    following = successors()
    like = likeness(found[one], found[other], following, Person.objects.count())
    return Pair(one, other, like.score, _levels(found[one], found[other], following))


def _levels(one: Person, other: Person, following: Mapping[str, str]) -> dict[str, str]:
    met = rules.levels_of(traits_of(one, following), traits_of(other, following))
    return {what: level.key for what, level in met.items()}


def alike(ids: Iterable[int]) -> list[Pair]:
    """Pairs of these entries with any the reader may see, from the threshold on: by sound, birthday, telephone, home."""
    following = successors()
    people = Person.objects.count()
    found: dict[tuple[int, int], Pair] = {}
    for person in Person.objects.filter(pk__in=list(ids), died_on__isnull=True):
        for other in _near(person, following):
            one, two = sorted((person, other), key=lambda entry: entry.pk)
            like = likeness(one, two, following, people)
            if (one.pk, two.pk) not in found and like.score >= rules.PROPOSE_FROM:
                found[one.pk, two.pk] = Pair(one.pk, two.pk, like.score, _levels(one, two, following))
    return list(found.values())


MOST_NEAR = 2_000


def _near(person: Person, following: Mapping[str, str]) -> QuerySet[Person]:
    """Entries worth comparing with one; the same blocks as the whole register's, by the database's indexes."""
    town = rules.place_today(person.place, following)[:9]
    near = Q(name_pinyin=person.name_pinyin) & (Q(place__startswith=town) | Q(birth__isnull=True))
    if person.birth is not None:
        near |= Q(birth=person.birth)
        turned = rules.turned(person.birth)
        near |= Q(name_pinyin=person.name_pinyin, birth=turned) if turned else Q()
    else:
        near |= Q(name_pinyin=person.name_pinyin)
    if person.phone_index:
        near |= Q(phone_index=person.phone_index)
    if person.household_key:
        near |= Q(household_key=person.household_key)
    return Person.objects.filter(near, died_on__isnull=True).exclude(pk=person.pk).order_by("pk")[:MOST_NEAR]


def entered_since(moment: dt.datetime) -> list[int]:
    """Entries made since a moment, the latest first."""
    return list(Person.objects.filter(created_at__gte=moment).order_by("-created_at").values_list("pk", flat=True))


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
    # Taken apart all at once: a line a name costs a tenth of a call a name.
    plains = _lines(text.to_simplified, [written for written, _ in names])
    nears = _lines(rules.near_sound, [pinyin for _, pinyin in names])
    for (written, pinyin), simple, near in zip(names, plains, nears, strict=True):
        plain = rules.plain_name(simple) if not simple.isalpha() or simple.isascii() else simple
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
            r.kind, r.phone, r.household, coalesce(r.phone, r.household) AS phone_or_home
        FROM register r JOIN names n ON n.written = r.name AND n.pinyin = coalesce(r.pinyin, '')
        LEFT JOIN renamed s ON s.old = r.place
    """)


def _lines(change: Callable[[str], str], texts: list[str]) -> list[str]:
    return change("\n".join(texts)).split("\n") if texts else []


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
    clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=threshold
    )
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

    comparisons: list[Any] = []
    for what, (_, ways) in rules.COMPARISONS.items():
        found: list[Any] = []
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
