"""Jobs in PostgreSQL. A job joins the transaction that asks for it and runs under the post that asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from niangjia.access import queries
from niangjia.access.acting import Acting, acting_as
from niangjia.people.models import Account

HOUSE_ACCOUNT = 0


class JobRefused(Exception):
    """The post that asked no longer runs, so the job may not."""


def _payload(by: Acting) -> dict[str, Any]:
    return {"account": by.account_id, "post": by.post_id, "place": by.place}


def later(name: str, *, by: Acting, **kwargs: Any) -> int:
    """Enqueue the job of this name in the present transaction, for a room whose actions may not import its jobs."""
    job_id: int = app.configure_task(name).defer(acting=_payload(by), **kwargs)
    return job_id


def revive(payload: dict[str, Any]) -> Acting:
    """The acting post a job was asked under, if it still runs today. Raises JobRefused otherwise."""
    if payload["account"] == HOUSE_ACCOUNT:
        return queries.house(payload["place"])
    account = Account.objects.get(pk=payload["account"])
    if payload["post"] is None:
        return queries.resident(account)
    acting = queries.post_of(account, payload["post"])
    if acting is None:
        raise JobRefused("提出任务的职务已到期或被收回，任务不再执行。")
    return acting


class Job:
    """A function that runs later. Call ``later(by=…, **kwargs)`` inside a transaction; ``now`` runs it at once."""

    def __init__(self, function: Callable[..., None], name: str, lock: str | None) -> None:
        self.function = function
        self.name = name
        self.lock = lock
        retry = RetryStrategy(max_attempts=5, exponential_wait=4)
        self.task = app.task(name=name, retry=retry, lock=lock)(self._run)

    def _run(self, *, acting: dict[str, Any], **kwargs: Any) -> None:
        close_old_connections()
        try:
            with acting_as(revive(acting)) as by:
                self.function(by=by, **kwargs)
        finally:
            close_old_connections()

    def later(self, *, by: Acting, **kwargs: Any) -> int:
        """Enqueue in the present transaction: it is gone if the transaction is undone. Returns the job's number."""
        job_id: int = self.task.defer(acting=_payload(by), **kwargs)
        return job_id

    def now(self, *, by: Acting, **kwargs: Any) -> None:
        with acting_as(by):
            self.function(by=by, **kwargs)


def job(name: str, *, lock: str | None = None) -> Callable[[Callable[..., None]], Job]:
    """Declare a job. Its function takes ``by`` and JSON-ready keyword arguments, and may run twice: write it so."""

    def decorate(function: Callable[..., None]) -> Job:
        return Job(function, name, lock)

    return decorate
