"""创业担保贷款推荐, from the application to the visit: nothing but its folder knows of it."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document

import niangjia
from niangjia.access.acting import acting_as
from niangjia.core import clock, measures
from niangjia.flow.kinds import Outcome, StateKind
from niangjia.programmes import queries, registry
from niangjia.programmes.actions import cases, checks, papers
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.catalogue.startup_loan.rules import recommendable
from niangjia.programmes.definition import Context
from niangjia.programmes.kinds import Answer, GrantState
from niangjia.programmes.models import Case, Grant, Round, Visit
from niangjia.transfers import actions as transfers
from niangjia.transfers import queries as kept
from tests import factories as make
from tests.personas import DADONGMEN, District

PASS, FAIL, NEEDS_PROOF = Outcome.PASS, Outcome.FAIL, Outcome.NEEDS_PROOF
DAY = dt.date(2026, 6, 1)
OUTCOME = {
    "bank": "某银行涪陵支行",
    "approved_amount": "150000",
    "approved_on": "2026-01-05",
    "term": 24,
    "tail": "3446",
}


def answers(serial: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "name": "张桂芳", "id_number": make.id_number(serial, birth="19850308"), "phone": "13800138000",
        "place": DADONGMEN, "address": "一组12号", "in_district": "yes", "trade": "PROCESSING", "project": "榨菜加工坊",
        "plan": "购置设备。", "wanted": "200000", "months": 24, "other_loan": "no", "true_statement": True,
        "consent_apply": True, "consent_share": True, **changes,
    }  # fmt: skip


def context(**changes: Any) -> Context:
    known: dict[str, Any] = {
        "cutoff_on": DAY, "opens_on": DAY, "closes_on": DAY, "submitted_on": None, "today": DAY, "granted_before": False,
        "died_on": None, "checks": {"labour": "YES"},
        "parameters": {"amount_limit": "300000", "months_limit": "36", "age_limit": "60"}, **changes,
    }  # fmt: skip
    return Context(**known)


def of_birth(day: str) -> dict[str, Any]:
    return {"id_number": make.id_number(1, birth=day)}


@pytest.mark.parametrize(
    ("rule", "given", "known", "says"),
    [
        ("residence", {}, {}, PASS),
        ("residence", {"in_district": "no"}, {}, FAIL),
        ("residence", {"in_district": None}, {}, NEEDS_PROOF),
        ("age", of_birth("20080601"), {}, PASS),
        ("age", of_birth("20080602"), {}, FAIL),
        ("age", of_birth("19650602"), {}, PASS),
        ("age", of_birth("19650601"), {}, FAIL),
        ("age", {"id_number": ""}, {}, NEEDS_PROOF),
        ("amount", {"wanted": "300000"}, {}, PASS),
        ("amount", {"wanted": "300000.01"}, {}, FAIL),
        ("amount", {"wanted": None}, {}, NEEDS_PROOF),
        ("term", {"months": 36}, {}, PASS),
        ("term", {"months": 37}, {}, FAIL),
        ("term", {"months": None}, {}, NEEDS_PROOF),
        ("other", {"other_loan": "yes"}, {}, FAIL),
        ("other", {"other_loan": None}, {}, NEEDS_PROOF),
        ("labour", {}, {"checks": {"labour": "NO"}}, FAIL),
        ("labour", {}, {"checks": {"labour": "REMARK"}}, NEEDS_PROOF),
        ("labour", {}, {"checks": {}}, NEEDS_PROOF),
        ("once", {}, {}, PASS),
        ("once", {}, {"granted_before": True}, FAIL),
    ],
)
def test_a_rule_says(rule: str, given: dict[str, Any], known: dict[str, Any], says: Outcome) -> None:
    found = recommendable(answers(**given), context(**known))
    assert {finding.rule: finding.outcome for finding in found}[rule] == says


def handed_in(district: District, round_: Round, serial: int = 1, **changes: Any) -> Case:
    by = district.acting("dadongmen")
    with acting_as(by):
        case = cases.start(round_=round_, place=by.place, by=by, helper="主席", answers=answers(serial, **changes))
        return cases.submit(case_id=case.pk, by=by)


def recommended(district: District, round_: Round, serial: int = 1, **changes: Any) -> Case:
    case = handed_in(district, round_, serial, **changes)
    town, chair, officer = district.acting("dunren"), district.acting("chair"), district.acting("officer")
    with acting_as(town):
        cases.step(case_id=case.pk, key="review", by=town, revision=None)
    with acting_as(officer):
        checks.ask(case_id=case.pk, by=officer, revision=None)
        asked = case.checks.select_related("unit").get()
    make.answer(district, asked, Answer.YES)
    with acting_as(chair):
        return cases.step(case_id=case.pk, key="approve", by=chair, revision=None)


@pytest.fixture
def round_(district: District) -> Round:
    return make.open_round(district, programme="startup_loan")


def test_she_is_recommended_the_bank_lends_and_she_is_visited(district: District, round_: Round) -> None:
    case = recommended(district, round_)
    assert (case.state, case.kind, round_.amount) == ("RECOMMENDED", StateKind.GRANTED, None)
    town = district.acting("dunren")
    with acting_as(town):
        lent = cases.step(case_id=case.pk, key="outcome", by=town, revision=None, answers=OUTCOME)
        step = lent.steps.get(key="outcome")
        grant = Grant.objects.get(case=case)
        visited = {"visited_on": clock.today().isoformat(), "way": "VISIT", "going": "WELL", "repaying": "yes"}
        closed = cases.step(case_id=case.pk, key="follow_up", by=town, revision=None, answers=visited)
        assert Visit.objects.get(case=case).programme == "startup_loan"
    assert {k: v for k, v in OUTCOME.items() if k != "tail"} == step.answers
    assert queries.step_answers(step) == OUTCOME
    assert (grant.state, grant.amount, str(grant.paid_on)) == (GrantState.PAID, Decimal(150_000), "2026-01-05")
    assert (closed.state, closed.kind) == ("FOLLOWED_UP", StateKind.CLOSED)


def test_what_the_bank_said_must_be_whole_and_four_digits_are_the_most(district: District, round_: Round) -> None:
    case = recommended(district, round_)
    town = district.acting("dunren")
    with acting_as(town):
        with pytest.raises(Refused) as caught:
            cases.step(case_id=case.pk, key="outcome", by=town, revision=None, answers={"tail": "3446"})
        assert sorted(caught.value.fields) == ["approved_amount", "approved_on", "bank", "term"]
        whole = {**OUTCOME, "tail": "6222020200112233446"}
        with pytest.raises(Refused) as caught:
            cases.step(case_id=case.pk, key="outcome", by=town, revision=None, answers=whole)
        assert caught.value.fields == {"tail": "“贷款账号末四位”最多4个字。"}
        assert Case.objects.get(pk=case.pk).state == "RECOMMENDED"


def test_one_recommendation_a_year_unless_the_bank_did_not_lend(district: District, round_: Round) -> None:
    first = recommended(district, round_)
    other = make.open_round(district, programme="startup_loan", title="2026年第二批")
    with pytest.raises(Refused, match="本年度没有推荐过"):
        recommended(district, other)
    town = district.acting("dunren")
    with acting_as(town):
        cases.step(case_id=first.pk, key="declined", by=town, revision=None, reason="CREDIT")
        again = Case.objects.get(round=other)
        assert not queries.granted_before("startup_loan", queries.once_key(again))


def test_figures_come_from_what_it_can_do(district: District, round_: Round) -> None:
    case = recommended(district, round_)
    town = district.acting("dunren")
    with acting_as(town):
        cases.step(case_id=case.pk, key="outcome", by=town, revision=None, answers=OUTCOME)
        found = {m.key: measures.value(m) for m in measures.all_measures() if m.key.startswith("startup_loan.")}
    assert found == {
        "startup_loan.applied": 1, "startup_loan.approved": 1, "startup_loan.granted": 1, "startup_loan.households": 1,
        "startup_loan.follow_ups": 0, "startup_loan.visited_households": 0, "startup_loan.visited_people": 0,
        "startup_loan.on_time": 100, "startup_loan.lent_money": 15,
    }  # fmt: skip


def test_the_table_goes_up_and_comes_in_again_with_an_answer_a_row(district: District, round_: Round) -> None:
    recommended(district, round_)
    by = district.acting("officer")
    with acting_as(by):
        options = {"round": round_.pk, "layout": "roll", "why": "市级报送", "clear": True}
        out = transfers.ask(kind=papers.OUT, by=by, options=options, total=1)
        data = b"".join(kept.read(out.result))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert rows[-2][1:4] == ["张桂芳", make.id_number(1, birth="19850308"), "13800138000"]
    assert rows[-1] == ["填报单位（盖章）：　　　　　　填报人：　　　　　　填报日期："]
    (header,) = [row for row in sheet.iter_rows() if row[0].value == "序号"]
    column = {cell.value: cell.column for cell in header}
    line = sheet.max_row - 1
    sheet.delete_rows(line + 1)
    for at, (name, number) in enumerate((("李秀英", make.id_number(2, birth="19850308")), ("王芳", "123")), start=1):
        for title, place in column.items():
            sheet.cell(line + at, place or 1, sheet.cell(line, place or 1).value)
            if title == "姓名":
                sheet.cell(line + at, place or 1, name)
            elif title == "身份证号码":
                sheet.cell(line + at, place or 1, number)
    again = io.BytesIO()
    sheet.parent.save(again)  # type: ignore[union-attr]
    town = district.acting("dunren")
    with acting_as(town):
        read = transfers.ask(
            kind=papers.IN, by=town, options={"round": round_.pk, "layout": "roll"}, data=again.getvalue()
        )
        entered = Case.objects.get(name="李秀英")
    assert (read.message, read.counts, read.refused) == (
        "",
        [["已登记", 1], ["已有相同记录，未改动", 1], ["需核对", 1]],
        1,
    )
    assert (entered.state, entered.answers["trade"], entered.amount) == ("TOWN_REVIEW", "PROCESSING", Decimal(200_000))


def test_its_papers_are_offered_when_their_step_was_taken(district: District, round_: Round) -> None:
    case = handed_in(district, round_)
    officer = district.acting("officer")
    with acting_as(officer):
        assert [letter.key for letter in papers.letters_of(queries.case_for(case.pk))] == ["form"]
    other = recommended(district, round_, 2)
    with acting_as(officer):
        whole = queries.case_for(other.pk)
        form, told = papers.letters_of(whole)
        text = "\n".join(
            p.text for p in Document(io.BytesIO(papers.write_letter(case=whole, letter=told, by=officer))).paragraphs
        )
        paper = Document(io.BytesIO(papers.write_letter(case=whole, letter=form, by=officer)))
        cells = {cell.text for row in paper.tables[0].rows for cell in row.cells}
    assert f"编号{other.number}" in text
    assert {"榨菜加工坊", "138****8000", "200,000"} <= cells


def test_nothing_but_its_folder_names_it() -> None:
    root = Path(niangjia.__file__).parent
    own = root / "programmes" / "catalogue" / "startup_loan"
    story = root / "ops" / "demo"  # a demonstration tells of the programmes it shows
    naming = [
        path.relative_to(root).as_posix()
        for path in [*root.rglob("*.py"), *root.rglob("*.html")]
        if own not in path.parents
        and story not in path.parents
        and ("startup_loan" in path.read_text("utf-8") or "创业担保贷款" in path.read_text("utf-8"))
    ]
    assert naming == []
    assert "startup_loan" in registry.programmes()
