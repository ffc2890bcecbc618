"""Parcels, festival visits, bases and linked households: definitions on the one engine."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import docx
import pytest

from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.core.refused import Refused
from niangjia.needs.models import Need
from niangjia.programmes import queries
from niangjia.programmes.actions import papers, rounds
from niangjia.programmes.kinds import GrantState
from niangjia.programmes.models import Case, Grant, Round, Step, Visit
from niangjia.stock import actions as stock
from niangjia.stock import queries as goods
from niangjia.stock.kinds import Source
from niangjia.stock.models import Batch, GoodsKind
from tests import factories as make
from tests.personas import CHONGYI, DADONGMEN, DUNREN, District
from tests.programmes.catalogue import way


def posted_by_the_village(district: District, round_: Round) -> None:
    way.made_public(district, round_, drafts="dadongmen", publishes="dadongmen")


def mother(serial: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "name": "张桂芳", "id_number": make.id_number(serial), "place": DADONGMEN, "address": "一组12号",
        "category": "SINGLE", "reason": "丈夫去世，独自抚养两个孩子。", "consent_apply": True, "consent_publish": "yes",
        **changes,
    }  # fmt: skip


def household(**changes: Any) -> dict[str, Any]:
    return {
        "name": "张桂芳", "place": DADONGMEN, "address": "一组12号", "people": 3, "category": "LEFT_ELDER",
        "reason": "子女在外，独自居住。", "reason_on": "2026-01-05", "consent_apply": True, **changes,
    }  # fmt: skip


def visit(**changes: Any) -> dict[str, Any]:
    return {"visited_on": clock.today().isoformat(), "way": "VISIT", "cash": "300", "goods": "米、油", "goods_value": "150",
            "witness": "张桂芳", **changes}  # fmt: skip


def parcel_granted(district: District) -> Case:
    round_ = way.open_round(district, "mothers_parcel")
    case = way.handed_in(district, round_, mother())
    way.step(district, case, "dunren", "review")
    way.step(district, case, "chair", "approve")
    posted_by_the_village(district, round_)
    return case


def scheduled(district: District, **changes: Any) -> Case:
    round_ = way.open_round(district, "festival_visit", title="2026年春节慰问")
    case = way.handed_in(district, round_, household(**changes))
    way.step(district, case, "dunren", "review")
    return way.step(district, case, "chair", "approve")


def figure(district: District, key: str) -> object:
    with acting_as(district.acting("chair")):
        return measures.value(next(one for one in measures.all_measures() if one.key == key))


class TestParcels:
    def test_from_the_village_to_the_reply_card(self, district: District) -> None:
        case = parcel_granted(district)
        today = clock.today()
        with clock.frozen(today + dt.timedelta(days=20)):
            delivered = way.step(
                district, case, "dadongmen", "deliver", delivered_on=str(today), receiver="张桂芳", handed_by="杨主席"
            )
            assert delivered.state == "DELIVERED"
            replied = way.step(
                district, case, "dadongmen", "reply", replied_on=str(today), complete="yes", words="谢谢"
            )
        assert replied.state == "REPLIED"
        with acting_as(district.acting("chair")):
            assert Grant.objects.values_list("state", "paid_on", "quantity").get() == (GrantState.PAID, today, 1)
        assert figure(district, "mothers_parcel.replies") == 1

    def test_one_a_family_and_year_whoever_of_it_asks(self, district: District) -> None:
        parcel_granted(district)
        round_ = way.open_round(district, "mothers_parcel", title="第二批")
        again = way.handed_in(district, round_, mother(2, name="李秀英"))
        way.step(district, again, "dunren", "review")
        way.step(district, again, "chair", "approve")
        posted_by_the_village(district, round_)
        assert way.reread(district, again).state == "APPROVED"

    @pytest.mark.parametrize("reason", ["REFUSED", "MOVED", "UNREACHABLE"])
    def test_one_that_could_not_be_handed_over_frees_the_right(self, district: District, reason: str) -> None:
        case = parcel_granted(district)
        ended = way.step(district, case, "dadongmen", "not_delivered", reason=reason)
        with acting_as(district.acting("chair")):
            assert (ended.state, Grant.objects.get().state) == ("NOT_DELIVERED", GrantState.CANCELLED)

    def test_a_delivery_without_a_signature_is_not_taken(self, district: District) -> None:
        case = parcel_granted(district)
        with pytest.raises(Refused) as caught:
            way.step(district, case, "dadongmen", "deliver", delivered_on=str(clock.today()))
        assert caught.value.fields == {"receiver": "请填写“签收人”。"}

    def stocked(self, district: District, case: Case, count: int, *, named: bool) -> Batch:
        """A batch for the round of the case with so many at the village, and three more elsewhere."""
        officer, round_ = district.acting("officer"), case.round
        with acting_as(officer):
            batch = stock.open_batch(
                title="母亲邮包2026年第一批", kind=GoodsKind.objects.get(key="mother_parcel_warm"), planned=10,
                source=Source.FOUNDATION, unit=district.unit("涪陵区妇联"), by=officer,
                about="" if named else f"round:{round_.pk}",
            )  # fmt: skip
            stock.receive(batch_id=batch.pk, count=count + 3, by=officer)
            stock.allocate(
                batch_id=batch.pk, to=district.unit("敦仁街道妇联"), count=count + 1,
                source=district.unit("涪陵区妇联"), by=officer,
            )  # fmt: skip
        town = district.acting("dunren")
        if count:
            with acting_as(town):
                stock.allocate(
                    batch_id=batch.pk, to=district.unit("大东门社区妇联"), count=count,
                    source=district.unit("敦仁街道妇联"), by=town,
                )  # fmt: skip
        if named:
            with acting_as(officer):
                rounds.change(round_id=round_.pk, by=officer, parameters={"batch": batch.pk})
        return batch

    def left(self, district: District, batch: Batch, unit: str = "大东门社区妇联") -> int:
        with acting_as(district.acting("officer")):
            return goods.balance(batch.pk, district.unit(unit).pk)

    def deliver(self, district: District, case: Case) -> Case:
        today = str(clock.today())
        return way.step(district, case, "dadongmen", "deliver", delivered_on=today, receiver="张桂芳")

    @pytest.mark.parametrize("named", [True, False])
    def test_what_is_delivered_leaves_the_deliverers_own_stock(self, district: District, named: bool) -> None:
        case = parcel_granted(district)
        batch = self.stocked(district, case, 2, named=named)
        self.deliver(district, case)
        assert (self.left(district, batch), self.left(district, batch, "敦仁街道妇联")) == (1, 1)
        with acting_as(district.acting("officer")):
            assert [(one.receiver, one.count) for one in goods.hand_outs(f"case:{case.pk}")] == [("张桂芳", 1)]

    def test_with_nothing_in_the_own_stock_nothing_is_delivered(self, district: District) -> None:
        case = parcel_granted(district)
        self.stocked(district, case, 0, named=False)
        with pytest.raises(Refused, match="大东门社区妇联的“母亲邮包2026年第一批”现有0"):
            self.deliver(district, case)
        assert way.reread(district, case).state == "GRANTED"

    def test_what_was_not_delivered_stays_in_stock(self, district: District) -> None:
        case = parcel_granted(district)
        batch = self.stocked(district, case, 2, named=False)
        way.step(district, case, "dadongmen", "not_delivered", reason="MOVED")
        assert self.left(district, batch) == 2


def needs_heard(district: District) -> list[tuple[str, str, str]]:
    with acting_as(district.acting("officer")):
        return [(one.text.reveal(), one.kind, one.raised_from) for one in Need.objects.order_by("id")]


class TestFestivalVisits:
    def test_what_was_heard_becomes_a_need_of_the_unit_that_heard_it(self, district: District) -> None:
        case = scheduled(district)
        way.step(district, case, "dadongmen", "visit", **visit(heard="想装扶手"))
        assert needs_heard(district) == [("想装扶手", "OTHER", f"case:{case.pk}")]
        with acting_as(district.acting("officer")):
            assert Need.objects.get().unit == district.unit("大东门社区妇联")

    def test_where_nothing_was_heard_no_need_is_raised(self, district: District) -> None:
        way.step(district, scheduled(district), "dadongmen", "visit", **visit())
        assert needs_heard(district) == []

    @pytest.mark.parametrize(
        ("heard", "danger", "told"),
        [
            ("她说丈夫打她", "yes", "请马上拨打110，不要等待办理；走访没有登记"),
            ("丈夫家暴", "", "问过确实没有的，请选“否”再登记"),
        ],
    )
    def test_danger_is_no_ticket_and_the_visit_waits(
        self, district: District, heard: str, danger: str, told: str
    ) -> None:
        case = scheduled(district)
        with pytest.raises(Refused, match=told) as caught:
            way.step(district, case, "dadongmen", "visit", **visit(heard=heard, danger=danger))
        assert set(caught.value.fields) == {"danger"}
        assert (way.reread(district, case).state, needs_heard(district)) == ("SCHEDULED", [])

    def test_words_that_alarm_are_taken_once_somebody_asked(self, district: District) -> None:
        case = scheduled(district)
        way.step(district, case, "dadongmen", "visit", **visit(heard="想听反家暴的课", danger="no"))
        assert needs_heard(district) == [("想听反家暴的课", "OTHER", f"case:{case.pk}")]

    def test_a_visit_is_recorded_with_what_was_brought(self, district: District) -> None:
        done = way.step(district, scheduled(district), "dadongmen", "visit", **visit(heard="想装扶手"))
        assert done.state == "VISITED"
        with acting_as(district.acting("chair")):
            found = Visit.objects.get()
        assert (found.visited_on, str(found.cash), str(found.goods_value), found.heard) == (
            clock.today(), "300.00", "150.00", "想装扶手",
        )  # fmt: skip

    def test_a_town_lists_within_its_number(self, district: District) -> None:
        round_ = way.open_round(district, "festival_visit")
        chair = district.acting("chair")
        with acting_as(chair):
            rounds.allot(round_id=round_.pk, numbers={DUNREN: 0, CHONGYI: 5}, by=chair)
        case = way.handed_in(district, round_, household())
        with pytest.raises(Refused, match="名额是0个"):
            way.step(district, case, "dunren", "review")

    def test_a_household_somebody_visited_lately_is_pointed_out(self, district: District) -> None:
        way.step(district, scheduled(district), "dadongmen", "visit", **visit())
        again = scheduled(district)
        with acting_as(district.acting("dadongmen")):
            assert {(one.programme, one.on) for one in queries.served_lately(again)} == {("走访慰问", clock.today())}

    def test_another_household_is_not(self, district: District) -> None:
        way.step(district, scheduled(district), "dadongmen", "visit", **visit())
        other = scheduled(district, address="二组3号")
        with acting_as(district.acting("dadongmen")):
            assert queries.served_lately(other) == []

    def test_a_visit_of_tomorrow_is_not_taken(self, district: District) -> None:
        tomorrow = str(clock.today() + dt.timedelta(days=1))
        with pytest.raises(Refused) as caught:
            way.step(district, scheduled(district), "dadongmen", "visit", **visit(visited_on=tomorrow))
        assert set(caught.value.fields) == {"visited_on"}

    def test_a_childs_guardian_is_named_and_sealed(self, district: District) -> None:
        round_ = way.open_round(district, "festival_visit")
        with pytest.raises(Refused) as caught:
            way.handed_in(district, round_, household(category="LEFT_CHILD"))
        assert caught.value.fields == {"guardian": "请填写“监护人”。"}
        case = way.handed_in(district, round_, household(category="LEFT_CHILD", guardian="李秀英"))
        assert "李秀英" not in str(case.answers)


def test_a_base_is_recognised_and_reviewed_year_after_year(district: District) -> None:
    round_ = way.open_round(district, "womens_base")
    case = way.handed_in(
        district, round_,
        {"name": "榨菜加工巾帼基地", "place": DADONGMEN, "type": "PROCESSING", "head": "张桂芳", "phone": "13800138000", "women": 30,
         "led": 12, "story": "吸纳附近妇女就业。", "true_statement": True, "consent_publish": "yes"},
    )  # fmt: skip
    way.step(district, case, "dadongmen", "verify")
    way.step(district, case, "dunren", "review")
    way.step(district, case, "chair", "approve")
    for year, women in ((1, 32), (2, 35)):
        with clock.frozen(clock.today() + dt.timedelta(days=300 * year)):
            way.step(
                district,
                case,
                "dunren",
                "review_year",
                reviewed_on=str(clock.today()),
                women=women,
                led=12,
                remark="保持",
            )
    with acting_as(district.acting("chair")):
        told = Step.objects.filter(case=case, key="review_year").order_by("id")
        assert [(one.answers["women"], one.target) for one in told] == [(32, "RUNNING"), (35, "RUNNING")]


def test_a_linked_household_is_visited_as_often_as_it_does_good(district: District) -> None:
    round_ = way.open_round(district, "household_link")
    case = way.handed_in(
        district, round_,
        {"name": "张桂芳", "place": DADONGMEN, "address": "一组12号", "category": "EXECUTIVE", "linked_by": "李秀英",
         "since": "2026-01-01", "consent_apply": True},
    )  # fmt: skip
    for _ in range(2):
        way.step(district, case, "dadongmen", "visit", **visit(heard="想找活路"))
    assert figure(district, "household_link.follow_ups") == 2
    assert needs_heard(district) == [("想找活路", "OTHER", f"case:{case.pk}")] * 2


def printed(district: District, case: Case) -> dict[str, str]:
    """The papers a case can be given now, and the words of each."""
    by = district.acting("dadongmen")
    with acting_as(by):
        found = Case.objects.select_related("round__unit").prefetch_related("steps").get(pk=case.pk)
        made = {one.key: papers.write_letter(case=found, letter=one, by=by) for one in papers.letters_of(found)}
    return {key: words_of(data) for key, data in made.items()}


def words_of(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def listed(district: District, case: Case, key: str) -> list[str]:
    with acting_as(district.acting("officer")):
        layout = papers.layout_of(case.round, key)
        assert layout is not None
        return [one.name for one in papers.of_round(case.round, layout)]


def test_a_parcel_has_its_list_to_sign_its_receipt_and_its_reply_card(district: District) -> None:
    round_ = way.open_round(district, "mothers_parcel")
    case = way.handed_in(district, round_, mother())
    assert (listed(district, case, "hand_over"), printed(district, case)) == ([], {})
    way.step(district, case, "dunren", "review")
    way.step(district, case, "chair", "approve")
    posted_by_the_village(district, round_)
    assert listed(district, case, "hand_over") == ["张桂芳"]
    assert list(printed(district, case)) == ["receipt"]
    way.step(district, case, "dadongmen", "deliver", delivered_on=str(clock.today()), receiver="张桂芳")
    made = printed(district, case)
    assert (list(made), "包内物品是否齐全" in made["reply_card"]) == (["receipt", "reply_card"], True)
    assert (make.id_number(1) in made["receipt"], "张桂芳" in made["receipt"]) == (False, True)


def test_a_visit_has_its_plan_and_its_sheet(district: District) -> None:
    case = scheduled(district)
    made = printed(district, case)
    assert (listed(district, case, "plan"), list(made), "见证人" in made["sheet"]) == (["张桂芳"], ["sheet"], True)


def test_a_base_has_its_plaque_papers_and_a_link_its_card(district: District) -> None:
    round_ = way.open_round(district, "womens_base")
    base = way.handed_in(
        district, round_,
        {"name": "榨菜巾帼基地", "place": DADONGMEN, "type": "PROCESSING", "head": "张桂芳", "phone": "13800138000",
         "women": 20, "led": 5, "story": "就近就业。", "true_statement": True, "consent_publish": "yes"},
    )  # fmt: skip
    assert list(printed(district, base)) == ["plaque"]
    for who, key in (("dadongmen", "verify"), ("dunren", "review"), ("chair", "approve")):
        way.step(district, base, who, key)
    assert "榨菜巾帼基地：" in printed(district, base)["notice"]
    links = way.open_round(district, "household_link")
    link = way.handed_in(
        district, links,
        {"name": "张桂芳", "place": DADONGMEN, "address": "一组12号", "category": "EXECUTIVE", "linked_by": "李秀英",
         "since": "2026-01-05", "consent_apply": True},
    )  # fmt: skip
    assert "从2026年1月5日起，李秀英与您家结成联系（执委联系户）。" in printed(district, link)["link"]
