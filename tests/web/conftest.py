"""Browsing as one of the personas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from niangjia.people.models import Account
from niangjia.web.signin import SECOND_FACTOR
from tests.personas import District

Browse = Callable[..., Client]


def signed_in(account: Account) -> Client:
    """A browser in which ``account`` gave her password and, an officer, her second factor."""
    client = Client()
    client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client


@pytest.fixture
def as_persona(district: District) -> Browse:
    """``as_persona("dunren")`` is her browser, signed in with her second factor; ``as_persona("resident")`` a resident's."""

    def browse(key: str, phone: str = "13800138000") -> Client:
        if key == "resident":
            return signed_in(Account.objects.get(pk=district.resident(phone).account_id))
        return signed_in(district.accounts[key])

    return browse
