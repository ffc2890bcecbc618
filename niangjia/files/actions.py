"""The named write of files: examine, put the bytes down, then the row."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.core import clock, sealed_files
from niangjia.files import queries, rules
from niangjia.files.kinds import FileKind
from niangjia.files.models import StoredFile


def store(*, name: str, data: bytes, purpose: str, place: str, by: Acting, kinds: Collection[FileKind]) -> StoredFile:
    """Keep an upload. Raises FileError for one that may not be kept.

    The bytes are on the disk, complete, before the row is committed. If the transaction is undone they stay behind
    without a row, out of everybody's reach, until `tasks.sweep_orphans`.
    """
    examined = rules.examine(name, data, kinds=kinds)
    storage_name = _random_name()
    path = queries.root() / storage_name
    sealed_files.write(path, [examined.data], context=storage_name)
    try:
        with transaction.atomic():
            stored = StoredFile.objects.create(
                kind=examined.kind,
                mime=examined.mime,
                name=examined.name,
                size=examined.size,
                sha256=examined.sha256,
                place=place,
                owner_account=by.account_id,
                purpose=purpose,
                storage_name=storage_name,
                created_at=clock.now(),
            )
            record(
                by=by,
                stream=f"file:{stored.pk}",
                verb="file.store",
                subject=f"file:{stored.pk}",
                place=place,
                summary={"kind": examined.kind, "size": examined.size, "purpose": purpose, "sha256": examined.sha256},
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return stored


def _random_name() -> str:
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:4]}/{name}"
