"""Named writes of family education. What a unit has done is never written: it follows from sessions that were held."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.attendance import actions as attendance
from niangjia.attendance.kinds import SessionState
from niangjia.channels import actions as channels
from niangjia.channels import kinds as channels_kinds
from niangjia.channels.models import Endpoint
from niangjia.core import clock, codes
from niangjia.core.outcome import Answer, Outcome, counted
from niangjia.core.refused import Refused
from niangjia.family_education import queries, rules
from niangjia.family_education.kinds import (
    Audience,
    Field,
    How,
    ItemState,
    Mode,
    OrderState,
    Party,
    Per,
    SchoolType,
    Season,
)
from niangjia.family_education.models import (
    Activity,
    Apart,
    Course,
    Duty,
    EducationDay,
    Exemption,
    LectureOrder,
    Lecturer,
    LecturerCode,
    Meeting,
    OrderStep,
    Paper,
    Photo,
    Reminder,
    School,
    Semester,
    TermPlan,
    VenueKind,
)
from niangjia.family_education.rules import Period
from niangjia.files.models import StoredFile
from niangjia.org import actions as org
from niangjia.org import queries as org_queries
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit

REMIND_DAYS = 30  # before a period ends; a courtesy, no rule of anybody's
CODE_DAYS = 400


def _note(by: Acting, verb: str, subject: str, place: str, **summary: Any) -> None:
    record(by=by, stream=subject, verb=verb, subject=subject, place=place, summary=summary)


def _save(one: Model, said: str, field: str) -> None:
    """Keep a record whose name may be taken."""
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError as error:
        if not _is(error, "unique"):
            raise
        raise Refused(said, {field: said}) from error


def _is(error: IntegrityError, kind: str) -> bool:
    return {"unique": "23505"}[kind] == getattr(error.__cause__, "sqlstate", "")


def _district(by: Acting) -> str:
    return codes.district_of(by.place)


# ---------------------------------------------------------------- what the operator sets


@transaction.atomic
def set_semester(*, year: int, season: Season, starts_on: dt.date, ends_on: dt.date, by: Acting) -> Semester:
    """The days of a term. Setting it again corrects it. Raises Refused naming the field."""
    by.require(Verb.FAMILY_MANAGE)
    others = [queries.period_of(one) for one in Semester.objects.exclude(year=year, season=season)]
    if wrong := rules.term_fault(season, year, starts_on, ends_on, others):
        raise Refused("学期没有保存。", wrong)
    made, _ = Semester.objects.update_or_create(
        year=year, season=season, defaults={"starts_on": starts_on, "ends_on": ends_on}
    )
    _note(by, "family.semester", f"semester:{made.pk}", _district(by), title=str(made), on=f"{starts_on}至{ends_on}")
    return made


@transaction.atomic
def set_education_day(*, year: int, day: dt.date, by: Acting) -> EducationDay:
    """The family-education day of a year, as the operator decides (条例 art. 9). It lies in May of that year."""
    by.require(Verb.FAMILY_MANAGE)
    if (day.year, day.month) != (year, 5):
        raise Refused(f"家庭教育日应在{year}年5月。", {"day": f"请选{year}年5月的日期。"})
    made, _ = EducationDay.objects.update_or_create(year=year, defaults={"day": day})
    _note(by, "family.day", f"education_day:{year}", _district(by), on=str(day))
    return made


@transaction.atomic
def keep_duty(*, duty_id: int | None, by: Acting, **fields: Any) -> Duty:
    """Enter or change a duty. A number that changes with a new text should be a new duty, the old one ended."""
    by.require(Verb.FAMILY_MANAGE)
    duty = Duty() if duty_id is None else Duty.objects.select_for_update().get(pk=duty_id)
    for key, value in fields.items():
        setattr(duty, key, value)
    if duty.valid_to is not None and duty.valid_to < duty.valid_from:
        raise Refused("失效日期不能早于生效日期。", {"valid_to": "请核对日期。"})
    if duty.party == Party.DEPARTMENT and not queries.words_of(duty):
        raise Refused("部门职责请写明由哪些单位承担。", {"words": "请写单位简称里的字，如：教委、教育。"})
    if duty.how == How.COUNT and duty.party not in (Party.SCHOOL, Party.KINDERGARTEN, Party.TOWN):
        raise Refused("只有学校、幼儿园和镇街按场次计。", {"how": "请选“有或没有，附材料”。"})
    if duty.number < 1:
        raise Refused("次数至少为1。", {"number": "至少1次。"})
    duty.save()
    _note(by, "family.duty", f"duty:{duty.pk}", _district(by), title=duty.what, article=duty.article)
    return duty


@transaction.atomic
def keep_venue_kind(*, kind_id: int | None, label: str, entered: bool, active: bool, by: Acting) -> VenueKind:
    by.require(Verb.FAMILY_MANAGE)
    kind = VenueKind() if kind_id is None else VenueKind.objects.select_for_update().get(pk=kind_id)
    kind.label, kind.entered, kind.active = label.strip(), entered, active
    if not kind.label:
        raise Refused("请填写场所类别。", {"label": "请填写。"})
    _save(kind, f"已有“{kind.label}”。", "label")
    _note(by, "family.venue", f"venue_kind:{kind.pk}", _district(by), title=kind.label)
    return kind


# ---------------------------------------------------------------- schools


@transaction.atomic
def keep_school(
    *,
    unit_id: int,
    type: SchoolType,  # noqa: A002
    place: str,
    by: Acting,
    head: str = "",
    opened_on: dt.date | None = None,
    closed_on: dt.date | None = None,
    model_on: dt.date | None = None,
) -> School:
    """Register the parents' school of a school, or change what is known of it."""
    by.require(Verb.FAMILY_MANAGE)
    unit = Unit.objects.get(pk=unit_id)
    if unit.kind != UnitKind.SCHOOL:
        raise Refused(f"{unit.short_name}不是学校。请先在“组织与名册”中添加学校。", {"unit": "请选学校。"})
    school = School.objects.select_for_update().filter(unit=unit).first() or School(unit=unit)
    school.type, school.place, school.head = type, place, head.strip()
    school.opened_on = opened_on or school.opened_on or clock.today()
    school.closed_on, school.model_on = closed_on, model_on
    if closed_on is not None and closed_on < school.opened_on:
        raise Refused("停办日期不能早于开办日期。", {"closed_on": "请核对日期。"})
    if not codes.contains(by.place, place):
        raise Refused("所在地不在本区县。", {"place": "请重新选择。"})
    school.save()
    _note(by, "family.school", f"school:{school.pk}", place, title=unit.short_name, kind=type.label)
    return school


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One row of the register."""

    number: int
    name: str
    short_name: str
    type: SchoolType
    place: str
    head: str
    opened_on: dt.date | None
    model_on: dt.date | None


@transaction.atomic
def take_schools(*, rows: Sequence[SchoolRow], by: Acting, report: Callable[[int], None]) -> dict[int, Answer]:
    """Take the register in; the answer of each row by its number. A school is known by its name; one that is new to the
    organisation is added to it. A second import changes nothing."""
    by.require(Verb.FAMILY_MANAGE)
    by.require(Verb.ORG_WRITE)
    units = {unit.name: unit for unit in org_queries.units().filter(kind=UnitKind.SCHOOL)}
    known = {school.unit_id: school for school in School.objects.all()}
    top, seen, answers = org_queries.district_federation(), dict[str, int](), dict[int, Answer]()
    for done, row in enumerate(rows):
        if done % 100 == 0:
            report(done)
        if row.name in seen:
            answers[row.number] = Answer(Outcome.REFUSED, "name", f"与第 {seen[row.name]} 行是同一所学校。请删去一行。")
            continue
        seen[row.name] = row.number
        answers[row.number] = _take_school(row, units.get(row.name), known, top, by)
    counts = counted(answer.outcome for answer in answers.values())
    _note(by, "family.schools.import", f"division:{by.place}", by.place, **counts)
    return answers


def _take_school(row: SchoolRow, unit: Unit | None, known: dict[int, School], top: Unit, by: Acting) -> Answer:
    before = known.get(unit.pk) if unit is not None else None
    if before is not None and (before.type, before.place, before.head, before.model_on) == (
        row.type, row.place, row.head, row.model_on,
    ) and row.opened_on in (None, before.opened_on):  # fmt: skip
        return Answer(Outcome.SAME)
    try:
        with transaction.atomic():
            if unit is None:
                unit = org.add_unit(
                    name=row.name, short_name=row.short_name, kind=UnitKind.SCHOOL, parent=top, since=clock.today()
                )
            keep_school(
                unit_id=unit.pk, type=row.type, place=row.place, head=row.head, opened_on=row.opened_on,
                closed_on=before.closed_on if before else None, model_on=row.model_on, by=by,
            )  # fmt: skip
    except org.OrgRefused as refused:
        return Answer(Outcome.REFUSED, "short_name", str(refused))
    except Refused as refused:
        field, text = next(iter(refused.fields.items()), ("name", str(refused)))
        return Answer(Outcome.REFUSED, field, text)
    return Answer(Outcome.UPDATED if before is not None else Outcome.ADDED)


@transaction.atomic
def plan_term(*, school_id: int, semester_id: int, text: str, by: Acting) -> TermPlan:
    """What a parents' school means to do in a term, said by the school itself or by the district."""
    school, semester = School.objects.get(pk=school_id), Semester.objects.get(pk=semester_id)
    _require_own(school.unit_id, by)
    if not text.strip():
        raise Refused("请写下学期计划。", {"text": "请填写。"})
    made, _ = TermPlan.objects.update_or_create(
        school=school, semester=semester,
        defaults={
            "unit_id": school.unit_id, "place": school.place, "text": text.strip()[:1000], "said_by": by.signature,
            "said_at": clock.now(),
        },
    )  # fmt: skip
    _note(by, "family.plan", f"school:{school.pk}", school.place, title=str(semester))
    return made


