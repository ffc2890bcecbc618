"""What a programme of the catalogue declares. Frozen, free of Django, checked when it is built."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from niangjia.flow.machine import DefinitionError, Finding, Workflow
from niangjia.intake.sheet import Kind, Sheet


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules may know besides the answers. ``today`` is the day of judgement, never used for status."""

    cutoff_on: dt.date
    opens_on: dt.date
    closes_on: dt.date
    submitted_on: dt.date | None
    today: dt.date
    granted_before: bool
    died_on: dt.date | None
    checks: Mapping[str, str]
    parameters: Mapping[str, Any]


Rules = Callable[[Mapping[str, Any], Context], list[Finding]]
Rank = Callable[[Mapping[str, Any], "Waiting"], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the order of waiting may look at besides the answers."""

    submitted_at: dt.datetime
    waited_before: bool
    number: str


@dataclass(frozen=True, slots=True)
class Check:
    """A question for a partner department: which unit is found by its short name, which answers it is shown."""

    key: str
    unit_name: str
    question: str
    shows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bindings:
    """Which answers become columns. ``household`` names the answers that together name a household."""

    name: str
    id_number: str
    phone: str
    place: str
    category: str
    card: str = ""
    card_holder: str = ""
    bank: str = ""
    publish_consent: str = ""
    household: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a programme, in force between two days. A case keeps the version it was filed under."""

    key: str
    label: str
    effective_from: dt.date
    effective_to: dt.date | None
    basis: str
    sheet: Sheet
    workflow: Workflow
    rules: Rules
    rank: Rank
    rank_text: str
    checks: tuple[Check, ...]
    bindings: Bindings
    parameters: Mapping[str, Any]
    default_amount: int
    consent_version: str

    def __post_init__(self) -> None:
        keys = {field.key: field for field in self.sheet}
        wanted = [self.bindings.name, self.bindings.id_number, self.bindings.phone, self.bindings.place]
        for key in (*wanted, self.bindings.category, *(k for c in self.checks for k in c.shows)):
            if key not in keys:
                raise DefinitionError(f"版本“{self.key}”引用了表单中没有的字段“{key}”。")
        if keys[self.bindings.place].kind is not Kind.PLACE:
            raise DefinitionError(f"版本“{self.key}”的所在地字段必须是村(社区)。")
        if self.effective_to and self.effective_to <= self.effective_from:
            raise DefinitionError(f"版本“{self.key}”的有效期颠倒。")


@dataclass(frozen=True, slots=True)
class Programme:
    """A catalogue entry. ``family`` joins names over the years for once-in-a-life rules."""

    key: str
    name: str
    family: str
    summary: str
    secret: bool
    versions: tuple[Version, ...]
    number_prefix: str
    ask: str = ""
    portal_steps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        spans = sorted((v.effective_from, v.effective_to or dt.date.max) for v in self.versions)
        for (_, end), (start, _) in itertools.pairwise(spans):
            if start <= end:
                raise DefinitionError(f"项目“{self.key}”的版本有效期重叠。")

    def version(self, key: str) -> Version:
        return next(version for version in self.versions if version.key == key)

    def version_on(self, day: dt.date) -> Version:
        """The version in force on a day. Raises DefinitionError when there is none."""
        for version in self.versions:
            if version.effective_from <= day and (version.effective_to is None or day <= version.effective_to):
                return version
        raise DefinitionError(f"项目“{self.name}”在{day}没有有效版本。")
