"""Eligibility as a table: one complete application per era that passes, and what each single change does to it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from niangjia.flow.kinds import Outcome
from niangjia.flow.machine import verdict
from niangjia.programmes.catalogue.two_cancers_grant import rules
from niangjia.programmes.definition import Context, Waiting
from tests.factories import answers, id_number

PASS, FAIL, NEEDS_PROOF = Outcome.PASS, Outcome.FAIL, Outcome.NEEDS_PROOF
CUTOFF = dt.date(2025, 6, 13)


def context(**changes: Any) -> Context:
    known: dict[str, Any] = {
        "cutoff_on": CUTOFF,
        "opens_on": dt.date(2025, 5, 6),
        "closes_on": dt.date(2025, 6, 13),
        "submitted_on": dt.date(2025, 6, 13),
        "today": dt.date(2025, 9, 1),
        "granted_before": False,
        "died_on": None,
        "checks": {"income": "YES", "health": "YES", "insurance": "YES"},
        "parameters": {"fresh_record_before": "", "poverty_line": "3600"},
    }
    return Context(**{**known, **changes})


def poor(**changes: Any) -> dict[str, Any]:
    """A complete application of the first era."""
    return answers(**{"registered_rural": "yes", "category": "REGISTERED", **changes})


def outcome(findings: list[Any], rule: str) -> Outcome:
    (found,) = [finding for finding in findings if finding.rule == rule]
    return Outcome(found.outcome)


def test_the_sample_application_passes_every_rule_of_both_eras() -> None:
    assert {f.outcome for f in rules.low_income_women(answers(), context())} == {PASS}
    assert {f.outcome for f in rules.poor_mothers(poor(), context())} == {PASS}


def test_every_rule_says_its_text_and_where_it_stands_and_what_to_do_unless_it_passes() -> None:
    for findings in (rules.low_income_women({}, context()), rules.poor_mothers({}, context())):
        for finding in findings:
            assert finding.text
            assert finding.source
            assert finding.remedy if finding.outcome is not PASS else finding.remedy == ""


def test_an_empty_form_is_missing_proof_and_fails_nothing() -> None:
    assert verdict(rules.low_income_women({}, context())) is NEEDS_PROOF
    assert verdict(rules.poor_mothers({}, context())) is NEEDS_PROOF


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("0", FAIL),
        ("IA", FAIL),
        ("IB", FAIL),
        ("IIA", FAIL),
        ("IIB", PASS),  # “ⅡB以上” includes ⅡB (民法典 art. 1259)
        ("IIIA", PASS),
        ("IIIB", PASS),
        ("IIIC", PASS),
        ("IIIC1", PASS),
        ("IIIC2", PASS),
        ("IVA", PASS),
        ("IVB", PASS),
        ("UNKNOWN", NEEDS_PROOF),
        (None, NEEDS_PROOF),
    ],
)
def test_the_stage_of_cervical_cancer_decides(stage: str | None, expected: Outcome) -> None:
    given = answers(disease=["CERVICAL"], cervical_stage=stage)
    if stage is None:
        del given["cervical_stage"]
    assert outcome(rules.low_income_women(given, context()), "disease") is expected
    assert outcome(rules.poor_mothers(given, context()), "disease") is expected


@pytest.mark.parametrize(
    ("diseases", "stage", "breast", "expected"),
    [
        (["BREAST"], None, "INVASIVE", PASS),
        (["BREAST"], None, "IN_SITU", FAIL),
        (["BREAST"], None, "UNKNOWN", NEEDS_PROOF),
        (["BREAST"], None, None, NEEDS_PROOF),
        (["BREAST"], "IVB", "IN_SITU", FAIL),  # a stage of what she does not have counts nothing
        (["CERVICAL", "BREAST"], "IA", "INVASIVE", PASS),  # one of the two suffices
        (["CERVICAL", "BREAST"], "IIB", "IN_SITU", PASS),
        (["CERVICAL", "BREAST"], "UNKNOWN", "IN_SITU", NEEDS_PROOF),
        (["CERVICAL", "BREAST"], "IA", "IN_SITU", FAIL),
    ],
)
def test_either_disease_suffices(diseases: list[str], stage: str | None, breast: str | None, expected: Outcome) -> None:
    given = answers(disease=diseases, cervical_stage=stage, breast_type=breast)
    assert outcome(rules.low_income_women(given, context()), "disease") is expected


@pytest.mark.parametrize(("says", "expected"), [("YES", PASS), ("NO", FAIL), ("REMARK", NEEDS_PROOF), (None, PASS)])
def test_the_health_department_outweighs_the_papers(says: str | None, expected: Outcome) -> None:
    checks = {"income": "YES", **({"health": says} if says else {})}
    assert outcome(rules.low_income_women(answers(), context(checks=checks)), "disease") is expected
    assert outcome(rules.poor_mothers(poor(), context(checks=checks)), "disease") is expected


@pytest.mark.parametrize(
    ("changes", "says", "expected"),
    [
        ({"category": "SUBSISTENCE"}, "YES", PASS),
        ({"category": "DESTITUTE"}, "YES", PASS),
        ({"category": "RISK"}, "YES", PASS),
        ({"category": "EXPENDITURE"}, "YES", PASS),
        ({"category": "SUBSISTENCE"}, None, NEEDS_PROOF),
        ({"category": "SUBSISTENCE"}, "REMARK", NEEDS_PROOF),
        ({"category": "SUBSISTENCE"}, "NO", FAIL),
        ({"category": "NONE"}, "YES", FAIL),
        ({"category": ""}, "YES", NEEDS_PROOF),
        ({"confirmed_on": "2025-06-13"}, "YES", PASS),  # the as-of day itself
        ({"confirmed_on": "2025-06-14"}, "YES", FAIL),  # the status began after it, though before filing
        ({"confirmed_on": ""}, "YES", PASS),
    ],
)
def test_the_income_category_counts_as_of_the_cut_off_day(
    changes: dict[str, Any], says: str | None, expected: Outcome
) -> None:
    checks = {"income": says} if says else {}
    assert outcome(rules.low_income_women(answers(**changes), context(checks=checks)), "income") is expected


@pytest.mark.parametrize(
    ("changes", "says", "expected"),
    [
        ({"category": "REGISTERED"}, "YES", PASS),
        ({"category": "REGISTERED"}, None, NEEDS_PROOF),
        ({"category": "REGISTERED"}, "NO", FAIL),
        ({"category": "UNDER_LINE", "income_per_head": "3599.99"}, None, PASS),
        ({"category": "UNDER_LINE", "income_per_head": "3600"}, None, FAIL),  # “低于” excludes the number
        ({"category": "UNDER_LINE", "income_per_head": "3000"}, "NO", FAIL),
        ({"category": "UNDER_LINE"}, None, NEEDS_PROOF),
        ({"category": "NONE"}, "YES", FAIL),
    ],
)
def test_the_first_era_asks_for_a_registered_household_or_income_under_the_line(
    changes: dict[str, Any], says: str | None, expected: Outcome
) -> None:
    checks = {"income": says} if says else {}
    assert outcome(rules.poor_mothers(poor(**changes), context(checks=checks)), "income") is expected


def test_the_poverty_line_is_a_parameter_of_the_round() -> None:
    given = poor(category="UNDER_LINE", income_per_head="2800")
    at_2300 = context(parameters={"poverty_line": "2300"}, checks={})
    assert outcome(rules.poor_mothers(given, context(checks={})), "income") is PASS
    assert outcome(rules.poor_mothers(given, at_2300), "income") is FAIL


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("sex", {"id_number": id_number(2, woman=False)}, FAIL),
        ("sex", {"id_number": "500102197003080011"}, NEEDS_PROOF),  # wrong check digit: look again, do not refuse
        ("sex", {"id_number": ""}, NEEDS_PROOF),
        ("residence", {"in_district": "no"}, FAIL),
        ("residence", {"in_district": ""}, NEEDS_PROOF),
        ("hospital", {"hospital_grade": "TWO"}, PASS),
        ("hospital", {"hospital_grade": "ONE"}, FAIL),
        ("hospital", {"hospital_grade": "UNKNOWN"}, NEEDS_PROOF),
        ("account", {"card_holder": "李秀英"}, NEEDS_PROOF),
        ("account", {"card_holder": ""}, NEEDS_PROOF),
    ],
)
def test_one_changed_answer_changes_one_rule_in_both_eras(
    rule: str, changes: dict[str, Any], expected: Outcome
) -> None:
    for findings in (
        rules.low_income_women(answers(**changes), context()),
        rules.poor_mothers(poor(**changes), context()),
    ):
        assert outcome(findings, rule) is expected
        assert {f.outcome for f in findings if f.rule != rule} == {PASS}


@pytest.mark.parametrize(("rural", "expected"), [("yes", PASS), ("no", FAIL), ("", NEEDS_PROOF)])
def test_only_the_first_era_asks_for_a_rural_registration(rural: str, expected: Outcome) -> None:
    assert outcome(rules.poor_mothers(poor(registered_rural=rural), context()), "rural") is expected
    assert "rural" not in {f.rule for f in rules.low_income_women(answers(registered_rural=rural), context())}


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("once", {"granted_before": True}, FAIL),
        ("alive", {"died_on": dt.date(2025, 8, 1)}, FAIL),
        ("window", {"submitted_on": dt.date(2025, 5, 6)}, PASS),
        ("window", {"submitted_on": dt.date(2025, 5, 5)}, FAIL),
        ("window", {"submitted_on": dt.date(2025, 6, 14)}, FAIL),
        ("window", {"submitted_on": None, "today": dt.date(2025, 6, 1)}, PASS),
        ("window", {"submitted_on": None, "today": dt.date(2025, 6, 14)}, FAIL),
    ],
)
def test_what_the_house_knows_decides_too(rule: str, changes: dict[str, Any], expected: Outcome) -> None:
    assert outcome(rules.low_income_women(answers(), context(**changes)), rule) is expected
    assert outcome(rules.poor_mothers(poor(), context(**changes)), rule) is expected


@pytest.mark.parametrize(
    ("limit", "diagnosed", "health", "expected"),
    [
        ("", "2019-01-01", None, PASS),
        ("2024-12-31", "2024-12-31", None, PASS),
        ("2024-12-31", "2024-12-30", None, NEEDS_PROOF),
        ("2024-12-31", "2024-12-30", "YES", PASS),
        ("2024-12-31", "", None, NEEDS_PROOF),
    ],
)
def test_an_old_diagnosis_needs_a_fresh_record_where_the_round_asks_for_one(
    limit: str, diagnosed: str, health: str | None, expected: Outcome
) -> None:
    known = context(
        parameters={"fresh_record_before": limit}, checks={"income": "YES", **({"health": health} if health else {})}
    )
    assert outcome(rules.low_income_women(answers(diagnosed_on=diagnosed), known), "fresh") is expected


def test_the_order_of_waiting_is_earlier_tries_then_category_then_time_then_number() -> None:
    def line(number: str, category: str, hour: int = 9, waited: bool = False) -> tuple[Any, ...]:
        at = dt.datetime(2025, 6, 1, hour, tzinfo=dt.UTC)
        return rules.order_of_waiting({"category": category}, Waiting(at, waited, number))

    ordered = [
        line("7", "EXPENDITURE", waited=True),
        line("6", "DESTITUTE"),
        line("5", "SUBSISTENCE", 8),
        line("3", "SUBSISTENCE", 9),
        line("4", "SUBSISTENCE", 9),
        line("2", "RISK"),
        line("1", "EXPENDITURE"),
        line("0", ""),
    ]
    assert sorted(ordered) == ordered


def test_findings_are_values_that_cannot_be_changed() -> None:
    finding = rules.never_granted(context(), rules.ERA_B)
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.outcome = FAIL  # type: ignore[misc]
