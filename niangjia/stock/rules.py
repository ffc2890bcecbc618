"""The arithmetic of goods, without a database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from niangjia.core.text import fold_width
from niangjia.stock.kinds import IN, OUT, BatchState, Once


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in, went out, was spent otherwise (lost, exchanged, found too few), and is left."""

    came: int
    given: int
    spent: int

    @property
    def left(self) -> int:
        return self.came - self.given - self.spent

    @property
    def line(self) -> str:
        """The one line a batch is read by: in = out + left."""
        spent = f" + 损耗 {self.spent:,}" if self.spent > 0 else f" − 盘盈 {-self.spent:,}" if self.spent else ""
        return f"收 {self.came:,} = 发 {self.given:,}{spent} + 余 {self.left:,}"


def flow(deltas: Mapping[str, int] | Iterable[tuple[str, int]]) -> Flow:
    """Add up moves by act. What was passed between units in sight cancels itself."""
    came = given = spent = 0
    for act, delta in deltas.items() if isinstance(deltas, Mapping) else deltas:
        if act in IN:
            came += delta
        elif act in OUT:
            given -= delta
        else:
            spent -= delta
    return Flow(came, given, spent)


def once_key(once: str, *, batch_id: int, on: dt.date) -> str:
    """What must be unique with kind and subject, so that nobody has more than the kind allows."""
    match Once(once):
        case Once.BATCH:
            return f"batch:{batch_id}"
        case Once.YEAR:
            return f"year:{on.year}"
        case Once.EVER:
            return "ever"


def once_refusal(once: str, kind: str, on: dt.date) -> str:
    """Why a second hand-out is refused, in the user's words."""
    when = {Once.BATCH: "在本批次", Once.YEAR: f"在{on.year}年", Once.EVER: ""}[Once(once)]
    return f"此对象{when}已领过“{kind}”，不能重复发放。确需更换请办理“调换”，原件未领到请先办理“收回”。"


NEXT = {
    BatchState.ALLOCATED: frozenset({BatchState.RECEIVED, BatchState.CLOSED}),
    BatchState.RECEIVED: frozenset({BatchState.DISTRIBUTING, BatchState.CLOSED}),
    BatchState.DISTRIBUTING: frozenset({BatchState.CLOSED}),
    BatchState.CLOSED: frozenset({BatchState.DISTRIBUTING}),
}


def may_become(state: str, wanted: BatchState) -> bool:
    return wanted in NEXT[BatchState(state)]


def closing_refusal(planned: int, came: int, left: int, note: str) -> str | None:
    """Why a batch cannot be closed: something is left, or less or more arrived than announced and nobody said why."""
    if left:
        return f"各单位还有{left}件没有发出，不能结清。请先发放、退回或登记损耗。"
    if came != planned and not note.strip():
        return f"下达{planned}件，实到{came}件，请说明差额原因。"
    return None


def value_in_wan(count: int, unit_value: Decimal) -> Decimal:
    """The worth of so many pieces, in 万元."""
    return count * unit_value / 10_000


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One pasted line: whose it is (None if nobody of that name), how many (None if unreadable), what is wrong."""

    number: int
    text: str
    key: int | None
    count: int | None
    problem: str = ""


_LINE = re.compile(r"(?P<name>.*?)[\s,，:：;；]+(?P<count>\S+?)\s*(?:件|份|个|包)?$")


def read_pasted(text: str, names: Mapping[str, int]) -> list[PastedLine]:
    """Lines of a name and a number, as they come out of Excel or a chat. ``names`` maps every name known to a key.

    Empty lines are passed over; every other line comes back with its key and count or with what is wrong and the remedy.
    """
    found: list[PastedLine] = []
    seen: dict[int, int] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = fold_width(raw).strip()
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            found.append(PastedLine(number, line, None, None, f"第{number}行：应为“单位 件数”，如“敦仁街道 20”。"))
            continue
        name, written = match["name"].strip(), match["count"].replace(",", "")
        key = names.get(name)
        count = int(written) if written.isascii() and written.isdecimal() and len(written) <= 7 else None
        problem = ""
        if key is None:
            problem = f"第{number}行“单位”：没有叫“{name}”的下级单位，请按组织名称填写。"
        elif count is None:
            problem = f"第{number}行“件数”：“{written}”不是件数，请填0或正整数。"
        elif key in seen:
            problem = f"第{number}行“单位”：“{name}”在第{seen[key]}行已填过，请只留一行。"
        if key is not None and key not in seen:
            seen[key] = number
        found.append(PastedLine(number, line, key, count, problem))
    return found


def oldest_with(left: Sequence[tuple[int, int]], count: int) -> int | None:
    """The first of (batch, left) in the order given that still has ``count``: what came first goes first."""
    return next((batch for batch, standing in left if standing >= count), None)
