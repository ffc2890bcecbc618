"""QQ's official bot within its rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from niangjia.channels import tokens
from niangjia.channels.adapters.qq_bot.adapter import QqBot, is_signed, sign
from niangjia.channels.carriers import NotSent, Outgoing, Rejected, TryLater
from niangjia.channels.kinds import Form
from tests.channels.local import Answer, Asked, Provider, provider

ENTRIES = {"app_id": "A", "secret": "S", "group": "G/1"}
ANSWER = Outgoing("k", Form.TEXT, text="请看公告", data={"msg_id": "Q1"})
# The challenge of the platform's own documentation.
SECRET, PLAIN, STAMP = "DG5g3B4j9X2KOErG", "Arq0D5A61EgUu4OxUvOp", "1725442341"
EXPECTED = "87befc99c42c651b3aac0278e71ada338433ae26fcb24307bdc5ad38c1adc2d01bcfcadc0842edac85e85205028a1132afe09280305f13aa6909ffc2d652c706"


@pytest.fixture(autouse=True)
def _no_token() -> Iterator[None]:
    tokens.forget("qq:A")
    yield
    tokens.forget("qq:A")


def sent(payload: Any, message: Outgoing = ANSWER) -> Provider:
    def answer(asked: Asked) -> Answer:
        login = asked.path == "/app/getAppAccessToken"
        return Answer({"access_token": "T", "expires_in": "7200"}) if login else Answer(payload)

    with provider(answer) as there:
        QqBot(base=there.address, login=there.address).send(message, ENTRIES)
    return there


def test_the_challenge_is_answered_as_the_document_shows() -> None:
    assert sign(SECRET, f"{STAMP}{PLAIN}".encode()) == EXPECTED


@pytest.mark.parametrize(
    ("claimed", "body", "expected"),
    [(EXPECTED, PLAIN, True), (EXPECTED, "other", False), ("zz", PLAIN, False), ("", PLAIN, False)],
)
def test_only_what_qq_signed_is_believed(claimed: str, body: str, expected: bool) -> None:
    assert is_signed(SECRET, claimed, STAMP, body.encode()) is expected


def test_an_answer_names_the_question_and_its_place_in_the_row() -> None:
    asked = sent({"id": "M1"}).asked[-1]
    assert (asked.path, asked.headers["authorization"], asked.json) == (
        "/v2/groups/G%2F1/messages",
        "QQBot T",
        {"content": "请看公告", "msg_type": 0, "msg_id": "Q1", "msg_seq": 1},
    )


@pytest.mark.parametrize(
    ("payload", "message", "kind"),
    [
        ({}, Outgoing("k", Form.TEXT, text="学习"), Rejected),
        ({"code": 40034105}, ANSWER, Rejected),
        ({"code": 11244}, ANSWER, TryLater),
        ({"code": 1, "message": "busy"}, ANSWER, TryLater),
    ],
)
def test_it_never_begins_by_itself(payload: Any, message: Outgoing, kind: type[NotSent]) -> None:
    with pytest.raises(NotSent) as failed:
        sent(payload, message)
    assert type(failed.value) is kind
