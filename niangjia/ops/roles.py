"""Roles and the database, set up by the administrator of a server before the first migration.

`niangjia_owner` owns the database, migrates and backs up; row security does not hide rows from it, or data
migrations would silently touch nothing. The application logs in as `niangjia_app`, which by itself may do next to
nothing: in each transaction it takes one of the acting roles, whose row policies then apply. The public pages log in
as `niangjia_public`. Setting up twice changes nothing.
"""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from config.environment import LOGIN_ROLES, Keys, Server
from niangjia.ops.kinds import Exit, OpsError

ACTING_ROLES: Final = ("niangjia_desk", "niangjia_resident", "niangjia_partner")
OLDEST_SERVER: Final = 150000  # security_invoker views, which keep row policies under the public lists

# Attributes as pg_roles shows them: superuser, inherit, create role, create database, log in, bypass row security.
_ATTRIBUTES: Final = {
    "niangjia_owner": (False, True, False, False, True, True),
    "niangjia_app": (False, False, False, False, True, False),
    "niangjia_public": (False, True, False, False, True, False),
    **dict.fromkeys(ACTING_ROLES, (False, True, False, False, False, False)),
}
_WORDS: Final = ("SUPERUSER", "INHERIT", "CREATEROLE", "CREATEDB", "LOGIN", "BYPASSRLS")

_Connection = psycopg.Connection[TupleRow]


class RolesError(OpsError):
    """Roles or database cannot be set up as they must be; the text is for the operator."""

    exit_code = Exit.BAD_INPUT


def bootstrap(place: Server, keys: Keys) -> list[str]:
    """Create what is missing: roles, database, grants. Returns the names of the roles created now.

    Raises RolesError when the administrator lacks a right or a role already has another password, and
    psycopg.OperationalError when the server cannot be reached.
    """
    try:
        with administrator(place) as connection:
            _refuse_old_server(connection)
            created = [role for role in _ATTRIBUTES if _make_role(connection, role)]
            for login, role in LOGIN_ROLES.items():
                if role in created or (place.embedded and not _may_log_in(place, role, keys["database"][login])):
                    set_password(connection, role, keys["database"][login])
            _grant_acting_roles(connection)
            _make_database(connection, place.name)
        with psycopg.connect(place.conninfo(), autocommit=True) as connection:
            _grant_entry(connection, place.name)
    except psycopg.errors.InsufficientPrivilege as error:
        raise RolesError(
            f"数据库管理员 {place.user} 权限不足（{error.diag.message_primary}）。"
            f"请由超级用户执行：ALTER ROLE {place.user} CREATEROLE CREATEDB BYPASSRLS; "
            "或在 DATABASE_URL 中改用超级用户。"
        ) from None
    for login, role in LOGIN_ROLES.items():
        if not _may_log_in(place, role, keys["database"][login], dbname=place.name):
            raise RolesError(
                f"服务器上已有角色 {role}，口令与本安装的密钥不同；它可能属于同一服务器上的另一个安装，因此没有改动。"
                "请放回那个安装的 keys.json，或换一个数据库服务器。"
            )
    return created


def administrator(place: Server) -> _Connection:
    """An autocommit connection to the maintenance database, or to ours where that one is closed to us."""
    try:
        return psycopg.connect(place.conninfo(dbname="postgres"), autocommit=True)
    except psycopg.OperationalError:
        if place.embedded:
            raise
        return psycopg.connect(place.conninfo(), autocommit=True)


def set_password(connection: _Connection, role: str, password: str) -> None:
    """Set the password of a role; only its SCRAM verifier travels, so no server log can show it."""
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)),
    )


def remove(place: Server, roles: list[str]) -> None:
    """Drop our database and these roles: the end of a scratch set-up on a server that others use too."""
    with administrator(place) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(place.name)))
        for role in roles:
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def take_over(beside: Server, place: Server) -> None:
    """Put the database of `beside` in the place of the other, which is dropped, with whoever is connected to it."""
    with administrator(place) as connection:
        old, new = sql.Identifier(place.name), sql.Identifier(beside.name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(old))
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, old))


