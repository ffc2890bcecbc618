"""A whole roster at once: each row is told what became of it, and everything is written in one transaction.

A row names a post by unit, role, officer and first day; an officer by name and phone, or by name within the unit. What
is left empty stays as it is, so a second import of the same rows changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from niangjia.core import codes, masking, sealing
from niangjia.core.codes import Level
from niangjia.core.outcome import Outcome, counted
from niangjia.org import rules
from niangjia.org.actions import PHONE_CONTEXT, officer
from niangjia.org.kinds import PostRole
from niangjia.org.models import Division, Officer, Post, Term, Unit
from niangjia.trail import actions as trail

DETAILS: Final = ("gender", "birth_month", "ethnicity", "political", "education", "employer", "domain")
POST_FIELDS: Final = ("ends_on", "ended_on", "leave_reason", "in_two_committees", "term_id")
LABELS: Final = {
    "gender": "性别",
    "birth_month": "出生年月",
    "ethnicity": "民族",
    "political": "政治面貌",
    "education": "文化程度",
    "employer": "工作单位及职务",
    "domain": "界别",
    "phone": "手机号",
    "ends_on": "届满日期",
    "ended_on": "离任日期",
    "leave_reason": "离任原因",
    "in_two_committees": "进两委",
    "term_id": "届次",
}
BATCH: Final = 2000
LOCK: Final = 7_301_204  # of imports: two at once would both add the same officer


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a roster. None means not filled in; ``masked`` is a phone as lists show it, to tell namesakes apart."""

    number: int
    town: str
    unit: str
    role: PostRole
    name: str
    starts_on: dt.date
    phone: str | None = None
    masked: str | None = None
    ends_on: dt.date | None = None
    ended_on: dt.date | None = None
    leave_reason: str | None = None
    in_two_committees: bool | None = None
    term: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one row; of a refused one also the column, what is wrong, and the remedy."""

    number: int
    outcome: Outcome
    text: str = ""
    column: str = ""
    remedy: str = ""


class _Refused(Exception):
    def __init__(self, column: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.column, self.message, self.remedy = column, message, remedy


@dataclass(slots=True, eq=False)
class _Person:
    """An officer, known (``pk``) or to be added, and what rows of this file said of her: field to (value, row)."""

    name: str
    pk: int | None
    phone_index: bytes | None
    phone: str | None = None  # only when this file brings it
    details: dict[str, object] = field(default_factory=dict)
    stated: dict[str, tuple[object, int]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    place: str = ""


@dataclass(slots=True, eq=False)
class _Held:
    """A post, known or to be added."""

    person: _Person
    unit: Unit
    role: str
    starts_on: dt.date
    pk: int | None
    values: dict[str, Any]
    row: int = 0
    changed: set[str] = field(default_factory=set)

    @property
    def last(self) -> dt.date:
        ended: dt.date | None = self.values["ended_on"]
        ends: dt.date = self.values["ends_on"]
        return min(ends, ended) if ended else ends


@transaction.atomic
def import_lines(
    lines: Sequence[Line],
    *,
    place: str,
    source: str,
    own_officer: int | None = None,
    closed: Collection[str] = (),
    report: Callable[[int], None] | None = None,
) -> dict[int, Answer]:
    """Take the rows in for the range ``place``; the answer of each row by its number.

    ``own_officer`` is who imports: nobody gives herself a post. ``closed`` are roles she may not touch.
    ``source`` names the file in the trail; ``report`` is told now and then how many rows are decided.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    return _Import(lines, place, source, own_officer, closed).run(report or _silent)


def _silent(done: int) -> None:
    """Nobody waits."""


