"""A throw-away cluster with the application's own tables and roles, and a million cases made up in seconds."""

from __future__ import annotations

import atexit
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from config import environment
from config.environment import Server
from niangjia.ops import postgres, roles

VILLAGES = Path(__file__).with_name("data") / "chongqing_villages.txt"
# Of a hundred cases so many are in the state: most are over, as after some years.
STATES = {
    ("DRAFT", "draft"): 3, ("RETURNED", "returned"): 2, ("SUBMITTED", "review"): 12, ("CHECKING", "outside_check"): 3,
    ("WAITING", "queue"): 5, ("NOTICE", "notice"): 1, ("GRANTED", "granted"): 4, ("FOLLOWED_UP", "closed"): 60,
    ("REJECTED", "refused"): 8, ("WITHDRAWN", "withdrawn"): 2,
}  # fmt: skip


def set_up_django() -> None:
    """Load settings in a state folder that ends with the process, unless somebody has done so."""
    from django.conf import settings

    if settings.configured:
        return
    home = tempfile.TemporaryDirectory(prefix="niangjia-bench-")
    atexit.register(home.cleanup)
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "NIANGJIA_HOME": home.name,
        "NIANGJIA_KEYS": json.dumps(environment.new_keys()),
        "NIANGJIA_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "benchmarks._settings",
    }
    (Path(home.name) / "static").mkdir()
    import django

    django.setup()


@contextmanager
def world(settings_of_server: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A cluster with the migrated tables, and Django pointed at it. The data is gone afterwards."""
    set_up_django()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    with postgres.throwaway(settings_of_server) as place:
        roles.bootstrap(place, settings.KEYS)
        connections.close_all()
        for alias in connections:
            connections.settings[alias].update(HOST=place.host, PORT=str(place.port), NAME=place.name)
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        try:
            yield place
        finally:
            connections.close_all()


def villages() -> list[str]:
    """The 11,270 village codes of 38 districts, in order."""
    lines = VILLAGES.read_text(encoding="utf-8").splitlines()
    return sorted(
        town + village for line in lines if not line.startswith("#") for town, *own in [line.split()] for village in own
    )


def fill_cases(administrator: psycopg.Connection, count: int, places: Sequence[str]) -> None:
    """As many cases in random villages, in the order they were filed, with 600 sealed bytes each, their rounds and persons.

    The rows go past triggers and foreign keys, which only a superuser may do, and the indexes are built afterwards.
    """
    with administrator.transaction():
        administrator.execute("SET LOCAL session_replication_role = replica")
        administrator.execute("SELECT setseed(0.12338)")
        administrator.execute("CREATE TEMPORARY TABLE place (n int PRIMARY KEY, code text) ON COMMIT DROP")
        administrator.execute("CREATE TEMPORARY TABLE state (n int PRIMARY KEY, name text, kind text) ON COMMIT DROP")
        with administrator.cursor() as cursor:
            with cursor.copy("COPY place FROM STDIN") as copy:
                for line in enumerate(places):
                    copy.write_row(line)
            with cursor.copy("COPY state FROM STDIN") as copy:
                for n, (name, kind) in enumerate(state for state, share in STATES.items() for _ in range(share)):
                    copy.write_row((n, name, kind))
        administrator.execute("ANALYZE place, state")
        indexes = administrator.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = 'programmes_case'::regclass AND NOT indisunique"
        ).fetchall()
        for name, _ in indexes:
            administrator.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for statement in _FILL.split(";"):
            administrator.execute(statement, {"count": count, "places": len(places)})
        for _, definition in indexes:
            administrator.execute(definition)
    administrator.execute("VACUUM (ANALYZE) programmes_case, programmes_round, people_person")


_FILL = """
INSERT INTO org_unit (name, short_name, kind, place, "order", active_from, executives_expected)
SELECT '区妇联', '区妇联', 'DEPARTMENT', '500102000000', 0, '2019-01-01', 0;

INSERT INTO programmes_round (programme, version, title, year, place, unit_id, document_number, opens_on, closes_on,
    cutoff_on, amount, notice_days, notice_unit, objection_phone, parameters, upper_batch_number, state)
SELECT 'two_cancers_grant', 'low-income-women', '第' || n || '批', 2019, '500102000000', max(unit.id), '', '2019-01-01',
    '2019-12-31', '2019-12-31', 10000, 7, 'workday', '', '{}', '', 'OPEN'
FROM generate_series(0, %(count)s / 5000) n, org_unit unit GROUP BY n;

INSERT INTO people_person (name, name_pinyin, name_initials, sex, id_kind, place, created_at)
SELECT '甲乙', 'jia yi', 'jy', 'F', 'NONE', code, now()
FROM generate_series(0, %(count)s / 4) person JOIN place ON place.n = person %% %(places)s;

INSERT INTO programmes_case (number, round_id, programme, version, place, state, kind, revision, person_id, name,
    name_pinyin, name_initials, category, amount, answers, sealed_answers, filed_by_account, helper, created_at,
    submitted_at, arrived_at, due_on, household_key, title)
SELECT 'LA' || lpad(drawn.n::text, 8, '0'), first_round + drawn.n / 5000, 'two_cancers_grant', 'low-income-women',
    place.code, state.name, state.kind, 3, first_person + drawn.n / 4, '甲乙' || drawn.n %% 977,
    'jia yi ' || drawn.n %% 977, 'jy' || drawn.n %% 977, 'BREAST', 10000,
    '{"address": "某村三组十二号", "in_district": true, "difficulty": "LOW_INCOME", "bank": "中国邮政储蓄银行某支行"}',
    sealed.bytes, 1, '', filed.at, filed.at, filed.at, filed.at::date + 30, '', ''
FROM (
    SELECT n, floor(random() * %(places)s)::int AS place, floor(random() * 100)::int AS state
    FROM generate_series(0, %(count)s - 1) n
) drawn
JOIN place ON place.n = drawn.place
JOIN state ON state.n = drawn.state
JOIN (
    SELECT n, (SELECT string_agg(sha256((n || '/' || part)::bytea), '') FROM generate_series(1, 19) part) AS bytes
    FROM generate_series(0, 499) n
) sealed ON sealed.n = drawn.n %% 500
CROSS JOIN LATERAL (SELECT timestamptz '2019-01-01 09:00+08' + drawn.n * interval '4 minutes' AS at) filed
CROSS JOIN (SELECT min(id) AS first_round FROM programmes_round) rounds
CROSS JOIN (SELECT min(id) AS first_person FROM people_person) persons
"""
