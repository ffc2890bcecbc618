"""Named writes of the outbox: endpoints, messages, and the sending itself.

Sending never happens inside a transaction of the one who asks. A message and its copies are written with the act that
causes them; a job claims copies (committed as SENDING, so that two workers never take the same one), carries them with
no transaction open, and writes what became of each. A process that dies in between leaves SENDING behind, and
``recover`` decides by what the carrier can tell.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from niangjia.access.acting import Acting, acting_as, record
from niangjia.access.verbs import Verb
from niangjia.channels import carriers, rules
from niangjia.channels.carriers import Carrier, NotSent, Outgoing, Sent, TryLater, carrier
from niangjia.channels.kinds import READY, Audience, DeliveryState, Form
from niangjia.channels.models import Attempt, Delivery, Endpoint, Message
from niangjia.core import clock, codes, sealing
from niangjia.core.refused import Refused
from niangjia.files import queries as files
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit

JOB: Final = "channels.carry"
THREADS: Final = 32
TO_CONTEXT: Final = "channels_delivery.to"


# --- endpoints -----------------------------------------------------------------------------------------------------


@transaction.atomic
def save_endpoint(
    *,
    name: str,
    carrier_key: str,
    unit: Unit,
    entries: Mapping[str, str],
    by: Acting,
    per_minute: int | None = None,
    quiet: tuple[dt.time, dt.time] | None = None,
    endpoint_id: int | None = None,
) -> Endpoint:
    """Set up or change an endpoint. A secret left empty keeps what it was. Raises Refused naming the field."""
    by.require(Verb.CHANNEL_MANAGE)
    if not codes.contains(by.place, unit.place):
        raise Refused("这个单位不在您的管理范围内。", {"unit": "请重新选择。"})
    chosen = carrier(carrier_key)
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint_id) if endpoint_id else None
    kept = json.loads(endpoint.entries.reveal()) if endpoint else {}
    given = {want.name: entries.get(want.name, "").strip() or kept.get(want.name, "") for want in chosen.wants}
    missing = {want.name: f"请填写{want.label}。" for want in chosen.wants if want.needed and not given[want.name]}
    if not name.strip():
        missing["name"] = "请填写名称。"
    if missing:
        raise Refused("还有几项没有填。", missing)
    rate = per_minute or chosen.limits.per_minute
    if rate > chosen.limits.per_minute:
        raise Refused(
            f"{chosen.label}每分钟最多{chosen.limits.per_minute}条。",
            {"per_minute": f"请填1到{chosen.limits.per_minute}。"},
        )
    endpoint = endpoint or Endpoint(ready_at=clock.now())
    endpoint.name, endpoint.carrier, endpoint.unit, endpoint.place = name.strip(), carrier_key, unit, unit.place
    endpoint.entries, endpoint.per_minute = json.dumps(given, ensure_ascii=False), rate
    endpoint.quiet_from, endpoint.quiet_until = quiet or (None, None)
    endpoint.fault = ""
    endpoint.full_clean(exclude=["entries", "ready_at"])
    endpoint.save()
    _note_endpoint(endpoint, by, "channel.endpoint")
    return endpoint


@transaction.atomic
def set_open(*, endpoint_id: int, is_open: bool, by: Acting) -> Endpoint:
    """Stop an endpoint or take it up again; its copies wait meanwhile."""
    by.require(Verb.CHANNEL_MANAGE)
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint_id)
    endpoint.is_open = is_open
    endpoint.fault = "" if is_open else endpoint.fault
    endpoint.save(update_fields=["is_open", "fault"])
    _note_endpoint(endpoint, by, "channel.open" if is_open else "channel.close")
    return endpoint


def _note_endpoint(endpoint: Endpoint, by: Acting, verb: str) -> None:
    record(
        by=by, stream=f"endpoint:{endpoint.pk}", verb=verb, subject=f"endpoint:{endpoint.pk}", place=endpoint.place,
        summary={"name": endpoint.name, "carrier": endpoint.carrier},
    )  # fmt: skip


# --- messages ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copy:
    """Where one copy goes: an endpoint, and for personal channels to whom."""

    endpoint: Endpoint
    to: str = ""


@transaction.atomic
def send(
    *,
    subject: str,
    place: str,
    audience: Audience,
    form: Form,
    copies: Iterable[Copy],
    by: Acting,
    title: str = "",
    text: str = "",
    url: str = "",
    data: Mapping[str, str] | None = None,
    picture: StoredFile | None = None,
    file: StoredFile | None = None,
    not_before: dt.datetime | None = None,
) -> Message:
    """Put a message into the outbox with all its copies; it leaves after this transaction is committed.

    The caller answers for the right to say it: a room's action, or CHANNEL_SEND on a page. Raises Refused when a
    channel cannot take such a message, so that nobody finds out after it was approved.
    """
    wanted = list(copies)
    for copy in wanted:
        _fits(copy, carrier(copy.endpoint.carrier), audience, form, title, text, picture, file)
    message = Message.objects.create(
        subject=subject, place=place, audience=audience, form=form, title=title, text=text, url=url,
        data=dict(data or {}), picture=picture, file=file, made_at=clock.now(), made_by=by.signature,
        made_by_account=by.account_id,
    )  # fmt: skip
    begin = max(not_before or clock.now(), clock.now())
    Delivery.objects.bulk_create([_delivery(message, copy, begin) for copy in wanted], batch_size=1000)
    record(
        by=by, stream=f"message:{message.pk}", verb="channel.send", subject=subject, place=place,
        summary={"message": message.pk, "audience": audience, "copies": len(wanted)},
    )  # fmt: skip
    _soon()
    return message


def _soon() -> None:
    """Wake the worker once this transaction is committed. Should that fail, the minute's round finds the copies."""

    def defer() -> None:
        with suppress(AlreadyEnqueued):
            app.configure_task(JOB, queueing_lock=JOB).defer()

    transaction.on_commit(defer, robust=True)


