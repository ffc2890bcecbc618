"""What anybody may read of a vote: named reads of the public views, as the role that can read nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections

from niangjia.core import clock
from niangjia.voting import rules
from niangjia.voting.kinds import Cadence, DecisionKind, PollState


@dataclass(frozen=True, slots=True)
class PublicPoll:
    """A poll that was opened. ``ballots`` is None while totals are hidden."""

    id: int
    title: str
    rules_text: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    from_hour: int
    to_hour: int
    min_choices: int
    max_choices: int
    cadence: str
    by_phone: bool
    by_token: bool
    hide_totals: bool
    weight: int
    grace_seconds: int
    state: str
    published_at: dt.datetime | None
    ballots: int | None

    @property
    def is_running(self) -> bool:
        """Whether ballots are taken on some hour of these days."""
        return self.state == PollState.OPEN and self.opens_at <= clock.now() <= self.closes_at

    @property
    def in_hours(self) -> bool:
        return self.from_hour <= clock.now().hour < self.to_hour

    @property
    def is_early(self) -> bool:
        return clock.now() < self.opens_at

    @property
    def is_published(self) -> bool:
        return self.state == PollState.PUBLISHED

    @property
    def cadence_label(self) -> str:
        return str(Cadence(self.cadence).label)

    @property
    def hours(self) -> str:
        return rules.hours_text(self)

    @property
    def how_many(self) -> str:
        least, most = self.min_choices, self.max_choices
        return f"{least}项" if least == most else f"{least}至{most}项"


@dataclass(frozen=True, slots=True)
class PublicChoice:
    """Something to vote for. ``votes`` and ``counted`` are None while totals are hidden."""

    number: int
    label: str
    group: str
    text: str
    has_picture: bool
    withdrawn: bool
    votes: int | None
    counted: int | None


@dataclass(frozen=True, slots=True)
class PublicDecision:
    """Why ballots were set aside or a choice's votes are void."""

    id: int
    kind: str
    reason: str
    ballots: int
    choice: int | None
    decided_at: dt.datetime

    @property
    def kind_label(self) -> str:
        return str(DecisionKind(self.kind).label)


@dataclass(frozen=True, slots=True)
class PublicFile:
    """The published ballot file without its bytes."""

    edition: int
    ballots: int
    head: str
    made_at: dt.datetime


def _read(sql: str, params: Sequence[int] = ()) -> list[tuple[object, ...]]:
    with connections["public"].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows


_POLL = (
    "SELECT id, title, rules_text, opens_at, closes_at, from_hour, to_hour, min_choices, max_choices, cadence, by_phone, "
    "by_token, hide_totals, weight, grace_seconds, state, published_at, ballots FROM public_vote_poll "
)


def polls() -> list[PublicPoll]:
    """All polls that were opened, the one that closes last at the top."""
    return [PublicPoll(*row) for row in _read(_POLL + "ORDER BY closes_at DESC, id DESC")]  # type: ignore[arg-type]


def poll(pk: int) -> PublicPoll | None:
    rows = _read(_POLL + "WHERE id = %s", [pk])
    return PublicPoll(*rows[0]) if rows else None  # type: ignore[arg-type]


def choices(poll_id: int) -> list[PublicChoice]:
    rows = _read(
        'SELECT number, label, "group", text, has_picture, withdrawn, votes, counted FROM public_vote_choice '
        "WHERE poll_id = %s ORDER BY number",
        [poll_id],
    )
    return [PublicChoice(*row) for row in rows]  # type: ignore[arg-type]


def picture(poll_id: int, number: int) -> tuple[str, str] | None:
    """Name in the store and type of a choice's picture."""
    rows = _read(
        "SELECT picture, picture_mime FROM public_vote_picture WHERE poll_id = %s AND number = %s", [poll_id, number]
    )
    return (str(rows[0][0]), str(rows[0][1])) if rows else None


def decisions(poll_id: int) -> list[PublicDecision]:
    rows = _read(
        "SELECT id, kind, reason, ballots, choice, decided_at FROM public_vote_decision WHERE poll_id = %s ORDER BY id",
        [poll_id],
    )
    return [PublicDecision(*row) for row in rows]  # type: ignore[arg-type]


def file(poll_id: int) -> PublicFile | None:
    rows = _read("SELECT edition, ballots, head, made_at FROM public_vote_file WHERE poll_id = %s", [poll_id])
    return PublicFile(*rows[0]) if rows else None  # type: ignore[arg-type]


def file_bytes(poll_id: int) -> bytes | None:
    rows = _read("SELECT packed FROM public_vote_file WHERE poll_id = %s", [poll_id])
    return bytes(rows[0][0]) if rows else None  # type: ignore[call-overload]
