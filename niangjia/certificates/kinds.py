"""The words of certificates."""

from django.db.models import TextChoices


class CertificateState(TextChoices):
    VALID = "VALID", "有效"
    REVOKED = "REVOKED", "已撤销"
