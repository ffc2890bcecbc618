"""Named writes of values on their way: a year is opened, departments fill in, papers are added, all is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.verbs import Verb
from niangjia.channels import actions as channels
from niangjia.channels import queries as outbox
from niangjia.channels.actions import Copy
from niangjia.channels.kinds import Audience, Form
from niangjia.channels.models import Message
from niangjia.core import clock, codes
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.org.models import Unit
from niangjia.outlines import queries, rules
from niangjia.outlines.actions.errors import Changed, Doubtful, Refused, at
from niangjia.outlines.kinds import IN_FORCE, OPEN_STATES, WITH_DEPARTMENT, Direction, ValueState
from niangjia.outlines.models import Evidence, Indicator, Observation, Outline, Year
from niangjia.outlines.rules import Doubt, Entry, Weight

PAPERS = (FileKind.PDF, FileKind.IMAGE, FileKind.DOCX, FileKind.XLSX)


def note(by: Acting, verb: str, value: Observation, /, **summary: Any) -> None:
    """The trail entry of a value: which indicator, which year, what became of it."""
    record(
        by=by, stream=f"outline:{value.indicator.outline_id}", verb=verb, subject=f"indicator:{value.indicator_id}",
        place=value.place, summary={"name": value.indicator.name, "year": value.year, **summary},
    )  # fmt: skip


@transaction.atomic
def open_year(*, outline_id: int, year: int, due_on: dt.date, checker_id: int, by: Acting, place: str = "") -> Year:
    """Begin to collect a year. Raises Refused for a year outside the outline or not yet over, and for a place that is no more."""
    by.require(Verb.OUTLINE_MANAGE)
    outline = Outline.objects.get(pk=outline_id)
    place = place or codes.district_of(by.place)
    if not outline.start_year <= year <= outline.end_year:
        raise at("year", f"{outline.title}的年度是{outline.start_year}至{outline.end_year}，没有{year}年。")
    if year > clock.today().year:
        raise at("year", f"{year}年还没有到。")
    if merged := queries.merged_into(place):
        raise Refused(f"该区划已并入{merged.short_name}，请在{merged.short_name}名下开启年度。")
    if due_on < clock.today():
        raise at("due_on", "部门填报截止日期不能早于今天。")
    checker = Unit.objects.get(pk=checker_id)
    if Year.objects.filter(outline=outline, place=place, year=year).exists():
        raise at("year", f"{year}年度已经开启。")
    made = Year.objects.create(
        outline=outline,
        year=year,
        place=place,
        checker=checker,
        due_on=due_on,
        opened_at=clock.now(),
        opened_by=by.signature,
    )
    record(
        by=by, stream=f"outline:{outline.pk}", verb="indicator.year.open", subject=f"year:{made.pk}", place=place,
        summary={"title": outline.title, "year": year, "ends": str(due_on), "unit": checker.short_name},
    )  # fmt: skip
    return made


@transaction.atomic
def remind(*, year_id: int, endpoint_ids: Iterable[int], by: Acting) -> Message:
    """Put one reminder naming every department that owes values into the outbox, at most once a day.

    Raises Refused when nobody owes anything, when no open endpoint is named, and for the second of a day.
    """
    by.require(Verb.OUTLINE_MANAGE)
    year = Year.objects.select_for_update(of=("self",)).select_related("outline").get(pk=year_id)
    owing = [due for due in queries.due_list(year, clock.today()) if due.owes]
    if not owing:
        raise Refused("各部门都已报齐，不用催报。")
    endpoints = list(outbox.endpoints().filter(pk__in=list(endpoint_ids), is_open=True))
    if not endpoints:
        raise Refused("请选择发到哪个工作群。")
    last = outbox.messages(year.subject).first()
    if last is not None and timezone.localdate(last.made_at, clock.CHINA) == clock.today():
        raise Refused("今天已经发过催报，明天可以再发。个别部门请复制提醒单独发。")
    return channels.send(
        subject=year.subject, place=year.place, audience=Audience.PUBLIC, form=Form.TEXT, by=by,
        copies=[Copy(endpoint) for endpoint in endpoints], text=queries.reminder_to_all(year, owing),
    )  # fmt: skip


@transaction.atomic
def move_deadline(*, year_id: int, due_on: dt.date, by: Acting) -> Year:
    """Give departments another day."""
    by.require(Verb.OUTLINE_MANAGE)
    year = Year.objects.select_related("outline").get(pk=year_id)
    if due_on < clock.today():
        raise at("due_on", "部门填报截止日期不能早于今天。")
    before, year.due_on = year.due_on, due_on
    year.save(update_fields=["due_on"])
    record(
        by=by, stream=f"outline:{year.outline_id}", verb="indicator.year.deadline", subject=f"year:{year.pk}", place=year.place,
        summary={"title": year.outline.title, "year": year.year, "before": str(before), "after": str(due_on)},
    )  # fmt: skip
    return year


@dataclass(frozen=True, slots=True)
class Filled:
    """One indicator as a department filled it in. ``revision`` is the one its page showed, 0 where nothing was saved yet."""

    indicator_id: int
    revision: int
    entry: Entry
    note: str = ""
    measures_taken: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save_values(
    *, year_id: int, filled: Sequence[Filled], by: Acting, generated: bool = False, answer_all: bool = False
) -> list[Observation]:
    """Keep what a department filled in; all of it or nothing.

    Raises Doubtful for values that cannot stand, Changed where a colleague saved meanwhile, Refused for an indicator that
    is not the department's or no longer with it. With ``answer_all`` the explanation answers every warning, as in a sheet.
    """
    by.require(Verb.OUTLINE_MANAGE if by.kind is ActorKind.DESK else Verb.INDICATOR_FILL)
    year = Year.objects.select_related("outline").get(pk=year_id)
    lines = {line.indicator.pk: line for line in queries.lines_of(year, _unit_of(by))}
    foreign = [one.indicator_id for one in filled if one.indicator_id not in lines]
    if foreign:
        raise Refused("有的指标不由本部门负责，没有保存。请刷新页面后重新填写。")
    rows = {
        value.indicator_id: value
        for value in Observation.objects.select_for_update(of=("self",)).filter(
            indicator__in=[one.indicator_id for one in filled], place=year.place, year=year.year, state__in=OPEN_STATES
        )
    }
    entries = {one.indicator_id: one.entry for one in filled}
    doubts = queries.doubts_of([lines[pk].indicator for pk in entries], entries, year.place, year.year)
    blocked = {pk: [d for d in found if d.weight is Weight.BLOCK] for pk, found in doubts.items()}
    if any(blocked.values()):
        raise Doubtful("有的数不可能成立，一个也没有保存。请改正后再保存。", blocked)
    return [
        value
        for one in filled
        if (
            value := _save(
                year, one, lines[one.indicator_id], rows, doubts, by, generated=generated, answer_all=answer_all
            )
        )
    ]


def _unit_of(by: Acting) -> int | None:
    """A department writes what it answers for; the office may write for a department without an account."""
    return None if by.kind is ActorKind.DESK else by.unit_id


def _save(
    year: Year, one: Filled, line: queries.Line, rows: Mapping[int, Observation], doubts: Mapping[int, list[Doubt]],
    by: Acting, *, generated: bool, answer_all: bool,
) -> Observation | None:  # fmt: skip
    indicator = line.indicator
    old = rows.get(one.indicator_id) or line.value  # what was handed in is not a department's to lock
    value = old or Observation(indicator=indicator, place=year.place, year=year.year, revision=0)
    after = _wanted(indicator, one, doubts.get(indicator.pk, []), answer_all=answer_all)
    before = {key: getattr(value, key) for key in after}
    if before == after or (old is None and one.entry.empty and not one.note and not one.measures_taken):
        return None
    if old is None and line.final is not None:
        raise Refused(f"“{indicator.name}”{year.year}年的值已确认，不能再填。需要更正的请联系妇儿工委办。")
    if old is not None and old.state not in WITH_DEPARTMENT:
        raise Refused(f"“{indicator.name}”已提交（{old.get_state_display()}），不能再改。需要修改的请联系统计局退回。")
    if value.revision != one.revision:
        raise Changed(_what_changed(value, indicator))
    for key, new in after.items():
        setattr(value, key, new)
    value.revision += 1
    value.generated = generated
    value.saved_at, value.saved_by = clock.now(), by.signature
    lead = _answering_unit(by, indicator, year)
    value.unit, value.unit_name = lead, lead.short_name if lead else by.unit_name
    if value.state == ValueState.RETURNED:
        value.state = ValueState.DRAFT
    try:
        with transaction.atomic():
            value.save()
    except IntegrityError as error:  # a colleague was first by a moment
        raise Changed(f"“{indicator.name}”刚刚由同事保存，请刷新页面核对后再填。") from error
    note(by, "indicator.save", value, value=rules.short(value.value))
    return value


def _answering_unit(by: Acting, indicator: Indicator, year: Year) -> Unit | None:
    if by.kind is ActorKind.DESK:
        return queries.leads_in(year.place, year.year).get(indicator.pk)
    return Unit.objects.get(pk=by.unit_id or 0)


def _wanted(indicator: Indicator, one: Filled, doubts: Iterable[Doubt], *, answer_all: bool) -> dict[str, Any]:
    """The columns a filled line comes to. Answers to warnings that no longer stand fall away."""
    entry = one.entry
    text = " ".join(one.note.split())[:500]
    given = {d.key: text for d in doubts} if answer_all else one.answers
    keys = {doubt.key for doubt in doubts}
    value = rules.value_of(indicator.shape, entry)
    return {
        "numerator": entry.numerator if indicator.shape.is_rate else None,
        "denominator": entry.denominator if indicator.shape.is_rate else None,
        "value": value,
        "parts": {
            key: {"numerator": _text(part.numerator), "denominator": _text(part.denominator)}
            for key, part in (entry.parts or {}).items()
            if part.numerator is not None or part.denominator is not None
        },
        "answers": {
            key: " ".join(words.split())[:300] for key, words in given.items() if key in keys and words.strip()
        },
        "note": text,
        "measures_taken": " ".join(one.measures_taken.split())[:500],
    }


def _text(number: object) -> str:
    return "" if number is None else str(number)


def _what_changed(value: Observation, indicator: Indicator) -> str:
    """What a colleague saved, so that the second one can compare."""
    at = value.saved_at.astimezone(clock.CHINA)
    said = (
        f"分子{rules.short(value.numerator)}、分母{rules.short(value.denominator)}" if indicator.shape.is_rate else ""
    )
    said = said or f"{rules.short(value.value)}{indicator.unit_after}"
    return (
        f"“{indicator.name}”在您打开页面之后由{value.saved_by}于{at:%m月%d日%H:%M}保存为：{said}。"
        "您填的没有覆盖它，请刷新页面核对后再填。"
    )


@transaction.atomic
def add_paper(*, year_id: int, indicator_id: int, name: str, data: bytes, by: Acting) -> Evidence:
    """Keep a paper that proves an indicator in a year. Raises Refused, or FileError for a file that may not be kept."""
    by.require(Verb.OUTLINE_MANAGE if by.kind is ActorKind.DESK else Verb.INDICATOR_FILL)
    year = Year.objects.get(pk=year_id)
    lines = {line.indicator.pk: line for line in queries.lines_of(year, _unit_of(by))}
    if indicator_id not in lines:
        raise Refused("这个指标不由本部门负责，材料没有保存。")
    indicator = lines[indicator_id].indicator
    stored = files.store(name=name, data=data, purpose="outline.evidence", place=year.place, by=by, kinds=PAPERS)
    paper = Evidence.objects.create(
        indicator=indicator, year=year.year, place=year.place, file=stored, title=stored.name,
        unit_name=by.unit_name, added_at=clock.now(), added_by=by.signature,
    )  # fmt: skip
    record(
        by=by, stream=f"outline:{indicator.outline_id}", verb="indicator.paper", subject=f"indicator:{indicator.pk}",
        place=year.place, summary={"name": indicator.name, "year": year.year, "file": stored.name},
    )  # fmt: skip
    return paper


@transaction.atomic
def withdraw_paper(*, paper_id: int, by: Acting) -> None:
    """Take a paper out of the evidence while the value is with the department; the file stays where it lies."""
    by.require(Verb.OUTLINE_MANAGE if by.kind is ActorKind.DESK else Verb.INDICATOR_FILL)
    paper = Evidence.objects.select_related("indicator").get(pk=paper_id, withdrawn_at__isnull=True)
    settled = Observation.objects.filter(indicator=paper.indicator, place=paper.place, year=paper.year)
    if settled.exclude(state__in=[*WITH_DEPARTMENT, ValueState.REVISED]).exists():
        raise Refused("这个指标已提交，材料不能再撤。需要更换的请先请统计局退回。")
    paper.withdrawn_at = clock.now()
    paper.save(update_fields=["withdrawn_at"])
    record(
        by=by, stream=f"outline:{paper.indicator.outline_id}", verb="indicator.paper.withdraw",
        subject=f"indicator:{paper.indicator_id}", place=paper.place,
        summary={"name": paper.indicator.name, "year": paper.year, "file": paper.title},
    )  # fmt: skip


@transaction.atomic
def submit(*, year_id: int, by: Acting, indicator_ids: Iterable[int] | None = None) -> int:
    """Hand in what is with the department: all of it, or the indicators named. Returns how many went.

    Raises Doubtful for warnings without a sentence, Refused where nothing is to be handed in, a value is missing without
    a word, or a qualitative “yes” has no paper.
    """
    by.require(Verb.OUTLINE_MANAGE if by.kind is ActorKind.DESK else Verb.INDICATOR_FILL)
    year = Year.objects.select_related("outline").get(pk=year_id)
    wanted = None if indicator_ids is None else set(indicator_ids)
    lines = [
        line
        for line in queries.lines_of(year, _unit_of(by))
        if line.value is not None and line.writable and (wanted is None or line.indicator.pk in wanted)
    ]
    if not lines:
        raise Refused("没有可以提交的指标。请先填写并保存，已提交的不用重复提交。")
    unanswered = {line.indicator.pk: line.unanswered for line in lines}
    if any(unanswered.values()):
        raise Doubtful("有的数需要说明，还没有提交。请在提示下面各写一句说明，或改正后保存。", unanswered)
    for line in lines:
        _require_complete(line)
    today, now = clock.today(), clock.now()
    for line in lines:
        assert line.value is not None
        locked = Observation.objects.select_for_update(of=("self",)).select_related("indicator")
        value = locked.filter(pk=line.value.pk, revision=line.value.revision).first()
        if value is None:
            raise Changed(f"“{line.indicator.name}”刚刚由同事保存或提交，请刷新页面核对。")
        value.state, value.revision = ValueState.DEPT_SUBMITTED, value.revision + 1
        value.submitted_at, value.submitted_by, value.returned = now, by.signature, ""
        if value.on_time is None:
            value.on_time = today <= year.due_on
        value.save()
        note(by, "indicator.submit", value, value=rules.short(value.value))
    return len(lines)


def _require_complete(line: queries.Line) -> None:
    value, indicator = line.value, line.indicator
    assert value is not None
    if value.value is None and not value.note:
        raise Refused(f"“{indicator.name}”没有数。没有数据的，请在说明里写明原因后提交。")
    if indicator.direction == Direction.QUAL and value.value and not line.papers:
        raise Refused(f"“{indicator.name}”填了“是”，请上传证明材料后提交。")


@transaction.atomic
def record_known(
    *,
    indicator_id: int,
    place: str,
    year: int,
    entry: Entry,
    source: str,
    by: Acting,
    generated: bool = False,
) -> Observation:
    """A value that was settled elsewhere: the municipality's or the nation's for comparison, the district's of earlier years.

    A year that is collected here goes through its departments instead. A rate may be given without numerator and
    denominator, as reports print it. What stood there before stays as corrected. Raises Refused.
    """
    by.require(Verb.OUTLINE_MANAGE)
    indicator = queries.indicator_for(indicator_id)
    outline = indicator.outline
    if not outline.base_year <= year <= outline.end_year:
        raise at("year", f"年度应在{outline.base_year}至{outline.end_year}之间，现为{year}。")
    if not source.strip():
        raise at("source", "请写明出处，如报告名称。")
    if wrong := queries.not_written_by(by.place, place):
        raise at("place", wrong)
    if Year.objects.filter(outline=outline, place=place, year=year).exists():
        raise at("year", f"{year}年度正在本系统收集，请由牵头部门填报。")
    value = _known_value(indicator, entry)
    kept = Observation.objects.select_for_update(of=("self",)).filter(
        indicator=indicator, place=place, year=year, state__in=IN_FORCE
    )
    old, source = kept.first(), source.strip()[:300]
    if old is not None and (old.value, old.source) == (value, source):
        return old
    if old is not None:
        Observation.objects.filter(pk=old.pk).update(state=ValueState.REVISED)
    now = clock.now()
    made = Observation.objects.create(
        indicator=indicator, place=place, year=year, value=value, numerator=entry.numerator, denominator=entry.denominator,
        source=source, state=ValueState.PUBLISHED, restates=old, why="更正登记" if old else "", saved_at=now,
        saved_by=by.signature, confirmed_at=now, confirmed_by=by.signature, published_at=now, generated=generated,
    )  # fmt: skip
    record(
        by=by, stream=f"outline:{outline.pk}", verb="indicator.known", subject=f"indicator:{indicator.pk}", place=by.place,
        summary={"name": indicator.name, "year": year, "value": rules.short(value)},
    )  # fmt: skip
    return made


def _known_value(indicator: Indicator, entry: Entry) -> Any:
    """The value of a settled entry; a rate as printed stands where nobody says what it was made of. Raises Refused."""
    shape = indicator.shape
    printed = shape.is_rate and entry.numerator is None and entry.denominator is None
    found = [] if printed else [d for d in rules.doubts(shape, entry) if d.weight is Weight.BLOCK]
    if found:
        raise Refused(found[0].message, {found[0].field: found[0].message})
    value = (entry.stated or entry.value) if printed else rules.value_of(shape, entry)
    if value is None:
        raise at("value", "没有数，请填写数值，或分子和分母。")
    ceiling = rules.PER.get(indicator.unit)
    if ceiling and value > ceiling and not indicator.exceeds:
        raise at("value", f"{rules.short(value)}{indicator.unit_after}超过了{ceiling}，像是单位写错，请核对。")
    return value.quantize(rules.KEPT)


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A settled value as a sheet says it."""

    row: int
    code: str
    place: str
    year: int
    entry: Entry
    source: str


@transaction.atomic
def import_known(*, outline_id: int, rows: Sequence[KnownRow], by: Acting) -> dict[int, str]:
    """Keep many settled values, or none: returns the problems by row number, empty when all were kept."""
    by.require(Verb.OUTLINE_MANAGE)
    known = dict(Indicator.objects.filter(outline=outline_id).values_list("code", "pk"))
    problems: dict[int, str] = {}
    with transaction.atomic():
        for row in rows:
            if row.code not in known:
                problems[row.row] = f"本规划没有代码“{row.code}”，请核对代码列。"
                continue
            try:
                record_known(
                    indicator_id=known[row.code],
                    place=row.place,
                    year=row.year,
                    entry=row.entry,
                    source=row.source,
                    by=by,
                )
            except Refused as refused:
                problems[row.row] = str(refused)
        if problems:
            transaction.set_rollback(True)
    return problems
