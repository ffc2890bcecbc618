"""One case from the first line to the last visit, with every path off the straight one."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.files.models import StoredFile
from niangjia.flow.kinds import StateKind
from niangjia.people.kinds import Purpose
from niangjia.people.models import Consent, Person
from niangjia.programmes import queries
from niangjia.programmes.actions import cases, rounds
from niangjia.programmes.actions.errors import Changed, Refused
from niangjia.programmes.kinds import Answer, GrantState, PaymentState, RoundState
from niangjia.programmes.models import Attachment, Case, Decision, Grant, Payment, Step, Visit
from niangjia.trail.models import Entry
from tests import factories as make
from tests.personas import DADONGMEN, JIAOTONG, QIANLONGJIE, District


def stored(owner: int, place: str = DADONGMEN) -> StoredFile:
    """A row for a paper; where the bytes lie is another room's matter."""
    serial = StoredFile.objects.count()
    return StoredFile.objects.create(
        kind="image", mime="image/jpeg", name="身份证.jpg", size=1, sha256="0" * 64, place=place, owner_account=owner,
        purpose="case", storage_name=f"{owner}-{serial}-{place}", created_at=clock.now(),
    )  # fmt: skip


def reread(case: Case) -> Case:
    return Case.objects.select_related("round").get(pk=case.pk)


