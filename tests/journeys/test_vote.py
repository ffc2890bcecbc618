"""A woman votes on her phone, keeps her receipt, and finds that her ballot counts; officers see that it came, not whose."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from niangjia.core import clock
from tests.journeys.conftest import Stage, press
from tests.voting.conftest import make_poll

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "public", "owner"])]


def test_a_ballot_from_a_phone_to_its_receipt(stage: Stage) -> None:
    now = clock.now()
    poll = make_poll(
        stage.district,
        opens_at=now - dt.timedelta(hours=1),
        closes_at=now + dt.timedelta(days=1),
        from_hour=0,
        to_hour=24,
    )
    phone = stage.go(stage.visitor(), "/vote/")
    phone.click(f"text={poll.title}")
    for number in (1, 3):
        phone.click(f"label:has(input[name=choice][value='{number}'])")
    assert phone.inner_text(".ballot-count") == "已选2项，还要选1项"
    phone.click("label:has(input[name=choice][value='4'])")
    assert phone.inner_text(".ballot-count") == "已选3项"
    phone.fill("input[name=phone]", "13800138000")
    press(phone, "获取验证码")
    code = re.search(r"\d{6}", phone.inner_text(".demo-code"))
    assert code is not None
    phone.fill("input[name=code]", code[0])
    press(phone, "投票")
    receipt = phone.inner_text(".receipt-number b")
    phone.click("main >> text=查我的票")
    phone.fill("input[name=receipt]", receipt)
    press(phone, "查询")
    assert (poll.title in phone.inner_text("main"), "计入" in phone.inner_text("main")) == (True, True)
    desk = stage.go(stage.officer("officer"), f"/desk/votes/{poll.pk}/")
    assert re.search(r"选票\s*1\s*张", desk.inner_text("main"))
