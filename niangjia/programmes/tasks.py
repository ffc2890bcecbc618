"""Jobs of the engine."""

from __future__ import annotations

from procrastinate.contrib.django import app

from niangjia.access.acting import Acting, acting_as
from niangjia.access.jobs import job
from niangjia.access.queries import house
from niangjia.org import queries as org
from niangjia.programmes import later
from niangjia.programmes.actions import checks, notices


@job(later.COLLECT)
def collect_answers(*, by: Acting, case_id: int) -> None:
    checks.collect(case_id=case_id, by=by)


@job(later.OBJECTED)
def objected(*, by: Acting, objection_id: int) -> None:
    notices.stop_for_objection(objection_id=objection_id, by=by)


@app.periodic(cron="*/10 * * * *")
@app.task(name="programmes.end_notices", queueing_lock="programmes.end_notices", pass_context=False)
def end_notices(timestamp: int) -> None:
    """Notices end by themselves; looked at every ten minutes, so that a worker that slept catches up."""
    with acting_as(house(org.district_federation().place)) as by:
        notices.end_due(by=by)
