"""Declared forms on the portal: what is required is said, refusals stand at their fields."""

from __future__ import annotations

from niangjia.intake.build import SheetForm
from niangjia.intake.sheet import Kind

AUTOCOMPLETE = {Kind.PHONE: "tel"}


def dress(form: SheetForm) -> None:
    """Mark what is required, after checking: a declared field never is by itself, since it may not apply."""
    form.use_required_attribute = False
    for field in form.asked:
        shown = form.fields[field.key]
        shown.required = field.required
        shown.widget.attrs.setdefault("autocomplete", AUTOCOMPLETE.get(field.kind, "off"))
