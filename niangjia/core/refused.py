"""Why an act is refused. Every message is for the user."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
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


@contextmanager
def in_words(refusals: Mapping[str, str | Refused | Callable[[], str]]) -> Iterator[None]:
    """Turn constraints of the database, by name, into the words they have here; any other error stays what it is. The
    savepoint leaves nothing half-written."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
        if name not in refusals:
            raise
        said = refusals[name]
        raise (said if isinstance(said, Refused) else Refused(said if isinstance(said, str) else said())) from error
