"""The arithmetic of the trail, without a database: what an auditor's own computer recomputes.

An entry's hash is SHA-256 over the hash before it and its own columns joined by U+001F, the same as the database function
``trail_digest`` computes. An anchor's root is SHA-256 over the heads of all streams in the order of their names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from niangjia.trail.kinds import Flaw

SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is exported. ``at`` is in microseconds since 1970 UTC; ``summary`` is the database's own text."""

    stream: str
    seq: int
    at: int
    account: int | None
    post: int | None
    actor: str
    place: str
    verb: str
    subject: str
    summary: str
    hash: str

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Link:
        return cls(**{name: raw[name] for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Problem:
    """One flaw, and where: which stream, which entry, what it means."""

    flaw: Flaw
    stream: str
    seq: int
    text: str


def digest(previous: bytes, link: Link) -> bytes:
    """The hash an entry must have after the entry before it."""
    parts = (
        link.stream,
        str(link.seq),
        str(link.at),
        "-" if link.account is None else str(link.account),
        "-" if link.post is None else str(link.post),
        link.actor,
        link.place,
        link.verb,
        link.subject,
        link.summary,
    )
    return hashlib.sha256(previous + SEPARATOR.join(parts).encode()).digest()


def root(heads: Iterable[tuple[str, int, str]]) -> bytes:
    """The root over (stream, seq, hash in hex) of every stream."""
    total = hashlib.sha256()
    for stream, seq, head in sorted(heads):
        total.update(f"{stream}{SEPARATOR}{seq}{SEPARATOR}{head}\n".encode())
    return total.digest()


def check_stream(stream: str, links: list[Link]) -> list[Problem]:
    """Recompute one chain in the order of its numbers, and name the first entry that does not follow.

    After a break the chain goes on from the stored hash, so that one altered entry is one problem.
    """
    problems: list[Problem] = []
    numbers = [link.seq for link in links]
    if numbers != sorted(numbers):
        problems.append(Problem(Flaw.REORDERED, stream, numbers[0], "条目的先后被调换。"))
    previous, expected = b"", 1
    for link in sorted(links, key=lambda one: one.seq):
        if link.seq > expected:
            missing = f"第{expected}条" if link.seq - expected == 1 else f"第{expected}至{link.seq - 1}条"
            problems.append(Problem(Flaw.REMOVED, stream, expected, f"{missing}被删去。"))
        elif link.seq < expected:
            problems.append(Problem(Flaw.ADDED, stream, link.seq, f"第{link.seq}条重复出现。"))
        elif digest(previous, link).hex() != link.hash:
            problems.append(
                Problem(Flaw.ALTERED, stream, link.seq, f"第{link.seq}条（{link.verb}）的内容或前后次序被改动。")
            )
        previous, expected = bytes.fromhex(link.hash), link.seq + 1
    return problems


def check(links: Iterable[Link], anchor: Mapping[str, tuple[int, str]] | None = None) -> list[Problem]:
    """Every flaw of an export, and of it against an anchor: a mapping of stream to (seq, hash in hex) at that time."""
    streams: dict[str, list[Link]] = {}
    for link in links:
        streams.setdefault(link.stream, []).append(link)
    problems = [problem for name in sorted(streams) for problem in check_stream(name, streams[name])]
    for name, (seq, head) in sorted((anchor or {}).items()):
        found = next((link for link in streams.get(name, []) if link.seq == seq), None)
        if found is None:
            problems.append(Problem(Flaw.REMOVED, name, seq, f"锚点记载的第{seq}条已不存在。"))
        elif found.hash != head:
            problems.append(Problem(Flaw.HEAD, name, seq, f"第{seq}条与锚点记载的不同。"))
    return problems
