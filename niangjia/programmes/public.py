"""What anybody may read: named reads of the public views, as the role that can read nothing else."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, connections

from niangjia.core import clock, sealing
from niangjia.programmes import registry
from niangjia.programmes.definition import Programme, Show, Version
from niangjia.programmes.kinds import ObjectionState
from niangjia.programmes.models import NoticeLine

CODE_CONTEXT = "programmes_objection.code"
# Letters and digits nobody mistakes for one another when a code is read out or copied by hand.
CODE_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class PublicRound:
    """A round one may apply in today."""

    id: int
    programme_key: str
    version_key: str
    title: str
    opens_on: dt.date
    closes_on: dt.date
    amount: Decimal | None
    place: str

    @property
    def programme(self) -> Programme:
        return registry.programme(self.programme_key)

    @property
    def version(self) -> Version:
        return registry.version(self.programme_key, self.version_key)

    @property
    def days_left(self) -> int:
        return (self.closes_on - clock.today()).days


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """A notice that runs today, or begins tomorrow."""

    id: int
    title: str
    body: str
    basis: str
    starts_on: dt.date
    ends_on: dt.date
    objection_phone: str
    objection_address: str
    unit_name: str
    notice_days: int
    notice_unit: str
    has_attachment: bool
    lines: int
    shows: tuple[Show, ...]

    @property
    def days_left(self) -> int:
        """Calendar days in which one may still object, today included."""
        return (self.ends_on - clock.today()).days + 1


@dataclass(frozen=True, slots=True)
class PublicLine:
    """A line as it was written: masked when the notice was drafted."""

    order: int
    masked_name: str
    town_name: str
    amount: Decimal | None
    title: str
    village_name: str
    category: str

    @property
    def yuan(self) -> str:
        """The amount as it is written in a list: 10,000, and 833.50 only where there are cents."""
        return "" if self.amount is None else f"{self.amount:,.2f}".removesuffix(".00")

    def cells(self, shows: Iterable[Show]) -> list[str]:
        """What stands under the columns shown."""
        texts = {
            Show.NAME: self.masked_name,
            Show.TITLE: self.title,
            Show.TOWN: self.town_name,
            Show.VILLAGE: self.village_name,
            Show.CATEGORY: self.category,
            Show.AMOUNT: self.yuan,
        }
        return [texts[show] for show in shows]


@dataclass(frozen=True, slots=True)
class PublicFile:
    """The paper of a running notice."""

    name: str
    mime: str
    storage_name: str


@dataclass(frozen=True, slots=True)
class ObjectionAnswer:
    """What became of an objection."""

    state: ObjectionState
    answer: str
    filed_at: dt.datetime
    due_on: dt.date
    answered_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class PublicHonour:
    """An honour that stands. What was not agreed to is empty; without consent to be named it only counts."""

    id: int
    programme_key: str
    version_key: str
    year: int
    category_key: str
    named: bool
    name: str
    town: str
    motto: str
    deeds: str
    story: str
    pictured: bool

    @property
    def programme(self) -> Programme:
        return registry.programme(self.programme_key)

    @property
    def category(self) -> str:
        return registry.version(self.programme_key, self.version_key).category_label(self.category_key)


@dataclass(frozen=True, slots=True)
class PublicPhoto:
    """A picture on the wall of honour."""

    id: int
    honour_id: int
    kind: str
    mime: str
    storage_name: str


Row = tuple[object, ...]


def _read(sql: str, params: Sequence[int] = ()) -> list[Row]:
    with connections["public"].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Row] = cursor.fetchall()
    return rows


def open_rounds() -> list[PublicRound]:
    """Rounds that run today, the one that closes first at the top."""
    rows = _read(
        "SELECT id, programme, version, title, opens_on, closes_on, amount, place FROM public_round "
        "ORDER BY closes_on, id"
    )
    found = [PublicRound(*row) for row in rows]  # type: ignore[arg-type]  # the view's columns, in this order
    return [round_ for round_ in found if round_.version.on_portal]


_NOTICE = (
    "SELECT id, title, body, basis, starts_on, ends_on, objection_phone, objection_address, unit_name, notice_days, "
    "notice_unit, has_attachment, lines, shows FROM public_notice "
)


def running_notices(limit: int = 100) -> list[PublicNotice]:
    """Notices on show, the newest first."""
    rows = _read(_NOTICE + "ORDER BY published_at DESC, id DESC LIMIT %s", [limit])
    return [_notice_of(row) for row in rows]


# What a notice shows that was drafted before notices said so themselves.
FORMERLY = (Show.NAME, Show.TOWN, Show.AMOUNT)


def shown_by(keys: Sequence[str]) -> tuple[Show, ...]:
    """The columns of a notice's lines."""
    return tuple(Show(key) for key in keys) or FORMERLY


