"""Goods in, across and out: what is allowed, what is refused, and that it always adds up."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.core.codes import Level
from niangjia.core.refused import Refused
from niangjia.stock import actions, queries
from niangjia.stock.kinds import Act, BatchState, Source
from niangjia.stock.models import Batch, Gift, GoodsKind, HandOut, Move, StockCount
from tests.personas import CHONGYI, DUNREN, FULING, District
from tests.stock.conftest import GIFT, Depot, arrived


def left(depot: Depot) -> dict[str, int]:
    """What each unit has, by its name."""
    with acting_as(depot.officer):
        names = {unit.pk: unit.short_name for unit in depot.district.units.values()}
        return {names[unit]: n for (_, unit), n in queries.balances(FULING).items()}


def state(depot: Depot) -> str:
    with acting_as(depot.officer):
        return Batch.objects.get(pk=depot.batch.pk).state


def test_goods_that_were_passed_on_are_where_they_went_and_nowhere_else(depot: Depot) -> None:
    depot.pass_on(30)
    depot.pass_on(20, "崇义街道妇联")
    assert left(depot) == {"涪陵区妇联": 50, "敦仁街道妇联": 30, "崇义街道妇联": 20}


def test_a_batch_says_how_far_it_is(depot: Depot) -> None:
    with acting_as(depot.officer):
        fresh = actions.open_batch(
            title="新批次", kind=depot.batch.kind, planned=5, source=Source.PURCHASE, unit=depot.top, by=depot.officer
        )
    states = [fresh.state, depot.batch.state]
    depot.pass_on(1)
    assert [*states, state(depot)] == [BatchState.ALLOCATED, BatchState.RECEIVED, BatchState.DISTRIBUTING]


def test_towns_pass_on_to_their_villages_and_villages_hand_out(depot: Depot) -> None:
    depot.pass_on(10)
    dunren = depot.district.acting("dunren")
    with acting_as(dunren):
        actions.allocate(batch_id=depot.batch.pk, to=depot.village, count=4, source=depot.town, by=dunren)
    depot.give("case:5", who="dadongmen", unit="大东门社区妇联")
    assert left(depot) == {"涪陵区妇联": 90, "敦仁街道妇联": 6, "大东门社区妇联": 3}


def test_seven_and_twenty_towns_or_none(depot: Depot) -> None:
    counts = {depot.town.pk: 60, depot.district.unit("崇义街道妇联").pk: 41}
    with acting_as(depot.officer), pytest.raises(Refused, match="涪陵区妇联的“2026年第一批”现有100件，不够101件。"):
        actions.allocate_many(batch_id=depot.batch.pk, source=depot.top, counts=counts, by=depot.officer)
    assert left(depot) == {"涪陵区妇联": 100}


Case = Callable[[Depot], Any]


def _allocate(depot: Depot, counts: dict[int, int], **more: Any) -> int:
    return actions.allocate_many(batch_id=depot.batch.pk, source=depot.top, counts=counts, by=depot.officer, **more)


REFUSED: dict[str, tuple[Case, str]] = {
    "nothing typed": (lambda d: _allocate(d, {d.town.pk: 0}), "没有填写件数。请至少给一个单位填上件数。"),
    "less than nothing": (lambda d: _allocate(d, {d.town.pk: -1}), "件数不能是负数。退回的请办理“退回上级”。"),
    "not a town below": (
        lambda d: _allocate(d, {d.village.pk: 1}), "有1个单位不是涪陵区妇联的下级单位，没有下拨。请刷新页面后重填。"),
    "tomorrow": (
        lambda d: _allocate(d, {d.town.pk: 1}, on=clock.today() + dt.timedelta(days=1)), "日期不能晚于今天。"),
    "no piece arrives": (
        lambda d: actions.receive(batch_id=d.batch.pk, count=0, by=d.officer), "数量应为正整数。"),
    "lost without a reason": (
        lambda d: actions.write_off(batch_id=d.batch.pk, unit=d.top, count=1, reason=" ", by=d.officer),
        "请写明损耗的原因。"),
    "more lost than there are": (
        lambda d: actions.write_off(batch_id=d.batch.pk, unit=d.top, count=101, reason="受潮", by=d.officer),
        "涪陵区妇联的“2026年第一批”现有100件，不够101件。"),
    "back from itself": (
        lambda d: actions.return_up(batch_id=d.batch.pk, unit=d.top, to=d.top, count=1, by=d.officer),
        "涪陵区妇联不是涪陵区妇联的下级单位。"),
    "back from a town that has none": (
        lambda d: actions.return_up(batch_id=d.batch.pk, unit=d.town, to=d.top, count=1, by=d.officer),
        "敦仁街道妇联的“2026年第一批”现有0件，不够1件。"),
    "a batch twice": (
        lambda d: actions.open_batch(title="2026年第一批", kind=d.batch.kind, planned=1, source=Source.LOCAL, unit=d.top,
                                     by=d.officer), "已有名为“2026年第一批”的批次。"),
    "a batch of nothing": (
        lambda d: actions.open_batch(title="空", kind=d.batch.kind, planned=0, source=Source.LOCAL, unit=d.top, by=d.officer),
        "下达数量应大于0。"),
    "spoiled before it was given": (
        lambda d: actions.open_batch(title="旧", kind=d.batch.kind, planned=1, source=Source.LOCAL, unit=d.top, by=d.officer,
                                     expires_on=dt.date(2020, 1, 1)), "保质期早于下达日期。"),
    "a kind not in use": (
        lambda d: actions.open_batch(title="早", kind=d.batch.kind, planned=1, source=Source.LOCAL, unit=d.top, by=d.officer,
                                     opened_on=dt.date(2011, 1, 1)), "“母亲邮包（暖心包）”在2011-01-01没有启用。"),
    "closing with goods left": (
        lambda d: actions.close_batch(batch_id=d.batch.pk, by=d.officer),
        "各单位还有100件没有发出，不能结清。请先发放、退回或登记损耗。"),
    "nothing to take back": (
        lambda d: actions.take_back(about="case:9", reason="搬迁", by=d.officer),
        "没有可以办理的发放记录，可能已经收回。请刷新页面核对。"),
    "a foundation without a name": (
        lambda d: actions.enter_gift(**{**GIFT, "through": " "}, by=d.officer), "请填写接收捐赠的慈善组织。"),
    "a purchase is no gift": (
        lambda d: actions.enter_gift(**GIFT, source=Source.PURCHASE, by=d.officer),
        "本单位购置的物资不是捐赠，请直接新建批次。"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_impossible_act_is_refused_in_words_and_writes_nothing(depot: Depot, name: str) -> None:
    act, message = REFUSED[name]
    with acting_as(depot.officer):
        with pytest.raises(Refused) as caught:
            act(depot)
        assert (str(caught.value), Move.objects.count(), Batch.objects.count()) == (message, 1, 1)


def test_a_form_sent_twice_counts_once(depot: Depot) -> None:
    slip = uuid.uuid4()
    with acting_as(depot.officer):
        first = _allocate(depot, {depot.town.pk: 7}, slip=slip)
        second = _allocate(depot, {depot.town.pk: 7}, slip=slip)
        actions.write_off(batch_id=depot.batch.pk, unit=depot.top, count=1, reason="受潮", by=depot.officer, slip=slip)
    assert (first, second, left(depot)) == (7, 0, {"涪陵区妇联": 93, "敦仁街道妇联": 7})


def test_a_subject_receives_a_kind_once_a_year_in_whichever_town(depot: Depot) -> None:
    depot.pass_on(5)
    depot.pass_on(5, "崇义街道妇联")
    depot.give("case:1")
    year = clock.today().year
    with pytest.raises(Refused, match=f"此对象在{year}年已领过“母亲邮包（暖心包）”，不能重复发放。"):
        depot.give("case:1")
    with pytest.raises(Refused, match="不能重复发放"):
        depot.give("case:1", who="chongyi", unit="崇义街道妇联")
    assert left(depot) == {"涪陵区妇联": 90, "敦仁街道妇联": 4, "崇义街道妇联": 5}


def test_next_year_she_may_receive_it_again(depot: Depot) -> None:
    depot.pass_on(5)
    depot.give("case:1")
    with clock.frozen(dt.date(clock.today().year + 1, 2, 1)):
        depot.give("case:1")
    assert left(depot)["敦仁街道妇联"] == 3


def test_what_is_once_a_batch_comes_again_with_the_next_batch(depot: Depot) -> None:
    district = depot.district
    first, second = (arrived(district, 5, kind="visit_goods", title=title) for title in ("春节", "中秋"))
    with acting_as(depot.officer):
        for batch in (first, second):
            actions.hand_out(about="household:3", unit=depot.top, by=depot.officer, batch=batch)
        with pytest.raises(Refused, match="此对象在本批次已领过“走访慰问品”"):
            actions.hand_out(about="household:3", unit=depot.top, by=depot.officer, batch=first)


def test_a_kind_is_given_from_the_batch_that_came_first_and_still_has_enough(depot: Depot) -> None:
    old = arrived(depot.district, 2, title="去年", opened_on=clock.today() - dt.timedelta(days=300))
    with acting_as(depot.officer):
        given = [
            actions.hand_out(about=f"case:{n}", unit=depot.top, by=depot.officer, kind=old.kind).batch_id
            for n in (1, 2, 3)
        ]
    assert given == [old.pk, old.pk, depot.batch.pk]


def test_a_unit_without_a_kind_is_told_to_ask_above(depot: Depot) -> None:
    dunren = depot.district.acting("dunren")
    with (
        acting_as(dunren),
        pytest.raises(Refused, match="敦仁街道妇联现有“母亲邮包（暖心包）”0件，不够发放。请先请上级下拨。"),
    ):
        actions.hand_out(about="case:1", unit=depot.town, by=dunren, kind=depot.batch.kind)


def test_the_last_piece_goes_to_one(depot: Depot) -> None:
    depot.pass_on(1)
    depot.give("case:1")
    with pytest.raises(Refused, match="敦仁街道妇联的“2026年第一批”现有0件，不够1件。"):
        depot.give("case:2")
    with acting_as(depot.officer):
        assert list(HandOut.objects.values_list("subject", flat=True)) == ["case:1"]


def test_spoiled_food_is_not_handed_out(district: District) -> None:
    food = arrived(district, 3, title="食品", expires_on=clock.today() + dt.timedelta(days=1))
    officer = district.acting("officer")
    with clock.frozen(clock.today() + dt.timedelta(days=2)), acting_as(officer):
        with pytest.raises(Refused, match="已不能发放。请登记损耗。"):
            actions.hand_out(about="case:1", unit=district.unit("涪陵区妇联"), by=officer, batch=food)


@pytest.mark.parametrize(("refused", "act"), [(True, Act.REFUSED), (False, Act.TAKEN_BACK)])
def test_what_came_back_can_be_given_to_another(depot: Depot, refused: bool, act: Act) -> None:
    depot.pass_on(1)
    depot.give("case:1")
    dunren = depot.district.acting("dunren")
    with acting_as(dunren):
        ended = actions.take_back(about="case:1", reason="已搬离本区", by=dunren, refused=refused)
        with pytest.raises(Refused, match="没有可以办理的发放记录"):
            actions.take_back(about="case:1", reason="再点一次", by=dunren)
    depot.give("case:2")
    assert (ended.ended_as, left(depot)) == (act, {"涪陵区妇联": 99})


def test_a_spoiled_parcel_is_exchanged_and_she_still_has_one(depot: Depot) -> None:
    depot.pass_on(3)
    depot.give("case:1")
    dunren = depot.district.acting("dunren")
    with acting_as(dunren):
        actions.replace(about="case:1", reason="包装破损", by=dunren)
        flow = queries.flow_of(depot.batch)
        standing = queries.standing_hand_outs("case:1").count()
    assert (flow.line, standing) == ("收 3 = 发 1 + 损耗 1 + 余 1", 1)


def test_who_has_two_kinds_is_asked_which(depot: Depot) -> None:
    family = arrived(depot.district, 3, kind="mother_parcel_family", title="家庭包")
    with acting_as(depot.officer):
        for batch in (depot.batch, family):
            given = actions.hand_out(about="case:1", unit=depot.top, by=depot.officer, batch=batch)
        with pytest.raises(Refused, match="请选择是哪一种"):
            actions.take_back(about="case:1", reason="错发", by=depot.officer)
        actions.take_back(about="case:1", reason="错发", by=depot.officer, hand_out_id=given.pk)
        assert list(queries.standing_hand_outs("case:1").values_list("batch__title", flat=True)) == ["2026年第一批"]


def test_an_act_is_undone_by_counter_moves_once(depot: Depot) -> None:
    slip = uuid.uuid4()
    with acting_as(depot.officer):
        _allocate(depot, {depot.town.pk: 7, depot.district.unit("崇义街道妇联").pk: 3}, slip=slip)
        undone = actions.correct(slip=slip, reason="写错单位", by=depot.officer)
        with pytest.raises(Refused, match="已冲正过"):
            actions.correct(slip=slip, reason="再来", by=depot.officer)
        kept = Move.objects.filter(slip=slip).count()
    assert (undone, kept, left(depot)) == (3, 3, {"涪陵区妇联": 100})


def test_what_was_given_on_already_cannot_be_undone_above(depot: Depot) -> None:
    slip = uuid.uuid4()
    with acting_as(depot.officer):
        _allocate(depot, {depot.town.pk: 1}, slip=slip)
    depot.give("case:1")
    with acting_as(depot.officer), pytest.raises(Refused, match="敦仁街道妇联的“2026年第一批”现有0件，不够1件。"):
        actions.correct(slip=slip, reason="写错单位", by=depot.officer)


def test_a_town_cannot_undo_what_the_district_passed_to_it(depot: Depot) -> None:
    slip = uuid.uuid4()
    with acting_as(depot.officer):
        _allocate(depot, {depot.town.pk: 1}, slip=slip)
    dunren = depot.district.acting("dunren")
    with acting_as(dunren), pytest.raises(Refused, match="下拨和退回由上级单位冲正"):
        actions.correct(slip=slip, reason="不要", by=dunren)


def test_a_hand_out_is_taken_back_not_undone(depot: Depot) -> None:
    depot.pass_on(1)
    given = depot.give("case:1")
    with acting_as(depot.officer):
        slip = given.moves.get().slip
        with pytest.raises(Refused, match="请办理“收回”"):
            actions.correct(slip=slip, reason="错发", by=depot.officer)


def _count(depot: Depot, found: int, book: int = 100, why: str = "", **more: Any) -> int:
    pk = depot.batch.pk
    with acting_as(depot.officer):
        return actions.count_stock(
            unit=depot.top, found={pk: found}, books={pk: book}, explanations={pk: why}, by=depot.officer, **more
        )


@pytest.mark.parametrize(
    ("found", "why", "differing", "then"),
    [(100, "", 0, 100), (98, "受潮两件", 1, 98), (101, "上次少记一件", 1, 101)],
)
def test_after_a_stock_taking_the_books_say_what_is_there(
    depot: Depot, found: int, why: str, differing: int, then: int
) -> None:
    assert (_count(depot, found, why=why), left(depot)) == (differing, {"涪陵区妇联": then})


@pytest.mark.parametrize(
    ("found", "book", "why", "message"),
    [
        (98, 100, " ", "账面100、实有98，请说明原因"),
        (-1, 100, "错", "实有数不能是负数"),
        (90, 99, "少了", "盘点期间“2026年第一批”有出入库，账面已变"),
    ],
)
def test_a_stock_taking_that_cannot_be_is_refused(depot: Depot, found: int, book: int, why: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        _count(depot, found, book, why)
    with acting_as(depot.officer):
        assert StockCount.objects.count() == 0


def test_a_stock_taking_sent_twice_counts_once(depot: Depot) -> None:
    slip = uuid.uuid4()
    assert [_count(depot, 98, why="受潮", slip=slip), _count(depot, 98, why="受潮", slip=slip)] == [1, 0]


def test_a_settled_batch_moves_no_more_until_it_is_taken_up_again(depot: Depot) -> None:
    with acting_as(depot.officer):
        actions.write_off(batch_id=depot.batch.pk, unit=depot.top, count=99, reason="水淹", by=depot.officer)
        actions.hand_out(about="case:1", unit=depot.top, by=depot.officer, batch=depot.batch)
        closed = actions.close_batch(batch_id=depot.batch.pk, by=depot.officer)
        with pytest.raises(Refused, match="已结清，不能再出入库"):
            actions.take_back(about="case:1", reason="搬迁", by=depot.officer)
        actions.reopen_batch(batch_id=depot.batch.pk, by=depot.officer)
        actions.take_back(about="case:1", reason="搬迁", by=depot.officer)
    assert (closed.closed_on, left(depot)) == (clock.today(), {"涪陵区妇联": 1})


def test_a_receipt_is_entered_once(depot: Depot) -> None:
    with acting_as(depot.officer):
        gift = actions.enter_gift(**GIFT, by=depot.officer)
        with pytest.raises(Refused, match="票据 票0001 已登记过"):
            actions.enter_gift(**GIFT, by=depot.officer)
        batch = actions.open_batch(
            title="捐赠批次", kind=depot.batch.kind, planned=100, source=Source.FOUNDATION, unit=depot.top, by=depot.officer,
            gift=gift, unit_value=Decimal(350),
        )  # fmt: skip
        with pytest.raises(Refused, match="批次来源与所选捐赠不一致"):
            actions.open_batch(
                title="又一批", kind=depot.batch.kind, planned=1, source=Source.LOCAL, unit=depot.top, by=depot.officer,
                gift=gift,
            )  # fmt: skip
        assert (Gift.objects.count(), batch.unit_value) == (1, 350)


def test_worth_changes_for_later_batches_only_and_only_the_district_changes_it(depot: Depot) -> None:
    with acting_as(depot.officer):
        actions.save_kind(kind_id=depot.batch.kind_id, value=Decimal(350), by=depot.officer)
        assert (GoodsKind.objects.get(pk=depot.batch.kind_id).value, Batch.objects.get().unit_value) == (350, 200)
    dunren = depot.district.acting("dunren")
    with acting_as(dunren), pytest.raises(Refused, match="由区妇联维护"):
        actions.save_kind(kind_id=depot.batch.kind_id, value=Decimal(1), by=dunren)


@pytest.mark.parametrize("who", ["chair", "finance", "auditor", "dadongmen"])
def test_who_only_reads_or_hands_out_does_not_pass_on(depot: Depot, who: str) -> None:
    by = depot.district.acting(who)
    with acting_as(by), pytest.raises(PermissionDenied):
        actions.allocate(batch_id=depot.batch.pk, to=depot.town, count=1, source=depot.top, by=by)


def test_a_town_touches_no_other_towns_goods(depot: Depot) -> None:
    depot.pass_on(5, "崇义街道妇联")
    dunren, other = depot.district.acting("dunren"), depot.district.unit("崇义街道妇联")
    with acting_as(dunren):
        with pytest.raises(Refused, match="崇义街道妇联不在您的管理范围内"):
            actions.hand_out(about="case:1", unit=other, by=dunren, batch=depot.batch)
        with pytest.raises(Refused, match="不在您的管理范围内"):
            actions.write_off(batch_id=depot.batch.pk, unit=other, count=1, reason="x", by=dunren)


def test_measures_count_what_was_given_less_what_came_back(depot: Depot) -> None:
    depot.pass_on(10)
    depot.pass_on(10, "崇义街道妇联")
    for n in (1, 2, 3):
        depot.give(f"case:{n}")
    depot.give("case:4", who="chongyi", unit="崇义街道妇联", count=2)
    dunren = depot.district.acting("dunren")
    with acting_as(dunren):
        actions.take_back(about="case:3", reason="错发", by=dunren)
    with acting_as(depot.officer):
        pieces, worth = measures.get("stock.handed_out"), measures.get("stock.value")
        assert (measures.value(pieces), measures.value(worth)) == (4, Decimal("0.08"))
        assert measures.by_place(pieces, level=Level.TOWN, within=FULING) == {DUNREN: 2, CHONGYI: 2}
        assert measures.value(measures.get("stock.parcels")) == 4
    with acting_as(dunren):
        assert measures.value(pieces) == 2
