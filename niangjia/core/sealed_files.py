"""Sealing of whole files, piece by piece, so that a large one passes through a small memory.

A sealed file is ``NJF | algorithm (1 byte) | key id (1 byte) | salt (16)`` and its pieces: 64 KiB of plain bytes each, the
last one shorter or empty, under AES-256-GCM with a tag of 16 bytes. Each file has a key of its own, derived (HKDF-SHA256)
from the sealing key and the salt; a piece's nonce is its number and whether it is the last. So no piece can be altered,
moved, repeated or cut off, and a file laid under another name (the context) does not open.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from niangjia.core.sealing import AES_256_GCM, TAG_BYTES, SealError, keyring

MAGIC: Final = b"NJF"
PIECE: Final = 64 << 10  # plain bytes
_SALT: Final = 16
_HEAD: Final = len(MAGIC) + 2 + _SALT


def seal(pieces: Iterable[bytes], *, context: str) -> Iterator[bytes]:
    """The sealed file for plain bytes of any cut, under the active key."""
    ring = keyring()
    salt = os.urandom(_SALT)
    yield MAGIC + bytes((AES_256_GCM, ring.active)) + salt
    cipher = _cipher(ring.keys[ring.active], salt)
    for number, (piece, last) in enumerate(_marked(_recut(pieces))):
        yield cipher.encrypt(_nonce(number, last=last), piece, context.encode())


def unseal(file: BinaryIO, *, context: str) -> Iterator[bytes]:
    """The plain pieces of an open sealed file. Raises SealError where the file is not what was sealed under this context.

    A piece is proven before it is given, the end only with the last one.
    """
    head = file.read(_HEAD)
    number = key_id_of(head)
    if number is None or len(head) < _HEAD:
        raise SealError("文件没有加密，或开头不完整。请从备份恢复。")
    key = keyring().keys.get(number)
    if key is None:
        raise SealError(f"缺少{number}号密钥，无法打开文件。请把该密钥补回密钥文件。")
    cipher = _cipher(key, head[-_SALT:])
    for place, (piece, last) in enumerate(_marked(iter(lambda: file.read(PIECE + TAG_BYTES), b""))):
        try:
            yield cipher.decrypt(_nonce(place, last=last), piece, context.encode())
        except InvalidTag:
            raise SealError("文件被改动过、不完整，或换了位置。请从备份恢复并查明原因。") from None


def key_id_of(head: bytes) -> int | None:
    """The number of the key a file was sealed with, from its first five bytes; None for a file that is not sealed."""
    if head[: len(MAGIC)] != MAGIC or len(head) < len(MAGIC) + 2:
        return None
    if head[len(MAGIC)] != AES_256_GCM:
        raise SealError(f"不认识文件的加密算法编号{head[len(MAGIC)]}。请升级系统，或从备份恢复。")
    return head[len(MAGIC) + 1]


def write(path: Path, pieces: Iterable[bytes], *, context: str) -> None:
    """Write plain bytes as a sealed file that is complete as soon as it has its name, and still there after a power cut.

    Missing folders, three levels at most, are made; nobody else on the machine may read them.
    """
    for folder in (path.parent.parent.parent, path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(seal(pieces, context=context))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    folder_handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder_handle)
    finally:
        os.close(folder_handle)


def key_of(path: Path) -> int | None:
    """The number of the key a file on the disk was sealed with; None for one that is not sealed."""
    with path.open("rb") as file:
        return key_id_of(file.read(_HEAD))


def read(path: Path, *, context: str) -> Iterator[bytes]:
    """The plain bytes of a file, piece by piece; one from before files were sealed is read as it is.

    Raises OSError and SealError.
    """
    if key_of(path) is None:
        with path.open("rb") as file:
            yield from iter(lambda: file.read(PIECE), b"")
        return
    with path.open("rb") as file:
        yield from unseal(file, context=context)


def read_range(path: Path, *, context: str, start: int, end: int) -> Iterator[bytes]:
    """The plain bytes from ``start`` up to ``end`` (not counted), without reading what lies before them.

    ``end`` must not be greater than the plain size. Raises OSError and SealError.
    """
    sealed = key_of(path) is not None
    with path.open("rb") as file:
        if sealed:
            yield from _cut(_unseal_from(file, start // PIECE, context=context), start % PIECE, end - start)
        else:
            file.seek(start)
            yield from _cut(iter(lambda: file.read(PIECE), b""), 0, end - start)


def _unseal_from(file: BinaryIO, first: int, *, context: str) -> Iterator[bytes]:
    head = file.read(_HEAD)
    number = key_id_of(head)
    key = keyring().keys.get(number or 0)
    if key is None:
        raise SealError(f"缺少{number}号密钥，无法打开文件。请把该密钥补回密钥文件。")
    cipher = _cipher(key, head[-_SALT:])
    size = file.seek(0, os.SEEK_END)
    place = file.seek(_HEAD + first * (PIECE + TAG_BYTES))
    while piece := file.read(PIECE + TAG_BYTES):
        place += len(piece)
        try:
            yield cipher.decrypt(_nonce(first, last=place == size), piece, context.encode())
        except InvalidTag:
            raise SealError("文件被改动过、不完整，或换了位置。请从备份恢复并查明原因。") from None
        first += 1


def _cut(pieces: Iterator[bytes], skip: int, length: int) -> Iterator[bytes]:
    for piece in pieces:
        if length <= 0:
            return
        wanted = piece[skip : skip + length]
        skip, length = 0, length - len(wanted)
        yield wanted


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"niangjia file").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))


def _recut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in pieces:
        whole = waiting + piece
        cuts = range(0, max(len(whole) - 1, 0) // PIECE * PIECE, PIECE)
        yield from (whole[at : at + PIECE] for at in cuts)
        waiting = whole[len(cuts) * PIECE :]
    yield waiting


def _marked(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last."""
    held = next(pieces, None)
    if held is None:
        raise SealError("文件不完整。请从备份恢复。")
    for piece in pieces:
        yield held, False
        held = piece
    yield held, True
