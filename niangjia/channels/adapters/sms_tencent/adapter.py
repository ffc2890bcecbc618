"""腾讯云短信 SendSms (version 2021-01-11), signed by TC3-HMAC-SHA256. The text is a template approved by the carrier."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlparse

from niangjia.channels import http
from niangjia.channels.carriers import Limits, Outgoing, Rejected, Sent, Setting, TryLater
from niangjia.channels.kinds import Form
from niangjia.core import clock

LIMITS: Final = Limits(per_minute=3000)
SERVICE: Final = "sms"
WRONG: Final = {
    "FailedOperation.PhoneNumberInBlacklist": "这个号码退订了短信。",
    "InvalidParameterValue.IncorrectPhoneNumber": "手机号不对，请核对。",
    "InvalidParameterValue.TemplateParameterFormatError": "短信模板的变量不合要求，请核对模板。",
    "InvalidParameterValue.TemplateParameterLengthLimit": "短信模板的变量过长，请缩短。",
    "FailedOperation.ContainSensitiveWord": "短信内容含运营商禁用的词，请改写。",
    "LimitExceeded.PhoneNumberDailyLimit": "这个号码今天收到的短信已到上限。",
}
DEAD: Final = {
    "FailedOperation.SignatureIncorrectOrUnapproved": "短信签名未审核通过。请在腾讯云控制台核对。",
    "FailedOperation.TemplateIncorrectOrUnapproved": "短信模板未审核通过。请在腾讯云控制台核对。",
    "FailedOperation.InsufficientBalanceInSmsPackage": "短信套餐余量不足，请购买。",
    "AuthFailure.SecretIdNotFound": "SecretId 不存在，请核对。",
    "AuthFailure.SignatureFailure": "SecretKey 不对，请核对。",
}


def authorization(secret_key: str, secret_id: str, *, host: str, body: bytes, at: dt.datetime) -> str:
    """The TC3-HMAC-SHA256 header of a JSON POST to "/", with content type and host signed."""
    date, stamp = at.astimezone(dt.UTC).strftime("%Y-%m-%d"), int(at.timestamp())
    scope = f"{date}/{SERVICE}/tc3_request"
    canonical = "\n".join(
        ["POST", "/", "", f"content-type:application/json; charset=utf-8\nhost:{host}\n", "content-type;host",
         hashlib.sha256(body).hexdigest()]
    )  # fmt: skip
    text = "\n".join(["TC3-HMAC-SHA256", str(stamp), scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"TC3{secret_key}".encode()
    for part in (date, SERVICE, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signed = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders=content-type;host, Signature={signed}"


@dataclass(frozen=True)
class TencentSms:
    base: str = "https://sms.tencentcloudapi.com"
    label: str = "短信（腾讯云）"
    forms: frozenset[Form] = frozenset({Form.TEMPLATE})
    limits: Limits = LIMITS
    wants: tuple[Setting, ...] = (
        Setting("secret_id", "SecretId"),
        Setting("secret_key", "SecretKey", secret=True),
        Setting("app", "短信应用编号", hint="1400 开头"),
        Setting("signature", "短信签名"),
        Setting("template", "模板编号"),
        Setting("region", "地域", needed=False, hint="留空为 ap-guangzhou"),
    )
    personal: bool = True
    by_hand: bool = False
    tells: bool = False

    def send(self, message: Outgoing, entries: Mapping[str, str]) -> Sent:
        body = json.dumps(
            {
                "PhoneNumberSet": [f"+86{message.to}"],
                "SmsSdkAppId": entries["app"],
                "SignName": entries["signature"],
                "TemplateId": message.data.get("template") or entries["template"],
                "TemplateParamSet": [value for name, value in message.data.items() if name != "template"],
                "SessionContext": message.key,
            },
            ensure_ascii=False,
        ).encode()
        at, host = clock.now(), urlparse(self.base).netloc
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Host": host,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Timestamp": str(int(at.timestamp())),
            "X-TC-Region": entries.get("region") or "ap-guangzhou",
            "Authorization": authorization(entries["secret_key"], entries["secret_id"], host=host, body=body, at=at),
        }
        _, data, _ = http.request("POST", f"{self.base}/", body=body, headers=headers)
        answer = http.as_object(data).get("Response")
        if not isinstance(answer, dict):
            raise TryLater("短信平台的答复看不懂，稍后自动重试。", code="no-json")
        status = (answer.get("SendStatusSet") or [{}])[0]
        code = str((answer.get("Error") or status).get("Code", ""))
        if code == "Ok":
            return Sent(reference=str(status.get("SerialNo", "")))
        if code in WRONG:
            raise Rejected(WRONG[code], code=code)
        if code in DEAD:
            raise Rejected(DEAD[code], code=code, endpoint=True)
        raise TryLater(f"短信平台答复 {code}，稍后自动重试。", code=code)


CARRIER = TencentSms()
