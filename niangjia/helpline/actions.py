"""Named writes of the line. What comes in comes through one door of the database, which says who answers for it; who brings
it in sees it again only by its code. What the trail keeps is the number and the act, in the district's place."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection, transaction

from niangjia.access import queries as access
from niangjia.access.acting import Acting, ActorKind, record
from niangjia.access.jobs import later
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, sealing
from niangjia.core.numbers import next_number
from niangjia.core.refused import Refused, check
from niangjia.core.scanner import scan_text
from niangjia.core.text import plain_text
from niangjia.helpline import queries, rules
from niangjia.helpline.kinds import (
    ENDED,
    VIOLENT,
    AgeBand,
    Agreed,
    AskedBy,
    ClosedWhy,
    Kind,
    MediationResult,
    ReferralKind,
    Relation,
    Risk,
    Role,
    State,
    Topic,
    Way,
)
from niangjia.helpline.models import (
    CommonAnswer,
    Duty,
    FollowUp,
    Key,
    Matter,
    MatterStep,
    Mediation,
    Message,
    Referral,
    Terms,
)
from niangjia.needs.rules import alarming
from niangjia.org import queries as org
from niangjia.org.models import Unit

ALERT: Final = "helpline.alert"
LONGEST: Final = 4000
ENVELOPE: Final = 40_000
CLOSED_DOOR: Final = "网上来件还没有开通。请拨打妇女维权公益服务热线12338；遇到人身危险请拨打110。"
SHOUT: Final = "现在有危险，请马上拨打110，或拨打12338。"


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody brings. ``token`` makes sending twice harmless; the answer code comes from it."""

    token: UUID
    way: Way
    facts: str
    place: str
    kind: Kind = Kind.CONSULT
    role: Role = Role.SELF
    topic: Topic = Topic.OTHER
    demand: str = ""
    name: str = ""
    phone: str = ""
    safe_time: str = ""
    danger: bool = False
    minor: bool = False
    pregnant: bool = False
    disabled: bool = False
    elder: bool = False
    age_band: str = ""
    relation: str = ""
    envelope: str = ""
    sender: str = ""
    doubtful: bool = False  # the network sends too much: a person looks first


@dataclass(frozen=True, slots=True)
class Received:
    """What she is given. ``code`` opens the answer; it is not kept anywhere and shown now."""

    number: str
    code: str
    emergency: bool
    words: tuple[str, ...] = field(default=())


def _note(number: str, by: Acting, verb: str, place: str, **summary: object) -> None:
    """An entry tells that something was done with a number, in the district's own place: towns read no more than that."""
    record(
        by=by,
        stream=f"matter:{number}",
        verb=verb,
        place=codes.district_of(place),
        summary={"number": number, **summary},
    )


def _step(matter: Matter, title: str, by: Acting, note: str = "") -> None:
    MatterStep.objects.create(matter=matter, at=clock.now(), title=title, note=note.strip() or None, by=by.signature)


def _clean(text: str, name: str, *, needed: bool = False, longest: int = LONGEST) -> str:
    """A text as it can be kept: no control signs, no broken encodings. Raises Refused naming the field."""
    tidy = plain_text(text)
    if needed and not tidy:
        raise Refused("请写明情况。", {name: "请填写。"})
    if len(tidy) > longest:
        raise Refused(f"最多{longest}字，现有{len(tidy)}字。", {name: f"请缩短到{longest}字以内，或分两次发。"})
    return tidy


def code_for(token: UUID) -> str:
    """The answer code of a form's token: the same each time it is sent, and to be guessed by nobody without the keys."""
    return rules.code_of(sealing.blind(str(token), context="helpline_matter.token"))


def _sealed(text: str, column: str) -> str | None:
    return "\\x" + sealing.seal(text, context=f"helpline_matter.{column}").hex() if text else None


def _check_envelope(envelope: str) -> str:
    """What a browser sealed is taken as it is, if it has the form. Raises Refused."""
    try:
        found = json.loads(envelope) if len(envelope) <= ENVELOPE else None
        sound = isinstance(found, dict) and set(found) == {"v", "iv", "text", "keys"} and bool(found["keys"])
    except ValueError:
        sound = False
    if not sound:
        raise Refused("加密的内容不完整，没有收到。请刷新页面再发一次，或拨打12338。")
    return envelope


