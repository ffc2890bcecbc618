"""Jobs about stored files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import islice

from django.db import connections, transaction
from procrastinate.contrib.django import app

from niangjia.files import queries
from niangjia.files.models import StoredFile

GRACE = dt.timedelta(days=1)  # longer than any transaction that is still to commit its row
BATCH = 1000


@app.periodic(cron="10 4 * * *")
@app.task(name="files.sweep_orphans", queueing_lock="files.sweep_orphans", pass_context=False)
def sweep(timestamp: int) -> None:
    """Every night, when nobody uploads."""
    sweep_orphans(dt.datetime.fromtimestamp(timestamp, dt.UTC))


def sweep_orphans(now: dt.datetime) -> int:
    """Remove files without a row that are older than a day, such as a rolled-back upload left; returns how many.

    Asks as the owner, whom no row policy blinds: with ``row_security`` off, a policy that hid rows would be an error
    instead of a reason to delete somebody's file.
    """
    before = (now - GRACE).timestamp()
    old = (path for path in sorted(queries.root().glob("*/*/*")) if path.stat().st_mtime < before)
    removed = 0
    while paths := list(islice(old, BATCH)):
        names = {path.relative_to(queries.root()).as_posix(): path for path in paths}
        for name in names.keys() - _known(list(names)):
            names[name].unlink(missing_ok=True)
            removed += 1
    return removed


def _known(names: Sequence[str]) -> set[str]:
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET LOCAL row_security = off")
        rows = StoredFile.objects.using("owner").filter(storage_name__in=names)
        return set(rows.values_list("storage_name", flat=True))
