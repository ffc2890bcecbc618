"""The outbox empties itself: soon after a message is written, and every minute for what waits."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from niangjia.access.queries import house
from niangjia.channels import actions
from niangjia.org import queries as org


def _carry() -> None:
    """As the house: whoever asked may have left her post since, and the message was hers to send when she sent it."""
    close_old_connections()
    try:
        by = house(org.district_federation().place)
        actions.carry(by=by)
    finally:
        close_old_connections()


@app.task(name=actions.JOB, pass_context=False)
def carry() -> None:
    _carry()


@app.periodic(cron="* * * * *")
@app.task(name="channels.carry_due", queueing_lock="channels.carry_due", pass_context=False)
def carry_due(timestamp: int) -> None:
    _carry()
