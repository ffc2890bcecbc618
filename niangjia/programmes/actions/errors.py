"""Why an act is refused. Every message is for the user."""

from __future__ import annotations


class Refused(Exception):
    """The act is not possible now; the message says why and what to do. ``fields`` maps field keys to messages."""

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class Changed(Refused):
    """Someone else changed the case since the page was opened; the page shows what changed."""

    def __init__(self, since_revision: int) -> None:
        super().__init__("在您打开页面之后，其他人已办理了这份申请。请查看变化后再决定。")
        self.since_revision = since_revision
