"""Appending to the trail, in the same transaction as the act it tells of."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction

from niangjia.core import clock
from niangjia.trail import archive, rules
from niangjia.trail.models import Anchor


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


def write_export(path: Path) -> int:
    """Write every entry the reader may see to a file, stream by stream; returns how many. For the owner's connection."""
    count = 0
    with path.open("w", encoding="utf-8") as out, transaction.atomic(using="owner"):
        out.write(json.dumps({"format": archive.FORMAT, "kind": "export", "made_at": clock.now().isoformat()}) + "\n")
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "DECLARE entries NO SCROLL CURSOR FOR SELECT stream, seq, (extract(epoch FROM at) * 1000000)::bigint, "
                "account_id, post_id, actor, place, verb, subject, summary::text, encode(hash, 'hex') "
                'FROM trail_entry ORDER BY stream COLLATE "C", seq'
            )
            while True:
                cursor.execute("FETCH 5000 FROM entries")
                rows = cursor.fetchall()
                if not rows:
                    return count
                for row in rows:
                    out.write(json.dumps(dict(zip(FIELDS, row, strict=True)), ensure_ascii=False) + "\n")
                count += len(rows)


def make_anchor(folder: Path, *, day: dt.date | None = None) -> Path:
    """Write the heads of all streams to ``folder/anchor-YYYY-MM-DD.jsonl`` and remember the root. For the owner's connection.

    A second anchor of one day replaces the first.
    """
    day = day or clock.today()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT name, seq, encode(hash, 'hex') FROM trail_stream WHERE seq > 0 ORDER BY name COLLATE \"C\""
        )
        heads = [(str(name), int(seq), str(head)) for name, seq, head in cursor.fetchall()]
        root = rules.root(heads)
        Anchor.objects.using("owner").update_or_create(
            day=day,
            defaults={
                "made_at": clock.now(),
                "entries": sum(seq for _, seq, _ in heads),
                "streams": len(heads),
                "root": root,
            },
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"anchor-{day:%Y-%m-%d}.jsonl"
    with path.open("w", encoding="utf-8") as out:
        out.write(json.dumps({"format": archive.FORMAT, "kind": "anchor", "day": str(day), "root": root.hex()}) + "\n")
        for head in heads:
            out.write(json.dumps(head, ensure_ascii=False) + "\n")
    return path


FIELDS = ("stream", "seq", "at", "account", "post", "actor", "place", "verb", "subject", "summary", "hash")
