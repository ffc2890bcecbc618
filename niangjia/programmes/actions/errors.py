"""Why an act is refused. Every message is for the user."""

from __future__ import annotations

from niangjia.core.refused import Refused

__all__ = ["Changed", "Refused"]


class Changed(Refused):
    """Someone else changed the case since the page was opened; the page shows what changed."""

    def __init__(self, since_revision: int) -> None:
        super().__init__("在您打开页面之后，其他人已办理了这份申请。请查看变化后再决定。")
        self.since_revision = since_revision
