"""A worker killed in the middle of a file leaves nothing half-written, and the file is finished after it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import caches
from django.db import connections

from niangjia.access.acting import acting_as
from niangjia.org.models import Officer, Post
from niangjia.people.models import Person
from niangjia.programmes.actions import imports
from niangjia.programmes.models import Grant
from niangjia.reports.tables.roster import IMPORT
from niangjia.transfers import actions, queries
from niangjia.transfers.kinds import KINDS, State
from niangjia.transfers.models import Transfer
from tests.personas import District
from tests.programmes.actions.test_imports import line
from tests.programmes.actions.test_imports import workbook as ledger
from tests.reports.tables.test_roster import row, workbook

ROOT = Path(__file__).resolve().parents[2]


def worker(fate: str, uploads: Path) -> subprocess.CompletedProcess[bytes]:
    """A worker of its own process on the database of this test; see ``worker_process``."""
    place = connections.settings["default"]
    arguments = [fate, place["HOST"], place["PORT"], place["NAME"], str(uploads)]
    command = [sys.executable, "-m", "tests.transfers.worker_process", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True)


Counted = Callable[[], tuple[int, int]]
FILES = [
    pytest.param(
        "roster",
        IMPORT,
        lambda: workbook(*(row(name=f"张某{one}") for one in "甲乙丙")),
        lambda: (Officer.objects.count(), Post.objects.count()),
        (State.WAITING, 0),
        3,
        [["新增", 3], ["更新", 0], ["无变化", 0], ["错误", 0]],
        id="roster",
    ),
    pytest.param(
        "ledger",
        imports.IN,
        lambda: ledger(*(line(serial) for serial in range(6))),
        lambda: (Grant.objects.count(), Person.objects.count()),
        (State.RUNNING, 4),
        6,
        [["新登记", 6], ["已有，未改动", 0], ["需核对", 0]],
        id="ledger of earlier years",
    ),
]


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize(("fate", "kind", "data", "count", "told", "rows", "counts"), FILES)
def test_what_a_killed_worker_began_is_undone_and_done_by_the_next(
    owner: psycopg.Connection,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fate: str,
    kind: str,
    data: Callable[[], bytes],
    count: Counted,
    told: tuple[State, int],
    rows: int,
    counts: list[list[object]],
) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path
    monkeypatch.setitem(KINDS._items, kind, replace(KINDS.get(kind), at_once=0))
    caches["local"].clear()
    by = District().acting("officer")
    with acting_as(by):
        before = count()
        options = {"programme": "two_cancers_grant", "source": "花名册"}
        asked = actions.ask(kind=kind, data=data(), title="名册.xlsx", options=options, by=by)
    died = worker(fate, tmp_path)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with acting_as(by):
        seen = Transfer.objects.get(pk=asked.pk)
        assert (seen.state, seen.done, seen.counts) == (*told, [])
        assert count() == before
        assert b"".join(queries.read(asked.source))
    assert _jobs(owner) == [("transfers.run", "doing")]

    lived = worker("lives", tmp_path)
    assert lived.returncode == 0, lived.stderr.decode()
    with acting_as(by):
        done = Transfer.objects.get(pk=asked.pk)
        assert (done.state, done.total, done.counts) == (State.DONE, rows, counts)
        assert count() == (before[0] + rows, before[1] + rows)
    assert _jobs(owner) == [("transfers.run", "succeeded")]
    assert not (queries.folder() / asked.source).exists()


def _jobs(owner: psycopg.Connection) -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name = 'transfers.run'"
    ).fetchall()
