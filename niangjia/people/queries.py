"""Named reads about people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet

from niangjia.core import sealing
from niangjia.people.models import Account, Consent, Person

ID_CONTEXT = "people_person.id_number"
PHONE_CONTEXT = "people_account.phone"


def id_index(number: str) -> bytes:
    """The blind index of an 18-digit number; the same for all tables, so that one woman is one."""
    return sealing.blind(number, context=ID_CONTEXT)


def phone_index(phone: str) -> bytes:
    return sealing.blind(phone, context=PHONE_CONTEXT)


def died_on(person_id: int) -> dt.date | None:
    """The day a person died, if it was recorded and the reader may know of her."""
    return Person.objects.filter(pk=person_id).values_list("died_on", flat=True).first()


def dead_among(person_ids: Iterable[int]) -> dict[int, dt.date]:
    """The day of death of those of these persons for whom it was recorded, as far as the reader may know of them."""
    found = Person.objects.filter(pk__in=person_ids, died_on__isnull=False).values_list("pk", "died_on")
    return {pk: day for pk, day in found if day is not None}


def consents_about(subject: str) -> QuerySet[Consent]:
    """What was agreed to for one matter, such as “case:12”."""
    return Consent.objects.filter(subject=subject).order_by("id")


def account_by_phone(phone: str) -> Account | None:
    return Account.objects.filter(phone_index=phone_index(phone)).first()
