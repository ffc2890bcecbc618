"""What the benchmark of ballots promises, with fewer of them: nothing with a receipt is lost when all is killed."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from benchmarks import ballots
from config import environment
from config.environment import Server
from niangjia.ops import postgres, roles


def settings_of(alias: str) -> dict[str, object]:
    return {key: connections.settings[alias][key] for key in ("HOST", "PORT", "NAME")}


@pytest.fixture
def durable(django_db_blocker: object) -> object:
    """A cluster of its own that waits for its disk, with the application's tables; everything points at it meanwhile."""
    before = {alias: settings_of(alias) for alias in connections}
    with django_db_blocker.unblock(), postgres.throwaway(ballots.DURABLE) as place:  # type: ignore[attr-defined]
        roles.bootstrap(place, environment.keys())
        connections.close_all()
        for alias in connections:
            connections.settings[alias].update(HOST=place.host, PORT=str(place.port), NAME=place.name)
        try:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            yield place
        finally:
            connections.close_all()
            for alias, entry in before.items():
                connections.settings[alias].update(entry)


def test_no_ballot_with_a_receipt_is_lost_when_server_and_database_are_killed(durable: Server) -> None:
    with closing(psycopg.connect(durable.conninfo(), autocommit=True)) as administrator:
        assert ballots.attempts(administrator, voters=10).value == 0
        claim = ballots.killed(durable, administrator, after=60)
    assert (claim.value, claim.holds) == (0, True)
