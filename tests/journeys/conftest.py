"""A browser, a served house, and a worker: what a story needs."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright
from procrastinate.contrib.django import app

from tests.machine import browser as chromium
from tests.machine import skip_reason
from tests.personas import PASSWORD, District

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--disable-quic",
]  # fmt: skip
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def window() -> Iterator[Browser]:
    """One Chromium for all stories."""
    reason = skip_reason()
    if reason:
        pytest.skip(reason)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the driver's loop runs in the thread of the test
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield found
        found.close()


class Stage:
    """The house as people meet it: ``stage.officer("dunren")`` and ``stage.resident(phone)`` are pages in a browser."""

    def __init__(self, window: Browser, address: str, district: District) -> None:
        self.window, self.address, self.district = window, address, district
        self._pages: dict[str, Page] = {}

    def page(self, size: dict[str, int]) -> Page:
        page = self.window.new_context(viewport=size, locale="zh-CN").new_page()  # type: ignore[arg-type]
        page.set_default_timeout(30_000)
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def officer(self, key: str) -> Page:
        """Her page, signed in with password and code at the first call."""
        if key not in self._pages:
            page = self.page(DESK)
            TOTP.activate(self.district.accounts[key], SECRET)
            cache.clear()
            page.goto(f"{self.address}/accounts/login/")
            page.fill("input[name=login]", key)
            page.fill("input[name=password]", PASSWORD)
            page.click("main form button[type=submit]")
            code = format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))
            page.fill("input[name=code]", str(code))
            page.click("main form button[type=submit]")
            page.wait_for_url(re.compile(r"/(desk|partner)/"))
            self._pages[key] = page
        return self._pages[key]

    def resident(self, phone: str) -> Page:
        """A phone whose owner signed in with the code shown to her."""
        page = self.page(PHONE)
        page.goto(f"{self.address}/my/sign-in/")
        page.fill("input[name=phone]", phone)
        page.click("main form button[type=submit]")
        code = re.search(r"\d{6}", page.inner_text(".demo-code"))
        assert code is not None
        page.fill("input[name=code]", code[0])
        page.click("main form button:has-text('登录')")
        return page

    def visitor(self) -> Page:
        return self.page(PHONE)

    def go(self, page: Page, path: str) -> Page:
        page.goto(f"{self.address}{path}")
        return page

    def work(self) -> None:
        """The worker does what waits, and stops."""
        worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]

        async def run() -> None:
            # What the house's own jobs left open may be a connection to the database of an earlier test.
            await sync_to_async(connections.close_all)()
            async with worker.open_async():
                await worker.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
            await sync_to_async(connections.close_all)()

        thread = Thread(target=lambda: asyncio.run(run()))  # the browser's driver has a loop in this one
        thread.start()
        thread.join()


@pytest.fixture
def stage(window: Browser, live_server: object, settings: object, make_stage: Callable[[str], Stage]) -> Stage:
    """The served house with its demonstration ways of showing codes."""
    settings.NIANGJIA_SMS_SENDER = "demo"  # type: ignore[attr-defined]
    settings.NIANGJIA_DEMO = True  # type: ignore[attr-defined]
    return make_stage(str(live_server))


@pytest.fixture
def make_stage(window: Browser) -> Callable[[str], Stage]:
    def make(address: str) -> Stage:
        return Stage(window, address, District())

    return make


def press(page: Page, label: str, within: str = "main") -> None:
    """Press a button, say yes if it asks first, and wait for the page that follows."""
    with page.expect_navigation():
        page.click(f"{within} button:has-text('{label}')")
        yes = page.locator("dialog[open] button.btn-primary, dialog[open] button.btn-danger")
        page.wait_for_timeout(150)
        if yes.count():
            yes.first.click()
