"""What the writes of family education share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from niangjia.access.acting import Acting, record
from niangjia.access.verbs import Verb


def note(verb: str, stream: str, place: str, *, by: Acting, **summary: Any) -> None:
    """The trail of one record of the room, or of a place."""
    record(by=by, stream=stream, verb=verb, place=place, summary=summary)


def require_own(unit_id: int, *, by: Acting) -> None:
    """She speaks for her own unit, or manages all. Raises PermissionDenied."""
    if by.may(Verb.FAMILY_MANAGE):
        return
    by.require(Verb.FAMILY_RECORD)
    if by.unit_id != unit_id:
        raise PermissionDenied("只能登记本单位的情况。")
