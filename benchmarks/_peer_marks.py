"""Signing in as the least one could write: one row, no roster, no window, no trail, and the same page as answer."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from niangjia.access import queries as access
from niangjia.access.acting import acting_as
from niangjia.attendance.queries import Door
from niangjia.attendance.rules import Gathering
from niangjia.core import clock
from niangjia.web.guard import public
from niangjia.web.portal.page import page

TABLE = """
CREATE TABLE peer_mark (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, session_id bigint NOT NULL, name text NOT NULL,
    ticket uuid NOT NULL UNIQUE, at timestamptz NOT NULL);
GRANT INSERT ON peer_mark TO niangjia_resident;
"""


@public
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Insert and say so."""
    name, now = request.POST["name"], clock.now()
    with acting_as(access.visitor()), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO peer_mark (session_id, name, ticket, at) VALUES (%s, %s, %s, %s)",
            [pk, name, UUID(request.POST["ticket"]), now],
        )
        shown = Door("讲座", "", "", Gathering(now, now), rotating=False, walk_in=False)
        return page(
            request,
            "portal/attendance/done.html",
            {"found": shown, "half": "", "name": name, "again": False, "at": now},
        )
