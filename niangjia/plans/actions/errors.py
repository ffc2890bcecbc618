"""Why an act on a plan is refused. Every message is for the user."""

from __future__ import annotations

from niangjia.core.refused import Refused

__all__ = ["Changed", "Refused"]


class Changed(Refused):
    """Someone else changed the draft since the page was opened."""

    def __init__(self) -> None:
        super().__init__("在您打开页面之后，其他人修改了这份草稿。页面已换成最新内容，请核对后重做这一步。")
