"""阿里云短信 SendSms (version 2017-05-25), signed by ACS3-HMAC-SHA256. The text is a template approved by the carrier."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlparse

from niangjia.channels import http
from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting, TryLater
from niangjia.channels.kinds import Form
from niangjia.core import clock

LIMITS: Final = Limits(per_minute=600)
# The phone or the words are at fault: no use in trying again.
WRONG: Final = {
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号不对，请核对。",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "短信模板的变量不合要求，请核对模板。",
    "isv.TEMPLATE_MISSING_PARAMETERS": "短信模板缺少变量，请核对模板。",
    "isv.BLACK_KEY_CONTROL_LIMIT": "短信内容含运营商禁用的词，请改写。",
    "isv.DAY_LIMIT_CONTROL": "这个号码今天收到的短信已到上限。",
}
DEAD: Final = {
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名未审核通过或已失效。请在阿里云控制台核对。",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板未审核通过或已失效。请在阿里云控制台核对。",
    "isv.AMOUNT_NOT_ENOUGH": "短信账户余额不足，请充值。",
    "isv.OUT_OF_SERVICE": "短信业务已停机，请检查账户。",
    "InvalidAccessKeyId.NotFound": "AccessKey 不存在，请核对。",
    "SignatureDoesNotMatch": "AccessKey 密钥不对，请核对。",
}


def authorization(
    secret: str,
    key_id: str,
    *,
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
) -> str:
    """The ACS3-HMAC-SHA256 header for a request whose ``headers`` (lower-case names) are all signed."""
    names = ";".join(sorted(headers))
    parts = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(query.items()))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = "\n".join([method, path, parts, lines, names, hashlib.sha256(body).hexdigest()])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signed = hmac.new(secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signed}"


@dataclass(frozen=True)
class AliyunSms:
    base: str = "https://dysmsapi.aliyuncs.com"
    label: str = "短信（阿里云）"
    forms: frozenset[Form] = frozenset({Form.TEMPLATE})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (
        Setting("key_id", "AccessKey ID"),
        Setting("key_secret", "AccessKey 密钥", secret=True),
        Setting("signature", "短信签名"),
        Setting("template", "模板编号", hint="SMS_ 开头"),
    )
    personal: bool = True
    by_hand: bool = False
    tells: bool = False

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        query = {
            "PhoneNumbers": message.to,
            "SignName": entries["signature"],
            "TemplateCode": message.data.get("template") or entries["template"],
            "TemplateParam": json.dumps(
                {name: value for name, value in message.data.items() if name != "template"}, ensure_ascii=False
            ),
            "OutId": message.key,
        }
        headers = {
            "host": urlparse(self.base).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        proof = authorization(
            entries["key_secret"], entries["key_id"], method="POST", path="/", query=query, headers=headers, body=b""
        )
        parts = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(query.items()))
        _, data, _ = http.request(
            "POST", f"{self.base}/?{parts}", body=b"", headers={**headers, "Authorization": proof}
        )
        answer = http.as_object(data)
        code = str(answer.get("Code", ""))
        if code == "OK":
            return Sent(reference=str(answer.get("BizId", "")))
        if code in WRONG:
            raise Rejected(WRONG[code], code=code)
        if code in DEAD:
            raise Rejected(DEAD[code], code=code, endpoint=True)
        raise TryLater(f"短信平台答复 {code}，稍后自动重试。", code=code)


CARRIER = AliyunSms()
