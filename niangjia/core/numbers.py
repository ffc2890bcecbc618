"""Numbers of papers in series, counted by the database: two at once never get the same, and gaps may be left."""

from __future__ import annotations

from django.db import connection


def counter(room: str) -> str:
    """SQL for a room's series and the function that counts one on. Nobody reads the table; the room says who may count."""
    return f"""
CREATE TABLE {room}_counter (prefix text PRIMARY KEY, last bigint NOT NULL);
ALTER TABLE {room}_counter ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION {room}_next_number(p_prefix text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO {room}_counter AS counter (prefix, last) VALUES (p_prefix, 1)
        ON CONFLICT (prefix) DO UPDATE SET last = counter.last + 1 RETURNING last
$$;
"""  # noqa: S608  the room is a word of the code


def next_number(room: str, prefix: str) -> str:
    """The next number of a room's series, such as ``JT2026-0001``."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {room}_next_number(%s)", [prefix])
        row = cursor.fetchone()
    assert row is not None
    return f"{prefix}-{row[0]:04d}"
