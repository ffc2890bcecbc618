"""Her own matters: where they stand, what was entered, what she agreed to, and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from niangjia.access import queries as access
from niangjia.access.acting import acting_as, record
from niangjia.access.verbs import Verb
from niangjia.core import codes
from niangjia.flow.kinds import StateKind
from niangjia.intake import build, show
from niangjia.intake.sheet import Section, Sensitivity
from niangjia.org import queries as org
from niangjia.people import actions as people
from niangjia.people import queries as people_queries
from niangjia.people.kinds import Purpose
from niangjia.people.models import Consent
from niangjia.programmes import queries, registry
from niangjia.programmes.actions import cases
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.models import Case
from niangjia.voting import actions as voting
from niangjia.web.guard import ActingRequest, may
from niangjia.web.portal import forms
from niangjia.web.portal.apply.steps import is_consent
from niangjia.web.portal.home.views import way
from niangjia.web.portal.mine import matters
from niangjia.web.portal.page import page, sent
from niangjia.web.refusals import show_refusal

NEEDED = frozenset({Purpose.APPLY, Purpose.HEALTH, Purpose.BANK, Purpose.SHARE})
SHOWN = frozenset({Purpose.PUBLISH, Purpose.STORY})  # what stands in a public vote stands by these


@may(Verb.OWN_READ)
def index(request: ActingRequest) -> HttpResponse:
    """All she filed, what waits for her first."""
    return page(request, "portal/mine/index.html", {"summaries": matters.summaries(request.acting)})


@may(Verb.OWN_READ)
def case(request: ActingRequest, pk: int) -> HttpResponse:
    """One case: where it stands, what to do, what happened."""
    found = _case(pk)
    steps = list(found.steps.all())
    state = queries.version_of(found).workflow.state(found.state)
    context = {
        "title": matters.title_of(found),
        "case": found,
        "status": state.shown_to_applicant,
        "matter": matters.matter_of(found, request.acting),
        "way": way(registry.programme(found.programme)),
        "station": matters.station(found),
        "events": matters.events(found, steps),
        "can": matters.may_do(found, request.acting),
        "ask": registry.programme(found.programme).ask,
        "reason": matters.why_returned(found) if state.kind is StateKind.REFUSED else "",
    }
    return page(request, "portal/mine/case.html", context)


@may(Verb.OWN_READ)
def data(request: ActingRequest, pk: int) -> HttpResponse:
    """What was entered and what she agreed to (个人信息保护法 art. 15, 45)."""
    found = _case(pk)
    version = queries.version_of(found)
    kinds = {kind.key: kind.label for kind in version.sheet.attachments}
    consents = _consents(found)
    context = {
        "title": matters.title_of(found),
        "case": found,
        "sections": [
            (section, lines)
            for section, lines in show.show(
                version.sheet, queries.answers_of(found), clear=frozenset(Sensitivity), place_name=org.place_name
            )
            if not (consents and is_consent(section))
        ],
        "papers": [(kinds.get(paper.kind, paper.kind), paper.file) for paper in found.attachments.all()],
        "consents": consents,
    }
    return page(request, "portal/mine/data.html", context)


@may(Verb.OWN_READ)
def withdraw_consent(request: ActingRequest, pk: int, consent_id: int) -> HttpResponse:
    """Take one consent back. Without the needed ones the application cannot go on and is withdrawn with it."""
    found = _case(pk)
    consent = next((c for c in _consents(found) if c.pk == consent_id and c.withdrawn_at is None), None)
    if consent is None:
        raise Http404
    ends = consent.purpose in NEEDED and "withdraw" in matters.may_do(found, request.acting)
    if request.method != "POST":
        context = {"title": matters.title_of(found), "case": found, "consent": consent, "ends": ends}
        return page(request, "portal/mine/withdraw_consent.html", context)
    people.withdraw_consent(consent=consent)
    record(
        by=request.acting,
        stream=f"case:{found.pk}",
        verb="people.consent.withdraw",
        place=found.place,
        summary={"number": found.number, "purpose": consent.purpose},
    )
    if consent.purpose in SHOWN:
        with acting_as(access.house(codes.district_of(found.place))) as house:
            voting.withdraw_choice(subject=f"case:{found.pk}", reason="本人退出", by=house, nameless=True)
    if ends:
        cases.step(case_id=found.pk, key="withdraw", by=request.acting, revision=None)
        messages.success(request, "已撤回同意，这份申请也随之撤回。")
    else:
        messages.success(request, "已撤回同意。")
    return redirect("mine:data", pk)


@may(Verb.APPLY)
def withdraw(request: ActingRequest, pk: int) -> HttpResponse:
    """Take the application back, after asking once more."""
    found = _case(pk)
    step = matters.may_do(found, request.acting).get("withdraw")
    if step is None:
        messages.info(request, f"这份申请现在是“{matters.status_of(found)}”，不能撤回。")
        return redirect("mine:case", pk)
    if request.method == "POST":
        try:
            cases.step(case_id=pk, key="withdraw", by=request.acting, revision=None)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "申请已撤回。")
        return redirect("mine:case", pk)
    context = {"title": matters.title_of(found), "case": found, "confirm": step.confirm}
    return page(request, "portal/mine/withdraw.html", context)


@may(Verb.APPLY)
@sensitive_post_parameters()
def account(request: ActingRequest, pk: int) -> HttpResponse:
    """Put right the account after the bank sent the money back."""
    found = _case(pk)
    if "account" not in matters.may_do(found, request.acting):
        messages.info(request, "现在不需要更正账户。")
        return redirect("mine:case", pk)
    version = queries.version_of(found)
    bound = version.bindings
    fields = tuple(version.sheet.field(key) for key in (bound.card_holder, bound.bank, bound.card))
    form_class = build.form_class(version.sheet, section=Section("account", "收款账户", fields))
    form = form_class(sent(request), initial={bound.card_holder: found.name})
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = form.answers
        try:
            cases.correct_account(
                case_id=pk,
                by=request.acting,
                revision=None,
                holder=given[bound.card_holder],
                bank=given[bound.bank],
                card=given[bound.card],
            )
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, "账户已更正，将重新转账。")
            return redirect("mine:case", pk)
    forms.dress(form)
    context = {
        "title": matters.title_of(found),
        "case": found,
        "form": form,
        "reason": matters.why_returned(found),
    }
    return page(request, "portal/mine/account.html", context, status=422 if form.errors else 200)


def _case(pk: int) -> Case:
    """A case she filed; any other does not exist for her."""
    try:
        return queries.own_case(pk)
    except Case.DoesNotExist:
        raise Http404 from None


def _consents(found: Case) -> list[Consent]:
    return list(people_queries.consents_about(f"case:{found.pk}"))
