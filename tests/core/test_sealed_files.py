"""A sealed file opens as it was, under its name, whole, or not at all."""

import io
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from niangjia.core import sealed_files, sealing
from niangjia.core.sealed_files import PIECE
from niangjia.core.sealing import Keyring, SealError

FIRST, SECOND, BLIND = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
HEAD = 3 + 2 + 16


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_installed", Keyring(1, {1: FIRST}, BLIND))


def sealed(*pieces: bytes, context: str = "ab/cd/name") -> bytes:
    return b"".join(sealed_files.seal(pieces, context=context))


def opened(data: bytes, context: str = "ab/cd/name") -> bytes:
    return b"".join(sealed_files.unseal(io.BytesIO(data), context=context))


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"",),
        (b"a",),
        (b"a" * PIECE,),
        (b"a" * (PIECE + 1),),
        (b"a" * 10, b"b" * 3 * PIECE, b"c"),
        (b"a" * PIECE,) * 2,
    ],
)
def test_a_file_opens_as_it_was_whatever_the_cut(pieces: Iterable[bytes]) -> None:
    plain = b"".join(pieces)
    data = sealed(*pieces)
    assert opened(data) == plain
    assert len(data) == HEAD + len(plain) + 16 * max(1, -(-len(plain) // PIECE))
    assert not plain or plain[:9] not in data or len(plain) < 9


def test_the_same_file_sealed_twice_shows_no_likeness() -> None:
    first, second = sealed(b"x" * 100), sealed(b"x" * 100)
    assert first[:5] == second[:5] == b"NJF\x01\x01"
    assert first[5:] != second[5:]
    assert first[HEAD:] != second[HEAD:]


THREE = PIECE + 16  # a sealed piece


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d[: HEAD + 2 * THREE],  # cut at a piece
        lambda d: d[:-1],
        lambda d: d[:HEAD],
        lambda d: d[: HEAD - 1],
        lambda d: d + b"x",
        lambda d: d[:HEAD] + d[HEAD + THREE : HEAD + 2 * THREE] + d[HEAD : HEAD + THREE] + d[HEAD + 2 * THREE :],
        lambda d: d[:HEAD] + d[HEAD : HEAD + THREE] * 2 + d[HEAD + 2 * THREE :],
        lambda d: d[:100] + bytes((d[100] ^ 1,)) + d[101:],
        lambda d: d[:10] + bytes((d[10] ^ 1,)) + d[11:],
        lambda d: b"plain" + d,
    ],
)
def test_a_file_that_was_cut_turned_or_altered_does_not_open(spoil: object) -> None:
    data = sealed(b"a" * PIECE, b"b" * PIECE, b"c")
    assert opened(data)
    with pytest.raises(SealError):
        opened(spoil(data))  # type: ignore[operator]


def test_a_file_laid_under_another_name_does_not_open() -> None:
    with pytest.raises(SealError, match=r"^文件被改动过、不完整，或换了位置。"):
        opened(sealed(b"a"), context="ab/cd/other")


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = sealed(b"a")
    monkeypatch.setattr(sealing, "_installed", Keyring(2, {2: SECOND}, BLIND))
    with pytest.raises(SealError, match=r"^缺少1号密钥，无法打开文件。"):
        opened(data)
    assert sealed_files.key_id_of(data[:5]) == 1


def test_an_unknown_algorithm_is_said_and_a_plain_file_is_known(tmp_path: Path) -> None:
    with pytest.raises(SealError, match=r"^不认识文件的加密算法编号9。"):
        sealed_files.key_id_of(b"NJF\x09\x01")
    plain = tmp_path / "old"
    plain.write_bytes("名册".encode())
    assert (sealed_files.key_of(plain), b"".join(sealed_files.read(plain, context="x"))) == (None, "名册".encode())


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5])
def test_a_part_of_a_file_is_read_without_the_rest(tmp_path: Path, size: int, sealed: bool) -> None:
    data = os.urandom(size)
    path = tmp_path / "one"
    if sealed:
        sealed_files.write(path, [data], context="c")
    else:
        path.write_bytes(data)
    for start, end in ((0, size), (0, min(size, 10)), (size // 2, size), (max(0, size - 7), size), (size, size)):
        assert b"".join(sealed_files.read_range(path, context="c", start=start, end=end)) == data[start:end]
