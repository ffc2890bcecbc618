"""Voting as anybody may: a list, a ballot, a code, a receipt, the results. Works in any browser and without script.

Nobody acts here: the middleware opens no transaction and tells the database of no account, so that a ballot cannot know
whose session it came from. What is shown comes from the public views.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from niangjia.core import clock, masking
from niangjia.people import actions as people
from niangjia.people.models import Account
from niangjia.voting import actions, public, queries, recount, rules
from niangjia.voting.kinds import BallotRefused, Channel, Outcome
from niangjia.voting.public import PublicChoice, PublicPoll
from niangjia.web.downloads import download
from niangjia.web.files import public_file
from niangjia.web.guard import public as open_to_all
from niangjia.web.portal import codes
from niangjia.web.portal.page import address, page, resident, sent, too_often
from niangjia.web.portal.signin.forms import CodeForm
from niangjia.web.portal.vote.forms import OWN, PHONE, TOKEN, Ballot, BallotForm, ReceiptForm, fresh_nonce

PENDING = "vote"
DEVICE, RECEIPT = "vote-device", "vote-receipt"
DEVICE_AGE = 30 * 24 * 3600
RECEIPT_AGE = 3600
TRIES_AN_HOUR = 30
AN_HOUR = 3600


@open_to_all
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Votes that run, that will, and that are over."""
    return page(request, "portal/vote/index.html", {"polls": public.polls()})


