"""What steps do besides moving a case, on programmes made for the test out of ready-made pieces."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from niangjia.access.acting import Acting, acting_as
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.codes import Level
from niangjia.flow.kinds import StateKind
from niangjia.flow.machine import DefinitionError, State
from niangjia.intake.sheet import AttachmentKind, Field, Kind, Section, Sensitivity, Sheet
from niangjia.programmes import public, queries, registry, stations
from niangjia.programmes.actions import cases, notices, rounds
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.definition import (
    Act,
    Bindings,
    Effect,
    Forward,
    Gives,
    NoticePlan,
    Often,
    Programme,
    Show,
    Subject,
    Version,
)
from niangjia.programmes.models import Case, Grant, Round, Visit
from tests import factories as make
from tests.personas import DADONGMEN, DUNREN, District

PLAIN = Sensitivity.PLAIN
SHEET = Sheet(
    (
        Section(
            "who",
            "家庭",
            (
                Field("name", "家庭名称", Kind.TEXT, PLAIN),
                Field("place", "村（社区）", Kind.PLACE, PLAIN),
                Field("address", "住址", Kind.TEXT, Sensitivity.IDENTITY),
                Field("kind", "类别", Kind.CHOICE, PLAIN, choices=(("READING", "书香"), ("GREEN", "绿色"))),
                Field("title", "作品名称", Kind.TEXT, PLAIN, required=False),
                Field("consent_publish", "同意公示", Kind.YESNO, PLAIN),
            ),
        ),
    )
)
RECEIPT = Sheet(
    (
        Section(
            "receipt",
            "签收",
            (
                Field("pieces", "件数", Kind.INTEGER, PLAIN, minimum=1),
                Field("given_on", "日期", Kind.DATE, PLAIN),
                Field("receiver", "签收人", Kind.NAME, Sensitivity.IDENTITY),
            ),
        ),
    ),
    (AttachmentKind("SIGNATURE", "签收单", False, Sensitivity.IDENTITY),),
)
AB = "ab" * 32
seen: list[dict[str, Any]] = []


def hook(*, case: Case, answers: dict[str, Any], by: Acting) -> None:
    seen.append({"case": case.number, **answers})
    if answers["receiver"] == "不收":
        raise Refused("库存不够。")


WORKFLOW, ACTS = stations.join(
    stations.filing("SUBMITTED", residents=False),
    stations.village("VERIFIED"),
    stations.town("REVIEWED", within_quota=True),
    stations.district("ALLOCATED"),
    stations.notice("GRANTED"),
    stations.step(
        "deliver", "交付", "GRANTED", State("DONE", "已交付", StateKind.CLOSED), Verb.CASE_FOLLOW_UP, Level.VILLAGE,
        Act(sheet=RECEIPT, effects=(Effect.DELIVER,), quantity="pieces", day="given_on", run=hook),
    ),
    stations.step(
        "visit", "登记走访", "GRANTED", "GRANTED", Verb.CASE_FOLLOW_UP, Level.VILLAGE,
        Act(sheet=stations.visit_sheet(goods=True), effects=(Effect.VISIT,)), aside=True,
    ),
    stations.Piece((State("GRANTED", "待交付", StateKind.GRANTED, Level.VILLAGE, 10),)),
    stations.withdrawal("SUBMITTED", "RETURNED", "VERIFIED", "REVIEWED", "ALLOCATED", "GRANTED", residents=False),
)  # fmt: skip
VERSION = Version(
    key="one", label="试点", effective_from=dt.date(2020, 1, 1), effective_to=None, basis="试点方案", sheet=SHEET,
    workflow=WORKFLOW, acts=ACTS, consent_version="1", consents={"consent_publish": "PUBLISH"},
    bindings=Bindings(
        name="name", place="place", category="kind", title="title", household=("place", "address"),
        publish_consent="consent_publish",
    ),
    subject=Subject.FAMILY, gives=Gives.GOODS, often=Often.YEAR, per_household=True,
    forward=frozenset({Forward.UNIT}),
    notice=NoticePlan(shows=(Show.NAME, Show.VILLAGE, Show.CATEGORY), full_names=True, nameless="家庭", days=3),
)  # fmt: skip
TRIAL = Programme(
    key="trial", name="试点", family="trial", summary="试点。", secret=False, versions=(VERSION,), number_prefix="SD"
)


@pytest.fixture(autouse=True)
def _trial(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**registry.programmes(), "trial": TRIAL}
    monkeypatch.setattr(registry, "programmes", lambda: known)
    seen.clear()


@pytest.fixture
def round_(district: District) -> Round:
    return make.open_round(district, programme="trial")


def family(serial: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "name": f"张家{serial}", "place": DADONGMEN, "address": f"{serial}组", "kind": "READING",
        "consent_publish": "yes", **changes,
    }  # fmt: skip


def proposed(district: District, round_: Round, serial: int = 1, **changes: Any) -> Case:
    by = district.acting("dadongmen")
    with acting_as(by):
        case = cases.start(round_=round_, place=by.place, by=by, answers=family(serial, **changes))
        cases.submit(case_id=case.pk, by=by)
        return cases.step(case_id=case.pk, key="verify", by=by, revision=None, note="属实")


def reviewed(district: District, case: Case) -> Case:
    by = district.acting("dunren")
    with acting_as(by):
        return cases.step(case_id=case.pk, key="review", by=by, revision=None)


def granted(district: District, round_: Round, serial: int = 1, **changes: Any) -> Case:
    case = reviewed(district, proposed(district, round_, serial, **changes))
    chair = district.acting("chair")
    with acting_as(chair):
        cases.step(case_id=case.pk, key="approve", by=chair, revision=None)
    make.notice_over(make.on_notice(district, round_))
    with acting_as(chair):
        return Case.objects.get(pk=case.pk)


def allot(district: District, round_: Round, number: int) -> None:
    chair = district.acting("chair")
    with acting_as(chair):
        rounds.allot(round_id=round_.pk, numbers={DUNREN: number}, by=chair)


def test_a_family_without_a_number_goes_all_the_way_and_makes_no_person(district: District, round_: Round) -> None:
    case = granted(district, round_)
    assert (case.state, case.person_id, case.id_index, case.category) == ("GRANTED", None, None, "READING")
    with acting_as(district.acting("officer")):
        grant = Grant.objects.get(case=case)
    assert (grant.amount, grant.once_key) == (None, f"h{case.household_key}:{round_.year}")
    assert grant.once_key == queries.once_key(case)


class TestOnce:
    def test_a_household_has_its_turn_once_a_year(self, district: District, round_: Round) -> None:
        granted(district, round_)
        second = make.open_round(district, programme="trial", title="第二批")
        again = granted(district, second, name="张家的女儿家")
        assert again.state == "ALLOCATED"  # taken down with the reason, to be refused

    def test_two_of_a_household_are_not_in_hand_at_once(self, district: District, round_: Round) -> None:
        proposed(district, round_)
        with pytest.raises(Refused, match="这一户已有一份在办理"):
            proposed(district, round_, name="别的名字")

    def test_the_database_holds_it(self, district: District, round_: Round) -> None:
        granted(district, round_)
        with acting_as(district.acting("officer")):
            grant = Grant.objects.get()
            grant.pk, grant.case_id = None, None
            with pytest.raises(IntegrityError, match="programmes_grant_once"), transaction.atomic():
                grant.save(force_insert=True)

    @pytest.mark.parametrize(
        ("often", "per_household", "key"),
        [
            (Often.LIFE, False, AB),
            (Often.YEAR, False, f"{AB}:2026"),
            (Often.ROUND, False, f"{AB}:r7"),
            (Often.ANY, False, None),
            (Often.LIFE, True, "hH"),
            (Often.YEAR, True, "hH:2026"),
        ],
    )
    def test_the_key_of_python_is_the_key_of_the_database(
        self,
        district: District,
        round_: Round,
        monkeypatch: pytest.MonkeyPatch,
        often: Often,
        per_household: bool,
        key: str | None,
    ) -> None:
        monkeypatch.setattr(queries, "version_of", lambda case: replace(VERSION, often=often, per_household=True))
        if not per_household:
            bound = replace(VERSION.bindings, id_number="name")
            version = replace(VERSION, often=often, per_household=False, bindings=bound)
            monkeypatch.setattr(queries, "version_of", lambda case: version)
        case = Case(id_index=bytes.fromhex(AB), household_key="H", round=Round(pk=7, year=2026), round_id=7)
        assert queries.once_key(case) == key
        with acting_as(district.acting("officer")), transaction.atomic():
            made = Grant.objects.create(
                family="f", programme="trial", version="one", id_index=bytes.fromhex(AB), household_key="H", often=often.value,
                per_household=per_household, place=DADONGMEN, year=2026, granted_on=clock.today(), round=round_,
            )  # fmt: skip
            made.refresh_from_db()
            transaction.set_rollback(True)
        assert made.once_key == (key and key.replace("r7", f"r{round_.pk}"))


class TestQuota:
    def test_a_town_puts_forward_no_more_than_it_was_allotted(self, district: District, round_: Round) -> None:
        allot(district, round_, 1)
        first, second = proposed(district, round_), proposed(district, round_, 2)
        reviewed(district, first)
        with pytest.raises(Refused, match="名额是1个，已用1个"):
            reviewed(district, second)
        chair = district.acting("chair")
        with acting_as(chair):
            cases.step(case_id=first.pk, key="return_to_town", by=chair, revision=None, reason="TEXT_WEAK")
            assert queries.used_by_towns(round_) == {}
        assert reviewed(district, second).state == "REVIEWED"

    def test_without_numbers_there_is_no_limit(self, district: District, round_: Round) -> None:
        reviewed(district, proposed(district, round_))
        assert reviewed(district, proposed(district, round_, 2)).state == "REVIEWED"

    def test_a_town_left_out_has_none(self, district: District, round_: Round) -> None:
        chair = district.acting("chair")
        with acting_as(chair):
            rounds.allot(round_id=round_.pk, numbers={}, by=chair)
        with pytest.raises(Refused, match="名额是0个"):
            reviewed(district, proposed(district, round_))

    def test_a_number_does_not_sink_below_what_was_put_forward(self, district: District, round_: Round) -> None:
        reviewed(district, proposed(district, round_))
        with pytest.raises(Refused) as caught:
            allot(district, round_, 0)
        assert caught.value.fields == {DUNREN: "已报1个，名额不能少于这个数。"}

    def test_towns_do_not_set_it(self, district: District, round_: Round) -> None:
        by = district.acting("dunren")
        with acting_as(by), pytest.raises(PermissionDenied):
            rounds.allot(round_id=round_.pk, numbers={DUNREN: 5}, by=by)


class TestSheetsOfSteps:
    GIVEN: dict[str, Any] = {"pieces": 2, "given_on": "2026-01-02", "receiver": "张桂芳"}

    def test_what_was_signed_stays_with_the_step_and_the_grant(self, district: District, round_: Round) -> None:
        case = granted(district, round_)
        by = district.acting("dadongmen")
        with acting_as(by):
            done = cases.step(case_id=case.pk, key="deliver", by=by, revision=None, answers=self.GIVEN)
            step, grant = done.steps.get(key="deliver"), Grant.objects.get(case=case)
        assert (done.state, grant.state, grant.quantity, str(grant.paid_on)) == ("DONE", "PAID", 2, "2026-01-02")
        assert step.answers == {"pieces": 2, "given_on": "2026-01-02"}
        assert queries.step_answers(step) == self.GIVEN
        assert seen == [{"case": case.number, **self.GIVEN}]

    def test_what_is_missing_is_named(self, district: District, round_: Round) -> None:
        case = granted(district, round_)
        by = district.acting("dadongmen")
        with acting_as(by), pytest.raises(Refused) as caught:
            cases.step(case_id=case.pk, key="deliver", by=by, revision=None, answers={"pieces": 1})
        assert caught.value.fields == {"given_on": "请填写“日期”。", "receiver": "请填写“签收人”。"}

    def test_a_function_of_the_entry_that_refuses_leaves_nothing_half_written(
        self, district: District, round_: Round
    ) -> None:
        case = granted(district, round_)
        by = district.acting("dadongmen")
        with acting_as(by):
            with pytest.raises(Refused, match="库存不够"):
                cases.step(
                    case_id=case.pk, key="deliver", by=by, revision=None, answers={**self.GIVEN, "receiver": "不收"}
                )
            assert (Case.objects.get(pk=case.pk).state, Grant.objects.get(case=case).state) == ("GRANTED", "APPROVED")

    def test_who_may_not_take_the_step_is_told_so_and_not_what_is_missing(
        self, district: District, round_: Round
    ) -> None:
        case = granted(district, round_)
        by = district.acting("officer")
        with acting_as(by), pytest.raises(Refused, match="不能“交付”"):
            cases.step(case_id=case.pk, key="deliver", by=by, revision=None)


class TestVisits:
    def test_a_second_visit_to_the_household_by_any_programme_is_warned_of(
        self, district: District, round_: Round
    ) -> None:
        case = granted(district, round_)
        by = district.acting("dadongmen")
        with acting_as(by):
            said = {"visited_on": clock.today().isoformat(), "way": "VISIT", "goods": "米油", "goods_value": "120"}
            cases.step(case_id=case.pk, key="visit", by=by, revision=None, answers=said)
            visit = Visit.objects.get(case=case)
            assert queries.served_lately(case) == []
            other = Case(pk=0, programme="trial", version="one", household_key=case.household_key, round=round_)
            (served,) = queries.served_lately(other)
        assert (visit.goods, visit.goods_value, visit.visitor) == ("米油", 120, by.signature)
        assert (served.on, served.programme, served.unit) == (clock.today(), "试点", by.unit_name)

    def test_a_day_in_the_future_is_refused(self, district: District, round_: Round) -> None:
        case = granted(district, round_)
        by = district.acting("dadongmen")
        said = {"visited_on": (clock.today() + dt.timedelta(days=1)).isoformat(), "way": "VISIT"}
        with acting_as(by), pytest.raises(Refused, match="不能晚于今天"):
            cases.step(case_id=case.pk, key="visit", by=by, revision=None, answers=said)


class TestNotices:
    def test_a_line_shows_what_the_plan_names_and_no_more(self, district: District, round_: Round) -> None:
        chair = district.acting("chair")
        for serial, says in ((1, "yes"), (2, "no")):
            case = reviewed(district, proposed(district, round_, serial, consent_publish=says))
            with acting_as(chair):
                cases.step(case_id=case.pk, key="approve", by=chair, revision=None)
        notice = make.on_notice(district, round_)
        with acting_as(chair):
            lines = [public.line_of(line).cells(VERSION.notice.shows) for line in notice.lines.order_by("order")]  # type: ignore[union-attr]
            assert [line.amount for line in notice.lines.all()] == [None, None]
        assert lines == [["张家1", "大东门社区", "书香"], ["家庭2", "大东门社区", "书香"]]

    def test_who_does_not_sit_where_it_is_published_does_not_draft_it(
        self, district: District, round_: Round, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        plan = replace(VERSION.notice or NoticePlan(), scope=Level.VILLAGE)
        monkeypatch.setattr(registry, "version", lambda *keys: replace(VERSION, notice=plan))
        by = district.acting("officer")
        with acting_as(by), pytest.raises(Refused, match="由村（社区）妇联起草"):
            notices.draft(round_id=round_.pk, title="公示", body="公示", objection_phone="1", by=by)


def test_residents_do_not_begin_what_only_units_put_forward(district: District, round_: Round) -> None:
    by = district.resident("13800138000")
    with acting_as(by), pytest.raises(Refused, match="由组织推荐"):
        cases.start(round_=round_, place=DADONGMEN, by=by)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"bindings": replace(VERSION.bindings, household=())}, "须有证件号码或家庭字段"),
        ({"bindings": replace(VERSION.bindings, title="nothing")}, "没有的字段“nothing”"),
        ({"forward": frozenset({Forward.SELF})}, "需要步骤“submit”"),
        ({"forward": frozenset({Forward.UNIT, Forward.OTHER})}, "需要步骤“submit”"),
        ({"acts": {"nothing": Act()}}, "不存在的步骤“nothing”"),
        ({"acts": {"deliver": Act(quantity="pieces")}}, "没有的字段“pieces”"),
        ({"acts": {"visit": Act(effects=(Effect.VISIT,))}}, "须有“visited_on”"),
    ],
)
def test_a_definition_that_cannot_be_right_stops_the_start(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        replace(VERSION, **changes)
