"""What all pages of the portal share: their frame, safe ways back, and where a visitor comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from niangjia.access.acting import Acting, ActorKind
from niangjia.core import sealing

ROOMS = (
    ("首页", "portal:home", "home"),
    ("办事", "apply:index", "heart"),
    ("公示", "public_notices:index", "notice"),
    ("我的", "mine:index", "user"),
)
ADDRESS_CONTEXT = "web_cache.address"
LOCAL = ("", "127.0.0.1", "::1")


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page in the frame of the portal, also for an officer who looks in."""
    return render(request, template, {**frame(request), **(context or {})}, status=status)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Navigation and controls; they take the place of the desk's."""
    acting = actor(request)
    home = reverse("portal:home")
    nav = []
    for label, name, icon in ROOMS:
        url = reverse(name)
        active = request.path == url if url == home else request.path.startswith(url)
        nav.append({"label": label, "url": url, "icon": icon, "active": active})
    links = {"home": home, "preferences": reverse("portal:preferences"), "help": reverse("portal:guide")}
    if acting is not None:
        links["sign_out"] = reverse("signin:out" if acting.kind is ActorKind.RESIDENT else "account_logout")
    return {"nav": nav, "links": links}


def actor(request: HttpRequest) -> Acting | None:
    """Who acts, if anybody signed in."""
    found: Acting | None = getattr(request, "acting", None)
    return found


def resident(request: HttpRequest) -> Acting | None:
    """The resident who signed in, if it is one."""
    acting = actor(request)
    return acting if acting is not None and acting.kind is ActorKind.RESIDENT else None


def safe_next(request: HttpRequest, default: str) -> str:
    """Where the request asks to go next if that is on this site, else the default."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return default


def address(request: HttpRequest) -> str | None:
    """The visitor's address: behind a proxy on this machine the last one it saw, which a visitor cannot make up."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if direct in LOCAL:
        seen = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        return seen or direct or None
    return direct


def too_often(request: HttpRequest, act: str, *, most: int, seconds: int, who: str = "") -> bool:
    """Count one more ``act`` from this address, or from ``who``; whether it was more than ``most`` in so many seconds.

    The address is kept as a keyed hash: the cache does not tell who visited.
    """
    return times(request, act, seconds=seconds, who=who) > most


def times(request: HttpRequest, act: str, *, seconds: int, who: str = "") -> int:
    """Count one more ``act`` as ``too_often`` does; the how manieth it is."""
    key = f"{act}:{sealing.blind(who or address(request) or '-', context=ADDRESS_CONTEXT).hex()}"
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        cache.add(key, 1, seconds)
        return 1


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, also when it is empty; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None
