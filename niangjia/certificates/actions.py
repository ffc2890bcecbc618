"""Named writes of certificates."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import IntegrityError, transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.certificates.kinds import CertificateState
from niangjia.certificates.models import Certificate
from niangjia.certificates.queries import CODE_LENGTH
from niangjia.core import clock, masking
from niangjia.core.numbers import next_number
from niangjia.core.refused import Refused
from niangjia.org.models import Unit

LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"  # none that is mistaken for another; twelve of them are 56 bits


def new_code() -> str:
    """A code people read out and type, as ``queries.clean_code`` and ``queries.spoken`` take it."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def _note(certificate: Certificate, by: Acting, verb: str, **summary: object) -> None:
    record(
        by=by,
        stream=f"certificate:{certificate.pk}",
        verb=verb,
        place=certificate.place,
        summary={"number": certificate.number, **summary},
    )


@transaction.atomic
def issue(
    *,
    prefix: str,
    title: str,
    holder: str,
    text: str,
    unit: Unit,
    subject: str,
    place: str,
    by: Acting,
    named: bool = False,
    round_subject: str = "",
    person_id: int | None = None,
    on: dt.date | None = None,
) -> Certificate:
    """Give a certificate. ``prefix`` begins its number: “JT2026” gives JT2026-0001; a number is never used again.

    Raises Refused when the subject holds a valid one of this title.
    """
    day = on or clock.today()
    try:
        with transaction.atomic():
            certificate = Certificate.objects.create(
                number=next_number("certificates", prefix),
                code=new_code(),
                title=title,
                holder=holder,
                masked=masking.mask_name(holder),
                named=named,
                text=text,
                unit=unit,
                issued_on=day,
                issued_by=by.signature,
                subject=subject,
                round_subject=round_subject,
                person_id=person_id,
                place=place,
            )
    except IntegrityError as error:
        raise Refused(f"已有一张有效的“{title}”，不能重复发证。") from error
    _note(certificate, by, "certificate.issue", title=title)
    return certificate


@transaction.atomic
def revoke(*, certificate_id: int, reason: str, by: Acting) -> Certificate:
    """Take a certificate back: from this moment its page says so, with the day and the reason."""
    by.require(Verb.CERTIFICATE_REVOKE)
    # A revoked one cannot be locked: the database lets nobody touch it again.
    standing = Certificate.objects.select_for_update().filter(pk=certificate_id, state=CertificateState.VALID).first()
    if standing is None:
        gone = Certificate.objects.get(pk=certificate_id)
        raise Refused(f"证书{gone.number}已于{gone.revoked_on}撤销。")
    return _revoke(standing, reason, by)


def _revoke(certificate: Certificate, reason: str, by: Acting) -> Certificate:
    if len(reason.strip()) < 4:
        raise Refused("请写明撤销原因（至少4个字），查验页会显示。", {"reason": "请写明原因。"})
    certificate.state, certificate.revoked_on = CertificateState.REVOKED, clock.today()
    certificate.revoked_by, certificate.revoke_reason = by.signature, reason.strip()[:100]
    certificate.save(update_fields=["state", "revoked_on", "revoked_by", "revoke_reason"])
    _note(certificate, by, "certificate.revoke", reason=certificate.revoke_reason)
    return certificate


@transaction.atomic
def revoke_of(*, subject: str, reason: str, by: Acting) -> int:
    """Take back what a subject holds, as part of another act; how many that were."""
    held = list(Certificate.objects.select_for_update().filter(subject=subject, state=CertificateState.VALID))
    for certificate in held:
        _revoke(certificate, reason, by)
    return len(held)


@transaction.atomic
def printed(*, certificates: list[Certificate], by: Acting) -> None:
    """Count that they were printed; a reprint carries the same number."""
    by.require(Verb.CERTIFICATE_ISSUE)
    for certificate in certificates:
        certificate.prints += 1
        certificate.save(update_fields=["prints"])
        _note(certificate, by, "certificate.print", count=certificate.prints)
