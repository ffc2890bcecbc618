"""The front door of the portal, what it explains, and how large and in which script it is read."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from niangjia.core import clock
from niangjia.flow.machine import DefinitionError
from niangjia.programmes import public as public_views
from niangjia.programmes import registry
from niangjia.programmes.definition import Programme, Version
from niangjia.web.guard import public
from niangjia.web.portal.mine import matters
from niangjia.web.portal.page import page, resident, safe_next
from niangjia.web.portal.wishes import own

PREFERENCES = {"script": ("hans", "hant"), "size": ("normal", "large")}
A_YEAR = 365 * 24 * 3600
NOTICES = 3
STEP_ICONS = ("edit", "check-circle", "people", "stamp", "notice", "bank", "heart", "flag")


@public
def home(request: HttpRequest) -> HttpResponse:
    acting = resident(request)
    context = {
        "rounds": public_views.open_rounds(),
        "notices": public_views.running_notices(NOTICES),
        "matters": [*matters.waiting_for(acting), *own.waiting_for(acting)] if acting else [],
        "guides": _guides(),
    }
    return page(request, "portal/home/home.html", context)


@public
def guide(request: HttpRequest) -> HttpResponse:
    """How to apply, in plain words."""
    return page(request, "portal/home/guide.html", {"guides": _guides()})


@public
def privacy(request: HttpRequest) -> HttpResponse:
    """Who uses what for what, how long, and her rights (个人信息保护法 art. 17, 30)."""
    return page(request, "portal/home/privacy.html")


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Script and size of print, remembered on this phone."""
    response = redirect(safe_next(request, reverse("portal:home")))
    for name, values in PREFERENCES.items():
        value = request.POST.get(name)
        if value in values:
            response.set_cookie(
                name, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
    return response


def _guides() -> list[dict[str, object]]:
    """What each programme of today asks for and how it goes."""
    today = clock.today()
    return [
        {"programme": programme, "version": version, "way": way(programme)}
        for programme in registry.programmes().values()
        if (version := _version_on(programme, today)) and version.on_portal
    ]


def _version_on(programme: Programme, day: dt.date) -> Version | None:
    try:
        return programme.version_on(day)
    except DefinitionError:
        return None


def way(programme: Programme) -> list[tuple[str, str]]:
    """The stations of a programme with a picture for each."""
    return list(zip(STEP_ICONS, programme.portal_steps, strict=False))
