"""Who can be recommended. Limits of amount, term and age are parameters of the version and the round, since they change:
80,000 yuan in 2009 (财金〔2009〕72号), 300,000 yuan and 3 years from October 2023 [K]. Whether she gets the loan is the bank's
decision and is not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from niangjia.core import identity
from niangjia.flow.kinds import Outcome
from niangjia.flow.machine import Finding
from niangjia.programmes.definition import Context

PASS, FAIL, NEEDS_PROOF = Outcome.PASS, Outcome.FAIL, Outcome.NEEDS_PROOF
SOURCE = "当年创业担保贷款通知"

Answers = Mapping[str, Any]


def lives_here(answers: Answers) -> Finding:
    text = "户籍或常住在本区"
    outcome = {"yes": PASS, "no": FAIL}.get(str(answers.get("in_district")), NEEDS_PROOF)
    return Finding("residence", outcome, text, SOURCE, "" if outcome is PASS else "请向经营所在地的妇联申请。")


def is_of_age(answers: Answers, context: Context) -> Finding:
    """Of age, and not above the limit on the cut-off day (years, by the number)."""
    limit = int(context.parameters["age_limit"])
    text = f"年满18周岁、不超过{limit}周岁"
    try:
        known = identity.parse_id(str(answers.get("id_number", "")))
    except identity.IdentityError as error:
        return Finding("age", NEEDS_PROOF, text, SOURCE, str(error))
    age = identity.age_on(known.birth, context.cutoff_on)
    return Finding(
        "age", PASS if 18 <= age <= limit else FAIL, text, SOURCE, "" if 18 <= age <= limit else f"现在{age}周岁。"
    )


def amount_is_within(answers: Answers, context: Context) -> Finding:
    limit = Decimal(str(context.parameters["amount_limit"]))
    text = f"申请金额不超过{limit:,.0f}元"
    wanted = answers.get("wanted")
    if wanted is None:
        return Finding("amount", NEEDS_PROOF, text, SOURCE, "请填写申请金额。")
    within = Decimal(str(wanted)) <= limit
    return Finding("amount", PASS if within else FAIL, text, SOURCE, "" if within else "请调低申请金额。")


def term_is_within(answers: Answers, context: Context) -> Finding:
    limit = int(context.parameters["months_limit"])
    text = f"期限不超过{limit}个月"
    months = answers.get("months")
    if months is None:
        return Finding("term", NEEDS_PROOF, text, SOURCE, "请填写期限。")
    return Finding("term", PASS if int(months) <= limit else FAIL, text, SOURCE)


def has_no_other(answers: Answers) -> Finding:
    text = "没有未还清的创业担保贷款"
    outcome = {"no": PASS, "yes": FAIL}.get(str(answers.get("other_loan")), NEEDS_PROOF)
    return Finding("other", outcome, text, SOURCE, "" if outcome is PASS else "还清后可以再申请。")


def is_confirmed(context: Context) -> Finding:
    """The labour department knows who belongs to the groups the loan is for."""
    text = "人社部门核验符合贷款对象"
    answer = context.checks.get("labour")
    outcome = {"YES": PASS, "NO": FAIL}.get(str(answer), NEEDS_PROOF)
    return Finding(
        "labour",
        outcome,
        text,
        SOURCE,
        "" if outcome is PASS else "等待人社部门核验。" if answer is None else "请核实。",
    )


def not_yet_this_year(context: Context) -> Finding:
    text = "本年度没有推荐过"
    return Finding("once", FAIL if context.granted_before else PASS, text, SOURCE)


def recommendable(answers: Answers, context: Context) -> list[Finding]:
    """All rules of a recommendation."""
    return [
        lives_here(answers),
        is_of_age(answers, context),
        amount_is_within(answers, context),
        term_is_within(answers, context),
        has_no_other(answers),
        is_confirmed(context),
        not_yet_this_year(context),
    ]