def _require_own(unit_id: int, by: Acting) -> None:
    """She speaks for her own unit, or manages all."""
    if by.may(Verb.FAMILY_MANAGE):
        return
    by.require(Verb.FAMILY_RECORD)
    if by.unit_id != unit_id:
        raise PermissionDenied("只能登记本单位的情况。")


# ---------------------------------------------------------------- duties of a unit


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
    """What shows that a duty not counted in activities was done; a file is welcome, never required."""
    _require_own(unit_id, by)
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
    _note(by, "family.paper", f"unit:{unit_id}", place, title=duty.what, period=span.label)
    return paper


@transaction.atomic
def withdraw_paper(*, paper_id: int, by: Acting) -> Paper:
    """It showed nothing after all; it stays in the record. Twice does no harm."""
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper_id)
    _require_own(paper.unit_id, by)
    if paper.withdrawn_at is None:
        paper.withdrawn_at = clock.now()
        paper.save(update_fields=["withdrawn_at"])
        _note(by, "family.paper.withdraw", f"unit:{paper.unit_id}", paper.place, title=paper.text)
    return paper


@transaction.atomic
def exempt(*, duty_id: int, unit_id: int, period: str, reason: str, by: Acting) -> Exemption:
    """A unit need not do this in this period: a school that was moved, a town after a flood. Saying so again corrects why."""
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
    _note(by, "family.exempt", f"unit:{unit_id}", place, title=duty.what, period=span.label, reason=made.reason)
    return made