def _fits(
    copy: Copy, chosen: Carrier, audience: Audience, form: Form, title: str, text: str,
    picture: StoredFile | None, file: StoredFile | None,
) -> None:  # fmt: skip
    name, limits = copy.endpoint.name, chosen.limits
    if chosen.personal != (audience is Audience.PERSONAL):
        raise Refused(f"“{name}”{'只能发给个人' if chosen.personal else '是多人看到的渠道，不能发个人消息'}。")
    if chosen.personal and not copy.to:
        raise Refused(f"发往“{name}”的消息没有写收件人。")
    if form not in chosen.forms:
        raise Refused(f"“{name}”不能发{form.label}，可发：{'、'.join(sorted(one.label for one in chosen.forms))}。")
    for what, used, limit in (
        ("标题", rules.size(title), limits.title_bytes),
        ("正文", rules.size(text), limits.text_bytes),
        ("图片", picture.size if picture else 0, limits.picture_bytes),
        ("文件", file.size if file else 0, limits.file_bytes),
    ):
        if limit and used > limit:
            raise Refused(f"“{name}”的{what}最多{limit}字节，现有{used}字节。请缩短或换一个渠道。")


def _delivery(message: Message, copy: Copy, begin: dt.datetime) -> Delivery:
    endpoint = copy.endpoint
    by_hand = carrier(endpoint.carrier).by_hand
    due = begin
    if endpoint.quiet_from is not None and endpoint.quiet_until is not None:
        due = rules.out_of_quiet_hours(timezone.localtime(begin), endpoint.quiet_from, endpoint.quiet_until)
    mark = sealing.blind(copy.to, context=TO_CONTEXT) if copy.to else None
    return Delivery(
        message=message, endpoint=endpoint, place=endpoint.place, due_at=due, to=copy.to or None, to_index=mark,
        key=f"nj-{message.pk}-{endpoint.pk}" + (f"-{mark.hex()[:12]}" if mark else ""),
        state=DeliveryState.BY_HAND if by_hand else DeliveryState.QUEUED,
    )  # fmt: skip


