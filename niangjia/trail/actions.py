"""Appending to the trail, in the same transaction as the act it tells of."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection


def append(*, stream: str, verb: str, subject: str, place: str, summary: Mapping[str, Any] | None = None) -> int:
    """Append one entry and return its id. Who acts is read by the database from the transaction, not from the caller.

    ``summary`` must hold nothing secret: keys, labels, counts, masked values.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trail_append(%s, %s, %s, %s, %s::jsonb)",
            [stream, verb, subject, place, json.dumps(summary or {}, ensure_ascii=False, default=str)],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])
