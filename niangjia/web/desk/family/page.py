"""What the pages of family education share: the tabs one may enter, years and files that were asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.urls import reverse

from niangjia.access.acting import Acting, ActorKind
from niangjia.access.verbs import Verb
from niangjia.core import clock, codes
from niangjia.core.codes import Level
from niangjia.family_education import queries
from niangjia.family_education.queries import Bearer
from niangjia.files import actions as files
from niangjia.files.kinds import FileKind
from niangjia.files.models import StoredFile
from niangjia.org.models import Unit
from niangjia.web.guard import ActingRequest

READ, RECORD, ORDER, MANAGE = Verb.FAMILY_READ, Verb.FAMILY_RECORD, Verb.FAMILY_ORDER, Verb.FAMILY_MANAGE
PAPERS = {FileKind.IMAGE, FileKind.PDF, FileKind.DOCX, FileKind.XLSX}
PAGE = 30


def tabs(acting: Acting, here: str) -> list[dict[str, Any]]:
    """The rooms within the room, for who may enter them."""
    desk = acting.kind is ActorKind.DESK
    found = [
        ("own", "本单位", "our_family:index", not desk),
        ("matrix", "职责清单", "family:index", acting.may(READ) and not (desk and acting.level is Level.VILLAGE)),
        ("activities", "活动", "family:activities", True),
        ("orders", "讲座点单", "family:orders", desk and acting.may(ORDER)),
        ("lecturers", "讲师和课程", "family:lecturers", desk and acting.may(ORDER)),
        ("schools", "家长学校", "family:schools", acting.may(READ)),
        ("figures", "统计", "family:figures", acting.may(READ)),
        ("meetings", "部门联动", "family:meetings", acting.may(READ)),
        ("settings", "学期和职责", "family:settings", acting.may(READ)),
    ]
    return [
        {"label": label, "url": reverse(route), "active": key == here}
        for key, label, route, allowed in found
        if allowed
    ]


def year_asked(request: ActingRequest) -> int:
    given = request.GET.get("year", "") or request.POST.get("year", "")
    return int(given) if given.isdecimal() and 2016 <= int(given) <= 2100 else clock.today().year


def number_of(text: str) -> int:
    """The number of a record in an address or a form; 0, which no record has, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0


def years(chosen: int) -> list[int]:
    this = clock.today().year
    return sorted({chosen, *range(this - 2, this + 1)})


def within(acting: Acting) -> str:
    """The range of her lists: her place, or the district for a department."""
    return acting.place if acting.kind is ActorKind.DESK else codes.district_of(acting.place)


def bearer(request: ActingRequest, pk: int) -> Bearer:
    """The unit whose duties she looks at; one out of her range does not exist."""
    unit = Unit.objects.filter(pk=pk, active_to__isnull=True).first()
    found = queries.bearer_of(unit) if unit is not None else None
    acting = request.acting
    if found is None or unit is None:
        raise Http404
    if acting.kind is ActorKind.DESK:
        allowed = codes.contains(acting.place, found.place)
    else:
        allowed = acting.unit_id == unit.pk or acting.may(READ)
    if not allowed:
        raise Http404
    return found


def may_speak(acting: Acting, unit_id: int) -> bool:
    """Whether she writes for the unit: her own, or all of them."""
    return acting.may(MANAGE) or (acting.may(RECORD) and acting.unit_id == unit_id)


def upload(request: ActingRequest, name: str, purpose: str, place: str) -> Callable[[], StoredFile | None]:
    """Stores the file that came along, if any, at the moment it is asked for. Raises FileError."""

    def keep() -> StoredFile | None:
        sent = request.FILES.get(name)
        if sent is None:
            return None
        return files.store(
            name=sent.name or "", data=sent.read(), purpose=purpose, place=place, by=request.acting, kinds=PAPERS
        )

    return keep
