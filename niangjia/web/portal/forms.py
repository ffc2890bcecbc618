"""Declared forms on the portal: what is required is said, refusals stand at their fields."""

from __future__ import annotations

from niangjia.intake.build import SheetForm
from niangjia.intake.sheet import Kind
from niangjia.programmes.actions.errors import Refused

AUTOCOMPLETE = {Kind.PHONE: "tel"}


def dress(form: SheetForm) -> None:
    """Mark what is required, after checking: a declared field never is by itself, since it may not apply."""
    form.use_required_attribute = False
    for field in form.asked:
        shown = form.fields[field.key]
        shown.required = field.required
        shown.widget.attrs.setdefault("autocomplete", AUTOCOMPLETE.get(field.kind, "off"))


def show_refusal(form: SheetForm, refused: Refused) -> None:
    """Put a refusal at the fields it names, or above the form."""
    at = {key: text for key, text in refused.fields.items() if key in form.fields}
    for key, text in at.items():
        form.add_error(key, text)
    if not at:
        form.add_error(None, str(refused))
