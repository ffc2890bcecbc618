"""The robot of a WeCom group, against a server that answers as the real one does."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from niangjia.channels.adapters.wecom.adapter import WeCom
from niangjia.channels.carriers import NotSent, Outgoing, Rejected, Sent, TryLater
from niangjia.channels.kinds import Form
from tests.channels.local import Answer, Asked, Provider, provider

ENTRIES = {"key": "a/b?c"}
OK = Answer({"errcode": 0, "errmsg": "ok"})


def sent(message: Outgoing, answer: Answer = OK) -> tuple[Sent, Provider]:
    with provider(lambda asked: answer) as there:
        return WeCom(base=there.address).send(message, ENTRIES), there


def payload(message: Outgoing) -> Any:
    _, there = sent(message)
    return there.asked[0].json


def test_the_key_goes_into_the_address_and_nowhere_else() -> None:
    _, there = sent(Outgoing("k", Form.TEXT, text="明天上午九点学习"))
    assert (there.asked[0].path, there.asked[0].json) == (
        "/cgi-bin/webhook/send?key=a%2Fb%3Fc",
        {"msgtype": "text", "text": {"content": "明天上午九点学习"}},
    )


def test_chinese_goes_out_as_itself_not_as_escapes() -> None:
    _, there = sent(Outgoing("k", Form.TEXT, text="娘家😀"))
    assert "娘家😀".encode() in there.asked[0].body


PICTURE = b"\x89PNG picture"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Outgoing("k", Form.RICH, text="**通知**"), {"msgtype": "markdown", "markdown": {"content": "**通知**"}}),
        (
            Outgoing("k", Form.CARD, title="两癌救助开始申请", text="到月底", url="https://nj.example/n/1"),
            {"msgtype": "news", "news": {"articles": [
                {"title": "两癌救助开始申请", "description": "到月底", "url": "https://nj.example/n/1"}]}},
        ),
        (
            Outgoing("k", Form.PICTURE, picture=PICTURE),
            {"msgtype": "image", "image": {
                "base64": base64.b64encode(PICTURE).decode(), "md5": hashlib.md5(PICTURE).hexdigest()}},
        ),
    ],
)  # fmt: skip
def test_each_form_is_what_the_document_says(message: Outgoing, expected: Any) -> None:
    assert payload(message) == expected


def test_a_file_is_uploaded_first_and_sent_by_its_number() -> None:
    def answer(asked: Asked) -> Answer:
        upload = asked.path.startswith("/cgi-bin/webhook/upload_media")
        return Answer({"errcode": 0, "media_id": "M1"}) if upload else OK

    with provider(answer) as there:
        WeCom(base=there.address).send(Outgoing("k", Form.FILE, file=b"%PDF-", file_name="通知.pdf"), ENTRIES)
    first, second = there.asked
    assert (b"%PDF-" in first.body, second.json) == (True, {"msgtype": "file", "file": {"media_id": "M1"}})


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer({"errcode": 45009, "errmsg": "api freq out of limit"}), TryLater, "45009"),
        (Answer({"errcode": 93000, "errmsg": "invalid webhook url"}), Rejected, "93000"),
        (Answer({"errcode": 40058, "errmsg": "invalid request"}), Rejected, "40058"),
        (Answer({"errcode": 99999, "errmsg": "new"}), TryLater, "99999"),
        (Answer(b"<html>busy</html>"), TryLater, "no-json"),
        (Answer({}, 502), TryLater, "502"),
        (Answer({}, 429, {"Retry-After": "60"}), TryLater, "429"),
        (Answer(b"x" * 1_000_001), TryLater, "too-long"),
    ],
)
def test_what_the_provider_says_decides_whether_it_is_tried_again(
    answer: Answer, kind: type[NotSent], code: str
) -> None:
    with pytest.raises(NotSent) as failed:
        sent(Outgoing("k", Form.TEXT, text="您好"), answer)
    assert (type(failed.value), failed.value.code) == (kind, code)


def test_a_removed_robot_is_a_dead_endpoint_and_a_long_text_is_not() -> None:
    found = []
    for code in (93000, 45002):
        with pytest.raises(Rejected) as failed:
            sent(Outgoing("k", Form.TEXT, text="您好"), Answer({"errcode": code}))
        found.append(failed.value.endpoint)
    assert found == [True, False]


def test_what_a_throttling_provider_asks_for_is_kept() -> None:
    with pytest.raises(TryLater) as failed:
        sent(Outgoing("k", Form.TEXT, text="您好"), Answer({}, 429, {"Retry-After": "60"}))
    assert failed.value.after == 60.0


def test_nobody_there_says_nothing_of_the_address() -> None:
    with provider(lambda asked: OK) as there:
        gone = there.address
    with pytest.raises(TryLater) as failed:
        WeCom(base=gone).send(Outgoing("k", Form.TEXT, text="您好"), {"key": "secret"})
    assert str(failed.value) == "连不上对方服务器，稍后自动重试。"
