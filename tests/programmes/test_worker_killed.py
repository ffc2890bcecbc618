"""A worker killed in the middle of an import leaves nothing half-written, and the import is finished after it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import caches
from django.db import connections

from niangjia.access.acting import acting_as
from niangjia.people.models import Person
from niangjia.programmes.actions import transfers
from niangjia.programmes.kinds import TransferKind, TransferState
from niangjia.programmes.models import Grant, Transfer
from tests.personas import District
from tests.programmes.actions.test_imports import line, workbook

ROOT = Path(__file__).resolve().parents[2]


def worker(fate: str, uploads: Path) -> subprocess.CompletedProcess[bytes]:
    """A worker of its own process on the database of this test; see ``worker_process``."""
    place = connections.settings["default"]
    arguments = [fate, place["HOST"], place["PORT"], place["NAME"], str(uploads)]
    command = [sys.executable, "-m", "tests.programmes.worker_process", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True)


@pytest.mark.usefixtures("transactional_db")
def test_what_a_killed_worker_began_is_undone_and_done_by_the_next(
    owner: psycopg.Connection, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path
    monkeypatch.setitem(transfers.AT_ONCE, TransferKind.HISTORY_IN, 0)
    caches["local"].clear()
    officer = District().acting("officer")
    with acting_as(officer):
        asked = transfers.ask_history(
            programme_key="two_cancers_grant", data=workbook(*(line(n) for n in range(6))), source="花名册", by=officer
        )
    died = worker("dies", tmp_path)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with acting_as(officer):
        seen = Transfer.objects.get(pk=asked.pk)
        assert (seen.state, seen.done, seen.added) == (TransferState.RUNNING, 4, 0)
        assert (Grant.objects.count(), Person.objects.count()) == (0, 0)
    assert _jobs(owner) == [("programmes.transfer", "doing")]

    lived = worker("lives", tmp_path)
    assert lived.returncode == 0, lived.stderr.decode()
    with acting_as(officer):
        done = Transfer.objects.get(pk=asked.pk)
        assert (done.state, done.total, done.added) == (TransferState.DONE, 6, 6)
        assert (Grant.objects.count(), Person.objects.count()) == (6, 6)
    assert _jobs(owner) == [("programmes.transfer", "succeeded")]
    assert not (tmp_path / "transfers" / asked.source).exists()


def _jobs(owner: psycopg.Connection) -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name = 'programmes.transfer'"
    ).fetchall()