class TestFillingIn:
    def test_a_village_chair_fills_in_for_a_woman_and_says_so(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        assert (case.state, case.helper, case.name, case.name_initials) == (
            "SUBMITTED",
            "大东门主席",
            "张桂芳",
            "zgf",
        )
        with acting_as(district.acting("dadongmen")):
            assert {c.channel for c in Consent.objects.filter(subject=f"case:{case.pk}")} == {"HELPER"}
            assert {c.helper for c in Consent.objects.filter(subject=f"case:{case.pk}")} == {"大东门主席"}

    def test_each_purpose_is_a_consent_of_its_own(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district), consent_publish="no")
        with acting_as(district.acting("dadongmen")):
            given = set(Consent.objects.filter(subject=f"case:{case.pk}").values_list("purpose", flat=True))
        assert given == {Purpose.APPLY, Purpose.HEALTH, Purpose.BANK, Purpose.SHARE}

    def test_secret_answers_are_not_readable_in_the_table(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        with acting_as(district.acting("officer")), connection.cursor() as cursor:
            cursor.execute("SELECT answers::text, sealed_answers FROM programmes_case WHERE id = %s", [case.pk])
            row = cursor.fetchone()
        assert row is not None
        stored_bytes = row[0].encode() + bytes(row[1])
        secrets = (make.id_number(1), "13800138000", "6222020200112233446", "CERVICAL", "一组12号", "涪陵中心医院")
        assert [secret for secret in secrets if secret.encode() in stored_bytes] == []

    def test_what_is_missing_is_named_field_by_field(self, district: District) -> None:
        round_ = make.open_round(district)
        by = district.acting("dadongmen")
        with acting_as(by):
            filled = {k: v for k, v in make.answers(1).items() if k not in ("phone", "card")}
            case = cases.start(round_=round_, place=by.place, by=by, answers=filled)
            with pytest.raises(Refused, match="还有2处没有填写") as caught:
                cases.submit(case_id=case.pk, by=by)
        assert caught.value.fields == {"phone": "请填写“联系电话”。", "card": "请填写“银行卡号”。"}

    def test_a_question_that_does_not_apply_is_not_missed(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district), disease=["BREAST"], breast_type="INVASIVE")
        with acting_as(district.acting("dadongmen")):
            assert "cervical_stage" not in queries.answers_of(reread(case))

    def test_a_resident_needs_her_papers_and_a_helper_may_show_the_originals(self, district: District) -> None:
        round_ = make.open_round(district)
        woman = district.resident()
        with acting_as(woman):
            case = cases.start(round_=round_, place=DADONGMEN, by=woman, answers=make.answers(1))
            with pytest.raises(Refused, match="还缺这些材料：身份证正反面、户口簿本人页") as caught:
                cases.submit(case_id=case.pk, by=woman)
            assert sorted(caught.value.fields) == ["BANK_CARD", "DIAGNOSIS", "HOUSEHOLD", "ID_COPY", "INCOME_PROOF"]
            for kind in caught.value.fields:
                cases.attach(case_id=case.pk, kind=kind, file=stored(woman.account_id), by=woman)
            assert cases.submit(case_id=case.pk, by=woman).state == "SUBMITTED"

    @pytest.mark.parametrize(("opens", "closes"), [(1, 5), (-5, -1)])
    def test_nobody_begins_outside_the_window(self, district: District, opens: int, closes: int) -> None:
        today, day = clock.today(), dt.timedelta(days=1)
        round_ = make.open_round(district, opens_on=today + opens * day, closes_on=today + closes * day)
        by = district.acting("dadongmen")
        with acting_as(by), pytest.raises(Refused, match="现在不能申请"):
            cases.start(round_=round_, place=by.place, by=by)

    def test_a_village_fills_in_only_for_its_own(self, district: District) -> None:
        round_ = make.open_round(district)
        by = district.acting("dadongmen")
        with acting_as(by):
            with pytest.raises(Refused, match="只能为“大东门社区妇联”范围内的户籍代填"):
                cases.start(round_=round_, place=QIANLONGJIE, by=by)
            case = cases.start(round_=round_, place=by.place, by=by)
            with pytest.raises(Refused) as caught:
                cases.save_answers(case_id=case.pk, answers={"place": QIANLONGJIE}, by=by)
        assert caught.value.fields == {"place": "不在您的范围内。"}

    def test_papers_follow_her_when_she_corrects_where_she_is_registered(self, district: District) -> None:
        round_ = make.open_round(district)
        woman = district.resident()
        with acting_as(woman):
            case = cases.start(round_=round_, place=DADONGMEN, by=woman, answers=make.answers(1))
            paper = cases.attach(case_id=case.pk, kind="ID_COPY", file=stored(woman.account_id), by=woman)
            cases.save_answers(case_id=case.pk, answers={"place": JIAOTONG}, by=woman)
        with acting_as(district.acting("jiaotong")):
            assert [a.file.name for a in Attachment.objects.select_related("file").filter(pk=paper.pk)] == [
                "身份证.jpg"
            ]
        with acting_as(district.acting("dadongmen")):
            assert not Attachment.objects.filter(pk=paper.pk).exists()

    def test_a_resident_keeps_at_most_five_drafts_in_a_round(self, district: District) -> None:
        round_ = make.open_round(district)
        woman = district.resident()
        with acting_as(woman):
            for _ in range(cases.DRAFTS_A_ROUND):
                cases.start(round_=round_, place=DADONGMEN, by=woman)
            with pytest.raises(Refused, match="已有5份没有提交的申请"):
                cases.start(round_=round_, place=DADONGMEN, by=woman)

    def test_nothing_is_changed_after_submission(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        by = district.acting("dadongmen")
        with acting_as(by), pytest.raises(Refused, match="申请提交后不能再修改"):
            cases.save_answers(case_id=case.pk, answers={"phone": "13900139000"}, by=by)

    def test_another_phone_may_not_touch_her_case(self, district: District) -> None:
        round_ = make.open_round(district)
        woman, other = district.resident(), district.resident("13900139000")
        with acting_as(woman):
            case = cases.start(round_=round_, place=DADONGMEN, by=woman)
        with acting_as(other), pytest.raises(Case.DoesNotExist):
            cases.save_answers(case_id=case.pk, answers={"name": "李秀英"}, by=other)

    def test_a_paper_kind_takes_no_more_than_it_says(self, district: District) -> None:
        by = district.acting("dadongmen")
        round_ = make.open_round(district)
        with acting_as(by):
            case = cases.start(round_=round_, place=by.place, by=by)
            cases.attach(case_id=case.pk, kind="BANK_CARD", file=stored(by.account_id), by=by)
            with pytest.raises(Refused, match="最多上传1份"):
                cases.attach(case_id=case.pk, kind="BANK_CARD", file=stored(by.account_id), by=by)
            with pytest.raises(Refused, match="没有这种材料"):
                cases.attach(case_id=case.pk, kind="PASSPORT", file=stored(by.account_id), by=by)
            (paper,) = case.attachments.all()
            cases.detach(attachment_id=paper.pk, by=by)
            cases.detach(attachment_id=paper.pk, by=by)
            cases.attach(case_id=case.pk, kind="BANK_CARD", file=stored(by.account_id), by=by)
            assert case.attachments.filter(removed_at__isnull=True).count() == 1


class TestOneApplication:
    def test_submitting_twice_is_one_submission(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        by = district.acting("dadongmen")
        with acting_as(by):
            again = cases.submit(case_id=case.pk, by=by, revision=1)
            assert again.revision == case.revision
            assert Step.objects.filter(case=case, key="submit_for").count() == 1

    def test_a_second_application_under_the_same_number_is_refused_also_from_another_village(
        self, district: District
    ) -> None:
        round_ = make.open_round(district)
        make.submitted(district, round_)
        with pytest.raises(Refused) as caught:
            make.submitted(district, round_, helper="jiaotong")
        assert caught.value.fields == {"id_number": "该号码已有申请在办理。"}

    def test_two_people_may_begin_the_same_application_and_the_first_to_submit_wins(self, district: District) -> None:
        round_ = make.open_round(district)
        woman, chair = district.resident(), district.acting("dadongmen")
        with acting_as(woman):
            cases.start(round_=round_, place=DADONGMEN, by=woman, answers=make.answers(1))
        with acting_as(chair):
            case = cases.start(round_=round_, place=DADONGMEN, by=chair, answers=make.answers(1))
            assert cases.submit(case_id=case.pk, by=chair).state == "SUBMITTED"

    def test_after_withdrawal_she_may_apply_again(self, district: District) -> None:
        round_ = make.open_round(district)
        case = make.submitted(district, round_)
        by = district.acting("dadongmen")
        with acting_as(by):
            cases.step(case_id=case.pk, key="withdraw_for", by=by, revision=None, reason="HER_WISH")
        assert make.submitted(district, round_).state == "SUBMITTED"

    def test_the_number_names_programme_year_and_town(self, district: District) -> None:
        round_ = make.open_round(district)
        first, second = make.submitted(district, round_, 1), make.submitted(district, round_, 2)
        assert first.number == f"LA{round_.year}-500102006-0001"
        assert second.number == f"LA{round_.year}-500102006-0002"


class TestVillageAndTown:
    def test_every_paper_must_be_ticked_as_seen(self, district: District) -> None:
        by = district.acting("dadongmen")
        round_ = make.open_round(district)
        with acting_as(by):
            case = cases.start(round_=round_, place=by.place, by=by, answers=make.answers(1))
            papers = [
                cases.attach(case_id=case.pk, kind=kind, file=stored(by.account_id), by=by)
                for kind in ("ID_COPY", "INCOME_PROOF")
            ]
            cases.submit(case_id=case.pk, by=by)
            with pytest.raises(Refused, match="请逐一核对原件：困难证明还没有勾选"):
                cases.verify(case_id=case.pk, by=by, revision=None, seen=[papers[0].pk], opinion="属实")
            with pytest.raises(Refused, match="请填写村（社区）意见"):
                cases.verify(case_id=case.pk, by=by, revision=None, seen=[p.pk for p in papers], opinion=" ")
            cases.verify(case_id=case.pk, by=by, revision=None, seen=[p.pk for p in papers], opinion="属实")
            seen = set(case.attachments.values_list("seen_original_by", flat=True))
        assert seen == {"大东门社区妇联 大东门主席"}

    @pytest.mark.parametrize(
        ("reason", "note", "field"),
        [("", "", "reason"), ("NO_SUCH", "", "reason"), ("OTHER", "  ", "note")],
    )
    def test_sending_back_needs_a_listed_reason(self, district: District, reason: str, note: str, field: str) -> None:
        case = make.submitted(district, make.open_round(district))
        by = district.acting("dadongmen")
        with acting_as(by), pytest.raises(Refused) as caught:
            cases.step(case_id=case.pk, key="return_to_applicant", by=by, revision=None, reason=reason, note=note)
        assert list(caught.value.fields) == [field]

    def test_sent_back_corrected_and_handed_in_again(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        by = district.acting("dadongmen")
        with acting_as(by):
            cases.step(
                case_id=case.pk, key="return_to_applicant", by=by, revision=None, reason="STAGE_MISSING", note="请补开"
            )
            assert reread(case).kind == StateKind.RETURNED
            cases.save_answers(case_id=case.pk, answers={"cervical_stage": "IIIA"}, by=by)
            assert cases.submit(case_id=case.pk, by=by).state == "SUBMITTED"
            steps = list(Step.objects.filter(case=case).values_list("key", "reason", "note"))
        assert steps == [
            ("case.start", "", ""),
            ("submit_for", "", ""),
            ("return_to_applicant", "诊断证明未写明分期", "请补开"),
            ("case.save", "", "宫颈癌分期"),
            ("resubmit_for", "", ""),
        ]

    def test_the_town_sends_back_to_the_village(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        village, town = district.acting("dadongmen"), district.acting("dunren")
        with acting_as(village):
            cases.verify(case_id=case.pk, by=village, revision=None, seen=[], opinion="属实")
        with acting_as(town):
            back = cases.step(case_id=case.pk, key="return_to_village", by=town, revision=None, reason="PAPERS_UNCLEAR")
        assert back.state == "SUBMITTED"

    def test_the_district_sends_back_to_the_town(self, district: District) -> None:
        case = make.at_district(district, make.submitted(district, make.open_round(district)))
        chair = district.acting("chair")
        with acting_as(chair):
            back = cases.step(case_id=case.pk, key="return_to_town", by=chair, revision=None, reason="FACTS_DIFFER")
        assert back.state == "VERIFIED"

    @pytest.mark.parametrize(
        ("who", "key"),
        [("dadongmen", "review"), ("dunren", "approve"), ("officer", "report_up"), ("finance", "approve")],
    )
    def test_a_post_cannot_take_a_step_that_is_not_its_own(self, district: District, who: str, key: str) -> None:
        round_ = make.open_round(district)
        case = make.submitted(district, round_)
        if key != "review":
            case = make.at_district(district, case)
        if key == "report_up":
            case = make.checked(district, case)
        by = district.acting(who)
        with acting_as(by), pytest.raises(Refused):
            cases.step(case_id=case.pk, key=key, by=by, revision=None)

    def test_handing_in_and_asking_are_never_a_mere_change_of_state(self, district: District) -> None:
        round_ = make.open_round(district)
        by, officer = district.acting("dadongmen"), district.acting("officer")
        with acting_as(by):
            empty = cases.start(round_=round_, place=by.place, by=by)
            with pytest.raises(Refused, match="处没有填写"):
                cases.step(case_id=empty.pk, key="submit_for", by=by, revision=None)
        case = make.at_district(district, make.submitted(district, round_))
        with acting_as(officer):
            assert cases.step(case_id=case.pk, key="ask", by=officer, revision=None).state == "CHECKING"
            assert case.checks.count() == 3

    @pytest.mark.parametrize("key", ["verify", "paid", "allocate", "grant", "record_death", "report_up"])
    def test_steps_with_a_form_and_steps_of_the_house_are_not_taken_as_plain_steps(
        self, district: District, key: str
    ) -> None:
        case = make.submitted(district, make.open_round(district))
        by = district.acting("dadongmen")
        with acting_as(by), pytest.raises(Refused, match="不能在这里办理"):
            cases.step(case_id=case.pk, key=key, by=by, revision=None)

    def test_whether_a_step_was_in_time_is_kept_with_the_step(self, district: District) -> None:
        round_ = make.open_round(district)
        in_time, late = make.submitted(district, round_, 1), make.submitted(district, round_, 2)
        by = district.acting("dadongmen")
        with acting_as(by):
            assert in_time.due_on is not None
            with clock.frozen(in_time.due_on):
                cases.verify(case_id=in_time.pk, by=by, revision=None, seen=[], opinion="属实")
            with clock.frozen(in_time.due_on + dt.timedelta(days=1)):
                cases.verify(case_id=late.pk, by=by, revision=None, seen=[], opinion="属实")
            assert Step.objects.get(case=in_time, key="verify").on_time is True
            assert Step.objects.get(case=late, key="verify").on_time is False


class TestTwoOfficers:
    def test_the_second_is_told_what_the_first_did(self, district: District) -> None:
        case = make.at_district(district, make.submitted(district, make.open_round(district)))
        seen = case.revision
        officer, chair = district.acting("officer"), district.acting("chair")
        make.checked(district, case)
        with acting_as(chair), pytest.raises(Changed) as caught:
            cases.step(case_id=case.pk, key="refuse", by=chair, revision=seen, reason="DISEASE")
        assert caught.value.since_revision == seen
        with acting_as(officer):
            assert [s.label for s in queries.steps_since(reread(case), seen)] == ["发起部门核验", "部门核验完毕"]

    def test_every_revision_is_one_step_of_the_timeline(self, district: District) -> None:
        round_ = make.open_round(district)
        case = make.paid(district, round_)
        with acting_as(district.acting("officer")):
            assert Step.objects.filter(case=case).count() == case.revision - 1
            assert queries.steps_since(case, case.revision) == []

    def test_a_refused_step_leaves_nothing_behind(self, district: District) -> None:
        case = make.at_district(district, make.submitted(district, make.open_round(district)))
        chair = district.acting("chair")
        with acting_as(chair):
            before = (Step.objects.count(), Decision.objects.count(), Entry.objects.count())
            with pytest.raises(Refused):
                cases.step(case_id=case.pk, key="refuse", by=chair, revision=None, reason="")
            assert (Step.objects.count(), Decision.objects.count(), Entry.objects.count()) == before
            assert reread(case).revision == case.revision


class TestSeparationOfDuties:
    """The one who entered, verified or reviewed a case may not decide it, whatever post she holds today."""

    @pytest.mark.parametrize(
        ("did", "why"),
        [
            ("submit_for", "录入申请的人不得审定该申请"),
            ("verify", "核实原件的人不得审定该申请"),
            ("review", "审核申请的人不得审定该申请"),
        ],
    )
    @pytest.mark.parametrize("now", ["approve", "refuse"])
    def test_she_may_not_decide(self, district: District, did: str, why: str, now: str) -> None:
        case = make.checked(district, make.at_district(district, make.submitted(district, make.open_round(district))))
        chair = district.acting("chair")
        with acting_as(chair):
            mine = Step.objects.get(case=case, key=did)
            Step.objects.create(
                case=case, at=mine.at, key=mine.key, label=mine.label, verb=mine.verb, source=mine.source,
                target=mine.target, actor=chair.signature, account_id=chair.account_id, place=mine.place,
            )  # fmt: skip
            assert {"approve", "refuse"}.isdisjoint(s.key for s in queries.next_steps(case, chair))
            with pytest.raises(Refused, match=why):
                cases.step(case_id=case.pk, key=now, by=chair, revision=None, reason="DISEASE")

    def test_who_only_asked_the_departments_may_decide(self, district: District) -> None:
        case = make.checked(district, make.at_district(district, make.submitted(district, make.open_round(district))))
        officer = district.acting("officer")
        with acting_as(officer):
            assert cases.step(case_id=case.pk, key="approve", by=officer, revision=None).state == "APPROVED"


class TestDeciding:
    def test_approval_needs_every_rule_to_pass(self, district: District) -> None:
        case = make.at_district(district, make.submitted(district, make.open_round(district)))
        chair = district.acting("chair")
        with acting_as(chair), pytest.raises(Refused, match=r"还不能审定通过：截至.*（待证明）"):
            cases.step(case_id=case.pk, key="approve", by=chair, revision=None)

    def test_a_no_of_a_department_stands_against_approval(self, district: District) -> None:
        case = make.at_district(district, make.submitted(district, make.open_round(district)))
        case = make.checked(district, case, income=Answer.NO)
        chair = district.acting("chair")
        with acting_as(chair), pytest.raises(Refused, match="（不符合）"):
            cases.step(case_id=case.pk, key="approve", by=chair, revision=None)

    def test_the_decision_keeps_the_facts_of_the_day_sealed_and_what_each_rule_said(self, district: District) -> None:
        case = make.approved(district, make.open_round(district))
        with acting_as(district.acting("chair")):
            decision = Decision.objects.get(case=case)
            facts = json.loads(decision.facts.reveal())
            assert facts["answers"]["cervical_stage"] == "IIB"
            assert facts["checks"] == {"income": "YES", "health": "YES", "insurance": "YES"}
            assert {f["outcome"] for f in decision.findings} == {"PASS"}
            assert decision.rules_version == "low-income-women"
            assert "IIB" not in str(decision.facts)

    def test_frozen_facts_do_not_follow_later_changes(self, district: District) -> None:
        round_ = make.open_round(district)
        case = make.granted(district, round_)
        make.bank_says(district, make.listed(district, round_), failure="账号与户名不符")
        by = district.acting("dadongmen")
        with acting_as(by):
            cases.correct_account(
                case_id=case.pk, by=by, revision=None, holder="张桂芳", bank="某银行", card="6222020200998877662"
            )
            facts = json.loads(Decision.objects.get(case=case).facts.reveal())
            assert facts["answers"]["card"] == "6222020200112233446"
            assert queries.answers_of(reread(case))["card"] == "6222020200998877662"

    def test_a_decision_cannot_be_altered(self, district: District) -> None:
        case = make.approved(district, make.open_round(district))
        with acting_as(district.acting("chair")):
            decision = Decision.objects.get(case=case)
            decision.note = "改写"
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                decision.save()

    @pytest.mark.parametrize("state", ["REVIEWED", "APPROVED", "REPORTED", "WAITING", "ALLOCATED"])
    def test_it_can_be_refused_until_it_stands_on_a_notice(self, district: District, state: str) -> None:
        round_ = make.open_round(district)
        case = make.checked(district, make.at_district(district, make.submitted(district, round_)))
        chair = district.acting("chair")
        if state != "REVIEWED":
            with acting_as(chair):
                cases.step(case_id=case.pk, key="approve", by=chair, revision=None)
                if state != "APPROVED":
                    rounds.report_up(round_id=round_.pk, batch_number="1", by=chair)
                if state in ("WAITING", "ALLOCATED"):
                    rounds.allocate(round_id=round_.pk, quota=1 if state == "ALLOCATED" else 0, by=chair)
        with acting_as(chair):
            assert reread(case).state == state
            refused = cases.step(case_id=case.pk, key="refuse", by=chair, revision=None, reason="INCOME", note="已脱困")
            assert refused.kind == StateKind.REFUSED
            assert Decision.objects.filter(case=case).latest("id").reason == "INCOME"


class TestOnceForLife:
    def test_a_paid_woman_fails_in_a_later_round_under_another_name_and_in_another_town(
        self, district: District
    ) -> None:
        make.paid(district, make.open_round(district))
        later = make.open_round(district, title="次年第一批")
        case = make.submitted(district, later, 1, helper="jiaotong", name="张桂英")
        with acting_as(district.acting("jiaotong")):
            (once,) = [f for f in queries.findings_of(reread(case)) if f.rule == "once"]
        assert once.outcome == "FAIL"

    def test_a_grant_of_the_first_era_counts_in_the_second(self, district: District) -> None:
        with clock.frozen(dt.date(2018, 4, 10)):
            era_a = make.open_round(district, title="2018年")
            assert era_a.version == "poor-mothers"
            changes: dict[str, Any] = {
                "registered_rural": "yes",
                "category": "REGISTERED",
                "confirmed_on": "2016-01-01",
            }
            changes |= {"diagnosed_on": "2017-02-01"}
            make.granted(district, era_a, 1, **changes)
        era_b = make.open_round(district)
        assert era_b.version == "low-income-women"
        case = make.submitted(district, era_b, 1)
        with acting_as(district.acting("dadongmen")):
            assert queries.granted_before("two_cancers", queries.once_key(reread(case))) is True
            assert {f.rule for f in queries.findings_of(reread(case)) if f.outcome == "FAIL"} == {"once"}

    def test_a_try_that_was_not_funded_does_not_block_and_goes_first_next_time(self, district: District) -> None:
        first = make.open_round(district)
        case = make.approved(district, first)
        make.allotted(district, first, quota=0)
        officer = district.acting("officer")
        with acting_as(officer):
            assert reread(case).state == "WAITING"
            rounds.set_state(round_id=first.pk, state=RoundState.CLOSED, by=officer)
            rounds.set_state(round_id=first.pk, state=RoundState.FINISHED, by=officer)
        second = make.open_round(district, title="第二批")
        again = make.approved(district, second, 1)
        other = make.approved(district, second, 2, category="DESTITUTE")
        with acting_as(officer):
            assert queries.waited_before([again.pk, other.pk]) == {again.pk}
        make.allotted(district, second, quota=1)
        with acting_as(officer):
            assert (reread(again).state, reread(other).state) == ("ALLOCATED", "WAITING")

    @pytest.mark.parametrize("end", ["withdraw_for", "record_death", "revoke"])
    def test_a_grant_that_never_came_does_not_count(self, district: District, end: str) -> None:
        case = make.granted(district, make.open_round(district))
        by = district.acting({"withdraw_for": "dadongmen", "record_death": "dunren", "revoke": "chair"}[end])
        with acting_as(by):
            if end == "record_death":
                cases.record_death(case_id=case.pk, by=by, revision=None, died_on=clock.today())
            else:
                reason = "HER_WISH" if end == "withdraw_for" else "UNTRUE"
                cases.step(case_id=case.pk, key=end, by=by, revision=None, reason=reason)
            assert queries.granted_before("two_cancers", queries.once_key(case)) is False

    def test_the_database_refuses_a_second_grant_whatever_the_program_does(self, district: District) -> None:
        make.granted(district, make.open_round(district))
        with acting_as(district.acting("officer")):
            grant = Grant.objects.get()
            grant.pk, grant.case_id = None, None
            with pytest.raises(IntegrityError, match="programmes_grant_once"), transaction.atomic():
                grant.save(force_insert=True)


class TestEnds:
    def test_death_stops_the_case_and_the_listed_payment(self, district: District) -> None:
        round_ = make.open_round(district)
        case = make.granted(district, round_)
        make.listed(district, round_)
        by = district.acting("dunren")
        with acting_as(by):
            dead = cases.record_death(case_id=case.pk, by=by, revision=None, died_on=clock.today(), note="户籍注销")
            assert dead.state == "DECEASED"
            assert Person.objects.get(cases=case).died_on == clock.today()
            assert Grant.objects.get(case=case).state == GrantState.CANCELLED
        with acting_as(district.acting("officer")):
            assert [(p.state, p.failure) for p in Payment.objects.all()] == [(PaymentState.FAILED, "救助已终止")]

    def test_a_death_in_the_future_is_refused(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        by = district.acting("dunren")
        tomorrow = clock.today() + dt.timedelta(days=1)
        with acting_as(by), pytest.raises(Refused, match="不能晚于今天"):
            cases.record_death(case_id=case.pk, by=by, revision=None, died_on=tomorrow)

    def test_death_after_the_money_came_changes_nothing(self, district: District) -> None:
        case = make.paid(district, make.open_round(district))
        by = district.acting("dunren")
        with acting_as(by), pytest.raises(Refused, match="不能再“登记去世”"):
            cases.record_death(case_id=case.pk, by=by, revision=None, died_on=clock.today())

    def test_a_village_that_may_not_record_a_death_is_told(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        by = district.acting("dadongmen")
        with acting_as(by), pytest.raises(Refused, match="您当前的职务不能“登记去世”"):
            cases.record_death(case_id=case.pk, by=by, revision=None, died_on=clock.today())

    def test_a_woman_withdraws_her_own_grant_and_nobody_elses(self, district: District) -> None:
        round_ = make.open_round(district)
        woman, other = district.resident(), district.resident("13900139000")
        with acting_as(woman):
            case = cases.start(round_=round_, place=DADONGMEN, by=woman, answers=make.answers(1))
            for kind in ("ID_COPY", "HOUSEHOLD", "DIAGNOSIS", "INCOME_PROOF", "BANK_CARD"):
                cases.attach(case_id=case.pk, kind=kind, file=stored(woman.account_id), by=woman)
            cases.submit(case_id=case.pk, by=woman)
        with acting_as(other), pytest.raises(Case.DoesNotExist):
            cases.step(case_id=case.pk, key="withdraw", by=other, revision=None)
        with acting_as(woman):
            assert cases.step(case_id=case.pk, key="withdraw", by=woman, revision=None).state == "WITHDRAWN"

    def test_revoking_a_paid_grant_keeps_the_record(self, district: District) -> None:
        case = make.paid(district, make.open_round(district))
        chair = district.acting("chair")
        with acting_as(chair):
            with pytest.raises(Refused, match="请选择原因"):
                cases.step(case_id=case.pk, key="revoke", by=chair, revision=None)
            revoked = cases.step(case_id=case.pk, key="revoke", by=chair, revision=None, reason="UNTRUE")
            grant = Grant.objects.get(case=case)
        assert (revoked.state, grant.state) == ("REVOKED", GrantState.REVOKED)
        assert grant.paid_on == clock.today()


class TestAccountAndVisit:
    def test_the_new_account_must_be_her_own(self, district: District) -> None:
        round_ = make.open_round(district)
        case = make.granted(district, round_)
        make.bank_says(district, make.listed(district, round_), failure="账号与户名不符")
        by = district.acting("dadongmen")
        with acting_as(by):
            with pytest.raises(Refused) as caught:
                cases.correct_account(
                    case_id=case.pk, by=by, revision=None, holder="李大山", bank="某银行", card="6222020200998877662"
                )
            assert caught.value.fields == {"card_holder": "户名应为“张桂芳”。"}
            again = cases.correct_account(
                case_id=case.pk, by=by, revision=None, holder="张桂芳", bank="某银行", card="6222020200998877662"
            )
        assert again.state == "GRANTED"

    def test_the_visit_closes_the_case(self, district: District) -> None:
        case = make.paid(district, make.open_round(district))
        by = district.acting("dadongmen")
        with acting_as(by):
            before = clock.today() - dt.timedelta(days=1)
            with pytest.raises(Refused, match="到账之后"):
                cases.step(
                    case_id=case.pk, key="follow_up", by=by, revision=None,
                    answers={"visited_on": before.isoformat(), "way": "VISIT", "use_of_money": "复查"},
                )  # fmt: skip
            said = {"visited_on": clock.today().isoformat(), "way": "VISIT", "condition": "恢复良好"}
            with pytest.raises(Refused) as caught:
                cases.step(case_id=case.pk, key="follow_up", by=by, revision=None, answers=said)
            assert caught.value.fields == {"use_of_money": "请填写“资金用途”。"}
            said["use_of_money"] = "复查和药费"
            closed = cases.step(case_id=case.pk, key="follow_up", by=by, revision=None, answers=said)
            visit = Visit.objects.select_related("step").get(case=case)
            assert visit.step is not None
            assert visit.step.answers == {k: v for k, v in said.items() if k != "condition"}
            assert queries.step_answers(visit.step) == said
        assert (closed.state, closed.kind) == ("FOLLOWED_UP", StateKind.CLOSED)
        assert visit.condition is not None
        assert visit.condition.reveal() == "恢复良好"


class TestRevealing:
    def test_a_reveal_needs_the_verb_and_a_reason_and_is_kept_without_the_value(self, district: District) -> None:
        case = make.submitted(district, make.open_round(district))
        town, finance = district.acting("dunren"), district.acting("finance")
        with acting_as(town):
            with pytest.raises(Refused) as caught:
                cases.reveal(case_id=case.pk, field="id_number", why="看看", by=town)
            assert caught.value.fields == {"why": "请写明查看原因。"}
            assert cases.reveal(case_id=case.pk, field="id_number", why="核对户籍信息", by=town) == make.id_number(1)
            with pytest.raises(PermissionDenied, match="查看完整银行账号"):
                cases.reveal(case_id=case.pk, field="card", why="核对银行账户", by=town)
            entry = Entry.objects.filter(verb="people.reveal").latest("id")
        assert entry.summary == {
            "number": case.number,
            "field": "id_number",
            "label": "身份证号码",
            "why": "核对户籍信息",
        }
        with acting_as(finance):
            assert cases.reveal(case_id=case.pk, field="card", why="核对银行退回", by=finance) == "6222020200112233446"
            with pytest.raises(PermissionDenied, match="查看完整证件号和电话"):
                cases.reveal(case_id=case.pk, field="id_number", why="核对银行退回", by=finance)


class TestRange:
    @pytest.mark.parametrize(
        ("who", "sees"),
        [
            ("dadongmen", True),
            ("dunren", True),
            ("officer", True),
            ("qianlongjie", False),
            ("chongyi", False),
            ("jiaotong", False),
        ],
    )
    def test_only_the_line_above_her_village_sees_her_case(self, district: District, who: str, sees: bool) -> None:
        case = make.submitted(district, make.open_round(district))
        with acting_as(district.acting(who)):
            assert Case.objects.filter(pk=case.pk).exists() is sees
            assert Step.objects.filter(case=case).exists() is sees
