"""Jobs of the micro-class."""

from __future__ import annotations

from niangjia.access.acting import Acting
from niangjia.access.jobs import job
from niangjia.lessons import actions


@job(actions.JOB, lock="lessons.make_streams")
def make_streams(*, by: Acting, lesson_id: int) -> None:
    """One after the other: two conversions at once would starve the people at work."""
    actions.make_streams(lesson_id=lesson_id, by=by)
