"""Measures: a figure and the list behind it are the same query.

A ``Measure`` is declared once, beside the records it counts. It gives the value, the split by place and by month, and
the records themselves. Who may see which records is the database's decision; nothing is filtered by permission here.

Periods are half-open: ``since`` is the first day counted, ``until`` the first day no longer counted, both as days in
China, as ``clock.month_bounds`` gives them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db import connection
from django.db.models import Aggregate, BigIntegerField, Count, DateField, DateTimeField, F, Q, QuerySet, Sum, Value
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.functions import Cast, Left

from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.core.registry import Registry

Records = QuerySet[Any, Any]


class Kind(Enum):
    COUNT = "count"  # 人次, 件, 场: records
    SUM = "sum"  # 万元: the value of the records added up
    DISTINCT = "distinct"  # 人, 户: different values among the records
    SHARE = "share"  # %: the part of the records that meets a condition
    LEVEL = "level"  # what stands at a moment: records begun and not yet ended


class MeasureError(ValueError):
    """A measure declared without something it needs."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One figure the house can give.

    ``records`` makes the query of the records counted; ``place`` and ``at`` are field paths of their division code and
    of their date (or aware datetime); a record without ``at`` has not happened and is not counted. ``value`` is what
    SUM adds up (a field path or an expression) and what DISTINCT tells apart (a field path; records without it are not
    counted). ``per`` is how many of the value added up make one unit (10,000 元 are 1 万元). ``numerator`` is the condition of a SHARE. ``ended`` is the field path of the date a LEVEL's record
    stopped, where it can stop. ``caption`` is the line a record has in the list, ``detail`` the route name and the
    arguments of its page, None for a record without one.
    """

    key: str
    label: str
    unit: str
    kind: Kind
    records: Callable[[], Records]
    place: str
    at: str
    caption: Callable[[Any], str] = str
    detail: Callable[[Any], tuple[str, dict[str, Any]] | None] | None = None
    value: str | Combinable | None = None
    per: int = 1
    numerator: Q | None = None
    ended: str | None = None

    def __post_init__(self) -> None:
        for name in ("key", "label", "unit", "place", "at"):
            if not getattr(self, name):
                raise MeasureError(f"指标“{self.key}”缺少{name}。")
        needs = {Kind.SUM: {"value"}, Kind.DISTINCT: {"value"}, Kind.SHARE: {"numerator"}}.get(self.kind, set())
        may = needs | ({"ended"} if self.kind is Kind.LEVEL else set())
        given = {name for name in ("value", "numerator", "ended") if getattr(self, name) is not None}
        if needs - given:
            raise MeasureError(f"指标“{self.key}”是{self.kind.name}，缺少{'、'.join(needs - given)}。")
        if given - may:
            raise MeasureError(f"指标“{self.key}”是{self.kind.name}，不应有{'、'.join(sorted(given - may))}。")
        if self.per != 1 and self.kind is not Kind.SUM:
            raise MeasureError(f"指标“{self.key}”是{self.kind.name}，不应有per。")
        if self.kind is Kind.DISTINCT and not isinstance(self.value, str):
            raise MeasureError(f"指标“{self.key}”是DISTINCT，value须为字段路径。")


# Typed: the branches of a UNION must agree.
NO_WHOLE = Cast(Value(None), BigIntegerField())

_registry = Registry[Measure]("指标")


def register(measure: Measure) -> Measure:
    """Declare a measure, at start. Raises RegistryError if its key is taken."""
    return _registry.register(measure.key, measure)


def get(key: str) -> Measure:
    """Raises RegistryError for a key nobody declared."""
    return _registry.get(key)


def all_measures() -> tuple[Measure, ...]:
    return tuple(_registry)


def freeze() -> None:
    """Take no further measure: the start is over."""
    _registry.freeze()


def records(
    measure: Measure, *, place: str | None = None, since: date | None = None, until: date | None = None
) -> Records:
    """The records the value counts, newest first; for a SHARE those of the whole, which its numerator narrows."""
    query = _in_place(measure, place)
    if measure.kind is Kind.LEVEL:
        query = _standing(query, measure, until)
    else:
        query = _between(query, measure.at, since, until)
    if measure.kind is Kind.DISTINCT:
        query = query.filter(**{f"{measure.value}__isnull": False})
    return query.order_by(F(measure.at).desc(), "-pk")


def value(
    measure: Measure, *, place: str | None = None, since: date | None = None, until: date | None = None
) -> Decimal:
    """The figure, in the measure's unit. A SHARE is in percent, and 0 where there is nothing to take a part of.

    A LEVEL is what stands when ``until`` begins (now, if it is not given); ``since`` does not touch it.
    """
    query = records(measure, place=place, since=since, until=until).order_by()
    return _figure(query.aggregate(**_aggregates(measure)))


def by_place(
    measure: Measure, *, level: Level, within: str, since: date | None = None, until: date | None = None
) -> dict[str, Decimal]:
    """The figure for every place of a tier inside another, by 12-character code: one GROUP BY.

    Places without records are not in it. Records that belong to a wider place than the tier asked for stand under that
    place's own code. A DISTINCT figure of the whole is not the sum of its places: ask ``value`` for it.
    """
    return by_place_of([measure], level=level, within=within, since=since, until=until)[measure.key]


def by_place_of(
    measures: Sequence[Measure],
    *,
    level: Level,
    within: str,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, dict[str, Decimal]]:
    """``by_place`` of several measures, by their keys, in one statement however many they are."""
    statements: list[str] = []
    parameters: list[Any] = []
    for measure in measures:
        query = records(measure, place=within, since=since, until=until).order_by()
        statement, given = _by_place(measure, query, level)
        statements.append(f"SELECT %s AS measure_key, one.* FROM ({statement}) one")  # noqa: S608 Django's own text
        parameters += [measure.key, *given]
    found: dict[str, dict[str, Decimal]] = {measure.key: {} for measure in measures}
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements) + " ORDER BY 1, 2", parameters)
            for key, place, counted, whole in cursor.fetchall():
                found[key][codes.pad(place)] = _figure({"measure_value": counted, "measure_whole": whole})
    return found


def _by_place(measure: Measure, query: Records, level: Level) -> tuple[str, list[Any]]:
    """One statement of three columns: the place, its value, and the whole a SHARE is taken of.

    Records are added up by their own place before the places are cut to the tier asked for: the other way round every
    record is cut. Different values are found by hashing before they are counted: ``count(DISTINCT)`` would sort them all.
    """
    if measure.kind is Kind.DISTINCT:
        pairs = query.values(
            measure_place=Left(measure.place, level.digits), measure_one=F(str(measure.value))
        ).distinct()
        inner, parameters = pairs.query.sql_with_params()
        outer = "SELECT measure_place, count(*) AS measure_value, NULL::bigint AS measure_whole"
        return f"{outer} FROM ({inner}) pair GROUP BY measure_place", list(parameters)
    aggregates = {"measure_whole": NO_WHOLE, **_aggregates(measure)}
    groups = query.values(measure_own=F(measure.place)).annotate(**aggregates)
    inner, parameters = groups.values("measure_own", "measure_value", "measure_whole").query.sql_with_params()
    outer = "SELECT left(measure_own, %s) AS measure_place, sum(measure_value) AS measure_value, sum(measure_whole) AS measure_whole"
    return f"{outer} FROM ({inner}) own GROUP BY 1", [level.digits, *parameters]


def until_each(
    measure: Measure, ends: Sequence[date], *, place: str | None = None, since: date | None = None
) -> dict[date, Decimal]:
    """The figure from ``since`` until each of several days, in one statement: a DISTINCT one does not add up by month."""
    parts = []
    for end in ends:
        query = records(measure, place=place, since=since, until=end).order_by()
        aggregates = {"measure_whole": NO_WHOLE, **_aggregates(measure)}
        groups = query.values(measure_until=Value(end, DateField())).annotate(**aggregates)
        parts.append(groups.values("measure_until", "measure_value", "measure_whole"))
    found = dict.fromkeys(ends, Decimal(0))
    for row in parts[0].union(*parts[1:], all=True) if parts else ():
        found[row["measure_until"]] = _figure(row)
    return found


def _in_place(measure: Measure, place: str | None) -> Records:
    query = measure.records()
    if place is None:
        return query
    low, high = codes.subtree(place)
    return query.filter(**{f"{measure.place}__gte": low, f"{measure.place}__lt": high})


def _between(query: Records, path: str, since: date | None, until: date | None) -> Records:
    """Records whose date lies in the period; one that has no date has not happened."""
    if since is None and until is None:
        return query.filter(**{f"{path}__isnull": False})
    if since is not None:
        query = query.filter(**{f"{path}__gte": _bound(query, path, since)})
    if until is not None:
        query = query.filter(**{f"{path}__lt": _bound(query, path, until)})
    return query


def _standing(query: Records, measure: Measure, until: date | None) -> Records:
    until = until or _tomorrow()
    query = _between(query, measure.at, None, until)
    if measure.ended is None:
        return query
    stays = Q(**{f"{measure.ended}__isnull": True}) | Q(
        **{f"{measure.ended}__gte": _bound(query, measure.ended, until)}
    )
    return query.filter(stays)


def _bound(query: Records, path: str, day: date) -> date:
    """The day itself for a date column, its first moment in China for a datetime column."""
    return datetime.combine(day, time.min, clock.CHINA) if _is_moment(query, path) else day


def _is_moment(query: Records, path: str) -> bool:
    return isinstance(F(path).resolve_expression(query.query.clone()).output_field, DateTimeField)


def _aggregates(measure: Measure) -> dict[str, Aggregate | CombinedExpression]:
    match measure.kind:
        case Kind.SUM:
            added = Sum(measure.value)
            return {"measure_value": added if measure.per == 1 else added / measure.per}
        case Kind.DISTINCT:
            return {"measure_value": Count(str(measure.value), distinct=True)}
        case Kind.SHARE:
            return {"measure_value": Count("pk", filter=measure.numerator), "measure_whole": Count("*")}
        case Kind.COUNT | Kind.LEVEL:
            return {"measure_value": Count("*")}


def _figure(row: Mapping[str, Any]) -> Decimal:
    found = Decimal(str(row["measure_value"] or 0))
    whole = row.get("measure_whole")
    if whole is None:
        return found
    return found * 100 / whole if whole else Decimal(0)


def _tomorrow() -> date:
    return clock.today() + clock.ONE_DAY
