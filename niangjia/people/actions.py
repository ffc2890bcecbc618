"""Named writes about people."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from niangjia.core import clock, identity, sealing, text
from niangjia.org.models import Officer
from niangjia.people import queries
from niangjia.people.kinds import Channel, IdKind, Purpose
from niangjia.people.models import Account, Consent, Duplicate, Household, Person, PhoneCode

CODE_MINUTES = 10
CODE_TRIES = 5
CODES_PER_PHONE_A_DAY = 10
CODES_PER_ADDRESS_AN_HOUR = 30


class CodeRefused(Exception):
    """A phone code that is not sent or not accepted; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is, as stated on a form. ``number`` is 18 digits, already checked; phone and home may be unknown."""

    name: str
    number: str
    place: str
    phone: str = ""
    household_key: str = ""


def move_residents(old: str, into: str) -> int:
    """Residents of a place that merged are residents of its heir; returns how many. The merger writes the trail."""
    Household.objects.filter(place=old).update(place=into)
    Duplicate.objects.filter(place=old).update(place=into)
    Consent.objects.filter(place=old, withdrawn_at__isnull=True).update(place=into)
    return Person.objects.filter(place=old).update(place=into)


def ensure_person(who: Identity) -> int:
    """The id of the person with this number, made now if unknown. Existing data is neither changed nor shown.

    The caller writes the trail entry: a person is only ever made as part of some act.
    """
    return ensure_each([who])[0]


def ensure_each(who: Sequence[Identity]) -> list[int]:
    """The same of several, wherever they live, in the order given: one statement for all."""
    numbers = [identity.parse_id(one.number) for one in who]
    columns: list[list[object]] = [
        [queries.id_index(number.number) for number in numbers],
        [sealing.seal(number.number, context=queries.ID_CONTEXT) for number in numbers],
        [one.name for one in who],
        [text.pinyin_key(one.name) for one in who],
        [text.initials(one.name) for one in who],
        [number.sex for number in numbers],
        [number.birth for number in numbers],
        [one.place for one in who],
        [queries.phone_index(one.phone) if one.phone else None for one in who],
        [one.household_key for one in who],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT people_person_ensure(one.index, one.number, %s, one.name, one.pinyin, one.initials, one.sex, one.birth, "
            "one.place, %s, one.phone, one.household) FROM unnest(%s::bytea[], %s::bytea[], %s::text[], %s::text[], %s::text[], "
            "%s::text[], %s::date[], %s::text[], %s::bytea[], %s::text[]) WITH ORDINALITY "
            "one(index, number, name, pinyin, initials, sex, birth, place, phone, household, at) ORDER BY one.at",
            [IdKind.RESIDENT.value, clock.now(), *columns],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def ensure_persons(who: Sequence[tuple[str, identity.IdNumber, str]]) -> None:
    """Make those of many persons, given as name, number and place, who are not known yet: one statement for all.

    The caller's range must hold their places. Existing data is neither changed nor shown. The caller writes the trail
    entry.
    """
    now = clock.now()
    names, numbers, places = [one[0] for one in who], [one[1] for one in who], [one[2] for one in who]
    syllables = [text.pinyin_of(name) for name in names]
    columns: list[list[object]] = [
        [queries.id_index(number.number) for number in numbers],
        [sealing.seal(number.number, context=queries.ID_CONTEXT) for number in numbers],
        [*names],
        [" ".join(spelt) for spelt in syllables],
        ["".join(syllable[0] for syllable in spelt) for spelt in syllables],
        [number.sex for number in numbers],
        [number.birth for number in numbers],
        [*places],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_person (id_index, id_number, name, name_pinyin, name_initials, sex, birth, place, id_kind, "
            "created_at) SELECT rows.*, %s, %s FROM unnest(%s::bytea[], %s::bytea[], %s::text[], %s::text[], %s::text[], "
            "%s::text[], %s::date[], %s::text[]) rows ON CONFLICT (id_index) DO NOTHING",
            [IdKind.RESIDENT.value, now, *columns],
        )


def give_consents(
    *,
    person_id: int | None,
    purposes: Iterable[Purpose],
    text_version: str,
    channel: Channel,
    helper: str,
    subject: str,
    account_id: int,
    place: str,
) -> None:
    """Record what was agreed to, one row per purpose: consents are never bundled (个人信息保护法 art. 14, 23, 29).

    ``person_id`` is None where who agreed is not in the register of persons; ``subject`` then says what it is about.
    """
    now = clock.now()
    Consent.objects.bulk_create(
        Consent(
            person_id=person_id,
            purpose=purpose,
            text_version=text_version,
            channel=channel,
            helper=helper,
            subject=subject,
            given_at=now,
            account_id=account_id,
            place=place,
        )
        for purpose in purposes
    )


def withdraw_consent(*, consent: Consent) -> None:
    """Withdrawing is as easy as giving (个人信息保护法 art. 15)."""
    if consent.withdrawn_at is None:
        consent.withdrawn_at = clock.now()
        consent.save(update_fields=["withdrawn_at"])


def record_death(*, person_id: int, died_on: dt.date) -> None:
    Person.objects.filter(pk=person_id).update(died_on=died_on)


@transaction.atomic
def send_code(*, phone: str, address: str | None) -> str:
    """Make a code for a phone and return it for the sender. Raises CodeRefused when asked too often."""
    index = queries.phone_index(phone)
    now = clock.now()
    today = PhoneCode.objects.filter(phone_index=index, sent_at__gt=now - dt.timedelta(days=1))
    if today.filter(sent_at__gt=now - dt.timedelta(minutes=1)).exists():
        raise CodeRefused("验证码刚刚发过，请一分钟后再试。")
    if today.count() >= CODES_PER_PHONE_A_DAY:
        raise CodeRefused("今天向这个号码发送验证码的次数已用完，请明天再试，或到村（社区）请妇联主席代办。")
    if address:
        recent = PhoneCode.objects.filter(address=address, sent_at__gt=now - dt.timedelta(hours=1)).count()
        if recent >= CODES_PER_ADDRESS_AN_HOUR:
            raise CodeRefused("当前网络请求验证码过于频繁，请一小时后再试。")
    code = f"{secrets.randbelow(1_000_000):06d}"
    PhoneCode.objects.create(
        phone_index=index,
        code_index=sealing.blind(code, context="people_phonecode.code"),
        sent_at=now,
        expires_at=now + dt.timedelta(minutes=CODE_MINUTES),
        address=address,
    )
    return code


def prove_phone(*, phone: str, code: str) -> None:
    """That somebody holds the phone, and no account of it. Raises CodeRefused; every try counts, also a wrong one.

    The code is gone afterwards: who proved her phone to vote leaves no moment at which she did.
    """
    _use_code(phone, code).delete()


def accept_code(*, phone: str, code: str) -> Account:
    """The account of the phone, made at its first sign-in. Raises CodeRefused; every try counts, also a wrong one."""
    _use_code(phone, code)
    account, _ = Account.objects.get_or_create(
        phone_index=queries.phone_index(phone),
        defaults={
            "username": f"phone-{secrets.token_hex(8)}",
            "phone": phone,
            "display_name": "",
        },
    )
    if not account.is_active:
        raise CodeRefused("该账号已停用，请联系区妇联。")
    return account


def _use_code(phone: str, code: str) -> PhoneCode:
    index = queries.phone_index(phone)
    refused = ""
    with transaction.atomic():
        sent = PhoneCode.objects.select_for_update(of=("self",)).filter(phone_index=index).order_by("-sent_at").first()
        if sent is None or sent.used_at or sent.expires_at <= clock.now():
            refused = "验证码已失效，请重新获取。"
        elif sent.tries >= CODE_TRIES:
            refused = "输错次数过多，请重新获取验证码。"
        else:
            sent.tries += 1
            if sent.code_index != sealing.blind(code.strip(), context="people_phonecode.code"):
                left = CODE_TRIES - sent.tries
                refused = f"验证码不对，还可以再试{left}次。" if left else "输错次数过多，请重新获取验证码。"
            else:
                sent.used_at = clock.now()
            sent.save(update_fields=["tries", "used_at"])
    if sent is None or refused:
        raise CodeRefused(refused)
    return sent


def make_account(*, officer: Officer, username: str, password: str, temporary: bool = False) -> Account:
    """An officer's sign-in. A temporary password must be changed at the first one. The caller writes the trail entry."""
    account = Account(username=username, officer=officer, display_name=officer.name, must_change_password=temporary)
    account.set_password(password)
    account.save()
    return account


def set_password(*, account: Account, password: str, temporary: bool) -> None:
    """A new password; a temporary one, given by another person, must be changed. The caller writes the trail entry."""
    account.set_password(password)
    account.must_change_password = temporary
    account.save(update_fields=["password", "must_change_password"])


def set_active(*, account: Account, active: bool) -> None:
    """Let an account in or keep it out; running sessions of a closed account end at their next request."""
    account.is_active = active
    account.save(update_fields=["is_active"])
