"""A workflow as frozen data, checked when it is built, and the questions one may ask it. Pure: no tables, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from niangjia.access.verbs import Verb
from niangjia.core.clock import Calendar
from niangjia.core.codes import Level
from niangjia.flow.kinds import ENDED, Outcome, StateKind


class DefinitionError(Exception):
    """A workflow that cannot be right; raised when the program starts, never later."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found: its key, its text with the source, the outcome, and what to do about it."""

    rule: str
    outcome: Outcome
    text: str
    source: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A station of a case. ``level`` is who has it on her desk; ``deadline`` is in working days from arrival.

    ``stop`` is the number of the stop on the way as the portal draws it, from 1; 0 where it follows from kind and level.
    """

    key: str
    label: str
    kind: StateKind
    level: Level | None = None
    deadline: int | None = None
    public_label: str = ""
    stop: int = 0

    @property
    def shown_to_applicant(self) -> str:
        return self.public_label or self.label


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from some states to one. ``negative`` steps need one of ``reasons``; ``bulk`` ones come from a list.

    ``automatic`` steps are taken by the house itself when a condition is met (all departments answered, notice over).
    ``level`` is where the actor must sit; None is anywhere in range (the resident, or a step of several levels).
    ``aside`` steps are ways out that stand open and that no case waits for (death, withdrawal, revocation).
    """

    key: str
    label: str
    sources: tuple[str, ...]
    target: str
    verb: Verb
    level: Level | None = None
    negative: bool = False
    reasons: tuple[tuple[str, str], ...] = ()
    confirm: str = ""
    form: str = ""
    bulk: bool = False
    automatic: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    """States and transitions that hold together. Building one that does not raises DefinitionError."""

    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    initial: str
    _by_key: Mapping[str, State] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {state.key: state for state in self.states}
        if len(by_key) != len(self.states):
            raise DefinitionError("有两个状态用了同一个键。")
        object.__setattr__(self, "_by_key", by_key)
        if self.initial not in by_key:
            raise DefinitionError(f"初始状态“{self.initial}”没有定义。")
        keys = [transition.key for transition in self.transitions]
        if len(set(keys)) != len(keys):
            raise DefinitionError("有两个步骤用了同一个键。")
        for transition in self.transitions:
            for key in (*transition.sources, transition.target):
                if key not in by_key:
                    raise DefinitionError(f"步骤“{transition.key}”用到未定义的状态“{key}”。")
            if transition.negative and not transition.reasons:
                raise DefinitionError(f"步骤“{transition.key}”是否定性的，必须列出可选原因。")
        self._check_reach()

    def _check_reach(self) -> None:
        reached, todo = {self.initial}, [self.initial]
        while todo:
            here = todo.pop()
            for transition in self.transitions:
                if here in transition.sources and transition.target not in reached:
                    reached.add(transition.target)
                    todo.append(transition.target)
        for state in self.states:
            if state.key not in reached:
                raise DefinitionError(f"状态“{state.key}”无法到达。")
            leaves = any(state.key in transition.sources for transition in self.transitions)
            if state.kind not in ENDED and not leaves:
                raise DefinitionError(f"状态“{state.key}”未结束却没有出路。")

    def state(self, key: str) -> State:
        return self._by_key[key]

    def transition(self, key: str) -> Transition:
        """Raises KeyError for a step the workflow does not have."""
        return next(t for t in self.transitions if t.key == key) if self.has(key) else _missing(key)

    def has(self, key: str) -> bool:
        return any(t.key == key for t in self.transitions)

    def before(self, key: str) -> tuple[str, ...]:
        """The states a step is taken from; none when the workflow lacks the step."""
        return next((t.sources for t in self.transitions if t.key == key), ())

    def after(self, key: str) -> tuple[str, ...]:
        """The state a step leads to, as a tuple; empty when the workflow lacks the step."""
        return next(((t.target,) for t in self.transitions if t.key == key), ())

    def beyond(self, key: str) -> tuple[str, ...]:
        """Every state that can be reached once a step was taken, those where all ended badly or was withdrawn left out."""
        lost = (StateKind.REFUSED, StateKind.WITHDRAWN)
        reached, todo = set(self.after(key)), list(self.after(key))
        while todo:
            here = todo.pop()
            for t in self.transitions:
                if here in t.sources and not t.negative and t.target not in reached:
                    reached.add(t.target)
                    todo.append(t.target)
        return tuple(s.key for s in self.states if s.key in reached and s.kind not in lost)

    def states_of(self, kinds: Collection[StateKind]) -> tuple[str, ...]:
        return tuple(state.key for state in self.states if state.kind in kinds)


def _missing(key: str) -> Transition:
    raise KeyError(f"没有名为“{key}”的步骤。")


@dataclass(frozen=True, slots=True)
class Actor:
    """What the machine needs to know of who acts. ``level`` is None for residents and partners."""

    verbs: frozenset[Verb]
    level: Level | None


def may(workflow: Workflow, state: str, transition: Transition, actor: Actor) -> bool:
    """Whether this actor may take this step from this state (the separation of duties is asked elsewhere)."""
    return (
        state in transition.sources
        and transition.verb in actor.verbs
        and (transition.level is None or transition.level == actor.level)
    )


def next_steps(workflow: Workflow, state: str, actor: Actor) -> list[Transition]:
    """The steps to offer, in the order they are defined."""
    return [t for t in workflow.transitions if not t.automatic and may(workflow, state, t, actor)]


def awaits(workflow: Workflow, state: str, actor: Actor) -> bool:
    """Whether a case in this state waits for this actor: the state lies on her level and she may take it on by itself."""
    return workflow.state(state).level == actor.level and any(
        not (step.aside or step.bulk) for step in next_steps(workflow, state, actor)
    )


def due_on(state: State, arrived: dt.date, calendar: Calendar) -> dt.date | None:
    """The last day for what a state waits for; counted in working days from the day after arrival."""
    return calendar.add_workdays(arrived, state.deadline) if state.deadline is not None else None


def verdict(findings: Iterable[Finding]) -> Outcome:
    """FAIL if any rule fails, else NEEDS_PROOF if any needs proof, else PASS."""
    outcomes = {finding.outcome for finding in findings}
    if Outcome.FAIL in outcomes:
        return Outcome.FAIL
    return Outcome.NEEDS_PROOF if Outcome.NEEDS_PROOF in outcomes else Outcome.PASS
