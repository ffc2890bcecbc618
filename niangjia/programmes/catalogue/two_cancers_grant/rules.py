"""Who qualifies, as pure functions. Each finding carries the rule's text and where it comes from.

Sources. Era B (from 2021): 财行〔2021〕384号 《中央专项彩票公益金支持低收入妇女“两癌”救助项目管理办法》 as applied in the yearly
notices of districts; era A (2011-2020): 贫困母亲两癌救助专项基金 as applied in county notices. “ⅡB以上” includes ⅡB: words of
this kind include the number itself (民法典 art. 1259). A stage nobody wrote down is a missing proof, never a refusal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from niangjia.core import identity
from niangjia.flow.kinds import Outcome
from niangjia.flow.machine import Finding
from niangjia.programmes.definition import Context, Waiting

PASS, FAIL, NEEDS_PROOF = Outcome.PASS, Outcome.FAIL, Outcome.NEEDS_PROOF

STAGES_IIB_AND_UP = frozenset({"IIB", "IIIA", "IIIB", "IIIC", "IIIC1", "IIIC2", "IVA", "IVB"})
NOTICE = "本年度申报通知"
ERA_A = "贫困母亲两癌救助专项基金申报要求"
ERA_B = "财行〔2021〕384号"

Answers = Mapping[str, Any]


def is_woman(answers: Answers, source: str) -> Finding:
    """The number itself says the sex (GB 11643-1999, 17th digit)."""
    text = "申请人为女性，身份证号码有效"
    number = answers.get("id_number")
    if not number:
        return Finding("sex", NEEDS_PROOF, text, source, "请填写身份证号码。")
    try:
        sex = identity.parse_id(str(number)).sex
    except identity.IdentityError as error:
        return Finding("sex", NEEDS_PROOF, text, source, str(error))
    return Finding("sex", PASS if sex == "F" else FAIL, text, source, "" if sex == "F" else "身份证号码显示为男性。")


def is_registered_here(answers: Answers, source: str) -> Finding:
    text = "户籍在本区"
    if answers.get("in_district") == "yes":
        return Finding("residence", PASS, text, source)
    if answers.get("in_district") == "no":
        return Finding("residence", FAIL, text, source, "请向户籍所在地的妇联申请。")
    return Finding("residence", NEEDS_PROOF, text, source, "请上传户口簿本人页。")


def is_rural(answers: Answers) -> Finding:
    """Only the older programme asked for it."""
    text = "农村户籍"
    given = answers.get("registered_rural")
    outcome = {"yes": PASS, "no": FAIL}.get(str(given), NEEDS_PROOF)
    return Finding("rural", outcome, text, ERA_A, "" if outcome is PASS else "本项救助面向农村户籍妇女。")


def disease_qualifies(answers: Answers, context: Context, source: str) -> Finding:
    """Cervical cancer ⅡB and up, or invasive breast cancer. Either suffices; in-situ alone does not.

    What the health department says of the diagnosis goes before what the papers say.
    """
    text = "宫颈癌ⅡB期以上（含ⅡB）或乳腺浸润癌"
    cervical = _cervical(answers) if "CERVICAL" in answers.get("disease", ()) else FAIL
    breast = _breast(answers) if "BREAST" in answers.get("disease", ()) else FAIL
    if not answers.get("disease"):
        return Finding("disease", NEEDS_PROOF, text, source, "请填写所患疾病并上传诊断证明。")
    if context.checks.get("health") == "NO":
        return Finding("disease", FAIL, text, source, "卫健部门核验为不符。")
    if context.checks.get("health") == "REMARK":
        return Finding("disease", NEEDS_PROOF, text, source, "卫健部门另有说明，请核实后重新核验。")
    if PASS in (cervical, breast):
        return Finding("disease", PASS, text, source)
    if NEEDS_PROOF in (cervical, breast):
        return Finding(
            "disease", NEEDS_PROOF, text, source, "证明上没有写明分期或类型，请到确诊医院补开或补交病理报告。"
        )
    return Finding("disease", FAIL, text, source, "原位癌和较早分期不在本项救助范围，可向村（社区）了解本地其他救助。")


def _cervical(answers: Answers) -> Outcome:
    stage = answers.get("cervical_stage", "UNKNOWN")
    if stage == "UNKNOWN":
        return NEEDS_PROOF
    return PASS if stage in STAGES_IIB_AND_UP else FAIL


def _breast(answers: Answers) -> Outcome:
    return {"INVASIVE": PASS, "IN_SITU": FAIL}.get(str(answers.get("breast_type")), NEEDS_PROOF)


def income_qualifies(answers: Answers, context: Context) -> Finding:
    """One of the categories civil affairs or agriculture can confirm, as of the cut-off day, not of filing."""
    text = f"截至{context.cutoff_on}属于低保、特困、易返贫致贫或支出型困难人口"
    category = answers.get("category")
    if category == "NONE":
        return Finding("income", FAIL, text, ERA_B, "不在上述困难类别，可先向村（社区）了解困难认定。")
    if not category:
        return Finding("income", NEEDS_PROOF, text, ERA_B, "请选择困难类别。")
    answer = context.checks.get("income")
    if answer == "NO":
        return Finding("income", FAIL, text, ERA_B, "民政或农业农村部门核验为不符。")
    confirmed = answers.get("confirmed_on")
    if confirmed and dt.date.fromisoformat(str(confirmed)) > context.cutoff_on:
        return Finding("income", FAIL, text, ERA_B, "认定日期晚于资格认定时点，可在下一批次申请。")
    if answer == "YES":
        return Finding("income", PASS, text, ERA_B)
    if answer == "REMARK":
        return Finding("income", NEEDS_PROOF, text, ERA_B, "民政或农业农村部门另有说明，请核实后重新核验。")
    return Finding("income", NEEDS_PROOF, text, ERA_B, "等待部门核验困难身份。")


def poverty_qualifies(answers: Answers, context: Context) -> Finding:
    """Era A: registered poor household, or income per head under the line of the round (yuan a year)."""
    line = Decimal(str(context.parameters["poverty_line"]))
    text = f"建档立卡贫困户，或家庭人均年收入低于{line}元"
    category = answers.get("category")
    if category == "NONE":
        return Finding("income", FAIL, text, ERA_A, "不属于贫困母亲救助对象。")
    if context.checks.get("income") == "NO":
        return Finding("income", FAIL, text, ERA_A, "扶贫部门核验为不符。")
    if category == "REGISTERED":
        outcome = PASS if context.checks.get("income") == "YES" else NEEDS_PROOF
        return Finding("income", outcome, text, ERA_A, "" if outcome is PASS else "等待扶贫部门核验建档立卡身份。")
    income = answers.get("income_per_head")
    if category != "UNDER_LINE" or income is None:
        return Finding("income", NEEDS_PROOF, text, ERA_A, "请填写家庭人均年收入并附村级证明。")
    if Decimal(str(income)) < line:
        return Finding("income", PASS, text, ERA_A)
    return Finding("income", FAIL, text, ERA_A, "家庭人均年收入不低于扶贫标准。")


def never_granted(context: Context, source: str) -> Finding:
    """Once in a life, over all years and both names; an earlier try that was not funded does not count."""
    text = "此前未获得过本项救助（含原“贫困母亲两癌救助”），每人终身一次；申报过但未获得的可以再次申请"
    if context.granted_before:
        return Finding("once", FAIL, text, source, "系统中已有救助记录。如有疑问请向区妇联查询。")
    return Finding("once", PASS, text, source)


def within_window(context: Context) -> Finding:
    text = f"在受理期内提交（{context.opens_on}至{context.closes_on}）"
    day = context.submitted_on or context.today
    inside = context.opens_on <= day <= context.closes_on
    return Finding("window", PASS if inside else FAIL, text, NOTICE, "" if inside else "不在受理期内，请等待下一批次。")


def is_alive(context: Context, source: str) -> Finding:
    """Death before payment ends the case; heirs do not take it over [K-]."""
    text = "申请人健在"
    if context.died_on is None:
        return Finding("alive", PASS, text, source)
    return Finding("alive", FAIL, text, source, f"申请人已于{context.died_on}去世。")


def hospital_qualifies(answers: Answers, source: str) -> Finding:
    text = "由二级以上（含二级）医院确诊"
    grade = answers.get("hospital_grade")
    if grade in ("TWO", "THREE"):
        return Finding("hospital", PASS, text, source)
    if grade == "ONE":
        return Finding("hospital", FAIL, text, source, "请到二级以上医院复诊并开具诊断证明。")
    return Finding("hospital", NEEDS_PROOF, text, source, "请在诊断证明上核对医院等级。")


def account_is_her_own(answers: Answers, source: str) -> Finding:
    """Paid by bank to the woman's own account, never in cash."""
    text = "收款账户是申请人本人的银行账户"
    if answers.get("card_holder") and answers.get("card_holder") == answers.get("name"):
        return Finding("account", PASS, text, source)
    return Finding("account", NEEDS_PROOF, text, source, "户名与申请人姓名不一致，请退回补正收款账户。")


