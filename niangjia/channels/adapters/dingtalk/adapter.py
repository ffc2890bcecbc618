"""钉钉 custom robot: signed with a timestamp, 20 messages a minute, above that it is silent for ten minutes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from niangjia.channels import http
from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting, TryLater
from niangjia.channels.kinds import Form
from niangjia.core import clock

LIMITS: Final = Limits(title_bytes=200, text_bytes=20_000, per_minute=20)
SILENT: Final = 600.0  # seconds a robot is blocked after too many messages
DEAD: Final = {
    "310000": "钉钉不接受：签名、关键词或IP白名单不符。请核对机器人的安全设置。",
    "300001": "机器人令牌无效。请重新复制机器人地址。",
    "400013": "群已解散。请停用这个端点。",
    "400101": "机器人令牌不存在，可能已被移除。请在群里重新添加。",
    "400102": "机器人已停用。请在钉钉群里启用。",
}


def signature(secret: str, milliseconds: int) -> str:
    """Base64 of the HMAC-SHA256 over timestamp and secret. It goes into the address percent-encoded once."""
    digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


@dataclass(frozen=True)
class DingTalk:
    base: str = "https://oapi.dingtalk.com"
    label: str = "钉钉群"
    forms: frozenset[Form] = frozenset({Form.TEXT, Form.RICH, Form.CARD})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (
        Setting("token", "机器人令牌", secret=True, hint="机器人地址里 access_token= 后面的一串"),
        Setting("secret", "加签密钥", secret=True, needed=False, hint="以 SEC 开头；安全设置选“加签”时填写"),
    )
    personal: bool = False
    by_hand: bool = False
    tells: bool = False

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        address = f"{self.base}/robot/send?access_token={quote(entries['token'], safe='')}"
        if secret := entries.get("secret"):
            now = int(clock.now().timestamp() * 1000)
            address += f"&timestamp={now}&sign={quote(signature(secret, now), safe='')}"
        answer = http.post_json(address, _payload(message))
        code = str(answer.get("errcode"))
        if code == "0":
            return Sent()
        if code in DEAD:
            raise Rejected(DEAD[code], code=code, endpoint=True)
        if code == "130101":
            raise TryLater("钉钉群每分钟最多20条，已被限流10分钟，到时自动重试。", code=code, after=SILENT)
        raise TryLater(f"钉钉答复：{str(answer.get('errmsg', ''))[:80]}（{code}），稍后自动重试。", code=code)


def _payload(message: Outgoing) -> dict[str, Any]:
    match message.form:
        case Form.CARD:
            link = {"title": message.title, "text": message.text, "messageUrl": message.url, "picUrl": ""}
            return {"msgtype": "link", "link": link}
        case Form.RICH:
            return {"msgtype": "markdown", "markdown": {"title": message.title or "通知", "text": message.text}}
    return {"msgtype": "text", "text": {"content": message.text}}


CARRIER = DingTalk()
