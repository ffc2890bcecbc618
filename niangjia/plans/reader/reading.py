"""An annual plan read by rules and dictionaries: what was cleaned away, items, targets, suggestions, and the rest.

Nothing here decides anything: an officer looks at each suggestion beside its sentence and publishes what she approves.
Every piece carries its place in the original text, and `original[start:end] == quote` holds for all of them.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any

from niangjia.plans.reader.cleaning import Artefact, Cleaned, clean
from niangjia.plans.reader.deadlines import Deadline
from niangjia.plans.reader.numerals import chinese_number
from niangjia.plans.reader.outline import Node, Outline, outline, title_of
from niangjia.plans.reader.sources import text_of
from niangjia.plans.reader.suggest import mentions, named_in
from niangjia.plans.reader.targets import figures, heading_period


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets in the original text, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the plan. `text` are its own words in clean form, without label and without its sub-items."""

    index: int
    parent: int | None
    label: str
    level: int
    title: str
    text: str
    quote: str
    span: Span


@dataclass(frozen=True, slots=True)
class Target:
    """A figure. `value_max` closes a range; `bound` is MIN, MAX, RANGE, ABOUT or EXACT; `deadline` an ISO date or None."""

    value: int | float
    value_max: int | float | None
    unit: str
    qualifier: str | None
    bound: str
    per: str | None
    deadline: str | None
    deadline_words: str | None
    item: int | None
    quote: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A programme (key of the lexicon) the item seems to be about; `item` is None for text outside all items."""

    programme: str
    brand: str | None
    item: int | None
    quote: str
    span: Span


@dataclass(frozen=True, slots=True)
class Masked:
    """A place the source has blacked out (201*, XX人): filled in by the officer, never by the reader."""

    text: str
    hint: str
    span: Span


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Text that belongs to no item, and why."""

    text: str
    reason: str
    quote: str
    span: Span


