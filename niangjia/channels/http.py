"""HTTP to providers: a limit on every wait, no redirects, an answer of sane size, nothing secret in an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import urllib3

from niangjia.channels.carriers import TryLater

CONNECT_SECONDS: Final = 4.0
READ_SECONDS: Final = 12.0
MAX_ANSWER: Final = 1_000_000  # bytes


@cache
def _pool() -> urllib3.PoolManager:
    """One pool for the process: a provider's connection is kept and used again."""
    return urllib3.PoolManager(
        num_pools=64, maxsize=8, retries=False,
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
    )  # fmt: skip


def request(
    method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes, Mapping[str, str]]:
    """Status, body and headers. Raises TryLater when no whole answer came, for a 5xx, and for 429 with what it asks."""
    try:
        answer = _pool().request(
            method, url, body=body, headers=dict(headers or {}), redirect=False, preload_content=False
        )
        try:
            data = answer.read(MAX_ANSWER + 1)
        finally:
            answer.release_conn()
    except urllib3.exceptions.HTTPError as error:  # its text may hold the address, and the address a key
        raise TryLater("连不上对方服务器，稍后自动重试。", code=type(error).__name__) from None
    if len(data) > MAX_ANSWER:
        raise TryLater("对方的答复过长，没有采信，稍后自动重试。", code="too-long")
    if answer.status == 429 or answer.status >= 500:
        asked = answer.headers.get("Retry-After", "")
        raise TryLater(
            "对方限流，稍后自动重试。" if answer.status == 429 else "对方服务器出错，稍后自动重试。",
            code=str(answer.status), after=float(asked) if asked.isdigit() else None,
        )  # fmt: skip
    return answer.status, data, answer.headers


def post_json(url: str, payload: Any, *, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """Send JSON as raw UTF-8 and read a JSON object. Raises TryLater for an answer that is none."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    _, data, _ = request(
        "POST", url, body=body, headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    )
    return as_object(data)


def as_object(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise TryLater("对方的答复看不懂，稍后自动重试。", code="no-json")
    return found
