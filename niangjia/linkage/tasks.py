"""Jobs that look for duplicates: the whole register when asked and once a week, new entries every minute."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

from niangjia.access.acting import Acting, acting_as
from niangjia.access.jobs import job
from niangjia.access.queries import house
from niangjia.core import clock
from niangjia.linkage import actions, queries
from niangjia.org import queries as org

# Entries are looked at twice over, so that one whose transaction took long is not missed.
LOOK_BACK = dt.timedelta(minutes=5)


@job(actions.LOOK_THROUGH, lock=actions.LOOK_THROUGH)
def look_through(*, by: Acting, run_id: int) -> None:
    actions.look_through(run_id=run_id, by=by)


@app.periodic(cron="* * * * *")
@app.task(name="linkage.check_new", queueing_lock="linkage.check_new", pass_context=False)
def check_new(timestamp: int) -> None:
    """Entries of the last minutes against the whole register, under the house: a village alone would not see a neighbour's."""
    with acting_as(house(org.district_federation().place)) as by:
        fresh = queries.entered_since(clock.now() - LOOK_BACK)
        if len(fresh) > actions.ONE_BY_ONE:
            actions.ask(by=by)
        elif fresh:
            actions.check(person_ids=fresh, by=by)


@app.periodic(cron="30 2 * * 0")
@app.task(name="linkage.weekly", queueing_lock="linkage.weekly", pass_context=False)
def weekly(timestamp: int) -> None:
    """The whole register once a week: what was corrected since may show what was not seen before."""
    with acting_as(house(org.district_federation().place)) as by:
        actions.ask(by=by)