@dataclass(frozen=True, slots=True)
class PlanReading:
    """All that was read from one plan."""

    original: str
    cleaned: str
    title: str | None
    year: int | None
    artefacts_removed: tuple[Artefact, ...]
    items: tuple[Item, ...]
    targets: tuple[Target, ...]
    suggestions: tuple[Suggestion, ...]
    masked: tuple[Masked, ...]
    unplaced: tuple[Unplaced, ...]
    notices: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The reading as plain lists, strings and numbers, ready for JSON."""
        return dataclasses.asdict(self)


_MASK = re.compile(
    r"(?<![\dA-Za-z*])(?:(?P<year>(?:19|20)(?:\d[*×xX＊○?？_]{1,2}|[*×xX＊○?？_]{2})(?![\dA-Za-z])|二〇(?:[〇一二三四五六七八九][*×xX○]|[*×xX○]{2}))"
    r"|(?P<gap>[*＊×○]{1,8}(?=年|月|日|人|户|场|次|名|个|万|元|%|区|县|镇|乡|村|街道|妇联)|[xX]{1,4}(?=年|月|日|人|户|场|次|名|个|万|元|%|区|县|镇|乡|村|街道)|[*＊×○]{2,8}|[xX]{2,4}(?![A-Za-z])|_{2,12}))"
)
_PLAN_WORDS = "(?:工作)?(?:计划|要点|安排|思路|打算|任务|目标|方案|清单|工作)"
_PLANNED = "计划|要点|安排|思路|打算|目标|任务"
_REVIEW = re.compile("(?:工作)?(?:总结|回顾|完成情况|开展情况)$")
_TITLE_YEAR = re.compile(
    r"(?P<digits>(?:19|20)\d\d)\s*年?度?|(?P<chinese>二[〇零][〇零一二三四五六七八九]{2})\s*年?度?"
)
_TEXT_YEAR = re.compile(rf"(?<!\d)((?:19|20)\d\d)年度?(?:[^\d，。；\n]{{0,14}}){_PLAN_WORDS}")
_THIS_YEAR = re.compile(r"(?:^|[。\n])(?P<year>(?:19|20)\d\d)年(?:度)?，")


def read_plan(text: str) -> PlanReading:
    """Read any text; never fails. What could not be understood is said in `notices` and kept in `unplaced`."""
    cleaned = clean(text)
    plan = outline(cleaned.text)
    title = " ".join(cleaned.text[start:end].strip() for start, end in plan.titles) or None
    year = _year(title, cleaned.text)
    items = tuple(_item(text, cleaned, index, node) for index, node in enumerate(plan.nodes))
    targets = _targets(text, cleaned, plan, items, year)
    return PlanReading(
        original=text,
        cleaned=cleaned.text,
        title=title,
        year=year,
        artefacts_removed=cleaned.artefacts,
        items=items,
        targets=targets,
        suggestions=_suggestions(text, cleaned, plan, _already_done(plan, items)),
        masked=_masked(text, cleaned),
        unplaced=tuple(
            Unplaced(cleaned.text[span[0] : span[1]], loose.reason, *_quoted(text, cleaned, *span))
            for loose in plan.loose
            if (span := _stripped(cleaned.text, loose.start, loose.end))
        ),
        notices=_notices(cleaned, plan, targets, year),
    )


def read_plan_file(name: str, data: bytes) -> PlanReading:
    """Read a .txt, .docx or text PDF; PlanFileError says in Chinese why a file cannot be read and what helps."""
    return read_plan(text_of(name, data))


def _quoted(original: str, cleaned: Cleaned, start: int, end: int) -> tuple[str, Span]:
    first, last = cleaned.source_span(start, end)
    return original[first:last], Span(first, last)


def _stripped(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _item(original: str, cleaned: Cleaned, index: int, node: Node) -> Item:
    words = node.words(cleaned.text)
    start, end = _stripped(cleaned.text, node.start, node.end) or (node.start, node.end)
    quote, span = _quoted(original, cleaned, start, end)
    return Item(index, node.parent, node.label, node.level, title_of(words), words.replace("\t", " "), quote, span)


def _year(title: str | None, text: str) -> int | None:
    """The plan's year where the title or the first lines state it; a masked year stays unknown."""
    found = list(_TITLE_YEAR.finditer(title)) if title else []
    if title and found:
        ends = [match.start() for match in found[1:]] + [len(title)]
        planned = [m for m, end in zip(found, ends, strict=True) if re.search(_PLANNED, title[m.end() : end])]
        chosen = (planned or found)[-1]
        return int(chosen["digits"]) if chosen["digits"] else chinese_number(chosen["chinese"])
    if title and _MASK.search(title):
        return None
    head = text[:400]
    said = _TEXT_YEAR.search(head) or _THIS_YEAR.search(head)
    return int(said[1]) if said else None


def _targets(
    original: str, cleaned: Cleaned, plan: Outline, items: tuple[Item, ...], year: int | None
) -> tuple[Target, ...]:
    periods: list[Deadline | None] = []  # of each item: what its own or an upper heading says
    done = _already_done(plan, items)
    found: list[Target] = []
    for loose in plan.loose:
        if loose.reason.startswith(("条目之前", "没有编号")):
            found += _figures(original, cleaned, (loose.start, loose.end), None, year, None, ())
    for node, item in zip(plan.nodes, items, strict=True):
        upper = periods[node.parent] if node.parent is not None else None
        periods.append(heading_period(item.title or item.label, year) or upper)
        if item.index in done:
            continue
        found += _figures(original, cleaned, (node.body, node.end), item.index, year, periods[-1], node.header)
    return tuple(sorted(found, key=lambda target: target.span.start))


def _already_done(plan: Outline, items: tuple[Item, ...]) -> set[int]:
    """Items under a heading that looks back (2022年工作总结): what they report is not planned."""
    done: set[int] = set()
    for node, item in zip(plan.nodes, items, strict=True):
        if node.parent in done or _REVIEW.search(item.title):
            done.add(item.index)
    return done


