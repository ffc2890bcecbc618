"""What every page may use: the house's name, who acts, where one can go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    acting = getattr(request, "acting", None)
    return {
        "site": {"name": settings.NIANGJIA_NAME, "district": "涪陵区", "demo": settings.NIANGJIA_DEMO},
        "acting": acting,
        "posts": getattr(request, "posts", []),
        "large_print": request.COOKIES.get("size") == "large",
        "script": "hant" if request.COOKIES.get("script") == "hant" else "hans",
        "nav": [],
    }
