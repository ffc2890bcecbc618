"""The list of cases: filters in the address, searches never, since a search may be an ID number."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, OrderBy, QuerySet
from django.http import QueryDict

from niangjia.access.acting import Acting
from niangjia.core import clock, codes, identity
from niangjia.core.codes import Level
from niangjia.flow.kinds import StateKind
from niangjia.org import queries as org
from niangjia.people import queries as people
from niangjia.programmes import queries, registry
from niangjia.programmes.models import Case, Round
from niangjia.programmes.queries import CaseFilter
from niangjia.web.desk import sought
from niangjia.web.desk.cases.rows import short

PAGE = 50
TOKEN = "web.case_search"  # noqa: S105  the context a search is sealed under
SORTS = {
    "number": "number",
    "name": "name_pinyin",
    "place": "place",
    "due": "due_on",
    "arrived": "arrived_at",
    "submitted": "submitted_at",
}
DUE = {"overdue": "已逾期", "soon": "两个工作日内到期", "ontime": "未到期"}


def read_search(text: str) -> CaseFilter:
    """What to look for. What looks like an ID number must be one: raises SearchError saying what is wrong with it."""
    wanted = text.strip()[:80]
    if sum(sign.isdigit() for sign in wanted) < 15 or "-" in wanted:
        return CaseFilter(text=wanted)
    try:
        return CaseFilter(index=people.id_index(identity.parse_id(wanted).number).hex())
    except identity.IdentityError as error:
        raise sought.SearchError(str(error)) from error


def to_token(search: CaseFilter) -> str:
    """The search for an address."""
    return sought.to_token(f"i{search.index}" if search.index else f"t{search.text}", TOKEN)


def from_token(token: str) -> tuple[str, str]:
    """The words and the index an address holds; empty when there are none or it was altered."""
    plain = sought.from_token(token, TOKEN)
    return ("", plain[1:]) if plain.startswith("i") else (plain[1:], "")


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # generic to the type checker only
    """A paginator told the count: the tabs have counted already."""

    def __init__(self, cases: QuerySet[Case], count: int) -> None:
        super().__init__(cases, PAGE)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known


class Listing:
    """The list an address asks for. Unknown values are left out, never an error."""

    def __init__(self, asked: QueryDict, acting: Acting) -> None:
        self.asked = asked
        self.acting = acting
        self.today = clock.today()
        text, index = from_token(str(asked.get("s", "")))
        wanted = str(asked.get("round", ""))
        self.filter = CaseFilter(
            mine=asked.get("mine") == "1",
            kind=_among(asked.get("kind"), StateKind._value2member_map_),
            due=_among(asked.get("due"), DUE),
            category=str(asked.get("category", ""))[:24],
            round_id=int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None,
            place=self._place(str(asked.get("place", ""))),
            text=text,
            index=index,
        )
        sort = str(asked.get("sort", ""))
        self.sort = sort if sort.removeprefix("-") in SORTS else ""

    def _place(self, code: str) -> str:
        return code if code in org.place_names() and codes.contains(self.acting.place, code) else ""

    @cached_property
    def counts(self) -> dict[str, int]:
        return queries.counts_by_kind(self.filter.without_kind(self.acting, self.today))

    @property
    def cases(self) -> QuerySet[Case]:
        """The list in its order, without the answers no list shows."""
        found = self.filter.select(self.acting, self.today)
        return found.order_by(*self._order()).defer("answers", "sealed_answers", "name_initials")

    def _order(self) -> list[OrderBy | str]:
        if not self.sort:
            return [F("due_on").asc(nulls_last=True), "-id"] if self.filter.mine else ["-id"]
        field = F(SORTS[self.sort.removeprefix("-")])
        falling = self.sort.startswith("-")
        return [field.desc(nulls_last=True) if falling else field.asc(nulls_last=True), "-id"]

    @property
    def total(self) -> int:
        return self.counts.get(self.filter.kind, 0) if self.filter.kind else sum(self.counts.values())

    def tabs(self) -> list[dict[str, Any]]:
        """All, then each kind that has cases, in the order of the way."""
        entries = [{"kind": "", "label": "全部", "count": sum(self.counts.values())}]
        entries += [
            {"kind": kind.value, "label": kind.label, "count": self.counts.get(kind.value, 0)}
            for kind in StateKind
            if self.counts.get(kind.value) or kind.value == self.filter.kind
        ]
        return [
            {**entry, "active": entry["kind"] == self.filter.kind, "url": self.url(kind=entry["kind"])}
            for entry in entries
        ]

    def url(self, **changes: Any) -> str:
        """This list with other values; the page starts anew."""
        query = self.asked.copy()
        query.pop("page", None)
        for key, value in changes.items():
            if value in ("", None):
                query.pop(key, None)
            else:
                query[key] = str(value)
        return f"?{query.urlencode()}"

    @property
    def mine_url(self) -> str:
        return self.url(mine="1")

    def chips(self, rounds: list[Round], categories: list[tuple[str, str]]) -> list[dict[str, str]]:
        """The filters that are set, each with the address without it."""
        found = []
        wanted = self.filter
        if wanted.text or wanted.index:
            label = f"“{wanted.text}”" if wanted.text else "按证件号码查到"
            found.append({"label": label, "url": self.url(s="")})
        if wanted.mine:
            found.append({"label": "待我办理", "url": self.url(mine="")})
        if wanted.round_id is not None:
            title = next((round_.title for round_ in rounds if round_.pk == wanted.round_id), "批次")
            found.append({"label": title, "url": self.url(round="")})
        if wanted.place:
            found.append({"label": org.place_name(wanted.place), "url": self.url(place="")})
        if wanted.category:
            label = dict(categories).get(wanted.category, wanted.category)
            found.append({"label": label, "url": self.url(category="")})
        if wanted.due:
            found.append({"label": DUE[wanted.due], "url": self.url(due="")})
        return found


def _among(value: object, known: Container[object]) -> str:
    return str(value) if value in known else ""


def place_choices(acting: Acting) -> list[tuple[str, str]]:
    """Places to narrow the list to: the towns of a district, the villages of a town, none for a village."""
    names = org.place_names()
    lo, hi = codes.subtree(acting.place)
    wanted = {Level.DISTRICT: Level.TOWN, Level.TOWN: Level.VILLAGE}.get(acting.level)
    return [(code, names[code]) for code in sorted(names) if lo <= code < hi and codes.level_of(code) is wanted]


def category_choices(rounds: list[Round]) -> list[tuple[str, str]]:
    """The categories of the versions that rounds use, each once."""
    found: dict[str, str] = {}
    for version in {(round_.programme, round_.version) for round_ in rounds}:
        declared = registry.version(*version)
        if declared.bindings.category:
            field = declared.sheet.field(declared.bindings.category)
            found |= {value: short(label) for value, label in field.choices}
    return list(found.items())
