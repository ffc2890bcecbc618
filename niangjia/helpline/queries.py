"""Named reads of the line: of the desk under the policy of the matter, of her by her code, of anybody the public views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import connection, connections
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from niangjia.access import policy
from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes, sealing
from niangjia.core.fields import Sealed
from niangjia.helpline.kinds import ENDED, LIVE, Risk, State, Topic
from niangjia.helpline.models import CommonAnswer, Duty, FollowUp, Key, Matter, Referral, Terms
from niangjia.helpline.rules import Limits
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit
from niangjia.people.models import Account

WORDS = ("facts", "demand", "name", "phone", "safe_time")  # what she said and how to reach her
SEALED = (*WORDS, "envelope")
MESSAGE_CONTEXT = "helpline_message.text"
URGENT_FIRST = Case(
    When(risk=Risk.EMERGENCY, then=Value(0)),
    When(risk=Risk.HIGH, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def terms(on: dt.date) -> Terms:
    """The clocks in force on a day. Raises Terms.DoesNotExist."""
    found = Terms.objects.filter(valid_from__lte=on).order_by("-valid_from").first()
    if found is None:
        raise Terms.DoesNotExist(f"no terms on {on}")
    return found


def limits(on: dt.date) -> Limits:
    """The days of the clocks in force on a day."""
    row = terms(on)
    return Limits(**{one.name: getattr(row, one.name) for one in fields(Limits)})


def call(function: str, *given: Any) -> tuple[Any, ...]:
    """The one row a function of the room's answers, or the acts it does; ``sql.py`` says what it lets whom do."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}({', '.join(['%s'] * len(given))})", given)  # noqa: S608
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def is_open(place: str) -> bool:
    """Whether somebody is on the roster, so that what comes in is read."""
    return bool(call("helpline_is_open", place, clock.today())[0])


def repeats(text_index: bytes) -> int:
    """How often exactly these words came in since yesterday."""
    return int(call("helpline_repeats", text_index, clock.now() - clock.ONE_DAY)[0])


# ---------------------------------------------------------------- the desk


def matters() -> QuerySet[Matter]:
    """Matters the reader may see, without what was said: the most urgent first, then the one that is due first."""
    return (
        Matter.objects.select_related("unit").defer(*SEALED).annotate(urgency=URGENT_FIRST).order_by("urgency", "due_on", "id")
    )  # fmt: skip


def open_matters() -> QuerySet[Matter]:
    return matters().filter(state__in=LIVE)


def mine(acting: Acting) -> Q:
    """Matters this account answers for, or that lie with her unit."""
    return Q(handler_account=acting.account_id) | Q(supervisor_account=acting.account_id) | Q(unit_id=acting.unit_id)


def matter(pk: int) -> Matter:
    """One matter with what was said. Raises Matter.DoesNotExist where the reader may not see it."""
    return Matter.objects.select_related("unit").get(pk=pk)


def by_number(number: str) -> Matter | None:
    """The matter of a number, if there is one the reader may see. Names are not looked for."""
    return matters().filter(number=number.strip().upper()).first()


def follow_ups_due(today: dt.date) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(done_at__isnull=True, due_on__lte=today).exclude(matter__state__in=ENDED)


def waiting(acting: Acting, today: dt.date) -> dict[str, QuerySet[Matter]]:
    """What waits for a post on the line, to be counted together with others."""
    own = Matter.objects.filter(mine(acting))
    running = own.filter(state__in=LIVE)
    return {
        "emergencies": running.filter(risk=Risk.EMERGENCY),
        "fresh": own.filter(state=State.RECEIVED).exclude(risk=Risk.EMERGENCY),
        "overdue": running.filter(due_on__lt=today),
        "unread": running.filter(unread=True),
        "held": own.filter(state=State.HELD),
    }


def letters(matter: Matter) -> QuerySet[Referral]:
    """The letters about a matter, without their text."""
    return matter.referrals.select_related("department").defer("letter")


def letter(matter_id: int, pk: int) -> Referral:
    """A letter about a matter. Raises Referral.DoesNotExist where the reader may not see it."""
    return Referral.objects.select_related("department", "matter__unit").get(pk=pk, matter_id=matter_id)


def letter_to(unit_id: int | None, pk: int) -> Referral:
    """A letter as the department reads it. Raises Referral.DoesNotExist for another's."""
    return Referral.objects.get(pk=pk, department_id=unit_id)


def departments() -> QuerySet[Unit]:
    """To whom a matter can be referred."""
    return org.units().filter(kind__in=[UnitKind.DEPARTMENT, UnitKind.SCHOOL, UnitKind.HOSPITAL])


def asked_of(unit_id: int | None) -> QuerySet[Referral]:
    """What a department was asked and may read online: what waits for its answer first, the nearest day on top."""
    found = Referral.objects.filter(department_id=unit_id).defer("letter", "answer")
    return found.order_by(F("answered_on").desc(nulls_first=True), "answer_by", "id")


@dataclass(frozen=True, slots=True)
class Person:
    """An account that can answer for matters."""

    account: int
    name: str


