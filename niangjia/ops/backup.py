"""One file that holds the database and the uploads, and the way back.

The archive is a .tar: `database.dump` (pg_dump's custom format, made as the owner), the uploads under `uploads/`,
`manifest.json` (what is in it, with SHA-256, and which sealing keys it needs) and `manifest.hmac`, a signature with a
key derived from the installation's keys. The keys themselves are not in it: an archive alone opens no sealed field
and no upload, and a backup without its keys.json, kept elsewhere, is worth little.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

import psycopg
from rich.progress import Progress

from config import environment
from config.environment import Keys, Server, State
from niangjia.ops import postgres, roles
from niangjia.ops.kinds import BadInputError, OpsError
from niangjia.ops.sealed import stored, used_keys

FORMAT: Final = 1
_DUMP: Final = "database.dump"
_MANIFEST: Final = "manifest.json"
_SIGNATURE: Final = "manifest.hmac"
_UPLOADS: Final = "uploads/"
_BLOCK: Final = 1 << 20
_LARGEST_MANIFEST: Final = 256 << 20


@dataclass(frozen=True)
class Manifest:
    """What an archive holds. `files` maps a member's name to its SHA-256; `keys` and `blind` are fingerprints."""

    format: int
    made_at: str
    server_version: int
    files: dict[str, str]
    keys: dict[str, str]
    blind: str

    def encoded(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()


def back_up(target: Path, display: Progress) -> Manifest:
    """Write the archive to `target`, which must not exist; readable by its owner alone.

    The dump is one snapshot; uploads are never changed in place, so those it refers to are all there when it ends.
    Raises BadInputError, OpsError.
    """
    if target.exists():
        raise BadInputError(f"{target} 已经存在。请换一个文件名，或先移走它。")
    state = State.from_environment()
    keys = environment.keys(state)
    place = postgres.ensure_server(state)
    try:
        handle, half = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise BadInputError(f"无法写入 {target.parent}（{error.strerror}）。请换一个目录。") from None
    try:
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            manifest = _write(archive, place, state, keys, display)
        os.link(half, target)
    except FileExistsError:
        raise BadInputError(f"{target} 已经存在。请换一个文件名，或先移走它。") from None
    finally:
        Path(half).unlink()
    return manifest


def _write(archive: tarfile.TarFile, place: Server, state: State, keys: Keys, display: Progress) -> Manifest:
    with tempfile.TemporaryDirectory() as folder:
        task = display.add_task("导出数据库", total=None)
        dump = Path(folder) / _DUMP
        _run("pg_dump", place, keys, "--format=custom", f"--file={dump}")
        display.update(task, total=1, completed=1)
        files = {_DUMP: _add(archive, _DUMP, dump)}
    with psycopg.connect(_owner(place, keys)) as connection:
        version, used = connection.info.server_version, used_keys(connection, state.uploads)
    uploads = stored(state.uploads)
    for path in display.track(uploads, description="打包上传文件"):
        name = _UPLOADS + path.relative_to(state.uploads).as_posix()
        try:
            files[name] = _add(archive, name, path)
        except OSError as error:
            raise OpsError(f"无法读取上传文件 {path}（{error.strerror}）。请重新备份。") from None
    missing = sorted(used - {int(number) for number in keys["sealing"]["keys"]})
    if missing:
        raise OpsError(f"数据库中有用 {missing} 号密钥加密的数据，而密钥文件里没有它们。请先补回密钥。")
    manifest = Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        server_version=version,
        files=files,
        keys={str(number): fingerprint(keys["sealing"]["keys"][str(number)]) for number in sorted(used)},
        blind=fingerprint(keys["blind"]),
    )
    for name, data in ((_MANIFEST, manifest.encoded()), (_SIGNATURE, _sign(manifest.encoded(), keys))):
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        archive.addfile(member, io.BytesIO(data))
    return manifest


def restore(source: Path, display: Progress, *, force: bool) -> Manifest:
    """Put an archive back into an empty database and upload folder; with `force`, in place of what is there.

    Everything is verified before anything is touched. Raises BadInputError when the archive was altered, belongs to
    other keys, or would overwrite something; OpsError when PostgreSQL refuses the dump.
    """
    state = State.from_environment()
    keys = environment.keys(state)
    state.make()
    with tempfile.TemporaryDirectory(dir=state.home, prefix=".restore-") as name:
        folder = Path(name)
        manifest = unpack(source, folder, keys, display)
        _refuse_missing_keys(manifest, keys)
        place = postgres.ensure_server(state)
        roles.bootstrap(place, keys)
        if not force:
            _refuse_to_overwrite(place, keys, state)
        # Beside the present database, so that a dump PostgreSQL refuses costs nothing.
        beside = replace(place, name=f"{place.name}_restoring")
        roles.remove(beside, [])
        roles.bootstrap(beside, keys)
        task = display.add_task("恢复数据库", total=None)
        _run("pg_restore", beside, keys, "--exit-on-error", "--single-transaction", str(folder / _DUMP))
        roles.take_over(beside, place)
        display.update(task, total=1, completed=1)
        shutil.rmtree(state.uploads, ignore_errors=True)
        unpacked = folder / "uploads"
        unpacked.mkdir(mode=0o700, exist_ok=True)
        unpacked.rename(state.uploads)
    return manifest


