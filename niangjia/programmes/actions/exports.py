"""Cases as Excel, with a reason, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import BinaryIO, Final

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.letters.sheets import write_table
from niangjia.programmes import tables
from niangjia.programmes.models import Case
from niangjia.programmes.queries import CaseFilter
from niangjia.transfers import actions as transfers
from niangjia.transfers.kinds import KINDS, Done, Kind, Work
from niangjia.transfers.models import Transfer

OUT: Final = "programmes.cases_out"
AT_ONCE: Final = 20_000  # rows; more are written in the background
FETCH = 2_000
REPORT_EVERY = 5_000


def export_cases(
    *,
    out: BinaryIO,
    wanted: CaseFilter,
    why: str,
    clear: bool,
    by: Acting,
    report: Callable[[int], None] | None = None,
) -> int:
    """Write the list to ``out`` and return how many cases there were; the trail keeps why, how many and by which filters.

    With ``clear`` ID numbers and phones stand in full, which needs the verb for it. Illness and accounts are never in it.
    """
    by.require(Verb.CASE_EXPORT)
    if clear:
        by.require(Verb.REVEAL_IDENTITY)
    found = wanted.select(by, clock.today()).select_related("round", "grant").order_by("-id")
    count = write_table(out, tables.CASES, tables.case_rows(_counted(found.iterator(FETCH), report), clear=clear))
    record(
        by=by,
        stream="export:cases",
        verb="case.export",
        subject="cases",
        place=by.place,
        summary={"count": count, "why": why.strip(), "clear": clear, **told(wanted)},
    )
    return count


def told(wanted: CaseFilter) -> dict[str, object]:
    """The filters for the trail. Of a search it says that there was one, not for whom."""
    known = {
        "mine": wanted.mine,
        "kind": wanted.kind,
        "due": wanted.due,
        "category": wanted.category,
        "round": wanted.round_id,
        "within": wanted.place,
        "searched": bool(wanted.text or wanted.index),
    }
    return {key: value for key, value in known.items() if value}


def _counted(cases: Iterator[Case], report: Callable[[int], None] | None) -> Iterator[Case]:
    for number, case in enumerate(cases, start=1):
        yield case
        if report and number % REPORT_EVERY == 0:
            report(number)


def ask_export(*, wanted: CaseFilter, why: str, clear: bool, total: int, by: Acting) -> Transfer:
    """Have a long list written in the background. ``total`` is how many cases it has now."""
    if clear:
        by.require(Verb.REVEAL_IDENTITY)
    return transfers.ask(kind=OUT, by=by, options={"wanted": asdict(wanted), "why": why, "clear": clear}, total=total)


def _write(work: Work) -> Done:
    count = export_cases(
        out=work.out,
        wanted=CaseFilter(**work.options["wanted"]),
        why=work.options["why"],
        clear=work.options["clear"],
        by=work.by,
        report=work.report,
    )
    return Done({"导出": count})


def declare() -> None:
    """Make the list of cases known to the room of large files. Called once, when the application is loaded."""
    KINDS.register(
        OUT,
        Kind(
            key=OUT, label="导出申请名单", result="申请名单", verb=Verb.CASE_EXPORT, room="cases:index", at_once=AT_ONCE,
            work=_write,
        ),
    )  # fmt: skip
