"""What the programmes' records count up to. Each programme of the catalogue gives the same figures under its own key.

人, 人次 and 户 are three figures, never one: women by their ID number, visits by their record, households by their key.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from niangjia.core import masking, measures
from niangjia.core.measures import Kind, Measure
from niangjia.programmes import registry
from niangjia.programmes.definition import Programme
from niangjia.programmes.kinds import GrantState, PaymentState, Ruling
from niangjia.programmes.models import Case, Decision, FollowUp, Grant, Payment, Step

YUAN_A_WAN = 10_000
GRANTED = (GrantState.APPROVED, GrantState.PAID)


def declare() -> None:
    """Declare the measures of every programme. Called once, when the application is loaded."""
    for programme in registry.programmes().values():
        for measure in measures_of(programme):
            measures.register(measure)


def measures_of(programme: Programme) -> list[Measure]:
    """The figures of one programme.

    ``households`` counts the grants that name a household; a grant whose household is not known is in no household
    figure. ``on_time`` are the steps that had a deadline.
    """
    key, name = programme.key, programme.name
    grants = Grant.objects.filter(programme=key).select_related("case")
    return [
        Measure(
            key=f"{key}.applied", label=f"{name}：提交申请的人数", unit="人", kind=Kind.DISTINCT, value="id_index",
            records=lambda: Case.objects.filter(programme=key), place="place", at="submitted_at",
            caption=_case_caption, detail=_case_page,
        ),
        Measure(
            key=f"{key}.approved", label=f"{name}：审定通过的人数", unit="人", kind=Kind.DISTINCT, value="case__id_index",
            records=lambda: Decision.objects.filter(case__programme=key, ruling=Ruling.APPROVED).select_related("case"),
            place="place", at="at", caption=_of_case, detail=_page_of_case,
        ),
        Measure(
            key=f"{key}.granted", label=f"{name}：已批准救助的人数", unit="人", kind=Kind.DISTINCT, value="id_index",
            records=lambda: grants.filter(state__in=GRANTED), place="place", at="granted_on",
            caption=_grant_caption, detail=_page_of_case,
        ),
        Measure(
            key=f"{key}.paid", label=f"{name}：救助金到账的人数", unit="人", kind=Kind.DISTINCT, value="id_index",
            records=lambda: grants.filter(state=GrantState.PAID), place="place", at="paid_on",
            caption=_grant_caption, detail=_page_of_case,
        ),
        Measure(
            key=f"{key}.paid_money", label=f"{name}：到账的救助金", unit="万元", kind=Kind.SUM,
            value="amount", per=YUAN_A_WAN,
            records=lambda: grants.filter(state=GrantState.PAID), place="place", at="paid_on",
            caption=_grant_caption, detail=_page_of_case,
        ),
        Measure(
            key=f"{key}.households", label=f"{name}：已批准救助的户数", unit="户", kind=Kind.DISTINCT, value="household_key",
            records=lambda: grants.filter(state__in=GRANTED).exclude(household_key=""), place="place", at="granted_on",
            caption=_grant_caption, detail=_page_of_case,
        ),
        Measure(
            key=f"{key}.follow_ups", label=f"{name}：回访人次", unit="人次", kind=Kind.COUNT,
            records=lambda: FollowUp.objects.filter(case__programme=key).select_related("case"),
            place="place", at="visited_on", caption=_of_case, detail=_page_of_case,
        ),
        Measure(
            key=f"{key}.on_time", label=f"{name}：按期办理率", unit="%", kind=Kind.SHARE, numerator=Q(on_time=True),
            records=lambda: Step.objects.filter(case__programme=key, on_time__isnull=False).select_related("case"),
            place="place", at="at", caption=_step_caption, detail=_page_of_case,
        ),
        Measure(
            key=f"{key}.returned_payments", label=f"{name}：银行退回的笔数", unit="笔", kind=Kind.COUNT,
            records=lambda: Payment.objects.filter(grant__programme=key, state=PaymentState.FAILED).select_related(
                "grant__case"
            ),
            place="place", at="settled_on", caption=_payment_caption, detail=_page_of_payment,
        ),
    ]  # fmt: skip


def _case_caption(case: Case) -> str:
    return f"{case.number} {masking.mask_name(case.name)}"


def _of_case(record: Any) -> str:
    return _case_caption(record.case)


def _grant_caption(grant: Grant) -> str:
    """A grant of a ledger from before this house has no case."""
    return (
        f"{grant.granted_on} {grant.amount:,.0f}元（{grant.source or '历年台账'}）"
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
