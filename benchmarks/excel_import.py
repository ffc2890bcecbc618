"""A ledger of 100,000 earlier grants comes in from Excel ten times faster than with django-import-export, and in less memory.

Both read the same workbook, apply the same checks with the same parsers, find or make the person, keep one grant for
life, and have an answer for every row. The peer is a plain ModelResource in one transaction that skips unchanged rows.
It is timed on the first twentieth of the rows, since all would take many minutes, and compared by time per row.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from benchmarks._lib import Claim, at_least, at_most, peak_memory, seconds, shown
from benchmarks._world import set_up_django, world

if TYPE_CHECKING:
    from niangjia.access.acting import Acting
    from niangjia.programmes.actions.imports import Outcome

ROWS = 100_000
PEER_ROWS = ROWS // 20
PROGRAMME = "two_cancers_grant"
DISTRICT = "500102000000"
SOURCE = "历年花名册"
TOWNS, VILLAGES = 27, 16
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高", "桂秀玉春红丽芳英兰梅芬珍琼莲霞娟敏静燕"
# Of a hundred rows three are wrong, each in another way, and two repeat the row before.
WRONG, REPEATED = (11, 42, 73), (25, 60)


def town(n: int) -> str:
    return f"第{n % TOWNS + 1}镇"


def village(n: int) -> str:
    return f"第{n % TOWNS + 1}镇第{n // TOWNS % VILLAGES + 1}村"


def lines(count: int) -> Iterator[tuple[str, ...]]:
    """The rows of the ledger: made-up women with sound numbers, except where said."""
    from niangjia.core.identity import check_digit

    before: tuple[str, ...] = ()
    for n in range(count):
        if n % 100 in REPEATED:
            yield before
            continue
        birth = dt.date(1950, 1, 1) + dt.timedelta(days=n % 14_000)
        first17 = f"500102{birth:%Y%m%d}{n // 14_000 * 2:03d}"
        number, place, year = first17 + check_digit(first17), town(n), 2011 + n % 15
        match WRONG.index(n % 100) if n % 100 in WRONG else None:
            case 0:
                number = f"{number[:17]}{(int(number[17].replace('X', '0')) + 1) % 10}"
            case 1:
                place = "乌有镇"
            case 2:
                year = 1999
        name = SURNAMES[n % 20] + GIVEN[n // 20 % 19] + GIVEN[n // 380 % 19]
        before = (name, number, place, village(n), str(year), "10000", f"{year}-10-08", "")
        yield before


def workbook(count: int) -> bytes:
    from niangjia.letters.kinds import Column, Table
    from niangjia.letters.sheets import write_table
    from niangjia.programmes import tables

    out = io.BytesIO()
    plain = Table("ledger", "台账", tuple(Column(c.key, c.header) for c in tables.HISTORY.columns))
    write_table(out, plain, lines(count))
    return out.getvalue()


@contextmanager
def district() -> Iterator[Acting]:
    """A district with its towns and villages, and the house acting in it."""
    from niangjia.access.acting import acting_as
    from niangjia.access.queries import house
    from niangjia.org import actions as org
    from niangjia.org.actions import DivisionRow
    from niangjia.org.kinds import DivisionKind

    places = [DivisionRow(DISTRICT, "某区", "某区", DivisionKind.DISTRICT)]
    for n in range(TOWNS):
        code = f"500102{n + 1:03d}000"
        places.append(DivisionRow(code, town(n), town(n), DivisionKind.TOWN))
        for m in range(VILLAGES):
            name = village(n + m * TOWNS)
            places.append(DivisionRow(f"{code[:9]}{m + 1:03d}", f"{name}村民委员会", name, DivisionKind.VILLAGERS))
    with world():
        by = house(DISTRICT)
        with acting_as(by):
            org.import_divisions(places, valid_from=dt.date(2011, 1, 1), district=DISTRICT)
        yield by


def ours(data: bytes, by: Acting) -> Outcome:
    """What the desk does with the file."""
    from niangjia.access.acting import acting_as
    from niangjia.letters.sheets import read_table
    from niangjia.programmes import tables
    from niangjia.programmes.actions.imports import import_history

    with acting_as(by):
        rows = read_table(data, tables.HISTORY)
        return import_history(programme_key=PROGRAMME, rows=rows, source=SOURCE, by=by)


def peer(data: bytes, by: Acting) -> Any:
    """The same with django-import-export; its result has an entry a row."""
    import tablib

    from niangjia.access.acting import acting_as, record

    with acting_as(by):
        dataset = tablib.Dataset().load(data, format="xlsx")
        found = _resource()(by.place).import_data(dataset, use_transactions=True, raise_errors=False)
        record(by=by, stream="grants:history", verb="grant.import", subject="peer", place=by.place)
        return found


def _resource() -> Any:
    """A ModelResource with the checks of the desk; built late, for it needs the settings."""
    from django.core.exceptions import ValidationError
    from import_export import fields, resources
    from import_export.widgets import Widget

    from niangjia.core import clock, identity
    from niangjia.people import actions as people
    from niangjia.people import queries as people_queries
    from niangjia.programmes import registry, tables
    from niangjia.programmes.actions.imports import Places
    from niangjia.programmes.models import Grant

    programme = registry.programme(PROGRAMME)

    class Bytes(Widget):  # type: ignore[misc]
        def clean(self, value: bytes, *args: Any, **kwargs: Any) -> bytes:
            return value

        def render(self, value: bytes | None, *args: Any, **kwargs: Any) -> str:
            return bytes(value).hex() if value else ""

    class GrantResource(resources.ModelResource):  # type: ignore[misc]
        id_index = fields.Field(attribute="id_index", column_name="id_index", widget=Bytes())

        class Meta:
            model = Grant
            import_id_fields = ("family", "id_index")
            fields = (
                "family", "id_index", "programme", "version", "amount", "place", "year", "granted_on", "paid_on",
                "state", "source", "person",
            )  # fmt: skip
            skip_unchanged = True
            report_skipped = True

        def __init__(self, place: str) -> None:
            super().__init__()
            self.places = Places(place)

        def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
            wrong: dict[str, list[str]] = {}
            values: dict[str, Any] = {}
            for column in tables.HISTORY.columns:
                text = str(row.get(column.header) or "").strip()
                if not text:
                    if column.required:
                        wrong[column.header] = ["没有填写"]
                    continue
                try:
                    values[column.key] = column.parse(text) if column.parse else text
                except ValueError as error:
                    wrong[column.header] = [str(error)]
            number = values.get("id")
            if number is not None and number.sex != "F":
                wrong["身份证号码"] = ["显示为男性"]
            place = self.places.code_of(values.get("town", ""), values.get("village"))
            if place is None:
                wrong["镇街"] = ["在您的范围内没有找到"]
            if wrong:
                raise ValidationError(wrong)
            assert isinstance(number, identity.IdNumber)
            assert place is not None
            paid_on = values.get("paid_on") or min(dt.date(values["year"], 12, 31), clock.today())
            person = people.ensure_person(people.Identity(values["name"], number.number, place))
            row |= {
                "family": programme.family,
                "id_index": people_queries.id_index(number.number),
                "programme": programme.key,
                "version": programme.version_on(dt.date(values["year"], 12, 31)).key,
                "amount": values["amount"],
                "place": place,
                "year": values["year"],
                "granted_on": paid_on,
                "paid_on": paid_on,
                "state": "PAID",
                "source": values.get("source") or SOURCE,
                "person": person,
            }

        def skip_row(self, instance: Grant, original: Grant, row: dict[str, Any], *args: Any, **kwargs: Any) -> bool:
            if original.pk and (original.year, original.amount) != (instance.year, Decimal(instance.amount or 0)):
                raise ValidationError({"身份证号码": ["每人终身一次，已登记过其他年度的救助"]})
            return bool(super().skip_row(instance, original, row, *args, **kwargs))

    return GrantResource


def alone(count: int) -> None:
    """The import by itself, for its memory: the workbook is on the way in as it would be after an upload."""
    set_up_django()
    data = workbook(count)
    with district() as by:
        ours(data, by)


def claims() -> list[Claim]:
    """Time a row against the peer, memory, the answers, and what a second time changes."""
    set_up_django()
    whole, part = workbook(ROWS), workbook(PEER_ROWS)
    with district() as by:
        theirs = seconds(lambda: peer(part, by))
    with district() as by:
        outcomes: list[Outcome] = []
        mine = seconds(lambda: outcomes.append(ours(whole, by)))
        again = ours(whole, by)
    first = outcomes[0]
    wrong = sum(n % 100 in (*WRONG, *REPEATED) for n in range(ROWS))
    per_row = (theirs / PEER_ROWS) / (mine / ROWS)
    unanswered = sum(not answer for answer in (*first.answers, *again.answers))
    return [
        at_least(
            f"Excel import of {ROWS:,} rows, 3 % bad, 2 % duplicates: times faster than django-import-export",
            per_row, 10, note=f"{mine:.3g} s; the peer {theirs:.3g} s for {PEER_ROWS:,}",
        ),
        at_most("Excel import: peak memory of the process", peak_memory("benchmarks.excel_import:alone", ROWS), 500, "MB"),
        at_most("Excel import: rows without an answer", float(unanswered), 0, "rows"),
        at_most("Excel import: rows refused beyond the 5 % that are wrong", float(abs(first.refused - wrong)), 0, "rows"),
        at_most("Excel import: rows a second run changes", float(again.added), 0, "rows"),
        shown("Excel import: rows a second", ROWS / mine, "rows/s"),
    ]  # fmt: skip
