"""What every page may use: the house's name, who acts, where one can go."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb

# Label, route, icon, and the verbs of which one suffices.
DESK: tuple[tuple[str, str, str, frozenset[Verb]], ...] = (
    ("我的待办", "inbox:index", "inbox", frozenset({Verb.ORG_READ})),
    ("救助申请", "cases:index", "case", frozenset({Verb.CASE_READ})),
    ("批次与名额", "rounds:index", "round", frozenset({Verb.ROUND_MANAGE, Verb.CASE_ALLOCATE})),
    (
        "公示与异议",
        "notices:index",
        "notice",
        frozenset({Verb.NOTICE_DRAFT, Verb.OBJECTION_HANDLE, Verb.NOTICE_PUBLISH}),
    ),
    ("资金发放", "payments:index", "money", frozenset({Verb.CASE_PAY, Verb.CASE_PAY_RESULT})),
    ("年度计划", "plans:index", "plan", frozenset({Verb.PLAN_READ})),
    ("进度看板", "board:index", "board", frozenset({Verb.BOARD_READ})),
    ("组织与名册", "org:index", "org", frozenset({Verb.ORG_READ})),
    ("操作留痕", "trail:index", "trail", frozenset({Verb.TRAIL_READ})),
    ("账号", "accounts:index", "account", frozenset({Verb.ACCOUNT_MANAGE})),
    ("工作日历", "calendar:index", "calendar", frozenset({Verb.CALENDAR_EDIT})),
    ("部门核验", "checks:index", "check", frozenset({Verb.CHECK_ANSWER})),
    ("操作手册", "help:index", "help", frozenset(Verb) - {Verb.APPLY, Verb.OWN_READ, Verb.OBJECT}),
)


def house(request: HttpRequest) -> dict[str, Any]:
    acting: Acting | None = getattr(request, "acting", None)
    return {
        "site": {"name": settings.NIANGJIA_NAME, "district": "涪陵区", "demo": settings.NIANGJIA_DEMO},
        "acting": acting,
        "posts": getattr(request, "posts", []),
        "large_print": request.COOKIES.get("size") == "large",
        "script": "hant" if request.COOKIES.get("script") == "hant" else "hans",
        "nav": navigation(acting, request.path) if acting else [],
    }


def navigation(acting: Acting, path: str) -> list[dict[str, Any]]:
    """The rooms this actor may enter, the one she is in marked."""
    entries: list[dict[str, Any]] = []
    for label, name, icon, verbs in DESK:
        if not acting.verbs & verbs:
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        entries.append({"label": label, "url": url, "icon": icon, "active": False, "count": None})
    inside = [entry for entry in entries if path.startswith(entry["url"])]
    if inside:
        max(inside, key=lambda entry: len(entry["url"]))["active"] = True
    return entries
