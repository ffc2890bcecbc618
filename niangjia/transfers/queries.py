"""Named reads of transfers. The database shows each account its own and no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from niangjia.core import clock, sealed_files
from niangjia.transfers.models import Transfer

QUIET = dt.timedelta(minutes=10)
_FOLDER = "transfers"


def mine(kind: str) -> QuerySet[Transfer]:
    """The transfers of one kind this account asked for, the latest first."""
    return Transfer.objects.filter(kind=kind)


def transfer(pk: int) -> Transfer:
    """Raises Transfer.DoesNotExist."""
    return Transfer.objects.get(pk=pk)


def is_quiet(found: Transfer) -> bool:
    """Whether one that is not over has not moved for long: the worker may be down."""
    return not found.over and clock.now() - (found.moved_at or found.asked_at) > QUIET


def folder() -> Path:
    """Where the files lie: beside the uploads, readable by the house alone."""
    path: Path = settings.NIANGJIA_UPLOADS / _FOLDER
    return path


def read(name: str) -> Iterator[bytes]:
    """The plain bytes of a file, piece by piece. Raises OSError when it is gone and SealError when it was altered."""
    return sealed_files.read(folder() / name, context=f"{_FOLDER}/{name}")


def has_result(found: Transfer) -> bool:
    """Whether there is a file to fetch, still."""
    return bool(found.result) and (folder() / found.result).is_file()
