"""Named writes of wishes. Donor and wisher never meet in them: what is given goes through the village, and no money does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from niangjia.access.acting import Acting, ActorKind, current, record
from niangjia.access.verbs import Verb
from niangjia.brands import actions as brands
from niangjia.core import clock, codes, masking, sealing
from niangjia.core.codes import Level
from niangjia.core.fields import Sealed
from niangjia.core.refused import Refused, in_words
from niangjia.needs.rules import alarming
from niangjia.org import queries as org
from niangjia.org.models import Unit
from niangjia.people.models import Account
from niangjia.stock import actions as stock
from niangjia.stock import queries as goods
from niangjia.wishes import queries, rules
from niangjia.wishes.kinds import (
    ENDED,
    UNPUBLISHED,
    Category,
    ClaimantKind,
    ClaimState,
    Consented,
    Said,
    WisherKind,
    WishState,
)
from niangjia.wishes.models import Claim, Terms, Wish, WishStep
from niangjia.wishes.rules import Entry

PROGRAMME = "wishes"  # under this name brands know what the records of this room carry
TAKEN = "这个心愿刚刚被别人认领了，谢谢您的心意。还有别的心愿在等您。"


class Known(Refused):
    """The same person's same wish stands already."""

    def __init__(self) -> None:
        super().__init__("这个人的同一个心愿已经登记过，没有重复登记。")


def _note(wish: Wish, by: Acting, verb: str, **summary: Any) -> None:
    record(by=by, stream=f"wish:{wish.pk}", verb=verb, place=wish.place, summary={"kind": wish.category, **summary})


def _note_claim(wish_id: int, claim_id: int, place: str, by: Acting, verb: str) -> None:
    """The trail of what a resident does with a claim: the wish itself she may not read."""
    record(by=by, stream=f"wish:{wish_id}", verb=verb, place=place, summary={"claim": claim_id})


def _step(wish: Wish, title: str, by: Acting, note: str = "") -> None:
    who = "许愿人" if by.kind is ActorKind.RESIDENT else by.signature
    WishStep.objects.create(wish=wish, at=clock.now(), title=title, note=note[:200], by=who, place=wish.place)


def _lock(wish_id: int, revision: int | None) -> Wish:
    wish = Wish.objects.select_for_update(of=("self",)).get(pk=wish_id)
    if revision is not None and revision != wish.revision:
        raise Refused("在您打开页面之后，其他人已办理了这个心愿。页面已换成最新内容，请看过再决定。")
    return wish


def _locked(wish_id: int, wanted: WishState, revision: int | None = None) -> Wish:
    wish = _lock(wish_id, revision)
    if not rules.may_become(wish.state, wanted):
        raise Refused(f"这个心愿现在是“{wish.get_state_display()}”，不能改为“{wanted.label}”。")
    return wish


def _become(wish: Wish, state: WishState, **values: Any) -> None:
    wish.state = state
    wish.revision += 1
    for key, value in values.items():
        setattr(wish, key, value)
    wish.save(update_fields=["state", "revision", *values])


# ---------------------------------------------------------------- wishing


def _sound(entry: Entry, place: str) -> None:
    """Raises Refused with what is wrong, by field."""
    today = clock.today()
    if words := alarming(entry.text):
        raise Refused(
            f"心愿里有“{'”“'.join(words)}”，可能有人身危险。请马上拨打110，不要等待；心愿没有登记。",
            {"text": "可能有人身危险，请马上拨打110。"},
        )
    wrong = rules.faults(entry, cap=queries.terms(today).value_cap, places=queries.place_words(place), today=today)
    if wrong:
        raise Refused("心愿没有登记，请按提示改正。", wrong)


def _index(name: str, place: str) -> bytes:
    return sealing.blind(f"{place}|{''.join(name.split())}", context="wishes_wish.wisher")


