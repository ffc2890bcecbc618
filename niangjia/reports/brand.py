"""What stands behind a brand: figures of its programmes, records tagged with it, and what it offers now.

Two queries joined: the measures of the programmes whose records carry the brand by default, and the tags single records
carry. Nothing is stored; what the reader may not see is not in it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO, Final

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.brands import queries
from niangjia.brands.models import Brand
from niangjia.brands.queries import PublicBrand, PublicTag
from niangjia.core import codes, measures
from niangjia.core.codes import Level
from niangjia.core.measures import Kind, Measure
from niangjia.letters.kinds import Column, Table
from niangjia.letters.sheets import write_table
from niangjia.org import queries as org
from niangjia.programmes import public, registry
from niangjia.programmes.public import PublicRound


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of a programme: the whole, and its places."""

    measure: Measure
    value: Decimal
    places: dict[str, Decimal]

    @property
    def label(self) -> str:
        """What is counted, under a heading that names the programme already."""
        return self.measure.label.rpartition("：")[2]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one programme brought to the brand in a period."""

    programme: str
    name: str
    figures: tuple[Figure, ...]
    tagged: int
    tagged_by_place: dict[str, int]


@dataclass(frozen=True, slots=True)
class BrandReport:
    """``since`` is the first day counted, ``until`` the first no longer counted. ``places`` in code order."""

    brand: Brand
    place: str
    since: dt.date
    until: dt.date
    shelves: tuple[Shelf, ...]
    places: tuple[str, ...]
    tagged: int


# Rooms that are no programme of the engine, whose records carry a brand by default too: name and what residents are told.
ROOMS: Final = {"wishes": ("微心愿", "孩子、妇女和老人的小愿望，认领后由村（社区）妇联转交。")}


def programme_name(key: str) -> str:
    """What a programme is called; records tagged without one stand under “其他活动”."""
    if not key:
        return "其他活动"
    known = registry.programmes().get(key)
    return known.name if known else ROOMS.get(key, (key, ""))[0]


def report(brand: Brand, *, place: str, since: dt.date, until: dt.date) -> BrandReport:
    """The figures of a brand in a place and a half-open period, by programme and by the places one tier below."""
    level = Level(min(codes.level_of(place) + 1, Level.VILLAGE))
    keys = queries.programmes_of(brand)
    own = [measure for measure in measures.all_measures() if measure.key.partition(".")[0] in keys]
    split = measures.by_place_of(own, level=level, within=place, since=since, until=until)
    # The whole of a count is the sum of its places; of persons, shares and levels it must be asked for.
    apart = [measure for measure in own if measure.kind not in (Kind.COUNT, Kind.SUM)]
    whole = measures.by_place_of(apart, level=codes.level_of(place), within=place, since=since, until=until)
    tags = queries.tags(brand, place=place, since=since, until=until)
    tagged: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for programme, code in tags.order_by("id").values_list("programme", "place"):
        tagged[programme][codes.pad(code[: level.digits])] += 1
    shelves = []
    for key in [*keys, *sorted(set(tagged) - set(keys))]:
        figures = tuple(
            Figure(measure, sum(whole.get(measure.key, split[measure.key]).values(), Decimal(0)), split[measure.key])
            for measure in own
            if measure.key.partition(".")[0] == key
        )
        here = dict(tagged.get(key, {}))
        shelves.append(Shelf(key, programme_name(key), figures, sum(here.values()), here))
    places = {code for shelf in shelves for code in shelf.tagged_by_place}
    places |= {code for by_code in split.values() for code in by_code}
    return BrandReport(
        brand, place, since, until, tuple(shelves), tuple(sorted(places)), sum(shelf.tagged for shelf in shelves)
    )


TABLE = Table(
    "brand",
    "服务品牌统计",
    (
        Column("programme", "项目", width=24),
        Column("figure", "指标", width=34),
        Column("unit", "单位", width=8),
        Column("place", "地方", width=24),
        Column("value", "数值", width=14, numeric=True),
    ),
)
WHOLE = "合计"


def rows(found: BrandReport) -> Iterator[tuple[object, ...]]:
    """One line a figure and place, the whole first."""
    for shelf in found.shelves:
        for figure in shelf.figures:
            yield shelf.name, figure.measure.label, figure.measure.unit, WHOLE, _round(figure.value)
            for code, value in figure.places.items():
                yield shelf.name, figure.measure.label, figure.measure.unit, org.place_name(code), _round(value)
        if shelf.tagged:
            yield shelf.name, "标了本品牌的记录", "件", WHOLE, shelf.tagged
            for code, number in sorted(shelf.tagged_by_place.items()):
                yield shelf.name, "标了本品牌的记录", "件", org.place_name(code), number


def _round(value: Decimal) -> Decimal:
    return round(value, 4).normalize() if value else Decimal(0)


def write(out: BinaryIO, found: BrandReport, *, why: str, by: Acting) -> int:
    """The report as Excel; the trail keeps that and why."""
    by.require(Verb.BRAND_READ)
    title = f"{found.brand.name} {found.since:%Y-%m-%d} 至 {found.until - dt.timedelta(days=1):%Y-%m-%d}"
    count = write_table(out, TABLE, rows(found), title=title)
    record(
        by=by, stream="export:brands", verb="brand.export", subject=f"brand:{found.brand.pk}", place=found.place,
        summary={"brand": found.brand.key, "lines": count, "why": why},
    )  # fmt: skip
    return count


@dataclass(frozen=True, slots=True)
class Offer:
    """What a brand offers anybody now: programmes in words, rounds one may apply in, and what it shows."""

    programmes: tuple[tuple[str, str], ...]
    rounds: tuple[PublicRound, ...]
    activities: tuple[PublicTag, ...]
    notices: tuple[PublicTag, ...]


def offer(brand: PublicBrand) -> Offer:
    """Everything from the public views: no name of a person is in it."""
    told = {key: (one.name, one.summary) for key, one in registry.programmes().items()} | ROOMS
    shown = queries.public_tags(brand.id)
    return Offer(
        programmes=tuple(told[key] for key in brand.programmes if key in told),
        rounds=tuple(round_ for round_ in public.open_rounds() if round_.programme_key in brand.programmes),
        activities=tuple(tag for tag in shown if not tag.subject.startswith("notice:")),
        notices=tuple(tag for tag in shown if tag.subject.startswith("notice:") and public.notice(_number(tag))),
    )


def _number(tag: PublicTag) -> int:
    return int(tag.subject.partition(":")[2])
