"""A recording is what its content says; what is none, is cut off or is of another kind is refused with a remedy."""

import io

import pytest

from niangjia.files import media
from niangjia.files.kinds import FileError, FileKind
from tests.recordings import PLACE, mp3, mp4, wav

BOTH = (FileKind.VIDEO, FileKind.AUDIO)


@pytest.mark.parametrize(
    ("data", "kind", "mime", "seconds", "coding"),
    [
        (mp4(90), FileKind.VIDEO, "video/mp4", 90, "avc1"),
        (mp4(5, coding=b"hvc1"), FileKind.VIDEO, "video/mp4", 5, "hvc1"),
        (mp4(61, picture=False), FileKind.AUDIO, "audio/mp4", 61, ""),
        (wav(2), FileKind.AUDIO, "audio/wav", 2, ""),
        (mp3(), FileKind.AUDIO, "audio/mpeg", 3, ""),
    ],
)
def test_a_recording_is_known_by_its_content(data: bytes, kind: FileKind, mime: str, seconds: int, coding: str) -> None:
    seen = media.examine(io.BytesIO(data), kinds=BOTH)
    assert (seen.kind, seen.mime, round(seen.seconds), seen.coding) == (kind, mime, seconds, coding)


@pytest.mark.parametrize(
    ("data", "kinds", "words"),
    [
        (b"", BOTH, "文件是空的"),
        ("这是一份通知".encode(), BOTH, "这个文件不是视频"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), BOTH, "这个文件不是视频"),
        (b"PK\x03\x04" + bytes(30), (FileKind.AUDIO,), "这个文件不是录音"),
        (mp4()[:-40], BOTH, "文件不完整"),
        (mp4()[:28], BOTH, "文件不完整"),
        (mp4(0), BOTH, "没有画面或声音"),
        (b"\x1aE\xdf\xa3" + bytes(30), BOTH, "不接收 WebM"),
        (b"#!AMR\n" + bytes(30), BOTH, "不接收 AMR"),
        (b"RIFF\x00\x00\x00\x00AVI " + bytes(30), BOTH, "不接收 AVI"),
        (wav()[:-9], BOTH, "录音不完整"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(400), BOTH, "不是 MP3"),
        (mp4(), (FileKind.AUDIO,), "这里不接收视频"),
    ],
)
def test_what_is_no_recording_is_refused(data: bytes, kinds: tuple[FileKind, ...], words: str) -> None:
    with pytest.raises(FileError) as refused:
        media.examine(io.BytesIO(data), kinds=kinds)
    assert refused.value.message.startswith(words) or words in refused.value.message
    assert refused.value.remedy.startswith("请")


def test_where_a_phone_took_the_picture_is_blanked_and_nothing_else_moves() -> None:
    data = mp4()
    seen = media.examine(io.BytesIO(data), kinds=BOTH)
    kept = b"".join(media.blanked(io.BytesIO(data), seen.private))
    at = data.index(b"udta")
    assert (len(kept), PLACE in kept, kept[at : at + 4]) == (len(data), False, b"free")
    assert kept[:at] == data[:at]
    assert media.examine(io.BytesIO(kept), kinds=BOTH).private == ()
