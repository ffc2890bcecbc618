"""The public votes of the demonstration: one that is over, with bought votes set aside and a recount, and one that runs."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import TYPE_CHECKING

from django.db import transaction

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.programmes.models import Round
from niangjia.voting import actions, queries, recount
from niangjia.voting.kinds import Channel, Rule
from niangjia.voting.models import Poll
from niangjia.web.desk.votes import bridge

if TYPE_CHECKING:
    from niangjia.ops.demo.programmes import Work

RULES = "每个手机号每天投一票，每票选3至10项。投票结果只作参考，占总成绩的30%；刷票、买票的，票数作废。"
BALLOTS, BOUGHT, RUNNING = 700, 66, 120


def held(work: Work, round_: Round) -> None:
    """Four days of ballots; one evening so many come from one network that two people set them aside; counted, counted again."""
    officer, vice, chair = work.year.officer, work.year.vice, work.year.chair
    opens = work.year.at(-214, 11)
    poll = _open(work, round_, opens, days=4)
    favourite = 7
    evening = (opens + dt.timedelta(days=2)).replace(hour=20, minute=10)
    with transaction.atomic():
        _cast(work, poll, opens, hours=96, ballots=BALLOTS)
        for number in range(BOUGHT):
            _ballot(
                work, poll, number + BALLOTS, [favourite, *work.draw.sample(range(1, favourite), 2)],
                device=f"shared {number // 9}", address=f"10.66.6.{number % 40}", at=evening + dt.timedelta(seconds=8 * number),
            )  # fmt: skip
    with clock.frozen(poll.closes_at + dt.timedelta(minutes=5)), acting_as(work.district.house) as house:
        actions.close_due(by=house)
    day = poll.closes_at + dt.timedelta(hours=12)
    with clock.frozen(day), acting_as(officer):
        finding = next(one for one in queries.report(poll) if one.rule is Rule.NETWORK)
        proposed = actions.propose_set_aside(
            poll_id=poll.pk, rule=finding.rule, key=finding.key, finding=finding.where,
            reason="同一网络十分钟内集中投给一家，设备重复，疑似刷票。", by=officer,
        )  # fmt: skip
    with clock.frozen(day + dt.timedelta(hours=1)), acting_as(vice):
        actions.decide(decision_id=proposed.pk, confirm=True, by=vice)
    with clock.frozen(day + dt.timedelta(hours=2)), acting_as(officer):
        actions.count_poll(poll_id=poll.pk, by=officer)
    with clock.frozen(day + dt.timedelta(hours=3)), acting_as(chair):
        published = actions.publish(poll_id=poll.pk, by=chair)
        poll.refresh_from_db()
        counted = {one.number: one.counted for one in queries.counts(poll)}
    again = recount.count_bytes(gzip.decompress(published.packed))
    if {number: again.counted[number] for number in counted} != counted or again.marked != BOUGHT:
        raise RuntimeError("the recount of the demonstration differs from its count")


def running(work: Work, round_: Round) -> None:
    """A vote the public can take part in now; totals are hidden until it closes."""
    opens = work.year.at(-2, 8)
    poll = _open(work, round_, opens, days=7)
    with transaction.atomic():
        _cast(work, poll, opens, hours=2, ballots=RUNNING)


def _open(work: Work, round_: Round, opens: dt.datetime, days: int) -> Poll:
    """Made and filled by the officer, opened by the chair."""
    officer, chair = work.year.officer, work.year.chair
    closes = (opens + dt.timedelta(days=days)).replace(hour=22, minute=0)
    with clock.frozen(opens - dt.timedelta(minutes=50)), acting_as(officer):
        poll = actions.make_poll(
            title=f"{round_.title}网络投票", rules_text=RULES, place=work.district.place, opens_at=opens, closes_at=closes,
            subject=f"round:{round_.pk}", by=officer,
        )  # fmt: skip
        bridge.bring_in(poll, officer)
    with clock.frozen(opens - dt.timedelta(minutes=20)), acting_as(chair):
        return actions.open_poll(poll_id=poll.pk, by=chair)


def _cast(work: Work, poll: Poll, opens: dt.datetime, *, hours: int, ballots: int) -> None:
    """Ordinary ballots from many phones, spread over the hours the poll is open."""
    with acting_as(work.year.officer):
        numbers = [choice.number for choice in queries.choices(poll)]
    last = min(6, len(numbers))
    for number in range(ballots):
        at = opens + dt.timedelta(minutes=work.draw.randrange(hours * 60))
        if not poll.from_hour <= at.hour < poll.to_hour:
            at = at.replace(hour=work.draw.randrange(12, 22))
        chosen = work.draw.sample(numbers, work.draw.randrange(3, last + 1))
        address = f"10.{work.draw.randrange(200)}.{work.draw.randrange(200)}.9"
        _ballot(work, poll, number, chosen, device=f"phone {number}", address=address, at=at)


def _ballot(
    work: Work, poll: Poll, number: int, chosen: list[int], *, device: str, address: str, at: dt.datetime
) -> None:
    actions.cast(
        poll_id=poll.pk, channel=Channel.PHONE, credential=f"170{work.draw.randrange(10_000):04d}{number:04d}",
        nonce=f"demonstration {poll.pk} {number}", choices=chosen, device=device, address=address, at=at,
    )  # fmt: skip