def _notice_of(row: Row) -> PublicNotice:
    *known, shows = row
    fields: tuple[Any, ...] = (*known, shown_by(json.loads(str(shows))))  # the view's columns, in this order
    return PublicNotice(*fields)


def line_of(line: NoticeLine) -> PublicLine:
    """A line as the public will see it, for the desk's preview."""
    return PublicLine(
        line.order, line.masked_name, line.town_name, line.amount, line.title, line.village_name, line.category
    )


def notice(pk: int) -> PublicNotice | None:
    """A notice on show, or None."""
    rows = _read(_NOTICE + "WHERE id = %s", [pk])
    return _notice_of(rows[0]) if rows else None


def notice_is_over(pk: int) -> bool:
    """Whether there was such a notice and it is no longer on show."""
    return bool(_read("SELECT id FROM public_notice_ended WHERE id = %s", [pk]))


def notice_lines(pk: int) -> list[PublicLine]:
    rows = _read(
        'SELECT "order", masked_name, town_name, amount, title, village_name, category FROM public_notice_line WHERE notice_id = %s ORDER BY "order"',
        [pk],
    )
    return [PublicLine(*row) for row in rows]  # type: ignore[arg-type]


def notice_file(pk: int) -> PublicFile | None:
    rows = _read("SELECT name, mime, storage_name FROM public_notice_file WHERE notice_id = %s", [pk])
    return PublicFile(*rows[0]) if rows else None  # type: ignore[arg-type]


_HONOUR = "SELECT id, programme, version, year, category, named, name, town, motto, deeds, story, pictured FROM public_honour "
_PHOTO = "SELECT id, honour_id, kind, mime, storage_name FROM public_honour_photo "


def honour_years() -> list[tuple[int, int]]:
    """Years in which honours were given, with how many, the newest first."""
    rows = _read("SELECT year, count(*) FROM public_honour GROUP BY year ORDER BY year DESC")
    return [(year, count) for year, count in rows]  # type: ignore[misc]


def honours_of(year: int) -> list[PublicHonour]:
    """The honours of a year that stand, by line and in the order they were given."""
    rows = _read(_HONOUR + "WHERE year = %s ORDER BY programme, id", [year])
    return [PublicHonour(*row) for row in rows]  # type: ignore[arg-type]


def honour(pk: int) -> PublicHonour | None:
    """One honour that may be named, or None."""
    rows = _read(_HONOUR + "WHERE id = %s AND named", [pk])
    return PublicHonour(*rows[0]) if rows else None  # type: ignore[arg-type]


def honour_photos(pk: int) -> list[PublicPhoto]:
    """The pictures of an honour that may be shown now; for a yard those before the work first."""
    rows = _read(_PHOTO + "WHERE honour_id = %s", [pk])
    found = [PublicPhoto(*row) for row in rows]  # type: ignore[arg-type]
    return sorted(found, key=lambda one: (one.kind == "AFTER", one.id))


def honour_photo(pk: int) -> PublicPhoto | None:
    rows = _read(_PHOTO + "WHERE id = %s", [pk])
    return PublicPhoto(*rows[0]) if rows else None  # type: ignore[arg-type]


def objection_code(number: str) -> str:
    """The code that belongs to an objection's number: numbers can be counted up, codes cannot.

    Derived with the key of the blind indexes, so nothing needs to be stored and nobody without the key can make one.
    """
    digest = sealing.blind(number, context=CODE_CONTEXT)
    value = int.from_bytes(digest, "big")
    letters = []
    for _ in range(CODE_LENGTH):
        value, letter = divmod(value, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return "".join(letters)


def objection_answer(number: str) -> ObjectionAnswer | None:
    """What became of an objection, None if there is none of this number. Asked as a visitor, in her transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, answer, filed_at, due_on, answered_at FROM programmes_objection_answer(%s)", [number]
        )
        row = cursor.fetchone()
    return ObjectionAnswer(ObjectionState(row[0]), *row[1:]) if row else None
