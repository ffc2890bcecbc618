"""Named reads of wishes: of the desk under its range, of a resident her own, of anybody the public views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Count, Q, QuerySet

from niangjia.access.acting import Acting
from niangjia.org import queries as org
from niangjia.wishes.kinds import STANDING, Category, ClaimState, WisherKind, WishState
from niangjia.wishes.models import Claim, Terms, Wish

SEALED = ("wisher", "guardian", "phone")


def terms(on: dt.date) -> Terms:
    """The parameters in force on a day. Raises Terms.DoesNotExist."""
    found = Terms.objects.filter(valid_from__lte=on).order_by("-valid_from").first()
    if found is None:
        raise Terms.DoesNotExist(f"no terms on {on}")
    return found


def wishes() -> QuerySet[Wish]:
    """Wishes the reader may see, without what is sealed, the latest first."""
    return Wish.objects.defer(*SEALED)


def wish(pk: int) -> Wish:
    """One wish with what is sealed. Raises Wish.DoesNotExist out of range."""
    return Wish.objects.get(pk=pk)


def counts() -> dict[str, int]:
    """How many wishes stand in each state."""
    found = Wish.objects.order_by().values_list("state").annotate(n=Count("id"))
    return dict(found)


def standing_claim(wish: Wish) -> Claim | None:
    """The claim that keeps others away, if there is one."""
    return Claim.objects.filter(wish=wish, state__in=STANDING).first()


def claims() -> QuerySet[Claim]:
    return Claim.objects.select_related("wish").defer("name", "phone", *(f"wish__{name}" for name in SEALED))


def overdue(today: dt.date) -> QuerySet[Claim]:
    """Claims whose time is over and of which the village has nothing yet."""
    return claims().filter(due_until(today - dt.timedelta(days=1)))


def waiting() -> dict[str, QuerySet[Wish]]:
    """What waits for a desk: to verify, to publish, to bring to the wisher, to confirm. To be counted with others."""
    handed_in = Claim.objects.filter(state=ClaimState.HELD, handed_in_on__isnull=False)
    return {
        "verify": Wish.objects.filter(state=WishState.SUBMITTED),
        "publish": Wish.objects.filter(state=WishState.VERIFIED),
        "deliver": Wish.objects.filter(state=WishState.CLAIMED, pk__in=handed_in.values("wish")),
        "confirm": Wish.objects.filter(state=WishState.DELIVERED),
    }


def place_words(place: str) -> tuple[str, ...]:
    """What a village is called, in full, short, and without its last word: none of it may stand in a wish."""
    names = org.names_within(place).get(place, set())
    stems = {name.removesuffix(tail) for name in names for tail in ("居民委员会", "村民委员会", "社区", "村")}
    return tuple(sorted((word for word in names | stems if len(word) > 1), key=len, reverse=True))


# ---------------------------------------------------------------- a resident's own


def own_wishes(acting: Acting) -> QuerySet[Wish]:
    """What this account wished for, for herself or her child."""
    return wishes().filter(filed_by_account=acting.account_id)


def own_claims(acting: Acting) -> QuerySet[Claim]:
    """What this account took up; of the wish itself only its public view may be read."""
    return Claim.objects.filter(account_id=acting.account_id)


# Claims that ended without her doing and of which their claimant was not told yet.
UNSEEN = Q(state__in=(ClaimState.RELEASED, ClaimState.ENDED), seen_at__isnull=True)


def unseen(acting: Acting) -> QuerySet[Claim]:
    """Claims of this account that ended without her doing and that she was not yet told of."""
    return own_claims(acting).filter(UNSEEN)


def due_until(day: dt.date) -> Q:
    """Claims that are to be brought by a day, of which the village has nothing yet."""
    return Q(state=ClaimState.HELD, handed_in_on__isnull=True, due_on__lte=day)


# ---------------------------------------------------------------- the public


@dataclass(frozen=True, slots=True)
class PublicWish:
    """A wish as everybody may see it: of the wisher her kind and town."""

    id: int
    town: str
    kind: str
    category: str
    text: str
    value: int
    state: str
    opened_on: dt.date
    closes_on: dt.date

    @property
    def kind_label(self) -> str:
        return str(WisherKind(self.kind).label)

    @property
    def category_label(self) -> str:
        return str(Category(self.category).label)

    @property
    def state_label(self) -> str:
        return str(WishState(self.state).label)

    @property
    def is_open(self) -> bool:
        return self.state == WishState.OPEN


_COLUMNS = "id, town, kind, category, text, value, state, opened_on, closes_on"


def _public(where: str, params: Sequence[Any], tail: str = "") -> list[PublicWish]:
    with connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM public_wish WHERE {where} {tail}", params)  # noqa: S608  fixed words
        return [PublicWish(*row) for row in cursor.fetchall()]


def public_wishes(*, show: str, category: str = "", town: str = "", limit: int, offset: int = 0) -> list[PublicWish]:
    """Wishes on show in a state, the one that waited longest first; of fulfilled ones the latest."""
    states = [WishState.CLAIMED, WishState.DELIVERED] if show == WishState.CLAIMED else [show]
    where, params = _among(category, town)
    order = "opened_on DESC, id DESC" if show == WishState.CONFIRMED else "opened_on, id"
    params = [*params, [str(state) for state in states], limit, offset]
    return _public(f"{where} AND state = ANY(%s)", params, f"ORDER BY {order} LIMIT %s OFFSET %s")


def _among(category: str, town: str) -> tuple[str, list[Any]]:
    """A condition of SQL with what stands in it: of one category, of one town, or of all."""
    asked = {column: value for column, value in (("category", category), ("town", town)) if value}
    return " AND ".join(["true", *(f"{column} = %s" for column in asked)]), list(asked.values())


def public_counts(*, category: str = "", town: str = "") -> dict[str, int]:
    """How many wishes are on show, by tab; CLAIMED counts what is on its way too."""
    found = dict.fromkeys((str(WishState.OPEN), str(WishState.CLAIMED), str(WishState.CONFIRMED)), 0)
    where, params = _among(category, town)
    with connections["public"].cursor() as cursor:
        cursor.execute(f"SELECT state, count(*) FROM public_wish WHERE {where} GROUP BY state", params)  # noqa: S608
        for state, count in cursor.fetchall():
            found[str(WishState.CLAIMED) if state == WishState.DELIVERED else state] += count
    return found


def public_towns() -> list[str]:
    """Codes of the towns with wishes on show."""
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT DISTINCT town FROM public_wish ORDER BY town")
        return [town for (town,) in cursor.fetchall()]


def public_wish(pk: int) -> PublicWish | None:
    return next(iter(_public("id = %s", [pk])), None)


def public_wishes_of(ids: Sequence[int]) -> dict[int, PublicWish]:
    """Wishes by number, those that are still on show."""
    return {one.id: one for one in _public("id = ANY(%s)", [list(ids)])}


@dataclass(frozen=True, slots=True)
class PublicTerms:
    value_cap: int
    claim_days: int
    most_claims: int


def public_terms(on: dt.date) -> PublicTerms:
    """What everybody may know of the parameters."""
    with connections["public"].cursor() as cursor:
        cursor.execute(
            "SELECT value_cap, claim_days, most_claims FROM public_wish_terms WHERE valid_from <= %s "
            "ORDER BY valid_from DESC LIMIT 1",
            [on],
        )
        return PublicTerms(*cursor.fetchone())
