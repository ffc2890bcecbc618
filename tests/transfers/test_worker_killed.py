"""A worker killed in the middle of a roster leaves nothing half-written, and the roster is finished after it."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import caches
from django.db import connections

from niangjia.access.acting import acting_as
from niangjia.org.models import Officer, Post
from niangjia.reports.tables.roster import IMPORT
from niangjia.transfers import actions, queries
from niangjia.transfers.kinds import KINDS, State
from niangjia.transfers.models import Transfer
from tests.personas import District
from tests.reports.tables.test_roster import row, workbook

ROOT = Path(__file__).resolve().parents[2]


def worker(fate: str, uploads: Path) -> subprocess.CompletedProcess[bytes]:
    """A worker of its own process on the database of this test; see ``worker_process``."""
    place = connections.settings["default"]
    arguments = [fate, place["HOST"], place["PORT"], place["NAME"], str(uploads)]
    command = [sys.executable, "-m", "tests.transfers.worker_process", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True)


@pytest.mark.usefixtures("transactional_db")
def test_what_a_killed_worker_began_is_undone_and_done_by_the_next(
    owner: psycopg.Connection, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.NIANGJIA_UPLOADS = tmp_path
    monkeypatch.setitem(KINDS._items, IMPORT, replace(KINDS.get(IMPORT), at_once=0))
    caches["local"].clear()
    by = District().acting("officer")
    with acting_as(by):
        before = Officer.objects.count(), Post.objects.count()
        names = [f"张某{one}" for one in "甲乙丙"]
        asked = actions.ask(kind=IMPORT, data=workbook(*(row(name=name) for name in names)), title="名册.xlsx", by=by)
    died = worker("dies", tmp_path)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with acting_as(by):
        assert Transfer.objects.get(pk=asked.pk).state == State.WAITING
        assert (Officer.objects.count(), Post.objects.count()) == before
        assert queries.read(asked.source)
    assert _jobs(owner) == [("transfers.run", "doing")]

    lived = worker("lives", tmp_path)
    assert lived.returncode == 0, lived.stderr.decode()
    with acting_as(by):
        done = Transfer.objects.get(pk=asked.pk)
        assert (done.state, done.counts) == (State.DONE, {"新增": 3, "更新": 0, "无变化": 0, "错误": 0})
        assert (Officer.objects.count(), Post.objects.count()) == (before[0] + 3, before[1] + 3)
    assert _jobs(owner) == [("transfers.run", "succeeded")]
    assert not (queries.folder() / asked.source).exists()


def _jobs(owner: psycopg.Connection) -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name = 'transfers.run'"
    ).fetchall()
