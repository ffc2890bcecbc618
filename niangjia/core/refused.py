"""Why an act is refused. Every message is for the user."""

from __future__ import annotations


class Refused(Exception):
    """The act is not possible now; the message says why and what to do. ``fields`` maps field keys to messages."""

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}