@open_to_all
@sensitive_post_parameters()
def poll(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules, what may be chosen, and the ballot. One that is good is one statement and a redirect: no form is made."""
    at = clock.now()
    if request.method != "POST":
        return _ballot_page(request, pk, BallotForm())
    ballot = Ballot.of(request.POST)
    if ballot.way == TOKEN and ballot.token:
        try:
            return _cast(request, pk, ballot, Channel.TOKEN, ballot.token, at)
        except BallotRefused as refused:
            return _refused(request, pk, ballot, refused, at)
    form = BallotForm(request.POST)
    if form.is_valid():
        if ballot.way == PHONE:
            return _ask_code(request, pk, ballot, form, at)
        phone = _own_phone(request)
        if phone is not None:
            try:
                return _cast(request, pk, ballot, Channel.PHONE, phone, at)
            except BallotRefused as refused:
                return _refused(request, pk, ballot, refused, at)
        form.add_error(None, "登录已过期。请填写手机号获取验证码，或重新登录。")
    return _ballot_page(request, pk, form, ballot)


def _ask_code(request: HttpRequest, pk: int, ballot: Ballot, form: BallotForm, at: dt.datetime) -> HttpResponse:
    """On to the page of the code, which was sent to her phone; back where the ballot or the phone is not right."""
    found, phone = _poll(pk), form.cleaned_data["phone"]
    if not found.min_choices <= len(set(ballot.chosen)) <= found.max_choices:
        form.add_error(None, rules.refusal(Outcome.NUMBER, found, at))
        return _ballot_page(request, pk, form, ballot)
    problem = codes.send(request, phone, PENDING)
    if problem is not None and codes.pending(request, PENDING) != phone:
        form.add_error("phone", problem)
        return _ballot_page(request, pk, form, ballot)
    if problem is not None:  # the code of a moment ago is still good
        messages.info(request, problem)
    return _code_page(request, found, ballot, CodeForm())


def _cast(
    request: HttpRequest, pk: int, ballot: Ballot, channel: Channel, credential: str, at: dt.datetime
) -> HttpResponse:
    """Cast it and go to the receipt. Raises BallotRefused."""
    code = actions.cast(
        poll_id=pk,
        channel=channel,
        credential=credential,
        nonce=ballot.nonce,
        choices=ballot.chosen,
        device=f"{request.COOKIES.get(DEVICE, '')}|{request.META.get('HTTP_USER_AGENT', '')}",
        address=address(request) or "",
        at=at,
    )
    return _to_receipt(pk, code)


def _refused(request: HttpRequest, pk: int, ballot: Ballot, refused: BallotRefused, at: dt.datetime) -> HttpResponse:
    """The page of the ballot again, with what it was refused for and what she had ticked."""
    unknown = refused.outcome is Outcome.UNKNOWN_TOKEN
    if unknown and too_often(request, "vote-token", most=TRIES_AN_HOUR, seconds=AN_HOUR):
        return render(request, "ui/429.html", {"message": "投票码输错的次数太多，请一小时后再试。"}, status=429)
    form = BallotForm({**request.POST.dict(), "way": ballot.way})
    names = [f"{one.number}号{one.label}" for one in public.choices(pk) if one.number in refused.numbers]
    at_token = unknown or refused.outcome is Outcome.EXPIRED_TOKEN
    form.add_error("token" if at_token else None, rules.refusal(refused.outcome, _poll(pk), at, names))
    return _ballot_page(request, pk, form, ballot)


@lru_cache(256)
def _receipt_page(pk: int) -> str:
    return reverse("vote:receipt", args=[pk])


def _to_receipt(pk: int, code: str) -> HttpResponse:
    """On to the page that shows the receipt; the code travels in a cookie of one hour, never in an address."""
    response = HttpResponseRedirect(_receipt_page(pk))
    response.set_signed_cookie(
        RECEIPT, code, max_age=RECEIPT_AGE, path="/vote/", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@open_to_all
@require_POST
@sensitive_post_parameters()
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code from the phone, with the ballot it is for: proved and cast together, or neither."""
    at = clock.now()
    ballot = replace(Ballot.of(request.POST), way=OWN)
    phone = codes.pending(request, PENDING)
    if phone is None:
        if (done := _done_before(ballot, pk)) is not None:
            return done
        again = BallotForm({"way": OWN})
        again.add_error(None, "验证码已用过或已失效。请重新选择并获取验证码。")
        return _ballot_page(request, pk, again, ballot)
    if "again" in request.POST:
        problem = codes.send(request, phone, PENDING)
        messages.add_message(request, messages.ERROR if problem else messages.SUCCESS, problem or "验证码已重新发送。")
        return _code_page(request, _poll(pk), ballot, CodeForm())
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            answer = _prove_and_cast(request, pk, ballot, phone, form, at)
        except BallotRefused as refused:
            return _refused(request, pk, ballot, refused, at)
        if answer is not None:
            request.session.pop(PENDING, None)
            return answer
    return _code_page(request, _poll(pk), ballot, form)


@transaction.atomic
def _prove_and_cast(
    request: HttpRequest, pk: int, ballot: Ballot, phone: str, form: CodeForm, at: dt.datetime
) -> HttpResponse | None:
    """None when the code is not right, and that try counts. BallotRefused undoes the proof: the code stays good."""
    try:
        people.prove_phone(phone=phone, code=form.cleaned_data["code"])
    except people.CodeRefused as refused:
        form.add_error("code", str(refused))
        return _done_before(ballot, pk)
    return _cast(request, pk, ballot, Channel.PHONE, phone, at)


def _done_before(ballot: Ballot, pk: int) -> HttpResponse | None:
    """The receipt page when this very page was sent before: a double tap."""
    code = actions.receipt_code(ballot.nonce)
    return _to_receipt(pk, code) if queries.look_up(code) is not None else None


@open_to_all
@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The receipt code, shown to who has just voted. It does not say for whom."""
    found = _poll(pk)
    code = request.get_signed_cookie(RECEIPT, default="", max_age=RECEIPT_AGE)
    if not code:
        return redirect("vote:poll", pk)
    return page(request, "portal/vote/receipt.html", {"poll": found, "code": rules.grouped(code)})


@open_to_all
def look_up(request: HttpRequest) -> HttpResponse:
    """Whether a ballot was received and counts, for who has its receipt. Never what it says."""
    form = ReceiptForm(sent(request))
    form.use_required_attribute = False
    found = None
    if request.method == "POST" and form.is_valid():
        if too_often(request, "vote-receipt", most=TRIES_AN_HOUR, seconds=AN_HOUR):
            return render(request, "ui/429.html", {"message": "查询太频繁了，请一小时后再试。"}, status=429)
        found = queries.look_up(form.cleaned_data["receipt"])
        if found is None:
            form.add_error("receipt", "没有这个回执码。请对照投票后给您的回执码逐个字核对。")
    return page(request, "portal/vote/look_up.html", {"form": form, "found": found}, status=422 if form.errors else 200)


@open_to_all
@require_GET
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """What the count says, what was set aside and why, and the file to count again."""
    found = _poll(pk)
    choices = public.choices(pk)
    if not choices or choices[0].votes is None:
        return page(request, "portal/vote/hidden.html", {"poll": found})
    decisions = public.decisions(pk)
    void = {one.choice for one in decisions if one.choice is not None}
    ranked = sorted(choices, key=lambda one: (one.group, -(one.counted or 0), one.number))
    context = {
        "poll": found, "choices": ranked, "decisions": decisions, "void": void, "file": public.file(pk),
        "most": max((one.counted or 0 for one in choices), default=0) or 1,
    }  # fmt: skip
    return page(request, "portal/vote/results.html", context)


@open_to_all
@require_GET
def ballot_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Every ballot, without who, when and from where."""
    data = public.file_bytes(pk)
    if data is None:
        raise Http404
    return download(f"ballots-{pk}.csv.gz", data)


@open_to_all
@require_GET
def recount_program(request: HttpRequest, pk: int) -> HttpResponse:
    """The program that counts the file again, as we use it ourselves."""
    return download("recount.py", Path(recount.__file__).read_bytes())


@open_to_all
@require_GET
def picture(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The picture of a choice, while it may be shown."""
    found = public.picture(pk, number)
    if found is None:
        raise Http404
    return public_file(*found)


def _poll(pk: int) -> PublicPoll:
    found = public.poll(pk)
    if found is None:
        raise Http404
    return found


def _ballot_page(request: HttpRequest, pk: int, form: BallotForm, ballot: Ballot | None = None) -> HttpResponse:
    found = _poll(pk)
    own = _own_phone(request)
    for field in form.fields.values():  # after checking: each is a must for who goes that way, and no other
        field.required = True
    context: dict[str, Any] = {
        "poll": found,
        "groups": _groups(public.choices(pk)),
        "chosen": set(ballot.chosen if ballot else ()),
        "form": form,
        "nonce": ballot.nonce if ballot else fresh_nonce(),
        "own": masking.mask_phone(own) if own else "",
        "may_vote": found.is_running and found.in_hours,
    }
    response = page(request, "portal/vote/poll.html", context, status=422 if form.errors else 200)
    if DEVICE not in request.COOKIES:
        response.set_cookie(
            DEVICE, fresh_nonce(), max_age=DEVICE_AGE, path="/vote/", httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return response


def _groups(choices: list[PublicChoice]) -> list[tuple[str, list[PublicChoice]]]:
    groups: dict[str, list[PublicChoice]] = {}
    for one in choices:
        groups.setdefault(one.group, []).append(one)
    return list(groups.items())


def _code_page(request: HttpRequest, found: PublicPoll, ballot: Ballot, form: CodeForm) -> HttpResponse:
    """The ballot travels along in the page: what she chose is never beside her phone in our tables."""
    context = {
        "poll": found, "form": form, "choices": ballot.chosen, "nonce": ballot.nonce,
        **codes.told(request, PENDING),
    }  # fmt: skip
    return page(request, "portal/vote/code.html", context, status=422 if form.errors else 200)


def _own_phone(request: HttpRequest) -> str | None:
    """The verified phone of the resident who signed in."""
    account = request.user
    if resident(request) is None or not isinstance(account, Account) or not account.phone:
        return None
    return account.phone.reveal()