@transaction.atomic
def end_exemption(*, duty_id: int, unit_id: int, period: str, by: Acting) -> None:
    """It must be done after all. Twice does no harm."""
    by.require(Verb.FAMILY_MANAGE)
    span = queries.period(period)
    found = Exemption.objects.filter(
        duty=duty_id, unit=unit_id, year=span.year if span else 0, season=span.season if span else ""
    )
    for one in found:
        _note(by, "family.exempt.end", f"unit:{unit_id}", one.place, period=period)
        one.delete()


@transaction.atomic
def remind(
    *, year: int, by: Acting, unit_id: int | None = None, today: dt.date | None = None, endpoint: Endpoint | None = None
) -> int:
    """Tell the units that still owe something in a period: each once a period. Returns how many were told now.

    Without ``unit_id`` those whose period ends within a month. What was told stands in the unit's own list. A working
    group's ``endpoint`` gets one line with how many were told, and names none.
    """
    by.require(Verb.FAMILY_MANAGE)
    day, told = today or clock.today(), 0
    known = set(Reminder.objects.filter(year=year).values_list("unit_id", "season"))
    for party in (Party.TOWN, Party.SCHOOL, Party.KINDERGARTEN, Party.DEPARTMENT):
        for line in queries.board(party=party, year=year, today=day, within=_district(by)).lines:
            unit = line.bearer.unit
            if unit_id is not None and unit.pk != unit_id:
                continue
            for season in sorted({item.period.season for item in line.open if _soon(item, day) or unit_id is not None}):
                if (unit.pk, season) in known:
                    continue
                Reminder.objects.create(
                    unit=unit,
                    year=year,
                    season=season,
                    place=line.bearer.place,
                    told_at=clock.now(),
                    told_by=by.signature,
                )
                told += 1
    if told and endpoint is not None:
        channels.send(
            subject=f"education_year:{year}", place=_district(by), audience=channels_kinds.Audience.PUBLIC,
            form=channels_kinds.Form.TEXT, copies=[channels.Copy(endpoint)], title="家庭教育职责提醒",
            text=f"{year}年家庭教育职责还有未完成的，共提醒{told}个单位。请登录网上妇女之家，在“我的待办”里查看本单位的清单。", by=by,
        )  # fmt: skip
    if told:
        _note(by, "family.remind", f"division:{_district(by)}", _district(by), units=told, year=year)
    return told


def _soon(item: queries.Item, today: dt.date) -> bool:
    return item.state == ItemState.DUE and (item.period.ends_on - today).days <= REMIND_DAYS


# ---------------------------------------------------------------- activities


