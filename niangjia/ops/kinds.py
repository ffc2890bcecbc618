"""Exit codes, the error that carries one, and what a demo account is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line."""

    OK = 0
    FAILED = 1  # a check found something wrong
    BAD_INPUT = 2  # usage, file or setting
    NO_DATABASE = 3


class OpsError(Exception):
    """A command cannot go on. The text is Chinese and names the remedy."""

    exit_code = Exit.FAILED


class BadInputError(OpsError):
    """A file or option is not what the command needs."""

    exit_code = Exit.BAD_INPUT


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Someone to sign in as at the demo: with a password, or (residents) with a phone and the code on the screen."""

    post: str
    name: str
    sign_in: str
    secret: str
