"""Lectures to come as anybody reads them, and a lecturer's own page behind her code."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.family_education import actions
from tests.family_education.stage import Stage
from tests.personas import District

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def post(client: Client, **sent: object) -> tuple[int, str]:
    answer = client.post("/lectures/mine/", sent)
    return answer.status_code, answer.content.decode()


def test_an_ordered_lecture_is_announced_once_its_lecturer_said_yes_with_her_code(district: District) -> None:
    cache.clear()
    stage, day = Stage(district), str(clock.today() + dt.timedelta(days=12))
    lecturer, order = stage.lecturer(), stage.order(district.acting("dunren"), day=day, venue="活动室")
    with acting_as(stage.office):
        actions.match(order_id=order.pk, lecturer_id=lecturer.pk, by=stage.office)
        code = actions.give_code(lecturer_id=lecturer.pk, by=stage.office)
    client = Client()
    assert "近期没有安排" in client.get("/lectures/").content.decode()
    status, page = post(client, code="AAAA-BBBB-CCCC")
    assert (status, "专用码不对，或已停用。" in page, "活动室" in page) == (422, True, False)
    status, page = post(client, code=f"{code[:4].lower()}-{code[4:]}")
    assert (status, "请您确认" in page, "活动室" in page) == (200, True, True)
    assert "已确认，届时见。" in post(client, code=code, order=order.pk, act="yes")[1]
    assert "这单已经变化" in post(client, code=code, order=order.pk, act="no")[1]
    shown = client.get("/lectures/").content.decode()
    assert ("习惯养成讲座" in shown, "活动室" in shown, "王老师" in shown) == (True, True, False)
    with acting_as(stage.office):
        actions.end_code(lecturer_id=lecturer.pk, by=stage.office)
    assert post(client, code=code)[0] == 422


def test_guessing_codes_ends_soon(district: District) -> None:
    cache.clear()
    client = Client()
    statuses = [post(client, code=f"AAAA{number:04d}")[0] for number in range(22)]
    assert statuses == [422] * 20 + [429] * 2
