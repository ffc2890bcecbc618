"""From an account to the posts it may act under."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from niangjia.access import policy
from niangjia.access.acting import Acting, ActorKind
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.org.kinds import PostRole, UnitKind
from niangjia.people.models import Account

PARTNERS = (UnitKind.DEPARTMENT, UnitKind.SCHOOL, UnitKind.SUPPLIER, UnitKind.HOSPITAL)


def posts_of(account: Account, *, on: dt.date | None = None) -> list[Acting]:
    """The posts an officer's account may act under on a day; a post outside its dates is not among them.

    Highest level first, so that the first is the natural default. An account that is not active has none.
    """
    if account.officer_id is None or not account.is_active:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_posts(%s, %s)", [account.pk, on or clock.today()])
        rows = cursor.fetchall()
    return [_acting(account, *row) for row in rows]


def _level(unit_kind: str, place: str) -> str:
    """The first half of a post's key in the roles table. Hospitals, schools and suppliers have keys of their own."""
    if unit_kind in (UnitKind.HOSPITAL, UnitKind.SCHOOL, UnitKind.SUPPLIER):
        return unit_kind
    return "PARTNER" if unit_kind in PARTNERS else codes.level_of(place).name


def _acting(
    account: Account,
    post_id: int,
    role: str,
    unit_id: int,
    unit_name: str,
    unit_kind: str,
    place: str,
    officer_name: str,
) -> Acting:
    partner = unit_kind in PARTNERS
    level = _level(unit_kind, place)
    return Acting(
        kind=ActorKind.PARTNER if partner else ActorKind.DESK,
        account_id=account.pk,
        post_id=post_id,
        person_name=officer_name,
        post_title=f"{unit_name}{PostRole(role).label}",
        unit_id=unit_id,
        unit_name=unit_name,
        place=place,
        verbs=policy.current().verbs_of(level, role),
    )


def post_of(account: Account, post_id: int, *, on: dt.date | None = None) -> Acting | None:
    """One of the account's posts by id, or None when it is not hers or has ended."""
    return next((acting for acting in posts_of(account, on=on) if acting.post_id == post_id), None)


def resident(account: Account) -> Acting:
    """A resident acts for herself and for those she fills in for; the database shows her what she filed."""
    return Acting(
        kind=ActorKind.RESIDENT,
        account_id=account.pk,
        post_id=None,
        person_name=account.display_name or "居民",
        post_title="居民",
        unit_id=None,
        unit_name="",
        place="",
        verbs=policy.current().resident,
    )


def visitor() -> Acting:
    """Someone who did not sign in. She may raise an objection, speak to the line, and see nothing that is not public."""
    return Acting(
        kind=ActorKind.RESIDENT,
        account_id=0,
        post_id=None,
        person_name="访客",
        post_title="访客",
        unit_id=None,
        unit_name="",
        place="",
        verbs=frozenset({Verb.OBJECT, Verb.SPEAK}),
    )


def house(place: str) -> Acting:
    """The house itself, for what no person decides: a notice that ends, answers that are all in, a deadline."""
    return Acting(
        kind=ActorKind.DESK,
        account_id=0,
        post_id=None,
        person_name="系统",
        post_title="系统",
        unit_id=None,
        unit_name="",
        place=place,
        verbs=frozenset(Verb),
    )
