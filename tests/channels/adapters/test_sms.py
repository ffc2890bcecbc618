"""SMS by two carriers, against servers that compute the signature themselves."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from niangjia.channels.adapters.sms_aliyun import adapter as aliyun
from niangjia.channels.adapters.sms_tencent import adapter as tencent
from niangjia.channels.carriers import NotSent, Outgoing, Rejected, Sent, TryLater
from niangjia.channels.kinds import Form
from niangjia.core import clock
from tests.channels.local import Answer, Provider, provider

NOW = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)
MESSAGE = Outgoing("nj-1-2-ab", Form.TEMPLATE, to="13800138000", data={"name": "王女士", "time": "明天"})
ALIYUN = {"key_id": "ID", "key_secret": "S", "signature": "涪陵妇联", "template": "SMS_1"}
TENCENT = {
    "secret_id": "ID", "secret_key": "S", "app": "1400000001", "signature": "涪陵妇联", "template": "9", "region": "",
}  # fmt: skip


def sent(which: str, payload: Any) -> tuple[Sent, Provider]:
    with provider(lambda asked: Answer(payload)) as there, clock.frozen(NOW):
        if which == "aliyun":
            return aliyun.AliyunSms(base=there.address).send(MESSAGE, ALIYUN), there
        return tencent.TencentSms(base=there.address).send(MESSAGE, TENCENT), there


def test_aliyun_gets_the_template_and_can_check_who_signed() -> None:
    answer, there = sent("aliyun", {"Code": "OK", "BizId": "B7"})
    asked = there.asked[0]
    query = dict(parse_qsl(urlsplit(asked.path).query, keep_blank_values=True))
    signed = asked.headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    expected = aliyun.authorization(
        "S",
        "ID",
        method="POST",
        path="/",
        query=query,
        headers={name: asked.headers[name] for name in signed},
        body=b"",
    )
    assert (answer.reference, asked.headers["authorization"], query) == (
        "B7",
        expected,
        {
            "PhoneNumbers": "13800138000", "SignName": "涪陵妇联", "TemplateCode": "SMS_1", "OutId": "nj-1-2-ab",
            "TemplateParam": '{"name": "王女士", "time": "明天"}',
        },
    )  # fmt: skip


def test_tencent_gets_the_template_and_can_check_who_signed() -> None:
    answer, there = sent("tencent", {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "S7"}]}})
    asked = there.asked[0]
    expected = tencent.authorization("S", "ID", host=asked.headers["host"], body=asked.body, at=NOW)
    assert (answer.reference, asked.headers["authorization"], asked.headers["x-tc-region"], json.loads(asked.body)) == (
        "S7",
        expected,
        "ap-guangzhou",
        {
            "PhoneNumberSet": ["+8613800138000"], "SmsSdkAppId": "1400000001", "SignName": "涪陵妇联", "TemplateId": "9",
            "TemplateParamSet": ["王女士", "明天"], "SessionContext": "nj-1-2-ab",
        },
    )  # fmt: skip


def test_the_tencent_signature_depends_on_the_body_the_day_and_the_key() -> None:
    made = {
        tencent.authorization(key, "ID", host="h", body=body, at=at)
        for key in ("S", "T")
        for body in (b"1", b"2")
        for at in (NOW, NOW + dt.timedelta(days=1))
    }
    assert len(made) == 8


def test_the_empty_body_has_the_hash_everybody_knows() -> None:
    _, there = sent("aliyun", {"Code": "OK"})
    assert there.asked[0].headers["x-acs-content-sha256"] == hashlib.sha256(b"").hexdigest()


def tencent_says(code: str) -> Any:
    return {"Response": {"SendStatusSet": [{"Code": code}]}}


@pytest.mark.parametrize(
    ("which", "payload", "kind", "dead"),
    [
        ("aliyun", {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, Rejected, False),
        ("aliyun", {"Code": "isv.AMOUNT_NOT_ENOUGH"}, Rejected, True),
        ("aliyun", {"Code": "isv.BUSINESS_LIMIT_CONTROL"}, TryLater, None),
        ("aliyun", {}, TryLater, None),
        ("tencent", tencent_says("FailedOperation.PhoneNumberInBlacklist"), Rejected, False),
        ("tencent", {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}}, Rejected, True),
        ("tencent", tencent_says("InternalError.Timeout"), TryLater, None),
        ("tencent", {"Response": "?"}, TryLater, None),
    ],
)
def test_the_carriers_answer_decides(which: str, payload: Any, kind: type[NotSent], dead: bool | None) -> None:
    with pytest.raises(NotSent) as failed:
        sent(which, payload)
    assert (type(failed.value), getattr(failed.value, "endpoint", None)) == (kind, dead)
    assert "13800138000" not in str(failed.value)
