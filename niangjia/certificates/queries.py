"""Named reads of certificates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connections
from django.db.models import Max, Q, QuerySet

from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate

CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """What anybody who holds a code may see."""

    number: str
    title: str
    holder: str
    text: str
    unit: str
    issued_on: dt.date
    state: CertificateState
    revoked_on: dt.date | None
    revoke_reason: str

    @property
    def is_valid(self) -> bool:
        return self.state == CertificateState.VALID


def clean_code(typed: str) -> str:
    """A code as it is kept: letters large, without dashes and spaces."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[:CODE_LENGTH]


def spoken(code: str) -> str:
    """A code as it is printed: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def shown(code: str) -> Shown | None:
    """The certificate behind a code, as the public role; None when there is none."""
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT * FROM certificates_by_code(%s)", [clean_code(code)])
        row = cursor.fetchone()
    if row is None:
        return None
    number, title, holder, text, unit, issued_on, state, revoked_on, reason = row
    return Shown(number, title, holder, text, unit, issued_on, CertificateState(state), revoked_on, reason)


def certificates(text: str = "", state: str = "", round_subject: str = "") -> QuerySet[Certificate]:
    """Those the reader may see, by number or holder, by state, by the round they were given in."""
    found = Certificate.objects.select_related("unit")
    if text:
        found = found.filter(Q(number__icontains=text) | Q(holder__contains=text))
    if round_subject:
        found = found.filter(round_subject=round_subject)
    return found.filter(state=state) if state else found


def rounds() -> list[str]:
    """The rounds certificates were given in, as subjects, the latest first."""
    found = Certificate.objects.exclude(round_subject="").order_by().values("round_subject")
    return [one["round_subject"] for one in found.annotate(last=Max("id")).order_by("-last")]
