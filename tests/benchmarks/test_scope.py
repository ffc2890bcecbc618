"""The benchmark of row security asks both sides the same, over rows that are as the application would have them."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections

from benchmarks import _world, scope
from config.environment import Server
from niangjia.core import codes
from niangjia.core.codes import Level
from niangjia.programmes.models import Case

PLACES = ["500102006001", "500102006003", "500102007001"]
DUNREN, CHONGYI = "500102006000", "500102007000"
COUNT = 600

in_database = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def filled(template: Server) -> Iterator[psycopg.Connection]:
    """Six hundred cases in three villages, and the connection that filled them in."""
    name = str(connections.settings["default"]["NAME"])
    with psycopg.connect(template.conninfo(dbname=name), autocommit=True) as administrator:
        before = shape(administrator)
        _world.fill_cases(administrator, COUNT, PLACES)
        assert shape(administrator) == before
        yield administrator


def shape(administrator: psycopg.Connection) -> list[tuple[str, ...]]:
    """Indexes and triggers of the table."""
    return administrator.execute(
        "SELECT pg_get_indexdef(indexrelid), '' FROM pg_index WHERE indrelid = 'programmes_case'::regclass "
        "UNION SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgrelid = 'programmes_case'::regclass ORDER BY 1"
    ).fetchall()


def test_the_tree_has_the_villages_of_the_whole_municipality() -> None:
    places = _world.villages()
    assert (len(places), len(set(places)), len({codes.town_of(code) for code in places})) == (11_270, 11_270, 1_031)
    assert {codes.level_of(code) for code in places} == {Level.VILLAGE}


def test_the_five_towns_have_different_sizes() -> None:
    places = _world.villages()
    sizes = [sum(codes.contains(town, code) for code in places) for town in scope.towns(places)]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 5


@in_database
def test_cases_lie_in_the_places_given_and_are_whole(filled: psycopg.Connection) -> None:
    cases = Case.objects.using("owner").select_related("round", "person")
    assert cases.count() == COUNT
    assert set(cases.values_list("place", flat=True)) == set(PLACES)
    assert {len(case.sealed_answers.sealed) for case in cases if case.sealed_answers} == {608}
    assert {(case.round.title, case.person and case.person.sex) for case in cases} == {("第0批", "F")}


@in_database
def test_an_officer_is_asked_what_the_owner_is_asked_by_hand(filled: psycopg.Connection) -> None:
    found = scope.measured([DUNREN, CHONGYI], pairs=2)
    assert [claim.bound for claim in found] == [1.15, 1.15, 1.15, None]
    assert min(claim.value for claim in found[:3]) > 0


@in_database
def test_two_different_answers_are_not_timed(filled: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    by_hand = scope.in_range_by_hand
    monkeypatch.setattr(scope, "in_range_by_hand", lambda town: by_hand(CHONGYI))
    with pytest.raises(AssertionError, match=DUNREN):
        scope.compare(scope.questions()["count of the filtered list"], DUNREN, pairs=2)
