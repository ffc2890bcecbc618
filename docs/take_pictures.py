"""Takes the pictures of the documents from a running demonstration: ``python docs/take_pictures.py [address]``.

The demonstration must be fresh (``make demo``), so that the pictures are the same for everybody.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
FOLDER = Path(__file__).parent / "pictures"
PASSWORD = "niangjia-yanshi-2026"  # noqa: S105  of the demonstration
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-quic"]  # fmt: skip
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def signed_in(browser: Browser, username: str, size: dict[str, int]) -> Page:
    """A window in which an officer of the demonstration signed in as she would."""
    page = browser.new_page(viewport=size, locale="zh-CN", device_scale_factor=1)  # type: ignore[arg-type]
    page.goto(f"{ADDRESS}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    code = re.search(r"\d{6}", page.inner_text(".demo-code"))
    assert code is not None
    page.fill("input[name=code]", code[0])
    page.click("main form button[type=submit]")
    return page


def take(page: Page, path: str, name: str) -> None:
    page.goto(f"{ADDRESS}{path}")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(FOLDER / name))


def main() -> None:
    """Every picture the documents show."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        officer = signed_in(browser, "qu.ganshi", DESK)
        take(officer, "/desk/", "desk-inbox.png")
        take(officer, "/board/", "board.png")
        town = signed_in(browser, "dunren.zhuxi", DESK)
        town.goto(f"{ADDRESS}/desk/cases/")
        take(town, str(town.get_attribute("table td.main a", "href")), "desk-case.png")
        take(signed_in(browser, "dadongmen.zhuxi", PHONE), "/desk/", "phone-inbox.png")
        take(signed_in(browser, "minzheng", DESK), "/partner/", "partner.png")
        take(browser.new_page(viewport=PHONE, locale="zh-CN"), "/", "phone-home.png")  # type: ignore[arg-type]
        browser.close()


if __name__ == "__main__":
    main()
