"""Signing in and looking back: a thousand phones in one minute, and the year of a unit over two million marks.

The phones press over HTTP, each on a connection of its own, at moments drawn over one minute; every tenth presses twice. The
web server, the database, which waits for its disk, and the phones share the machine. The peer inserts one row and answers
with the same page. The year of a unit is the page of the desk, made in this process, beside its statements sent by hand as
the same role under the same row security; what an empty page costs is taken off.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

import psycopg
from psycopg import sql

from benchmarks._lib import Claim, at_most, ratio, seconds, shown
from benchmarks._world import set_up_django, villages, world
from benchmarks.ballots import DURABLE, Client, served
from benchmarks.desk_pages import sign_in

if TYPE_CHECKING:
    from config.environment import Server
    from niangjia.access.acting import Acting

PHONES = 1_000
MINUTE = 60.0
TWICE = 10  # every tenth presses again
AT_ONCE = 64
PRESSES = 1_500  # for the ratio, as fast as twenty clients can
CLIENTS = 20
P99_BOUND = 1_000.0  # milliseconds
PLAIN_BOUND = 3.0
LEARNERS, MARKS = 20_000, 2_000_000
CLASSES = 500
PAGE_BOUND = 1.3
DISTRICT, TOWN = "500102000000", "500102006000"
SECRET = "a" * 32
SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"


def names(wanted: int) -> list[str]:
    """As many different names of three characters."""
    middle = [chr(0x4E00 + 37 * n) for n in range(100)]
    return [f"{SURNAMES[n % 20]}{middle[n // 20 % 100]}{middle[n // 2000 % 100]}" for n in range(wanted)]


def lecture(women: Sequence[str]) -> str:
    """A lecture that runs now, with a roster; the path its code on the wall opens."""
    from niangjia.access.acting import acting_as
    from niangjia.access.queries import house
    from niangjia.attendance import actions, rules
    from niangjia.core import clock
    from niangjia.org.models import Unit

    by, today = house(DISTRICT), clock.today()
    with acting_as(by):
        session = actions.plan_session(
            subject=f"lecture:{secrets.randbelow(10**9) + 1}", unit=Unit.objects.get(place=DISTRICT), title="讲座", by=by,
            starts_at=dt.datetime.combine(today, dt.time(0), clock.CHINA),
            ends_at=dt.datetime.combine(today, dt.time(23, 59), clock.CHINA),
        )  # fmt: skip
        entrants = [actions.Entrant(name) for name in women]
        actions.join_many(subject=session.subject, entrants=entrants, place=DISTRICT, by=by)
    return f"/s/{rules.wall_token(session.wall_code, session.pk, 'DAY')}/"


def form(path: str, name: str, ticket: str) -> bytes:
    """One press as a browser posts it."""
    body = f"csrfmiddlewaretoken={SECRET}&name={quote(name)}&ticket={ticket}"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={SECRET}\r\nUser-Agent: bench\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def press(client: Client, path: str, name: str, ticket: str) -> None:
    head = client.send(form(path, name, ticket))
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode(errors="replace"))


def minute(port: int, path: str, women: Sequence[str], *, span: float = MINUTE) -> list[float]:
    """Each phone presses at its moment; the seconds from that moment to the answer, waiting in line included."""
    draw = random.Random(4)
    moments = sorted((draw.random() * span, woman) for woman in women)
    begin = time.perf_counter() + 0.2

    def phone(number: int) -> list[float]:
        moment, woman = moments[number]
        taken = []
        client, ticket = Client(port), str(uuid4())
        time.sleep(max(0.0, begin + moment - time.perf_counter()))
        start = begin + moment
        for _ in range(2 if number % TWICE == 0 else 1):
            press(client, path, woman, ticket)
            taken.append(time.perf_counter() - start)
            start = time.perf_counter()
        client.close()
        return taken

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [one for found in pool.map(phone, range(len(moments))) for one in found]


def rush(port: int, path: str, women: Sequence[str]) -> None:
    """Twenty clients press for all women, as fast as they are answered."""
    turns = count()

    def work(_: int) -> None:
        client = Client(port)
        while (at := next(turns)) < len(women):
            press(client, path, women[at], str(uuid4()))
        client.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))


def phones(place: Server, administrator: psycopg.Connection, *, wanted: int = PHONES, span: float = MINUTE) -> list[Claim]:  # fmt: skip
    """A thousand phones in a minute: what is missing or double, how long they waited, and the ratio to a plain insert."""
    from benchmarks import _peer_marks

    with psycopg.connect(place.conninfo(), autocommit=True) as owner:
        owner.execute("SET ROLE niangjia_owner")
        owner.execute(_peer_marks.TABLE)
    women = names(wanted)
    path = lecture(women)
    crowd = names(PRESSES)
    with served(place) as (port, _):
        warm = lecture(women[:CLIENTS])
        rush(port, warm, women[:CLIENTS])
        rush(port, "/s/peer/1/", women[:CLIENTS])
        taken = minute(port, path, women, span=span)
        kept = administrator.execute(
            "SELECT count(DISTINCT participant_id), count(*), count(*) FILTER (WHERE counts) FROM attendance_mark WHERE session_id = %s",
            [int(path.split("/")[2].split("-")[0])],
        ).fetchone()
        assert kept is not None
        plain = ratio(lambda: rush(port, lecture(crowd), crowd), lambda: rush(port, "/s/peer/1/", crowd), rounds=3)
    wrong = float(wanted - kept[0] + abs(kept[1] - wanted) + abs(kept[2] - wanted))
    return [
        at_most(f"sign-in: {wanted:,} phones in {span:.0f} s over HTTP, every tenth twice: lost or double", wrong, 0, "marks"),
        at_most("sign-in: p99", quantiles(taken, n=100)[-1] * 1000, P99_BOUND, "ms", f"p50 {median(taken) * 1000:.0f} ms"),
        at_most(
            f"sign-in, {CLIENTS} clients at once: times a view that inserts one row", plain.value, PLAIN_BOUND,
            note=f"{PRESSES / plain.ours:,.0f}/s against {PRESSES / plain.peer:,.0f}/s",
        ),
    ]  # fmt: skip


def found_district() -> dict[str, Acting]:
    """The district and one town with a chair each who can sign in."""
    from niangjia.access import queries as access
    from niangjia.access.acting import acting_as
    from niangjia.org import actions as org
    from niangjia.org.actions import DivisionRow
    from niangjia.org.kinds import DivisionKind, PostRole
    from niangjia.org.models import Unit
    from niangjia.people import actions as people

    since, until = dt.date(2011, 1, 1), dt.date(2041, 1, 1)
    found = {}
    by = access.house(DISTRICT)
    with acting_as(by):
        rows = [
            DivisionRow(DISTRICT, "涪陵区", "涪陵区", DivisionKind.DISTRICT),
            DivisionRow(TOWN, "敦仁街道", "敦仁街道", DivisionKind.SUBDISTRICT),
        ]
        org.import_divisions(rows, valid_from=since, district=DISTRICT)
        org.found_federations(district=DISTRICT, since=since)
        for username, place in (("district", DISTRICT), ("town", TOWN)):
            post = org.appoint(
                unit=Unit.objects.get(place=place), role=PostRole.CHAIR, name="主席", starts_on=since, ends_on=until
            )
            found[username] = people.make_account(
                officer=post.officer, username=username, password=secrets.token_hex(12)
            )
    return {username: access.posts_of(account)[0] for username, account in found.items()}


_FILL = """
INSERT INTO attendance_participant (subject, name, initials, remark, place, home, joined_at, left_reason)
SELECT 'class:' || n %% %(classes)s + 1, '甲乙', 'jy', '', place.code, '', '2026-01-01', ''
FROM generate_series(0, %(learners)s - 1) n JOIN place ON place.at = n %% %(classes)s %% %(places)s;

