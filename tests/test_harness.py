"""The harness is hostile where it claims to be; a test of anything else relies on it."""

import socket

import psycopg
import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db import DatabaseError, connection, connections
from django.template import engines


def _one(sql: str, alias: str = "default") -> object:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_test_logs_in_as_the_application_does() -> None:
    assert _one("SELECT session_user::text") == "niangjia_app"


@pytest.mark.django_db(databases=["public"])
def test_public_pages_log_in_as_the_public() -> None:
    assert _one("SELECT session_user::text", "public") == "niangjia_public"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["niangjia_owner", "postgres", "niangjia_public"])
def test_the_application_cannot_become_another_login(role: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied to set role"):
        _one(f"SET ROLE {role}")


@pytest.mark.django_db
def test_the_application_cannot_create_tables() -> None:
    with pytest.raises(DatabaseError, match="permission denied for schema public"):
        _one("CREATE TABLE mine (id int)")


_MARK = "SELECT count(*) FROM django_content_type WHERE app_label = 'harness'"


@pytest.mark.parametrize("time", [1, 2])
def test_what_a_committing_test_leaves_is_gone_for_the_next(owner: psycopg.Connection, time: int) -> None:
    before = owner.execute(_MARK).fetchone()
    owner.execute("INSERT INTO django_content_type (app_label, model) VALUES ('harness', 'mark')")
    assert (before, owner.execute(_MARK).fetchone()) == ((0,), (1,))


def test_rows_a_migration_made_are_there_after_a_committing_test(owner: psycopg.Connection) -> None:
    assert owner.execute("SELECT count(*) > 10 FROM django_migrations").fetchone() == (True,)


@pytest.mark.django_db
def test_a_rolled_back_test_shares_one_connection_with_the_code_it_calls() -> None:
    assert connection.in_atomic_block


def test_an_undefined_template_variable_fails() -> None:
    template = engines["django"].from_string("{{ nobody.name }}")
    with pytest.raises(AssertionError, match=r"undefined template variable: nobody\.name"):
        template.render({})


def test_a_socket_to_the_outside_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(UserWarning, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))


def test_passwords_are_hashed_with_argon2_at_its_smallest_cost() -> None:
    stored = make_password("correct horse")
    assert (stored.split("$")[:4], check_password("correct horse", stored)) == (
        ["argon2", "argon2id", "v=19", "m=8,t=1,p=1"],
        True,
    )
