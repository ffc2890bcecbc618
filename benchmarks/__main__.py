"""Run the benchmarks, print one table, and fail if a claim does not hold. ``BENCH_JSON=FILE`` also writes it down."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import time
import traceback
import unicodedata
from pathlib import Path

import benchmarks
from benchmarks._lib import Claim


def names() -> list[str]:
    """Every benchmark there is."""
    return sorted(found.name for found in pkgutil.iter_modules(benchmarks.__path__) if not found.name.startswith("_"))


def run(name: str) -> list[Claim]:
    """The claims of one benchmark; one that fails is a claim that does not hold."""
    start = time.perf_counter()
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    try:
        claims: list[Claim] = importlib.import_module(f"benchmarks.{name}").claims()
    except Exception as error:
        traceback.print_exc()
        claims = [Claim(name, float("nan"), None, holds=False, unit="", note=f"{type(error).__name__}: {error}")]
    print(f"{time.perf_counter() - start:.1f} s", file=sys.stderr)
    return claims


def table(claims: list[Claim]) -> str:
    """The claims as aligned text; a Chinese character is two columns wide."""
    lines = [("claim", "value", "bound", "", "note")]
    for c in claims:
        bound = "" if c.bound is None else f"{c.bound:,.4g} {c.unit}"
        verdict = ("holds" if c.holds else "FAILS") if c.bound is not None or not c.holds else ""
        lines.append((c.claim, f"{c.value:,.4g} {c.unit}", bound, verdict, c.note))
    widths = [max(_width(line[at]) for line in lines) for at in range(4)]
    return "\n".join(
        "  ".join([*(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=False)), line[4]])
        for line in lines
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def main(arguments: list[str]) -> int:
    """Exit code 0 if every claim holds, 1 if one does not, 2 for an unknown benchmark."""
    if unknown := set(arguments) - set(names()):
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    claims = [claim for name in arguments or names() for claim in run(name)]
    print(table(claims))
    if path := os.environ.get("BENCH_JSON"):
        rows = [
            {"claim": c.claim, "value": None if c.value != c.value else c.value, "bound": c.bound, "holds": c.holds}
            for c in claims
        ]
        Path(path).write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if all(c.holds for c in claims) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