@dataclass(frozen=True, slots=True)
class Entry:
    """An activity as somebody wrote it down. ``heads`` None announces it; times are times in China."""

    title: str
    mode: Mode
    field: Field
    starts_at: dt.datetime
    ends_at: dt.datetime
    venue: str
    audience: Audience = Audience.PARENTS
    heads: int | None = None
    households: int | None = None
    place: str = ""
    venue_kind_id: int | None = None
    school_id: int | None = None
    lecturer_id: int | None = None
    lecturer_name: str = ""
    course_id: int | None = None
    with_unit_id: int | None = None
    public: bool = False
    note: str = ""


@transaction.atomic
def record_activity(
    *, entry: Entry, unit_id: int, by: Acting, token: uuid.UUID, photos: bool = False, minors_agreed: bool = False
) -> Activity:
    """Write an activity down, held or to come. Sent twice (the same ``token``) it is one. Raises Refused by field."""
    by.require(Verb.FAMILY_RECORD)
    if known := Activity.objects.filter(token=token).select_related("session").first():
        return known
    unit = Unit.objects.get(pk=unit_id)
    entry, place = _placed(entry, unit, by)
    _sound(entry, photos=photos, minors_agreed=minors_agreed)
    activity = Activity(unit=unit, place=place, token=token, recorded_by=by.signature, recorded_at=clock.now())
    _fill(activity, entry)
    try:
        with transaction.atomic():
            activity.save()
    except IntegrityError as error:
        if _is(error, "unique") and (known := Activity.objects.filter(token=token).first()):
            return known
        raise
    activity.session = attendance.plan_session(
        subject=f"family:{activity.pk}", unit=unit, title=entry.title, starts_at=entry.starts_at, ends_at=entry.ends_at,
        venue=entry.venue, host=activity.lecturer_name, place=place, by=by,
    )  # fmt: skip
    activity.save(update_fields=["session"])
    if entry.heads is not None:
        activity.session = attendance.hold_session(
            session_id=activity.when.pk, headcount=entry.heads, households=entry.households, note=entry.note, by=by
        )
    _tell(activity, "family.activity", by)
    return activity


def _placed(entry: Entry, unit: Unit, by: Acting) -> tuple[Entry, str]:
    """Where it counts, and the school it was at. A school's activity is at the school and counts where the school lies."""
    bearer = queries.bearer_of(unit)
    if by.kind is ActorKind.PARTNER:
        if by.unit_id != unit.pk or bearer is None:
            raise Refused("只能登记本单位的活动；学校须先列入家长学校名册。")
        place = bearer.place
    else:
        if bearer is None or not codes.contains(by.place, bearer.place):
            raise Refused("主办单位不在您的管理范围内。", {"unit": "请重新选择。"})
        place = bearer.place if unit.kind == UnitKind.SCHOOL else entry.place or bearer.place
        if not codes.contains(by.place, place):
            raise Refused("举办地不在您的管理范围内。", {"place": "请重新选择。"})
    if entry.with_unit_id == unit.pk:
        raise Refused("共同举办单位不能是主办单位自己。", {"with_unit": "请重新选择，没有的留空。"})
    if unit.kind == UnitKind.SCHOOL and entry.school_id is None and entry.mode != Mode.ONLINE:
        entry = replace(entry, school_id=queries.schools().get(unit=unit).pk)
    return entry, place


def _sound(entry: Entry, *, photos: bool, minors_agreed: bool) -> None:
    if not entry.title.strip():
        raise Refused("请填写主题。", {"title": "请填写。"})
    said = rules.Said(
        _china(entry.starts_at),
        _china(entry.ends_at),
        entry.heads,
        entry.mode == Mode.ONLINE,
        entry.venue,
        photos,
        minors_agreed,
    )
    written = {"title": entry.title, "venue": entry.venue, "note": entry.note, "lecturer_name": entry.lecturer_name}
    if wrong := rules.faults(said, now=clock.now()) | rules.numbers_in(written):
        raise Refused("活动还没有登记，请改正标出的地方。", wrong)


def _china(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=clock.CHINA) if moment.tzinfo is None else moment.astimezone(clock.CHINA)


def _fill(activity: Activity, entry: Entry) -> None:
    for key in ("mode", "field", "audience", "venue_kind_id", "school_id", "course_id", "with_unit_id", "public"):
        setattr(activity, key, getattr(entry, key))
    name = entry.lecturer_name.strip()
    activity.lecturer_id = entry.lecturer_id or (queries.lecturer_named(name) if name else None)
    activity.lecturer_name = name
    if entry.lecturer_id is not None:
        activity.lecturer_name = Lecturer.objects.values_list("name", flat=True).get(pk=entry.lecturer_id)


def _tell(activity: Activity, verb: str, by: Acting, **more: Any) -> None:
    _note(
        by, verb, f"activity:{activity.pk}", activity.place, title=activity.when.title, on=str(activity.when.on), **more
    )


