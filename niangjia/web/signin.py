"""How officers sign in: nobody signs up, a second factor is a must, a temporary password does not last."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, user_logged_in
from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from niangjia.access import queries as access
from niangjia.core import sealing
from niangjia.people.models import Account
from niangjia.trail import actions as trail

SECOND_FACTOR = "second_factor"


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The framework's sign-in, closed to newcomers; every sign-in and every failed one is in the trail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        account = Account.objects.filter(username=str(credentials.get("username", ""))).first()
        if account is not None:
            _note(account, "account.sign_in_failed")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Officers have no mail address here; the trail keeps what a mail would tell."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of authenticators are sealed like every other secret: a stolen backup does not sign in."""

    CONTEXT = "mfa_authenticator.secret"

    def encrypt(self, text: str) -> str:
        return base64.b64encode(sealing.seal(text, context=self.CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(base64.b64decode(encrypted_text), context=self.CONTEXT)


def _note(account: Account, verb: str, **summary: object) -> None:
    trail.append(
        stream=f"account:{account.pk}",
        verb=verb,
        subject=f"account:{account.pk}",
        place=settings.NIANGJIA_DISTRICT,
        summary={"username": account.username, **summary},
    )


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    _note(user, "account.sign_in", methods=[r.get("method") for r in get_authentication_records(request, user)])


@receiver(password_changed)
def changed_password(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    if user.must_change_password:
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
    _note(user, "account.change_password")


@receiver(authenticator_added)
def added_factor(request: HttpRequest, user: Account, authenticator: Authenticator, **kwargs: Any) -> None:
    request.session[SECOND_FACTOR] = True
    _note(user, "account.add_second_factor", type=authenticator.type)


@receiver(authenticator_removed)
def removed_factor(request: HttpRequest, user: Account, authenticator: Authenticator, **kwargs: Any) -> None:
    if not Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        request.session.pop(SECOND_FACTOR, None)
    _note(user, "account.remove_second_factor", type=authenticator.type)


def demands(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """An officer without a second factor, or with a temporary password, gets no further than setting them right."""

    def middleware(request: HttpRequest) -> HttpResponse:
        account = request.user
        if account.is_authenticated and not account.is_resident and not request.path.startswith("/accounts/"):
            if account.must_change_password:
                return redirect("account_change_password")
            if not _has_second_factor(request, account):
                return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def _has_second_factor(request: HttpRequest, account: Account) -> bool:
    if request.session.get(SECOND_FACTOR):
        return True
    used = any(record.get("method") == "mfa" for record in get_authentication_records(request, account))
    if used:
        request.session[SECOND_FACTOR] = True
    return used


def demo_hints(request: HttpRequest) -> dict[str, Any]:
    """What only the demonstration tells: its accounts, and the code the authenticator would show now."""
    if not settings.NIANGJIA_DEMO or not request.path.startswith("/accounts/"):
        return {"demo_accounts": [], "demo_code": "", "demo_password": ""}
    officers = Account.objects.filter(officer__isnull=False).order_by("id")
    accounts = [
        {"username": account.username, "post": "、".join(post.post_title for post in access.posts_of(account))}
        for account in officers
        if account.has_usable_password()
    ]
    return {
        "demo_accounts": accounts,
        "demo_code": _demo_code(request.session.get("account_login") or {}),
        "demo_password": settings.NIANGJIA_DEMO_PASSWORD,
    }


def _demo_code(login: dict[str, Any]) -> str:
    """The one-time code of who has just given her password."""
    if not login.get("user_pk"):
        return ""
    factor = Authenticator.objects.filter(
        user_id=url_str_to_user_pk(login["user_pk"]), type=Authenticator.Type.TOTP
    ).first()
    if factor is None:
        return ""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(decrypt(factor.data["secret"]), counter)))
