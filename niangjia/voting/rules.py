"""Pure functions of a public vote: what a refusal says, what a result is worth, and what looks wrong in the ballots.

Choices a ballot, hours and cadence follow what districts do (内乡 2019: 3-10 a ballot, one a day, 06:00-23:00, 30 % of the
result); that a vote may weigh more in nothing and score no unit is 中央网信委《关于防治"指尖上的形式主义"的若干意见》 2023.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from statistics import median
from typing import Protocol

from niangjia.core.clock import CHINA
from niangjia.voting.kinds import Cadence, Outcome, Rule

# Letters and digits nobody mistakes for one another when a code is read out or copied by hand.
LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
RECEIPT_LENGTH = 12
TOKEN_LENGTH = 12
SEGMENT_BUCKETS = 1024  # so few that a bucket holds many numbers, so many that a bought series stands out
SLOT = dt.timedelta(minutes=10)


class PollFacts(Protocol):
    """What a refusal tells of a poll."""

    @property
    def opens_at(self) -> dt.datetime: ...
    @property
    def closes_at(self) -> dt.datetime: ...
    @property
    def from_hour(self) -> int: ...
    @property
    def to_hour(self) -> int: ...
    @property
    def min_choices(self) -> int: ...
    @property
    def max_choices(self) -> int: ...
    @property
    def grace_seconds(self) -> int: ...
    @property
    def cadence(self) -> str: ...


def code_from(digest: bytes, length: int) -> str:
    """A code people can copy by hand, from random or keyed bytes (at least 8 for 12 letters)."""
    value = int.from_bytes(digest, "big")
    letters = []
    for _ in range(length):
        value, letter = divmod(value, len(LETTERS))
        letters.append(LETTERS[letter])
    return "".join(letters)


def grouped(code: str) -> str:
    """A code in fours, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def tidy_code(text: str) -> str:
    """A code as it was made, from what was typed: any case, spaces, dashes, full-width letters."""
    if not text.isascii():
        text = "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in text)
        text = "".join(filter(str.isascii, text.upper()))
    return "".join(filter(str.isalnum, text.upper()))


def hours_text(poll: PollFacts) -> str:
    return f"每天{poll.from_hour}:00至{poll.to_hour}:00"


def refusal(outcome: Outcome, poll: PollFacts, at: dt.datetime, withdrawn: Sequence[str] = ()) -> str:
    """Why a ballot does not count and what the voter can do. ``at`` is when the server received it."""
    arrived = at.astimezone(CHINA)
    closes = poll.closes_at.astimezone(CHINA)
    again = "请明天再来" if poll.cadence == Cadence.DAY else "整个活动每人只能投一次"
    match outcome:
        case Outcome.EARLY:
            opens = poll.opens_at.astimezone(CHINA)
            return f"投票{opens:%m月%d日%H:%M}开始，请到时再来。"
        case Outcome.LATE:
            return (
                f"投票已于{closes:%m月%d日%H:%M}截止（以服务器收到的时间为准，宽限{poll.grace_seconds}秒）。"
                f"您的选票于{arrived:%m月%d日%H:%M:%S}到达，没有计入。"
            )
        case Outcome.HOURS:
            return f"现在不是投票时段（{hours_text(poll)}，以服务器时间为准，现在{arrived:%H:%M}）。请在时段内再投。"
        case Outcome.NUMBER if poll.min_choices == poll.max_choices:
            return f"每张选票须选{poll.min_choices}项。请增减后再投。"
        case Outcome.NUMBER:
            return f"每张选票须选{poll.min_choices}至{poll.max_choices}项。请增减后再投。"
        case Outcome.WITHDRAWN:
            return f"{'、'.join(withdrawn)}已退出评选，不能再选。请取消后重新选择；此前投给其他参选对象的票照常计入。"
        case Outcome.UNKNOWN_CHOICE:
            return "选票里有不存在的编号。请刷新页面后重新选择。"
        case Outcome.CHANNEL:
            return "本次投票不接受这种投票方式。请按页面上列出的方式投票。"
        case Outcome.UNKNOWN_TOKEN:
            return "没有这个投票码。请对照纸条逐个字核对；纸条损坏的请到村（社区）妇女之家更换。"
        case Outcome.EXPIRED_TOKEN:
            return "这张投票码已过有效期。请到村（社区）妇女之家换一张。"
        case Outcome.ALREADY:
            return f"这个手机号或投票码已经投过票。手机投票{again}；纸质投票码只能用一次。"
        case _:
            return "没有这项投票，或者还没有开始。请从投票列表进入。"


