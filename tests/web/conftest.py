"""Browsers of the people everyone knows, signed in as the middleware wants them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from niangjia.people.models import Account
from niangjia.web.signin import SECOND_FACTOR
from tests.personas import District

AsPersona = Callable[[str], Client]


def signed_in(account: Account) -> Client:
    """A browser in which ``account`` gave her password and, an officer, her second factor."""
    client = Client()
    client.force_login(account)
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client


@pytest.fixture
def as_persona(district: District) -> AsPersona:
    """``as_persona("dunren")`` is her browser."""
    return lambda key: signed_in(district.accounts[key])
