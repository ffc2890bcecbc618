"""Named writes of the organisation. Who acts is known to the database; the verbs are asked for at the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import chinese_calendar
from django.core.cache import caches
from django.db import IntegrityError, transaction

from niangjia.core import clock, codes, sealing, text
from niangjia.core.codes import Level
from niangjia.org import merging, rules
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
            executives_expected={Level.DISTRICT: 25, Level.TOWN: 15, Level.VILLAGE: 5}[codes.level_of(division.code)],
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
    if parent.active_to is not None:
        raise OrgRefused(f"{parent.short_name}已撤并，不能再设下级单位。")
    wanted = short_name.strip() or name.strip()
    if Unit.objects.filter(parent=parent, short_name=wanted, active_to__isnull=True).exists():
        raise OrgRefused(f"{parent.short_name}下已有“{wanted}”。")
    where = place or (_next_local_code(parent) if kind is UnitKind.SUBUNIT else parent.place)
    unit = Unit.objects.create(
        name=name.strip(),
        short_name=wanted,
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
def edit_unit(*, unit: Unit, name: str, short_name: str, executives_expected: int) -> None:
    """Correct the names of a body and how many executives it should have."""
    if not name.strip() or not short_name.strip():
        raise OrgRefused("请填写单位名称和简称。")
    before = unit.name, unit.short_name, unit.executives_expected
    unit.name, unit.short_name, unit.executives_expected = name.strip(), short_name.strip(), executives_expected
    if before == (unit.name, unit.short_name, unit.executives_expected):
        return
    unit.save(update_fields=["name", "short_name", "executives_expected"])
    trail.append(
        stream="org",
        verb="org.unit.edit",
        subject=f"unit:{unit.pk}",
        place=unit.place,
        summary={"name": unit.name, "short_name": unit.short_name, "executives_expected": executives_expected},
    )
    caches["local"].clear()


@transaction.atomic
def close_unit(*, unit: Unit, on: dt.date) -> Unit:
    """A body that ceases; its posts end with it. Raises OrgRefused when something would be left hanging."""
    if unit.active_to is not None:
        raise OrgRefused(f"{unit.short_name}已于 {unit.active_to} 撤并。")
    if on > clock.today():
        raise OrgRefused("撤并日期不能晚于今天。请在撤并之日办理。")
    if on <= unit.active_from:
        raise OrgRefused(f"撤并日期应晚于设立日期 {unit.active_from}。")
    if below := list(unit.children.filter(active_to__isnull=True).values_list("short_name", flat=True)[:3]):
        raise OrgRefused(f"还有下级单位在任：{'、'.join(below)}等。请先撤并下级单位。")
    if later := unit.posts.filter(starts_on__gt=on, ended_on__isnull=True).select_related("officer").first():
        raise OrgRefused(
            f"{later.officer.name}的任职从 {later.starts_on} 开始，晚于撤并日期。请先登记其离任，或改日期。"
        )
    for post in unit.posts.filter(ended_on__isnull=True, ends_on__gt=on).select_related("unit"):
        end_post(post=post, on=on, reason="单位撤并")
    unit.active_to = on
    unit.save(update_fields=["active_to"])
    trail.append(
        stream="org", verb="org.unit.close", subject=f"unit:{unit.pk}", place=unit.place, summary={"on": str(on)}
    )
    return unit


@transaction.atomic
def merge_division(*, old: str, into: str, on: dt.date) -> Division:
    """A place merges into another of its level; returns the old one, which ended.

    The old code stays valid for all that was recorded under it: statistics keep the code of their own year. What is
    under way moves to the heir. The old federation closes with its posts. Raises OrgRefused; then nothing has changed.
    """
    try:
        gone = Division.objects.select_for_update().get(code=old, valid_to__isnull=True)
        heir = Division.objects.get(code=into, valid_to__isnull=True)
    except Division.DoesNotExist as error:
        raise OrgRefused("所选区划不存在或已经撤并，请重新选择。") from error
    if old == into:
        raise OrgRefused("撤并的区划和并入的区划不能是同一个。")
    if codes.level_of(old) != codes.level_of(into) or codes.district_of(old) != codes.district_of(into):
        raise OrgRefused("只能并入本区县内同一级的区划。")
    if codes.level_of(old) is Level.DISTRICT:
        raise OrgRefused("区县的撤并不在本系统办理。")
    if on > clock.today():
        raise OrgRefused("撤并日期不能晚于今天。请在撤并之日办理。")
    if on <= gone.valid_from:
        raise OrgRefused(f"撤并日期应晚于{gone.short_name}的生效日期 {gone.valid_from}。")
    lo, hi = codes.subtree(old)
    below = Division.objects.filter(code__gt=lo, code__lt=hi, valid_to__isnull=True).count()
    if below:
        raise OrgRefused(f"{gone.short_name}下面还有 {below} 个村（社区），请先逐个并入别处。")
    for unit in Unit.objects.filter(place=old, active_to__isnull=True).order_by("-parent"):
        close_unit(unit=unit, on=on)
    gone.valid_to, gone.successor_code = on, into
    gone.save(update_fields=["valid_to", "successor_code"])
    moved = merging.move_open(old, into)
    trail.append(
        stream="org",
        verb="org.division.merge",
        subject=f"division:{old}",
        place=old,
        summary={"name": gone.short_name, "into": into, "into_name": heir.short_name, "on": str(on), **moved},
    )
    caches["local"].clear()
    return gone


@transaction.atomic
def open_term(*, unit: Unit, number: int, starts_on: dt.date, years: int) -> Term:
    """Begin a term; it ends ``years`` later, less a day. Raises OrgRefused for a number or a time taken already."""
    if not 1 <= years <= 10:
        raise OrgRefused("每届年数应在 1 至 10 年之间。")
    ends_on = rules.last_day(starts_on, years)
    for other in unit.terms.all():
        if other.number == number:
            raise OrgRefused(f"第 {number} 届已登记（{other.starts_on} 至 {other.ends_on}），请改届次。")
        if other.number < number and other.starts_on >= starts_on:
            raise OrgRefused(f"第 {number} 届应晚于第 {other.number} 届的起始日期 {other.starts_on}。")
        if other.number > number and other.starts_on <= starts_on:
            raise OrgRefused(f"第 {number} 届应早于第 {other.number} 届的起始日期 {other.starts_on}。")
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
    closed: Collection[str] = (),
    **details: object,
) -> Post:
    """Give a post to a known officer or to one made now. Raises OrgRefused when she holds it already in that time.

    ``closed`` are the roles that who appoints may not touch.
    """
    _refuse_closed(role, closed)
    if unit.active_to is not None:
        raise OrgRefused(f"{unit.short_name}已撤并，不能再任职。")
    if ends_on < starts_on:
        raise OrgRefused("任职到期日期不能早于任职日期。")
    if person is None:
        person = officer(name=name, place=unit.place, phone=phone, **details)
        _save_officer(person)
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
            post.save()
    except IntegrityError as error:
        raise OrgRefused("此人在该单位的同一职务任期重叠。") from error
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


def _refuse_closed(role: str, closed: Collection[str]) -> None:
    if role in closed:
        raise OrgRefused(f"“{PostRole(role).label}”与其他职务互相牵制，其任职、离任由主席登记。")


def _save_officer(person: Officer) -> None:
    """Save her; the same name with the same phone is one person, in whatever place she is known."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise OrgRefused(
            f"同名同手机号的{person.name}已在名册中（可能在别的乡镇街道）。请选择已有人员，或请区妇联办理。"
        ) from error


