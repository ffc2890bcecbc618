"""Parts of a stored file, so that a player can jump in it (RFC 9110, section 14). Nothing is held in memory but a piece."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import quote_etag

from niangjia.files import queries as files

# A player that asks for "all from here" gets this much and asks again: a slow phone must not hold a thread for minutes.
MOST_AT_ONCE: Final = 1 << 20
_ONE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)


class Unsatisfiable(Exception):
    """None of the bytes asked for is there: 416."""


def asked(header: str, size: int, *, most: int = MOST_AT_ONCE) -> tuple[int, int] | None:
    """Start and end (not counted) of the part a Range header asks for; None for the whole, also when the header is not
    one we read: other units, several ranges, a malformed one (RFC 9110, 14.2). Raises Unsatisfiable.
    """
    match = _ONE.fullmatch(header)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        length = int(match[2])
        if not length or not size:
            raise Unsatisfiable
        return max(0, size - length), size
    start = int(match[1])
    if match[2] and int(match[2]) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    if match[2]:
        return start, min(int(match[2]) + 1, size)
    return start, min(size, start + most)


@dataclass(frozen=True, slots=True)
class Recording:
    """What is streamed: where it lies, how long it is, and the digest of its content."""

    storage_name: str
    size: int
    mime: str
    sha256: str


def stream(request: HttpRequest, one: Recording, *, cache: str) -> HttpResponseBase:
    """200, 206, 304 or 416. ``cache`` is the Cache-Control of the answer."""
    etag = quote_etag(one.sha256[:32])
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag, "Cache-Control": cache})
    wanted = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        wanted = ""  # what she has the first part of is not what is here now
    try:
        part = asked(wanted, one.size) if wanted else None
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{one.size}", "Accept-Ranges": "bytes"})
    start, end = part or (0, one.size)
    if not (files.root() / one.storage_name).is_file():
        raise Http404
    pieces = files.part(one.storage_name, start, end)
    response = StreamingHttpResponse(pieces, content_type=one.mime, status=206 if part else 200)
    if part:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{one.size}"
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
