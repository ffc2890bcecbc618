"""Makes the demo once and finds it again: what is in it is decided by `niangjia.ops.demo`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import psycopg
from rich.progress import Progress

from config import environment
from config.environment import State
from niangjia.ops import house, postgres, roles
from niangjia.ops.kinds import BadInputError, DemoAccount


def prepare(state: State, display: Progress) -> Sequence[DemoAccount]:
    """Migrate, build the demo unless it is there, and name who may sign in.

    A build that was interrupted starts over. Raises BadInputError in a folder where somebody works already.
    """
    started, ready = state.home / "demo.started", state.home / "demo.ready"
    place = postgres.ensure_server(state)
    if started.exists() and not ready.exists():
        roles.remove(place, [])
        shutil.rmtree(state.uploads, ignore_errors=True)
    house.migrate(display)
    from niangjia.ops import demo

    if not ready.exists():
        _refuse_a_used_database(state)
        started.touch()
        demo.build(display)
        ready.touch()
    return demo.accounts()


def _refuse_a_used_database(state: State) -> None:
    place = postgres.ensure_server(state)
    password = environment.keys(state)["database"]["owner"]
    with psycopg.connect(place.conninfo(user="niangjia_owner", password=password)) as connection:
        row = connection.execute("SELECT count(*) FROM people_account").fetchone()
    if row != (0,):
        raise BadInputError(
            f"数据库 {place.name} 里已有账号，不是空的，演示数据不会写进去。请用 NIANGJIA_HOME 另指定一个目录。"
        )
