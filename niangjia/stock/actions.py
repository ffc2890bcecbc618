"""Named writes of goods. Every one adds moves; none changes one. A form sent twice (the same ``slip``) counts once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, subject
from niangjia.core.refused import Refused, in_words
from niangjia.org.models import Unit
from niangjia.stock import queries, rules
from niangjia.stock.kinds import CORRECTABLE, Act, BatchState, Source
from niangjia.stock.models import Batch, Gift, GoodsKind, HandOut, Move, StockCount


def _note(by: Acting, verb: str, batch: Batch, place: str, **summary: Any) -> None:
    record(
        by=by, stream=f"stock:{batch.pk}", verb=verb, subject=f"stock_batch:{batch.pk}", place=place,
        summary={"batch": batch.title, **summary},
    )  # fmt: skip


def _within(unit: Unit, by: Acting) -> None:
    if not codes.contains(by.place, unit.place):
        raise Refused(f"{unit.short_name}不在您的管理范围内。")


def _day(on: dt.date | None) -> dt.date:
    on = on or clock.today()
    if on > clock.today():
        raise Refused("日期不能晚于今天。", {"on": "不能晚于今天。"})
    return on


def _move(batch: Batch, unit: Unit, act: Act, delta: int, *, by: Acting, slip: UUID, on: dt.date, **more: Any) -> Move:
    return Move(
        slip=slip, batch=batch, unit=unit, place=unit.place, act=act, delta=delta, on=on, at=clock.now(),
        by=by.signature, by_account=by.account_id, **more,
    )  # fmt: skip


def _add(moves: list[Move]) -> None:
    """Write the lines of one act, all or none, and say in words what the database refuses."""
    batch = moves[0].batch
    giving = next((move.unit for move in moves if move.delta < 0), moves[0].unit)

    def too_few() -> str:
        has = queries.balance(batch.pk, giving.pk)
        wanted = -sum(move.delta for move in moves if move.unit_id == giving.pk)
        return f"{giving.short_name}的“{batch.title}”现有{has}{batch.kind.measure_word}，不够{wanted}{batch.kind.measure_word}。"

    with in_words(
        {
            "stock_move_never_negative": too_few,
            "stock_move_batch_open": f"“{batch.title}”已结清，不能再出入库。请先恢复批次。",
            "stock_move_once": "这张单已登记过，没有重复登记。",
        }
    ):
        Move.objects.bulk_create(moves)


def _batch(pk: int) -> Batch:
    return Batch.objects.select_related("kind", "unit").get(pk=pk)


def _done_before(slip: UUID) -> bool:
    return Move.objects.filter(slip=slip).exists()


def _positive(count: int) -> None:
    if count < 1:
        raise Refused("数量应为正整数。", {"count": "请填正整数。"})


# ---------------------------------------------------------------- kinds, gifts, batches


@transaction.atomic
def save_kind(*, by: Acting, kind_id: int | None = None, **values: Any) -> GoodsKind:
    """Add a kind of goods, or change one. The worth of batches already opened stays as it was."""
    by.require(Verb.STOCK_MANAGE)
    if by.level is not codes.Level.DISTRICT:
        raise Refused("物资种类由区妇联维护。")
    kind = GoodsKind.objects.select_for_update().get(pk=kind_id) if kind_id else GoodsKind()
    for key, value in values.items():
        setattr(kind, key, value)
    if kind.valid_to and kind.valid_to <= kind.valid_from:
        raise Refused("停用日期应晚于启用日期。", {"valid_to": "应晚于启用日期。"})
    with in_words({"stock_goodskind_key_key": "已有同样代号的种类。"}):
        kind.save()
    record(
        by=by, stream="stock:kinds", verb="stock.kind", subject=f"goods_kind:{kind.pk}", place=by.place,
        summary={"name": kind.name, "value": str(kind.value)},
    )  # fmt: skip
    return kind


@transaction.atomic
def enter_gift(
    *,
    donor: str,
    amount: Decimal,
    given_on: dt.date,
    receipt: str,
    by: Acting,
    source: Source = Source.FOUNDATION,
    through: str = "",
    in_kind: str = "",
    link: str = "",
    note: str = "",
) -> Gift:
    """Write a gift that was made into the register. A gift through a foundation names the foundation."""
    by.require(Verb.STOCK_MANAGE)
    _day(given_on)
    if source == Source.PURCHASE:
        raise Refused("本单位购置的物资不是捐赠，请直接新建批次。", {"source": "不是捐赠。"})
    if source == Source.FOUNDATION and not through.strip():
        raise Refused("请填写接收捐赠的慈善组织。", {"through": "请填写。"})
    gift = Gift(
        donor=donor, amount=amount, given_on=given_on, receipt=receipt, source=source, through=through, in_kind=in_kind,
        link=link, note=note, place=by.place, entered_by=by.signature, entered_at=clock.now(),
    )  # fmt: skip
    with in_words({"stock_gift_receipt_once": f"票据 {receipt} 已登记过，请核对票据号。"}):
        gift.save()
    record(
        by=by, stream="stock:gifts", verb="stock.gift", subject=f"gift:{gift.pk}", place=by.place,
        summary={"receipt": receipt, "amount": str(amount)},
    )  # fmt: skip
    return gift


@transaction.atomic
def open_batch(
    *,
    title: str,
    kind: GoodsKind,
    planned: int,
    source: Source,
    unit: Unit,
    by: Acting,
    unit_value: Decimal | None = None,
    opened_on: dt.date | None = None,
    gift: Gift | None = None,
    document_number: str = "",
    expires_on: dt.date | None = None,
    about: str = "",
    note: str = "",
) -> Batch:
    """Announce a batch. ``unit_value`` is what one piece is worth in 元, the kind's value if it is not given."""
    by.require(Verb.STOCK_MANAGE)
    _within(unit, by)
    opened_on = _day(opened_on)
    if planned < 1:
        raise Refused("下达数量应大于0。", {"planned": "应大于0。"})
    if not queries.kinds(opened_on).filter(pk=kind.pk).exists():
        raise Refused(f"“{kind.name}”在{opened_on}没有启用。", {"kind": "当日没有启用。"})
    if gift and gift.source != source:
        raise Refused("批次来源与所选捐赠不一致。", {"source": "与捐赠不一致。"})
    if expires_on and expires_on < opened_on:
        raise Refused("保质期早于下达日期。", {"expires_on": "请核对。"})
    batch = Batch(
        title=title, kind=kind, unit=unit, place=unit.place, planned=planned, source=source, gift=gift,
        unit_value=kind.value if unit_value is None else unit_value, opened_on=opened_on,
        document_number=document_number, expires_on=expires_on, subject=about, note=note,
    )  # fmt: skip
    with in_words({"stock_batch_title": f"已有名为“{title}”的批次。"}):
        batch.save()
    _note(by, "stock.open", batch, batch.place, kind=kind.name, planned=planned)
    return batch


