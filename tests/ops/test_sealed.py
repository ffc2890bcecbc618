import json
from collections.abc import Iterator

import psycopg
import pytest
from rich.progress import Progress

from config import environment
from config.environment import Server, State
from niangjia.core import sealed_files, sealing
from niangjia.ops import sealed
from niangjia.ops.kinds import BadInputError
from niangjia.web.signin import SecondFactorAdapter
from tests.ops.vault import Vault


@pytest.fixture(autouse=True)
def keys_in_a_file(state: State, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The keys of the run, moved from the environment to the file of the state folder."""
    environment.write_private(state.keys_file, json.dumps(environment.keys()))
    monkeypatch.delenv("NIANGJIA_KEYS")
    before = sealing.keyring()
    yield
    sealing.install(before)


def test_rotation_reseals_every_value_under_a_new_key_and_keeps_the_old_key(
    installation: Server, vault: Vault, state: State, silent: Progress
) -> None:
    before = environment.keys()
    vault.put(range(2500))
    vault.put_empty(2500)
    assert sealed.rotate(installation, silent) == (2, 2500)
    after = environment.keys()
    assert (after["sealing"]["active"], after["sealing"]["keys"]["1"]) == (2, before["sealing"]["keys"]["1"])
    assert {**after, "sealing": None} == {**before, "sealing": None}
    assert state.keys_file.stat().st_mode & 0o777 == 0o600
    assert (sealed.used_keys(vault.connection, state.uploads), vault.opened()) == ({2}, list(range(2500)))


def test_second_factors_are_resealed_and_still_open(
    installation: Server, vault: Vault, silent: Progress, state: State
) -> None:
    adapter = SecondFactorAdapter()
    factors: list[tuple[str, dict[str, object]]] = [
        ("totp", {"secret": adapter.encrypt("JBSWY3DP")}),
        ("recovery_codes", {"seed": adapter.encrypt("seed"), "used_mask": 5}),
        ("webauthn", {"credential": {}, "name": "key"}),
    ]
    with psycopg.connect(installation.conninfo()) as connection:
        connection.execute("SET session_replication_role = replica")  # the account they belong to does not matter here
        connection.cursor().executemany(
            "INSERT INTO mfa_authenticator (type, data, user_id, created_at) VALUES (%s, %s, 1, now())",
            [(kind, json.dumps(data)) for kind, data in factors],
        )
    assert sealed.used_keys(vault.connection, state.uploads) == {1}
    assert sealed.rotate(installation, silent) == (2, 2)
    assert sealed.used_keys(vault.connection, state.uploads) == {2}
    rows = vault.connection.execute(
        "SELECT data ->> 'secret', data ->> 'seed', data ->> 'used_mask', data ->> 'name' FROM mfa_authenticator"
        " ORDER BY id"
    ).fetchall()
    assert [
        (secret and adapter.decrypt(secret), seed and adapter.decrypt(seed), *rest) for secret, seed, *rest in rows
    ] == [
        ("JBSWY3DP", None, None, None),
        (None, "seed", "5", None),
        (None, None, None, "key"),
    ]


def test_an_interrupted_rotation_is_finished_without_a_third_key(
    installation: Server, vault: Vault, silent: Progress, state: State
) -> None:
    vault.put(range(3))
    sealed.rotate(installation, silent)
    keys = environment.keys()
    sealing.install(sealing.Keyring.from_mapping({**keys, "sealing": {**keys["sealing"], "active": 1}}))
    vault.put(range(3, 5))
    assert sealed.used_keys(vault.connection, state.uploads) == {1, 2}
    assert sealed.rotate(installation, silent) == (2, 2)
    assert (sealed.used_keys(vault.connection, state.uploads), vault.opened()) == ({2}, list(range(5)))


def test_keys_of_the_environment_are_left_to_the_operator_and_only_resealed(
    installation: Server, vault: Vault, state: State, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.put(range(3))
    keys = environment.keys()
    monkeypatch.setenv("NIANGJIA_KEYS", json.dumps({**keys, **sealing.with_next_key(keys)}))
    in_file = state.keys_file.read_text()
    assert sealed.rotate(installation, silent) == (2, 3)
    assert (sealed.rotate(installation, silent), state.keys_file.read_text()) == ((2, 0), in_file)


def test_rotation_waits_until_the_application_is_stopped(installation: Server, vault: Vault, silent: Progress) -> None:
    keys = environment.keys()
    running = installation.conninfo(user="niangjia_app", password=keys["database"]["app"])
    with psycopg.connect(running), pytest.raises(BadInputError, match="请先停止服务"):
        sealed.rotate(installation, silent)
    assert environment.keys() == keys


def test_every_sealed_field_of_the_house_is_found_in_the_database(template: Server) -> None:
    with psycopg.connect(template.conninfo()) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'bytea'"
        ).fetchall()
    found = {(place.table, place.column) for place in sealed.sealed_columns()}
    assert (found - set(columns), ("people_person", "id_number") in found) == (set(), True)


def test_uploads_are_sealed_anew_those_from_before_too_and_what_is_on_its_way_is_left(
    installation: Server, state: State, vault: Vault, silent: Progress
) -> None:
    files = {
        name: state.uploads / name for name in ("ab/cd/sealed", "ab/cd/plain", "ab/cd/half.part", "transfers/out.xlsx")
    }
    for path in files.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"paper")
    sealed_files.write(files["ab/cd/sealed"], [b"paper"], context="ab/cd/sealed")
    assert sealed.used_keys(vault.connection, state.uploads) == {1}
    assert sealed.rotate(installation, silent) == (2, 2)
    assert {name: sealed_files.key_of(path) for name, path in files.items()} == {
        "ab/cd/sealed": 2, "ab/cd/plain": 2, "ab/cd/half.part": None, "transfers/out.xlsx": None,
    }  # fmt: skip
    assert [b"".join(sealed_files.read(path, context=name)) for name, path in files.items()] == [b"paper"] * 4
    assert sealed.used_keys(vault.connection, state.uploads) == {2}
