import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from rich.progress import Progress

from config import environment
from config.environment import Server, State
from niangjia.ops import backup, roles
from niangjia.ops.kinds import BadInputError, OpsError
from tests.ops.vault import Vault


def owner_of(place: Server) -> psycopg.Connection:
    password = environment.keys()["database"]["owner"]
    return psycopg.connect(place.conninfo(user="niangjia_owner", password=password), autocommit=True)


def row_counts(place: Server) -> dict[str, int]:
    """Rows of every table."""
    counts = {}
    with owner_of(place) as connection:
        for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            assert row is not None
            counts[name] = row[0]
    return counts


@pytest.fixture
def filled(installation: Server, vault: Vault, state: State) -> Server:
    """An installation with three sealed values and two uploads."""
    vault.put(range(3))
    (state.uploads / "ab").mkdir(parents=True)
    (state.uploads / "ab" / "abc").write_bytes(b"\x00picture" * 1000)
    (state.uploads / "empty").touch()
    return installation


@pytest.fixture
def archive(filled: Server, tmp_path: Path, silent: Progress) -> Path:
    path = tmp_path / "backup.tar"
    backup.back_up(path, silent)
    return path


def start_afresh(place: Server, state: State) -> None:
    """The same server with an empty database and no uploads."""
    roles.remove(place, [])
    for path in sorted(state.uploads.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    state.uploads.rmdir()


def test_what_was_backed_up_comes_back_row_for_row_and_byte_for_byte(
    filled: Server, archive: Path, state: State, silent: Progress
) -> None:
    before = row_counts(filled)
    start_afresh(filled, state)
    backup.restore(archive, silent, force=False)
    assert before["vault"] == 3
    assert row_counts(filled) == before
    assert {path.name: path.read_bytes() for path in state.uploads.rglob("*") if path.is_file()} == {
        "abc": b"\x00picture" * 1000,
        "empty": b"",
    }


def test_policies_and_grants_come_back_too(filled: Server, archive: Path, state: State, silent: Progress) -> None:
    def rules() -> list[tuple[object, ...]]:
        with owner_of(filled) as connection:
            return connection.execute(
                "SELECT 'policy', tablename, policyname, roles::text, cmd FROM pg_policies UNION ALL"
                " SELECT 'grant', table_name, grantee, privilege_type, '' FROM information_schema.table_privileges"
                " WHERE table_schema = 'public' ORDER BY 1, 2, 3, 4, 5"
            ).fetchall()

    before = rules()
    start_afresh(filled, state)
    backup.restore(archive, silent, force=False)
    assert len(before) > 50
    assert rules() == before


def test_an_archive_is_for_its_owner_and_holds_no_key(archive: Path) -> None:
    keys = environment.keys()
    content = archive.read_bytes()
    secrets = [keys["secret_key"], keys["blind"], *keys["sealing"]["keys"].values(), *keys["database"].values()]
    assert ([secret for secret in secrets if secret.encode() in content], archive.stat().st_mode & 0o777) == ([], 0o600)


def test_a_backup_is_never_written_over_another_file(filled: Server, tmp_path: Path, silent: Progress) -> None:
    (tmp_path / "backup.tar").write_text("mine")
    with pytest.raises(BadInputError, match="已经存在"):
        backup.back_up(tmp_path / "backup.tar", silent)
    assert (tmp_path / "backup.tar").read_text() == "mine"


def test_a_full_database_is_overwritten_only_by_force(
    filled: Server, vault: Vault, archive: Path, silent: Progress
) -> None:
    vault.remove(0)
    with pytest.raises(BadInputError, match="加 --force"):
        backup.restore(archive, silent, force=False)
    assert row_counts(filled)["vault"] == 2
    backup.restore(archive, silent, force=True)
    assert row_counts(filled)["vault"] == 3


Change = Callable[[dict[str, bytes]], None]


def rewrite(archive: Path, change: Change) -> None:
    """Take the archive apart, change its members and put it together again."""
    with tarfile.open(archive) as old:
        members = {}
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            members[member.name] = stream.read()
    change(members)
    with tarfile.open(archive, "w") as new:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))


def flip_a_bit(members: dict[str, bytes]) -> None:
    dump = bytearray(members["database.dump"])
    dump[len(dump) // 2] ^= 1
    members["database.dump"] = bytes(dump)


def remove_an_upload(members: dict[str, bytes]) -> None:
    del members["uploads/ab/abc"]


def swap_two_uploads(members: dict[str, bytes]) -> None:
    members["uploads/ab/abc"], members["uploads/empty"] = members["uploads/empty"], members["uploads/ab/abc"]


def add_an_upload(members: dict[str, bytes]) -> None:
    members["uploads/added"] = b"x"


def climb_out(members: dict[str, bytes]) -> None:
    members["uploads/../../out"] = b"x"


def rewrite_the_manifest(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    del members["uploads/empty"], manifest["files"]["uploads/empty"]
    members["manifest.json"] = json.dumps(manifest).encode()


def drop_the_signature(members: dict[str, bytes]) -> None:
    del members["manifest.hmac"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (flip_a_bit, "已损坏或被改动"),
        (remove_an_upload, "已损坏或被改动"),
        (swap_two_uploads, "已损坏或被改动"),
        (add_an_upload, "已损坏或被改动"),
        (climb_out, "已损坏或被改动"),
        (rewrite_the_manifest, "签名与本安装的密钥不符"),
        (drop_the_signature, "没有写完"),
    ],
)
def test_an_altered_archive_is_refused_before_anything_is_touched(
    filled: Server, vault: Vault, archive: Path, silent: Progress, change: Change, reason: str
) -> None:
    rewrite(archive, change)
    vault.remove(0)
    with pytest.raises(BadInputError, match=reason):
        backup.restore(archive, silent, force=True)
    assert row_counts(filled)["vault"] == 2


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "无法读取"), (b"PK\x03\x04 no tar", "无法读取"), (bytes(10240), "没有写完")]
)
def test_what_is_no_backup_is_refused(
    state: State, tmp_path: Path, silent: Progress, content: bytes, reason: str
) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BadInputError, match=reason):
        backup.restore(tmp_path / "file", silent, force=False)


def test_a_backup_that_is_not_there_is_named(state: State, tmp_path: Path, silent: Progress) -> None:
    with pytest.raises(BadInputError, match="找不到备份文件"):
        backup.restore(tmp_path / "file", silent, force=False)


def test_a_backup_whose_sealing_key_is_gone_is_refused(
    filled: Server, archive: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = environment.keys()
    other = environment.new_keys()["sealing"]
    monkeypatch.setenv("NIANGJIA_KEYS", json.dumps({**keys, "sealing": other}))
    with pytest.raises(BadInputError, match="这份备份需要 1 号密钥"):
        backup.restore(archive, silent, force=True)


def test_a_backup_under_a_key_that_is_already_missing_is_not_made(
    filled: Server, tmp_path: Path, silent: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = environment.keys()
    moved = {"active": 2, "keys": {"2": keys["sealing"]["keys"]["1"]}}
    monkeypatch.setenv("NIANGJIA_KEYS", json.dumps({**keys, "sealing": moved}))
    with pytest.raises(OpsError, match=r"有用 \[1\] 号密钥加密的数据，而密钥文件里没有它们"):
        backup.back_up(tmp_path / "backup.tar", silent)
    assert list(tmp_path.iterdir()) == []