@transaction.atomic
def add_photos(*, activity_id: int, files: Callable[[], Iterable[StoredFile]], by: Acting) -> None:
    """Pictures of an activity, never required and never public. Sent twice it keeps those it has."""
    by.require(Verb.FAMILY_RECORD)
    activity = _locked(activity_id)
    if not may_change(activity, by=by):
        raise Refused("只能给本单位的活动加照片。")
    if Photo.objects.filter(activity=activity).exists():
        return
    for file in files():
        Photo.objects.create(activity=activity, file=file, unit_id=activity.unit_id, place=activity.place)


def _locked(activity_id: int) -> Activity:
    return (
        Activity.objects.select_for_update(of=("self",)).select_related("session", "unit")
        .get(pk=activity_id, session__isnull=False)
    )  # fmt: skip


def may_change(activity: Activity, *, by: Acting) -> bool:
    """Whether an activity is hers to correct: her own unit's, or for an officer that of a unit in her range."""
    if by.unit_id == activity.unit_id or by.kind is ActorKind.PARTNER:
        return by.unit_id == activity.unit_id
    bearer = queries.bearer_of(activity.unit)
    return bearer is not None and codes.contains(by.place, bearer.place)


@transaction.atomic
def change_activity(*, activity_id: int, entry: Entry, by: Acting, revision: int) -> Activity:
    """Correct an activity, or say that one that was announced was held. Raises Refused if somebody did so meanwhile."""
    by.require(Verb.FAMILY_RECORD)
    activity = _locked(activity_id)
    if activity.revision != revision:
        raise Refused("在您打开页面之后，其他人修改了这场活动。请刷新页面，核对后再改。")
    if activity.when.merged_into_id is not None:
        raise Refused("这条记录已与另一条合并，请先撤销合并再改。")
    entry, activity.place = _placed(entry, activity.unit, by)
    if entry.heads is None and activity.when.state == SessionState.HELD:
        raise Refused("已举办的活动要有参加人次。", {"heads": "请填写；登记错了请作废。"})
    _sound(entry, photos=False, minors_agreed=False)
    _fill(activity, entry)
    session = attendance.move_session(
        session_id=activity.when.pk, starts_at=entry.starts_at, ends_at=entry.ends_at, venue=entry.venue,
        host=activity.lecturer_name, by=by,
    )  # fmt: skip
    if (session.title, session.place) != (entry.title.strip(), activity.place):
        session.title, session.place = entry.title.strip()[:80], activity.place
        session.save(update_fields=["title", "place"])
    if entry.heads is not None:
        session = attendance.hold_session(
            session_id=session.pk, headcount=entry.heads, households=entry.households, note=entry.note, by=by
        )
    activity.session, activity.revision = session, activity.revision + 1
    activity.save()
    _tell(activity, "family.activity.change", by)
    return activity


@transaction.atomic
def strike_activity(*, activity_id: int, reason: str, by: Acting) -> Activity:
    """It was called off, or entered by mistake: it counts no longer; the record and the reason stay. Twice does no harm."""
    by.require(Verb.FAMILY_RECORD)
    activity = _locked(activity_id)
    if not may_change(activity, by=by):
        raise Refused("主办单位不在您的管理范围内，请主办单位或上级妇联作废。")
    asked = LectureOrder.objects.filter(activity=activity).exclude(state=OrderState.CANCELLED)
    order = asked.first() if by.kind is ActorKind.DESK else None  # a school orders nothing
    if order is not None:
        raise Refused(f"这场活动来自{order}，请到点单里办理。")
    if activity.when.state != SessionState.CANCELLED:
        activity.session = attendance.cancel_session(session_id=activity.when.pk, reason=reason, by=by)
        _tell(activity, "family.activity.strike", by, reason=reason)
    return activity


@transaction.atomic
def join_entries(*, activity_id: int, into_id: int, by: Acting) -> None:
    """Two entries are one lecture: it is counted once, under ``into``, and fulfils the duties of both units."""
    by.require(Verb.FAMILY_MANAGE)
    activity, into = _locked(activity_id), _locked(into_id)
    attendance.merge_session(session_id=activity.when.pk, into_id=into.when.pk, by=by)
    _tell(activity, "family.same", by, into=into.pk)


@transaction.atomic
def part_entries(*, activity_id: int, by: Acting) -> None:
    """They were two lectures after all. Twice does no harm."""
    by.require(Verb.FAMILY_MANAGE)
    activity = _locked(activity_id)
    if activity.when.merged_into_id is not None:
        attendance.part_session(session_id=activity.when.pk, by=by)
        _tell(activity, "family.same.undo", by)


