"""Sessions at the desk: the calendar of a place, one session with its roster, and what is done about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from niangjia.access.acting import ActorKind
from niangjia.access.verbs import Verb
from niangjia.attendance import actions, queries, rules
from niangjia.attendance.kinds import Half, SessionState, Told
from niangjia.attendance.models import Session
from niangjia.attendance.rules import SLOT_SECONDS
from niangjia.core import clock, subject
from niangjia.core.codes import Level
from niangjia.letters import pdf
from niangjia.org import queries as org
from niangjia.web.desk.ask import ask
from niangjia.web.desk.attendance import forms
from niangjia.web.desk.attendance.owners import OWNERS
from niangjia.web.desk.choices import choose
from niangjia.web.guard import ActingRequest, may

READ, MARK, MANAGE = Verb.SESSION_READ, Verb.SESSION_MARK, Verb.SESSION_MANAGE
PAGE = 60
TONES = {SessionState.PLANNED: "tea", SessionState.HELD: "ok", SessionState.CANCELLED: "bad"}
WEEKDAYS = "一二三四五六日"


def month_asked(request: ActingRequest) -> dt.date:
    """The first day of the month asked for (?month=2026-11), else of this month."""
    try:
        return dt.datetime.strptime(request.GET.get("month", ""), "%Y-%m").replace(tzinfo=clock.CHINA).date()
    except ValueError:
        return clock.today().replace(day=1)


@may(READ)
@require_GET
def index(request: ActingRequest) -> HttpResponse:
    """The calendar: one month of sessions, day by day, with the month's numbers."""
    first = month_asked(request)
    after = clock.month_bounds(first.year, first.month)[1]
    wanted = queries.sessions_in(request.acting.place, first, after)
    state = request.GET.get("state", "")
    if state in SessionState.values:
        wanted = wanted.filter(state=state)
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page"))
    counts = queries.attendances([one.pk for one in page])
    context = {
        "days": _days(list(page), counts), "page": page, "first": first, "state": state, "states": SessionState.choices,
        "before": (first - clock.ONE_DAY).strftime("%Y-%m"), "after": after.strftime("%Y-%m"), "this": first.strftime("%Y-%m"),
        "sums": next(iter(queries.months(request.acting.place, first, after)), None),
        "is_district": request.acting.level is Level.DISTRICT and request.acting.may(MANAGE),
        "has_feed": request.acting.kind is ActorKind.DESK,
    }  # fmt: skip
    return render(request, "desk/attendance/index.html", context)


def _days(sessions: list[Session], counts: dict[int, int]) -> list[dict[str, Any]]:
    days: list[dict[str, Any]] = []
    now = clock.now()
    for one in sessions:
        if not days or days[-1]["day"] != one.on:
            days.append({"day": one.on, "weekday": WEEKDAYS[one.on.weekday()], "today": one.on == clock.today(), "rows": []})  # fmt: skip
        days[-1]["rows"].append(
            {
                "one": one,
                "tone": TONES[SessionState(one.state)],
                "count": counts.get(one.pk, 0),
                "due": one.state == SessionState.PLANNED and one.ends_at < now,
            }
        )
    return days