def _figures(
    original: str,
    cleaned: Cleaned,
    place: tuple[int, int],
    item: int | None,
    year: int | None,
    period: Deadline | None,
    header: tuple[str, ...],
) -> list[Target]:
    return [
        Target(
            figure.value,
            figure.value_max,
            figure.unit,
            figure.qualifier,
            figure.bound,
            figure.per,
            figure.deadline.day.isoformat() if figure.deadline and figure.deadline.day else None,
            figure.deadline.words if figure.deadline else None,
            item,
            *_quoted(original, cleaned, figure.start, figure.end),
        )
        for figure in figures(cleaned.text, *place, year, period, header)
    ]


def _suggestions(original: str, cleaned: Cleaned, plan: Outline, done: set[int]) -> tuple[Suggestion, ...]:
    """Once for a programme and item; the deepest item has it, and what items name is not said of the rest again."""
    programmes = named_in(cleaned.text)
    below: set[tuple[int, str]] = set()  # an item above one that has the programme
    kept: list[Suggestion] = []
    for index in range(len(plan.nodes) - 1, -1, -1):
        node = plan.nodes[index]
        if index in done:
            continue
        for mention in mentions(programmes, cleaned.text, node.body, node.end):
            if (index, mention.programme) in below:
                continue
            quote, span = _quoted(original, cleaned, mention.start, mention.end)
            kept.append(Suggestion(mention.programme, mention.brand, index, quote, span))
            above = node.parent
            while above is not None:
                below.add((above, mention.programme))
                above = plan.nodes[above].parent
    named = {suggestion.programme for suggestion in kept}
    for loose in plan.loose:
        if not loose.reason.startswith(("条目之前", "没有编号")):
            continue
        for mention in mentions(programmes, cleaned.text, loose.start, loose.end):
            if mention.programme not in named:
                named.add(mention.programme)
                quote, span = _quoted(original, cleaned, mention.start, mention.end)
                kept.append(Suggestion(mention.programme, mention.brand, None, quote, span))
    return tuple(
        sorted(kept, key=lambda suggestion: (suggestion.span.start, suggestion.span.end, suggestion.programme))
    )


def _masked(original: str, cleaned: Cleaned) -> tuple[Masked, ...]:
    result = []
    for match in _MASK.finditer(cleaned.text):
        around = cleaned.text[max(0, match.start() - 6) : match.end() + 8].replace("\n", " ")
        what = "年份缺了数字" if match["year"] else "此处内容被遮去"
        quote, span = _quoted(original, cleaned, *match.span())
        result.append(Masked(quote, f"{what}（“…{around}…”），请对照原件填写，系统不作猜测", span))
    return tuple(result)


def _notices(cleaned: Cleaned, plan: Outline, targets: tuple[Target, ...], year: int | None) -> tuple[str, ...]:
    if not cleaned.text:
        return ("没有可读的文字。请粘贴计划正文，或上传 .txt、.docx、文字版 PDF",)
    said: list[str] = []
    if "\n" not in cleaned.text and not plan.nodes:
        said.append("只有一行文字，没有分条。请检查是否粘贴完整，每条计划另起一行")
    if not plan.nodes:
        said.append("没有找到编号的条目（一、（一）1. 一是……）。请给各条加上编号，或在“未归入条目”中逐段选定")
    elif all(node.label == "" for node in plan.nodes):
        said.append("没有找到编号的条目，已按小标题分条。请核对分条是否正确")
    if not targets:
        said.append("没有找到带数量的目标。如有数量要求，请手工添加")
    elif year is None and any(target.deadline_words and not target.deadline for target in targets):
        said.append("没有找到计划年度，期限只保留原文。请填写年度后核对期限")
    if any(artefact.kind == "GARBLED" for artefact in cleaned.artefacts):
        said.append("文中有乱码，原字已丢失。请对照原件补上")
    return (*said, *plan.notices)
