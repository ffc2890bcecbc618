"""What is done about a matter, from the first look to its end."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.helpline import queries, rules
from niangjia.helpline.actions.common import (
    clean,
    locked,
    locked_for,
    note,
    reply_due,
    require_live,
    save,
    sound_envelope,
    tell,
)
from niangjia.helpline.kinds import (
    ANSWERED,
    ENDED,
    VIOLENT,
    AgeBand,
    ClosedWhy,
    Kind,
    Relation,
    Risk,
    State,
    Topic,
)
from niangjia.helpline.models import FollowUp, Matter
from niangjia.org.models import Unit


@transaction.atomic
def open_matter(*, matter_id: int, by: Acting) -> Matter:
    """Read what she said, which leaves a trail entry. Raises Matter.DoesNotExist where the database does not show it."""
    return _opened(matter_id, "helpline.open", by)


@transaction.atomic
def open_sealed(*, matter_id: int, by: Acting) -> Matter:
    """Hand the envelope out to the browser that can open it, which leaves a trail entry of its own.

    Raises Matter.DoesNotExist, also for a matter without an envelope.
    """
    matter = _opened(matter_id, "helpline.unseal", by)
    if not matter.envelope:
        raise Matter.DoesNotExist(f"no envelope in {matter.number}")
    return matter


def _opened(matter_id: int, verb: str, by: Acting) -> Matter:
    by.require(Verb.HELPLINE_HANDLE)
    matter = queries.matter(matter_id)
    note(matter.number, verb, matter.place, by=by)
    return matter


@transaction.atomic
def reseal(*, matter_id: int, envelope: str, by: Acting) -> Matter:
    """One who could open it sealed it anew, for those who answer for it now."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked(matter_id)
    if not queries.matter(matter_id).envelope:
        raise Refused("这件来件没有加密封存。")
    return save(matter, "helpline.reseal", "重新封存", envelope=sound_envelope(envelope), by=by)


@transaction.atomic
def release(*, matter_id: int, by: Acting) -> Matter:
    """It is no abuse after all."""
    by.require(Verb.HELPLINE_HANDLE)
    return save(locked_for(matter_id, State.RECEIVED), "helpline.release", "放行", state=State.RECEIVED, by=by)


@transaction.atomic
def set_aside(*, matter_id: int, by: Acting) -> Matter:
    """A person says that it is abuse. It stays kept and counts nowhere."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked(matter_id)
    if matter.state != State.HELD:
        raise Refused("只有待甄别的来件可以这样处理。")
    return save(
        matter, "helpline.set_aside", "认定为骚扰或广告", state=State.CLOSED, closed_at=clock.now(), closed_why=ClosedWhy.ABUSE, by=by
    )  # fmt: skip


@transaction.atomic
def triage(
    *, matter_id: int, risk: Risk, topic: Topic, kind: Kind, place: str, by: Acting, minor: bool = False, pregnant: bool = False,
    disabled: bool = False, elder: bool = False, age_band: AgeBand | str = "", relation: Relation | str = "", note: str = "",
    revision: int | None = None,
) -> Matter:  # fmt: skip
    """Say what it is about and how dangerous it is. What is secret stays so."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked(matter_id, revision)
    require_live(matter, "研判")
    wanted = State.TRIAGED if matter.state == State.RECEIVED else State(matter.state)
    if codes.district_of(place) != codes.district_of(matter.place) or not codes.contains(by.place, place):
        raise Refused("地点不在您的管理范围内。", {"place": "请重新选择。"})
    due = clock.today() if risk is Risk.EMERGENCY else matter.due_on
    return save(
        matter, "helpline.triage", f"研判：{risk.label}", note, state=wanted, risk=risk, topic=topic, kind=kind, place=place,
        minor=minor, pregnant=pregnant, disabled=disabled, elder=elder, age_band=age_band, relation=relation, due_on=due,
        secret=matter.secret or rules.is_secret(topic, minor=minor, risk=risk), by=by,
    )  # fmt: skip


