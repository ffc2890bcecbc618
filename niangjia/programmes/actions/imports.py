"""Grants of earlier years, so that “once for life” holds from the first day (domain notes 2c: both names count)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.identity import IdNumber
from niangjia.letters.kinds import CellError, Row, SheetError
from niangjia.letters.sheets import read_table, write_table
from niangjia.org import queries as org
from niangjia.people import actions as people
from niangjia.people import queries as people_queries
from niangjia.programmes import registry, tables
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.definition import Programme
from niangjia.programmes.kinds import GrantState
from niangjia.transfers.kinds import KINDS, Done, Kind, Work

IN: Final = "programmes.history_in"
AT_ONCE: Final = 2_000  # rows; more are read in the background
CHUNK = 5_000
ADDED, UNCHANGED = "已登记", "已有相同记录，未改动"

Report = Callable[[int], None]


@dataclass(slots=True)
class Outcome:
    """What an import did: how many rows were entered, were there already, were refused; and an answer for each row."""

    added: int = 0
    unchanged: int = 0
    refused: int = 0
    answers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A sound row. ``at`` is its place among the answers."""

    at: int
    row: int
    name: str
    number: IdNumber
    index: bytes
    place: str
    year: int
    amount: Decimal
    paid_on: dt.date
    source: str


@transaction.atomic
def import_history(
    *, programme_key: str, rows: Iterable[Row], source: str, by: Acting, report: Report | None = None
) -> Outcome:
    """Enter grants paid in earlier years; rows with an error are answered and left out, the rest are entered.

    ``rows`` are those of ``tables.HISTORY``; ``source`` names the paper they come from where a row does not. A row that
    is already there changes nothing, so the same file may come twice. All is entered, or nothing when it is broken off.
    """
    by.require(Verb.ROUND_MANAGE)
    programme = registry.programme(programme_key)
    places = Places(by.place)
    outcome = Outcome()
    seen: dict[bytes, tuple[int, int]] = {}
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        _enter(list(_sound(chunk, outcome, places, seen, source)), programme, outcome)
        if report:
            report(len(outcome.answers))
    record(
        by=by,
        stream="grants:history",
        verb="grant.import",
        subject=f"programme:{programme_key}",
        place=by.place,
        summary={
            "source": source,
            "added": outcome.added,
            "unchanged": outcome.unchanged,
            "refused": outcome.refused,
        },
    )
    return outcome


def _sound(
    chunk: list[Row], outcome: Outcome, places: Places, seen: dict[bytes, tuple[int, int]], source: str
) -> Iterator[_Entry]:
    """The rows that can be entered. The others are answered here: what is wrong, where, and what to do."""
    for row in chunk:
        outcome.answers.append("")
        at = len(outcome.answers) - 1
        entry = None if row.errors else _entry(row, at, places, source)
        if entry is not None and (first := seen.get(entry.index)) is not None:
            same = (
                "内容重复，请删去一行"
                if first[1] == entry.year
                else f"每人终身一次，请核对与第 {first[0]} 行哪一条正确"
            )
            row.errors.append(CellError(row.number, "身份证号码", f"与第 {first[0]} 行相同", same))
        if entry is None or row.errors:
            outcome.answers[at] = " ".join(map(str, row.errors))
            outcome.refused += 1
            continue
        seen[entry.index] = (entry.row, entry.year)
        yield entry


def _entry(row: Row, at: int, places: Places, source: str) -> _Entry | None:
    """A row as an entry; None, with the errors on the row, when it is not sound."""
    known: dict[str, Any] = row.values
    number: IdNumber = known["id"]
    if number.sex != "F":
        row.errors.append(CellError(row.number, "身份证号码", "显示为男性", "请核对证件号码"))
    place = places.code_of(known["town"], known["village"])
    if place is None:
        wrong = "村（社区）" if known["village"] and places.code_of(known["town"], None) else "镇街"
        name = known["village"] if wrong == "村（社区）" else known["town"]
        row.errors.append(
            CellError(row.number, wrong, f"填的是“{name[:20]}”，在您的范围内没有找到", "请按“组织与名册”中的名称填写")
        )
    paid_on = known["paid_on"] or min(dt.date(known["year"], 12, 31), clock.today())
    if known["paid_on"] and paid_on.year not in (known["year"], known["year"] + 1):
        row.errors.append(CellError(row.number, "发放日期", f"不在{known['year']}年度内", "请核对年度和日期"))
    if row.errors or place is None:
        return None
    return _Entry(
        at=at,
        row=row.number,
        name=known["name"],
        number=number,
        index=people_queries.id_index(number.number),
        place=place,
        year=known["year"],
        amount=known["amount"],
        paid_on=paid_on,
        source=(known["source"] or source)[:80],
    )


