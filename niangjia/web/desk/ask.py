"""A page that asks for a few things and does one act: shown, checked, done, or told why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.forms import DateField, Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from niangjia.core.refused import Refused
from niangjia.web.guard import ActingRequest
from niangjia.web.refusals import show_refusal

Row = TypeVar("Row")


def found(look: Callable[[], Row]) -> Row:
    """What is looked for; a page that is not there, where there is none or the reader may not see it."""
    try:
        return look()
    except ObjectDoesNotExist as error:
        raise Http404 from error


def press(request: ActingRequest, act: Callable[[], object], *, said: str, back: str) -> HttpResponse:
    """Do what a button of a page does, say that it is done or why not, and go back."""
    try:
        found(act)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(back)


def ask(
    request: ActingRequest,
    form: Form,
    do: Callable[[dict[str, Any]], str],
    *,
    title: str,
    button: str,
    back: str,
    up: Sequence[tuple[str, str]],
    subtitle: str = "",
    danger: str = "",
    then: Callable[[], str] | None = None,
) -> HttpResponse:
    """Run ``do`` with the cleaned data of a good form, say what it returns, and go to ``then`` or back.

    When ``do`` is refused, nothing of it remains, also where it acts twice.
    """
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                said = do(form.cleaned_data)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, said)
            return redirect(then() if then else back)
    context = {
        "form": form, "title": title, "subtitle": subtitle, "button": button, "back": back, "danger": danger, "up": up,
        "days": [name for name, field in form.fields.items() if isinstance(field, DateField)],
    }  # fmt: skip
    return render(request, "desk/form.html", context, status=422 if request.method == "POST" else 200)