@transaction.atomic
def withdraw(*, message_id: int, by: Acting) -> int:
    """Stop what has not gone out yet. Returns how many copies are out already and need a correction of their own."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    waiting = message.deliveries.select_for_update(of=("self",)).filter(state__in=(*READY, DeliveryState.BY_HAND))
    stopped = list(waiting.values_list("pk", flat=True))
    now = clock.now()
    Delivery.objects.filter(pk__in=stopped).update(
        state=DeliveryState.CANCELLED, ended_at=now, ended_by=by.signature, note="已撤回"
    )
    message.withdrawn_at = message.withdrawn_at or now
    message.save(update_fields=["withdrawn_at"])
    out = message.deliveries.filter(state__in=(DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNSURE)).count()
    record(
        by=by, stream=f"message:{message.pk}", verb="channel.withdraw", subject=message.subject, place=message.place,
        summary={"message": message.pk, "stopped": len(stopped), "out": out},
    )  # fmt: skip
    return out


@transaction.atomic
def settle(*, delivery_id: int, went_out: bool, by: Acting) -> Delivery:
    """A person says what became of a copy: carried by hand ("已转发"), or unsure and now known; else it is sent again."""
    by.require(Verb.CHANNEL_SEND)
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("message").get(pk=delivery_id)
    state = DeliveryState(delivery.state)
    if state not in (DeliveryState.BY_HAND, DeliveryState.UNSURE, DeliveryState.FAILED):
        raise Refused(f"这一条已是“{state.label}”，不用再处理。")
    now = clock.now()
    if went_out:
        delivery.state, delivery.ended_at, delivery.ended_by = DeliveryState.SENT, now, by.signature
        delivery.note = "人工确认已发出"
    elif state is DeliveryState.BY_HAND:
        delivery.state, delivery.ended_at, delivery.ended_by = DeliveryState.CANCELLED, now, by.signature
        delivery.note = "人工取消"
    else:
        delivery.state, delivery.due_at, delivery.attempts = DeliveryState.QUEUED, now, 0
        delivery.ended_at, delivery.note = None, "人工要求重发"
        _soon()
    delivery.save()
    Attempt.objects.create(delivery=delivery, place=delivery.place, at=now, state=delivery.state, note=delivery.note)
    record(
        by=by, stream=f"message:{delivery.message_id}", verb="channel.settle", subject=delivery.message.subject,
        place=delivery.place, summary={"delivery": delivery.pk, "state": delivery.state},
    )  # fmt: skip
    return delivery


# --- carrying ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Outcome:
    delivery_id: int
    endpoint_id: int
    place: str
    state: DeliveryState
    reference: str = ""
    code: str = ""
    note: str = ""
    after: float = 0.0
    endpoint_dead: bool = False


def claim(*, by: Acting, endpoints: int = THREADS) -> list[Delivery]:
    """Take due copies for this process, at most one burst an endpoint and never more than its rate allows."""
    now = clock.now()
    with acting_as(by):
        waiting = Delivery.objects.filter(endpoint=OuterRef("pk"), state__in=READY, due_at__lte=now)
        sending = Delivery.objects.filter(endpoint=OuterRef("pk"), state=DeliveryState.SENDING)
        free = Endpoint.objects.filter(Exists(waiting), ~Exists(sending), is_open=True, ready_at__lte=now)
        locked = free.select_for_update(of=("self",), skip_locked=True).order_by("ready_at")
        room = {one.pk: one for one in locked.defer("entries")[:endpoints]}
        turn = Window(RowNumber(), partition_by="endpoint", order_by=["due_at", "id"])
        due = Delivery.objects.filter(endpoint__in=room, state__in=READY, due_at__lte=now).annotate(turn=turn)
        taken: dict[int, list[int]] = defaultdict(list)
        for pk, endpoint in due.filter(turn__lte=rules.BURST).order_by("turn").values_list("pk", "endpoint"):
            one = room[endpoint]
            if len(taken[endpoint]) < rules.allowed(one.ready_at, now, per_minute=one.per_minute):
                taken[endpoint].append(pk)
        for endpoint, copies in taken.items():
            one = room[endpoint]
            one.ready_at = rules.ready_after(one.ready_at, now, len(copies), per_minute=one.per_minute)
        Endpoint.objects.bulk_update([room[endpoint] for endpoint in taken], ["ready_at"])
        mine = Delivery.objects.filter(pk__in=[pk for copies in taken.values() for pk in copies])
        mine.update(state=DeliveryState.SENDING, claimed_at=now, attempts=F("attempts") + 1)
        rows = mine.select_related("endpoint", "message__picture", "message__file")
        return list(rows.order_by("endpoint_id", "due_at", "id"))


def carry(*, by: Acting, seconds: float = 50.0, threads: int = THREADS) -> int:
    """Send what is due until nothing is or the time is over. Returns how many copies were tried.

    Must be called outside a transaction: what is claimed has to be visible to other workers before it is sent.
    """
    if connection.in_atomic_block:
        raise RuntimeError("sending must not happen inside a transaction")
    recover(by=by)
    end = clock.now() + dt.timedelta(seconds=seconds)
    tried = 0
    with ThreadPoolExecutor(threads) as pool:
        while clock.now() < end and (claimed := claim(by=by, endpoints=threads)):
            groups: dict[int, list[Delivery]] = defaultdict(list)
            for delivery in claimed:
                groups[delivery.endpoint_id].append(delivery)
            prepared = [[(one, _outgoing(one)) for one in group] for group in groups.values()]
            running = [
                pool.submit(_carry_group, group, json.loads(group[0][0].endpoint.entries.reveal()))
                for group in prepared
            ]
            for done in as_completed(running):
                _write(done.result(), by)
            tried += len(claimed)
    return tried


def _outgoing(delivery: Delivery) -> Outgoing:
    message = delivery.message
    return Outgoing(
        key=delivery.key, form=Form(message.form), title=message.title, text=message.text, url=message.url,
        to=delivery.to.reveal() if delivery.to else "", data=message.data,
        picture=files.read(message.picture) if message.picture else b"",
        file=files.read(message.file) if message.file else b"", file_name=message.file.name if message.file else "",
    )  # fmt: skip


def _carry_group(group: Sequence[tuple[Delivery, Outgoing]], entries: Mapping[str, str]) -> list[_Outcome]:
    """Send an endpoint's copies one after the other. After a fault of the endpoint the rest goes back untried."""
    found: list[_Outcome] = []
    broken: _Outcome | None = None
    for delivery, outgoing in group:
        blank = _Outcome(delivery.pk, delivery.endpoint_id, delivery.place, DeliveryState.QUEUED)
        if broken is not None:
            found.append(replace(blank, state=DeliveryState.WAITING, after=broken.after, note="端点暂时不通，未尝试"))
            continue
        outcome = _carry_one(delivery, outgoing, entries, blank)
        if outcome.state is DeliveryState.WAITING or outcome.endpoint_dead:
            broken = outcome
        found.append(outcome)
    return found


