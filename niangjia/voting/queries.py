"""Named reads of polls, of what ballots say, and of what looks wrong in them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from niangjia.core import sealing
from niangjia.core.clock import CHINA
from niangjia.core.refused import Refused
from niangjia.voting import rules
from niangjia.voting.kinds import DecisionKind, PollState, Rule
from niangjia.voting.models import Choice, Decision, Poll, Seal, Threshold
from niangjia.voting.rules import Count, Finding, Limit

RECEIPT_CONTEXT = "voting_ballot.receipt"
FINDINGS_SHOWN = 200

# Ballots set aside by a decision that stands.
ASIDE = (
    "SELECT mark.ballot_id, min(mark.decision_id) AS decision_id FROM voting_setaside mark "
    "JOIN voting_decision decision ON decision.id = mark.decision_id WHERE decision.poll_id = %(poll)s "
    "AND decision.confirmed AND NOT EXISTS (SELECT 1 FROM voting_decision release "
    "WHERE release.about_id = decision.id AND release.confirmed) GROUP BY mark.ballot_id"
)


def receipt_index(receipt: str) -> bytes:
    """How a ballot is found by its receipt code."""
    return sealing.blind(rules.tidy_code(receipt), context=RECEIPT_CONTEXT)


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a ballot was received and whether it counts."""

    poll_id: int
    title: str
    received: dt.date
    state: str
    set_aside: bool


def look_up(receipt: str) -> Receipt | None:
    """What became of the ballot with this receipt code. Asked as the login, which reads no ballot itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT poll, title, received, state, aside FROM voting_look_up(%s)", [receipt_index(receipt)])
        row = cursor.fetchone()
    return Receipt(*row) if row else None


def polls() -> QuerySet[Poll]:
    """Polls in range, the newest first."""
    return Poll.objects.order_by("-opens_at", "-id")


def choices(poll: Poll) -> QuerySet[Choice]:
    return Choice.objects.filter(poll=poll).order_by("number")


def choices_of_subject(subject: str) -> QuerySet[Choice]:
    """What stands for a thing in polls that are not over."""
    return Choice.objects.filter(
        subject=subject, withdrawn_at__isnull=True, poll__state__in=[PollState.DRAFT, PollState.OPEN]
    ).select_related("poll")


def decisions(poll: Poll) -> QuerySet[Decision]:
    return Decision.objects.filter(poll=poll).select_related("choice", "about").order_by("-id")


def void_numbers(poll: Poll) -> set[int]:
    """Choices whose votes two people declared void."""
    voids = Decision.objects.filter(poll=poll, kind=DecisionKind.VOID, confirmed=True)
    return {number for number in voids.values_list("choice__number", flat=True) if number is not None}


def counts(poll: Poll, found: Sequence[Choice] | None = None) -> list[Count]:
    """What each choice got, by number; ``found`` are the choices where the caller has them. Raises Refused while totals are hidden or nobody has counted."""
    counted = poll.state in (PollState.COUNTED, PollState.PUBLISHED)
    if not counted and poll.hide_totals and poll.state != PollState.CLOSED:
        raise Refused("本次投票设定为截止前不显示票数。")
    if not counted and poll.state != PollState.OPEN:
        raise Refused("尚未计票。请先计票。")
    found = list(choices(poll)) if found is None else found
    worth = rules.shares([(choice.group, choice.counted) for choice in found], poll.weight)
    return [
        Count(
            choice.number, choice.label, choice.group, choice.subject, choice.withdrawn_at is not None, choice.votes,
            choice.counted, share, points,
        )
        for choice, (share, points) in zip(found, worth, strict=True)
    ]  # fmt: skip


def tally(poll: Poll) -> dict[int, tuple[int, int]]:
    """By number: votes on all ballots, and on those not set aside. Counted now, from the ballots."""
    rows = _rows(
        f"WITH aside AS ({ASIDE}) SELECT number, count(*), count(*) FILTER (WHERE aside.ballot_id IS NULL) "  # noqa: S608
        "FROM voting_ballot ballot LEFT JOIN aside ON aside.ballot_id = ballot.id CROSS JOIN unnest(choices) number "
        "WHERE poll_id = %(poll)s GROUP BY number",
        poll=poll.pk,
    )
    return {number: (votes, counted) for number, votes, counted in rows}


def ballot_lines(poll: Poll) -> Iterator[str]:
    """Every ballot as the published file has it, in the file's order."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"WITH aside AS ({ASIDE}) SELECT line FROM (SELECT array_to_string(choices, ' ') || ',' || coalesce(decision_id::text, '') AS line "  # noqa: S608
            "FROM voting_ballot ballot LEFT JOIN aside ON aside.ballot_id = ballot.id WHERE poll_id = %(poll)s) lines "
            'ORDER BY line COLLATE "C"',
            {"poll": poll.pk},
        )
        while rows := cursor.fetchmany(10_000):
            for (line,) in rows:
                yield line


def first_broken_seal(poll: Poll) -> int | None:
    """The first seal that no longer fits the ballots; None when all do."""
    found: int | None = _rows("SELECT voting_first_broken_seal(%(poll)s)", poll=poll.pk)[0][0]
    return found


def seals(poll: Poll) -> QuerySet[Seal]:
    return Seal.objects.filter(poll=poll).order_by("number")


@dataclass(frozen=True, slots=True)
class Health:
    """How a poll goes, without telling who leads."""

    ballots: int
    by_phone: int
    by_token: int
    set_aside: int
    last: dt.datetime | None
    hours: tuple[tuple[dt.datetime, int], ...]


