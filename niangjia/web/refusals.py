"""Why an act was refused, shown where the user looks for it."""

from __future__ import annotations

from django.forms import BaseForm

from niangjia.core.refused import Refused


def show_refusal(form: BaseForm, refused: Refused) -> None:
    """Put a refusal at the fields it names, or above the form."""
    at = {key: text for key, text in refused.fields.items() if key in form.fields}
    for key, text in at.items():
        form.add_error(key, text)
    if not at:
        form.add_error(None, str(refused))
