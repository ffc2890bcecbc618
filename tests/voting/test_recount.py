"""The program that counts a published file again: by itself, with Python alone, and not to be deceived."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from niangjia.voting import recount
from niangjia.voting.recount import BrokenFile

HEAD = {
    "poll": 1, "title": "投票", "min": 2, "max": 3, "choices": {"1": "甲", "2": "乙", "3": "丙"}, "void": [3],
    "marks": {"7": "同一设备"}, "ballots": 4,
}  # fmt: skip
LINES = ["1 2 3,7", "1 2,", "1 2,7", "2 3,"]


def file(lines: list[str] = LINES, **changes: object) -> bytes:
    return b"".join(recount.write({**HEAD, **changes}, lines))


def test_all_votes_and_those_that_count_are_told_apart() -> None:
    result = recount.count_bytes(file())
    assert (result.votes, result.counted, result.ballots, result.marked) == (
        {1: 3, 2: 4, 3: 2}, {1: 1, 2: 2, 3: 0}, 4, 2,
    )  # fmt: skip


def test_many_ballots_are_a_chain_of_blocks() -> None:
    lines = ["1 2,"] * 2500
    data = file(lines, ballots=2500)
    assert (data.count(b"\n="), recount.count_bytes(data).votes) == (3, {1: 2500, 2: 2500, 3: 0})


@pytest.mark.parametrize("count", [0, 1000])
def test_a_file_ends_with_one_value_of_the_chain_whatever_its_length(count: int) -> None:
    data = file(["1 2,"] * count, ballots=count)
    assert (data.count(b"\n="), recount.count_bytes(data).ballots) == (1, count)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"1 2,\n", b"1 3,\n", "第1行至第6行被改动过，校验值不符。"),
        (b"1 2,\n", b"", "第1行至第5行被改动过，校验值不符。"),
        (b"\xe7\x94\xb2", b"\xe4\xb8\x81", "第1行至第6行被改动过，校验值不符。"),
        (b"niangjia-ballots-1", b"else", "这不是公布的选票文件。请从投票结果页面重新下载。"),
        (b"choices,mark", b"name,choices", "这不是公布的选票文件。请从投票结果页面重新下载。"),
    ],
)
def test_a_changed_file_is_refused_where_it_was_changed(old: bytes, new: bytes, message: str) -> None:
    with pytest.raises(BrokenFile) as broken:
        recount.count_bytes(file().replace(old, new, 1))
    assert str(broken.value) == message


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["1,"], "第3行不是一张有效的选票。"),
        (["1 1,"], "第3行不是一张有效的选票。"),
        (["1 2"], "第3行不是一张有效的选票。"),
        (["1 9,"], "第3行起有选票选了不存在的编号“9”。"),
        (["1 2,8"], "第3行写了没有公布的隔离决定“8”。"),
        (["2 3,", "1 2,"], "第3行起选票没有按顺序排列。"),
        (["1 2,", "1 2,"], "文件应有1张选票，实有2张。"),
    ],
)
def test_a_chain_over_nonsense_is_refused_too(lines: list[str], message: str) -> None:
    with pytest.raises(BrokenFile) as broken:
        recount.count_bytes(file(lines, ballots=1))
    assert str(broken.value) == message


@pytest.mark.parametrize("cut", [1, 40, 70])
def test_a_file_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(BrokenFile, match="不完整"):
        recount.count_bytes(file()[:-cut])


def run(path: Path, *arguments: str) -> tuple[int, str, str]:
    """The program copied out of the house, with nothing but the standard library."""
    program = path.parent / "recount.py"
    program.write_bytes(Path(recount.__file__).read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(path), *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_it_runs_by_itself_and_compares_the_published_value(tmp_path: Path) -> None:
    path = tmp_path / "ballots.csv.gz"
    path.write_bytes(gzip.compress(file()))
    value = recount.count(path).link
    code, out, _ = run(path, "--head", value.upper())
    assert (code, out.splitlines()) == (
        0,
        [
            "投票：4张选票，其中2张被隔离", "编号\t名称\t全部票数\t计入票数", "1\t甲\t3\t1", "2\t乙\t4\t2",
            "3\t丙（作废）\t2\t0", f"校验值 {value}",
        ],
    )  # fmt: skip
    assert run(path, "--head", "0" * 64)[0] == 1


def test_by_itself_it_says_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "ballots.csv"
    path.write_bytes(file()[:-5])
    assert run(path) == (1, "", "文件末尾缺少校验行，不完整。请重新下载。\n")
    (tmp_path / "cut.gz").write_bytes(gzip.compress(file())[:-20])
    assert run(tmp_path / "cut.gz") == (1, "", "压缩文件不完整，请重新下载。\n")
