"""What women write to the official account: read, checked, and answered within five seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from niangjia.channels.adapters.wechat import crypto
from niangjia.channels.adapters.wechat.crypto import Forged
from niangjia.core import clock

MAX_BYTES: Final = 64_000
MAX_AGE: Final = dt.timedelta(minutes=5)  # an older timestamp is a replay


@dataclass(frozen=True, slots=True)
class Heard:
    """One message or event. ``key`` is the same when WeChat repeats it; ``sender`` is the open id."""

    key: str
    sender: str
    account: str
    kind: str
    text: str
    event: str


def greet(query: Mapping[str, str], token: str) -> str:
    """The answer to the address check of the console. Raises Forged."""
    if not crypto.is_signed(query.get("signature", ""), token, query.get("timestamp", ""), query.get("nonce", "")):
        raise Forged("signature")
    return query.get("echostr", "")


def hear(body: bytes, query: Mapping[str, str], *, token: str, key: str, app_id: str) -> Heard:
    """Read an encrypted message. Raises Forged for wrong signatures, replays, entity tricks and foreign accounts."""
    stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if len(body) > MAX_BYTES or not stamp.isdigit():
        raise Forged("form")
    if abs(clock.now().timestamp() - int(stamp)) > MAX_AGE.total_seconds():
        raise Forged("replay")
    sealed = _fields(body).get("Encrypt", "")
    if not crypto.is_signed(query.get("msg_signature", ""), token, stamp, nonce, sealed):
        raise Forged("signature")
    found = _fields(crypto.decrypt(sealed, key=key, app_id=app_id).encode())
    sender, event = found.get("FromUserName", ""), found.get("Event", "")
    once = found.get("MsgId") or f"{sender}-{found.get('CreateTime', '')}-{event}"
    return Heard(
        key=once, sender=sender, account=found.get("ToUserName", ""), kind=found.get("MsgType", ""),
        text=found.get("Content", "") or found.get("Recognition", ""), event=event,
    )  # fmt: skip


def _fields(body: bytes) -> dict[str, str]:
    try:
        return {child.tag: child.text or "" for child in fromstring(body)}
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Forged(type(error).__name__) from None


def reply(heard: Heard, text: str, *, token: str, key: str, app_id: str, nonce: str) -> bytes:
    """A text in answer, sealed and signed. ``nonce`` is fresh and random."""
    stamp = str(int(clock.now().timestamp()))
    inner = _xml(ToUserName=heard.sender, FromUserName=heard.account, CreateTime=stamp, MsgType="text", Content=text)
    sealed = crypto.encrypt(inner.decode(), key=key, app_id=app_id)
    return _xml(
        Encrypt=sealed, MsgSignature=crypto.signature(token, stamp, nonce, sealed), TimeStamp=stamp, Nonce=nonce
    )


def _xml(**fields: str) -> bytes:
    root = Element("xml")
    for name, value in fields.items():
        SubElement(root, name).text = value
    return bytes(tostring(root, encoding="utf-8", xml_declaration=False))
