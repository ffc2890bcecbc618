"""Ballots: how many a second, that no credential votes twice, and that no receipt is given for a ballot that can be lost.

Twenty clients in two processes send the form of the voting page, with a paper code, through the whole site (WSGI, all
middleware, the view), on the same cores as a PostgreSQL that waits for its disk. The peer is `_peer_votes`, another page
of the same site: same middleware, same form, same answer. Both are measured in turns, ours over more ballots because it is
faster; each ratio is the median of the turns. Then both again over HTTP, where web server and clients take their share of
the cores from both alike.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Lock
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks._lib import Claim, at_least, at_most, shown
from benchmarks._world import set_up_django, world

if TYPE_CHECKING:
    from config.environment import Server

CLIENTS = 20
BALLOTS = 200_000  # what an activity brings
PEER_SHARE = 20  # the peer takes a twentieth, for it takes its time
OVER_HTTP = 12_000
WARM = 200
ROUNDS = 10
PROCESSES = 2
VOTERS = 5_000
ATTEMPTS = 20
KILLED_AFTER = 2_000
BOUND = 5.0
CHOICES = 70
DISTRICT = "500102000000"
# What a server that must not lose anything runs with, against the settings of scratch clusters.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}
SECRET = "a" * 32


def open_poll(choices: int = CHOICES) -> int:
    """A poll by phone and paper that runs now, at all hours."""
    from niangjia.access.acting import acting_as
    from niangjia.access.queries import house
    from niangjia.core import clock
    from niangjia.voting import actions
    from niangjia.voting.models import Poll

    now, by = clock.now(), house(DISTRICT)
    with acting_as(by):
        poll = actions.make_poll(
            title="网络投票", rules_text="规则", place=DISTRICT, opens_at=now - dt.timedelta(days=1),
            closes_at=now + dt.timedelta(days=1), from_hour=0, to_hour=24, by_token=True, cadence="ONCE", by=by,
        )  # fmt: skip
        for number in range(choices):
            actions.add_choice(poll_id=poll.pk, label=f"参选{number + 1}", by=by)
        Poll.objects.filter(pk=poll.pk).update(made_by=1)
        actions.open_poll(poll_id=poll.pk, by=by)
    return int(poll.pk)


def print_codes(administrator: psycopg.Connection, poll: int, wanted: int) -> list[str]:
    """As many paper codes, past the limit of a sheet."""
    from niangjia.core import sealing
    from niangjia.voting import actions, rules

    codes = [rules.code_from(secrets.token_bytes(16), rules.TOKEN_LENGTH) for _ in range(wanted)]
    with administrator.transaction():
        administrator.execute("SET LOCAL session_replication_role = replica")
        sheet = administrator.execute(
            "INSERT INTO voting_tokensheet (poll_id, number, count, note, expires_at, made_at, place) "
            "VALUES (%s, (SELECT count(*) + 1 FROM voting_tokensheet), 1, '', now() + interval '1 day', now(), %s) RETURNING id",
            [poll, DISTRICT],
        ).fetchone()
        assert sheet is not None
        with administrator.cursor().copy(
            "COPY voting_token (poll_id, sheet_id, code_index) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["int8", "int8", "bytea"])
            for code in codes:
                copy.write_row((poll, sheet[0], sealing.blind(f"{poll}|{code}", context=actions.TOKEN_CONTEXT)))
    return codes


def form(path: str, code: str, number: int, nonce: str) -> bytes:
    """One ballot as a browser posts it."""
    chosen = "&".join(f"choice={(number * 7 + step * 11) % CHOICES + 1}" for step in range(3 + number % 4))
    body = f"csrfmiddlewaretoken={SECRET}&nonce={nonce}&way=token&token={code}&{chosen}"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: csrftoken={SECRET}; vote-device={nonce}\r\n"
        f"User-Agent: bench\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


class Gone(ConnectionError):
    """The server went away before it answered."""


class Client:
    """One browser that keeps its connection, and opens another when the server closed it between two ballots."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def send(self, request: bytes) -> bytes:
        """The head of the answer. A ballot may be sent twice: the same page is one ballot. Raises Gone."""
        for _ in range(2):
            try:
                if self.socket is None:
                    self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
                    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.socket.sendall(request)
                return self._answer(self.socket)
            except OSError:
                self.close()
        raise Gone

    def _answer(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                raise Gone
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        left = int(lower.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0) - len(body)
        while left > 0:
            piece = connection.recv(65536)
            if not piece:
                raise Gone
            left -= len(piece)
        if b"connection: close" in lower:
            self.close()
        return head

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket = None


@dataclass
class Run:
    """What the clients saw: seconds in all, seconds of each ballot, the pages that were given a receipt."""

    seconds: float
    taken: list[float]
    receipts: list[str]

    @property
    def rate(self) -> float:
        return len(self.receipts) / self.seconds


def run(
    port: int, path: str, codes: Sequence[str], *, until_gone: bool = False, told: Callable[[int], None] | None = None
) -> Run:
    """Twenty clients cast a ballot for each code. ``told`` hears how many are in; ``until_gone`` ends when the server does."""
    taken: list[float] = []
    receipts: list[str] = []
    lock, turns = Lock(), count()

    def work(_: int) -> None:
        client = Client(port)
        try:
            while (at := next(turns)) < len(codes):
                nonce = secrets.token_hex(16)
                start = time.perf_counter()
                head = client.send(form(path, codes[at], at, nonce))
                spent = time.perf_counter() - start
                if not head.startswith(b"HTTP/1.1 302"):
                    if until_gone:
                        return
                    raise RuntimeError(head.decode(errors="replace"))
                with lock:
                    taken.append(spent)
                    receipts.append(nonce)
                    if told is not None:
                        told(len(receipts))
        except Gone:
            if not until_gone:
                raise
        finally:
            client.close()

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))
    return Run(time.perf_counter() - start, taken, receipts)


