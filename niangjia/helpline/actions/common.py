"""What the writes of the line share. The trail keeps the number and the act, in the district's place."""

from __future__ import annotations

import datetime as dt
import json
from typing import Final

from niangjia.access.acting import Acting, record
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.core.text import plain_text
from niangjia.helpline import queries, rules
from niangjia.helpline.kinds import LIVE, State
from niangjia.helpline.models import Matter, MatterStep, Message
from niangjia.org import queries as org

LONGEST: Final = 4000  # characters of one text
LONGEST_ENVELOPE: Final = 40_000  # characters of what her browser sealed, the keys with it


def note(number: str, verb: str, place: str, *, by: Acting, **summary: object) -> None:
    """The trail of a matter: that something was done with a number. It lies in the district's place, so towns do not read it."""
    record(
        by=by, stream=f"matter:{number}", verb=verb, place=codes.district_of(place), summary={"number": number, **summary}
    )  # fmt: skip


def clean(text: str, name: str, *, needed: bool = False, longest: int = LONGEST) -> str:
    """A text as it can be kept: no control signs, no broken encodings. Raises Refused naming the field."""
    tidy = plain_text(text)
    if needed and not tidy:
        raise Refused("请写明情况。", {name: "请填写。"})
    if len(tidy) > longest:
        raise Refused(f"最多{longest}字，现有{len(tidy)}字。", {name: f"请缩短到{longest}字以内，或分两次发。"})
    return tidy


def locked(matter_id: int, revision: int | None = None) -> Matter:
    """The matter without what was said, held until the end of the act. Raises Matter.DoesNotExist where the reader may not
    see it, and Refused when it was changed meanwhile."""
    matter = Matter.objects.select_for_update(of=("self",)).defer(*queries.SEALED).get(pk=matter_id)
    if revision is not None and revision != matter.revision:
        raise Refused("在您打开页面之后，这件来件有了新的变化。页面已换成最新内容，请看过再决定。")
    return matter


def locked_for(matter_id: int, wanted: State, revision: int | None = None) -> Matter:
    """The same, of a matter that may become ``wanted``. Raises Refused for one that may not."""
    matter = locked(matter_id, revision)
    if not rules.may_become(matter.state, wanted):
        raise Refused(f"这件来件现在是“{matter.get_state_display()}”，不能改为“{wanted.label}”。")
    return matter


def save(matter: Matter, verb: str, title: str, remark: str = "", *, by: Acting, **values: object) -> Matter:
    """Keep a change, what was done, and the trail. Whoever acts has read what was new."""
    values = {"unread": False, "revision": matter.revision + 1, **values}
    for name, value in values.items():
        setattr(matter, name, value)
    # First the step: who hands a matter away sees it no more.
    _step(matter, title, by, remark)
    matter.save(update_fields=list(values))
    note(matter.number, verb, matter.place, by=by)
    return matter


def _step(matter: Matter, title: str, by: Acting, remark: str) -> None:
    MatterStep.objects.create(matter=matter, at=clock.now(), title=title, note=remark.strip() or None, by=by.signature)


def require_live(matter: Matter, act: str) -> None:
    """Raise Refused when the matter is over, or waits for somebody to say whether it is abuse."""
    if matter.state not in LIVE:
        raise Refused(f"这件来件现在是“{matter.get_state_display()}”，不能{act}。")


def require_judged(matter: Matter, act: str) -> None:
    """The same, and somebody has said what it is about and how dangerous it is."""
    if matter.state == State.RECEIVED:
        raise Refused(f"请先研判，再{act}。")
    require_live(matter, act)


def tell(matter: Matter, text: str, *, by: Acting) -> None:
    """Write to her, for whoever has the code."""
    Message.objects.create(matter=matter, at=clock.now(), from_her=False, text=text, by=by.unit_name)


def reply_due() -> dt.date:
    """The day by which she hears something of substance, counted from today."""
    today = clock.today()
    return rules.reply_by(today, queries.limits(today), org.calendar())


def sound_envelope(envelope: str) -> str:
    """What a browser sealed is taken as it is, if it has the form. Raises Refused."""
    try:
        found = json.loads(envelope) if len(envelope) <= LONGEST_ENVELOPE else None
        sound = isinstance(found, dict) and set(found) == {"v", "iv", "text", "keys"} and bool(found["keys"])
    except ValueError:
        sound = False
    if not sound:
        raise Refused("加密的内容不完整，没有收到。请刷新页面再发一次，或拨打12338。")
    return envelope
