"""QQ's official bot: it may answer in a group for five minutes after somebody spoke to it, and not begin by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from niangjia.channels import http, tokens
from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting, TryLater
from niangjia.channels.kinds import Form

LIMITS: Final = Limits(text_bytes=4000, per_minute=60)
NOT_ALLOWED: Final = ("40034102", "40034105")


def _key(secret: str) -> Ed25519PrivateKey:
    """The bot's key: its secret repeated to 32 bytes."""
    seed = secret.encode()
    while len(seed) < 32:
        seed += secret.encode()
    return Ed25519PrivateKey.from_private_bytes(seed[:32])


def sign(secret: str, text: bytes) -> str:
    """What a challenge (op 13) is answered with, over its timestamp and plain token."""
    return _key(secret).sign(text).hex()


def is_signed(secret: str, claimed: str, timestamp: str, body: bytes) -> bool:
    """Whether a webhook call is QQ's: X-Signature-Ed25519 over X-Signature-Timestamp and body."""
    try:
        _key(secret).public_key().verify(bytes.fromhex(claimed), timestamp.encode() + body)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True)
class QqBot:
    base: str = "https://api.sgroup.qq.com"
    login: str = "https://bots.qq.com"
    label: str = "QQ官方机器人"
    forms: frozenset[Form] = frozenset({Form.TEXT})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (
        Setting("app_id", "机器人 AppID"),
        Setting("secret", "机器人密钥", secret=True),
        Setting("group", "群 openid"),
    )
    personal: bool = False
    by_hand: bool = False
    tells: bool = True  # a second answer with the same msg_seq is dropped

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        asked = message.data.get("msg_id", "")
        if not asked:
            raise Rejected(
                "QQ官方机器人不能主动发群消息，只能在有人提问后5分钟内回复。请改用人工转发。", code="passive"
            )
        token = tokens.token(f"qq:{entries['app_id']}", lambda: self._login(entries))
        answer = http.post_json(
            f"{self.base}/v2/groups/{quote(entries['group'], safe='')}/messages",
            {"content": message.text, "msg_type": 0, "msg_id": asked, "msg_seq": int(message.data.get("seq", "1"))},
            headers={"Authorization": f"QQBot {token}"},
        )
        code = str(answer.get("code", ""))
        if code in ("", "0"):
            return Sent(reference=str(answer.get("id", "")))
        if code in NOT_ALLOWED:
            raise Rejected("已超过5分钟或次数用完，QQ不再接受这条回复。", code=code)
        if code in ("11241", "11244", "11245"):
            tokens.forget(f"qq:{entries['app_id']}")
        raise TryLater(f"QQ答复：{str(answer.get('message', ''))[:60]}（{code}），稍后自动重试。", code=code)

    def _login(self, entries: Mapping[str, str]) -> tuple[str, float]:
        answer = http.post_json(
            f"{self.login}/app/getAppAccessToken", {"appId": entries["app_id"], "clientSecret": entries["secret"]}
        )
        if "access_token" not in answer:
            raise Rejected("机器人 AppID 或密钥不对，请核对。", code=str(answer.get("code", "")), endpoint=True)
        return str(answer["access_token"]), float(answer.get("expires_in", 7200))


CARRIER = QqBot()
