"""What a unit shows for its duties, what it is spared, what it is reminded of, and what the partners agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.channels import actions as channels
from niangjia.channels.kinds import Audience, Form
from niangjia.channels.models import Endpoint
from niangjia.core import clock
from niangjia.core.codes import district_of
from niangjia.core.refused import Refused
from niangjia.family_education import queries, rules
from niangjia.family_education.actions.common import note, require_own
from niangjia.family_education.kinds import How, Party, Per
from niangjia.family_education.models import Duty, Exemption, Meeting, Paper, Reminder
from niangjia.family_education.rules import Period
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit


def _owed(duty: Duty, unit: Unit, key: str) -> tuple[Period, str]:
    """The period of a duty and where its unit lies. Raises Refused for a duty that is not the unit's."""
    period, bearer = queries.period(key), queries.bearer_of(unit)
    if bearer is None or not queries.bears(bearer, duty):
        raise Refused(f"这不是{unit.short_name}的职责。")
    if period is None or bool(period.season) != (duty.per == Per.TERM):
        raise Refused("没有这个学期。请先在“学期和家庭教育日”里设定。")
    return period, bearer.place


@transaction.atomic
def show_paper(
    *,
    duty_id: int,
    unit_id: int,
    period: str,
    text: str,
    by: Acting,
    file: Callable[[], StoredFile | None] = lambda: None,
) -> Paper:
    """What shows that a duty not counted in activities was done; a file is welcome, never required. Raises Refused."""
    require_own(unit_id, by=by)
    duty, unit = Duty.objects.get(pk=duty_id), Unit.objects.get(pk=unit_id)
    span, place = _owed(duty, unit, period)
    if duty.how != How.PAPER:
        raise Refused("这项职责按活动场次计，请登记活动。")
    if wrong := rules.numbers_in({"text": text}):
        raise Refused("材料还没有登记。", wrong)
    if len(text.strip()) < 2:
        raise Refused("请写明做了什么、文号或日期。", {"text": "请填写。"})
    paper = Paper.objects.create(
        duty=duty, unit=unit, year=span.year, season=span.season, place=place, text=text.strip()[:200], file=file(),
        said_by=by.signature, said_at=clock.now(),
    )  # fmt: skip
    note("family.paper", f"unit:{unit_id}", place, title=duty.what, period=span.label, by=by)
    return paper


@transaction.atomic
def withdraw_paper(*, paper_id: int, by: Acting) -> Paper:
    """It showed nothing after all; it stays in the record. Twice does no harm."""
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper_id)
    require_own(paper.unit_id, by=by)
    if paper.withdrawn_at is None:
        paper.withdrawn_at = clock.now()
        paper.save(update_fields=["withdrawn_at"])
        note("family.paper.withdraw", f"unit:{paper.unit_id}", paper.place, title=paper.text, by=by)
    return paper


@transaction.atomic
def exempt(*, duty_id: int, unit_id: int, period: str, reason: str, by: Acting) -> Exemption:
    """A unit need not do this in this period: a school that was moved, a town after a flood. Saying so again corrects why.

    Raises Refused.
    """
    by.require(Verb.FAMILY_MANAGE)
    duty, unit = Duty.objects.get(pk=duty_id), Unit.objects.get(pk=unit_id)
    span, place = _owed(duty, unit, period)
    if len(reason.strip()) < 4:
        raise Refused("请写明免除的原因。", {"reason": "至少4个字。"})
    Exemption.objects.filter(duty=duty, unit=unit, year=span.year, season=span.season).delete()
    made = Exemption.objects.create(
        duty=duty, unit=unit, year=span.year, season=span.season, place=place, reason=reason.strip()[:120],
        said_by=by.signature, said_at=clock.now(),
    )  # fmt: skip
    note("family.exempt", f"unit:{unit_id}", place, title=duty.what, period=span.label, reason=made.reason, by=by)
    return made


@transaction.atomic
def end_exemption(*, duty_id: int, unit_id: int, period: str, by: Acting) -> None:
    """It must be done after all. Twice does no harm."""
    by.require(Verb.FAMILY_MANAGE)
    span = queries.period(period)
    if span is None:
        return
    found = Exemption.objects.filter(duty=duty_id, unit=unit_id, year=span.year, season=span.season).first()
    if found is not None:
        note("family.exempt.end", f"unit:{unit_id}", found.place, period=period, by=by)
        found.delete()


@transaction.atomic
def remind(*, year: int, by: Acting, endpoint: Endpoint | None = None) -> int:
    """Tell the units that still owe something in a period that ends within a month: each once a period.

    Returns how many units were told now. What was told stands in the unit's own list. A working group's ``endpoint`` gets one
    line with how many were told, and names none.
    """
    by.require(Verb.FAMILY_MANAGE)
    today, now, place = clock.today(), clock.now(), district_of(by.place)
    known = set(Reminder.objects.filter(year=year).values_list("unit_id", "season"))
    lines = [
        line
        for party in (Party.TOWN, Party.SCHOOL, Party.KINDERGARTEN, Party.DEPARTMENT)
        for line in queries.board(party=party, year=year, today=today, within=place).lines
    ]
    told = Reminder.objects.bulk_create(
        Reminder(
            unit=line.bearer.unit, year=year, season=season, place=line.bearer.place, told_at=now, told_by=by.signature
        )
        for line in lines
        for season in sorted({item.period.season for item in line.open if rules.ends_soon(item.period, today)})
        if (line.bearer.unit.pk, season) not in known
    )
    units = len({one.unit_id for one in told})
    if units and endpoint is not None:
        channels.send(
            subject=f"education_year:{year}", place=place, audience=Audience.PUBLIC, form=Form.TEXT,
            copies=[channels.Copy(endpoint)], title="家庭教育职责提醒", by=by,
            text=f"{year}年家庭教育职责还有未完成的，共提醒{units}个单位。请登录网上妇女之家，在“我的待办”里查看本单位的清单。",
        )  # fmt: skip
    if units:
        note("family.remind", f"division:{place}", place, units=units, year=year, by=by)
    return units


@transaction.atomic
def keep_meeting(
    *, held_on: dt.date, title: str, text: str, by: Acting, file: Callable[[], StoredFile | None] = lambda: None
) -> Meeting:
    """Minutes of a joint meeting or a joint notice, for all departments to read. Raises Refused for a day to come."""
    by.require(Verb.FAMILY_MANAGE)
    if held_on > clock.today():
        raise Refused("日期不能晚于今天。", {"held_on": "请核对。"})
    meeting = Meeting.objects.create(
        held_on=held_on, title=title.strip(), text=text.strip(), file=file(), place=district_of(by.place),
        said_by=by.signature,
    )  # fmt: skip
    note("family.meeting", f"meeting:{meeting.pk}", meeting.place, title=meeting.title, by=by)
    return meeting


@transaction.atomic
def note_export(*, rows: int, what: str, year: int, by: Acting) -> None:
    """The trail of a list that went out."""
    by.require(Verb.FAMILY_READ)
    note("family.export", f"division:{by.place}", by.place, rows=rows, year=year, title=what, by=by)
