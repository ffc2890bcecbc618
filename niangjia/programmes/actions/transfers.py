"""Large Excel files in and out in the background: asked for, worked off, told about, and thrown away."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from niangjia.access.acting import Acting, beside, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.letters.kinds import Row, SheetError
from niangjia.letters.sheets import read_table, write_table
from niangjia.programmes import later, tables
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.exports import export_cases
from niangjia.programmes.actions.imports import import_history
from niangjia.programmes.kinds import TransferKind, TransferState
from niangjia.programmes.models import Transfer
from niangjia.programmes.queries import CaseFilter

KEPT_DAYS = 3
# So many rows are worked off while she waits; more go to the background.
AT_ONCE = {TransferKind.CASES_OUT: 20_000, TransferKind.HISTORY_IN: 2_000}
OVER = (TransferState.DONE, TransferState.FAILED)


def folder() -> Path:
    """Where the files lie: beside the uploads, readable by the house alone."""
    path: Path = settings.NIANGJIA_UPLOADS / "transfers"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(name: str) -> Path:
    return folder() / name


@contextmanager
def _new_file() -> Iterator[tuple[str, BinaryIO]]:
    """A new file under a random name; gone again if the work on it fails."""
    name = f"{secrets.token_hex(16)}.xlsx"
    path = path_of(name)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        try:
            yield name, file
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _ask(
    kind: TransferKind, options: dict[str, Any], by: Acting, *, total: int, source: str = "", at_once: bool = False
) -> Transfer:
    transfer = Transfer.objects.create(
        kind=kind,
        place=by.place,
        asked_by_account=by.account_id,
        asked_at=clock.now(),
        options=json.dumps(options, ensure_ascii=False),
        total=total,
        source=source,
    )
    record(
        by=by,
        stream=f"transfer:{transfer.pk}",
        verb="transfer.ask",
        subject=f"transfer:{transfer.pk}",
        place=by.place,
        summary={"kind": kind},
    )
    if at_once:
        return run(transfer_id=transfer.pk, by=by)
    later.transfer(transfer_id=transfer.pk, by=by)
    return transfer


@transaction.atomic
def ask_export(*, wanted: CaseFilter, why: str, clear: bool, total: int, by: Acting) -> Transfer:
    """Have a long list written in the background."""
    by.require(Verb.CASE_EXPORT)
    if clear:
        by.require(Verb.REVEAL_IDENTITY)
    return _ask(TransferKind.CASES_OUT, {"wanted": asdict(wanted), "why": why, "clear": clear}, by, total=total)


@transaction.atomic
def ask_history(*, programme_key: str, data: bytes, source: str, by: Acting) -> Transfer:
    """Have grants of earlier years read, a short file at once, a long one in the background.

    Raises SheetError for a file that cannot be used at all.
    """
    by.require(Verb.ROUND_MANAGE)
    rows = read_table(data, tables.HISTORY).rows_at_most
    with _new_file() as (name, file):
        file.write(data)
        file.flush()
        options = {"programme": programme_key, "source": source}
        return _ask(
            TransferKind.HISTORY_IN,
            options,
            by,
            total=rows,
            source=name,
            at_once=rows <= AT_ONCE[TransferKind.HISTORY_IN],
        )


def run(*, transfer_id: int, by: Acting) -> Transfer:
    """Work a transfer off, within the job's transaction: it is done whole, or it was never begun and is done again.

    What the sender can put right is told on its page; what the house must put right is raised, so that the job is tried
    again.
    """
    transfer = Transfer.objects.get(pk=transfer_id)
    if transfer.state in OVER:
        return transfer
    try:
        with transaction.atomic():
            _WORK[TransferKind(transfer.kind)](transfer, by)
    except (Refused, SheetError) as error:
        transfer.state, transfer.message = TransferState.FAILED, str(error)[:500]
    else:
        transfer.state = TransferState.DONE
    transfer.moved_at = clock.now()
    transfer.save()
    if transfer.source:
        transaction.on_commit(lambda: path_of(transfer.source).unlink(missing_ok=True))
    return transfer


def _reporter(transfer: Transfer, by: Acting) -> Callable[[int], None] | None:
    """Tells the waiting page how far it is, without waiting for the end; nobody waits for what is done at once."""
    if transfer.total <= AT_ONCE[TransferKind(transfer.kind)]:
        return None

    def report(done: int) -> None:
        with beside(by) as cursor:
            cursor.execute(
                "UPDATE programmes_transfer SET state = %s, done = %s, moved_at = %s WHERE id = %s",
                [TransferState.RUNNING.value, done, clock.now(), transfer.pk],
            )

    report(0)
    return report


def _export(transfer: Transfer, by: Acting) -> None:
    options = json.loads(transfer.options.reveal())
    with _new_file() as (name, file):
        transfer.total = transfer.done = transfer.added = export_cases(
            out=file,
            wanted=CaseFilter(**options["wanted"]),
            why=options["why"],
            clear=options["clear"],
            by=by,
            report=_reporter(transfer, by),
        )
    transfer.result = name


def _history(transfer: Transfer, by: Acting) -> None:
    options = json.loads(transfer.options.reveal())
    reading = read_table(path_of(transfer.source), tables.HISTORY)
    texts: list[list[str | None]] = []

    def kept() -> Iterator[Row]:
        for row in reading:
            texts.append(row.texts)
            yield row

    outcome = import_history(
        programme_key=options["programme"],
        rows=kept(),
        source=options["source"],
        by=by,
        report=_reporter(transfer, by),
    )
    with _new_file() as (name, file):
        answered = ([*cells, answer] for cells, answer in zip(texts, outcome.answers, strict=True))
        write_table(file, tables.HISTORY, answered, errors_column=True)
    transfer.result = name
    transfer.total = transfer.done = len(texts)
    transfer.added, transfer.unchanged, transfer.refused = outcome.added, outcome.unchanged, outcome.refused
    transfer.message = "；".join(reading.notices)[:500]


_WORK = {TransferKind.CASES_OUT: _export, TransferKind.HISTORY_IN: _history}


def sweep(now: float) -> int:
    """Remove files older than the days they are kept; returns how many. ``now`` is seconds since the epoch."""
    old = [path for path in folder().glob("*.xlsx") if path.stat().st_mtime < now - KEPT_DAYS * 86_400]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
