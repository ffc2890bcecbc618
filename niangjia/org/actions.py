"""Named writes of the organisation. Who acts is known to the database; the verbs are asked for at the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import chinese_calendar
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from niangjia.core import codes, sealing, text
from niangjia.core.codes import Level
from niangjia.org.kinds import DayKind, DivisionKind, PostRole, UnitKind
from niangjia.org.models import Division, Officer, Post, SpecialDay, Term, Unit
from niangjia.trail import actions as trail

PHONE_CONTEXT = "org_officer.phone"


class OrgRefused(Exception):
    """A change of the organisation that is not possible; the message is for the user."""


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One place of the statistical table."""

    code: str
    name: str
    short_name: str
    kind: DivisionKind
    mca_code: str = ""


@transaction.atomic
def import_divisions(rows: Iterable[DivisionRow], *, valid_from: dt.date, district: str) -> tuple[int, int]:
    """Add places that are new and correct names that changed; returns (added, changed). A second run changes nothing."""
    known = {division.code: division for division in Division.objects.all()}
    added: list[Division] = []
    changed: list[Division] = []
    for row in rows:
        division = known.get(row.code)
        if division is None:
            added.append(
                Division(
                    code=row.code,
                    name=row.name,
                    short_name=row.short_name,
                    kind=row.kind,
                    mca_code=row.mca_code,
                    valid_from=valid_from,
                )
            )
        elif (division.name, division.short_name, division.kind, division.mca_code) != (
            row.name,
            row.short_name,
            row.kind,
            row.mca_code,
        ):
            division.name, division.short_name, division.kind = row.name, row.short_name, row.kind
            division.mca_code = row.mca_code
            changed.append(division)
    Division.objects.bulk_create(added, batch_size=2000)
    Division.objects.bulk_update(changed, ["name", "short_name", "kind", "mca_code"], batch_size=2000)
    trail.append(
        stream="org",
        verb="org.divisions",
        subject=f"division:{district}",
        place=district,
        summary={"added": len(added), "changed": len(changed)},
    )
    caches["local"].clear()
    return len(added), len(changed)


@transaction.atomic
def found_federations(*, district: str, since: dt.date) -> int:
    """A federation for every place of a district that has none, each under that of the place above; returns how many."""
    made = 0
    have = {unit.place: unit for unit in Unit.objects.filter(kind=UnitKind.FEDERATION, active_to__isnull=True)}
    lo, hi = codes.subtree(district)
    for division in Division.objects.filter(code__gte=lo, code__lt=hi, valid_to__isnull=True).order_by("code"):
        if division.code in have:
            continue
        above = codes.parent_of(division.code)
        have[division.code] = Unit.objects.create(
            name=f"{division.short_name}妇女联合会",
            short_name=f"{division.short_name}妇联",
            kind=UnitKind.FEDERATION,
            place=division.code,
            parent=have.get(above) if above and division.code != district else None,
            active_from=since,
            executives_expected={Level.DISTRICT: 35, Level.TOWN: 25, Level.VILLAGE: 11}[codes.level_of(division.code)],
        )
        made += 1
    trail.append(
        stream="org", verb="org.found", subject=f"division:{district}", place=district, summary={"units": made}
    )
    return made


@transaction.atomic
def add_unit(*, name: str, short_name: str, kind: UnitKind, parent: Unit, since: dt.date, place: str = "") -> Unit:
    """A body without a statistical code of its own: a partner department, a school, a functional zone.

    A SUBUNIT gets a local code inside the parent's range, so that its rows have a place; others sit at the parent's place.
    """
    if not name.strip():
        raise OrgRefused("请填写单位名称。")
    where = place or (_next_local_code(parent) if kind is UnitKind.SUBUNIT else parent.place)
    unit = Unit.objects.create(
        name=name.strip(),
        short_name=short_name.strip() or name.strip(),
        kind=kind,
        place=where,
        parent=parent,
        active_from=since,
    )
    trail.append(stream="org", verb="org.unit", subject=f"unit:{unit.pk}", place=where, summary={"name": unit.name})
    return unit


def _next_local_code(parent: Unit) -> str:
    """The next free local code (letter A, two digits) under a district or a town."""
    prefix = codes.prefix_of(parent.place)
    if len(prefix) == 12:
        raise OrgRefused("村（社区）之下的小组没有本地代码，请把它设在镇街或区级之下。")
    taken = set(Unit.objects.filter(place__startswith=f"{prefix}A").values_list("place", flat=True))
    for number in range(1, 100):
        code = f"{prefix}A{number:02d}".ljust(12, "0")
        if code not in taken:
            return code
    raise OrgRefused("本地代码已用完（A01至A99）。")


