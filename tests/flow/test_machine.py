"""Workflows that cannot be right are refused when they are built; those that are answer who may do what."""

import datetime as dt

import pytest

from niangjia.access.verbs import Verb
from niangjia.core.clock import Calendar
from niangjia.core.codes import Level
from niangjia.flow import machine
from niangjia.flow.kinds import Outcome, StateKind
from niangjia.flow.machine import Actor, DefinitionError, Finding, State, Transition, Workflow

DRAFT = State("DRAFT", "草稿", StateKind.DRAFT)
REVIEW = State("REVIEW", "审核", StateKind.REVIEW, Level.TOWN, 5)
DONE = State("DONE", "办结", StateKind.CLOSED)
LOST = State("LOST", "迷路", StateKind.CLOSED)
SUBMIT = Transition("submit", "提交", ("DRAFT",), "REVIEW", Verb.APPLY)
FINISH = Transition("finish", "办结", ("REVIEW",), "DONE", Verb.CASE_REVIEW, Level.TOWN)
SOUND = Workflow((DRAFT, REVIEW, DONE), (SUBMIT, FINISH), "DRAFT")
TOWN = Actor(frozenset({Verb.CASE_REVIEW}), Level.TOWN)


@pytest.mark.parametrize(
    ("states", "transitions", "initial", "message"),
    [
        ((DRAFT, DRAFT), (), "DRAFT", "同一个键"),
        ((DRAFT,), (), "REVIEW", "没有定义"),
        ((DRAFT, REVIEW), (SUBMIT, FINISH), "DRAFT", "未定义的状态“DONE”"),
        ((DRAFT, REVIEW, DONE), (SUBMIT, FINISH, FINISH), "DRAFT", "两个步骤"),
        ((DRAFT, REVIEW, DONE, LOST), (SUBMIT, FINISH), "DRAFT", "“LOST”无法到达"),
        ((DRAFT, REVIEW), (SUBMIT,), "DRAFT", "没有出路"),
        (
            (DRAFT, DONE),
            (Transition("no", "不", ("DRAFT",), "DONE", Verb.APPLY, negative=True),),
            "DRAFT",
            "必须列出可选原因",
        ),
    ],
)
def test_a_workflow_that_cannot_be_right_is_refused(
    states: tuple[State, ...], transitions: tuple[Transition, ...], initial: str, message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        Workflow(states, transitions, initial)


@pytest.mark.parametrize(
    ("state", "actor", "offered"),
    [
        ("REVIEW", TOWN, ["finish"]),
        ("REVIEW", Actor(frozenset({Verb.CASE_REVIEW}), Level.VILLAGE), []),
        ("REVIEW", Actor(frozenset({Verb.APPLY}), Level.TOWN), []),
        ("DRAFT", TOWN, []),
        ("DRAFT", Actor(frozenset({Verb.APPLY}), None), ["submit"]),
        ("DONE", TOWN, []),
    ],
)
def test_a_step_is_offered_to_who_has_the_verb_on_the_level(state: str, actor: Actor, offered: list[str]) -> None:
    assert [t.key for t in machine.next_steps(SOUND, state, actor)] == offered


def test_automatic_steps_are_offered_to_nobody() -> None:
    automatic = Transition("auto", "自动", ("REVIEW",), "DONE", Verb.CASE_REVIEW, Level.TOWN, automatic=True)
    workflow = Workflow((DRAFT, REVIEW, DONE), (SUBMIT, automatic), "DRAFT")
    assert machine.next_steps(workflow, "REVIEW", TOWN) == []


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(KeyError, match="fly"):
        SOUND.transition("fly")


def test_a_deadline_counts_working_days_and_skips_the_national_day_holiday() -> None:
    calendar = Calendar(holidays=frozenset(dt.date(2026, 10, day) for day in range(1, 8)), workdays=frozenset())
    assert machine.due_on(REVIEW, dt.date(2026, 9, 28), calendar) == dt.date(2026, 10, 12)


def test_a_state_without_a_deadline_has_none() -> None:
    assert machine.due_on(DRAFT, dt.date(2026, 9, 28), Calendar(frozenset(), frozenset())) is None


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ((Outcome.PASS, Outcome.PASS), Outcome.PASS),
        ((Outcome.PASS, Outcome.NEEDS_PROOF), Outcome.NEEDS_PROOF),
        ((Outcome.NEEDS_PROOF, Outcome.FAIL), Outcome.FAIL),
        ((), Outcome.PASS),
    ],
)
def test_the_worst_finding_is_the_verdict(outcomes: tuple[Outcome, ...], verdict: Outcome) -> None:
    assert machine.verdict(Finding("r", outcome, "", "") for outcome in outcomes) == verdict
