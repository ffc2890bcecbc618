"""Plan reading against labels an officer would set: precision and recall of items, targets, suggestions; plans a minute.

Labels in `plan_texts/*.yaml`, beside the text of the same name:
`items` [label, level, first words]; `targets` [value or range, unit, direction word, ISO deadline];
`suggestions` [programme, first words of the item]. A find counts only if all of its parts agree.
`python -m benchmarks.plan_reading --faults` shows each disagreement.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks._lib import Claim, at_least
from niangjia.plans.reader import PlanReading, read_plan

TEXTS = Path(__file__).with_name("plan_texts")
DEMO_LENGTH = 1_300  # characters of the plan the demo reads
KINDS = ("items", "targets", "suggestions")
BOUND = 0.95  # of precision and recall alike
PLANS_A_MINUTE = 1_000
Find = tuple[Any, ...]


@dataclass(slots=True)
class Score:
    """Finds and labels that agree, all finds, all labels."""

    hits: int = 0
    found: int = 0
    labelled: int = 0

    @property
    def precision(self) -> float:
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.hits / self.labelled if self.labelled else 1.0


def expected(labels: dict[str, Any]) -> dict[str, Counter[Find]]:
    """The labels of one plan as comparable finds."""
    return {
        "items": Counter((str(label), level, start) for label, level, start in labels["items"]),
        "targets": Counter(
            (str(value), unit, word, str(day) if day else None) for value, unit, word, day in labels["targets"]
        ),
        "suggestions": Counter((programme, start) for programme, start in labels["suggestions"]),
    }


def found(reading: PlanReading, labels: dict[str, Any]) -> dict[str, Counter[Find]]:
    """What the reader found; an item's first words are cut to those of the label it fits, if it fits one."""
    starts = sorted({start for _, _, start in labels["items"]}, key=len, reverse=True)

    def first_words(index: int | None) -> str | None:
        if index is None:
            return None
        words = reading.items[index].text
        return next((start for start in starts if words.startswith(start) and (start or not words)), words[:14])

    return {
        "items": Counter((item.label, item.level, first_words(item.index)) for item in reading.items),
        "targets": Counter(
            (
                str(target.value) if target.value_max is None else f"{target.value}-{target.value_max}",
                target.unit,
                target.qualifier,
                target.deadline,
            )
            for target in reading.targets
        ),
        "suggestions": Counter((one.programme, first_words(one.item)) for one in reading.suggestions),
    }


def corpus() -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Name, text and labels of each plan of the set."""
    for path in sorted(TEXTS.glob("*.yaml")):
        labels = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield path.stem, path.with_suffix(".txt").read_bytes().decode(), labels


def scores(show_faults: bool = False) -> dict[str, Score]:
    """Scores over the whole set, by kind of find."""
    result = {kind: Score() for kind in KINDS}
    for name, text, labels in corpus():
        wanted, got = expected(labels), found(read_plan(text), labels)
        for kind in KINDS:
            score, hits = result[kind], (wanted[kind] & got[kind]).total()
            score.hits += hits
            score.found += got[kind].total()
            score.labelled += wanted[kind].total()
            if show_faults:
                for sign, faults in (("missed", wanted[kind] - got[kind]), ("false", got[kind] - wanted[kind])):
                    for fault in faults.elements():
                        print(f"{name} {kind} {sign}: {fault}")
    return result


def plans_a_minute(seconds: float) -> float:
    """Plans of the demo's length read in a minute by one process, each text a different one."""
    texts = [text for _, text, _ in corpus()]
    joined = "\n".join(texts)
    windows = [joined[start : start + DEMO_LENGTH] for start in range(0, len(joined) - DEMO_LENGTH, 97)]
    read_plan(windows[0])
    count, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        read_plan(windows[count % len(windows)])
        count += 1
    return count * 60 / (time.process_time() - begun)


def claims(seconds: float = 3.0) -> list[Claim]:
    """What this benchmark claims, with the measured values and their bounds."""
    result = [
        at_least(
            f"plan reading: {measure} of {kind}",
            round(getattr(score, measure), 4),
            BOUND,
            "share",
            f"{score.labelled} labelled",
        )
        for kind, score in scores().items()
        for measure in ("precision", "recall")
    ]
    speed = round(plans_a_minute(seconds))
    return [*result, at_least("plan reading: plans of the demo's length on one core", speed, PLANS_A_MINUTE, "/min")]


if __name__ == "__main__":
    scores(show_faults="--faults" in sys.argv)
    for claim in claims():
        print(f"{claim.claim}: {claim.value} {claim.unit} (bound {claim.bound}, holds {claim.holds})")
