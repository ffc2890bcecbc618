"""Large Excel files in and out: asked for, worked off at once or in the background, told about, and thrown away."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from tempfile import TemporaryFile
from typing import Any

from django.db import transaction

from niangjia.access import jobs
from niangjia.access.acting import Acting, beside, record
from niangjia.core import clock, sealed_files
from niangjia.transfers import queries
from niangjia.transfers.kinds import KINDS, Done, State, Work
from niangjia.transfers.models import Transfer

JOB = "transfers.run"
KEPT_DAYS = 3
_MOST_LINES = 100


@transaction.atomic
def ask(
    *,
    kind: str,
    by: Acting,
    title: str = "",
    options: Mapping[str, Any] | None = None,
    data: bytes | None = None,
    total: int = 0,
) -> Transfer:
    """Have a file read (``data``) or written (``total`` rows): a short one at once, a long one in the background.

    Raises what the kind tells of a file that cannot be used at all, and PermissionDenied.
    """
    declared = KINDS.get(kind)
    by.require(declared.verb)
    if data is not None:
        assert declared.rows is not None
        total = declared.rows(data)
    transfer = Transfer.objects.create(
        kind=kind,
        place=by.place,
        asked_by_account=by.account_id,
        asked_at=clock.now(),
        title=title[:120],
        options=json.dumps(options or {}, ensure_ascii=False),
        total=total,
        source="" if data is None else _put([data]),
    )
    record(
        by=by, stream=f"transfer:{transfer.pk}", verb="transfer.ask", place=by.place, summary={"kind": declared.label}
    )
    if total <= declared.at_once:
        return run(transfer_id=transfer.pk, by=by)
    jobs.later(JOB, by=by, transfer_id=transfer.pk)
    return transfer


def run(*, transfer_id: int, by: Acting) -> Transfer:
    """Work a transfer off, within the job's transaction: it is done whole, or it was never begun and is done again.

    What the sender can put right is told on its page; what the house must put right is raised, so that the job is tried
    again.
    """
    transfer = Transfer.objects.get(pk=transfer_id)
    if transfer.over:
        return transfer
    try:
        with transaction.atomic():
            done = _work(transfer, by)
    except transfer.declared.tells as error:
        transfer.state, transfer.message = State.FAILED, str(error)[:500]
    else:
        transfer.state = State.DONE
        transfer.total = transfer.done = done.rows
        transfer.counts, transfer.refused = [[*pair] for pair in done.counts.items()], done.refused
        transfer.told = json.dumps(done.lines[:_MOST_LINES], ensure_ascii=False)
    transfer.moved_at = clock.now()
    transfer.save()
    if transfer.source:
        transaction.on_commit(lambda: (queries.folder() / transfer.source).unlink(missing_ok=True))
    return transfer


def _work(transfer: Transfer, by: Acting) -> Done:
    source = b"".join(queries.read(transfer.source)) if transfer.source else None
    with TemporaryFile() as out:
        options = json.loads(transfer.options.reveal())
        done = transfer.declared.work(Work(options, source, out, by, _reporter(transfer, by)))
        if out.tell():
            out.seek(0)
            transfer.result = _put(iter(lambda: out.read(sealed_files.PIECE), b""))
    return done


def _reporter(transfer: Transfer, by: Acting) -> Callable[[int], None]:
    """Tells the waiting page how far it is, without waiting for the end; nobody waits for what is done at once."""
    if transfer.total <= transfer.declared.at_once:
        return lambda done: None

    def report(done: int) -> None:
        with beside(by) as cursor:
            cursor.execute(
                "UPDATE transfers_transfer SET state = %s, done = %s, moved_at = %s WHERE id = %s",
                [State.RUNNING.value, done, clock.now(), transfer.pk],
            )

    report(0)
    return report


def _put(pieces: Iterable[bytes]) -> str:
    """Seal a new file under a random name. One whose transaction is undone stays, unreachable, until the sweep."""
    name = f"{secrets.token_hex(16)}.xlsx"
    sealed_files.write(queries.folder() / name, pieces, context=f"{queries.folder().name}/{name}")
    return name


def sweep(now: float) -> int:
    """Remove files older than the days they are kept; returns how many. ``now`` is seconds since the epoch."""
    old = [path for path in queries.folder().glob("*") if path.stat().st_mtime < now - KEPT_DAYS * 86_400]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
