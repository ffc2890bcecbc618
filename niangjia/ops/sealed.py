"""Where the database and the uploads keep what is sealed, under which keys, and sealing it again under a new one."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import psycopg
from psycopg import sql
from rich.progress import Progress

from config import environment
from config.environment import Keys, Server, State
from niangjia.core import sealed_files, sealing
from niangjia.ops.kinds import BadInputError

_BATCH: Final = 1000
_SECOND_FACTOR_SECRETS: Final = ("secret", "seed")  # of a TOTP device, of recovery codes
_Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values, the primary key of its table and the context its values are bound to."""

    table: str
    column: str
    primary_key: str
    context: str

    def names(self) -> dict[str, sql.Identifier]:
        return {
            "table": sql.Identifier(self.table),
            "column": sql.Identifier(self.column),
            "key": sql.Identifier(self.primary_key),
        }


def sealed_columns() -> list[SealedColumn]:
    """Every sealed field of every model. Django must be set up."""
    from django.apps import apps

    from niangjia.core.fields import SealedTextField

    return [
        SealedColumn(model._meta.db_table, str(field.column), str(model._meta.pk.column), field.context)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedTextField)
    ]


def used_keys(connection: _Connection, uploads: Path) -> set[int]:
    """The numbers of the sealing keys that the database (the second byte of each sealed value) and the uploads need."""
    used: set[int] = set()
    for place in sealed_columns():
        query = "SELECT DISTINCT get_byte({column}, 1) FROM {table} WHERE length({column}) > 1"
        used.update(number for (number,) in connection.execute(sql.SQL(query).format(**place.names())))
    used.update(sealing.key_id_of(base64.b64decode(text)) for _, _, text in _second_factors(connection))
    used.update(number for path in stored(uploads) if (number := sealed_files.key_of(path)) is not None)
    return used


def stored(uploads: Path) -> list[Path]:
    """Every file beside the database, complete or not."""
    return sorted(path for path in uploads.rglob("*") if path.is_file() and not path.is_symlink())


def rotate(server: Server, display: Progress) -> tuple[int, int]:
    """Add a sealing key, make it the active one and seal every value again; returns (its number, values resealed).

    The old keys stay in the file: backups made before need them. Where the keys come from NIANGJIA_KEYS the operator
    adds the key there, and only the resealing is done here. An interrupted run is taken up by the next one.
    Raises BadInputError while the application is connected: its processes do not know the new key.
    """
    state = State.from_environment()
    keys = environment.keys(state)
    with psycopg.connect(server.conninfo(user="niangjia_owner", password=keys["database"]["owner"])) as connection:
        _refuse_running_application(connection)
        interrupted = used_keys(connection, state.uploads) - {keys["sealing"]["active"]}
        if not interrupted and not environment.read_text("NIANGJIA_KEYS"):
            keys = cast(Keys, {**keys, **sealing.with_next_key(keys)})
            environment.write_private(state.keys_file, json.dumps(keys, indent=2))
        sealing.install(sealing.Keyring.from_mapping(keys))
        done = sum(_reseal(connection, place, display) for place in sealed_columns())
        done += _reseal_second_factors(connection)
    done += _reseal_files(state.uploads, display)
    return keys["sealing"]["active"], done


def _reseal(connection: _Connection, place: SealedColumn, display: Progress) -> int:
    """Reseal one column batch by batch, each committed, so that a stop in the middle loses nothing."""
    active = bytes((sealing.keyring().active,))
    names = place.names()
    older = sql.SQL("length({column}) > 1 AND substring({column} FROM 2 FOR 1) <> %(active)s").format(**names)
    count = sql.SQL("SELECT count(*) FROM {table} WHERE {older}").format(**names, older=older)
    batch = sql.SQL(
        "SELECT {key}, {column} FROM {table} WHERE ({key} > %(last)s OR %(last)s IS NULL) AND {older}"
        " ORDER BY {key} LIMIT %(batch)s FOR UPDATE"
    ).format(**names, older=older)
    write = sql.SQL("UPDATE {table} SET {column} = %s WHERE {key} = %s").format(**names)
    row = connection.execute(count, {"active": active}).fetchone()
    total: int = row[0] if row else 0
    task = display.add_task(f"重新加密 {place.context}", total=total)
    last = None
    with connection.cursor() as cursor:
        while rows := cursor.execute(batch, {"active": active, "last": last, "batch": _BATCH}).fetchall():
            resealed = [(sealing.reseal(bytes(value), context=place.context), key) for key, value in rows]
            cursor.executemany(write, resealed)
            connection.commit()
            last = rows[-1][0]
            display.advance(task, len(rows))
    return total


def _second_factors(connection: _Connection) -> list[tuple[int, str, str]]:
    """Row, name and base64 text of each sealed value among the second factors, which the library keeps as JSON."""
    return connection.execute(
        "SELECT id, name, data ->> name FROM mfa_authenticator, unnest(%s::text[]) AS name WHERE data ? name",
        [list(_SECOND_FACTOR_SECRETS)],
    ).fetchall()


def _reseal_second_factors(connection: _Connection) -> int:
    """Officers have one or two each: few enough for one transaction."""
    from niangjia.web.signin import SecondFactorAdapter

    done = 0
    for row, name, text in _second_factors(connection):
        old = base64.b64decode(text)
        new = sealing.reseal(old, context=SecondFactorAdapter.CONTEXT)
        if new != old:
            connection.execute(
                "UPDATE mfa_authenticator SET data = jsonb_set(data, ARRAY[%s], to_jsonb(%s::text)) WHERE id = %s",
                [name, base64.b64encode(new).decode(), row],
            )
            done += 1
    connection.commit()
    return done


def _reseal_files(uploads: Path, display: Progress) -> int:
    """Write every upload anew under the active key, also one from before uploads were sealed; each is whole at any moment.

    What lies elsewhere unsealed is on its way in or out and gone in days.
    """
    active, done = sealing.keyring().active, 0
    for path in display.track(stored(uploads), description="重新加密上传文件"):
        name, number = path.relative_to(uploads).as_posix(), sealed_files.key_of(path)
        if number == active or (number is None and name.count("/") != 2) or path.suffix == ".part":
            continue
        sealed_files.write(path, sealed_files.read(path, context=name), context=name)
        done += 1
    return done


def _refuse_running_application(connection: _Connection) -> None:
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND usename IN ('niangjia_app', 'niangjia_public')"
    ).fetchone()
    if row != (0,):
        raise BadInputError("娘家正在运行，运行中的程序不认识新密钥。请先停止服务（serve、worker），再执行本命令。")
