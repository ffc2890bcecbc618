"""Jobs that look after jobs."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

STALLED_AFTER = 60.0  # seconds without a sign of life of the worker; it gives one every ten


@app.periodic(cron="* * * * *")
@app.task(name="access.retry_stalled", queueing_lock="access.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Put the jobs of a worker that died back in line. What they wrote was undone with their transaction."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await manager.retry_job(job)


@app.periodic(cron="40 3 * * *")
@app.task(name="access.forget_old_jobs", queueing_lock="access.forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
    """Jobs that are done are of no use after a month."""
    await context.app.job_manager.delete_old_jobs(nb_hours=24 * 30, include_failed=True, include_cancelled=True)