@transaction.atomic
def raise_wish(*, entry: Entry, place: str, token: UUID, by: Acting, verified: bool = False) -> Wish:
    """Write a wish down: a resident her own or her child's, an officer one she was told; ``verified`` when she saw for
    herself that it is so. The same ``token`` again is the same wish.

    Raises Refused with what to change, Known for a wish that stands already.
    """
    resident = by.kind is ActorKind.RESIDENT
    by.require(Verb.WISH_OWN if resident else Verb.WISH_HANDLE)
    if (before := queries.wishes().filter(token=token).first()) is not None:
        return before
    if not resident and not codes.contains(by.place, place):
        raise Refused("地点不在您的管理范围内。", {"place": "请重新选择。"})
    if not codes.is_code(place) or codes.level_of(place) is not Level.VILLAGE or place not in org.place_names():
        raise Refused("请选择许愿人所在的村（社区）。", {"place": "请选择村（社区）。"})
    _sound(entry, place)
    name = entry.name.strip()
    wish = Wish(
        token=token, place=place, kind=entry.kind, category=entry.category, text=entry.text.strip(), value=entry.value,
        wisher=name, guardian=entry.guardian.strip() or None, phone=entry.phone or None,
        wisher_index=_index(name, place), shown_as=masking.mask_name(name), consented_on=entry.consented_on,
        consented=Consented.PORTAL if resident else entry.consented, filed_by_account=by.account_id if resident else 0,
        raised_by="本人手机" if resident else by.signature, raised_at=clock.now(),
    )  # fmt: skip
    with in_words({"wishes_wish_once": Known()}):
        wish.save()
    _step(wish, "登记", by)
    _note(wish, by, "wish.raise")
    return verify(wish_id=wish.pk, by=by) if verified and not resident else wish


@transaction.atomic
def change_wish(
    *, wish_id: int, text: str, category: Category, value: int, by: Acting, revision: int | None = None
) -> Wish:
    """Put a wish in words that may be shown, before it is. Who wishes is not changed: withdraw it and write it anew."""
    by.require(Verb.WISH_HANDLE)
    wish = _lock(wish_id, revision)
    if wish.state not in UNPUBLISHED:
        raise Refused("心愿已经公开或结束，不能再改。公开的可以先撤下。")
    entry = Entry(
        kind=WisherKind(wish.kind), name=wish.wisher.reveal(), category=category, text=text, value=value,
        guardian=wish.guardian.reveal() if wish.guardian else "", consented_on=wish.consented_on,
    )  # fmt: skip
    _sound(entry, wish.place)
    with in_words({"wishes_wish_once": Known()}):
        _become(wish, WishState(wish.state), text=text.strip(), category=category, value=value)
    _step(wish, "修改", by)
    _note(wish, by, "wish.change")
    return wish


@transaction.atomic
def verify(*, wish_id: int, by: Acting, revision: int | None = None) -> Wish:
    """The village knows the wisher and that she needs it."""
    by.require(Verb.WISH_HANDLE)
    wish = _locked(wish_id, WishState.VERIFIED, revision)
    if wish.state != WishState.SUBMITTED:
        raise Refused("这个心愿已经核实过。")
    _become(wish, WishState.VERIFIED, verified_at=clock.now())
    _step(wish, "核实", by)
    _note(wish, by, "wish.verify")
    return wish


@transaction.atomic
def publish(*, wish_id: int, by: Acting, revision: int | None = None) -> Wish:
    """Show a wish to everybody, without a name, until ``closes_on``. The text is looked through once more, as the
    scanner cannot know what a reader of the village's would; that is why town or district publishes."""
    by.require(Verb.WISH_PUBLISH)
    wish = _locked(wish_id, WishState.OPEN, revision)
    if wish.state != WishState.VERIFIED:
        raise Refused(f"这个心愿现在是“{wish.get_state_display()}”，不用再公开。")
    names = (wish.wisher.reveal(), wish.guardian.reveal() if wish.guardian else "")
    if said := rules.text_faults(wish.text, names=names, places=queries.place_words(wish.place)):
        raise Refused("没有公开。" + "".join(said))
    now = clock.now()
    closes = now.date() + dt.timedelta(days=queries.terms(now.date()).open_days)
    _become(wish, WishState.OPEN, opened_at=now, closes_on=closes)
    _step(wish, "公开", by, f"到{closes}")
    _note(wish, by, "wish.publish")
    return wish


@transaction.atomic
def take_down(*, wish_id: int, reason: str, by: Acting) -> Wish:
    """Take an unclaimed wish off the page, back to where it can be put in other words."""
    by.require(Verb.WISH_PUBLISH)
    _need_reason(reason)
    wish = _locked(wish_id, WishState.VERIFIED)
    if wish.state != WishState.OPEN:
        raise Refused(f"这个心愿现在是“{wish.get_state_display()}”，没有在公开。")
    _become(wish, WishState.VERIFIED)
    _step(wish, "撤下", by, reason)
    _note(wish, by, "wish.take_down")
    return wish


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("请写明原因。", {"reason": "请填写。"})


