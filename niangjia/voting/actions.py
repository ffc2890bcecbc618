"""Named writes of public votes. A vote exists only when an officer makes it and another person opens it."""

from __future__ import annotations

import datetime as dt
import gzip
import secrets
from collections.abc import Iterable
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar

from django.db import OperationalError, connection, models

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, sealing
from niangjia.core.refused import Refused, check
from niangjia.voting import queries, recount, rules
from niangjia.voting.kinds import BallotRefused, Cadence, Channel, DecisionKind, Outcome, PollState, Rule
from niangjia.voting.models import (
    Choice,
    Decision,
    NumberSegment,
    Poll,
    Publication,
    Threshold,
    TokenSheet,
)
from niangjia.voting.sql import LOCK

CREDENTIAL_CONTEXT = "voting_spent.credential"
TOKEN_CONTEXT = "voting_token.code"  # noqa: S105
FEATURE_CONTEXT = "voting_ballot.feature"
TOKENS_A_SHEET = 2000
NAMELESS = "（不再公开）"
Row = TypeVar("Row", bound=models.Model)


# --- making a poll -----------------------------------------------------------------------------------------------


def make_poll(
    *,
    title: str,
    rules_text: str,
    place: str,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    by: Acting,
    subject: str = "",
    from_hour: int = 6,
    to_hour: int = 23,
    min_choices: int = 3,
    max_choices: int = 10,
    cadence: str = Cadence.DAY,
    by_phone: bool = True,
    by_token: bool = False,
    hide_totals: bool = True,
    weight: int = 30,
    grace_seconds: int = 10,
) -> Poll:
    """A poll in draft, seen by nobody outside. ``weight`` in per cent, at most 30. Raises Refused."""
    by.require(Verb.VOTE_MANAGE)
    poll = Poll(
        title=title, rules_text=rules_text, place=place, opens_at=opens_at, closes_at=closes_at, subject=subject,
        from_hour=from_hour, to_hour=to_hour, min_choices=min_choices, max_choices=max_choices, cadence=cadence,
        by_phone=by_phone, by_token=by_token, hide_totals=hide_totals, weight=weight, grace_seconds=grace_seconds,
        made_by=by.account_id, made_at=clock.now(),
    )  # fmt: skip
    check(poll, validate_unique=False)
    poll.save()
    _note(poll, "vote.make", by, title=title, subject=subject)
    return poll


def change_poll(*, poll_id: int, by: Acting, **changes: Any) -> Poll:
    """Change a draft. Who changed it last has made it, and cannot open it. Raises Refused."""
    by.require(Verb.VOTE_MANAGE)
    poll = _draft(poll_id)
    for name, value in changes.items():
        setattr(poll, name, value)
    poll.made_by = by.account_id
    check(poll, validate_unique=False)
    poll.save()
    _note(poll, "vote.change", by, fields=sorted(changes))
    return poll


def add_choice(
    *,
    poll_id: int,
    label: str,
    by: Acting,
    group: str = "",
    text: str = "",
    picture: str = "",
    picture_mime: str = "",
    subject: str = "",
    minor: bool = False,
) -> Choice:
    """Something to vote for, under the next number. ``picture`` is a name in the store of files. Never a minor's entry."""
    by.require(Verb.VOTE_MANAGE)
    poll = _draft(poll_id)
    if minor:
        raise Refused(
            "未成年人的作品和事迹不参加公众投票。请改由评委评审。", {"minor": "未成年人的作品和事迹不参加公众投票。"}
        )
    last = Choice.objects.filter(poll=poll).aggregate(last=models.Max("number"))["last"] or 0
    choice = Choice(
        poll=poll, number=last + 1, label=label, group=group, text=text, picture=picture, picture_mime=picture_mime,
        subject=subject, place=poll.place,
    )  # fmt: skip
    check(choice, validate_unique=False)
    choice.save()
    poll.made_by = by.account_id
    poll.save(update_fields=["made_by"])
    _note(poll, "vote.choice", by, number=choice.number, label=label, subject=subject)
    return choice


