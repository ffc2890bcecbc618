"""Honours: put forward, screened, judged, made public, certified, and taken back where it must be."""

from __future__ import annotations

from typing import Any

import pytest

from niangjia.access.acting import acting_as
from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate
from niangjia.core.refused import Refused
from niangjia.jury import actions as jury
from niangjia.jury.models import Entry
from niangjia.org import queries as org
from niangjia.programmes import registry, tables
from niangjia.programmes.actions import papers, rounds
from niangjia.programmes.definition import Subject
from niangjia.programmes.models import Case, NoticeLine, Round
from niangjia.programmes.shapes import honours
from tests.personas import CHONGYI, DADONGMEN, DUNREN, District
from tests.programmes.catalogue import way

LINES = ("fair_motto", "fair_yard", "fair_family", "fair_mother", "fair_woman", "civil_family", "five_good_family")
CLEAN: dict[str, Any] = {
    key: value
    for item, _ in honours.NEGATIVE
    for key, value in ((item, "NO"), (f"{item}_source", "区公安分局复函"), (f"{item}_on", "2026-03-01"))
}


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "how": "SELF", "name": "张桂芳", "category": "FILIAL", "phone": "13800138000", "place": DADONGMEN, "size": 4,
        "members": "丈夫、婆婆、女儿（小学四年级）", "deeds": "照顾婆婆十二年，邻里称赞。", "true_statement": True,
        "consent_apply": True, "consent_publish": "yes", "consent_story": "yes", "consent_photo": "no", "has_minor": "no",
        **changes,
    }  # fmt: skip


@pytest.fixture
def round_(district: District) -> Round:
    return way.open_round(district, "fair_family", title="2026年最美家庭")


def judged(district: District, round_: Round, **changes: Any) -> Case:
    """Screened and waiting for the ruling."""
    case = way.handed_in(district, round_, entry(**changes))
    way.step(district, case, "dadongmen", "verify")
    way.step(district, case, "dunren", "review")
    return way.step(district, case, "officer", "screen", **CLEAN)


def awarded(district: District, round_: Round, **changes: Any) -> Case:
    case = judged(district, round_, **changes)
    way.step(district, case, "chair", "approve")
    way.made_public(district, round_)
    return way.reread(district, case)


@pytest.mark.parametrize("key", LINES)
def test_every_line_goes_the_same_way_with_its_own_questions(key: str) -> None:
    version = registry.programme(key).versions[0]
    assert version.workflow is honours.WORKFLOW
    assert sum(most for _, most in version.parameters["criteria"]) == 100
    assert {"how", "name", "place", "deeds", "consent_publish"} <= {field.key for field in version.sheet}


def test_five_lines_judge_families_yards_people_and_texts() -> None:
    subjects = {key: registry.programme(key).versions[0].subject for key in LINES}
    assert subjects == {
        "fair_motto": Subject.TEXT, "fair_yard": Subject.YARD, "fair_family": Subject.FAMILY,
        "fair_mother": Subject.PERSON, "fair_woman": Subject.PERSON, "civil_family": Subject.FAMILY,
        "five_good_family": Subject.FAMILY,
    }  # fmt: skip


def test_no_vote_is_held_on_the_line_with_children_in_it() -> None:
    assert [key for key in LINES if not registry.programme(key).versions[0].parameters["may_vote"]] == [
        "fair_mother",
        "civil_family",
    ]


def test_a_neighbour_puts_a_family_forward_from_her_phone(district: District, round_: Round) -> None:
    told = entry(how="OTHER", nominator="李秀英", nominator_phone="13800138000")
    case = way.handed_in(district, round_, told, who="resident")
    assert (case.state, case.name, case.person_id) == ("SUBMITTED", "张桂芳", None)
    assert "李秀英" not in str(case.answers)


def test_who_puts_another_forward_says_who_she_is(district: District, round_: Round) -> None:
    with pytest.raises(Refused) as caught:
        way.handed_in(district, round_, entry(how="OTHER"))
    assert set(caught.value.fields) == {"nominator", "nominator_phone"}


def test_a_town_puts_forward_as_many_as_it_was_given(district: District, round_: Round) -> None:
    chair = district.acting("chair")
    with acting_as(chair):
        rounds.allot(round_id=round_.pk, numbers={DUNREN: 1, CHONGYI: 2}, by=chair)
    for name in ("张桂芳", "李秀英"):
        case = way.handed_in(district, round_, entry(name=name))
        way.step(district, case, "dadongmen", "verify")
        if name == "张桂芳":
            way.step(district, case, "dunren", "review")
    with pytest.raises(Refused, match="名额是1个，已用1个"):
        way.step(district, case, "dunren", "review")


