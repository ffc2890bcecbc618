"""Officers sign in with a password and a second factor; nobody gets further without one."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.db import connection
from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.people.models import Account
from niangjia.trail.queries import of_subject
from tests.personas import PASSWORD, District
from tests.web.conftest import Browse

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now() -> str:
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


@pytest.fixture
def with_factor(district: District) -> Account:
    account = district.accounts["dunren"]
    TOTP.activate(account, SECRET)
    cache.clear()
    return account


def give_password(client: Client, password: str = PASSWORD) -> object:
    return client.post("/accounts/login/", {"login": "dunren", "password": password})


def test_the_password_alone_does_not_open_the_desk(with_factor: Account) -> None:
    client = Client()
    give_password(client)
    assert client.get("/desk/calendar/").status_code == 302


def test_the_password_and_the_code_open_it(with_factor: Account) -> None:
    client = Client()
    give_password(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert client.get("/desk/accounts/security/").status_code == 200


def test_a_wrong_code_does_not(with_factor: Account) -> None:
    client = Client()
    give_password(client)
    page = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert (page.status_code, client.get("/desk/accounts/security/").status_code) == (200, 302)


def test_signing_in_and_failing_to_are_in_the_trail(with_factor: Account, district: District) -> None:
    client = Client()
    give_password(client, "wrong-password-1")
    give_password(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_now()})
    with acting_as(district.acting("chair")):
        verbs = [entry.verb for entry in of_subject(f"account:{with_factor.pk}").order_by("id")]
    assert verbs[-2:] == ["account.sign_in_failed", "account.sign_in"]


def test_after_five_wrong_passwords_even_the_right_one_waits(with_factor: Account) -> None:
    client = Client()
    for _ in range(6):
        give_password(client, "wrong-password-1")
    page = give_password(client)
    assert getattr(page, "status_code", 0) in (200, 429)
    assert client.get("/accounts/2fa/authenticate/").status_code == 302
    cache.clear()


def test_the_secret_of_the_second_factor_is_sealed(with_factor: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert [SECRET in row[0] for row in cursor.fetchall()] == [False]


def test_without_a_second_factor_one_is_led_to_setting_it(district: District) -> None:
    client = Client()
    client.force_login(district.accounts["dunren"])
    assert client.get("/desk/accounts/security/")["Location"] == "/accounts/2fa/totp/activate/"


def test_a_temporary_password_must_be_changed_first(as_persona: Browse, district: District) -> None:
    account = district.accounts["dunren"]
    account.must_change_password = True
    account.save(update_fields=["must_change_password"])
    assert as_persona("dunren").get("/desk/accounts/security/")["Location"] == "/accounts/password/change/"


def test_nobody_signs_herself_up() -> None:
    assert Client().post("/accounts/signup/", {"username": "x"}).status_code in (200, 404)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/signup/"])
def test_the_pages_before_the_door_open(page: str) -> None:
    assert Client().get(page).status_code == 200


@pytest.mark.parametrize(
    "page",
    ["/accounts/password/change/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/"],
)
def test_the_pages_of_ones_own_security_open(with_factor: Account, page: str) -> None:
    client = Client()
    give_password(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert client.get(page, follow=True).status_code == 200