def _become(batch: Batch, state: BatchState) -> None:
    """Step forward if the batch is not there yet. Whose range does not hold the batch changes nothing."""
    if rules.may_become(batch.state, state):
        closed_on = clock.today() if state == BatchState.CLOSED else None
        Batch.objects.filter(pk=batch.pk, state=batch.state).update(state=state, closed_on=closed_on)
        batch.state, batch.closed_on = state, closed_on


@transaction.atomic
def close_batch(*, batch_id: int, by: Acting, note: str = "") -> Batch:
    """Settle a batch of which nothing is left anywhere. Moves in it are refused from then on."""
    by.require(Verb.STOCK_MANAGE)
    batch = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("kind", "unit").get(pk=batch_id)
    if batch.state == BatchState.CLOSED:
        return batch
    flow = queries.flow_of(batch)
    refusal = rules.closing_refusal(batch.planned, flow.came, flow.left, note)
    if refusal:
        raise Refused(refusal)
    if note.strip():
        batch.note = note.strip()
        batch.save(update_fields=["note"])
    _become(batch, BatchState.CLOSED)
    _note(by, "stock.close", batch, batch.place, flow=flow.line)
    return batch


@transaction.atomic
def reopen_batch(*, batch_id: int, by: Acting) -> Batch:
    """Take up a settled batch again, for what comes back late."""
    by.require(Verb.STOCK_MANAGE)
    batch = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("kind", "unit").get(pk=batch_id)
    if batch.state != BatchState.CLOSED:
        return batch
    _become(batch, BatchState.DISTRIBUTING)
    _note(by, "stock.reopen", batch, batch.place)
    return batch


# ---------------------------------------------------------------- in, across, out