@transaction.atomic
def keep_apart(*, first_id: int, second_id: int, by: Acting) -> None:
    """Somebody looked: these are two lectures, and the pair is not proposed again. Twice does no harm."""
    by.require(Verb.FAMILY_MANAGE)
    first, second = sorted((first_id, second_id))
    activity = _locked(first)
    _, made = Apart.objects.get_or_create(
        first_id=first, second_id=second,
        defaults={"place": activity.place, "said_by": by.signature, "said_at": clock.now()},
    )  # fmt: skip
    if made:
        _tell(activity, "family.apart", by, other=second)


# ---------------------------------------------------------------- lecturers and courses


@transaction.atomic
def keep_lecturer(*, lecturer_id: int | None, by: Acting, **fields: Any) -> Lecturer:
    """Enter or change one of the panel. An empty ``phone`` leaves the one that is known."""
    by.require(Verb.FAMILY_MANAGE)
    lecturer = (
        Lecturer(place=_district(by))
        if lecturer_id is None
        else Lecturer.objects.select_for_update().get(pk=lecturer_id)
    )
    if not fields.get("phone"):
        fields.pop("phone", None)
    for key, value in fields.items():
        setattr(lecturer, key, value)
    if not lecturer.fields:
        raise Refused("请至少选一个擅长方向。", {"fields": "至少选一个。"})
    if lecturer.contract_to is not None and lecturer.contract_to < lecturer.contract_from:
        raise Refused("聘期止不能早于聘期起。", {"contract_to": "请核对日期。"})
    lecturer.save()
    _note(by, "family.lecturer", f"lecturer:{lecturer.pk}", lecturer.place, name=lecturer.name)
    return lecturer


@transaction.atomic
def reveal_phone(*, lecturer_id: int, by: Acting) -> str:
    """Her phone, for who arranges lectures; the trail keeps that it was shown."""
    if not by.verbs & {Verb.FAMILY_MANAGE, Verb.FAMILY_ORDER}:
        by.require(Verb.FAMILY_ORDER)
    lecturer = Lecturer.objects.get(pk=lecturer_id)
    _note(by, "family.lecturer.phone", f"lecturer:{lecturer.pk}", lecturer.place, name=lecturer.name)
    return lecturer.phone.reveal() if lecturer.phone else ""


@transaction.atomic
def give_code(*, lecturer_id: int, by: Acting) -> str:
    """A new personal code for her page, shown once; the one before ends. Only its keyed hash is kept."""
    by.require(Verb.FAMILY_MANAGE)
    lecturer = Lecturer.objects.select_for_update().get(pk=lecturer_id)
    _end_code(lecturer)
    code = "".join(secrets.choice(queries.CODE_LETTERS) for _ in range(queries.CODE_LENGTH))
    LecturerCode.objects.create(
        lecturer=lecturer, code_index=queries.code_index(code), until=clock.today() + dt.timedelta(days=CODE_DAYS),
        made_by=by.signature, made_at=clock.now(), place=lecturer.place,
    )  # fmt: skip
    _note(by, "family.code", f"lecturer:{lecturer.pk}", lecturer.place, name=lecturer.name)
    return code


@transaction.atomic
def end_code(*, lecturer_id: int, by: Acting) -> None:
    """Her code opens nothing any more. Twice does no harm."""
    by.require(Verb.FAMILY_MANAGE)
    lecturer = Lecturer.objects.select_for_update().get(pk=lecturer_id)
    if _end_code(lecturer):
        _note(by, "family.code.end", f"lecturer:{lecturer.pk}", lecturer.place, name=lecturer.name)


def _end_code(lecturer: Lecturer) -> int:
    return LecturerCode.objects.filter(lecturer=lecturer, ended_at__isnull=True).update(ended_at=clock.now())


@transaction.atomic
def keep_course(
    *, course_id: int | None, by: Acting, material: Callable[[], StoredFile | None] = lambda: None, **fields: Any
) -> Course:
    """Enter or change a course. Without new material it keeps what it has."""
    by.require(Verb.FAMILY_MANAGE)
    course = (
        Course(place=_district(by))
        if course_id is None
        else Course.objects.select_for_update(of=("self",)).get(pk=course_id)
    )
    for key, value in fields.items():
        setattr(course, key, value)
    if not 10 <= course.minutes <= 600:
        raise Refused("时长应在10至600分钟之间。", {"minutes": "请核对。"})
    course.material = material() or course.material
    course.save()
    _note(by, "family.course", f"course:{course.pk}", course.place, title=course.title)
    return course


# ---------------------------------------------------------------- ordered lectures


@dataclass(frozen=True, slots=True)
class Wanted:
    """A lecture a town asks for; times in China."""

    field: Field
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    venue: str
    expected: int
    audience: Audience = Audience.PARENTS
    course_id: int | None = None
    venue_kind_id: int | None = None
    note: str = ""


