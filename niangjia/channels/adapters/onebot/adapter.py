"""OneBot v11: drives a personal QQ account, against the platform's terms. Off unless an installation lists it itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from niangjia.channels import http
from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting, TryLater
from niangjia.channels.kinds import Form

LIMITS: Final = Limits(text_bytes=4000, per_minute=6)


@dataclass(frozen=True)
class OneBot:
    label: str = "QQ群（OneBot，自担风险）"
    forms: frozenset[Form] = frozenset({Form.TEXT})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (
        Setting("address", "OneBot 地址", hint="如 http://127.0.0.1:5700"),
        Setting("token", "访问令牌", secret=True),
        Setting("group", "群号"),
    )
    personal: bool = False
    by_hand: bool = False
    tells: bool = False

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        if not entries["group"].isdigit():
            raise Rejected("群号应为数字，请核对。", code="group", endpoint=True)
        answer = http.post_json(
            f"{entries['address'].rstrip('/')}/send_group_msg",
            {"group_id": int(entries["group"]), "message": message.text, "auto_escape": True},
            headers={"Authorization": f"Bearer {entries['token']}"},
        )
        code = str(answer.get("retcode"))
        if answer.get("status") in ("ok", "async"):
            return Sent(reference=str((answer.get("data") or {}).get("message_id", "")))
        if code in ("1401", "1403"):
            raise Rejected("OneBot 访问令牌不对，请核对。", code=code, endpoint=True)
        raise TryLater("QQ 暂时发不出去，稍后自动重试。", code=code)


CARRIER = OneBot()
