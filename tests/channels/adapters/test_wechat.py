"""The official account: its encryption agrees with the peer's, its calls with a server that behaves like WeChat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto, WeChatCrypto  # type: ignore[import-untyped]
from wechatpy.exceptions import InvalidAppIdException  # type: ignore[import-untyped]
from wechatpy.utils import check_signature  # type: ignore[import-untyped]

from niangjia.channels import tokens
from niangjia.channels.adapters.wechat import crypto, inbound
from niangjia.channels.adapters.wechat.adapter import WeChat
from niangjia.channels.adapters.wechat.crypto import Forged
from niangjia.channels.adapters.wechat.inbound import Heard
from niangjia.channels.adapters.wechat_notice.adapter import WeChatNotice
from niangjia.channels.carriers import NotSent, Outgoing, Rejected, TryLater
from niangjia.channels.kinds import Form
from niangjia.core import clock
from tests.channels.local import Answer, Asked, Provider, provider

NOW = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)
STAMP = str(int(NOW.timestamp()))
TOKEN, KEY, APP = "niangjia", "0123456789abcdefghijABCDEFGHIJ0123456789abc", "wx00niangjia00"
peer = WeChatCrypto(TOKEN, KEY, APP)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


# --- encryption ----------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_the_peer_opens_what_we_seal_and_we_what_it_seals(text: str) -> None:
    cipher = PrpCrypto(peer.key)
    assert cipher.decrypt(crypto.encrypt(text, key=KEY, app_id=APP), APP) == text
    assert crypto.decrypt(cipher.encrypt(text, APP).decode(), key=KEY, app_id=APP) == text


def test_the_peer_accepts_our_signatures() -> None:
    check_signature(TOKEN, crypto.signature(TOKEN, STAMP, "nonce"), STAMP, "nonce")
    assert crypto.is_signed(crypto.signature(TOKEN, STAMP, "nonce"), TOKEN, STAMP, "other") is False


@pytest.mark.parametrize("sealed", ["", "not base64", "AAAA", "A" * 64])
def test_rubbish_is_forged_and_nothing_else(sealed: str) -> None:
    with pytest.raises(Forged):
        crypto.decrypt(sealed, key=KEY, app_id=APP)


def test_a_message_for_another_account_is_forged_as_the_peer_says_too() -> None:
    ours = crypto.encrypt("您好", key=KEY, app_id="wx-other")
    with pytest.raises(Forged):
        crypto.decrypt(ours, key=KEY, app_id=APP)
    with pytest.raises(InvalidAppIdException):
        peer.decrypt_message(
            f"<xml><Encrypt>{ours}</Encrypt></xml>", crypto.signature(TOKEN, STAMP, "n", ours), STAMP, "n"
        )


# --- what comes in -------------------------------------------------------------------------------------------------

INNER = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>oHer</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>text</MsgType><Content>想问😀两癌救助</Content><MsgId>77</MsgId></xml>"
)


def letter(inner: str = INNER, stamp: str = STAMP, app: str = APP) -> tuple[bytes, dict[str, str]]:
    sealed = crypto.encrypt(inner, key=KEY, app_id=app)
    body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
    return body, {"timestamp": stamp, "nonce": "n", "msg_signature": crypto.signature(TOKEN, stamp, "n", sealed)}


def heard(body: bytes, query: dict[str, str]) -> Heard:
    return inbound.hear(body, query, token=TOKEN, key=KEY, app_id=APP)


def test_a_message_is_read_and_repeated_ones_have_the_same_key() -> None:
    expected = Heard("77", "oHer", "gh_1", "text", "想问😀两癌救助", "")
    assert (heard(*letter()), heard(*letter())) == (expected, expected)


def test_an_event_without_a_number_is_told_by_who_and_when() -> None:
    event = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oHer</FromUserName><CreateTime>9</CreateTime>"
        "<MsgType>event</MsgType><Event>subscribe</Event></xml>"
    )
    assert heard(*letter(event)).key == "oHer-9-subscribe"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'


def _wrong_signature(body: bytes, query: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    return body, {**query, "msg_signature": "0" * 40}


@pytest.mark.parametrize(
    ("body", "query"),
    [
        _wrong_signature(*letter()),
        letter(stamp=str(int(STAMP) - 301)),
        letter(stamp="soon"),
        letter(app="wx-other"),
        (BOMB.encode(), letter()[1]),
        (b"<xml><Encrypt>" + b"A" * 64_000, letter()[1]),
        ("<xml>未完".encode("gbk"), letter()[1]),
        (b"", {}),
    ],
    ids=["signature", "replay", "no-time", "foreign", "bomb", "too-long", "other-encoding", "nothing"],
)
def test_what_is_not_from_wechat_is_forged(body: bytes, query: dict[str, str]) -> None:
    with pytest.raises(Forged):
        heard(body, query)


def test_the_answer_is_one_the_peer_can_read() -> None:
    answer = inbound.reply(heard(*letter()), "已收到 <您的> 留言", token=TOKEN, key=KEY, app_id=APP, nonce="n2")
    fields = inbound._fields(answer)
    plain = peer.decrypt_message(answer.decode(), fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
    assert inbound._fields(plain.encode()) == {
        "ToUserName": "oHer", "FromUserName": "gh_1", "CreateTime": STAMP, "MsgType": "text",
        "Content": "已收到 <您的> 留言",
    }  # fmt: skip


def test_the_console_gets_its_echo_only_when_it_signs() -> None:
    query = {"timestamp": STAMP, "nonce": "n", "echostr": "E", "signature": crypto.signature(TOKEN, STAMP, "n")}
    with pytest.raises(Forged):
        inbound.greet({**query, "nonce": "m"}, TOKEN)
    assert inbound.greet(query, TOKEN) == "E"


# --- what goes out -------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_token() -> Iterator[None]:
    tokens.forget(f"wechat:{APP}")
    yield
    tokens.forget(f"wechat:{APP}")


ENTRIES = {"app_id": APP, "app_secret": "S", "template": "T1"}
ARTICLE = Outgoing(
    "k", Form.ARTICLE, title="四城同创", text="<p>正文</p>", url="https://nj.example/1", picture=b"JPG",
    data={"digest": "摘" * 130},
)  # fmt: skip
NOTICE = Outgoing("k", Form.TEMPLATE, to="oHer", data={"thing1": "您咨询的事项有新进展" * 3})


class Account:
    """WeChat as the adapters meet it: a token that grows stale, uploads, drafts, notices."""

    def __init__(self, answer: Any = None, stale: int = 0) -> None:
        self.answer = {"errcode": 0, "media_id": "M9", "msgid": 5} if answer is None else answer
        self.stale, self.given = stale, 0

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/cgi-bin/stable_token":
            self.given += 1
            return Answer({"access_token": f"T{self.given}", "expires_in": 7200})
        if self.stale:
            self.stale -= 1
            return Answer({"errcode": 42001, "errmsg": "access_token expired"})
        if asked.path.startswith("/cgi-bin/material"):
            return Answer({"media_id": "COVER"})
        return Answer(self.answer)


def sent(message: Outgoing, account: Account) -> tuple[Any, Provider]:
    with provider(account) as there:
        made = WeChat(base=there.address) if message.form is Form.ARTICLE else WeChatNotice(base=there.address)
        return made.send(message, ENTRIES), there


def test_an_article_becomes_a_draft_with_its_cover_and_a_cut_digest() -> None:
    answer, there = sent(ARTICLE, Account())
    (article,) = there.asked[-1].json["articles"]
    assert (answer.reference, article["thumb_media_id"], len(article["digest"]), article["content"]) == (
        "M9", "COVER", 128, "<p>正文</p>",
    )  # fmt: skip


def test_one_token_serves_many_calls_and_a_stale_one_is_fetched_anew_once() -> None:
    account = Account(stale=1)
    with provider(account) as there:
        for _ in range(3):
            WeChatNotice(base=there.address).send(NOTICE, ENTRIES)
    assert (account.given, len(there.asked)) == (2, 6)


def test_a_notice_goes_to_one_person_with_values_that_fit() -> None:
    _, there = sent(NOTICE, Account())
    assert there.asked[-1].json == {
        "touser": "oHer", "template_id": "T1", "data": {"thing1": {"value": ("您咨询的事项有新进展" * 3)[:20]}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "code", "kind", "dead"),
    [
        (NOTICE, 43101, Rejected, False),
        (NOTICE, 47003, Rejected, False),
        (NOTICE, 48001, Rejected, True),
        (NOTICE, 45009, TryLater, None),
        (NOTICE, 42001, TryLater, None),
        (NOTICE, 77777, TryLater, None),
        (ARTICLE, 45003, Rejected, False),
    ],
)
def test_each_code_means_wait_give_up_or_close(
    message: Outgoing, code: int, kind: type[NotSent], dead: bool | None
) -> None:
    with pytest.raises(NotSent) as failed:
        sent(message, Account({"errcode": code, "errmsg": "…"}))
    assert (type(failed.value), getattr(failed.value, "endpoint", None)) == (kind, dead)


def test_an_article_without_a_cover_never_starts() -> None:
    with pytest.raises(Rejected, match="公众号文章须有封面图"):
        WeChat(base="http://127.0.0.1:9").send(Outgoing("k", Form.ARTICLE, title="四城同创", text="正文"), ENTRIES)