@transaction.atomic
def receive(
    *, batch_id: int, count: int, by: Acting, on: dt.date | None = None, note: str = "", slip: UUID | None = None
) -> None:
    """Goods arrived at the unit that opened the batch, all or a part of them."""
    by.require(Verb.STOCK_MANAGE)
    slip, on, batch = slip or uuid.uuid4(), _day(on), _batch(batch_id)
    _within(batch.unit, by)
    _positive(count)
    if _done_before(slip):
        return
    _add([_move(batch, batch.unit, Act.RECEIVED, count, by=by, slip=slip, on=on, note=note)])
    _become(batch, BatchState.RECEIVED)
    _note(by, "stock.receive", batch, batch.place, count=count)


@transaction.atomic
def allocate_many(
    *,
    batch_id: int,
    source: Unit,
    counts: Mapping[int, int],
    by: Acting,
    on: dt.date | None = None,
    note: str = "",
    slip: UUID | None = None,
) -> int:
    """Pass goods from one unit to several below it, all or none; returns how many pieces. ``counts`` is by unit id."""
    by.require(Verb.STOCK_MANAGE)
    slip, on, batch = slip or uuid.uuid4(), _day(on), _batch(batch_id)
    _within(source, by)
    wanted = {unit: count for unit, count in counts.items() if count}
    if any(count < 0 for count in wanted.values()):
        raise Refused("件数不能是负数。退回的请办理“退回上级”。")
    if not wanted:
        raise Refused("没有填写件数。请至少给一个单位填上件数。")
    units = {unit.pk: unit for unit in queries.units_below(source).filter(pk__in=wanted)}
    foreign = sorted(set(wanted) - set(units))
    if foreign:
        raise Refused(f"有{len(foreign)}个单位不是{source.short_name}的下级单位，没有下拨。请刷新页面后重填。")
    if _done_before(slip):
        return 0
    total = sum(wanted.values())
    lines = [_move(batch, source, Act.ALLOCATED, -total, by=by, slip=slip, on=on, note=note,
                   other=next(iter(units.values())) if len(units) == 1 else None)]  # fmt: skip
    lines += [
        _move(batch, units[pk], Act.ALLOCATED, count, by=by, slip=slip, on=on, note=note, other=source)
        for pk, count in wanted.items()
    ]
    _add(lines)
    _become(batch, BatchState.DISTRIBUTING)
    _note(by, "stock.allocate", batch, source.place, count=total, units=len(units))
    return total


def allocate(
    *, batch_id: int, to: Unit, count: int, source: Unit, by: Acting, on: dt.date | None = None, note: str = "",
    slip: UUID | None = None,
) -> int:  # fmt: skip
    """Pass goods to one unit below."""
    return allocate_many(batch_id=batch_id, source=source, counts={to.pk: count}, by=by, on=on, note=note, slip=slip)


@transaction.atomic
def return_up(
    *,
    batch_id: int,
    unit: Unit,
    to: Unit,
    count: int,
    by: Acting,
    on: dt.date | None = None,
    note: str = "",
    slip: UUID | None = None,
) -> None:
    """Take goods back from a unit below; written by the unit they come back to, which has counted them."""
    by.require(Verb.STOCK_MANAGE)
    slip, on, batch = slip or uuid.uuid4(), _day(on), _batch(batch_id)
    _within(unit, by)
    _within(to, by)
    _positive(count)
    if unit.pk == to.pk or not codes.contains(to.place, unit.place):
        raise Refused(f"{unit.short_name}不是{to.short_name}的下级单位。")
    if _done_before(slip):
        return
    _add(
        [
            _move(batch, unit, Act.RETURNED, -count, by=by, slip=slip, on=on, note=note, other=to),
            _move(batch, to, Act.RETURNED, count, by=by, slip=slip, on=on, note=note, other=unit),
        ]
    )
    _note(by, "stock.return", batch, unit.place, count=count, unit=unit.short_name)


def _choose(kind: GoodsKind | None, batch: Batch | None, unit: Unit, count: int) -> Batch:
    if batch is not None:
        return _batch(batch.pk)
    assert kind is not None, "hand_out needs a kind or a batch"
    held = queries.holdings_of_kind(unit, kind)
    chosen = rules.oldest_with([(one.batch.pk, one.left) for one in held], count)
    if chosen is None:
        has = sum(one.left for one in held)
        raise Refused(f"{unit.short_name}现有“{kind.name}”{has}{kind.measure_word}，不够发放。请先请上级下拨。")
    return _batch(chosen)


