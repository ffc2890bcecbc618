"""What somebody could do to ballots who ran SQL of her own, in any role, and what twenty hands at once can do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from niangjia.access.acting import acting_as
from niangjia.voting import actions
from niangjia.voting.kinds import BallotRefused, Channel
from niangjia.voting.models import Choice
from tests.personas import District
from tests.voting.conftest import NOON, make_poll, vote

ROLES = ("niangjia_desk", "niangjia_partner", "niangjia_resident", "niangjia_public", "niangjia_app")
TABLES = ("voting_ballot", "voting_seal", "voting_setaside", "voting_publication")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", TABLES)
def test_no_role_may_change_or_remove_a_ballot_a_seal_or_a_mark(table: str, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_any_column_privilege(%s, %s, 'UPDATE') OR has_table_privilege(%s, %s, 'DELETE') "
            "OR has_table_privilege(%s, %s, 'TRUNCATE')",
            [role, table] * 3,
        )
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("table", "column"),
    [("voting_spent", "credential"), ("voting_token", "code_index"), ("voting_ballot", "receipt_index")],
)
def test_no_role_reads_who_voted_or_which_receipt_is_which(role: str, table: str, column: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_column_privilege(%s, %s, %s, 'SELECT')", [role, table, column])
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("statement", ["UPDATE voting_ballot SET choices = '{1,2,4}'", "DELETE FROM voting_ballot", "TRUNCATE voting_ballot CASCADE"])  # fmt: skip
def test_not_even_the_owner_changes_a_ballot_in_passing(owner: psycopg.Connection, statement: str) -> None:
    poll = make_poll(District())
    vote(poll, "13800138000")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        owner.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO voting_ballot (poll_id) VALUES (1)",
        "SELECT * FROM voting_spent",
        "SELECT receipt_index FROM voting_ballot",
        "SELECT * FROM voting_look_up('')",
        "UPDATE voting_decision SET reason = 'x'",
        "UPDATE voting_decision SET proposed_by = 0",
        "DELETE FROM voting_decision",
        "DELETE FROM voting_choice",
        "DELETE FROM voting_threshold",
    ],
)
def test_an_officer_is_refused(district: District, statement: str) -> None:
    with acting_as(district.acting("chair")):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_an_officer_confirms_in_no_other_name_and_never_her_own_proposal(district: District) -> None:
    poll = make_poll(district)
    with acting_as(district.acting("officer")) as by:
        choice = Choice.objects.filter(poll=poll).first()
        assert choice is not None
        decision = actions.propose_void(choice_id=choice.pk, reason="查实", by=by)
        for name in (by.account_id, by.account_id + 1):
            with pytest.raises(Exception, match=r"two_people|row-level security"):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE voting_decision SET confirmed = true, decided_by = %s, decided_at = now() WHERE id = %s",
                        [name, decision.pk],
                    )


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["dunren", "dadongmen"])
def test_a_town_sees_no_ballot_of_a_poll_of_the_district(district: District, who: str) -> None:
    poll = make_poll(district)
    vote(poll, "13800138000")
    with acting_as(district.acting(who)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM voting_ballot")
        assert cursor.fetchone() == (0,)


def at_once(poll_id: int, channel: Channel, credential: str, tries: int) -> list[str]:
    """So many attempts at one moment, each from a page and a connection of its own; what each was told."""
    barrier = Barrier(tries)

    def attempt(number: int) -> str:
        try:
            barrier.wait()
            actions.cast(
                poll_id=poll_id, channel=channel, credential=credential, nonce=f"{credential}/{number}",
                choices=(1, 2, 3), device="", address="", at=NOON,
            )  # fmt: skip
            return "ACCEPTED"
        except BallotRefused as refused:
            return str(refused.outcome)
        finally:
            connection.close()

    with ThreadPoolExecutor(tries) as pool:
        return sorted(pool.map(attempt, range(tries)))


@pytest.mark.django_db(transaction=True)
def test_of_eight_attempts_at_once_with_one_phone_or_one_code_one_counts(owner: psycopg.Connection) -> None:
    district = District()
    poll = make_poll(district, by_token=True)
    with acting_as(district.acting("officer")) as by:
        _, codes = actions.print_tokens(poll_id=poll.pk, count=2, expires_at=poll.closes_at, by=by)
    told = ["ACCEPTED", *["ALREADY"] * 7]
    for channel, credential in ((Channel.PHONE, "13800138000"), (Channel.TOKEN, codes[0])):
        told_now = sorted(at_once(poll.pk, channel, credential, 8))
        assert told_now == sorted(told)
    assert owner.execute("SELECT count(*) FROM voting_ballot").fetchone() == (2,)


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_at_once_is_one_ballot_with_one_receipt(owner: psycopg.Connection) -> None:
    poll = make_poll(District())

    def tap(_: int) -> str:
        with ExitStack() as stack:
            stack.callback(connection.close)
            return vote(poll, "13800138000", nonce="one page")

    with ThreadPoolExecutor(6) as pool:
        receipts = set(pool.map(tap, range(6)))
    assert (len(receipts), owner.execute("SELECT count(*) FROM voting_ballot").fetchone()) == (1, (1,))
