"""What every request passes through: headers, the script people read, and who acts."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from psycopg.errors import InsufficientPrivilege

from niangjia.access import queries
from niangjia.access.acting import Acting, acting_as
from niangjia.core import clock, text
from niangjia.web import errors

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

# Who signs in or out writes sessions and codes, which belong to the login and to no acting role.
SIGNING_IN = ("/accounts/", "/my/sign-in/")
# Who votes does not act: her ballot must not know whose session it came from, and is committed by its own statement.
VOTING = ("/vote/",)

# An idle session ends (GB/T 22239-2019, 8.1.4.1 c): a phone is handed on, a desk is left for a meeting. Minutes.
RESIDENT_IDLE = 30
OFFICER_IDLE = 60
SEEN = "seen"


def headers(get_response: GetResponse) -> GetResponse:
    """Nothing from elsewhere, nothing kept by caches on the way, nothing told to other sites."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def script(get_response: GetResponse) -> GetResponse:
    """Serve pages in Traditional characters to those who chose them; what she typed stays as she typed it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            request.COOKIES.get("script") == "hant"
            and not response.streaming
            and response.get("Content-Type", "").startswith("text/html")
        ):
            response.content = text.html_to_traditional(response.content.decode()).encode()
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response

    return middleware


def acting(get_response: GetResponse) -> GetResponse:
    """Open the transaction, tell the database who acts, and undo everything when the answer is a failure."""

    def middleware(request: HttpRequest) -> HttpResponse:
        _end_if_idle(request)
        acting = _resolve(request)
        request.acting = acting  # type: ignore[attr-defined]
        if acting is None or request.path.startswith(SIGNING_IN + VOTING):
            return get_response(request)
        with acting_as(acting):
            response = get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    # Django looks for the attribute on whatever the factory returns.
    middleware.process_exception = refused_by_database  # type: ignore[attr-defined]
    return middleware


def refused_by_database(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """What the database refuses is a refusal, not a failure: 403, and nothing of it remains."""
    if not isinstance(exception.__cause__, InsufficientPrivilege):
        return None
    transaction.set_rollback(True)
    return errors.forbidden(request, PermissionDenied("这不在您当前职务的范围内。"))


def _end_if_idle(request: HttpRequest) -> None:
    """Sign out who did nothing for too long; the guard then leads to the sign-in page and back to where she was.

    The moment is noted at most once a minute, so that reading costs no write.
    """
    if not request.user.is_authenticated:
        return
    now = int(clock.now().timestamp())
    seen = request.session.get(SEEN, now)
    minutes = RESIDENT_IDLE if request.user.is_resident else OFFICER_IDLE
    if now - seen > minutes * 60:
        logout(request)
        messages.info(request, f"您有{minutes}分钟没有操作，为安全已自动退出。请重新登录，已保存的内容都还在。")
    elif SEEN not in request.session or now - seen >= 60:
        request.session[SEEN] = now


def _resolve(request: HttpRequest) -> Acting | None:
    account = request.user
    if not account.is_authenticated:
        return None
    if account.is_resident:
        return queries.resident(account)
    posts = queries.posts_of(account)
    request.posts = posts  # type: ignore[attr-defined]
    chosen = request.session.get("post_id")
    return next((post for post in posts if post.post_id == chosen), posts[0] if posts else None)
