import dataclasses
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from config import environment
from config.environment import LOGIN_ROLES, Server
from niangjia.ops import postgres, roles
from niangjia.ops.roles import RolesError

ALL_ROLES = [*LOGIN_ROLES.values(), *roles.ACTING_ROLES]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Server]:
    """A server of its own: these tests make and drop roles."""
    with postgres.throwaway() as server:
        yield server


@pytest.fixture
def server(cluster: Server) -> Iterator[Server]:
    """A server without roles or database of ours; seen as one that others may use too."""
    yield dataclasses.replace(cluster, embedded=False)
    roles.remove(cluster, [])
    roles.remove(dataclasses.replace(cluster, name="other"), ALL_ROLES)
    with roles.administrator(cluster) as connection:
        connection.execute("DROP ROLE IF EXISTS helper")


@pytest.fixture
def keys() -> environment.Keys:
    return environment.new_keys()


def log_in(server: Server, login: environment.LoginRole, keys: environment.Keys) -> psycopg.Connection:
    return psycopg.connect(server.conninfo(user=LOGIN_ROLES[login], password=keys["database"][login]), autocommit=True)


def test_setting_up_twice_creates_everything_once(server: Server, keys: environment.Keys) -> None:
    assert (roles.bootstrap(server, keys), roles.bootstrap(server, keys)) == (ALL_ROLES, [])


def test_after_setting_up_nothing_is_wrong_with_the_roles(server: Server, keys: environment.Keys) -> None:
    roles.bootstrap(server, keys)
    with roles.administrator(server) as connection:
        assert roles.faults(connection) == []


@pytest.mark.parametrize("right", ["SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB"])
def test_a_right_the_application_must_not_have_is_reported_and_taken_away(
    server: Server, keys: environment.Keys, right: str
) -> None:
    roles.bootstrap(server, keys)
    with roles.administrator(server) as connection:
        connection.execute(sql.SQL("ALTER ROLE niangjia_app " + right))
        assert [fault[:20] for fault in roles.faults(connection)] == ["数据库角色 niangjia_app 的"]
        roles.bootstrap(server, keys)
        assert roles.faults(connection) == []


@pytest.mark.parametrize("role", roles.ACTING_ROLES)
def test_the_application_may_act_as_each_acting_role(server: Server, keys: environment.Keys, role: str) -> None:
    roles.bootstrap(server, keys)
    with log_in(server, "app", keys) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        assert connection.execute("SELECT current_user::text").fetchone() == (role,)


def test_the_application_has_the_rights_of_an_acting_role_only_while_it_acts(
    server: Server, keys: environment.Keys
) -> None:
    roles.bootstrap(server, keys)
    with log_in(server, "owner", keys) as owner:
        owner.execute("CREATE TABLE secret (n int); GRANT SELECT ON secret TO niangjia_desk")
    with log_in(server, "app", keys) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM secret")
        connection.execute("SET ROLE niangjia_desk")
        assert connection.execute("SELECT count(*) FROM secret").fetchone() == (0,)


def test_the_owner_sees_rows_that_policies_hide(server: Server, keys: environment.Keys) -> None:
    roles.bootstrap(server, keys)
    with log_in(server, "owner", keys) as owner:
        owner.execute("CREATE TABLE hidden AS SELECT 1 AS n; ALTER TABLE hidden ENABLE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE hidden FORCE ROW LEVEL SECURITY")
        assert owner.execute("SELECT count(*) FROM hidden").fetchone() == (1,)


@pytest.mark.parametrize("login", ["app", "public"])
def test_only_the_owner_may_create(server: Server, keys: environment.Keys, login: environment.LoginRole) -> None:
    roles.bootstrap(server, keys)
    with log_in(server, login, keys) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (n int)")


def test_a_stranger_may_not_even_enter_the_database(server: Server, keys: environment.Keys) -> None:
    roles.bootstrap(server, keys)
    with roles.administrator(server) as connection:
        connection.execute("CREATE ROLE helper LOGIN PASSWORD 'helper'")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(server.conninfo(user="helper", password="helper"))


def test_roles_of_another_installation_are_not_taken_over(server: Server, keys: environment.Keys) -> None:
    roles.bootstrap(server, keys)
    with pytest.raises(RolesError, match="已有角色 niangjia_owner，口令与本安装的密钥不同"):
        roles.bootstrap(server, environment.new_keys())
    with log_in(server, "owner", keys) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_on_our_own_server_the_passwords_follow_the_keys(server: Server, keys: environment.Keys) -> None:
    ours, newer = dataclasses.replace(server, embedded=True), environment.new_keys()
    roles.bootstrap(ours, keys)
    roles.bootstrap(ours, newer)
    with log_in(ours, "app", newer) as connection:
        assert connection.execute("SELECT session_user::text").fetchone() == ("niangjia_app",)


def test_an_administrator_who_is_no_superuser_is_enough(server: Server, keys: environment.Keys) -> None:
    with roles.administrator(server) as connection:
        connection.execute("CREATE ROLE helper LOGIN CREATEROLE CREATEDB BYPASSRLS PASSWORD 'helper'")
    helper = dataclasses.replace(server, user="helper", password="helper", name="other")
    assert (roles.bootstrap(helper, keys), roles.bootstrap(helper, keys)) == (ALL_ROLES, [])
    roles.remove(helper, ALL_ROLES)


def test_an_administrator_without_the_rights_is_told_the_statement_that_helps(
    server: Server, keys: environment.Keys
) -> None:
    with roles.administrator(server) as connection:
        connection.execute("CREATE ROLE helper LOGIN CREATEROLE CREATEDB PASSWORD 'helper'")
    helper = dataclasses.replace(server, user="helper", password="helper")
    with pytest.raises(RolesError, match="ALTER ROLE helper CREATEROLE CREATEDB BYPASSRLS;"):
        roles.bootstrap(helper, keys)


def test_a_database_that_belongs_to_somebody_else_is_not_touched(server: Server, keys: environment.Keys) -> None:
    with roles.administrator(server) as connection:
        connection.execute("CREATE DATABASE niangjia")
    with pytest.raises(RolesError, match="数据库 niangjia 属于 postgres，不属于 niangjia_owner，因此没有改动"):
        roles.bootstrap(server, keys)


def test_one_database_takes_the_place_of_another(server: Server, keys: environment.Keys) -> None:
    beside = dataclasses.replace(server, name="other")
    roles.bootstrap(server, keys)
    roles.bootstrap(beside, keys)
    with log_in(beside, "owner", keys) as connection:
        connection.execute("CREATE TABLE brought (n int)")
    roles.take_over(beside, server)
    with log_in(server, "owner", keys) as connection:
        assert connection.execute("SELECT count(*) FROM brought").fetchone() == (0,)