@may(READ)
@require_GET
def year(request: ActingRequest) -> HttpResponse:
    """What was done month by month within a place: sessions, 人次, people, households."""
    this = clock.today().year
    asked = request.GET.get("year", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= this + 1 else this
    months = queries.months(request.acting.place, dt.date(number, 1, 1), dt.date(number + 1, 1, 1))
    context = {
        "months": months, "year": number, "years": [this - 2, this - 1, this], "place": org.place_name(request.acting.place),
        "sessions": sum(one.sessions for one in months), "attendances": sum(one.attendances for one in months),
    }  # fmt: skip
    return render(request, "desk/attendance/year.html", context)


def found(pk: int) -> Session:
    """One session, or 404 out of range."""
    try:
        return queries.session(pk)
    except Session.DoesNotExist as error:
        raise Http404 from error


def owner(session: Session) -> tuple[str, str] | None:
    """What the session belongs to, with the address of its page."""
    label, route = OWNERS.get(subject.kind_of(session.subject), ("", ""))
    return (label, reverse(route, args=[subject.id_of(session.subject)])) if route else None


def above(session: Session) -> list[tuple[str, str]]:
    """The way back from a page of a session."""
    belongs = owner(session)
    return [
        belongs or ("场次与签到", reverse("attendance:index")),
        (session.title, reverse("attendance:session", args=[session.pk])),
    ]


@may(READ)
@require_GET
def session(request: ActingRequest, pk: int) -> HttpResponse:
    """When, where, who leads, who was there and how each was entered."""
    one = found(pk)
    lines = queries.lines(one)
    standing = one.state != SessionState.CANCELLED and one.merged_into_id is None
    manages = request.acting.may(MANAGE) and _manages(request, one)
    context = {
        "one": one, "tone": TONES[SessionState(one.state)], "owner": owner(one), "place": org.place_name(one.place),
        "rows": [{"line": line, "cells": [(half, line.marks.get(half, [])) for half in one.halves]} for line in lines],
        "heads": [(half, sum(line.has(half) for line in lines)) for half in one.halves], "on_roster": sum(line.participant.left_at is None for line in lines),
        "attendances": queries.attendances([pk])[pk] if one.merged_into_id is None else None,
        "off_words": f"【通知】{one.starts_at.astimezone(clock.CHINA):%m月%d日%H:%M}的“{one.title}”取消了，原因：{one.note}。给您添麻烦了，新的时间另行通知。{one.unit.short_name}",
        "untold": queries.untold(one).count() if one.state == SessionState.CANCELLED else 0,
        "similar": list(queries.similar(one)[:3]) if manages and standing else [],
        "may_mark": request.acting.may(MARK) and standing, "may_manage": manages and standing, "may_part": manages,
        "may_hold": manages and standing and one.starts_at <= clock.now(),
    }  # fmt: skip
    return render(request, "desk/attendance/session.html", context)


def _manages(request: ActingRequest, one: Session) -> bool:
    """A lecturer marks a session of others and does not change it."""
    return request.acting.kind is ActorKind.DESK or one.unit_id == request.acting.unit_id


def _page_of(one: Session) -> dict[str, Any]:
    return {"up": above(one), "back": reverse("attendance:session", args=[one.pk])}


@may(MANAGE)
def move(request: ActingRequest, pk: int) -> HttpResponse:
    one = found(pk)
    form = forms.MoveForm(request.POST or None, initial=forms.MoveForm.of(one))

    def do(data: dict[str, Any]) -> str:
        actions.move_session(
            session_id=pk, starts_at=forms.moment(data["on"], data["from_time"]), venue=data["venue"], host=data["host"],
            ends_at=forms.moment(data["on"], data["to_time"]), by=request.acting,
        )  # fmt: skip
        return "已改。请告诉名册上的人。"

    return ask(request, form, do, title="改时间地点", button="保存", **_page_of(one))


@may(MANAGE)
def hold(request: ActingRequest, pk: int) -> HttpResponse:
    one = found(pk)
    form = forms.HoldForm(
        request.POST or None, initial={"headcount": one.headcount, "households": one.households, "note": one.note}
    )

    def do(data: dict[str, Any]) -> str:
        actions.hold_session(session_id=pk, by=request.acting, **data)
        return "已登记为已举办，签到结束。之后补签须写原因。"

    return ask(request, form, do, title="登记已举办", button="登记", **_page_of(one))


@may(MANAGE)
def cancel(request: ActingRequest, pk: int) -> HttpResponse:
    one = found(pk)
    form = forms.CancelForm(request.POST or None)

    def do(data: dict[str, Any]) -> str:
        actions.cancel_session(session_id=pk, reason=data["reason"], by=request.acting)
        return "已取消。请把名册上的人逐一告诉到。"

    return ask(
        request, form, do, title="取消这一场", button="取消这一场", danger=f"取消“{one.title}”？",
        then=lambda: reverse("attendance:tell", args=[pk]), **_page_of(one),
    )  # fmt: skip


@may(MARK)
def tell(request: ActingRequest, pk: int) -> HttpResponse:
    """Who was told that it is off; each woman once."""
    one = found(pk)
    untold = list(queries.untold(one))
    if not untold:
        messages.info(request, "名册上的人都已告诉到。")
        return redirect("attendance:session", pk)
    form = forms.TellForm(request.POST or None)
    choose(form, "women", [(woman.pk, f"{woman.name}　{woman.remark}".strip()) for woman in untold])

    def do(data: dict[str, Any]) -> str:
        count = actions.tell(session_id=pk, participant_ids=data["women"], how=Told(data["how"]), by=request.acting)
        return f"已记下，{count}人告诉到了。"

    return ask(
        request, form, do, title="告诉取消", button="记下", subtitle=f"还有{len(untold)}人没有告诉到。", **_page_of(one)
    )


@may(MANAGE)
def merge(request: ActingRequest, pk: int) -> HttpResponse:
    """The same lecture entered by two is one."""
    one = found(pk)
    form = forms.MergeForm(request.POST or None)
    choose(form, "into", [(other.pk, f"{other.title}　{other.unit.short_name}　{other.starts_at.astimezone(clock.CHINA):%H:%M}") for other in queries.similar(one)])  # fmt: skip

    def do(data: dict[str, Any]) -> str:
        actions.merge_session(session_id=pk, into_id=data["into"], by=request.acting)
        return "已并场，同一个人只算一次。"

    return ask(
        request, form, do, title="并场", button="是同一场",
        subtitle="同一天、同一镇街、时间重叠的场次。两边的签到都保留。", **_page_of(one),
    )  # fmt: skip


@may(MANAGE)
@require_POST
def part(request: ActingRequest, pk: int) -> HttpResponse:
    found(pk)
    actions.part_session(session_id=pk, by=request.acting)
    messages.success(request, "已分开，各算各的。")
    return redirect("attendance:session", pk)


@may(MARK)
def join(request: ActingRequest, pk: int) -> HttpResponse:
    """Put a woman on the roster, and mark her where she stands in front of one."""
    one = found(pk)
    form = forms.JoinForm(request.POST or None)
    half = request.GET.get("half", "")

    def do(data: dict[str, Any]) -> str:
        joined = actions.join(
            subject=one.subject, name=data["name"], number=data["id_number"], remark=data["remark"], place=one.place,
            by=request.acting,
        )  # fmt: skip
        if half in one.halves:
            actions.mark(session_id=pk, participant_id=joined.pk, half=Half(half), by=request.acting, client_id=uuid4())
            return f"{data['name']}已加到名册并签到。"
        return f"{data['name']}已加到名册。"

    to_tap = f"{reverse('attendance:tap', args=[pk])}?half={half}"
    return ask(
        request, form, do, title="加到名册", button="加上" if not half else "加上并签到", up=above(one),
        back=to_tap if half in one.halves else reverse("attendance:session", args=[pk]),
    )  # fmt: skip


@may(MARK)
def unmark(request: ActingRequest, pk: int) -> HttpResponse:
    """She was not there: all marks of one sitting are struck, with the reason."""
    one = found(pk)
    form = forms.UnmarkForm(request.POST or None, initial=request.GET.dict())

    def do(data: dict[str, Any]) -> str:
        struck = actions.absent(
            session_id=pk, participant_id=data["participant"], half=Half(data["half"]), reason=data["reason"],
            by=request.acting,
        )  # fmt: skip
        return "已撤销签到。" if struck else "这里没有签到可撤销。"

    return ask(request, form, do, title="撤销签到", button="撤销", **_page_of(one))


@may(MANAGE)
def new_code(request: ActingRequest, pk: int) -> HttpResponse:
    one = found(pk)
    form = forms.CodeForm(request.POST or None, initial={"rotating": one.rotating})

    def do(data: dict[str, Any]) -> str:
        actions.new_wall_code(session_id=pk, rotating=data["rotating"], by=request.acting)
        return "已换码，以前的码作废。"

    return ask(request, form, do, title="换签到码", button="换码", **_page_of(one))


def address(request: ActingRequest, one: Session, half: Half, slot: int = 0) -> str:
    """What the QR code of a sitting holds."""
    token = rules.wall_token(one.wall_code, one.pk, half, slot)
    return request.build_absolute_uri(reverse("sign_in:door", args=[token]))


@may(MARK)
@require_GET
def screen(request: ActingRequest, pk: int, half: str) -> HttpResponse:
    """The code on a screen. Where it rotates, the page asks for the next one by itself."""
    one = found(pk)
    if half not in one.halves:
        raise Http404
    slot = rules.slot_at(clock.now()) if one.rotating else 0
    url = address(request, one, Half(half), slot)
    context = {
        "one": one, "half": Half(half), "qr": pdf.qr_address(url), "url": url, "signed": queries.signed(pk, Half(half)),
    }  # fmt: skip
    response = render(request, "desk/attendance/screen.html", context)
    response["Refresh"] = str(SLOT_SECONDS // 2)
    return response


@may(MANAGE)
def rule(request: ActingRequest) -> HttpResponse:
    """From when to when one may sign in; the district's to say."""
    if request.acting.level is not Level.DISTRICT or request.acting.kind is not ActorKind.DESK:
        raise Http404
    today = clock.today()
    form = forms.RuleForm(request.POST or None, initial={"valid_from": today, **asdict(queries.window(today))})

    def do(data: dict[str, Any]) -> str:
        actions.set_rule(by=request.acting, **data)
        return "已保存。"

    url = reverse("attendance:index")
    return ask(request, form, do, title="签到时间", button="保存", up=[("场次与签到", url)], back=url)