@transaction.atomic
def edit_officer(*, person: Officer, phone: str | None = None, **details: object) -> list[str]:
    """Correct what is known of an officer; returns the names of the fields that changed.

    ``phone`` None leaves it, an empty text removes it. Raises OrgRefused when name and phone are somebody else's.
    """
    changed = [field for field, value in details.items() if getattr(person, field) != value]
    for field in changed:
        setattr(person, field, details[field])
    if "name" in changed:
        person.name_pinyin, person.name_initials = text.pinyin_key(person.name), text.initials(person.name)
    if phone is not None:
        index = sealing.blind(phone, context=PHONE_CONTEXT) if phone else None
        if index != (bytes(person.phone_index) if person.phone_index else None):
            person.phone, person.phone_index = phone or None, index
            changed.append("phone")
    if changed:
        _save_officer(person)
        trail.append(
            stream=f"officer:{person.pk}",
            verb="org.officer",
            subject=f"officer:{person.pk}",
            place=person.place,
            summary={"name": person.name, "changed": sorted(changed)},
        )
    return sorted(changed)


@transaction.atomic
def end_post(*, post: Post, on: dt.date, reason: str, closed: Collection[str] = ()) -> Post:
    """The post ends on a day, and what it allowed ends the day after. ``closed`` as for `appoint`."""
    _refuse_closed(post.role, closed)
    if post.ended_on is not None:
        raise OrgRefused(f"已于 {post.ended_on} 离任。")
    if on < post.starts_on:
        raise OrgRefused(f"离任日期不能早于任职日期 {post.starts_on}。")
    if on > post.ends_on:
        raise OrgRefused(f"离任日期不能晚于届满日期 {post.ends_on}。届满后职务自行终止，不必登记离任。")
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
