"""Cases of any programme taken along their way by the people who would do it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.programmes.actions import cases, notices, rounds
from niangjia.programmes.kinds import RoundState
from niangjia.programmes.models import Case, Round
from tests import factories as make
from tests.personas import DADONGMEN, District


def open_round(district: District, programme: str, **changes: Any) -> Round:
    today, officer = clock.today(), district.acting("officer")
    with acting_as(officer):
        round_ = rounds.prepare(
            programme=programme, title=changes.pop("title", "2026年第一批"), year=today.year,
            unit=district.unit("涪陵区妇联"), opens_on=today - dt.timedelta(days=10),
            closes_on=today + dt.timedelta(days=20), cutoff_on=today, objection_phone="023-72220000", by=officer,
            **changes,
        )  # fmt: skip
        return rounds.set_state(round_id=round_.pk, state=RoundState.OPEN, by=officer)


def handed_in(district: District, round_: Round, answers: dict[str, Any], who: str = "dadongmen") -> Case:
    by = district.resident("13800138000") if who == "resident" else district.acting(who)
    with acting_as(by):
        place = str(answers.get("place", DADONGMEN))
        case = cases.start(round_=round_, place=place, by=by, helper="" if who == "resident" else by.person_name)
        cases.save_answers(case_id=case.pk, answers=answers, by=by)
        return cases.submit(case_id=case.pk, by=by)


def step(district: District, case: Case, who: str, key: str, reason: str = "", **answers: Any) -> Case:
    by = district.acting(who)
    with acting_as(by):
        return cases.step(case_id=case.pk, key=key, by=by, revision=None, reason=reason, answers=answers or None)


def made_public(district: District, round_: Round, *, drafts: str = "officer", publishes: str = "chair") -> None:
    """On notice, unobjected, and over."""
    officer, chair = district.acting(drafts), district.acting(publishes)
    with acting_as(officer):
        notice = notices.draft(
            round_id=round_.pk, title="名单公示", body="现将名单予以公示。", objection_phone="023-72220000", by=officer
        )
    with acting_as(chair):
        published = notices.publish(notice_id=notice.pk, by=chair)
    make.notice_over(published)


def reread(district: District, case: Case) -> Case:
    with acting_as(district.acting("officer")):
        return Case.objects.select_related("round").get(pk=case.pk)
