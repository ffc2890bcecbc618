"""Anchors and exports: what leaves the house so that an auditor need not trust it.

Both are files of JSON lines. An anchor holds the head of every stream; an export holds every entry. ``verify`` needs the
files alone: no database, no network, no Django.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from niangjia.trail import rules
from niangjia.trail.rules import Link, Problem

FORMAT = "niangjia-trail-1"


class TrailFileError(Exception):
    """A file that is no anchor or export of the trail; the message is for the user."""


def read_export(path: Path) -> Iterator[Link]:
    """The entries of an export, in the order they stand."""
    with path.open(encoding="utf-8") as lines:
        _header(path, next(lines, ""), "export")
        for number, line in enumerate(lines, start=2):
            try:
                yield Link.parse(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise TrailFileError(f"{path.name} 第{number}行读不出来，文件可能不完整，请重新导出。") from error


def read_anchor(path: Path) -> dict[str, tuple[int, str]]:
    """The heads an anchor holds. Raises TrailFileError when they do not give the root it states."""
    with path.open(encoding="utf-8") as lines:
        header = _header(path, next(lines, ""), "anchor")
        try:
            heads = {name: (seq, head) for name, seq, head in map(json.loads, lines)}
        except (ValueError, TypeError) as error:
            raise TrailFileError(f"{path.name} 读不出来，请用另行保存的锚点副本。") from error
    if rules.root((name, seq, head) for name, (seq, head) in heads.items()).hex() != header["root"]:
        raise TrailFileError(f"{path.name} 的内容与其根值不符，锚点文件被改动过。")
    return heads


def _header(path: Path, line: str, kind: str) -> dict[str, str]:
    try:
        header: dict[str, str] = json.loads(line)
        if header.get("format") == FORMAT and header.get("kind") == kind:
            return header
    except (ValueError, AttributeError):
        pass
    wanted = "锚点" if kind == "anchor" else "留痕导出"
    raise TrailFileError(f"{path.name} 不是{wanted}文件。请用 niangjia anchor 生成的文件。")


def verify(export: Path, anchors: list[Path]) -> tuple[int, list[Problem]]:
    """Recompute an export and hold it against anchors; returns how many entries it has and every flaw."""
    links = list(read_export(export))
    problems = rules.check(links)
    for anchor in anchors:
        known = set(problems)
        problems += [p for p in rules.check(links, read_anchor(anchor)) if p not in known]
    return len(links), problems
