"""The way of a grant, step by step: who may take it, from where, by when, and what must be said."""

from __future__ import annotations

import datetime as dt

import pytest

from niangjia.access import policy
from niangjia.access.verbs import Verb
from niangjia.core.clock import Calendar
from niangjia.core.codes import Level
from niangjia.flow import machine
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import Actor
from niangjia.programmes import registry
from niangjia.programmes.catalogue.two_cancers_grant.workflow import TRANSITIONS, WORKFLOW

DISTRICT, TOWN, VILLAGE = Level.DISTRICT, Level.TOWN, Level.VILLAGE


def actor(post: str) -> Actor:
    level, _, role = post.partition(".")
    return Actor(policy.current().verbs_of(level, role), Level[level])


RESIDENT = Actor(frozenset({Verb.APPLY, Verb.OWN_READ}), None)


@pytest.mark.parametrize(
    ("state", "post", "expected"),
    [
        ("SUBMITTED", "VILLAGE.CHAIR", ["verify", "return_to_applicant", "withdraw_for"]),
        ("SUBMITTED", "TOWN.CHAIR", ["withdraw_for", "record_death"]),
        ("SUBMITTED", "DISTRICT.CHAIR", ["record_death"]),
        ("RETURNED", "VILLAGE.CHAIR", ["resubmit_for", "withdraw_for"]),
        ("VERIFIED", "TOWN.CHAIR", ["review", "return_to_village", "withdraw_for", "record_death"]),
        ("VERIFIED", "TOWN.STAFF", ["review", "return_to_village", "withdraw_for"]),
        ("VERIFIED", "VILLAGE.CHAIR", ["withdraw_for"]),
        ("REVIEWED", "DISTRICT.STAFF", ["ask", "approve", "refuse", "return_to_town", "record_death"]),
        ("REVIEWED", "DISTRICT.CHAIR", ["approve", "refuse", "return_to_town", "record_death"]),
        ("REVIEWED", "TOWN.CHAIR", ["withdraw_for", "record_death"]),
        ("CHECKING", "DISTRICT.STAFF", ["recall", "record_death"]),
        ("APPROVED", "DISTRICT.CHAIR", ["refuse", "report_up", "record_death"]),
        ("APPROVED", "DISTRICT.STAFF", ["refuse", "record_death"]),
        ("REPORTED", "DISTRICT.CHAIR", ["refuse", "record_death"]),
        ("WAITING", "DISTRICT.CHAIR", ["refuse", "record_death"]),
        ("ALLOCATED", "DISTRICT.CHAIR", ["refuse", "record_death"]),
        ("NOTICE", "DISTRICT.CHAIR", ["record_death"]),
        ("OBJECTION", "DISTRICT.CHAIR", ["record_death"]),
        ("GRANTED", "DISTRICT.CHAIR", ["record_death", "revoke"]),
        ("PAYING", "DISTRICT.CHAIR", ["record_death", "revoke"]),
        ("PAYING", "DISTRICT.FINANCE", []),
        ("PAY_FAILED", "VILLAGE.CHAIR", ["correct_account", "withdraw_for"]),
        ("PAID", "VILLAGE.CHAIR", ["follow_up"]),
        ("PAID", "DISTRICT.CHAIR", ["revoke"]),
        ("FOLLOWED_UP", "DISTRICT.CHAIR", ["revoke"]),
        ("REJECTED", "DISTRICT.CHAIR", []),
        ("WITHDRAWN", "VILLAGE.CHAIR", []),
        ("DECEASED", "DISTRICT.CHAIR", []),
        ("REVOKED", "DISTRICT.CHAIR", []),
        ("REVIEWED", "DISTRICT.AUDITOR", []),
        ("REVIEWED", "DISTRICT.VICE_CHAIR_PART", []),
    ],
)
def test_each_post_is_offered_its_steps_and_no_others(state: str, post: str, expected: list[str]) -> None:
    assert [step.key for step in machine.next_steps(WORKFLOW, state, actor(post))] == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("DRAFT", ["submit", "withdraw"]),
        ("SUBMITTED", ["withdraw"]),
        ("RETURNED", ["resubmit", "withdraw"]),
        ("PAY_FAILED", ["correct_own_account", "withdraw"]),
        ("PAYING", []),
        ("PAID", []),
    ],
)
def test_the_applicant_may_submit_correct_and_withdraw_until_the_money_is_on_its_way(
    state: str, expected: list[str]
) -> None:
    assert [step.key for step in machine.next_steps(WORKFLOW, state, RESIDENT)] == expected


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("VILLAGE.CHAIR", ["SUBMITTED", "RETURNED", "PAY_FAILED", "PAID"]),
        ("VILLAGE.VICE_CHAIR_FULL", ["RETURNED", "PAY_FAILED"]),
        ("TOWN.CHAIR", ["VERIFIED"]),
        ("DISTRICT.STAFF", ["REVIEWED"]),
        ("DISTRICT.CHAIR", ["REVIEWED"]),  # reporting up is done for a round, not case by case
        ("DISTRICT.FINANCE", []),
        ("DISTRICT.AUDITOR", []),
    ],
)
def test_a_case_waits_where_somebody_can_take_it_on_and_not_where_it_can_only_be_ended(
    post: str, expected: list[str]
) -> None:
    waits = [state.key for state in WORKFLOW.states if machine.awaits(WORKFLOW, state.key, actor(post))]
    assert sorted(waits) == sorted(expected)