def health(poll: Poll) -> Health:
    """Ballots an hour from the first to the last, and how many of which kind."""
    rows = _rows(
        "SELECT date_bin('1 hour', minute, '2000-01-01'), count(*), count(*) FILTER (WHERE channel = 'PHONE'), max(minute), "  # noqa: S608
        f"(SELECT count(*) FROM ({ASIDE}) aside) FROM voting_ballot WHERE poll_id = %(poll)s GROUP BY 1 ORDER BY 1",
        poll=poll.pk,
    )
    aside = rows[0][4] if rows else 0
    ballots, phone = sum(row[1] for row in rows), sum(row[2] for row in rows)
    hours = tuple((row[0].astimezone(CHINA), row[1]) for row in rows)
    return Health(ballots, phone, ballots - phone, aside, rows[-1][3] if rows else None, hours)


def limits() -> dict[Rule, Limit]:
    """The thresholds in force."""
    return {
        Rule(one.rule): Limit(one.value, one.least, (one.from_hour or 0, one.to_hour or 0))
        for one in Threshold.objects.all()
    }


def report(poll: Poll, of: Sequence[Choice] | None = None) -> list[Finding]:
    """All that looks wrong in the ballots, by rule, the most ballots first; ``of`` are the choices where the caller has them."""
    in_force = limits()
    names = {choice.number: str(choice) for choice in (choices(poll) if of is None else of)}
    rows = _rows(
        "SELECT number, date_bin('10 minutes', minute, '2000-01-01'), count(*), "  # noqa: S608  hours of our own table
        f"count(*) FILTER (WHERE {_night(in_force[Rule.NIGHT])}), count(outside), count(*) FILTER (WHERE outside) "
        "FROM voting_ballot CROSS JOIN unnest(choices) number WHERE poll_id = %(poll)s GROUP BY 1, 2 ORDER BY 1, 2",
        poll=poll.pk,
    )
    votes, at_night, judged, outside = (Counter[int]() for _ in range(4))
    for number, _, *parts in rows:
        for total, part in zip((votes, at_night, judged, outside), parts, strict=True):
            total[number] += part
    shared = _rows(
        "SELECT 'DEVICE', device, NULL::timestamptz, count(*) FROM voting_ballot WHERE poll_id = %(poll)s "
        "GROUP BY 2 HAVING count(*) > %(device)s UNION ALL "
        "SELECT 'NETWORK', network, date_bin('1 hour', minute, '2000-01-01'), count(*) FROM voting_ballot "
        "WHERE poll_id = %(poll)s GROUP BY 2, 3 HAVING count(*) > %(network)s UNION ALL "
        "SELECT 'SEGMENT', segment, NULL, count(*) FROM voting_ballot WHERE poll_id = %(poll)s AND segment IS NOT NULL GROUP BY 2",
        poll=poll.pk, device=in_force[Rule.DEVICE].value, network=in_force[Rule.NETWORK].value,
    )  # fmt: skip
    by_rule: dict[str, list[tuple[Any, ...]]] = {Rule.DEVICE: [], Rule.NETWORK: [], Rule.SEGMENT: []}
    for rule, *facts in shared:
        by_rule[rule].append(tuple(facts))
    found = [
        rules.bursts([row[:3] for row in rows], in_force[Rule.BURST], names),
        rules.part_of_choice(
            Rule.NIGHT, [(one, votes[one], at_night[one]) for one in votes], in_force[Rule.NIGHT], names
        ),
        rules.part_of_choice(
            Rule.OUTSIDE,
            [(one, judged[one], outside[one]) for one in votes if judged[one]],
            in_force[Rule.OUTSIDE],
            names,
        ),
        rules.shared_devices([(one, many) for one, _, many in by_rule[Rule.DEVICE]], in_force[Rule.DEVICE]),
        rules.shared_networks([(one, hour, many) for one, hour, many in by_rule[Rule.NETWORK]], in_force[Rule.NETWORK]),
        rules.dense_segments([(one, many) for one, _, many in by_rule[Rule.SEGMENT]], in_force[Rule.SEGMENT]),
    ]
    return [finding for group in found for finding in sorted(group, key=lambda one: -one.ballots)]


def ballots_of(rule: Rule, key: str) -> tuple[str, dict[str, Any]]:
    """The condition on ballots that a finding is about. Raises ValueError for a key no finding has."""
    first, _, moment = key.partition("@")
    number = int(first)
    given: dict[str, Any] = {"one": number}
    if moment:
        given["from"] = dt.datetime.fromisoformat(moment)
    if bool(moment) is not (rule in (Rule.BURST, Rule.NETWORK)):
        raise ValueError(key)
    chosen = "choices @> ARRAY[%(one)s]::smallint[]"
    match rule:
        case Rule.BURST:
            return f"{chosen} AND minute >= %(from)s AND minute < %(from)s + interval '10 minutes'", given
        case Rule.NETWORK:
            return "network = %(one)s AND minute >= %(from)s AND minute < %(from)s + interval '1 hour'", given
        case Rule.DEVICE:
            return "device = %(one)s", given
        case Rule.SEGMENT:
            return "segment = %(one)s", given
        case Rule.OUTSIDE:
            return f"{chosen} AND outside", given
        case _:
            return f"{chosen} AND {_night(limits()[Rule.NIGHT])}", given


def _night(limit: Limit) -> str:
    """The condition that a ballot came at night; hours are numbers of our own table."""
    hour = "extract(hour FROM minute AT TIME ZONE 'Asia/Shanghai')"
    first, last = (int(hour) for hour in limit.hours)
    return f"({hour} >= {first} {'OR' if first > last else 'AND'} {hour} < {last})"


def _rows(sql: str, **given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
