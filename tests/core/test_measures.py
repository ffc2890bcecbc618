import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.db.models import F, Q
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import isolate_apps

from niangjia.core import clock, measures
from niangjia.core.codes import Level
from niangjia.core.fields import CodeField
from niangjia.core.measures import Kind, Measure, MeasureError
from niangjia.core.registry import Registry, RegistryError

DISTRICT, TOWN = "500102000000", "500102006000"
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))

with isolate_apps():

    class Woman(models.Model):
        place = CodeField()

        class Meta:
            app_label = "core_measure_tests"
            db_table = "woman"

        def __str__(self) -> str:
            return "woman"

    class Grant(models.Model):
        woman = models.ForeignKey(Woman, models.PROTECT)
        paid_on = models.DateField(null=True)
        seen_at = models.DateTimeField()
        amount = models.DecimalField(max_digits=12, decimal_places=2)
        ended_on = models.DateField(null=True)
        on_time = models.BooleanField()

        class Meta:
            app_label = "core_measure_tests"
            db_table = "grants"
            ordering = ["amount"]

        def __str__(self) -> str:
            return f"grant of {self.paid_on}"


def a_measure(kind: Kind = Kind.COUNT, **given: Any) -> Measure:
    fields: dict[str, Any] = {
        "key": "grants.paid",
        "label": "发放救助",
        "unit": "人次",
        "kind": kind,
        "records": lambda: models.QuerySet(Grant),
        "place": "woman__place",
        "at": "paid_on",
        **given,
    }
    return Measure(**fields)


SHARE = a_measure(Kind.SHARE, unit="%", numerator=Q(on_time=True))
LEVEL = a_measure(Kind.LEVEL, unit="人", ended="ended_on")


def plain(statement: str) -> str:
    """The statement without the quotes that no name here needs, and without the driver's names of number types."""
    return re.sub(r"Int4\((\d+)\)", r"\1", statement).replace('"', "")


