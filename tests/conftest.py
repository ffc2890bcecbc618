"""Every test meets the database as the application does: as a role that owns nothing and passes no policy."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.core.cache import caches
from django.test import TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

from config.environment import Server
from tests import harness
from tests.hospitals import Hospital, hospital
from tests.personas import District

_run = ExitStack()
_server: list[Server] = []


def _prepared_server(config: pytest.Config) -> Server:
    """The server of this run, made at first need and kept to its end."""
    if not _server:
        with config.stash[blocking_manager_key].unblock():
            _server.append(_run.enter_context(harness.prepared_server()))
    return _server[0]


# Few tests that take long: begun first, so that no process is left alone with one of them at the end.
LONG = tuple(str(Path(__file__).parent / name) + os.sep for name in ("journeys", "ops", "benchmarks", "security"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the order was drawn: the long ones to the front, in the order drawn."""
    items.sort(key=lambda item: not str(item.path).startswith(LONG))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Under xdist the controller prepares the server and each worker is told where it is."""
    node.workerinput["server"] = json.dumps(dataclasses.asdict(_prepared_server(node.config)))


def pytest_unconfigure(config: pytest.Config) -> None:
    _server.clear()
    with config.stash[blocking_manager_key].unblock():
        _run.close()


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, django_test_environment: None) -> Server:
    """The server of this run and the migrated database nobody works in: copies are made of it."""
    workerinput: dict[str, str] = getattr(request.config, "workerinput", {})
    return Server(**json.loads(workerinput["server"])) if workerinput else _prepared_server(request.config)


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """What tells this process from the others of the run."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def django_db_setup(template: Server, worker_name: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of this process; a test that commits leaves it as it was found."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        with harness.working_copy(template, worker_name) as renew:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: renew())
            yield


@pytest.fixture
def owner(transactional_db: None) -> Iterator[psycopg.Connection]:
    """The owner's own connection, for rows no action makes. Its writes are committed at once; the test is too."""
    with harness.owner_connection() as connection:
        yield connection


@pytest.fixture
def district(db: None) -> District:
    """A small real corner of 涪陵区 with the people of tests.personas in their posts."""
    caches["local"].clear()
    return District()


@pytest.fixture
def ours(district: District) -> Hospital:
    """A hospital with a vehicle, and its liaison."""
    return hospital(district, "区妇幼保健院", "渝G12345")


@pytest.fixture
def theirs(district: District) -> Hospital:
    """Another hospital, with a vehicle of its own."""
    return hospital(district, "区中医院", "渝G54321")