@dataclass(frozen=True, slots=True)
class Count:
    """What one choice got. ``share`` is its part of the best of its group (0 to 1), ``points`` that part of the weight."""

    number: int
    label: str
    group: str
    subject: str
    withdrawn: bool
    votes: int
    counted: int
    share: Decimal
    points: Decimal


def shares(rows: Sequence[tuple[str, int]], weight: int) -> list[tuple[Decimal, Decimal]]:
    """For (group, counted votes) of each choice its share of the best in its group and what that is worth, in order."""
    best: dict[str, int] = {}
    for group, votes in rows:
        best[group] = max(best.get(group, 0), votes)
    found = []
    for group, votes in rows:
        share = Decimal(votes) / best[group] if best[group] else Decimal(0)
        found.append((share.quantize(Decimal("0.0001")), (share * weight).quantize(Decimal("0.01"))))
    return found


@dataclass(frozen=True, slots=True)
class Limit:
    """The threshold of a rule. ``hours`` is the night of the night rule, over midnight if the first is the larger."""

    value: Decimal
    least: int
    hours: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that looks wrong: the rule, where, the value against its threshold, how many ballots. ``key`` finds them."""

    rule: Rule
    key: str
    where: str
    value: str
    threshold: str
    ballots: int


def bursts(rows: Iterable[tuple[int, dt.datetime, int]], limit: Limit, names: Mapping[int, str]) -> list[Finding]:
    """Ten minutes in which a choice got ``value`` times the median of its own ten minutes with votes, or more.

    ``rows`` are (choice, start of the ten minutes, votes), ordered by choice.
    """
    found = []
    for choice, slots in groupby(rows, key=lambda row: row[0]):
        counts = [(start, votes) for _, start, votes in slots]
        usual = max(median(votes for _, votes in counts), 1)
        for start, votes in counts:
            if votes >= limit.least and votes >= limit.value * Decimal(usual):
                moment = start.astimezone(CHINA)
                where = f"{names[choice]}，{moment:%m月%d日%H:%M}起10分钟"
                key = f"{choice}@{moment.isoformat()}"
                factor = f"{votes / usual:.1f}倍于平时（{usual:g}票）"
                found.append(
                    Finding(Rule.BURST, key, where, factor, f"{float(limit.value):g}倍，至少{limit.least}票", votes)
                )
    return found


def part_of_choice(
    rule: Rule, rows: Iterable[tuple[int, int, int]], limit: Limit, names: Mapping[int, str]
) -> list[Finding]:
    """Choices of whose votes more than ``value`` per cent came at night, or from numbers of elsewhere.

    ``rows`` are (choice, votes the rule can judge, those among them that stand out).
    """
    return [
        Finding(
            rule, str(choice), names[choice], f"{100 * part / whole:.1f}%（{part}/{whole}）",
            f"超过{float(limit.value):g}%，至少{limit.least}票", part,
        )
        for choice, whole, part in rows
        if whole >= limit.least and 100 * part > limit.value * whole
    ]  # fmt: skip


def shared_devices(rows: Iterable[tuple[int, int]], limit: Limit) -> list[Finding]:
    """Devices from which more than ``value`` ballots came. Families share a phone; ``value`` allows for them."""
    return [
        Finding(Rule.DEVICE, str(device), f"设备{_short(device)}", f"{votes}票", f"超过{float(limit.value):g}票", votes)
        for device, votes in rows
        if votes >= limit.least and votes > limit.value
    ]


def shared_networks(rows: Iterable[tuple[int, dt.datetime, int]], limit: Limit) -> list[Finding]:
    """Networks from which more than ``value`` ballots came within an hour. A village may share one address."""
    return [
        Finding(
            Rule.NETWORK, f"{network}@{hour.astimezone(CHINA).isoformat()}",
            f"网络{_short(network)}，{hour.astimezone(CHINA):%m月%d日%H}时", f"{votes}票", f"一小时超过{float(limit.value):g}票", votes,
        )
        for network, hour, votes in rows
        if votes >= limit.least and votes > limit.value
    ]  # fmt: skip


def dense_segments(rows: Sequence[tuple[int, int]], limit: Limit) -> list[Finding]:
    """Groups of number segments with more than ``value`` times the median of all groups that voted."""
    if not rows:
        return []
    usual = median(votes for _, votes in rows)
    return [
        Finding(
            Rule.SEGMENT, str(segment), f"号段组{segment}", f"{votes / usual:.1f}倍于中位数（{usual:g}票）",
            f"超过{float(limit.value):g}倍，至少{limit.least}票", votes,
        )
        for segment, votes in rows
        if votes >= limit.least and votes > limit.value * Decimal(usual)
    ]  # fmt: skip


def _short(hashed: int) -> str:
    """The first letters of a hash: enough to tell two apart on a page."""
    return f"{hashed & (1 << 64) - 1:016X}"[:6]