# ---------------------------------------------------------------- claiming

_REFUSALS = {
    "TAKEN": TAKEN,
    "GONE": "这个心愿已不再公开，请看看别的心愿。",
    "OWN": "这是您自己许的心愿，不能由您认领。",
    "MANY": "您同时认领的心愿已到上限。请先把手上的送到村（社区），再认领新的。",
    "NOBODY": "请先登录再认领。",
}


@transaction.atomic
def claim(*, wish_id: int, token: UUID, name: str, by: Acting, unit_name: str = "") -> Claim:
    """A resident takes a wish up, for herself or for the unit she names. The database decides who was first.

    Raises Refused in kind words for who came second.
    """
    by.require(Verb.WISH_OWN)
    if not name.strip():
        raise Refused("请填写您的姓名。", {"name": "村（社区）接收时核对用，不公开。"})
    account = Account.objects.get(pk=by.account_id)
    phone = account.phone.sealed if account.phone else b""
    kind = ClaimantKind.UNIT if unit_name.strip() else ClaimantKind.PERSON
    sealed = Sealed.of(name.strip(), "wishes_claim.name").sealed
    own_phone = (
        Sealed.of(sealing.unseal(phone, context="people_account.phone"), "wishes_claim.phone").sealed if phone else None
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, made, village FROM wishes_claim_it(%s, %s, %s, %s, %s, %s, %s)",
            [wish_id, token, kind.value, unit_name.strip(), sealed, own_phone, clock.now()],
        )
        outcome, made, village = cursor.fetchone()
    if outcome in _REFUSALS:
        raise Refused(_REFUSALS[outcome])
    if outcome == "CLAIMED":
        _note_claim(wish_id, made, village, by, "wish.claim")
    return Claim.objects.get(pk=made)