@pytest.mark.parametrize(
    ("state", "days", "last"),
    [
        ("SUBMITTED", 5, "2026-10-14"),
        ("RETURNED", 10, "2026-10-21"),
        ("VERIFIED", 5, "2026-10-14"),
        ("REVIEWED", 10, "2026-10-21"),
        ("CHECKING", 10, "2026-10-21"),
        ("APPROVED", 5, "2026-10-14"),
        ("ALLOCATED", 5, "2026-10-14"),
        ("OBJECTION", 5, "2026-10-14"),
        ("GRANTED", 10, "2026-10-21"),
        ("PAYING", 10, "2026-10-21"),
        ("PAY_FAILED", 5, "2026-10-14"),
        ("PAID", 90, "2027-02-10"),
        ("REPORTED", None, None),
        ("WAITING", None, None),
        ("NOTICE", None, None),
        ("REJECTED", None, None),
    ],
)
def test_deadlines_are_working_days_by_the_holiday_calendar(state: str, days: int | None, last: str | None) -> None:
    """Arrived on the eve of a week off, with the Saturday after it worked instead."""
    week_off = Calendar(
        holidays=frozenset(dt.date(2026, 10, day) for day in range(1, 9)), workdays=frozenset({dt.date(2026, 10, 10)})
    )
    found = WORKFLOW.state(state)
    assert found.deadline == days
    due = machine.due_on(found, dt.date(2026, 9, 30), week_off)
    assert due == (dt.date.fromisoformat(last) if last else None)


def test_what_takes_something_away_from_her_needs_one_of_the_listed_reasons() -> None:
    negative = [step.key for step in TRANSITIONS if step.negative]
    assert negative == [
        "return_to_applicant",
        "return_to_village",
        "refuse",
        "return_to_town",
        "uphold_objection",
        "withdraw_for",
        "revoke",
    ]
    assert all(step.reasons for step in TRANSITIONS if step.negative)


def test_both_eras_are_versions_of_one_entry_and_meet_at_new_year_2021() -> None:
    programme = registry.programme("two_cancers_grant")
    assert programme.version_on(dt.date(2011, 1, 1)).key == "poor-mothers"
    assert programme.version_on(dt.date(2020, 12, 31)).key == "poor-mothers"
    assert programme.version_on(dt.date(2021, 1, 1)).key == "low-income-women"
    with pytest.raises(machine.DefinitionError, match="没有有效版本"):
        programme.version_on(dt.date(2010, 12, 31))


def test_states_that_end_a_case_have_no_way_back_to_the_money() -> None:
    for state in WORKFLOW.states:
        if state.kind in (StateKind.REFUSED, StateKind.WITHDRAWN) or state.key == "DECEASED":
            assert not [step.key for step in TRANSITIONS if state.key in step.sources]


def test_no_step_but_the_payment_list_leads_to_the_bank_and_no_step_but_the_notice_leads_to_a_grant() -> None:
    assert [(s.key, s.sources) for s in TRANSITIONS if s.target == "PAYING"] == [("list_payment", ("GRANTED",))]
    assert [(s.key, s.sources) for s in TRANSITIONS if s.target == "GRANTED"] == [
        ("grant", ("NOTICE",)),
        ("correct_account", ("PAY_FAILED",)),
        ("correct_own_account", ("PAY_FAILED",)),
    ]