INSERT INTO attendance_session (subject, unit_id, place, title, "on", starts_at, ends_at, twice, venue, host, walk_in, state, note,
    closed_at, wall_code, rotating, made_by, made_by_account, made_at)
SELECT 'class:' || c + 1, (SELECT min(id) FROM org_unit), place.code, '培训班', day, day + time '09:00', day + time '17:00', true, '', '',
    false, 'HELD', '', day + time '18:00', md5(c || '/' || d), false, '', 0, day
FROM generate_series(0, %(classes)s - 1) c JOIN place ON place.at = c %% %(places)s CROSS JOIN generate_series(0, %(days)s - 1) d
CROSS JOIN LATERAL (SELECT date '2026-01-05' + d * 6 + c %% 6 AS day) moved;

INSERT INTO attendance_mark (session_id, half, participant_id, how, at, said_at, off_seconds, late, reason, client_id, device, "by",
    by_account, struck_by, struck_reason, head_id, "on", place, who, household, counts)
SELECT session.id, half, woman.id, 'ROSTER', session.starts_at, session.starts_at, 0, false, '', gen_random_uuid(), '', '', 0, '', '',
    session.id, session."on", session.place, -woman.id, 'H' || woman.id / 2, true
FROM attendance_session session JOIN attendance_participant woman ON woman.subject = session.subject
CROSS JOIN (VALUES ('AM'), ('PM')) half(half) WHERE session.subject LIKE 'class:%%' ORDER BY session."on";
"""


def fill_marks(administrator: psycopg.Connection, *, learners: int, marks: int, classes: int) -> None:
    """A year of classes in the villages of the district, past triggers and foreign keys."""
    places = [place for place in villages() if place.startswith(DISTRICT[:6])]
    given = {"learners": learners, "classes": classes, "places": len(places), "days": marks // learners // 2}
    with administrator.transaction():
        administrator.execute("SET LOCAL session_replication_role = replica")
        administrator.execute("CREATE TEMPORARY TABLE place (at int PRIMARY KEY, code text) ON COMMIT DROP")
        with administrator.cursor() as cursor, cursor.copy("COPY place FROM STDIN") as copy:
            for line in enumerate(places):
                copy.write_row(line)
        indexes = administrator.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE indrelid = 'attendance_mark'::regclass AND NOT indisunique"
        ).fetchall()
        for name, _ in indexes:
            administrator.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for statement in _FILL.strip().removesuffix(";").split(";\n"):
            administrator.execute(statement, given)
            administrator.execute("ANALYZE attendance_participant, attendance_session")
        for _, definition in indexes:
            administrator.execute(definition)
    administrator.execute("VACUUM (ANALYZE) attendance_mark, attendance_session, attendance_participant")


# The three numbers of every month, and the sessions: what one would write for this page.
BY_HAND = (
    """
    SELECT month, sum(n), count(*), count(DISTINCT household) FROM (
        SELECT date_trunc('month', "on"::timestamp) AS month, who, max(household) AS household, count(*) AS n FROM attendance_mark
        WHERE counts AND place >= %(lo)s AND place < %(hi)s AND "on" >= %(since)s AND "on" < %(until)s GROUP BY 1, 2
    ) woman GROUP BY 1 ORDER BY 1
    """,
    """
    SELECT date_trunc('month', "on"::timestamp) AS month, count(*), sum(headcount), sum(households) FROM attendance_session
    WHERE state <> 'CANCELLED' AND merged_into_id IS NULL AND place >= %(lo)s AND place < %(hi)s AND "on" >= %(since)s AND "on" < %(until)s
    GROUP BY 1 ORDER BY 1
    """,
)


def year_page(username: str, acting: Acting, *, rounds: int = 9, bound: float = PAGE_BOUND) -> Claim:
    """The page less the empty frame of the desk, against its statements. Refuses to time a page that shows other numbers."""
    from django.db import connection

    from benchmarks._site import EMPTY
    from niangjia.access.acting import acting_as
    from niangjia.core import codes

    client = sign_in(username)
    lo, hi = codes.subtree(acting.place)
    given: dict[str, str | dt.date] = {"lo": lo, "hi": hi, "since": SINCE, "until": UNTIL}

    def by_hand() -> int:
        with acting_as(acting), connection.cursor() as cursor:
            cursor.execute(BY_HAND[0], given)
            total = sum(int(row[1]) for row in cursor.fetchall())
            cursor.execute(BY_HAND[1], given)
            cursor.fetchall()
        return total

    def page(path: str = "/desk/sessions/year/?year=2026") -> str:
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    total = by_hand()
    assert f"{total:,}" in page(), total
    page(EMPTY)
    taken: dict[str, list[float]] = {"page": [], "frame": [], "hand": []}
    for _ in range(rounds):
        taken["page"].append(seconds(page))
        taken["frame"].append(seconds(lambda: page(EMPTY)))
        taken["hand"].append(seconds(by_hand))
    whole, frame, hand = (median(found) for found in taken.values())
    value = median((a - b) / c for a, b, c in zip(*taken.values(), strict=True))
    return at_most(
        f"sessions: a year's page of a {username}, {total:,} marks, less the empty page: times its bare SQL", value, bound,
        note=f"{whole:.3g} s, of it the empty page {frame:.2g} s, against {hand:.3g} s",
    )  # fmt: skip


def claims() -> list[Claim]:
    """The phones, then the year over everything."""
    set_up_django()
    if sys.platform != "linux":
        return [Claim("attendance", float("nan"), None, holds=False, unit="", note="measured on Linux only")]
    from django.core.management import call_command

    with world(DURABLE) as place:
        call_command("collectstatic", interactive=False, verbosity=0)
        posts = found_district()
        with closing(psycopg.connect(place.conninfo(), autocommit=True)) as administrator:
            found = phones(place, administrator)
            fill_marks(administrator, learners=LEARNERS, marks=MARKS, classes=CLASSES)
        return [
            *found,
            shown("sessions: marks", MARKS, "marks", f"{LEARNERS:,} learners, {CLASSES} classes"),
            *(year_page(username, acting) for username, acting in posts.items()),
        ]
