"""From answers to what a reader may see: shown, masked, or left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from niangjia.core import masking
from niangjia.intake.sheet import Field, Kind, Section, Sensitivity, Sheet

PlaceName = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a read-only view. ``masked`` tells that there is more to reveal, with a reason, under ``reveal``."""

    key: str
    label: str
    text: str
    masked: bool
    sensitivity: Sensitivity


def show(
    sheet: Sheet, answers: Mapping[str, Any], *, clear: frozenset[Sensitivity], place_name: PlaceName = str
) -> list[tuple[Section, list[Shown]]]:
    """Sections with their answered fields. Sensitivities outside ``clear`` are masked, or only said to exist."""
    shown: list[tuple[Section, list[Shown]]] = []
    for section in sheet.sections:
        lines = [
            _line(field, answers[field.key], clear, place_name)
            for field in section.fields
            if answers.get(field.key) not in (None, "", []) and field.is_shown(answers)
        ]
        if lines:
            shown.append((section, lines))
    return shown


def text_of(field: Field, value: Any, place_name: PlaceName = str) -> str:
    """A value in the reader's words."""
    match field.kind:
        case Kind.YESNO:
            return "是" if value == "yes" else "否"
        case Kind.AGREE:
            return "已同意" if value else "未同意"
        case Kind.CHOICES:
            return "、".join(field.label_of(v) for v in value)
        case Kind.CHOICE:
            return field.label_of(value)
        case Kind.MONEY:
            return f"{value}元"
        case Kind.PLACE:
            return place_name(str(value))
        case _:
            return str(value)


def _line(field: Field, value: Any, clear: frozenset[Sensitivity], place_name: PlaceName) -> Shown:
    text = text_of(field, value, place_name)
    # Numbers are masked for everybody; whoever needs one asks for it with a reason.
    match field.kind:
        case Kind.ID_NUMBER:
            return Shown(field.key, field.label, masking.mask_id(text), True, field.sensitivity)
        case Kind.BANK_CARD:
            return Shown(field.key, field.label, masking.mask_card(text), True, field.sensitivity)
        case Kind.PHONE:
            return Shown(field.key, field.label, masking.mask_phone(text), True, field.sensitivity)
    if field.sensitivity is Sensitivity.PLAIN or field.sensitivity in clear:
        return Shown(field.key, field.label, text, False, field.sensitivity)
    return Shown(field.key, field.label, "已登记（无权查看）", False, field.sensitivity)
