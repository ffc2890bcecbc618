"""Ordered lectures (点单): asked for by a town, matched by the district, confirmed by the lecturer, held and rated."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import connection, transaction

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.attendance import actions as attendance
from niangjia.core import clock, codes
from niangjia.core.refused import Refused
from niangjia.family_education import queries, rules
from niangjia.family_education.actions.activities import Entry, enter, tell
from niangjia.family_education.actions.common import note
from niangjia.family_education.kinds import Audience, Field, Mode, OrderState
from niangjia.family_education.models import Activity, LectureOrder, Lecturer, OrderStep


@dataclass(frozen=True, slots=True)
class Wanted:
    """A lecture a town asks for; naive times are times in China."""

    field: Field
    starts_at: dt.datetime
    ends_at: dt.datetime
    place: str
    venue: str
    expected: int
    audience: Audience = Audience.PARENTS
    course_id: int | None = None
    venue_kind_id: int | None = None
    note: str = ""


@transaction.atomic
def order_lecture(*, wanted: Wanted, by: Acting, token: uuid.UUID) -> LectureOrder:
    """Ask for a lecture. Sent twice (the same ``token``) it is one. Raises Refused by field."""
    by.require(Verb.FAMILY_ORDER)
    if known := LectureOrder.objects.filter(token=token).first():
        return known
    starts_at, ends_at, wrong = clock.in_china(wanted.starts_at), clock.in_china(wanted.ends_at), dict[str, str]()
    if starts_at <= clock.now():
        wrong["day"] = "请选今天以后的时间；已办过的活动请直接登记。"
    if ends_at <= starts_at:
        wrong["ends"] = "结束时间应晚于开始时间。"
    if not codes.contains(by.place, wanted.place):
        wrong["place"] = "授课地不在您的管理范围内。请重新选择。"
    if not wanted.venue.strip():
        wrong["venue"] = "请填写地点。"
    if not 0 < wanted.expected <= rules.MOST_HEADS:
        wrong["expected"] = f"预计人数应在1至{rules.MOST_HEADS:,}之间。"
    wrong |= rules.numbers_in({"venue": wanted.venue, "note": wanted.note})
    if wrong:
        raise Refused("点单还没有提交，请改正标出的地方。", wrong)
    assert by.unit_id is not None
    order, made = LectureOrder.objects.get_or_create(
        token=token,
        defaults={
            "unit_id": by.unit_id, "place": wanted.place, "field": wanted.field, "course_id": wanted.course_id,
            "starts_at": starts_at, "ends_at": ends_at, "venue": wanted.venue.strip(),
            "venue_kind_id": wanted.venue_kind_id, "audience": wanted.audience, "expected": wanted.expected,
            "note": wanted.note.strip(),
        },
    )  # fmt: skip
    if made:
        _step(order, OrderState.REQUESTED, by)
    return order


def may_settle(order: LectureOrder, *, by: Acting) -> bool:
    """Whether an order is hers to hold or cancel: her own unit's, or any for who arranges lectures."""
    return by.unit_id == order.unit_id or by.may(Verb.FAMILY_MANAGE)


def _order(order_id: int, wanted: OrderState, revision: int | None) -> LectureOrder:
    """An order that may become what is wanted, held until the end of the act. Raises Refused."""
    order = (
        LectureOrder.objects.select_for_update(of=("self",))
        .select_related("unit", "activity__session")
        .get(pk=order_id)
    )
    if revision is not None and order.revision != revision:
        raise Refused("在您打开页面之后，这单有了变化。页面已换成最新内容，请看过再办。")
    if not rules.may_become(order.state, wanted):
        raise Refused(f"这单已是“{order.get_state_display()}”，不能改为“{wanted.label}”。")
    return order


def _require_settling(order: LectureOrder, by: Acting) -> None:
    if not may_settle(order, by=by):
        raise Refused("由点单单位或区妇联办理。")


def _step(order: LectureOrder, state: OrderState, by: Acting, remark: str = "") -> None:
    OrderStep.objects.create(
        order=order, state=state, lecturer_id=order.lecturer_id, at=clock.now(), by=by.signature, note=remark[:200],
        place=order.place,
    )  # fmt: skip
    _note(order.pk, state, by, order.place, field=Field(order.field).label)


def _note(order_id: int, state: OrderState, by: Acting, place: str, **summary: object) -> None:
    note(f"family.order.{state.lower()}", f"lecture_order:{order_id}", place, **summary, by=by)


def _move(order: LectureOrder, state: OrderState, by: Acting, remark: str = "") -> LectureOrder:
    order.state, order.revision = state, order.revision + 1
    order.save()
    _step(order, state, by, remark)
    return order