class Answers:
    """The database's part: takes each statement down and answers with the next of the rows prepared."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.rows: list[list[tuple[Any, ...]]] = []

    def execute(self, compiler: SQLCompiler, result_type: str = "multi", **_: Any) -> Any:
        statement, parameters = compiler.as_sql()
        self.statements.append(plain(statement % parameters))
        rows = self.rows.pop(0)
        return rows[0] if result_type == "single" else [rows]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Answers:
    answers = Answers()
    monkeypatch.setattr(SQLCompiler, "execute_sql", lambda compiler, *args, **kwargs: answers.execute(compiler, *args))
    return answers


def condition(query: "models.QuerySet[Any]") -> str:
    """What follows WHERE."""
    return plain(str(query.query)).partition(" WHERE ")[2]


def test_the_records_of_a_place_and_a_period_are_found_by_ranges_and_come_newest_first() -> None:
    assert condition(measures.records(a_measure(), place=TOWN, since=JANUARY, until=FEBRUARY)) == (
        "(woman.place >= 500102006000 AND woman.place < 500102007 "
        "AND grants.paid_on >= 2026-01-01 AND grants.paid_on < 2026-02-01) "
        "ORDER BY grants.paid_on DESC, grants.id DESC"
    )


def test_a_moment_is_compared_with_the_first_moment_of_the_day_in_china() -> None:
    measure = a_measure(at="seen_at", place="woman__place")
    assert condition(measures.records(measure, since=JANUARY)) == (
        "grants.seen_at >= 2026-01-01 00:00:00+08:00 ORDER BY grants.seen_at DESC, grants.id DESC"
    )


def test_records_that_have_not_happened_are_not_counted() -> None:
    assert condition(measures.records(a_measure())) == (
        "grants.paid_on IS NOT NULL ORDER BY grants.paid_on DESC, grants.id DESC"
    )


def test_a_distinct_measure_lists_only_records_that_have_what_it_tells_apart() -> None:
    assert condition(measures.records(a_measure(Kind.DISTINCT, value="ended_on"), until=FEBRUARY)) == (
        "(grants.paid_on < 2026-02-01 AND grants.ended_on IS NOT NULL) ORDER BY grants.paid_on DESC, grants.id DESC"
    )


def test_a_level_is_what_stands_when_the_period_ends_whenever_it_began() -> None:
    standing = condition(measures.records(LEVEL, since=JANUARY, until=FEBRUARY))
    assert standing == (
        "(grants.paid_on < 2026-02-01 AND (grants.ended_on IS NULL OR grants.ended_on >= 2026-02-01)) "
        "ORDER BY grants.paid_on DESC, grants.id DESC"
    )


def test_a_level_without_an_end_of_the_period_is_what_stands_today() -> None:
    with clock.frozen(date(2026, 1, 31)):
        assert condition(measures.records(LEVEL)) == condition(measures.records(LEVEL, until=FEBRUARY))


@pytest.mark.parametrize(
    ("measure", "selected"),
    [
        (a_measure(), "COUNT(*) AS measure_value"),
        (a_measure(Kind.SUM, value="amount"), "SUM(grants.amount) AS measure_value"),
        (a_measure(Kind.SUM, value=F("amount") * 2), "SUM((grants.amount * 2)) AS measure_value"),
        (a_measure(Kind.SUM, value="amount", per=10_000), "(SUM(grants.amount) / 10000) AS measure_value"),
        (a_measure(Kind.DISTINCT, value="woman"), "COUNT(DISTINCT grants.woman_id) AS measure_value"),
        (SHARE, "COUNT(grants.id) FILTER (WHERE grants.on_time) AS measure_value, COUNT(*) AS measure_whole"),
        (LEVEL, "COUNT(*) AS measure_value"),
    ],
)
def test_the_value_is_one_aggregate_over_the_records(database: Answers, measure: Measure, selected: str) -> None:
    database.rows = [[(3, 4)]]
    measures.value(measure, place=TOWN, since=JANUARY, until=FEBRUARY)
    listed = condition(measures.records(measure, place=TOWN, since=JANUARY, until=FEBRUARY)).partition(" ORDER")[0]
    (statement,) = database.statements
    assert statement == f"SELECT {selected} FROM grants INNER JOIN woman ON (grants.woman_id = woman.id) WHERE {listed}"


@pytest.mark.parametrize(
    ("measure", "row", "figure"),
    [
        (a_measure(), (3,), Decimal(3)),
        (a_measure(Kind.SUM, value="amount"), (Decimal("10000.50"),), Decimal("10000.50")),
        (a_measure(Kind.SUM, value="amount"), (None,), Decimal(0)),
        (SHARE, (3, 4), Decimal(75)),
        (SHARE, (0, 0), Decimal(0)),
    ],
)
def test_the_figure_is_a_decimal(database: Answers, measure: Measure, row: tuple[Any, ...], figure: Decimal) -> None:
    database.rows = [[row]]
    assert measures.value(measure) == figure


class Cursor:
    """The database's part where a statement is put together by hand."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows = rows
        self.statement = ""

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def execute(self, statement: str, parameters: list[Any]) -> None:
        self.statement = plain(statement % tuple(parameters))

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows


def cursor(monkeypatch: pytest.MonkeyPatch, *rows: tuple[Any, ...]) -> Cursor:
    found = Cursor(list(rows))
    monkeypatch.setattr(measures, "connection", type("Connection", (), {"cursor": staticmethod(lambda: found)}))
    return found


