"""The named write of files: examine, put the bytes down, then the row."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.core import clock, sealed_files
from niangjia.files import media, queries, rules
from niangjia.files.kinds import FileKind
from niangjia.files.models import StoredFile


def store(*, name: str, data: bytes, purpose: str, place: str, by: Acting, kinds: Collection[FileKind]) -> StoredFile:
    """Keep an upload. Raises FileError for one that may not be kept.

    The bytes are on the disk, complete, before the row is committed. If the transaction is undone they stay behind
    without a row, out of everybody's reach, until `tasks.sweep_orphans`.
    """
    examined = rules.examine(name, data, kinds=kinds)
    fields = {"kind": examined.kind, "mime": examined.mime, "name": examined.name}
    return _keep([examined.data], fields, purpose=purpose, place=place, by=by)


def store_media(
    *, name: str, file: BinaryIO, purpose: str, place: str, by: Acting, kinds: Collection[FileKind]
) -> tuple[StoredFile, media.Seen]:
    """Keep a video or a recording, piece by piece: it never lies in memory whole. What a phone wrote beside the picture,
    such as where it was taken, is blanked. Raises FileError for one that may not be kept.
    """
    seen = media.examine(file, kinds=kinds)
    fields = {"kind": seen.kind, "mime": seen.mime, "name": rules.clean_name(name, seen.ending)}
    return _keep(media.blanked(file, seen.private), fields, purpose=purpose, place=place, by=by), seen


@transaction.atomic
def discard(*, file_id: UUID, by: Acting) -> None:
    """Forget a file that nothing refers to any more: its row goes now, its bytes with the nightly sweep. Twice does no harm.

    Which purposes may be forgotten, and by whom, is the database's decision.
    """
    stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is None:
        return
    stored.delete()
    record(
        by=by, stream=f"file:{file_id}", verb="file.discard", subject=f"file:{file_id}", place=stored.place,
        summary={"kind": stored.kind, "size": stored.size, "purpose": stored.purpose, "sha256": stored.sha256},
    )  # fmt: skip


def _keep(pieces: Iterable[bytes], fields: dict[str, str], *, purpose: str, place: str, by: Acting) -> StoredFile:
    storage_name = _random_name()
    path = queries.root() / storage_name
    counted, tell = _counted(pieces)
    sealed_files.write(path, counted, context=storage_name)
    size, digest = tell()
    try:
        with transaction.atomic():
            stored = StoredFile.objects.create(
                **fields,
                size=size,
                sha256=digest,
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
                place=place,
                summary={"kind": fields["kind"], "size": size, "purpose": purpose, "sha256": digest},
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return stored


def _counted(pieces: Iterable[bytes]) -> tuple[Iterator[bytes], Callable[[], tuple[int, str]]]:
    """The pieces as they pass, and afterwards their size and digest."""
    digest, size = sha256(), 0

    def passing() -> Iterator[bytes]:
        nonlocal size
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            yield piece

    return passing(), lambda: (size, digest.hexdigest())


def _random_name() -> str:
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:4]}/{name}"
