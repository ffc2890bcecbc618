"""``config/roles.yaml`` as typed data: the table the client signs is the table the program obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from niangjia.access.verbs import Verb


class PolicyError(Exception):
    """The roles table names something the program does not know."""


@dataclass(frozen=True, slots=True)
class Incompatible:
    """Verbs that one person may not both perform on one matter, and why."""

    verbs: frozenset[Verb]
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may do what. ``posts`` is keyed ``LEVEL.ROLE``, e.g. ``TOWN.CHAIR``, ``PARTNER.LIAISON``."""

    posts: Mapping[str, frozenset[Verb]]
    resident: frozenset[Verb]
    incompatible: tuple[Incompatible, ...]
    guarded: frozenset[str] = frozenset()

    def verbs_of(self, level: str, role: str) -> frozenset[Verb]:
        """The verbs of a post; a post the table does not name has none."""
        return self.posts.get(f"{level}.{role}", frozenset())

    def closed_to(self, verbs: frozenset[Verb]) -> frozenset[str]:
        """The roles that one with these verbs may neither give nor end: those that keep each other in check."""
        return frozenset() if Verb.ORG_GUARD in verbs else self.guarded

    def conflict(self, done: frozenset[Verb], now: Verb) -> str | None:
        """Why one who has ``done`` these on a matter may not do ``now``; None when she may."""
        for rule in self.incompatible:
            if now in rule.verbs and done & (rule.verbs - {now}):
                return rule.reason
        return None


def parse(raw: Mapping[str, Any]) -> Policy:
    """Read the table. Raises PolicyError naming the unknown verb and where it stands."""
    sets = {name: frozenset(_verb(v, f"sets.{name}") for v in verbs) for name, verbs in raw.get("sets", {}).items()}

    def expand(names: list[str], where: str) -> frozenset[Verb]:
        verbs: set[Verb] = set()
        for name in names:
            verbs |= sets[name] if name in sets else {_verb(name, where)}
        return frozenset(verbs)

    return Policy(
        posts={key: expand(names, f"posts.{key}") for key, names in raw["posts"].items()},
        resident=expand(raw["resident"], "resident"),
        incompatible=tuple(
            Incompatible(frozenset(_verb(v, "incompatible") for v in rule["verbs"]), rule["reason"])
            for rule in raw.get("incompatible", [])
        ),
        guarded=frozenset(raw.get("guarded", [])),
    )


def _verb(name: str, where: str) -> Verb:
    try:
        return Verb(name)
    except ValueError as error:
        raise PolicyError(f"roles.yaml 的 {where} 写了未知权限“{name}”。") from error


def load() -> Policy:
    """Read the table from its file."""
    path: Path = settings.NIANGJIA_ROLES
    return parse(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def current() -> Policy:
    """The table in force. Read once; a change takes effect at the next start."""
    return load()
