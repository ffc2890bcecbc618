"""A roll call in a village without network: names pressed, page opened again, and sent when the network is back."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect

from niangjia.access.acting import acting_as
from niangjia.attendance import actions
from niangjia.attendance.actions import Entrant
from niangjia.attendance.models import Mark
from niangjia.core import clock
from tests.journeys.conftest import PHONE, Stage
from tests.personas import DADONGMEN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "public", "owner"])]

NAMES = ["张桂芳", "李秀英", "王小红", "王小虹"]


def test_names_pressed_without_network_arrive_once(stage: Stage) -> None:
    chair, today = stage.district.acting("dadongmen"), clock.today()
    with acting_as(chair):
        session = actions.plan_session(
            subject="class:7", unit=stage.district.unit("大东门社区妇联"), title="家政服务培训班", by=chair,
            starts_at=dt.datetime.combine(today, dt.time(0), clock.CHINA),
            ends_at=dt.datetime.combine(today, dt.time(23, 59), clock.CHINA),
        )  # fmt: skip
        actions.join_many(subject="class:7", entrants=[Entrant(name) for name in NAMES], place=DADONGMEN, by=chair)
    phone = stage.officer("dadongmen")
    phone.set_viewport_size(PHONE)  # type: ignore[arg-type]
    stage.go(phone, f"/desk/sessions/{session.pk}/tap/")
    phone.wait_for_selector("#taps[data-offline=ready]")

    phone.context.set_offline(True)
    for name in NAMES[:3]:
        phone.click(f".tap-name:has-text('{name}')")
    expect(phone.locator("[data-state]")).to_contain_text("3条在这部手机上，还没送到：没有网络")
    phone.reload()
    expect(phone.locator("[data-state]")).to_contain_text("3条在这部手机上")
    phone.click(".tap-row:has-text('李秀英') .tap-undo")
    expect(phone.locator("[data-signed]")).to_have_text("2")
    phone.fill("#tap-q", "wxh")
    expect(phone.locator(".tap-row:visible")).to_have_count(2)
    assert Mark.objects.using("owner").count() == 0

    phone.context.set_offline(False)
    expect(phone.locator("[data-state]")).to_have_text("全部已送到")
    with acting_as(chair):
        assert sorted(Mark.objects.values_list("participant__name", flat=True)) == ["张桂芳", "王小红"]
    phone.reload()
    expect(phone.locator(".tap-row.is-signed")).to_have_count(2)
    assert "2 / 4 人已签" in phone.inner_text(".tap-count")
