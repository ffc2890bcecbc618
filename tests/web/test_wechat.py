"""Messages of the official account: what is genuine is answered at once, what is not gets 403 and no word."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.channels import actions as channels
from niangjia.channels.adapters.wechat import crypto
from niangjia.core import clock
from niangjia.helpline.models import Matter
from tests.helpline.stage import on_duty
from tests.personas import District

pytestmark = pytest.mark.django_db
TOKEN, APP = "token-of-the-test", "wx0123456789abcdef"
KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")


@pytest.fixture
def account(district: District) -> int:
    on_duty(district)
    entries = {"app_id": APP, "app_secret": "secret", "token": TOKEN, "aes_key": KEY}
    with acting_as(district.acting("officer")) as by:
        return channels.save_endpoint(
            name="公众号", carrier_key="wechat", unit=district.unit("涪陵区妇联"), entries=entries, by=by
        ).pk


def message(text: str, number: int = 1, **changes: Any) -> tuple[bytes, dict[str, str]]:
    """What WeChat sends: the sealed body and the signed query."""
    inner = (
        f"<xml><ToUserName>gh</ToUserName><FromUserName>woman</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{number}</MsgId></xml>"
    )
    sealed = crypto.encrypt(inner, key=KEY, app_id=changes.get("app_id", APP))
    stamp, nonce = str(int(clock.now().timestamp()) - changes.get("age", 0)), "nonce"
    query = {
        "timestamp": stamp,
        "nonce": nonce,
        "msg_signature": crypto.signature(changes.get("token", TOKEN), stamp, nonce, sealed),
    }
    return f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode(), query


def post(account: int, sent: tuple[bytes, dict[str, str]]) -> Any:
    body, query = sent
    return Client().post(
        f"/wechat/{account}/",
        body,
        content_type="text/xml",
        QUERY_STRING="&".join(f"{k}={v}" for k, v in query.items()),
    )


def said(response: Any) -> str:
    sealed = response.content.decode().partition("<Encrypt>")[2].partition("</Encrypt>")[0]
    return crypto.decrypt(sealed, key=KEY, app_id=APP)


def test_a_message_is_taken_in_once_and_answered_with_a_code_and_the_numbers(account: int, district: District) -> None:
    first, again, more = (
        said(post(account, message(text, number))) for text, number in (("他打我😭", 1), ("他打我😭", 1), ("在家里", 2))
    )
    code = first.partition("输入答复码 ")[2][:14]
    assert (len(code), code in again, "现在有危险，请马上拨打110" in first, "补充到您前面说的事里" in more) == (
        14,
        True,
        True,
        True,
    )
    with acting_as(district.acting("officer")):
        assert (Matter.objects.get().secret, Matter.objects.get().messages.count()) == (True, 1)


@pytest.mark.parametrize(
    "sent",
    [
        message("x", token="another"), message("x", app_id="another"), message("x", age=3600), (b"<xml>", {}),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><Encrypt>&a;</Encrypt></xml>', {"timestamp": "1", "nonce": "n"}),
    ],
    ids=["token", "account", "replay", "form", "bomb"],
)  # fmt: skip
def test_what_is_forged_gets_no_word(account: int, sent: tuple[bytes, dict[str, str]]) -> None:
    answer = post(account, sent)
    assert (answer.status_code, answer.content, post(account + 1, message("x")).status_code) == (403, b"", 403)