def handlers(unit: Unit, *, verb: Verb = Verb.HELPLINE_HANDLE) -> list[Person]:
    """Who of a unit may answer for matters today."""
    level, table = codes.level_of(unit.place).name, policy.current()
    posts = org.running_posts(clock.today()).filter(unit=unit).select_related("officer")
    officers = {post.officer_id: post.officer.name for post in posts if verb in table.verbs_of(level, post.role)}
    accounts = Account.objects.filter(officer_id__in=officers, is_active=True).order_by("officer_id")
    return [Person(one.pk, f"{unit.short_name} {officers[one.officer_id]}") for one in accounts if one.officer_id]


def assignable(place: str, within: str) -> list[Unit]:
    """Federations a matter of a place can be given to: of the place and above it, inside the asker's range."""
    chain = [place]
    while (parent := codes.parent_of(chain[-1])) is not None:
        chain.append(parent)
    found = org.units().filter(
        kind=UnitKind.FEDERATION, place__in=[code for code in chain if codes.contains(within, code)]
    )
    return list(found.order_by("place"))


def duty(place: str, on: dt.date) -> Duty | None:
    """Who takes what comes in on a day."""
    return Duty.objects.filter(place=codes.district_of(place), starts_on__lte=on).order_by("-starts_on").first()


def duties(place: str) -> QuerySet[Duty]:
    """The roster, the latest line first."""
    return Duty.objects.filter(place=codes.district_of(place)).order_by("-starts_on")


def keys_of(accounts: Sequence[int]) -> QuerySet[Key]:
    """The keys in use of some accounts."""
    return Key.objects.filter(account_id__in=accounts, retired_at__isnull=True)


def keys_ever(account: int) -> QuerySet[Key]:
    """All keys of an account: what was sealed with one that is put away is opened with it."""
    return Key.objects.filter(account_id=account)


def quarters(today: dt.date, count: int = 8) -> list[dt.date]:
    """The first days of the quarters that are over, the latest first."""
    first = dt.date(today.year, clock.quarter_of(today) * 3 - 2, 1)
    found = []
    for _ in range(count):
        first = (first - clock.ONE_DAY).replace(day=1)
        first = first.replace(month=clock.quarter_of(first) * 3 - 2)
        found.append(first)
    return found


def figures(quarter: dt.date) -> dict[str, dict[str, int | None]]:
    """Counts of a quarter that is over, split one way at a time. None is a cell withheld because it would tell of someone."""
    found: dict[str, dict[str, int | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT split, cell, n FROM helpline_figures(%s) ORDER BY split, n DESC NULLS LAST, cell", [quarter]
        )
        for split, cell, n in cursor.fetchall():
            found.setdefault(split, {})[cell] = n
    return found


def common_answer(pk: int) -> CommonAnswer:
    """Raises CommonAnswer.DoesNotExist."""
    return CommonAnswer.objects.get(pk=pk)


def common_answers() -> QuerySet[CommonAnswer]:
    """All of them: what waits for a second person first, what was withdrawn last."""
    waiting_first = F("published_at").desc(nulls_first=True)
    return CommonAnswer.objects.order_by(F("withdrawn_at").asc(nulls_first=True), waiting_first, "-written_at")


# ---------------------------------------------------------------- she, by her code


def code_index(code: str) -> bytes:
    """What a code is found by."""
    return sealing.blind(code, context="helpline_matter.code")


def sealed_message(text: str) -> bytes:
    """A message as the functions she writes through keep it."""
    return sealing.seal(text, context=MESSAGE_CONTEXT)


@dataclass(frozen=True, slots=True)
class Said:
    at: dt.datetime
    from_her: bool
    text: str


@dataclass(frozen=True, slots=True)
class Own:
    """Her matter as her code shows it: nothing of what she said about herself or others."""

    number: str
    state: str
    received_at: dt.datetime
    due_on: dt.date
    told_on: dt.date | None
    answered_at: dt.datetime | None
    closed_at: dt.datetime | None
    satisfaction: int | None
    petition: bool
    messages: tuple[Said, ...] = ()
    review_days: int = 0

    @property
    def state_label(self) -> str:
        return str(State(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED


def own(code: str) -> Own | None:
    """The matter of a code, None for wrong and unknown ones alike. Asked as a visitor."""
    index = code_index(code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM helpline_answer(%s)", [index])
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute("SELECT at, from_her, text FROM helpline_messages(%s)", [index])
        said = [Said(at, hers, Sealed(bytes(text), MESSAGE_CONTEXT).reveal()) for at, hers, text in cursor.fetchall()]
    return replace(Own(*row), messages=tuple(said), review_days=limits(clock.today()).review_days)


# ---------------------------------------------------------------- the public


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    id: int
    topic: str
    question: str
    answer: str
    published_on: dt.date

    @property
    def topic_label(self) -> str:
        return str(Topic(self.topic).label)


def public_answers() -> list[PublicAnswer]:
    """Questions many ask, by subject."""
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT id, topic, question, answer, published_on FROM public_helpline_answer ORDER BY topic, id"
        )
        return [PublicAnswer(*row) for row in cursor.fetchall()]


def public_keys() -> list[dict[str, object]]:
    """The public keys what comes in may be sealed with."""
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT id, public FROM public_helpline_key ORDER BY id")
        return [{"id": number, "public": public} for number, public in cursor.fetchall()]
