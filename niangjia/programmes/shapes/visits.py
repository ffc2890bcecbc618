"""What follows a visit: a need that was heard becomes a ticket with a deadline, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from niangjia.core.refused import Refused
from niangjia.intake.sheet import Field, Kind, Sensitivity

DANGER = Field(
    "danger",
    "听到的事有没有人身危险",
    Kind.YESNO,
    Sensitivity.PLAIN,
    required=False,
    help="有危险的，请马上拨打110，不要等待办理。",
)


def raise_what_was_heard(*, case: Any, answers: Mapping[str, Any], by: Any) -> None:
    """Write down as a need what was heard, under the unit that heard it. Nothing heard, nothing raised.

    Raises Refused when somebody may be in danger: that is never a ticket (反家庭暴力法 art. 13-15).
    """
    from niangjia.needs import actions as needs
    from niangjia.needs.kinds import NeedKind

    heard = str(answers.get("heard", "")).strip()
    if not heard:
        return
    try:
        needs.raise_need(
            place=case.place,
            kind=NeedKind.OTHER,
            text=heard,
            danger=answers.get("danger") == "yes",
            checked=answers.get("danger") == "no",
            raised_from=f"case:{case.pk}",
            person=case.person,
            by=by,
        )
    except needs.Danger as danger:
        if not danger.words:
            raise Refused(
                "可能有人身危险。请马上拨打110，不要等待办理；走访没有登记。处置以后，不写这件事再登记走访。",
                {"danger": "请先拨打110。"},
            ) from danger
        words = "、".join(f"“{word}”" for word in danger.words)
        raise Refused(
            f"听到的话里有{words}，可能有人身危险。有危险的，请马上拨打110；问过确实没有的，请选“否”再登记。",
            {"danger": "请问清楚再选。"},
        ) from danger
