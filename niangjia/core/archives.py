"""What an upload that claims to be an office file really is, decided before any parser opens it.

An .xlsx or .docx is a zip, and a zip states its own sizes. Parsers believe it; this module does not: `open_archive`
reads the declared sizes, `inflate` unpacks a member and stops where the statement turns out to be untrue.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
CHUNK = 1 << 20
RATIO_IS_JUDGED_FROM = 1 << 20  # below 1 MB unpacked nothing is a bomb, whatever the ratio


class ArchiveError(ValueError):
    """The file must not be opened; `str()` says why in Chinese, `remedy` what the sender can do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one archive: number of members, unpacked bytes of all, unpacked / packed bytes of one member."""

    members: int = 2_000
    unpacked: int = 400 << 20
    ratio: int = 300


def office_97_kind(data: bytes) -> str | None:
    """Name of an OLE container: 'encrypted' (a locked .xlsx/.docx), 'xls', 'doc' or 'ole'; None if it is none."""
    if not data.startswith(OLE_MAGIC):
        return None
    streams = {"EncryptedPackage": "encrypted", "Workbook": "xls", "Book": "xls", "WordDocument": "doc"}
    return next((kind for stream, kind in streams.items() if stream.encode("utf-16-le") in data), "ole")


def open_archive(source: bytes | Path, limits: Limits = Limits()) -> zipfile.ZipFile:
    """Open a zip whose declared sizes lie within `limits`; ArchiveError for a broken, locked or oversized one."""
    broken = ArchiveError("文件已损坏，打不开", "请在电脑上打开原文件，另存一份后重新上传")
    try:
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise broken from error
    infos = archive.infolist()
    bomb = ArchiveError("文件解压后过大，疑似压缩炸弹", "请删除多余内容（大图片、空白行列）后另存再上传")
    try:
        if len(infos) > limits.members or sum(info.file_size for info in infos) > limits.unpacked:
            raise bomb
        if len({info.filename for info in infos}) != len(infos):
            raise broken
        for info in infos:
            if info.file_size > max(RATIO_IS_JUDGED_FROM, limits.ratio * info.compress_size):
                raise bomb
            if info.flag_bits & 0x1:
                raise ArchiveError("文件已加密", "请去掉密码后重新上传")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise broken
    except ArchiveError:
        archive.close()
        raise
    return archive


def inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpacked pieces of one member, at most 1 MB each; ArchiveError as soon as it disagrees with its declared size.

    zipfile itself stops silently at the declared size; a parser in another language would go on.
    """
    untrue = ArchiveError("文件已损坏：内容与声明的大小不符", "请在电脑上打开原文件，另存一份后重新上传")
    stream = archive.fp
    assert stream is not None
    stream.seek(info.header_offset)
    header = stream.read(30)
    if len(header) < 30 or not header.startswith(ZIP_MAGIC):
        raise untrue
    stream.seek(sum(struct.unpack("<HH", header[26:30])), io.SEEK_CUR)
    left, total, packed = info.compress_size, 0, b""
    deflated = info.compress_type == zipfile.ZIP_DEFLATED
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    while left or packed:
        if not packed:
            packed = stream.read(min(left, CHUNK))
            left -= len(packed)
            if not packed:
                raise untrue
        try:
            piece, packed = (machine.decompress(packed, CHUNK), machine.unconsumed_tail) if deflated else (packed, b"")
        except zlib.error as error:
            raise untrue from error
        total += len(piece)
        if total > info.file_size or machine.unused_data:
            raise untrue
        yield piece
    rest = machine.flush() if deflated else b""
    if total + len(rest) != info.file_size or (deflated and not machine.eof):
        raise untrue
    yield rest


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """The whole unpacked member, with the checks of `inflate`."""
    return b"".join(inflate(archive, info))