class _Import:
    def __init__(
        self, lines: Sequence[Line], place: str, source: str, own_officer: int | None, closed: Collection[str]
    ) -> None:
        self.lines = sorted(lines, key=lambda line: line.starts_on)  # a post ends before its successor begins
        self.place, self.source, self.own, self.closed = place, source, own_officer, closed
        self.answers: dict[int, Answer] = {}
        self.units = _Units(place)
        self.people: dict[int, _Person] = {}
        self.by_phone: dict[tuple[bytes, str], _Person] = {}
        self.in_unit: dict[tuple[int, str], dict[_Person, None]] = defaultdict(dict)
        self.held: dict[tuple[_Person, int, str], list[_Held]] = defaultdict(list)
        self.terms: dict[tuple[int, int], Term] = {}
        self.new_people: list[_Person] = []
        self.touched: dict[int, dict[str, Any]] = defaultdict(lambda: {"added": 0, "updated": 0, "names": []})

    def run(self, report: Callable[[int], None]) -> dict[int, Answer]:
        self._load()
        placed: list[tuple[Line, Unit, bytes | None]] = []
        for line in self.lines:
            with self._answering(line):
                unit = self.units.find(line)
                _check_dates(line)
                index = sealing.blind(line.phone, context=PHONE_CONTEXT) if line.phone else None
                placed.append((line, unit, index))
        self._prepare_terms(placed)
        named = (self.by_phone.get((index, line.name)) for line, _, index in placed if index)
        claimed = {known for known in named if known}
        told: list[tuple[Line, _Held, set[str]]] = []
        for done, (line, unit, index) in enumerate(placed):
            if done % BATCH == 0:
                report(done)
            with self._answering(line):
                told.append(self._take(line, unit, index, claimed))
        lost = self._save_people()
        kept = {held: None for _, held, _ in told if held.person not in lost}
        self._save_terms(kept)
        self._save_posts(sorted(kept, key=lambda held: held.row))
        for line, held, changes in told:
            self._tell(line, held, changes, lost)
        self._trail()
        return self.answers

    def _answering(self, line: Line) -> _Answering:
        return _Answering(self.answers, line.number)

    # ------------------------------------------------------------ what is known

    def _load(self) -> None:
        for pk, name, index, home, *details in Officer.objects.values_list(
            "pk", "name", "phone_index", "place", *DETAILS
        ).iterator(BATCH):
            known = bytes(index) if index else None
            person = _Person(name, pk, known, None, dict(zip(DETAILS, details, strict=True)), place=home)
            self.people[pk] = person
            if known:
                self.by_phone[known, name] = person
        for pk, unit_id, officer_id, role, starts_on, *values in Post.objects.values_list(
            "pk", "unit_id", "officer_id", "role", "starts_on", *POST_FIELDS
        ).iterator(BATCH):
            holder, unit = self.people.get(officer_id), self.units.by_id.get(unit_id)
            if holder and unit:
                self.in_unit[unit_id, holder.name][holder] = None
                held = _Held(holder, unit, role, starts_on, pk, dict(zip(POST_FIELDS, values, strict=True)))
                self.held[holder, unit_id, role].append(held)
        self.terms = {(term.unit_id, term.number): term for term in Term.objects.all()}

    def _prepare_terms(self, placed: Sequence[tuple[Line, Unit, bytes | None]]) -> None:
        """A term the rows name and nobody registered begins with its earliest post."""
        wanted: dict[tuple[int, int], list[tuple[Line, Unit]]] = defaultdict(list)
        for line, unit, _ in placed:
            if line.term is not None and (unit.pk, line.term) not in self.terms:
                wanted[unit.pk, line.term].append((line, unit))
        for place, ((unit_id, number), named) in enumerate(wanted.items(), 1):
            starts_on = min(line.starts_on for line, _ in named)
            usual = rules.last_day(starts_on, rules.term_years(named[0][1].level, starts_on))
            ends_on = max((line.ends_on for line, _ in named if line.ends_on), default=usual)
            years = max(1, round((ends_on - starts_on).days / 365.25))
            # The id stands for the row until it is known that the term is needed.
            self.terms[unit_id, number] = Term(
                pk=-place, unit_id=unit_id, number=number, years=years, starts_on=starts_on, ends_on=ends_on
            )

    # ------------------------------------------------------------ one row

    def _take(self, line: Line, unit: Unit, index: bytes | None, claimed: set[_Person]) -> tuple[Line, _Held, set[str]]:
        person = self._person(line, unit, index, claimed)
        held = next((h for h in self.held[person, unit.pk, line.role] if h.starts_on == line.starts_on), None)
        wanted = self._wanted(line, unit, held)
        details = dict(line.details) | ({"phone": index} if index else {})
        _agree(person, details, line.number)
        if held is not None and held.row:
            _agree_post(held, wanted)
        changed_post = {k for k, v in wanted.items() if held is None or held.values[k] != v}
        if self.own is not None and person.pk == self.own and changed_post:
            raise _Refused("姓名", "是您本人，不能通过名册给自己登记或改变职务", "请由其他有权限的人员登记")
        if line.role in self.closed and changed_post:
            raise _Refused("职务", f"“{line.role.label}”的任职不能由您登记", "请由主席在组织页面逐人登记")
        values = ({} if held is None else held.values) | wanted
        fresh = held or _Held(person, unit, line.role, line.starts_on, None, values)
        self._check_span(fresh, values)
        changes = _apply_details(person, details, line)
        if person.pk is None and not person.place:
            person.place = unit.place
            self.new_people.append(person)
            if index:
                self.by_phone[index, line.name] = person
        self.in_unit[unit.pk, line.name][person] = None
        if held is None:
            self.held[person, unit.pk, line.role].append(fresh)
        else:
            changes |= changed_post
            fresh.changed |= changed_post
            fresh.values = values
        fresh.row = fresh.row or line.number
        return line, fresh, changes

    def _person(self, line: Line, unit: Unit, index: bytes | None, claimed: set[_Person]) -> _Person:
        if index and (known := self.by_phone.get((index, line.name))):
            return known
        namesakes = list(self.in_unit.get((unit.pk, line.name), ()))
        if index:
            free = [one for one in namesakes if one not in claimed and "phone" not in one.stated]
            same_post = [one for one in free if self._has_post(one, unit, line)]
            found = [one for one in free if one.phone_index is None] or same_post
            return found[0] if len(found) == 1 else _Person(line.name, None, None)
        if line.masked and len(namesakes) != 1:
            namesakes = [one for one in namesakes if self._masked(one) == line.masked]
            if not namesakes:
                raise _Refused("手机号", "是遮盖过的号码，名册中没有对应的人", "请填写完整号码，或把这一格留空")
        if len(namesakes) > 1:
            raise _Refused("姓名", f"在{unit.short_name}有 {len(namesakes)} 位同名的人", "请填写手机号以区分")
        return namesakes[0] if namesakes else _Person(line.name, None, None)

    def _has_post(self, person: _Person, unit: Unit, line: Line) -> bool:
        return any(held.starts_on == line.starts_on for held in self.held.get((person, unit.pk, line.role), ()))

    @staticmethod
    def _masked(person: _Person) -> str:
        if person.phone:
            return masking.mask_phone(person.phone)
        sealed = Officer.objects.values_list("phone", flat=True).get(pk=person.pk) if person.pk else None
        return masking.mask_phone(sealed.reveal()) if sealed else ""

    def _wanted(self, line: Line, unit: Unit, held: _Held | None) -> dict[str, Any]:
        """The columns of the post this row states; of a new post all of them."""
        term = self.terms[unit.pk, line.term] if line.term is not None else None
        stated = {
            "ends_on": line.ends_on,
            "ended_on": line.ended_on,
            "leave_reason": line.leave_reason,
            "in_two_committees": line.in_two_committees,
            "term_id": term.pk if term else None,
        }
        wanted = {key: value for key, value in stated.items() if value is not None}
        if held is not None:
            return wanted
        ends_on = term.ends_on if term else rules.last_day(
            line.starts_on, rules.term_years(unit.level, line.starts_on)
        )  # fmt: skip
        usual = {"ends_on": ends_on, "ended_on": None, "leave_reason": "", "in_two_committees": False, "term_id": None}
        return usual | wanted

    def _check_span(self, held: _Held, values: Mapping[str, Any]) -> None:
        ends, ended = values["ends_on"], values["ended_on"]
        if ends < held.starts_on:
            raise _Refused("届满日期", f"早于任职日期 {held.starts_on}", "请核对两个日期")
        if ended and ended > ends:
            raise _Refused("离任日期", f"晚于届满日期 {ends}", "届满后职务自行终止，请把离任日期留空或改正")
        last = min(ends, ended) if ended else ends
        for other in self.held[held.person, held.unit.pk, held.role]:
            if other is not held and other.starts_on <= last and held.starts_on <= other.last:
                raise _Refused(
                    "任职日期",
                    f"与此人同一职务的任期 {other.starts_on} 至 {other.last} 重叠",
                    "如是连任，请先给上一任期填写离任日期",
                )

    # ------------------------------------------------------------ writing

    def _save_people(self) -> set[_Person]:
        """Write officers; those whose name and phone are already somebody out of reach are returned."""
        records: dict[_Person, Officer] = {
            person: officer(name=person.name, place=person.place, phone=person.phone or "", **person.details)
            for person in self.new_people
        }
        Officer.objects.bulk_create([r for p, r in records.items() if not p.phone], batch_size=BATCH)
        with_phone = {(p.phone_index, p.name): p for p in self.new_people if p.phone}
        waiting = list(with_phone.values())
        for at in range(0, len(waiting), BATCH):
            chunk = waiting[at : at + BATCH]
            Officer.objects.bulk_create([records[person] for person in chunk], ignore_conflicts=True)
            indexes = [person.phone_index for person in chunk if person.phone_index]
            for pk, index, name in Officer.objects.filter(phone_index__in=indexes).values_list(
                "pk", "phone_index", "name"
            ):
                if index and (one := with_phone.get((bytes(index), name))):
                    one.pk = pk
        for person, record in records.items():
            if not person.phone:
                person.pk = record.pk
        lost = {person for person in self.new_people if person.pk is None}
        known = [p for p in self.people.values() if p.changed]
        lost |= self._save_phones([p for p in known if "phone" in p.changed])
        columns = sorted({key for person in known for key in person.changed} - {"phone"})
        if columns:
            changed = [Officer(pk=p.pk, **p.details) for p in known if p not in lost]
            Officer.objects.bulk_update(changed, columns, batch_size=BATCH)
        return lost

    @staticmethod
    def _save_phones(people: Sequence[_Person]) -> set[_Person]:
        """Write new numbers of known officers, all at once; one by one only to find which of them is taken."""

        def write(some: Sequence[_Person]) -> None:
            records = [Officer(pk=p.pk, phone=p.phone, phone_index=p.phone_index) for p in some]
            with transaction.atomic():
                Officer.objects.bulk_update(records, ["phone", "phone_index"], batch_size=BATCH)

        try:
            write(people)
            return set()
        except IntegrityError:
            taken = set()
            for person in people:
                try:
                    write([person])
                except IntegrityError:
                    taken.add(person)
            return taken

    def _save_terms(self, helds: Mapping[_Held, None]) -> None:
        """Write the terms that came with the rows taken, and point the posts at them."""
        waiting = {term.pk: term for term in self.terms.values() if term.pk < 0}
        used = sorted({held.values["term_id"] for held in helds} & set(waiting))
        fresh = [waiting[place] for place in used]
        for term in fresh:
            term.pk = None
        Term.objects.bulk_create(fresh, batch_size=BATCH)
        numbers = dict(zip(used, fresh, strict=True))
        for held in helds:
            if made := numbers.get(held.values["term_id"]):
                held.values["term_id"] = made.pk
                self.touched[held.unit.pk]["term"] = made.number

    @staticmethod
    def _save_posts(helds: Sequence[_Held]) -> None:
        for key in POST_FIELDS:
            changed = [Post(pk=held.pk, **{key: held.values[key]}) for held in helds if held.pk and key in held.changed]
            Post.objects.bulk_update(changed, [key.removesuffix("_id")], batch_size=BATCH)
        fresh = [
            Post(
                unit=held.unit,
                officer_id=held.person.pk or 0,
                role=held.role,
                starts_on=held.starts_on,
                place=held.unit.place,
                **held.values,
            )
            for held in helds
            if held.pk is None
        ]
        Post.objects.bulk_create(fresh, batch_size=BATCH)

    def _tell(self, line: Line, held: _Held, changes: set[str], lost: set[_Person]) -> None:
        number = line.number
        if held.person in lost:
            message = "与别的乡镇街道名册中的人同名同手机号"
            self.answers[number] = Answer(
                number, Outcome.REFUSED, message, "手机号", "请核对号码；确是同一人的，请区妇联办理"
            )
            return
        touched = self.touched[held.unit.pk] if held.pk is None or changes else None
        if held.row != number and not changes:
            self.answers[number] = Answer(number, Outcome.SAME, f"与第 {held.row} 行重复")
        elif held.pk is None and held.row == number:
            self.answers[number] = Answer(number, Outcome.ADDED)
            assert touched is not None
            touched["added"] += 1
            touched["names"].append(f"{PostRole(held.role).label} {held.person.name}")
        elif changes:
            labels = "、".join(label for key, label in LABELS.items() if key in changes)
            self.answers[number] = Answer(number, Outcome.UPDATED, labels)
            assert touched is not None
            touched["updated"] += 1
            touched["names"].append(f"{PostRole(held.role).label} {held.person.name}：{labels}")
        else:
            self.answers[number] = Answer(number, Outcome.SAME)

    def _trail(self) -> None:
        for unit_id, summary in self.touched.items():
            unit = self.units.by_id[unit_id]
            names = summary["names"]
            trail.append(
                stream=f"unit:{unit_id}",
                verb="org.roster.import",
                subject=f"unit:{unit_id}",
                place=unit.place,
                summary=summary | {"file": self.source, "names": names[:50], "unit": unit.short_name},
            )
        counts = counted(answer.outcome for answer in self.answers.values())
        trail.append(
            stream="org",
            verb="org.roster.import",
            subject=f"division:{self.place}",
            place=self.place,
            summary={"file": self.source, **counts},
        )


