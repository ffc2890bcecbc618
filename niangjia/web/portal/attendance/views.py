"""She scans the code on the wall: with the phone she signed in with, or by writing her name. Names are never listed."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from niangjia.access import queries as access
from niangjia.access.acting import Acting, acting_as
from niangjia.attendance import actions, queries, rules
from niangjia.attendance.actions import DoorRefused
from niangjia.attendance.kinds import Half, How, Outcome
from niangjia.attendance.queries import AtDoor, Door
from niangjia.attendance.rules import WallCode
from niangjia.core import clock, identity
from niangjia.web.guard import public
from niangjia.web.portal.page import page, resident, too_often

TRIES = 60  # names that are not on the roster, from one address: a class shares one
AN_HOUR = 3600


class NameForm(forms.Form):
    name = forms.CharField(
        label="您的姓名", max_length=60, help_text="与报名时一致。", error_messages={"required": "请填写姓名。"},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    ticket = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, error_messages={"invalid": "页面已过期，请重新扫码。"})  # fmt: skip

    def clean_name(self) -> str:
        try:
            return identity.parse_name(self.cleaned_data["name"])
        except identity.IdentityError as error:
            raise forms.ValidationError(str(error)) from error


@public
def door(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the code. What is sent twice is one signature."""
    code = rules.parse_token(token)
    by = resident(request) or access.visitor()
    with acting_as(by):
        found = queries.door(code) if code else None
        if code is None or found is None or (found.rotating and not rules.slot_is_fresh(code.slot, clock.now())):
            return page(request, "portal/attendance/gone.html", status=404)
        refusal = _refusal(found, code)
        if refusal:
            return _shown(request, found, code, NameForm(), refusal=refusal)
        if request.method == "POST":
            return _signing(request, found, code, by)
        mine = queries.at_door(code, account_id=by.account_id) if by.account_id else []
        return _shown(request, found, code, NameForm(), women=mine, ticket=uuid4())


def _refusal(found: Door, code: WallCode) -> str:
    """Why nobody can sign now, before she types anything."""
    window, now = queries.window(found.gathering.starts_at.astimezone(clock.CHINA).date()), clock.now()
    judged = rules.judge(found.gathering, window, how=How.QR, said=now, received=now, half=code.half)
    return rules.refusal(judged.outcome, found.gathering, window)


def _signing(request: HttpRequest, found: Door, code: WallCode, by: Acting) -> HttpResponse:
    chosen = request.POST.get("woman", "")
    form = NameForm(request.POST)
    if chosen:
        form.fields["name"].required = False
    if not form.is_valid():
        return _shown(request, found, code, form, status=422)
    name, ticket = form.cleaned_data["name"], form.cleaned_data["ticket"]
    if name:
        women = queries.at_door(code, name=name)
    else:
        women = queries.at_door(code, account_id=by.account_id) if by.account_id else []
    wanted = [one for one in women if str(one.participant_id) == chosen] if chosen else women
    try:
        if not wanted and not chosen and found.walk_in:
            return _done(request, found, code, actions.walk_in(code=code, name=name, by=by), name, ticket, by)
        if not wanted and too_often(request, "sign-in", most=TRIES, seconds=AN_HOUR):
            message = "试的次数太多，请一小时后再试，或让工作人员点名。"
            return render(request, "ui/429.html", {"message": message}, status=429)
        if not wanted:
            form.add_error("name", "名册上没有这个名字。请核对是不是走错了班，或请工作人员先加到名册。")
            return _shown(request, found, code, form, status=422)
        if len(wanted) > 1:
            return _shown(request, found, code, form, women=wanted, ticket=ticket, name=name)
        return _done(request, found, code, wanted[0].participant_id, wanted[0].name, ticket, by)
    except DoorRefused as refused:
        form.add_error(None, str(refused))
        return _shown(request, found, code, form, status=422)


def _done(
    request: HttpRequest, found: Door, code: WallCode, woman: int, name: str, ticket: UUID, by: Acting
) -> HttpResponse:
    outcome = actions.sign_in(code=code, participant_id=woman, client_id=ticket, by=by, device="扫码")
    again = outcome is Outcome.AGAIN
    context = {"found": found, "half": _half(code), "name": name, "again": again, "at": clock.now()}
    return page(request, "portal/attendance/done.html", context)


def _half(code: WallCode) -> str:
    return "" if code.half is Half.DAY else str(code.half.label)


def _shown(
    request: HttpRequest, found: Door, code: WallCode, form: NameForm, *, women: list[AtDoor] | None = None,
    refusal: str = "", ticket: UUID | None = None, name: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "found": found, "half": _half(code), "form": form, "women": women or [], "refusal": refusal, "ticket": ticket,
        "name": name,
    }  # fmt: skip
    return page(request, "portal/attendance/door.html", context, status=status)