@transaction.atomic
def accept(*, matter_id: int, by: Acting, revision: int | None = None) -> Matter:
    """Accept it and tell her so, with the day the law sets (信访工作条例 art. 22, 34)."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked_for(matter_id, State.ACCEPTED, revision)
    today = clock.today()
    values: dict[str, Any] = {"state": State.ACCEPTED, "told_on": today}
    if rules.is_petition(matter.kind):
        values["done_by"] = values["due_on"] = rules.done_by(today, queries.limits(today))
    matter = save(matter, "helpline.accept", "受理", by=by, **values)
    tell(matter, f"您反映的事项已受理，{matter.due_on:%Y年%m月%d日}前答复您。", by=by)
    return matter


@transaction.atomic
def begin(*, matter_id: int, by: Acting, note: str = "", revision: int | None = None) -> Matter:
    """Take it in hand."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked_for(matter_id, State.IN_HAND, revision)
    if matter.state in ENDED:
        raise Refused("已办结的来件请用“重新办理”，写明理由。")
    return save(matter, "helpline.begin", "办理", note, state=State.IN_HAND, by=by)


@transaction.atomic
def note_step(*, matter_id: int, title: str, note: str, by: Acting) -> Matter:
    """Write down what was done: a call, a visit, the police told."""
    by.require(Verb.HELPLINE_HANDLE)
    if not title.strip():
        raise Refused("请写明做了什么。", {"title": "请填写。"})
    return save(locked(matter_id), "helpline.note", title.strip()[:80], note, by=by)


@transaction.atomic
def advise(*, matter_id: int, text: str, by: Acting, revision: int | None = None) -> Matter:
    """Answer at once, or say that it is not ours and where to go (信访工作条例 art. 22): no more is to be done."""
    by.require(Verb.HELPLINE_HANDLE)
    said = clean(text, "text", needed=True)
    matter = locked_for(matter_id, State.ADVISED, revision)
    tell(matter, said, by=by)
    return save(
        matter, "helpline.advise", "当场解答", state=State.ADVISED, told_on=clock.today(), by=by, **_first_answer(matter)
    )  # fmt: skip


@transaction.atomic
def reply(*, matter_id: int, text: str, by: Acting, revision: int | None = None) -> Matter:
    """Answer her. After violence two follow-ups are set down."""
    by.require(Verb.HELPLINE_HANDLE)
    said = clean(text, "text", needed=True)
    matter = locked_for(matter_id, State.REPLIED, revision)
    today = clock.today()
    first, second = rules.follow_ups(today, queries.limits(today))
    tell(matter, said, by=by)
    if matter.topic in VIOLENT:
        for day in (first, second):
            FollowUp.objects.get_or_create(matter=matter, due_on=day)
    return save(matter, "helpline.reply", "答复", state=State.REPLIED, due_on=first, by=by, **_first_answer(matter))


def _first_answer(matter: Matter) -> dict[str, Any]:
    """The first answer is the one that counts for the clock."""
    if matter.answered_at is not None:
        return {}
    return {"answered_at": clock.now(), "in_time": clock.today() <= matter.due_on}


@transaction.atomic
def extend(*, matter_id: int, reason: str, by: Acting, revision: int | None = None) -> Matter:
    """Thirty more days, once, and she is told why (信访工作条例 art. 34)."""
    by.require(Verb.HELPLINE_HANDLE)
    why = clean(reason, "reason", needed=True, longest=200)
    matter = locked(matter_id, revision)
    if matter.done_by is None or matter.state in ENDED:
        raise Refused("只有已受理、未办结的信访事项可以延长。")
    if matter.extended_why:
        raise Refused("已经延长过一次，不能再延长（信访工作条例第三十四条）。")
    by_day = rules.extended(matter.done_by, queries.limits(clock.today()))
    matter = save(
        matter, "helpline.extend", "延长办理期限", why, done_by=by_day, due_on=by_day, extended_why=why, by=by
    )
    tell(matter, f"您反映的事项情况复杂，办理期限延长到{by_day:%Y年%m月%d日}。理由：{why}", by=by)
    return matter


