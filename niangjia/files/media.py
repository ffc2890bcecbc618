"""What a video or a recording is, told by its content: which container, how long, which coding. Read from the disk, a few
kilobytes at a time; nothing is decoded here.

Kept are MP4 (ISO/IEC 14496-12), MP3, M4A and WAV, which every phone plays. In an MP4 the boxes ``udta``, ``meta`` and ``uuid``
hold what is not picture or sound, on phones also the place of the recording: their spans are reported so that they can be
blanked.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from niangjia.files.kinds import FileError, FileKind

PIECE: Final = 64 << 10
MOST_HEADER: Final = 32 << 20  # bytes of a moov box: hours of video
EVERYWHERE: Final = frozenset({"avc1", "avc3"})  # H.264, which every phone plays
_PRIVATE: Final = frozenset({b"udta", b"meta", b"uuid"})
_CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
AS_MP4: Final = "请在手机或电脑上用“剪辑”类软件导出为 MP4（H.264）后重新上传"
AS_MP3: Final = "请转为 MP3 或 M4A 后重新上传"


@dataclass(frozen=True, slots=True)
class Seen:
    """A recording that may be kept. ``private`` are spans of bytes to blank, ``coding`` the coding of its picture."""

    kind: FileKind
    mime: str
    ending: str
    seconds: float
    coding: str = ""
    private: tuple[tuple[int, int], ...] = ()

    @property
    def plays_everywhere(self) -> bool:
        return self.kind is FileKind.AUDIO or self.coding in EVERYWHERE


def examine(file: BinaryIO, *, kinds: Collection[FileKind]) -> Seen:
    """Find out what a recording is. Raises FileError, in Chinese with a remedy, for what is none or is cut off."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(16)
    if not head:
        raise FileError("文件是空的", "请检查后重新上传")
    if head[4:8] == b"ftyp":
        seen = _mp4(file, size)
    elif head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        seen = _wav(file, size)
    elif head[:3] == b"ID3" or (head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        seen = _mp3(file, size)
    else:
        raise _refused(head, kinds)
    if seen.kind not in kinds:
        wanted = "、".join(kind.label for kind in FileKind if kind in kinds)
        raise FileError(f"这里不接收{seen.kind.label}", f"请上传：{wanted}")
    if size > seen.kind.most_bytes:
        raise FileError(f"文件超过 {seen.kind.most_bytes >> 20} MB", "请剪成几节，或降低清晰度导出后重新上传")
    if seen.seconds <= 0:
        raise FileError("文件里没有画面或声音", "请重新录制或导出后再上传")
    return seen


def _refused(head: bytes, kinds: Collection[FileKind]) -> FileError:
    known = {
        b"\x1aE\xdf\xa3": ("不接收 WebM、MKV 视频", AS_MP4),
        b"#!AM": ("不接收 AMR 录音（部分手机的语音备忘）", AS_MP3),
        b"FLV\x01": ("不接收 FLV 视频", AS_MP4),
        b"\x30\x26\xb2\x75": ("不接收 WMV、WMA 文件", AS_MP4),
        b"\x00\x00\x01\xba": ("不接收 MPG 视频", AS_MP4),
        b"OggS": ("不接收 OGG 录音", AS_MP3),
        b"RIFF": ("不接收 AVI 视频", AS_MP4),
    }
    if head[:4] in known:
        return FileError(*known[head[:4]])
    video = FileKind.VIDEO in kinds
    what = "视频" if video else "录音"
    return FileError(f"这个文件不是{what}（改过扩展名的也不行）", AS_MP4 if video else AS_MP3)


def blanked(file: BinaryIO, private: tuple[tuple[int, int], ...]) -> Iterator[bytes]:
    """The bytes of a file with these spans zeroed and their boxes renamed to ``free``, as the standard has it."""
    file.seek(0)
    place = 0
    while piece := file.read(PIECE):
        buffer = None
        for start, end in private:
            low, high = max(start, place), min(end, place + len(piece))
            if low < high:
                buffer = buffer or bytearray(piece)
                name = b"free" + bytes(high - start - 4 if high - start > 4 else 0)
                buffer[low - place : high - place] = name[low - start : high - start]
        yield bytes(buffer) if buffer is not None else piece
        place += len(piece)


# --- MP4 ---


def _mp4(file: BinaryIO, size: int) -> Seen:
    cut_off = FileError("文件不完整，可能没有传完或没有录完", "请重新导出后上传")
    private: list[tuple[int, int]] = []
    found = moving = False
    seconds = 0.0
    codings: dict[bytes, str] = {}
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise cut_off
        length, name, header = _box(head, size - at)
        if length < header or at + length > size:
            raise cut_off
        if name in _PRIVATE:
            private += _spans(at, at + header, at + length)
        elif name == b"mdat":
            found = True
        elif name == b"moov":
            if length > MOST_HEADER:
                raise FileError("文件的目录部分过大", AS_MP4)
            file.seek(at)
            inside = file.read(length)
            seconds, codings = _moov(inside, header)
            private += [(at + low, at + high) for low, high in _private_in(inside, header, len(inside))]
            moving = True
        at += length
    if not (found and moving):
        raise FileError("文件里没有画面或声音", AS_MP4)
    picture = codings.get(b"vide", "")
    if picture:
        return Seen(FileKind.VIDEO, "video/mp4", "mp4", seconds, picture, tuple(private))
    if b"soun" not in codings:
        raise FileError("文件里没有画面或声音", AS_MP4)
    return Seen(FileKind.AUDIO, "audio/mp4", "m4a", seconds, "", tuple(private))


def _box(head: bytes, rest: int) -> tuple[int, bytes, int]:
    """Length of a box with its header, its name, length of the header."""
    length, name = struct.unpack(">I4s", head[:8])
    if length == 1 and len(head) >= 16:
        return struct.unpack(">Q", head[8:16])[0], name, 16
    return (rest, name, 8) if length == 0 else (length, name, 8)


def _inside(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Name, start, start of the content and end of each box in a span."""
    while start + 8 <= end:
        length, name, header = _box(data[start : start + 16], end - start)
        if length < header or start + length > end:
            return
        yield name, start, start + header, start + length
        start += length


def _spans(begins: int, content: int, ends: int) -> list[tuple[int, int]]:
    """What is blanked of a box: its name and content, never its length."""
    return [(begins + 4, ends)] if content - begins == 8 else [(begins + 4, begins + 8), (content, ends)]


def _private_in(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    for name, begins, content, ends in _inside(data, start, end):
        if name in _PRIVATE:
            yield from _spans(begins, content, ends)
        elif name in _CONTAINERS:
            yield from _private_in(data, content, ends)


def _moov(data: bytes, header: int) -> tuple[float, dict[bytes, str]]:
    """How long it runs, and the coding of each kind of track."""
    seconds = 0.0
    codings: dict[bytes, str] = {}
    for name, _, content, ends in _inside(data, header, len(data)):
        if name == b"mvhd":
            wide = data[content] == 1
            form, at = (">IQ", content + 20) if wide else (">II", content + 12)
            if at + struct.calcsize(form) <= ends:
                scale, duration = struct.unpack_from(form, data, at)
                seconds = duration / scale if scale else 0.0
        elif name == b"trak":
            kind, coding = _track(data, content, ends)
            if kind:
                codings.setdefault(kind, coding)
    return seconds, codings


def _track(data: bytes, start: int, end: int) -> tuple[bytes, str]:
    kind, coding = b"", ""
    for name, _, content, ends in _inside(data, start, end):
        if name in _CONTAINERS:
            deeper, inner = _track(data, content, ends)
            kind, coding = kind or deeper, coding or inner
        elif name == b"hdlr" and content + 12 <= ends:
            # A data handler lies deeper, in minf; only picture and sound count.
            handler = data[content + 8 : content + 12]
            kind = handler if handler in (b"vide", b"soun") else kind
        elif name == b"stsd" and content + 16 <= ends:
            coding = data[content + 12 : content + 16].decode("latin-1")
    return kind, coding


# --- sound ---


def _wav(file: BinaryIO, size: int) -> Seen:
    """Plain PCM: how many bytes a second stands in ``fmt``, how many there are in ``data``."""
    at, rate, plain = 12, 0, False
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"fmt " and length >= 16:
            coding, _, _, rate = struct.unpack("<HHII", file.read(12))
            plain = coding in (1, 0xFFFE)
        elif name == b"data":
            if at + 8 + length > size:
                raise FileError("录音不完整，可能没有传完", "请重新导出后上传")
            if not plain or not rate:
                raise FileError("WAV 录音的编码打不开", AS_MP3)
            return Seen(FileKind.AUDIO, "audio/wav", "wav", length / rate)
        at += 8 + length + length % 2
    raise FileError("录音不完整，可能没有传完", "请重新导出后上传")


_KBIT_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBIT_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HERTZ: Final = (44100, 48000, 32000)


def _mp3(file: BinaryIO, size: int) -> Seen:
    """MPEG layer III: three frames in a row make it one, the first tells the rate (ISO/IEC 11172-3, 13818-3)."""
    file.seek(0)
    head = file.read(10)
    start = 0
    if head[:3] == b"ID3":
        start = 10 + ((head[6] & 127) << 21 | (head[7] & 127) << 14 | (head[8] & 127) << 7 | head[9] & 127)
    file.seek(start)
    data = file.read(PIECE)
    at, rates = 0, []
    for _ in range(3):
        frame = _frame(data[at : at + 4])
        if frame is None:
            raise FileError("这个文件不是 MP3 录音，或者已损坏", AS_MP3)
        rates.append(frame)
        at += frame[0]
    length, kilobits, samples, hertz = rates[0]
    for mark in (b"Xing", b"Info"):
        place = data.find(mark, 0, length)
        if place >= 0 and data[place + 7] & 1:
            frames = int.from_bytes(data[place + 8 : place + 12], "big")
            return Seen(FileKind.AUDIO, "audio/mpeg", "mp3", frames * samples / hertz)
    return Seen(FileKind.AUDIO, "audio/mpeg", "mp3", (size - start) * 8 / (kilobits * 1000))


def _frame(head: bytes) -> tuple[int, int, int, int] | None:
    """Bytes, kilobits a second, samples and hertz of a layer III frame; None if it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] >> 1 & 3 != 1:
        return None
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return None
    first = version == 3
    kilobits = (_KBIT_1 if first else _KBIT_2)[bits]
    hertz = _HERTZ[rate] // {3: 1, 2: 2, 0: 4}[version]
    samples = 1152 if first else 576
    return samples // 8 * kilobits * 1000 // hertz + (head[2] >> 1 & 1), kilobits, samples, hertz