@transaction.atomic
def give_back(*, claim_id: int, by: Acting) -> None:
    """She cannot do it after all: the wish is open to others at once. Raises Refused once the village has the thing."""
    by.require(Verb.WISH_OWN)
    own = queries.own_claims(by).get(pk=claim_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT wishes_give_back(%s, %s)", [claim_id, clock.now()])
        (done,) = cursor.fetchone()
    if not done:
        raise Refused("这个认领已经办完或东西已交到村（社区），不能退回。有变化请联系村（社区）妇联。")
    _note_claim(own.wish_id, own.pk, own.place, by, "wish.give_back")


@transaction.atomic
def see(*, claim_id: int, by: Acting) -> None:
    """She read that her claim had ended: she is told once."""
    own = queries.unseen(by).filter(pk=claim_id)
    found = own.first()
    if found is None:
        return
    own.update(seen_at=clock.now())
    _note_claim(found.wish_id, found.pk, found.place, by, "wish.seen")


@transaction.atomic
def claim_for_unit(*, wish_id: int, unit_name: str, contact: str, by: Acting, phone: str = "") -> Claim:
    """Write down that a unit takes a wish up, as it told the federation."""
    by.require(Verb.WISH_HANDLE)
    wish = Wish.objects.select_for_update(of=("self",)).get(pk=wish_id)
    if wish.state != WishState.OPEN:
        raise Refused(TAKEN if wish.state in (WishState.CLAIMED, WishState.DELIVERED) else _REFUSALS["GONE"])
    missing = {key: "请填写。" for key, text in (("unit_name", unit_name), ("contact", contact)) if not text.strip()}
    if missing:
        raise Refused("请写明单位和经办人。", missing)
    now = clock.now()
    made = Claim(
        wish=wish, token=uuid4(), place=wish.place, bring_to=org.federation_of(wish.place).short_name,
        kind=ClaimantKind.UNIT, unit_name=unit_name.strip(), name=contact.strip(), phone=phone.strip() or None,
        claimed_at=now, due_on=rules.due_on(now.date(), queries.terms(now.date()).claim_days),
    )  # fmt: skip
    with in_words({"wishes_claim_one": TAKEN}):
        made.save()
    _become(wish, WishState.CLAIMED)
    _step(wish, "单位认领", by, unit_name.strip())
    _note(wish, by, "wish.claim", claim=made.pk)
    return made


def _held(wish: Wish) -> Claim:
    return Claim.objects.select_for_update(of=("self",)).get(wish=wish, state=ClaimState.HELD)


def _reopen(wish: Wish, claim: Claim, state: ClaimState) -> None:
    """End a claim and let others have the wish, or let it lapse where its own time is over."""
    now = clock.now()
    claim.state, claim.ended_at = state, now
    claim.save(update_fields=["state", "ended_at"])
    assert wish.closes_on is not None
    if wish.closes_on < now.date():
        _become(wish, WishState.EXPIRED, ended_at=now, ended_why="公开期满")
    else:
        _become(wish, WishState.OPEN)


@transaction.atomic
def release(*, wish_id: int, reason: str, by: Acting) -> Wish:
    """Put a claimed wish back before its time, after a word with who claimed it."""
    by.require(Verb.WISH_HANDLE)
    _need_reason(reason)
    wish = _locked(wish_id, WishState.OPEN)
    if wish.state != WishState.CLAIMED:
        raise Refused("这个心愿没有人认领。")
    claim = _held(wish)
    if claim.handed_in_on:
        raise Refused("东西已交到村（社区），请送到许愿人手里，或退还认领人后撤回心愿。")
    _reopen(wish, claim, ClaimState.RELEASED)
    _step(wish, "放回", by, reason)
    _note(wish, by, "wish.release", claim=claim.pk)
    return wish


@transaction.atomic
def release_due(*, by: Acting) -> int:
    """Put back what was claimed and not brought in time, and let lapse what nobody claimed; how many in all."""
    today, now = clock.today(), clock.now()
    released = list(queries.overdue(today).values_list("wish_id", flat=True))
    for wish in Wish.objects.select_for_update(of=("self",)).filter(pk__in=released, state=WishState.CLAIMED):
        claim = _held(wish)
        _reopen(wish, claim, ClaimState.RELEASED)
        _step(wish, "认领到期，自动放回", by)
        _note(wish, by, "wish.release", claim=claim.pk)
    lapsed = Wish.objects.select_for_update(of=("self",)).filter(state=WishState.OPEN, closes_on__lt=today)
    ended = list(lapsed)
    for wish in ended:
        _become(wish, WishState.EXPIRED, ended_at=now, ended_why="公开期满")
        _step(wish, "公开期满", by)
        _note(wish, by, "wish.expire")
    return len(released) + len(ended)


# ---------------------------------------------------------------- through the village


@transaction.atomic
def hand_in(*, wish_id: int, by: Acting, revision: int | None = None) -> Wish:
    """The village has what was promised; the claim does not lapse any more."""
    by.require(Verb.WISH_HANDLE)
    wish = _locked(wish_id, WishState.DELIVERED, revision)
    claim = _held(wish)
    if claim.handed_in_on is None:
        claim.handed_in_on = clock.today()
        claim.save(update_fields=["handed_in_on"])
        _become(wish, WishState.CLAIMED)
        _step(wish, "收到认领人的东西", by)
        _note(wish, by, "wish.hand_in", claim=claim.pk)
    return wish


@transaction.atomic
def deliver(
    *,
    wish_id: int,
    on: dt.date,
    by: Acting,
    revision: int | None = None,
    note: str = "",
    batch_id: int | None = None,
) -> Wish:
    """The village brought it, or was there when company was given; never who claimed alone. ``batch_id`` takes one piece
    out of the acting unit's stock, where the thing was given through it."""
    by.require(Verb.WISH_HANDLE)
    wish = _locked(wish_id, WishState.DELIVERED, revision)
    if on > clock.today():
        raise Refused("日期不能晚于今天。", {"on": "不能晚于今天。"})
    claim = _held(wish)
    claim.state, claim.ended_at = ClaimState.FULFILLED, clock.now()
    claim.handed_in_on = claim.handed_in_on or on
    claim.save(update_fields=["state", "ended_at", "handed_in_on"])
    if batch_id is not None:
        batch = goods.batches().get(pk=batch_id)
        stock.hand_out(about=f"wish:{wish.pk}", unit=_own_unit(by), by=by, batch=batch, on=on)
    _become(wish, WishState.DELIVERED, delivered_on=on)
    _step(wish, "送到", by, note)
    _note(wish, by, "wish.deliver", claim=claim.pk)
    return wish


def _own_unit(by: Acting) -> Unit:
    assert by.unit_id is not None
    return Unit.objects.get(pk=by.unit_id)


@transaction.atomic
def receive(*, wish_id: int, by: Acting) -> None:
    """Who made the wish says that it came; the village still closes it."""
    by.require(Verb.WISH_OWN)
    wish = queries.own_wishes(by).get(pk=wish_id)
    said = Said.GUARDIAN if wish.kind == WisherKind.CHILD else Said.SELF
    if not queries.own_wishes(by).filter(pk=wish_id, state=WishState.DELIVERED).update(said=said):
        raise Refused(f"这个心愿现在是“{wish.get_state_display()}”，还不能确认收到。")
    _step(wish, said.label, by)
    _note(wish, by, "wish.receive")


@transaction.atomic
def confirm(*, wish_id: int, by: Acting, said: Said | None = None, note: str = "", revision: int | None = None) -> Wish:
    """Close a wish as fulfilled: the village's word and, where she can give it, the wisher's. What she said herself on
    her phone stands; otherwise ``said`` is needed, with a word of explanation where she could not."""
    by.require(Verb.WISH_HANDLE)
    wish = _locked(wish_id, WishState.CONFIRMED, revision)
    said = Said(wish.said) if wish.said else said
    if said is None:
        raise Refused("请选择许愿人是否确认收到。", {"said": "请选择。"})
    if said is Said.UNABLE and not note.strip():
        raise Refused("本人不便确认的，请说明情况。", {"note": "请说明。"})
    _become(wish, WishState.CONFIRMED, said=said, ended_at=clock.now())
    _step(wish, "确认实现", by, "；".join(part for part in (said.label, note.strip()) if part))
    _note(wish, by, "wish.confirm")
    brands.tag(
        about=f"wish:{wish.pk}", place=wish.place, title=f"实现一个{wish.get_category_display()}类微心愿", by=by,
        programme=PROGRAMME,
    )  # fmt: skip
    return wish


@transaction.atomic
def withdraw(*, wish_id: int, by: Acting, reason: str = "") -> None:
    """Take a wish back: who made it until somebody claimed it, the village until it is delivered. It is gone from the
    public page at once, and who claimed it is told."""
    if by.kind is ActorKind.RESIDENT:
        by.require(Verb.WISH_OWN)
        own = queries.own_wishes(by)
        wish = own.get(pk=wish_id)
        taken = own.filter(pk=wish_id, state__in=[*UNPUBLISHED, WishState.OPEN]).update(
            state=WishState.WITHDRAWN, ended_at=clock.now(), ended_why="本人撤回", revision=wish.revision + 1
        )
        if not taken:
            raise Refused(f"这个心愿现在是“{wish.get_state_display()}”，请联系村（社区）妇联。")
    else:
        by.require(Verb.WISH_HANDLE)
        _need_reason(reason)
        wish = _locked(wish_id, WishState.WITHDRAWN)
        now = clock.now()
        Claim.objects.filter(wish=wish, state=ClaimState.HELD).update(state=ClaimState.ENDED, ended_at=now)
        _become(wish, WishState.WITHDRAWN, ended_at=now, ended_why=reason.strip()[:80])
    _step(wish, "撤回", by, reason)
    _note(wish, by, "wish.withdraw")


@dataclass(frozen=True, slots=True)
class Names:
    """What is sealed of a wish and of its standing claim, opened."""

    wisher: str
    guardian: str
    phone: str
    claimant: str
    claimant_phone: str


@transaction.atomic
def reveal(*, wish_id: int, reason: str, by: Acting) -> Names:
    """Open who wishes and who claimed, for whoever brings them together; the trail keeps the reason."""
    by.require(Verb.REVEAL_IDENTITY)
    _need_reason(reason)
    wish = queries.wish(wish_id)
    claim = queries.standing_claim(wish)
    _note(wish, by, "wish.reveal", reason=reason.strip()[:80])

    def opened(sealed: Sealed | None) -> str:
        return sealed.reveal() if sealed else ""

    return Names(
        wish.wisher.reveal(), opened(wish.guardian), opened(wish.phone), opened(claim.name if claim else None),
        opened(claim.phone if claim else None),
    )  # fmt: skip


@transaction.atomic
def set_terms(
    *,
    value_cap: int,
    claim_days: int,
    open_days: int,
    most_claims: int,
    valid_from: dt.date,
    confirmed: bool,
    by: Acting,
) -> Terms:
    """Parameters from a day on. Wishes and claims that stand keep what they were made under."""
    by.require(Verb.WISH_PUBLISH)
    if by.level is not Level.DISTRICT:
        raise Refused("参数由区妇联维护。")
    wrong = rules.terms_faults(value_cap=value_cap, claim_days=claim_days, open_days=open_days, most_claims=most_claims)
    if valid_from < clock.today():
        wrong["valid_from"] = "启用日期不能早于今天。"
    if wrong:
        raise Refused("参数没有保存，请按提示改正。", wrong)
    made, _ = Terms.objects.update_or_create(
        valid_from=valid_from,
        defaults={
            "value_cap": value_cap, "claim_days": claim_days, "open_days": open_days, "most_claims": most_claims,
            "confirmed": confirmed,
        },
    )  # fmt: skip
    record(
        by=by, stream="wishes:terms", verb="wish.terms", subject=f"wish_terms:{made.pk}", place=by.place,
        summary={"cap": value_cap, "days": claim_days, "from": str(valid_from)},
    )  # fmt: skip
    return made


def move_open(old: str, into: str) -> int:
    """Open wishes and their claims go on in the heir of a merged village; what was done before stays where it was done,
    and stands in the heir's first step."""
    by = current()
    assert by is not None
    moved = list(Wish.objects.select_for_update(of=("self",)).filter(place=old).exclude(state__in=ENDED))
    for wish in moved:
        before = "；".join(f"{step.at:%Y-%m-%d} {step.title}" for step in wish.steps.order_by("id"))
        Claim.objects.filter(wish=wish, state=ClaimState.HELD).update(
            place=into, bring_to=org.federation_of(into).short_name
        )
        wish.place, wish.wisher_index = into, _index(wish.wisher.reveal(), into)
        wish.save(update_fields=["place", "wisher_index"])
        _step(wish, "区划撤并，接着办", by, f"原在{org.place_name(old)}。{before}")
        _note(wish, by, "wish.moved")
    return len(moved)


# ---------------------------------------------------------------- a list in Excel


class Outcome(StrEnum):
    """What became of a row."""

    ADDED = "新增"
    SAME = "已登记过"
    REFUSED = "错误"


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list: a wish, its village, whether the village saw to it."""

    number: int
    entry: Entry
    place: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of one row; of a refused one also the field and what is wrong, with the remedy."""

    outcome: Outcome
    field: str = ""
    text: str = ""


@transaction.atomic
def take_list(*, rows: Sequence[Listed], by: Acting, report: Callable[[int], None]) -> dict[int, Answer]:
    """Take a list in; the answer of each row by its number. What is sound is kept, what is not changes nothing."""
    by.require(Verb.WISH_HANDLE)
    answers: dict[int, Answer] = {}
    for done, row in enumerate(rows):
        if done % 100 == 0:
            report(done)
        answers[row.number] = _take(row, by)
    counts = {outcome.name.lower(): 0 for outcome in Outcome}
    for answer in answers.values():
        counts[answer.outcome.name.lower()] += 1
    record(by=by, stream=f"division:{by.place}", verb="wish.import", place=by.place, summary=counts)
    return answers


def _take(row: Listed, by: Acting) -> Answer:
    try:
        with transaction.atomic():
            raise_wish(entry=row.entry, place=row.place, token=uuid4(), by=by, verified=row.verified)
    except Known:
        return Answer(Outcome.SAME)
    except Refused as refused:
        field, text = next(iter(refused.fields.items()), ("text", str(refused)))
        return Answer(Outcome.REFUSED, field, text)
    return Answer(Outcome.ADDED)


@transaction.atomic
def note_export(*, rows: int, by: Acting) -> None:
    """The trail of a list that went out."""
    by.require(Verb.WISH_READ)
    record(by=by, stream=f"division:{by.place}", verb="wish.export", place=by.place, summary={"rows": rows})