def diagnosis_is_fresh(answers: Answers, context: Context) -> Finding:
    """An old diagnosis needs a fresh record that the disease still qualifies (綦江 2025); the day is a parameter."""
    limit = context.parameters.get("fresh_record_before")
    text = "确诊较早的须有近期病历证明目前仍符合条件"
    diagnosed = answers.get("diagnosed_on")
    if not limit:
        return Finding("fresh", PASS, text, NOTICE)
    if not diagnosed:
        return Finding("fresh", NEEDS_PROOF, text, NOTICE, "请填写确诊日期。")
    old = dt.date.fromisoformat(str(diagnosed)) < dt.date.fromisoformat(str(limit))
    if old and context.checks.get("health") != "YES":
        return Finding("fresh", NEEDS_PROOF, text, NOTICE, f"确诊早于{limit}，请补交近期病历，由卫健部门核验。")
    return Finding("fresh", PASS, text, NOTICE)


def low_income_women(answers: Answers, context: Context) -> list[Finding]:
    """Era B, from 2021."""
    return [
        is_woman(answers, ERA_B),
        is_registered_here(answers, ERA_B),
        disease_qualifies(answers, context, ERA_B),
        hospital_qualifies(answers, NOTICE),
        diagnosis_is_fresh(answers, context),
        income_qualifies(answers, context),
        account_is_her_own(answers, ERA_B),
        never_granted(context, ERA_B),
        within_window(context),
        is_alive(context, ERA_B),
    ]


def poor_mothers(answers: Answers, context: Context) -> list[Finding]:
    """Era A, 2011-2020."""
    return [
        is_woman(answers, ERA_A),
        is_registered_here(answers, ERA_A),
        is_rural(answers),
        disease_qualifies(answers, context, ERA_A),
        hospital_qualifies(answers, ERA_A),
        poverty_qualifies(answers, context),
        account_is_her_own(answers, ERA_A),
        never_granted(context, ERA_A),
        within_window(context),
        is_alive(context, ERA_A),
    ]


ORDER_TEXT = "先前申报过而未获名额的优先；再按特困、低保、易返贫致贫、支出型困难；再按提交先后。"
_CATEGORY_ORDER = ("DESTITUTE", "SUBSISTENCE", "REGISTERED", "RISK", "UNDER_LINE", "EXPENDITURE")


def order_of_waiting(answers: Answers, waiting: Waiting) -> tuple[Any, ...]:
    """The smaller, the earlier. Ties are broken by the case number, so the order never depends on chance."""
    category = str(answers.get("category", ""))
    place = _CATEGORY_ORDER.index(category) if category in _CATEGORY_ORDER else len(_CATEGORY_ORDER)
    return (not waiting.waited_before, place, waiting.submitted_at, waiting.number)
