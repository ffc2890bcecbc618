"""What the programmes' records count up to. Each programme of the catalogue gives the same figures under its own key.

人, 人次 and 户 are three figures, never one: women by their ID number, visits by their record, households by their key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import DecimalField, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from niangjia.core import masking, measures
from niangjia.core.measures import Kind, Measure, Records
from niangjia.programmes import registry
from niangjia.programmes.definition import Effect, Gives, Programme, Subject, Tally
from niangjia.programmes.kinds import GrantState, PaymentState, Ruling
from niangjia.programmes.models import Case, Decision, Grant, Payment, Step, Visit

YUAN_A_WAN = 10_000
GRANTED = (GrantState.APPROVED, GrantState.PAID)


def declare() -> None:
    """Declare the measures of every programme. Called once, when the application is loaded."""
    for programme in registry.programmes().values():
        for measure in measures_of(programme):
            measures.register(measure)


def measures_of(programme: Programme) -> list[Measure]:
    """The figures of one programme, by what its versions can do. Keys are “programme.figure”.

    ``households`` counts the grants that name a household; a grant whose household is not known is in no household
    figure. ``on_time`` are the steps that had a deadline.
    """
    able = abilities(programme)
    usual = [make(programme) for needs, make in _USUAL if needs <= able]
    tallies = {tally.key: tally for version in programme.versions for tally in version.tallies}
    return usual + [_tally(programme, tally) for tally in tallies.values()]


def abilities(programme: Programme) -> frozenset[str]:
    """What the versions of a programme can do, in one word each."""
    able: set[str] = set()
    for version in programme.versions:
        able |= {effect.value for act in version.acts.values() for effect in act.effects}
        able |= {version.gives.value} if version.does(Effect.GRANT) else set()
        bound = version.bindings
        able |= {"persons"} if bound.id_number else {"entries"}
        able |= {"households"} if bound.household else set()
        able |= {"bank"} if version.pays else set()
        able |= {"timed"} if any(state.deadline is not None for state in version.workflow.states) else set()
        visits = [act.sheet for act in version.acts.values() if Effect.VISIT in act.effects and act.sheet]
        given = {field.key for sheet in visits for field in sheet}
        able |= {"cash"} if given & {"cash", "goods_value"} else set()
    return frozenset(able)


Make = Callable[[Programme], Measure]


def _people(programme: Programme) -> bool:
    """Whether people are counted by their ID numbers; else entries are counted as they are."""
    return "persons" in abilities(programme)


_UNITS = {Subject.PERSON: "人", Subject.FAMILY: "户", Subject.YARD: "户", Subject.TEXT: "篇", Subject.GROUP: "个"}


def _unit(programme: Programme) -> str:
    """What an entry is where nobody is known by her number: each entry is one person, household, text or body."""
    return _UNITS[programme.versions[-1].subject]


def _applied(p: Programme) -> Measure:
    by_person = _people(p)
    return Measure(
        key=f"{p.key}.applied", label=f"{p.name}：提交{'申请的人数' if by_person else f'的{_unit(p)}数'}",
        unit="人" if by_person else _unit(p), kind=Kind.DISTINCT if by_person else Kind.COUNT,
        value="id_index" if by_person else None,
        records=lambda: Case.objects.filter(programme=p.key), place="place", at="submitted_at",
        caption=_case_caption, detail=_case_page,
    )  # fmt: skip


def _approved(p: Programme) -> Measure:
    by_person = _people(p)
    return Measure(
        key=f"{p.key}.approved", label=f"{p.name}：审定通过的{'人数' if by_person else f'{_unit(p)}数'}",
        unit="人" if by_person else _unit(p), kind=Kind.DISTINCT if by_person else Kind.COUNT,
        value="case__id_index" if by_person else None,
        records=lambda: Decision.objects.filter(case__programme=p.key, ruling=Ruling.APPROVED).select_related("case"),
        place="place", at="at", caption=_of_case, detail=_page_of_case,
    )  # fmt: skip


_GRANTED_WORD = {
    Gives.MONEY: "已批准救助", Gives.GOODS: "已批准发放", Gives.HONOUR: "获得荣誉", Gives.RECOMMENDATION: "已推荐",
    Gives.SERVICE: "已批准",
}  # fmt: skip


def _gives(p: Programme) -> Gives:
    return p.versions[-1].gives


def _grants(p: Programme) -> Records:
    return Grant.objects.filter(programme=p.key).select_related("case")


def _granted(p: Programme) -> Measure:
    by_person = _people(p)
    return Measure(
        key=f"{p.key}.granted", label=f"{p.name}：{_GRANTED_WORD[_gives(p)]}的{'人数' if by_person else f'{_unit(p)}数'}",
        unit="人" if by_person else _unit(p), kind=Kind.DISTINCT if by_person else Kind.COUNT,
        value="id_index" if by_person else None,
        records=lambda: _grants(p).filter(state__in=GRANTED), place="place", at="granted_on",
        caption=_grant_caption, detail=_page_of_case,
    )  # fmt: skip


def _paid(p: Programme) -> Measure:
    return Measure(
        key=f"{p.key}.paid", label=f"{p.name}：救助金到账的人数", unit="人", kind=Kind.DISTINCT, value="id_index",
        records=lambda: _grants(p).filter(state=GrantState.PAID), place="place", at="paid_on",
        caption=_grant_caption, detail=_page_of_case,
    )  # fmt: skip


def _paid_money(p: Programme) -> Measure:
    return Measure(
        key=f"{p.key}.paid_money", label=f"{p.name}：到账的救助金", unit="万元", kind=Kind.SUM,
        value="amount", per=YUAN_A_WAN,
        records=lambda: _grants(p).filter(state=GrantState.PAID), place="place", at="paid_on",
        caption=_grant_caption, detail=_page_of_case,
    )  # fmt: skip


def _pieces(p: Programme) -> Measure:
    return Measure(
        key=f"{p.key}.pieces", label=f"{p.name}：已发放的件数", unit="件", kind=Kind.SUM, value="quantity",
        records=lambda: _grants(p).filter(state=GrantState.PAID), place="place", at="paid_on",
        caption=_grant_caption, detail=_page_of_case,
    )  # fmt: skip


def _households(p: Programme) -> Measure:
    return Measure(
        key=f"{p.key}.households", label=f"{p.name}：{_GRANTED_WORD[_gives(p)]}的户数", unit="户", kind=Kind.DISTINCT,
        value="household_key",
        records=lambda: _grants(p).filter(state__in=GRANTED).exclude(household_key=""), place="place", at="granted_on",
        caption=_grant_caption, detail=_page_of_case,
    )  # fmt: skip


def _visits(p: Programme) -> Records:
    return Visit.objects.filter(programme=p.key).select_related("case")


def _follow_ups(p: Programme) -> Measure:
    word = "回访" if _gives(p) is Gives.MONEY else "走访"
    return Measure(
        key=f"{p.key}.follow_ups", label=f"{p.name}：{word}人次", unit="人次", kind=Kind.COUNT,
        records=lambda: _visits(p), place="place", at="visited_on", caption=_of_case, detail=_page_of_case,
    )  # fmt: skip


def _visited_households(p: Programme) -> Measure:
    return Measure(
        key=f"{p.key}.visited_households", label=f"{p.name}：走访的户数", unit="户", kind=Kind.DISTINCT,
        value="household_key", records=lambda: _visits(p).exclude(household_key=""),
        place="place", at="visited_on", caption=_of_case, detail=_page_of_case,
    )  # fmt: skip


def _visited_people(p: Programme) -> Measure:
    return Measure(
        key=f"{p.key}.visited_people", label=f"{p.name}：走访的人数", unit="人", kind=Kind.DISTINCT, value="person_id",
        records=lambda: _visits(p), place="place", at="visited_on", caption=_of_case, detail=_page_of_case,
    )  # fmt: skip


def _visit_money(p: Programme) -> Measure:
    nothing = Value(0, DecimalField(max_digits=12, decimal_places=2))
    return Measure(
        key=f"{p.key}.visit_money", label=f"{p.name}：慰问金和物品折价", unit="万元", kind=Kind.SUM,
        value=Coalesce("cash", nothing) + Coalesce("goods_value", nothing), per=YUAN_A_WAN,
        records=lambda: _visits(p), place="place", at="visited_on", caption=_of_case, detail=_page_of_case,
    )  # fmt: skip


def _on_time(p: Programme) -> Measure:
    return Measure(
        key=f"{p.key}.on_time", label=f"{p.name}：按期办理率", unit="%", kind=Kind.SHARE, numerator=Q(on_time=True),
        records=lambda: Step.objects.filter(case__programme=p.key, on_time__isnull=False).select_related("case"),
        place="place", at="at", caption=_step_caption, detail=_page_of_case,
    )  # fmt: skip


def _returned_payments(p: Programme) -> Measure:
    return Measure(
        key=f"{p.key}.returned_payments", label=f"{p.name}：银行退回的笔数", unit="笔", kind=Kind.COUNT,
        records=lambda: Payment.objects.filter(grant__programme=p.key, state=PaymentState.FAILED).select_related(
            "grant__case"
        ),
        place="place", at="settled_on", caption=_payment_caption, detail=_page_of_payment,
    )  # fmt: skip


# Each figure with what a programme must be able to do to have it.
_USUAL: tuple[tuple[frozenset[str], Make], ...] = (
    (frozenset(), _applied),
    (frozenset({"approve"}), _approved),
    (frozenset({"grant"}), _granted),
    (frozenset({"bank"}), _paid),
    (frozenset({"bank"}), _paid_money),
    (frozenset({"deliver", "goods"}), _pieces),
    (frozenset({"grant", "households"}), _households),
    (frozenset({"visit"}), _follow_ups),
    (frozenset({"visit", "households"}), _visited_households),
    (frozenset({"visit", "persons"}), _visited_people),
    (frozenset({"visit", "cash"}), _visit_money),
    (frozenset({"timed"}), _on_time),
    (frozenset({"bank"}), _returned_payments),
)


def _tally(p: Programme, tally: Tally) -> Measure:
    """A figure over a step: how often it was taken, or a number of its sheet added up."""
    steps = Step.objects.filter(case__programme=p.key, key=tally.step).select_related("case")
    if not tally.answer:
        return Measure(
            key=f"{p.key}.{tally.key}", label=f"{p.name}：{tally.label}", unit=tally.unit, kind=Kind.COUNT,
            records=lambda: steps.all(), place="place", at="at", caption=_of_case, detail=_page_of_case,
        )  # fmt: skip
    number = Cast(KeyTextTransform(tally.answer, "answers"), DecimalField(max_digits=14, decimal_places=2))
    return Measure(
        key=f"{p.key}.{tally.key}", label=f"{p.name}：{tally.label}", unit=tally.unit, kind=Kind.SUM, value=number,
        per=tally.per, records=lambda: steps.filter(answers__has_key=tally.answer), place="place", at="at",
        caption=_of_case, detail=_page_of_case,
    )  # fmt: skip


def _case_caption(case: Case) -> str:
    return f"{case.number} {masking.mask_name(case.name)}"


def _of_case(record: Any) -> str:
    return _case_caption(record.case)


def _grant_caption(grant: Grant) -> str:
    """A grant of a ledger from before this house has no case."""
    return (
        f"{grant.granted_on} {grant.amount or 0:,.0f}元（{grant.source or '历年台账'}）"
        if grant.case is None
        else _case_caption(grant.case)
    )


def _step_caption(step: Step) -> str:
    return f"{_case_caption(step.case)} {step.label}（{'按期' if step.on_time else '超期'}）"


def _payment_caption(payment: Payment) -> str:
    return f"{_grant_caption(payment.grant)} {payment.failure}"


def _case_page(case: Case) -> tuple[str, dict[str, Any]]:
    return "cases:show", {"pk": case.pk}


def _page_of_case(record: Any) -> tuple[str, dict[str, Any]] | None:
    return _case_page(record.case) if record.case_id else None


def _page_of_payment(payment: Payment) -> tuple[str, dict[str, Any]] | None:
    return _page_of_case(payment.grant)
