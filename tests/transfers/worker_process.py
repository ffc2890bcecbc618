"""A worker as a process of its own, so that it can be killed.

Arguments: ``dies`` or ``lives``, then host, port and name of the database and the folder of uploads. One that dies does
so by SIGKILL in the middle of a roster, its officers written and its posts not; one that lives takes over what a dead one
left, and stops when nothing waits. Keys come from the environment.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["PYTEST_XDIST_WORKER"] = "worker"  # the keys of the run, not new ones

import django

from tests import settings as test_settings


def main(fate: str, host: str, port: str, name: str, uploads: str) -> None:
    test_settings.NIANGJIA_UPLOADS = Path(uploads)
    django.setup()
    from django.db import connections
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    from niangjia.access import tasks
    from niangjia.org import roster

    for alias in connections:
        connections.settings[alias].update(HOST=host, PORT=port, NAME=name)
    if fate == "dies":
        roster._Import._save_posts = lambda *args: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    else:
        tasks.STALLED_AFTER = 0.0
        with suppress(AlreadyEnqueued):  # the clock may have done so
            tasks.retry_stalled.configure().defer(timestamp=0)
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    for _ in range(2):  # the second round does what the first put back in line
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
