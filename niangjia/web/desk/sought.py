"""What is looked for, as it stands in an address: sealed, so that neither the browser's history nor a log can read it."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from niangjia.core import sealing


class SearchError(ValueError):
    """What was typed cannot be looked for; the message says why."""


def to_token(wanted: str, context: str) -> str:
    return base64.urlsafe_b64encode(sealing.seal(wanted, context=context)).decode().rstrip("=")


def from_token(token: str, context: str) -> str:
    """What an address looks for; empty when there is nothing or it was altered."""
    try:
        return (
            sealing.unseal(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), context=context) if token else ""
        )
    except (sealing.SealError, binascii.Error, ValueError):
        return ""


def answered(hits: QuerySet[Any], room: str, token: str) -> HttpResponse:
    """The one that was meant, opened at once, or the list of all that may be."""
    first = list(hits.values_list("pk", flat=True)[:2])
    return redirect(f"{room}:show", first[0]) if len(first) == 1 else redirect(f"{reverse(f'{room}:index')}?s={token}")
