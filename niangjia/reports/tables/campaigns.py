"""Study campaigns in Excel: what each unit did, counted from the records. No rank, no order but that of the places."""

from __future__ import annotations

from typing import BinaryIO, Final

from niangjia.access.acting import Acting
from niangjia.campaigns import actions, queries
from niangjia.campaigns.models import Campaign
from niangjia.letters.kinds import Column, Table
from niangjia.letters.sheets import write_table

UNITS: Final = Table(
    "study_units",
    "专题学习收看情况",
    (
        Column("unit", "单位", width=20),
        Column("state", "上报", width=10),
        Column("sessions", "集中收看（场）", width=12, numeric=True),
        Column("attendances", "集中收看（人次）", width=12, numeric=True),
        Column("alone", "自行收看（人）", width=12, numeric=True),
        Column("covered", "看过的干部（人）", width=14, numeric=True),
        Column("officers", "应参加的干部（人）", width=14, numeric=True),
        Column("reflections", "心得（篇）", width=10, numeric=True),
        Column("published", "发布（篇）", width=10, numeric=True),
        Column("note", "小结", width=40),
    ),
)


def write_units(out: BinaryIO, campaign: Campaign, *, why: str, by: Acting) -> None:
    """The table of a campaign, with a line in the trail that it went out."""
    parts = queries.figures(campaign)
    rows = [
        (
            one.unit.short_name, one.get_state_display(), own.sessions, own.attendances, own.alone, own.covered, own.officers,
            own.reflections, own.published, one.note,
        )
        for one in queries.returns(campaign)
        for own in (parts[one.pk],)
    ]  # fmt: skip
    actions.note_export(campaign=campaign, what="各单位收看情况", why=why, by=by)
    write_table(out, UNITS, rows)
