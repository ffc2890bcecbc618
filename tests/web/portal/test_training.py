"""Training as residents meet it: a class near home, one's own place, a form nobody is named on."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.core import clock
from niangjia.training import queries
from tests.factories import id_number
from tests.personas import DADONGMEN, District
from tests.training.stage import School
from tests.web.conftest import Browse

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def test_she_signs_up_on_her_phone_sees_her_place_and_takes_it_back(district: District, as_persona: Browse) -> None:
    school, today = School(district), clock.today()
    days = {"starts_on": today + dt.timedelta(days=10), "ends_on": today + dt.timedelta(days=11), "enrol_until": today}
    course = school.opened(on=today, **days)
    client = as_persona("resident")
    assert "家政服务班" in Client().get("/training/").content.decode()
    assert "余 4 个" in client.get(f"/training/{course.pk}/").content.decode()
    sent: dict[str, Any] = {
        "token": str(uuid.uuid4()), "name": "张桂芳", "number": id_number(1, birth="19850308"), "place": DADONGMEN,
        "rural": "yes", "away_months": "8", "category": "OTHER", "consent": "on",
    }  # fmt: skip
    assert client.post(f"/training/{course.pk}/sign-up/", {**sent, "consent": ""}).status_code == 422
    for _ in range(2):
        page = client.post(f"/training/{course.pk}/sign-up/", sent, follow=True).content.decode()
        assert (page.count("张桂芳"), "已报名，等待录取" in page) == (1, True)
    with acting_as(school.officer):
        (one,) = queries.enrolments(course.pk)
    assert as_persona("resident", "13900139000").get(f"/training/mine/{one.pk}/withdraw/").status_code == 404
    assert "已取消报名" in client.post(f"/training/mine/{one.pk}/withdraw/", follow=True).content.decode()


def test_a_form_of_satisfaction_is_taken_from_whoever_holds_the_code(district: District) -> None:
    school = School(district)
    course = school.closed()
    client, path = Client(), f"/training/feedback/{course.feedback_code}/"
    answers = {
        "token": str(uuid.uuid4()),
        "useful": "5",
        "teacher": "5",
        "venue": "4",
        "overall": "5",
        "words": "再办一期",
    }
    assert client.get(path).status_code == 200
    assert client.post(path, {**answers, "venue": ""}).status_code == 422
    late = client.post(path, answers)
    assert ("填写期已过" in late.content.decode(), late.status_code) == (True, 422)
    with clock.frozen(course.ends_on + dt.timedelta(days=3)):
        assert "已收到" in client.post(path, answers).content.decode()
    with acting_as(school.officer):
        assert queries.satisfaction(course.pk).forms == 1
