"""Named reads of needs."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from niangjia.access.acting import Acting
from niangjia.core import codes
from niangjia.needs.kinds import OPEN, NeedKind, NeedState
from niangjia.needs.models import Deadline, Need
from niangjia.org import queries as org
from niangjia.org.kinds import UnitKind
from niangjia.org.models import Unit


def needs() -> QuerySet[Need]:
    """Needs the reader may see, the one that is due first at the top."""
    return Need.objects.select_related("unit", "department").defer("text", "answer").order_by("due_on", "id")


def open_needs() -> QuerySet[Need]:
    return needs().filter(state__in=OPEN)


def in_hand_of(acting: Acting) -> Q:
    """Open needs that lie with the acting unit."""
    return Q(unit_id=acting.unit_id, state__in=OPEN)


def raised_from(subject: str) -> QuerySet[Need]:
    """Needs heard with a record: a visit, a case."""
    return needs().filter(raised_from=subject)


def need(pk: int) -> Need:
    """One need with its text. Raises Need.DoesNotExist out of range."""
    return Need.objects.select_related("unit", "department", "person", "household").get(pk=pk)


def deadline(kind: str, on: dt.date) -> Deadline:
    """The deadline of a kind in force on a day. Raises Deadline.DoesNotExist."""
    found = Deadline.objects.filter(kind=kind, valid_from__lte=on).order_by("-valid_from").first()
    if found is None:
        raise Deadline.DoesNotExist(f"no deadline for {kind} on {on}")
    return found


def deadlines(on: dt.date) -> list[Deadline]:
    """The deadlines in force on a day, by kind."""
    return [deadline(kind, on) for kind in NeedKind]


def waiting(acting: Acting, today: dt.date) -> dict[str, QuerySet[Need]]:
    """What of needs waits for a post: to assign, in its unit's hands, overdue. To be counted together with others."""
    mine = Need.objects.filter(in_hand_of(acting))
    return {
        "overdue": mine.filter(due_on__lt=today),
        "to_assign": mine.filter(state=NeedState.RAISED),
        "in_hand": mine.exclude(state=NeedState.RAISED),
    }


def assignable(place: str, within: str) -> QuerySet[Unit]:
    """Federations a need of a place can be given to: of the place and above it, as far as the asker's own range."""
    chain = [place]
    while (parent := codes.parent_of(chain[-1])) is not None:
        chain.append(parent)
    chain = [code for code in chain if codes.contains(within, code)]
    return Unit.objects.filter(kind=UnitKind.FEDERATION, active_to__isnull=True, place__in=chain).order_by("place")


def departments() -> QuerySet[Unit]:
    """Partners a need can be handed over to."""
    return org.units().filter(kind__in=[UnitKind.DEPARTMENT, UnitKind.SCHOOL, UnitKind.SUPPLIER])
