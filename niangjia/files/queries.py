"""Where stored files lie, and their bytes. Who may ask is decided by the row: no row in scope, no file."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from niangjia.files.models import StoredFile

PIECE = 256 << 10


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
    path = path_of(stored)
    digest = sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except OSError as error:
        raise FileLost(f"文件“{stored.name}”在存储中找不到，请联系管理员从备份恢复。") from error
    if digest.hexdigest() != stored.sha256:
        raise FileLost(f"文件“{stored.name}”与登记的内容不一致，请联系管理员从备份恢复。")
    return _pieces(path)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def read(stored: StoredFile) -> bytes:
    """All the bytes at once. Raises FileLost if the file is missing or was altered."""
    return b"".join(open_file(stored))
