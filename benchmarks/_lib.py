"""What every benchmark says and how it measures: claims as ratios within one run, for machines have moods."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Semaphore

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Claim:
    """One measured claim. ``bound`` is None where the value is only shown; ``unit`` is 'x' for a ratio."""

    claim: str
    value: float
    bound: float | None
    holds: bool
    unit: str = "x"
    note: str = ""


def at_most(claim: str, value: float, bound: float, unit: str = "x", note: str = "") -> Claim:
    """The smaller the better, up to `bound`."""
    return Claim(claim, value, bound, value <= bound, unit, note)


def at_least(claim: str, value: float, bound: float, unit: str = "x", note: str = "") -> Claim:
    """The larger the better, from `bound` on."""
    return Claim(claim, value, bound, value >= bound, unit, note)


def shown(claim: str, value: float, unit: str, note: str = "") -> Claim:
    """A figure nobody promised anything about."""
    return Claim(claim, value, None, holds=True, unit=unit, note=note)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours / peer and the seconds of each."""

    value: float
    ours: float
    peer: float

    @property
    def note(self) -> str:
        return f"{self.ours:.3g} s against {self.peer:.3g} s"


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call, with the garbage of earlier ones collected first."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(ours: Callable[[], object], peer: Callable[[], object], *, rounds: int = 5) -> Ratio:
    """Median of ours / peer after one run to warm up, interleaved in alternating order: slow moments meet both alike."""
    ours()
    peer()
    pairs: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            theirs = seconds(peer)
            pairs.append((seconds(ours), theirs))
        else:
            mine = seconds(ours)
            pairs.append((mine, seconds(peer)))
    return Ratio(median(a / b for a, b in pairs), median(a for a, _ in pairs), median(b for _, b in pairs))


def lockstep(ours: Callable[[Callable[[], None]], object], peer: Callable[[Callable[[], None]], object]) -> Ratio:
    """Time two long works in turns of a moment each: both meet the same machine, however its speed drifts.

    Each work is given a function to call now and then, at which it waits while the other goes on.
    """
    spent, finished, turns = [0.0, 0.0], [False, False], [Semaphore(1), Semaphore(0)]

    def run(me: int, work: Callable[[Callable[[], None]], object]) -> None:
        other = 1 - me
        turns[me].acquire()
        start = time.perf_counter()

        def pause() -> None:
            nonlocal start
            spent[me] += time.perf_counter() - start
            turns[me if finished[other] else other].release()
            turns[me].acquire()
            start = time.perf_counter()

        try:
            work(pause)
        finally:
            spent[me] += time.perf_counter() - start
            finished[me] = True
            turns[other].release()

    gc.collect()
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(run, 0, ours), pool.submit(run, 1, peer)]:
            future.result()
    return Ratio(spent[0] / spent[1], spent[0], spent[1])


def peak_memory(function: str, *arguments: int | str) -> float:
    """Peak resident memory, in MB, of a fresh process that calls `module:function` with the arguments."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._lib", function, *map(str, arguments)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout.splitlines()[-1])


def _own_peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would include the parent that forked this process
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


if __name__ == "__main__":
    module, name = sys.argv[1].split(":")
    getattr(importlib.import_module(module), name)(*(int(a) if a.isdigit() else a for a in sys.argv[2:]))
    print(_own_peak())
