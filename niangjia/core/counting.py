"""How many records there are of several kinds, asked in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def count_all(sets: Mapping[str, QuerySet[Any, Any]]) -> dict[str, int]:
    """The size of every set by its key, as the asker may see it. One statement however many there are."""
    found, statements, parameters = dict.fromkeys(sets, 0), [], []
    for key, records in sets.items():
        plain = records.order_by()
        query = plain.query if plain.query.values_select else plain.values("pk").query
        try:
            statement, given = query.sql_with_params()
        except EmptyResultSet:  # nothing can be in it
            continue
        statements.append(f"SELECT %s AS key, count(*) FROM ({statement}) one")  # noqa: S608 - Django's own text
        parameters += [key, *given]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), parameters)
            found |= dict(cursor.fetchall())
    return found