def unpack(source: Path, folder: Path, keys: Keys, display: Progress) -> Manifest:
    """Extract an archive into an empty folder and verify every byte of it."""
    altered = f"{source} 已损坏或被改动，没有恢复任何数据。请换一份备份。"
    found: dict[str, str] = {}
    try:
        size = source.stat().st_size
        task = display.add_task("核对备份", total=size)
        with tarfile.open(source, mode="r:") as archive:
            for member in archive:
                if not member.isfile() or not _is_safe(member.name) or member.name in found:
                    raise BadInputError(altered)
                stream = archive.extractfile(member)
                assert stream is not None
                path = folder / member.name
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with path.open("xb") as file:
                    os.fchmod(file.fileno(), 0o600)
                    found[member.name] = _copy(stream, file)
                display.update(task, completed=archive.offset)
        display.update(task, completed=size)
    except FileNotFoundError:
        raise BadInputError(f"找不到备份文件 {source}。请检查路径。") from None
    except (OSError, tarfile.TarError) as error:
        raise BadInputError(f"无法读取 {source}（{error}）。请换一份备份。") from None
    text, signature = folder / _MANIFEST, folder / _SIGNATURE
    if not text.exists() or not signature.exists() or text.stat().st_size > _LARGEST_MANIFEST:
        raise BadInputError(f"{source} 不是 niangjia backup 生成的备份文件，或者没有写完。请换一份备份。")
    encoded = text.read_bytes()
    if not hmac.compare_digest(_sign(encoded, keys), signature.read_bytes()):
        raise BadInputError(
            f"{source} 的签名与本安装的密钥不符：它被改动过，或属于另一个安装。"
            "请放回备份时使用的 keys.json 再试，或换一份备份。"
        )
    document: dict[str, Any] = json.loads(encoded)
    if document["format"] != FORMAT:
        raise BadInputError(f"{source} 的格式版本是 {document['format']}，本程序只认 {FORMAT}。请用当时的版本恢复。")
    manifest = Manifest(**document)
    del found[_MANIFEST], found[_SIGNATURE]
    if found != manifest.files:
        raise BadInputError(altered)
    text.unlink()
    signature.unlink()
    return manifest


def fingerprint(key: str) -> str:
    """Tells keys apart without telling anything about them: they are 32 random bytes."""
    return hashlib.sha256(b"niangjia key fingerprint\0" + base64.b64decode(key)).hexdigest()[:16]


def _refuse_missing_keys(manifest: Manifest, keys: Keys) -> None:
    present = {number: fingerprint(key) for number, key in keys["sealing"]["keys"].items()}
    missing = [number for number, print_ in manifest.keys.items() if present.get(number) != print_]
    if missing:
        raise BadInputError(
            f"这份备份需要 {'、'.join(missing)} 号密钥，本安装的密钥文件里没有或不同。请先放回备份时使用的 keys.json。"
        )
    if manifest.blind != fingerprint(keys["blind"]):
        raise BadInputError("这份备份的检索密钥（blind）与本安装不同。请先放回备份时使用的 keys.json。")


def _refuse_to_overwrite(place: Server, keys: Keys, state: State) -> None:
    with psycopg.connect(_owner(place, keys)) as connection:
        row = connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone()
    if row != (0,) or stored(state.uploads):
        raise BadInputError(f"数据库 {place.name} 或 {state.uploads} 里已有数据。确认可以丢弃后，加 --force 再执行。")


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    known = name in {_DUMP, _MANIFEST, _SIGNATURE} or name.startswith(_UPLOADS)
    return known and not path.is_absolute() and ".." not in path.parts


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """Add a file and return its SHA-256, reading it once."""
    member = tarfile.TarInfo(name)
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        member.size, member.mtime, member.mode = status.st_size, int(status.st_mtime), 0o600
        reader = _Hashing(file)
        archive.addfile(member, reader)
    return reader.digest.hexdigest()


class _Hashing(io.RawIOBase):
    """A reader that hashes what passes through."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        block = self.stream.read(size)
        self.digest.update(block)
        return block


def _copy(stream: IO[bytes], file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for block in _blocks(stream):
        digest.update(block)
        file.write(block)
    return digest.hexdigest()


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _sign(data: bytes, keys: Keys) -> bytes:
    key = hmac.digest(base64.b64decode(keys["blind"]), b"niangjia backup manifest", "sha256")
    return hmac.new(key, data, "sha256").hexdigest().encode()


def _owner(place: Server, keys: Keys) -> str:
    return place.conninfo(user="niangjia_owner", password=keys["database"]["owner"])


def _run(program: str, place: Server, keys: Keys, *options: str) -> None:
    """Run pg_dump or pg_restore as the owner. The password travels in the environment, where `ps` does not show it."""
    folder = postgres.client_folder()
    if folder is None:
        raise OpsError(f"没有找到 {program}。请重新执行 make，或安装系统的 postgresql-client。")
    command = [str(folder / program), f"--dbname={place.conninfo(user='niangjia_owner')}", "--no-password", *options]
    environ: Mapping[str, str] = {**os.environ, "PGPASSWORD": keys["database"]["owner"]}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise OpsError(f"{program} 没有成功：\n{done.stderr.strip()}")
