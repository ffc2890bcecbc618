"""Every view says who may call it: ``@may(Verb.X)`` or ``@public``. A view that says nothing is not served."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, cast
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from niangjia.access.acting import Acting, ActorKind
from niangjia.access.verbs import Verb


class ActingRequest(HttpRequest):
    """A request whose acting post is known; views under ``@may`` receive one."""

    acting: Acting


class View(Protocol):
    def __call__(self, request: ActingRequest, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def may(*verbs: Verb) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """The view needs one of ``verbs``. Not signed in: to the sign-in page. Signed in without it: 403 that says so."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            acting: Acting | None = getattr(request, "acting", None)
            if acting is None:
                resident = any(verb.startswith("resident.") for verb in verbs)
                page = "/my/sign-in/" if resident else settings.LOGIN_URL
                return redirect(f"{page}?next={quote(_where_she_was(request))}")
            if not acting.verbs & set(verbs):
                raise PermissionDenied(f"您当前的职务没有“{verbs[0].label}”权限。")
            return view(cast(ActingRequest, request), *args, **kwargs)

        guarded.guard = verbs  # type: ignore[attr-defined]
        return guarded

    return decorate


def _where_she_was(request: HttpRequest) -> str:
    """The page to come back to after signing in: for what was sent, the page it was sent from."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}):
        parts = urlsplit(referer)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Any officer may call the view, whatever her post: it concerns her own account only."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        acting: Acting | None = getattr(request, "acting", None)
        if acting is None or acting.kind is ActorKind.RESIDENT:
            return redirect(f"{settings.LOGIN_URL}?next={quote(_where_she_was(request))}")
        return view(request, *args, **kwargs)

    guarded.guard = "signed_in"  # type: ignore[attr-defined]
    return guarded


def public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Anyone may call the view; what it shows must come from public views of the database."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view
