"""Voting page by page, as a browser without script does; the public pages read what is committed."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from typing import Any

import psycopg
import pytest
from django.core.cache import caches
from django.test import Client

from config.environment import Server
from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.people.models import Account, PhoneCode
from niangjia.voting import actions, recount
from niangjia.voting.models import Poll
from tests.personas import District
from tests.programmes.test_connection_lost import cut_all_lines
from tests.voting.conftest import CLOSES, NOON, make_poll
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def shown_codes(settings: Any) -> None:
    """Codes are shown instead of sent, and nobody was here before."""
    settings.NIANGJIA_SMS_SENDER = "demo"
    settings.NIANGJIA_DEMO = True
    caches["default"].clear()


@pytest.fixture
def poll() -> Poll:
    return make_poll(District(), by_token=True)


def page_of(client: Client, poll: Poll, at: dt.datetime = NOON) -> tuple[str, str]:
    """The page of the ballot and the number it carries."""
    with clock.frozen(at):
        text = client.get(f"/vote/{poll.pk}/").content.decode()
    nonce = re.search(r'name="nonce" value="([0-9a-f]{32})"', text)
    assert nonce is not None
    return text, nonce[1]


def post(client: Client, path: str, at: dt.datetime = NOON, **given: Any) -> Any:
    with clock.frozen(at):
        return client.post(path, given)


def ask_code(
    client: Client, poll: Poll, nonce: str, *, phone: str = PHONE, choice: Any = (1, 2, 3), at: dt.datetime = NOON
) -> Any:
    return post(client, f"/vote/{poll.pk}/", at, choice=list(choice), nonce=nonce, way="phone", phone=phone)


def shown_code(answer: Any) -> str:
    found = re.search(r"demo-code.*?(\d{6})", answer.content.decode(), re.DOTALL)
    assert found is not None, answer.content.decode()
    return found[1]


def codes(poll: Poll, count: int = 1) -> list[str]:
    with acting_as(District().acting("officer")) as by, clock.frozen(NOON):
        return actions.print_tokens(poll_id=poll.pk, count=count, expires_at=CLOSES, by=by)[1]


def ballots(owner: psycopg.Connection) -> list[tuple[Any, ...]]:
    return owner.execute("SELECT choices, channel FROM voting_ballot ORDER BY id").fetchall()


def test_a_woman_votes_with_her_phone_and_finds_that_her_ballot_counts(owner: psycopg.Connection, poll: Poll) -> None:
    client = Client()
    _, nonce = page_of(client, poll)
    asked = ask_code(client, poll, nonce, phone=" +86 138-0013-8000 ", choice=[4, 1, 2])
    done = post(client, f"/vote/{poll.pk}/code/", code=shown_code(asked), nonce=nonce, choice=[4, 1, 2])
    assert done["Location"] == f"/vote/{poll.pk}/receipt/"
    with clock.frozen(NOON):
        receipt = re.search(r'class="mono">([A-Z0-9-]{14})<', client.get(done["Location"]).content.decode())
    assert receipt is not None
    told = post(Client(), "/vote/receipt/", receipt=receipt[1].lower()).content.decode()
    assert (ballots(owner), poll.title in told, "计入" in told) == ([([1, 2, 4], "PHONE")], True, True)


def test_neither_phone_nor_code_nor_account_of_a_voter_is_kept(owner: psycopg.Connection, poll: Poll) -> None:
    accounts = Account.objects.count()
    client = Client()
    _, nonce = page_of(client, poll)
    asked = ask_code(client, poll, nonce)
    post(client, f"/vote/{poll.pk}/code/", code=shown_code(asked), nonce=nonce, choice=[1, 2, 3])
    assert (Account.objects.count(), PhoneCode.objects.count(), client.session.get("vote")) == (accounts, 0, None)


def test_who_signed_in_votes_with_her_verified_phone_and_once_with_it(owner: psycopg.Connection, poll: Poll) -> None:
    client = signed_in(Account.objects.get(pk=District().resident(PHONE).account_id))
    text, nonce = page_of(client, poll)
    first = post(client, f"/vote/{poll.pk}/", nonce=nonce, way="own", choice=[1, 2, 3])
    stranger = Client()
    _, other = page_of(stranger, poll)
    asked = ask_code(stranger, poll, other)
    again = post(stranger, f"/vote/{poll.pk}/code/", code=shown_code(asked), nonce=other, choice=[1, 2, 3])
    assert ("138****8000" in text, first.status_code, again.status_code) == (True, 302, 422)
    assert "已经投过票" in again.content.decode()
    assert len(ballots(owner)) == 1


def test_who_did_not_sign_in_cannot_say_she_did(owner: psycopg.Connection, poll: Poll) -> None:
    client = Client()
    _, nonce = page_of(client, poll)
    answer = post(client, f"/vote/{poll.pk}/", nonce=nonce, way="own", choice=[1, 2, 3])
    assert (answer.status_code, ballots(owner)) == (422, [])


def test_a_paper_code_votes_in_one_step_and_a_double_tap_gives_the_same_receipt(
    owner: psycopg.Connection, poll: Poll
) -> None:
    (code,) = codes(poll)
    client = Client()
    _, nonce = page_of(client, poll)
    given: dict[str, Any] = {"nonce": nonce, "way": "token", "token": code, "choice": [2, 3, 4]}
    first, second = (post(client, f"/vote/{poll.pk}/", **given) for _ in range(2))
    same = first.cookies["vote-receipt"].value.split(":")[0] == second.cookies["vote-receipt"].value.split(":")[0]
    assert (first.status_code, second.status_code, same, ballots(owner)) == (302, 302, True, [([2, 3, 4], "TOKEN")])


def test_a_double_tap_on_the_code_gives_the_same_receipt(owner: psycopg.Connection, poll: Poll) -> None:
    client = Client()
    _, nonce = page_of(client, poll)
    code = shown_code(ask_code(client, poll, nonce))
    for _ in range(2):
        answer = post(client, f"/vote/{poll.pk}/code/", code=code, nonce=nonce, choice=[1, 2, 3])
        assert answer["Location"] == f"/vote/{poll.pk}/receipt/"
    assert len(ballots(owner)) == 1


def test_asking_twice_for_a_code_leads_to_the_code_of_a_moment_ago(poll: Poll) -> None:
    client = Client()
    _, nonce = page_of(client, poll)
    ask_code(client, poll, nonce)
    again = ask_code(client, poll, nonce)
    assert (again.status_code, "验证码刚刚发过" in again.content.decode()) == (200, True)


def test_a_wrong_code_is_counted_and_the_right_one_still_votes(owner: psycopg.Connection, poll: Poll) -> None:
    client = Client()
    _, nonce = page_of(client, poll)
    code = shown_code(ask_code(client, poll, nonce))
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    refused = post(client, f"/vote/{poll.pk}/code/", code=wrong, nonce=nonce, choice=[1, 2, 3])
    assert (refused.status_code, "还可以再试4次" in refused.content.decode()) == (422, True)
    assert post(client, f"/vote/{poll.pk}/code/", code=code, nonce=nonce, choice=[1, 2, 3]).status_code == 302


def test_an_entry_that_left_meanwhile_is_refused_and_the_code_stays_good(owner: psycopg.Connection, poll: Poll) -> None:
    client = Client()
    _, nonce = page_of(client, poll)
    code = shown_code(ask_code(client, poll, nonce))
    with acting_as(District().acting("officer")) as by:
        actions.withdraw_choice(subject="case:2", reason="本人退出", by=by)
    refused = post(client, f"/vote/{poll.pk}/code/", code=code, nonce=nonce, choice=[1, 2, 3])
    text = refused.content.decode()
    assert (refused.status_code, "2号竹林院已退出评选，不能再选" in text) == (422, True)
    assert re.search(r'value="2" disabled', text)
    assert post(client, f"/vote/{poll.pk}/code/", code=code, nonce=nonce, choice=[1, 3, 4]).status_code == 302


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"way": "phone", "phone": "1380013800"}, "手机号应为11位，现为10位"),
        ({"way": "phone", "phone": "+852 6123 4567"}, "手机号"),
        ({"way": "phone", "phone": "023-72220000"}, "这是固定电话"),
        ({"way": "phone", "phone": ""}, "手机号为空"),
        ({"way": "phone", "phone": PHONE, "choice": [1, 2]}, "每张选票须选3至10项"),
        ({"way": "token", "token": ""}, "请填写纸条上的投票码"),
        ({"way": "token", "token": "AAAA-AAAA-AAAA"}, "没有这个投票码"),
        ({"way": "token", "token": "AAAA-AAAA-AAAA", "choice": [1, 2, 99]}, "选票里有不存在的编号"),
        ({"way": "token", "token": "AAAA-AAAA-AAAA", "choice": ["x", "１", "-1"]}, "每张选票须选3至10项"),
        ({"way": "", "choice": [1, 2, 3]}, "请选一种方式投票"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_ticked_stays(
    owner: psycopg.Connection, poll: Poll, given: dict[str, Any], message: str
) -> None:
    client = Client()
    _, nonce = page_of(client, poll)
    answer = post(client, f"/vote/{poll.pk}/", **{"nonce": nonce, "choice": [1, 2, 3], **given})
    text = answer.content.decode()
    assert (answer.status_code, message in text, ballots(owner)) == (422, True, [])
    if given.get("choice", [1])[0] == 1:
        assert re.search(r'value="1" checked', text)


def test_a_ballot_on_its_way_at_closing_counts_and_one_later_is_told_when_it_came(
    owner: psycopg.Connection, poll: Poll
) -> None:
    one, two = codes(poll, 2)
    client = Client()
    for code, seconds, status in ((one, 9, 302), (two, 30, 422)):
        at = CLOSES + dt.timedelta(seconds=seconds)
        _, nonce = page_of(client, poll)
        answer = post(client, f"/vote/{poll.pk}/", at, nonce=nonce, way="token", token=code, choice=[1, 2, 3])
        assert answer.status_code == status
    assert "您的选票于11月26日22:00:30到达，没有计入。" in answer.content.decode()
    assert len(ballots(owner)) == 1


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOON - dt.timedelta(days=30), "还没有开始"),
        (NOON.replace(hour=3), "现在不是投票时段"),
        (CLOSES + dt.timedelta(hours=1), "投票已截止"),
    ],
)
def test_out_of_hours_the_page_says_so_and_offers_no_ballot(poll: Poll, at: dt.datetime, said: str) -> None:
    text, _ = page_of(Client(), poll, at)
    assert (said in text, 'name="way"' in text) == (True, False)


def test_a_draft_is_not_to_be_found() -> None:
    poll = make_poll(District(), opened=False)
    client = Client()
    assert (client.get(f"/vote/{poll.pk}/").status_code, poll.title in client.get("/vote/").content.decode()) == (
        404,
        False,
    )


def test_the_receipt_is_shown_to_who_voted_and_says_nothing_of_whom(poll: Poll) -> None:
    (code,) = codes(poll)
    client = Client()
    _, nonce = page_of(client, poll)
    post(client, f"/vote/{poll.pk}/", nonce=nonce, way="token", token=code, choice=[2, 3, 4])
    shown = client.get(f"/vote/{poll.pk}/receipt/").content.decode()
    assert ("竹林院" in shown, "清溪院" in shown) == (False, False)
    assert Client().get(f"/vote/{poll.pk}/receipt/").status_code == 302


def test_wrong_receipts_are_not_tried_without_end(poll: Poll) -> None:
    client = Client()
    answers = [post(client, "/vote/receipt/", receipt="AAAA").status_code for _ in range(31)]
    assert (answers[0], answers[-1]) == (422, 429)


def test_results_are_hidden_until_they_are_published_and_then_anybody_counts_again(
    owner: psycopg.Connection, poll: Poll
) -> None:
    district = District()
    client = Client()
    for code, choice in zip(codes(poll, 3), ([1, 2, 3], [1, 2, 4], [1, 4, 5]), strict=True):
        _, nonce = page_of(client, poll)
        post(client, f"/vote/{poll.pk}/", nonce=nonce, way="token", token=code, choice=choice)
    hidden = client.get(f"/vote/{poll.pk}/results/").content.decode()
    assert ("结果还没有公布" in hidden, client.get(f"/vote/{poll.pk}/ballots.csv.gz").status_code) == (True, 404)
    with clock.frozen(CLOSES + dt.timedelta(minutes=5)):
        for who, action in (
            ("officer", actions.close_poll),
            ("officer", actions.count_poll),
            ("chair", actions.publish),
        ):
            with acting_as(district.acting(who)) as by:
                action(poll_id=poll.pk, by=by)
    shown = client.get(f"/vote/{poll.pk}/results/").content.decode()
    result = recount.count_bytes(gzip.decompress(client.get(f"/vote/{poll.pk}/ballots.csv.gz").content))
    assert (result.votes, result.link in shown) == ({1: 3, 2: 2, 3: 1, 4: 2, 5: 1}, True)
    assert b"def count(" in client.get(f"/vote/{poll.pk}/recount.py").content
    assert "已公布结果" in client.get("/vote/").content.decode()


def test_a_device_is_remembered_for_this_room_only(poll: Poll) -> None:
    client = Client()
    page_of(client, poll)
    cookie = client.cookies["vote-device"]
    assert (cookie["path"], cookie["httponly"], cookie["max-age"]) == ("/vote/", True, 30 * 24 * 3600)


def test_a_ballot_that_meets_a_connection_gone_is_cast_on_another(
    owner: psycopg.Connection, template: Server, poll: Poll
) -> None:
    (code,) = codes(poll)
    client = Client()
    _, nonce = page_of(client, poll)
    cut_all_lines(template)
    done = post(client, f"/vote/{poll.pk}/", nonce=nonce, way="token", token=code, choice=[2, 3, 4])
    assert (done.status_code, ballots(owner)) == (302, [([2, 3, 4], "TOKEN")])
