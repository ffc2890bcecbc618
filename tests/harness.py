"""The databases of a test run.

One server a run, thrown away at its end, or the one DATABASE_URL names. On it one database is migrated as the owner and
never touched again: the template. Each process works in a copy, logged in as the application is, and a test that
commits gets a fresh copy after it: rows left over from a migration or a baseline are exactly as before.
"""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from config import environment
from config.environment import LOGIN_ROLES, Server
from niangjia.ops import postgres, roles
from tests import personas, settings

TEMPLATE = "niangjia_test"
EMPTY = "niangjia_test_empty"  # the same tables before the people of the tests were founded


@contextmanager
def prepared_server() -> Iterator[Server]:
    """A server whose database TEMPLATE is migrated. What was made on an external server is removed at the end."""
    if not settings.EXTERNAL_SERVER:
        kept = _kept(settings.CACHE) if settings.CACHE else None
        with postgres.throwaway(kept=kept) as server:
            place = dataclasses.replace(server, name=TEMPLATE)
            if kept is None:
                _migrate(place)
            point_django_at(place)
            yield place
        return
    place = dataclasses.replace(environment.parse_url(settings.EXTERNAL_SERVER), name=TEMPLATE)
    empty = dataclasses.replace(place, name=EMPTY)
    roles.remove(place, [])
    made = _migrate(place)
    try:
        yield place
    finally:
        roles.remove(empty, [])
        roles.remove(place, made)


def _kept(cache: Path) -> postgres.KeptCluster:
    """A cluster with the migrated template, made once for these migrations and founders and kept for the next run."""
    folder = cache / _fingerprint()
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        data, secret = folder / "data", folder / "password"
        if not data.exists():
            half = folder / "half"
            shutil.rmtree(half, ignore_errors=True)
            secret.write_text(secrets.token_urlsafe(24), "utf-8")
            postgres.initialise(half, secret.read_text("utf-8"), durable=False)
            port = postgres.free_port()
            postgres.launch(half, port, postgres.SCRATCH)
            place = Server("127.0.0.1", port, "postgres", secret.read_text("utf-8"), TEMPLATE, {}, embedded=True)
            try:
                _migrate(place)
            finally:
                postgres.halt(half)
            half.rename(data)
        return postgres.KeptCluster(data, secret.read_text("utf-8"))


def _fingerprint() -> str:
    """Tells one state of the tables, their policies, seeds and founders from another."""
    rooms = environment.CHECKOUT / "niangjia"
    files = [path for name in ("migrations", "seed", "data") for path in rooms.glob(f"*/{name}/**/*") if path.is_file()]
    files += [*rooms.glob("*/sql.py"), *rooms.glob("org/*.py"), *rooms.glob("access/*.py")]
    files += [rooms / "core" / "rowscope.py", rooms / "ops" / "roles.py", Path(personas.__file__)]
    files += [environment.CHECKOUT / "config" / "settings.py", environment.CHECKOUT / "config" / "roles.yaml"]
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.suffix != ".pyc"):
        digest.update(str(path.relative_to(environment.CHECKOUT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(place: Server) -> list[str]:
    made = roles.bootstrap(place, environment.keys())
    point_django_at(place)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections.close_all()
    make_copy(place, EMPTY)
    personas.found()
    connections.close_all()
    return made


def point_django_at(place: Server) -> None:
    """Every alias of this process, in every thread, connects there from now on."""
    connections.close_all()
    for alias in connections:
        connections.settings[alias].update(HOST=place.host, PORT=str(place.port), NAME=place.name)


def make_copy(template: Server, name: str) -> Server:
    """A database of this name with exactly the template's contents, in place of one that may be there."""
    place = dataclasses.replace(template, name=name)
    database, logins = sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, LOGIN_ROLES.values()))
    statements = (
        "DROP DATABASE IF EXISTS {database} WITH (FORCE)",
        "CREATE DATABASE {database} TEMPLATE {template} OWNER niangjia_owner STRATEGY FILE_COPY",
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {logins}",
    )
    with closing(roles.administrator(template)) as connection:
        for statement in statements:
            connection.execute(
                sql.SQL(statement).format(database=database, template=sql.Identifier(template.name), logins=logins)
            )
    return place


@contextmanager
def working_copy(template: Server, worker: str) -> Iterator[Callable[[], None]]:
    """Copy the template for this process and point Django at the copy. Yields what makes the copy anew."""
    place = make_copy(template, f"{TEMPLATE}_{worker}")
    point_django_at(place)

    def renew() -> None:
        connections.close_all()
        make_copy(template, place.name)

    try:
        yield renew
    finally:
        connections.close_all()
        roles.remove(place, [])


def owner_connection() -> psycopg.Connection:
    """An autocommit connection of the owner to the database under test, which row security does not bind."""
    entry = connections.settings["owner"]
    return psycopg.connect(
        host=entry["HOST"],
        port=entry["PORT"],
        dbname=entry["NAME"],
        user=entry["USER"],
        password=entry["PASSWORD"],
        autocommit=True,
    )
