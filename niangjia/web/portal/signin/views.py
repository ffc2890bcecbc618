"""A resident signs in with a code sent to her phone. Outside any acting post: see ``web.middleware.SIGNING_IN``."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from niangjia.access import queries as access
from niangjia.access.acting import acting_as, record
from niangjia.people import actions as people
from niangjia.people import queries as people_queries
from niangjia.people.models import Account
from niangjia.trail import actions as trail
from niangjia.web.guard import public
from niangjia.web.portal import codes
from niangjia.web.portal.page import page, resident, safe_next, sent
from niangjia.web.portal.signin.forms import CodeForm, PhoneForm

PENDING = "signin"


@public
@sensitive_post_parameters()
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the phone and send the code."""
    if resident(request):
        return redirect(_after(request))
    form = PhoneForm(sent(request))
    if request.method == "POST" and form.is_valid():
        failure = codes.send(request, form.cleaned_data["phone"], PENDING)
        if failure is None:
            return _to_code(request)
        form.add_error("phone", failure)
    status = 422 if form.errors else 200
    return page(request, "portal/signin/enter.html", {"form": form, "next": _after(request)}, status=status)


@public
@sensitive_post_parameters()
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the right one opens a new session."""
    if resident(request):
        return redirect(_after(request))
    phone = codes.pending(request, PENDING)
    if phone is None:
        return redirect(f"{reverse('signin:enter')}?{urlencode({'next': _after(request)})}")
    form = CodeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            account = people.accept_code(phone=phone, code=form.cleaned_data["code"])
        except people.CodeRefused as refused:
            _note_failure(phone)
            form.add_error("code", str(refused))
        else:
            onward = _after(request)
            _open_session(request, account)
            return HttpResponseRedirect(onward)
    context = {"form": form, **codes.told(request, PENDING), "next": _after(request)}
    return page(request, "portal/signin/code.html", context, status=422 if form.errors else 200)


@public
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Send another code to the same phone."""
    phone = codes.pending(request, PENDING)
    if phone is None:
        return redirect("signin:enter")
    failure = codes.send(request, phone, PENDING)
    if failure is None:
        messages.success(request, "验证码已重新发送。")
    else:
        messages.error(request, failure)
    return _to_code(request)


@public
@require_POST
def out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    account = request.user
    if isinstance(account, Account) and account.is_resident:
        _record(account, "account.sign_out")
    logout(request)
    messages.success(request, "已退出登录。")
    return redirect("portal:home")


def _after(request: HttpRequest) -> str:
    return safe_next(request, reverse("mine:index"))


def _to_code(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('signin:code')}?{urlencode({'next': _after(request)})}")


def _open_session(request: HttpRequest, account: Account) -> None:
    """Sign in under a new session key, so that a key known before is worth nothing."""
    request.session.flush()
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    _record(account, "account.sign_in", methods=["phone_code"])


def _record(account: Account, verb: str, **summary: object) -> None:
    with acting_as(access.resident(account)) as by:
        record(by=by, stream=f"account:{account.pk}", verb=verb, place=settings.NIANGJIA_DISTRICT, summary=summary)


def _note_failure(phone: str) -> None:
    account = people_queries.account_by_phone(phone)
    if account is not None:
        trail.append(
            stream=f"account:{account.pk}",
            verb="account.sign_in_failed",
            subject=f"account:{account.pk}",
            place=settings.NIANGJIA_DISTRICT,
        )
