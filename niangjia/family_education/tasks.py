"""Once a day: who still owes something in a period that ends within a month is told, once."""

from __future__ import annotations

from procrastinate.contrib.django import app

from niangjia.access.acting import acting_as
from niangjia.access.queries import house
from niangjia.core import clock
from niangjia.family_education import actions
from niangjia.org import queries as org


@app.periodic(cron="10 7 * * *")
@app.task(name="family.remind", queueing_lock="family.remind", pass_context=False)
def remind(timestamp: int) -> None:
    """Under the house; a term that began last year is looked at with its own year."""
    today = clock.today()
    with acting_as(house(org.district_federation().place)) as by:
        for year in (today.year - 1, today.year):
            actions.remind(year=year, by=by)
