"""A database of its own for commands that open their own connections, and the environment that points them at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from rich.console import Console
from rich.progress import Progress

from config import environment
from config.environment import Server, State
from niangjia.ops import roles, sealed
from niangjia.ops.sealed import SealedColumn
from tests import harness
from tests.ops.vault import Vault


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder an unprivileged system user may pass through, as an installation's is."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        monkeypatch.setenv("NIANGJIA_HOME", name)
        yield folder


@pytest.fixture
def state(home: Path) -> State:
    return State(home)


@pytest.fixture
def installation(home: Path, template: Server, worker_name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A migrated, empty database on the server of the run, which DATABASE_URL names, with an empty state folder."""
    place = harness.make_copy(replace(template, name=harness.EMPTY), f"niangjia_ops_{worker_name}")
    monkeypatch.setenv("DATABASE_URL", url_of(place))
    yield place
    roles.remove(place, [])


def url_of(place: Server) -> str:
    query = "&".join(f"{name}={value}" for name, value in place.options.items())
    return f"postgresql://{place.user}:{place.password}@{place.host}:{place.port}/{place.name}?{query}"


@pytest.fixture
def vault(installation: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    """The installation with one table of sealed values, which stands for all of them."""
    column = SealedColumn("vault", "secret", "id", "vault.secret")
    monkeypatch.setattr(sealed, "sealed_columns", lambda: [column])
    password = environment.keys()["database"]["owner"]
    conninfo = installation.conninfo(user="niangjia_owner", password=password)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE vault (id int PRIMARY KEY, secret bytea NOT NULL)")
        yield Vault(connection)


@pytest.fixture
def silent() -> Progress:
    """A progress display nobody sees."""
    return Progress(console=Console(quiet=True))
