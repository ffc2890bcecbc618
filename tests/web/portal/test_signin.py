"""Signing in with a code sent to a phone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.people import actions as people
from niangjia.trail.models import Entry
from tests.personas import District

pytestmark = pytest.mark.django_db(databases=["default", "public"])

ENTER, CODE, AGAIN, OUT = "/my/sign-in/", "/my/sign-in/code/", "/my/sign-in/code/again/", "/my/sign-in/out/"
PHONE = "13900139000"


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.NIANGJIA_DEMO, settings.NIANGJIA_SMS_SENDER = True, "demo"


def shown_code(client: Client) -> str:
    found = re.search(r'<strong class="mono">(\d{6})</strong>', client.get(CODE).content.decode())
    assert found is not None
    return found[1]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask(client: Client, phone: str = PHONE, onward: str = "") -> str:
    client.post(ENTER, {"phone": phone, "next": onward})
    return shown_code(client)


def words(response: object) -> str:
    text: str = response.content.decode()  # type: ignore[attr-defined]
    return text


@pytest.mark.usefixtures("district", "demo")
def test_the_right_code_opens_a_new_session_and_leads_where_she_was_going(client: Client) -> None:
    code = ask(client, onward="/apply/7/3/?from=review")
    before = client.session.session_key
    answer = client.post(CODE, {"code": code, "next": "/apply/7/3/?from=review"})
    assert (answer.status_code, answer["Location"], client.session.session_key == before) == (
        302,
        "/apply/7/3/?from=review",
        False,
    )
    assert client.get("/my/").status_code == 200


@pytest.mark.usefixtures("demo")
def test_a_sign_in_and_a_failed_one_are_in_the_trail(client: Client, district: District) -> None:
    code = ask(client)
    client.post(CODE, {"code": code})
    client.post(OUT)
    with clock.frozen(clock.now() + dt.timedelta(minutes=2)):
        code = ask(client)
        client.post(CODE, {"code": another(code)})
    with acting_as(district.acting("auditor")):
        verbs = list(Entry.objects.filter(verb__startswith="account.").order_by("id").values_list("verb", flat=True))
    assert verbs[-3:] == ["account.sign_in", "account.sign_out", "account.sign_in_failed"]


@pytest.mark.usefixtures("district", "demo")
@pytest.mark.parametrize("onward", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(client: Client, onward: str) -> None:
    assert client.post(CODE, {"code": ask(client), "next": onward})["Location"] == "/my/"


@pytest.mark.usefixtures("district", "demo")
@pytest.mark.parametrize(
    ("phone", "message"),
    [("", "请填写手机号。"), ("12345", "手机号"), ("1390013900", "手机号")],
)
def test_a_phone_that_is_none_is_said_at_the_field(client: Client, phone: str, message: str) -> None:
    answer = client.post(ENTER, {"phone": phone})
    assert (answer.status_code, message in words(answer), client.get(CODE).status_code) == (422, True, 302)


@pytest.mark.usefixtures("district", "demo")
@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}"])
def test_a_code_may_be_typed_with_blanks_and_in_full_width(client: Client, typed: str) -> None:
    code = ask(client)
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert client.post(CODE, {"code": typed.format(wide, code[:3], code[3:])}).status_code == 302


@pytest.mark.usefixtures("district", "demo")
def test_a_wrong_code_says_how_many_tries_are_left_and_five_are_too_many(client: Client) -> None:
    code = ask(client)
    said = [words(client.post(CODE, {"code": another(code)})) for _ in range(5)]
    assert [f"还可以再试{left}次" in text for left, text in zip((4, 3, 2, 1), said[:4], strict=True)] == [True] * 4
    assert "输错次数过多，请重新获取验证码。" in said[4]
    assert "输错次数过多，请重新获取验证码。" in words(client.post(CODE, {"code": code}))


@pytest.mark.usefixtures("district", "demo")
def test_a_code_is_good_for_ten_minutes(client: Client) -> None:
    code = ask(client)
    with clock.frozen(clock.now() + dt.timedelta(minutes=people.CODE_MINUTES, seconds=1)):
        answer = client.post(CODE, {"code": code})
    assert (answer.status_code, "验证码已失效，请重新获取。" in words(answer)) == (422, True)


@pytest.mark.usefixtures("district", "demo")
def test_a_code_opens_one_session_only(client: Client) -> None:
    code = ask(client)
    pending = client.session["signin"]
    client.post(CODE, {"code": code})
    other = Client()
    session = other.session
    session["signin"] = pending
    session.save()
    assert "验证码已失效，请重新获取。" in words(other.post(CODE, {"code": code}))


@pytest.mark.usefixtures("district", "demo")
def test_codes_are_a_minute_apart(client: Client) -> None:
    ask(client)
    too_soon = client.post(AGAIN, follow=True)
    assert "请一分钟后再试" in words(too_soon)
    with clock.frozen(clock.now() + dt.timedelta(minutes=1, seconds=1)):
        assert "验证码已重新发送。" in words(client.post(AGAIN, follow=True))


@pytest.mark.usefixtures("district", "demo")
def test_a_phone_has_only_so_many_codes_a_day(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "CODES_PER_PHONE_A_DAY", 1)
    ask(client)
    with clock.frozen(clock.now() + dt.timedelta(minutes=2)):
        answer = client.post(ENTER, {"phone": PHONE})
    assert (answer.status_code, "今天向这个号码发送验证码的次数已用完" in words(answer)) == (422, True)


@pytest.mark.usefixtures("district", "demo")
def test_one_address_behind_the_proxy_has_only_so_many_codes_an_hour(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "CODES_PER_ADDRESS_AN_HOUR", 1)
    via = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7"}
    other = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.8"}
    answers = [
        client.post(ENTER, {"phone": f"1390013900{last}"}, **headers).status_code  # type: ignore[arg-type]
        for last, headers in enumerate((via, via, other))
    ]
    assert answers == [302, 422, 302]


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize(
    ("sender", "message"), [("refusing", "本站还没有开通短信"), ("failing", "短信暂时发不出去，请一分钟后再试。")]
)
def test_a_code_that_did_not_leave_is_said_and_nothing_is_pending(
    client: Client, settings: Settings, sender: str, message: str
) -> None:
    settings.NIANGJIA_SMS_SENDER = sender
    answer = client.post(ENTER, {"phone": PHONE})
    assert (answer.status_code, message in words(answer), "signin" in client.session) == (422, True, False)


@pytest.mark.usefixtures("district", "demo")
def test_the_phone_lies_sealed_in_the_session(client: Client) -> None:
    ask(client)
    assert (PHONE in str(dict(client.session)), client.session["signin"]["masked"]) == (False, "139****9000")


@pytest.mark.usefixtures("district", "demo")
@pytest.mark.parametrize("path", [ENTER, CODE, AGAIN, OUT])
def test_forms_of_other_sites_are_refused(path: str) -> None:
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(path, {"phone": PHONE, "code": "123456"}).status_code == 403


@pytest.mark.usefixtures("district", "demo")
def test_one_phone_is_one_account(client: Client) -> None:
    client.post(CODE, {"code": ask(client)})
    first = client.session["_auth_user_id"]
    client.post(OUT)
    with clock.frozen(clock.now() + dt.timedelta(minutes=2)):
        client.post(CODE, {"code": ask(client, "139 0013 9000")})
    assert client.session["_auth_user_id"] == first


@pytest.mark.usefixtures("district", "demo")
def test_signing_out_ends_the_session(client: Client) -> None:
    client.post(CODE, {"code": ask(client)})
    client.post(OUT)
    assert client.get("/my/")["Location"] == "/my/sign-in/?next=/my/"


@pytest.mark.usefixtures("district", "demo")
def test_who_is_signed_in_need_not_sign_in(client: Client) -> None:
    client.post(CODE, {"code": ask(client)})
    assert [client.get(path)["Location"] for path in (ENTER, CODE)] == ["/my/", "/my/"]


@pytest.mark.usefixtures("district")
def test_a_code_page_without_a_phone_asks_for_the_phone(client: Client) -> None:
    assert client.get(CODE)["Location"] == "/my/sign-in/?next=%2Fmy%2F"
