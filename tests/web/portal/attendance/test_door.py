"""A woman scans the code on the wall."""

from __future__ import annotations

import re
from uuid import uuid4

from django.test import Client

from niangjia.access.acting import acting_as
from niangjia.attendance import actions, rules
from niangjia.attendance.models import Mark
from niangjia.core import clock
from tests.attendance.conftest import Room, at, planned
from tests.personas import DADONGMEN


def said(response: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


def code(room: Room, half: str = "AM") -> str:
    return f"/s/{rules.wall_token(room.session.wall_code, room.session.pk, half)}/"


def signed(room: Room) -> list[tuple[str, str]]:
    with acting_as(room.chair):
        return list(Mark.objects.order_by("id").values_list("participant__name", "how"))


def test_she_writes_her_name_and_is_signed_once(room: Room, db: None) -> None:
    phone = Client()
    page = said(phone.get(code(room)))
    assert not any(name in page for name in room.women)
    ticket = uuid4()
    for _ in range(2):  # pressed twice
        assert "王小红，上午签到好了" in said(phone.post(code(room), {"name": "王小红", "ticket": ticket}))
    assert "只算一次" in said(phone.post(code(room), {"name": "王小红", "ticket": uuid4()}))
    assert signed(room) == [("王小红", "QR"), ("王小红", "QR")]
    refused = phone.post(code(room), {"name": "赵敏", "ticket": uuid4()})
    assert (refused.status_code, "是不是走错了班" in said(refused)) == (422, True)
    assert phone.get(code(room)[:-2] + "x/").status_code == 404
    with clock.frozen(at(18)):
        assert "签到已截止" in said(phone.get(code(room)))


def test_two_of_one_name_are_asked_which_and_an_open_lecture_takes_who_comes(room: Room, db: None) -> None:
    with acting_as(room.chair):
        actions.join(subject="class:7", name="王小红", remark="五组", home=DADONGMEN, place=DADONGMEN, by=room.chair)
    phone, ticket = Client(), uuid4()
    asked = phone.post(code(room), {"name": "王小红", "ticket": ticket}).content.decode()
    women = re.findall(r'name="woman" value="(\d+)">\s*王小红', asked)
    assert len(women) == 2
    assert "（五组，大东门社区）" in asked
    assert "签到好了" in said(phone.post(code(room), {"name": "王小红", "woman": women[1], "ticket": ticket}))
    lecture = planned(room.district, subject="lecture:1", title="讲座", twice=False, walk_in=True)
    url = f"/s/{rules.wall_token(lecture.wall_code, lecture.pk, 'DAY')}/"
    assert "赵敏，签到好了" in said(phone.post(url, {"name": "赵敏", "ticket": uuid4()}))
    assert signed(room) == [("王小红", "QR"), ("赵敏", "QR")]