@contextmanager
def served(place: Server) -> Iterator[tuple[int, int]]:
    """The web server as it serves, in a group of its own that can be killed; yields its port and the group."""
    from niangjia.ops import postgres, serving

    port = postgres.free_port()
    url = f"postgresql://{place.user}:{place.password}@{place.host}:{place.port}/{place.name}"
    process = subprocess.Popen(
        serving.web_command("127.0.0.1", port, log_requests=False),
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks._settings"},
        process_group=0,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while postgres.port_is_free(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield port, process.pid
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()


@dataclass(frozen=True, slots=True)
class Part:
    """What one process of clients saw."""

    taken: list[float]
    accepted: int


def _set_up_clients(environment: dict[str, str]) -> None:
    os.environ |= environment
    from django.core.wsgi import get_wsgi_application

    global _site, _threads
    _site = get_wsgi_application()
    _threads = ThreadPoolExecutor(CLIENTS // PROCESSES)  # each keeps its connection to the database


_site: Any = None
_threads: Any = None


def _clients(path: str, codes: Sequence[str], first: int) -> Part:
    """Ten clients of one process cast a ballot for each code."""
    taken: list[float] = []
    turns = count()

    def work(_: int) -> int:
        accepted = 0
        while (at := next(turns)) < len(codes):
            body = form(path, codes[at], first + at, secrets.token_hex(16)).partition(b"\r\n\r\n")[2]
            environ = {
                "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1",
                "HTTP_COOKIE": f"csrftoken={SECRET}; vote-device={at}", "HTTP_USER_AGENT": "bench",
                "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
            }  # fmt: skip
            statuses: list[str] = []
            start = time.perf_counter()
            response = _site(environ, lambda status, headers, told=statuses: told.append(status))
            response.close()
            taken.append(time.perf_counter() - start)
            accepted += statuses[0].startswith("302")
        return accepted

    accepted = sum(_threads.map(work, range(CLIENTS // PROCESSES)))
    return Part(taken, accepted)


def through_the_site(pool: ProcessPoolExecutor, path: str, codes: Sequence[str]) -> Run:
    """Twenty clients in two processes cast a ballot for each code, without a web server between."""
    half = -(-len(codes) // PROCESSES)
    start = time.perf_counter()
    parts = [pool.submit(_clients, path, codes[at : at + half], at) for at in range(0, len(codes), half)]
    done = [part.result() for part in parts]
    seconds = time.perf_counter() - start
    if (accepted := sum(part.accepted for part in done)) != len(codes):
        raise RuntimeError(f"{path}: {accepted} of {len(codes)} accepted")
    return Run(seconds, [one for part in done for one in part.taken], list(codes))


def speed(place: Server, administrator: psycopg.Connection) -> list[Claim]:
    """Accepted ballots a second against the peer."""
    from benchmarks import _peer_votes

    poll = open_poll()
    codes = print_codes(administrator, poll, BALLOTS + OVER_HTTP + 2 * WARM)
    with psycopg.connect(place.conninfo(), autocommit=True) as owner:
        owner.execute("SET ROLE niangjia_owner")
        owner.execute(_peer_votes.TABLES)
    administrator.execute("ANALYZE voting_token, peer_token")
    paths = f"/vote/{poll}/", f"/vote/peer/{poll}/"
    warm, codes = codes[: 2 * WARM], codes[2 * WARM :]
    url = f"postgresql://{place.user}:{place.password}@{place.host}:{place.port}/{place.name}"
    environment = {**os.environ, "DATABASE_URL": url}
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _set_up_clients, (environment,)) as pool:
        mine, theirs = _in_turns(
            lambda path, some: through_the_site(pool, path, some), paths, warm[:WARM], codes[:BALLOTS], PEER_SHARE
        )
    with served(place) as (port, _):
        http, http_theirs = _in_turns(
            lambda path, some: run(port, path, some), paths, warm[WARM:], codes[BALLOTS:], PEER_SHARE // 4
        )
    kept = administrator.execute("SELECT count(*) FROM voting_ballot WHERE poll_id = %s", [poll]).fetchone()
    assert kept == (len(warm) + len(codes),), kept
    return [
        at_least(
            f"ballots, {CLIENTS} clients, {BALLOTS:,}: times the rate of a view with select_for_update",
            _times(mine, theirs), BOUND, note=_rates(mine, theirs),
        ),
        at_least(
            "ballots over HTTP, web server and clients on the same cores: times the rate of that view",
            _times(http, http_theirs), BOUND, note=_rates(http, http_theirs),
        ),
        _slowest("ballots: p99", mine),
        _slowest("ballots, the peer: p99", theirs),
    ]  # fmt: skip


def _in_turns(
    cast: Callable[[str, Sequence[str]], Run],
    paths: tuple[str, str],
    warm: Sequence[str],
    codes: Sequence[str],
    share: int,
) -> tuple[list[Run], list[Run]]:
    """Ours and the peer in turns of the same moments; the peer takes the first codes of each turn."""
    mine: list[Run] = []
    theirs: list[Run] = []
    for path in paths:
        cast(path, warm)
    part = len(codes) // ROUNDS
    for at in range(0, len(codes), part):
        mine.append(cast(paths[0], codes[at : at + part]))
        theirs.append(cast(paths[1], codes[at : at + part // share]))
    return mine, theirs


def _times(mine: Sequence[Run], theirs: Sequence[Run]) -> float:
    return median(a.rate / b.rate for a, b in zip(mine, theirs, strict=True))


def _rates(mine: Sequence[Run], theirs: Sequence[Run]) -> str:
    return f"{median(done.rate for done in mine):,.0f}/s against {median(done.rate for done in theirs):,.0f}/s"


def _slowest(claim: str, runs: Sequence[Run]) -> Claim:
    taken = [one for done in runs for one in done.taken]
    return shown(claim, _p99(taken) * 1000, "ms", f"p50 {median(taken) * 1000:.0f} ms")


def _p99(taken: Sequence[float]) -> float:
    return quantiles(taken, n=100)[-1]


def attempts(administrator: psycopg.Connection, voters: int = VOTERS) -> Claim:
    """Twenty attempts at one moment for each voter, half of them by phone and half with a paper code."""
    from django.db import connection

    from niangjia.core import clock
    from niangjia.voting import actions
    from niangjia.voting.kinds import BallotRefused, Channel

    poll = open_poll(5)
    codes = print_codes(administrator, poll, voters // 2)
    who = [(Channel.TOKEN, code) for code in codes]
    who += [(Channel.PHONE, f"138{number:08d}") for number in range(voters - len(codes))]
    barrier = Barrier(ATTEMPTS)
    accepted = count()

    def attempt(number: int) -> None:
        try:
            for channel, credential in who:
                barrier.wait()
                try:
                    actions.cast(
                        poll_id=poll, channel=channel, credential=credential, nonce=f"{credential}/{number}",
                        choices=(1, 2, 3), device=str(number), address="10.0.0.1", at=clock.now(),
                    )  # fmt: skip
                    next(accepted)
                except BallotRefused:
                    pass
        finally:
            connection.close()

    with ThreadPoolExecutor(ATTEMPTS) as pool:
        list(pool.map(attempt, range(ATTEMPTS)))
    told = next(accepted)
    kept = administrator.execute("SELECT count(*) FROM voting_ballot WHERE poll_id = %s", [poll]).fetchone()
    assert kept is not None
    return at_most(
        f"ballots: {ATTEMPTS} attempts at once for each of {voters:,} voters: accepted more or fewer than {voters:,}",
        float(abs(kept[0] - voters) + abs(told - voters)), 0, "ballots",
    )  # fmt: skip


def killed(place: Server, administrator: psycopg.Connection, after: int = KILLED_AFTER) -> Claim:
    """Web server and database are killed (SIGKILL) while twenty clients vote; the database comes up again."""
    from niangjia.ops import postgres
    from niangjia.voting import actions, queries

    poll = open_poll()
    codes = print_codes(administrator, poll, after * 4)
    row = administrator.execute("SHOW data_directory").fetchone()
    assert row is not None
    data = Path(row[0])
    with served(place) as (port, group):

        def told(ballots: int) -> None:
            if ballots == after:
                os.killpg(group, signal.SIGKILL)
                _kill_database(data)

        done = run(port, f"/vote/{poll}/", codes, until_gone=True, told=told)
    if len(done.receipts) < after:
        raise RuntimeError(f"only {len(done.receipts)} ballots came in before anything was killed")
    postgres.launch(data, place.port, {**postgres.SCRATCH, **DURABLE})
    with closing(psycopg.connect(place.conninfo(), autocommit=True)) as again:
        wanted = [queries.receipt_index(actions.receipt_code(nonce)) for nonce in done.receipts]
        found = again.execute("SELECT count(*) FROM voting_ballot WHERE receipt_index = ANY(%s)", [wanted]).fetchone()
        kept = again.execute(
            "SELECT (SELECT count(*) FROM voting_ballot WHERE poll_id = %s) - (SELECT count(*) FROM voting_spent WHERE poll_id = %s)",
            [poll, poll],
        ).fetchone()
    assert found is not None
    assert kept == (0,), kept
    return at_most(
        f"ballots: lost of {len(wanted):,} with a receipt when server and database are killed",
        float(len(wanted) - found[0]), 0, "ballots",
    )  # fmt: skip


def _kill_database(data: Path) -> None:
    """SIGKILL to every process of the cluster at `data` at once, as when the power of the machine fails."""
    from niangjia.ops import postgres

    main = int((data / "postmaster.pid").read_text("utf-8").splitlines()[0])
    processes = [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    while any(map(postgres.is_alive, processes)):
        time.sleep(0.01)
    # As after a start of the machine nobody has the number in this file; here the dead may wait long to be buried.
    (data / "postmaster.pid").unlink()


def claims() -> list[Claim]:
    """The rate, the attempts, and last the kill, after which nothing else is measured."""
    set_up_django()
    if sys.platform != "linux":
        return [Claim("ballots", float("nan"), None, holds=False, unit="", note="measured on Linux only")]
    from django.core.management import call_command
    from django.db import connections

    with world(DURABLE) as place:
        call_command("collectstatic", interactive=False, verbosity=0)
        with closing(psycopg.connect(place.conninfo(), autocommit=True)) as administrator:
            found = [*speed(place, administrator), attempts(administrator)]
            connections.close_all()
            found.append(killed(place, administrator))
    return found
