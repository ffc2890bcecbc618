"""What was uploaded: what it is and where it lies. The bytes are outside the web root under a random name."""

from __future__ import annotations

import uuid

from django.db import models

from niangjia.core.fields import CodeField


class StoredFile(models.Model):
    """One stored upload. ``place`` and ``owner_account`` decide, in the database, who may know of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10)
    mime = models.CharField(max_length=80)
    name = models.CharField("文件名", max_length=120)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    place = CodeField()
    owner_account = models.BigIntegerField()
    purpose = models.CharField(max_length=40)
    storage_name = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place"], name="files_storedfile_place")]

    def __str__(self) -> str:
        return self.name
