"""What was certified to whom. Nothing on it is changed afterwards; it can only be revoked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from niangjia.certificates.kinds import CertificateState
from niangjia.core.fields import CodeField
from niangjia.org.models import Unit


class Certificate(models.Model):
    """One certificate. ``code`` is what the QR code holds: numbers can be counted up, codes cannot.

    The public page shows ``holder`` only while the holder's consent of ``subject`` stands (``named``), else ``masked``.
    """

    number = models.CharField("证书编号", max_length=32, unique=True)
    code = models.CharField(max_length=16, unique=True)
    title = models.CharField("证书名称", max_length=40)
    holder = models.CharField("持证人", max_length=60)
    masked = models.CharField(max_length=60)
    named = models.BooleanField("同意公开姓名", default=False)
    text = models.CharField("正文", max_length=300)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="certificates")
    issued_on = models.DateField("颁发日期")
    issued_by = models.CharField(max_length=120)
    subject = models.CharField(max_length=40, db_index=True)
    round_subject = models.CharField(max_length=40, default="", blank=True, db_index=True)
    person_id = models.BigIntegerField(null=True, blank=True)
    prints = models.PositiveIntegerField("打印次数", default=0)
    state = models.CharField(max_length=8, choices=CertificateState, default=CertificateState.VALID)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    revoked_by = models.CharField("撤销人", max_length=120, default="", blank=True)
    revoke_reason = models.CharField("撤销原因", max_length=100, default="", blank=True)
    place = CodeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["place", "-id"], name="certificates_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="VALID", revoked_on__isnull=True) | Q(state="REVOKED", revoked_on__isnull=False),
                name="certificates_revoked_has_day",
                violation_error_message="已撤销的证书必须有撤销日期。",
            ),
            models.UniqueConstraint(
                fields=["subject", "title"],
                condition=Q(state="VALID"),
                name="certificates_once",
                violation_error_message="该事项已有一张有效的同名证书。",
            ),
        ]

    def __str__(self) -> str:
        return self.number
