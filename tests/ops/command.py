"""Runs the command line as a user does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

from config.environment import CHECKOUT


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


def niangjia(*arguments: str) -> Outcome:
    """Run `niangjia` with these arguments in the environment of the test."""
    return run("-m", "niangjia.ops.cli", *arguments)


def environ() -> dict[str, str]:
    """The environment of the test, without the settings that are for tests alone."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


def run(*arguments: str) -> Outcome:
    """Run Python from the checkout."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env=environ(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
