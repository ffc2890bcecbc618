"""Activities as they are written down, corrected and struck, and entries found to be one lecture."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from niangjia.access.acting import Acting, ActorKind
from niangjia.access.verbs import Verb
from niangjia.attendance import actions as attendance
from niangjia.attendance.kinds import SessionState
from niangjia.attendance.models import Session
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.family_education import queries, rules
from niangjia.family_education.actions.common import note
from niangjia.family_education.kinds import Audience, Field, Mode
from niangjia.family_education.models import Activity, Apart, Lecturer, Photo
from niangjia.files.models import StoredFile
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit


@dataclass(frozen=True, slots=True)
class Entry:
    """An activity as somebody wrote it down. ``heads`` None announces it; naive times are times in China."""

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
    *,
    entry: Entry,
    unit_id: int,
    by: Acting,
    token: uuid.UUID,
    photos: Sequence[Callable[[str], StoredFile]] = (),
    minors_agreed: bool = False,
) -> Activity:
    """Write an activity down, held or to come. Sent twice (the same ``token``) it is one. Raises Refused by field.

    ``photos`` each store one picture under the place of the activity: never required, never public.
    """
    by.require(Verb.FAMILY_RECORD)
    if known := Activity.objects.filter(token=token).select_related("session").first():
        return known
    unit = Unit.objects.get(pk=unit_id)
    entry, place = _placed(entry, unit, by)
    _sound(entry, photos=bool(photos), minors_agreed=minors_agreed)
    activity, made = enter(entry, unit=unit, place=place, by=by, token=token)
    if not made:
        return activity
    if entry.heads is not None:
        activity.session = _held(activity, entry, by)
    for keep in photos:
        Photo.objects.create(activity=activity, file=keep(place), unit=unit, place=place)
    tell(activity, "family.activity", by=by)
    return activity


def enter(entry: Entry, *, unit: Unit, place: str, by: Acting, token: uuid.UUID) -> tuple[Activity, bool]:
    """Keep a sound entry with its session in the calendar, once for a token; whether it was made now."""
    said = {"unit": unit, "place": place, "recorded_by": by.signature, "recorded_at": clock.now()}
    activity, made = Activity.objects.get_or_create(token=token, defaults={**said, **_facts(entry)})
    if made:
        activity.session = attendance.plan_session(
            subject=f"family:{activity.pk}", unit=unit, title=entry.title, starts_at=entry.starts_at,
            ends_at=entry.ends_at, venue=entry.venue, host=activity.lecturer_name, place=place, by=by,
        )  # fmt: skip
        activity.save(update_fields=["session"])
    return activity, made


def _held(activity: Activity, entry: Entry, by: Acting) -> Session:
    return attendance.hold_session(
        session_id=activity.when.pk, headcount=entry.heads, households=entry.households, note=entry.note, by=by
    )


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
    if bearer.school is not None and entry.school_id is None and entry.mode != Mode.ONLINE:
        entry = replace(entry, school_id=bearer.school.pk)
    return entry, place


def _sound(entry: Entry, *, photos: bool = False, minors_agreed: bool = False) -> None:
    if not entry.title.strip():
        raise Refused("请填写主题。", {"title": "请填写。"})
    said = rules.Said(
        clock.in_china(entry.starts_at), clock.in_china(entry.ends_at), entry.heads, online=entry.mode == Mode.ONLINE,
        venue=entry.venue, has_photos=photos, minors_agreed=minors_agreed,
    )  # fmt: skip
    written = {"title": entry.title, "venue": entry.venue, "note": entry.note, "lecturer_name": entry.lecturer_name}
    if wrong := rules.faults(said, now=clock.now()) | rules.numbers_in(written):
        raise Refused("活动还没有登记，请改正标出的地方。", wrong)


def _facts(entry: Entry) -> dict[str, Any]:
    """What the record itself keeps of an entry. A lecturer of the panel is known by number, or by a name only she has."""
    kept = ("mode", "field", "audience", "venue_kind_id", "school_id", "course_id", "with_unit_id", "public")
    name, lecturer = entry.lecturer_name.strip(), entry.lecturer_id
    if lecturer is not None:
        name = Lecturer.objects.values_list("name", flat=True).get(pk=lecturer)
    elif name:
        lecturer = queries.lecturer_named(name)
    return {**{key: getattr(entry, key) for key in kept}, "lecturer_id": lecturer, "lecturer_name": name}


def tell(activity: Activity, verb: str, *, by: Acting, **more: Any) -> None:
    """The trail of an activity."""
    when = activity.when
    note(verb, f"activity:{activity.pk}", activity.place, title=when.title, on=str(when.on), **more, by=by)


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


def _not_ordered(activity: Activity, by: Acting) -> None:
    order = (
        queries.order_of(activity) if by.kind is ActorKind.DESK else None
    )  # a school orders nothing and sees no order
    if order is not None:
        raise Refused(f"这场活动来自{order}，请到点单里办理。")


@transaction.atomic
def change_activity(*, activity_id: int, entry: Entry, by: Acting, revision: int) -> Activity:
    """Correct an activity, or say that one that was announced was held. Raises Refused if somebody did so meanwhile."""
    by.require(Verb.FAMILY_RECORD)
    activity = _locked(activity_id)
    if activity.revision != revision:
        raise Refused("在您打开页面之后，其他人修改了这场活动。请刷新页面，核对后再改。")
    if activity.when.merged_into_id is not None:
        raise Refused("这条记录已与另一条合并，请先撤销合并再改。")
    _not_ordered(activity, by)
    entry, place = _placed(entry, activity.unit, by)
    if entry.heads is None and activity.when.state == SessionState.HELD:
        raise Refused("已举办的活动要有参加人次。", {"heads": "请填写；登记错了请作废。"})
    _sound(entry)
    for key, value in {**_facts(entry), "place": place, "revision": revision + 1}.items():
        setattr(activity, key, value)
    activity.session = attendance.move_session(
        session_id=activity.when.pk, title=entry.title, place=place, starts_at=entry.starts_at, ends_at=entry.ends_at,
        venue=entry.venue, host=activity.lecturer_name, by=by,
    )  # fmt: skip
    if entry.heads is not None:
        activity.session = _held(activity, entry, by)
    activity.save()
    tell(activity, "family.activity.change", by=by)
    return activity


@transaction.atomic
def strike_activity(*, activity_id: int, reason: str, by: Acting) -> Activity:
    """It was called off, or entered by mistake: it counts no longer; the record and the reason stay. Twice does no harm.

    Raises Refused.
    """
    by.require(Verb.FAMILY_RECORD)
    activity = _locked(activity_id)
    if not may_change(activity, by=by):
        raise Refused("主办单位不在您的管理范围内，请主办单位或上级妇联作废。")
    _not_ordered(activity, by)
    if activity.when.state != SessionState.CANCELLED:
        activity.session = attendance.cancel_session(session_id=activity.when.pk, reason=reason, by=by)
        tell(activity, "family.activity.strike", by=by, reason=reason)
    return activity


# ---------------------------------------------------------------- the same lecture entered twice


@transaction.atomic
def join_entries(*, activity_id: int, into_id: int, by: Acting) -> None:
    """Two entries are one lecture: it is counted once, under ``into``, and fulfils the duties of both units. Raises Refused."""
    by.require(Verb.FAMILY_MANAGE)
    activity, into = _locked(activity_id), _locked(into_id)
    attendance.merge_session(session_id=activity.when.pk, into_id=into.when.pk, by=by)
    tell(activity, "family.same", by=by, into=into.pk)


@transaction.atomic
def part_entries(*, activity_id: int, by: Acting) -> None:
    """They were two lectures after all. Twice does no harm."""
    by.require(Verb.FAMILY_MANAGE)
    activity = _locked(activity_id)
    if activity.when.merged_into_id is not None:
        attendance.part_session(session_id=activity.when.pk, by=by)
        tell(activity, "family.same.undo", by=by)


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
        tell(activity, "family.apart", by=by, other=second)
