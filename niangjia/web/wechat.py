"""What women write to the official account: verified, decrypted, taken in once, answered at once and neutrally."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.channels.adapters.wechat import inbound
from niangjia.channels.adapters.wechat.crypto import Forged
from niangjia.channels.models import Endpoint
from niangjia.core.refused import Refused
from niangjia.helpline import actions
from niangjia.web.guard import public

log = logging.getLogger("niangjia.wechat")

CARRIER: Final = "wechat"
NUMBERS: Final = "有危险请马上拨打110；妇女维权公益服务热线12338。"
SHOUT: Final = "现在有危险，请马上拨打110，或拨打12338。"
WELCOME: Final = f"您好，有话可以直接发给我们，值班的人会看。{NUMBERS}"
ADDED: Final = f"已收到，补充到您前面说的事里。{NUMBERS}"
ONLY_TEXT: Final = f"目前只能收文字和语音转写的文字，请用文字说。{NUMBERS}"


def _entries(endpoint: int) -> dict[str, str]:
    """The secrets of an account that takes messages; nothing for one that does not."""
    with acting_as(access.house(settings.NIANGJIA_DISTRICT)):
        found = Endpoint.objects.filter(pk=endpoint, carrier=CARRIER, is_open=True).first()
    entries: dict[str, str] = json.loads(found.entries.reveal()) if found else {}
    return entries if entries.get("token") and entries.get("aes_key") else {}


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, endpoint: int) -> HttpResponse:
    """Answer WeChat. What is forged, replayed or for another account gets 403 and no word."""
    entries, query = _entries(endpoint), request.GET.dict()
    try:
        if not entries:
            raise Forged("endpoint")
        if request.method == "GET":
            return HttpResponse(inbound.greet(query, entries["token"]), content_type="text/plain; charset=utf-8")
        sealed = {"token": entries["token"], "key": entries["aes_key"], "app_id": entries["app_id"]}
        heard = inbound.hear(request.body, query, **sealed)
    except Forged as forged:
        log.info("wechat %s refused: %s", endpoint, forged)
        return HttpResponseForbidden()
    said = _answer(request, heard, endpoint)
    if not said:
        return HttpResponse("success", content_type="text/plain")
    body = inbound.reply(heard, said, nonce=secrets.token_hex(8), **sealed)
    return HttpResponse(body, content_type="text/xml; charset=utf-8")


def _answer(request: HttpRequest, heard: inbound.Heard, endpoint: int) -> str:
    """The words of the answer; none for events that need none."""
    if heard.event == "subscribe":
        return WELCOME
    if heard.event or heard.kind not in ("text", "voice"):
        return "" if heard.event else ONLY_TEXT
    try:
        with acting_as(access.visitor()) as by:
            taken = actions.hear(
                text=heard.text, sender=f"{endpoint}:{heard.sender}", key=f"wechat:{endpoint}:{heard.key}",
                place=settings.NIANGJIA_DISTRICT, by=by,
            )  # fmt: skip
    except Refused as refused:
        return str(refused)
    urgent = f"{SHOUT}\n" if taken.danger else ""
    if not taken.code:
        return urgent + ADDED
    address = request.build_absolute_uri(reverse("speak:answer"))
    return f"{urgent}已收到，会有人答复。看答复请打开 {address} 输入答复码 {taken.code}。{NUMBERS}"
