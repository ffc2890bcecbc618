"""A code on its way to a phone: made, handed to the carrier, and the phone kept in the session until it is proved."""

from __future__ import annotations

import base64

from django.http import HttpRequest

from niangjia.channels.senders import SendFailed, sender
from niangjia.core import masking, sealing
from niangjia.people import actions as people
from niangjia.web.portal.page import address


def send(request: HttpRequest, phone: str, purpose: str) -> str | None:
    """Send a code to be asked for under ``purpose``. Returns what went wrong, in words for the user."""
    try:
        made = people.send_code(phone=phone, address=address(request))
        told = sender().send_code(phone, made)
    except (people.CodeRefused, SendFailed) as failure:
        return str(failure)
    request.session[purpose] = {
        # Sessions lie in the database in the open; the phone in them does not.
        "phone": base64.b64encode(sealing.seal(phone, context=_context(purpose))).decode(),
        "masked": masking.mask_phone(phone),
        "shown": told.shown,
    }
    return None


def pending(request: HttpRequest, purpose: str) -> str | None:
    """The phone a code was sent to, if one was."""
    kept = request.session.get(purpose)
    return sealing.unseal(base64.b64decode(kept["phone"]), context=_context(purpose)) if kept else None


def told(request: HttpRequest, purpose: str) -> dict[str, str]:
    """What the page that asks for the code says: the masked phone, and the code itself where the carrier only shows it."""
    kept = request.session[purpose]
    return {"phone": kept["masked"], "shown": kept["shown"]}


def _context(purpose: str) -> str:
    return f"django_session.{purpose}_phone"
