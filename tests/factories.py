"""Answers, rounds and cases for tests, made through the actions people use. Nothing is hidden: every step is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock, identity
from niangjia.programmes.actions import cases, rounds
from niangjia.programmes.kinds import RoundState
from niangjia.programmes.models import Case, Round
from tests.personas import DADONGMEN, District

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
        "card_holder": "张桂芳",
        "bank": "某银行涪陵支行",
        "card": "6222020200112233448",
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
            programme="two_cancers_grant",
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


def _village(district: District, case: Case) -> Acting:
    return next(a for a in map(district.acting, ("dadongmen", "qianlongjie", "jiaotong")) if a.place == case.place)


def _town(district: District, case: Case) -> Acting:
    return next(a for a in map(district.acting, ("dunren", "chongyi")) if a.place[:9] == case.place[:9])