@transaction.atomic
def match(*, order_id: int, lecturer_id: int, by: Acting, revision: int | None = None) -> LectureOrder:
    """A person picks the lecturer; the lecture stands in the calendar and waits for her word. Raises Refused."""
    by.require(Verb.FAMILY_MANAGE)
    order = _order(order_id, OrderState.MATCHED, revision)
    Lecturer.objects.select_for_update(no_key=True).filter(pk=lecturer_id).first()  # two who ask for her take turns
    chosen = next((one for one in queries.proposals(order) if one.teacher.pk == lecturer_id), None)
    if chosen is None:
        raise Refused("这位讲师不在聘期内，请另选。", {"lecturer": "请重新选择。"})
    name = chosen.teacher.name
    if chosen.busy:
        raise Refused(f"{name}{rules.BUSY}，请另选讲师或与点单单位商量改时间。")
    order.lecturer_id = lecturer_id
    if order.activity is None:
        order.activity = _planned(order, by)
    else:
        activity = order.activity
        activity.lecturer_id, activity.lecturer_name = lecturer_id, name
        activity.save(update_fields=["lecturer", "lecturer_name"])
        attendance.move_session(
            session_id=activity.when.pk, starts_at=order.starts_at, ends_at=order.ends_at, host=name, by=by
        )
    return _move(order, OrderState.MATCHED, by)


def _planned(order: LectureOrder, by: Acting) -> Activity:
    """The lecture of an order: the town's own activity, of the mobile school."""
    course = order.course
    entry = Entry(
        title=course.title if course else f"{Field(order.field).label}讲座", mode=Mode.MOBILE, field=Field(order.field),
        starts_at=order.starts_at, ends_at=order.ends_at, venue=order.venue, audience=Audience(order.audience),
        venue_kind_id=order.venue_kind_id, course_id=order.course_id, lecturer_id=order.lecturer_id, public=True,
    )  # fmt: skip
    activity, _ = enter(entry, unit=order.unit, place=order.place, by=by, token=uuid.uuid4())
    tell(activity, "family.activity", by=by)
    return activity


@transaction.atomic
def note_answer(*, order_id: int, yes: bool, by: Acting, note: str = "", revision: int | None = None) -> LectureOrder:
    """What the lecturer said on the telephone, written down by who called her. Raises Refused."""
    by.require(Verb.FAMILY_MANAGE)
    state = OrderState.CONFIRMED if yes else OrderState.DECLINED
    return _move(_order(order_id, state, revision), state, by, note or "电话答复")


@transaction.atomic
def answer_with_code(*, index: bytes, order_id: int, yes: bool, by: Acting, note: str = "") -> None:
    """The lecturer's own word, by her personal code. The database looks at the code and at the order. Raises Refused."""
    by.require(Verb.OBJECT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, lecturer FROM family_lecturer_answer(%s, %s, %s, %s, %s, %s)",
            [index, clock.today(), order_id, yes, note.strip()[:200], clock.now()],
        )
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise Refused("这单已经变化，请刷新页面再看。")
    _note(order_id, OrderState.CONFIRMED if yes else OrderState.DECLINED, by, row[0], name=row[1])


@transaction.atomic
def cancel_order(*, order_id: int, reason: str, by: Acting, revision: int | None = None) -> LectureOrder:
    """The town needs it no longer, or it cannot be. The lecture leaves the calendar. Raises Refused."""
    by.require(Verb.FAMILY_ORDER)
    order = _order(order_id, OrderState.CANCELLED, revision)
    _require_settling(order, by)
    if len(reason.strip()) < 2:
        raise Refused("请写明取消的原因。", {"reason": "请填写。"})
    if order.activity is not None:
        attendance.cancel_session(session_id=order.activity.when.pk, reason=reason, by=by)
    return _move(order, OrderState.CANCELLED, by, reason.strip())


@transaction.atomic
def hold_order(
    *, order_id: int, heads: int, by: Acting, households: int | None = None, note: str = "", revision: int | None = None
) -> LectureOrder:
    """The ordered lecture was given, before so many. Raises Refused."""
    by.require(Verb.FAMILY_ORDER)
    order = _order(order_id, OrderState.HELD, revision)
    _require_settling(order, by)
    if not 0 < heads <= rules.MOST_HEADS:
        raise Refused(f"参加人次应在1至{rules.MOST_HEADS:,}之间。", {"heads": "请核对。"})
    assert order.activity is not None
    attendance.hold_session(session_id=order.activity.when.pk, headcount=heads, households=households, note=note, by=by)
    return _move(order, OrderState.HELD, by)


@transaction.atomic
def rate_order(*, order_id: int, stars: int, remark: str, by: Acting, revision: int | None = None) -> LectureOrder:
    """What the town thought of the lecture, 1 to 5; for the panel's own use, never published. Raises Refused."""
    by.require(Verb.FAMILY_ORDER)
    order = _order(order_id, OrderState.RATED, revision)
    if by.unit_id != order.unit_id:
        raise Refused("由点单单位评价。")
    if not 1 <= stars <= 5:
        raise Refused("评分为1至5分。", {"stars": "请选1至5分。"})
    order.stars, order.remark = stars, remark.strip()[:200]
    return _move(order, OrderState.RATED, by)
