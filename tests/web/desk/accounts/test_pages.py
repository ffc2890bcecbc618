"""Accounts are opened for officers, closed, and helped when something was lost."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.org import actions as org
from niangjia.org.kinds import PostRole
from niangjia.people.models import Account
from tests.personas import FULING, SEATS, SINCE, UNTIL, District
from tests.web.conftest import Browse


def newcomer(district: District) -> int:
    """An officer without an account; her number."""
    with acting_as(access.house(FULING)):
        post = org.appoint(
            unit=district.unit("敦仁街道妇联"), role=PostRole.STAFF, name="新来干事", starts_on=SINCE, ends_on=UNTIL
        )
    return post.officer_id


def account_of(officer_id: int) -> Account | None:
    return Account.objects.filter(officer_id=officer_id).first()


def test_an_account_is_opened_with_a_password_shown_once(as_persona: Browse, district: District) -> None:
    officer, admin = newcomer(district), as_persona("admin")
    page = admin.post(f"/desk/accounts/officers/{officer}/", {"username": "dunren2"}).content.decode()
    shown = re.search(r'(?<=text-l">)[a-z2-9-]{14}', page)
    account = account_of(officer)
    assert shown is not None
    assert account is not None
    assert (account.check_password(shown[0]), account.must_change_password) == (True, True)
    assert shown[0] not in admin.get(f"/desk/accounts/officers/{officer}/").content.decode()


@pytest.mark.parametrize("username", ["dunren", "区干事", "ab", "a b c"])
def test_a_name_that_is_taken_or_odd_is_refused(as_persona: Browse, district: District, username: str) -> None:
    officer = newcomer(district)
    as_persona("admin").post(f"/desk/accounts/officers/{officer}/", {"username": username})
    assert account_of(officer) is None


def test_a_closed_account_is_out_at_once(as_persona: Browse, district: District) -> None:
    hers = as_persona("dunren")
    as_persona("admin").post(f"/desk/accounts/{district.accounts['dunren'].pk}/change/", {"do": "close"})
    assert hers.get("/desk/accounts/security/").status_code == 302


def test_nobody_closes_her_own(as_persona: Browse, district: District) -> None:
    account = district.accounts["admin"]
    as_persona("admin").post(f"/desk/accounts/{account.pk}/change/", {"do": "close"})
    account.refresh_from_db()
    assert account.is_active is True


def test_a_lost_second_factor_is_taken_off(as_persona: Browse, district: District) -> None:
    account = district.accounts["dunren"]
    TOTP.activate(account, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    as_persona("admin").post(f"/desk/accounts/{account.pk}/change/", {"do": "factor"})
    assert Authenticator.objects.filter(user=account).exists() is False


def test_one_switches_between_ones_own_posts_and_no_others(as_persona: Browse, district: District) -> None:
    with acting_as(access.house(FULING)):
        officer = district.accounts["dunren"].officer
        assert officer is not None
        org.appoint(
            unit=district.unit("大东门社区妇联"), role=PostRole.CHAIR, person=officer, starts_on=SINCE, ends_on=UNTIL
        )
    posts = [post.post_id for post in access.posts_of(district.accounts["dunren"])]
    client = as_persona("dunren")
    client.post("/desk/accounts/switch/", {"post": posts[1]})
    assert client.session["post_id"] == posts[1]
    client.post("/desk/accounts/switch/", {"post": district.acting("chair").post_id})
    assert client.session["post_id"] == posts[1]


@pytest.mark.parametrize("who", ["dunren", "officer", "chair", "health"])
def test_who_manages_no_accounts_is_refused(as_persona: Browse, who: str) -> None:
    assert as_persona(who).get("/desk/accounts/").status_code == 403


@pytest.mark.parametrize("page", ["/desk/accounts/", "/desk/accounts/?q=dr&only=accounts", "/desk/accounts/security/"])
def test_the_pages_open(as_persona: Browse, page: str) -> None:
    assert as_persona("admin").get(page).status_code == 200


@pytest.mark.parametrize(
    ("query", "shown"), [("?q=dunren", 1), ("?q=敦仁主席", 1), ("?q=nobody", 0), ("?only=accounts", len(SEATS))]
)
def test_the_list_finds_by_name_and_account_each_officer_once(as_persona: Browse, query: str, shown: int) -> None:
    page = as_persona("admin").get(f"/desk/accounts/{query}")
    assert page.context["page"].paginator.count == shown
