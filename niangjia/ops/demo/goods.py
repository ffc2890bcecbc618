"""Goods, needs and double entries of the demonstration: what comes in, goes out, is lost and counted; what was heard and
answered; who stands in the register twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from niangjia.access.acting import acting_as
from niangjia.core import clock, codes, identity
from niangjia.linkage import actions as linkage
from niangjia.linkage import queries as pairs
from niangjia.needs import actions as needs
from niangjia.needs.kinds import NeedKind
from niangjia.needs.models import Need
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit
from niangjia.programmes.actions import rounds
from niangjia.programmes.models import Case, Round
from niangjia.stock import actions as stock
from niangjia.stock import queries
from niangjia.stock.kinds import Source
from niangjia.stock.models import Batch, GoodsKind

if TYPE_CHECKING:
    from niangjia.ops.demo.programmes import Work

SPARE = 8


def _federation(work: Work, place: str) -> Unit:
    return next(
        unit for unit in work.district.units.values() if unit.place == place and unit.kind == UnitKind.FEDERATION
    )


def supply(work: Work, round_: Round, places: Iterable[str], day: int) -> Batch:
    """A batch of a foundation for a round: received, sent to the towns, by them to the villages, a few kept in hand."""
    officer, district = work.year.officer, work.district.units["涪陵区妇联"]
    villages = Counter(places)
    towns = Counter(dict.fromkeys(map(codes.town_of, villages), 0))
    for place, count in villages.items():
        towns[codes.town_of(place)] += count
    spare = sorted(towns)[:2]
    with clock.frozen(work.year.at(day)), acting_as(officer):
        gift = stock.enter_gift(
            donor="爱心企业（演示）", through="有公开募捐资格的基金会（演示）", amount=Decimal(8000),
            given_on=work.year.at(day).date(), receipt="演示—0001", in_kind="母亲邮包40个", by=officer,
        )  # fmt: skip
        batch = stock.open_batch(
            title=f"{round_.title}第一批", kind=GoodsKind.objects.get(key="mother_parcel_warm"), gift=gift,
            planned=villages.total() + SPARE, source=Source.FOUNDATION, unit=district, by=officer,
        )  # fmt: skip
        stock.receive(batch_id=batch.pk, count=batch.planned, by=officer)
        counts = {_federation(work, town).pk: count + (town in spare) for town, count in towns.items()}
        stock.allocate_many(batch_id=batch.pk, source=district, counts=counts, by=officer)
        rounds.change(round_id=round_.pk, parameters={"batch": batch.pk}, by=officer)
    for town in sorted(towns):
        chair = work.district.chair_of(town)
        counts = {
            _federation(work, place).pk: count for place, count in villages.items() if codes.town_of(place) == town
        }
        with clock.frozen(work.year.at(day, 15)), acting_as(chair):
            stock.allocate_many(batch_id=batch.pk, source=_federation(work, town), counts=counts, by=chair)
    return batch


def settle(work: Work, batch: Batch, left_at: str, day: int) -> None:
    """What was not handed over comes back, one is spoiled, the district counts and finds one missing; another batch arrived."""
    town = codes.town_of(left_at)
    chair, officer = work.district.chair_of(town), work.year.officer
    district, spoiled = work.district.units["涪陵区妇联"], _federation(work, town)
    with clock.frozen(work.year.at(day)), acting_as(chair):
        stock.return_up(batch_id=batch.pk, unit=_federation(work, left_at), to=spoiled, count=1, by=chair)
        stock.write_off(batch_id=batch.pk, unit=spoiled, count=1, reason="库房漏雨，包装浸湿，已不能发放。", by=chair)
    with clock.frozen(work.year.at(day + 6)), acting_as(officer):
        book = queries.balance(batch.pk, district.pk)
        stock.count_stock(
            unit=district, found={batch.pk: book - 1}, books={batch.pk: book},
            explanations={batch.pk: "一个送展示后没有登记，已补记并提醒经手人。"}, by=officer,
        )  # fmt: skip
    with clock.frozen(work.year.at(-20)), acting_as(officer):
        more = stock.open_batch(
            title="冬季慰问母亲邮包", kind=batch.kind, planned=60, source=Source.PURCHASE, unit=district, by=officer
        )
        stock.receive(batch_id=more.pk, count=45, note="余下15个待到货", by=officer)


HEARD = (
    (NeedKind.STUDY, "孩子放学后没人辅导作业，想参加社区课堂。"), (NeedKind.WORK, "想学家政，农闲时好出去做工。"),
    (NeedKind.HEALTH, "想知道免费两癌检查什么时候到村里。"), (NeedKind.LAW, "土地确权证上没有自己的名字，想问怎么加。"),
    (NeedKind.CARE, "婆婆卧床，想借一张护理床。"), (NeedKind.LIVING, "屋后边坡掉石头，想请人来看看。"),
)  # fmt: skip


def answer(work: Work) -> None:
    """What was heard on visits and in villages: assigned, handed to a department, solved or answered; the latest wait."""
    for number, (kind, words) in enumerate(HEARD):
        village = work.district.chair_of(work.village())
        with clock.frozen(work.year.at(-24 + 4 * number)), acting_as(village):
            needs.raise_need(place=village.place, kind=kind, text=words, danger=False, by=village)
    with acting_as(work.district.house):
        found = list(Need.objects.order_by("id").values_list("pk", "place", "raised_at"))
    for number, (pk, place, raised) in enumerate(found[:-2]):
        town = work.district.chair_of(codes.town_of(place))
        moments = [min(raised + dt.timedelta(days=days), clock.now()) for days in (1, 3, 8)]
        with clock.frozen(moments[0]), acting_as(town):
            needs.assign(need_id=pk, unit=_federation(work, town.place), by=town)
        if number % 3 == 0:
            with clock.frozen(moments[1]), acting_as(town):
                needs.hand_over(need_id=pk, department=work.district.units["区民政局"], by=town)
        if number % 4 != 3:
            solved = number % 4 != 2
            told = "已联系办妥，本人知道了。" if solved else "按现有规定办不了，已当面说明，并告诉她可以向哪里反映。"
            with clock.frozen(moments[2]), acting_as(town):
                needs.finish(need_id=pk, solved=solved, answer=told, by=town)


def misread(number: str) -> str:
    """The ID number with one digit written down wrong, as it comes from paper; still a woman's."""
    first17 = f"{number[:16]}{(int(number[16]) + 4) % 10}"
    return first17 + identity.check_digit(first17)


def judge(work: Work, again: Sequence[tuple[Case, Case]]) -> None:
    """Three women entered twice with numbers that differ in a digit: one is merged, one told apart, one waits."""
    officer = work.year.officer
    with clock.frozen(work.year.at(-20)), acting_as(work.district.house) as house:
        known = [(first.person_id, second.person_id) for first, second in again]
        linkage.check(person_ids=[two for _, two in known if two is not None], by=house)
    with clock.frozen(work.year.at(-18)), acting_as(officer):
        found = []
        for one, two in known:
            assert one is not None
            assert two is not None
            pair = pairs.pairs_of([two]).filter(one_id=min(one, two), other_id=max(one, two)).first()
            found.append(pair or linkage.put_together(ids=(one, two), by=officer))
        kept = known[0][0]
        assert kept is not None
        linkage.merge(
            pair_id=found[0].pk, keep_id=kept, by=officer,
            reason="姓名、电话、住址都相同，身份证号抄错一位，已与本人核对。",
        )  # fmt: skip
        linkage.tell_apart(
            pair_id=found[1].pk, by=officer, reason="村（社区）核对是同名的两个人，代填时电话填成了同一个。"
        )
