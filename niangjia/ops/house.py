"""Brings the application to where it can run: the server, Django, the tables, the static files."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from config import environment
from config.environment import Server, State
from niangjia.ops import postgres, roles
from niangjia.ops.kinds import Exit, OpsError


class NotMigratedError(OpsError):
    """The tables are older or newer than the program."""

    exit_code = Exit.FAILED


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress display on standard error where that is a terminal; without a total it shows that work goes on."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as display:
        yield display


def set_up_django() -> None:
    """Load settings and apps. The server must be known by now: settings ask where it is only once."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def ready() -> Server:
    """The server runs and Django is loaded."""
    place = postgres.ensure_server()
    set_up_django()
    return place


def migrated() -> Server:
    """Like `ready`, and the tables are those of this program. Raises NotMigratedError otherwise."""
    place = ready()
    waiting = pending_migrations()
    if waiting:
        raise NotMigratedError(
            f"数据库还有 {len(waiting)} 项结构更新没有执行（如 {waiting[0]}）。请先执行：niangjia migrate"
        )
    return place


def pending_migrations() -> list[str]:
    """Names of the migrations the database has not seen, in order."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    connections["owner"].close()
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def migrate(display: Progress) -> int:
    """Create roles and database where missing and bring the tables up to date; the number of migrations run.

    Afterwards the system checks run, those of the database too; an error among them raises
    django.core.management.SystemCheckError.
    """
    place = postgres.ensure_server()
    roles.bootstrap(place, environment.keys())
    set_up_django()
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command

    waiting = pending_migrations()
    task = display.add_task("更新数据库结构", total=len(waiting))

    class Migrate(Command):
        def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
            if action == "apply_success":
                display.advance(task)

    if waiting:
        call_command(Migrate(), database="owner", verbosity=0, interactive=False)
    said = io.StringIO()
    call_command("check", databases=["owner"], stdout=said, stderr=said)
    return len(waiting)


def collect_static(state: State) -> bool:
    """Copy the static files to where the web server takes them, unless they are the same as last time."""
    from django.contrib.staticfiles import finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    stamp = state.home / "static.stamp"
    if stamp.exists() and stamp.read_text("utf-8") == digest.hexdigest():
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest.hexdigest(), "utf-8")
    return True
