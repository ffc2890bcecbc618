"""One ballot: what is taken, what is refused and in which words, what a double tap does."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.core.clock import CHINA
from niangjia.voting import actions, queries
from niangjia.voting.kinds import BallotRefused, Cadence, Channel, Outcome
from niangjia.voting.models import Ballot
from tests.personas import District
from tests.voting.conftest import CLOSES, NOON, OPENS, make_poll, vote

pytestmark = pytest.mark.django_db
PHONE = "13800138000"


def ballots(district: District) -> list[list[int]]:
    with acting_as(district.acting("officer")):
        return list(Ballot.objects.order_by("id").values_list("choices", flat=True))


def refused(poll: Any, *choices: int, **changes: Any) -> tuple[Outcome, tuple[int, ...]]:
    with pytest.raises(BallotRefused) as caught:
        vote(poll, changes.pop("phone", PHONE), *choices, **changes)
    return caught.value.outcome, caught.value.numbers


def test_a_ballot_is_kept_with_its_choices_in_order_and_a_receipt_finds_it(district: District) -> None:
    poll = make_poll(district)
    receipt = vote(poll, PHONE, 5, 1, 3)
    assert ballots(district) == [[1, 3, 5]]
    found = queries.look_up(receipt.lower())
    assert found == queries.Receipt(poll.pk, poll.title, NOON.date(), "OPEN", set_aside=False)


def test_a_receipt_nobody_was_given_finds_nothing(district: District) -> None:
    assert queries.look_up("AAAA-AAAA-AAAA") is None


def test_the_same_page_sent_twice_gives_the_same_receipt_and_one_ballot(district: District) -> None:
    poll = make_poll(district)
    first = vote(poll, PHONE, 1, 2, 3)
    assert vote(poll, PHONE, 1, 2, 3) == first
    assert ballots(district) == [[1, 2, 3]]


def test_a_phone_votes_once_a_day(district: District) -> None:
    poll = make_poll(district)
    vote(poll, PHONE)
    assert refused(poll, nonce="another page")[0] == Outcome.ALREADY
    vote(poll, PHONE, at=NOON + dt.timedelta(days=1))
    assert len(ballots(district)) == 2


def test_a_phone_votes_once_in_the_whole_activity_where_that_is_the_rule(district: District) -> None:
    poll = make_poll(district, cadence=Cadence.ONCE)
    vote(poll, PHONE)
    assert refused(poll, nonce="another page", at=NOON + dt.timedelta(days=1))[0] == Outcome.ALREADY


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        (OPENS - dt.timedelta(seconds=1), Outcome.EARLY),
        (OPENS, None),
        (dt.datetime(2026, 11, 24, 5, 59, 59, tzinfo=CHINA), Outcome.HOURS),
        (dt.datetime(2026, 11, 24, 6, 0, 0, tzinfo=CHINA), None),
        (dt.datetime(2026, 11, 24, 23, 0, 10, tzinfo=CHINA), Outcome.HOURS),
        (dt.datetime(2026, 11, 24, 23, 0, 9, tzinfo=CHINA), None),  # in flight when the hours ended
        (CLOSES, None),
        (CLOSES + dt.timedelta(seconds=10), None),  # in flight when the poll closed
        (CLOSES + dt.timedelta(seconds=11), Outcome.LATE),
    ],
)
def test_the_clock_of_the_server_decides_with_a_grace(district: District, at: dt.datetime, outcome: Outcome) -> None:
    poll = make_poll(district)
    try:
        vote(poll, PHONE, at=at)
        found = None
    except BallotRefused as refusal:
        found = refusal.outcome
    assert found == outcome


def test_what_is_sent_in_the_grace_after_midnight_belongs_to_the_day_before(district: District) -> None:
    poll = make_poll(district, from_hour=6, to_hour=24)
    vote(poll, PHONE)
    midnight = dt.datetime(2026, 11, 25, 0, 0, 5, tzinfo=CHINA)
    assert refused(poll, nonce="another page", at=midnight)[0] == Outcome.ALREADY


@pytest.mark.parametrize(
    ("choices", "outcome"),
    [
        ((1, 2), Outcome.NUMBER),
        ((1, 1, 2), Outcome.NUMBER),
        ((1, 2, 3), None),
        ((1, 2, 3, 4, 5), Outcome.NUMBER),
        ((1, 2, 9), Outcome.UNKNOWN_CHOICE),
    ],
)
def test_a_ballot_names_as_many_choices_as_the_rule_says(
    district: District, choices: tuple[int, ...], outcome: Outcome
) -> None:
    poll = make_poll(district, min_choices=3, max_choices=4)
    try:
        vote(poll, PHONE, *choices)
        found = None
    except BallotRefused as refusal:
        found = refusal.outcome
    assert found == outcome


def test_a_withdrawn_entry_is_refused_by_name_and_earlier_ballots_count_for_the_others(
    district: District, act: Any
) -> None:
    poll = make_poll(district)
    vote(poll, PHONE, 1, 2, 3)
    assert act("officer", actions.withdraw_choice, subject="case:2", reason="本人申请退出") == 1
    assert refused(poll, 1, 2, 4, phone="13800138001") == (Outcome.WITHDRAWN, (2,))
    vote(poll, "13800138001", 1, 4, 5)
    assert ballots(district) == [[1, 2, 3], [1, 4, 5]]


def test_a_draft_takes_no_ballot(district: District) -> None:
    poll = make_poll(district, opened=False)
    assert refused(poll)[0] == Outcome.NO_POLL


def test_a_way_of_voting_the_poll_does_not_offer_is_refused(district: District) -> None:
    poll = make_poll(district, by_phone=False, by_token=True)
    assert refused(poll)[0] == Outcome.CHANNEL


def printed(act: Any, poll: Any, count: int = 2, days: int = 1) -> list[str]:
    with clock.frozen(NOON):
        _, codes = act(
            "officer", actions.print_tokens, poll_id=poll.pk, count=count, expires_at=NOON + dt.timedelta(days=days)
        )
    return list(codes)


def test_a_paper_code_is_good_for_one_ballot_however_it_is_typed(district: District, act: Any) -> None:
    poll = make_poll(district, by_token=True)
    code, _ = printed(act, poll)
    vote(poll, f" {code[:4].lower()}-{code[4:]}", channel=Channel.TOKEN, nonce="a")
    again = refused(poll, phone=code, channel=Channel.TOKEN, nonce="b", at=NOON + dt.timedelta(hours=1))
    assert again[0] == Outcome.ALREADY


@pytest.mark.parametrize(
    ("code", "later", "outcome"),
    [("ACDEFGHJKLMN", 0, Outcome.UNKNOWN_TOKEN), ("", 2, Outcome.EXPIRED_TOKEN)],
)
def test_a_code_unknown_or_expired_is_refused(
    district: District, act: Any, code: str, later: int, outcome: Outcome
) -> None:
    poll = make_poll(district, by_token=True)
    real = printed(act, poll)[0]
    at = NOON + dt.timedelta(days=later)
    assert refused(poll, phone=code or real, channel=Channel.TOKEN, at=at)[0] == outcome


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.1.2.3", "10.1.2.0/24"), ("2001:db8:1:2::9", "2001:db8:1::/48"), ("", "-"), ("nonsense", "-")],
)
def test_a_network_is_told_by_its_first_part(address: str, network: str) -> None:
    assert actions.network_of(address) == network