def faults(connection: _Connection) -> list[str]:
    """What is wrong with the roles of this server, in sentences; empty when all is well."""
    found = dict(_present(connection))
    missing = [f"缺少数据库角色 {role}。请执行 niangjia migrate。" for role in _ATTRIBUTES if role not in found]
    wrong = [
        f"数据库角色 {role} 的属性应为“{_clause(_ATTRIBUTES[role])}”，实际为“{_clause(found[role])}”。"
        "请执行 niangjia migrate。"
        for role in _ATTRIBUTES
        if role in found and found[role] != _ATTRIBUTES[role]
    ]
    return missing + wrong


def _refuse_old_server(connection: _Connection) -> None:
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise RolesError(f"PostgreSQL 版本太旧（{version // 10000}）。至少需要 {OLDEST_SERVER // 10000}。")


def _present(connection: _Connection) -> list[tuple[str, tuple[bool, ...]]]:
    rows = connection.execute(
        "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolbypassrls"
        " FROM pg_roles WHERE rolname = ANY(%s)",
        [list(_ATTRIBUTES)],
    ).fetchall()
    return [(name, tuple(attributes)) for name, *attributes in rows]


def _clause(attributes: tuple[bool, ...]) -> str:
    return " ".join(word if on else f"NO{word}" for word, on in zip(_WORDS, attributes, strict=True))


def _make_role(connection: _Connection, role: str) -> bool:
    """Create the role, or put right its attributes; True when it is new."""
    wanted = _ATTRIBUTES[role]
    present = dict(_present(connection))
    if present.get(role) == wanted:
        return False
    # Only what differs from the present, or from what a new role has: setting an attribute needs the right to it.
    before = present.get(role, (False, True, False, False, False, False))
    words = [word if on else f"NO{word}" for word, on, was in zip(_WORDS, wanted, before, strict=True) if on is not was]
    verb = "ALTER" if role in present else "CREATE"
    connection.execute(sql.SQL(f"{verb} ROLE {{}} {' '.join(words)}").format(sql.Identifier(role)))
    return role not in present


def _grant_acting_roles(connection: _Connection) -> None:
    """Let the application act as each acting role, but never have its rights without saying so."""
    option = " WITH INHERIT FALSE, SET TRUE" if connection.info.server_version >= 160000 else ""
    granted = {
        name
        for (name,) in connection.execute(
            "SELECT role.rolname FROM pg_auth_members m JOIN pg_roles role ON role.oid = m.roleid"
            " JOIN pg_roles member ON member.oid = m.member WHERE member.rolname = 'niangjia_app'"
        )
    }
    for role in ACTING_ROLES:
        if role not in granted:
            connection.execute(sql.SQL("GRANT {} TO niangjia_app" + option).format(sql.Identifier(role)))


def _make_database(connection: _Connection, name: str) -> None:
    """Create the database, owned by niangjia_owner, in a locale that is the same on every machine."""
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    if row is None:
        superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if superuser == (False,):
            connection.execute("GRANT niangjia_owner TO CURRENT_USER")
        builtin = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' "
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER niangjia_owner TEMPLATE template0 ENCODING 'UTF8' "
                + (builtin if connection.info.server_version >= 170000 else "")
                + "LOCALE 'C.UTF-8'"
            ).format(sql.Identifier(name))
        )
        return
    owner, encoding = row
    if encoding != "UTF8":
        raise RolesError(f"数据库 {name} 的编码是 {encoding}，必须是 UTF8。请在 DATABASE_URL 中另写一个数据库名。")
    if owner != "niangjia_owner":
        raise RolesError(
            f"数据库 {name} 属于 {owner}，不属于 niangjia_owner，因此没有改动。"
            "请在 DATABASE_URL 中另写一个数据库名（不存在时自动建立）。"
        )


def _grant_entry(connection: _Connection, name: str) -> None:
    """Only our roles may enter the database and see its schema; only the owner may create in it."""
    logins = sql.SQL(", ").join(sql.Identifier(role) for role in LOGIN_ROLES.values())
    users = sql.SQL(", ").join(sql.Identifier(role) for role in _ATTRIBUTES)
    with connection.transaction():
        connection.execute("SET LOCAL ROLE niangjia_owner")
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), logins))
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(users))


def _may_log_in(place: Server, role: str, password: str, *, dbname: str = "postgres") -> bool:
    try:
        psycopg.connect(place.conninfo(user=role, password=password, dbname=dbname)).close()
    except psycopg.OperationalError:
        return False
    return True
