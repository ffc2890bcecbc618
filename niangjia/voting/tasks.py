"""What polls do by themselves: their ballots are bound every hour, and they close when their time is over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from niangjia.access.acting import acting_as
from niangjia.access.queries import house
from niangjia.org import queries as org
from niangjia.voting import actions


@app.periodic(cron="5 * * * *")
@app.task(name="voting.seal", queueing_lock="voting.seal", pass_context=False)
def seal(timestamp: int) -> None:
    """Bind the ballots of the hour."""
    with acting_as(house(org.district_federation().place)) as by:
        actions.seal_running(by=by)


@app.periodic(cron="*/10 * * * *")
@app.task(name="voting.close", queueing_lock="voting.close", pass_context=False)
def close(timestamp: int) -> None:
    """Close what is over; looked at every ten minutes, so that a worker that slept catches up."""
    with acting_as(house(org.district_federation().place)) as by:
        actions.close_due(by=by)
