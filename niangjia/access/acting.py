"""Who acts now: one post at a time, in one range, with these verbs; and telling the database so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from niangjia.access.verbs import Verb
from niangjia.core import codes, rowscope
from niangjia.trail import actions as trail


class ActorKind(StrEnum):
    """Which database role the actor's statements run as."""

    DESK = "desk"
    PARTNER = "partner"
    RESIDENT = "resident"


ROLE_OF = {
    ActorKind.DESK: rowscope.DESK,
    ActorKind.PARTNER: rowscope.PARTNER,
    ActorKind.RESIDENT: rowscope.RESIDENT,
}


@dataclass(frozen=True, slots=True)
class Acting:
    """The acting post. Residents act without one: ``post_id`` is None and the place is empty."""

    kind: ActorKind
    account_id: int
    post_id: int | None
    person_name: str
    post_title: str
    unit_id: int | None
    unit_name: str
    place: str
    verbs: frozenset[Verb]

    def may(self, verb: Verb) -> bool:
        return verb in self.verbs

    def require(self, verb: Verb, *others: Verb) -> None:
        """Raise PermissionDenied naming what is missing; any of ``others`` will do as well."""
        if self.verbs.isdisjoint((verb, *others)):
            raise PermissionDenied(f"您当前的职务没有“{verb.label}”权限。")

    @property
    def is_house(self) -> bool:
        """Whether no person acts but the house itself."""
        return self.account_id == 0 and self.kind is ActorKind.DESK

    @property
    def level(self) -> codes.Level:
        return codes.level_of(self.place)

    @property
    def signature(self) -> str:
        """How a timeline names the actor."""
        return f"{self.unit_name} {self.person_name}".strip()


_current: ContextVar[Acting | None] = ContextVar("niangjia_acting", default=None)


def current() -> Acting | None:
    """The acting post of this transaction, if any."""
    return _current.get()


def record(
    *,
    by: Acting,
    stream: str,
    verb: Verb | str,
    place: str,
    subject: str = "",
    summary: Mapping[str, Any] | None = None,
) -> None:
    """Append to the trail what ``by`` did. She must be the one the database was told of: no act in another's name.

    The ``subject`` is the stream's own unless another is named.
    """
    if _current.get() != by:
        raise RuntimeError("动作只能由本事务中的当前职务执行。")
    trail.append(stream=stream, verb=str(verb), subject=subject or stream, place=place, summary=summary)


def _tell(acting: Acting | None, using: BaseDatabaseWrapper | None = None) -> None:
    """One statement, local to the transaction: the role, the range, the actor."""
    if acting is None:
        role, lo, hi, account, post, unit, actor = "none", "", "", "", "", "", ""
    else:
        role = ROLE_OF[acting.kind]
        lo, hi = codes.subtree(acting.place) if acting.kind is ActorKind.DESK else ("", "")
        account, post, unit = str(acting.account_id), str(acting.post_id or ""), str(acting.unit_id or "")
        actor = acting.signature
    with (using or connection).cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('app.lo', %s, true), set_config('app.hi', %s, true), "
            "set_config('app.account', %s, true), set_config('app.post', %s, true), set_config('app.unit', %s, true), "
            "set_config('app.actor', %s, true)",
            [role, lo, hi, account, post, unit, actor],
        )


@contextmanager
def beside(acting: Acting) -> Iterator[CursorWrapper]:
    """A cursor in a transaction of its own, on a connection of its own, under the same post.

    What it writes is seen by others at once and stays when the present transaction is undone: how far a long job is.
    """
    own = connections.create_connection("default")
    try:
        own.set_autocommit(False)
        _tell(acting, own)
        with own.cursor() as cursor:
            yield cursor
        own.commit()
    finally:
        own.close()


@contextmanager
def acting_as(acting: Acting) -> Iterator[Acting]:
    """A transaction in which the database sees only what ``acting`` may see.

    Nested use tells the outer actor again on the way out, also when the inner block failed: a rolled-back savepoint
    restores the settings by itself, and a transaction that ends forgets them.
    """
    outer = _current.get()
    with transaction.atomic():
        _tell(acting)
        token = _current.set(acting)
        try:
            yield acting
        finally:
            _current.reset(token)
        if (outer is not None or connection.savepoint_ids) and not connection.needs_rollback:
            _tell(outer)
