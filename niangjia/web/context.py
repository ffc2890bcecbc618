"""What every page may use: the house's name, who acts, where one can go."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from niangjia.access.acting import Acting, ActorKind
from niangjia.access.verbs import Verb

Way = tuple[str, str, str, frozenset[Verb]]
EVERY_OFFICER = frozenset(verb for verb in Verb if not verb.startswith("resident."))

# By group: label, route, icon, and the verbs of which one suffices. The first four are the phone's bottom bar.
# fmt: off
DESK: tuple[tuple[str, tuple[Way, ...]], ...] = (
    ("", (
        ("我的待办", "inbox:index", "inbox", frozenset({Verb.ORG_READ})),
        ("部门核验", "checks:index", "check-circle", frozenset({Verb.CHECK_ANSWER})),
        ("指标填报", "indicators:index", "edit", frozenset({Verb.INDICATOR_FILL})),
        ("本机构授课", "our_training:index", "book", frozenset({Verb.TRAINING_TEACH})),
        ("申请与申报", "cases:index", "files", frozenset({Verb.CASE_READ})),
        ("妇联来函", "referrals:index", "letter", frozenset({Verb.REFERRAL_ANSWER})),
        ("群众需求", "needs:index", "chat", frozenset({Verb.NEED_RAISE, Verb.NEED_HANDLE})),
        ("妇女来件", "helpline:index", "phone", frozenset({Verb.HELPLINE_RECEIVE, Verb.HELPLINE_HANDLE})),
        ("人员", "people:index", "people", frozenset({Verb.PERSON_SEARCH})),
        ("微心愿", "wishes:index", "star", frozenset({Verb.WISH_READ})),
    )),
    ("学习与家教", (
        ("技能培训", "training:index", "book", frozenset({Verb.TRAINING_READ})),
        ("专题学习", "campaigns:index", "eye", frozenset({Verb.STUDY_READ})),
        ("家庭教育", "family:index", "home", frozenset({Verb.FAMILY_READ, Verb.FAMILY_RECORD})),
        ("父母微课堂", "lessons:index", "book", frozenset({Verb.LESSON_EDIT, Verb.LESSON_PUBLISH, Verb.LESSON_ANSWER})),
        ("场次与签到", "attendance:index", "calendar", frozenset({Verb.SESSION_READ})),
    )),
    ("项目与服务", (
        ("批次与名额", "rounds:index", "flag", frozenset({Verb.ROUND_MANAGE, Verb.CASE_ALLOCATE})),
        ("公示与异议", "notices:index", "notice", frozenset({Verb.NOTICE_DRAFT, Verb.OBJECTION_HANDLE, Verb.NOTICE_PUBLISH})),
        ("资金发放", "payments:index", "bank", frozenset({Verb.CASE_PAY, Verb.CASE_PAY_RESULT})),
        ("评审", "jury:index", "star", frozenset({Verb.JURY_MANAGE, Verb.JURY_SCORE, Verb.JURY_DECIDE})),
        ("公众投票", "votes:index", "check-circle", frozenset({Verb.VOTE_MANAGE, Verb.VOTE_OPEN, Verb.VOTE_QUARANTINE})),
        ("证书", "certificates:index", "stamp", frozenset({Verb.CERTIFICATE_READ})),
        ("物资", "stock:index", "files", frozenset({Verb.STOCK_READ})),
        ("健康快车", "express:index", "heart", frozenset({Verb.EXPRESS_READ})),
        ("服务品牌", "brands:index", "flower", frozenset({Verb.BRAND_READ, Verb.BRAND_MANAGE})),
    )),
    ("计划与报表", (
        ("进度看板", "board:index", "chart", frozenset({Verb.BOARD_READ})),
        ("年度计划", "plans:index", "plan", frozenset({Verb.PLAN_READ})),
        ("妇儿规划", "outlines:index", "target", frozenset({Verb.OUTLINE_READ})),
        ("上级表格", "blanks:index", "edit", frozenset({Verb.BLANK_READ})),
    )),
    ("组织与系统", (
        ("组织与名册", "org:index", "tree", frozenset({Verb.ORG_READ})),
        ("工作日历", "calendar:index", "calendar", frozenset({Verb.CALENDAR_EDIT})),
        ("账号", "accounts:index", "key", frozenset({Verb.ACCOUNT_MANAGE})),
        ("操作留痕", "trail:index", "history", frozenset({Verb.TRAIL_READ})),
        ("操作手册", "help:index", "help", EVERY_OFFICER),
    )),
)
# fmt: on


def house(request: HttpRequest) -> dict[str, Any]:
    acting: Acting | None = getattr(request, "acting", None)
    desk = acting is not None and acting.kind is not ActorKind.RESIDENT
    return {
        "house": {
            "name": settings.NIANGJIA_NAME,
            "district": settings.NIANGJIA_DISTRICT_NAME,
            "demo": settings.NIANGJIA_DEMO,
        },
        "acting": acting,
        "posts": _posts(request, acting),
        "large_print": request.COOKIES.get("size") == "large",
        "script": "hant" if request.COOKIES.get("script") == "hant" else "hans",
        "nav": navigation(acting, request.path) if acting and desk else [],
        "links": links(desk, may_look_back=desk and acting is not None and acting.may(Verb.ORG_READ)),
    }


def _posts(request: HttpRequest, acting: Acting | None) -> list[dict[str, Any]]:
    """The posts to switch between; one alone needs no switch."""
    posts: list[Acting] = getattr(request, "posts", [])
    if len(posts) < 2:
        return []
    return [{"label": post.post_title, "value": post.post_id, "current": post == acting} for post in posts]


def links(desk: bool, *, may_look_back: bool = False) -> dict[str, str]:
    """Where the controls of the frame lead; what is missing here leaves its control out."""
    routes = {"home": "portal:home", "preferences": "portal:preferences"}
    if desk:
        routes |= {
            "home": "inbox:index",
            "search": "cases:search",
            "switch_post": "accounts:switch",
            "account": "accounts:security",
            "sign_out": "account_logout",
            "help": "help:index",
        }
    if may_look_back:
        routes["my_year"] = "my_year:index"
    return {key: url for key, name in routes.items() if (url := _url(name))}


@cache
def _url(name: str) -> str:
    """Where a route leads, "" if there is none. The site's addresses do not change while it runs."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def navigation(acting: Acting, path: str) -> list[dict[str, Any]]:
    """The rooms this actor may enter, the one she is in marked."""
    entries = [
        {"group": group, "label": label, "url": _url(name), "icon": icon, "active": False, "count": None}
        for group, ways in DESK
        for label, name, icon, verbs in ways
        if acting.verbs & verbs and _url(name)
    ]
    inside = [entry for entry in entries if path.startswith(str(entry["url"]))]
    if inside:
        max(inside, key=lambda entry: len(str(entry["url"])))["active"] = True
    return entries