@transaction.atomic
def order_lecture(*, wanted: Wanted, by: Acting, token: uuid.UUID) -> LectureOrder:
    """Ask for a lecture (点单). Sent twice it is one. Raises Refused by field."""
    by.require(Verb.FAMILY_ORDER)
    if known := LectureOrder.objects.filter(token=token).first():
        return known
    starts_at, ends_at, wrong = _china(wanted.starts_at), _china(wanted.ends_at), dict[str, str]()
    if starts_at <= clock.now():
        wrong["day"] = "请选今天以后的时间；已办过的活动请直接登记。"
    if ends_at <= starts_at:
        wrong["ends"] = "结束时间应晚于开始时间。"
    if not codes.contains(by.place, wanted.place):
        wrong["place"] = "授课地不在您的管理范围内。请重新选择。"
    if not wanted.venue.strip():
        wrong["venue"] = "请填写地点。"
    if not 0 < wanted.expected <= rules.MOST_HEADS:
        wrong["expected"] = f"预计人数应在1至{rules.MOST_HEADS:,}之间。"
    wrong |= rules.numbers_in({"venue": wanted.venue, "note": wanted.note})
    if wrong:
        raise Refused("点单还没有提交，请改正标出的地方。", wrong)
    assert by.unit_id is not None
    order = LectureOrder.objects.create(
        unit_id=by.unit_id, place=wanted.place, field=wanted.field, course_id=wanted.course_id, starts_at=starts_at,
        ends_at=ends_at, venue=wanted.venue.strip(), venue_kind_id=wanted.venue_kind_id, audience=wanted.audience,
        expected=wanted.expected, note=wanted.note.strip(), token=token,
    )  # fmt: skip
    _step(order, OrderState.REQUESTED, by)
    return order


def _order(order_id: int, wanted: OrderState, revision: int | None) -> LectureOrder:
    order = (
        LectureOrder.objects.select_for_update(of=("self",))
        .select_related("unit", "activity__session")
        .get(pk=order_id)
    )
    if revision is not None and order.revision != revision:
        raise Refused("在您打开页面之后，这单有了变化。页面已换成最新内容，请看过再办。")
    if not rules.may_become(order.state, wanted):
        raise Refused(f"这单已是“{order.get_state_display()}”，不能改为“{wanted.label}”。")
    return order


def _step(order: LectureOrder, state: OrderState, by: Acting, note: str = "") -> None:
    OrderStep.objects.create(
        order=order, state=state, lecturer_id=order.lecturer_id, at=clock.now(), by=by.signature, note=note[:200],
        place=order.place,
    )  # fmt: skip
    _note(by, f"family.order.{state.lower()}", f"lecture_order:{order.pk}", order.place, field=Field(order.field).label)


def _move(order: LectureOrder, state: OrderState, by: Acting, note: str = "") -> LectureOrder:
    order.state, order.revision = state, order.revision + 1
    order.save()
    _step(order, state, by, note)
    return order


@transaction.atomic
def match(*, order_id: int, lecturer_id: int, by: Acting, revision: int | None = None) -> LectureOrder:
    """A person picks the lecturer; the lecture stands in the calendar and waits for her word."""
    by.require(Verb.FAMILY_MANAGE)
    order = _order(order_id, OrderState.MATCHED, revision)
    Lecturer.objects.select_for_update(no_key=True).filter(pk=lecturer_id).first()  # two who ask for her take turns
    chosen = next((one for one in queries.proposals(order) if one.teacher.pk == lecturer_id), None)
    if chosen is None:
        raise Refused("这位讲师不在聘期内，请另选。", {"lecturer": "请重新选择。"})
    if "这个时间已有安排" in chosen.against:
        raise Refused(f"{chosen.teacher.name}这个时间已有安排，请另选讲师或与点单单位商量改时间。")
    order.lecturer_id = lecturer_id
    if order.activity is None:
        order.activity = _planned(order, by)
    activity = order.activity
    activity.lecturer_id, activity.lecturer_name = lecturer_id, chosen.teacher.name
    activity.save(update_fields=["lecturer", "lecturer_name"])
    attendance.move_session(
        session_id=activity.when.pk, starts_at=order.starts_at, ends_at=order.ends_at, host=chosen.teacher.name, by=by
    )
    return _move(order, OrderState.MATCHED, by)


