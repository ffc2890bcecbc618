"""Calls to the official account's interface: the token, the codes, what they mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from urllib3 import encode_multipart_formdata

from niangjia.channels import http, tokens
from niangjia.channels.carriers import Rejected, Setting, TryLater

BASE: Final = "https://api.weixin.qq.com"
WANTS: Final = (Setting("app_id", "AppID"), Setting("app_secret", "AppSecret", secret=True))
STALE: Final = ("40001", "40014", "42001")  # the token is no longer good
DEAD: Final = {
    "40013": "AppID 不对，请核对。",
    "40125": "AppSecret 不对，请核对。",
    "40164": "服务器的IP不在公众号的白名单里。请在公众平台加入。",
    "48001": "公众号没有这个接口的权限（须已认证）。",
    "50002": "公众号被限制使用，请登录公众平台查看。",
}
WRONG: Final = {
    "40007": "图片或封面已失效，请重新上传。",
    "45002": "正文过长，公众号最多2万字。",
    "45003": "标题过长，公众号最多32个字。",
    "45004": "摘要过长，公众号最多128个字。",
    "40009": "图片过大，公众号最多10 MB。",
    "47003": "模板的变量不合要求：每项最多20个字，请核对。",
    "43004": "她没有关注公众号。",
    "43101": "她没有同意接收，或已经用完一次。",
    "40003": "收件人的编号不对。",
    "40037": "模板编号不对，请核对。",
}


def _fetch(base: str, entries: Mapping[str, str]) -> tuple[str, float]:
    answer = http.post_json(
        f"{base}/cgi-bin/stable_token",
        {"grant_type": "client_credential", "appid": entries["app_id"], "secret": entries["app_secret"]},
    )
    if "access_token" not in answer:
        fail(answer)
    return str(answer["access_token"]), float(answer.get("expires_in", 7200))


def fail(answer: Mapping[str, Any]) -> None:
    """Raise what an error code means."""
    code = str(answer.get("errcode"))
    if code in DEAD:
        raise Rejected(DEAD[code], code=code, endpoint=True)
    if code in WRONG:
        raise Rejected(WRONG[code], code=code)
    after = 3600.0 if code == "45009" else None
    words = (
        "公众号今天的调用次数已用完，晚些自动重试。"
        if after
        else f"微信答复：{str(answer.get('errmsg', ''))[:60]}（{code}），稍后自动重试。"
    )
    raise TryLater(words, code=code, after=after)


def call(
    base: str, path: str, entries: Mapping[str, str], ask: Callable[[str], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """``ask`` the address with a token in it; once more with a fresh token if WeChat says it is stale."""
    name = f"wechat:{entries['app_id']}"
    joint = "&" if "?" in path else "?"
    answer: Mapping[str, Any] = {}
    for _ in range(2):
        token = tokens.token(name, lambda: _fetch(base, entries))
        answer = ask(f"{base}{path}{joint}access_token={quote(token, safe='')}")
        code = str(answer.get("errcode", 0))
        if code == "0":
            return answer
        if code not in STALE:
            break
        tokens.forget(name)
    fail(answer)
    return answer


def post(base: str, path: str, entries: Mapping[str, str], payload: Any) -> Mapping[str, Any]:
    return call(base, path, entries, lambda address: http.post_json(address, payload))


def upload(base: str, path: str, entries: Mapping[str, str], name: str, data: bytes) -> Mapping[str, Any]:
    """Send a file as ``media``."""

    def ask(address: str) -> Mapping[str, Any]:
        body, kind = encode_multipart_formdata({"media": (name, data, "application/octet-stream")})
        return http.as_object(http.request("POST", address, body=body, headers={"Content-Type": kind})[1])

    return call(base, path, entries, ask)
