"""The one page of this room: the gallery of components, wired only where debugging or the demo is on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from niangjia.web.ui.gallery import TOKENS, entries


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every example, and the colours."""
    return render(request, "ui/gallery.html", {"groups": entries(), "tokens": TOKENS})
