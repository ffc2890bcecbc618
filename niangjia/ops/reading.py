"""What the plan reader understood of a file, as JSON for programs or as a tree for people. No database, no Django."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from niangjia.ops.kinds import BadInputError
from niangjia.plans.reader import PlanFileError, PlanReading, Target, programme_labels, read_plan_file


def load(path: Path) -> PlanReading:
    """Read a plan file. Raises BadInputError that says what helps."""
    try:
        return read_plan_file(path.name, path.read_bytes())
    except PlanFileError as error:
        raise BadInputError(str(error)) from None
    except FileNotFoundError:
        raise BadInputError(f"找不到文件 {path}。请检查路径。") from None
    except OSError as error:
        raise BadInputError(f"无法读取 {path}（{error.strerror}）。请检查文件。") from None


def as_json(reading: PlanReading) -> str:
    return json.dumps(reading.as_dict(), ensure_ascii=False, indent=2)


def show(reading: PlanReading, out: Console) -> None:
    """Print the items as a tree, under each its targets and suggestions, then what the officer must look at."""
    targets, programmes = defaultdict(list), defaultdict(list)
    for target in reading.targets:
        targets[target.item].append(f"指标：{figure(target)}")
    labels = programme_labels()
    for suggestion in reading.suggestions:
        programme = labels.get(suggestion.programme, suggestion.programme)
        programmes[suggestion.item].append(
            f"项目：{programme}" + (f"（{suggestion.brand}）" if suggestion.brand else "")
        )
    root = Tree(Text(reading.title or "（没有标题）", style="bold"))
    branches: dict[int | None, Tree] = {None: root}
    for item in reading.items:
        branch = branches[item.parent].add(Text(f"{item.label} {item.title}".strip()))
        branches[item.index] = branch
    for index, branch in branches.items():
        for line in (*targets[index], *programmes[index]):
            branch.add(Text(line, style="cyan"))
    out.print(root)
    year = reading.year or "没有写明"
    out.print(
        f"年度 {year}；条目 {len(reading.items)} 个，指标 {len(reading.targets)} 个，"
        f"建议项目 {len(reading.suggestions)} 个，清理痕迹 {len(reading.artefacts_removed)} 处。",
        markup=False,
    )
    for masked in reading.masked:
        out.print(f"待填：“{masked.text}” {masked.hint}", markup=False)
    for unplaced in reading.unplaced:
        out.print(f"未归入条目（{unplaced.reason}）：{unplaced.text}", markup=False)
    for notice in reading.notices:
        out.print(notice, markup=False)


def figure(target: Target) -> str:
    """不少于30场（2026-12-31前）."""
    value = f"{target.value}" if target.value_max is None else f"{target.value}～{target.value_max}"
    per = f"／{target.per}" if target.per else ""
    deadline = f"（{target.deadline} 前）" if target.deadline else ""
    return f"{target.qualifier or ''}{value}{target.unit}{per}{deadline}"
