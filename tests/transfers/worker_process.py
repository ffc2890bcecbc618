"""A worker as a process of its own, so that it can be killed.

Arguments: what becomes of it, then host, port and name of the database and the folder of uploads. ``roster`` and
``ledger`` die by SIGKILL in the middle of such a file: of the roster the officers are written and the posts not, of the
ledger four rows. One that ``lives`` takes over what a dead one left, and stops when nothing waits. Keys come from the
environment.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["PYTEST_XDIST_WORKER"] = "worker"  # the keys of the run, not new ones

import django

from tests import settings as test_settings

if TYPE_CHECKING:
    from niangjia.transfers.kinds import Done, Work


def main(fate: str, host: str, port: str, name: str, uploads: str) -> None:
    test_settings.NIANGJIA_UPLOADS = Path(uploads)
    django.setup()
    from django.db import connections
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    from niangjia.access import tasks

    for alias in connections:
        connections.settings[alias].update(HOST=host, PORT=port, NAME=name)
    if fate == "lives":
        tasks.STALLED_AFTER = 0.0
        with suppress(AlreadyEnqueued):  # the clock may have done so
            tasks.retry_stalled.configure().defer(timestamp=0)
    else:
        {"roster": _die_before_the_posts, "ledger": _die_after_four_rows}[fate]()
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    for _ in range(2):  # the second round does what the first put back in line
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_before_the_posts() -> None:
    from niangjia.org import roster

    roster._Import._save_posts = lambda *args: _die()  # type: ignore[method-assign]


def _die_after_four_rows() -> None:
    from dataclasses import replace

    from niangjia.programmes.actions import imports
    from niangjia.transfers.kinds import KINDS

    honest = KINDS.get(imports.IN)
    imports.CHUNK = 2

    def doomed(work: Work) -> Done:
        def report(done: int) -> None:
            work.report(done)
            if done >= 4:
                _die()

        return honest.work(replace(work, report=report))

    KINDS._items[imports.IN] = replace(honest, work=doomed, at_once=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