class _Answering:
    """Turns the refusal of one row into its answer and goes on with the next."""

    def __init__(self, answers: dict[int, Answer], number: int) -> None:
        self.answers, self.number = answers, number

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, _Refused):
            return False
        self.answers[self.number] = Answer(self.number, Outcome.REFUSED, error.message, error.column, error.remedy)
        return True


class _Units:
    """Bodies by the names people write."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.by_id = {unit.pk: unit for unit in Unit.objects.filter(active_to__isnull=True)}
        self.towns = {
            code: (name, short)
            for code, name, short in Division.objects.filter(valid_to__isnull=True, code__endswith="000").values_list(
                "code", "name", "short_name"
            )
        }
        self.found: dict[tuple[str, str], Unit | _Refused] = {}
        self.by_name: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.by_id.values():
            for name in {unit.name, unit.short_name, unit.short_name.removesuffix("妇联")}:
                self.by_name[name].append(unit)

    def find(self, line: Line) -> Unit:
        key = line.town, line.unit
        if key not in self.found:
            try:
                self.found[key] = self._find(line.town, line.unit)
            except _Refused as refused:
                self.found[key] = refused
        found = self.found[key]
        if isinstance(found, _Refused):
            raise _Refused(found.column, found.message, found.remedy)
        return found

    def _find(self, town: str, name: str) -> Unit:
        named = self.by_name.get(name, [])
        if not named:
            raise _Refused("单位", f"“{name[:20]}”不在组织架构里", "请写单位简称，如“大东门社区妇联”；新单位请先添加")
        here = [unit for unit in named if not town or self._lies_in(unit, town)]
        if not here:
            raise _Refused("乡镇街道", f"“{town[:20]}”没有“{name[:20]}”", "请核对乡镇街道和单位")
        mine = [unit for unit in here if codes.contains(self.place, unit.place)]
        if not mine:
            raise _Refused("单位", f"“{name[:20]}”不在您的管理范围内", "请删去这一行，由该单位所属的妇联导入")
        if len(mine) > 1:
            raise _Refused("乡镇街道", f"没有写清：有 {len(mine)} 个单位叫“{name[:20]}”", "请填写所属乡镇街道")
        return mine[0]

    def _lies_in(self, unit: Unit, town: str) -> bool:
        above = unit.place if codes.level_of(unit.place) is Level.DISTRICT else codes.town_of(unit.place)
        return town in self.towns.get(above, ())


def _check_dates(line: Line) -> None:
    if line.ended_on and line.ended_on < line.starts_on:
        raise _Refused("离任日期", f"早于任职日期 {line.starts_on}", "请核对两个日期")
    if line.ends_on and line.ends_on < line.starts_on:
        raise _Refused("届满日期", f"早于任职日期 {line.starts_on}", "请核对两个日期")


def _agree(person: _Person, details: Mapping[str, object], number: int) -> None:
    """Two rows of one file may not say different things of one person: the result would depend on their order."""
    for key, value in details.items():
        said = person.stated.get(key)
        if said is not None and said[0] != value:
            raise _Refused(LABELS[key], f"与第 {said[1]} 行同一人填的不一致", "请改成一致")


def _agree_post(held: _Held, wanted: Mapping[str, Any]) -> None:
    for key, value in wanted.items():
        if key in held.values and held.values[key] != value:
            raise _Refused(LABELS[key], f"与第 {held.row} 行同一任职填的不一致", "请只保留正确的一行")


def _apply_details(person: _Person, details: Mapping[str, object], line: Line) -> set[str]:
    """Note what this row says; returns what changes in a known officer."""
    changes: set[str] = set()
    for key, value in details.items():
        person.stated.setdefault(key, (value, line.number))
        if key == "phone":
            if person.phone_index != value:
                changes.add(key)
                person.phone, person.phone_index = line.phone, line.phone and value  # type: ignore[assignment]
        elif person.details.get(key) != value:
            changes.add(key)
            person.details[key] = value
    if person.pk is not None:
        person.changed |= changes
    return changes
