"""Archives are judged by what they unpack to, not by what they say."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from niangjia.core.archives import (
    OLE_MAGIC,
    ArchiveError,
    Limits,
    inflate,
    office_97_kind,
    open_archive,
    read_member,
)


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_declared_size(data: bytes, size: int) -> bytes:
    """The central directory states `size` unpacked bytes for its first member."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<I", size) + data[at + 28 :]


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_a_member_comes_back_whole_in_pieces_of_at_most_a_megabyte(size: int, compression: int) -> None:
    body = bytes(i * i % 251 for i in range(997)) * (size // 997) + b"x" * (size % 997)
    with open_archive(zipped({"a": body}, compression)) as archive:
        pieces = list(inflate(archive, archive.infolist()[0]))
        assert b"".join(pieces) == body
        assert max(map(len, pieces)) <= 1 << 20
        assert read_member(archive, archive.infolist()[0]) == body


def test_a_path_is_opened_like_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"a": b"1"}))
    with open_archive(path) as archive:
        assert archive.namelist() == ["a"]


@pytest.mark.parametrize("declared", [0, 10, 999_999, 1_000_001])
def test_a_member_that_lies_about_its_size_is_refused(declared: int) -> None:
    with open_archive(with_declared_size(zipped({"a": b"0" * 1_000_000}), declared)) as archive:
        with pytest.raises(ArchiveError, match="与声明的大小不符"):
            list(inflate(archive, archive.infolist()[0]))


def test_a_member_cut_short_is_refused() -> None:
    data = zipped({"a": bytes(range(256)) * 400})
    damaged = data[:40] + b"\xff" * 30 + data[70:]
    with open_archive(damaged) as archive, pytest.raises(ArchiveError, match="文件已损坏"):
        list(inflate(archive, archive.infolist()[0]))


@pytest.mark.parametrize(
    ("data", "limits", "message"),
    [
        (b"", Limits(), "文件已损坏"),
        (b"PK\x03\x04 nothing more", Limits(), "文件已损坏"),
        (zipped({"a": b"0" * 2_000_000}), Limits(), "疑似压缩炸弹"),
        (zipped({"a": b"12", "b": b"34"}), Limits(unpacked=3), "疑似压缩炸弹"),
        (zipped({"a": b"", "b": b""}), Limits(members=1), "疑似压缩炸弹"),
        (zipped({"a": b"1"}, zipfile.ZIP_LZMA), Limits(), "文件已损坏"),
    ],
)
def test_a_broken_or_oversized_archive_is_refused(data: bytes, limits: Limits, message: str) -> None:
    with pytest.raises(ArchiveError, match=message) as caught:
        open_archive(data, limits)
    assert caught.value.remedy.startswith("请")


def test_a_locked_archive_is_refused() -> None:
    data = zipped({"a": b"1"})
    at = data.index(b"PK\x01\x02")
    with pytest.raises(ArchiveError, match="文件已加密"):
        open_archive(data[: at + 8] + b"\x01" + data[at + 9 :])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04", None),
        (OLE_MAGIC, "ole"),
        (OLE_MAGIC + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (OLE_MAGIC + "Workbook".encode("utf-16-le"), "xls"),
        (OLE_MAGIC + "WordDocument".encode("utf-16-le"), "doc"),
    ],
)
def test_an_old_office_container_is_named(data: bytes, kind: str | None) -> None:
    assert office_97_kind(data) == kind