def _enter(entries: list[_Entry], programme: Programme, outcome: Outcome) -> None:
    """Enter one chunk and answer its rows."""
    before = _granted(programme.family, [entry.index for entry in entries])
    fresh = [entry for entry in entries if entry.index not in before]
    people.ensure_persons([(entry.name, entry.number, entry.place) for entry in fresh])
    entered = _insert(fresh, programme)
    for entry in entries:
        if entry.index in entered:
            outcome.answers[entry.at] = ADDED
            outcome.added += 1
            continue
        known = before.get(entry.index)
        if known == (entry.year, entry.amount):
            outcome.answers[entry.at] = UNCHANGED
            outcome.unchanged += 1
            continue
        told = f"已登记过{known[0]}年度的救助{known[1]:f}元" if known else "已有救助记录"
        outcome.answers[entry.at] = str(
            CellError(entry.row, "身份证号码", told, "每人终身一次，请核对哪一条正确，如需更正请联系区妇联")
        )
        outcome.refused += 1


def _granted(family: str, indexes: list[bytes]) -> dict[bytes, tuple[int, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id_index, year, amount FROM programmes_grant "
            "WHERE family = %s AND state IN ('APPROVED', 'PAID') AND id_index = ANY(%s)",
            [family, indexes],
        )
        return {bytes(index): (year, amount) for index, year, amount in cursor.fetchall()}


def _insert(entries: list[_Entry], programme: Programme) -> set[bytes]:
    """Enter the grants; the indexes of those the database took."""
    versions = {year: programme.version_on(dt.date(year, 12, 31)).key for year in {entry.year for entry in entries}}
    columns: list[list[object]] = [
        [entry.index for entry in entries],
        [versions[entry.year] for entry in entries],
        [entry.amount for entry in entries],
        [entry.place for entry in entries],
        [entry.year for entry in entries],
        [entry.paid_on for entry in entries],
        [entry.source for entry in entries],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO programmes_grant (family, programme, state, household_key, category, receipt, person_id, id_index, "
            "version, amount, place, year, granted_on, paid_on, source) "
            "SELECT %s, %s, %s, '', '', '', person.id, r.id_index, r.version, r.amount, r.place, r.year, r.paid_on, r.paid_on, "
            "r.source FROM unnest(%s::bytea[], %s::text[], %s::numeric[], %s::text[], %s::int[], %s::date[], %s::text[]) "
            "AS r (id_index, version, amount, place, year, paid_on, source) "
            "LEFT JOIN people_person person ON person.id_index = r.id_index "
            "WHERE NOT programmes_once_taken(%s, encode(r.id_index, 'hex')) ON CONFLICT DO NOTHING RETURNING id_index",
            [programme.family, programme.key, GrantState.PAID.value, *columns, programme.family],
        )
        return {bytes(index) for (index,) in cursor.fetchall()}


class Places:
    """Names of places as ledgers write them, within one range."""

    ENDINGS = ("居民委员会", "居委会", "村民委员会", "村委会", "委员会")

    def __init__(self, within: str) -> None:
        self._towns: dict[str, str] = {}
        self._villages: dict[tuple[str, str], str] = {}
        for code, names in org.names_within(within).items():
            for name in names:
                if codes.level_of(code) is codes.Level.TOWN:
                    self._towns[name] = code
                elif codes.level_of(code) is codes.Level.VILLAGE:
                    self._villages[codes.town_of(code), self._plain(name)] = code

    def _plain(self, name: str) -> str:
        return next((name.removesuffix(end) for end in self.ENDINGS if name.endswith(end)), name)

    def code_of(self, town: str, village: str | None) -> str | None:
        """The village's code, the town's where no village is named, None where a name is not known."""
        code = self._towns.get(town)
        if code is None or not village:
            return code
        return self._villages.get((code, self._plain(village)))


def _take(work: Work) -> Done:
    """The ledger with an answer in the last column of each row."""
    assert work.source is not None
    reading = read_table(work.source, tables.HISTORY)
    texts: list[list[str | None]] = []

    def kept() -> Iterator[Row]:
        for row in reading:
            texts.append(row.texts)
            yield row

    outcome = import_history(
        programme_key=work.options["programme"],
        rows=kept(),
        source=work.options["source"],
        by=work.by,
        report=work.report,
    )
    answered = ([*cells, answer] for cells, answer in zip(texts, outcome.answers, strict=True))
    write_table(work.out, tables.HISTORY, answered, errors_column=True)
    counts = {"新登记": outcome.added, "已有，未改动": outcome.unchanged, "需核对": outcome.refused}
    return Done(counts, outcome.refused, tuple(reading.notices))


def declare() -> None:
    """Make the ledger known to the room of large files. Called once, when the application is loaded."""
    KINDS.register(
        IN,
        Kind(
            key=IN, label="导入历年救助", result="历年救助导入结果", verb=Verb.ROUND_MANAGE, room="cases:history",
            at_once=AT_ONCE, work=_take, rows=lambda data: read_table(data, tables.HISTORY).rows_at_most,
            tells=(Refused, SheetError),
        ),
    )  # fmt: skip