def withdraw_choice(*, subject: str, reason: str, by: Acting, nameless: bool = False) -> int:
    """An entry leaves all votes that are not over. Ballots already cast count on for the others. Returns how many it left.

    ``nameless`` takes name and text off as well, where the consent to show them ended (个人信息保护法 art. 15, 47).
    Needs the verb of who runs votes; where an applicant withdraws, a job of the house does this after her.
    """
    found = list(queries.choices_of_subject(subject))
    for choice in found:
        withdraw(choice_id=choice.pk, reason=reason, by=by)
        if nameless:
            Choice.objects.filter(pk=choice.pk).update(label=NAMELESS, text="")
    return len(found)


def withdraw(*, choice_id: int, reason: str, by: Acting) -> Choice:
    """A choice can no longer be voted for; its picture is gone from the page at once. A second time changes nothing."""
    by.require(Verb.VOTE_MANAGE)
    choice = _locked(Choice.objects.select_related("poll"), choice_id)
    if choice.withdrawn_at is not None:
        return choice
    if choice.poll.state not in (PollState.DRAFT, PollState.OPEN):
        raise Refused("投票已经截止，不能再退出。贿票等情况请提出作废。")
    if not reason.strip():
        raise Refused("请写明退出的原因。", {"reason": "请写明退出的原因。"})
    _alone_with(choice.poll)
    choice.withdrawn_at = clock.now()
    choice.withdrawn_reason = reason
    choice.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    _note(choice.poll, "vote.withdraw", by, number=choice.number, reason=reason)
    return choice


def open_poll(*, poll_id: int, by: Acting) -> Poll:
    """A second person opens it: from now on the public sees it, and nothing of it changes. Raises Refused."""
    by.require(Verb.VOTE_OPEN)
    poll = _locked(Poll.objects.all(), poll_id)
    if poll.state != PollState.DRAFT:
        return poll
    if poll.made_by == by.account_id:
        raise Refused("建立或最后修改投票的人不能自己开启，请由另一位负责人开启。")
    standing = Choice.objects.filter(poll=poll, withdrawn_at__isnull=True).count()
    if standing < poll.min_choices or standing < 2:
        raise Refused(
            f"参选对象只有{standing}个，少于每张选票最少要选的{max(poll.min_choices, 2)}项。请先补充参选对象。"
        )
    if poll.closes_at <= clock.now():
        raise Refused("截止时间已经过了。请修改后再开启。")
    poll.state, poll.opened_by, poll.opened_at = PollState.OPEN, by.account_id, clock.now()
    poll.save(update_fields=["state", "opened_by", "opened_at"])
    _note(poll, "vote.open", by, choices=standing)
    return poll


# --- ballots -----------------------------------------------------------------------------------------------------


def receipt_code(nonce: str) -> str:
    """The receipt of the ballot a page was sent for. From the page's random number, never from who sends it."""
    return rules.code_from(sealing.blind(nonce, context="voting_ballot.nonce"), rules.RECEIPT_LENGTH)


def cast(
    *,
    poll_id: int,
    channel: Channel,
    credential: str,
    nonce: str,
    choices: Iterable[int],
    device: str,
    address: str,
    at: dt.datetime,
) -> str:
    """Cast a ballot and return its receipt code; the same nonce again gives the same receipt and no second ballot.

    ``credential`` is a verified phone (11 digits) or a paper code; neither is stored. ``at`` is when the server received
    the ballot. Raises BallotRefused. One statement: outside a transaction it is committed when this returns.
    """
    receipt = receipt_code(nonce)
    chosen = sorted(set(choices))
    phone = channel is Channel.PHONE
    code = credential if phone else rules.tidy_code(credential)
    index = sealing.blind(f"{poll_id}|{code}", context=CREDENTIAL_CONTEXT if phone else TOKEN_CONTEXT)
    given: list[Any] = [
        poll_id, channel.value, index, queries.receipt_index(receipt), chosen, feature(poll_id, "device", device),
        feature(poll_id, "network", network_of(address)),
        feature(poll_id, "segment", credential[:7]) % rules.SEGMENT_BUCKETS if phone else None,
        credential[:7] if phone else None, at,
    ]  # fmt: skip
    outcome, numbers = _put_in(given)
    if outcome not in (Outcome.ACCEPTED, Outcome.SAME):
        raise BallotRefused(outcome, numbers)
    return receipt