def _planned(order: LectureOrder, by: Acting) -> Activity:
    """The lecture of an order: the town's own activity, of the mobile school."""
    course = order.course
    entry = Entry(
        title=course.title if course else f"{Field(order.field).label}讲座", mode=Mode.MOBILE, field=Field(order.field),
        starts_at=order.starts_at, ends_at=order.ends_at, venue=order.venue, audience=Audience(order.audience),
        place=order.place, venue_kind_id=order.venue_kind_id, course_id=order.course_id, lecturer_id=order.lecturer_id,
        public=True,
    )  # fmt: skip
    activity = Activity(
        unit=order.unit, place=order.place, token=uuid.uuid4(), recorded_by=by.signature, recorded_at=clock.now()
    )
    _fill(activity, entry)
    activity.save()
    activity.session = attendance.plan_session(
        subject=f"family:{activity.pk}", unit=order.unit, title=entry.title, starts_at=order.starts_at, ends_at=order.ends_at,
        venue=order.venue, host=activity.lecturer_name, place=order.place, by=by,
    )  # fmt: skip
    activity.save(update_fields=["session"])
    _tell(activity, "family.activity", by)
    return activity


@transaction.atomic
def note_answer(*, order_id: int, yes: bool, by: Acting, note: str = "", revision: int | None = None) -> LectureOrder:
    """What the lecturer said on the telephone, written down by who called her."""
    by.require(Verb.FAMILY_MANAGE)
    state = OrderState.CONFIRMED if yes else OrderState.DECLINED
    return _move(_order(order_id, state, revision), state, by, note or "电话答复")


@transaction.atomic
def answer_with_code(*, index: bytes, order_id: int, yes: bool, by: Acting, note: str = "") -> None:
    """The lecturer's own word, by her personal code. The database looks at the code and at the order."""
    by.require(Verb.OBJECT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, lecturer FROM family_lecturer_answer(%s, %s, %s, %s, %s, %s)",
            [index, clock.today(), order_id, yes, note.strip()[:200], clock.now()],
        )
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise Refused("这单已经变化，请刷新页面再看。")
    state = OrderState.CONFIRMED if yes else OrderState.DECLINED
    _note(by, f"family.order.{state.lower()}", f"lecture_order:{order_id}", row[0], name=row[1])


@transaction.atomic
def cancel_order(*, order_id: int, reason: str, by: Acting, revision: int | None = None) -> LectureOrder:
    """The town needs it no longer, or it cannot be. The lecture leaves the calendar."""
    by.require(Verb.FAMILY_ORDER)
    order = _order(order_id, OrderState.CANCELLED, revision)
    if len(reason.strip()) < 2:
        raise Refused("请写明取消的原因。", {"reason": "请填写。"})
    if order.activity is not None:
        attendance.cancel_session(session_id=order.activity.when.pk, reason=reason, by=by)
    return _move(order, OrderState.CANCELLED, by, reason.strip())


@transaction.atomic
def hold_order(
    *, order_id: int, heads: int, by: Acting, households: int | None = None, note: str = "", revision: int | None = None
) -> LectureOrder:
    """The ordered lecture was given, before so many."""
    by.require(Verb.FAMILY_ORDER)
    order = _order(order_id, OrderState.HELD, revision)
    if not 0 < heads <= rules.MOST_HEADS:
        raise Refused(f"参加人次应在1至{rules.MOST_HEADS:,}之间。", {"heads": "请核对。"})
    assert order.activity is not None
    attendance.hold_session(session_id=order.activity.when.pk, headcount=heads, households=households, note=note, by=by)
    return _move(order, OrderState.HELD, by)


@transaction.atomic
def rate_order(*, order_id: int, stars: int, remark: str, by: Acting, revision: int | None = None) -> LectureOrder:
    """What the town thought of the lecture, 1 to 5; for the panel's own use, never published."""
    by.require(Verb.FAMILY_ORDER)
    order = _order(order_id, OrderState.RATED, revision)
    if by.unit_id != order.unit_id:
        raise Refused("由点单单位评价。")
    if not 1 <= stars <= 5:
        raise Refused("评分为1至5分。", {"stars": "请选1至5分。"})
    order.stars, order.remark = stars, remark.strip()[:200]
    return _move(order, OrderState.RATED, by)


# ---------------------------------------------------------------- together


@transaction.atomic
def keep_meeting(
    *, held_on: dt.date, title: str, text: str, by: Acting, file: Callable[[], StoredFile | None] = lambda: None
) -> Meeting:
    """Minutes of a joint meeting or a joint notice, for all departments to read."""
    by.require(Verb.FAMILY_MANAGE)
    if held_on > clock.today():
        raise Refused("日期不能晚于今天。", {"held_on": "请核对。"})
    meeting = Meeting.objects.create(
        held_on=held_on, title=title.strip(), text=text.strip(), file=file(), place=_district(by), said_by=by.signature
    )
    _note(by, "family.meeting", f"meeting:{meeting.pk}", meeting.place, title=meeting.title)
    return meeting


@transaction.atomic
def note_export(*, rows: int, what: str, year: int, by: Acting) -> None:
    """The trail of a list that went out."""
    by.require(Verb.FAMILY_READ)
    _note(by, "family.export", f"division:{by.place}", by.place, rows=rows, year=year, title=what)
