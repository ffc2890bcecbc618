"""Where stored files lie, sealed, and their bytes. Who may ask is decided by the row: no row in scope, no file."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from niangjia.core import sealed_files
from niangjia.core.sealing import SealError
from niangjia.files.models import StoredFile


class FileLost(Exception):
    """The row is there but its bytes are gone or altered; the message is for the user."""


def root() -> Path:
    """The folder of all uploads, outside the web root."""
    path: Path = settings.NIANGJIA_UPLOADS
    return path


def path_of(stored: StoredFile) -> Path:
    """Where the bytes of a stored file lie."""
    return root() / stored.storage_name


def open_file(stored: StoredFile) -> Iterator[bytes]:
    """The bytes, piece by piece. Raises FileLost before the first piece if the file is missing or was altered."""
    digest = sha256()
    try:
        for piece in pieces(stored.storage_name):
            digest.update(piece)
    except OSError as error:
        raise FileLost(f"文件“{stored.name}”在存储中找不到，请联系管理员从备份恢复。") from error
    except SealError as error:
        raise FileLost(f"文件“{stored.name}”打不开：{error}") from error
    if digest.hexdigest() != stored.sha256:
        raise FileLost(f"文件“{stored.name}”与登记的内容不一致，请联系管理员从备份恢复。")
    return pieces(stored.storage_name)


def pieces(storage_name: str) -> Iterator[bytes]:
    """The plain bytes under a storage name. Raises OSError and SealError."""
    return sealed_files.read(root() / storage_name, context=storage_name)


def part(storage_name: str, start: int, end: int) -> Iterator[bytes]:
    """The plain bytes from ``start`` up to ``end`` (not counted). Raises OSError and SealError."""
    return sealed_files.read_range(root() / storage_name, context=storage_name, start=start, end=end)


def read(stored: StoredFile) -> bytes:
    """All the bytes at once. Raises FileLost if the file is missing or was altered."""
    return b"".join(open_file(stored))