@transaction.atomic
def close_unit(*, unit: Unit, on: dt.date) -> Unit:
    """A body that ceases; its posts end with it."""
    for post in unit.posts.filter(ended_on__isnull=True, ends_on__gt=on):
        end_post(post=post, on=on, reason="单位撤并")
    unit.active_to = on
    unit.save(update_fields=["active_to"])
    trail.append(
        stream="org", verb="org.unit.close", subject=f"unit:{unit.pk}", place=unit.place, summary={"on": str(on)}
    )
    return unit


@transaction.atomic
def open_term(*, unit: Unit, number: int, starts_on: dt.date, years: int) -> Term:
    """Begin a term; it ends ``years`` later, less a day."""
    ends_on = starts_on.replace(year=starts_on.year + years) - dt.timedelta(days=1)
    term = Term.objects.create(unit=unit, number=number, years=years, starts_on=starts_on, ends_on=ends_on)
    trail.append(
        stream="org",
        verb="org.term",
        subject=f"unit:{unit.pk}",
        place=unit.place,
        summary={"number": number, "from": str(starts_on), "to": str(ends_on)},
    )
    return term


def officer(*, name: str, place: str, phone: str = "", **details: object) -> Officer:
    """An officer as a record, not yet saved: derived columns are filled from name and phone."""
    return Officer(
        name=name,
        name_pinyin=text.pinyin_key(name),
        name_initials=text.initials(name),
        place=place,
        phone=phone or None,
        phone_index=sealing.blind(phone, context=PHONE_CONTEXT) if phone else None,
        **details,
    )


@transaction.atomic
def appoint(
    *,
    unit: Unit,
    role: PostRole,
    starts_on: dt.date,
    ends_on: dt.date,
    person: Officer | None = None,
    name: str = "",
    phone: str = "",
    term: Term | None = None,
    in_two_committees: bool = False,
    **details: object,
) -> Post:
    """Give a post to a known officer or to one made now. Raises OrgRefused when she holds it already in that time."""
    if person is None:
        person = officer(name=name, place=unit.place, phone=phone, **details)
        person.save()
    post = Post(
        unit=unit,
        officer=person,
        role=role,
        term=term,
        starts_on=starts_on,
        ends_on=ends_on,
        in_two_committees=in_two_committees,
        place=unit.place,
    )
    try:
        with transaction.atomic():
            post.validate_constraints()
            post.save()
    except (IntegrityError, ValidationError) as error:
        raise OrgRefused("；".join(getattr(error, "messages", ["此人在该单位的同一职务任期重叠。"]))) from error
    trail.append(
        stream=f"unit:{unit.pk}",
        verb="org.appoint",
        subject=f"post:{post.pk}",
        place=unit.place,
        summary={
            "unit": unit.short_name,
            "role": role,
            "name": person.name,
            "from": str(starts_on),
            "to": str(ends_on),
        },
    )
    return post


@transaction.atomic
def end_post(*, post: Post, on: dt.date, reason: str) -> Post:
    """The post ends on a day, and what it allowed ends the day after."""
    if on < post.starts_on:
        raise OrgRefused("离任日期不能早于任职日期。")
    post.ended_on, post.leave_reason = on, reason
    post.save(update_fields=["ended_on", "leave_reason"])
    trail.append(
        stream=f"unit:{post.unit_id}",
        verb="org.leave",
        subject=f"post:{post.pk}",
        place=post.place,
        summary={"role": post.role, "on": str(on), "reason": reason},
    )
    return post


@transaction.atomic
def set_day(*, day: dt.date, kind: DayKind | None, name: str, place: str) -> None:
    """Mark a day as holiday or moved workday, or clear it."""
    if kind is None:
        SpecialDay.objects.filter(day=day).delete()
    else:
        SpecialDay.objects.update_or_create(day=day, defaults={"kind": kind, "name": name})
    trail.append(
        stream="org", verb="org.calendar", subject=f"day:{day}", place=place, summary={"kind": kind or "", "name": name}
    )
    caches["local"].clear()


@transaction.atomic
def seed_calendar(*, years: Iterable[int], place: str) -> int:
    """Take the State Council's holidays of past and present years from the packaged table; returns the days written."""
    days: list[SpecialDay] = []
    for year in years:
        day = dt.date(year, 1, 1)
        while day.year == year:
            try:
                holiday, name = chinese_calendar.get_holiday_detail(day)
            except NotImplementedError:  # the table ends before this year: operators enter the notice themselves
                break
            weekend = day.weekday() >= 5
            if holiday and (not weekend or name):
                days.append(SpecialDay(day=day, kind=DayKind.HOLIDAY, name=FESTIVALS.get(name, "放假")))
            elif not holiday and weekend:
                days.append(SpecialDay(day=day, kind=DayKind.WORKDAY, name="调休上班"))
            day += dt.timedelta(days=1)
    SpecialDay.objects.bulk_create(days, ignore_conflicts=True)
    trail.append(stream="org", verb="org.calendar.seed", subject="calendar", place=place, summary={"days": len(days)})
    caches["local"].clear()
    return len(days)


FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
