"""Counts a published ballot file again. Needs nothing but Python: ``python recount.py ballots.csv.gz``.

The file is text, gzipped or not. Its first line is ``#`` and a JSON object: what may be chosen, how many, whose votes are
void, why ballots were set aside. The second line names the columns. Then comes a line a ballot, ``choices,mark``: numbers
with a space between them, in ascending order, and after the comma the number of the decision that set the ballot aside, if
one did. The lines are sorted, so that their order tells nothing. After every thousand ballots and after the last a line
``=`` with the SHA-256 of the previous such value (32 bytes, none at first) and the bytes of all lines since, the first two
lines included: the chain. Its last value stands on the page of the results.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import Any

FORMAT = "niangjia-ballots-1"
COLUMNS = "choices,mark"
BLOCK = 1000
_LINK = re.compile(rb"^=([0-9a-f]{64})\n", re.MULTILINE)


class BrokenFile(ValueError):
    """The file is not what was published; the message says where it goes wrong."""


class Result:
    """What the ballots say. ``votes`` counts all of them, ``counted`` leaves out those set aside and void choices."""

    def __init__(
        self, head: dict[str, Any], votes: Counter[int], aside: Counter[int], ballots: int, marked: int, link: str
    ):
        self.title: str = head["title"]
        self.labels = {int(number): label for number, label in head["choices"].items()}
        self.void = set(head["void"])
        self.votes = {number: votes[number] for number in self.labels}
        self.counted = {number: 0 if number in self.void else votes[number] - aside[number] for number in self.labels}
        self.ballots, self.marked, self.link = ballots, marked, link


def write(head: dict[str, Any], ballots: Iterable[str]) -> Iterator[bytes]:
    """The file, piece by piece; ``ballots`` are lines without their ends, already sorted."""
    link = b""
    pending = f"#{json.dumps({'format': FORMAT, **head}, ensure_ascii=False, sort_keys=True)}\n{COLUMNS}\n".encode()
    lines = iter(ballots)
    while True:
        block = list(islice(lines, BLOCK))
        pending += "".join(f"{line}\n" for line in block).encode()
        if block or not link:
            link = sha256(link + pending).digest()
            yield pending + f"={link.hex()}\n".encode()
            pending = b""
        if len(block) < BLOCK:
            return


def count(path: Path) -> Result:
    """Read, check and count a file. Raises BrokenFile at the first line that is wrong, OSError if it cannot be read."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    except (gzip.BadGzipFile, EOFError) as error:
        raise BrokenFile("压缩文件不完整，请重新下载。") from error
    return count_bytes(data)


def count_bytes(data: bytes) -> Result:
    """Check and count the text of a file."""
    head = _head(data)
    link = b""
    votes: Counter[int] = Counter()
    aside: Counter[int] = Counter()
    total = marked = 0
    at, previous = 1, ""
    for block, written in _blocks(data):
        lines = block.decode("utf-8", "replace").split("\n")[:-1]
        link = sha256(link + block).digest()
        if link.hex() != written:
            raise BrokenFile(f"第{at}行至第{at + len(lines) - 1}行被改动过，校验值不符。")
        ballots, first = (lines[2:], at + 2) if at == 1 else (lines, at)
        if ballots and (ballots[0] < previous or sorted(ballots) != ballots):
            raise BrokenFile(f"第{first}行起选票没有按顺序排列。")
        previous = ballots[-1] if ballots else previous
        marked += _count_block(ballots, head, votes, aside, first)
        total += len(ballots)
        at += len(lines) + 1
    if total != head["ballots"]:
        raise BrokenFile(f"文件应有{head['ballots']}张选票，实有{total}张。")
    return Result(head, votes, aside, total, marked, link.hex())


def _blocks(data: bytes) -> Iterator[tuple[bytes, str]]:
    """The lines up to each value of the chain, with that value."""
    at = 0
    for found in _LINK.finditer(data):
        yield data[at : found.start()], found[1].decode()
        at = found.end()
    if at == 0 or at != len(data):
        raise BrokenFile("文件末尾缺少校验行，不完整。请重新下载。")


def _head(data: bytes) -> dict[str, Any]:
    first, _, rest = data.partition(b"\n")
    second = rest.partition(b"\n")[0]
    try:
        head: dict[str, Any] = json.loads(first.removeprefix(b"#"))
        whole = (
            head["format"] == FORMAT and {"title", "choices", "void", "min", "max", "ballots", "marks"} <= head.keys()
        )
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole or second.decode("utf-8", "replace") != COLUMNS:
        raise BrokenFile("这不是公布的选票文件。请从投票结果页面重新下载。")
    return head


def _count_block(lines: list[str], head: dict[str, Any], votes: Counter[int], aside: Counter[int], first: int) -> int:
    """Add a block to the counts; returns how many of its ballots were set aside."""
    known = {str(int(number)): int(number) for number in head["choices"]}
    least, most, marks = head["min"], head["max"], {str(mark) for mark in head["marks"]}
    found: list[list[str]] = []
    marked: list[list[str]] = []
    for offset, line in enumerate(lines):
        chosen, comma, mark = line.partition(",")
        numbers = chosen.split(" ")
        if not comma or not least <= len(numbers) <= most or len(set(numbers)) != len(numbers):
            raise BrokenFile(f"第{first + offset}行不是一张有效的选票。")
        found.append(numbers)
        if mark:
            if mark not in marks:
                raise BrokenFile(f"第{first + offset}行写了没有公布的隔离决定“{mark}”。")
            marked.append(numbers)
    for numbers_found, counter in ((found, votes), (marked, aside)):
        for text, times in Counter(chain.from_iterable(numbers_found)).items():
            if text not in known:
                raise BrokenFile(f"第{first}行起有选票选了不存在的编号“{text}”。")
            counter[known[text]] += times
    return len(marked)


def show(result: Result) -> Iterator[str]:
    """The result as lines of text."""
    yield f"{result.title}：{result.ballots}张选票，其中{result.marked}张被隔离"
    yield "编号\t名称\t全部票数\t计入票数"
    for number, label in sorted(result.labels.items()):
        void = "（作废）" if number in result.void else ""
        yield f"{number}\t{label}{void}\t{result.votes[number]}\t{result.counted[number]}"
    yield f"校验值 {result.link}"


def main(arguments: list[str]) -> int:
    """0 when the file is whole, 1 when it is broken or its last value is another than the one published."""
    parser = argparse.ArgumentParser(description="重新计算公布的选票文件 / count a published ballot file again")
    parser.add_argument("file", type=Path)
    parser.add_argument("--head", default="", help="结果页面上公布的校验值 / the value on the page of the results")
    given = parser.parse_args(arguments)
    try:
        result = count(given.file)
    except (BrokenFile, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    for line in show(result):
        print(line)  # noqa: T201
    if given.head and given.head.lower() != result.link:
        print("校验值与公布的不一致：这不是公布的那份文件。", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
