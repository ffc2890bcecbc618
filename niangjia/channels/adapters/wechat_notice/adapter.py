"""微信订阅通知: one person who agreed to it, a template, a neutral text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from niangjia.channels.adapters.wechat import account
from niangjia.channels.carriers import Limits, Outgoing, Sent, Setting
from niangjia.channels.kinds import Form

LIMITS: Final = Limits(per_minute=600)
THING: Final = 20  # characters of a value


@dataclass(frozen=True)
class WeChatNotice:
    base: str = account.BASE
    label: str = "微信订阅通知"
    forms: frozenset[Form] = frozenset({Form.TEMPLATE})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (*account.WANTS, Setting("template", "模板编号"))
    personal: bool = True
    by_hand: bool = False
    tells: bool = False

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        values = {name: {"value": value[:THING]} for name, value in message.data.items() if name != "template"}
        payload: dict[str, Any] = {
            "touser": message.to,
            "template_id": message.data.get("template") or entries["template"],
            "data": values,
        }
        if message.url:
            payload["page"] = message.url
        answer = account.post(self.base, "/cgi-bin/message/subscribe/bizsend", entries, payload)
        return Sent(reference=str(answer.get("msgid", "")))


CARRIER = WeChatNotice()
