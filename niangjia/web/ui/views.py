"""The one page of this room: the gallery of components, wired only where debugging or the demo is on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from niangjia.web.ui.gallery import TOKENS, entries
from niangjia.web.ui.tags import component

LOOKS = (("desk", "办公"), ("portal", "门户"), ("large", "门户 · 大字"))


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every example, and the colours; ``?look=`` desk, portal or large (print)."""
    asked = request.GET.get("look")
    look = asked if asked in dict(LOOKS) else "desk"
    context = {
        "groups": entries(),
        "tokens": TOKENS,
        "icons": component("icon").props["name"].choices,
        "look": look,
        "looks": [(f"?look={value}", label, value == look) for value, label in LOOKS],
        "large_print": look == "large",
    }
    return render(request, "ui/gallery.html", context)
