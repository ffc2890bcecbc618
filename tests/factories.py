"""Answers, rounds and cases for tests, made through the actions people use. Nothing is hidden: every step is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.brands import actions as brands
from niangjia.brands.models import Brand
from niangjia.core import clock, identity
from niangjia.needs import actions as needs
from niangjia.needs.kinds import NeedKind
from niangjia.programmes.actions import cases, checks, notices, payments, rounds
from niangjia.programmes.actions.payments import BankResult
from niangjia.programmes.kinds import Answer, RoundState
from niangjia.programmes.models import Case, Notice, OutsideCheck, PaymentList, Round
from niangjia.stock import actions as stock
from niangjia.stock.kinds import Source
from niangjia.stock.models import GoodsKind
from tests.personas import DADONGMEN, FULING, District

# Numbers of nobody: a valid check digit over an area and a birthday, with a running serial (odd 17th digit: man).
AREA = "500102"


def id_number(serial: int = 1, *, birth: str = "19700308", woman: bool = True) -> str:
    first17 = f"{AREA}{birth}{serial // 5:02d}{(serial % 5) * 2 + (0 if woman else 1)}"
    return first17 + identity.check_digit(first17)


def answers(serial: int = 1, **changes: Any) -> dict[str, Any]:
    """A complete application of the present era that every rule can pass."""
    return {
        "name": "张桂芳",
        "id_number": id_number(serial),
        "phone": "13800138000",
        "place": DADONGMEN,
        "address": "一组12号",
        "in_district": "yes",
        "people": 3,
        "category": "SUBSISTENCE",
        "confirmed_on": "2025-03-01",
        "disease": ["CERVICAL"],
        "cervical_stage": "IIB",
        "diagnosed_on": "2025-05-20",
        "hospital": "涪陵中心医院",
        "hospital_grade": "THREE",
        "card_holder": changes.get("name", "张桂芳"),
        "bank": "某银行涪陵支行",
        "card": "6222020200112233446",
        "true_statement": True,
        "consent_apply": True,
        "consent_health": True,
        "consent_bank": True,
        "consent_share": True,
        "consent_publish": "yes",
        **changes,
    }


def open_round(district: District, **changes: Any) -> Round:
    """A round of the present era, open around today."""
    today = clock.today()
    officer = district.acting("officer")
    with acting_as(officer):
        round_ = rounds.prepare(
            programme=changes.pop("programme", "two_cancers_grant"),
            title=changes.pop("title", "2026年第一批"),
            year=today.year,
            unit=district.unit("涪陵区妇联"),
            opens_on=changes.pop("opens_on", today - dt.timedelta(days=10)),
            closes_on=changes.pop("closes_on", today + dt.timedelta(days=20)),
            cutoff_on=changes.pop("cutoff_on", today),
            objection_phone="023-72220000",
            by=officer,
            **changes,
        )
        return rounds.set_state(round_id=round_.pk, state=RoundState.OPEN, by=officer)


def submitted(district: District, round_: Round, serial: int = 1, *, helper: str = "dadongmen", **changes: Any) -> Case:
    """A case handed in by a village chair for a woman (代填)."""
    by = district.acting(helper)
    with acting_as(by):
        filled = answers(serial, place=by.place, **changes)
        case = cases.start(round_=round_, place=by.place, by=by, helper="大东门主席", answers=filled)
        return cases.submit(case_id=case.pk, by=by)


def at_district(district: District, case: Case) -> Case:
    """The village and the town did their part."""
    village, town = _village(district, case), _town(district, case)
    with acting_as(village):
        cases.verify(case_id=case.pk, by=village, revision=None, seen=[], opinion="情况属实，同意上报。")
    with acting_as(town):
        return cases.step(case_id=case.pk, key="review", by=town, revision=None)


DEPARTMENTS = {
    "区民政局": "civil_affairs",
    "区卫生健康委": "health",
    "区医疗保障局": "insurance",
    "区扶贫办": "poverty_office",
    "区人力社保局": "labour",
}


def answer(district: District, check: OutsideCheck, says: Answer = Answer.YES, remark: str = "") -> None:
    """The department that was asked answers; the job that follows is done at once."""
    by = district.acting(DEPARTMENTS[check.unit.short_name])
    with acting_as(by):
        checks.answer(check_id=check.pk, answer=says, remark=remark, by=by)
    house = access.house(FULING)
    with acting_as(house):
        checks.collect(case_id=check.case_id, by=house)


def checked(district: District, case: Case, **says: Answer) -> Case:
    """Every department was asked and answered: yes, or what ``says`` tells by the key of the question."""
    officer = district.acting("officer")
    with acting_as(officer):
        checks.ask(case_id=case.pk, by=officer, revision=None)
        asked = list(case.checks.filter(answered_at__isnull=True).select_related("unit"))
    for check in asked:
        answer(district, check, says.get(check.key, Answer.YES), "情况见附函" if check.key in says else "")
    with acting_as(officer):
        return Case.objects.select_related("round").get(pk=case.pk)


def approved(district: District, round_: Round, serial: int = 1, **changes: Any) -> Case:
    """A case the chair has approved."""
    case = checked(district, at_district(district, submitted(district, round_, serial, **changes)))
    chair = district.acting("chair")
    with acting_as(chair):
        return cases.step(case_id=case.pk, key="approve", by=chair, revision=None)


def allotted(district: District, round_: Round, quota: int) -> None:
    """All approved cases are reported up, and the quota is divided."""
    chair = district.acting("chair")
    with acting_as(chair):
        rounds.report_up(round_id=round_.pk, batch_number="CQ-2026-1", by=chair)
        rounds.allocate(round_id=round_.pk, quota=quota, by=chair)


def on_notice(district: District, round_: Round, **changes: Any) -> Notice:
    """The allotted cases stand on a public notice."""
    officer, chair = district.acting("officer"), district.acting("chair")
    text = {
        "title": "救助名单公示",
        "body": "现将拟救助人员名单予以公示。",
        "objection_phone": "023-72220000",
        **changes,
    }
    with acting_as(officer):
        notice = notices.draft(round_id=round_.pk, by=officer, **text)
    with acting_as(chair):
        return notices.publish(notice_id=notice.pk, by=chair)


def notice_over(notice: Notice) -> None:
    """The day after the last day of a notice has come, and the house ends it."""
    assert notice.ends_on is not None
    with clock.frozen(notice.ends_on + dt.timedelta(days=1)):
        house = access.house(FULING)
        with acting_as(house):
            notices.end_due(by=house)


def granted(district: District, round_: Round, serial: int = 1, **changes: Any) -> Case:
    """A woman whose grant waits for the bank."""
    case = approved(district, round_, serial, **changes)
    allotted(district, round_, quota=serial)
    notice_over(on_notice(district, round_))
    with acting_as(district.acting("officer")):
        return Case.objects.select_related("round").get(pk=case.pk)


def listed(district: District, round_: Round) -> PaymentList:
    """A list for the bank of all that can be paid."""
    officer = district.acting("officer")
    with acting_as(officer):
        return payments.make_list(round_id=round_.pk, by=officer)


def bank_says(district: District, payment_list: PaymentList, *, failure: str = "") -> tuple[int, int]:
    """The bank answers every line alike: paid today, or sent back."""
    finance = district.acting("finance")
    with acting_as(finance):
        lines = list(payment_list.payments.values_list("pk", flat=True))
        results = [
            BankResult(row, pk, not failure, None if failure else clock.today(), "" if failure else f"HD{pk}", failure)
            for row, pk in enumerate(lines, start=2)
        ]
        return payments.take_results(list_id=payment_list.pk, results=results, by=finance)


def paid(district: District, round_: Round, serial: int = 1, **changes: Any) -> Case:
    """A woman whose money came."""
    case = granted(district, round_, serial, **changes)
    bank_says(district, listed(district, round_))
    with acting_as(district.acting("officer")):
        return Case.objects.select_related("round").get(pk=case.pk)


def goods_and_needs(district: District, here: str, there: str) -> None:
    """Parcels handed out in two towns by people of these names, a need and a tag in each."""
    officer, top = district.acting("officer"), district.unit("涪陵区妇联")
    with acting_as(officer):
        kind = GoodsKind.objects.get(key="mother_parcel_warm")
        batch = stock.open_batch(title="邮包一批", kind=kind, planned=20, source=Source.PURCHASE, unit=top, by=officer)
        stock.receive(batch_id=batch.pk, count=20, by=officer)
        towns = {district.unit("敦仁街道妇联").pk: 5, district.unit("崇义街道妇联").pk: 5}
        stock.allocate_many(batch_id=batch.pk, source=top, counts=towns, by=officer)
        brand = Brand.objects.get(key="aizainiangjia")
    for number, (who, unit, name) in enumerate(
        [("dunren", "敦仁街道妇联", here), ("chongyi", "崇义街道妇联", there)], start=901
    ):
        by = district.acting(who)
        with acting_as(by):
            stock.hand_out(about=f"case:{number}", unit=district.unit(unit), by=by, batch=batch, receiver=name)
            needs.raise_need(place=by.place, kind=NeedKind.LIVING, text=name, danger=False, by=by)
            brands.tag(about=f"case:{number}", place=by.place, title=name, brand=brand, by=by)


def _village(district: District, case: Case) -> Acting:
    return next(a for a in map(district.acting, ("dadongmen", "qianlongjie", "jiaotong")) if a.place == case.place)


def _town(district: District, case: Case) -> Acting:
    return next(a for a in map(district.acting, ("dunren", "chongyi")) if a.place[:9] == case.place[:9])
