"""Jobs of study campaigns."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.campaigns import actions


@app.periodic(cron="20 0 * * *")
@app.task(name="campaigns.turn", queueing_lock="campaigns.turn", pass_context=False)
def turn(timestamp: int) -> None:
    """After midnight: what begins today runs, what ended yesterday is collected."""
    with acting_as(access.house(settings.NIANGJIA_DISTRICT)) as house:
        actions.turn(by=house)
