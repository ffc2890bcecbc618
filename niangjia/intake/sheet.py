"""A form as declared data: one declaration gives the phone form, the read-only view, masking and sealing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a field holds; the widget, the parsing and the way it is shown follow from it."""

    TEXT = "text"
    LONGTEXT = "longtext"
    INTEGER = "integer"
    MONEY = "money"  # yuan, two decimals
    DATE = "date"
    YESNO = "yesno"
    CHOICE = "choice"
    CHOICES = "choices"
    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    BANK_CARD = "bank_card"
    PLACE = "place"  # a village code of the district
    AGREE = "agree"  # must be ticked


class Sensitivity(StrEnum):
    """Who may see an answer. All but PLAIN are sealed at rest."""

    PLAIN = "plain"
    IDENTITY = "identity"
    HEALTH = "health"
    BANK = "bank"


class SheetError(Exception):
    """A form declaration that cannot be right."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``shown_if`` names another field and the answers that make this one appear and count."""

    key: str
    label: str
    kind: Kind
    sensitivity: Sensitivity
    required: bool = True
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    shown_if: tuple[str, tuple[str, ...]] | None = None
    max_length: int = 100
    minimum: int | None = None
    maximum: int | None = None

    def __post_init__(self) -> None:
        if (self.kind in (Kind.CHOICE, Kind.CHOICES)) != bool(self.choices):
            raise SheetError(f"字段“{self.key}”的选项与类型不符。")

    def is_shown(self, answers: Mapping[str, Any]) -> bool:
        """Whether the field applies, given the other answers."""
        if self.shown_if is None:
            return True
        key, wanted = self.shown_if
        given = answers.get(key)
        return bool(set(given) & set(wanted)) if isinstance(given, (list, tuple)) else str(given) in wanted

    def label_of(self, value: Any) -> str:
        """A choice's label; other values as text."""
        return dict(self.choices).get(str(value), str(value))


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the form on a phone; a block on the desk."""

    key: str
    title: str
    fields: tuple[Field, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentKind:
    """A paper the form asks for."""

    key: str
    label: str
    required: bool
    sensitivity: Sensitivity
    help: str = ""
    most: int = 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole form."""

    sections: tuple[Section, ...]
    attachments: tuple[AttachmentKind, ...] = ()

    def __post_init__(self) -> None:
        keys = [field.key for field in self]
        if len(set(keys)) != len(keys):
            raise SheetError("表单中有重复的字段。")
        for field in self:
            if field.shown_if and field.shown_if[0] not in keys:
                raise SheetError(f"字段“{field.key}”依赖不存在的字段“{field.shown_if[0]}”。")

    def __iter__(self) -> Iterator[Field]:
        for section in self.sections:
            yield from section.fields

    def field(self, key: str) -> Field:
        return next(field for field in self if field.key == key)

    def section(self, key: str) -> Section:
        return next(section for section in self.sections if section.key == key)

    def split(self, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The answers that may lie open and those that must be sealed; answers of hidden fields are dropped."""
        plain: dict[str, Any] = {}
        secret: dict[str, Any] = {}
        for field in self:
            if field.key in answers and field.is_shown(answers):
                (plain if field.sensitivity is Sensitivity.PLAIN else secret)[field.key] = answers[field.key]
        return plain, secret

    def missing(self, answers: Mapping[str, Any]) -> list[Field]:
        """Required fields that apply and have no answer."""
        return [f for f in self if f.required and f.is_shown(answers) and answers.get(f.key) in (None, "", [])]
