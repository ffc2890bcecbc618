"""Papers of a case, and tables of a round in the layout the upper level uses: out, and in as cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.flow.kinds import ENDED, StateKind
from niangjia.intake.sheet import Kind as FieldKind
from niangjia.letters import word
from niangjia.letters.kinds import Row, SheetError
from niangjia.letters.sheets import read_table, write_table
from niangjia.programmes import queries, registry, tables
from niangjia.programmes.actions import cases
from niangjia.programmes.actions.errors import Refused
from niangjia.programmes.actions.imports import ADDED, UNCHANGED, Places
from niangjia.programmes.definition import Layout, Letter, Version
from niangjia.programmes.models import Case, Round, Step
from niangjia.transfers.kinds import KINDS, Done, Kind, Work

OUT: Final = "programmes.layout_out"
IN: Final = "programmes.layout_in"
TO_CHECK = "需核对"


def letters_of(case: Case) -> list[Letter]:
    """The papers a case can be given now."""
    taken = {step.key for step in case.steps.all()}
    return [letter for letter in queries.version_of(case).letters if not letter.after or letter.after in taken]


@transaction.atomic
def write_letter(*, case: Case, letter: Letter, by: Acting) -> bytes:
    """The paper as .docx. The trail keeps that it was made."""
    by.require(Verb.CASE_READ)
    facts = tables.Facts(case)
    record(
        by=by,
        stream=f"case:{case.pk}",
        verb="case.letter",
        place=case.place,
        summary={"number": case.number, "letter": letter.title},
    )
    if letter.sections:
        sections = [(name, [(label, facts.text(source)) for label, source in pairs]) for name, pairs in letter.sections]
        return word.form_document(letter.title, sections, letter.signatures)
    lines = [_filled(line, facts) for line in letter.text]
    today = clock.today()
    return word.letter_document(
        letter.title, lines, (case.round.unit.name, f"{today.year}年{today.month}月{today.day}日")
    )


def _filled(line: str, facts: tables.Facts) -> str:
    """A line with its sources filled in; each stands in braces."""
    head, *rest = line.split("{")
    parts = (part.partition("}") for part in rest)
    return head + "".join(f"{facts.text(source)}{after}" for source, _, after in parts)


def layout_of(round_: Round, key: str) -> Layout | None:
    return next((one for one in registry.version(round_.programme, round_.version).layouts if one.key == key), None)


def of_round(round_: Round, layout: Layout) -> Any:
    """The cases a table of a round lists: what was handed in and not taken back, as the reader may see it."""
    listed = queries.cases().filter(round=round_, submitted_at__isnull=False).exclude(kind=StateKind.WITHDRAWN)
    if layout.after:
        took = Step.objects.filter(case__round=round_, key=layout.after)
        listed = listed.filter(pk__in=took.values("case")).exclude(kind=StateKind.REFUSED)
    return listed.select_related("round__unit", "grant").prefetch_related("steps").order_by("place", "id")


def _write(work: Work) -> Done:
    round_ = Round.objects.get(pk=work.options["round"])
    layout = layout_of(round_, work.options["layout"])
    if layout is None:
        raise Refused("没有这种表。")
    clear = bool(work.options["clear"])
    if clear:
        work.by.require(Verb.REVEAL_IDENTITY)
    found = of_round(round_, layout)
    version = registry.version(round_.programme, round_.version)
    rows = tables.layout_rows(found.iterator(chunk_size=1_000), layout, clear=clear)
    count = write_table(work.out, tables.table_of(version, layout), rows, title=f"{round_.title} {layout.title}")
    count -= len(layout.footers)
    record(
        by=work.by,
        stream=f"round:{round_.pk}",
        verb="round.layout",
        place=work.by.place,
        summary={
            "title": round_.title,
            "layout": layout.title,
            "count": count,
            "why": work.options["why"],
            "clear": clear,
        },
    )
    return Done({"导出": count})


def _read(work: Work) -> Done:
    """Rows become cases, each for itself: what cannot be taken is answered and left out."""
    round_ = Round.objects.get(pk=work.options["round"])
    layout = layout_of(round_, work.options["layout"])
    if layout is None or not layout.reads or work.source is None:
        raise Refused("这种表不能导入。")
    version = registry.version(round_.programme, round_.version)
    table = tables.table_of(version, layout)
    reading = read_table(work.source, table)
    places, counts = Places(work.by.place), Counter[str]()

    def answered() -> Iterator[list[object]]:
        for done, row in enumerate(reading, start=1):
            answer = _enter(row, round_, version, places, work.by)
            counts[answer if answer in (ADDED, UNCHANGED) else TO_CHECK] += 1
            work.report(done)
            yield [*row.texts, answer]

    write_table(work.out, table, answered(), errors_column=True)
    met = {outcome: counts[outcome] for outcome in (ADDED, UNCHANGED, TO_CHECK) if counts[outcome]}
    return Done(met, refused=counts[TO_CHECK], lines=tuple(reading.notices))


def _enter(row: Row, round_: Round, version: Version, places: Places, by: Acting) -> str:
    """One row as a case handed in; the answer says what became of it, and what to do."""
    if row.errors:
        return " ".join(map(str, row.errors))
    known = {field.key for field in version.sheet}
    answers = {key: value for key, value in row.values.items() if key in known and value is not None}
    town, village = row.values.get("@town"), row.values.get("@village") or row.values.get(version.bindings.place)
    place = places.code_of(str(town), str(village)) if town and village else by.place if by.place[9:] != "000" else None
    if place is None:
        return f"第 {row.number} 行「村（社区）」在您的范围内没有找到。请按“组织与名册”中的名称填写镇街和村（社区）。"
    answers[version.bindings.place] = place
    # The rows come from papers that were signed; the officer confirms so for the whole table before it is read.
    answers |= {f.key: True for f in version.sheet if f.kind is FieldKind.AGREE and f.key not in answers}
    name = str(answers.get(version.bindings.name, ""))
    same = Case.objects.filter(round=round_, place=place, name=name).exclude(kind__in=[*ENDED, "draft"])
    if same.exists():
        return UNCHANGED
    try:
        with transaction.atomic():
            case = cases.start(round_=round_, place=place, by=by, helper=by.signature[:60], answers=answers)
            cases.submit(case_id=case.pk, by=by)
    except Refused as refused:
        return f"第 {row.number} 行：{'；'.join([str(refused), *refused.fields.values()])}"
    return ADDED


SMALL = 30_000  # bytes of an .xlsx that holds a few hundred rows at most


def _many(data: bytes) -> int:
    """Whether a file is read while she waits: its size tells, before its layout is known."""
    return 1 if len(data) <= SMALL else len(data) // 50


def declare() -> None:
    """Make the tables of rounds known to the room of large files. Called once, when the application is loaded."""
    KINDS.register(
        OUT,
        Kind(
            key=OUT, label="导出上报表", result="上报表", verb=Verb.CASE_EXPORT, room="cases:index", at_once=5_000,
            work=_write,
        ),
    )  # fmt: skip
    KINDS.register(
        IN,
        Kind(
            key=IN, label="导入名册", result="名册处理结果", verb=Verb.CASE_ENTER, room="cases:index", at_once=200,
            work=_read, rows=_many, tells=(Refused, SheetError),
        ),
    )  # fmt: skip
