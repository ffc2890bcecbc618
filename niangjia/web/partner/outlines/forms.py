"""What a department says: its numbers, line by line, its plan for an order, its progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms

from niangjia.core import clock
from niangjia.outlines import rules
from niangjia.outlines.actions import Filled
from niangjia.outlines.kinds import Direction
from niangjia.outlines.models import Indicator
from niangjia.outlines.queries import Line
from niangjia.outlines.rules import PARTS, Doubt, Entry, Part, RuleError

DATE = {"type": "date"}


@dataclass(slots=True)
class Box:
    """One input of a line: its name, what stands in it, what is wrong with it."""

    name: str
    label: str
    value: str
    error: str = ""


@dataclass(slots=True)
class Fields:
    """The inputs of one indicator, as stored or as typed."""

    line: Line
    typed: Mapping[str, str] | None
    numbers: list[Box] = field(default_factory=list)
    parts: list[tuple[str, list[Box]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        indicator, value = self.line.indicator, self.line.value
        if indicator.shape.is_rate:
            named = (("numerator", indicator.numerator_name), ("denominator", indicator.denominator_name))
            self.numbers = [
                self._box(key, f"{label}（{indicator.counted_in}）", value and getattr(value, key))
                for key, label in named
            ]
        elif indicator.direction != Direction.QUAL:
            self.numbers = [self._box("value", f"{indicator.name}（{indicator.unit}）", value and value.value)]
        for kind in indicator.breakdowns:
            for key, name in PARTS[kind]:
                stored = (value.parts if value else {}).get(key, {})
                boxes = [
                    self._box(f"{key}.{side}", f"{name}：{label}", stored.get(side) or None)
                    for side, label in (("numerator", "分子"), ("denominator", "分母"))
                ]
                self.parts.append((name, boxes))

    def _box(self, key: str, label: str, stored: object) -> Box:
        name = self.name(key)
        text = rules.short(stored) if isinstance(stored, Decimal) else str(stored or "")
        return Box(name, label, text if self.typed is None else self.typed.get(name, ""))

    def name(self, key: str) -> str:
        return f"i{self.line.indicator.pk}.{key}"

    def text(self, key: str) -> str:
        """What was typed under a key, or what is stored."""
        if self.typed is not None:
            return self.typed.get(self.name(key), "")
        value = self.line.value
        match key:
            case "note":
                return value.note if value else ""
            case "measures":
                return value.measures_taken if value else ""
            case "qual":
                return "" if value is None or value.value is None else str(int(value.value))
            case _:
                return str(value.answers.get(key.removeprefix("answer."), "")) if value else ""

    @property
    def note(self) -> str:
        return self.text("note")

    @property
    def measures(self) -> str:
        return self.text("measures")

    @property
    def qual(self) -> str:
        return self.text("qual")

    @property
    def prefix(self) -> str:
        return f"i{self.line.indicator.pk}"

    @property
    def warnings(self) -> list[tuple[Doubt, str, str]]:
        """Each warning with the name of its answer and what was answered."""
        found = [d for d in self.line.doubts if d.weight is rules.Weight.WARN]
        return [(d, self.name(f"answer.{d.key}"), self.text(f"answer.{d.key}")) for d in found]

    def refuse(self, doubts: Sequence[Doubt]) -> None:
        """Show what cannot stand at the input it concerns."""
        for doubt in doubts:
            box = next((one for one in self.numbers if one.name == self.name(doubt.field)), None)
            if box is not None and not box.error:
                box.error = doubt.message
            else:
                self.problems.append(doubt.message)

    def read(self) -> Filled | None:
        """What the line says, or None where something cannot be read; the boxes then say what."""
        assert self.typed is not None
        numbers = {
            box.name: self._number(box) for box in [*self.numbers, *(b for _, boxes in self.parts for b in boxes)]
        }
        if any(box.error for box in self.numbers) or self.problems:
            return None
        indicator = self.line.indicator
        if indicator.direction == Direction.QUAL:
            entry = Entry(value={"1": Decimal(1), "0": Decimal(0)}.get(self.qual))
        elif indicator.shape.is_rate:
            entry = Entry(
                numerator=numbers[self.name("numerator")],
                denominator=numbers[self.name("denominator")],
                parts=self._parts(numbers),
            )
        else:
            entry = Entry(value=numbers[self.name("value")], parts=self._parts(numbers))
        answers = {
            name.removeprefix(f"{self.prefix}.answer."): text
            for name, text in self.typed.items()
            if name.startswith(f"{self.prefix}.answer.")
        }
        revision = self.typed.get(self.name("revision"), "0")
        return Filled(
            indicator.pk, int(revision) if revision.isdecimal() else 0, entry, self.note, self.measures, answers
        )  # fmt: skip

    def _parts(self, numbers: Mapping[str, Decimal | None]) -> dict[str, Part]:
        keys = [key for kind in self.line.indicator.breakdowns for key, _ in PARTS[kind]]
        return {
            key: Part(numbers.get(self.name(f"{key}.numerator")), numbers.get(self.name(f"{key}.denominator")))
            for key in keys
        }

    def _number(self, box: Box) -> Decimal | None:
        try:
            return rules.parse_number(box.value, box.label)
        except RuleError as error:
            box.error = str(error)
            if box not in self.numbers:
                self.problems.append(str(error))
            return None

    @property
    def indicator(self) -> Indicator:
        return self.line.indicator


class SheetForm(forms.Form):
    file = forms.FileField(label="填好的表（.xlsx）", error_messages={"required": "请选择文件。"})


class ReturnForm(forms.Form):
    value = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label="退回原因", max_length=300, error_messages={"required": "请写明退回原因，部门据此修改。"}
    )


class PlanForm(forms.Form):
    """The answer to an order."""

    plan = forms.CharField(label="整改措施", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    owner = forms.CharField(label="责任人（职务）", max_length=60)
    finish_on = forms.DateField(label="完成时限", widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE))


class ProgressForm(forms.Form):
    """What was done in a quarter."""

    quarter = forms.ChoiceField(label="季度")
    text = forms.CharField(label="进展", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    value = forms.DecimalField(
        label="当前值",
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=4,
        help_text="有阶段数据的可填，不作为年度值。",
    )

    def __init__(self, *args: object, since: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        today = clock.today()
        quarters = [
            (year, quarter)
            for year in range(today.year, since - 1, -1)
            for quarter in range(4, 0, -1)
            if (year, quarter) <= (today.year, clock.quarter_of(today))
        ]
        self.fields["quarter"].choices = [(f"{y}-{q}", f"{y}年第{q}季度") for y, q in quarters]  # type: ignore[attr-defined]
