"""From the draft to the published file: two people open, seals bind, two people set aside, anybody counts again."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from niangjia.access import queries as access
from niangjia.access.acting import acting_as, record
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.trail.models import Entry
from niangjia.voting import actions, queries, recount
from niangjia.voting.kinds import PollState, Rule
from niangjia.voting.models import Choice, Decision, Poll, Seal
from tests.personas import FULING, District
from tests.voting.conftest import CLOSES, NOON, OPENS, make_poll, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll(district: District) -> Poll:
    """Six ballots: five different phones, and one device that voted twice more than a family."""
    poll = make_poll(district)
    for n, choices in enumerate([(1, 2, 3), (1, 2, 3), (1, 2, 4), (1, 3, 5), (2, 3, 4), (2, 3, 4)]):
        vote(poll, f"1380013800{n}", *choices, device="one" if n < 3 else f"own {n}")
    return poll


def closed(poll: Poll, act: Any) -> None:
    with clock.frozen(CLOSES + dt.timedelta(minutes=5)):
        act("officer", actions.close_poll, poll_id=poll.pk)


def counted(poll: Poll, act: Any) -> None:
    act("officer", actions.count_poll, poll_id=poll.pk)


def totals(district: District, poll: Poll) -> dict[int, tuple[int, int]]:
    with acting_as(district.acting("officer")):
        poll.refresh_from_db()
        return {one.number: (one.votes, one.counted) for one in queries.counts(poll)}


def set_aside(act: Any, poll: Poll, *, confirm: bool = True) -> Decision:
    act("officer", actions.set_threshold, rule=Rule.DEVICE, value=Decimal(2), least=1, from_hour=None, to_hour=None)
    with acting_as(District().acting("officer")):
        (finding,) = [one for one in queries.report(poll) if one.rule == Rule.DEVICE]
    decision: Decision = act(
        "officer", actions.propose_set_aside, poll_id=poll.pk, rule=finding.rule, key=finding.key,
        finding=finding.where, reason="同一设备三票",
    )  # fmt: skip
    return act("chair", actions.decide, decision_id=decision.pk, confirm=confirm)  # type: ignore[no-any-return]


# --- before it opens


def test_who_made_or_changed_a_poll_last_does_not_open_it(district: District, act: Any) -> None:
    poll = make_poll(district, opened=False)
    with acting_as(district.acting("chair")) as chair:
        Poll.objects.filter(pk=poll.pk).update(made_by=chair.account_id)
        with pytest.raises(Refused, match="不能自己开启"):
            actions.open_poll(poll_id=poll.pk, by=chair)
        record(by=chair, stream="x", verb="x", subject="x", place=FULING)
    assert act("vice", actions.open_poll, poll_id=poll.pk).state == PollState.OPEN


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight": 31}, "网络投票只作参考，占总成绩不得超过百分之三十。"),
        ({"closes_at": OPENS}, "截止时间应晚于开始时间。"),
        ({"from_hour": 23, "to_hour": 6}, "每天的投票时段应在0点至24点之间，结束晚于开始。"),
        ({"min_choices": 5, "max_choices": 4}, "最少选1项，最多选不少于最少，且不超过50项。"),
        ({"by_phone": False}, "手机验证码和纸质投票码至少选一种。"),
    ],
)
def test_a_poll_that_makes_no_sense_is_refused(district: District, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused) as refused:
        make_poll(district, opened=False, **changes)
    assert str(refused.value) == message


def test_the_database_itself_keeps_the_weight_at_30(owner: psycopg.Connection) -> None:
    poll = make_poll(District(), opened=False)
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE voting_poll SET weight = 31 WHERE id = %s", [poll.pk])


def test_an_entry_of_a_minor_is_never_voted_on(district: District, act: Any) -> None:
    poll = make_poll(district, opened=False)
    with pytest.raises(Refused, match="未成年人的作品和事迹不参加公众投票"):
        act("officer", actions.add_choice, poll_id=poll.pk, label="小作者", minor=True)


def test_a_poll_with_too_few_entries_is_not_opened(district: District) -> None:
    with pytest.raises(Refused, match="参选对象只有2个，少于每张选票最少要选的3项"):
        make_poll(district, labels=("甲院", "乙院"))


def test_an_open_poll_is_not_changed(poll: Poll, act: Any) -> None:
    with pytest.raises(Refused, match="已经开启"):
        act("officer", actions.change_poll, poll_id=poll.pk, weight=10)
    with pytest.raises(Refused, match="已经开启"):
        act("officer", actions.add_choice, poll_id=poll.pk, label="后来院")


def test_an_officer_of_a_town_does_not_run_polls(district: District, act: Any) -> None:
    poll = make_poll(district, opened=False)
    with pytest.raises(PermissionDenied):
        act("dunren", actions.open_poll, poll_id=poll.pk)


# --- while it runs


def test_totals_are_hidden_while_it_runs(poll: Poll, district: District) -> None:
    with pytest.raises(Refused, match="截止前不显示票数"):
        totals(district, poll)


def test_where_totals_are_open_each_seal_brings_them_up_to_date(district: District, act: Any) -> None:
    poll = make_poll(district, hide_totals=False)
    vote(poll, "13800138000", 1, 2, 3)
    assert act("officer", actions.seal, poll_id=poll.pk) == 1
    assert totals(district, poll) == {1: (1, 1), 2: (1, 1), 3: (1, 1), 4: (0, 0), 5: (0, 0)}


def test_a_seal_binds_what_came_since_and_stands_in_the_trail(poll: Poll, act: Any, district: District) -> None:
    first = act("officer", actions.seal, poll_id=poll.pk)
    vote(poll, "13900139000", 1, 2, 3)
    second = act("officer", actions.seal, poll_id=poll.pk)
    third = act("officer", actions.seal, poll_id=poll.pk)
    assert (first, second, third) == (6, 1, 0)
    with acting_as(district.acting("officer")):
        seals = list(Seal.objects.order_by("number"))
        entries = list(Entry.objects.filter(verb="vote.seal").order_by("seq"))
        assert [bytes(seal.previous) for seal in seals] == [b"", bytes(seals[0].head)]
        assert [entry.summary["head"] for entry in entries] == [bytes(seal.head).hex() for seal in seals]
        assert queries.first_broken_seal(poll) is None


def test_it_closes_by_itself_a_minute_after_the_grace(poll: Poll, district: District) -> None:
    states = []
    for seconds in (60, 71):
        house = access.house(FULING)
        with clock.frozen(CLOSES + dt.timedelta(seconds=seconds)), acting_as(house):
            actions.close_due(by=house)
            states.append(Poll.objects.get(pk=poll.pk).state)
    assert states == [PollState.OPEN, PollState.CLOSED]


# --- the count


def test_the_count_is_what_the_ballots_say(poll: Poll, district: District, act: Any) -> None:
    closed(poll, act)
    counted(poll, act)
    assert totals(district, poll) == {1: (4, 4), 2: (5, 5), 3: (5, 5), 4: (3, 3), 5: (1, 1)}


def test_ballots_set_aside_by_two_people_are_left_out_and_kept(poll: Poll, district: District, act: Any) -> None:
    closed(poll, act)
    set_aside(act, poll)
    counted(poll, act)
    assert totals(district, poll) == {1: (4, 1), 2: (5, 2), 3: (5, 3), 4: (3, 2), 5: (1, 1)}
    assert poll.ballots == 6


def test_what_was_declined_changes_nothing(poll: Poll, district: District, act: Any) -> None:
    closed(poll, act)
    set_aside(act, poll, confirm=False)
    counted(poll, act)
    assert totals(district, poll)[1] == (4, 4)


def test_released_ballots_count_again(poll: Poll, district: District, act: Any) -> None:
    closed(poll, act)
    decision = set_aside(act, poll)
    counted(poll, act)
    release = act("officer", actions.propose_release, decision_id=decision.pk, reason="查明是一家人")
    act("chair", actions.decide, decision_id=release.pk, confirm=True)
    assert totals(district, poll)[1] == (4, 4)


def test_bought_votes_void_all_votes_of_the_choice(poll: Poll, district: District, act: Any) -> None:
    closed(poll, act)
    with acting_as(district.acting("officer")):
        choice = Choice.objects.get(poll=poll, number=2)
    void = act("officer", actions.propose_void, choice_id=choice.pk, reason="查实发红包拉票")
    assert void.ballots == 5
    act("vice", actions.decide, decision_id=void.pk, confirm=True)
    counted(poll, act)
    assert totals(district, poll)[2] == (5, 0)


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_is_proposed_without_a_reason(poll: Poll, act: Any, reason: str) -> None:
    with pytest.raises(Refused, match="请写明理由"):
        act("officer", actions.propose_set_aside, poll_id=poll.pk, rule=Rule.DEVICE, key="1", finding="", reason=reason)


def test_who_proposed_does_not_confirm(poll: Poll, act: Any, district: District) -> None:
    with acting_as(district.acting("officer")):
        choice = Choice.objects.get(poll=poll, number=2)
    void = act("officer", actions.propose_void, choice_id=choice.pk, reason="查实发红包拉票")
    with pytest.raises(Refused, match="不能自己确认"):
        act("officer", actions.decide, decision_id=void.pk, confirm=True)


def test_nothing_is_counted_while_a_proposal_waits(poll: Poll, act: Any, district: District) -> None:
    closed(poll, act)
    with acting_as(district.acting("officer")):
        choice = Choice.objects.get(poll=poll, number=2)
    act("officer", actions.propose_void, choice_id=choice.pk, reason="查实发红包拉票")
    with pytest.raises(Refused, match="还有1项隔离或作废的提议等待复核"):
        counted(poll, act)


def test_a_key_no_finding_has_is_refused(poll: Poll, act: Any) -> None:
    for rule, key in ((Rule.DEVICE, "x"), (Rule.BURST, "1"), (Rule.DEVICE, "1@2026-11-24T10:00:00+08:00")):
        with pytest.raises(Refused, match="没有这条异常线索"):
            act("officer", actions.propose_set_aside, poll_id=poll.pk, rule=rule, key=key, finding="", reason="看看")


# --- the anomaly report: each finding leads to its ballots


def test_every_rule_finds_its_ballots(district: District, act: Any) -> None:
    poll = make_poll(district, from_hour=0, to_hour=24, cadence="ONCE")
    act("officer", actions.take_segments, rows=[("1380013", "重庆", True), ("1590015", "外地", False)])
    for rule in Rule:
        act("officer", actions.set_threshold, rule=rule, value=Decimal(2), least=1, from_hour=23, to_hour=6)
    for n in range(4):  # four in the same minute of the night, from elsewhere, by one device, over one network
        vote(poll, f"1590015000{n}", 1, 2, 3, device="one", address="10.9.9.9", at=NOON.replace(hour=2))
    for n in range(4):
        vote(poll, f"1380013800{n}", 1, 2, 4, device=f"own {n}", address=f"10.0.{n}.1", at=NOON + dt.timedelta(hours=n))
    with acting_as(district.acting("officer")):
        findings = queries.report(poll)
        reached = []
        for one in findings:
            condition, given = queries.ballots_of(one.rule, one.key)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM voting_ballot WHERE {condition}", given)
                reached.append(cursor.fetchone()[0])
    assert reached == [one.ballots for one in findings]
    assert [(one.rule, one.ballots) for one in findings] == [
        (Rule.BURST, 4), (Rule.BURST, 4), (Rule.NIGHT, 4), (Rule.NIGHT, 4), (Rule.NIGHT, 4),
        (Rule.OUTSIDE, 4), (Rule.OUTSIDE, 4), (Rule.OUTSIDE, 4), (Rule.DEVICE, 4), (Rule.NETWORK, 4),
    ]  # fmt: skip


# --- the published file


def published(poll: Poll, act: Any) -> Any:
    closed(poll, act)
    counted(poll, act)
    return act("chair", actions.publish, poll_id=poll.pk)


def test_the_recount_of_the_published_file_is_the_count_to_the_last_vote(
    poll: Poll, district: District, act: Any, tmp_path: Any
) -> None:
    set_aside(act, poll)
    file = published(poll, act)
    path = tmp_path / "ballots.csv.gz"
    path.write_bytes(bytes(file.packed))
    result = recount.count(path)
    assert (result.ballots, result.marked, result.link) == (6, 3, file.head)
    ours = totals(district, poll)
    assert {number: (result.votes[number], result.counted[number]) for number in result.labels} == ours


def test_the_published_file_tells_choices_and_marks_and_nothing_else(poll: Poll, act: Any) -> None:
    decision = set_aside(act, poll)
    lines = gzip.decompress(bytes(published(poll, act).packed)).decode().splitlines()
    head = json.loads(lines[0][1:])
    assert set(head) == {"format", "poll", "title", "min", "max", "choices", "void", "marks", "ballots"}
    mark = str(decision.pk)
    assert lines[1:-1] == [
        "choices,mark", f"1 2 3,{mark}", f"1 2 3,{mark}", f"1 2 4,{mark}", "1 3 5,", "2 3 4,", "2 3 4,",
    ]  # fmt: skip


def test_a_decision_after_publication_publishes_a_correction(poll: Poll, district: District, act: Any) -> None:
    published(poll, act)
    with acting_as(district.acting("officer")):
        choice = Choice.objects.get(poll=poll, number=2)
    void = act("officer", actions.propose_void, choice_id=choice.pk, reason="查实发红包拉票")
    act("chair", actions.decide, decision_id=void.pk, confirm=True)
    assert totals(district, poll)[2] == (5, 0)
    with acting_as(district.acting("officer")):
        assert [one.edition for one in poll.publications.order_by("edition")] == [1, 2]


def test_a_state_is_not_skipped(poll: Poll, act: Any) -> None:
    with pytest.raises(Refused, match="投票截止后才能计票"):
        counted(poll, act)
    closed(poll, act)
    with pytest.raises(Refused, match="请先计票"):
        act("chair", actions.publish, poll_id=poll.pk)


def test_what_was_kept_against_voting_twice_is_gone_when_it_closes(owner: psycopg.Connection) -> None:
    district = District()
    poll = make_poll(district)
    vote(poll, "13800138000")
    kept = owner.execute("SELECT count(*) FROM voting_spent").fetchone()
    with acting_as(district.acting("officer")) as by, clock.frozen(CLOSES):
        actions.close_poll(poll_id=poll.pk, by=by)
    assert (kept, owner.execute("SELECT count(*) FROM voting_spent").fetchone()) == ((1,), (0,))


def test_after_a_seal_neither_row_order_nor_transaction_joins_ballots_to_credentials(owner: psycopg.Connection) -> None:
    district = District()
    poll = make_poll(district)
    for n in range(40):
        vote(poll, f"138001380{n:02d}")
    joined = "SELECT count(*) FROM voting_spent s JOIN voting_ballot b ON b.xmin = s.xmin"
    before = owner.execute(joined).fetchone()
    with acting_as(district.acting("officer")) as by:
        actions.seal(poll_id=poll.pk, by=by)
    order = owner.execute("SELECT credential FROM voting_spent ORDER BY ctid").fetchall()
    assert (before, owner.execute(joined).fetchone(), order) == ((40,), (0,), sorted(order))


def test_a_ballot_altered_past_the_database_is_found_before_the_count(owner: psycopg.Connection) -> None:
    district = District()
    poll = make_poll(district)
    for n in range(3):
        vote(poll, f"1380013800{n}", 1, 2, 3)
    with acting_as(district.acting("officer")) as by, clock.frozen(CLOSES):
        actions.close_poll(poll_id=poll.pk, by=by)
    owner.execute("ALTER TABLE voting_ballot DISABLE TRIGGER USER")
    owner.execute("UPDATE voting_ballot SET choices = '{1,2,4}' WHERE id = (SELECT min(id) FROM voting_ballot)")
    with pytest.raises(Refused, match="第1次封存的选票与封存时不一致"), acting_as(district.acting("officer")) as by:
        actions.count_poll(poll_id=poll.pk, by=by)
