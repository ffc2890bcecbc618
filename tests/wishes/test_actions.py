"""A wish from a village to the day it comes true, and everything that may happen to it on the way."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.brands import actions as brands
from niangjia.brands import queries as shelves
from niangjia.core import clock, measures
from niangjia.core.refused import Refused
from niangjia.org import actions as organisation
from niangjia.stock import actions as stock
from niangjia.stock import queries as goods
from niangjia.stock.kinds import Source
from niangjia.trail.models import Entry as Trail
from niangjia.wishes import actions, queries
from niangjia.wishes.kinds import Category, ClaimState, Said, WisherKind, WishState
from niangjia.wishes.models import Claim, Terms, Wish, WishStep
from tests.personas import DADONGMEN, FULING, JIAOTONG, QIANLONGJIE, District
from tests.wishes.stage import DONOR, MOTHER, OTHER_DONOR, claimed, delivered, entry, opened, wished

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.frozen(DAY):
        yield


def state_of(wish: Wish) -> tuple[str, list[str]]:
    with acting_as(access.house(FULING)):
        return Wish.objects.get(pk=wish.pk).state, [
            claim.state for claim in Claim.objects.filter(wish=wish).order_by("id")
        ]


def test_a_wish_goes_from_the_village_through_a_donor_back_to_the_village(district: District) -> None:
    officer, village = district.acting("officer"), district.acting("dadongmen")
    with acting_as(officer):
        brand = brands.save_brand(by=officer, key="tongxin", name="涪州童心")
        brands.set_default(programme="wishes", brand=brand, by=officer)
    wish = opened(district)
    assert wish.closes_on == dt.date(2027, 5, 23)
    claim = claimed(district, wish)
    assert (claim.due_on, claim.bring_to, claim.unit_name) == (dt.date(2026, 12, 4), "大东门社区妇联", "")
    delivered(district, wish)
    with acting_as(village):
        with pytest.raises(Refused, match="本人不便确认的，请说明情况"):
            actions.confirm(wish_id=wish.pk, said=Said.UNABLE, by=village)
        actions.confirm(wish_id=wish.pk, said=Said.GUARDIAN, by=village)
        titles = list(WishStep.objects.filter(wish=wish).values_list("title", flat=True))
    assert titles == ["确认实现", "送到", "收到认领人的东西", "有人认领", "公开", "核实", "登记"]
    assert state_of(wish) == (WishState.CONFIRMED, [ClaimState.FULFILLED])
    with acting_as(officer):
        values = [int(measures.value(one)) for one in measures.all_measures() if one.key.startswith("wishes.")]
        carried, public = shelves.brand_of(f"wish:{wish.pk}"), brand.tags.filter(public=True).exists()
    assert (values, carried, public) == ([1, 1, 1, 1], brand, False)


def test_who_wished_stands_nowhere_in_the_open(district: District) -> None:
    wish = opened(district)
    claimed(district, wish)
    with acting_as(district.acting("officer")), connection.cursor() as cursor:
        words = ""
        for table in ("wishes_wish", "wishes_claim", "wishes_wishstep", "trail_entry"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            words += "".join(row for (row,) in cursor.fetchall())
    assert [name for name in ("陈小雨", "陈建国", "13900139000", "王热心", DONOR) if name in words] == []


@pytest.mark.parametrize("text", ["想爸爸不要打我", "被打了想回外婆家"])
def test_a_wish_out_of_danger_is_a_call_and_no_wish(district: District, text: str) -> None:
    with pytest.raises(Refused, match="请马上拨打110"):
        wished(district, text=text)
    assert state_count() == 0


def state_count() -> int:
    with acting_as(access.house(FULING)):
        return Wish.objects.count()


def test_what_is_sent_twice_is_one_wish_and_another_token_is_told(district: District) -> None:
    by, token = district.acting("dadongmen"), uuid.uuid4()
    with acting_as(by):
        made = {actions.raise_wish(entry=entry(), place=by.place, token=token, by=by).pk for _ in range(2)}
        with pytest.raises(Refused, match="已经登记过，没有重复登记"):
            actions.raise_wish(entry=entry(), place=by.place, token=uuid.uuid4(), by=by)
    assert len(made) == 1


def test_the_village_puts_a_text_right_before_the_town_shows_it(district: District) -> None:
    wish, by, town = wished(district), district.acting("dadongmen"), district.acting("dunren")
    with acting_as(by):
        with pytest.raises(Refused) as caught:
            actions.change_wish(wish_id=wish.pk, text="小雨想要书包", category=Category.LEARNING, value=120, by=by)
        assert caught.value.fields == {"text": "心愿里有姓名“小雨”，请改成“我”“孩子”“老人”。"}
        with pytest.raises(PermissionDenied):
            actions.publish(wish_id=wish.pk, by=by)
    with acting_as(town):
        actions.publish(wish_id=wish.pk, by=town)
        actions.take_down(wish_id=wish.pk, reason="再改改", by=town)
    with acting_as(by):
        actions.change_wish(wish_id=wish.pk, text="想要一个蓝色的书包", category=Category.LEARNING, value=90, by=by)
    assert state_of(wish) == (WishState.VERIFIED, [])


def test_one_account_has_a_wish_once_and_three_at_a_time(district: District) -> None:
    wishes = [opened(district, text=f"想要第{number}本字典") for number in "一二三四"]
    first = claimed(district, wishes[0])
    assert claimed(district, wishes[0]).pk == first.pk
    claimed(district, wishes[1], unit_name="某商会")
    claimed(district, wishes[2])
    with pytest.raises(Refused, match="已到上限"):
        claimed(district, wishes[3])
    with pytest.raises(Refused, match="刚刚被别人认领了，谢谢您的心意"):
        claimed(district, wishes[0], OTHER_DONOR)


def test_the_database_holds_one_standing_claim_for_a_wish(district: District) -> None:
    wish = opened(district)
    claim = claimed(district, wish)
    claim.pk, claim.token = None, uuid.uuid4()
    with acting_as(access.house(FULING)), pytest.raises(IntegrityError, match="wishes_claim_one"), transaction.atomic():
        claim.save(force_insert=True)


def test_a_claim_given_back_or_lapsed_lets_others_have_the_wish_and_is_told_once(district: District) -> None:
    wish, donor = opened(district), district.resident(DONOR)
    first = claimed(district, wish)
    with acting_as(donor):
        actions.give_back(claim_id=first.pk, by=donor)
        with pytest.raises(Refused, match="不能退回"):
            actions.give_back(claim_id=first.pk, by=donor)
    second, house = claimed(district, wish), access.house(FULING)
    for day, count in ((second.due_on, 0), (second.due_on + clock.ONE_DAY, 1), (second.due_on + clock.ONE_DAY, 0)):
        with clock.frozen(day), acting_as(house):
            assert actions.release_due(by=house) == count
    assert state_of(wish) == (WishState.OPEN, [ClaimState.GIVEN_BACK, ClaimState.RELEASED])
    with acting_as(donor):
        assert [one.pk for one in queries.unseen(donor)] == [second.pk]
        actions.see(claim_id=second.pk, by=donor)
        assert list(queries.unseen(donor)) == []


def test_what_the_village_already_has_does_not_lapse_and_is_not_given_back(district: District) -> None:
    wish, by, donor, house = (
        opened(district),
        district.acting("dadongmen"),
        district.resident(DONOR),
        access.house(FULING),
    )
    claim = claimed(district, wish)
    with acting_as(by):
        actions.hand_in(wish_id=wish.pk, by=by)
        with pytest.raises(Refused, match="东西已交到村（社区）"):
            actions.release(wish_id=wish.pk, reason="等太久", by=by)
    with acting_as(donor), pytest.raises(Refused, match="不能退回"):
        actions.give_back(claim_id=claim.pk, by=donor)
    with clock.frozen(claim.due_on + dt.timedelta(days=5)), acting_as(house):
        assert actions.release_due(by=house) == 0
    assert state_of(wish) == (WishState.CLAIMED, [ClaimState.HELD])


def test_a_wish_nobody_took_lapses_also_after_a_late_release(district: District) -> None:
    wish, other, house = opened(district), opened(district, text="想要一盒彩笔"), access.house(FULING)
    assert wish.closes_on is not None
    with clock.frozen(wish.closes_on):
        claimed(district, other)
    with clock.frozen(wish.closes_on + dt.timedelta(days=11)), acting_as(house):
        assert actions.release_due(by=house) == 2
    assert (state_of(wish), state_of(other)) == (
        (WishState.EXPIRED, []), (WishState.EXPIRED, [ClaimState.RELEASED]),
    )  # fmt: skip


def test_a_mother_wishes_for_her_child_says_it_came_and_takes_another_back(district: District) -> None:
    mother, officer, village = district.resident(MOTHER), district.acting("officer"), district.acting("dadongmen")
    with acting_as(mother):
        wish, other = (
            actions.raise_wish(entry=entry(text=text), place=DADONGMEN, token=uuid.uuid4(), by=mother, verified=True)
            for text in ("想要一个书包", "想要一盒彩笔")
        )
        actions.withdraw(wish_id=other.pk, by=mother)
        with pytest.raises(Refused, match="还不能确认收到"):
            actions.receive(wish_id=wish.pk, by=mother)
    assert (wish.state, state_of(other)) == (WishState.SUBMITTED, (WishState.WITHDRAWN, []))
    with acting_as(village):
        actions.verify(wish_id=wish.pk, by=village)
    with acting_as(officer):
        actions.publish(wish_id=wish.pk, by=officer)
    with acting_as(mother), pytest.raises(IntegrityError, match="wishes_wish_delivered"), transaction.atomic():
        Wish.objects.filter(pk=wish.pk).update(state="DELIVERED")
    with pytest.raises(Refused, match="这是您自己许的心愿"):
        claimed(district, wish, MOTHER)
    claimed(district, wish)
    with acting_as(mother):
        with pytest.raises(Refused, match="请联系村（社区）妇联"):
            actions.withdraw(wish_id=wish.pk, by=mother)
        assert Wish.objects.filter(pk=wish.pk).update(state="WITHDRAWN") == 0
    delivered(district, wish)
    with acting_as(mother):
        actions.receive(wish_id=wish.pk, by=mother)
    with acting_as(village):
        assert actions.confirm(wish_id=wish.pk, by=village).said == Said.GUARDIAN


def test_a_unit_told_the_federation_and_a_withdrawn_wish_ends_its_claim(district: District) -> None:
    wish, by = opened(district), district.acting("dadongmen")
    with acting_as(by):
        with pytest.raises(Refused) as caught:
            actions.claim_for_unit(wish_id=wish.pk, unit_name="某商会", contact=" ", by=by)
        assert caught.value.fields == {"contact": "请填写。"}
        claim = actions.claim_for_unit(wish_id=wish.pk, unit_name="某商会", contact="李经办", by=by)
        with pytest.raises(Refused, match="刚刚被别人认领了"):
            actions.claim_for_unit(wish_id=wish.pk, unit_name="另一家", contact="赵经办", by=by)
        actions.withdraw(wish_id=wish.pk, reason="家里已经买了", by=by)
    assert (claim.unit_name, state_of(wish)) == ("某商会", (WishState.WITHDRAWN, [ClaimState.ENDED]))


def test_names_are_opened_with_a_reason_that_the_trail_keeps(district: District) -> None:
    wish, by = opened(district), district.acting("dadongmen")
    claimed(district, wish)
    with acting_as(by):
        with pytest.raises(Refused, match="请写明原因"):
            actions.reveal(wish_id=wish.pk, reason=" ", by=by)
        names = actions.reveal(wish_id=wish.pk, reason="约时间送书包", by=by)
    assert names == actions.Names("陈小雨", "陈建国", "13900139000", "王热心", DONOR)
    with acting_as(district.acting("chair")):
        assert Trail.objects.get(verb="wish.reveal").summary == {"kind": "LEARNING", "reason": "约时间送书包"}


def test_new_parameters_hold_from_their_day_and_are_the_districts(district: District) -> None:
    officer, dunren = district.acting("officer"), district.acting("dunren")
    given: dict[str, Any] = {
        "value_cap": 100, "claim_days": 15, "open_days": 60, "most_claims": 1, "valid_from": DAY, "confirmed": True,
    }  # fmt: skip
    with acting_as(dunren):
        with pytest.raises(Refused, match="参数由区妇联维护"):
            actions.set_terms(**given, by=dunren)
        assert Terms.objects.update(value_cap=9999) == 0
    with acting_as(officer):
        assert (queries.terms(DAY).value_cap, queries.terms(DAY).confirmed) == (300, False)
        actions.set_terms(**given, by=officer)
    with pytest.raises(Refused) as caught:
        wished(district)
    assert caught.value.fields == {"value": "每个心愿不超过100元。请换成小一点的心愿，或改走救助、走访渠道。"}
    wish = opened(district, value=90)
    assert (wish.closes_on, claimed(district, wish).due_on) == (dt.date(2027, 1, 23), dt.date(2026, 12, 9))


def test_a_thing_out_of_the_store_leaves_the_store(district: District) -> None:
    officer, wish = district.acting("officer"), opened(district)
    with acting_as(officer):
        kind = stock.save_kind(by=officer, key="schoolbag", name="书包", measure_word="个", value=80, valid_from=DAY)
        batch = stock.open_batch(
            kind=kind, title="书包一批", source=Source.PURCHASE, planned=2, unit=district.unit("涪陵区妇联"), by=officer
        )
        stock.receive(batch_id=batch.pk, count=2, by=officer)
        actions.claim_for_unit(wish_id=wish.pk, unit_name="区妇联", contact="干事", by=officer)
        actions.deliver(wish_id=wish.pk, on=DAY, by=officer, batch_id=batch.pk)
        left = goods.balance(batch.pk, officer.unit_id or 0)
        given = goods.hand_outs(f"wish:{wish.pk}").count()
    assert (left, given) == (1, 1)


def test_an_open_wish_of_a_merged_village_goes_on_in_its_heir(district: District) -> None:
    wish, ended = opened(district), opened(district, text="想要一盒彩笔")
    claimed(district, wish)
    village, officer, heir = district.acting("dadongmen"), district.acting("officer"), district.acting("qianlongjie")
    with acting_as(village):
        actions.withdraw(wish_id=ended.pk, reason="已经有了", by=village)
    with acting_as(officer):
        organisation.merge_division(old=DADONGMEN, into=QIANLONGJIE, on=DAY)
    with acting_as(heir):
        assert [one.pk for one in Wish.objects.all()] == [wish.pk]
        assert Claim.objects.get().bring_to == "黔龙街社区妇联"
        assert WishStep.objects.get().title == "区划撤并，接着办"


@pytest.mark.parametrize(
    ("who", "places"), [("dadongmen", [DADONGMEN]), ("dunren", [DADONGMEN]), ("chongyi", [JIAOTONG]), ("officer", [DADONGMEN, JIAOTONG])]
)  # fmt: skip
def test_a_desk_sees_its_range(district: District, who: str, places: list[str]) -> None:
    for village, phone in (("dadongmen", DONOR), ("jiaotong", OTHER_DONOR)):
        claimed(district, opened(district, village), phone)
    with acting_as(district.acting(who)), connection.cursor() as cursor:
        for table in ("wishes_wish", "wishes_claim", "wishes_wishstep"):
            cursor.execute(f"SELECT DISTINCT place FROM {table} ORDER BY place")
            assert [place for (place,) in cursor.fetchall()] == places


def test_a_donor_sees_her_claim_and_nothing_of_the_wisher(district: District) -> None:
    wish, donor, other = opened(district), district.resident(DONOR), district.resident(OTHER_DONOR)
    claimed(district, wish)
    claimed(district, opened(district, text="想要一盒彩笔"), OTHER_DONOR)
    with acting_as(donor):
        assert (Claim.objects.count(), Wish.objects.count(), WishStep.objects.count()) == (1, 0, 0)
        assert Wish.objects.update(state="OPEN") == 0
        for statement in ("UPDATE wishes_claim SET due_on = '2099-01-01'", "DELETE FROM wishes_claim"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    with acting_as(other):
        assert Claim.objects.count() == 1


@pytest.mark.parametrize("table", ["wishes_wish", "wishes_claim", "wishes_wishstep", "wishes_terms"])
def test_departments_read_no_table(district: District, table: str) -> None:
    with acting_as(district.acting("health")), pytest.raises(ProgrammingError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")


def test_people_are_counted_once_however_many_wishes(district: District) -> None:
    for text, name in (("想要一个书包", "陈小雨"), ("想要一盒彩笔", "陈小雨"), ("想要一床被子", "李奶奶")):
        wish = opened(district, text=text, name=name, kind=WisherKind.CHILD)
        claimed(district, wish)
        delivered(district, wish)
        by = district.acting("dadongmen")
        with acting_as(by):
            actions.confirm(wish_id=wish.pk, said=Said.GUARDIAN, by=by)
    with acting_as(district.acting("dunren")):
        figures = [int(measures.value(measures.get(f"wishes.{key}"))) for key in ("fulfilled", "people")]
        behind = measures.records(measures.get("wishes.people")).count()
    assert (figures, behind) == ([3, 2], 3)