@pytest.mark.parametrize("item", [key for key, _ in honours.NEGATIVE])
def test_any_one_item_of_the_negative_list_blocks(district: District, round_: Round, item: str) -> None:
    label = dict(honours.NEGATIVE)[item]
    case = way.handed_in(district, round_, entry())
    way.step(district, case, "dadongmen", "verify")
    way.step(district, case, "dunren", "review")
    with pytest.raises(Refused, match=f"负面清单“{label}”核查为有"):
        way.step(district, case, "officer", "screen", **{**CLEAN, item: "YES"})
    assert way.reread(district, case).state == "REVIEWED"


def test_an_item_without_source_and_day_is_named(district: District, round_: Round) -> None:
    case = way.handed_in(district, round_, entry())
    way.step(district, case, "dadongmen", "verify")
    way.step(district, case, "dunren", "review")
    with pytest.raises(Refused) as caught:
        way.step(district, case, "officer", "screen", **{**CLEAN, "cult_source": "", "cult_on": ""})
    assert caught.value.fields == {"cult_source": "请填写“核查来源”。", "cult_on": "请填写“核查日期”。"}


def test_the_name_stands_in_full_by_consent_and_as_a_number_without(district: District, round_: Round) -> None:
    judged(district, round_)
    judged(district, round_, name="李秀英", consent_publish="no")
    with acting_as(district.acting("chair")):
        ids = list(Case.objects.order_by("id"))
    for case in ids:
        way.step(district, case, "chair", "approve")
    way.made_public(district, round_)
    with acting_as(district.acting("officer")):
        assert list(NoticeLine.objects.order_by("order").values_list("masked_name", "amount")) == [
            ("张桂芳", None), ("候选2", None),
        ]  # fmt: skip


def test_awarded_she_holds_a_certificate(district: District, round_: Round) -> None:
    case = awarded(district, round_)
    assert case.state == "AWARDED"
    with acting_as(district.acting("chair")):
        one = Certificate.objects.get(subject=f"case:{case.pk}")
    assert (one.number, one.holder, one.text, one.named) == (
        "JT2026-0001", "张桂芳家庭", "在2026年最美家庭评选中，被评为“最美家庭”（孝老爱亲）。", True,
    )  # fmt: skip


def test_only_winners_go_up_in_the_columns_of_the_recommendation(district: District, round_: Round) -> None:
    case = awarded(district, round_)
    judged(district, round_, name="李秀英")
    with acting_as(district.acting("officer")):
        up, all_ = papers.layout_of(round_, "upward"), papers.layout_of(round_, "recommend")
        assert up is not None
        assert all_ is not None
        row, _footer = tables.layout_rows(papers.of_round(round_, up), up, clear=False)
        assert [one.name for one in papers.of_round(round_, all_)] == ["张桂芳", "李秀英"]
    assert [row[0], row[1], row[2], row[3], row[6]] == [
        1,
        case.number,
        "张桂芳",
        "孝老爱亲",
        "照顾婆婆十二年，邻里称赞。",
    ]
    common = {column.source for column in all_.columns} - {"@state"}
    assert common <= {column.source for column in up.columns}


def test_taken_back_the_certificate_says_so(district: District, round_: Round) -> None:
    case = awarded(district, round_)
    way.step(district, case, "chair", "revoke", reason="UNTRUE")
    with acting_as(district.acting("chair")):
        assert Certificate.objects.get(subject=f"case:{case.pk}").state == CertificateState.REVOKED


def test_an_entry_taken_back_leaves_the_jury(district: District, round_: Round) -> None:
    case = judged(district, round_)
    officer = district.acting("officer")
    with acting_as(officer):
        panel = jury.make_panel(title="评审", unit=org.district_federation(), criteria=[("故事", 100)], by=officer)
        jury.add_entry(panel_id=panel.pk, subject=f"case:{case.pk}", label="张桂芳家庭", by=officer)
    way.step(district, case, "dadongmen", "withdraw_for", reason="HER_WISH")
    with acting_as(officer):
        assert Entry.objects.get().withdrawn_at is not None
