"""What she seals on her phone, nobody reads but those on duty, not even who runs the server."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from niangjia.access.acting import acting_as
from niangjia.helpline.models import Matter
from tests.helpline.stage import on_duty
from tests.journeys.conftest import Stage

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True, databases=["default", "public", "owner"]),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PASSPHRASE = "xiao-qiao-liu-shui-ren-jia"
SECRET = "想问怎么分房子，他名下有两套"


def opened(page: Page, passphrase: str) -> None:
    page.fill("#passphrase", passphrase)
    page.click("main button:has-text('打开')")


def test_what_is_sealed_on_a_phone_is_opened_by_the_one_on_duty_alone(stage: Stage) -> None:
    on_duty(stage.district)
    officer = stage.go(stage.officer("officer"), "/desk/helpline/key/")
    officer.fill("#first", PASSPHRASE)
    officer.fill("#second", PASSPHRASE)
    with officer.expect_navigation():
        officer.click("main button:has-text('生成密钥')")
    phone = stage.go(stage.visitor(), "/speak/write/")
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.post_data or ""))
    phone.check("input[name=danger][value=no]", force=True)
    phone.select_option("select[name=topic]", "PROPERTY")
    phone.fill("textarea[name=facts]", SECRET)
    phone.fill("input[name=name]", "陈小雨")
    phone.check("#seal-on")
    with phone.expect_navigation():
        phone.click("main button:has-text('发送')")
    expect(phone.locator("main h1")).to_have_text("收到了")
    body = "".join(sent)
    assert ("sealed=" in body, "%E6%88%BF%E5%AD%90" in body, "%E5%B0%8F%E9%9B%A8" in body) == (True, False, False)
    with acting_as(stage.district.acting("officer")):
        pk = Matter.objects.get(facts__isnull=True, name__isnull=True).pk
    stage.go(officer, f"/desk/helpline/{pk}/")
    opened(officer, "a wrong passphrase")
    expect(officer.locator("#unseal-error")).to_be_visible()
    opened(officer, PASSPHRASE)
    expect(officer.locator("#unsealed")).to_contain_text(SECRET)
    expect(officer.locator("#unsealed")).to_contain_text("陈小雨")