@transaction.atomic
def assign(*, matter_id: int, unit: Unit, handler: queries.Person, by: Acting, revision: int | None = None) -> Matter:
    """Put it into other hands. Of secret ones only the supervisor does, and she goes on seeing it."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked(matter_id, revision)
    require_live(matter, "交办")
    if not codes.contains(unit.place, matter.place):
        raise Refused(f"{unit.short_name}不管这个地方。请先在研判里改正地点，或另选单位。", {"unit": "请重新选择。"})
    if handler.account == matter.supervisor_account:
        raise Refused("办理人和督办人须是两个人，请另选办理人。", {"handler": "请重新选择。"})
    if handler not in queries.handlers(unit):
        raise Refused(f"{handler.name}不能办理来件，请另选。", {"handler": "请重新选择。"})
    if matter.secret and by.account_id != matter.supervisor_account:
        raise Refused(f"保密来件由督办人（{matter.supervisor}）交办。")
    return save(
        matter, "helpline.assign", f"交{handler.name}办理", unit=unit, handler_account=handler.account, handler=handler.name,
        unread=True, by=by,
    )  # fmt: skip


@transaction.atomic
def follow_up(*, matter_id: int, safe: bool, note: str, by: Acting) -> Matter:
    """Look after her: the next follow-up that is open, or one more. Is she not safe, the matter is in hand again at once."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked(matter_id)
    if matter.state not in ANSWERED:
        raise Refused("答复以后再回访。")
    today = clock.today()
    one = (
        matter.follow_ups.filter(done_at__isnull=True).first()
        or FollowUp.objects.get_or_create(matter=matter, due_on=today)[0]
    )
    one.done_at, one.safe, one.note, one.by = clock.now(), safe, note.strip() or None, by.signature
    one.save()
    if not safe:
        return save(
            matter, "helpline.follow_up", "回访：目前不安全", state=State.IN_HAND, risk=Risk.HIGH, secret=True, due_on=today, by=by
        )  # fmt: skip
    left = matter.follow_ups.filter(done_at__isnull=True).first()
    values: dict[str, Any] = {"due_on": left.due_on} if left else {"state": State.FOLLOWED_UP}
    return save(matter, "helpline.follow_up", "回访：安全", by=by, **values)


@transaction.atomic
def close(*, matter_id: int, why: ClosedWhy, by: Acting, note: str = "", revision: int | None = None) -> Matter:
    """End it. Not while a letter is out, a mediation runs, or she is still to be looked after."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = locked_for(matter_id, State.CLOSED, revision)
    if why in (ClosedWhy.WITHDRAWN, ClosedWhy.ABUSE):
        raise Refused("撤回由本人提出；骚扰或广告在甄别时处理。", {"why": "请重新选择。"})
    if matter.mediations.filter(result="").exists():
        raise Refused("还在调解，请先登记调解结果。")
    if why is not ClosedWhy.HANDED_OVER and matter.referrals.filter(answered_on__isnull=True).exists():
        raise Refused("部门还没有答复。等答复，或以“已由有权机关办理”办结。", {"why": "请重新选择。"})
    if why is not ClosedWhy.NO_CONTACT and (left := matter.follow_ups.filter(done_at__isnull=True).first()):
        raise Refused(f"还有回访没有做（{left.due_on:%m月%d日}）。")
    return save(
        matter, "helpline.close", f"办结：{why.label}", note, state=State.CLOSED, closed_at=clock.now(), closed_why=why, by=by
    )  # fmt: skip


@transaction.atomic
def reopen(*, matter_id: int, reason: str, by: Acting) -> Matter:
    """Take up again what was ended."""
    by.require(Verb.HELPLINE_HANDLE)
    why = clean(reason, "reason", needed=True, longest=400)
    matter = locked_for(matter_id, State.IN_HAND)
    if matter.state not in ENDED or matter.closed_why == ClosedWhy.ABUSE:
        raise Refused("只有已办结或已撤回的来件可以重新办理。")
    return save(
        matter, "helpline.reopen", "重新办理", why, state=State.IN_HAND, closed_at=None, closed_why="",
        reopened=matter.reopened + 1, due_on=reply_due(), by=by,
    )  # fmt: skip
