"""Named writes of sessions, rosters and marks. One trail entry a batch, not one a tap."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.attendance import queries, rules
from niangjia.attendance.kinds import KEPT, Half, How, Outcome, SessionState, Told
from niangjia.attendance.models import Feed, Mark, Participant, Session, SignInRule, Telling
from niangjia.attendance.queries import Door
from niangjia.attendance.rules import WallCode
from niangjia.core import clock, codes, text
from niangjia.core import subject as subjects
from niangjia.core.refused import Refused, check, in_words
from niangjia.org.models import Unit
from niangjia.people import actions as people
from niangjia.people.actions import Identity


def _note(session: Session, by: Acting, verb: str, **summary: Any) -> None:
    record(
        by=by, stream=f"session:{session.pk}", verb=verb, place=session.place,
        summary={"title": session.title, **summary},
    )  # fmt: skip


def _locked(session_id: int) -> Session:
    return Session.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=session_id)


def _standing(session: Session) -> None:
    if session.state == SessionState.CANCELLED:
        raise Refused("这一场已取消。")
    if session.merged_into_id is not None:
        raise Refused("这一场已并入另一场，请到那一场办理。")


# ---------------------------------------------------------------- sessions


@transaction.atomic
def plan_session(
    *,
    subject: str,
    unit: Unit,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: Acting,
    venue: str = "",
    host: str = "",
    place: str | None = None,
    twice: bool = False,
    host_unit: Unit | None = None,
    host_account: int | None = None,
    walk_in: bool = False,
    rotating: bool = False,
) -> Session:
    """Enter a gathering that is to come, or was. ``place`` is where it counts: the unit's own if not given.

    ``twice``: signed in the morning and in the afternoon. ``host_unit`` (a school, a training body) and ``host_account`` (a
    lecturer's) see this session and mark it, and no other. Naive times are times in China. Raises Refused.
    """
    by.require(Verb.SESSION_MANAGE)
    if not subjects.is_subject(subject):
        raise ValueError(f"{subject!r} is no subject such as 'class:12'")
    where = place or unit.place
    _allowed(by, unit, where)
    title = _title(title)
    starts_at, ends_at = _times(starts_at, ends_at)
    if twice and not starts_at.time() < queries.window(starts_at.date()).noon < ends_at.time():
        raise Refused("上下午各签一次的，应从上午开到下午。", {"ends_at": "请核对时间。"})
    session = Session.objects.create(
        subject=subject, unit=unit, place=where, title=title, on=starts_at.date(), starts_at=starts_at,
        ends_at=ends_at, venue=venue.strip()[:80], host=host.strip()[:40], twice=twice, host_unit=host_unit,
        host_account=host_account, walk_in=walk_in, rotating=rotating, wall_code=secrets.token_hex(16),
        made_by=by.signature, made_by_account=by.account_id, made_at=clock.now(),
    )  # fmt: skip
    _note(session, by, "session.plan", on=str(session.on))
    return session


def _allowed(by: Acting, unit: Unit, place: str) -> None:
    if by.kind is ActorKind.PARTNER and unit.pk != by.unit_id:
        raise Refused("只能安排本单位的活动。")
    if by.kind is ActorKind.DESK and not codes.contains(by.place, place):
        raise Refused("地点不在您的管理范围内。", {"place": "请重新选择。"})


def _title(title: str) -> str:
    if not title.strip():
        raise Refused("请填写名称。", {"title": "请填写。"})
    return title.strip()[:80]


def _times(starts_at: dt.datetime, ends_at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    starts_at, ends_at = clock.in_china(starts_at), clock.in_china(ends_at)
    if ends_at <= starts_at:
        raise Refused("结束时间应晚于开始时间。", {"ends_at": "应晚于开始时间。"})
    if ends_at.date() != starts_at.date():
        raise Refused("一场不能跨天，每天各排一场。", {"ends_at": "应在同一天。"})
    return starts_at, ends_at


@transaction.atomic
def move_session(
    *,
    session_id: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: Acting,
    venue: str | None = None,
    host: str | None = None,
    title: str | None = None,
    place: str | None = None,
) -> Session:
    """Another time, venue, leader or title, or another ``place`` where it counts; what is not given stays.

    The day stays once somebody has signed: her signature says which day it was. Raises Refused.
    """
    by.require(Verb.SESSION_MANAGE)
    session = _locked(session_id)
    _standing(session)
    if place is not None:
        _allowed(by, session.unit, place)
        session.place = place
    if title is not None:
        session.title = _title(title)
    starts_at, ends_at = _times(starts_at, ends_at)
    if starts_at.date() != session.on and session.marks.exists():
        raise Refused("已有人签到，不能改日期。改期的请取消这一场，另排一场。", {"starts_at": "不能改到另一天。"})
    before = session.starts_at
    session.starts_at, session.ends_at, session.on = starts_at, ends_at, starts_at.date()
    session.venue = session.venue if venue is None else venue.strip()[:80]
    session.host = session.host if host is None else host.strip()[:40]
    session.save(update_fields=["starts_at", "ends_at", "on", "venue", "host", "title", "place"])
    _note(session, by, "session.move", before=f"{before.astimezone(clock.CHINA):%m-%d %H:%M}",
          after=f"{starts_at:%m-%d %H:%M}")  # fmt: skip
    return session


@transaction.atomic
def cancel_session(*, session_id: int, reason: str, by: Acting) -> Session:
    """Call a gathering off. Cancelling again changes nothing. One at which somebody signed was held."""
    by.require(Verb.SESSION_MANAGE)
    session = _locked(session_id)
    if session.state == SessionState.CANCELLED:
        return session
    if len(reason.strip()) < 2:
        raise Refused("请写明取消原因，会告诉报名的人。", {"reason": "请填写。"})
    if session.marks.filter(struck_at__isnull=True).exists():
        raise Refused("已有人签到，这一场办过了，不能取消。签错的先撤销签到。")
    session.state, session.note, session.closed_at = SessionState.CANCELLED, reason.strip()[:200], clock.now()
    session.save(update_fields=["state", "note", "closed_at"])
    _note(session, by, "session.cancel", reason=session.note)
    return session


@transaction.atomic
def hold_session(
    *,
    session_id: int,
    by: Acting,
    headcount: int | None = None,
    households: int | None = None,
    note: str = "",
) -> Session:
    """Say that it took place, with the heads and homes on no roster. It is closed then; saying so again corrects the numbers."""
    by.require(Verb.SESSION_MANAGE)
    session = _locked(session_id)
    _standing(session)
    if session.starts_at > clock.now():
        raise Refused("还没有开始，不能登记为已举办。")
    if (headcount or 0) < 0 or (households or 0) < 0:
        raise Refused("人数和户数不能小于0。", {"headcount": "请核对。"})
    if households is not None and households > (headcount or 0):
        raise Refused("户数不能多于人数。", {"households": "请核对。"})
    session.state, session.closed_at = SessionState.HELD, session.closed_at or clock.now()
    session.headcount, session.households, session.note = headcount, households, note.strip()[:200]
    session.save(update_fields=["state", "closed_at", "headcount", "households", "note"])
    _note(session, by, "session.hold", headcount=headcount, households=households)
    return session


@transaction.atomic
def merge_session(*, session_id: int, into_id: int, by: Acting) -> Session:
    """A lecture that two entered is one: this session's marks count in the other from now on. Undone by ``part_session``."""
    by.require(Verb.SESSION_MANAGE)
    session, other = (_locked(pk) for pk in (session_id, into_id))
    _standing(session)
    _standing(other)
    if session.on != other.on:
        raise Refused("两场不在同一天，不是同一场。")
    session.merged_into = other
    with in_words({
        "attendance_session_merged": "已有别的场次并入这一场，请并入同一场。",
        "attendance_session_not_itself": "不能并入自己。",
    }):  # fmt: skip
        session.save(update_fields=["merged_into"])
    _note(session, by, "session.merge", into=other.pk)
    return session


@transaction.atomic
def part_session(*, session_id: int, by: Acting) -> Session:
    """They were two after all."""
    by.require(Verb.SESSION_MANAGE)
    session = _locked(session_id)
    if session.merged_into_id is not None:
        session.merged_into = None
        session.save(update_fields=["merged_into"])
        _note(session, by, "session.part")
    return session


@transaction.atomic
def new_wall_code(*, session_id: int, rotating: bool, by: Acting) -> Session:
    """Make the printed codes worthless and begin anew."""
    by.require(Verb.SESSION_MANAGE)
    session = _locked(session_id)
    session.wall_code, session.rotating = secrets.token_hex(16), rotating
    session.save(update_fields=["wall_code", "rotating"])
    _note(session, by, "session.code", rotating=rotating)
    return session


@transaction.atomic
def set_rule(*, by: Acting, valid_from: dt.date, **values: Any) -> SignInRule:
    """The sign-in parameters from a day on; sessions before keep theirs."""
    by.require(Verb.SESSION_MANAGE)
    if by.level is not codes.Level.DISTRICT:
        raise Refused("签到时间由区妇联维护。")
    if valid_from < clock.today():
        raise Refused("启用日期不能早于今天，已办的场次不变。", {"valid_from": "不能早于今天。"})
    check(SignInRule(valid_from=valid_from, **values), validate_unique=False)
    made, _ = SignInRule.objects.update_or_create(valid_from=valid_from, defaults=values)
    record(
        by=by, stream="attendance:rules", verb="session.rule", subject=f"sign_in_rule:{made.pk}", place=by.place,
        summary={"from": str(valid_from), **{key: str(value) for key, value in values.items()}},
    )  # fmt: skip
    return made


def move_open(old: str, into: str) -> int:
    """Sessions to come and their rosters go on in the heir of a place; returns how many sessions. The merger writes the trail."""
    planned = Session.objects.filter(place=old, state=SessionState.PLANNED, merged_into__isnull=True)
    subjects_moved = list(planned.values_list("subject", flat=True).distinct())
    Participant.objects.filter(place=old, subject__in=subjects_moved).update(place=into)
    return planned.update(place=into)


# ---------------------------------------------------------------- rosters


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who is put on a roster: by name alone, as somebody of the register, or as whom her number (18 digits, checked) makes
    her there. ``home`` is where she comes from."""

    name: str
    person_id: int | None = None
    home: str = ""
    remark: str = ""
    number: str = ""


@transaction.atomic
def join(
    *,
    subject: str,
    name: str,
    place: str,
    by: Acting,
    person_id: int | None = None,
    home: str = "",
    remark: str = "",
    number: str = "",
) -> Participant:
    """Put a woman on the roster of a subject; one who stands on it already is given back as she stands.

    ``place`` is where the roster belongs (its unit's place), not where she lives: that is ``home``.
    """
    return join_many(subject=subject, entrants=[Entrant(name, person_id, home, remark, number)], place=place, by=by)[0]


@transaction.atomic
def join_many(*, subject: str, entrants: Sequence[Entrant], place: str, by: Acting) -> list[Participant]:
    """Put many on a roster at once, in the order given; one entry in the trail."""
    by.require(Verb.SESSION_MARK)
    if not subjects.is_subject(subject):
        raise ValueError(f"{subject!r} is no subject such as 'class:12'")
    for entrant in entrants:
        if not entrant.name.strip():
            raise Refused("请填写姓名。", {"name": "请填写。"})
    standing = {one.person_id: one for one in queries.roster(subject) if one.person_id is not None}
    now, found, fresh = clock.now(), [], []
    for entrant in entrants:
        person_id = _person(entrant, place, by)
        known = standing.get(person_id) if person_id is not None else None
        if known is None:
            name = entrant.name.strip()[:60]
            known = Participant(
                subject=subject, person_id=person_id, name=name, initials=text.initials(name)[:40],
                remark=entrant.remark.strip()[:40], place=place, home=entrant.home, joined_at=now,
            )  # fmt: skip
            fresh.append(known)
            if person_id is not None:
                standing[person_id] = known
        found.append(known)
    with in_words({"attendance_participant_once": "名册上已有此人，请刷新后再看。"}):
        Participant.objects.bulk_create(fresh)
    if fresh:
        _roster_note(by, "roster.join", subject, place, count=len(fresh))
    return found


def _person(entrant: Entrant, place: str, by: Acting) -> int | None:
    """Her id in the register, made now if her number is new; a partner makes nobody known there."""
    if entrant.person_id is not None or not entrant.number or by.kind is not ActorKind.DESK:
        return entrant.person_id
    return people.ensure_person(Identity(entrant.name, entrant.number, place))


def _roster_note(by: Acting, verb: str, subject: str, place: str, **summary: Any) -> None:
    record(by=by, stream=f"roster:{subject}", verb=verb, subject=subject, place=place, summary=summary)


@transaction.atomic
def note_print(*, session_id: int, count: int, by: Acting) -> None:
    """The trail of a list to sign that went out on paper."""
    by.require(Verb.SESSION_MARK)
    _note(queries.session(session_id), by, "session.print", count=count)


@transaction.atomic
def leave(*, participant_id: int, reason: str, by: Acting) -> Participant:
    """Take a woman off the roster from now on; what she attended stays. Doing it again changes nothing."""
    by.require(Verb.SESSION_MARK)
    one = Participant.objects.select_for_update().get(pk=participant_id)
    if one.left_at is not None:
        return one
    if not reason.strip():
        raise Refused("请写明退出原因。", {"reason": "请填写。"})
    one.left_at, one.left_reason = clock.now(), reason.strip()[:100]
    one.save(update_fields=["left_at", "left_reason"])
    _roster_note(by, "roster.leave", one.subject, one.place, participant=one.pk, reason=one.left_reason)
    return one


@transaction.atomic
def identify(*, participant_id: int, person_id: int, by: Acting) -> Participant:
    """The woman known by name is this person of the register. Her marks then count as that person's."""
    by.require(Verb.SESSION_MARK)
    one = Participant.objects.select_for_update().get(pk=participant_id)
    one.person_id = person_id
    with in_words({"attendance_participant_once": "名册上已有此人，不能再对应一次。"}):
        one.save(update_fields=["person"])
    _roster_note(by, "roster.identify", one.subject, one.place, participant=one.pk)
    return one


# ---------------------------------------------------------------- marks


@dataclass(frozen=True, slots=True)
class Tap:
    """One press on a name. Without ``half`` the time decides; ``undo`` takes back the tap of that ``client_id``."""

    participant_id: int
    client_id: UUID
    half: Half | None = None
    said_at: dt.datetime | None = None
    undo: UUID | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one tap, and why."""

    client_id: UUID
    outcome: Outcome
    message: str = ""
    mark_id: int | None = None
    half: Half | None = None

    @property
    def kept(self) -> bool:
        return self.outcome in KEPT


def mark(
    *,
    session_id: int,
    participant_id: int,
    by: Acting,
    half: Half | None = None,
    how: How = How.ROSTER,
    said_at: dt.datetime | None = None,
    client_id: UUID | None = None,
    device: str = "",
    reason: str = "",
) -> Mark:
    """Enter that a woman is there. Sent twice (the same ``client_id``) it is one mark. Raises Refused with the reason why not."""
    tap = Tap(participant_id, client_id or uuid.uuid4(), half, said_at, reason=reason)
    (answer,) = mark_many(session_id=session_id, taps=[tap], by=by, how=how, device=device)
    if not answer.kept or answer.mark_id is None:
        raise Refused(answer.message, {"reason": answer.message} if answer.outcome is Outcome.NEEDS_REASON else None)
    return Mark.objects.get(pk=answer.mark_id)


@transaction.atomic
def mark_many(
    *,
    session_id: int,
    taps: Sequence[Tap],
    by: Acting,
    how: How = How.ROSTER,
    device: str = "",
    sent_at: dt.datetime | None = None,
) -> list[Answer]:
    """Enter a batch of taps, perhaps kept on a phone without network; an answer for each, in the order given.

    What can be kept is kept, also when others are refused. ``sent_at`` is what the phone's clock said when it sent. Raises
    Session.DoesNotExist out of range.
    """
    by.require(Verb.SESSION_MARK)
    session = queries.session(session_id)
    received = clock.now()
    batch = _Batch(session, how, device, by, received, sent_at)
    answers = batch.enter(taps)
    kept = [one for one in answers if one.outcome in (Outcome.SAVED, Outcome.AGAIN, Outcome.UNDONE)]
    if kept:
        _note(session, by, "session.mark", count=sum(one.outcome is not Outcome.UNDONE for one in kept),
              undone=sum(one.outcome is Outcome.UNDONE for one in kept), how=how.label)  # fmt: skip
    return answers


@transaction.atomic
def back_fill(
    *, session_id: int, half: Half, women: Sequence[int | Entrant], by: Acting, reason: str = ""
) -> list[Answer]:
    """Enter a list from paper, all lines or none: women by their id on the roster, others are put on it first.

    The same paper entered again changes nothing. Raises Refused with why the first line that cannot be entered is not.
    """
    session = queries.session(session_id)
    fresh = [one for one in women if isinstance(one, Entrant)]
    joined = iter(join_many(subject=session.subject, entrants=fresh, place=session.place, by=by))
    taps = [
        Tap(pk, uuid.uuid5(uuid.NAMESPACE_URL, f"niangjia/paper/{session.pk}/{half}/{pk}"), half, reason=reason)
        for pk in (next(joined).pk if isinstance(one, Entrant) else one for one in women)
    ]
    answers = mark_many(session_id=session.pk, taps=taps, by=by, how=How.PAPER, device="纸质签到表")
    for answer in answers:
        if not answer.kept:
            raise Refused(answer.message)
    return answers


class _Batch:
    """Taps of one sending, judged and written at once; each that is taken back or not on the roster asks once more."""

    def __init__(
        self,
        session: Session,
        how: How,
        device: str,
        by: Acting,
        received: dt.datetime,
        sent_at: dt.datetime | None,
    ) -> None:
        self.session, self.how, self.device, self.by = session, how, device[:40], by
        self.received, self.sent_at = received, sent_at
        self.gathering, self.window = queries.gathering(session), queries.window(session.on)

    def enter(self, taps: Sequence[Tap]) -> list[Answer]:
        women = Participant.objects.in_bulk({tap.participant_id for tap in taps})
        before = {one.client_id: one for one in Mark.objects.filter(client_id__in=[tap.client_id for tap in taps])}
        answers: dict[int, Answer] = {}
        fresh: dict[UUID, tuple[int, Mark]] = {}
        for place, tap in enumerate(taps):
            if tap.undo is not None:
                continue
            if tap.client_id in before or tap.client_id in fresh:
                earlier = before.get(tap.client_id) or fresh[tap.client_id][1]
                answers[place] = Answer(tap.client_id, Outcome.SAME, "", earlier.pk, Half(earlier.half))
                continue
            made = self._judged(tap, women.get(tap.participant_id))
            if isinstance(made, Answer):
                answers[place] = made
            else:
                fresh[tap.client_id] = (place, made)
        # Women in one order: two batches at once wait for each other and never in a circle.
        ordered = sorted((mark for _, mark in fresh.values()), key=lambda mark: (mark.participant_id, mark.half))
        Mark.objects.bulk_create(ordered, ignore_conflicts=True)
        if fresh:
            for one in Mark.objects.filter(client_id__in=list(fresh)):
                place, mine = fresh[one.client_id]
                own = one.at == mine.at and one.participant_id == mine.participant_id
                outcome = (Outcome.SAVED if one.counts else Outcome.AGAIN) if own else Outcome.SAME
                answers[place] = Answer(one.client_id, outcome, "", one.pk, Half(one.half))
        for place, tap in enumerate(taps):
            if tap.undo is not None:
                answers[place] = self._undone(tap, tap.undo)
        return [answers[place] for place in range(len(taps))]

    def _judged(self, tap: Tap, woman: Participant | None) -> Mark | Answer:
        said, off = rules.true_time(tap.said_at, self.sent_at, self.received)
        judged = rules.judge(
            self.gathering, self.window, how=self.how, said=said, received=self.received, half=tap.half,
            reason=tap.reason,
        )  # fmt: skip
        outcome = judged.outcome
        if self.session.merged_into_id is not None:
            outcome = Outcome.MERGED
        elif woman is None or woman.subject != self.session.subject:
            outcome = Outcome.NOT_ON_ROSTER
        elif woman.left_at is not None and said > woman.left_at:
            outcome = Outcome.LEFT
        if outcome is not Outcome.SAVED:
            return Answer(tap.client_id, outcome, self._why(outcome, woman))
        return Mark(
            session=self.session, half=judged.half, participant_id=tap.participant_id, how=self.how, at=self.received,
            said_at=tap.said_at or self.received, off_seconds=off, late=judged.late, reason=tap.reason.strip()[:100],
            client_id=tap.client_id, device=self.device, by=self.by.signature, by_account=self.by.account_id,
            head=self.session, on=self.session.on, place=self.session.place, who=0,
        )  # fmt: skip

    def _why(self, outcome: Outcome, woman: Participant | None) -> str:
        message = rules.refusal(outcome, self.gathering, self.window)
        if outcome is Outcome.NOT_ON_ROSTER and woman is not None:
            other = queries.elsewhere(woman.name, self.session).first()
            return f"{woman.name}{message}" + (f"她在“{other.title}”的名册上。" if other else "")
        return f"{woman.name}：{message}" if woman is not None else message

    def _undone(self, tap: Tap, undo: UUID) -> Answer:
        found = Mark.objects.filter(client_id=undo, session=self.session).first()
        if found is None:
            return Answer(tap.client_id, Outcome.UNKNOWN, rules.refusal(Outcome.UNKNOWN, self.gathering, self.window))
        if found.struck_at is None:
            _strike([found], tap.reason, self.by)
        return Answer(tap.client_id, Outcome.UNDONE, "", found.pk, Half(found.half))


def _strike(marks: Sequence[Mark], reason: str, by: Acting) -> int:
    return Mark.objects.filter(pk__in=[one.pk for one in marks], struck_at__isnull=True).update(
        struck_at=clock.now(), struck_by=by.signature, struck_reason=(reason.strip() or "点错了")[:100]
    )


@transaction.atomic
def unmark(*, mark_id: int, reason: str, by: Acting) -> Mark:
    """Strike one mark; another phone's mark of the same woman stays and then counts. Again changes nothing."""
    by.require(Verb.SESSION_MARK)
    found = Mark.objects.select_related("session").get(pk=mark_id)
    if found.struck_at is None:
        _take_back(found.session, [found], reason, by)
        found.refresh_from_db()
    return found


@transaction.atomic
def absent(*, session_id: int, participant_id: int, half: Half, reason: str, by: Acting) -> int:
    """She was not there: strike all her marks of a sitting; how many that were."""
    by.require(Verb.SESSION_MARK)
    session = queries.session(session_id)
    standing = list(session.marks.filter(participant_id=participant_id, half=half, struck_at__isnull=True))
    return _take_back(session, standing, reason, by) if standing else 0


def _take_back(session: Session, marks: Sequence[Mark], reason: str, by: Acting) -> int:
    """Strike marks of one woman; after the session only with a reason."""
    if session.state == SessionState.HELD and not reason.strip():
        raise Refused("场次已结束，撤销签到请写明原因。", {"reason": "请填写。"})
    struck = _strike(marks, reason, by)
    _note(session, by, "session.unmark", participant=marks[0].participant_id, reason=reason.strip())
    return struck


@transaction.atomic
def tell(*, session_id: int, participant_ids: Sequence[int], how: Told, by: Acting) -> int:
    """Note that women were told of a cancelled session; how many for the first time."""
    by.require(Verb.SESSION_MARK)
    session = queries.session(session_id)
    if session.state != SessionState.CANCELLED:
        raise Refused("这一场没有取消，不用通知。")
    open_ones = set(queries.untold(session).filter(pk__in=participant_ids).values_list("pk", flat=True))
    now = clock.now()
    Telling.objects.bulk_create(
        (Telling(session=session, participant_id=pk, how=how, at=now, by=by.signature) for pk in sorted(open_ones)),
        ignore_conflicts=True,
    )
    if open_ones:
        _note(session, by, "session.tell", count=len(open_ones), how=how.label)
    return len(open_ones)


# ---------------------------------------------------------------- at the door


class DoorRefused(Refused):
    """Signing in at the door is not possible; ``outcome`` says why, ``door`` where, if the code is right."""

    def __init__(self, outcome: Outcome, message: str, door: Door | None = None) -> None:
        super().__init__(message)
        self.outcome, self.door = outcome, door


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """A door one may sign in at now; made by ``open_door`` alone."""

    code: WallCode
    door: Door
    at: dt.datetime
    late: bool


def open_door(*, code: WallCode | None) -> OpenDoor:
    """The session behind the code on the wall. Raises DoorRefused when the code or the hour is wrong."""
    at = clock.now()
    found = queries.door(code) if code is not None else None
    if code is None or found is None or (found.rotating and not rules.slot_is_fresh(code.slot, at)):
        raise DoorRefused(Outcome.UNKNOWN, "签到码已失效。请重新扫墙上或屏幕上的码。")
    window = queries.window(found.gathering.starts_at.astimezone(clock.CHINA).date())
    judged = rules.judge(found.gathering, window, how=How.QR, said=at, received=at, half=code.half)
    if judged.outcome is not Outcome.SAVED:
        raise DoorRefused(judged.outcome, rules.refusal(judged.outcome, found.gathering, window), found)
    return OpenDoor(code, found, at, judged.late)


@transaction.atomic
def sign_in(*, door: OpenDoor, participant_id: int, client_id: UUID, by: Acting, device: str = "") -> Outcome:
    """She signs in herself with the code on the wall: SAVED, AGAIN or SAME. Raises DoorRefused when it is not her class."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM attendance_sign_in(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [*door.code.arguments, participant_id, client_id, door.at, door.late, device[:40]],
        )
        row = cursor.fetchone()
    assert row is not None
    outcome, made, place = Outcome(row[0]), row[1], row[2]
    if outcome is Outcome.NOT_ON_ROSTER:
        raise DoorRefused(outcome, "不在这个班的名册上。请核对姓名，或请工作人员先加到名册。", door.door)
    if made is not None:
        # A line of her own: a thousand who sign at once do not wait for one chain.
        record(
            by=by, stream=f"participant:{participant_id}", verb="session.sign_in", subject=f"session:{door.code.session_id}",
            place=place, summary={"mark": made, "half": door.code.half.label},
        )  # fmt: skip
    return outcome


@transaction.atomic
def walk_in(*, door: OpenDoor, name: str, by: Acting) -> int:
    """Come to an open lecture without having been on its roster: she is put on it; her id there. Raises DoorRefused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM attendance_walk_in(%s, %s, %s, %s, %s, %s, %s)",
            [*door.code.arguments, name[:60], text.initials(name)[:40], door.at],
        )
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise DoorRefused(Outcome.NOT_ON_ROSTER, "名册上没有这个名字。请核对姓名，或请工作人员先加到名册。", door.door)
    record(
        by=by, stream=f"participant:{row[0]}", verb="roster.walk_in", subject=f"session:{door.code.session_id}",
        place=row[1],
    )  # fmt: skip
    return int(row[0])


# ---------------------------------------------------------------- the calendar


@transaction.atomic
def open_feed(*, unit: Unit, by: Acting) -> str:
    """Make an address for a unit's calendar and return its token, which is shown once and kept as a hash only."""
    by.require(Verb.SESSION_READ)
    if not codes.contains(by.place, unit.place):
        raise Refused("不在您的管理范围内。")
    token = secrets.token_urlsafe(24)
    lo, hi = codes.subtree(unit.place)
    made = Feed.objects.create(
        unit=unit, place=lo, place_end=hi, token_hash=queries.token_hash(token), made_by=by.signature,
        made_by_account=by.account_id, made_at=clock.now(),
    )  # fmt: skip
    record(by=by, stream=f"feed:{made.pk}", verb="feed.open", place=unit.place,
           summary={"unit": unit.short_name})  # fmt: skip
    return token


@transaction.atomic
def revoke_feed(*, feed_id: int, by: Acting) -> Feed:
    """The address answers no more."""
    by.require(Verb.SESSION_READ)
    feed = Feed.objects.select_for_update().select_related("unit").get(pk=feed_id)
    if feed.revoked_at is None:
        feed.revoked_at = clock.now()
        feed.save(update_fields=["revoked_at"])
        record(by=by, stream=f"feed:{feed.pk}", verb="feed.revoke", place=feed.place,
               summary={"unit": feed.unit.short_name})  # fmt: skip
    return feed
