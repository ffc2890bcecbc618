"""What the database alone refuses: raw statements, and many hands at once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from niangjia.access.acting import acting_as
from niangjia.core.refused import Refused
from niangjia.stock import actions, queries
from niangjia.stock.models import HandOut, Move
from tests.personas import FULING, District
from tests.stock.conftest import Depot, arrived

MOVE = (
    'INSERT INTO stock_move (slip, batch_id, unit_id, place, act, delta, "on", note, by, by_account, at) '
    "SELECT gen_random_uuid(), {batch}, id, {place}, '{act}', {delta}, current_date, 'x', 'x', 1, now() "
    "FROM org_unit WHERE short_name = '{unit}'"
)


def line(depot: Depot, *, act: str, delta: int, unit: str = "敦仁街道妇联", place: str = "place") -> str:
    return MOVE.format(batch=depot.batch.pk, act=act, delta=delta, unit=unit, place=place)


@pytest.mark.parametrize(
    ("act", "delta", "unit", "place", "constraint"),
    [
        ("LOST", -6, "敦仁街道妇联", "place", "stock_move_never_negative"),
        ("RECEIVED", 5, "敦仁街道妇联", "place", "stock_move_arrival"),
        ("LOST", 5, "敦仁街道妇联", "place", "stock_move_sign"),
        ("HANDED_OUT", -1, "敦仁街道妇联", "place", "stock_move_of_hand_out"),
        ("LOST", -1, "崇义街道妇联", "'500102006000'", "stock_move_place_of_unit"),
        ("COUNTED", 0, "敦仁街道妇联", "place", "stock_move_some"),
    ],
)
def test_a_move_that_cannot_be_is_refused_by_the_database(
    depot: Depot, act: str, delta: int, unit: str, place: str, constraint: str
) -> None:
    depot.pass_on(5)
    with acting_as(depot.district.acting("dunren")):
        with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(line(depot, act=act, delta=delta, unit=unit, place=place))
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.diag.constraint_name == constraint


def test_goods_are_not_passed_from_nowhere(depot: Depot) -> None:
    with acting_as(depot.district.acting("dunren")), connection.cursor() as cursor:
        cursor.execute(line(depot, act="ALLOCATED", delta=5))
        with pytest.raises(IntegrityError, match="what one unit gets another gives"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS stock_move_balanced IMMEDIATE")
        transaction.set_rollback(True)


def test_a_hand_out_without_its_move_does_not_commit(depot: Depot) -> None:
    depot.pass_on(5)
    with acting_as(depot.district.acting("dunren")), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO stock_handout (batch_id, kind_id, unit_id, place, subject, once_key, count, "on", receiver, by, '
            "by_account, at, ended_as) VALUES (%s, %s, %s, %s, 'case:1', 'x', 1, current_date, '', 'x', 1, now(), '')",
            [depot.batch.pk, depot.batch.kind_id, depot.town.pk, depot.town.place],
        )
        with pytest.raises(IntegrityError, match="a hand-out has its moves"), transaction.atomic():
            cursor.execute("SET CONSTRAINTS stock_handout_moved IMMEDIATE")
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stock_move SET delta = 1",
        "DELETE FROM stock_move",
        "DELETE FROM stock_handout",
        "UPDATE stock_handout SET count = 9",
        "UPDATE stock_stockcount SET found = 9",
        "UPDATE stock_gift SET amount = 1",
        "DELETE FROM stock_batch",
    ],
)
def test_the_ledger_is_never_changed(depot: Depot, statement: str) -> None:
    with acting_as(depot.officer), pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_town_sees_its_own_lines_and_changes_neither_batches_nor_kinds(depot: Depot) -> None:
    depot.pass_on(5)
    depot.pass_on(5, "崇义街道妇联")
    with acting_as(depot.district.acting("dunren")), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT place FROM stock_move")
        seen = cursor.fetchall()
        changed = []
        for table in ("stock_batch SET note = 'x'", "stock_goodskind SET value = 1"):
            cursor.execute(f"UPDATE {table}")
            changed.append(cursor.rowcount)
    assert (seen, changed) == ([("500102006000",)], [0, 0])


@pytest.mark.parametrize("who", ["health", None])
@pytest.mark.parametrize(
    "table", ["stock_move", "stock_batch", "stock_handout", "stock_gift", "stock_stockcount", "stock_goodskind"]
)
def test_departments_and_residents_read_nothing_of_goods(district: District, who: str | None, table: str) -> None:
    by = district.acting(who) if who else district.resident()
    with acting_as(by), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")


def together(hands: int, act: object) -> list[str]:
    """What became of so many attempts at the same moment, each on a connection of its own."""
    barrier = Barrier(hands)

    def one(number: int) -> str:
        try:
            barrier.wait(10)
            act(number)  # type: ignore[operator]
        except Refused as refused:
            return str(refused)
        except DatabaseError as error:
            return repr(error)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(hands) as pool:
        return sorted(pool.map(one, range(1, hands + 1)))


@pytest.mark.django_db(transaction=True)
def test_ten_hands_reach_for_four_parcels_and_four_get_one() -> None:
    district = District()
    depot = Depot(district, arrived(district))
    depot.pass_on(4)
    results = together(10, lambda number: depot.give(f"case:{number}"))
    assert results.count("done") == 4
    assert set(results) - {"done"} == {"敦仁街道妇联的“2026年第一批”现有0件，不够1件。"}
    with acting_as(depot.officer):
        assert (queries.balance(depot.batch.pk, depot.town.pk), HandOut.objects.count()) == (0, 4)


@pytest.mark.django_db(transaction=True)
def test_one_subject_asked_for_by_eight_hands_in_two_towns_receives_once() -> None:
    district = District()
    depot = Depot(district, arrived(district))
    depot.pass_on(20)
    depot.pass_on(20, "崇义街道妇联")

    def give(number: int) -> None:
        who, unit = ("dunren", "敦仁街道妇联") if number % 2 else ("chongyi", "崇义街道妇联")
        depot.give("case:77", who=who, unit=unit)

    results = together(8, give)
    assert (results.count("done"), len(set(results))) == (1, 2)
    with acting_as(depot.officer):
        assert sum(queries.balances(FULING).values()) == 99


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_six_fingers_counts_once() -> None:
    district = District()
    depot, slip = Depot(district, arrived(district)), uuid.uuid4()

    def send(number: int) -> None:
        with acting_as(depot.officer):
            actions.allocate(
                batch_id=depot.batch.pk, to=depot.town, count=5, source=depot.top, by=depot.officer, slip=slip
            )

    results = together(6, send)
    assert set(results) <= {"done", "这张单已登记过，没有重复登记。"}
    with acting_as(depot.officer):
        assert Move.objects.filter(slip=slip).count() == 2
