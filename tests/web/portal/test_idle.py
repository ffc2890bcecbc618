"""Sessions end when nobody is there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from niangjia.core import clock
from tests.web.conftest import Browse

pytestmark = pytest.mark.django_db(databases=["default", "public"])


def after(client: Client, minutes: float, path: str) -> str:
    """Where a request so many minutes after the last one leads; empty when it is simply answered."""
    client.get(path)
    with clock.frozen(clock.now() + dt.timedelta(minutes=minutes)):
        return str(client.get(path).headers.get("Location", ""))


@pytest.mark.parametrize(
    ("persona", "minutes", "path", "onward"),
    [
        ("resident", 29, "/my/", ""),
        ("resident", 31, "/my/", "/my/sign-in/?next=/my/"),
        ("officer", 59, "/apply/", ""),
        ("officer", 61, "/desk/accounts/security/", "/accounts/login/?next=/desk/accounts/security/"),
    ],
)
def test_an_idle_session_ends_and_comes_back_to_the_page(
    as_persona: Browse, persona: str, minutes: int, path: str, onward: str
) -> None:
    assert after(as_persona(persona), minutes, path) == onward


def test_who_was_signed_out_is_told_why(as_persona: Browse) -> None:
    client = as_persona("resident")
    client.get("/my/")
    with clock.frozen(clock.now() + dt.timedelta(minutes=31)):
        page = client.get("/my/", follow=True).content.decode()
    assert "您有30分钟没有操作，为安全已自动退出。" in page


def test_reading_on_keeps_the_session(as_persona: Browse) -> None:
    client = as_persona("resident")
    start = clock.now()
    for minutes in (0, 20, 40, 60):
        with clock.frozen(start + dt.timedelta(minutes=minutes)):
            assert client.get("/my/").status_code == 200


def test_the_moment_is_written_once_a_minute_at_most(as_persona: Browse) -> None:
    client = as_persona("resident")
    start = clock.now().replace(microsecond=0)
    seen = []
    for seconds in (0, 30, 59, 61):
        with clock.frozen(start + dt.timedelta(seconds=seconds)):
            client.get("/my/")
        seen.append(client.session["seen"] - int(start.timestamp()))
    assert seen == [0, 0, 0, 61]


def test_what_was_sent_too_late_leads_back_to_the_page_it_was_sent_from(as_persona: Browse) -> None:
    client = as_persona("resident")
    client.get("/my/")
    with clock.frozen(clock.now() + dt.timedelta(minutes=31)):
        answer = client.post("/my/5/withdraw/", HTTP_REFERER="http://testserver/my/5/?a=b")
    assert answer["Location"] == "/my/sign-in/?next=/my/5/%3Fa%3Db"


def test_a_public_page_stays_readable_when_the_session_ended(as_persona: Browse) -> None:
    assert after(as_persona("resident"), 31, "/notices/") == ""
