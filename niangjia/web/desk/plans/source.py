"""The source of a plan, cut into pieces that are marked: targets, masked places, what was cleaned away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from niangjia.plans.kinds import Standing
from niangjia.plans.models import PlanVersion, Target

TONES = {Standing.SUGGESTED: "warn", Standing.ACCEPTED: "ok", Standing.REJECTED: ""}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the source. ``anchor`` is the id its first piece gets, ``url`` where a click leads."""

    start: int
    end: int
    tone: str = ""
    label: str = ""
    anchor: str = ""
    url: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    tone: str = ""
    label: str = ""
    anchor: str = ""
    url: str = ""
    removed: bool = False


def spans_of(version: PlanVersion, targets: Sequence[Target], *, cleaning: bool) -> list[Span]:
    """Where the source is marked. ``cleaning`` also marks what was cleaned away."""
    spans = [
        Span(t.start, t.end, TONES[Standing(t.standing)], f"目标：{t.title}", f"s-t{t.pk}", f"#t-{t.pk}")
        for t in targets
        if t.start is not None and t.end is not None
    ]
    spans += [
        Span(
            masked["span"]["start"],
            masked["span"]["end"],
            "due",
            "被遮盖，请对照原件填写",
            f"s-m{index}",
            f"#m-{index}",
        )
        for index, masked in enumerate(version.reading.get("masked", []))
    ]
    if cleaning:
        spans += [
            Span(artefact["start"], artefact["end"], label=artefact["reason"], removed=True)
            for artefact in version.reading.get("artefacts_removed", [])
        ]
    return spans


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The text cut wherever a span begins or ends; where several lie over each other the shortest gives the mark."""
    kept = [span for span in spans if 0 <= span.start < span.end <= len(text)]
    cuts = sorted({0, len(text), *(span.start for span in kept), *(span.end for span in kept)})
    begins = sorted(kept, key=lambda span: span.start)
    found: list[Piece] = []
    open_spans: list[Span] = []
    at = 0
    for start, end in pairwise(cuts):
        while at < len(begins) and begins[at].start <= start:
            open_spans.append(begins[at])
            at += 1
        open_spans = [span for span in open_spans if span.end > start]
        over = sorted(open_spans, key=lambda span: span.end - span.start)
        marked = next((span for span in over if span.tone), None)
        removed = next((span for span in over if span.removed), None)
        anchor = next((span.anchor for span in over if span.anchor and span.start == start), "")
        found.append(
            Piece(
                text[start:end],
                marked.tone if marked else "",
                (removed or marked or Span(0, 0)).label,
                anchor,
                marked.url if marked else "",
                removed is not None,
            )
        )
    return found