@pytest.mark.parametrize(("level", "prefix"), [(Level.DISTRICT, 6), (Level.TOWN, 9), (Level.VILLAGE, 12)])
def test_the_split_by_place_adds_up_places_before_it_cuts_their_codes(
    monkeypatch: pytest.MonkeyPatch, level: Level, prefix: int
) -> None:
    asked = cursor(monkeypatch)
    measures.by_place(a_measure(), level=level, within=DISTRICT, until=FEBRUARY)
    assert asked.statement == (
        f"SELECT grants.paid AS measure_key, one.* FROM (SELECT left(measure_own, {prefix}) AS measure_place, "
        "sum(measure_value) AS measure_value, sum(measure_whole) AS measure_whole FROM (SELECT woman.place AS measure_own, "
        "COUNT(*) AS measure_value, (NULL)::bigint AS measure_whole FROM grants INNER JOIN woman ON (grants.woman_id = woman.id) "
        "WHERE (woman.place >= 500102000000 AND woman.place < 500103 AND grants.paid_on < 2026-02-01) GROUP BY 1, 3) own "
        "GROUP BY 1) one ORDER BY 1, 2"
    )


def test_different_values_are_told_apart_within_the_place_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = cursor(monkeypatch)
    measures.by_place(a_measure(Kind.DISTINCT, value="ended_on"), level=Level.TOWN, within=TOWN)
    assert asked.statement == (
        "SELECT grants.paid AS measure_key, one.* FROM (SELECT measure_place, count(*) AS measure_value, "
        "NULL::bigint AS measure_whole FROM (SELECT DISTINCT LEFT(woman.place, 9) AS measure_place, "
        "grants.ended_on AS measure_one FROM grants INNER JOIN woman ON (grants.woman_id = woman.id) "
        "WHERE (woman.place >= 500102006000 AND woman.place < 500102007 AND grants.paid_on IS NOT NULL "
        "AND grants.ended_on IS NOT NULL)) pair GROUP BY measure_place) one ORDER BY 1, 2"
    )


def test_the_split_by_place_is_by_whole_codes_and_wider_records_stand_under_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cursor(monkeypatch, ("grants.paid", "500102000", 1, 2), ("grants.paid", "500102006", 2, 2))
    assert measures.by_place(SHARE, level=Level.TOWN, within=DISTRICT) == {DISTRICT: Decimal(50), TOWN: Decimal(100)}


def test_no_measure_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = cursor(monkeypatch)
    assert measures.by_place_of([], level=Level.TOWN, within=DISTRICT) == {}
    assert asked.statement == ""


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: a_measure(unit=""), "指标“grants.paid”缺少unit。"),
        (lambda: a_measure(place=""), "指标“grants.paid”缺少place。"),
        (lambda: a_measure(Kind.SUM), "指标“grants.paid”是SUM，缺少value。"),
        (lambda: a_measure(Kind.SHARE), "指标“grants.paid”是SHARE，缺少numerator。"),
        (lambda: a_measure(Kind.COUNT, value="amount"), "指标“grants.paid”是COUNT，不应有value。"),
        (lambda: a_measure(Kind.COUNT, per=10_000), "指标“grants.paid”是COUNT，不应有per。"),
        (lambda: a_measure(Kind.COUNT, ended="ended_on"), "指标“grants.paid”是COUNT，不应有ended。"),
        (
            lambda: a_measure(Kind.DISTINCT, value=F("woman")),
            "指标“grants.paid”是DISTINCT，value须为字段路径。",
        ),
    ],
)
def test_a_measure_says_at_the_start_what_it_lacks(make: Callable[[], Measure], message: str) -> None:
    with pytest.raises(MeasureError) as error:
        make()
    assert str(error.value) == message


def test_measures_are_declared_once_before_the_start_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "_registry", Registry[Measure]("指标"))
    measure = measures.register(a_measure())
    assert (measures.get("grants.paid"), measures.all_measures()) == (measure, (measure,))
    measures.freeze()
    with pytest.raises(RegistryError):
        measures.register(a_measure(key="grants.other"))


def test_a_list_row_reads_as_the_record_does_unless_told_otherwise() -> None:
    assert a_measure().caption(Grant(paid_on=JANUARY)) == "grant of 2026-01-01"
