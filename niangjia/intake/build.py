"""From a declared form to a Django form. Parsing and messages come from the declaration alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from niangjia.core import identity
from niangjia.core.text import plain_text
from niangjia.intake.sheet import Field, Kind, Section, Sheet

Places = Callable[[], Sequence[tuple[str, Any]]]


class _Plain(forms.CharField):
    """A text without what came along when it was pasted. Its length is that of the text, not of the markup."""

    def to_python(self, value: Any) -> str:
        text = plain_text(super().to_python(value) or "")
        return text if isinstance(self.widget, forms.Textarea) else " ".join(text.split("\n"))


class _Parsed(forms.CharField):
    """A text field whose value is read by one of the house's own parsers."""

    def __init__(self, parse: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parse = parse

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return self.parse(text)
        except identity.IdentityError as error:
            raise ValidationError(str(error)) from error


def _id_number(text: str) -> str:
    return identity.parse_id(text).number


def build_field(field: Field, places: Places) -> forms.Field:
    """One form field. It is never required at this level: what applies depends on the other answers."""
    common: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": False}
    match field.kind:
        case Kind.TEXT:
            return _Plain(max_length=field.max_length, **common)
        case Kind.LONGTEXT:
            return _Plain(max_length=field.max_length, widget=forms.Textarea(attrs={"rows": 4}), **common)
        case Kind.INTEGER:
            return forms.IntegerField(
                min_value=field.minimum,
                max_value=field.maximum,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                **common,
            )
        case Kind.MONEY:
            return forms.DecimalField(
                min_value=Decimal(field.minimum or 0),
                max_digits=12,
                decimal_places=2,
                widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
                **common,
            )
        case Kind.DATE:
            return forms.DateField(
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
                error_messages={"invalid": "日期请按“2026-03-08”的格式填写。"},
                **common,
            )
        case Kind.YESNO:
            return forms.ChoiceField(choices=[("yes", "是"), ("no", "否")], widget=forms.RadioSelect, **common)
        case Kind.CHOICE:
            return forms.ChoiceField(choices=list(field.choices), widget=forms.RadioSelect, **common)
        case Kind.CHOICES:
            return forms.MultipleChoiceField(choices=list(field.choices), widget=forms.CheckboxSelectMultiple, **common)
        case Kind.NAME:
            return _Parsed(identity.parse_name, max_length=40, **common)
        case Kind.ID_NUMBER:
            return _Parsed(_id_number, max_length=40, **common)
        case Kind.PHONE:
            return _Parsed(
                identity.parse_phone, max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}), **common
            )
        case Kind.BANK_CARD:
            return _Parsed(
                identity.parse_card, max_length=40, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **common
            )
        case Kind.PLACE:
            return forms.ChoiceField(choices=lambda: [("", "请选择"), *places()], **common)
        case Kind.AGREE:
            return forms.BooleanField(**common)


class SheetForm(forms.Form):
    """The form of one section or of a whole sheet; ``answers`` gives JSON-ready values for what applies."""

    sheet: Sheet
    asked: tuple[Field, ...]
    known: Mapping[str, Any]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        together = {**self.known, **{k: v for k, v in data.items() if v not in (None, "")}}
        for field in self.asked:
            if field.key in self.errors or not field.is_shown(together):
                continue
            value = data.get(field.key)
            if field.kind is Kind.AGREE and not value:
                self.add_error(field.key, f"请勾选“{field.label}”。不同意则无法继续办理。")
            elif field.required and value in (None, "", []):
                self.add_error(field.key, f"请填写“{field.label}”。")
        return data

    @property
    def answers(self) -> dict[str, Any]:
        together = {**self.known, **self.cleaned_data}
        return {
            f.key: plain(self.cleaned_data.get(f.key))
            for f in self.asked
            if f.is_shown(together) and self.cleaned_data.get(f.key) not in (None, "", [])
        }


def plain(value: Any) -> Any:
    """A value as JSON keeps it: dates in ISO, money as text with its decimals."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if hasattr(value, "isoformat") else value


def form_class(
    sheet: Sheet, *, section: Section | None = None, known: Mapping[str, Any] | None = None, places: Places = list
) -> type[SheetForm]:
    """The form of ``section``, or of all sections. ``known`` are answers given on other pages."""
    asked = section.fields if section else tuple(sheet)
    attributes: dict[str, Any] = {field.key: build_field(field, places) for field in asked}
    attributes |= {"sheet": sheet, "asked": asked, "known": known or {}}
    return type("SectionForm", (SheetForm,), attributes)