@transaction.atomic
def hand_out(
    *,
    about: str,
    unit: Unit,
    by: Acting,
    kind: GoodsKind | None = None,
    batch: Batch | None = None,
    count: int = 1,
    on: dt.date | None = None,
    receiver: str = "",
) -> HandOut:
    """Give goods to a subject ("case:12"), from a batch or from the oldest batch of a kind the unit has enough of.

    Raises Refused when the subject had this kind already (as often as the kind allows, in whichever town), and when the
    unit has too few.
    """
    by.require(Verb.STOCK_HAND_OUT)
    _within(unit, by)
    _positive(count)
    on = _day(on)
    if not subject.is_subject(about):
        raise ValueError(f"{about!r} is no subject such as 'case:12'")
    chosen = _choose(kind, batch, unit, count)
    goods = chosen.kind
    if chosen.expires_on and chosen.expires_on < on:
        raise Refused(f"“{chosen.title}”的保质期到{chosen.expires_on}，已不能发放。请登记损耗。")
    given = HandOut(
        batch=chosen, kind=goods, unit=unit, place=unit.place, subject=about,
        once_key=rules.once_key(goods.once, batch_id=chosen.pk, on=on), count=count, on=on, receiver=receiver,
        by=by.signature, by_account=by.account_id, at=clock.now(),
    )  # fmt: skip
    with in_words({"stock_handout_once": lambda: rules.once_refusal(goods.once, goods.name, on)}):
        given.save()
    _add([_move(chosen, unit, Act.HANDED_OUT, -count, by=by, slip=uuid.uuid4(), on=on, hand_out=given)])
    _become(chosen, BatchState.DISTRIBUTING)
    _note(by, "stock.hand_out", chosen, unit.place, about=about, count=count)
    return given


def _standing(about: str, hand_out_id: int | None) -> HandOut:
    """The one hand-out of a subject that can be taken back or exchanged, held against a second hand."""
    found = queries.standing_hand_outs(about)
    if hand_out_id is not None:
        found = found.filter(pk=hand_out_id)
    several = list(found[:2])
    if not several:
        raise Refused("没有可以办理的发放记录，可能已经收回。请刷新页面核对。")
    if len(several) > 1:
        raise Refused("此对象领过不止一种物资，请选择是哪一种。")
    return several[0]


@transaction.atomic
def take_back(
    *,
    about: str,
    reason: str,
    by: Acting,
    refused: bool = False,
    hand_out_id: int | None = None,
    on: dt.date | None = None,
) -> HandOut:
    """Goods came back from a subject: she refused them, moved away, could not be reached, or it was a mistake."""
    by.require(Verb.STOCK_HAND_OUT)
    if not reason.strip():
        raise Refused("请写明收回的原因。", {"reason": "请填写。"})
    given, on = _standing(about, hand_out_id), _day(on)
    if on < given.on:
        raise Refused("收回日期不能早于发放日期。", {"on": "请核对。"})
    act = Act.REFUSED if refused else Act.TAKEN_BACK
    changed = HandOut.objects.filter(pk=given.pk, ended_on__isnull=True).update(ended_on=on, ended_as=act)
    if not changed:
        raise Refused("这件物资刚被收回，没有重复登记。")
    given.ended_on, given.ended_as = on, act
    _add([_move(given.batch, given.unit, act, given.count, by=by, slip=uuid.uuid4(), on=on, hand_out=given,
                note=reason.strip())])  # fmt: skip
    _note(by, "stock.take_back", given.batch, given.place, about=about, act=act, count=given.count)
    return given


@transaction.atomic
def replace(
    *,
    about: str,
    reason: str,
    by: Acting,
    hand_out_id: int | None = None,
    on: dt.date | None = None,
    slip: UUID | None = None,
) -> HandOut:
    """Exchange spoiled goods for sound ones of the same batch: the spoiled are spent, the subject has what she had."""
    by.require(Verb.STOCK_HAND_OUT)
    if not reason.strip():
        raise Refused("请写明调换的原因。", {"reason": "请填写。"})
    slip, given, on = slip or uuid.uuid4(), _standing(about, hand_out_id), _day(on)
    if _done_before(slip):
        return given
    _add([_move(given.batch, given.unit, Act.REPLACED, -given.count, by=by, slip=slip, on=on, hand_out=given,
                note=reason.strip())])  # fmt: skip
    _note(by, "stock.replace", given.batch, given.place, about=about, count=given.count)
    return given


