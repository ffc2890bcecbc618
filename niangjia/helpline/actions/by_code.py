"""What she does who has the answer code: add, say how content she is, take back. Wrong and unknown codes are answered alike."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock
from niangjia.core.refused import Refused
from niangjia.helpline import queries
from niangjia.helpline.actions.common import clean, note, reply_due

NO_SUCH: Final = "没有找到。请核对答复码：共12位，字母和数字。"


@transaction.atomic
def say(*, code: str, text: str, place: str, by: Acting, token: UUID | None = None) -> None:
    """She adds something; a matter that was closed is taken up again. Sent twice (the same ``token``) it stands once."""
    by.require(Verb.SPEAK)
    sealed = queries.sealed_message(clean(text, "text", needed=True))
    index = queries.code_index(code)
    number, added = queries.call("helpline_say", index, token or uuid4(), sealed, clock.now(), reply_due())
    if number is None:
        raise Refused(NO_SUCH)
    if number == "":
        raise Refused("今天补充得太多了，请明天再写，或拨打12338。急事请拨打110。")
    if added:
        note(number, "helpline.add", place, by=by)


@transaction.atomic
def rate(*, code: str, points: int, place: str, by: Acting) -> None:
    """How content she is with the answer, 1 to 5."""
    by.require(Verb.SPEAK)
    if not 1 <= points <= 5:
        raise Refused("请选1到5分。", {"points": "请选择。"})
    (number,) = queries.call("helpline_rate", queries.code_index(code), points)
    if number is None:
        raise Refused("答复以后才能评价。")
    note(number, "helpline.rate", place, by=by)


@transaction.atomic
def take_back(*, code: str, place: str, by: Acting) -> None:
    """She wants nothing more done about it. Raises Refused for what is over."""
    by.require(Verb.SPEAK)
    (number,) = queries.call("helpline_take_back", queries.code_index(code), clock.now())
    if number is None:
        raise Refused("这件来件已经结束，不用撤回。")
    note(number, "helpline.take_back", place, by=by)
