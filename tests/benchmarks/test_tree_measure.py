"""The benchmark of the tree asks for the same figures by measure and by hand."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections

from benchmarks import tree_measure
from config.environment import Server

PLACES = ["500102006001", "500102006003", "500102007001"]
COUNT = 300

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def _filled(template: Server) -> Iterator[None]:
    name = str(connections.settings["default"]["NAME"])
    with psycopg.connect(template.conninfo(dbname=name), autocommit=True) as administrator:
        tree_measure.fill_grants(administrator, COUNT, PLACES)
        yield


@pytest.mark.usefixtures("_filled")
def test_every_claim_is_of_one_figure_got_in_two_ways() -> None:
    claims = tree_measure.measured(rounds=1)
    assert [(claim.claim, claim.bound) for claim in claims] == [
        ("tree: different women for every town, measure / best GROUP BY by hand", 1.2),
        ("tree: different women for every town, that GROUP BY without row security", None),
        ("tree: money for every town, measure / best GROUP BY by hand", 1.2),
        ("tree: money for every town, that GROUP BY without row security", None),
    ]
    assert all(claim.value > 0 for claim in claims)


@pytest.mark.usefixtures("_filled")
def test_two_different_answers_are_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tree_measure.BY_HAND, "two_cancers_grant.paid", ("SELECT '500102006', 1",))
    with pytest.raises(AssertionError, match=r"^the measure two_cancers_grant.paid and the statement by hand differ$"):
        tree_measure.compare("two_cancers_grant.paid", rounds=1)
