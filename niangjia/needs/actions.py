"""Named writes of needs. A woman or child in danger is never a queue item: ``raise_need`` refuses and says whom to call."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, subject
from niangjia.core.refused import Refused
from niangjia.needs import queries, rules
from niangjia.needs.kinds import NeedKind, NeedState
from niangjia.needs.models import Deadline, Need, NeedStep
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.people.models import Household, Person


class Danger(Refused):
    """Somebody may be in danger: call now (反家庭暴力法 art. 13-15, 未成年人保护法 art. 11). ``words`` gave the alarm."""

    def __init__(self, words: tuple[str, ...] = ()) -> None:
        super().__init__("可能有人身危险。请马上拨打110，不要等待办理；需求没有登记。")
        self.words = words


def _note(need: Need, by: Acting, verb: str, **summary: object) -> None:
    record(by=by, stream=f"need:{need.pk}", verb=verb, place=need.place, summary={"kind": need.kind, **summary})


def _step(need: Need, title: str, by: Acting, note: str = "") -> None:
    NeedStep.objects.create(
        need=need, at=clock.now(), title=title, note=note or None, by=by.signature, by_account=by.account_id,
        place=need.place,
    )  # fmt: skip


@transaction.atomic
def alarm(*, place: str, by: Acting, raised_from: str = "") -> None:
    """Keep in the trail that the call-now page was shown, where and from what; nothing of what was said."""
    by.require(Verb.NEED_RAISE)
    record(
        by=by, stream="needs:alarm", verb="need.alarm", subject=raised_from or "need", place=place,
        summary={"shown": "110"},
    )  # fmt: skip


@transaction.atomic
def raise_need(
    *,
    place: str,
    kind: NeedKind,
    text: str,
    danger: bool,
    by: Acting,
    checked: bool = False,
    raised_from: str = "",
    person: Person | None = None,
    household: Household | None = None,
) -> Need:
    """Write a need down; it lies with the unit that heard it until it is assigned.

    ``danger`` is the answer to the question whether somebody is in danger. Raises Danger when it is yes, and when the
    words are alarming and nobody has ``checked`` that it is no.
    """
    by.require(Verb.NEED_RAISE)
    if not codes.contains(by.place, place):
        raise Refused("地点不在您的管理范围内。", {"place": "请重新选择。"})
    if raised_from and not subject.is_subject(raised_from):
        raise ValueError(f"{raised_from!r} is no subject such as 'case:12'")
    if not text.strip():
        raise Refused("请写下需求。", {"text": "请填写。"})
    words = rules.alarming(text)
    if danger or (words and not checked):
        raise Danger(words)
    today, calendar = clock.today(), org.calendar()
    limit = queries.deadline(kind, today)
    assert by.unit_id is not None
    need = Need.objects.create(
        place=place, kind=kind, text=text.strip(), raised_from=raised_from, person=person, household=household,
        raised_by=by.signature, raised_by_account=by.account_id, raised_at=clock.now(), unit_id=by.unit_id,
        assign_by=rules.due_on(today, limit.assign_days, calendar),
        due_on=rules.due_on(today, limit.done_days, calendar),
    )  # fmt: skip
    _step(need, "登记", by)
    _note(need, by, "need.raise", raised_from=raised_from)
    return need


def _locked(need_id: int, wanted: NeedState, revision: int | None) -> Need:
    need = Need.objects.select_for_update(of=("self",)).get(pk=need_id)
    if revision is not None and revision != need.revision:
        raise Refused("在您打开页面之后，其他人已办理了这件需求。页面已换成最新内容，请看过再决定。")
    if not rules.may_become(need.state, wanted):
        raise Refused(f"这件需求已是“{need.get_state_display()}”，不能再改为“{wanted.label}”。")
    return need


@transaction.atomic
def assign(*, need_id: int, unit: Unit, by: Acting, revision: int | None = None, note: str = "") -> Need:
    """Put a need into the hands of a federation of its place or above it, or take it into one's own."""
    by.require(Verb.NEED_HANDLE)
    need = _locked(need_id, NeedState.ASSIGNED, revision)
    if not codes.contains(unit.place, need.place):
        raise Refused(f"{unit.short_name}不管这个地方，请选所在村（社区）、镇街或区妇联。", {"unit": "请重新选择。"})
    need.unit, need.state, need.department = unit, NeedState.ASSIGNED, None
    need.revision += 1
    need.save(update_fields=["unit", "state", "department", "revision"])
    _step(need, f"交{unit.short_name}办理", by, note)
    _note(need, by, "need.assign", unit=unit.short_name)
    return need


@transaction.atomic
def hand_over(*, need_id: int, department: Unit, by: Acting, revision: int | None = None, note: str = "") -> Need:
    """A department takes it up; the unit stays answerable until there is an answer."""
    by.require(Verb.NEED_HANDLE)
    need = _locked(need_id, NeedState.HANDED_OVER, revision)
    if not queries.departments().filter(pk=department.pk).exists():
        raise Refused("请选择一个部门。", {"department": "请重新选择。"})
    need.state, need.department = NeedState.HANDED_OVER, department
    need.revision += 1
    need.save(update_fields=["state", "department", "revision"])
    _step(need, f"转{department.short_name}", by, note)
    _note(need, by, "need.hand_over", department=department.short_name)
    return need


@transaction.atomic
def finish(*, need_id: int, solved: bool, answer: str, by: Acting, revision: int | None = None) -> Need:
    """End a need with what she was told: solved, or answered without being solved."""
    by.require(Verb.NEED_HANDLE)
    wanted = NeedState.DONE if solved else NeedState.CLOSED
    if not answer.strip():
        raise Refused("请写明怎么解决的，或怎么答复的。", {"answer": "请填写。"})
    need = _locked(need_id, wanted, revision)
    need.state, need.answer, need.ended_at = wanted, answer.strip(), clock.now()
    need.on_time = clock.today() <= need.due_on
    need.revision += 1
    need.save(update_fields=["state", "answer", "ended_at", "on_time", "revision"])
    _step(need, wanted.label, by, answer.strip())
    _note(need, by, "need.finish", state=wanted, on_time=need.on_time)
    return need


@transaction.atomic
def open_need(*, need_id: int, by: Acting) -> Need:
    """Read what was said, which leaves a trail entry."""
    if not by.verbs & {Verb.NEED_RAISE, Verb.NEED_HANDLE}:
        by.require(Verb.NEED_HANDLE)
    need = queries.need(need_id)
    _note(need, by, "need.open")
    return need


@transaction.atomic
def set_deadline(*, kind: NeedKind, assign_days: int, done_days: int, valid_from: dt.date, by: Acting) -> Deadline:
    """Deadlines for needs raised from a day on. Those raised before keep theirs."""
    by.require(Verb.NEED_HANDLE)
    if by.level is not codes.Level.DISTRICT:
        raise Refused("办理期限由区妇联维护。")
    if not 1 <= assign_days <= done_days:
        raise Refused("期限至少1个工作日，办结期限不短于分派期限。", {"done_days": "请核对。"})
    if valid_from < clock.today():
        raise Refused("启用日期不能早于今天，已登记的需求期限不变。", {"valid_from": "不能早于今天。"})
    made, _ = Deadline.objects.update_or_create(
        kind=kind, valid_from=valid_from, defaults={"assign_days": assign_days, "done_days": done_days}
    )
    record(
        by=by, stream="needs:deadlines", verb="need.deadline", subject=f"deadline:{made.pk}", place=by.place,
        summary={"kind": kind, "assign": assign_days, "done": done_days, "from": str(valid_from)},
    )  # fmt: skip
    return made
