"""Answers that are files to keep, under the name people find them by."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import BinaryIO, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gz": "application/gzip",
    "ics": "text/calendar; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "py": "text/x-python; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def download(name: str, data: bytes) -> HttpResponse:
    """A whole file; what it is follows from the ending of its name."""
    return HttpResponse(data, headers=_headers(name))


def shown(name: str, data: bytes) -> HttpResponse:
    """A whole file that a browser or a calendar program opens at once, under its name when it is kept."""
    return HttpResponse(data, headers=_headers(name, keep=False))


def streamed(name: str, pieces: Iterable[bytes]) -> StreamingHttpResponse:
    """A file sent while it is read or made."""
    return StreamingHttpResponse(pieces, headers=_headers(name))


def workbook(name: str, write: Callable[[BinaryIO], object]) -> HttpResponse:
    """An Excel file called ``name``, as ``write`` writes it."""
    out = io.BytesIO()
    write(out)
    return download(f"{name}.xlsx", out.getvalue())


def _headers(name: str, *, keep: bool = True) -> dict[str, str]:
    return {
        "Content-Type": TYPES[name.rpartition(".")[2].lower()],
        "Content-Disposition": content_disposition_header(keep, name) or "",
    }
