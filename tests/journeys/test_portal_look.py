"""Every page of the portal in a real browser: nothing axe objects to, nothing wider than the screen, no script error."""

from __future__ import annotations

import datetime as dt

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from niangjia.core import clock
from tests import factories
from tests.journeys.conftest import DESK, PHONE, Stage
from tests.voting.conftest import make_poll
from tests.web.portal import own

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True, databases=["default", "public", "owner"]),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

OPEN_TO_ALL = (
    "/",
    "/guide/",
    "/privacy/",
    "/apply/",
    "/notices/",
    "/notices/answer/",
    "/my/sign-in/",
    "/vote/",
    "/vote/receipt/",
)


def faults(page: Page) -> list[str]:
    """What axe objects to on this page, and whether it is wider than the screen."""
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
        found.append("wider than the screen")
    return found


def faults_of(stage: Stage, page: Page, paths: list[str]) -> dict[str, list[str]]:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    found: dict[str, list[str]] = {}
    for path in paths:
        stage.go(page, path)
        if wrong := faults(page) + errors:
            found[path] = wrong
        errors.clear()
    return found


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_for_everybody_have_no_fault(stage: Stage, size: dict[str, int]) -> None:
    round_ = factories.open_round(stage.district)
    factories.approved(stage.district, round_, 1)
    factories.allotted(stage.district, round_, quota=1)
    notice = factories.on_notice(stage.district, round_)
    now = clock.now()
    poll = make_poll(
        stage.district,
        opens_at=now - dt.timedelta(1),
        closes_at=now + dt.timedelta(1),
        to_hour=24,
        from_hour=0,
        by_token=True,
    )
    paths = [
        *OPEN_TO_ALL,
        f"/vote/{poll.pk}/",
        f"/vote/{poll.pk}/results/",
        f"/notices/{notice.pk}/",
        f"/notices/{notice.pk}/objection/",
        "/no/such/page/",
    ]
    assert faults_of(stage, stage.page(size), paths) == {}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_her_own_have_no_fault(stage: Stage, size: dict[str, int]) -> None:
    round_ = factories.open_round(stage.district)
    draft = own.draft(stage.district, round_, 1)
    own.with_papers(draft, stage.district.resident())
    back = own.returned(stage.district, round_, 2)
    page = stage.resident("13800138000")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    paths = ["/", "/my/", f"/apply/round/{round_.pk}/", *(f"/apply/{draft.pk}/{number}/" for number in range(1, 8))]
    paths += [f"/my/{back.pk}/{part}" for part in ("", "data/", "withdraw/")] + [f"/apply/{back.pk}/receipt/"]
    assert faults_of(stage, page, paths) == {}


def test_without_script_all_questions_stand_there_and_the_form_works(stage: Stage) -> None:
    round_ = factories.open_round(stage.district)
    draft = own.draft(stage.district, round_, 1, disease=[])
    signed_in = stage.resident("13800138000")
    state = signed_in.context.storage_state()
    plain = stage.window.new_context(viewport=PHONE, java_script_enabled=False, storage_state=state).new_page()  # type: ignore[arg-type]
    stage.go(plain, f"/apply/{draft.pk}/3/")
    shown = [
        plain.is_visible(f"text={label}")
        for label in ("宫颈癌分期", "乳腺癌类型", "只有“所患疾病”选了“宫颈癌”才填这一项。")
    ]
    plain.check("input[name=disease][value=CERVICAL]")
    plain.check("input[name=cervical_stage][value=IIB]")
    plain.click("button:has-text('保存，下一步')")
    assert (shown, plain.url.endswith(f"/apply/{draft.pk}/4/")) == ([True] * 3, True)


def test_with_script_a_question_comes_up_with_its_answer_and_the_town_comes_before_the_village(stage: Stage) -> None:
    round_ = factories.open_round(stage.district)
    draft = own.draft(stage.district, round_, 1, disease=[])
    page = stage.resident("13800138000")
    stage.go(page, f"/apply/{draft.pk}/3/")
    seen = [page.is_visible("text=宫颈癌分期")]
    page.check("input[name=disease][value=CERVICAL]")
    seen.append(page.is_visible("text=宫颈癌分期"))
    stage.go(page, f"/apply/{draft.pk}/1/")
    page.select_option("#id_place-town", label="崇义街道")
    villages = [option.strip() for option in page.locator("#id_place option").all_inner_texts()]
    assert (seen, villages) == ([False, True], ["再选村（社区）", "交通社区"])
