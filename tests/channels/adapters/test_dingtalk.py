"""The DingTalk robot, against a server that checks the signature as the real one does."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from niangjia.channels.adapters.dingtalk.adapter import DingTalk, signature
from niangjia.channels.carriers import NotSent, Outgoing, Rejected, TryLater
from niangjia.channels.kinds import Form
from niangjia.core import clock
from tests.channels.local import Answer, Provider, provider

ENTRIES = {"token": "T", "secret": "SEC+/="}
NOW = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)


def sent(message: Outgoing, payload: Any, entries: dict[str, str] = ENTRIES) -> Provider:
    with provider(lambda asked: Answer(payload)) as there, clock.frozen(NOW):
        DingTalk(base=there.address).send(message, entries)
    return there


def test_the_signature_is_in_the_address_encoded_once() -> None:
    there = sent(Outgoing("k", Form.TEXT, text="学习"), {"errcode": 0})
    query = parse_qs(urlsplit(there.asked[0].path).query)
    stamp = int(NOW.timestamp() * 1000)
    assert query == {"access_token": ["T"], "timestamp": [str(stamp)], "sign": [signature("SEC+/=", stamp)]}


def test_without_a_secret_nothing_is_signed() -> None:
    there = sent(Outgoing("k", Form.TEXT, text="学习"), {"errcode": 0}, {"token": "T"})
    assert there.asked[0].path == "/robot/send?access_token=T"


@pytest.mark.parametrize(
    ("message", "payload"),
    [
        (Outgoing("k", Form.TEXT, text="学习"), {"msgtype": "text", "text": {"content": "学习"}}),
        (
            Outgoing("k", Form.RICH, text="# 学习"),
            {"msgtype": "markdown", "markdown": {"title": "通知", "text": "# 学习"}},
        ),
        (
            Outgoing("k", Form.CARD, title="学习", text="明天", url="https://nj.example/1"),
            {"msgtype": "link", "link": {
                "title": "学习", "text": "明天", "messageUrl": "https://nj.example/1", "picUrl": ""}},
        ),
    ],
)  # fmt: skip
def test_each_form_is_what_the_document_says(message: Outgoing, payload: Any) -> None:
    assert sent(message, {"errcode": 0}).asked[0].json == payload


@pytest.mark.parametrize(
    ("code", "kind", "after"),
    [(310000, Rejected, None), (400013, Rejected, None), (130101, TryLater, 600.0), (-1, TryLater, None)],
)
def test_a_throttled_robot_rests_ten_minutes_and_a_wrong_one_is_closed(
    code: int, kind: type[NotSent], after: float | None
) -> None:
    with pytest.raises(NotSent) as failed:
        sent(Outgoing("k", Form.TEXT, text="学习"), {"errcode": code, "errmsg": "…"})
    assert (type(failed.value), getattr(failed.value, "after", None)) == (kind, after)
