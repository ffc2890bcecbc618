"""企业微信群的消息推送 (formerly 群机器人), developer.work.weixin.qq.com document 99110: one key, 20 messages a minute."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from urllib3 import encode_multipart_formdata

from niangjia.channels import http, rules
from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting, TryLater
from niangjia.channels.kinds import Form

# What the provider's codes mean for us; any other code is tried again and shown.
BUSY: Final = {45009: "这个群的机器人每分钟最多20条，稍后自动重试。", -1: "企业微信系统繁忙，稍后自动重试。"}
DEAD: Final = {
    93000: "机器人地址无效：群可能已解散，或机器人已被移除。请在群里重新添加机器人并更新密钥。",
    93004: "机器人已被停用。请在企业微信管理后台启用后重新开通本端点。",
    40001: "机器人密钥不对。请从企业微信群里重新复制。",
}
WRONG: Final = {
    40008: "企业微信不接受这种消息。",
    40058: "消息的参数不对，请检查标题、正文长度。",
    44004: "正文是空的。",
    45002: "消息超过企业微信的长度限制。",
    40009: "图片超过2 MB，请缩小后重发。",
}


LIMITS: Final = Limits(
    title_bytes=128, text_bytes=2048, picture_bytes=2 * 1024 * 1024, file_bytes=20 * 1024 * 1024, per_minute=20
)


@dataclass(frozen=True)
class WeCom:
    base: str = "https://qyapi.weixin.qq.com"
    label: str = "企业微信群"
    forms: frozenset[Form] = frozenset({Form.TEXT, Form.RICH, Form.CARD, Form.PICTURE, Form.FILE})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (Setting("key", "机器人密钥", secret=True, hint="群机器人地址里 key= 后面的一串"),)
    personal: bool = False
    by_hand: bool = False
    tells: bool = False

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        key = quote(entries["key"], safe="")
        answer = http.post_json(f"{self.base}/cgi-bin/webhook/send?key={key}", self._payload(message, key))
        _check(answer)
        return Sent()

    def _payload(self, message: Outgoing, key: str) -> dict[str, Any]:
        match message.form:
            case Form.CARD:
                article = {"title": message.title, "description": rules.cut(message.text, 512), "url": message.url}
                return {"msgtype": "news", "news": {"articles": [article]}}
            case Form.PICTURE:
                digest = hashlib.md5(message.picture, usedforsecurity=False).hexdigest()
                picture = base64.b64encode(message.picture).decode()
                return {"msgtype": "image", "image": {"base64": picture, "md5": digest}}
            case Form.FILE:
                return {"msgtype": "file", "file": {"media_id": self._upload(message, key)}}
            case Form.RICH:
                return {"msgtype": "markdown", "markdown": {"content": message.text}}
        return {"msgtype": "text", "text": {"content": message.text}}

    def _upload(self, message: Outgoing, key: str) -> str:
        body, kind = encode_multipart_formdata(
            {"media": (message.file_name or "附件", message.file, "application/octet-stream")}
        )
        _, data, _ = http.request(
            "POST", f"{self.base}/cgi-bin/webhook/upload_media?key={key}&type=file", body=body,
            headers={"Content-Type": kind},
        )  # fmt: skip
        answer = http.as_object(data)
        _check(answer)
        return str(answer.get("media_id", ""))


def _check(answer: Mapping[str, Any]) -> None:
    code = answer.get("errcode")
    if code == 0:
        return
    if code in DEAD:
        raise Rejected(DEAD[code], code=str(code), endpoint=True)
    if code in WRONG:
        raise Rejected(WRONG[code], code=str(code))
    said = str(answer.get("errmsg", ""))[:80]
    raise TryLater(BUSY.get(code, f"企业微信答复：{said}（{code}），稍后自动重试。"), code=str(code))  # type: ignore[arg-type]


CARRIER = WeCom()
