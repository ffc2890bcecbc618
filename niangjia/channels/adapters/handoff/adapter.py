"""Personal WeChat and QQ groups have no lawful interface: a person copies the text and says so. Nothing is sent by us."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting
from niangjia.channels.kinds import Form

LIMITS: Final = Limits(text_bytes=6000, per_minute=600)


@dataclass(frozen=True)
class HandOff:
    label: str = "人工转发（微信群、QQ群）"
    forms: frozenset[Form] = frozenset({Form.TEXT, Form.CARD, Form.PICTURE})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (Setting("group", "群名", needed=False, hint="转发的人看到的名称"),)
    personal: bool = False
    by_hand: bool = True
    tells: bool = False

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        raise Rejected("这个渠道由人转发。")


CARRIER = HandOff()
