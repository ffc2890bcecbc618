"""What wishes do by themselves: a claim that lapsed lets others have the wish, a wish nobody claimed leaves the page."""

from __future__ import annotations

from procrastinate.contrib.django import app

from niangjia.access.acting import acting_as
from niangjia.access.queries import house
from niangjia.org import queries as org
from niangjia.wishes import actions


@app.periodic(cron="15 0,6,12,18 * * *")
@app.task(name="wishes.release", queueing_lock="wishes.release", pass_context=False)
def release(timestamp: int) -> None:
    """Claims end with their day; looked at four times a day, so that a worker that slept catches up."""
    with acting_as(house(org.district_federation().place)) as by:
        actions.release_due(by=by)
