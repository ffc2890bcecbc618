"""Why an act is refused. Every message is for the user."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model


class Refused(Exception):
    """The act is not possible now; the message says why and what to do. ``fields`` maps field keys to messages."""

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


def check(row: Model, **how: Any) -> None:
    """Raise Refused, with the model's own words at each field, for what a row may not hold; ``how`` as in full_clean."""
    try:
        row.full_clean(**how)
    except ValidationError as error:
        fields = {key: " ".join(texts) for key, texts in error.message_dict.items()}
        raise Refused(" ".join(fields.values()), fields) from None