def _put_in(given: list[Any]) -> tuple[Outcome, tuple[int, ...]]:
    """What the database says to a ballot, asked once; a second time only where the connection turned out to be gone.

    The house asks a connection whether it still lives before it uses it, for most statements must not run twice. A ballot
    may: what became of the first is told by its receipt. So the question is saved.
    """
    if not connection.in_atomic_block:
        connection.health_check_done = True  # type: ignore[attr-defined]  # of every backend of Django
        try:
            return _voting_cast(given)
        except OperationalError:
            if connection.connection is None or not connection.connection.closed:
                raise
            connection.close()
    return _voting_cast(given)


def _voting_cast(given: list[Any]) -> tuple[Outcome, tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, numbers FROM voting_cast(%s, %s, %s, %s, %s::int[], %s, %s, %s, %s, %s)", given)
        outcome, numbers = cursor.fetchone()
    return Outcome(outcome), tuple(numbers or ())


def feature(poll_id: int, kind: str, value: str) -> int:
    """A signed 64-bit keyed hash that means something within one poll only."""
    return int.from_bytes(sealing.blind(f"{poll_id}|{kind}|{value}", context=FEATURE_CONTEXT)[:8], "big", signed=True)


def network_of(address: str) -> str:
    """The network an address lies in: /24, or /48 of IPv6; what is no address is one network."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "-"
    if ip.version == 4:
        return f"{address.rpartition('.')[0]}.0/24"
    return str(ip_network(f"{ip}/48", strict=False))


def print_tokens(
    *, poll_id: int, count: int, expires_at: dt.datetime, by: Acting, note: str = ""
) -> tuple[TokenSheet, list[str]]:
    """A sheet of one-time codes. They are returned to be printed and are nowhere else: only keyed hashes are kept."""
    by.require(Verb.VOTE_MANAGE)
    poll = _locked(Poll.objects.all(), poll_id)
    if not poll.by_token:
        raise Refused("这项投票不用纸质投票码。请先在设置里选上。")
    if poll.state not in (PollState.DRAFT, PollState.OPEN):
        raise Refused("投票已经截止，不再印发投票码。")
    if not 1 <= count <= TOKENS_A_SHEET:
        raise Refused(f"一次可印1至{TOKENS_A_SHEET}个。", {"count": f"一次可印1至{TOKENS_A_SHEET}个。"})
    number = 1 + (TokenSheet.objects.filter(poll=poll).aggregate(last=models.Max("number"))["last"] or 0)
    sheet = TokenSheet.objects.create(
        poll=poll, number=number, count=count, note=note, expires_at=expires_at, made_at=clock.now(), place=poll.place
    )
    codes: set[str] = set()
    while len(codes) < count:
        codes.add("".join(secrets.choice(rules.LETTERS) for _ in range(rules.TOKEN_LENGTH)))
    listed = sorted(codes)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO voting_token (poll_id, sheet_id, code_index) SELECT %s, %s, unnest(%s::bytea[])",
            [poll.pk, sheet.pk, [sealing.blind(f"{poll.pk}|{code}", context=TOKEN_CONTEXT) for code in listed]],
        )
    _note(poll, "vote.tokens", by, sheet=number, count=count, note=note)
    return sheet, listed


# --- the end of a poll -------------------------------------------------------------------------------------------


def seal(*, poll_id: int, by: Acting) -> int:
    """Bind the ballots that came since the last seal; returns how many. Its count and head go into the trail."""
    poll = Poll.objects.get(pk=poll_id)
    if poll.state != PollState.OPEN:
        return 0
    bound = _seal(poll, by, final=False)
    if bound and not poll.hide_totals:
        _count(poll)
    return bound


def seal_running(*, by: Acting) -> None:
    """Bind the ballots of every poll that runs."""
    for poll in Poll.objects.filter(state=PollState.OPEN).order_by("id"):
        seal(poll_id=poll.pk, by=by)


def close_due(*, by: Acting) -> None:
    """Close the polls whose time is over, after the grace."""
    for poll in Poll.objects.filter(state=PollState.OPEN, closes_at__lt=clock.now()).order_by("id"):
        if clock.now() > poll.closes_at + dt.timedelta(seconds=poll.grace_seconds + 60):
            close_poll(poll_id=poll.pk, by=by)


def close_poll(*, poll_id: int, by: Acting) -> Poll:
    """No more ballots. Those under way are in before; what is used to refuse a second ballot of one phone is forgotten."""
    if not by.is_house:
        by.require(Verb.VOTE_MANAGE)
    poll = _locked(Poll.objects.all(), poll_id)
    if poll.state == PollState.DRAFT:
        raise Refused("投票还没有开启。")
    if poll.state != PollState.OPEN:
        return poll
    _alone_with(poll)
    _seal(poll, by, final=True)
    poll.refresh_from_db()
    poll.state, poll.closed_at = PollState.CLOSED, clock.now()
    poll.save(update_fields=["state", "closed_at"])
    _note(poll, "vote.close", by, ballots=poll.ballots)
    return poll


def count_poll(*, poll_id: int, by: Acting) -> Poll:
    """Count the ballots, after checking every seal. Raises Refused when one does not fit."""
    by.require(Verb.VOTE_MANAGE)
    poll = _locked(Poll.objects.all(), poll_id)
    if poll.state not in (PollState.CLOSED, PollState.COUNTED):
        raise Refused("投票截止后才能计票；已公布的结果不用再计。")
    _refuse_open_decisions(poll)
    broken = queries.first_broken_seal(poll)
    if broken is not None:
        raise Refused(f"第{broken}次封存的选票与封存时不一致，有人改动过数据库。请停止计票并报告安全管理员。")
    _count(poll)
    poll.state, poll.counted_at = PollState.COUNTED, clock.now()
    poll.save(update_fields=["state", "counted_at"])
    _note(poll, "vote.count", by, ballots=poll.ballots)
    return poll


def publish(*, poll_id: int, by: Acting) -> Publication:
    """Show the result and the ballot file to everybody."""
    by.require(Verb.VOTE_OPEN)
    poll = _locked(Poll.objects.all(), poll_id)
    if poll.state == PollState.PUBLISHED:
        return Publication.objects.filter(poll=poll).latest("edition")
    if poll.state != PollState.COUNTED:
        raise Refused("请先计票，再公布。")
    _refuse_open_decisions(poll)
    poll.state, poll.published_at = PollState.PUBLISHED, clock.now()
    poll.save(update_fields=["state", "published_at"])
    return _write_file(poll, by)


def _refuse_open_decisions(poll: Poll) -> None:
    waiting = Decision.objects.filter(poll=poll, confirmed__isnull=True).count()
    if waiting:
        raise Refused(f"还有{waiting}项隔离或作废的提议等待复核。请先复核。")


def _seal(poll: Poll, by: Acting, *, final: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seal_number, bound, total, new_head FROM voting_seal(%s, %s, %s)", [poll.pk, clock.now(), final]
        )
        row = cursor.fetchone()
    assert row is not None
    number, ballots, total, head = row
    if number is not None:
        _note(poll, "vote.seal", by, seal=number, ballots=ballots, total=total, head=bytes(head).hex())
    return int(ballots or 0)


def _count(poll: Poll) -> None:
    found, void = queries.tally(poll), queries.void_numbers(poll)
    for choice in queries.choices(poll):
        choice.votes, counted = found.get(choice.number, (0, 0))
        choice.counted = 0 if choice.number in void else counted
        choice.save(update_fields=["votes", "counted"])


def _write_file(poll: Poll, by: Acting) -> Publication:
    """The ballot file of the poll as it stands, as one more edition."""
    standing = [
        one for one in queries.decisions(poll).filter(confirmed=True).order_by("id") if one.kind != DecisionKind.RELEASE
    ]
    released = set(Decision.objects.filter(poll=poll, confirmed=True).values_list("about_id", flat=True))
    head = {
        "poll": poll.pk,
        "title": poll.title,
        "min": poll.min_choices,
        "max": poll.max_choices,
        "choices": {str(choice.number): choice.label for choice in queries.choices(poll)},
        "void": sorted(queries.void_numbers(poll)),
        "marks": {
            str(one.pk): one.reason for one in standing if one.kind == DecisionKind.SET_ASIDE and one.pk not in released
        },
        "ballots": poll.ballots,
    }
    link = b""
    pieces = []
    for piece in recount.write(head, queries.ballot_lines(poll)):
        pieces.append(piece)
        link = piece[-65:-1]
    made = Publication.objects.create(
        poll=poll,
        edition=1 + Publication.objects.filter(poll=poll).count(),
        ballots=poll.ballots,
        head=link.decode(),
        packed=gzip.compress(b"".join(pieces), 6, mtime=0),
        made_at=clock.now(),
        place=poll.place,
    )
    _note(poll, "vote.publish", by, edition=made.edition, ballots=made.ballots, head=made.head)
    return made


# --- ballots that look wrong -------------------------------------------------------------------------------------


def propose_set_aside(*, poll_id: int, rule: Rule, key: str, finding: str, reason: str, by: Acting) -> Decision:
    """Propose to set aside the ballots of a finding. They count on until another person confirms."""
    poll = _for_decision(poll_id, reason, by)
    try:
        condition, given = queries.ballots_of(rule, key)
    except ValueError:
        raise Refused("没有这条异常线索。请从异常报告里重新选择。") from None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM voting_ballot WHERE poll_id = %(poll)s AND {condition}",  # noqa: S608
            {"poll": poll.pk, **given},
        )
        found = [ballot for (ballot,) in cursor.fetchall()]
        if not found:
            raise Refused("这条线索下没有选票。请刷新异常报告。")
        decision = _propose(
            poll, by, len(found), kind=DecisionKind.SET_ASIDE, rule=rule, finding=finding, reason=reason
        )
        cursor.execute(
            "INSERT INTO voting_setaside (decision_id, ballot_id) SELECT %s, unnest(%s::bigint[])", [decision.pk, found]
        )
    return decision


def propose_release(*, decision_id: int, reason: str, by: Acting) -> Decision:
    """Propose to let ballots that were set aside count again."""
    about = Decision.objects.filter(pk=decision_id, kind=DecisionKind.SET_ASIDE, confirmed=True).first()
    if about is None:
        raise Refused("没有这项隔离决定，或尚未确认。")
    poll = _for_decision(about.poll_id, reason, by)
    if Decision.objects.filter(about=about).exclude(confirmed=False).exists():
        raise Refused("这项隔离已经解除，或已有人提出解除。")
    return _propose(poll, by, about.ballots, kind=DecisionKind.RELEASE, about=about, reason=reason)


def propose_void(*, choice_id: int, reason: str, by: Acting) -> Decision:
    """Propose to void all votes of a choice for which votes were proved to be bought (福建 2016)."""
    choice = Choice.objects.filter(pk=choice_id).first()
    if choice is None:
        raise Refused("没有这个参选对象。")
    poll = _for_decision(choice.poll_id, reason, by)
    if Decision.objects.filter(choice=choice).exclude(confirmed=False).exists():
        raise Refused("这个参选对象的票已经作废，或已有人提出作废。")
    votes, _ = queries.tally(poll).get(choice.number, (0, 0))
    return _propose(poll, by, votes, kind=DecisionKind.VOID, choice=choice, reason=reason)


def decide(*, decision_id: int, confirm: bool, by: Acting) -> Decision:
    """Another person confirms or declines. What is counted or published already is counted and published anew."""
    by.require(Verb.VOTE_QUARANTINE)
    decision = _locked(Decision.objects.select_related("poll"), decision_id)
    if decision.confirmed is not None:
        raise Refused(f"{decision.decided_name}已经{'确认' if decision.confirmed else '否决'}过这项提议。")
    if decision.proposed_by == by.account_id:
        raise Refused("提出的人不能自己确认，请由另一人复核。")
    decision.confirmed, decision.decided_by = confirm, by.account_id
    decision.decided_name, decision.decided_at = by.signature, clock.now()
    decision.save(update_fields=["confirmed", "decided_by", "decided_name", "decided_at"])
    poll = decision.poll
    _note(poll, "vote.confirm" if confirm else "vote.decline", by, decision=decision.pk, kind=decision.kind)
    if confirm and poll.state in (PollState.COUNTED, PollState.PUBLISHED):
        _count(poll)
        if poll.state == PollState.PUBLISHED:
            _write_file(poll, by)
    return decision


def _for_decision(poll_id: int, reason: str, by: Acting) -> Poll:
    by.require(Verb.VOTE_QUARANTINE)
    if not reason.strip():
        raise Refused("请写明理由。", {"reason": "请写明理由。"})
    poll = _locked(Poll.objects.all(), poll_id)
    if poll.state == PollState.DRAFT:
        raise Refused("投票还没有开启，没有选票。")
    return poll


def _propose(poll: Poll, by: Acting, ballots: int, **facts: Any) -> Decision:
    decision = Decision.objects.create(
        poll=poll,
        ballots=ballots,
        proposed_by=by.account_id,
        proposed_name=by.signature,
        proposed_at=clock.now(),
        place=poll.place,
        **facts,
    )
    _note(poll, "vote.propose", by, decision=decision.pk, kind=decision.kind, ballots=ballots, reason=decision.reason)
    return decision


# --- thresholds and segments -------------------------------------------------------------------------------------


def set_threshold(
    *, rule: Rule, value: Decimal, least: int, from_hour: int | None, to_hour: int | None, by: Acting
) -> None:
    """Change from where on the anomaly report speaks."""
    by.require(Verb.VOTE_MANAGE)
    Threshold.objects.filter(rule=rule).update(value=value, least=least, from_hour=from_hour, to_hour=to_hour)
    record(
        by=by, stream="voting:thresholds", verb="vote.threshold", subject=f"threshold:{rule}", place=by.place,
        summary={"value": str(value), "least": least, "hours": [from_hour, to_hour]},
    )  # fmt: skip


def take_segments(*, rows: Iterable[tuple[str, str, bool]], by: Acting) -> int:
    """Put (first seven digits, area, local) into the table of segments; known ones are corrected. Returns how many."""
    by.require(Verb.VOTE_MANAGE)
    made = NumberSegment.objects.bulk_create(
        [NumberSegment(prefix=prefix, area=area, local=local) for prefix, area, local in rows],
        update_conflicts=True, unique_fields=["prefix"], update_fields=["area", "local"],
    )  # fmt: skip
    if made:
        record(
            by=by, stream="voting:segments", verb="vote.segments", subject="segments", place=by.place,
            summary={"rows": len(made)},
        )  # fmt: skip
    return len(made)


# --- helps -------------------------------------------------------------------------------------------------------


def _locked(rows: models.QuerySet[Row], pk: int) -> Row:
    try:
        return rows.select_for_update(of=("self",)).get(pk=pk)
    except models.ObjectDoesNotExist:
        raise Refused("没有找到，或不在您的范围内。") from None


def _draft(poll_id: int) -> Poll:
    poll = _locked(Poll.objects.all(), poll_id)
    if poll.state != PollState.DRAFT:
        raise Refused("投票已经开启，不能再修改。参选对象可以退出，不能增加。")
    return poll


def _alone_with(poll: Poll) -> None:
    """Wait until no ballot of the poll is under way, and let none begin before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, poll.pk])


def _note(poll: Poll, verb: str, by: Acting, **summary: Any) -> None:
    record(by=by, stream=f"poll:{poll.pk}", verb=verb, place=poll.place, summary=summary)