@transaction.atomic
def write_off(
    *,
    batch_id: int,
    unit: Unit,
    count: int,
    reason: str,
    by: Acting,
    on: dt.date | None = None,
    slip: UUID | None = None,
) -> None:
    """Goods were lost or spoiled; the reason is kept."""
    by.require(Verb.STOCK_HAND_OUT)
    slip, on, batch = slip or uuid.uuid4(), _day(on), _batch(batch_id)
    _within(unit, by)
    _positive(count)
    if not reason.strip():
        raise Refused("请写明损耗的原因。", {"reason": "请填写。"})
    if _done_before(slip):
        return
    _add([_move(batch, unit, Act.LOST, -count, by=by, slip=slip, on=on, note=reason.strip())])
    _note(by, "stock.lose", batch, unit.place, count=count, reason=reason.strip())


@transaction.atomic
def correct(*, slip: UUID, reason: str, by: Acting) -> int:
    """Undo an act by counter-moves; returns how many lines. Who does not see the whole of it cannot undo it."""
    by.require(Verb.STOCK_MANAGE)
    if not reason.strip():
        raise Refused("请写明冲正的原因。", {"reason": "请填写。"})
    lines = list(queries.slip(slip).select_related("batch__kind", "unit"))
    if not lines:
        raise Refused("没有找到这张单。")
    act = Act(lines[0].act)
    if act not in CORRECTABLE:
        raise Refused("发放不能冲正，请办理“收回”。")
    if lines[0].corrects_id or Move.objects.filter(corrects__in=lines).exists():
        raise Refused("这张单已冲正过，或本身就是冲正。")
    if act in (Act.ALLOCATED, Act.RETURNED) and sum(line.delta for line in lines) != 0:
        raise Refused("下拨和退回由上级单位冲正。")
    made, today = uuid.uuid4(), clock.today()
    back = [
        _move(line.batch, line.unit, act, -line.delta, by=by, slip=made, on=today, corrects=line, other_id=line.other_id,
              note=f"冲正：{reason.strip()}"[:200])
        for line in lines
    ]  # fmt: skip
    for batch in sorted({line.batch_id for line in lines}):
        _add([move for move in back if move.batch_id == batch])
    _note(by, "stock.correct", lines[0].batch, by.place, act=act, lines=len(lines), reason=reason.strip())
    return len(back)


@transaction.atomic
def count_stock(
    *,
    unit: Unit,
    found: Mapping[int, int],
    books: Mapping[int, int],
    explanations: Mapping[int, str],
    by: Acting,
    on: dt.date | None = None,
    slip: UUID | None = None,
) -> int:
    """A stock-taking of a unit, by batch: what was there, what the page said the books had, why they differ.

    The books are set to what was found. Returns how many batches differed. Raises Refused when goods moved since the page
    was opened, and for a difference nobody explains.
    """
    by.require(Verb.STOCK_HAND_OUT)
    _within(unit, by)
    slip, on = slip or uuid.uuid4(), _day(on)
    if StockCount.objects.filter(slip=slip).exists():
        return 0
    batches = {batch.pk: batch for batch in queries.open_batches().filter(pk__in=found)}
    if set(batches) != set(found):
        raise Refused("有批次已结清，请刷新页面后重新盘点。")
    problems: dict[str, str] = {}
    for pk, number in found.items():
        if number < 0:
            problems[f"found_{pk}"] = "实有数不能是负数。"
        elif queries.balance(pk, unit.pk) != books.get(pk):
            raise Refused(f"盘点期间“{batches[pk].title}”有出入库，账面已变。请刷新页面，按新的账面重新盘点。")
        elif number != books[pk] and not explanations.get(pk, "").strip():
            problems[f"why_{pk}"] = f"“{batches[pk].title}”账面{books[pk]}、实有{number}，请说明原因。"
    if problems:
        raise Refused("盘点没有登记：" + "".join(problems.values()), problems)
    differing = 0
    for pk, number in sorted(found.items()):
        batch, why = batches[pk], explanations.get(pk, "").strip()
        StockCount.objects.create(
            slip=slip, batch=batch, unit=unit, place=unit.place, on=on, book=books[pk], found=number, explanation=why,
            by=by.signature, by_account=by.account_id, at=clock.now(),
        )  # fmt: skip
        if number != books[pk]:
            differing += 1
            _add([_move(batch, unit, Act.COUNTED, number - books[pk], by=by, slip=slip, on=on, note=why)])
    record(
        by=by, stream=f"unit:{unit.pk}", verb="stock.count", place=unit.place,
        summary={"batches": len(found), "differing": differing},
    )  # fmt: skip
    return differing