def _carry_one(delivery: Delivery, outgoing: Outgoing, entries: Mapping[str, str], blank: _Outcome) -> _Outcome:
    try:
        sent: Sent = carrier(delivery.endpoint.carrier).send(outgoing, entries)
    except carriers.Rejected as refused:
        return replace(
            blank, state=DeliveryState.WAITING if refused.endpoint else DeliveryState.FAILED, code=refused.code,
            note=str(refused)[:200], endpoint_dead=refused.endpoint,
        )  # fmt: skip
    except Exception as error:  # a carrier's own fault must not take the worker down
        asked = error.after if isinstance(error, TryLater) else None
        note = str(error) if isinstance(error, NotSent) else f"渠道程序出错（{type(error).__name__}），稍后重试。"
        code = error.code if isinstance(error, NotSent) else type(error).__name__
        state = DeliveryState.FAILED if rules.gives_up(delivery.attempts) else DeliveryState.WAITING
        return replace(blank, state=state, code=code[:40], note=note[:200], after=rules.wait(delivery.attempts, asked))
    return replace(blank, state=DeliveryState.SENT, reference=sent.reference[:80], note=sent.note[:200])


def _write(outcomes: Sequence[_Outcome], by: Acting) -> None:
    """Write down what became of a group, in one transaction."""
    now = clock.now()
    with acting_as(by):
        for one in outcomes:
            ended = one.state in (DeliveryState.SENT, DeliveryState.FAILED)
            untried = one.state is DeliveryState.WAITING and not one.code and not one.endpoint_dead
            Delivery.objects.filter(pk=one.delivery_id, state=DeliveryState.SENDING).update(
                state=one.state, reference=one.reference, code=one.code, note=one.note, claimed_at=None,
                due_at=now + dt.timedelta(seconds=one.after), ended_at=now if ended else None,
                attempts=F("attempts") - (1 if untried else 0),
            )  # fmt: skip
        Attempt.objects.bulk_create(
            Attempt(delivery_id=o.delivery_id, place=o.place, at=now, state=o.state, code=o.code, note=o.note)
            for o in outcomes
        )
        last = outcomes[-1]
        if any(one.endpoint_dead for one in outcomes):
            fault = next(one.note for one in outcomes if one.endpoint_dead)
            Endpoint.objects.filter(pk=last.endpoint_id).update(is_open=False, fault=fault)
            record(
                by=by, stream=f"endpoint:{last.endpoint_id}", verb="channel.fault",
                subject=f"endpoint:{last.endpoint_id}", place=last.place, summary={"fault": fault},
            )  # fmt: skip
        elif any(one.state is DeliveryState.SENT for one in outcomes):
            Endpoint.objects.filter(pk=last.endpoint_id).update(ok_at=now, fault="")


def recover(*, by: Acting) -> int:
    """Take up copies whose process died while sending: again where the provider drops doubles, else a person is asked."""
    with acting_as(by):
        stale = Delivery.objects.select_for_update(of=("self",), skip_locked=True).filter(
            state=DeliveryState.SENDING, claimed_at__lt=clock.now() - rules.STALE_AFTER
        )
        found = list(stale.select_related("endpoint"))
        for delivery in found:
            again = carrier(delivery.endpoint.carrier).tells
            delivery.state = DeliveryState.QUEUED if again else DeliveryState.UNSURE
            delivery.note = "发送中断，自动重发" if again else "发送时程序中断，可能已经发出，请到群里看一看"
            delivery.claimed_at = None
            delivery.save(update_fields=["state", "note", "claimed_at"])
            Attempt.objects.create(
                delivery=delivery, place=delivery.place, at=clock.now(), state=delivery.state, note=delivery.note
            )
    return len(found)