@transaction.atomic
def receive(*, entry: Entry, by: Acting) -> Received:
    """Take a matter in, whatever its state of alarm; the caller says whom to call. Sent twice it is one.

    Raises Refused when nobody is on the roster or nothing was said.
    """
    if by.kind is ActorKind.DESK:
        by.require(Verb.HELPLINE_RECEIVE)
        if entry.place != codes.district_of(by.place) and not codes.contains(by.place, entry.place):
            raise Refused("地点不在您的管理范围内。", {"place": "请重新选择。"})
    else:
        by.require(Verb.SPEAK)
    envelope = _check_envelope(entry.envelope) if entry.envelope else ""
    facts = _clean(entry.facts, "facts", needed=not envelope)
    demand = _clean(entry.demand, "demand", longest=1000)
    words = alarming(f"{facts} {demand}")
    text_index = sealing.blind(facts, context=queries.TEXT_CONTEXT) if facts else None
    by_desk = by.kind is ActorKind.DESK
    held = (
        not by_desk and not entry.danger and not words and bool(facts)
        and (entry.doubtful or rules.looks_like_abuse(facts, seen=queries.repeats(text_index) if text_index else 0))
    )  # fmt: skip
    code, now = code_for(entry.token), clock.now()
    today, calendar = now.date(), org.calendar()
    limits = queries.limits(today)
    risk = Risk.EMERGENCY if entry.danger else ""
    # What only her browser can read may be anything: it is kept close.
    secret = bool(envelope) or rules.is_secret(entry.topic, minor=entry.minor, risk=risk, words=f"{facts} {demand}")
    due = today if entry.danger else rules.first_due(entry.kind, today, limits, calendar)
    given: dict[str, object] = {
        "token": str(entry.token), "place": entry.place, "kind": entry.kind, "way": entry.way, "role": entry.role,
        "topic": entry.topic, "risk": risk, "secret": secret, "minor": entry.minor, "pregnant": entry.pregnant,
        "disabled": entry.disabled, "elder": entry.elder, "age_band": entry.age_band, "relation": entry.relation,
        "facts": _sealed(facts, "facts"), "demand": _sealed(demand, "demand"),
        "name": _sealed(_clean(entry.name, "name", longest=40), "name"),
        "phone": _sealed(_clean(entry.phone, "phone", longest=40), "phone"),
        "safe_time": _sealed(_clean(entry.safe_time, "safe_time", longest=80), "safe_time"), "envelope": envelope,
        "code_index": "\\x" + queries.code_index(code).hex(), "text_index": "\\x" + text_index.hex() if text_index else None,
        "sender_index": "\\x" + sender_index(entry.sender).hex() if entry.sender else None,
        "state": State.HELD if held else State.RECEIVED, "due_on": str(due),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT made, number, known FROM helpline_receive(%s::jsonb, %s)", [json.dumps(given), now])
        made, number, known = cursor.fetchone()
    if made is None:
        raise Refused(CLOSED_DOOR)
    if not known:
        _note(number, by, "helpline.receive", entry.place, way=entry.way)
        if entry.danger:
            home = codes.district_of(entry.place)
            later(ALERT, by=access.house(home), place=home)
    return Received(number, code, entry.danger, words)


def sender_index(sender: str) -> bytes:
    return sealing.blind(sender, context=queries.SENDER_CONTEXT)


@dataclass(frozen=True, slots=True)
class Heard:
    """What to answer a message: a fresh code, or none where it was added to a matter that is open."""

    code: str
    danger: bool


NAMESPACE: Final = UUID("6f2c1f0e-8f0a-4e36-9a39-0f5b8d4c12a7")


@transaction.atomic
def hear(*, text: str, sender: str, key: str, place: str, by: Acting) -> Heard:
    """Take a message in from an account that writes as on a telephone: a second one belongs to the matter that is open.

    ``key`` is the same when the message is delivered again; then nothing more is done and the same code is answered.
    """
    by.require(Verb.SPEAK)
    said = _clean(text, "facts", needed=True)
    words = alarming(said)
    token = uuid5(NAMESPACE, key)
    code = code_for(token)
    if queries.own(code) is None:
        sealed = sealing.seal(said, context="helpline_message.text")
        number = _door("helpline_say_again", sender_index(sender), sealed, clock.now(), _reply_due())
        if number is not None:
            _note(number, by, "helpline.add", place)
            return Heard("", bool(words))
        receive(
            entry=Entry(
                token=token, way=Way.WECHAT, facts=said, place=place, kind=Kind.CONSULT, topic=rules.topic_of(said), sender=sender
            ),
            by=by,
        )  # fmt: skip
    return Heard(code, bool(words))


def _door(function: str, *given: Any) -> Any:
    """What a function of the door answers."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}({', '.join(['%s'] * len(given))})", given)
        return cursor.fetchone()[0]


def _reply_due() -> dt.date:
    today = clock.today()
    return rules.reply_by(today, queries.limits(today), org.calendar())


# ---------------------------------------------------------------- she, by her code

NO_SUCH: Final = "没有找到。请核对答复码：共12位，字母和数字。"


@transaction.atomic
def say(*, code: str, text: str, place: str, by: Acting) -> None:
    """She adds something; a matter that was closed is taken up again."""
    by.require(Verb.SPEAK)
    said = _clean(text, "text", needed=True)
    sealed = sealing.seal(said, context="helpline_message.text")
    number = _door("helpline_say", queries.code_index(code), sealed, clock.now(), _reply_due())
    if number is None:
        raise Refused(NO_SUCH)
    if number == "":
        raise Refused("今天补充得太多了，请明天再写，或拨打12338。急事请拨打110。")
    _note(number, by, "helpline.add", place)


@transaction.atomic
def rate(*, code: str, points: int, place: str, by: Acting) -> None:
    """How content she is with the answer, 1 to 5."""
    by.require(Verb.SPEAK)
    if not 1 <= points <= 5:
        raise Refused("请选1到5分。", {"points": "请选择。"})
    number = _door("helpline_rate", queries.code_index(code), points)
    if number is None:
        raise Refused("答复以后才能评价。")
    _note(number, by, "helpline.rate", place)


@transaction.atomic
def take_back(*, code: str, place: str, by: Acting) -> None:
    by.require(Verb.SPEAK)
    number = _door("helpline_take_back", queries.code_index(code), clock.now())
    if number is None:
        raise Refused("这件来件已经结束，不用撤回。")
    _note(number, by, "helpline.take_back", place)


# ---------------------------------------------------------------- handling


def _lock(matter_id: int, revision: int | None) -> Matter:
    matter = Matter.objects.select_for_update(of=("self",)).defer(*queries.SEALED).get(pk=matter_id)
    if revision is not None and revision != matter.revision:
        raise Refused("在您打开页面之后，这件来件有了新的变化。页面已换成最新内容，请看过再决定。")
    return matter


def _locked(matter_id: int, wanted: State, revision: int | None) -> Matter:
    matter = _lock(matter_id, revision)
    if not rules.may_become(matter.state, wanted):
        raise Refused(f"这件来件现在是“{matter.get_state_display()}”，不能改为“{wanted.label}”。")
    return matter


def _save(matter: Matter, by: Acting, verb: str, title: str, note: str = "", **values: object) -> Matter:
    """Keep a change, what was done, and the trail. Whoever acts has read what was new."""
    values = {"unread": False, "revision": matter.revision + 1, **values}
    for name, value in values.items():
        setattr(matter, name, value)
    # First the step: who hands a matter away sees it no more.
    _step(matter, title, by, note)
    matter.save(update_fields=list(values))
    _note(matter.number, by, verb, matter.place)
    return matter


def _tell(matter: Matter, text: str, by: Acting) -> None:
    Message.objects.create(matter=matter, at=clock.now(), from_her=False, text=text, by=by.unit_name)


def _answered(matter: Matter) -> dict[str, Any]:
    """The first answer is the one that counts for the clock."""
    if matter.answered_at is not None:
        return {}
    return {"answered_at": clock.now(), "in_time": clock.today() <= matter.due_on}


@transaction.atomic
def open_matter(*, matter_id: int, by: Acting) -> Matter:
    """Read what she said, which leaves a trail entry. Raises Matter.DoesNotExist where the database does not show it."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = queries.matter(matter_id)
    _note(matter.number, by, "helpline.open", matter.place)
    return matter


@transaction.atomic
def open_sealed(*, matter_id: int, by: Acting) -> Matter:
    """Hand the envelope out to the browser that can open it, which leaves a trail entry of its own."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = queries.matter(matter_id)
    _note(matter.number, by, "helpline.unseal", matter.place)
    return matter


@transaction.atomic
def release(*, matter_id: int, by: Acting) -> Matter:
    """It is no abuse after all."""
    by.require(Verb.HELPLINE_HANDLE)
    return _save(_locked(matter_id, State.RECEIVED, None), by, "helpline.release", "放行", state=State.RECEIVED)


@transaction.atomic
def set_aside(*, matter_id: int, by: Acting) -> Matter:
    """A person says that it is abuse. It stays kept and counts nowhere."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _lock(matter_id, None)
    if matter.state != State.HELD:
        raise Refused("只有待甄别的来件可以这样处理。")
    return _save(
        matter, by, "helpline.set_aside", "认定为骚扰或广告", state=State.CLOSED, closed_at=clock.now(), closed_why=ClosedWhy.ABUSE
    )  # fmt: skip


@transaction.atomic
def triage(
    *, matter_id: int, risk: Risk, topic: Topic, kind: Kind, place: str, by: Acting, minor: bool = False, pregnant: bool = False,
    disabled: bool = False, elder: bool = False, age_band: AgeBand | str = "", relation: Relation | str = "", note: str = "",
    revision: int | None = None,
) -> Matter:  # fmt: skip
    """Say what it is about and how dangerous it is. What is secret stays so."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _lock(matter_id, revision)
    wanted = State.TRIAGED if matter.state == State.RECEIVED else State(matter.state)
    if matter.state in (*ENDED, State.HELD):
        raise Refused(f"这件来件现在是“{matter.get_state_display()}”，不能研判。")
    if codes.district_of(place) != codes.district_of(matter.place) or not codes.contains(by.place, place):
        raise Refused("地点不在您的管理范围内。", {"place": "请重新选择。"})
    due = clock.today() if risk is Risk.EMERGENCY else matter.due_on
    return _save(
        matter, by, "helpline.triage", f"研判：{risk.label}", note, state=wanted, risk=risk, topic=topic, kind=kind, place=place,
        minor=minor, pregnant=pregnant, disabled=disabled, elder=elder, age_band=age_band, relation=relation, due_on=due,
        secret=matter.secret or rules.is_secret(topic, minor=minor, risk=risk),
    )  # fmt: skip


@transaction.atomic
def accept(*, matter_id: int, by: Acting, revision: int | None = None) -> Matter:
    """Accept it and tell her so, with the day the law sets (信访工作条例 art. 22, 34)."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _locked(matter_id, State.ACCEPTED, revision)
    today = clock.today()
    values: dict[str, Any] = {"state": State.ACCEPTED, "told_on": today}
    if rules.is_petition(matter.kind):
        values["done_by"] = values["due_on"] = rules.done_by(today, queries.limits(today))
    matter = _save(matter, by, "helpline.accept", "受理", **values)
    _tell(matter, f"您反映的事项已受理，{matter.due_on:%Y年%m月%d日}前答复您。", by)
    return matter


@transaction.atomic
def begin(*, matter_id: int, by: Acting, note: str = "", revision: int | None = None) -> Matter:
    """Take it in hand."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _locked(matter_id, State.IN_HAND, revision)
    if matter.state in ENDED:
        raise Refused("已办结的来件请用“重新办理”，写明理由。")
    return _save(matter, by, "helpline.begin", "办理", note, state=State.IN_HAND)


@transaction.atomic
def note_step(*, matter_id: int, title: str, note: str, by: Acting) -> Matter:
    """Write down what was done: a call, a visit, the police told."""
    by.require(Verb.HELPLINE_HANDLE)
    if not title.strip():
        raise Refused("请写明做了什么。", {"title": "请填写。"})
    return _save(_lock(matter_id, None), by, "helpline.note", title.strip()[:80], note)


@transaction.atomic
def advise(*, matter_id: int, text: str, by: Acting, revision: int | None = None) -> Matter:
    """Answer at once, or say that it is not ours and where to go (信访工作条例 art. 22): no more is to be done."""
    by.require(Verb.HELPLINE_HANDLE)
    said = _clean(text, "text", needed=True)
    matter = _locked(matter_id, State.ADVISED, revision)
    _tell(matter, said, by)
    return _save(
        matter, by, "helpline.advise", "当场解答", state=State.ADVISED, told_on=clock.today(), **_answered(matter)
    )


@transaction.atomic
def reply(*, matter_id: int, text: str, by: Acting, revision: int | None = None) -> Matter:
    """Answer her. After violence two follow-ups are set down."""
    by.require(Verb.HELPLINE_HANDLE)
    said = _clean(text, "text", needed=True)
    matter = _locked(matter_id, State.REPLIED, revision)
    today = clock.today()
    first, second = queries.limits(today).follow_up_days
    _tell(matter, said, by)
    if matter.topic in VIOLENT:
        for days in (first, second):
            FollowUp.objects.get_or_create(matter=matter, due_on=today + dt.timedelta(days=days))
    return _save(
        matter, by, "helpline.reply", "答复", state=State.REPLIED, due_on=today + dt.timedelta(days=first), **_answered(matter)
    )  # fmt: skip


@transaction.atomic
def extend(*, matter_id: int, reason: str, by: Acting, revision: int | None = None) -> Matter:
    """Thirty more days, once, and she is told why (信访工作条例 art. 34)."""
    by.require(Verb.HELPLINE_HANDLE)
    why = _clean(reason, "reason", needed=True, longest=200)
    matter = _lock(matter_id, revision)
    if matter.done_by is None or matter.state in ENDED:
        raise Refused("只有已受理、未办结的信访事项可以延长。")
    if matter.extended_why:
        raise Refused("已经延长过一次，不能再延长（信访工作条例第三十四条）。")
    by_day = matter.done_by + dt.timedelta(days=queries.limits(clock.today()).extension_days)
    matter = _save(matter, by, "helpline.extend", "延长办理期限", why, done_by=by_day, due_on=by_day, extended_why=why)
    _tell(matter, f"您反映的事项情况复杂，办理期限延长到{by_day:%Y年%m月%d日}。理由：{why}", by)
    return matter


@transaction.atomic
def assign(*, matter_id: int, unit: Unit, handler: queries.Person, by: Acting, revision: int | None = None) -> Matter:
    """Put it into other hands. Of secret ones only the supervisor does, and she goes on seeing it."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _lock(matter_id, revision)
    if matter.state in (*ENDED, State.HELD):
        raise Refused(f"这件来件现在是“{matter.get_state_display()}”，不能交办。")
    if not codes.contains(unit.place, matter.place):
        raise Refused(f"{unit.short_name}不管这个地方。请先在研判里改正地点，或另选单位。", {"unit": "请重新选择。"})
    if handler.account == matter.supervisor_account:
        raise Refused("办理人和督办人须是两个人，请另选办理人。", {"handler": "请重新选择。"})
    if handler not in queries.handlers(unit):
        raise Refused(f"{handler.name}不能办理来件，请另选。", {"handler": "请重新选择。"})
    if matter.secret and by.account_id != matter.supervisor_account:
        raise Refused(f"保密来件由督办人（{matter.supervisor}）交办。")
    return _save(
        matter, by, "helpline.assign", f"交{handler.name}办理", unit=unit, handler_account=handler.account, handler=handler.name,
        unread=True,
    )  # fmt: skip


@transaction.atomic
def pass_on(*, from_account: int, to: queries.Person, by: Acting) -> int:
    """All matters of one who left her post go to another on the roster. Returns how many she handled."""
    by.require(Verb.HELPLINE_SUPERVISE)
    moved = int(_door("helpline_pass_on", from_account, to.account, to.name))
    if moved == -1:
        raise Refused("接手的人不在值班表里，请先排班。", {"to": "请重新选择。"})
    if moved == -2:
        raise Refused("原办理人还在任，来件由督办人逐件交办。")
    record(
        by=by, stream="helpline:duty", verb="helpline.pass_on", place=codes.district_of(by.place),
        summary={"from": from_account, "to": to.account, "matters": moved},
    )  # fmt: skip
    return moved


# ---------------------------------------------------------------- other bodies


@transaction.atomic
def refer(
    *, matter_id: int, kind: ReferralKind, department: Unit, letter: str, by: Acting, online: bool = False,
    answer_by: dt.date | None = None, revision: int | None = None,
) -> Referral:  # fmt: skip
    """Send it to a department by letter. What is secret goes on paper, never over the net.

    A 督促处理意见 (妇女权益保障法 art. 73) follows a demand that was refused or not answered in its time; the supervisor
    signs it.
    """
    by.require(Verb.HELPLINE_HANDLE)
    text = _clean(letter, "letter", needed=True)
    matter = _lock(matter_id, revision)
    today = clock.today()
    limits, calendar = queries.limits(today), org.calendar()
    if matter.state in (*ENDED, State.HELD, State.RECEIVED):
        raise Refused(
            "请先研判，再转办。" if matter.state == State.RECEIVED else "这件来件已经结束或待甄别，不能转办。"
        )
    if online and matter.secret:
        raise Refused("保密来件只用纸质函件，不在网上转。", {"online": "请去掉勾选。"})
    if kind is ReferralKind.SUPERVISE:
        ignored = matter.referrals.filter(kind=ReferralKind.DEMAND, department=department)
        if not any(one.refused or (one.answered_on is None and one.answer_by < today) for one in ignored):
            raise Refused(
                "督促处理意见书要在该单位不调查处理、逾期不答复之后发出（妇女权益保障法第七十三条）。请先发要求调查处理函。"
            )
        if by.account_id != matter.supervisor_account:
            raise Refused(f"督促处理意见书由督办人（{matter.supervisor}）发出。")
    made = Referral(
        matter=matter, kind=kind, number=next_number("helpline", f"{'DC' if kind is ReferralKind.SUPERVISE else 'ZB'}{today:%Y}"),
        department=department, online=online, letter=text, sent_on=today,
        object_by=rules.object_by(today, limits, calendar), answer_by=answer_by or today + dt.timedelta(days=30),
    )  # fmt: skip
    if made.answer_by < today:
        raise Refused("答复期限不能早于今天。", {"answer_by": "请改正。"})
    made.save()
    state = State.REFERRED if rules.may_become(matter.state, State.REFERRED) else State(matter.state)
    _save(matter, by, "helpline.refer", f"{kind.label}：{department.short_name}", state=state)
    return made


@transaction.atomic
def answer_referral(
    *, referral_id: int, answer: str, by: Acting, refused: bool = False, on: dt.date | None = None
) -> Referral:
    """A department answers online, or the handler writes down what came on paper. ``refused``: it says it is not its own."""
    text = _clean(answer, "answer", needed=True)
    referral = Referral.objects.select_for_update(of=("self",)).defer("letter").get(pk=referral_id)
    if referral.answered_on is not None:
        raise Refused("已经答复过。")
    day = on or clock.today()
    if not referral.sent_on <= day <= clock.today():
        raise Refused("答复日期应在发函之后、今天以前。", {"on": "请改正。"})
    if refused and day > referral.object_by:
        raise Refused(
            f"对管辖有异议应在{referral.object_by:%m月%d日}前提出（信访工作条例第二十三条），已过期限。",
            {"refused": "已过期限。"},
        )
    partner = by.kind is ActorKind.PARTNER
    by.require(Verb.REFERRAL_ANSWER if partner else Verb.HELPLINE_HANDLE)
    referral.answer, referral.answered_on, referral.refused, referral.answered_by = text, day, refused, by.signature
    referral.save(update_fields=["answer", "answered_on", "refused", "answered_by"])
    record(
        by=by, stream=f"referral:{referral.number}", verb="helpline.referral.answer", place=codes.district_of(by.place),
        summary={"number": referral.number, "refused": refused},
    )  # fmt: skip
    return referral


# ---------------------------------------------------------------- mediation


@transaction.atomic
def mediate(
    *, matter_id: int, asked_by: AskedBy, parties: str, mediators: str, dispute: str, both_willing: bool, by: Acting
) -> Mediation:
    """Begin to mediate a quarrel. Either party may refuse (人民调解法 art. 17); violence is not mediated."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _lock(matter_id, None)
    if matter.state in (*ENDED, State.HELD, State.RECEIVED):
        raise Refused("请先研判，再调解。" if matter.state == State.RECEIVED else "这件来件已经结束或待甄别。")
    if why := rules.may_mediate(matter.topic, risk=matter.risk):
        raise Refused(why)
    if not both_willing:
        raise Refused(
            "一方明确拒绝的，不得调解（人民调解法第十七条）。请告知其他途径。", {"both_willing": "须双方自愿。"}
        )
    made = Mediation(
        matter=matter, asked_by=asked_by, parties=_clean(parties, "parties", needed=True, longest=400), mediators=mediators.strip(),
        dispute=dispute.strip(), began_on=clock.today(),
    )  # fmt: skip
    check(made, exclude=["matter", "parties"])
    made.save()
    state = State.IN_HAND if matter.state in (State.TRIAGED, State.ACCEPTED, State.REFERRED) else State(matter.state)
    _save(matter, by, "helpline.mediate", "开始调解", state=state)
    return made


@transaction.atomic
def end_mediation(
    *, mediation_id: int, result: MediationResult, record_text: str, sessions: int, by: Acting, form: Agreed | str = "",
    agreement: str = "", effective_on: dt.date | None = None, perform_by: dt.date | None = None,
) -> Mediation:  # fmt: skip
    """End it with its record (art. 27), settled with what was agreed (art. 28-30); the court's confirmation has 30 days."""
    by.require(Verb.HELPLINE_HANDLE)
    mediation = Mediation.objects.select_for_update(of=("self",)).get(pk=mediation_id)
    if mediation.result:
        raise Refused("这次调解已经结束。")
    mediation.result, mediation.ended_on, mediation.sessions = result, clock.today(), sessions
    mediation.record = _clean(record_text, "record", needed=True)
    if result is MediationResult.SETTLED:
        if not agreement.strip() or not form or effective_on is None:
            raise Refused(
                "调解成功须写明协议内容、形式和生效日期（人民调解法第二十八至三十条）。",
                {key: "请填写。" for key, value in (("agreement", agreement.strip()), ("form", form), ("effective_on", effective_on)) if not value},
            )  # fmt: skip
        mediation.agreement, mediation.form = _clean(agreement, "agreement"), form
        mediation.effective_on, mediation.perform_by = effective_on, perform_by
        mediation.confirm_by = rules.confirm_by(effective_on, queries.limits(clock.today()))
    mediation.save()
    _save(_lock(mediation.matter_id, None), by, "helpline.mediation.end", f"调解结束：{result.label}")
    return mediation


@transaction.atomic
def complete_mediation(
    *, mediation_id: int, by: Acting, performed_on: dt.date | None = None, confirmation: str = ""
) -> Mediation:
    """Write down that it was performed, or the number of the court's confirmation."""
    by.require(Verb.HELPLINE_HANDLE)
    mediation = Mediation.objects.select_for_update(of=("self",)).get(pk=mediation_id)
    if mediation.result != MediationResult.SETTLED:
        raise Refused("只有调解成功的才登记履行和司法确认。")
    mediation.performed_on = performed_on or mediation.performed_on
    mediation.confirmation = confirmation.strip() or mediation.confirmation
    check(mediation, exclude=["matter", "parties", "record", "agreement"])
    mediation.save(update_fields=["performed_on", "confirmation"])
    _save(_lock(mediation.matter_id, None), by, "helpline.mediation.complete", "登记履行或司法确认")
    return mediation


# ---------------------------------------------------------------- the end


@transaction.atomic
def follow_up(*, matter_id: int, safe: bool, note: str, by: Acting) -> Matter:
    """Look after her: the next follow-up that is open, or one more. Is she not safe, the matter is in hand again at once."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _lock(matter_id, None)
    if matter.state not in (State.ADVISED, State.REPLIED, State.FOLLOWED_UP):
        raise Refused("答复以后再回访。")
    today = clock.today()
    one = (
        matter.follow_ups.filter(done_at__isnull=True).first()
        or FollowUp.objects.get_or_create(matter=matter, due_on=today)[0]
    )
    one.done_at, one.safe, one.note, one.by = clock.now(), safe, note.strip() or None, by.signature
    one.save()
    if not safe:
        return _save(
            matter, by, "helpline.follow_up", "回访：目前不安全", state=State.IN_HAND, risk=Risk.HIGH, secret=True, due_on=today
        )  # fmt: skip
    open_ = matter.follow_ups.filter(done_at__isnull=True).first()
    if open_ is not None:
        return _save(matter, by, "helpline.follow_up", "回访：安全", due_on=open_.due_on)
    return _save(matter, by, "helpline.follow_up", "回访：安全", state=State.FOLLOWED_UP)


@transaction.atomic
def close(*, matter_id: int, why: ClosedWhy, by: Acting, note: str = "", revision: int | None = None) -> Matter:
    """End it. Not while a letter is out, a mediation runs, or she is still to be looked after."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _locked(matter_id, State.CLOSED, revision)
    if why in (ClosedWhy.WITHDRAWN, ClosedWhy.ABUSE):
        raise Refused("撤回由本人提出；骚扰或广告在甄别时处理。", {"why": "请重新选择。"})
    if matter.mediations.filter(result="").exists():
        raise Refused("还在调解，请先登记调解结果。")
    if why is not ClosedWhy.HANDED_OVER and matter.referrals.filter(answered_on__isnull=True).exists():
        raise Refused("部门还没有答复。等答复，或以“已由有权机关办理”办结。", {"why": "请重新选择。"})
    if why is not ClosedWhy.NO_CONTACT and (left := matter.follow_ups.filter(done_at__isnull=True).first()):
        raise Refused(f"还有回访没有做（{left.due_on:%m月%d日}）。")
    return _save(
        matter, by, "helpline.close", f"办结：{why.label}", note, state=State.CLOSED, closed_at=clock.now(), closed_why=why
    )  # fmt: skip


@transaction.atomic
def reopen(*, matter_id: int, reason: str, by: Acting) -> Matter:
    """Take up again what was ended."""
    by.require(Verb.HELPLINE_HANDLE)
    why = _clean(reason, "reason", needed=True, longest=400)
    matter = _locked(matter_id, State.IN_HAND, None)
    if matter.state not in ENDED or matter.closed_why == ClosedWhy.ABUSE:
        raise Refused("只有已办结或已撤回的来件可以重新办理。")
    return _save(
        matter, by, "helpline.reopen", "重新办理", why, state=State.IN_HAND, closed_at=None, closed_why="",
        reopened=matter.reopened + 1, due_on=_reply_due(),
    )  # fmt: skip


# ---------------------------------------------------------------- roster, clocks, keys


@transaction.atomic
def set_duty(*, starts_on: dt.date, handler: queries.Person, supervisor: queries.Person, by: Acting) -> Duty:
    """Who takes what comes in from a day on. What came in before stays with whom it was."""
    by.require(Verb.HELPLINE_SUPERVISE)
    if starts_on < clock.today():
        raise Refused("开始日期不能早于今天。", {"starts_on": "请改正。"})
    if handler.account == supervisor.account:
        raise Refused("值班人和督办人须是两个人。", {"supervisor": "请另选一人。"})
    able = queries.handlers(org.federation_of(by.place))
    for key, one in (("handler", handler), ("supervisor", supervisor)):
        if one not in able:
            raise Refused(f"{one.name}没有办理来件的权限。", {key: "请重新选择。"})
    made, _ = Duty.objects.update_or_create(
        place=by.place, starts_on=starts_on,
        defaults={
            "handler_account": handler.account, "handler": handler.name, "supervisor_account": supervisor.account,
            "supervisor": supervisor.name, "set_by": by.signature,
        },
    )  # fmt: skip
    record(
        by=by, stream="helpline:duty", verb="helpline.duty", place=by.place,
        summary={"from": str(starts_on), "handler": handler.name, "supervisor": supervisor.name},
    )  # fmt: skip
    return made


@transaction.atomic
def set_terms(*, valid_from: dt.date, values: Mapping[str, int], by: Acting) -> Terms:
    """The clocks from a day on; what is not named stays as it was."""
    by.require(Verb.HELPLINE_SUPERVISE)
    if valid_from < clock.today():
        raise Refused("启用日期不能早于今天。", {"valid_from": "请改正。"})
    now = queries.terms(valid_from)
    row = Terms.objects.filter(valid_from=valid_from).first() or now
    if row.valid_from != valid_from:
        row.pk = None
        row._state.adding = True
    row.valid_from, row.confirmed = valid_from, True
    for name, value in values.items():
        setattr(row, name, value)
    check(row)
    row.save()
    record(
        by=by, stream="helpline:terms", verb="helpline.terms", place=codes.district_of(by.place),
        summary={"from": str(valid_from), **values},
    )  # fmt: skip
    return row


@transaction.atomic
def keep_key(*, public: str, wrapped: str, by: Acting) -> Key:
    """Keep the key her browser made; an older one is put away, since what was sealed with it is opened with it."""
    by.require(Verb.HELPLINE_HANDLE)
    if not 300 <= len(public) <= 2000 or not 300 <= len(wrapped) <= 12_000:
        raise Refused("密钥不完整，没有保存。请重新生成。")
    Key.objects.filter(account_id=by.account_id, retired_at__isnull=True).update(retired_at=clock.now())
    made = Key.objects.create(
        account_id=by.account_id, public=public, wrapped=wrapped, made_at=clock.now(), place=codes.district_of(by.place)
    )
    record(by=by, stream=f"helpline_key:{made.pk}", verb="helpline.key", place=codes.district_of(by.place))
    return made


@transaction.atomic
def reseal(*, matter_id: int, envelope: str, by: Acting) -> Matter:
    """One who could open it sealed it anew, for those who answer for it now."""
    by.require(Verb.HELPLINE_HANDLE)
    matter = _lock(matter_id, None)
    if not queries.matter(matter_id).envelope:
        raise Refused("这件来件没有加密封存。")
    return _save(matter, by, "helpline.reseal", "重新封存", envelope=_check_envelope(envelope))


# ---------------------------------------------------------------- questions many ask


def _names_in(text: str, place: str) -> list[str]:
    """Villages and towns of the district that a text names: where somebody lives tells who she is."""
    names = {
        name
        for names in org.names_within(place).values()
        for name in names
        if len(name) > 2 and name != org.place_name(place)
    }
    return sorted(name for name in names if name in text)


def _scan(question: str, answer: str, place: str) -> None:
    text = f"{question}\n{answer}"
    if hits := scan_text(text):
        raise Refused(
            f"内容里有{'、'.join(sorted({hit.kind.label for hit in hits}))}（{hits[0].masked}），请删去。",
            {"answer": "请删去号码。"},
        )
    if names := _names_in(text, place):
        raise Refused(f"内容里有地名“{'”“'.join(names[:3])}”，可能让人认出是谁，请删去。", {"answer": "请删去地名。"})


@transaction.atomic
def write_answer(
    *, topic: Topic, question: str, answer: str, by: Acting, place: str, answer_id: int | None = None
) -> CommonAnswer:
    """Write down a question many ask, without names. What is published is not changed: take it back first."""
    by.require(Verb.HELPLINE_HANDLE)
    home = codes.district_of(place)
    asked, said = (
        _clean(question, "question", needed=True, longest=80),
        _clean(answer, "answer", needed=True, longest=2000),
    )
    _scan(asked, said, home)
    row = CommonAnswer.objects.select_for_update().get(pk=answer_id) if answer_id else CommonAnswer(place=home)
    if row.published_at is not None and row.withdrawn_at is None:
        raise Refused("已经公开的先撤下，改好再公开。")
    row.topic, row.question, row.answer = topic, asked, said
    row.written_at, row.written_by, row.written_by_account = clock.now(), by.signature, by.account_id
    row.published_at, row.published_by, row.withdrawn_at = None, "", None
    row.save()
    record(by=by, stream=f"common_answer:{row.pk}", verb="helpline.answer.write", place=home)
    return row


@transaction.atomic
def publish_answer(*, answer_id: int, by: Acting) -> CommonAnswer:
    """A second person has read it and publishes it."""
    by.require(Verb.HELPLINE_SUPERVISE)
    row = CommonAnswer.objects.select_for_update().get(pk=answer_id)
    if row.published_at is not None:
        raise Refused("已经公开过。")
    if row.written_by_account == by.account_id:
        raise Refused("写的人不能自己公开，请另一位同事看过再公开。")
    _scan(row.question, row.answer, row.place)
    row.published_at, row.published_by = clock.now(), by.signature
    row.save(update_fields=["published_at", "published_by"])
    record(by=by, stream=f"common_answer:{row.pk}", verb="helpline.answer.publish", place=row.place)
    return row


@transaction.atomic
def withdraw_answer(*, answer_id: int, by: Acting) -> CommonAnswer:
    by.require(Verb.HELPLINE_SUPERVISE)
    row = CommonAnswer.objects.select_for_update().get(pk=answer_id)
    if row.published_at is None or row.withdrawn_at is not None:
        raise Refused("没有公开，不用撤下。")
    row.withdrawn_at = clock.now()
    row.save(update_fields=["withdrawn_at"])
    record(by=by, stream=f"common_answer:{row.pk}", verb="helpline.answer.withdraw", place=row.place)
    return row
