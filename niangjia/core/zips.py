"""A zip that goes out while it is made: nothing of it lies on the disk, and no member is held whole."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a zip: its path inside, its bytes piece by piece, its moment."""

    path: str
    pieces: Iterable[bytes]
    at: dt.datetime


class _Sink(io.RawIOBase):
    """Takes what zipfile writes until it is fetched; it cannot be sought, so sizes follow their data."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._waiting.append(piece)
        return len(piece)

    def fetch(self) -> bytes:
        found, self._waiting = b"".join(self._waiting), []
        return found


def stream_zip(members: Iterable[Member]) -> Iterator[bytes]:
    """The bytes of a zip with the members in turn. Two of one path get a number; a path never leaves the folder."""
    sink = _Sink()
    seen: dict[str, int] = {}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            info = zipfile.ZipInfo(_path(member.path, seen), member.at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as out:
                for piece in member.pieces:
                    out.write(piece)
                    if data := sink.fetch():
                        yield data
            if data := sink.fetch():
                yield data
    yield sink.fetch()


def _path(wanted: str, seen: dict[str, int]) -> str:
    parts = [part.strip(". ") for part in wanted.replace("\\", "/").split("/")]
    path = "/".join(
        "".join(sign for sign in part if sign.isprintable() and sign not in '<>:"|?*') for part in parts if part
    )
    seen[path] = seen.get(path, 0) + 1
    if seen[path] == 1:
        return path
    stem, dot, ending = path.rpartition(".")
    return f"{stem}（{seen[path]}）.{ending}" if dot else f"{path}（{seen[path]}）"
