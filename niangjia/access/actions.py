"""Named writes about who may sign in."""

from __future__ import annotations

import secrets

from django.db import connection, transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.org.models import Officer
from niangjia.people import actions as people
from niangjia.people.models import Account

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class AccountRefused(Exception):
    """A change of an account that is not possible; the message is for the user."""


def temporary_password() -> str:
    """Three groups one can read out over the telephone: about 59 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def _note(account: Account, by: Acting, verb: str, **summary: object) -> None:
    record(
        by=by,
        stream=f"account:{account.pk}",
        verb=verb,
        place=by.place,
        summary={"username": account.username, **summary},
    )


@transaction.atomic
def open_account(*, officer: Officer, username: str, by: Acting) -> tuple[Account, str]:
    """Give an officer a sign-in; returns it with the temporary password, which is shown once."""
    by.require(Verb.ACCOUNT_MANAGE)
    wanted = username.strip().lower()
    if not wanted.replace("-", "").replace(".", "").isalnum() or not wanted.isascii() or len(wanted) < 3:
        raise AccountRefused("登录名用3个以上的小写字母、数字、点或短横线。")
    if Account.objects.filter(officer=officer).exists():
        raise AccountRefused(f"{officer.name}已有账号。")
    if _taken(wanted):
        raise AccountRefused(f"登录名“{wanted}”已被使用，请换一个。")
    password = temporary_password()
    account = people.make_account(officer=officer, username=wanted, password=password, temporary=True)
    _note(account, by, "account.open", officer=officer.name)
    return account, password


def _taken(username: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_username_taken(%s)", [username])
        row = cursor.fetchone()
    return bool(row and row[0])


@transaction.atomic
def reset_password(*, account: Account, by: Acting) -> str:
    """A new temporary password, shown once."""
    by.require(Verb.ACCOUNT_MANAGE)
    password = temporary_password()
    people.set_password(account=account, password=password, temporary=True)
    _note(account, by, "account.reset_password")
    return password


@transaction.atomic
def reset_second_factor(*, account: Account, by: Acting) -> int:
    """Take off every second factor of an officer who lost hers; she sets a new one at the next sign-in."""
    by.require(Verb.ACCOUNT_MANAGE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_reset_second_factor(%s)", [account.pk])
        row = cursor.fetchone()
    removed = int(row[0]) if row else 0
    _note(account, by, "account.reset_second_factor", removed=removed)
    return removed


@transaction.atomic
def set_active(*, account: Account, active: bool, by: Acting) -> None:
    """Close or reopen an account. Nobody closes her own."""
    by.require(Verb.ACCOUNT_MANAGE)
    if account.pk == by.account_id:
        raise AccountRefused("不能停用自己的账号。")
    people.set_active(account=account, active=active)
    _note(account, by, "account.open_again" if active else "account.close")
