"""Every page of the desk at the size of the demonstration: how many queries, and how long beside an empty page.

The pages are found by following links from the first page of each account of the demonstration, a few of each route, so
that a new page is measured from its first day. Queries are counted in this process; times are taken over loopback
from the web server as it serves, one request at a time, all pages and the empty one in turn.
"""

from __future__ import annotations

import html
import http.client
import logging
import os
import re
import subprocess
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from benchmarks._lib import Claim, at_most, shown
from benchmarks._world import set_up_django, world

if TYPE_CHECKING:
    from django.test import Client

    from config.environment import Server

BOUND = 12
ROUNDS = 40
OF_A_ROUTE = 3  # pages of one route that one account opens
ROOMS = ("/desk/", "/board/", "/partner/")
FRAME = "empty page"
LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')


@dataclass(frozen=True, slots=True)
class Page:
    """One page as one account opened it, with the statements sent to the database for it. ``broken``: it answered 500."""

    route: str
    url: str
    username: str
    statements: tuple[str, ...]
    broken: bool = False


def sign_in(username: str) -> Client:
    """A browser in which this account gave password and second factor."""
    from django.conf import settings
    from django.test import Client

    from niangjia.people.models import Account
    from niangjia.web.signin import SECOND_FACTOR

    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(username=username), backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[SECOND_FACTOR] = True
    session.save()
    return client


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile, over any connection; BEGIN and COMMIT travel outside."""
    from django.db import connections

    sent: list[str] = []

    def note(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        sent.append(statement)
        return execute(statement, parameters, many, context)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(note))
        yield sent


def route_of(url: str) -> str:
    from django.urls import resolve

    return resolve(urlsplit(url).path).view_name


def pages_of(username: str, client: Client) -> Iterator[Page]:
    """Follow links from where she lands; each page is opened twice and counted the second time, caches warm."""
    from django.urls import Resolver404

    seen: set[str] = set()
    opened: Counter[str] = Counter()
    waiting = deque(ROOMS)
    while waiting:
        url = waiting.popleft()
        try:
            route = route_of(url)
        except Resolver404:
            continue
        if url in seen or opened[route] >= OF_A_ROUTE:
            continue
        seen.add(url)
        first = client.get(url)
        if first.status_code >= 500:
            yield Page(route, url, username, (), broken=True)
        if first.status_code != 200 or first.streaming or not first["Content-Type"].startswith("text/html"):
            continue
        opened[route] += 1
        with statements() as sent:
            client.get(url)
        yield Page(route, url, username, tuple(sent))
        waiting.extend(links(first.content.decode(), url))


def links(page: str, base: str) -> list[str]:
    """Where a page leads inside the rooms of the desk."""
    found = (urljoin(base, html.unescape(link)) for link in LINK.findall(page))
    return [link for link in found if link.startswith(ROOMS)]


def most_asking(pages: Iterable[Page]) -> dict[str, Page]:
    """Of each route a broken page, else the one with the most statements."""
    found: dict[str, Page] = {}
    for page in pages:
        known = found.get(page.route)
        if known is None or (page.broken, len(page.statements)) > (known.broken, len(known.statements)):
            found[page.route] = page
    return dict(sorted(found.items()))


@contextmanager
def served(place: Server) -> Iterator[int]:
    """The web server as `niangjia serve` starts it, on a port of its own; yields the port."""
    from niangjia.ops import postgres, serving

    port = postgres.free_port()
    url = f"postgresql://{place.user}:{place.password}@{place.host}:{place.port}/{place.name}"
    process = subprocess.Popen(
        serving.web_command("127.0.0.1", port, log_requests=False), env={**os.environ, "DATABASE_URL": url}
    )
    try:
        deadline = time.monotonic() + 60
        while postgres.port_is_free(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def times(port: int, wanted: Mapping[str, tuple[str, str]], *, rounds: int) -> dict[str, list[float]]:
    """Seconds of each request, by page; ``wanted`` gives the path and the session of each. All pages in turn."""
    taken: dict[str, list[float]] = {name: [] for name in wanted}
    for turn in range(-2, rounds):  # the first two are for the caches of both workers
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for name, (path, session) in wanted.items():
            start = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": f"sessionid={session}", "Host": "127.0.0.1"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            if turn >= 0:
                taken[name].append(time.perf_counter() - start)
        connection.close()
    return taken


def build_demo() -> list[str]:
    """The demonstration, and its accounts' names."""
    from django.core.management import call_command
    from rich.progress import Progress

    from niangjia.ops.demo import build
    from niangjia.ops.demo.district import SEATS

    build(Progress(disable=True))
    call_command("collectstatic", interactive=False, verbosity=0)
    return [seat.username for seat in SEATS]


def measured(place: Server, usernames: list[str], *, rounds: int = ROUNDS) -> list[Claim]:
    """A claim for each route, and the empty page's time."""
    from benchmarks._site import EMPTY

    clients = {username: sign_in(username) for username in usernames}
    worst = most_asking(page for username, client in clients.items() for page in pages_of(username, client))
    sessions = {username: client.cookies["sessionid"].value for username, client in clients.items()}
    wanted = {FRAME: (EMPTY, sessions[usernames[0]])}
    wanted |= {route: (page.url, sessions[page.username]) for route, page in worst.items() if not page.broken}
    with served(place) as port:
        taken = times(port, wanted, rounds=rounds)
    empty = taken[FRAME]
    return [
        shown("desk: the empty page, p50", median(empty) * 1000, "ms", f"p95 {_p95(empty):.0f} ms"),
        *(_claim(page, taken.get(route, []), empty) for route, page in worst.items()),
    ]


def _claim(page: Page, taken: list[float], empty: list[float]) -> Claim:
    where = f"{page.url} as {page.username}"
    if page.broken:
        return Claim(f"desk: {page.route}", float("nan"), BOUND, holds=False, unit="queries", note=f"500 at {where}")
    middle = median(taken)
    note = (
        f"p50 {middle * 1000:.0f} ms, p95 {_p95(taken):.0f} ms, {middle / median(empty):.1f} x the empty page; {where}"
    )
    return at_most(f"desk: {page.route}", len(page.statements), BOUND, "queries", note)


def _p95(seconds: list[float]) -> float:
    """In milliseconds."""
    return quantiles(seconds, n=20)[-1] * 1000


def claims() -> list[Claim]:
    """All pages of the desk over the demonstration."""
    set_up_django()
    # Rooms an account may not enter are tried on purpose.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    with world() as place:
        usernames = build_demo()
        return measured(place, usernames)
