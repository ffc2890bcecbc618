"""Jobs about large files."""

from __future__ import annotations

from procrastinate.contrib.django import app

from niangjia.access.acting import Acting
from niangjia.access.jobs import job
from niangjia.transfers import actions


@job(actions.JOB)
def run(*, by: Acting, transfer_id: int) -> None:
    actions.run(transfer_id=transfer_id, by=by)


@app.periodic(cron="25 3 * * *")
@app.task(name="transfers.sweep", queueing_lock="transfers.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Lists with people's numbers do not lie about: after some days the files are gone."""
    actions.sweep(timestamp)
