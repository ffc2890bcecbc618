"""What may be uploaded at all, and what is wrong with the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from niangjia.core.refused import Refused


class FileKind(StrEnum):
    """A kind of upload, told by its content."""

    IMAGE = "IMAGE"
    PDF = "PDF"
    XLSX = "XLSX"
    DOCX = "DOCX"
    TEXT = "TEXT"
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"

    @property
    def label(self) -> str:
        """How a page names it."""
        return {
            "IMAGE": "图片（JPG、PNG、WebP、HEIC）",
            "PDF": "PDF",
            "XLSX": "Excel 表格（.xlsx）",
            "DOCX": "Word 文档（.docx）",
            "TEXT": "文本（.txt、.csv）",
            "VIDEO": "视频（.mp4）",
            "AUDIO": "录音（.mp3、.m4a、.wav）",
        }[self.value]

    @property
    def most_bytes(self) -> int:
        """The size limit of one upload of this kind."""
        return {"IMAGE": 50, "PDF": 30, "XLSX": 30, "DOCX": 20, "TEXT": 2, "VIDEO": 300, "AUDIO": 60}[self.value] << 20


class FileError(Refused, ValueError):
    """The upload is refused; `str()` says why in Chinese with the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}。{remedy}。")
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Examined:
    """An upload that may be stored: its true kind, a name that fits it, and the bytes to keep. The bytes of an image
    are not those that came but a fresh picture of them."""

    kind: FileKind
    mime: str
    name: str
    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()
