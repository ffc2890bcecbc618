"""She scans the code on the wall: with the phone she signed in with, or by writing her name. Names are never listed."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.attendance import actions, queries, rules
from niangjia.attendance.actions import DoorRefused, OpenDoor
from niangjia.attendance.kinds import Half, Outcome
from niangjia.attendance.queries import AtDoor
from niangjia.attendance.rules import WallCode
from niangjia.core import identity
from niangjia.web.desk.org.forms import ParsedField
from niangjia.web.guard import public
from niangjia.web.portal.page import page, resident, too_often

TRIES = 60  # names that are not on the roster, from one address: a class shares one
AN_HOUR = 3600


class NameForm(forms.Form):
    name = ParsedField(
        identity.parse_name, label="您的姓名", max_length=60, help_text="与报名时一致。", error_messages={"required": "请填写姓名。"},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    ticket = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"invalid": "页面已过期，请重新扫码。"})  # fmt: skip


@public
def door(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the code. What is sent twice is one signature."""
    by = resident(request) or access.visitor()
    with acting_as(by):
        try:
            found = actions.open_door(code=rules.parse_token(token))
        except DoorRefused as refused:
            return _closed(request, token, refused)
        if request.method == "POST":
            return _signing(request, found, by)
        mine = queries.at_door(found.code, account_id=by.account_id) if by.account_id else []
        return _shown(request, found, NameForm(), women=mine, ticket=uuid4())


def _closed(request: HttpRequest, token: str, refused: DoorRefused) -> HttpResponse:
    """Why nobody can sign now, before she types anything."""
    if refused.door is None:
        return page(request, "portal/attendance/gone.html", status=404)
    context = {"found": refused.door, "half": "", "refusal": str(refused)}
    return page(request, "portal/attendance/closed.html", context)


def _signing(request: HttpRequest, found: OpenDoor, by: Acting) -> HttpResponse:
    chosen = request.POST.get("woman", "")
    form = NameForm(request.POST)
    if chosen:
        form.fields["name"].required = False
    if not form.is_valid():
        return _shown(request, found, form, status=422)
    name, ticket = form.cleaned_data["name"], form.cleaned_data["ticket"]
    if name:
        women = queries.at_door(found.code, name=name)
    else:
        women = queries.at_door(found.code, account_id=by.account_id) if by.account_id else []
    wanted = [one for one in women if str(one.participant_id) == chosen] if chosen else women
    try:
        if not wanted and not chosen and found.door.walk_in:
            return _done(request, found, actions.walk_in(door=found, name=name, by=by), name, ticket, by)
        if not wanted and too_often(request, "sign-in", most=TRIES, seconds=AN_HOUR):
            message = "试的次数太多，请一小时后再试，或让工作人员点名。"
            return render(request, "ui/429.html", {"message": message}, status=429)
        if not wanted:
            form.add_error("name", "名册上没有这个名字。请核对是不是走错了班，或请工作人员先加到名册。")
            return _shown(request, found, form, status=422)
        if len(wanted) > 1:
            return _shown(request, found, form, women=wanted, ticket=ticket, name=name)
        return _done(request, found, wanted[0].participant_id, wanted[0].name, ticket, by)
    except DoorRefused as refused:
        form.add_error(None, str(refused))
        return _shown(request, found, form, status=422)


def _done(request: HttpRequest, found: OpenDoor, woman: int, name: str, ticket: UUID, by: Acting) -> HttpResponse:
    outcome = actions.sign_in(door=found, participant_id=woman, client_id=ticket, by=by, device="扫码")
    again = outcome is Outcome.AGAIN
    context = {"found": found.door, "half": _half(found.code), "name": name, "again": again, "at": found.at}
    return page(request, "portal/attendance/done.html", context)


def _half(code: WallCode) -> str:
    return "" if code.half is Half.DAY else str(code.half.label)


def _shown(
    request: HttpRequest, found: OpenDoor, form: NameForm, *, women: list[AtDoor] | None = None,
    ticket: UUID | None = None, name: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "found": found.door, "half": _half(found.code), "form": form, "women": women or [], "ticket": ticket, "name": name,
    }  # fmt: skip
    return page(request, "portal/attendance/door.html", context, status=status)
